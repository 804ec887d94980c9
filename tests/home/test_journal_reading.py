"""The journal of a day: the days of Paris, on which the clocks change twice a year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from tests.support import make_person
from tnt.core import clock, journal
from tnt.core.access import SYSTEM
from tnt.core.db import transaction
from tnt.home.journal_reading import Filters, list_entries


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),  # 23 h 30, the 25th hour
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),  # a day of 23 hours is over
    ],
)
def test_an_entry_is_found_on_its_day_and_no_other(app: Flask, at: datetime, day: date) -> None:
    with clock.at(at):
        person = make_person()
        with transaction():
            journal.record(SYSTEM, "person.edit", person)
    found = [
        on.isoformat()
        for on in (date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26))
        if list_entries(SYSTEM, Filters(day=on))[0]
    ]
    assert found == [day.isoformat()]
