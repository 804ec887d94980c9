"""The scheduler: one process works at a time, a failing tick stops nothing, SIGTERM ends it well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import NOW, ROOT, make_app
from tnt.core import clock, outbox, tasks
from tnt.core.db import db, transaction
from tnt.core.health import SCHEDULER_LEASE
from tnt.notices.scheduler import LEASE_SECONDS, Heart, build, in_context


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """A test's tick goes with it."""
    yield
    tasks._TICKS.pop("test.tick", None)


def test_one_heart_beats_and_the_other_takes_over(app: Flask) -> None:
    first, second = Heart(), Heart()
    first.beat()
    second.beat()
    assert (first.beats(), second.beats()) == (True, False)
    with clock.at(NOW + timedelta(seconds=LEASE_SECONDS + 1)):
        second.beat()
        first.beat()
        assert (first.beats(), second.beats()) == (False, True)
        second.stop()
        first.beat()
        assert (first.beats(), second.beats()) == (True, False)


def test_a_failing_tick_ends_nothing(app: Flask) -> None:
    def fail() -> None:
        raise ValueError("no")

    in_context(app, "test.fails", fail)()
    assert db.session.scalar(db.select(db.literal(1))) == 1


def test_every_registered_tick_becomes_a_job_and_works_only_with_the_lease(app: Flask) -> None:
    done: list[str] = []
    tasks.register_tick("test.tick", 60, lambda: done.append("tick"))
    heart = Heart()
    scheduler = build(app, heart)
    names = {job.id for job in scheduler.get_jobs()}
    assert names == {"heartbeat", *(tick.name for tick in tasks.ticks())}
    assert {"outbox.deliver", "tasks.run", "test.tick"} <= names
    job = next(job for job in scheduler.get_jobs() if job.id == "test.tick")
    job.func()
    assert done == []
    heart.beat()
    job.func()
    assert done == ["tick"]


@pytest.fixture
def process(database_url: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real process on a database of each kind."""
    env = os.environ | {
        "DATABASE_URL": database_url,
        "TNT_INSTANCE": str(tmp_path),
        "TNT_ENV": "testing",
        "SECRET_KEY": "tests-only-" + "0123456789abcdef" * 3,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler", "run"]
    started = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE)
    yield started
    if started.poll() is None:
        started.kill()
    started.communicate()


def wait_for(condition: object, seconds: float = 20) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_the_process_sends_what_is_due_and_stops_well(
    process: subprocess.Popen[bytes], database_url: str, tmp_path: Path
) -> None:
    clock.freeze(None)  # the other process lives in real time
    app = make_app(database_url, tmp_path)
    with app.app_context():
        with transaction():
            outbox.enqueue(
                kind="test", thing="t", occurrence="1", to="a@example.org", subject="Bonjour", text="…"
            )
        folder = Path(app.config["MAIL_FOLDER"])
        assert wait_for(lambda: list(folder.glob("*.eml"))), "the mail did not leave"
        assert tasks.is_held(SCHEDULER_LEASE)
        client = app.test_client()
        assert client.get("/readyz").get_json() == {"database": "ok", "scheduler": "ok"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        db.session.rollback()
        assert not tasks.is_held(SCHEDULER_LEASE)
        assert outbox.counts_by_state()[outbox.OutboxState.SENT] == 1
        db.session.remove()
        db.engine.dispose()
