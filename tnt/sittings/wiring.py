"""How sittings plug in: the agenda's page learns how each item ended, a meeting has its part « Tenue »."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.agendas.queries import register_outcomes
from tnt.core.access import Actor
from tnt.meetings.models import Meeting
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.meetings.tabs import register_tab
from tnt.sittings import queries, services

SHOWN = TO_COME | {MeetingState.IN_SESSION}


def init_app(_app: Flask) -> None:
    """Show the outcomes on the page of a meeting."""
    register_outcomes(_outcomes)
    register_tab("sittings.running_order", _l("Tenue"), 50, _shows_running_order)


def _shows_running_order(actor: Actor, meeting: Meeting) -> bool:
    return meeting.state in SHOWN and services.can_chair(actor, meeting)


def _outcomes(meeting_id: int) -> dict[int, str]:
    return {line.id: line.outcome.value for line in queries.list_rail(meeting_id) if line.outcome is not None}
