"""Which sets of data were loaded: what tells demonstration data from the real programme.

Whoever sends something out of the application (page, PDF, mail, feed, CSV) asks `demo_loaded()` and labels
what it sends.
"""

from __future__ import annotations

from datetime import datetime

from flask import Flask, g
from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from tnt.core import clock
from tnt.core.db import Model, db, in_transaction

DEMO = "demo"
PROGRAMME = "programme"


class Dataset(Model):
    """A set of data present in this database, and since when."""

    __tablename__ = "dataset"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    loaded_at: Mapped[datetime]


# for a statement that is asked anyway: when demonstration data was loaded
DEMO_SINCE = select(Dataset.loaded_at).where(Dataset.kind == DEMO).scalar_subquery()


def remember_demo(loaded: bool) -> None:
    """Spare the present request a question that another statement has answered."""
    g.demo_loaded = loaded


def loaded_at(kind: str) -> datetime | None:
    """When that set was loaded; None when it is not there."""
    return db.session.scalar(select(Dataset.loaded_at).where(Dataset.kind == kind))


def demo_loaded() -> bool:
    """Whether demonstration data is in the database; asked once a request."""
    if "demo_loaded" not in g:
        g.demo_loaded = loaded_at(DEMO) is not None
    answer: bool = g.demo_loaded
    return answer


def mark(kind: str) -> None:
    """Note that a set was loaded, inside the caller's transaction; twice changes nothing."""
    _inside_a_transaction()
    session = db.session()
    if session.get(Dataset, kind) is None:
        session.add(Dataset(kind=kind, loaded_at=clock.now()))
        session.flush()
    g.pop("demo_loaded", None)


def unmark(kind: str) -> None:
    """Note that a set was removed, inside the caller's transaction."""
    _inside_a_transaction()
    db.session.execute(delete(Dataset).where(Dataset.kind == kind))
    g.pop("demo_loaded", None)


def _inside_a_transaction() -> None:
    if not in_transaction():
        raise RuntimeError("a set of data is marked by the transaction that loads it")


def init_app(app: Flask) -> None:
    """Let every template ask whether to show the mention."""
    app.jinja_env.globals["demo_loaded"] = demo_loaded
