"""Who leads a group, told by the acts in the order of their dates, however late they are entered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.closing.scene import MISSION, Scene, set_scene
from tnt.accounts.models import Person
from tnt.committees.models import Mandate
from tnt.core import clock
from tnt.core.access import actor_for
from tnt.core.db import db, transaction
from tnt.effects.services import record_prior_act
from tnt.projects.models import Leadership
from tnt.projects.rules import Motion, StopKind

CREATED, REORIENTED, CONTINUED, STOPPED = (
    date(2022, 3, 10),
    date(2023, 6, 1),
    date(2024, 2, 1),
    date(2025, 9, 30),
)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def somebody(name: str) -> int:
    with transaction() as session:
        person = Person(given_name=name, family_name="Martin", created_at=clock.now())
        session.add(person)
        session.flush()
        return person.id


def decide(scene: Scene, motion: Motion, on: date, lead: int | None = None) -> None:
    record_prior_act(
        scene.actor(scene.secretary),
        authority="Ministre",
        decided_on=on,
        wording="Décision prise en son temps.",
        group_id=scene.group,
        motion=motion,
        mission=MISSION if motion in {Motion.CREATE, Motion.REORIENT} else "",
        reason="Motif.",
        stop_kind=StopKind.ACHIEVED if motion is Motion.STOP else None,
        lead_id=lead,
        lead_institution_id=scene.institution if lead else None,
    )


def terms(scene: Scene) -> list[tuple[int, date, date | None]]:
    rows = db.session.scalars(
        select(Leadership).where(Leadership.group_id == scene.group).order_by(Leadership.from_on)
    )
    return [(row.person_id, row.from_on, row.until_on) for row in rows]


def seats(person_id: int) -> list[tuple[date, date | None]]:
    rows = db.session.scalars(select(Mandate).where(Mandate.person_id == person_id).order_by(Mandate.from_on))
    return [(row.from_on, row.until_on) for row in rows]


def test_a_lead_of_the_past_entered_later_takes_nothing_from_the_present_one(scene: Scene) -> None:
    first, present = somebody("Première"), somebody("Présente")
    decide(scene, Motion.CREATE, CREATED)
    decide(scene, Motion.CONTINUE, CONTINUED, present)
    decide(scene, Motion.REORIENT, REORIENTED, first)
    eve = CONTINUED - timedelta(days=1)
    assert terms(scene) == [(first, REORIENTED, eve), (present, CONTINUED, None)]
    assert seats(first) == [(REORIENTED, eve)]
    assert seats(present) == [(CONTINUED, None)]
    today = clock.today()
    assert not actor_for(first, "", today).has("member", scene.coordination)
    assert actor_for(present, "", today).has("lead", scene.group)


def test_a_lead_entered_between_two_others_cuts_the_first_term_short(scene: Scene) -> None:
    first, between, last = somebody("Un"), somebody("Deux"), somebody("Trois")
    decide(scene, Motion.CREATE, CREATED, first)
    decide(scene, Motion.CONTINUE, CONTINUED, last)
    decide(scene, Motion.REORIENT, REORIENTED, between)
    a_day = timedelta(days=1)
    assert terms(scene) == [
        (first, CREATED, REORIENTED - a_day),
        (between, REORIENTED, CONTINUED - a_day),
        (last, CONTINUED, None),
    ]
    assert seats(first) == [(CREATED, REORIENTED - a_day)]
    assert seats(between) == [(REORIENTED, CONTINUED - a_day)]


def test_a_lead_entered_after_the_stop_leads_until_the_stop(scene: Scene) -> None:
    first, last = somebody("Un"), somebody("Deux")
    decide(scene, Motion.CREATE, CREATED, first)
    decide(scene, Motion.STOP, STOPPED)
    decide(scene, Motion.CONTINUE, CONTINUED, last)
    assert terms(scene) == [
        (first, CREATED, CONTINUED - timedelta(days=1)),
        (last, CONTINUED, STOPPED),
    ]
    assert seats(last) == [(CONTINUED, STOPPED)]


def test_an_ended_seat_is_not_opened_again_by_an_older_act(scene: Scene) -> None:
    former, present = somebody("Ancien"), somebody("Présent")
    decide(scene, Motion.CREATE, CREATED)
    decide(scene, Motion.CONTINUE, CONTINUED, former)
    decide(scene, Motion.CONTINUE, STOPPED, present)
    assert seats(former) == [(CONTINUED, STOPPED - timedelta(days=1))]
    decide(scene, Motion.REORIENT, REORIENTED, former)
    assert not actor_for(former, "", clock.today()).has("voting", scene.coordination)
