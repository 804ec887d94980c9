"""Reading the programme on a day: which day is asked for, how the météo moves, when a report is old. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.reports.rules import DUE_AFTER

FIRST_YEAR, LAST_YEAR = 2000, 2100
CONFIDENCE_SCALE = ("storm", "cloud", "overcast", "sun")  # from the worst to the best
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class BadDay(DomainError):
    """What was asked for is no day."""

    message = N_(
        "« %(text)s » n’est pas une date : indiquez un jour qui existe, sous la forme AAAA-MM-JJ "
        "(par exemple 2025-06-30)."
    )
    field = "au"


class DayOutOfRange(DomainError):
    """No act of the programme is that old, nor that far ahead."""

    message = N_("Indiquez une date entre %(first)s et %(last)s.")
    field = "au"


class Trend(StrEnum):
    """How the météo moved since the report before."""

    UP = "up"
    STEADY = "steady"
    DOWN = "down"


def parse_day(text: str) -> date:
    """The day of « 2025-06-30 ». Raises BadDay, DayOutOfRange."""
    text = text.strip()
    if not _ISO_DAY.fullmatch(text):
        raise BadDay(text=text[:40])
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadDay(text=text) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DayOutOfRange(first=FIRST_YEAR, last=LAST_YEAR)
    return day


def trend(confidences: Sequence[str]) -> Trend | None:
    """How the last of the given météos compares with the one before; None with fewer than two."""
    if len(confidences) < 2:
        return None
    before, now = (CONFIDENCE_SCALE.index(value) for value in confidences[-2:])
    if before == now:
        return Trend.STEADY
    return Trend.UP if now > before else Trend.DOWN


def is_old(reported_on: date, day: date) -> bool:
    """Whether another report was due by that day."""
    return day - reported_on > DUE_AFTER
