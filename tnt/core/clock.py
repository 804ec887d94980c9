"""The only reader of time. Everything else is handed an instant or a day.

Instants are UTC; days are those of Europe/Paris, the programme's time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_held: ContextVar[datetime | None] = ContextVar("clock_held", default=None)
_frozen: datetime | None = None


def now() -> datetime:
    """The present instant, in UTC."""
    return _held.get() or _frozen or datetime.now(UTC)


def is_moved() -> bool:
    """Whether the present was set by `at` or `freeze`, so that no other clock may answer instead."""
    return (_held.get() or _frozen) is not None


def today() -> date:
    """The present day in Paris."""
    return now().astimezone(PARIS).date()


def to_paris(instant: datetime) -> datetime:
    """The same instant on Paris clocks."""
    return instant.astimezone(PARIS)


def paris_day(instant: datetime) -> date:
    """The Paris day on which an instant falls."""
    return instant.astimezone(PARIS).date()


def from_paris(day: date, at: time) -> datetime:
    """The UTC instant of a Paris wall time.

    In the hour that comes twice, the first one. Raises ValueError in the hour that does not exist.
    """
    local = datetime.combine(day, at, tzinfo=PARIS)
    instant = local.astimezone(UTC)
    if instant.astimezone(PARIS).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"{local:%Y-%m-%d %H:%M} does not exist in Europe/Paris")
    return instant


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Within the block, in this context, the present is `instant` (loading a past, tests)."""
    token = _held.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)


def freeze(instant: datetime | None) -> None:
    """Stop the clock for the whole process (tests with a live server), or let it run again with None."""
    global _frozen  # one clock a process, on purpose
    _frozen = instant.astimezone(UTC) if instant else None
