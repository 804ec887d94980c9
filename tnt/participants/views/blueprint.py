"""The blueprint of participants, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.accounts.forms import ProvenForm
from tnt.core.access import holding
from tnt.meetings.models import Meeting
from tnt.meetings.views import name_of

participants = Blueprint("participants", __name__)

SECRETARY = holding("secretary")
Page = str | Response | tuple[str, int]


def answer(template: str, form: ProvenForm, **values: Any) -> Page:
    """The page of a form; refused when it was sent."""
    page = render_template(template, form=form, **values)
    if request.method != "POST":
        return page
    return page, 400 if form.unproven else 422


def steps_to(meeting: Meeting) -> list[tuple[str, str | None]]:
    """The way to the page of participants."""
    return [
        (_("Séances"), url_for("meetings.index")),
        (name_of(meeting), url_for("agendas.page", meeting_id=meeting.id)),
        (_("Participants"), url_for("participants.index", meeting_id=meeting.id)),
    ]
