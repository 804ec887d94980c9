"""What is proposed for an agenda: taken, left out, taken back."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.agendas import services
from tnt.agendas.views.blueprint import SECRETARY, agendas, attempt, to_page
from tnt.core.access import access, current_actor
from tnt.core.addresses import number
from tnt.meetings.queries import get_prepared_meeting


@agendas.post("/proposes/ajouter")
@access(SECRETARY)
def add_proposal(meeting_id: int) -> Response:
    """Put on the agenda what was proposed for it."""
    get_prepared_meeting(current_actor(), meeting_id)
    key = request.form.get("cle", "")
    if attempt(lambda: services.add_proposal(current_actor(), meeting_id, key)):
        flash(_("Point ajouté à l’ordre du jour."), "success")
    if request.form.get("retour") == "demandes":  # placed from the intake: the next request waits there
        return redirect(url_for("intake.index"), 303)
    return to_page(meeting_id, "ordre-du-jour")


@agendas.post("/proposes/ecarter")
@access(SECRETARY)
def leave_out(meeting_id: int) -> Response:
    """Do not take it for this session."""
    get_prepared_meeting(current_actor(), meeting_id)
    key = request.form.get("cle", "")
    if attempt(lambda: services.leave_out(current_actor(), meeting_id, key)):
        flash(_("Écarté pour cette séance : vous pouvez le reprendre plus bas."), "success")
    return to_page(meeting_id, "proposes")


@agendas.post("/proposes/reprendre")
@access(SECRETARY)
def take_back(meeting_id: int) -> Response:
    """Propose it again."""
    get_prepared_meeting(current_actor(), meeting_id)
    left_id = request.form.get("ecarte", type=number) or 0
    if attempt(lambda: services.take_back(current_actor(), meeting_id, left_id)):
        flash(_("De nouveau proposé."), "success")
    return to_page(meeting_id, "proposes")
