"""Choose what is asked, write it, join papers, send; and the pages of the secretariat while it runs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from tnt.accounts.queries import people_choices
from tnt.agendas.forms import ask_of
from tnt.agendas.queries import groups_for, mission_to_start_from, objectives_in
from tnt.agendas.rules import GROUP_KINDS, OBJECTIVE_KINDS
from tnt.committees.models import Committee
from tnt.committees.queries import get_committee, institution_choices
from tnt.consultations import mails, queries, services
from tnt.consultations.forms import (
    GroupQuestion,
    ObjectiveQuestion,
    PaperForm,
    PlainQuestion,
    ReasonForm,
    SendForm,
    words_of,
)
from tnt.consultations.models import ConsultationState, WrittenConsultation
from tnt.consultations.rules import KINDS as ASKED_KINDS
from tnt.consultations.rules import ConsultationOver
from tnt.consultations.services.drafting import check_effects
from tnt.consultations.services.outcomes import described_effects
from tnt.consultations.views.blueprint import (
    REFUSED,
    SECRETARY,
    Page,
    confirmed,
    consultations,
    steps_to,
    to_page,
)
from tnt.consultations.views.reading import page_of
from tnt.core import clock, uploads
from tnt.core.access import access, current_actor
from tnt.core.errors import DomainError, NotFound, Stale
from tnt.core.i18n import refuse, translate
from tnt.core.templating import current_locale
from tnt.decisions.forms import KINDS
from tnt.decisions.rules import INTERPRETED, ActKind, competent_committee, is_competent
from tnt.handovers.forms import values_of, with_questions
from tnt.handovers.queries import answers_of, handovers_of, heirs, open_things
from tnt.intake.models import DecisionRequest
from tnt.intake.queries import get_request
from tnt.intake.rules import RequestSettled, RequestState
from tnt.meetings.forms import options, version_of
from tnt.meetings.policies import can_prepare
from tnt.objectives.rules import ObjectiveState
from tnt.projects.queries import list_groups
from tnt.projects.rules import Motion

BY_GROUP = frozenset({ActKind.CREATE_GROUP, ActKind.REORIENT_GROUP, ActKind.STOP_GROUP})
ABOUT_GROUPS = (*GROUP_KINDS, ActKind.APPOINT_LEAD)


def _committee(key: str) -> Committee:
    """A committee whose secretariat the person is. Raises NotFound."""
    committee = get_committee(key)
    if not can_prepare(current_actor(), committee.id):
        raise NotFound()
    return committee


@consultations.get("/nouvelle/<key>")
@access(SECRETARY)
def choose(key: str) -> str:
    """What is asked: the choice comes first, then the form for it."""
    committee = _committee(key)
    rows = [
        (kind.value, KINDS[kind], is_competent(key, kind), competent_committee(kind), kind in INTERPRETED)
        for kind in ASKED_KINDS
    ]
    groups = {kind.value for kind in ABOUT_GROUPS}
    about_objectives = {kind.value for kind in OBJECTIVE_KINDS}
    return render_template(
        "consultations/choose.html",
        committee=committee,
        steps=steps_to(),
        about_groups=[row for row in rows if row[0] in groups],
        about_objectives=[row for row in rows if row[0] in about_objectives],
        others=[row for row in rows if row[0] not in groups | about_objectives],
    )


@consultations.route("/nouvelle/<key>/<nature>", methods=["GET", "POST"])
@access(SECRETARY)
def draft(key: str, nature: str) -> Page:
    """The form of one kind of question."""
    committee = _committee(key)
    if nature not in {kind.value for kind in ASKED_KINDS}:
        abort(404)
    kind = ActKind(nature)
    if request.method == "GET" and kind in BY_GROUP and "groupe" not in request.args:
        return render_template(
            "consultations/choose_group.html",
            committee=committee,
            nature=nature,
            label=KINDS[kind],
            steps=steps_to(),
            groups=groups_for(GROUP_KINDS[kind], clock.today()),
        )
    asked: dict[str, Any] = {
        "group_id": request.args.get("groupe"),
        "objective_id": request.args.get("objectif"),
        "due_on": _usual_deadline(committee),
    }
    form = _form(kind, asked)
    if form.validate_on_submit():
        try:
            found = _draft(committee, kind, form)
        except DomainError as error:
            refuse(form, error)
        else:
            return to_page(found.id, _("Projet enregistré : rien n’est encore envoyé."))
    return _form_page(committee, kind, form)


@consultations.route("/nouvelle/demande/<int:request_id>", methods=["GET", "POST"])
@access(SECRETARY)
def draft_from_request(request_id: int) -> Page:
    """The question that answers an entry of the intake: what is asked is already written."""
    entry = get_request(current_actor(), request_id)
    if not can_prepare(current_actor(), entry.committee_id):
        raise NotFound()
    if request.method == "GET" and entry.state is not RequestState.PENDING:
        flash(translate(RequestSettled()), "info")
        return redirect(url_for("intake.show", request_id=request_id), 303)
    kind, committee = entry.act_kind, entry.committee
    values: dict[str, Any] = {
        "title": entry.title,
        "question": entry.reason,
        "draft_wording": entry.wording,
        "due_on": _usual_deadline(committee),
        "version": str(entry.version),
    }
    if entry.group_motion_id is not None:
        values |= dict(values_of(answers_of(handovers_of(entry.group_motion_id))))
    form = _form(kind, ask_of(entry) | values, fixed=True)
    if form.validate_on_submit():
        try:
            found = services.draft_from_request(
                current_actor(),
                request_id,
                words=form.asked(),
                group_ask=form.ask() if kind in GROUP_KINDS else None,
                objective_ask=form.ask() if kind in OBJECTIVE_KINDS else None,
                expected_version=version_of(form),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return to_page(found.id, _("Projet enregistré : rien n’est encore envoyé."))
    return _form_page(committee, kind, form, asked=get_request(current_actor(), request_id))


def _usual_deadline(committee: Committee) -> date:
    """Two days more than the committee asks for, put off to Monday on a week-end."""
    day = clock.today() + timedelta(days=committee.consultation_days + 2)
    return day + timedelta(days=(8 - day.isoweekday()) % 7 if day.isoweekday() > 5 else 0)


def _form(kind: ActKind, data: dict[str, Any], *, fixed: bool = False) -> Any:
    """The form of a kind of question; `fixed`: what it is about does not change any more."""
    if kind in GROUP_KINDS:
        return _group_form(kind, data, fixed=fixed)
    if kind in OBJECTIVE_KINDS:
        return _objective_form(kind, data, fixed=fixed)
    form = PlainQuestion(data=data)
    form.group_id.choices = options([("", _("aucun")), *((one.id, one.name) for one in list_groups())])
    if fixed:
        del form.group_id
    return form


def _group_form(kind: ActKind, data: dict[str, Any], *, fixed: bool) -> Any:
    motion, day = GROUP_KINDS[kind], clock.today()
    if not fixed and kind in BY_GROUP:
        data = data | {"mission": mission_to_start_from(data.get("group_id"), day)}
    chosen = request.form.get("group_id") if request.method == "POST" and not fixed else data.get("group_id")
    text = str(chosen or "")
    known = motion is Motion.STOP and text.isascii() and text.isdigit() and len(text) < 10
    made: Any = GroupQuestion
    if known:
        made = with_questions(GroupQuestion, open_things(int(text)), heirs(int(text), day))
    form = made(data=data)
    form.keep_for(motion)
    if fixed:
        del form.group_id
    else:
        form.group_id.choices = options([("", _("Choisir…")), *groups_for(motion, day)])
    if "lead_id" in form:
        form.lead_id.choices = options([("", _("à désigner plus tard")), *people_choices()])
        form.lead_institution_id.choices = options([("", _("Choisir…")), *institution_choices(day)])
    return form


def _objective_form(kind: ActKind, data: dict[str, Any], *, fixed: bool) -> Any:
    form = ObjectiveQuestion(data=data)
    adopting = kind is ActKind.ADOPT_OBJECTIVE
    if adopting:
        form.keep_for_adoption()
    if fixed:
        del form.objective_id
    else:
        state = ObjectiveState.PROPOSED if adopting else ObjectiveState.ADOPTED
        form.objective_id.choices = options([("", _("Choisir…")), *objectives_in(state, clock.today())])
    form.show_needed()
    return form


def _draft(committee: Committee, kind: ActKind, form: Any) -> WrittenConsultation:
    return services.draft_consultation(
        current_actor(),
        committee_id=committee.id,
        act_kind=kind,
        words=form.asked(),
        group_id=form.group_id.data if "group_id" in form else None,
        group_ask=form.ask() if kind in GROUP_KINDS else None,
        objective_id=form.objective_id.data if "objective_id" in form else None,
        objective_ask=form.ask() if kind in OBJECTIVE_KINDS else None,
    )


def _form_page(
    committee: Committee,
    kind: ActKind,
    form: Any,
    it: WrittenConsultation | None = None,
    *,
    stale: bool = False,
    asked: DecisionRequest | None = None,
) -> Page:
    page = render_template(
        "consultations/form.html",
        committee=committee,
        form=form,
        it=it,
        entry=asked,
        about=it or asked,
        stale=stale,
        label=KINDS[kind],
        competent=is_competent(committee.key, kind),
        competent_key=competent_committee(kind),
        group_names=kind in GROUP_KINDS,
        drafted=kind in GROUP_KINDS or kind in OBJECTIVE_KINDS,
        steps=steps_to(it),
    )
    return (page, REFUSED) if request.method == "POST" else page


def prepared(consultation_id: int) -> WrittenConsultation:
    """A consultation of a committee that the person prepares. Raises NotFound."""
    found = queries.get_consultation(current_actor(), consultation_id)
    if not can_prepare(current_actor(), found.committee_id):
        raise NotFound()
    return found


@consultations.route("/<int:consultation_id>/modifier", methods=["GET", "POST"])
@access(SECRETARY)
def revise(consultation_id: int) -> Page:
    """Change a draft."""
    found = prepared(consultation_id)
    if found.state is not ConsultationState.DRAFT:
        flash(translate(ConsultationOver()), "info")
        return to_page(consultation_id)
    given: dict[str, Any] = {}
    if found.group_motion_id is not None:
        given = dict(values_of(answers_of(handovers_of(found.group_motion_id))))
    form = _form(found.act_kind, words_of(found) | ask_of(found) | given, fixed=True)
    kind, stale = found.act_kind, False
    if form.validate_on_submit():
        try:
            services.revise_consultation(
                current_actor(),
                consultation_id,
                words=form.asked(),
                group_ask=form.ask() if kind in GROUP_KINDS else None,
                objective_ask=form.ask() if kind in OBJECTIVE_KINDS else None,
                expected_version=version_of(form),
            )
        except DomainError as error:
            stale = isinstance(error, Stale)
            refuse(form, error)
        else:
            return to_page(consultation_id, _("Projet modifié."))
    found = prepared(consultation_id)
    if stale:
        form.version.data = str(found.version)
    return _form_page(found.committee, kind, form, found, stale=stale)


@consultations.post("/<int:consultation_id>/pieces")
@access(SECRETARY)
def add_paper(consultation_id: int) -> Page:
    """Join a paper to a draft."""
    prepared(consultation_id)
    form = PaperForm()
    handed = form.paper.data
    try:
        form.validate()
        if not handed:
            raise uploads.NoFile(field="paper")
        upload = uploads.inspect(handed.filename or "", handed.mimetype or "", handed.read())
        services.add_paper(current_actor(), consultation_id, upload=upload, title=form.title.data or "")
    except DomainError as error:
        error.field = error.field or "paper"
        refuse(form, error)
        return page_of(current_actor(), consultation_id, form), REFUSED
    return to_page(consultation_id, _("Pièce jointe."))


@consultations.post("/<int:consultation_id>/pieces/<int:paper_id>/retirer")
@access(SECRETARY)
def remove_paper(consultation_id: int, paper_id: int) -> Page:
    """Take a paper off a draft."""
    prepared(consultation_id)
    try:
        services.remove_paper(current_actor(), consultation_id, paper_id)
    except NotFound:
        raise
    except DomainError as error:
        flash(translate(error), "danger")
        return to_page(consultation_id)
    return to_page(consultation_id, _("Pièce retirée."))


@consultations.route("/<int:consultation_id>/envoyer", methods=["GET", "POST"])
@access(SECRETARY)
def send(consultation_id: int) -> Page:
    """What will be sent, to whom; then, on confirmation, send it."""
    found = prepared(consultation_id)
    form = SendForm(data={"version": str(found.version)})
    if request.method == "POST":
        try:
            _sent, count = services.send(
                current_actor(), consultation_id, expected_version=form.expected_version
            )
        except ConsultationOver as error:  # a second click
            flash(translate(error), "info")
            return to_page(consultation_id)
        except DomainError as error:
            refuse(form, error)
        else:
            sent = ngettext(
                "Consultation ouverte : %(num)s message part.",
                "Consultation ouverte : %(num)s messages partent.",
                count,
            )
            return to_page(consultation_id, sent)
    found = prepared(consultation_id)
    if found.state is not ConsultationState.DRAFT:
        return to_page(consultation_id)
    form.version.data = str(found.version)
    page = render_template("consultations/send.html", it=found, form=form, **_preview(found))
    return (page, REFUSED) if request.method == "POST" else page


def _personal_link() -> str:
    """What stands for the link of each in a message shown before it leaves."""
    return str(_("(le lien personnel de chaque destinataire)"))


def _preview(found: WrittenConsultation) -> dict[str, Any]:
    seats = queries.seats_to_consult(found.committee_id, clock.today())
    refusal = None
    lines: list[Any] = []
    try:
        check_effects(found)
        lines = described_effects(found)
    except DomainError as error:
        refusal = translate(error)
    return {
        "voting": [mandate for mandate, is_voting in seats if is_voting],
        "advisory": [mandate for mandate, is_voting in seats if not is_voting],
        "unreached": [mandate for mandate, _voting in seats if not mandate.person.email],
        "mail": mails.invitation(found, _personal_link(), current_locale()),
        "effects": lines,
        "refusal": refusal,
        "days": (found.due_on - clock.today()).days,
        "steps": steps_to(found),
    }


@consultations.route("/<int:consultation_id>/relancer", methods=["GET", "POST"])
@access(SECRETARY)
def remind(consultation_id: int) -> Page:
    """The text and those it goes to; then send it, once."""
    found = prepared(consultation_id)
    if request.method == "POST":
        try:
            count = services.remind(current_actor(), consultation_id)
        except DomainError as error:
            flash(translate(error), "info")
            return to_page(consultation_id)
        done = ngettext("%(num)s rappel part.", "%(num)s rappels partent.", count)
        return to_page(consultation_id, done)
    seats = queries.silent_seats(found) if found.state is ConsultationState.OPEN else []
    if not seats:
        return to_page(consultation_id)
    return render_template(
        "consultations/remind.html",
        it=found,
        seats=seats,
        mail=mails.reminder(found, _personal_link(), current_locale()),
        steps=steps_to(found),
    )


@consultations.route("/<int:consultation_id>/retirer", methods=["GET", "POST"])
@access(SECRETARY)
def withdraw(consultation_id: int) -> Page:
    """Give it up, with the reason that members read."""
    found = prepared(consultation_id)
    form = ReasonForm(data={"version": str(found.version)})
    if form.validate_on_submit():
        try:
            services.withdraw(
                current_actor(),
                consultation_id,
                reason=form.reason.data or "",
                expected_version=form.expected_version,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return to_page(consultation_id, _("Consultation retirée."))
    found = prepared(consultation_id)
    form.version.data = str(found.version)
    consequences = [_("Plus personne n’y répond ; les réponses reçues restent au dossier.")]
    if found.number:
        consequences.append(_("Le numéro %(number)s reste attribué, sans effet.", number=found.number))
    if found.state is ConsultationState.OPEN:
        consequences.append(_("Les personnes consultées reçoivent un message avec le motif."))
    return confirmed(
        found,
        form,
        title=_("Retirer la consultation"),
        lead=found.title,
        consequences=consequences,
        submit_label=_("Retirer la consultation"),
        danger=True,
    )
