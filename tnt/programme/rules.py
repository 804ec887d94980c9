"""Periods of the programme: semesters S1/S2 and quarters T1–T4, by the Paris calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Every(StrEnum):
    """How often a committee meets."""

    SEMESTER = "semester"
    QUARTER = "quarter"


MONTHS = {Every.SEMESTER: 6, Every.QUARTER: 3}
LETTER = {Every.SEMESTER: "S", Every.QUARTER: "T"}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A semester or a quarter: `year`, `number` (1–2 or 1–4) and its kind."""

    year: int
    number: int
    every: Every

    @property
    def code(self) -> str:
        """« 2026-T3 », « 2026-S2 »: sorts within a kind, and numbers decisions."""
        return f"{self.year}-{LETTER[self.every]}{self.number}"

    @property
    def short(self) -> str:
        """« T3 »."""
        return f"{LETTER[self.every]}{self.number}"

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return date(self.year, (self.number - 1) * MONTHS[self.every] + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.shift(1).first_day - timedelta(days=1)

    def shift(self, by: int) -> Period:
        """The period `by` steps later (or earlier)."""
        per_year = 12 // MONTHS[self.every]
        index = self.year * per_year + self.number - 1 + by
        return Period(index // per_year, index % per_year + 1, self.every)

    def contains(self, day: date) -> bool:
        """Whether the day falls in the period."""
        return self.first_day <= day <= self.last_day


def period_of(day: date, every: Every) -> Period:
    """The period in which a day falls."""
    return Period(day.year, (day.month - 1) // MONTHS[every] + 1, every)


def parse_period(code: str) -> Period:
    """The period of a code such as « 2026-T3 ». Raises ValueError on anything else."""
    year, _, rest = code.partition("-")
    every = {"S": Every.SEMESTER, "T": Every.QUARTER}.get(rest[:1])
    if every is None or not (year.isdecimal() and len(year) == 4 and rest[1:].isdecimal()):
        raise ValueError(f"not a period: {code!r}")
    number = int(rest[1:])
    if not 1 <= number <= 12 // MONTHS[every]:
        raise ValueError(f"not a period: {code!r}")
    return Period(int(year), number, every)


def periods_between(first: date, last: date, every: Every) -> list[Period]:
    """Every period from the one of `first` to the one of `last`, in order."""
    periods, period = [], period_of(first, every)
    while period.first_day <= last:
        periods.append(period)
        period = period.shift(1)
    return periods


def announced_end(announced_on: date, years: int) -> date:
    """The last day of a span announced in years: the eve of its anniversary."""
    try:
        anniversary = announced_on.replace(year=announced_on.year + years)
    except ValueError:  # 29 February
        anniversary = date(announced_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)
