"""Reads of who comes: the seats of the day with their replies, the guests, the readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tnt.agendas.models import AgendaItem
from tnt.committees.models import Mandate, Seat, Voice
from tnt.committees.queries import mandates_on
from tnt.core import clock
from tnt.core.db import db
from tnt.meetings.models import Meeting
from tnt.participants.models import ItemGuest, Reply
from tnt.participants.rules import COMING, FILLING, Way

# a substitute comes when named by whom they replace; the secretariat holds the session
SEATS = frozenset({Seat.CO_CHAIR, Seat.FULL_MEMBER, Seat.PERMANENT_GUEST})


@dataclass(frozen=True, slots=True)
class SeatReply:
    """A seat of the day with its reply (None while none was given) and the substitutes it may name."""

    mandate: Mandate
    reply: Reply | None
    substitutes: Sequence[Mandate] = field(default=())
    starts_at: datetime | None = None

    @property
    def voice(self) -> Voice:
        """Whether the seat votes."""
        return self.mandate.voice

    @property
    def way(self) -> Way | None:
        """What was answered, None while nothing was."""
        return self.reply.way if self.reply else None

    @property
    def is_outdated(self) -> bool:
        """Whether the reply answered another date: the session moved since."""
        return self.reply is not None and self.reply.for_starts_at != self.starts_at

    @property
    def has_answered(self) -> bool:
        """Whether a reply to the present date was given."""
        return self.reply is not None and not self.is_outdated

    @property
    def is_coming(self) -> bool:
        """Whether the member comes in person, in the room or at a distance."""
        return self.has_answered and self.way in COMING

    @property
    def is_filled(self) -> bool:
        """Whether the seat is expected to be filled, by the member or by somebody named."""
        return self.has_answered and self.way in FILLING


def list_replies(meeting_id: int) -> list[SeatReply]:
    """The seats of a meeting's day with their replies, co-chairs first: three queries."""
    meeting = db.session.get_one(Meeting, meeting_id)
    return replies_of(meeting)


def replies_of(meeting: Meeting) -> list[SeatReply]:
    """The same, of a meeting already read."""
    mandates = mandates_on(meeting.committee_id, clock.paris_day(meeting.starts_at))
    replies = {
        reply.mandate_id: reply
        for reply in db.session.scalars(
            select(Reply)
            .where(Reply.meeting_id == meeting.id)
            .options(
                joinedload(Reply.substitute).joinedload(Mandate.person),
                joinedload(Reply.proxy_to).joinedload(Mandate.person),
                joinedload(Reply.given_by),
            )
        )
    }
    return [
        SeatReply(
            mandate,
            replies.get(mandate.id),
            tuple(one for one in mandates if one.substitute_for_id == mandate.id),
            meeting.starts_at,
        )
        for mandate in mandates
        if mandate.seat in SEATS
    ]


def guests_of(meeting_id: int) -> Sequence[ItemGuest]:
    """Whoever is asked for one item of a meeting, in the order of the agenda."""
    return db.session.scalars(
        select(ItemGuest)
        .join(ItemGuest.item)
        .where(AgendaItem.meeting_id == meeting_id, ItemGuest.withdrawn_at.is_(None))
        .options(joinedload(ItemGuest.item))
        .order_by(AgendaItem.position, ItemGuest.id)
    ).all()
