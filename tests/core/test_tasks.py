"""Tasks and leases: once per key, one winner, nothing written under an old token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from tests.conftest import NOW
from tnt.core import clock, tasks
from tnt.core.claims import ClaimLost
from tnt.core.dataset import Dataset
from tnt.core.db import db, transaction
from tnt.core.tasks import CLAIM_SECONDS, DELAYS, Handle, TaskState


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """A test's handler goes with it."""
    yield
    tasks._HANDLERS.pop("test.pack", None)


def submit(key: str = "pack:1", **payload: Any) -> bool:
    with transaction():
        return tasks.submit("test.pack", key, payload)


def found(key: str = "pack:1") -> tasks.Task:
    db.session.rollback()
    db.session.expire_all()
    task = tasks.find(key)
    assert task is not None
    return task


def test_a_task_is_done_once_and_keeps_its_result(app: Flask) -> None:
    def handler(payload: Mapping[str, Any], handle: Handle) -> Mapping[str, Any]:
        handle.progress(50)
        return {"pages": payload["pages"]}

    tasks.register_handler("test.pack", handler)
    assert (submit(pages=3), submit(pages=4)) == (True, False)
    assert (tasks.run_due(), tasks.run_due()) == (1, 0)
    task = found()
    assert (task.state, task.progress, task.result) == (TaskState.DONE, 100, {"pages": 3})
    assert task.finished_at == NOW


def test_a_failure_is_tried_again_then_given_up(app: Flask) -> None:
    def handler(payload: Mapping[str, Any], handle: Handle) -> None:
        with transaction() as session:
            session.add(Dataset(kind="half", loaded_at=clock.now()))
            raise ValueError("no")

    tasks.register_handler("test.pack", handler)
    submit()
    moment = NOW
    for delay in DELAYS:
        with clock.at(moment):
            assert tasks.run_due() == 1
            assert tasks.run_due() == 0
        assert found().state == TaskState.QUEUED
        moment += delay
    with clock.at(moment):
        tasks.run_due()
    assert (found().state, found().error) == (TaskState.FAILED, "ValueError: no")
    assert db.session.get(Dataset, "half") is None


def test_one_failure_does_not_stop_the_others(app: Flask) -> None:
    tasks.register_handler("test.pack", lambda payload, handle: {"ok": 1 // payload["number"]})
    for number in (0, 1):
        submit(f"pack:{number}", number=number)
    assert tasks.run_due() == 2
    assert (found("pack:0").state, found("pack:1").state) == (TaskState.QUEUED, TaskState.DONE)


def test_whoever_lost_the_claim_writes_nothing(app: Flask) -> None:
    def slow(payload: Mapping[str, Any], handle: Handle) -> None:
        with clock.at(NOW + timedelta(seconds=CLAIM_SECONDS + 1)):
            tasks.register_handler("test.pack", lambda payload, handle: {"by": "second"})
            assert tasks.run_due() == 1
        with handle.transaction() as session:
            session.add(Dataset(kind="late", loaded_at=clock.now()))

    tasks.register_handler("test.pack", slow)
    submit()
    tasks.run_due()
    assert (found().state, found().result) == (TaskState.DONE, {"by": "second"})
    assert db.session.get(Dataset, "late") is None


def test_an_old_handle_is_refused(app: Flask) -> None:
    submit()
    with pytest.raises(ClaimLost):
        Handle(found().id, 99).progress(10)


def test_a_task_goes_with_its_transaction(sqlite_app: Flask) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        tasks.submit("test.pack", "pack:1")


def test_a_lease_has_one_holder_until_it_expires(app: Flask) -> None:
    first = tasks.acquire("scheduler", "a", 30)
    assert first == 1
    assert tasks.acquire("scheduler", "b", 30) is None
    with clock.at(NOW + timedelta(seconds=20)):
        assert tasks.renew("scheduler", first, 30)
    with clock.at(NOW + timedelta(seconds=40)):
        assert tasks.acquire("scheduler", "b", 30) is None
        assert tasks.is_held("scheduler")
    with clock.at(NOW + timedelta(seconds=51)):
        assert not tasks.is_held("scheduler")
        second = tasks.acquire("scheduler", "b", 30)
        assert second == 2
        assert not tasks.renew("scheduler", first, 30)
        assert not tasks.release("scheduler", first)
        assert tasks.release("scheduler", second)
        assert tasks.acquire("scheduler", "c", 30) == 3


def test_a_race_for_a_lease_has_one_winner(app: Flask) -> None:
    start = Barrier(6)
    won: list[int] = []

    def work(name: str) -> None:
        with app.app_context():
            start.wait()
            token = tasks.acquire("scheduler", name, 30)
            if token is not None:
                won.append(token)
            db.session.remove()

    workers = [Thread(target=work, args=(str(number),)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert won == [1]
