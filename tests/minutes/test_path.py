"""Minutes from the levée to their publication: drawn, edited, sent, amended, approved, signed, published."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests.closing.scene import Scene, hold, plan, put_information, set_scene, settle
from tests.minutes.scene import (
    RESERVED,
    approved,
    circulated,
    close,
    drafted,
    lift,
    minutes_of,
    pass_days,
    passage,
    published,
    refreshed,
    seen_by,
    send,
    sign_both,
)
from tests.sittings.test_views import client_of
from tnt.agendas import services as agendas
from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import list_proposals
from tnt.agendas.rules import ItemKind, NothingChosen
from tnt.closing import services as closing
from tnt.committees import correspondents
from tnt.committees.correspondents import Named
from tnt.committees.models import Committee, Mandate
from tnt.core import blobs, clock, formats
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.core.errors import DomainError, Forbidden, NotFound, Stale
from tnt.core.journal import JournalDetail, JournalEntry
from tnt.core.outbox import OutboxMessage
from tnt.decisions.rules import ActKind
from tnt.decisions.services import acts_of_meeting
from tnt.meetings.models import Meeting
from tnt.minutes import queries, rules
from tnt.minutes.document import fingerprint
from tnt.minutes.drafting import draw
from tnt.minutes.models import Amendment, Minutes
from tnt.minutes.rules import (
    AmendmentState,
    Approval,
    MinutesState,
    Origin,
    ParagraphKind,
    SignatureRole,
)
from tnt.minutes.services import approval, circulation, writing
from tnt.sittings import services as sittings
from tnt.sittings.rules import OutcomeKind, Presence


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def mails(kind: str) -> list[str]:
    found = select(OutboxMessage.to_address).where(OutboxMessage.kind == kind)
    return sorted(db.session.scalars(found))


# drawn


def test_a_session_gives_its_minutes(scene: Scene) -> None:
    meeting_id = close(scene)
    writing.draft(scene.actor(scene.secretary), meeting_id)
    said = [(each.kind.value, each.text) for each in queries.load_paragraphs(minutes_of(meeting_id).id)]
    kinds = [kind for kind, _text in said]
    assert kinds == ["opening", "attendance", "discussion", "decision", "discussion", "outcome", "closing"]
    texts = dict(said)
    assert texts["opening"].startswith("La séance est ouverte à 14\u00a0h\u00a030.")
    assert "**Présents\u00a0:** Chair Dupont (DINUM)" in texts["attendance"]
    assert texts["decision"] == acts_of_meeting(meeting_id)[0].wording
    assert texts["outcome"] == "Le comité prend acte."


def test_minutes_are_begun_once_the_session_is_lifted_and_once(scene: Scene) -> None:
    meeting_id = plan(scene, days=30)
    with pytest.raises(rules.NotHeldYet):
        writing.draft(scene.actor(scene.secretary), meeting_id)
    lifted = lift(scene)
    writing.draft(scene.actor(scene.secretary), lifted)
    with pytest.raises(rules.AlreadyDrafted):
        writing.draft(scene.actor(scene.secretary), lifted)


@pytest.mark.parametrize("who", ["member", "chair", "political_secretary"])
def test_only_the_secretary_writes(scene: Scene, who: str) -> None:
    meeting_id = drafted(scene)
    actor = scene.actor(getattr(scene, who))
    paragraph_id = passage(meeting_id, ParagraphKind.DISCUSSION).id
    writes = [
        lambda: writing.draft(actor, meeting_id),
        lambda: writing.edit(actor, meeting_id, paragraph_id, "Autre", None),
        lambda: writing.add(actor, meeting_id, item_id=None, text="Autre"),
        lambda: writing.move(actor, meeting_id, paragraph_id, up=True),
        lambda: writing.remove(actor, meeting_id, paragraph_id),
        lambda: writing.set_reserved(actor, meeting_id, paragraph_id, reserved=True),
        lambda: circulation.circulate(actor, meeting_id, clock.today() + timedelta(7)),
        lambda: approval.publish(actor, meeting_id),
        lambda: approval.rectify(actor, meeting_id, "Une erreur."),
        lambda: approval.pass_due_date(actor, meeting_id),
    ]
    for write in writes:
        with pytest.raises((Forbidden, NotFound)):
            write()


def test_a_record_corrected_at_visa_is_followed_but_not_over_what_was_written(scene: Scene) -> None:
    meeting_id = lift(scene)
    secretary = scene.actor(scene.secretary)
    writing.draft(secretary, meeting_id)
    closing.ask_correction(scene.actor(scene.chair), meeting_id, 1, "Préciser.")
    (act,) = acts_of_meeting(meeting_id)
    closing.correct(secretary, meeting_id, wordings={act.id: "Le comité crée le groupe."}, expected_version=1)
    decision = passage(meeting_id, ParagraphKind.DECISION)
    assert (decision.text, decision.version, decision.origin) == (
        "Le comité crée le groupe.",
        2,
        Origin.DRAWN,
    )
    assert [each.number for each in queries.history_of(decision.id)] == [2, 1]


def test_a_decision_dropped_at_visa_keeps_its_number_and_no_words(scene: Scene) -> None:
    meeting_id = lift(scene)
    secretary = scene.actor(scene.secretary)
    writing.draft(secretary, meeting_id)
    closing.ask_correction(scene.actor(scene.chair), meeting_id, 1, "Retirer.")
    (act,) = acts_of_meeting(meeting_id)
    wording = act.wording
    closing.correct(secretary, meeting_id, wordings={}, dropped=[act.id], expected_version=1)
    assert wording not in json.dumps(queries.whole_content(minutes_of(meeting_id)), ensure_ascii=False)


# edited


def test_a_passage_is_edited_with_its_history_and_a_stale_one_is_refused(scene: Scene) -> None:
    meeting_id = drafted(scene)
    secretary = scene.actor(scene.secretary)
    paragraph = passage(meeting_id, ParagraphKind.DISCUSSION)
    writing.edit(secretary, meeting_id, paragraph.id, "  Un échange *nourri*.  ", 1)
    with pytest.raises(Stale):
        writing.edit(secretary, meeting_id, paragraph.id, "Autre chose.", 1)
    versions = [(each.text, each.origin) for each in queries.history_of(paragraph.id)]
    assert versions == [("Un échange *nourri*.", Origin.WRITTEN), ("Échanges.", Origin.DRAWN)]
    assert refreshed(paragraph.id).text == "Un échange *nourri*."


@pytest.mark.parametrize(
    ("kind", "words", "refusal"),
    [
        (ParagraphKind.DECISION, "Autre décision.", rules.DecisionNotEdited),
        (ParagraphKind.DISCUSSION, "   ", rules.TextNeeded),
        (ParagraphKind.DISCUSSION, "é" * 20_001, rules.TextTooLong),
    ],
)
def test_refused_edits(scene: Scene, kind: ParagraphKind, words: str, refusal: type[DomainError]) -> None:
    meeting_id = drafted(scene)
    paragraph_id = passage(meeting_id, kind).id
    with pytest.raises(refusal):
        writing.edit(scene.actor(scene.secretary), meeting_id, paragraph_id, words, None)


def test_passages_are_added_moved_and_removed_within_their_item(scene: Scene) -> None:
    meeting_id = drafted(scene)
    secretary = scene.actor(scene.secretary)
    item_id = passage(meeting_id, ParagraphKind.DISCUSSION).item_id
    writing.add(secretary, meeting_id, item_id=item_id, text="Ajout au point 1.")
    writing.add(secretary, meeting_id, item_id=None, text="Remerciements.")
    added = passage(meeting_id, ParagraphKind.FREE)
    writing.move(secretary, meeting_id, added.id, up=True)
    for _ in range(9):  # at the edge of its item nothing happens
        writing.move(secretary, meeting_id, added.id, up=True)
    writing.remove(secretary, meeting_id, passage(meeting_id, ParagraphKind.OUTCOME).id)
    texts = [
        each.text
        for each in queries.load_paragraphs(minutes_of(meeting_id).id)
        if each.removed_at is None and each.kind is not ParagraphKind.ATTENDANCE
    ]
    assert texts[1] == "Ajout au point 1."
    assert texts[-2:] == ["Remerciements.", "La séance est levée à 14\u00a0h\u00a030."]
    assert "Le comité prend acte." not in texts
    with pytest.raises(NotFound):
        writing.add(secretary, meeting_id, item_id=99_999, text="Nulle part.")
    with pytest.raises(rules.DecisionNotEdited):
        writing.remove(secretary, meeting_id, passage(meeting_id, ParagraphKind.DECISION).id)


# circulated


def test_the_draft_goes_to_those_who_were_there_or_represented(scene: Scene) -> None:
    meeting_id = plan(scene)
    agendas.add_item(
        scene.actor(scene.secretary),
        meeting_id,
        kind=ItemKind.INFORMATION,
        act_kind=ActKind.NOTE,
        title="Point",
    )
    hold(scene, meeting_id)
    secretary = scene.actor(scene.secretary)
    mandates = {each.person_id: each.id for each in db.session.scalars(select(Mandate))}
    sittings.call_roll(
        secretary,
        meeting_id,
        {
            mandates[scene.member]: (Presence.REPRESENTED, "Paule Vidal"),
            mandates[scene.second_chair]: (Presence.EXCUSED, ""),
            mandates[scene.chair]: (Presence.REMOTE, ""),
        },
    )
    settle(scene, meeting_id, OutcomeKind.NOTED)
    closing.adjourn(secretary, meeting_id)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), meeting_id, 1)
    writing.draft(secretary, meeting_id)
    send(scene, meeting_id)
    sent = {each.person_id: each.present for each in queries.list_recipients(minutes_of(meeting_id).id)}
    assert sent.get(scene.chair) is True
    assert sent.get(scene.member) is False
    assert scene.second_chair not in sent
    assert "chair@demo.tnt.example" in mails("minutes_circulated")


def test_the_opening_counts_who_was_there_at_that_hour_and_the_voices_by_proxy(scene: Scene) -> None:
    with transaction() as session:
        committee = session.get_one(Committee, scene.coordination)
        committee.votes_enabled, committee.proxies_enabled, committee.quorum_percent = True, True, 60
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    hold(scene, meeting_id)
    secretary = scene.actor(scene.secretary)
    mandates = {each.person_id: each.id for each in db.session.scalars(select(Mandate))}
    by_proxy = sittings.Entry(Presence.BY_PROXY, holder_id=mandates[scene.chair])
    absent = sittings.Entry(Presence.ABSENT)
    roll = {mandates[scene.second_chair]: by_proxy, mandates[scene.member]: absent}
    sittings.call_roll(secretary, meeting_id, roll)
    clock.freeze(clock.now() + timedelta(minutes=10))
    sittings.note_move(secretary, meeting_id, mandates[scene.member], arrived=True, at=clock.now())
    opening = draw(db.session.get_one(Meeting, meeting_id))[0].text
    plain = opening.replace("\u00a0", " ").replace("\u202f", " ")
    assert plain.endswith("Présents ou représentés : 1 sur 3. Le quorum est atteint.")


@pytest.mark.parametrize(("days", "refusal"), [(0, rules.DueDateTooEarly), (61, rules.DueDateTooLate)])
def test_refused_due_dates(scene: Scene, days: int, refusal: type[DomainError]) -> None:
    meeting_id = drafted(scene)
    with pytest.raises(refusal):
        send(scene, meeting_id, days)


def test_a_draft_waits_for_the_visas_and_for_its_last_reading(scene: Scene) -> None:
    meeting_id = lift(scene)
    secretary = scene.actor(scene.secretary)
    writing.draft(secretary, meeting_id)
    with pytest.raises(rules.RecordNotInForce):
        send(scene, meeting_id)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), meeting_id, 1)
    read = minutes_of(meeting_id).version
    writing.edit(secretary, meeting_id, passage(meeting_id, ParagraphKind.CLOSING).id, "Levée.", None)
    with pytest.raises(rules.MinutesChanged):
        circulation.circulate(secretary, meeting_id, clock.today() + timedelta(7), read)


def test_once_circulated_the_text_changes_by_requests_only(scene: Scene) -> None:
    meeting_id = circulated(scene)
    paragraph_id = passage(meeting_id, ParagraphKind.DISCUSSION).id
    with pytest.raises(rules.WrongMinutesState):
        writing.edit(scene.actor(scene.secretary), meeting_id, paragraph_id, "Autre", None)


def ask(scene: Scene, meeting_id: int, *, who: int | None = None, proposed: str = "Autre texte.") -> int:
    paragraph = passage(meeting_id, ParagraphKind.DISCUSSION)
    return circulation.ask(
        scene.actor(who or scene.member),
        meeting_id,
        paragraph.id,
        proposed=proposed,
        comment="",
        read_version=paragraph.version,
    ).id


def test_a_request_is_accepted_and_its_author_told(scene: Scene) -> None:
    meeting_id = circulated(scene)
    amendment_id = ask(scene, meeting_id)
    assert mails("minutes_amendment_asked") == ["secretary@demo.tnt.example"]
    secretary = scene.actor(scene.secretary)
    circulation.accept(secretary, meeting_id, amendment_id, text="Autre texte, ajusté.", expected_version=1)
    paragraph = passage(meeting_id, ParagraphKind.DISCUSSION)
    assert (paragraph.text, paragraph.origin) == ("Autre texte, ajusté.", Origin.AMENDED)
    assert queries.history_of(paragraph.id)[0].amendment_id == amendment_id
    assert mails("minutes_amendment_settled") == ["member@demo.tnt.example"]
    with pytest.raises(rules.AlreadySettled):
        circulation.refuse(secretary, meeting_id, amendment_id, answer="Trop tard.")


def test_what_is_accepted_changes_the_passage(scene: Scene) -> None:
    meeting_id = circulated(scene)
    paragraph = passage(meeting_id, ParagraphKind.DISCUSSION)
    amendment_id = ask(scene, meeting_id)
    secretary = scene.actor(scene.secretary)
    for same in (paragraph.text, f"  {paragraph.text}\r\n"):
        with pytest.raises(rules.NothingAmended):
            circulation.accept(secretary, meeting_id, amendment_id, text=same)
    assert db.session.get_one(Amendment, amendment_id).state is AmendmentState.PENDING


@pytest.mark.parametrize("change", [str, lambda text: text.replace(" ", "\r\n"), lambda text: f"{text}\n"])
def test_the_passage_sent_back_as_it_was_asks_nothing(scene: Scene, change: Callable[[str], str]) -> None:
    meeting_id = circulated(scene)
    with pytest.raises(rules.AmendmentSaysNothing):
        ask(scene, meeting_id, proposed=change(passage(meeting_id, ParagraphKind.DISCUSSION).text))


def test_the_author_takes_back_a_request_that_nobody_answered(scene: Scene) -> None:
    meeting_id = circulated(scene)
    first, second = ask(scene, meeting_id), ask(scene, meeting_id, proposed="Un autre encore.")
    mail = db.session.scalars(select(OutboxMessage).filter_by(kind="minutes_amendment_asked")).first()
    assert mail is not None
    assert "Autre texte." in mail.text
    assert mail.text.rstrip().endswith("/compte-rendu/demandes")
    for who in (scene.chair, scene.secretary):
        with pytest.raises(NotFound):
            circulation.withdraw(scene.actor(who), meeting_id, first)
    circulation.refuse(scene.actor(scene.secretary), meeting_id, second, answer="Pas dit en séance.")
    with pytest.raises(rules.AlreadySettled):
        circulation.withdraw(scene.actor(scene.member), meeting_id, second)
    circulation.withdraw(scene.actor(scene.member), meeting_id, first)
    assert queries.count_pending(minutes_of(meeting_id).id) == 0
    states = {each.id: each.state for each in queries.list_amendments(minutes_of(meeting_id).id)}
    assert states == {first: AmendmentState.WITHDRAWN, second: AmendmentState.REFUSED}
    with pytest.raises(rules.WithdrawnMeanwhile):
        circulation.accept(scene.actor(scene.secretary), meeting_id, first, text="Ce que j’écrivais.")
    with pytest.raises(rules.AlreadySettled):
        circulation.withdraw(scene.actor(scene.member), meeting_id, first)


def test_an_answer_too_long_is_refused_whole(scene: Scene) -> None:
    meeting_id = circulated(scene)
    amendment_id = ask(scene, meeting_id)
    with pytest.raises(rules.AnswerTooLong):
        circulation.accept(
            scene.actor(scene.secretary), meeting_id, amendment_id, text="Autre.", answer="x" * 501
        )


def test_a_request_is_refused_with_a_reason(scene: Scene) -> None:
    meeting_id = circulated(scene)
    amendment_id = ask(scene, meeting_id)
    secretary = scene.actor(scene.secretary)
    with pytest.raises(rules.RefusalNeedsReason):
        circulation.refuse(secretary, meeting_id, amendment_id, answer="non")
    circulation.refuse(secretary, meeting_id, amendment_id, answer="Ce n’a pas été dit en séance.")
    amendment = db.session.get_one(Amendment, amendment_id)
    assert (amendment.state, amendment.answer) == (AmendmentState.REFUSED, "Ce n’a pas été dit en séance.")
    mail = db.session.scalars(select(OutboxMessage).filter_by(kind="minutes_amendment_settled")).one()
    assert "Ce n’a pas été dit en séance." in mail.text


@pytest.mark.parametrize(
    ("proposed", "comment", "refusal"),
    [
        ("", "", rules.AmendmentSaysNothing),
        ("Échanges.", "", rules.AmendmentSaysNothing),  # the words that are there propose nothing
        ("é" * 20_001, "", rules.TextTooLong),
        ("", "é" * 5_001, rules.AmendmentTooLong),
    ],
)
def test_refused_requests(scene: Scene, proposed: str, comment: str, refusal: type[DomainError]) -> None:
    meeting_id = circulated(scene)
    paragraph = passage(meeting_id, ParagraphKind.DISCUSSION)
    with pytest.raises(refusal):
        circulation.ask(
            scene.actor(scene.member),
            meeting_id,
            paragraph.id,
            proposed=proposed,
            comment=comment,
            read_version=1,
        )


def test_after_the_due_date_nobody_asks_any_more(scene: Scene) -> None:
    meeting_id = circulated(scene)
    pass_days(7)
    ask(scene, meeting_id)  # the day itself is in time
    pass_days(1)
    with pytest.raises(rules.TooLateToAmend):
        ask(scene, meeting_id, who=scene.chair)


def test_a_request_on_a_text_that_changed_is_shown_the_new_one(scene: Scene) -> None:
    meeting_id = circulated(scene)
    first = ask(scene, meeting_id)
    circulation.accept(scene.actor(scene.secretary), meeting_id, first, text="Nouveau.")
    with pytest.raises(Stale):
        circulation.ask(
            scene.actor(scene.chair),
            meeting_id,
            passage(meeting_id, ParagraphKind.DISCUSSION).id,
            proposed="D’après l’ancien.",
            comment="",
            read_version=1,
        )


# approved


def test_an_unanswered_request_blocks_tacit_approval(scene: Scene) -> None:
    meeting_id = circulated(scene)
    amendment_id = ask(scene, meeting_id)
    pass_days(8)
    assert approval.approve_overdue() == 0
    circulation.refuse(scene.actor(scene.secretary), meeting_id, amendment_id, answer="Pas dit ainsi.")
    assert approval.approve_overdue() == 1
    assert approval.approve_overdue() == 0  # each once
    minutes = minutes_of(meeting_id)
    assert (minutes.state, minutes.approval) == (MinutesState.APPROVED, Approval.TACIT)


def test_silence_approves_only_after_the_due_date_and_where_the_committee_says_so(scene: Scene) -> None:
    meeting_id = circulated(scene)
    pass_days(7)
    assert approval.approve_overdue() == 0
    with transaction() as session:
        session.get_one(Minutes, minutes_of(meeting_id).id).tacit = False
    pass_days(30)
    assert approval.approve_overdue() == 0


def test_everybody_without_remark_approves_at_once(scene: Scene) -> None:
    meeting_id = circulated(scene)
    people = [each.person_id for each in queries.list_recipients(minutes_of(meeting_id).id)]
    for person_id in people:
        assert minutes_of(meeting_id).state is MinutesState.CIRCULATED
        seen = seen_by(scene, person_id, meeting_id)
        circulation.say_no_remark(scene.actor(person_id), meeting_id, seen)
    minutes = minutes_of(meeting_id)
    assert (minutes.state, minutes.approval) == (MinutesState.APPROVED, Approval.EXPRESS)


def test_nobody_approves_a_text_that_changed_meanwhile(scene: Scene) -> None:
    meeting_id = circulated(scene)
    seen = seen_by(scene, scene.chair, meeting_id)
    circulation.accept(scene.actor(scene.secretary), meeting_id, ask(scene, meeting_id), text="Texte changé.")
    with pytest.raises(rules.MinutesChanged):
        circulation.say_no_remark(scene.actor(scene.chair), meeting_id, seen)


def test_an_answer_given_before_the_text_changed_approves_nothing(scene: Scene) -> None:
    meeting_id = circulated(scene)
    secretary = scene.actor(scene.secretary)
    people = [each.person_id for each in queries.list_recipients(minutes_of(meeting_id).id)]
    asked = ask(scene, meeting_id)
    for person_id in people[:-1]:
        circulation.say_no_remark(scene.actor(person_id), meeting_id, seen_by(scene, person_id, meeting_id))
    circulation.accept(secretary, meeting_id, asked, text="Texte changé.")
    assert len(mails("minutes_changed")) == len(people) - 1
    last = people[-1]
    circulation.say_no_remark(scene.actor(last), meeting_id, seen_by(scene, last, meeting_id))
    assert minutes_of(meeting_id).state is MinutesState.CIRCULATED
    writing.set_reserved(secretary, meeting_id, passage(meeting_id, ParagraphKind.OUTCOME).id, reserved=True)
    assert not any(each.no_remark_at for each in queries.list_recipients(minutes_of(meeting_id).id))


def test_a_text_changed_after_the_due_date_leaves_time_to_read_it(scene: Scene) -> None:
    meeting_id = circulated(scene)
    asked = ask(scene, meeting_id)
    pass_days(8)
    circulation.accept(scene.actor(scene.secretary), meeting_id, asked, text="Texte changé.")
    assert approval.approve_overdue() == 0
    assert minutes_of(meeting_id).due_on == clock.today() + timedelta(days=rules.REREAD_DAYS)
    pass_days(rules.REREAD_DAYS + 1)
    assert approval.approve_overdue() == 1


def test_who_has_approved_or_asked_is_asked_nothing_more(scene: Scene) -> None:
    meeting_id = circulated(scene)
    seen = seen_by(scene, scene.chair, meeting_id)
    circulation.say_no_remark(scene.actor(scene.chair), meeting_id, seen)
    ask(scene, meeting_id)
    pass_days(5)
    circulation.remind_silent()
    circulation.remind_silent()  # once
    reminded = mails("minutes_reminder")
    assert "second_chair@demo.tnt.example" in reminded
    assert not {"chair@demo.tnt.example", "member@demo.tnt.example"} & set(reminded)
    assert len(reminded) == len(set(reminded))
    minutes_id = minutes_of(meeting_id).id
    assert queries.is_answer_awaited(minutes_id, scene.second_chair)
    assert not queries.is_answer_awaited(minutes_id, scene.chair)


def approving_session(scene: Scene, outcome: OutcomeKind = OutcomeKind.ADOPTED) -> int:
    """A later session whose first item approves the minutes, lifted."""
    later = plan(scene, days=60)
    agendas.add_item(
        scene.actor(scene.secretary),
        later,
        kind=ItemKind.DECISION,
        act_kind=ActKind.APPROVE_MINUTES,
        title="Approbation du compte rendu",
        draft_wording="Le comité approuve le compte rendu de la séance précédente.",
    )
    hold(scene, later)
    settle(scene, later, outcome)
    closing.adjourn(scene.actor(scene.secretary), later)
    return later


@pytest.mark.parametrize("outcome", [OutcomeKind.NOT_ADOPTED, OutcomeKind.DEFERRED])
def test_silence_does_not_approve_what_a_session_did_not(scene: Scene, outcome: OutcomeKind) -> None:
    meeting_id = circulated(scene, days=60)
    approving_session(scene, outcome)
    pass_days(30)
    assert approval.approve_overdue() == 0
    minutes = minutes_of(meeting_id)
    assert (minutes.state, minutes.tacit) == (MinutesState.CIRCULATED, False)


def test_silence_does_not_approve_what_was_dropped_at_the_visa(scene: Scene) -> None:
    meeting_id = circulated(scene, days=60)
    later = approving_session(scene)
    closing.ask_correction(scene.actor(scene.chair), later, 1, "Ce point n’a pas été voté.")
    (act,) = acts_of_meeting(later)
    act_id = act.id
    closing.correct(scene.actor(scene.secretary), later, wordings={}, dropped=[act_id], expected_version=1)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), later, 2)
    pass_days(30)
    assert approval.approve_overdue() == 0
    minutes = minutes_of(meeting_id)
    assert (minutes.state, minutes.tacit) == (MinutesState.CIRCULATED, False)


def test_a_session_changes_minutes_by_a_request_then_approves_them(scene: Scene) -> None:
    meeting_id = circulated(scene, days=7)
    with pytest.raises(DomainError, match="tel qu’il est"):
        approving_session(scene, OutcomeKind.ADOPTED_AMENDED)  # the due date is over for members
    secretary = scene.actor(scene.secretary)
    circulation.accept(
        secretary, meeting_id, ask(scene, meeting_id, who=scene.secretary), text="Comme dit en séance."
    )
    later = db.session.scalars(select(Meeting).order_by(Meeting.starts_at.desc())).first()
    assert later is not None
    settle(scene, later.id, OutcomeKind.ADOPTED)
    closing.adjourn(secretary, later.id)
    pass_days(3)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), later.id, 1)
    content = queries.whole_content(minutes_of(meeting_id))
    assert content["approved_on"] == formats.date_medium(acts_of_meeting(later.id)[0].decided_on)
    assert "Comme dit en séance." in json.dumps(content, ensure_ascii=False)


def test_an_act_in_visa_holds_the_minutes_that_it_approves_and_no_other(scene: Scene) -> None:
    minutes = minutes_of(circulated(scene, days=60))
    later = approving_session(scene)  # its item names none: the oldest that wait
    assert queries.approving_act_in_visa(minutes) is not None
    assert not queries.is_answer_awaited(minutes.id, scene.member)
    with transaction() as session:
        session.scalars(select(AgendaItem).filter_by(meeting_id=later)).one().about_meeting_id = later
    assert queries.approving_act_in_visa(minutes) is None
    assert queries.is_answer_awaited(minutes.id, scene.member)


def test_minutes_are_approved_as_an_item_of_the_next_session(scene: Scene) -> None:
    meeting_id = circulated(scene, days=60)
    later = approving_session(scene)
    assert minutes_of(meeting_id).state is MinutesState.CIRCULATED
    with pytest.raises(rules.ApprovedInSession):  # voted: the text waits for the visa as it is
        ask(scene, meeting_id)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), later, 1)
    minutes = minutes_of(meeting_id)
    assert (minutes.state, minutes.approval) == (MinutesState.APPROVED, Approval.IN_SESSION)
    (act,) = acts_of_meeting(later)
    assert minutes.approved_by_act_id == act.id
    assert act.label in json.dumps(queries.whole_content(minutes))


def test_a_session_does_not_approve_over_a_request_without_an_answer(scene: Scene) -> None:
    meeting_id = circulated(scene, days=60)
    ask(scene, meeting_id)
    with pytest.raises(DomainError, match="attendent une réponse"):
        approving_session(scene)


def test_the_item_says_in_session_which_requests_hold_its_approval(app: Flask, scene: Scene) -> None:
    meeting_id = circulated(scene, days=60)
    asked = ask(scene, meeting_id)
    later = plan(scene, days=60)
    agendas.add_item(
        scene.actor(scene.secretary),
        later,
        kind=ItemKind.DECISION,
        act_kind=ActKind.APPROVE_MINUTES,
        title="Approbation du compte rendu",
        draft_wording="Le comité approuve le compte rendu de la séance précédente.",
    )
    hold(scene, later)
    secretary = client_of(app, scene.secretary)
    requests = f'<a href="/seances/{meeting_id}/compte-rendu/demandes">Répondre aux demandes</a>'
    shown = secretary.get(f"/seances/{later}/tenue").text
    assert "1 demande de modification attend une réponse" in shown.replace("\u00a0", " ")
    assert requests in shown
    settle(scene, later, OutcomeKind.ADOPTED)
    assert requests in secretary.get(f"/seances/{later}/cloture").text
    circulation.refuse(scene.actor(scene.secretary), meeting_id, asked, answer="Déjà dit plus haut.")
    for page in ("tenue", "cloture"):
        assert "Répondre aux demandes" not in secretary.get(f"/seances/{later}/{page}").text


def proposed(scene: Scene, meeting_id: int) -> list[str]:
    """What the agenda of a session proposes of minutes."""
    meeting = db.session.get_one(Meeting, meeting_id)
    return [one.title for one in list_proposals(meeting).shown if one.key == "compte-rendu"]


def test_the_next_agenda_proposes_the_minutes_until_they_are_approved(scene: Scene) -> None:
    meeting_id = close(scene)
    later = plan(scene, days=60)
    title = "Approbation du compte rendu de la séance du 15 décembre 2026"
    assert proposed(scene, later) == [title]  # not begun yet: they will be by then
    writing.draft(scene.actor(scene.secretary), meeting_id)
    send(scene, meeting_id, 7)
    assert proposed(scene, later) == [title]
    pass_days(8)
    assert approval.approve_overdue() == 1
    assert proposed(scene, later) == []  # silence has approved them


def test_minutes_are_proposed_to_one_agenda_at_a_time(scene: Scene) -> None:
    circulated(scene, days=60)
    sooner, later = plan(scene, days=60), plan(scene, days=90)
    assert len(proposed(scene, sooner)) == len(proposed(scene, later)) == 1
    secretary = scene.actor(scene.secretary)
    item = agendas.add_proposal(secretary, sooner, "compte-rendu")
    assert proposed(scene, later) == []
    with pytest.raises(NothingChosen):
        agendas.add_proposal(secretary, later, "compte-rendu")  # from a page read before
    agendas.remove_item(secretary, item.id)
    assert len(proposed(scene, later)) == 1


def test_the_item_proposed_approves_the_minutes_that_it_names(scene: Scene) -> None:
    meeting_id = circulated(scene, days=60)
    later = plan(scene, days=60)
    item = agendas.add_proposal(scene.actor(scene.secretary), later, "compte-rendu")
    assert item.about_meeting_id == meeting_id
    hold(scene, later)
    settle(scene, later, OutcomeKind.ADOPTED)
    closing.adjourn(scene.actor(scene.secretary), later)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), later, 1)
    assert minutes_of(meeting_id).approval is Approval.IN_SESSION


def test_approved_minutes_are_evidence(scene: Scene) -> None:
    meeting_id = approved(scene)
    minutes = minutes_of(meeting_id)
    kept = blobs.get(minutes.content_sha256 or "").content
    assert json.loads(kept)["approval"] == "tacit"
    assert blobs.get(minutes.pdf_sha256 or "").content.startswith(b"%PDF-")
    assert minutes.journal_head in kept.decode()
    assert mails("minutes_to_sign") == [
        "chair@demo.tnt.example",
        "second_chair@demo.tnt.example",
        "secretary@demo.tnt.example",
    ]


def test_approved_minutes_change_by_no_service(scene: Scene) -> None:
    meeting_id = approved(scene)
    secretary = scene.actor(scene.secretary)
    paragraph_id = passage(meeting_id, ParagraphKind.DISCUSSION).id
    frozen = minutes_of(meeting_id).content_sha256
    changes = [
        lambda: writing.edit(secretary, meeting_id, paragraph_id, "Autre", None),
        lambda: writing.add(secretary, meeting_id, item_id=None, text="Autre"),
        lambda: writing.move(secretary, meeting_id, paragraph_id, up=True),
        lambda: writing.remove(secretary, meeting_id, paragraph_id),
        lambda: writing.set_reserved(secretary, meeting_id, paragraph_id, reserved=True),
        lambda: ask(scene, meeting_id),
        lambda: circulation.circulate(secretary, meeting_id, clock.today() + timedelta(7)),
        lambda: circulation.say_no_remark(scene.actor(scene.member), meeting_id, "x"),
    ]
    for change in changes:
        with pytest.raises(DomainError):
            change()
    assert minutes_of(meeting_id).content_sha256 == frozen
    assert writing.redraw(secretary, meeting_id) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE minutes SET content_sha256 = 'x'",
        "UPDATE minutes SET state = 'circulated'",
        "UPDATE minutes SET due_on = '2030-01-01'",
        "DELETE FROM minutes",
        "UPDATE minutes_paragraph SET text = 'x'",
        "UPDATE minutes_paragraph SET reserved = (1 = 1)",
        "DELETE FROM minutes_paragraph",
        "UPDATE minutes_paragraph_version SET text = 'x'",
        "DELETE FROM minutes_paragraph_version",
        "UPDATE minutes_recipient SET no_remark_at = NULL",
        "UPDATE minutes_signature SET name = 'x'",
        "DELETE FROM minutes_signature",
        "INSERT INTO minutes_paragraph_version (paragraph_id, number, text, origin, written_at)"
        " SELECT id, 99, 'x', 'written', '2026-01-01' FROM minutes_paragraph",
    ],
)
def test_the_database_itself_refuses_to_change_approved_minutes(scene: Scene, statement: str) -> None:
    published(scene)
    db.session.rollback()
    with pytest.raises(DatabaseError, match="approved minutes do not change"), db.engine.begin() as link:
        link.execute(text(statement))


# signed, published, rectified


def test_minutes_are_signed_by_the_chair_and_the_secretary_each_once(scene: Scene) -> None:
    meeting_id = approved(scene)
    seen = minutes_of(meeting_id).content_sha256 or ""
    chair, secretary = scene.actor(scene.chair), scene.actor(scene.secretary)
    with pytest.raises(rules.MinutesChanged):
        approval.sign(chair, meeting_id, SignatureRole.CHAIR, "0" * 64)
    with pytest.raises(rules.NotASigner):
        approval.sign(secretary, meeting_id, SignatureRole.CHAIR, seen)
    with pytest.raises(rules.NotASigner):
        approval.sign(scene.actor(scene.member), meeting_id, SignatureRole.CHAIR, seen)
    approval.sign(chair, meeting_id, SignatureRole.CHAIR, seen)
    with pytest.raises(rules.NotASigner):  # the other co-chair comes too late
        approval.sign(scene.actor(scene.second_chair), meeting_id, SignatureRole.CHAIR, seen)
    with pytest.raises(rules.WrongMinutesState):
        approval.publish(secretary, meeting_id)
    approval.sign(secretary, meeting_id, SignatureRole.SECRETARY, seen)
    minutes = minutes_of(meeting_id)
    assert minutes.state is MinutesState.SIGNED
    signed = [(each.name, each.quality, each.sha256) for each in queries.list_signatures(minutes.id)]
    assert signed == [
        ("Chair Dupont", "DINUM", seen),
        ("Secretary Dupont", "DINUM", seen),
    ]
    assert minutes.signed_pdf_sha256 != minutes.pdf_sha256


def test_the_public_version_leaves_reserved_passages_out(scene: Scene) -> None:
    meeting_id = drafted(scene)
    secretary = scene.actor(scene.secretary)
    added = writing.add(secretary, meeting_id, item_id=None, text=RESERVED, reserved=True)
    assert added.reserved
    send(scene, meeting_id)
    pass_days(8)
    approval.approve_overdue()
    sign_both(scene, meeting_id)
    approval.publish(secretary, meeting_id)
    minutes = minutes_of(meeting_id)
    whole = blobs.get(minutes.content_sha256 or "").content.decode()
    public = blobs.get(minutes.public_content_sha256 or "").content.decode()
    assert RESERVED in whole
    assert RESERVED not in public
    assert added.key not in public


def test_a_correction_is_a_new_edition_and_the_old_one_stays(scene: Scene) -> None:
    meeting_id = published(scene)
    secretary = scene.actor(scene.secretary)
    first = minutes_of(meeting_id)
    with pytest.raises(rules.RectificationNeedsReason):
        approval.rectify(secretary, meeting_id, "non")
    approval.rectify(secretary, meeting_id, "Le nom d’un participant est inexact.")
    second = minutes_of(meeting_id)
    assert (second.edition, second.rectifies_id, second.state) == (2, first.id, MinutesState.DRAFT)
    keys = [[each.key for each in queries.load_paragraphs(each_.id)] for each_ in (first, second)]
    assert keys[0] == keys[1]
    # until it is sent, members still read the first
    assert queries.get_reading(scene.actor(scene.member), meeting_id).minutes.edition == 1
    paragraph = passage(meeting_id, ParagraphKind.ATTENDANCE)
    writing.edit(secretary, meeting_id, paragraph.id, "**Présents :** corrigé.", None)
    send(scene, meeting_id)
    pass_days(8)
    approval.approve_overdue()
    sign_both(scene, meeting_id)
    approval.publish(secretary, meeting_id)
    assert queries.get_reading(scene.actor(scene.member), meeting_id).minutes.edition == 2
    old = queries.get_reading(scene.actor(scene.member), meeting_id, edition=1)
    assert old.minutes.state is MinutesState.PUBLISHED
    assert "corrigé" not in json.dumps(old.content)


def test_drawing_the_due_date_nearer_is_for_demonstrations(scene: Scene) -> None:
    meeting_id = circulated(scene)
    with pytest.raises(rules.NotADemonstration):
        approval.pass_due_date(scene.actor(scene.secretary), meeting_id)


def test_the_recipients_are_those_of_the_session_even_when_a_mandate_ends(scene: Scene) -> None:
    meeting_id = circulated(scene)
    with transaction() as session:
        session.scalars(select(Mandate).filter_by(person_id=scene.member)).one().until_on = clock.today()
    pass_days(1)
    ask(scene, meeting_id)  # whoever attended keeps them until they are approved
    circulation.refuse(
        scene.actor(scene.secretary),
        meeting_id,
        db.session.scalars(select(Amendment.id)).one(),
        answer="Pas dit ainsi.",
    )
    pass_days(8)
    approval.approve_overdue()
    with pytest.raises(NotFound):
        queries.get_reading(scene.actor(scene.member), meeting_id)


def test_the_journal_tells_versions_and_no_words(scene: Scene) -> None:
    """Administrators read the journal, and are not among those who read reserved passages."""
    meeting_id = drafted(scene)
    secretary = scene.actor(scene.secretary)
    added = writing.add(secretary, meeting_id, item_id=None, text=RESERVED, reserved=True)
    writing.edit(secretary, meeting_id, added.id, RESERVED + " Suite.", None)
    writing.remove(secretary, meeting_id, added.id)
    assert not [
        each
        for each in db.session.scalars(select(JournalDetail))
        if RESERVED in json.dumps(each.payload, ensure_ascii=False)
    ]


def test_who_receives_for_a_member_is_written_to_and_answers_for_them(scene: Scene) -> None:
    meeting_id = circulated(scene)
    minutes = minutes_of(meeting_id)
    robin = correspondents.name_correspondent(
        SYSTEM, scene.member, Named("Inès", "Robin", "robin@example.org"), from_on=clock.today()
    ).person
    assert queries.is_answer_awaited(minutes.id, robin.id)
    assert [one.my_answer_is_awaited for one in queries.list_waiting(scene.actor(robin.id))] == [True]
    asked = circulation.ask(
        scene.actor(robin.id),
        meeting_id,
        passage(meeting_id, ParagraphKind.DISCUSSION).id,
        proposed="Autre texte.",
        comment="",
        read_version=passage(meeting_id, ParagraphKind.DISCUSSION).version,
    )
    assert asked.author_id == scene.member
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "minutes.ask_change")).one()
    assert (entry.actor_person_id, entry.on_behalf_of_id) == (robin.id, scene.member)
    assert not queries.is_answer_awaited(minutes.id, robin.id)
    circulation.refuse(scene.actor(scene.secretary), meeting_id, asked.id, answer="Le débat fut autre.")
    seen = fingerprint(queries.get_reading(scene.actor(robin.id), meeting_id).content)
    circulation.say_no_remark(scene.actor(robin.id), meeting_id, seen)
    recipient = queries.find_recipient(minutes.id, scene.member)
    assert recipient is not None
    assert recipient.no_remark_at is not None


def test_who_receives_for_a_member_gets_the_draft_too(scene: Scene) -> None:
    correspondents.name_correspondent(
        SYSTEM, scene.member, Named("Inès", "Robin", "robin@example.org"), from_on=clock.today()
    )
    circulated(scene)
    sent = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "minutes_circulated")).all()
    robin = next(one for one in sent if one.to_address == "robin@example.org")
    assert "Member Dupont, pour qui vous recevez" in robin.text
