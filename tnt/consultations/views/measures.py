"""Take an interim measure, and read one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from tnt.accounts.queries import people_choices
from tnt.committees.models import Committee
from tnt.committees.queries import get_committee, institution_choices
from tnt.consultations import queries, services
from tnt.consultations.forms import MeasureForm
from tnt.consultations.rules import MEASURE_KINDS
from tnt.consultations.services.measures import can_take
from tnt.consultations.views.blueprint import CO_CHAIR, REFUSED, Page, consultations, steps_to
from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse
from tnt.decisions.forms import KINDS
from tnt.decisions.rules import is_competent
from tnt.decisions.subjects import execution_of
from tnt.intake.queries import placements_of
from tnt.meetings.forms import options
from tnt.meetings.queries import list_upcoming
from tnt.projects.queries import list_groups


@consultations.route("/mesures/nouvelle/<key>", methods=["GET", "POST"])
@access(CO_CHAIR)
def take(key: str) -> Page:
    """Decide alone until the next session, after reading what follows."""
    actor = current_actor()
    committee = get_committee(key)
    if not can_take(actor, committee.id):
        raise NotFound()
    form = _form(committee)
    if form.validate_on_submit():
        try:
            measure = services.take_measure(
                actor,
                committee_id=committee.id,
                act_kind=form.kind(),
                title=form.title.data or "",
                wording=form.wording.data or "",
                reason=form.reason.data or "",
                group_id=form.group_id.data,
                action=form.action(),
            )
        except DomainError as error:
            error.field = {"due_on": "action_due_on", "owner_id": "owner"}.get(error.field or "", error.field)
            refuse(form, error)
        else:
            flash(_("La mesure est en vigueur, à titre provisoire. Les membres sont prévenus."), "success")
            return redirect(url_for("consultations.measure", measure_id=measure.id), 303)
    coming = [meeting for meeting in list_upcoming([committee.id]) if not meeting.undated]
    page = render_template(
        "consultations/take.html",
        committee=committee,
        form=form,
        steps=steps_to(),
        coming=coming[0] if coming else None,
    )
    return (page, REFUSED) if request.method == "POST" else page


def _form(committee: Committee) -> MeasureForm:
    kinds = [kind for kind in MEASURE_KINDS if is_competent(committee.key, kind)]
    form = MeasureForm()
    nobody: list[tuple[Any, Any]] = [("", _("Personne : pas d’action"))]
    people = [(f"p-{one}", name) for one, name in people_choices()]
    institutions = [(f"i-{one}", name) for one, name in institution_choices(clock.today())]
    groups = [("", _("aucun")), *((one.id, one.name) for one in list_groups())]
    form.offer(kinds, options(nobody + people + institutions), options(groups))
    if request.method == "GET":
        form.act_kind.data = kinds[0].value
    return form


@consultations.get("/mesures/<int:measure_id>")
@access(SIGNED_IN)
def measure(measure_id: int) -> str:
    """What was decided, by whom and why, and what the committee made of it."""
    actor = current_actor()
    found = queries.get_measure(actor, measure_id)
    entry = queries.entry_of(found)
    return render_template(
        "consultations/measure.html",
        it=found,
        act=found.act,
        kind=KINDS[found.act.kind],
        entry=entry,
        placement=placements_of(actor, [entry]).get(entry.id) if entry is not None else None,
        actions=execution_of(actor, [found.act_id]).get(found.act_id, []),
        steps=steps_to(),
    )
