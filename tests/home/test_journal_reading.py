"""The journal of a day: the days of Paris, on which the clocks change twice a year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from tests.support import make_person
from tnt.consultations.models import ConsultedSeat
from tnt.core import clock, journal
from tnt.core.access import SYSTEM
from tnt.core.db import Model, transaction
from tnt.home.journal_fields import PRIVATE
from tnt.home.journal_reading import NOT_SHOWN, Filters, list_entries
from tnt.participants.models import Reply


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


def test_what_is_said_to_few_is_not_read_in_the_journal(app: Flask) -> None:
    person = make_person()
    private = ConsultedSeat(id=1), Reply(id=1)
    with transaction():
        journal.record(SYSTEM, "consultation.reply", private[0], after={"choice": "reject", "remark": ""})
        journal.record(SYSTEM, "reply.answer", private[1], before={"note": ""}, after={"note": "Ma santé"})
        journal.record(SYSTEM, "person.edit", person, before={"locale": "fr"}, after={"locale": "fr"})
    edited, reply, seat = list_entries(SYSTEM, Filters())[0]
    assert seat.changes == [("choice", "—", NOT_SHOWN), ("remark", "—", "—")]
    assert reply.changes == [("note", "—", NOT_SHOWN)]
    assert edited.changes == []  # nothing changed


def test_every_private_value_is_one_that_is_recorded() -> None:
    for kind, names in PRIVATE.items():
        (model,) = [one for one in Model.__subclasses__() if one.__tablename__ == kind]
        assert names <= set(model.__table__.c.keys()), kind
