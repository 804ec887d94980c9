"""What the pages between sessions share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.consultations.models import WrittenConsultation
from tnt.core.access import holding

consultations = Blueprint("consultations", __name__, url_prefix="/consultations")
SECRETARY = holding("secretary")
CO_CHAIR = holding("co_chair")
REFUSED = 422
Page = str | Response | tuple[str, int]


def to_page(consultation_id: int, done: str | None = None) -> Response:
    """Back to the page of a consultation, with what was done."""
    if done:
        flash(done, "success")
    return redirect(url_for("consultations.show", consultation_id=consultation_id), 303)


def steps_to(consultation: WrittenConsultation | None = None) -> list[tuple[str, str | None]]:
    """Where a page stands."""
    steps: list[tuple[str, str | None]] = [
        (str(_("Séances")), url_for("meetings.index")),
        (str(_("Entre les séances")), url_for("consultations.index")),
    ]
    if consultation is not None:
        address = url_for("consultations.show", consultation_id=consultation.id)
        steps.append((consultation.number or consultation.title, address))
    return steps


def confirmed(consultation: WrittenConsultation, form: Any, **values: Any) -> Page:
    """The page before what is final."""
    page = render_template(
        "components/confirm.html",
        form=form,
        steps=steps_to(consultation),
        cancel_url=url_for("consultations.show", consultation_id=consultation.id),
        **values,
    )
    return (page, REFUSED) if request.method == "POST" else page
