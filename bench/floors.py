"""The two floors, served as the product is: five bytes, and one query of fifty rows in a table."""

from __future__ import annotations

import os

from flask import Flask, render_template_string
from sqlalchemy import create_engine, text

app = Flask(__name__)
engine = create_engine(f"sqlite:///{os.environ['BENCH_FLOOR_DB']}")
PAGE = """<!doctype html><html lang="fr"><head><title>Lignes</title></head><body><table>
{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.name }}</td><td>{{ row.value }}</td></tr>
{% endfor %}</table></body></html>"""


def prepare() -> None:
    """The fifty rows."""
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, name TEXT, value INT)")
        )
        connection.execute(text("DELETE FROM line"))
        for key in range(50):
            values = {"name": f"Ligne {key}", "value": key * 7}
            connection.execute(text("INSERT INTO line (name, value) VALUES (:name, :value)"), values)


@app.get("/hello")
def hello() -> str:
    """Five bytes."""
    return "hello"


@app.get("/rows")
def rows() -> str:
    """One query, fifty rows."""
    with engine.connect() as connection:
        found = connection.execute(text("SELECT id, name, value FROM line")).all()
    return render_template_string(PAGE, rows=found)
