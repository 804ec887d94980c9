"""The headings of an agenda, and those that every agenda of a committee begins with."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from tnt.agendas import queries, services
from tnt.agendas.forms import HEADING_LINES, HeadingsForm
from tnt.agendas.sections import USUAL_HEADINGS, Heading
from tnt.agendas.views.blueprint import REFUSED, SECRETARY, Page, agendas, to_page
from tnt.core.access import access, current_actor
from tnt.core.errors import DomainError, Stale
from tnt.core.i18n import refuse
from tnt.meetings.forms import version_of
from tnt.meetings.queries import get_prepared_committee, get_prepared_meeting, prepared_committees
from tnt.meetings.views import name_of

agenda_models = Blueprint("agenda_models", __name__, url_prefix="/seances/modele-ordre-du-jour")


@agendas.route("/rubriques", methods=["GET", "POST"])
@access(SECRETARY)
def sections(meeting_id: int) -> Page:
    """Rename, order, add and take away the sections of this agenda."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    form = HeadingsForm.of(queries.sections_of(meeting_id), str(meeting.version))
    if form.validate_on_submit():
        try:
            services.change_sections(
                current_actor(), meeting_id, form.headings(), expected_version=version_of(form)
            )
        except DomainError as error:
            refuse(form, error)
            if isinstance(error, Stale):
                form.version.data = str(get_prepared_meeting(current_actor(), meeting_id).version)
        else:
            flash(_("Rubriques enregistrées."), "success")
            return to_page(meeting_id, "ordre-du-jour")
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    return _answer("agendas/sections.html", form, meeting=meeting, name=name_of(meeting))


@agenda_models.route("", methods=["GET", "POST"])
@access(SECRETARY)
def standing() -> Page:
    """The headings that each agenda of a committee begins with."""
    actor = current_actor()
    committee = get_prepared_committee(actor, request.args.get("committee"))
    saved = queries.standing_headings(committee.id)
    proposed = saved or [Heading(title, gathers) for title, gathers in USUAL_HEADINGS]
    form = HeadingsForm.of(proposed, "0")
    if form.validate_on_submit():
        try:
            services.change_standing_headings(actor, committee.id, form.headings())
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Rubriques habituelles enregistrées."), "success")
            return redirect(url_for("meetings.index"), 303)
    return _answer(
        "agendas/standing.html",
        form,
        committee=committee,
        prepared=prepared_committees(actor),
        is_usual=not saved,
    )


def _answer(template: str, form: HeadingsForm, **values: Any) -> Page:
    page = render_template(template, form=form, spare=HEADING_LINES, **values)
    return (page, REFUSED) if request.method == "POST" else page
