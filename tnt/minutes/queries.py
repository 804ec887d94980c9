"""What the minutes of a session are made of."""

from __future__ import annotations

from dataclasses import dataclass

from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare, can_read
from tnt.meetings.rules import HELD, MeetingState
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
class Minutes:
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


def minutes_of(actor: Actor, meeting_id: int) -> Minutes:
    """The minutes of a session. Raises NotFound to whoever may not read them."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not may_read(actor, meeting):
        raise NotFound()
    seats = [seat for seat in list_seats(meeting) if seat.presence is not None]
    return Minutes(meeting, seats, count_seats(meeting, seats), list_item_states(meeting.id))
