"""Interim measures: in force at once, provisional, and what the next session makes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.closing.scene import Scene, hold, plan, set_scene, settle
from tnt.actions.models import Action, ActionState
from tnt.agendas import services as agendas
from tnt.closing import services as closing
from tnt.consultations import services
from tnt.consultations.models import InterimMeasure
from tnt.consultations.rules import MeasureOfAnother, MeasureTaken, NotACoChair, NotAMeasure, ReasonNeeded
from tnt.consultations.services import NewAction
from tnt.core import clock, journal
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.outbox import OutboxMessage
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState
from tnt.intake import services as intake
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import RequestOrigin, RequestState, ToBeRatified
from tnt.sittings.rules import OutcomeKind


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def take(scene: Scene, **values: object) -> int:
    given: dict[str, object] = {
        "committee_id": scene.coordination,
        "act_kind": ActKind.MOBILISE_ACTOR,
        "title": "Mobiliser l’ANCT à Mayotte",
        "wording": "L’ANCT est mobilisée sans délai.",
        "reason": "Le cyclone ne laisse pas le temps d’une séance.",
        "group_id": scene.group,
        "action": NewAction("Dépêcher une équipe", clock.today() + timedelta(days=10), scene.member),
    } | values
    measure = services.take_measure(scene.actor(scene.chair), **given)  # type: ignore[arg-type]
    return measure.id


def act_of(measure_id: int) -> Act:
    db.session.expire_all()
    return db.session.get_one(InterimMeasure, measure_id).act


def held(scene: Scene, outcome: OutcomeKind, days: int = 22) -> int:
    """A session whose agenda took the entry, with its outcome, its record signed."""
    entry_id = db.session.scalars(
        select(DecisionRequest.id).where(DecisionRequest.state == RequestState.PENDING)
    ).one()
    meeting_id = plan(scene, days=days)
    agendas.add_proposal(scene.actor(scene.secretary), meeting_id, f"demande-{entry_id}")
    hold(scene, meeting_id)
    settle(scene, meeting_id, outcome)
    closing.adjourn(scene.actor(scene.secretary), meeting_id)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), meeting_id, 1)
    return meeting_id


def test_it_is_in_force_at_once_and_provisional(scene: Scene) -> None:
    act = act_of(take(scene))
    assert (act.number, act.state) == ("CC-2026-T4-M01", ActState.PROVISIONAL)
    assert act.in_force_at is not None
    entry = db.session.scalars(select(DecisionRequest)).one()
    assert (entry.origin, entry.about_act_id) == (RequestOrigin.MEASURE, act.id)
    assert entry.title.startswith("Ratifier la mesure conservatoire CC-2026-T4-M01")
    told = db.session.scalars(select(OutboxMessage.to_address).where(OutboxMessage.kind.endswith("measure")))
    assert sorted(told) == [f"{name}@demo.tnt.example" for name in ("member", "second_chair", "secretary")]
    other = take(scene, group_id=None, title="Mobiliser l’ANCT à La Réunion")
    assert act_of(other).number == "CC-2026-T4-M02"


def test_the_same_measure_is_taken_once(scene: Scene) -> None:
    take(scene)
    with pytest.raises(MeasureTaken):  # a second click
        take(scene)
    assert len(db.session.scalars(select(InterimMeasure)).all()) == 1
    other = take(scene, title="Mobiliser l’ANCT à La Réunion")
    assert act_of(other).number == "CC-2026-T4-M02"  # no number is lost


def test_ratified_it_is_no_longer_provisional(scene: Scene) -> None:
    measure_id = take(scene)
    taken_at = act_of(measure_id).in_force_at
    held(scene, OutcomeKind.ADOPTED)
    act = act_of(measure_id)
    assert (act.state, act.in_force_at) == (ActState.IN_FORCE, taken_at)
    measure = db.session.get_one(InterimMeasure, measure_id)
    assert measure.answered_by is not None
    assert measure.answered_by.number == "CC-2026-T4-01"
    assert db.session.scalars(select(Action)).one().state is ActionState.OPEN
    assert journal.verify() == []


def test_refused_it_lapses_and_its_actions_are_dropped(scene: Scene) -> None:
    measure_id = take(scene)
    held(scene, OutcomeKind.NOT_ADOPTED)
    assert act_of(measure_id).state is ActState.LAPSED
    action = db.session.scalars(select(Action)).one()
    assert action.state is ActionState.DROPPED
    assert "CC-2026-T4-M01" in action.proof


@pytest.mark.parametrize("outcome", [OutcomeKind.DEFERRED, OutcomeKind.WITHDRAWN])
def test_without_an_answer_it_stays_provisional_and_comes_back_once(
    scene: Scene, outcome: OutcomeKind
) -> None:
    measure_id = take(scene)
    held(scene, outcome)
    assert act_of(measure_id).state is ActState.PROVISIONAL
    waiting = db.session.scalars(
        select(DecisionRequest).where(DecisionRequest.state == RequestState.PENDING)
    ).all()
    assert [entry.about_act_id for entry in waiting] == [act_of(measure_id).id]
    held(scene, OutcomeKind.ADOPTED, days=44)
    assert act_of(measure_id).state is ActState.IN_FORCE


def test_its_entry_is_answered_by_a_session_alone(scene: Scene) -> None:
    take(scene)
    entry_id = db.session.scalars(select(DecisionRequest.id)).one()
    secretary = scene.actor(scene.secretary)
    with pytest.raises(ToBeRatified):
        intake.refuse(secretary, entry_id, answer="Sans objet à ce jour")
    with pytest.raises(ToBeRatified):
        intake.withdraw(secretary, entry_id)
    with pytest.raises(ToBeRatified):
        intake.redirect(secretary, entry_id, committee_id=scene.orientation)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"act_kind": ActKind.STOP_GROUP}, NotAMeasure),
        ({"act_kind": ActKind.ALLOT_FUND}, NotAMeasure),
        ({"reason": " "}, ReasonNeeded),
        ({"group_id": 9_999}, NotFound),
    ],
)
def test_what_a_measure_is_refused(scene: Scene, values: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        take(scene, **values)
    assert db.session.scalars(select(Act)).all() == []


def test_it_is_a_co_chair_s_of_a_competent_committee(scene: Scene) -> None:
    values: dict[str, object] = {
        "act_kind": ActKind.MOBILISE_ACTOR,
        "title": "Mobiliser",
        "wording": "Texte de la mesure.",
        "reason": "Urgence",
    }
    for person, committee, refusal in (
        (scene.secretary, scene.coordination, NotACoChair),
        (scene.member, scene.coordination, NotACoChair),
        (scene.chair, scene.orientation, NotFound),
        (scene.political_chair, scene.orientation, MeasureOfAnother),
    ):
        with pytest.raises(refusal):
            services.take_measure(scene.actor(person), committee_id=committee, **values)  # type: ignore[arg-type]
