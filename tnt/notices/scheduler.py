"""The `scheduler` process: it holds a lease and ticks; what is due stands in our tables.

APScheduler keeps its jobs in memory and only counts seconds. Several processes may run: one holds the lease
and works, the others wait for it to expire. The lease is the heartbeat that /readyz shows.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, timedelta
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from tnt.core import clock, tasks
from tnt.core.db import db
from tnt.core.health import SCHEDULER_LEASE

log = logging.getLogger("tnt.scheduler")

LEASE_SECONDS = 45
RENEW_SECONDS = 10
THREADS = 4


class Heart:
    """The lease of this process: taken when free, renewed while held, believed only while it lasts."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.holder = f"{socket.gethostname()}:{os.getpid()}"[:120]
        self.token: int | None = None
        self._until = 0.0

    def beat(self) -> None:
        """Take or renew the lease."""
        asked_at = time.monotonic()
        if self.token is not None and not tasks.renew(SCHEDULER_LEASE, self.token, LEASE_SECONDS):
            log.warning("the lease was taken by another process")
            self.token = None
        if self.token is None:
            self.token = tasks.acquire(SCHEDULER_LEASE, self.holder, LEASE_SECONDS)
            if self.token is not None:
                log.info("lease held", extra={"fields": {"holder": self.holder}})
        if self.token is not None:
            self._until = asked_at + LEASE_SECONDS

    def beats(self) -> bool:
        """Whether this process may work now."""
        return self.token is not None and time.monotonic() < self._until

    def stop(self) -> None:
        """Give the lease back, so that the next process need not wait."""
        if self.token is not None:
            tasks.release(SCHEDULER_LEASE, self.token)
        self.token = None


def in_context(app: Flask, name: str, function: Callable[[], object]) -> Callable[[], None]:
    """The function with the application's context around it; an error is logged and ends nothing."""

    def tick() -> None:
        with app.app_context():
            try:
                function()
            except Exception:  # the next tick tries again
                log.exception("tick %s failed", name)
            finally:
                db.session.remove()

    return tick


def build(app: Flask, heart: Heart) -> BlockingScheduler:
    """The scheduler with the heartbeat and every registered tick."""
    scheduler = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(THREADS)},
        # late is better than never, once is enough
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    _every(scheduler, "heartbeat", RENEW_SECONDS, in_context(app, "heartbeat", heart.beat))
    for tick in tasks.ticks():
        _every(scheduler, tick.name, tick.seconds, _while_beating(heart, app, tick))
    return scheduler


def _while_beating(heart: Heart, app: Flask, tick: tasks.Tick) -> Callable[[], None]:
    work = in_context(app, tick.name, tick.function)

    def guarded() -> None:
        if heart.beats():
            work()

    return guarded


def _every(scheduler: BlockingScheduler, name: str, seconds: int, function: Callable[[], None]) -> None:
    # the heartbeat goes first; an hourly tick also runs soon after the start
    first = clock.now() + timedelta(seconds=0 if name == "heartbeat" else min(seconds, 2))
    scheduler.add_job(function, "interval", seconds=seconds, id=name, next_run_time=first)


def run(app: Flask) -> None:
    """Tick until SIGTERM or SIGINT; what runs is let to end, then the lease is given back."""
    # it warns of every tick that comes while the one before still works, which is as wanted
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    heart = Heart()
    scheduler = build(app, heart)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    log.info("scheduler started", extra={"fields": {"ticks": [tick.name for tick in tasks.ticks()]}})
    try:
        scheduler.start()
    finally:
        if scheduler.running:
            scheduler.shutdown(wait=True)
        in_context(app, "release", heart.stop)()
        log.info("scheduler stopped")
