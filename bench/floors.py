"""The two floors, served as the product is: five bytes, and one query of fifty rows in a table."""

from __future__ import annotations

import os

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import MetaData, delete, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PAGE = """<!doctype html><html lang="fr"><head><title>Lignes</title></head><body><table>
{% for line in lines %}<tr><td>{{ line.id }}</td><td>{{ line.name }}</td><td>{{ line.value }}</td></tr>
{% endfor %}</table></body></html>"""


class Base(DeclarativeBase):
    """Tables of the floor."""

    metadata = MetaData()


class Line(Base):
    """One of the fifty rows."""

    __tablename__ = "line"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[int]


app = Flask(__name__)
app.jinja_loader = DictLoader({"lines.html": PAGE})  # type: ignore[assignment]  # a loader, as Flask uses it
app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['BENCH_FLOOR_DB']}"
db = SQLAlchemy(app, metadata=Base.metadata)


def prepare() -> None:
    """The fifty rows."""
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.session.execute(delete(Line))
        rows = [{"name": f"Ligne {key}", "value": key * 7} for key in range(50)]
        db.session.execute(insert(Line), rows)
        db.session.commit()
        db.engine.dispose()


@app.get("/hello")
def hello() -> str:
    """Five bytes."""
    return "hello"


@app.get("/rows")
def rows() -> str:
    """One query, fifty rows."""
    return render_template("lines.html", lines=db.session.scalars(select(Line)).all())
