"""When everything of the demonstration happened, or will, counted from today. Pure.

Nine quarters of the coordination committee: eight behind (the second without a session) and the one of the
session being prepared, about three weeks ahead. Four semesters of the orientation committee, the last
session about two weeks ago. It must come out right on any day of any year.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from tnt.programme.days import is_working_day, school_holidays_on
from tnt.programme.rules import Every, Period, period_of

QUARTER_TARGETS = {1: (3, 5), 2: (6, 10), 3: (9, 20), 4: (12, 8)}  # month and day, outside holidays
SEMESTER_TARGETS = {1: (4, 8), 2: (10, 14)}
BEFORE_SUMMER = (7, 9)
SUMMER = ((7, 14), (8, 31))
SLOTS = 8
MISSED_SLOT = 1  # its session was cancelled
NEXT_SLOT = SLOTS  # the session being prepared
ORIENTATIONS = 4


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of the demonstration, all as seen from `today`."""

    today: date
    start: date  # people and mandates are entered
    coordination: tuple[date, ...]  # one a slot; that of MISSED_SLOT was cancelled
    upcoming: date  # the session being prepared
    orientation: tuple[date, ...]
    next_orientation: date

    @property
    def followed_from(self) -> tuple[date, date]:
        """The days from which coordination and orientation are followed."""
        return (
            period_of(self.coordination[0], Every.QUARTER).first_day,
            period_of(self.orientation[0], Every.SEMESTER).first_day,
        )


def dates_from(today: date) -> Dates:
    """Every day of the demonstration."""
    upcoming = pick(today + timedelta(21), today + timedelta(16), today + timedelta(26))
    ahead = period_of(upcoming, Every.QUARTER)
    slots = tuple(_slot_day(ahead.shift(slot - SLOTS), today) for slot in range(SLOTS))
    taken = {*slots, upcoming}
    last = pick(today - timedelta(16), today - timedelta(20), today - timedelta(12), taken)
    orientation = (*_earlier_orientations(last, taken), last)
    return Dates(
        today=today,
        start=next_working_day(min(slots[0], orientation[0]) - timedelta(80)),
        coordination=slots,
        upcoming=upcoming,
        orientation=orientation,
        next_orientation=_next_orientation(last, today, taken),
    )


def _slot_day(quarter: Period, today: date) -> date:
    target = _target(quarter, QUARTER_TARGETS)
    latest = today - timedelta(9)
    if quarter.contains(today):  # held earlier in the running quarter, the next session being in the next
        latest = today - timedelta(12)
        target = min(target, today - timedelta(20))
        if date(target.year, *SUMMER[0]) <= target <= date(target.year, *SUMMER[1]):
            target = date(target.year, *BEFORE_SUMMER)
            return pick(target, target - timedelta(2), target + timedelta(7))
    return pick(target, target - timedelta(4), min(target + timedelta(4), latest))


def _earlier_orientations(last: date, taken: Collection[date]) -> list[date]:
    semester = period_of(last, Every.SEMESTER)
    days = []
    for back in range(ORIENTATIONS - 1, 0, -1):
        target = _target(semester.shift(-back), SEMESTER_TARGETS)
        days.append(pick(target, target - timedelta(6), target + timedelta(6), taken))
    return days


def _next_orientation(last: date, today: date, taken: Collection[date]) -> date:
    semester = period_of(last, Every.SEMESTER).shift(1)
    target = max(_target(semester, SEMESTER_TARGETS), today + timedelta(45))
    return pick(target, target - timedelta(6), target + timedelta(6), taken)


def _target(period: Period, targets: dict[int, tuple[int, int]]) -> date:
    return date(period.year, *targets[period.number])


def pick(target: date, first: date, last: date, taken: Collection[date] = ()) -> date:
    """The most sensible working day between two days: mid-week, outside holidays, near the target.

    Raises ValueError when the span holds no free working day.
    """
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    free = [day for day in days if is_working_day(day) and day not in taken]
    return min(free, key=lambda day: (_weight(day), abs((day - target).days), day))


def _weight(day: date) -> int:
    mid_week = 0 if day.weekday() in {1, 2, 3} else 1
    on_holiday = 2 if school_holidays_on(day) else 0
    end_of_year = 4 if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 3) else 0
    return mid_week + on_holiday + end_of_year


def next_working_day(day: date) -> date:
    """That day, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(1)
    return day


def semester_of_generation(dates: Dates, generation: int) -> Period:
    """The semester of the objectives of a generation; the fifth is the one adopted at the next session.

    A session of the first quarter of a semester adopts for that semester, one of the second for the next.
    """
    quarter = period_of(dates.upcoming, Every.QUARTER)
    semester = period_of(dates.upcoming, Every.SEMESTER)
    fifth = semester if quarter.number % 2 else semester.shift(1)
    return fifth.shift(generation - 5)


def adoption_slot(dates: Dates, generation: int) -> int:
    """The session that adopts a generation’s objectives: the first of its semester, or the one before."""
    slot = _slot_of(dates, semester_of_generation(dates, generation).first_day)
    return slot - 1 if slot == MISSED_SLOT else slot


def scoring_slot(dates: Dates, generation: int) -> int:
    """The session that scores the objectives of a generation: the last of its semester, or the next."""
    slot = _slot_of(dates, semester_of_generation(dates, generation).last_day)
    return slot + 1 if slot == MISSED_SLOT else slot


def _slot_of(dates: Dates, day: date) -> int:
    ahead, quarter = period_of(dates.upcoming, Every.QUARTER), period_of(day, Every.QUARTER)
    return SLOTS + (quarter.year - ahead.year) * 4 + quarter.number - ahead.number
