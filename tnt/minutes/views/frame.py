"""What the pages of minutes share: their blueprint, their readers, how a refusal is shown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.core import clock
from tnt.core.access import Actor, current_actor, holding
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.formats import date_medium
from tnt.core.templating import current_locale
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_read
from tnt.minutes import queries
from tnt.minutes.models import Minutes
from tnt.minutes.policies import can_keep
from tnt.minutes.rules import MinutesState

blueprint = Blueprint("minutes", __name__, url_prefix="/seances/<int:meeting_id>")
SECRETARY = holding("secretary")
SIGNERS = holding("secretary", "co_chair")
REFUSED = 422
Answer = str | Response | tuple[str, int]


def kept_meeting(meeting_id: int) -> Meeting:
    """The meeting, for its secretary. Raises NotFound."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not can_keep(current_actor(), meeting.committee_id):
        raise NotFound()
    return meeting


def kept_minutes(meeting_id: int) -> Minutes:
    """The newest edition, for its secretary. Raises NotFound."""
    kept_meeting(meeting_id)
    minutes = queries.find_minutes(meeting_id)
    if minutes is None:
        raise NotFound()
    return minutes


def page_address(meeting_id: int, anchor: str | None = None) -> str:
    """Where the minutes of a session are read."""
    return url_for("minutes.page", meeting_id=meeting_id, _anchor=anchor)


def steps_to(meeting: Meeting, label: str) -> list[tuple[str, str | None]]:
    """The breadcrumb of a page under the minutes."""
    actor: Actor = current_actor()
    session = (
        url_for("agendas.page", meeting_id=meeting.id) if can_read(actor, meeting.committee_id) else None
    )
    return [
        (_("Séances"), url_for("meetings.index")),
        (meeting.committee.name, session),
        (_("Compte rendu"), page_address(meeting.id)),
        (label, None),
    ]


def asked_edition() -> int | None:
    """The edition that the address asks for, None for the newest."""
    text = request.args.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 6 else None


def render(template: str, minutes: Minutes, **values: Any) -> str:
    """A page about one edition."""
    return render_template(template, minutes=minutes, meeting=minutes.meeting, **values)


def stepper_of(minutes: Minutes | None) -> list[dict[str, Any]]:
    """The life of minutes: what is done, where it is, what is to come."""
    order = list(MinutesState)
    labels = {
        MinutesState.DRAFT: _("Projet"),
        MinutesState.CIRCULATED: _("Diffusé"),
        MinutesState.APPROVED: _("Approuvé"),
        MinutesState.SIGNED: _("Signé"),
        MinutesState.PUBLISHED: _("Publié"),
    }
    reached = order.index(minutes.state) if minutes is not None else -1
    over = minutes is not None and minutes.state is MinutesState.PUBLISHED
    return [
        {
            "label": labels[state],
            "state": "done"
            if rank < reached or (over and rank == reached)
            else ("now" if rank == reached else "todo"),
            "detail": _detail(minutes, state) if minutes is not None and rank <= reached else "",
        }
        for rank, state in enumerate(order)
    ]


def _detail(minutes: Minutes, state: MinutesState) -> str:
    moments = {
        MinutesState.DRAFT: minutes.drafted_at,
        MinutesState.CIRCULATED: minutes.circulated_at,
        MinutesState.APPROVED: minutes.approved_at,
        MinutesState.SIGNED: minutes.signed_at,
        MinutesState.PUBLISHED: minutes.published_at,
    }
    moment = moments[state]
    return date_medium(clock.paris_day(moment), locale=current_locale()) if moment is not None else ""
