"""The notices: hold a date, convene, tell what changes, each written to whoever sits there that day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tnt.agendas.queries import items_of
from tnt.convocations import mails, queries
from tnt.convocations.invitations import attachments_for, event_of, method_of
from tnt.convocations.mails import Addressee
from tnt.convocations.models import Notice, NoticeRecipient
from tnt.convocations.queries import Recipient
from tnt.convocations.rules import (
    AgendaChanged,
    AlreadyConvened,
    CountersignNeeded,
    CountersignState,
    DateAlreadyHeld,
    DateNotHeld,
    EmptyAgenda,
    NeverConvened,
    NobodyChosen,
    NobodyToConvene,
    NotConvenedYet,
    NothingChanged,
    NoticeKind,
    check_notice,
    knows_of,
)
from tnt.core import blobs, clock, journal, outbox
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import check_version
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import Change, ChangeKind, InThePast, MeetingState, NotTheSecretary, Slot
from tnt.meetings.services import enter_state
from tnt.participants.mails import Mail, reply_address, tell_guest
from tnt.participants.queries import guests_of
from tnt.participants.services import issue_link

MAIL_KIND = "convocations.notice"
KIND_OF = {
    ChangeKind.MOVED: NoticeKind.MOVED,
    ChangeKind.POSTPONED: NoticeKind.POSTPONED,
    ChangeKind.CANCELLED: NoticeKind.CANCELLED,
}
Write = Callable[[Addressee], Mail]


@dataclass(frozen=True, slots=True)
class Sending:
    """A notice about to be sent: of what kind, with which agenda, to whom, and what each reads."""

    kind: NoticeKind
    agenda_sha256: str
    people: Sequence[Recipient]
    write: Write


def fingerprint(meeting: Meeting) -> str:
    """The hash of the agenda as it stands: what a preview shows and a notice freezes."""
    return hashlib.sha256(queries.agenda_content(meeting)).hexdigest()


def is_countersigned(meeting: Meeting) -> bool:
    """Whether a co-chair countersigned the agenda as it stands, or the committee asks for none."""
    if not meeting.committee.agenda_countersigned:
        return True
    last = queries.last_countersign(meeting.id)
    return (
        last is not None
        and last.state is CountersignState.GIVEN
        and last.agenda_sha256 == fingerprint(meeting)
    )


def convene(
    actor: Actor,
    meeting_id: int,
    *,
    short_notice_reason: str = "",
    seen: str | None = None,
    expected_version: int | None = None,
) -> Notice:
    """Convene: freeze the agenda, write to whoever sits there that day.

    `seen` is the fingerprint of the agenda that was previewed. Raises NotFound, NotTheSecretary,
    AlreadyConvened, NeverConvened, InThePast, EmptyAgenda, NobodyToConvene, AgendaChanged, Stale,
    CountersignNeeded, NoticeTooShort.
    """
    with transaction() as session:
        meeting = _lock_prepared(actor, meeting_id)
        _check_state(meeting)
        people = _check_content(meeting)
        content = queries.agenda_content(meeting)
        if seen is not None and seen != hashlib.sha256(content).hexdigest():
            raise AgendaChanged()
        check_version(expected_version, meeting.version)
        if not is_countersigned(meeting):
            raise CountersignNeeded()
        meeting.short_notice_reason = check_notice(
            clock.today(), clock.paris_day(meeting.starts_at), meeting.notice_days, short_notice_reason
        )
        enter_state(meeting, MeetingState.CONVENED)
        session.flush()
        items = items_of(meeting.id)
        frozen = blobs.put(content, "application/json")
        write: Write = lambda who: mails.convened(meeting, items, who)  # noqa: E731 - what each reads
        return _send(actor, meeting, Sending(NoticeKind.CONVENED, frozen, people, write))


def _lock_prepared(actor: Actor, meeting_id: int) -> Meeting:
    meeting = lock_meeting(actor, meeting_id)
    if not can_prepare(actor, meeting.committee_id):
        raise NotTheSecretary()
    return meeting


def _check_state(meeting: Meeting) -> None:
    if meeting.state is MeetingState.CONVENED:
        raise AlreadyConvened()
    if meeting.state is not MeetingState.PLANNED or meeting.recorded_afterwards:
        raise NeverConvened()
    if meeting.starts_at <= clock.now():
        raise InThePast()


def _check_content(meeting: Meeting) -> list[Recipient]:
    if not items_of(meeting.id):
        raise EmptyAgenda()
    people = queries.recipients_of(meeting)
    if not people:
        raise NobodyToConvene()
    return people


def can_hold_date(meeting: Meeting) -> bool:
    """Whether a date may be held: the session is planned here, and to come."""
    planned = meeting.state is MeetingState.PLANNED and not meeting.recorded_afterwards
    return planned and meeting.starts_at > clock.now()


def hold_date(actor: Actor, meeting_id: int) -> Notice:
    """Ask members to keep a date free, before the convocation; their calendars show it as provisional.

    Raises NotFound, NotTheSecretary, DateNotHeld, DateAlreadyHeld, NobodyToConvene.
    """
    with transaction():
        meeting = _lock_prepared(actor, meeting_id)
        if not can_hold_date(meeting):
            raise DateNotHeld()
        people = queries.recipients_of(meeting)
        if not people:
            raise NobodyToConvene()
        frozen = blobs.put(queries.date_content(meeting), "application/json")
        last = queries.last_notice(meeting.id)
        if last is not None and last.kind is NoticeKind.DATE_HOLD and last.agenda_sha256 == frozen:
            raise DateAlreadyHeld()
        write: Write = lambda who: mails.date_held(meeting, who)  # noqa: E731 - what each reads
        return _send(actor, meeting, Sending(NoticeKind.DATE_HOLD, frozen, people, write))


def tell_agenda(actor: Actor, meeting_id: int, keys: Iterable[str], *, seen: str | None = None) -> Notice:
    """Tell the chosen members what changed in the agenda since the last message.

    `keys` are those of recipients. Raises NotFound, NotTheSecretary, NotConvenedYet, AgendaChanged,
    NothingChanged, NobodyChosen.
    """
    with transaction():
        meeting = _lock_prepared(actor, meeting_id)
        if meeting.state is not MeetingState.CONVENED:
            raise NotConvenedYet()
        content = queries.agenda_content(meeting)
        if seen is not None and seen != hashlib.sha256(content).hexdigest():
            raise AgendaChanged()
        changes = queries.changes_since(meeting, queries.last_notice(meeting.id))
        if not changes:
            raise NothingChanged()
        chosen = set(keys)
        people = [one for one in queries.recipients_of(meeting) if one.key in chosen and one.email]
        if not people:
            raise NobodyChosen()
        items = items_of(meeting.id)
        frozen = blobs.put(content, "application/json")
        write: Write = lambda who: mails.agenda_changed(meeting, items, changes, who)  # noqa: E731
        return _send(actor, meeting, Sending(NoticeKind.AGENDA, frozen, people, write))


def convene_newcomers(actor: Actor, meeting_id: int) -> Notice:
    """Convene those who sit on the day and were not convened: their mandate began since.

    Raises NotFound, NotTheSecretary, NotConvenedYet, NobodyToConvene.
    """
    with transaction():
        meeting = _lock_prepared(actor, meeting_id)
        last = queries.last_notice(meeting.id)
        if meeting.state is not MeetingState.CONVENED or last is None:
            raise NotConvenedYet()
        people = queries.newcomers_of(meeting)
        if not people:
            raise NobodyToConvene()
        items = items_of(meeting.id)
        write: Write = lambda who: mails.convened(meeting, items, who)  # noqa: E731 - what each reads
        return _send(actor, meeting, Sending(NoticeKind.JOINED, last.agenda_sha256, people, write))


def tell_change(actor: Actor, meeting: Meeting, change: Change) -> Notice | None:
    """Write to whoever was told of the session that it moved or is off; nothing before anybody was told.

    Guests were told when they were invited, whatever members know. Inside the transaction of the change
    itself.
    """
    if change.kind is ChangeKind.MOVED and _is_held_as_told(meeting, change.was):
        return None
    _tell_guests(meeting, change)
    last = queries.last_notice(meeting.id)
    if last is None or not knows_of(last.kind, change.was.state):
        return None
    kind = KIND_OF[change.kind]
    items = items_of(meeting.id)
    days = dict.fromkeys([clock.paris_day(change.was.starts_at), clock.paris_day(meeting.starts_at)])
    people = queries.recipients_on(meeting.committee_id, *days)
    write: Write = lambda who: mails.changed(kind, meeting, change, items, who)  # noqa: E731 - what each reads
    frozen = last.agenda_sha256
    if kind is NoticeKind.MOVED and change.was.state is MeetingState.CONVENED:  # it says the agenda again
        frozen = blobs.put(queries.agenda_content(meeting), "application/json")
    return _send(actor, meeting, Sending(kind, frozen, people, write))


def _tell_guests(meeting: Meeting, change: Change) -> None:
    """Write to whoever is asked for one item."""
    kind = KIND_OF[change.kind]
    for guest in guests_of(meeting.id):
        locale = guest.person.locale if guest.person else "fr"
        mail = mails.changed_for_guest(kind, meeting, change, locale, guest.name)
        tell_guest(guest, f"{kind}:{meeting.version}", mail)


def _is_held_as_told(meeting: Meeting, was: Slot) -> bool:
    """Whether the session is still held where and when it was; never once it had lost its date."""
    now = (meeting.starts_at, meeting.ends_at, meeting.place, meeting.video_url)
    same = now == (was.starts_at, was.ends_at, was.place, was.video_url)
    return same and was.state is not MeetingState.POSTPONED


def _send(actor: Actor, meeting: Meeting, sending: Sending) -> Notice:
    reached = [one for one in sending.people if one.email]
    event, method = event_of(meeting, items_of(meeting.id)), method_of(meeting)
    with transaction() as session:
        notice = Notice(
            meeting_id=meeting.id,
            number=queries.last_number(meeting.id) + 1,
            kind=sending.kind,
            agenda_sha256=sending.agenda_sha256,
            recipients=len(reached),
            sent_by_id=actor.person_id,
            sent_at=clock.now(),
        )
        session.add(notice)
        session.flush()
        for one in reached:
            who = Addressee(one, _reply_url(meeting, one))
            mail = sending.write(who)
            outbox.enqueue(
                kind=MAIL_KIND,
                thing=f"meeting:{meeting.id}",
                occurrence=_occurrence(notice, one),
                to=one.email,
                person_id=one.person.id,
                subject=mail.subject,
                text=mail.text,
                attachments=attachments_for(method, event, one),
                is_secret=bool(who.reply_url),
                locale=who.locale,
            )
            session.add(
                NoticeRecipient(notice_id=notice.id, person_id=one.person.id, mandate_id=one.mandate.id)
            )
        session.flush()
        after = {
            "kind": sending.kind,
            "number": notice.number,
            "recipients": len(reached),
            "agenda": sending.agenda_sha256,
        }
        journal.record(actor, "notice.send", notice, after=after, committee_id=meeting.committee_id)
    return notice


def _reply_url(meeting: Meeting, to: Recipient) -> str:
    """Where this recipient replies, by a link of their own; empty when there is nothing to reply."""
    if meeting.state is not MeetingState.CONVENED or not to.replies:
        return ""
    return reply_address(issue_link(meeting.id, to.mandate.id, to.person.id))


def _occurrence(notice: Notice, to: Recipient) -> str:
    """Once for a notice and a person, and once more for each person for whom they are written to."""
    return f"notice:{notice.number}" + (f":for:{to.mandate.id}" if to.for_another else "")


def still_true(message: outbox.OutboxMessage) -> bool:
    """Whether a notice that is about to leave is still the last word on its meeting for whoever reads it."""
    meeting_id = int(message.thing.partition(":")[2])
    number = int(message.occurrence.split(":")[1])
    return not queries.was_told_later(meeting_id, number, message.person_id)
