"""Errata: asked from the page of an act, read with both texts, given a visa or sent back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.closing import queries, services
from tnt.closing.forms import CorrectionForm, ErratumForm, VersionedForm, VisaForm
from tnt.closing.models import Erratum
from tnt.closing.rules import RecordState
from tnt.core.access import SIGNED_IN, access, current_actor, holding
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse
from tnt.decisions.queries import get_visible_act
from tnt.decisions.rules import ActState

errata = Blueprint("errata", __name__, url_prefix="/decisions")
SECRETARY = holding("secretary")
CO_CHAIR = holding("co_chair")
REFUSED = 422
Answer = str | Response | tuple[str, int]


@errata.route("/<int:act_id>/erratum", methods=["GET", "POST"])
@access(SECRETARY)
def ask(act_id: int) -> Answer:
    """Write how the words of an act should read, and submit it to the visas."""
    actor = current_actor()
    act = get_visible_act(actor, act_id)
    if act.committee_id is None or not actor.has("secretary", act.committee_id):
        raise NotFound()
    waiting = queries.find_open_erratum(act.id)
    if waiting is not None and request.method == "GET":
        return redirect(url_for("errata.page", erratum_id=waiting.id))
    form = ErratumForm(data={"corrected": queries.words_in_force(act), "version": "0"})
    if form.validate_on_submit():
        try:
            erratum = services.file_erratum(
                actor, act_id, corrected=form.corrected.data or "", reason=form.reason.data or ""
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Erratum soumis au visa des coprésidents."), "success")
            return redirect(url_for("errata.page", erratum_id=erratum.id), 303)
    act = get_visible_act(actor, act_id)
    page = render_template(
        "closing/ask_erratum.html", act=act, form=form, possible=services.can_file_erratum(actor, act)
    )
    return (page, REFUSED) if request.method == "POST" else page


@errata.get("/errata/<int:erratum_id>")
@access(SIGNED_IN)
def page(erratum_id: int) -> str:
    """Both texts, why, the visas, and what the reader can do."""
    return _render(erratum_id)


def _render(erratum_id: int, refused: VersionedForm | None = None) -> str:
    actor = current_actor()
    found = queries.get_erratum(actor, erratum_id)
    version = {"version": str(found.version)}
    forms: dict[str, VersionedForm] = {
        "visa_form": VisaForm(formdata=None, data=version),
        "correction_form": CorrectionForm(formdata=None, data=version),
        "form": ErratumForm(
            formdata=None, data=version | {"corrected": found.corrected, "reason": found.reason}
        ),
    }
    for name, form in forms.items():
        if type(form) is type(refused):
            forms[name] = refused
    committee_id = found.act.committee_id
    given_up = found.act.state is ActState.CANCELLED
    return render_template(
        "closing/erratum.html",
        erratum=found,
        words=queries.words_in_force(found.original, before=found),
        visas=queries.erratum_visas(found),
        given_up=given_up,
        can_give=found.state is RecordState.IN_VISA
        and queries.erratum_visa_awaited_from(found, actor.person_id) is not None
        and actor.has("co_chair", committee_id),
        can_correct=found.state is RecordState.TO_CORRECT
        and not given_up
        and actor.has("secretary", committee_id),
        **forms,
    )


def _act(erratum_id: int, form: VersionedForm, act: Callable[[], Erratum], done: str) -> Answer:
    """Do one thing to the erratum, or show it again with the refusal and what was typed."""
    try:
        found = act()
    except DomainError as error:
        queries.get_erratum(current_actor(), erratum_id)  # absent and forbidden look the same
        refuse(form, error)
        return _render(erratum_id, form), REFUSED
    flash(done, "success")
    if found.state is RecordState.IN_FORCE:
        flash(_("Plus aucun visa n’est attendu : l’erratum se lit désormais avec l’acte."), "success")
    return redirect(url_for("errata.page", erratum_id=erratum_id), 303)


@errata.post("/errata/<int:erratum_id>/viser")
@access(CO_CHAIR)
def give_visa(erratum_id: int) -> Answer:
    """Give the visa on the version read."""
    form = VisaForm()
    return _act(
        erratum_id,
        form,
        lambda: services.give_erratum_visa(current_actor(), erratum_id, form.expected_version),
        _("Votre visa est enregistré."),
    )


@errata.post("/errata/<int:erratum_id>/correction")
@access(CO_CHAIR)
def ask_correction(erratum_id: int) -> Answer:
    """Send it back with what is to change."""
    form = CorrectionForm()
    comment = form.comment.data or ""
    return _act(
        erratum_id,
        form,
        lambda: services.ask_erratum_correction(current_actor(), erratum_id, form.expected_version, comment),
        _("La correction est demandée ; le secrétariat est prévenu."),
    )


@errata.post("/errata/<int:erratum_id>/corriger")
@access(SECRETARY)
def resubmit(erratum_id: int) -> Answer:
    """Change an erratum that was sent back, and submit it again."""
    form = ErratumForm()
    values: dict[str, Any] = {"corrected": form.corrected.data or "", "reason": form.reason.data or ""}
    return _act(
        erratum_id,
        form,
        lambda: services.resubmit_erratum(
            current_actor(), erratum_id, expected_version=form.expected_version, **values
        ),
        _("L’erratum corrigé est soumis de nouveau au visa."),
    )


@errata.post("/errata/<int:erratum_id>/renoncer")
@access(SECRETARY)
def give_up(erratum_id: int) -> Answer:
    """Give up an erratum that was sent back."""
    form = VisaForm()
    return _act(
        erratum_id,
        form,
        lambda: services.give_up_erratum(current_actor(), erratum_id, form.expected_version),
        _("Erratum abandonné : l’acte reste tel qu’il est."),
    )
