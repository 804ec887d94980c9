"""What a levée holds until the last visa, what it proves beforehand, and what a dropped decision leaves."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.closing.scene import MISSION, Scene, hold, plan, put_information, put_motion, set_scene, settle
from tests.support import signed_in_client
from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.agendas import services as agendas
from tnt.agendas.rules import ObjectiveAlreadyThere
from tnt.closing import queries, services
from tnt.closing.models import DecisionRecord
from tnt.closing.rules import EarlierRecordPending, EffectRefused, NoCoChair
from tnt.committees.models import Committee, Mandate, Seat
from tnt.committees.rules import VisaRule
from tnt.core import clock, journal
from tnt.core.db import db, transaction
from tnt.core.journal import JournalEntry
from tnt.decisions.models import Act, ActCounter
from tnt.decisions.rules import ActKind
from tnt.decisions.services import acts_of_meeting
from tnt.effects.services import GroupReserved, record_prior_act
from tnt.intake.models import DecisionRequest, RequestOrigin
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.objectives import queries as objective_queries
from tnt.objectives import services as objectives
from tnt.objectives.rules import ObjectiveState
from tnt.projects.rules import Motion, StopKind
from tnt.sittings import services as sittings
from tnt.sittings.queries import list_item_states
from tnt.sittings.rules import OutcomeKind


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def create_group(scene: Scene) -> None:
    """The group is at work since the year before, led by the member."""
    record_prior_act(
        scene.actor(scene.secretary),
        authority="Ministre",
        decided_on=date(2025, 3, 1),
        wording="Le groupe est créé.",
        group_id=scene.group,
        motion=Motion.CREATE,
        mission=MISSION,
        lead_id=scene.member,
        lead_institution_id=scene.institution,
    )


def propose(scene: Scene) -> int:
    return objectives.propose_objective(
        scene.actor(scene.secretary),
        group_id=scene.group,
        semester="2027-S1",
        title="Raccorder 1 500 communes",
    ).id


def put_adoption(scene: Scene, meeting_id: int, objective_id: int) -> None:
    agendas.add_objective_item(
        scene.actor(scene.secretary),
        meeting_id,
        act_kind=ActKind.ADOPT_OBJECTIVE,
        objective_id=objective_id,
        ask=agendas.ObjectiveAsk(),
    )


def lift(scene: Scene, meeting_id: int, *outcomes: OutcomeKind) -> None:
    hold(scene, meeting_id)
    for position, kind in enumerate(outcomes, start=1):
        settle(scene, meeting_id, kind, position=position)
    services.adjourn(scene.actor(scene.secretary), meeting_id)


def give_all(scene: Scene, meeting_id: int, version: int = 1) -> None:
    for person in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(person), meeting_id, version)


def test_reporting_the_item_of_a_reserved_group_lets_the_session_be_lifted(scene: Scene) -> None:
    """As the refusal itself advises."""
    first = plan(scene)
    put_motion(scene, first, Motion.CREATE)
    lift(scene, first, OutcomeKind.ADOPTED)
    second = plan(scene, days=28)
    put_motion(scene, second, Motion.CREATE)
    lift(scene, second, OutcomeKind.DEFERRED)
    assert db.session.get_one(Meeting, second).state is MeetingState.ADJOURNED


def test_a_group_in_visa_takes_no_prior_act(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    lift(scene, meeting_id, OutcomeKind.ADOPTED)
    with pytest.raises(GroupReserved):
        create_group(scene)
    assert db.session.scalar(select(func.count(Act.id))) == 1
    give_all(scene, meeting_id)


def test_what_is_adopted_in_visa_no_longer_changes(scene: Scene) -> None:
    create_group(scene)
    objective_id = propose(scene)
    meeting_id = plan(scene)
    put_adoption(scene, meeting_id, objective_id)
    lift(scene, meeting_id, OutcomeKind.ADOPTED)
    lead = scene.actor(scene.member)
    with pytest.raises(objectives.ObjectiveReserved):
        objectives.reword_objective(lead, objective_id, title="Raccorder 15 communes", measure="")
    with pytest.raises(objectives.ObjectiveReserved):
        objectives.withdraw_objective(lead, objective_id)
    give_all(scene, meeting_id)
    found = objective_queries.get_objective(objective_id)
    assert found.title == "Raccorder 1 500 communes"
    assert objective_queries.current_state(found) is ObjectiveState.ADOPTED


def test_an_objective_in_visa_is_not_adopted_by_the_next_session(scene: Scene) -> None:
    create_group(scene)
    objective_id = propose(scene)
    first, second = plan(scene), plan(scene, days=28)
    put_adoption(scene, first, objective_id)
    lift(scene, first, OutcomeKind.ADOPTED)
    put_adoption(scene, second, objective_id)
    with pytest.raises(EffectRefused, match="en attente de visa"):
        lift(scene, second, OutcomeKind.ADOPTED)
    assert acts_of_meeting(second) == []


def test_one_session_decides_once_on_an_objective(scene: Scene) -> None:
    create_group(scene)
    objective_id = propose(scene)
    meeting_id = plan(scene)
    put_adoption(scene, meeting_id, objective_id)
    with pytest.raises(ObjectiveAlreadyThere):
        put_adoption(scene, meeting_id, objective_id)


def put_stop(scene: Scene, meeting_id: int) -> None:
    agendas.add_group_item(
        scene.actor(scene.secretary),
        meeting_id,
        act_kind=ActKind.STOP_GROUP,
        group_id=scene.group,
        ask=agendas.GroupAsk(reason="Mission accomplie.", stop_kind=StopKind.ACHIEVED),
    )


def test_items_that_cannot_take_effect_together_are_refused_at_the_levee(scene: Scene) -> None:
    """Each alone would do; stopping a group and then giving it an objective does not."""
    create_group(scene)
    objective_id = propose(scene)
    meeting_id = plan(scene)
    put_stop(scene, meeting_id)
    put_adoption(scene, meeting_id, objective_id)
    with pytest.raises(EffectRefused, match="retiré"):
        lift(scene, meeting_id, OutcomeKind.ADOPTED, OutcomeKind.ADOPTED)
    assert db.session.get_one(Meeting, meeting_id).state is MeetingState.IN_SESSION
    assert acts_of_meeting(meeting_id) == []
    assert db.session.scalar(select(ActCounter.last)) is None
    settle(scene, meeting_id, OutcomeKind.WITHDRAWN, position=2)
    services.adjourn(scene.actor(scene.secretary), meeting_id)


def test_proving_the_effects_leaves_no_trace(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    lift(scene, meeting_id, OutcomeKind.ADOPTED)
    written = db.session.scalars(select(JournalEntry.action)).all()
    assert "act.number" in written
    assert not {"group.status", "act.in_force", "group.appoint_lead"} & set(written)
    (act,) = acts_of_meeting(meeting_id)
    assert act.in_force_at is None
    give_all(scene, meeting_id)
    assert journal.verify() == []


def test_the_record_keeps_the_number_of_a_dropped_decision_and_none_of_its_words(scene: Scene) -> None:
    """In force, the record is read by everybody; the words that were given up, by the committee only."""
    meeting_id = plan(scene)
    item_id = put_motion(scene, meeting_id, Motion.CREATE).id
    put_information(scene, meeting_id)
    hold(scene, meeting_id)
    sittings.note_action(
        scene.actor(scene.secretary),
        meeting_id,
        item_id,
        title="Publier la création",
        owner_id=scene.member,
        owner_institution_id=None,
        due_on=date(2027, 1, 31),
    )
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    settle(scene, meeting_id, OutcomeKind.NOTED, position=2)
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    services.ask_correction(scene.actor(scene.chair), meeting_id, 1, "À retirer.")
    (act,) = acts_of_meeting(meeting_id)
    words = act.wording
    services.correct(
        scene.actor(scene.secretary), meeting_id, wordings={}, dropped=[act.id], expected_version=1
    )
    give_all(scene, meeting_id, version=2)
    record = queries.find_record(meeting_id)
    assert record is not None
    content = services.frozen_content(record)
    (decision,) = content["decisions"]  # type: ignore[misc]
    assert (decision["number"], decision["state"]) == ("CC-2026-T4-01", "cancelled")
    assert words not in str(content)
    assert "Urbanisme" not in str(content)
    assert content["actions"] == []  # it was never opened
    assert db.session.scalars(select(Action)).all() == []


def test_the_visa_waits_for_an_earlier_session_that_is_not_lifted_yet(scene: Scene) -> None:
    first, second = plan(scene), plan(scene, days=28)
    for meeting_id in (first, second):
        put_information(scene, meeting_id)
    hold(scene, first)
    lift(scene, second, OutcomeKind.NOTED)
    services.give_visa(scene.actor(scene.chair), second, 1)
    with pytest.raises(EarlierRecordPending):
        services.give_visa(scene.actor(scene.second_chair), second, 1)
    settle(scene, first, OutcomeKind.NOTED)
    services.adjourn(scene.actor(scene.secretary), first)
    give_all(scene, first)
    services.give_visa(scene.actor(scene.second_chair), second, 1)
    assert db.session.get_one(Meeting, second).state is MeetingState.CLOSED


def test_an_opinion_stays_linked_when_the_item_that_follows_it_is_reported(scene: Scene) -> None:
    political = scene.political_secretary
    first = plan(scene, secretary=political, committee=scene.orientation)
    put_motion(scene, first, Motion.CREATE, secretary=political)
    hold(scene, first, secretary=political)
    settle(scene, first, OutcomeKind.OPINION_GIVEN, secretary=political)
    services.adjourn(scene.actor(political), first)
    services.give_visa(scene.actor(scene.political_chair), first, 1)
    (opinion,) = acts_of_meeting(first)
    opinion_id = opinion.id
    request = db.session.scalars(select(DecisionRequest)).one()
    second = plan(scene, days=28)
    agendas.place_request(scene.actor(scene.secretary), second, request.id)
    lift(scene, second, OutcomeKind.DEFERRED)
    again = db.session.scalars(
        select(DecisionRequest).where(DecisionRequest.origin == RequestOrigin.DEFERRED)
    ).one()
    assert again.opinion_act_id == opinion_id
    assert list_item_states(second)[0].item.times_deferred == 0
    assert clock.today() >= date(2026, 12, 15)


def test_digits_that_are_no_number_are_a_page_read_before(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    lift(scene, meeting_id, OutcomeKind.NOTED)
    chair = signed_in_client(app, db.session.get_one(Person, scene.chair))
    answer = chair.post(f"/seances/{meeting_id}/releve/viser", data={"version": "²"})
    assert answer.status_code == 422
    assert chair.get("/suites?vue=toutes&responsable=p²").status_code == 200


def test_a_journal_written_anew_no_longer_holds_the_head_that_a_record_prints(scene: Scene) -> None:
    """Whoever owns the database can make a chain that holds; not the one that was printed and signed."""
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    lift(scene, meeting_id, OutcomeKind.NOTED)
    assert journal.verify() == []
    with transaction() as session:
        record = session.scalars(select(DecisionRecord)).one()
        record.journal_head = "f" * 64
    (fault,) = journal.verify()
    assert "le relevé CC du 2026-12-15" in fault.why


def test_a_setting_changed_since_the_levee_spares_no_visa(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    lift(scene, meeting_id, OutcomeKind.ADOPTED)
    with transaction() as session:
        session.get_one(Committee, scene.coordination).visa_rule = VisaRule.ONE_CO_CHAIR
    services.give_visa(scene.actor(scene.chair), meeting_id, 1)
    assert db.session.get_one(Meeting, meeting_id).state is MeetingState.ADJOURNED
    services.give_visa(scene.actor(scene.second_chair), meeting_id, 1)
    assert db.session.get_one(Meeting, meeting_id).state is MeetingState.CLOSED


def test_a_correction_that_nobody_could_visa_is_refused(scene: Scene) -> None:
    """The co-chairs' mandates were found to have ended before the session: the record would be stuck."""
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    lift(scene, meeting_id, OutcomeKind.NOTED)
    services.ask_correction(scene.actor(scene.chair), meeting_id, 1, "Corriger le lieu.")
    with transaction() as session:
        for mandate in session.scalars(select(Mandate).where(Mandate.seat == Seat.CO_CHAIR)):
            mandate.until_on = date(2026, 12, 1)
    with pytest.raises(NoCoChair):
        services.correct(scene.actor(scene.secretary), meeting_id, wordings={}, expected_version=1)
