"""The list, one consultation with its replies and visas, its papers, and the reply of a member."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from tnt.consultations import queries, services
from tnt.consultations.forms import CorrectionForm, PaperForm, ReplyForm, ScanForm, VisaForm
from tnt.consultations.models import ConsultationState, ConsultedSeat, WrittenConsultation
from tnt.consultations.record import file_name
from tnt.consultations.rules import CHOICE_WORDS, COUNTED, RESULT_WORDS
from tnt.consultations.services.measures import can_take
from tnt.consultations.services.outcomes import described_effects
from tnt.consultations.views.blueprint import REFUSED, Page, consultations, steps_to, to_page
from tnt.core import clock
from tnt.core.access import SIGNED_IN, Actor, access, current_actor
from tnt.core.downloads import attachment
from tnt.core.errors import DomainError, NotFound
from tnt.core.formats import date_day_month
from tnt.core.i18n import refuse, translate
from tnt.decisions.forms import KINDS
from tnt.decisions.rules import Nature, competent_committee
from tnt.intake.queries import may_see
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import readable_committees


@consultations.get("")
@access(SIGNED_IN)
def index() -> str:
    """What is decided between sessions in the committees that I read, and what I am consulted on."""
    actor = current_actor()
    committees = readable_committees(actor)
    ids = [committee.id for committee in committees]
    prepared = [committee.id for committee in committees if can_prepare(actor, committee.id)]
    lines = queries.list_consultations(ids, drafts_of=prepared, most=queries.SHOWN * 3)
    measures = queries.list_measures(ids, queries.SHOWN * 3)
    return render_template(
        "consultations/index.html",
        blocks=[
            {
                "committee": committee,
                "lines": [line for line in lines if line.committee_id == committee.id],
                "measures": [line for line in measures if line.committee_id == committee.id],
                "prepares": committee.id in prepared,
                "takes": can_take(actor, committee.id),
            }
            for committee in committees
        ],
        mine=queries.awaiting(actor).to_answer,
    )


@consultations.get("/<int:consultation_id>")
@access(SIGNED_IN)
def show(consultation_id: int) -> str:
    """The question, its papers, my reply, and what came of it."""
    return page_of(current_actor(), consultation_id)


def page_of(actor: Actor, consultation_id: int, refused: Any = None) -> str:
    """The page of a consultation; `refused` is a form shown again with what was typed."""
    found = queries.get_consultation(actor, consultation_id)
    prepares = can_prepare(actor, found.committee_id)
    is_open = found.state is ConsultationState.OPEN
    answers = is_open and clock.today() <= found.due_on
    mine = queries.seats_of(actor, found) if answers else []
    version = {"version": str(found.record_version)}
    forms: dict[str, Any] = {
        "paper_form": PaperForm(formdata=None),
        "visa_form": VisaForm(formdata=None, data=version),
        "correction_form": CorrectionForm(formdata=None, data=version),
        "scan_form": ScanForm(formdata=None, data=version),
    }
    forms |= {name: refused for name, form in forms.items() if type(form) is type(refused)}
    visa = queries.visa_awaited_from(found, actor.person_id)
    return render_template(
        "consultations/show.html",
        it=found,
        kind=KINDS[found.act_kind],
        is_opinion=queries.nature_of(found) is Nature.OPINION,
        competent_key=competent_committee(found.act_kind),
        steps=_steps(found),
        effects=_effects(found),
        tally=queries.tally_of(found),
        expected=queries.expected_result(found) if is_open else found.result,
        result_words=RESULT_WORDS,
        choice_words=CHOICE_WORDS,
        asked_by=found.request if found.request is not None and may_see(actor, found.request) else None,
        prepares=prepares,
        answers=answers,
        enterable=[each for each in found.seats if queries.may_answer(actor, found, each)]
        if prepares and answers
        else [],
        mine=mine,
        reply_form=reply_form(mine[0]) if mine else None,
        sees_replies=found.state in COUNTED or (prepares and found.opened_at is not None),
        closable=prepares and is_open and _closable(found),
        remindable=prepares and answers and bool(queries.silent_seats(found)),
        visas=queries.visas_of_version(found),
        lost=queries.visas_lost(found) if prepares else [],
        can_visa=visa is not None
        and found.state is ConsultationState.IN_VISA
        and actor.has("co_chair", found.committee_id),
        **forms,
    )


def _closable(found: WrittenConsultation) -> bool:
    count = queries.tally_of(found)
    return clock.today() > found.due_on or not count.silent or bool(count.session)


def _effects(found: WrittenConsultation) -> dict[str, Any]:
    """What it will do, or why it could not; what it did stands on the page of its act."""
    if found.state is ConsultationState.IN_VISA or found.state is ConsultationState.IN_FORCE:
        return {"sentences": queries.frozen_content(found)["decisions"][0]["effects"]}
    if found.state not in {
        ConsultationState.DRAFT,
        ConsultationState.OPEN,
        ConsultationState.TO_CORRECT,
    }:
        return {"sentences": []}
    try:
        return {"lines": described_effects(found)}
    except DomainError as refusal:
        return {"refusal": translate(refusal)}


_ENDS = {
    ConsultationState.NOT_ADOPTED: "stopped",
    ConsultationState.REFERRED: "stopped",
    ConsultationState.WITHDRAWN: "stopped",
}
_RANKS = {
    ConsultationState.DRAFT: 0,
    ConsultationState.OPEN: 1,
    ConsultationState.IN_VISA: 3,
    ConsultationState.TO_CORRECT: 3,
    ConsultationState.IN_FORCE: 5,
}


def _steps(found: WrittenConsultation) -> list[dict[str, Any]]:
    """The life of the consultation, as the stepper shows it."""
    labels = [
        (_("Projet"), date_day_month(found.created_at)),
        (_("Réponses"), _("jusqu’au %(day)s", day=date_day_month(found.due_on))),
        (_("Close"), date_day_month(found.closed_at) if found.closed_at else ""),
        (_("En visa"), date_day_month(found.submitted_at) if found.submitted_at else ""),
        (_("En vigueur"), date_day_month(found.in_force_at) if found.in_force_at else ""),
    ]
    if found.state in _ENDS:
        words = {
            ConsultationState.NOT_ADOPTED: _("Non adoptée"),
            ConsultationState.REFERRED: _("Renvoyée en séance"),
            ConsultationState.WITHDRAWN: _("Retirée"),
        }
        done = labels[: 3 if found.opened_at else 1]
        ended = date_day_month(found.closed_at) if found.closed_at else ""
        return [
            *({"label": label, "state": "done", "detail": detail} for label, detail in done[:2]),
            {"label": words[found.state], "state": "stopped", "detail": ended},
        ]
    now = _RANKS[found.state]
    return [
        {
            "label": label,
            "state": "now" if rank == now else ("done" if rank < now else "todo"),
            "detail": detail,
        }
        for rank, (label, detail) in enumerate(labels)
    ]


def reply_form(seat: ConsultedSeat) -> ReplyForm:
    """The form of a seat, with its answer so far."""
    chosen = seat.choice.value if seat.choice and seat.is_voting else None
    return ReplyForm(
        formdata=None, data={"choice": chosen, "remark": seat.remark, "version": str(seat.version)}
    )


@consultations.route("/<int:consultation_id>/reponses/<int:seat_id>", methods=["GET", "POST"])
@access(SIGNED_IN)
def reply(consultation_id: int, seat_id: int) -> Page:
    """Answer for a consulted mandate: one's own, or for whom one replaces; or enter what was received."""
    actor = current_actor()
    found = queries.get_consultation(actor, consultation_id)
    seat = next((each for each in found.seats if each.id == seat_id), None)
    if seat is None or not queries.may_answer(actor, found, seat):
        raise NotFound()
    form = reply_form(seat)
    if request.method == "POST":
        form = ReplyForm()
        try:
            form.validate()
            services.reply(
                actor,
                consultation_id,
                seat_id,
                **form.given(is_voting=seat.is_voting),
            )
        except DomainError as error:
            if not form.errors:
                refuse(form, error)
        else:
            return to_page(
                consultation_id, _("Réponse enregistrée. Elle peut changer jusqu’à la date limite.")
            )
    found = queries.get_consultation(actor, consultation_id)
    seat = next(each for each in found.seats if each.id == seat_id)
    if form.form_errors:
        form.version.data = str(seat.version)  # what was typed stays; the next answer is on what is shown
    page = render_template(
        "consultations/reply.html",
        it=found,
        seat=seat,
        form=form,
        own=seat.mandate.person_id == actor.person_id,
        choice_words=CHOICE_WORDS,
        steps=steps_to(found),
    )
    return (page, REFUSED) if request.method == "POST" else page


@consultations.get("/<int:consultation_id>/pieces/<int:paper_id>")
@access(SIGNED_IN)
def paper(consultation_id: int, paper_id: int) -> Response:
    """A paper, for whoever reads the consultation."""
    found = queries.get_consultation(current_actor(), consultation_id)
    kept = next((each for each in found.papers if each.id == paper_id), None)
    if kept is None:
        raise NotFound()
    return attachment(kept.sha256, kept.file_name)


@consultations.get("/<int:consultation_id>/releve.pdf")
@access(SIGNED_IN)
def record_pdf(consultation_id: int) -> Response:
    """What the consultation decided, as it was rendered: with its visas once in force."""
    found = queries.get_consultation(current_actor(), consultation_id)
    return attachment(found.signed_pdf_sha256 or found.pdf_sha256 or "", file_name(found))
