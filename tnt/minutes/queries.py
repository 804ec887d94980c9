"""What the minutes of a session are made of."""

from __future__ import annotations

from dataclasses import dataclass

from tnt.core.access import Actor
from tnt.core.errors import NotFound
from tnt.meetings.models import Meeting
from tnt.meetings.queries import get_meeting
from tnt.meetings.rules import HELD
from tnt.sittings.queries import Count, ItemState, SeatState, count_seats, list_item_states, list_seats


@dataclass(frozen=True, slots=True)
class Minutes:
    """A session as it was held: who was there, and item by item what was said and how it ended."""

    meeting: Meeting
    seats: list[SeatState]
    count: Count
    items: list[ItemState]


def minutes_of(actor: Actor, meeting_id: int) -> Minutes:
    """The minutes of a session that was opened. Raises NotFound to whoever may not read the meeting."""
    meeting = get_meeting(actor, meeting_id)
    if meeting.state not in HELD:
        raise NotFound()
    seats = [seat for seat in list_seats(meeting) if seat.presence is not None]
    return Minutes(meeting, seats, count_seats(meeting, seats), list_item_states(meeting.id))
