"""The days of the demonstration, whatever the day on which it is loaded. Pure, so every day is tried."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from tnt.programme.days import is_working_day
from tnt.programme.rules import Every, period_of
from tnt.setup.demo.dates import (
    MISSED_SLOT,
    SLOTS,
    adoption_slot,
    dates_from,
    pick,
    scoring_slot,
    semester_of_generation,
)

DAYS = [date(2024, 1, 1) + timedelta(n) for n in range(9 * 366)]


def test_the_session_being_prepared_is_about_three_weeks_ahead() -> None:
    for today in DAYS:
        assert 16 <= (dates_from(today).upcoming - today).days <= 26, today


def test_one_session_a_quarter_and_time_to_visa_before_the_next_agenda() -> None:
    for today in DAYS:
        dates = dates_from(today)
        ahead = period_of(dates.upcoming, Every.QUARTER)
        quarters = [period_of(day, Every.QUARTER) for day in dates.coordination]
        assert quarters == [ahead.shift(slot - SLOTS) for slot in range(SLOTS)], today
        assert dates.coordination[-1] <= today - timedelta(9), today
        days = [*dates.coordination, dates.upcoming]
        assert min((after - day).days for day, after in pairwise(days)) >= 22, today


def test_one_orientation_a_semester_and_never_on_the_day_of_the_other_committee() -> None:
    for today in DAYS:
        dates = dates_from(today)
        last = period_of(dates.orientation[-1], Every.SEMESTER)
        semesters = [period_of(day, Every.SEMESTER) for day in dates.orientation]
        assert semesters == [last.shift(back) for back in (-3, -2, -1, 0)], today
        assert period_of(dates.next_orientation, Every.SEMESTER) == last.shift(1), today
        assert 12 <= (today - dates.orientation[-1]).days <= 20, today
        assert not {*dates.orientation, dates.next_orientation} & {*dates.coordination, dates.upcoming}, today


def test_every_day_is_a_working_day() -> None:
    for today in DAYS:
        dates = dates_from(today)
        days = [dates.start, *dates.coordination, dates.upcoming, *dates.orientation, dates.next_orientation]
        assert all(is_working_day(day) for day in days), today


def test_objectives_are_adopted_then_scored_at_sessions_that_were_held() -> None:
    for today in DAYS:
        dates = dates_from(today)
        for generation in (1, 2, 3):
            adopted, scored = adoption_slot(dates, generation), scoring_slot(dates, generation)
            assert 0 <= adopted < scored < SLOTS, (today, generation)
            assert MISSED_SLOT not in (adopted, scored), (today, generation)
        assert adoption_slot(dates, 4) < SLOTS, today
        fifth = semester_of_generation(dates, 5)
        assert fifth.last_day > dates.upcoming, today


def test_a_span_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        pick(date(2026, 5, 2), date(2026, 5, 2), date(2026, 5, 3))
