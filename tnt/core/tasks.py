"""Work done outside the requests: a queue of tasks, leases, and the ticks that the scheduler calls.

A task is queued once per key by the transaction that wants it, claimed by one worker under a fencing token,
tried again after a failure. A lease is a named right that one process holds at a time. A tick is a function
called every so many seconds: what is due always stands in our tables, never in the scheduler.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, Index, String, and_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from tnt.core import clock
from tnt.core.claims import Claimable, ClaimLost, give_back, keep, take
from tnt.core.db import Model, db, in_transaction, transaction
from tnt.core.statements import database_now, insert

log = logging.getLogger("tnt.tasks")

CLAIM_SECONDS = 180
BATCH = 20
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))


class TaskState(StrEnum):
    """Queued until it is done or has failed for good."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


class Task(Claimable, Model):
    """A piece of work, once per key."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_is_a_percentage"),
        Index("ix_task_due", "state", "due_at"),
    )

    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(160), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[TaskState] = mapped_column(default=TaskState.QUEUED)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    progress: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    error: Mapped[str] = mapped_column(String(300), default="")


class Lease(Model):
    """A named right held by one process until it expires."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    token: Mapped[int]
    renewed_at: Mapped[datetime]
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Handle:
    """What a handler holds of its task: its claim, to be shown with every write."""

    task_id: int
    token: int

    def progress(self, percent: int) -> None:
        """Say how far the work is, and keep the claim. Raises ClaimLost when another took it over."""
        until = database_now() + timedelta(seconds=CLAIM_SECONDS)
        keep(Task, self.task_id, self.token, until, progress=percent)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that holds only while the claim does. Raises ClaimLost."""
        with transaction() as session:
            until = database_now() + timedelta(seconds=CLAIM_SECONDS)
            keep(Task, self.task_id, self.token, until)
            yield session


Handler = Callable[[Mapping[str, Any], Handle], Mapping[str, Any] | None]
_HANDLERS: dict[str, Handler] = {}
_APART: set[str] = set()


@dataclass(frozen=True, slots=True)
class Tick:
    """A function that the scheduler calls every so many seconds."""

    name: str
    seconds: int
    function: Callable[[], object]


_TICKS: dict[str, Tick] = {}


def register_handler(kind: str, handler: Handler, *, apart: bool = False) -> None:
    """Say who does the tasks of a kind. The handler gets the payload and its Handle, returns the result.

    `apart`: work that takes long, done by a tick of its own (`run_due(kinds=…)`) so that it holds nothing up.
    """
    _HANDLERS[kind] = handler
    if apart:
        _APART.add(kind)


def register_tick(name: str, seconds: int, function: Callable[[], object]) -> None:
    """Have the scheduler call the function every so many seconds, within the application's context."""
    _TICKS[name] = Tick(name, seconds, function)


def ticks() -> list[Tick]:
    """What the scheduler calls, by name."""
    return [_TICKS[name] for name in sorted(_TICKS)]


def submit(
    kind: str, key: str, payload: Mapping[str, Any] | None = None, due_at: datetime | None = None
) -> bool:
    """Queue a task inside the caller's transaction; False when that key was queued before.

    Raises RuntimeError outside a transaction.
    """
    if not in_transaction():
        raise RuntimeError("a task is queued by the transaction that wants it")
    now = clock.now()
    queued = db.session.execute(
        insert(Task)
        .values(
            kind=kind,
            key=key,
            payload=dict(payload or {}),
            state=TaskState.QUEUED,
            created_at=now,
            due_at=due_at or now,
            progress=0,
            result={},
            error="",
            claim_token=0,
            attempts=0,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Task.id)
    ).scalar()
    return queued is not None


def find(key: str) -> Task | None:
    """The task under that key, to show how far it is."""
    return db.session.scalar(select(Task).where(Task.key == key))


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(Task.state == TaskState.QUEUED, Task.due_at <= now)


def run_due(limit: int = BATCH, kinds: Collection[str] = ()) -> int:
    """Do the tasks that are due, oldest first, of these kinds or of all but those done apart; how many."""
    now = database_now()
    wanted = Task.kind.in_(kinds) if kinds else Task.kind.not_in(sorted(_APART))
    due = list(
        db.session.scalars(
            select(Task.id).where(_due(now), wanted).order_by(Task.due_at, Task.id).limit(limit)
        )
    )
    db.session.rollback()
    return sum(_run_one(task_id) for task_id in due)


def _run_one(task_id: int) -> bool:
    now = database_now()
    token = take(Task, task_id, _due(now), now, CLAIM_SECONDS)
    if token is None:
        return False
    task = db.session.get_one(Task, task_id, populate_existing=True)
    kind, payload = task.kind, dict(task.payload)
    db.session.rollback()
    try:
        result = _handler(kind)(payload, Handle(task_id, token))
        db.session.rollback()
        give_back(
            Task,
            task_id,
            token,
            state=TaskState.DONE,
            progress=100,
            result=dict(result or {}),
            error="",
            finished_at=database_now(),
        )
    except ClaimLost:
        db.session.rollback()
        log.warning("task %s was taken over while it ran", task_id)
    except Exception as error:  # a failing task must not stop the others
        log.exception("task %s (%s) failed", task_id, kind)
        _after_failure(task_id, token, f"{type(error).__name__}: {error}")
    return True


def _handler(kind: str) -> Handler:
    handler = _HANDLERS.get(kind)
    if handler is None:
        raise LookupError(f"nobody does the tasks « {kind} »")
    return handler


def _after_failure(task_id: int, token: int, why: str) -> None:
    db.session.rollback()
    attempts = db.session.execute(select(Task.attempts).where(Task.id == task_id)).scalar_one()
    now = database_now()
    values: dict[str, object] = {"error": why[:300]}
    if attempts > len(DELAYS):
        values |= {"state": TaskState.FAILED, "finished_at": now}
    else:
        values["due_at"] = now + DELAYS[attempts - 1]
    db.session.rollback()
    try:
        give_back(Task, task_id, token, **values)
    except ClaimLost:
        log.warning("task %s was taken over while it failed", task_id)


def acquire(name: str, holder: str, seconds: int) -> int | None:
    """Take the lease when it is free or has expired: its fencing token, or None while another holds it."""
    with transaction() as session:
        now = database_now()
        expires_at = now + timedelta(seconds=seconds)
        taken: int | None = session.execute(
            insert(Lease)
            .values(name=name, holder=holder, token=1, renewed_at=now, expires_at=expires_at)
            .on_conflict_do_update(
                index_elements=["name"],
                set_={
                    "holder": holder,
                    "token": Lease.token + 1,
                    "renewed_at": now,
                    "expires_at": expires_at,
                },
                where=Lease.expires_at <= now,
            )
            .returning(Lease.token)
        ).scalar()
    return taken


def renew(name: str, token: int, seconds: int) -> bool:
    """Hold the lease longer; False when another took it."""
    with transaction():
        now = database_now()
        return _change_lease(name, token, renewed_at=now, expires_at=now + timedelta(seconds=seconds))


def release(name: str, token: int) -> bool:
    """Give the lease back; False when another had taken it."""
    with transaction():
        return _change_lease(name, token, expires_at=database_now())


def _change_lease(name: str, token: int, **values: datetime) -> bool:
    changed = db.session.execute(
        update(Lease)
        .where(Lease.name == name, Lease.token == token)
        .values(**values)
        .returning(Lease.token)
        .execution_options(synchronize_session=False)
    ).scalar()
    return changed is not None


def is_held(name: str) -> bool:
    """Whether some process holds the lease at present: its heartbeat."""
    expires_at = db.session.scalar(select(Lease.expires_at).where(Lease.name == name))
    return expires_at is not None and expires_at > database_now()
