"""Counting attempts in the database, so that every worker shares one limit.

A sliding window made of two fixed ones: the attempts of the window before weigh by the part of it that the
last `per_seconds` still cover. Keys (an address, an IP) are kept as a keyed digest only.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from tnt.core import clock
from tnt.core.db import Model, db, in_transaction, transaction
from tnt.core.errors import N_, DomainError
from tnt.core.statements import insert
from tnt.core.tasks import register_tick

KEEP = timedelta(days=2)


class TooManyAttempts(DomainError):
    """The limit is reached; `params["minutes"]` and `wait_seconds` say how long to wait."""

    message = N_("Trop de tentatives. Réessayez dans %(minutes)s min.")

    def __init__(self, wait_seconds: int) -> None:
        """Say the wait in whole minutes, rounded up."""
        super().__init__(minutes=max(1, -(-wait_seconds // 60)))
        self.wait_seconds = wait_seconds


class ThrottleCounter(Model):
    """How many attempts of a key were made in a window."""

    __tablename__ = "throttle_counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    attempts: Mapped[int]


def check(name: str, key: str, limit: int, per_seconds: int) -> None:
    """Count one attempt of the key. Raises TooManyAttempts when `limit` were made within `per_seconds`.

    It commits by itself, before what it protects: raises RuntimeError inside a transaction, where a refusal
    would undo the count. A refused attempt is not counted.
    """
    if in_transaction():
        raise RuntimeError("attempts are counted outside the transaction that they protect")
    now = clock.now()
    elapsed = now.timestamp() % per_seconds
    start = now - timedelta(seconds=elapsed)
    start = start.replace(microsecond=0)
    with transaction() as session:
        before = session.scalar(
            select(ThrottleCounter.attempts).where(
                ThrottleCounter.name == name,
                ThrottleCounter.key_hash == _digest(key),
                ThrottleCounter.window_start == start - timedelta(seconds=per_seconds),
            )
        )
        weight = (before or 0) * (1 - elapsed / per_seconds)
        counted = _count(name, _digest(key), start, limit - int(weight))
    if not counted:
        raise TooManyAttempts(int(per_seconds - elapsed) + 1)


def _count(name: str, key_hash: str, start: datetime, left: int) -> bool:
    """Add one to the window unless it holds `left` already: one statement, so exact between workers."""
    if left <= 0:
        return False
    counted = db.session.execute(
        insert(ThrottleCounter)
        .values(name=name, key_hash=key_hash, window_start=start, attempts=1)
        .on_conflict_do_update(
            index_elements=["name", "key_hash", "window_start"],
            set_={"attempts": ThrottleCounter.attempts + 1},
            where=ThrottleCounter.attempts < left,
        )
        .returning(ThrottleCounter.attempts)
    ).scalar()
    return counted is not None


def reset(name: str, key: str) -> None:
    """Forget the attempts of a key (after a good sign-in)."""
    with transaction() as session:
        session.execute(
            delete(ThrottleCounter).where(
                ThrottleCounter.name == name, ThrottleCounter.key_hash == _digest(key)
            )
        )


def purge() -> None:
    """Remove the windows that no longer count."""
    with transaction() as session:
        session.execute(delete(ThrottleCounter).where(ThrottleCounter.window_start < clock.now() - KEEP))


def _digest(key: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, key.strip().lower().encode("utf-8", "replace"), hashlib.sha256).hexdigest()


register_tick("throttle.purge", 3600, purge)
