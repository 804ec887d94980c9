"""The links of the mails: one for each recipient and seat, shown once, opened without signing in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from tnt.committees.rules import is_held_on
from tnt.core import clock, outbox, throttle
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError
from tnt.core.statements import insert
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.participants import queries
from tnt.participants.models import Reading, ReplyLink
from tnt.participants.queries import SeatReply
from tnt.participants.rules import (
    SECRET_BYTES,
    SELECTOR_BYTES,
    Token,
    hash_secret,
    must_note_reading,
    parse_token,
)

UNKNOWN_LINKS = (30, 3600)  # openings of what is no link, by network and hour
REPLIES = (20, 3600)  # replies by one link and hour
# nobody replies any more: over, or off for good
OVER = frozenset({MeetingState.ADJOURNED, MeetingState.CLOSED, MeetingState.CANCELLED})


class LinkNotValid(DomainError):
    """The link is unknown, of a session that is over, or its holder is no longer concerned."""

    message = N_("Ce lien n’est plus valable.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens: the session, the seat (None when it is not of the day any more), all the seats."""

    link: ReplyLink
    seat: SeatReply | None
    seats: list[SeatReply]

    @property
    def meeting(self) -> Meeting:
        """The session."""
        return self.link.meeting

    @property
    def for_another(self) -> bool:
        """Whether a correspondent opens it."""
        return self.link.for_another


def draw() -> Token:
    """A new token."""
    return Token(secrets.token_hex(SELECTOR_BYTES), secrets.token_urlsafe(SECRET_BYTES))


def issue_link(meeting_id: int, mandate_id: int, person_id: int) -> Token:
    """A new link for the mail to that person about that seat; inside the mail's transaction."""
    token = draw()
    with transaction() as session:
        session.add(
            ReplyLink(
                meeting_id=meeting_id,
                mandate_id=mandate_id,
                person_id=person_id,
                selector=token.selector,
                secret_hash=hash_secret(token.secret),
                created_at=clock.now(),
            )
        )
    return token


def open_link(text: str, network: str) -> Opened:
    """What a link opens. Raises LinkNotValid; TooManyAttempts to a network that tries many."""
    link = _find(text, network)
    seats = queries.replies_of(link.meeting)
    return Opened(link, queries.seat_of(seats, link.mandate_id), seats)


def open_reading(text: str, network: str) -> ReplyLink:
    """The link of whoever reads by it: their seat is of the day of the session, even if it gives no reply.

    Raises LinkNotValid, TooManyAttempts.
    """
    link = _find(text, network)
    if not is_of_the_day(link):
        raise LinkNotValid()
    return link


def is_of_the_day(link: ReplyLink) -> bool:
    """Whether the mandate of a link is held on the day of the session."""
    return is_held_on(link.mandate, clock.paris_day(link.meeting.starts_at))


def _find(text: str, network: str) -> ReplyLink:
    token = parse_token(text)
    link = queries.find_link(token) if token else None
    if link is None:
        throttle.check("reply.link", network, *UNKNOWN_LINKS)
        raise LinkNotValid()
    if link.meeting.state in OVER:
        raise LinkNotValid()
    return link


def note_reading(meeting_id: int, person_id: int) -> None:
    """Note that somebody opened a session: the first time, then at most every fifteen minutes."""
    now = clock.now()
    known = db.session.get(Reading, (meeting_id, person_id))
    if not must_note_reading(known.last_read_at if known else None, now):
        return
    values = {"meeting_id": meeting_id, "person_id": person_id, "first_read_at": now, "last_read_at": now}
    with transaction() as session:
        session.execute(
            insert(Reading)
            .values(**values)
            .on_conflict_do_update(index_elements=["meeting_id", "person_id"], set_={"last_read_at": now})
        )


def concerned(message: outbox.OutboxMessage) -> tuple[SeatReply, list[SeatReply]] | None:
    """The seat that a mail with a link is about, among those of the day; None when it may not leave.

    The session is convened, and whoever reads the mail replies for that seat today. The thing of such a mail
    is the session, its occurrence ends with the mandate.
    """
    meeting = db.session.get(Meeting, int(message.thing.partition(":")[2]))
    if meeting is None or meeting.state is not MeetingState.CONVENED:
        return None
    seats = queries.replies_of(meeting)
    seat = queries.seat_of(seats, int(message.occurrence.rpartition(":")[2]))
    if seat is None or not queries.may_answer(message.person_id, seat.mandate):
        return None
    return seat, seats
