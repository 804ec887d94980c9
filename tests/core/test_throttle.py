"""The throttle: one limit for every worker, a window that slides, keys that cannot be read back."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from tests.conftest import NOW
from tnt.core import clock, throttle
from tnt.core.db import db, transaction
from tnt.core.throttle import ThrottleCounter, TooManyAttempts


def attempt(times: int, key: str = "claire@example.org", limit: int = 3) -> int:
    """How many of these attempts pass."""
    passed = 0
    for _ in range(times):
        try:
            throttle.check("sign-in", key, limit, 600)
        except TooManyAttempts:
            continue
        passed += 1
    return passed


def test_the_limit_holds_per_key_and_name(app: Flask) -> None:
    assert attempt(5) == 3
    assert attempt(1, " Claire@Example.org ") == 0
    assert attempt(5, "other@example.org") == 3
    throttle.check("reset", "claire@example.org", 3, 600)
    throttle.reset("sign-in", "claire@example.org")
    assert attempt(5) == 3


def test_a_refusal_says_how_long_to_wait(app: Flask) -> None:
    attempt(3)
    with pytest.raises(TooManyAttempts) as refused:
        throttle.check("sign-in", "claire@example.org", 3, 600)
    assert refused.value.wait_seconds == 601  # 10 h sharp: a whole window
    assert str(refused.value) == "Trop de tentatives. Réessayez dans 11 min."


def test_the_window_slides(app: Flask) -> None:
    with clock.at(NOW + timedelta(seconds=590)):
        assert attempt(5) == 3
    with clock.at(NOW + timedelta(seconds=610)):
        assert attempt(5) == 1  # 98 % of the window before still counts
    with clock.at(NOW + timedelta(seconds=1800)):
        assert attempt(5) == 3


def test_the_key_is_not_kept_and_old_windows_go(app: Flask) -> None:
    attempt(1)
    (row,) = db.session.scalars(db.select(ThrottleCounter))
    assert "claire" not in row.key_hash
    with clock.at(NOW + timedelta(days=3)):
        throttle.purge()
    assert db.session.scalars(db.select(ThrottleCounter)).all() == []


def test_workers_share_one_limit(app: Flask) -> None:
    start, passed = Barrier(4), []

    def work() -> None:
        with app.app_context():
            start.wait()
            passed.append(attempt(5, limit=7))
            db.session.remove()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(passed) == 7


def test_it_counts_outside_transactions_only(sqlite_app: Flask) -> None:
    with pytest.raises(RuntimeError, match="outside"), transaction():
        throttle.check("sign-in", "x", 3, 600)
