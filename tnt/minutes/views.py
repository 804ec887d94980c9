"""The page of a session's minutes."""

from __future__ import annotations

from flask import Blueprint, render_template

from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.meetings.policies import can_read
from tnt.meetings.rules import MeetingState
from tnt.minutes.queries import minutes_of
from tnt.sittings.rules import PRESENCE_WORDS

blueprint = Blueprint("minutes", __name__)


@blueprint.get("/seances/<int:meeting_id>/compte-rendu")
@access(SIGNED_IN)
def page(meeting_id: int) -> str:
    """Who was there, and item by item what was said and decided."""
    actor = current_actor()
    minutes = minutes_of(actor, meeting_id)
    reads_meeting = can_read(actor, minutes.meeting.committee_id)
    return render_template(
        "minutes/page.html",
        minutes=minutes,
        meeting=minutes.meeting,
        words=PRESENCE_WORDS,
        reads_meeting=reads_meeting,
        # in force, the record is everybody's
        has_record=minutes.meeting.state is MeetingState.CLOSED
        or (reads_meeting and minutes.meeting.state is MeetingState.ADJOURNED),
    )
