"""A mistyped year is told beside its field, and is never written, whatever way it came."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from tests.closing.scene import plan, set_scene
from tnt.committees.models import Mandate
from tnt.core import clock
from tnt.core.days import DayOutOfRange, check_day, find_day, last_day
from tnt.core.db import db, transaction
from tnt.core.forms import DayField
from tnt.meetings.models import Meeting


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(1999, 12, 31), False),
        (date(2000, 1, 1), True),
        (date(2026, 11, 23), True),
        (date(2036, 12, 31), True),
        (date(2037, 1, 1), False),
        (date(26, 11, 23), False),
        (date.max, False),
    ],
)
def test_what_can_be_meant(day: date, answer: bool) -> None:
    assert last_day(clock.today()) == date(2036, 12, 31)
    assert find_day(day.isoformat()) == (day if answer else None)
    if answer:
        check_day(day)
    else:
        with pytest.raises(DayOutOfRange) as refused:
            check_day(day, "held_on")
        assert refused.value.field == "held_on"


@pytest.mark.parametrize("text", ["", "demain", "2026-02-30", "2026-11-23T09:00", "12026-11-23"])
def test_what_is_no_day(text: str) -> None:
    assert find_day(text) is None


class OneDay(FlaskForm):
    day = DayField("Jour")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-11-23", []),
        ("0026-11-23", ["Vérifiez l’année"]),
        ("9999-12-31", ["Vérifiez l’année"]),
        ("23 novembre", ["Indiquez le jour, par exemple"]),
    ],
)
def test_the_field_says_it_and_keeps_what_was_typed(sqlite_app: Flask, typed: str, said: list[str]) -> None:
    with sqlite_app.test_request_context():
        form = OneDay(MultiDict({"day": typed}))
        assert form.validate() is (not said)
        assert [error.startswith(start) for error, start in zip(form.day.errors, said, strict=True)] == [
            True for _one in said
        ]
        assert form.day._value() == typed
        assert (form.day.data is None) is bool(said)


def test_the_sentence_names_both_ends(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        form = OneDay(MultiDict({"day": "9999-12-31"}))
        form.validate()
        assert "1 janvier 2000" in form.day.errors[0].replace("1er", "1")
        assert "31 décembre 2036" in form.day.errors[0]


def test_the_database_never_takes_such_a_day(app: Flask) -> None:
    scene = set_scene()
    meeting_id = plan(scene)
    with pytest.raises(DayOutOfRange), transaction() as session:
        session.get_one(Meeting, meeting_id).starts_at = datetime(9999, 12, 31, 9, tzinfo=UTC)
    with pytest.raises(DayOutOfRange) as refused, transaction() as session:
        mandate = session.query(Mandate).first()
        assert mandate is not None
        mandate.until_on = date(9999, 12, 31)
    assert refused.value.field == "until_on"
    with transaction() as session:
        session.get_one(Meeting, meeting_id).ends_at += timedelta(minutes=5)
    assert db.session.get_one(Meeting, meeting_id).starts_at.year == 2026
