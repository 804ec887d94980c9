"""A written consultation from its draft to force, its refusals, and what its end puts on the next agenda."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.closing.scene import MISSION, Scene, hold, plan, put_motion, set_scene, settle
from tests.consultations.scene import answer, approved, consultation, draft, in_force, opened, seat_id
from tests.support import make_person
from tnt.agendas import queries as agendas
from tnt.closing import services as closing
from tnt.closing.rules import EffectRefused
from tnt.committees.models import Committee, Correspondent, Mandate, Seat
from tnt.consultations import queries, services
from tnt.consultations.models import Choice, ConsultationState, Result
from tnt.consultations.rules import (
    ConsultationClosed,
    ConsultationOver,
    EffectOfConsultationRefused,
    NobodyToRemind,
    NotConsulted,
    RepliesChanged,
    TextChanged,
    TooEarlyToClose,
    VisaNotAwaited,
    WordingUnfinished,
)
from tnt.consultations.services import Words
from tnt.core import blobs, clock, journal
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, Stale
from tnt.core.journal import JournalEntry
from tnt.core.outbox import OutboxMessage
from tnt.core.uploads import Upload
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature, Series
from tnt.decisions.visas import VisaState
from tnt.effects.services import GroupReserved
from tnt.intake import services as intake
from tnt.intake.models import DecisionRequest
from tnt.intake.queries import list_pending, placements_of
from tnt.intake.rules import AskedInSession, ItemKind, RequestOrigin, RequestSettled, RequestState
from tnt.meetings.models import Meeting
from tnt.meetings.rules import NotTheSecretary
from tnt.projects.models import StatusEvent
from tnt.projects.queries import status_or_proposed
from tnt.projects.rules import GroupStatus, Motion
from tnt.sittings.rules import OutcomeKind


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def mails(kind: str) -> list[str]:
    found = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == f"consultations.{kind}").order_by(OutboxMessage.id)
    )
    return [message.to_address.partition("@")[0] for message in found]


def entries() -> list[tuple[Any, ...]]:
    found = db.session.scalars(select(DecisionRequest).order_by(DecisionRequest.id))
    return [(entry.origin, entry.kind, entry.title) for entry in found]


def test_from_draft_to_force(scene: Scene) -> None:
    consultation_id = opened(scene, kind=ActKind.CREATE_GROUP)
    found = consultation(consultation_id)
    assert (found.number, found.state) == ("CC-2026-T4-E01", ConsultationState.OPEN)
    assert found.draft_wording.startswith("Le comité de coordination crée le groupe projet")
    consulted = {seat.mandate.person_id: seat.is_voting for seat in found.seats}
    assert consulted == {scene.chair: True, scene.second_chair: True, scene.member: True}
    assert sorted(mails("invitation")) == ["chair", "member", "second_chair"]
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, consultation_id, person, Choice.APPROVE)
    services.close(scene.actor(scene.secretary), consultation_id)
    found = consultation(consultation_id)
    assert (found.state, found.result) == (ConsultationState.IN_VISA, Result.ADOPTED)
    act = found.act
    assert act is not None
    assert (act.number, act.series, act.state) == ("CC-2026-T4-E01", Series.CONSULTATION, ActState.IN_VISA)
    assert act.vote == "consensus, 3 voix exprimées sur 3"
    assert status_or_proposed(scene.group, clock.today()) is GroupStatus.PROPOSED
    services.give_visa(scene.actor(scene.chair), consultation_id, 1)
    assert status_or_proposed(scene.group, clock.today()) is GroupStatus.PROPOSED
    services.give_visa(scene.actor(scene.second_chair), consultation_id, 1)
    found = consultation(consultation_id)
    assert (found.state, found.act.state if found.act else None) == (
        ConsultationState.IN_FORCE,
        ActState.IN_FORCE,
    )
    assert status_or_proposed(scene.group, clock.today()) is GroupStatus.CREATED
    assert found.pdf_sha256 is not None
    assert found.signed_pdf_sha256 not in {None, found.pdf_sha256}
    title = "Rendre compte de la consultation écrite CC-2026-T4-E01\u00a0: Créer le groupe Urbanisme"
    assert entries() == [(RequestOrigin.REPORT, ItemKind.INFORMATION, title)]
    assert sorted(mails("visa")) == ["chair", "second_chair"]
    assert sorted(mails("outcome")) == ["chair", "member", "second_chair"]
    assert journal.verify() == []


def test_the_next_agenda_proposes_the_report_in_one_click(scene: Scene) -> None:
    in_force(scene)
    meeting = db.session.get(Meeting, plan(scene))
    assert meeting is not None
    proposal = agendas.list_proposals(meeting).shown[0]
    assert proposal.title.startswith("Rendre compte de la consultation écrite CC-2026-T4-E01")


def test_numbers_of_their_own_without_gaps(scene: Scene) -> None:
    first = draft(scene)
    draft(scene)  # a draft takes none
    second = opened(scene)
    services.send(scene.actor(scene.secretary), first)
    services.withdraw(scene.actor(scene.secretary), first, reason="Doublon de la précédente")
    third = opened(scene)
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    closing.adjourn(scene.actor(scene.secretary), meeting_id)
    numbers = [consultation(each).number for each in (second, first, third)]
    assert numbers == [f"CC-2026-T4-E0{order}" for order in (1, 2, 3)]
    assert [act.number for act in db.session.scalars(select(Act))] == ["CC-2026-T4-01"]


def asked(scene: Scene, **given: Any) -> int:
    """A request of the lead for the group of the scene, or another one."""
    values = {"act_kind": ActKind.CREATE_GROUP, "group_id": scene.group, "mission": MISSION}
    entry = intake.ask_for_group(
        scene.actor(scene.secretary), reason="Vingt communes attendent.", **(values | given)
    )
    return entry.id


def entry_of(request_id: int) -> DecisionRequest:
    db.session.expire_all()
    return db.session.get_one(DecisionRequest, request_id)


def from_request(scene: Scene, request_id: int, **given: Any) -> int:
    found = services.draft_from_request(
        scene.actor(scene.secretary),
        request_id,
        words=Words(question="Approuvez-vous ?", due_on=clock.today() + timedelta(days=7)),
        **given,
    )
    return found.id


def test_a_request_is_answered_in_writing(app: Flask, scene: Scene) -> None:
    request_id = asked(scene)
    consultation_id = from_request(scene, request_id)
    found = consultation(consultation_id)
    assert found.title == "Urbanisme\u00a0: créer le groupe projet"
    assert MISSION in found.draft_wording
    assert entry_of(request_id).state is RequestState.CONSULTED
    secretary = scene.actor(scene.secretary)
    with app.test_request_context():
        placement = placements_of(secretary, [entry_of(request_id)])[request_id]
        assert placement.label == "consultation écrite en préparation"
        assert placement.url == f"/consultations/{consultation_id}"
        assert placements_of(scene.actor(scene.member), [entry_of(request_id)])[request_id].url is None
    assert [entry.id for entry in list_pending([scene.coordination])] == []
    with pytest.raises(RequestSettled):
        from_request(scene, request_id)
    services.send(secretary, consultation_id)
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, consultation_id, person, Choice.APPROVE)
    services.close(scene.actor(scene.secretary), consultation_id)
    for chair in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(chair), consultation_id, 1)
    assert status_or_proposed(scene.group, clock.today()) is GroupStatus.CREATED
    assert entry_of(request_id).state is RequestState.CONSULTED
    assert journal.verify() == []


def test_a_request_waits_again_when_its_consultation_is_given_up(scene: Scene) -> None:
    request_id = asked(scene)
    consultation_id = from_request(scene, request_id)
    services.withdraw(scene.actor(scene.secretary), consultation_id, reason="La séance est avancée")
    assert entry_of(request_id).state is RequestState.PENDING
    meeting = db.session.get(Meeting, plan(scene))
    assert meeting is not None
    assert any(each.title == entry_of(request_id).title for each in agendas.list_proposals(meeting).shown)


@pytest.mark.parametrize(
    "given",
    [
        {"reserved": True},
        {"kind": ItemKind.INFORMATION},
        {"origin": RequestOrigin.CONSULTATION},
        {"origin": RequestOrigin.MEASURE},
        {"act_kind": ActKind.REORIENT_GROUP},  # nothing drafted
    ],
    ids=str,
)
def test_what_is_for_a_session_is_not_asked_in_writing(scene: Scene, given: dict[str, Any]) -> None:
    values = {"origin": RequestOrigin.REQUEST, "act_kind": ActKind.OTHER} | given
    entry = intake.file_request(
        scene.actor(scene.secretary), committee_id=scene.coordination, title="Un point délicat", **values
    )
    request_id = entry.id
    with pytest.raises(AskedInSession):
        from_request(scene, request_id)
    assert entry_of(request_id).state is RequestState.PENDING
    with pytest.raises(NotTheSecretary):
        services.draft_from_request(
            scene.actor(scene.member),
            request_id,
            words=Words(question="Approuvez-vous ?", due_on=clock.today() + timedelta(days=7)),
        )


def test_where_the_committee_is_not_competent_it_gives_an_opinion(scene: Scene) -> None:
    consultation_id = draft(scene, kind=ActKind.SET_GOALS)
    services.send(scene.actor(scene.secretary), consultation_id)
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, consultation_id, person, Choice.APPROVE)
    services.close(scene.actor(scene.secretary), consultation_id)
    for chair in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(chair), consultation_id, 1)
    act = consultation(consultation_id).act
    assert act is not None
    assert act.nature is Nature.OPINION
    assert [origin for origin, _kind, _title in entries()] == [RequestOrigin.OPINION, RequestOrigin.REPORT]


def test_a_reply_is_changed_until_the_deadline(scene: Scene) -> None:
    consultation_id = opened(scene)
    answer(scene, consultation_id, scene.member, Choice.REJECT)
    answer(scene, consultation_id, scene.member, Choice.APPROVE, remark="Après lecture")
    seat = next(seat for seat in consultation(consultation_id).seats if seat.choice)
    assert (seat.choice, seat.remark, seat.version) == (Choice.APPROVE, "Après lecture", 2)
    assert seat.replied_by_id == scene.member
    clock.freeze(clock.now() + timedelta(days=8))
    with pytest.raises(ConsultationClosed):
        answer(scene, consultation_id, scene.member, Choice.ABSTAIN)


def test_a_reply_on_a_version_that_changed_is_refused(scene: Scene) -> None:
    consultation_id = opened(scene)
    answer(scene, consultation_id, scene.member, Choice.APPROVE)
    with pytest.raises(Stale):
        services.reply(
            scene.actor(scene.member),
            consultation_id,
            seat_id(consultation_id, scene.member),
            choice=Choice.REJECT,
            expected_version=0,
        )


def test_the_correspondent_and_the_secretariat_answer_for_somebody(scene: Scene) -> None:
    with transaction() as session:
        session.add(
            Correspondent(
                person_id=scene.political_secretary,
                for_person_id=scene.member,
                from_on=clock.today(),
                created_at=clock.now(),
            )
        )
    consultation_id = opened(scene)
    assert sorted(mails("invitation")) == ["chair", "member", "political_secretary", "second_chair"]
    answer(scene, consultation_id, scene.member, Choice.APPROVE, by=scene.political_secretary)
    answer(scene, consultation_id, scene.chair, Choice.ABSTAIN, by=scene.secretary)
    told = {
        (entry.actor_person_id, entry.on_behalf_of_id)
        for entry in db.session.scalars(
            select(JournalEntry).where(JournalEntry.action == "consultation.reply")
        )
    }
    assert told == {(scene.political_secretary, scene.member), (scene.secretary, scene.chair)}
    with pytest.raises(NotConsulted):
        answer(scene, consultation_id, scene.second_chair, Choice.APPROVE, by=scene.member)
    with pytest.raises(NotFound):
        answer(scene, consultation_id, scene.member, Choice.APPROVE, by=scene.political_chair)


@pytest.mark.parametrize("holder_runs", [True, False])
@pytest.mark.parametrize("substitute_runs", [True, False])
@pytest.mark.parametrize("helpers_run", [True, False])
def test_home_asks_an_answer_of_whoever_may_give_it(
    scene: Scene, holder_runs: bool, substitute_runs: bool, helpers_run: bool
) -> None:
    over, now = clock.today() - timedelta(days=1), clock.now()
    substitute, his_helper, her_helper = (make_person("Paul", name) for name in ("Adam", "Blanc", "Colin"))
    consultation_id = opened(scene)
    with transaction() as session:
        mandate = session.scalars(select(Mandate).filter_by(person_id=scene.member)).one()
        mandate.until_on = None if holder_runs else over
        replacing = Mandate(
            person_id=substitute.id,
            committee_id=mandate.committee_id,
            institution_id=mandate.institution_id,
            seat=Seat.SUBSTITUTE,
            voice=mandate.voice,
            substitute_for_id=mandate.id,
            from_on=mandate.from_on,
            until_on=None if substitute_runs else over,
            created_at=now,
        )
        session.add(replacing)
        for helper, helped in ((her_helper.id, scene.member), (his_helper.id, substitute.id)):
            session.add(
                Correspondent(
                    person_id=helper,
                    for_person_id=helped,
                    from_on=mandate.from_on,
                    until_on=None if helpers_run else over,
                    created_at=now,
                )
            )
    found = consultation(consultation_id)
    seat = next(each for each in found.seats if each.mandate.person_id == scene.member)
    may = queries.respondents([seat], clock.today()).get(seat.id, set())
    for person in (scene.member, substitute.id, her_helper.id, his_helper.id, scene.political_secretary):
        asked = queries.awaiting(scene.actor(person)).to_answer
        assert bool(asked) == (person in may), person


def test_it_is_not_closed_while_replies_are_missing(scene: Scene) -> None:
    consultation_id = opened(scene)
    answer(scene, consultation_id, scene.member, Choice.APPROVE)
    with pytest.raises(TooEarlyToClose):
        services.close(scene.actor(scene.secretary), consultation_id)
    with pytest.raises(NotTheSecretary):
        services.close(scene.actor(scene.chair), consultation_id)


def test_what_is_closed_is_what_was_read(scene: Scene) -> None:
    consultation_id = opened(scene)
    seen = queries.fingerprint(consultation(consultation_id))
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, consultation_id, person, Choice.APPROVE)
    with pytest.raises(RepliesChanged):
        services.close(scene.actor(scene.secretary), consultation_id, seen=seen)


def test_the_tick_closes_what_is_overdue(scene: Scene) -> None:
    consultation_id = opened(scene)
    answer(scene, consultation_id, scene.member, Choice.APPROVE)
    assert services.close_overdue() == 0
    clock.freeze(clock.now() + timedelta(days=8))
    assert services.close_overdue() == 1
    found = consultation(consultation_id)
    assert (found.state, found.result) == (ConsultationState.NOT_ADOPTED, Result.NO_QUORUM)
    assert entries()[0][0] is RequestOrigin.REPORT
    assert services.close_overdue() == 0


def test_silence_consents_where_the_rules_said_so_when_it_was_sent(scene: Scene) -> None:
    with transaction() as session:
        session.get_one(Committee, scene.coordination).silence_consents = True
    consultation_id = opened(scene)
    with transaction() as session:
        session.get_one(Committee, scene.coordination).silence_consents = False
    clock.freeze(clock.now() + timedelta(days=8))
    services.close(scene.actor(scene.secretary), consultation_id)
    act = consultation(consultation_id).act
    assert act is not None
    assert act.vote == "3 pour, dont 3 par silence, 0 contre, 0 abstention(s)"


def test_one_voice_sends_the_question_to_a_session(scene: Scene) -> None:
    consultation_id = opened(scene, kind=ActKind.CREATE_GROUP)
    answer(scene, consultation_id, scene.member, Choice.SESSION, remark="À débattre")
    services.close(scene.actor(scene.secretary), consultation_id)
    found = consultation(consultation_id)
    assert (found.state, found.act_id) == (ConsultationState.REFERRED, None)
    entry = db.session.scalars(select(DecisionRequest)).one()
    assert entry.origin is RequestOrigin.CONSULTATION
    assert (entry.act_kind, entry.group_motion_id) == (ActKind.CREATE_GROUP, found.group_motion_id)
    assert entry.wording == found.draft_wording
    assert "Member Dupont" in entry.reason


def test_a_correction_is_submitted_anew(scene: Scene) -> None:
    consultation_id = approved(scene)
    services.ask_correction(scene.actor(scene.chair), consultation_id, 1, "La date est le 15 janvier.")
    assert consultation(consultation_id).state is ConsultationState.TO_CORRECT
    with pytest.raises(VisaNotAwaited):
        services.give_visa(scene.actor(scene.second_chair), consultation_id, 1)
    services.correct(
        scene.actor(scene.secretary),
        consultation_id,
        wording="Le comité décide de reporter la date au 15 janvier.",
        expected_version=1,
    )
    with pytest.raises(TextChanged):
        services.give_visa(scene.actor(scene.chair), consultation_id, 1)
    for chair in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(chair), consultation_id, 2)
    found = consultation(consultation_id)
    assert found.act is not None
    assert found.act.wording.endswith("15 janvier.")
    assert [(visa.record_version, visa.state) for visa in found.visas] == [
        (1, VisaState.CORRECTION_ASKED),
        (1, VisaState.AWAITED),
        (2, VisaState.GIVEN),
        (2, VisaState.GIVEN),
    ]


def test_a_text_goes_to_the_co_chairs_of_the_day_when_one_left_before_the_visa(scene: Scene) -> None:
    consultation_id = approved(scene)
    secretary, wording = scene.actor(scene.secretary), "Le comité décide de reporter la date au 31 janvier."
    services.give_visa(scene.actor(scene.chair), consultation_id, 1)
    with pytest.raises(VisaNotAwaited):  # the other visa may still come
        services.correct(secretary, consultation_id, wording=wording, expected_version=1)
    with transaction() as session:
        mandate = session.scalars(select(Mandate).filter_by(person_id=scene.second_chair)).one()
        mandate.until_on = clock.today() - timedelta(days=1)
    services.correct(secretary, consultation_id, wording=wording, expected_version=1)
    services.give_visa(scene.actor(scene.chair), consultation_id, 2)
    assert consultation(consultation_id).state is ConsultationState.IN_FORCE


def test_a_signed_scan_stands_for_the_visas_still_awaited(scene: Scene) -> None:
    consultation_id = approved(scene)
    scan = Upload(b"%PDF-1.7 signed", "signe.pdf", "application/pdf")
    with pytest.raises(NotTheSecretary):
        services.file_signed_scan(scene.actor(scene.chair), consultation_id, scan, 1)
    with pytest.raises(TextChanged):
        services.file_signed_scan(scene.actor(scene.secretary), consultation_id, scan, 2)
    services.give_visa(scene.actor(scene.chair), consultation_id, 1)
    services.file_signed_scan(scene.actor(scene.secretary), consultation_id, scan, 1)
    found = consultation(consultation_id)
    assert found.state is ConsultationState.IN_FORCE
    assert found.act is not None
    assert found.act.state is ActState.IN_FORCE
    assert [(visa.mandate.person_id, visa.by_scan) for visa in found.visas] == [
        (scene.chair, False),
        (scene.second_chair, True),
    ]
    assert blobs.read(found.scan_sha256 or "") == scan.content
    with pytest.raises(VisaNotAwaited):
        services.file_signed_scan(scene.actor(scene.secretary), consultation_id, scan, 1)
    assert journal.verify() == []


def test_one_given_up_at_the_visa_keeps_its_number(scene: Scene) -> None:
    consultation_id = approved(scene)
    with pytest.raises(ConsultationOver):
        services.withdraw(scene.actor(scene.secretary), consultation_id, reason="Plus d’actualité")
    services.ask_correction(scene.actor(scene.chair), consultation_id, 1, "À abandonner.")
    services.withdraw(scene.actor(scene.secretary), consultation_id, reason="Plus d’actualité")
    act = consultation(consultation_id).act
    assert act is not None
    assert (act.number, act.state) == ("CC-2026-T4-E01", ActState.CANCELLED)


def test_only_those_who_have_not_answered_are_reminded_and_once(scene: Scene) -> None:
    consultation_id = opened(scene)
    answer(scene, consultation_id, scene.chair, Choice.APPROVE)
    assert services.remind(scene.actor(scene.secretary), consultation_id) == 2
    assert sorted(mails("reminder")) == ["member", "second_chair"]
    with pytest.raises(NobodyToRemind):
        services.remind(scene.actor(scene.secretary), consultation_id)


def test_who_left_without_answering_is_no_voice(scene: Scene) -> None:
    with transaction() as session:
        session.get_one(Committee, scene.coordination).silence_consents = True
    consultation_id = opened(scene)
    for person in (scene.chair, scene.second_chair):
        answer(scene, consultation_id, person, Choice.APPROVE)
    with pytest.raises(TooEarlyToClose):
        services.close(scene.actor(scene.secretary), consultation_id)
    seat = next(
        each for each in consultation(consultation_id).seats if each.mandate.person_id == scene.member
    )
    mandate_id = seat.mandate_id
    with transaction() as session:
        session.get_one(Mandate, mandate_id).until_on = clock.today() - timedelta(days=1)
    services.close(scene.actor(scene.secretary), consultation_id)
    act = consultation(consultation_id).act
    assert act is not None
    assert act.vote == "consensus, 2 voix exprimées sur 2"


def test_mandates_that_end_after_the_deadline_are_voices_still(scene: Scene) -> None:
    consultation_id = opened(scene)
    answer(scene, consultation_id, scene.chair, Choice.APPROVE)
    with transaction() as session:  # renewed as new rows on the day after
        for mandate in session.scalars(select(Mandate).filter_by(committee_id=scene.coordination)):
            mandate.until_on = clock.today() + timedelta(days=7)
    clock.freeze(clock.now() + timedelta(days=8))
    assert len(queries.voting_seats(consultation(consultation_id))) == 3
    services.close_overdue()
    assert len(queries.voting_seats(consultation(consultation_id))) == 3


def test_nobody_enters_the_answer_of_a_mandate_that_ended(scene: Scene) -> None:
    consultation_id = opened(scene)
    with transaction() as session:
        mandate = session.scalars(select(Mandate).filter_by(person_id=scene.member)).one()
        mandate.until_on = clock.today() - timedelta(days=1)
    with pytest.raises(NotConsulted):
        answer(scene, consultation_id, scene.member, Choice.APPROVE, by=scene.secretary)
    answer(scene, consultation_id, scene.chair, Choice.APPROVE, by=scene.secretary)


def test_what_cannot_take_effect_is_not_sent(scene: Scene) -> None:
    first = draft(scene, kind=ActKind.CREATE_GROUP)
    second = draft(scene, kind=ActKind.CREATE_GROUP)
    services.send(scene.actor(scene.secretary), first)
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, first, person, Choice.APPROVE)
    services.close(scene.actor(scene.secretary), first)
    with pytest.raises(EffectOfConsultationRefused):  # reserved by the first, in visa
        services.send(scene.actor(scene.secretary), second)
    assert consultation(second).number is None
    for chair in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(chair), first, 1)
    with pytest.raises(EffectOfConsultationRefused):  # created already
        services.send(scene.actor(scene.secretary), second)


def test_a_session_does_not_decide_on_what_a_consultation_in_visa_holds(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    approved(scene, kind=ActKind.CREATE_GROUP)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    with pytest.raises(EffectRefused) as refused:
        closing.adjourn(scene.actor(scene.secretary), meeting_id)
    assert isinstance(refused.value.__cause__, GroupReserved)
    assert db.session.scalar(select(func.count(StatusEvent.id))) == 0


def test_a_wording_to_fill_in_is_not_sent(scene: Scene) -> None:
    consultation_id = draft(scene)
    services.revise_consultation(
        scene.actor(scene.secretary),
        consultation_id,
        words=Words("Approuvez-vous ?", clock.today() + timedelta(days=7), "Objet", "Le comité mobilise : …"),
    )
    with pytest.raises(WordingUnfinished):
        services.send(scene.actor(scene.secretary), consultation_id)


def test_papers_are_joined_before_the_sending(scene: Scene) -> None:
    consultation_id = draft(scene)
    secretary = scene.actor(scene.secretary)
    upload = Upload(b"%PDF-1.7 note", "note.pdf", "application/pdf")
    kept = services.add_paper(secretary, consultation_id, upload=upload)
    gone = services.add_paper(secretary, consultation_id, upload=upload, title="En trop")
    kept_id, gone_id = kept.id, gone.id
    services.remove_paper(secretary, consultation_id, gone_id)
    services.send(scene.actor(scene.secretary), consultation_id)
    assert [(paper.id, paper.title) for paper in consultation(consultation_id).papers] == [(kept_id, "note")]
    with pytest.raises(ConsultationOver):
        services.remove_paper(scene.actor(scene.secretary), consultation_id, kept_id)


def test_what_is_awaited_from_each(scene: Scene) -> None:
    consultation_id = opened(scene)
    assert [each.id for each in queries.awaiting(scene.actor(scene.member)).to_answer] == [consultation_id]
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, consultation_id, person, Choice.APPROVE)
    assert queries.awaiting(scene.actor(scene.member)).to_answer == []
    assert [each.id for each in queries.awaiting(scene.actor(scene.secretary)).to_close] == [consultation_id]
    services.close(scene.actor(scene.secretary), consultation_id)
    assert [each.id for each in queries.awaiting(scene.actor(scene.chair)).to_visa] == [consultation_id]
    assert queries.awaiting(scene.actor(scene.political_chair)) == queries.Awaiting()


def test_a_draft_is_the_secretariat_s(scene: Scene) -> None:
    consultation_id = draft(scene)
    with pytest.raises(NotFound):
        queries.get_consultation(scene.actor(scene.chair), consultation_id)
    with pytest.raises(NotFound):
        queries.get_consultation(scene.actor(scene.political_secretary), consultation_id)
    with pytest.raises(NotTheSecretary):
        services.draft_consultation(
            scene.actor(scene.member),
            committee_id=scene.coordination,
            act_kind=ActKind.OTHER,
            words=Words("Question ?", clock.today() + timedelta(days=7), "Objet", "Texte"),
        )
