"""The preview of a levée, the record of decisions, its visas and corrections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from tnt.closing import queries, services
from tnt.closing.extracts import groups_of
from tnt.closing.forms import CorrectionForm, ScanForm, VersionedForm, VisaForm
from tnt.closing.models import DecisionRecord
from tnt.closing.record import (
    file_name,
    grouped,
    render,
    render_odt,
    says_the_same,
    status_line,
    told_to_all,
)
from tnt.closing.rules import AlreadyAdjourned, RecordState, count_effects
from tnt.core import blobs, odt
from tnt.core.access import SIGNED_IN, access, current_actor, holding
from tnt.core.downloads import attachment, download
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse, translate
from tnt.decisions.rules import ActState
from tnt.decisions.services import acts_of_meeting
from tnt.meetings.policies import reads_reserved
from tnt.meetings.rules import MeetingState
from tnt.sittings.remarks import remarks_on
from tnt.sittings.services import get_meeting_to_hold

blueprint = Blueprint("closing", __name__, url_prefix="/seances/<int:meeting_id>")
SECRETARY = holding("secretary")
CO_CHAIR = holding("co_chair")
REFUSED = 422
Answer = str | AnyResponse | tuple[str, int]


@blueprint.route("/cloture", methods=["GET", "POST"])
@access(SECRETARY)
def preview(meeting_id: int) -> Answer:
    """What lifting the session will do, and the levée."""
    meeting = get_meeting_to_hold(current_actor(), meeting_id)
    refusal = None
    if request.method == "POST":
        try:
            services.adjourn(current_actor(), meeting_id)
        except AlreadyAdjourned as error:
            flash(translate(error), "info")
            return redirect(url_for("closing.record", meeting_id=meeting_id))
        except DomainError as error:
            refusal = translate(error)
        else:
            flash(
                _("La séance est levée. Ses décisions ont pris effet, à leur date.")
                if meeting.recorded_afterwards
                else _("La séance est levée. Le relevé de décisions attend les visas."),
                "success",
            )
            return redirect(url_for("closing.record", meeting_id=meeting_id))
    elif meeting.state in {MeetingState.ADJOURNED, MeetingState.CLOSED}:
        return redirect(url_for("closing.record", meeting_id=meeting_id))
    page = render_template("closing/preview.html", meeting=meeting, refusal=refusal, **_preview(meeting))
    return (page, REFUSED) if refusal else page


def _preview(meeting: Any) -> dict[str, Any]:
    found = queries.preview_of(meeting)
    return {
        "preview": found,
        "counts": count_effects(found.lines),
        "refusals": {
            item.state.item.id: translate(item.refusal) for item in found.items if item.refusal is not None
        },
        "remarks": {
            item.state.item.id: remarks_on(item.state.item)
            for item in found.items
            if item.refusal is not None
        },
        "in_session": meeting.state is MeetingState.IN_SESSION,
    }


@blueprint.get("/releve")
@access(SIGNED_IN)
def record(meeting_id: int) -> str:
    """The record of decisions: its text, its effects, its visas, and what the reader can do."""
    return _render_record(meeting_id)


def _render_record(meeting_id: int, refused: FlaskForm | None = None) -> str:
    actor = current_actor()
    found = queries.get_record(actor, meeting_id)
    version = {"version": str(found.version)}
    forms: dict[str, VersionedForm] = {
        "visa_form": VisaForm(formdata=None, data=version),
        "correction_form": CorrectionForm(formdata=None, data=version),
        "scan_form": ScanForm(formdata=None, data=version),
    }
    for name, form in forms.items():
        if type(form) is type(refused):
            forms[name] = refused
    mine = queries.visa_awaited_from(found, actor.person_id)
    content, is_whole = readable(found)
    return render_template(
        "closing/record.html",
        record=found,
        meeting=found.meeting,
        content=content,
        attendance=grouped(content["attendance"]),
        extracts=groups_of(found, content),
        is_whole=is_whole,
        visas=queries.visas_of_version(found),
        earlier_visas=[visa for visa in found.visas if visa.record_version != found.version],
        acts={act.id: act for act in acts_of_meeting(found.meeting_id)},
        errata=queries.errata_in_force(meeting_id),
        can_give=mine is not None
        and found.state is RecordState.IN_VISA
        and actor.has("co_chair", found.meeting.committee_id),
        can_file=found.state is RecordState.IN_VISA and services.can_close(actor, found.meeting),
        can_correct=found.state is RecordState.TO_CORRECT and services.can_close(actor, found.meeting),
        can_read_meeting=queries.can_read(actor, found.meeting),
        **forms,
    )


def readable(record: DecisionRecord) -> tuple[dict[str, Any], bool]:
    """What the reader may read of a record, and whether that is all of it."""
    whole = dict(services.frozen_content(record))
    told = told_to_all(whole)
    if told == whole or reads_reserved(current_actor(), record.meeting.committee_id):
        return whole, True
    return told, False


def _act_on_record(
    meeting_id: int, form: VersionedForm, act: Callable[[], DecisionRecord], done: str
) -> Answer:
    """Do one thing to the record, or show it again with the refusal and what was typed."""
    try:
        found = act()
    except DomainError as error:
        queries.get_record(current_actor(), meeting_id)  # absent and forbidden look the same
        refuse(form, error)
        return _render_record(meeting_id, form), REFUSED
    flash(done, "success")
    if found.state is RecordState.IN_FORCE:
        flash(
            _("Plus aucun visa n’est attendu : les décisions sont en vigueur, leurs effets sont appliqués."),
            "success",
        )
    return redirect(url_for("closing.record", meeting_id=meeting_id))


@blueprint.post("/releve/viser")
@access(CO_CHAIR)
def give_visa(meeting_id: int) -> Answer:
    """Give the visa on the version read."""
    form = VisaForm()
    return _act_on_record(
        meeting_id,
        form,
        lambda: services.give_visa(current_actor(), meeting_id, form.expected_version),
        _("Votre visa est enregistré."),
    )


@blueprint.post("/releve/correction")
@access(CO_CHAIR)
def ask_correction(meeting_id: int) -> Answer:
    """Send the record back with what is to be corrected."""
    form = CorrectionForm()
    return _act_on_record(
        meeting_id,
        form,
        lambda: services.ask_correction(
            current_actor(), meeting_id, form.expected_version, form.comment.data or ""
        ),
        _("La correction est demandée ; le secrétariat est prévenu."),
    )


@blueprint.post("/releve/scan")
@access(SECRETARY)
def file_scan(meeting_id: int) -> Answer:
    """File the record signed on paper."""
    form = ScanForm()
    scan = form.scan.data.read() if form.scan.data else b""
    return _act_on_record(
        meeting_id,
        form,
        lambda: services.file_signed_scan(current_actor(), meeting_id, scan, form.expected_version),
        _("Le relevé signé est versé au dossier."),
    )


@blueprint.route("/releve/corriger", methods=["GET", "POST"])
@access(SECRETARY)
def correct(meeting_id: int) -> Answer:
    """Correct the record sent back and submit it again."""
    get_meeting_to_hold(current_actor(), meeting_id)
    found = queries.get_record(current_actor(), meeting_id)
    acts = [act for act in acts_of_meeting(meeting_id) if act.state is ActState.IN_VISA]
    typed = {act.id: request.form.get(f"wording-{act.id}", act.wording) for act in acts}
    dropped = {act.id for act in acts if request.form.get(f"drop-{act.id}") == "1"}
    form = VersionedForm(data={"version": str(found.version)})
    if request.method == "POST":
        before = services.frozen_content(found)
        try:
            corrected = services.correct(
                current_actor(),
                meeting_id,
                wordings=typed,
                dropped=dropped,
                expected_version=form.expected_version,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            if says_the_same(before, services.frozen_content(corrected)):
                flash(_("Le relevé est soumis de nouveau au visa, sans changement."), "info")
            else:
                flash(_("Le relevé corrigé est soumis de nouveau au visa."), "success")
            return redirect(url_for("closing.record", meeting_id=meeting_id))
    elif found.state is not RecordState.TO_CORRECT:
        return redirect(url_for("closing.record", meeting_id=meeting_id))
    page = render_template(
        "closing/correct.html",
        record=found,
        meeting=found.meeting,
        acts=acts,
        typed=typed,
        dropped=dropped,
        form=form,
        asked=[visa for visa in queries.visas_of_version(found) if visa.comment],
    )
    return (page, REFUSED) if form.form_errors else page


@blueprint.get("/releve.pdf")
@access(SIGNED_IN)
def record_pdf(meeting_id: int) -> Response:
    """The record as it was rendered: with its visas once in force, as submitted before.

    Without what the committee reserves, it is rendered for whoever may not read that.
    """
    found = queries.get_record(current_actor(), meeting_id)
    content, is_whole = readable(found)
    if not is_whole:
        visas = list(queries.visas_of_version(found))
        return download(render(content, visas, status_line(found)), blobs.PDF, file_name(found))
    return attachment(found.signed_pdf_sha256 or found.pdf_sha256, file_name(found))


@blueprint.get("/releve.odt")
@access(SIGNED_IN)
def record_odt(meeting_id: int) -> Response:
    """The same record to take over in a word processor, with its visas as they stand."""
    found = queries.get_record(current_actor(), meeting_id)
    visas = list(queries.visas_of_version(found))
    content, _is_whole = readable(found)
    return download(render_odt(content, visas, status_line(found)), odt.MEDIA_TYPE, file_name(found, "odt"))


@blueprint.get("/releve-signe.pdf")
@access(SIGNED_IN)
def scan(meeting_id: int) -> Response:
    """The signed scan, when one was filed: for whoever reads all that it says."""
    found = queries.get_record(current_actor(), meeting_id)
    if not readable(found)[1]:
        raise NotFound()
    return attachment(found.scan_sha256 or "", f"signe-{file_name(found)}")
