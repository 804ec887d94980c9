"""The database: base class, types, naming, and `transaction()`, the only place that commits.

SQLite fails at once when a transaction that has read begins to write, whatever its timeout. So a write
starts on a clean session, and takes the writer's lock from its first statement (BEGIN IMMEDIATE).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Enum, Integer, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BIG_ID = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, stored in UTC. Refuses a naive value."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no zone, so the zone is dropped there."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is no instant")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give back an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _enum_values(choices: type[enum.Enum]) -> list[str]:
    return [str(choice.value) for choice in choices]


class Base(DeclarativeBase):
    """Every table: named constraints, UTC instants, enumerations held by a CHECK."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime,
        enum.StrEnum: Enum(
            enum.StrEnum,
            native_enum=False,
            create_constraint=True,
            length=40,
            values_callable=_enum_values,
        ),
    }


# Flask-SQLAlchemy gives the engine and the session; the tables hang on a base of our own, which keeps
# strict types (its own `db.Model` copies the base's registry, which SQLAlchemy 2.1 refuses)
db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate(render_as_batch=True)

Model = Base

# called with the session just before the commit of a transaction (the journal is written there)
BEFORE_COMMIT: list[Callable[[Session], None]] = []


class DirtySession(RuntimeError):
    """A transaction was asked for while something unsaved was lying in the session."""


def init_app(app: Flask) -> None:
    """Bind the database to the application and set each engine's habits."""
    # an error says its statement, never its values: a mail's link, an address, a hash
    options: dict[str, Any] = {"hide_parameters": True}
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        options["connect_args"] = {
            "connect_timeout": 5,
            "options": "-c statement_timeout=15000 -c lock_timeout=8000 -c timezone=UTC",
        }
        options["pool_size"] = 8
        options["pool_pre_ping"] = True  # the server may have gone and come back; a file cannot
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config.get("MIGRATIONS_DIR", "migrations"))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _tame_sqlite(db.engine)


def _tame_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=8000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case, one transaction: commits at the end, rolls everything back on any error.

    Inside another transaction it joins it: the outermost commits. Raises DirtySession when something
    unsaved was lying in the session before, since it would be committed unnoticed.
    """
    session: Session = db.session()
    if session.info.get("in_transaction"):
        yield session
        session.flush()
        return
    if session.new or session.dirty or session.deleted:
        raise DirtySession("unsaved objects in the session before a transaction")
    session.rollback()
    session.connection(execution_options={"write": True})
    session.info["in_transaction"] = True
    try:
        yield session
        session.flush()
        for hook in BEFORE_COMMIT:
            hook(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("in_transaction", None)
        session.info.pop("journal", None)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Inside a transaction, do something for its refusals only: all that the block writes is undone.

    What it noted for the journal is forgotten too.
    """
    session: Session = db.session()
    noted = list(session.info.get("journal", ()))
    savepoint = session.begin_nested()
    try:
        yield
        session.flush()
    finally:
        savepoint.rollback()
        session.info["journal"] = noted


def in_transaction() -> bool:
    """Whether a service's transaction is open."""
    return bool(db.session().info.get("in_transaction"))
