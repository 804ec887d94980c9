"""The draft goes to those who were there: no remark, or requests for changes, each of them settled."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, check_version
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.minutes import mails, queries
from tnt.minutes.document import fingerprint
from tnt.minutes.models import Amendment, Minutes, Recipient
from tnt.minutes.policies import can_keep, level_of
from tnt.minutes.rules import (
    AlreadySettled,
    AmendmentState,
    ApprovedInSession,
    MinutesChanged,
    MinutesState,
    NobodyAttended,
    NotARecipient,
    NothingAmended,
    Origin,
    RecordNotInForce,
    RefusalNeedsReason,
    WithdrawnMeanwhile,
    WrongMinutesState,
    check_amendment,
    check_answer,
    check_due,
    check_editable,
    check_in_time,
    check_open,
    check_reason,
    check_text,
    check_transition,
    says_the_same,
)
from tnt.minutes.services.approval import approve_if_all_agree
from tnt.minutes.services.writing import (
    ask_to_reread,
    lock_draft,
    lock_session,
    newest,
    redraw,
    write_version,
)


def circulate(actor: Actor, meeting_id: int, due_on: date, expected_version: int | None = None) -> Minutes:
    """Send the draft to those who attended or were represented, for comments until a day (included).

    What the session's record has changed since is drawn first. Raises NotFound, Forbidden, WrongMinutesState,
    RecordNotInForce, DueDateTooEarly, DueDateTooLate, MinutesChanged, NobodyAttended.
    """
    with transaction() as session:
        minutes = lock_draft(actor, meeting_id)
        if expected_version is not None and minutes.version != expected_version:
            raise MinutesChanged()
        meeting = minutes.meeting
        if meeting.state is not MeetingState.CLOSED:
            raise RecordNotInForce()
        check_due(due_on, clock.today())
        redraw(actor, meeting_id)
        addressees = queries.addressees_of(meeting)
        if not addressees:
            raise NobodyAttended()
        check_transition(minutes.state, MinutesState.CIRCULATED)
        minutes.state = MinutesState.CIRCULATED
        minutes.circulated_at = clock.now()
        minutes.due_on = due_on
        minutes.tacit = meeting.committee.minutes_tacit
        recipients = [
            Recipient(
                minutes=minutes,
                person=each.mandate.person,
                institution=each.mandate.institution,
                present=each.present,
                sent_at=clock.now(),
            )
            for each in addressees
        ]
        session.add_all(recipients)
        session.flush()
        journal.record(
            actor,
            "minutes.circulate",
            minutes,
            after={"due_on": due_on, "recipients": len(recipients), "tacit": minutes.tacit},
            committee_id=meeting.committee_id,
        )
        mails.circulated(minutes, recipients)
    return minutes


def _circulated(actor: Actor, meeting_id: int) -> Minutes:
    """The newest minutes, locked, that the actor reads and that wait for comments.

    Raises NotFound, WrongMinutesState, ApprovedInSession.
    """
    db.session.execute(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update())
    minutes = newest(meeting_id)
    recipient = queries.find_recipient(minutes.id, actor.person_id)
    committee_id = minutes.meeting.committee_id
    if level_of(actor, committee_id, minutes.state, is_recipient=recipient is not None) is None:
        raise NotFound()
    check_still_open(minutes)
    return minutes


def check_still_open(minutes: Minutes) -> None:
    """Raise unless the minutes wait for comments and no session has approved them yet."""
    check_open(minutes.state)
    if minutes.state is not MinutesState.CIRCULATED:
        raise WrongMinutesState()
    act = queries.approving_act_in_visa(minutes)
    if act is not None:
        raise ApprovedInSession(act=act.label)


def say_no_remark(actor: Actor, meeting_id: int, seen: str) -> Minutes:
    """« Je n’ai pas de remarque », on the text that was read; when everybody says so, it is approved.

    `seen` is the fingerprint of what the page showed. Raises NotFound, NotARecipient, WrongMinutesState,
    MinutesChanged.
    """
    with transaction() as session:
        minutes = _circulated(actor, meeting_id)
        recipient = queries.find_recipient(minutes.id, actor.person_id)
        if recipient is None:
            raise NotARecipient()
        if recipient.no_remark_at is not None:
            return minutes
        reading = queries.get_reading(actor, meeting_id)
        if fingerprint(reading.content) != seen:
            raise MinutesChanged()
        recipient.no_remark_at = clock.now()
        recipient.fingerprint = fingerprint(queries.whole_content(minutes))
        session.flush()
        journal.record(
            actor,
            "minutes.no_remark",
            recipient,
            after={"text": recipient.fingerprint},
            on_behalf_of_id=_served(actor, recipient.person_id),
            committee_id=minutes.meeting.committee_id,
        )
        approve_if_all_agree(actor, minutes)
    return minutes


def ask(
    actor: Actor, meeting_id: int, paragraph_id: int, *, proposed: str, comment: str, read_version: int
) -> Amendment:
    """Ask to change a passage: another wording, or what is wrong with it; by the due date.

    After it, the secretariat alone enters what a session asks.

    Raises NotFound, NotARecipient, TooLateToAmend, AmendmentSaysNothing, AmendmentTooLong, Stale.
    """
    with transaction() as session:
        minutes = _circulated(actor, meeting_id)
        paragraph = queries.get_paragraph(minutes, paragraph_id)
        reading = queries.get_reading(actor, meeting_id)
        if paragraph.key not in queries.keys_of(reading.content):
            raise NotFound()  # a reserved passage that the actor does not see
        asking = queries.asking(actor, minutes)
        if asking is None:
            raise NotARecipient()
        if minutes.due_on is not None and not can_keep(actor, minutes.meeting.committee_id):
            check_in_time(minutes.due_on, clock.today())
        check_version(read_version, paragraph.version)
        proposed, comment = proposed.strip(), comment.strip()
        if says_the_same(proposed, paragraph.text):
            proposed = ""  # the same words propose nothing
        check_amendment(proposed, comment)
        amendment = Amendment(
            minutes=minutes,
            paragraph=paragraph,
            paragraph_version=paragraph.version,
            author_id=asking.person_id,
            institution_id=asking.institution_id,
            proposed=proposed,
            comment=comment,
            asked_at=clock.now(),
        )
        session.add(amendment)
        session.flush()
        journal.record(
            actor,
            "minutes.ask_change",
            amendment,
            after={"paragraph": paragraph.id, "version": paragraph.version},
            on_behalf_of_id=_served(actor, asking.person_id),
            committee_id=minutes.meeting.committee_id,
        )
        mails.asked(amendment)
    return amendment


def withdraw(actor: Actor, meeting_id: int, amendment_id: int) -> Minutes:
    """Take back one's own request before it is answered; it stays among the requests, as withdrawn.

    Raises NotFound, AlreadySettled, WrongMinutesState, ApprovedInSession.
    """
    with transaction():
        minutes = _circulated(actor, meeting_id)
        amendment = queries.get_amendment(minutes, amendment_id)
        asking = queries.asking(actor, minutes)
        if asking is None or asking.person_id != amendment.author_id:
            raise NotFound()
        if amendment.state is not AmendmentState.PENDING:
            raise AlreadySettled()
        amendment.state = AmendmentState.WITHDRAWN
        amendment.settled_at = clock.now()
        amendment.settled_by_id = actor.person_id
        journal.record(
            actor,
            "minutes.withdraw",
            amendment,
            before={"state": AmendmentState.PENDING},
            after={"state": AmendmentState.WITHDRAWN},
            on_behalf_of_id=_served(actor, asking.person_id),
            committee_id=minutes.meeting.committee_id,
        )
    return minutes


def _served(actor: Actor, person_id: int) -> int | None:
    """The person for whom the actor answers, None for themselves."""
    return person_id if person_id != actor.person_id else None


def _to_settle(actor: Actor, meeting_id: int, amendment_id: int) -> Amendment:
    lock_session(actor, meeting_id)
    minutes = newest(meeting_id)
    check_still_open(minutes)
    amendment = queries.get_amendment(minutes, amendment_id)
    if amendment.state is AmendmentState.WITHDRAWN:
        raise WithdrawnMeanwhile()
    if amendment.state is not AmendmentState.PENDING:
        raise AlreadySettled()
    return amendment


def accept(
    actor: Actor,
    meeting_id: int,
    amendment_id: int,
    *,
    text: str,
    answer: str = "",
    expected_version: int | None = None,
) -> Amendment:
    """Accept a request: the passage takes the text given, which may differ from the one proposed.

    Nobody has approved the new text: the answers « no remark » fall, and there are some days to read it.

    Raises NotFound, Forbidden, AlreadySettled, WithdrawnMeanwhile, Stale, TextNeeded, DecisionNotEdited,
    NothingAmended, AnswerTooLong.
    """
    with transaction():
        amendment = _to_settle(actor, meeting_id, amendment_id)
        paragraph = amendment.paragraph
        check_editable(paragraph.kind)
        check_version(expected_version, paragraph.version)
        if says_the_same(text, paragraph.text):
            raise NothingAmended()
        write_version(actor, paragraph, check_text(text), Origin.AMENDED, amendment.id)
        paragraph.minutes.version += 1
        ask_to_reread(actor, paragraph.minutes)
        _settle(actor, amendment, AmendmentState.ACCEPTED, check_answer(answer))
    return amendment


def refuse(actor: Actor, meeting_id: int, amendment_id: int, *, answer: str) -> Amendment:
    """Refuse a request, with a reason that its author reads.

    Raises NotFound, Forbidden, AlreadySettled, WithdrawnMeanwhile, RefusalNeedsReason.
    """
    with transaction():
        amendment = _to_settle(actor, meeting_id, amendment_id)
        reason = check_reason(answer, RefusalNeedsReason)
        _settle(actor, amendment, AmendmentState.REFUSED, reason)
    return amendment


def _settle(actor: Actor, amendment: Amendment, state: AmendmentState, answer: str) -> None:
    amendment.state = state
    amendment.answer = answer
    amendment.settled_at = clock.now()
    amendment.settled_by_id = actor.person_id
    db.session.flush()
    journal.record(
        actor,
        f"minutes.{'accept' if state is AmendmentState.ACCEPTED else 'refuse'}",
        amendment,
        before={"state": AmendmentState.PENDING},
        after={"state": state, "version": amendment.paragraph.version},
        committee_id=amendment.minutes.meeting.committee_id,
    )
    mails.settled(amendment)


def remind_silent(within_days: int = 2) -> int:
    """Write once to those who have said nothing when the due date comes near; how many were found."""
    with transaction():
        silent = queries.list_silent(clock.today(), within_days)
        for recipient in silent:
            sent_on = clock.paris_day(recipient.sent_at)
            due_on = recipient.minutes.due_on
            if due_on is not None and (due_on - sent_on).days > within_days:
                mails.reminder(recipient)
    return len(silent)
