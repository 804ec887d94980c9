"""The draft goes round: sent, read, commented by passage, each request settled side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from tnt.core import clock, dataset
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.errors import DomainError, NotFound, Stale
from tnt.core.i18n import refuse, translate
from tnt.meetings.rules import MeetingState
from tnt.minutes import queries
from tnt.minutes.forms import AmendmentForm, CirculateForm, SeenForm, SettleForm
from tnt.minutes.mails import circulated_text
from tnt.minutes.models import Amendment, Minutes, Paragraph
from tnt.minutes.rules import NOT_EDITED, AmendmentState, MinutesState
from tnt.minutes.services import approval, circulation
from tnt.minutes.views.frame import (
    REFUSED,
    SECRETARY,
    Answer,
    blueprint,
    kept_minutes,
    page_address,
    render,
    steps_to,
)
from tnt.minutes.views.reading import render_page


@blueprint.route("/compte-rendu/diffuser", methods=["GET", "POST"])
@access(SECRETARY)
def circulate(meeting_id: int) -> Answer:
    """Whom the draft goes to, the mail they get, until when they may comment; then it leaves."""
    minutes = kept_minutes(meeting_id)
    if minutes.state is not MinutesState.DRAFT:
        return redirect(page_address(meeting_id))
    days = minutes.meeting.committee.minutes_days
    proposed = clock.today() + timedelta(days=days)
    form = CirculateForm(data={"due_on": proposed, "version": str(minutes.version)})
    if request.method == "POST" and form.validate_on_submit() and form.due_on.data is not None:
        try:
            done = circulation.circulate(current_actor(), meeting_id, form.due_on.data, form.expected_version)
        except DomainError as error:
            refuse(form, error)
        else:
            count = len(queries.list_recipients(done.id))
            told = ngettext(
                "Le projet de compte rendu est diffusé à %(num)s destinataire.",
                "Le projet de compte rendu est diffusé à %(num)s destinataires.",
                count,
            )
            flash(told, "success")
            return redirect(page_address(meeting_id))
    page = _circulate_page(minutes, form, days)
    return (page, REFUSED) if form.errors or form.form_errors else page


def _circulate_page(minutes: Minutes, form: CirculateForm, days: int) -> str:
    addressees = queries.addressees_of(minutes.meeting)
    shown = Minutes(
        meeting=None,
        due_on=form.due_on.data or clock.today() + timedelta(days=days),
        tacit=minutes.meeting.committee.minutes_tacit,
    )
    return render(
        "minutes/circulate.html",
        minutes,
        form=form,
        days=days,
        addressees=addressees,
        without_mail=[each for each in addressees if not each.mandate.person.email],
        mail=circulated_text(shown, present=True, institution=""),
        ready=minutes.meeting.state is MeetingState.CLOSED,
        flagged=[each for each in queries.load_paragraphs(minutes.id) if each.source_changed],
        steps=steps_to(minutes.meeting, _("Diffuser")),
        back=page_address(minutes.meeting_id),
    )


@blueprint.post("/compte-rendu/sans-remarque")
@access(SIGNED_IN)
def no_remark(meeting_id: int) -> Answer:
    """« Je n’ai pas de remarque », on the text that the page showed."""
    actor = current_actor()
    queries.get_reading(actor, meeting_id)
    form = SeenForm()
    try:
        done = circulation.say_no_remark(actor, meeting_id, form.seen.data or "")
    except DomainError as error:
        refuse(form, error)
        return _again(meeting_id, form)
    flash(_("Votre réponse est enregistrée : vous n’avez pas de remarque."), "success")
    if done.state is MinutesState.APPROVED:
        flash(_("Tous les destinataires ont répondu : le compte rendu est approuvé."), "success")
    return redirect(page_address(meeting_id))


def _again(meeting_id: int, form: SeenForm) -> Answer:
    """The page again, with the refusal, on the text as it is now."""
    reading = queries.get_reading(current_actor(), meeting_id)
    return render_page(current_actor(), reading, form), REFUSED


@blueprint.route("/compte-rendu/passages/<int:paragraph_id>/proposer", methods=["GET", "POST"])
@access(SIGNED_IN)
def propose(meeting_id: int, paragraph_id: int) -> Answer:
    """Ask to change a passage: another wording, an explanation."""
    reading = queries.get_reading(current_actor(), meeting_id)
    minutes = reading.minutes
    paragraph = queries.get_paragraph(minutes, paragraph_id)
    if paragraph.key not in queries.keys_of(reading.content):
        raise NotFound()
    form = AmendmentForm(data={"proposed": _text_of(paragraph), "version": str(paragraph.version)})
    if request.method == "POST":
        try:
            circulation.ask(
                current_actor(),
                meeting_id,
                paragraph_id,
                proposed=form.proposed.data or "",
                comment=form.comment.data or "",
                read_version=form.expected_version,
            )
        except DomainError as error:
            if paragraph.kind in NOT_EDITED and error.field == "proposed":
                error.field = "comment"  # of a decision nothing else is asked
            refuse(form, error)
            if isinstance(error, Stale):
                form.version.data = str(paragraph.version)
        else:
            flash(_("Votre demande est transmise au secrétariat, qui y répondra."), "success")
            return redirect(page_address(meeting_id, f"passage-{paragraph.key}"))
    page = render(
        "minutes/propose.html",
        minutes,
        paragraph=paragraph,
        shown=_text_of(paragraph),
        is_fixed=paragraph.kind in NOT_EDITED,
        form=form,
        steps=steps_to(minutes.meeting, _("Demander une modification")),
        back=page_address(meeting_id, f"passage-{paragraph.key}"),
    )
    return (page, REFUSED) if form.errors or form.form_errors else page


def _text_of(paragraph: Paragraph) -> str:
    return paragraph.act.wording if paragraph.act is not None else paragraph.text


@blueprint.get("/compte-rendu/demandes")
@access(SECRETARY)
def requests(meeting_id: int) -> str:
    """Every request on the minutes, those that wait first, and who answered."""
    minutes = kept_minutes(meeting_id)
    found = list(queries.list_amendments(minutes.id))
    return render(
        "minutes/requests.html",
        minutes,
        requests=found,
        pending=[each for each in found if each.state is AmendmentState.PENDING],
        recipients=queries.list_recipients(minutes.id),
        askers={each.author_id for each in found if each.state is not AmendmentState.WITHDRAWN},
        steps=steps_to(minutes.meeting, _("Demandes")),
        back=page_address(meeting_id),
    )


@blueprint.post("/compte-rendu/demandes/<int:amendment_id>/retirer")
@access(SIGNED_IN)
def withdraw(meeting_id: int, amendment_id: int) -> Answer:
    """Take back one's own request while nobody has answered it."""
    try:
        circulation.withdraw(current_actor(), meeting_id, amendment_id)
    except NotFound:
        raise
    except DomainError as error:
        flash(translate(error), "danger")
    else:
        flash(_("Votre demande est retirée."), "success")
    return redirect(page_address(meeting_id))


@blueprint.route("/compte-rendu/demandes/<int:amendment_id>", methods=["GET", "POST"])
@access(SECRETARY)
def settle(meeting_id: int, amendment_id: int) -> Answer:
    """One request, both texts side by side: accepted with a text, or refused with a reason."""
    minutes = kept_minutes(meeting_id)
    amendment = queries.get_amendment(minutes, amendment_id)
    paragraph = amendment.paragraph
    form = SettleForm(data={"text": amendment.proposed or paragraph.text, "version": str(paragraph.version)})
    if request.method == "POST":
        try:
            done = _settled(meeting_id, amendment_id, form)
        except DomainError as error:
            refuse(form, error)
            if isinstance(error, Stale):
                form.version.data = str(paragraph.version)
        else:
            flash(_done_words(done), "success")
            return redirect(_after(done))
    page = render(
        "minutes/settle.html",
        minutes,
        amendment=amendment,
        paragraph=paragraph,
        form=form,
        read=_text_read(amendment),
        is_pending=amendment.state is AmendmentState.PENDING,
        is_decision=paragraph.kind in NOT_EDITED,
        steps=steps_to(minutes.meeting, _("Répondre à une demande")),
        back=page_address(meeting_id),
    )
    return (page, REFUSED) if form.errors or form.form_errors else page


def _settled(meeting_id: int, amendment_id: int, form: SettleForm) -> Amendment:
    answer = form.answer.data or ""
    if request.form.get("choix") == "accepter":
        return circulation.accept(
            current_actor(),
            meeting_id,
            amendment_id,
            text=form.text.data or "",
            answer=answer,
            expected_version=form.expected_version,
        )
    return circulation.refuse(current_actor(), meeting_id, amendment_id, answer=answer)


def _done_words(amendment: Amendment) -> str:
    if amendment.state is AmendmentState.ACCEPTED:
        return str(_("La demande est acceptée : le passage est modifié, son auteur est prévenu."))
    return str(_("La demande est refusée : son auteur lira pourquoi."))


def _after(settled: Amendment) -> str:
    """The requests that still wait, else the passage that was asked about."""
    minutes = settled.minutes
    if queries.count_pending(minutes.id):
        return url_for("minutes.requests", meeting_id=minutes.meeting_id)
    return page_address(minutes.meeting_id, f"passage-{settled.paragraph.key}")


def _text_read(amendment: Amendment) -> str:
    """The text that the author had read."""
    if amendment.paragraph.act is not None:
        return amendment.paragraph.act.wording
    versions: dict[int, Any] = {each.number: each for each in queries.history_of(amendment.paragraph_id)}
    read = versions.get(amendment.paragraph_version)
    return read.text if read is not None else amendment.paragraph.text


@blueprint.post("/compte-rendu/echeance")
@access(SECRETARY)
def pass_due_date(meeting_id: int) -> Answer:
    """Over demonstration data: do as if the due date were over."""
    kept_minutes(meeting_id)
    if not dataset.demo_loaded():
        raise NotFound()
    try:
        done = approval.pass_due_date(current_actor(), meeting_id)
    except DomainError as error:
        flash(translate(error), "danger")
    else:
        approved = done.state is MinutesState.APPROVED
        flash(
            _("L’échéance est passée : le compte rendu est approuvé tacitement.")
            if approved
            else _("L’échéance est passée ; ce comité approuve ses comptes rendus en séance."),
            "success",
        )
    return redirect(page_address(meeting_id))
