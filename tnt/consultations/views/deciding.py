"""Close a consultation, give the visas, correct what was sent back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template, request
from flask_babel import gettext as _

from tnt.consultations import queries, services
from tnt.consultations.forms import CloseForm, CorrectedForm, CorrectionForm, ScanForm, VisaForm
from tnt.consultations.models import ConsultationState, WrittenConsultation
from tnt.consultations.rules import RESULT_WORDS, ConsultationOver, Result, check_closing
from tnt.consultations.services.drafting import check_effects
from tnt.consultations.services.outcomes import described_effects
from tnt.consultations.views.blueprint import (
    CO_CHAIR,
    REFUSED,
    SECRETARY,
    Page,
    consultations,
    steps_to,
    to_page,
)
from tnt.consultations.views.preparing import prepared
from tnt.consultations.views.reading import page_of
from tnt.core import blobs, clock, uploads
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.downloads import attachment
from tnt.core.errors import DomainError
from tnt.core.i18n import refuse, translate


@consultations.route("/<int:consultation_id>/clore", methods=["GET", "POST"])
@access(SECRETARY)
def close(consultation_id: int) -> Page:
    """The count, what it decides and what follows; then close."""
    prepared(consultation_id)
    form = CloseForm()
    if request.method == "POST":
        try:
            found = services.close(current_actor(), consultation_id, seen=form.seen.data)
        except ConsultationOver as error:  # a second click
            flash(translate(error), "info")
            return to_page(consultation_id)
        except DomainError as error:
            refuse(form, error)
        else:
            said = _(RESULT_WORDS[found.result]) if found.result else ""
            return to_page(consultation_id, _("Consultation close : %(result)s.", result=said))
    found = prepared(consultation_id)
    if found.state is not ConsultationState.OPEN:
        return to_page(consultation_id)
    form.seen.data = queries.fingerprint(found)
    page = render_template(
        "consultations/close.html", it=found, form=form, steps=steps_to(found), **_preview(found)
    )
    return (page, REFUSED) if request.method == "POST" else page


def _preview(found: WrittenConsultation) -> dict[str, Any]:
    """What closing now would do, and what stands against it."""
    count, result = queries.tally_of(found), queries.expected_result(found)
    shown: dict[str, Any] = {"tally": count, "result": result, "result_words": RESULT_WORDS, "lines": []}
    try:
        check_closing(count, found.due_on, clock.today())
        if result is Result.ADOPTED:
            check_effects(found)
            shown["lines"] = described_effects(found)
    except DomainError as error:
        shown["refusal"] = translate(error)
    return shown


def _act(consultation_id: int, form: Any, act: Callable[[], WrittenConsultation], done: str) -> Page:
    """Do one thing to what awaits visas, or show the page again with the refusal and what was typed."""
    try:
        found = act()
    except DomainError as error:
        queries.get_consultation(current_actor(), consultation_id)  # absent and forbidden look the same
        refuse(form, error)
        return page_of(current_actor(), consultation_id, form), REFUSED
    flash(done, "success")
    if found.state is ConsultationState.IN_FORCE:
        flash(
            _("Plus aucun visa n’est attendu : la décision est en vigueur, ses effets sont appliqués."),
            "success",
        )
    return to_page(consultation_id)


@consultations.post("/<int:consultation_id>/viser")
@access(CO_CHAIR)
def give_visa(consultation_id: int) -> Page:
    """Give the visa on the version read."""
    form = VisaForm()
    return _act(
        consultation_id,
        form,
        lambda: services.give_visa(current_actor(), consultation_id, form.expected_version),
        _("Votre visa est enregistré."),
    )


@consultations.post("/<int:consultation_id>/correction")
@access(CO_CHAIR)
def ask_correction(consultation_id: int) -> Page:
    """Send the text back with what is to be corrected."""
    form = CorrectionForm()
    return _act(
        consultation_id,
        form,
        lambda: services.ask_correction(
            current_actor(), consultation_id, form.expected_version, form.comment.data or ""
        ),
        _("La correction est demandée ; le secrétariat est prévenu."),
    )


@consultations.post("/<int:consultation_id>/scan")
@access(SECRETARY)
def file_scan(consultation_id: int) -> Page:
    """File what was signed on paper."""
    form = ScanForm()
    handed = form.scan.data

    def write() -> WrittenConsultation:
        try:
            if not handed:
                raise uploads.NoFile()
            content = handed.read()
            scan = uploads.inspect(
                handed.filename or "", handed.mimetype or "", content, only=frozenset({blobs.PDF})
            )
        except uploads.Refusal as error:
            error.field = "scan"
            raise
        return services.file_signed_scan(current_actor(), consultation_id, scan, form.expected_version)

    return _act(consultation_id, form, write, _("Le relevé signé est versé au dossier."))


@consultations.get("/<int:consultation_id>/releve-signe.pdf")
@access(SIGNED_IN)
def scan(consultation_id: int) -> Response:
    """What was signed on paper, when it was filed."""
    found = queries.get_consultation(current_actor(), consultation_id)
    return attachment(found.scan_sha256 or "", f"signe-{found.number}.pdf")


@consultations.route("/<int:consultation_id>/corriger", methods=["GET", "POST"])
@access(SECRETARY)
def correct(consultation_id: int) -> Page:
    """Correct the text sent back and submit it again."""
    found = prepared(consultation_id)
    if not queries.is_to_submit_anew(found) or found.act is None:
        return to_page(consultation_id)
    form = CorrectedForm(data={"version": str(found.record_version), "wording": found.act.wording})
    if form.validate_on_submit():
        try:
            services.correct(
                current_actor(),
                consultation_id,
                wording=form.wording.data or "",
                expected_version=form.expected_version,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return to_page(consultation_id, _("Le texte corrigé est soumis de nouveau au visa."))
    found = prepared(consultation_id)
    page = render_template(
        "consultations/correct.html",
        it=found,
        form=form,
        asked=[visa for visa in queries.visas_of_version(found) if visa.comment],
        steps=steps_to(found),
    )
    return (page, REFUSED) if request.method == "POST" else page
