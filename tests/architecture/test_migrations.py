"""The migrations run up and down on each database, and make exactly what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from tests.conftest import POSTGRES, ROOT, _with_context, make_app, missing, postgres_database, postgres_url
from tnt.core.db import Base, db


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database."""
    if request.param == "sqlite":
        yield from _with_context(make_app(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path))
        return
    if not POSTGRES:
        missing("PostgreSQL absent : TEST_POSTGRES_URL n’est pas défini")
    with postgres_database() as name:
        yield from _with_context(make_app(postgres_url(name), tmp_path))


def schema() -> dict[str, Any]:
    """Tables with their columns and constraints, as the database tells them."""
    seen = inspect(db.engine)
    return {
        table: {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"])
                for column in seen.get_columns(table)
            ),
            "checks": sorted(str(check["name"]) for check in seen.get_check_constraints(table)),
            "unique": sorted(str(unique["name"]) for unique in seen.get_unique_constraints(table)),
            "keys": sorted(str(key["name"]) for key in seen.get_foreign_keys(table)),
            "indexes": sorted(str(index["name"]) for index in seen.get_indexes(table)),
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def functions() -> list[str]:
    """What the migrations left on PostgreSQL beside tables."""
    if db.engine.dialect.name != "postgresql":
        return []
    query = "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
    with db.engine.connect() as connection:
        return [row.proname for row in connection.execute(text(query))]


def test_up_down_up(empty_app: Flask) -> None:
    upgrade()
    first = schema()
    assert set(first) == set(Base.metadata.tables)
    downgrade(revision="base")
    assert (schema(), functions()) == ({}, [])
    upgrade()
    assert schema() == first


def test_each_step_goes_down_and_up_again(empty_app: Flask) -> None:
    upgrade()
    for _ in (ROOT / "migrations/versions").glob("[0-9]*.py"):
        before = schema()
        downgrade(revision="-1")
        upgrade(revision="+1")
        assert schema() == before
        downgrade(revision="-1")
    assert schema() == {}


def test_the_models_and_the_migrations_agree(empty_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_checks_of_the_models_are_in_the_database(empty_app: Flask) -> None:
    upgrade()
    migrated = {table: set(parts["checks"]) for table, parts in schema().items()}
    missing_checks = {
        f"{table.name}: {constraint.name}"
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.__visit_name__ == "check_constraint"
        and _full_name(table.name, str(constraint.name)) not in migrated[table.name]
    }
    assert missing_checks == set()


def _full_name(table: str, name: str) -> str:
    return name if name.startswith("ck_") else f"ck_{table}_{name}"


def test_migrations_say_why_and_never_import_the_application() -> None:
    for path in (ROOT / "migrations/versions").glob("*.py"):
        source = path.read_text()
        assert "import tnt" not in source, path
        assert "from tnt" not in source, path
        assert source.startswith('"""'), path
