"""What stands on a home page: a dated list of things to do, and a few figures. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

REPORT_EVERY = timedelta(days=31)  # a lead reports each month
SCORE_WINDOW = timedelta(days=31)  # objectives are scored at the end of their semester


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that awaits somebody: by when (None: no date), what, where to do it."""

    on: date | None
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    note_params: Mapping[str, Any] = field(default_factory=dict)


def in_order(todos: Iterable[Todo]) -> list[Todo]:
    """The latest first, then by date, those without a date last."""
    return sorted(todos, key=lambda todo: (todo.on is None, todo.on or date.max))


def convene_by(day: date, notice_days: int) -> date:
    """The last day on which a session can be convened with its notice."""
    return day - timedelta(days=notice_days)


def report_due(last: date | None, active_since: date) -> date:
    """The day by which a group's next progress report is due."""
    return (last or active_since) + REPORT_EVERY


def is_end_of_semester(today: date, last_day: date) -> bool:
    """Whether the semester ends soon enough for its objectives to be scored."""
    return last_day - SCORE_WINDOW <= today
