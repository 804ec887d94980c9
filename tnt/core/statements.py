"""Statements that SQLAlchemy spells per database: an INSERT that yields to the row already there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import QueryableAttribute

from tnt.core import clock
from tnt.core.db import Model, db


def insert(model: type[Model] | Table) -> Any:
    """An INSERT that knows ON CONFLICT, for the database in use.

    Typed Any: both dialects' classes have the same methods without a common base.
    """
    if db.engine.dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)


def one_of(
    column: ColumnElement[Any] | QueryableAttribute[Any], values: Iterable[object]
) -> ColumnElement[bool]:
    """`column.in_(values)` for a few values known beforehand.

    SQLAlchemy writes an ordinary list into the text at each execution, going through all of it: 0.1 ms of a
    long statement.
    """
    return column.in_([literal(value, column.type) for value in values])


def database_now() -> datetime:
    """The database's own clock on PostgreSQL (several hosts agree on it), ours on SQLite (one host).

    A clock that was moved (tests, demonstration of a given day) wins everywhere.
    """
    if clock.is_moved() or db.engine.dialect.name != "postgresql":
        return clock.now()
    instant: datetime = db.session.execute(select(func.clock_timestamp())).scalar_one()
    return instant
