"""Servers on copies of one loaded demonstration, for the browser of tests/conftest.py."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import NOW, make_app, postgres_database, postgres_url
from tests.journeys.live import Live, serve
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.setup.demo.loading import load_demo
from tnt.setup.programme_loader import load_programme


def load(url: str, folder: Path) -> None:
    """The real programme, then the demonstration, as of the tests' day."""
    app = make_app(url, folder)
    clock.freeze(NOW)
    with app.app_context():
        load_programme(SYSTEM)
        load_demo()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def demo_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds the demonstration."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "demo.sqlite3"
    shutil.copy(sqlite_template, path)
    load(f"sqlite:///{path}", folder)
    with create_engine(f"sqlite:///{path}").connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return path


@pytest.fixture(scope="session")
def demo_postgres(postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database that holds the demonstration."""
    with postgres_database(postgres_template) as name:
        load(postgres_url(name), tmp_path_factory.mktemp("demo_pg"))
        yield name


@contextmanager
def copy_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The address of a copy of the demonstration."""
    if kind == "sqlite":
        path = folder / "live.sqlite3"
        shutil.copy(request.getfixturevalue("demo_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    with postgres_database(request.getfixturevalue("demo_postgres")) as name:
        yield postgres_url(name)


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgres)])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Live]:
    """A server on a fresh copy of the demonstration."""
    with copy_of(request.param, request, tmp_path) as url:
        clock.freeze(NOW)  # again: loading may have come in between
        with serve(url, tmp_path) as server:
            yield server


@pytest.fixture(scope="package")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server on the demonstration, for tests that only read."""
    folder = tmp_path_factory.mktemp("shared")
    with copy_of("sqlite", request, folder) as url, serve(url, folder) as server:
        yield server
