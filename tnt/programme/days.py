"""The days on which a session is better not held: public holidays, and school holidays of zones A, B and C.

Public holidays are those of article L. 3133-1 of the Code du travail, in metropolitan France, where the
committees sit. School holidays are a table, since each school year is published by an arrêté: a year that is
not in the table is unknown, and said to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from tnt.core.errors import N_

_FIXED = (
    (1, 1, N_("jour de l’an")),
    (5, 1, N_("fête du Travail")),
    (5, 8, N_("victoire de 1945")),
    (7, 14, N_("fête nationale")),
    (8, 15, N_("Assomption")),
    (11, 1, N_("Toussaint")),
    (11, 11, N_("armistice de 1918")),
    (12, 25, N_("Noël")),
)
_AFTER_EASTER = ((1, N_("lundi de Pâques")), (39, N_("Ascension")), (50, N_("lundi de Pentecôte")))


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous computus of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> dict[date, str]:
    """The public holidays of a year and their names (message ids)."""
    sunday = easter(year)
    found = {date(year, month, day): name for month, day, name in _FIXED}
    for after, name in _AFTER_EASTER:
        found.setdefault(sunday + timedelta(days=after), name)
    return dict(sorted(found.items()))


def is_public_holiday(day: date) -> bool:
    """Whether nobody works on that day."""
    return day in public_holidays(day.year)


def is_working_day(day: date) -> bool:
    """Whether that day is from Monday to Friday and no public holiday."""
    return day.weekday() < 5 and not is_public_holiday(day)


class Zone(StrEnum):
    """The zones of the school calendar."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A published school year: its days, its holidays per zone (first day off, day of return)."""

    first_day: date
    last_day: date
    everywhere: tuple[tuple[date, date], ...]
    by_zone: dict[Zone, tuple[tuple[date, date], ...]]


# 2025-2026: arrêté du 7 décembre 2022 fixant le calendrier scolaire des années 2023-2024 à 2025-2026.
# 2026-2027: « calendrier scolaire » published by the ministère de l’Éducation nationale.
# The days were taken from public copies of these that agree with each other; Corsica and overseas differ.
SCHOOL_YEARS = (
    SchoolYear(
        first_day=date(2025, 9, 1),
        last_day=date(2026, 8, 31),
        everywhere=(
            (date(2025, 10, 18), date(2025, 11, 3)),
            (date(2025, 12, 20), date(2026, 1, 5)),
            (date(2026, 7, 4), date(2026, 9, 1)),
        ),
        by_zone={
            Zone.A: ((date(2026, 2, 7), date(2026, 2, 23)), (date(2026, 4, 4), date(2026, 4, 20))),
            Zone.B: ((date(2026, 2, 14), date(2026, 3, 2)), (date(2026, 4, 11), date(2026, 4, 27))),
            Zone.C: ((date(2026, 2, 21), date(2026, 3, 9)), (date(2026, 4, 18), date(2026, 5, 4))),
        },
    ),
    SchoolYear(
        first_day=date(2026, 9, 1),
        last_day=date(2027, 7, 2),
        everywhere=((date(2026, 10, 17), date(2026, 11, 2)), (date(2026, 12, 19), date(2027, 1, 4))),
        by_zone={
            Zone.A: ((date(2027, 2, 13), date(2027, 3, 1)), (date(2027, 4, 10), date(2027, 4, 26))),
            Zone.B: ((date(2027, 2, 20), date(2027, 3, 8)), (date(2027, 4, 17), date(2027, 5, 3))),
            Zone.C: ((date(2027, 2, 6), date(2027, 2, 22)), (date(2027, 4, 3), date(2027, 4, 19))),
        },
    ),
)


def school_holidays_on(day: date) -> frozenset[Zone] | None:
    """The zones on holiday on that day; None when the school calendar of that day is not known here."""
    year = next((each for each in SCHOOL_YEARS if each.first_day <= day <= each.last_day), None)
    if year is None:
        return None
    if _within(day, year.everywhere):
        return frozenset(Zone)
    return frozenset(zone for zone, spans in year.by_zone.items() if _within(day, spans))


def _within(day: date, spans: tuple[tuple[date, date], ...]) -> bool:
    return any(first <= day < back for first, back in spans)
