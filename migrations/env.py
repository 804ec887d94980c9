"""How Alembic reaches the database: through the application, in one transaction a run."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from tnt.core.db import UtcDateTime


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our own column type as the plain one, so that a migration never imports the application."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Run the asked migrations on a connection."""
    migrate = current_app.extensions["migrate"]
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        render_item=render_item,
        compare_type=True,
        render_as_batch=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def enforce_keys(connection: Connection, *, on: bool) -> None:
    """Whether SQLite checks foreign keys: it cannot change a table that others point to while it does.

    Only outside a transaction, so on the driver's own connection.
    """
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")  # type: ignore[union-attr]  # connected


def check_keys(connection: Connection) -> None:
    """Raise RuntimeError when a migration left a row that points nowhere."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows that point nowhere: {broken[:5]}")


engine = current_app.extensions["migrate"].db.engine
with engine.connect().execution_options(write=True) as open_connection:
    enforce_keys(open_connection, on=False)
    try:
        run(open_connection)
        check_keys(open_connection)
        open_connection.commit()
    finally:
        open_connection.rollback()
        enforce_keys(open_connection, on=True)
