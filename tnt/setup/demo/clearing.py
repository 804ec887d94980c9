"""Removes the demonstration without a trace, and loads the real programme again.

Only a whole database of demonstration is emptied: every row of every table, in one transaction. The guards of
the journal forbid removing an entry, on purpose; here alone they are set aside, and are back before the
commit: on SQLite their triggers are dropped, then created again as they were written; on PostgreSQL, TRUNCATE
fires no row trigger and nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from tnt.core import dataset
from tnt.core.access import SYSTEM
from tnt.core.db import Base, transaction
from tnt.core.errors import N_, DomainError
from tnt.setup.programme_loader import load_programme


class DemoNotLoaded(DomainError):
    """Nothing but a demonstration is ever erased."""

    message = N_("Aucune démonstration n’est chargée : rien n’a été effacé.")


def clear_demo() -> None:
    """Empty the database and load the real programme again, all or nothing. Raises DemoNotLoaded."""
    with transaction() as session:
        if dataset.loaded_at(dataset.DEMO) is None:
            raise DemoNotLoaded()
        _empty(session)
        session.expunge_all()
        g.pop("demo_loaded", None)
        load_programme(SYSTEM)


def _empty(session: Session) -> None:
    tables = Base.metadata.sorted_tables
    if session.get_bind().dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables)
        session.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        return
    with _guards_aside(session):
        for table in reversed(tables):
            session.execute(delete(table))


@contextmanager
def _guards_aside(session: Session) -> Iterator[None]:
    """SQLite: drop every trigger, then create each again from its own text."""
    triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        session.execute(text(f'DROP TRIGGER "{name}"'))
    yield
    for _, sql in triggers:
        session.connection().exec_driver_sql(sql)
