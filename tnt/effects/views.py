"""« Acte antérieur »: what was decided before TNT followed the programme, entered on one page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
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
from tnt.projects.queries import list_groups

effects = Blueprint("effects", __name__)


@effects.route("/decisions/acte-anterieur", methods=["GET", "POST"])
@access(holding("secretary"))
def prior_act() -> Response | str | tuple[str, int]:
    """Enter a prior act; it is in force at once, at its own date."""
    form = PriorActForm()
    form.offer(
        [(group.id, group.name) for group in list_groups()],
        people_choices(),
        institution_choices(clock.today()),
    )
    if form.validate_on_submit():
        try:
            act = record_prior_act(current_actor(), **form.values())
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("L’acte antérieur est enregistré et en vigueur."), "success")
            return redirect(url_for("decisions.act", act_id=act.id), 303)
    page = render_template("effects/prior_act.html", form=form)
    return (page, 422) if form.is_submitted() else page
