"""The page of a session's minutes."""

from __future__ import annotations

from flask import Blueprint, render_template

from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.meetings.rules import MeetingState
from tnt.minutes.queries import minutes_of
from tnt.sittings.rules import PRESENCE_WORDS

blueprint = Blueprint("minutes", __name__)


@blueprint.get("/seances/<int:meeting_id>/compte-rendu")
@access(SIGNED_IN)
def page(meeting_id: int) -> str:
    """Who was there, and item by item what was said and decided."""
    minutes = minutes_of(current_actor(), meeting_id)
    return render_template(
        "minutes/page.html",
        minutes=minutes,
        meeting=minutes.meeting,
        words=PRESENCE_WORDS,
        has_record=minutes.meeting.state is not MeetingState.IN_SESSION,
    )
