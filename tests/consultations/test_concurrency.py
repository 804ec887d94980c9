"""Several people at the same instant on one consultation: each is served or told, nothing is done twice."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.closing.scene import Scene, set_scene
from tests.closing.test_concurrency import actors, at_once
from tests.consultations.scene import answer, approved, consultation, draft, opened, seat_id
from tnt.consultations import services
from tnt.consultations.models import Choice, ConsultationState, WrittenConsultation
from tnt.core import journal
from tnt.core.db import db
from tnt.decisions.models import Act
from tnt.intake.models import DecisionRequest


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def test_a_reply_that_arrives_with_the_closing_is_counted_or_refused(app: Flask, scene: Scene) -> None:
    ident = opened(scene)
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, ident, person, Choice.APPROVE)
    seat = seat_id(ident, scene.member)
    secretary, member = actors(scene, scene.secretary, scene.member)
    answers = at_once(
        app,
        lambda: services.close(secretary, ident),
        lambda: services.reply(member, ident, seat, choice=Choice.REJECT),
    )
    found = consultation(ident)
    choice = next(each.choice for each in found.seats if each.id == seat)
    if "ConsultationClosed" in answers:
        assert (found.state, choice) == (ConsultationState.IN_VISA, Choice.APPROVE)
    else:
        assert answers == ["done", "done"]
        assert (found.state, choice) == (ConsultationState.NOT_ADOPTED, Choice.REJECT)
    assert journal.verify() == []


def test_two_closings_at_once_number_once(app: Flask, scene: Scene) -> None:
    ident = opened(scene)
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, ident, person, Choice.APPROVE)
    (secretary,) = actors(scene, scene.secretary)
    answers = at_once(app, *[lambda: services.close(secretary, ident)] * 3)
    assert answers == ["ConsultationOver", "ConsultationOver", "done"]
    assert [act.number for act in db.session.scalars(select(Act))] == ["CC-2026-T4-E01"]


def test_two_last_visas_at_once_take_force_once(app: Flask, scene: Scene) -> None:
    ident = approved(scene)
    first, second = actors(scene, scene.chair, scene.second_chair)
    answers = at_once(
        app, lambda: services.give_visa(first, ident, 1), lambda: services.give_visa(second, ident, 1)
    )
    assert answers == ["done", "done"]
    assert consultation(ident).state is ConsultationState.IN_FORCE
    assert len(db.session.scalars(select(DecisionRequest)).all()) == 1


def test_consultations_sent_at_once_have_numbers_without_gaps(app: Flask, scene: Scene) -> None:
    idents = [draft(scene) for _ in range(4)]
    (secretary,) = actors(scene, scene.secretary)
    answers = at_once(app, *[lambda ident=ident: services.send(secretary, ident) for ident in idents])
    assert answers == ["done"] * 4
    numbers = sorted(db.session.scalars(select(WrittenConsultation.number)))  # type: ignore[type-var]  # all sent
    assert numbers == [f"CC-2026-T4-E0{order}" for order in (1, 2, 3, 4)]
