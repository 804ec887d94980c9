"""One decision end to end: plan → agenda → sitting → levée → visa → status; and all that can refuse."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from odfdo import Document as Reader
from sqlalchemy import delete, select

from tests.closing.scene import MISSION, Scene, hold, plan, put_information, put_motion, set_scene, settle
from tests.support import sign_in
from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.agendas import services as agendas
from tnt.agendas.rules import ItemKind
from tnt.closing import queries, services
from tnt.closing.record import render_odt, status_line
from tnt.closing.rules import (
    AlreadyAdjourned,
    CorrectionNeedsWords,
    CorrectionTooLong,
    EarlierRecordPending,
    EffectRefused,
    NotAwaited,
    NotReady,
    RecordChanged,
    RecordState,
    ScanMissing,
)
from tnt.committees.models import Committee, Mandate
from tnt.committees.rules import VisaRule
from tnt.core import blobs, clock, journal, outbox
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.core.errors import Forbidden, NotFound, Stale
from tnt.core.i18n import say
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.decisions.services import acts_of_meeting
from tnt.decisions.services import record_prior_act as record_act
from tnt.effects import services as effects
from tnt.intake.models import DecisionRequest, RequestOrigin
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.projects import queries as projects
from tnt.projects import services as groups
from tnt.projects.models import Leadership, ProjectGroup
from tnt.projects.rules import GroupStatus, Motion, StopKind
from tnt.sittings import services as sittings
from tnt.sittings.models import Attendance
from tnt.sittings.queries import list_item_states, list_seats
from tnt.sittings.rules import Draft, OutcomeKind, Presence


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def meeting_of(meeting_id: int) -> Meeting:
    meeting = db.session.get(Meeting, meeting_id)
    assert meeting is not None
    return meeting


def decide(scene: Scene, motion: Motion, *, days: int = 22) -> int:
    """A session that adopts one motion, lifted, in visa."""
    meeting_id = plan(scene, days=days)
    put_motion(scene, meeting_id, motion)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    return meeting_id


def give_all(scene: Scene, meeting_id: int) -> None:
    for person in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(person), meeting_id, 1)


def status_today(scene: Scene) -> GroupStatus:
    return projects.status_or_proposed(scene.group, clock.today())


def test_a_decision_takes_effect_at_the_last_visa_and_only_then(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    (act,) = acts_of_meeting(meeting_id)
    assert (act.number, act.state, act.nature) == ("CC-2026-T4-01", ActState.IN_VISA, Nature.DECISION)
    assert status_today(scene) is GroupStatus.PROPOSED

    services.give_visa(scene.actor(scene.chair), meeting_id, 1)
    assert status_today(scene) is GroupStatus.PROPOSED

    services.give_visa(scene.actor(scene.second_chair), meeting_id, 1)
    (act,) = acts_of_meeting(meeting_id)
    assert act.state is ActState.IN_FORCE
    assert status_today(scene) is GroupStatus.CREATED
    assert projects.status_or_proposed(scene.group, date(2026, 12, 14)) is GroupStatus.PROPOSED
    assert meeting_of(meeting_id).state is MeetingState.CLOSED
    assert journal.verify() == []


def test_one_visa_suffices_where_the_committee_says_so(scene: Scene) -> None:
    with transaction() as session:
        committee = session.get(Committee, scene.coordination)
        assert committee is not None
        committee.visa_rule = VisaRule.ONE_CO_CHAIR
    meeting_id = decide(scene, Motion.CREATE)
    services.give_visa(scene.actor(scene.chair), meeting_id, 1)
    assert status_today(scene) is GroupStatus.CREATED


def test_the_lead_appointed_sits_ex_officio_once(scene: Scene) -> None:
    give_all(scene, decide(scene, Motion.CREATE))
    (leadership,) = projects.leads_on(clock.today())[scene.group]
    assert leadership.person_id == scene.member
    seats = db.session.scalars(select(Mandate).where(Mandate.person_id == scene.member)).all()
    assert len(seats) == 1  # already a member: no second seat


def test_stopping_ends_the_lead(scene: Scene) -> None:
    give_all(scene, decide(scene, Motion.CREATE))
    meeting_id = plan(scene, days=50)

    draft = groups.draft_motion(
        scene.actor(scene.secretary),
        group_id=scene.group,
        motion=Motion.STOP,
        reason="Mission accomplie.",
        stop_kind=StopKind.ACHIEVED,
    )
    agendas.add_item(
        scene.actor(scene.secretary),
        meeting_id,
        kind=ItemKind.DECISION,
        act_kind=groups.ACT_KIND_OF[Motion.STOP],
        title="Urbanisme : arrêter",
        group_motion_id=draft.id,
    )
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    give_all(scene, meeting_id)
    assert status_today(scene) is GroupStatus.STOPPED
    (leadership,) = projects.leads_on(clock.today())[scene.group]
    assert leadership.until_on == clock.today()


def test_numbers_follow_each_other_without_gaps(scene: Scene) -> None:
    give_all(scene, decide(scene, Motion.CREATE))
    second = decide(scene, Motion.CONTINUE, days=28)
    assert [act.number for act in acts_of_meeting(second)] == ["CC-2026-T4-02"]


def test_a_session_is_lifted_once(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    with pytest.raises(AlreadyAdjourned):
        services.adjourn(scene.actor(scene.secretary), meeting_id)
    assert db.session.scalar(select(db.func.count(Act.id))) == 1


def test_nothing_closes_silently(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    put_information(scene, meeting_id)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    with pytest.raises(NotReady, match="sans résultat au point 2"):
        services.adjourn(scene.actor(scene.secretary), meeting_id)
    assert meeting_of(meeting_id).state is MeetingState.IN_SESSION
    assert acts_of_meeting(meeting_id) == []


def test_only_the_secretary_lifts_and_only_a_co_chair_gives_the_visa(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    for person in (scene.chair, scene.member):
        with pytest.raises(Forbidden):
            services.adjourn(scene.actor(person), meeting_id)
    with pytest.raises(NotFound):
        services.adjourn(scene.actor(scene.political_secretary), meeting_id)
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    for person in (scene.secretary, scene.member):
        with pytest.raises(NotAwaited):
            services.give_visa(scene.actor(person), meeting_id, 1)
    with pytest.raises(NotFound):
        services.give_visa(scene.actor(scene.political_chair), meeting_id, 1)


def test_a_visa_is_given_once_and_on_the_version_read(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    with pytest.raises(RecordChanged):
        services.give_visa(scene.actor(scene.chair), meeting_id, 2)
    services.give_visa(scene.actor(scene.chair), meeting_id, 1)
    with pytest.raises(NotAwaited):
        services.give_visa(scene.actor(scene.chair), meeting_id, 1)


def create_behind_our_back(scene: Scene) -> None:
    """Through the lower services: an « acte antérieur » would be refused, the group being reserved."""
    day = date(2021, 10, 8)
    with transaction():
        act = record_act(
            SYSTEM, kind=ActKind.CREATE_GROUP, authority="Ministre", decided_on=day, wording="Il est créé."
        )
        draft = groups.draft_motion(
            SYSTEM, group_id=scene.group, motion=Motion.CREATE, mission=MISSION, as_of=day
        )
        groups.carry_out(SYSTEM, draft, act)


def test_an_effect_that_no_longer_fits_undoes_the_last_visa(scene: Scene) -> None:
    """Between the levée and the visa the group was created otherwise: creating it again is refused, whole."""

    meeting_id = decide(scene, Motion.CREATE)
    services.give_visa(scene.actor(scene.chair), meeting_id, 1)
    create_behind_our_back(scene)
    with pytest.raises(EffectRefused, match="ne peut pas prendre effet"):
        services.give_visa(scene.actor(scene.second_chair), meeting_id, 1)
    record = queries.find_record(meeting_id)
    assert record is not None
    assert record.state is RecordState.IN_VISA
    assert [visa.state.value for visa in record.visas] == ["given", "awaited"]
    (act,) = acts_of_meeting(meeting_id)
    assert act.state is ActState.IN_VISA


def test_a_correction_resubmits_a_new_version_to_every_co_chair(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    with pytest.raises(CorrectionNeedsWords):
        services.ask_correction(scene.actor(scene.chair), meeting_id, 1, " ")
    with pytest.raises(CorrectionTooLong, match="5001"):
        services.ask_correction(scene.actor(scene.chair), meeting_id, 1, "x" * 5_001)
    services.ask_correction(scene.actor(scene.chair), meeting_id, 1, "Citer la DINUM.")
    with pytest.raises(NotAwaited):
        services.give_visa(scene.actor(scene.second_chair), meeting_id, 1)
    (act,) = acts_of_meeting(meeting_id)
    services.correct(
        scene.actor(scene.secretary),
        meeting_id,
        wordings={act.id: "Le comité, avec la DINUM, crée le groupe."},
        expected_version=1,
    )
    with pytest.raises(RecordChanged):
        services.give_visa(scene.actor(scene.second_chair), meeting_id, 1)
    for person in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(person), meeting_id, 2)
    (act,) = acts_of_meeting(meeting_id)
    assert (act.state, act.wording) == (ActState.IN_FORCE, "Le comité, avec la DINUM, crée le groupe.")


def effects_of(scene: Scene, motion: Motion, days: int) -> str:
    """What the preview of a session that asks it says it will do."""
    meeting_id = plan(scene, days=days)
    put_motion(scene, meeting_id, motion)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    preview = queries.preview_of(db.session.get_one(Meeting, meeting_id))
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    for person in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(person), meeting_id, 1)
    return " ".join(say(line) for line in preview.lines).replace("\u00a0", " ")


def test_effects_say_the_mission_and_what_stays_as_it_is(scene: Scene) -> None:
    assert "devient « créé »" in effects_of(scene, Motion.CREATE, 22)
    assert f"La mission du groupe « Urbanisme » devient : « {MISSION} »" in effects_of(
        scene, Motion.REORIENT, 60
    )
    assert "devient « poursuivi »" in effects_of(scene, Motion.CONTINUE, 90)
    assert "reste « poursuivi »" in effects_of(scene, Motion.CONTINUE, 120)


def roll_of(meeting_id: int) -> dict[int, Presence | None]:
    return {
        seat.mandate.person_id: seat.attendance.presence if seat.attendance else None
        for seat in list_seats(db.session.get_one(Meeting, meeting_id))
    }


def call(scene: Scene, meeting_id: int, person_id: int, presence: Presence) -> None:
    seats = list_seats(db.session.get_one(Meeting, meeting_id))
    entries = {seat.mandate.id: (presence, "") for seat in seats if seat.mandate.person_id == person_id}
    sittings.call_roll(scene.actor(scene.secretary), meeting_id, entries)


def test_a_seat_that_was_not_called_keeps_the_session_open(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    with transaction() as session:
        session.execute(delete(Attendance).where(Attendance.meeting_id == meeting_id))
    call(scene, meeting_id, scene.chair, Presence.PRESENT)
    left = len([presence for presence in roll_of(meeting_id).values() if presence is None])
    assert left > 0
    with pytest.raises(NotReady) as refusal:
        services.adjourn(scene.actor(scene.secretary), meeting_id)
    assert "à appeler" in refusal.value.params["missing"]
    for person_id, presence in roll_of(meeting_id).items():
        if presence is None:
            call(scene, meeting_id, person_id, Presence.ABSENT)
    services.adjourn(scene.actor(scene.secretary), meeting_id)


def test_the_roll_is_corrected_while_the_record_is_to_be_corrected(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    with pytest.raises(sittings.NotInSession):
        call(scene, meeting_id, scene.member, Presence.EXCUSED)
    services.ask_correction(scene.actor(scene.chair), meeting_id, 1, "Une absence manque.")
    call(scene, meeting_id, scene.member, Presence.EXCUSED)
    record = services.correct(scene.actor(scene.secretary), meeting_id, wordings={}, expected_version=1)
    told = str(services.frozen_content(record)["attendance"])
    assert "'presence': 'excusé'" in told
    with pytest.raises(sittings.NotInSession):
        call(scene, meeting_id, scene.member, Presence.PRESENT)


def test_a_decision_dropped_at_visa_keeps_its_number_and_does_nothing(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    services.ask_correction(scene.actor(scene.chair), meeting_id, 1, "À retirer.")
    (act,) = acts_of_meeting(meeting_id)
    services.correct(
        scene.actor(scene.secretary), meeting_id, wordings={}, dropped=[act.id], expected_version=1
    )
    for person in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(person), meeting_id, 2)
    (act,) = acts_of_meeting(meeting_id)
    assert (act.state, act.number) == (ActState.CANCELLED, "CC-2026-T4-01")
    assert status_today(scene) is GroupStatus.PROPOSED


def test_the_page_of_the_session_says_that_its_record_is_to_correct(app: Flask, scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    page = f"/seances/{meeting_id}"
    secretary = app.test_client()
    sign_in(secretary, db.session.get_one(Person, scene.secretary))
    assert "relevé en visa" in secretary.get(page).text
    services.ask_correction(scene.actor(scene.chair), meeting_id, 1, "À reprendre.")
    shown = secretary.get(page).text
    assert "Levée, relevé à corriger" in shown
    assert "elevé en visa" not in shown
    services.correct(scene.actor(scene.secretary), meeting_id, wordings={}, expected_version=1)
    assert "à corriger" not in secretary.get(page).text


def test_the_signed_scan_stands_for_the_visas_awaited(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    actor = scene.actor(scene.secretary)
    with pytest.raises(ScanMissing):
        services.file_signed_scan(actor, meeting_id, b"GIF89a", 1)
    record = services.file_signed_scan(actor, meeting_id, b"%PDF-1.7 signed", 1)
    assert record.state is RecordState.IN_FORCE
    assert record.scan_sha256 is not None
    assert blobs.get(record.scan_sha256).content == b"%PDF-1.7 signed"
    assert status_today(scene) is GroupStatus.CREATED


def test_the_next_session_waits_for_the_record_before_it(scene: Scene) -> None:
    first = decide(scene, Motion.CREATE)
    second = plan(scene, days=28)
    put_information(scene, second)
    hold(scene, second)
    settle(scene, second, OutcomeKind.NOTED)
    services.adjourn(scene.actor(scene.secretary), second)
    services.give_visa(scene.actor(scene.chair), second, 1)
    with pytest.raises(EarlierRecordPending):
        services.give_visa(scene.actor(scene.second_chair), second, 1)
    give_all(scene, first)
    services.give_visa(scene.actor(scene.second_chair), second, 1)
    assert meeting_of(second).state is MeetingState.CLOSED


def test_a_group_decided_in_visa_is_reserved(scene: Scene) -> None:
    decide(scene, Motion.CREATE)
    second = plan(scene, days=28)
    put_motion(scene, second, Motion.CREATE)
    hold(scene, second)
    settle(scene, second, OutcomeKind.ADOPTED)
    with pytest.raises(EffectRefused, match="en attente de visa"):
        services.adjourn(scene.actor(scene.secretary), second)


def test_a_committee_without_competence_gives_an_opinion_put_on_the_other_intake(scene: Scene) -> None:
    political = scene.political_secretary
    meeting_id = plan(scene, secretary=political, committee=scene.orientation)
    put_motion(scene, meeting_id, Motion.CREATE, secretary=political)
    hold(scene, meeting_id, secretary=political)
    settle(scene, meeting_id, OutcomeKind.OPINION_GIVEN, secretary=political)
    services.adjourn(scene.actor(political), meeting_id)
    services.give_visa(scene.actor(scene.political_chair), meeting_id, 1)
    (act,) = acts_of_meeting(meeting_id)
    assert (act.nature, act.number) == (Nature.OPINION, "CO-2026-S2-01")
    assert status_today(scene) is GroupStatus.PROPOSED
    request = db.session.scalars(select(DecisionRequest)).one()
    assert (request.committee_id, request.origin, request.opinion_act_id) == (
        scene.coordination,
        RequestOrigin.OPINION,
        act.id,
    )
    assert "est d’avis de créer" in act.wording
    assert request.wording.startswith("Le comité de coordination crée le groupe projet")


def test_a_deferred_item_returns_to_the_intake_with_its_lineage(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.DEFERRED)
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    request = db.session.scalars(select(DecisionRequest)).one()
    assert (request.origin, request.times_deferred, request.from_meeting_id) == (
        RequestOrigin.DEFERRED,
        1,
        meeting_id,
    )
    assert request.group_motion_id is not None


def test_actions_open_at_the_last_visa(scene: Scene) -> None:
    meeting_id = plan(scene)
    item_id = put_motion(scene, meeting_id, Motion.CREATE).id
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    sittings.note_action(
        scene.actor(scene.secretary),
        meeting_id,
        item_id,
        title="Publier le calendrier des webinaires",
        owner_id=scene.member,
        owner_institution_id=None,
        due_on=date(2027, 1, 31),
    )
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    assert db.session.scalars(select(Action)).all() == []
    give_all(scene, meeting_id)
    action = db.session.scalars(select(Action)).one()
    assert (action.title, action.act_id) == (
        "Publier le calendrier des webinaires",
        acts_of_meeting(meeting_id)[0].id,
    )


@pytest.mark.parametrize("roll_is_known", [True, False])  # who was there is not always known
def test_a_past_session_takes_force_at_once_under_its_own_reference(
    scene: Scene, roll_is_known: bool
) -> None:
    actor = scene.actor(scene.secretary)
    meeting_id = meetings.record_past_meeting(
        actor,
        committee_id=scene.coordination,
        starts_at=datetime(2025, 3, 11, 13, 30, tzinfo=UTC),
        ends_at=datetime(2025, 3, 11, 15, 30, tzinfo=UTC),
        own_reference="RD 2025-03",
    ).id
    put_motion(scene, meeting_id, Motion.CREATE)
    sittings.open_session(actor, meeting_id)
    if roll_is_known:
        seats = list_seats(meeting_of(meeting_id))
        sittings.call_roll(actor, meeting_id, {seat.mandate.id: (Presence.PRESENT, "") for seat in seats})
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    services.adjourn(actor, meeting_id)
    (act,) = acts_of_meeting(meeting_id)
    assert (act.number, act.label, act.state) == (None, "RD 2025-03, point 1", ActState.IN_FORCE)
    assert projects.status_or_proposed(scene.group, date(2025, 3, 11)) is GroupStatus.CREATED
    assert projects.status_or_proposed(scene.group, date(2025, 3, 10)) is GroupStatus.PROPOSED


def test_two_editors_see_the_conflict_and_lose_nothing(scene: Scene) -> None:
    meeting_id = plan(scene)
    item_id = put_motion(scene, meeting_id, Motion.CREATE).id
    hold(scene, meeting_id)
    actor = scene.actor(scene.secretary)
    sittings.save_outcome(actor, meeting_id, item_id, Draft(kind=None, notes="premier"), 0)
    with pytest.raises(Stale):
        sittings.save_outcome(actor, meeting_id, item_id, Draft(kind=None, notes="second"), 0)
    (state,) = list_item_states(meeting_id)
    assert state.outcome is not None
    assert state.outcome.notes == "premier"


def test_co_chairs_are_written_to_once_and_not_after_their_visa(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    services.give_visa(scene.actor(scene.chair), meeting_id, 1)
    messages = db.session.scalars(
        select(outbox.OutboxMessage).where(outbox.OutboxMessage.kind == "visa_awaited")
    ).all()
    assert sorted(m.person_id or 0 for m in messages) == sorted([scene.chair, scene.second_chair])
    outbox.deliver_due()
    states = dict(
        db.session.execute(
            select(outbox.OutboxMessage.person_id, outbox.OutboxMessage.state).where(
                outbox.OutboxMessage.kind == "visa_awaited"
            )
        ).all()
    )
    assert {key: state.value for key, state in states.items()} == {
        scene.chair: "void",
        scene.second_chair: "sent",
    }


def test_the_record_is_an_accessible_pdf_kept_under_its_hash(scene: Scene) -> None:
    meeting_id = decide(scene, Motion.CREATE)
    record = queries.find_record(meeting_id)
    assert record is not None
    submitted = blobs.get(record.pdf_sha256).content
    give_all(scene, meeting_id)
    record = queries.find_record(meeting_id)
    assert record is not None
    assert record.signed_pdf_sha256 is not None
    assert blobs.get(record.pdf_sha256).content == submitted
    assert blobs.get(record.signed_pdf_sha256).content.startswith(b"%PDF-")


def test_the_record_opens_in_a_word_processor_under_the_letterhead(scene: Scene) -> None:
    with transaction() as session:
        committee = session.get_one(Committee, scene.coordination)
        committee.letterhead, committee.signing_place = "République française\nDINUM", "Lyon"
    meeting_id = decide(scene, Motion.CREATE)
    give_all(scene, meeting_id)
    record = queries.find_record(meeting_id)
    assert record is not None
    visas = queries.visas_of_version(record)
    content = render_odt(dict(services.frozen_content(record)), visas, status_line(record))
    body = Reader(io.BytesIO(content)).body
    words = re.sub(r"\s+", " ", "".join(str(part.inner_text) + " " for part in body.children))
    for expected in (
        "République française DINUM Relevé de décisions",
        "Relevé visé, en vigueur depuis",
        "CC-2026-T4-01",
        "Fait à Lyon, le",
    ):
        assert expected in words
    assert [header.inner_text for header in body.headers if header.level == "1"][:2] == [
        "Participants",
        "Décisions et avis",
    ]
    assert content == render_odt(dict(services.frozen_content(record)), visas, status_line(record))


def test_a_lead_who_hands_one_group_over_for_another_keeps_the_seat(scene: Scene) -> None:
    """Stopped first, its successor created after, on the same day: the seat by right goes on."""
    with transaction() as session:
        outsider = Person(given_name="Lou", family_name="Hors", created_at=clock.now())
        successor = ProjectGroup(
            slug="suite", name="Suite", workstream_id=1, proposed_mission=MISSION, created_at=clock.now()
        )
        session.add_all([outsider, successor])
        session.flush()
        lead_id, successor_id = outsider.id, successor.id
    actor = scene.actor(scene.secretary)
    day = date(2026, 10, 1)

    def record(group_id: int, motion: Motion, decided_on: date, **more: object) -> None:
        effects.record_prior_act(
            actor,
            authority="Ministre",
            decided_on=decided_on,
            wording="Décision prise.",
            group_id=group_id,
            motion=motion,
            **more,  # type: ignore[arg-type]
        )

    named = {"mission": MISSION, "lead_id": lead_id, "lead_institution_id": scene.institution}
    record(scene.group, Motion.CREATE, date(2026, 3, 1), **named)
    record(scene.group, Motion.STOP, day, reason="Achevé.", stop_kind=StopKind.ACHIEVED)
    record(successor_id, Motion.CREATE, day, **named)
    (seat,) = db.session.scalars(select(Mandate).where(Mandate.person_id == lead_id))
    assert (seat.ex_officio, seat.from_on, seat.until_on) == (True, date(2026, 3, 1), None)


def _prior(scene: Scene, group_id: int, motion: Motion, decided_on: date, **more: object) -> None:
    effects.record_prior_act(
        scene.actor(scene.secretary),
        authority="Ministre",
        decided_on=decided_on,
        wording="Décision prise.",
        group_id=group_id,
        motion=motion,
        **more,  # type: ignore[arg-type]
    )


def _named(scene: Scene, person_id: int) -> dict[str, object]:
    return {"mission": MISSION, "lead_id": person_id, "lead_institution_id": scene.institution}


def _outsider_and_group() -> tuple[int, int]:
    with transaction() as session:
        outsider = Person(given_name="Lou", family_name="Hors", created_at=clock.now())
        other = ProjectGroup(
            slug="autre", name="Autre", workstream_id=1, proposed_mission=MISSION, created_at=clock.now()
        )
        session.add_all([outsider, other])
        session.flush()
        return outsider.id, other.id


def _seats(person_id: int) -> list[tuple[date, date | None]]:
    found = db.session.scalars(select(Mandate).where(Mandate.person_id == person_id))
    return sorted((seat.from_on, seat.until_on) for seat in found)


STOPPED = {"reason": "Achevé.", "stop_kind": StopKind.ACHIEVED}


@pytest.mark.parametrize("first_stopped", [0, 1])
def test_a_lead_of_two_groups_sits_until_the_last_one_ends(scene: Scene, first_stopped: int) -> None:
    lead, other = _outsider_and_group()
    groups = [scene.group, other]
    _prior(scene, scene.group, Motion.CREATE, date(2026, 1, 10), **_named(scene, lead))
    _prior(scene, other, Motion.CREATE, date(2026, 2, 10), **_named(scene, lead))
    _prior(scene, groups[first_stopped], Motion.STOP, date(2026, 6, 1), **STOPPED)
    assert _seats(lead) == [(date(2026, 1, 10), None)]
    _prior(scene, groups[1 - first_stopped], Motion.STOP, date(2026, 9, 1), **STOPPED)
    assert _seats(lead) == [(date(2026, 1, 10), date(2026, 9, 1))]


def test_an_act_of_the_past_does_not_depose_who_was_appointed_since(scene: Scene) -> None:
    present, _other = _outsider_and_group()
    with transaction() as session:
        former = Person(given_name="Alix", family_name="Avant", created_at=clock.now())
        session.add(former)
        session.flush()
        former_id = former.id
    _prior(scene, scene.group, Motion.CREATE, date(2026, 1, 10), mission=MISSION)
    _prior(scene, scene.group, Motion.CONTINUE, date(2026, 6, 1), **_named(scene, present) | {"mission": ""})
    # entered last, decided before
    _prior(
        scene, scene.group, Motion.CONTINUE, date(2026, 3, 1), **_named(scene, former_id) | {"mission": ""}
    )
    spans = {one.person_id: (one.from_on, one.until_on) for one in db.session.scalars(select(Leadership))}
    assert spans == {
        present: (date(2026, 6, 1), None),
        former_id: (date(2026, 3, 1), date(2026, 5, 31)),
    }
    assert _seats(present) == [(date(2026, 6, 1), None)]
    assert _seats(former_id) == [(date(2026, 3, 1), date(2026, 5, 31))]
