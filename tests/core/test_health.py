"""The probes of a supervisor."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from tests.conftest import make_app
from tnt.core import tasks
from tnt.core.db import db
from tnt.core.health import SCHEDULER_LEASE


def test_ready_says_whether_the_scheduler_lives(app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"database": "ok", "scheduler": "silent"})
    tasks.acquire(SCHEDULER_LEASE, "test", 30)
    assert client.get("/readyz").get_json() == {"database": "ok", "scheduler": "ok"}
    assert client.get("/readyz").headers["Cache-Control"] == "no-store"


def test_a_lost_database_is_503_while_the_process_answers(tmp_path: Path) -> None:
    app = make_app("postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with app.app_context():
        client = app.test_client()
        answer = client.get("/readyz")
        assert (answer.status_code, answer.get_json()["database"]) == (503, "lost")
        assert answer.headers["Retry-After"] == "10"
        assert client.get("/healthz").status_code == 200
        db.engine.dispose()


def test_it_heals_when_the_database_comes_back(tmp_path: Path, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    app = make_app(sqlite_url, tmp_path)
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    forget_connections(app)
    away = path.rename(path.with_suffix(".away"))
    path.mkdir()
    assert client.get("/readyz").status_code == 503
    path.rmdir()
    away.rename(path)
    assert client.get("/readyz").status_code == 200
    forget_connections(app)


def forget_connections(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
