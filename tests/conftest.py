"""What every test shares: an application on a fresh, migrated database, on SQLite and PostgreSQL; a browser.

PostgreSQL: the address of a server whose user may create databases, in TEST_POSTGRES_URL. Chromium: its path
in CHROMIUM, or the first one on the PATH. Without them those tests are skipped and say so; with
TNT_REQUIRE_ALL=1 (the CI) a missing part is a failure.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from werkzeug.routing import Rule

from config import load_settings
from tests.support import IsolatedClient
from tnt import create_app
from tnt.core import clock
from tnt.core.db import db

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, semester 2, quarter 4
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
REQUIRE_ALL = os.environ.get("TNT_REQUIRE_ALL") == "1"


class Compiled(BytecodeCache):
    """Templates compiled once a process: each test has an application of its own, all have the same pages."""

    kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what an earlier application compiled, if the template is still the same."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next one."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


class BuiltOnce(Rule):
    """An address whose builder is compiled once a process: it took most of the making of an application."""

    made: dict[tuple[Any, ...], Any] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        parts = (*self._trace, None, *sorted(self.arguments), None, repr(self.defaults), append_unknown)
        if parts not in self.made:
            self.made[parts] = super()._compile_builder(append_unknown)
        return self.made[parts]


Flask.url_rule_class = BuiltOnce


def missing(why: str) -> None:
    """Skip, saying why; fail where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(why)
    pytest.skip(why)


def make_app(url: str, folder: Path, **overrides: Any) -> Flask:
    """An application in testing mode on that database."""
    env = {
        "TNT_ENV": "testing",
        "DATABASE_URL": url,
        "TNT_INSTANCE": str(folder),
        "SECRET_KEY": "tests-only-" + "0123456789abcdef" * 3,
    }
    settings = load_settings(env)
    settings |= {"WTF_CSRF_ENABLED": False, "MIGRATIONS_DIR": str(ROOT / "migrations"), **overrides}
    app = create_app(settings)
    app.test_client_class = IsolatedClient
    app.jinja_env.bytecode_cache = Compiled()
    with app.app_context():
        donor = _donor(db.engine.dialect.name)
        if donor is not None:
            db.engine.dialect, db.engine._compiled_cache = donor.dialect, donor._compiled_cache
    return app


@cache
def _donor(kind: str) -> Engine | None:
    """The engine whose statements, once compiled, serve every application of the process.

    SQLAlchemy keeps what it compiled by engine and dialect; compiling again took two fifths of the suite.
    """
    if kind != "sqlite" and not POSTGRES:
        return None
    url = "sqlite://" if kind == "sqlite" else postgres_url("postgres")
    engine = create_engine(url, query_cache_size=5000)
    with engine.connect():
        pass  # the first connection tells the dialect what server it speaks to
    engine.dispose()
    return engine


def migrate_to_head(app: Flask) -> None:
    """Bring a database to the newest migration."""
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


# a migrated database is made once for a state of the migrations, not once a process: copies serve the tests
TEMPLATES = ROOT / ".pytest_cache" / "databases"
TEMPLATES_KEPT = 8  # PostgreSQL's, besides the one in use


@cache
def schema_key() -> str:
    """What names the state of the migrations."""
    found = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process of this folder at a time."""
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (TEMPLATES / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test."""
    path = TEMPLATES / f"{schema_key()}.sqlite3"
    with alone("sqlite"):
        if not path.exists():
            folder = tmp_path_factory.mktemp("sqlite")
            new = folder / "template.sqlite3"
            migrate_to_head(make_app(f"sqlite:///{new}", folder))
            with create_engine(f"sqlite:///{new}").connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            for old in TEMPLATES.glob("*.sqlite3"):
                old.unlink()
            shutil.copy(new, path.with_suffix(".new"))
            path.with_suffix(".new").rename(path)
    return path


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated PostgreSQL database, copied for each test; it stays on the server."""
    if not POSTGRES:
        missing("PostgreSQL absent : TEST_POSTGRES_URL n’est pas défini")
    name = f"tnt_template_{schema_key()}"
    with alone("postgresql"):
        if name not in _templates():
            new = f"{name}_new"
            _serve(f'DROP DATABASE IF EXISTS "{new}" WITH (FORCE)', f'CREATE DATABASE "{new}"')
            migrate_to_head(make_app(postgres_url(new), tmp_path_factory.mktemp("pg")))
            _serve(f'ALTER DATABASE "{new}" RENAME TO "{name}"')
            for old in _templates()[TEMPLATES_KEPT + 1 :]:
                _serve(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
    return name


def _templates() -> list[str]:
    """The migrated databases that the server keeps, newest first."""
    query = "SELECT datname FROM pg_database WHERE datname LIKE 'tnt\\_template\\_%' ORDER BY oid DESC"
    with _server().connect() as connection:
        return [row.datname for row in connection.execute(text(query)) if not row.datname.endswith("_new")]


def _serve(*orders: str) -> None:
    with _server().connect() as connection:
        for order in orders:
            connection.execute(text(order))


def postgres_url(name: str) -> str:
    """The address of a database on the test server."""
    url = make_url(POSTGRES.replace("postgresql://", "postgresql+psycopg://")).set(database=name)
    return url.render_as_string(hide_password=False)


# one database serves all the tests of a process: copying some thousand files for each took half of their time
WIPE = """
DO $$ DECLARE each record; BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;  -- no trigger guards the journal, no foreign key an order
  FOR each IN SELECT tablename AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', each.name);
  END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


@pytest.fixture(scope="session")
def postgres_bench(postgres_template: str) -> Iterator[Engine]:
    """A migrated PostgreSQL database, emptied before each test."""
    with postgres_database(postgres_template) as name:
        engine = create_engine(postgres_url(name), isolation_level="AUTOCOMMIT")
        yield engine
        engine.dispose()


@contextmanager
def postgres_database(template: str | None = None) -> Iterator[str]:
    """The name of a new database of the test server, dropped at the end: empty, or a copy of `template`."""
    name = f"tnt_{uuid.uuid4().hex[:12]}"
    with _server().connect() as connection:
        # copying the files is five times as fast as writing each page to the log
        copied = connection.dialect.server_version_info >= (15,)  # type: ignore[operator]  # known once connected
        strategy = " STRATEGY FILE_COPY" if copied else ""
        connection.execute(
            text(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"{strategy}' if template else ""))
        )
    yield name
    with _server().connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@cache
def _server() -> Engine:
    return create_engine(postgres_url("postgres"), isolation_level="AUTOCOMMIT")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    engine: Engine = request.getfixturevalue("postgres_bench")
    with engine.connect() as connection:
        connection.execute(text(WIPE))
    yield engine.url.render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database, for what does not depend on the kind."""
    path = tmp_path / "test.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(autouse=True)
def frozen_clock() -> Iterator[None]:
    """Every test lives on 23 November 2026 at 10 h in Paris, unless it moves the clock."""
    clock.freeze(NOW)
    yield
    clock.freeze(None)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database of each kind, with its context pushed."""
    yield from _with_context(make_app(database_url, tmp_path))


@pytest.fixture
def sqlite_app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh SQLite database only, with its context pushed."""
    yield from _with_context(make_app(sqlite_url, tmp_path))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for a worker; each test opens contexts of its own in it."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    program = os.environ.get("CHROMIUM") or next(filter(None, found), "")
    if not program:
        missing("Chromium absent : ni CHROMIUM, ni « chromium » dans le PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def _with_context(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
