"""« Acte antérieur »: what was decided before TNT followed the programme, entered on one page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.accounts.queries import people_choices
from tnt.committees.queries import institution_choices
from tnt.core import clock
from tnt.core.access import access, current_actor, holding
from tnt.core.errors import DomainError
from tnt.core.i18n import refuse
from tnt.effects.forms import PriorActForm
from tnt.effects.services import record_prior_act
from tnt.handovers.forms import Questions, with_questions
from tnt.handovers.queries import heirs, open_things
from tnt.projects.queries import list_groups
from tnt.projects.rules import Motion

effects = Blueprint("effects", __name__)


@effects.route("/decisions/acte-anterieur", methods=["GET", "POST"])
@access(holding("secretary"))
def prior_act() -> Response | str | tuple[str, int]:
    """Enter a prior act; it is in force at once, at its own date."""
    form = _form()
    form.offer(
        [(group.id, group.name) for group in list_groups()],
        people_choices(),
        institution_choices(clock.today()),
    )
    if form.validate_on_submit():
        try:
            answers = form.answers() if isinstance(form, Questions) else None
            act = record_prior_act(current_actor(), **form.values(), answers=answers)
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("L’acte antérieur est enregistré et en vigueur."), "success")
            return redirect(url_for("decisions.act", act_id=act.id), 303)
    page = render_template("effects/prior_act.html", form=form)
    return (page, 422) if form.is_submitted() else page


def _form() -> PriorActForm:
    """The form of a prior act; of one that stops a group, it asks what becomes of all that is left open."""
    text = request.form.get("group_id", "")
    stops = request.form.get("motion") == Motion.STOP
    if not stops or not (text.isascii() and text.isdigit() and len(text) < 10):
        return PriorActForm()
    return with_questions(PriorActForm, open_things(int(text)), heirs(int(text), clock.today()))()
