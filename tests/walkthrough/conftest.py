"""A real browser before the real application: served over HTTP, on demonstration data."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from tests.conftest import NOW, _admin, make_app, migrate_to_head, postgres_url
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.setup.demo.loading import load_demo
from tnt.setup.programme_loader import load_programme


def serve(app: Flask) -> Iterator[str]:
    """The application over HTTP on a free port, its clock stopped with the tests'."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app.config["BASE_URL"]
    server.shutdown()
    thread.join(timeout=10)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def fill(app: Flask) -> None:
    """Migrate, load the real programme and the demonstration."""
    migrate_to_head(app)
    clock.freeze(NOW)
    with app.app_context():
        load_programme(SYSTEM)
        load_demo(lambda _line: None)


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Iterator[str]:
    """The demonstration on SQLite."""
    app = make_app(f"sqlite:///{tmp_path / 'site.sqlite3'}", tmp_path, WTF_CSRF_ENABLED=True)
    fill(app)
    yield from serve(app)


@pytest.fixture
def postgres_site(postgres_template: str, tmp_path: Path) -> Iterator[str]:
    """The demonstration on PostgreSQL."""
    name = f"tnt_site_{os.getpid()}"
    _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    app = make_app(postgres_url(name), tmp_path, WTF_CSRF_ENABLED=True)
    fill(app)
    yield from serve(app)
    _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demonstration on SQLite, for a module that only reads."""
    folder = tmp_path_factory.mktemp("shared")
    app = make_app(f"sqlite:///{folder / 'site.sqlite3'}", folder, WTF_CSRF_ENABLED=True)
    fill(app)
    yield from serve(app)


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Open a page of its own context; whatever the console complains of fails the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(**options: object) -> Page:
        context = browser.new_context(locale="fr-FR", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{page.url}: {message.text}")
                if message.type == "error" and "404" not in message.text
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def enter(page: Page, site: str, role: str) -> None:
    """Sign in with a demonstration account, by its one-click button."""
    page.goto(f"{site}/connexion")
    page.locator("form[action*='demonstration']").get_by_role("button", name=role).first.click()
    page.wait_for_url(f"{site}/")
