"""Give a seat's reply: by its holder, their correspondent, or the secretariat."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tnt.accounts.queries import is_known
from tnt.core import clock, journal, outbox, throttle
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, check_version
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.rules import HELD, MeetingState
from tnt.participants import mails, queries
from tnt.participants.models import Reply, ReplyEntry
from tnt.participants.queries import SeatReply
from tnt.participants.rules import (
    COMING,
    Content,
    Draft,
    NotConvened,
    NotYourSeat,
    SeatNotOfTheDay,
    SessionOpened,
    Via,
    check_reply,
)
from tnt.participants.services.links import REPLIES, concerned, issue_link, open_link


def answer_for(actor: Actor, meeting: Meeting, mandate_id: int) -> tuple[SeatReply, list[SeatReply], Via]:
    """The seat that the actor replies for, all seats of the day, and by which way.

    Raises NotFound for whoever may not reply for it, as if it did not exist.
    """
    seats = queries.replies_of(meeting)
    seat = queries.seat_of(seats, mandate_id)
    if seat is None:
        raise NotFound()
    if queries.may_answer(actor.person_id, seat.mandate):
        return seat, seats, Via.PAGE
    if can_prepare(actor, meeting.committee_id):
        return seat, seats, Via.SECRETARY
    raise NotFound()


def give_reply(
    actor: Actor,
    meeting_id: int,
    mandate_id: int,
    draft: Draft,
    *,
    via: Via = Via.PAGE,
    expected_version: int | None = None,
) -> Reply:
    """Reply for a seat, until the session opens; what was replied before is kept.

    `expected_version` is that of the reply when the form was opened, 0 before the first. Raises NotFound,
    NotYourSeat, SeatNotOfTheDay, NotConvened, SessionOpened, Stale, or the refusal of what was named.
    """
    with transaction():
        meeting = queries.lock_meeting(meeting_id)
        _check_open(meeting)
        seats = queries.replies_of(meeting)
        seat = queries.seat_of(seats, mandate_id)
        if seat is None:
            raise SeatNotOfTheDay()
        _check_may(actor, meeting, seat, via)
        check_version(expected_version, seat.reply.version if seat.reply else 0)
        content = check_reply(draft, queries.bench_of(meeting, seat, seats))
        return _write(actor, meeting, seat, seats, content, via)


def reply_by_link(text: str, network: str, draft: Draft, expected_version: int | None = None) -> Reply:
    """Reply by a link. Raises LinkNotValid, TooManyAttempts, or the refusal of the reply."""
    opened = open_link(text, network)
    link = opened.link
    actor = Actor(link.person_id, link.person.full_name)
    meeting_id, mandate_id = link.meeting_id, link.mandate_id
    throttle.check("reply.give", link.selector, *REPLIES)
    return give_reply(actor, meeting_id, mandate_id, draft, via=Via.LINK, expected_version=expected_version)


def _check_open(meeting: Meeting) -> None:
    if meeting.state in HELD:
        raise SessionOpened()
    if meeting.state is not MeetingState.CONVENED:
        raise NotConvened()


def _check_may(actor: Actor, meeting: Meeting, seat: SeatReply, via: Via) -> None:
    if via is Via.SECRETARY:
        if not can_prepare(actor, meeting.committee_id):
            raise NotYourSeat()
    elif not queries.may_answer(actor.person_id, seat.mandate):
        raise NotYourSeat()


def _write(
    actor: Actor, meeting: Meeting, seat: SeatReply, seats: list[SeatReply], content: Content, via: Via
) -> Reply:
    """Keep the reply and its entry, tell whoever is named; given again as it was, it changes nothing."""
    values: dict[str, Any] = asdict(content)
    reply = seat.reply
    if reply is not None and seat.has_answered and not journal.changes(reply, values)[1]:
        return reply
    given = {
        "for_starts_at": meeting.starts_at,
        "given_at": clock.now(),
        "given_by_id": actor.person_id,
        "via": via,
    }
    before: dict[str, Any] = {}
    asked_anew = not seat.has_answered
    former = (reply.substitute or reply.proxy_to) if reply is not None else None
    before_way, was_absent = seat.way, seat.is_absent
    with transaction() as session:
        if reply is None:
            reply = Reply(meeting_id=meeting.id, mandate_id=seat.mandate.id, version=1, **values, **given)
            session.add(reply)
        else:
            before = {name: getattr(reply, name) for name in values} | {"version": reply.version}
            for name, value in (values | given).items():
                setattr(reply, name, value)
            reply.version += 1
        session.flush()
        session.add(ReplyEntry(reply_id=reply.id, version=reply.version, **values, **given))
        session.flush()
        session.refresh(reply)
        journal.record(
            actor,
            "reply.answer",
            reply,
            before=before,
            after=values | {"via": via, "version": reply.version},
            committee_id=meeting.committee_id,
            on_behalf_of_id=seat.mandate.person_id if actor.person_id != seat.mandate.person_id else None,
        )
        changed = (reply.substitute or reply.proxy_to) is not former
        if former is not None and before_way is not None and changed:
            mails.tell_released(meeting, seat, reply, former, before_way)
        if changed or asked_anew:
            mails.tell_named(meeting, seat, reply)
        if reply.way not in COMING and not was_absent:
            _tell_givers(meeting, reply, queries.carried_by(seat, seats))
        _tell_member(meeting, seat, reply)
    return reply


def _tell_givers(meeting: Meeting, reply: Reply, givers: list[SeatReply]) -> None:
    """Tell those who gave their proxy to somebody who does not come, and whoever receives for them."""
    for letter in mails.letters_of(meeting, givers):
        token = issue_link(meeting.id, letter.seat.mandate.id, letter.person.id)
        mails.tell_void(letter, reply, token)


def _tell_member(meeting: Meeting, seat: SeatReply, reply: Reply) -> None:
    """Tell a member what their correspondent answered for them."""
    person = seat.mandate.person
    if reply.helped_by and person.email and is_known(person):
        mails.tell_answered(meeting, seat, reply, issue_link(meeting.id, seat.mandate.id, person.id))


def is_still_void(message: outbox.OutboxMessage) -> bool:
    """Whether a proxy told to be without effect still is, as the mail leaves."""
    found = concerned(message)
    return found is not None and queries.is_void(*found)


def is_still_given(message: outbox.OutboxMessage) -> bool:
    """Whether the reply that a correspondent gave is still the present one, as the mail leaves."""
    found = concerned(message)
    if found is None or found[0].reply is None:
        return False
    return str(found[0].reply.version) == message.occurrence.split(":")[1]


def keep_replies(meeting: Meeting, was: datetime) -> None:
    """Take the replies given for `was` as given for the present start: a demonstration moves with its people.

    Inside the caller's transaction. A real session that moves asks again instead.
    """
    for reply in db.session.scalars(
        select(Reply).where(Reply.meeting_id == meeting.id, Reply.for_starts_at == was)
    ):
        reply.for_starts_at = meeting.starts_at
