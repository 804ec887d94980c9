"""What the minutes of a session are made of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare, can_read
from tnt.meetings.rules import HELD, MeetingState
from tnt.minutes.models import Minutes
from tnt.minutes.rules import MinutesState
from tnt.sittings.queries import (
    Count,
    ItemState,
    SeatState,
    attended,
    count_seats,
    list_item_states,
    list_seats,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A session as it was held: who was there, and item by item what was said and how it ended."""

    meeting: Meeting
    seats: list[SeatState]
    count: Count
    items: list[ItemState]


def may_read(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor reads the minutes as they stand.

    While the session is open, its secretary; from the levée on, whoever reads the meeting, and whoever
    attended it even if their mandate has ended since.
    """
    if meeting.state not in HELD:
        return False
    if can_prepare(actor, meeting.committee_id):
        return True
    if meeting.state is MeetingState.IN_SESSION:
        return False
    return can_read(actor, meeting.committee_id) or attended(actor.person_id, meeting.id)


def minutes_of(actor: Actor, meeting_id: int) -> Reading:
    """The minutes of a session. Raises NotFound to whoever may not read them."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not may_read(actor, meeting):
        raise NotFound()
    seats = [seat for seat in list_seats(meeting) if seat.presence is not None]
    return Reading(meeting, seats, count_seats(meeting, seats), list_item_states(meeting.id))


def find_minutes(meeting_id: int) -> Minutes | None:
    """The newest edition of a session's minutes, whatever its state."""
    editions = select(Minutes).where(Minutes.meeting_id == meeting_id).order_by(Minutes.edition.desc())
    return db.session.scalar(editions.limit(1))


def awaiting_approval(committee_id: int) -> Minutes | None:
    """The oldest minutes of a committee that were circulated and are not approved yet, if any.

    They are what an agenda's item « approbation du compte rendu » approves.
    """
    circulated = select(Minutes).join(Minutes.meeting).where(Minutes.state == MinutesState.CIRCULATED)
    oldest = circulated.where(Meeting.committee_id == committee_id).order_by(
        Meeting.starts_at, Minutes.edition
    )
    return db.session.scalar(oldest.limit(1))
