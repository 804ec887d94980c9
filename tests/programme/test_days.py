"""Public holidays against a foreign computation; school holidays against the published days."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from tnt.programme import days
from tnt.programme.days import Zone


@pytest.mark.parametrize("year", range(2020, 2041))
def test_public_holidays_agree_with_another_computation(year: int) -> None:
    assert set(days.public_holidays(year)) == set(holidays.country_holidays("FR", years=year))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 11), False),  # a Wednesday
        (date(2026, 11, 12), True),
        (date(2026, 11, 14), False),  # a Saturday
        (date(2026, 5, 14), False),  # Ascension
        (date(2026, 5, 15), True),
        (date(2027, 3, 29), False),  # Easter Monday
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert days.is_working_day(day) is works


ALL = frozenset(Zone)


@pytest.mark.parametrize(
    ("day", "zones"),
    [
        (date(2025, 8, 31), None),
        (date(2025, 9, 1), frozenset()),
        (date(2025, 10, 17), frozenset()),
        (date(2025, 10, 18), ALL),
        (date(2025, 11, 2), ALL),
        (date(2025, 11, 3), frozenset()),
        (date(2026, 2, 17), {Zone.A, Zone.B}),
        (date(2026, 2, 23), {Zone.B, Zone.C}),
        (date(2026, 7, 14), ALL),
        (date(2026, 8, 31), ALL),
        (date(2026, 9, 1), frozenset()),
        (date(2026, 12, 19), ALL),
        (date(2027, 1, 4), frozenset()),
        (date(2027, 2, 8), {Zone.C}),
        (date(2027, 4, 17), {Zone.A, Zone.B, Zone.C}),
        (date(2027, 5, 3), frozenset()),
        (date(2027, 7, 3), None),
        (date(2028, 2, 1), None),
    ],
)
def test_school_holidays_are_known_or_said_to_be_unknown(day: date, zones: frozenset[Zone] | None) -> None:
    assert days.school_holidays_on(day) == zones
