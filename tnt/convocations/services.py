"""Convene a session, and write to its members when a convened one changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tnt.agendas.queries import items_of
from tnt.convocations import mails, queries
from tnt.convocations.mails import Mail
from tnt.convocations.models import Notice
from tnt.convocations.queries import Recipient
from tnt.convocations.rules import (
    AgendaChanged,
    AlreadyConvened,
    EmptyAgenda,
    NeverConvened,
    NobodyToConvene,
    NoticeKind,
    check_notice,
)
from tnt.core import blobs, clock, journal, outbox
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import check_version
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import Change, ChangeKind, InThePast, MeetingState, NotTheSecretary
from tnt.meetings.services import enter_state

MAIL_KIND = "convocations.notice"
KIND_OF = {
    ChangeKind.MOVED: NoticeKind.MOVED,
    ChangeKind.POSTPONED: NoticeKind.POSTPONED,
    ChangeKind.CANCELLED: NoticeKind.CANCELLED,
}


def fingerprint(meeting: Meeting) -> str:
    """The hash of the agenda as it stands: what a preview shows and a notice freezes."""
    return hashlib.sha256(queries.agenda_content(meeting)).hexdigest()


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
    NoticeTooShort.
    """
    with transaction() as session:
        meeting = lock_meeting(actor, meeting_id)
        if not can_prepare(actor, meeting.committee_id):
            raise NotTheSecretary()
        _check_state(meeting)
        people = _check_content(meeting)
        content = queries.agenda_content(meeting)
        if seen is not None and seen != hashlib.sha256(content).hexdigest():
            raise AgendaChanged()
        check_version(expected_version, meeting.version)
        meeting.short_notice_reason = check_notice(
            clock.today(), clock.paris_day(meeting.starts_at), meeting.notice_days, short_notice_reason
        )
        enter_state(meeting, MeetingState.CONVENED)
        session.flush()
        items = items_of(meeting.id)
        return _send(
            actor,
            meeting,
            NoticeKind.CONVENED,
            blobs.put(content, "application/json"),
            people,
            lambda locale: mails.convened(meeting, items, locale),
        )


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


def tell_change(actor: Actor, meeting: Meeting, change: Change) -> Notice | None:
    """Write to the members of a convened session that it moved or is off; nothing before it was convened.

    Inside the transaction of the change itself.
    """
    last = queries.last_notice(meeting.id)
    if change.was.state is not MeetingState.CONVENED or last is None:
        return None
    kind = KIND_OF[change.kind]
    items = items_of(meeting.id)
    days = dict.fromkeys([clock.paris_day(change.was.starts_at), clock.paris_day(meeting.starts_at)])
    return _send(
        actor,
        meeting,
        kind,
        last.agenda_sha256,
        queries.recipients_on(meeting.committee_id, *days),
        lambda locale: mails.changed(kind, meeting, change, items, locale),
    )


def _send(
    actor: Actor,
    meeting: Meeting,
    kind: NoticeKind,
    agenda_sha256: str,
    people: list[Recipient],
    write: Callable[[str], Mail],
) -> Notice:
    reached = [one for one in people if one.email]
    with transaction() as session:
        notice = Notice(
            meeting_id=meeting.id,
            number=queries.last_number(meeting.id) + 1,
            kind=kind,
            agenda_sha256=agenda_sha256,
            recipients=len(reached),
            sent_by_id=actor.person_id,
            sent_at=clock.now(),
        )
        session.add(notice)
        session.flush()
        written = {locale: write(locale) for locale in {one.person.locale for one in reached}}
        for one in reached:
            mail = written[one.person.locale]
            outbox.enqueue(
                kind=MAIL_KIND,
                thing=f"meeting:{meeting.id}",
                occurrence=f"notice:{notice.number}",
                to=one.email,
                person_id=one.person.id,
                subject=mail.subject,
                text=mail.text,
                locale=one.person.locale,
            )
        after = {"kind": kind, "number": notice.number, "recipients": len(reached), "agenda": agenda_sha256}
        journal.record(actor, "notice.send", notice, after=after, committee_id=meeting.committee_id)
    return notice


def still_true(message: outbox.OutboxMessage) -> bool:
    """Whether a notice that is about to leave is still the last word on its meeting."""
    meeting_id = int(message.thing.partition(":")[2])
    return message.occurrence == f"notice:{queries.last_number(meeting_id)}"
