"""Requests: what waits, what became of mine, asking, answering."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.committees.models import Committee
from tnt.committees.queries import list_committees
from tnt.core.access import SIGNED_IN, Actor, access, current_actor, holding
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse
from tnt.decisions.forms import KINDS
from tnt.decisions.rules import ActKind, competent_committee
from tnt.intake import mails, queries, services
from tnt.intake.forms import AnswerForm, AskForm, RedirectForm, WithdrawForm
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import RequestOrigin, RequestState, may_be_consulted
from tnt.meetings.forms import options, version_of
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import (
    list_upcoming,
    prepared_committees,
    readable_committees,
    requests_close_on,
)
from tnt.meetings.rules import TO_COME
from tnt.projects.services import MOTION_OF, can_propose

intake = Blueprint("intake", __name__, url_prefix="/demandes")
SECRETARY = holding("secretary")
REFUSED = 422
ARBITRATION, OTHER = "arbitrage", "autre"
Page = str | Response | tuple[str, int]


@intake.get("")
@access(SIGNED_IN)
def index() -> str:
    """What waits for the committees that I prepare, and what became of my own requests."""
    actor = current_actor()
    prepared = prepared_committees(actor)
    mine = queries.list_mine(actor.person_id) if actor.person_id is not None else []
    pending = queries.list_pending([committee.id for committee in prepared])
    return render_template(
        "intake/index.html",
        blocks=[
            (committee, _next_meetings(committee.id), [e for e in pending if e.committee_id == committee.id])
            for committee in prepared
        ],
        mine=mine,
        placements=queries.placements_of(actor, mine),
        redirections=queries.redirections_of(entry.id for entry in mine),
        closings=_closings(actor),
        can_ask=bool(_natures(actor)),
    )


def _next_meetings(committee_id: int) -> list[Meeting]:
    """The two next sessions whose agenda may still change."""
    return [meeting for meeting in list_upcoming([committee_id]) if meeting.state in TO_COME][:2]


def _closings(actor: Actor) -> list[tuple[Meeting, date]]:
    """Until when requests are taken for the next session of each committee that the person reads."""
    return _closings_of(readable_committees(actor))


def _closings_of(committees: Iterable[Committee]) -> list[tuple[Meeting, date]]:
    found = []
    for committee in committees:
        for meeting in _next_meetings(committee.id)[:1]:
            found.append((meeting, requests_close_on(meeting)))
    return found


def _natures(actor: Actor) -> list[tuple[str, Any]]:
    """What the person may ask for: word in the address, label."""
    found: list[tuple[str, Any]] = []
    if actor.has_any("lead", "secretary"):
        found += [(kind.value, KINDS[kind]) for kind in MOTION_OF]
        found.append((ARBITRATION, _("Arbitrage pour un groupe projet")))
    if readable_committees(actor):
        found.append((OTHER, _("Autre demande au comité")))
    return found


@intake.get("/nouvelle")
@access(SIGNED_IN)
def choose() -> str:
    """What to ask: the choice comes first, then the form for it."""
    actor = current_actor()
    natures = _natures(actor)
    if not natures:
        raise NotFound()
    return render_template(
        "intake/choose.html",
        natures=natures,
        group=request.args.get("groupe"),
        proposes=can_propose(actor),
    )


@intake.route("/nouvelle/<nature>", methods=["GET", "POST"])
@access(SIGNED_IN)
def ask(nature: str) -> Page:
    """File a request."""
    actor = current_actor()
    label = dict(_natures(actor)).get(nature) or abort(404)
    kind = ActKind.OTHER if nature in {ARBITRATION, OTHER} else ActKind(nature)
    form = _ask_form(actor, kind, about_group=nature != OTHER)
    if form.validate_on_submit():
        try:
            entry = _ask(actor, kind, form)
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Demande déposée : le secrétariat du comité y donne suite."), "success")
            return redirect(url_for("intake.show", request_id=entry.id), 303)
    competent = competent_committee(kind) if kind in MOTION_OF else None
    return _answer(
        "intake/ask.html",
        form,
        label=label,
        kind=kind,
        creates=kind is ActKind.CREATE_GROUP,
        proposes=can_propose(actor),
        closings=_closings_of(
            [one for one in list_committees() if one.key == competent]
            if competent
            else readable_committees(actor)
        ),
    )


def _ask_form(actor: Actor, kind: ActKind, *, about_group: bool) -> AskForm:
    form = AskForm(data={"group_id": request.args.get("groupe"), "minutes": 15})
    motion = MOTION_OF.get(kind)
    form.keep_for(motion, about_group=about_group)
    if "committee_id" in form:
        asked = list_committees() if about_group else readable_committees(actor)
        form.committee_id.choices = options((one.id, one.name) for one in asked)
    if "group_id" in form:
        groups = queries.groups_to_ask_for(actor, motion)
        form.group_id.choices = options([("", _("Choisir…")), *groups])
    return form


def _ask(actor: Actor, kind: ActKind, form: AskForm) -> DecisionRequest:
    words: dict[str, Any] = {
        "title": form.title.data or "",
        "wording": form.wording.data or "",
        "reason": form.reason.data or "",
        "minutes": form.minutes.data or 0,
    }
    group_id = form.value("group_id")
    if group_id is None:
        return services.file_request(
            actor,
            committee_id=form.committee_id.data,
            origin=RequestOrigin.REQUEST,
            act_kind=kind,
            **words,
        )
    return services.ask_for_group(
        actor,
        act_kind=kind,
        group_id=group_id,
        committee_id=form.value("committee_id"),
        mission=form.value("mission") or "",
        stop_kind=form.chosen_stop_kind,
        effective_on=form.value("effective_on"),
        **words,
    )


@intake.get("/<int:request_id>")
@access(SIGNED_IN)
def show(request_id: int) -> str:
    """A request, each of its steps dated, and the answer."""
    actor = current_actor()
    entry = queries.get_request(actor, request_id)
    waits = entry.state is RequestState.PENDING
    prepares = can_prepare(actor, entry.committee_id)
    return render_template(
        "intake/show.html",
        entry=entry,
        kind=KINDS[entry.act_kind],
        placement=queries.placements_of(actor, [entry]).get(entry.id),
        successor=queries.redirections_of([entry.id]).get(entry.id),
        meetings=_next_meetings(entry.committee_id) if prepares and waits else [],
        can_settle=prepares and waits,
        can_consult=prepares and waits and may_be_consulted(entry.origin, entry.kind, entry.reserved),
        can_withdraw=waits and (prepares or _is_mine(actor, entry)),
    )


def _is_mine(actor: Actor, entry: DecisionRequest) -> bool:
    return actor.person_id is not None and entry.author_id == actor.person_id


@intake.route("/<int:request_id>/refuser", methods=["GET", "POST"])
@access(SECRETARY)
def refuse_request(request_id: int) -> Page:
    """Refuse, with the reason that the author reads."""
    entry = _prepared(request_id)
    form = AnswerForm(data={"version": str(entry.version)})
    return _settle(
        entry,
        form,
        _("Refuser la demande"),
        _("Demande refusée : son auteur lit votre réponse."),
        [
            *_told(entry),
            _("La demande ne revient plus d’elle-même. Son auteur peut en déposer une autre."),
        ],
        lambda: services.refuse(
            current_actor(), request_id, answer=form.answer.data or "", expected_version=version_of(form)
        ),
    )


@intake.route("/<int:request_id>/orienter", methods=["GET", "POST"])
@access(SECRETARY)
def redirect_request(request_id: int) -> Page:
    """Hand over to another committee."""
    entry = _prepared(request_id)
    form = RedirectForm(data={"version": str(entry.version)})
    others = [(one.id, one.name) for one in list_committees() if one.id != entry.committee_id]
    form.committee_id.choices = options(others)
    return _settle(
        entry,
        form,
        _("Orienter vers un autre comité"),
        _("Demande orientée vers l’autre comité."),
        [*_told(entry), _("La demande attend alors chez l’autre comité, avec son texte et son auteur.")],
        lambda: services.redirect(
            current_actor(),
            request_id,
            committee_id=form.committee_id.data or 0,
            answer=form.answer.data or "",
            expected_version=version_of(form),
        ),
    )


@intake.route("/<int:request_id>/retirer", methods=["GET", "POST"])
@access(SIGNED_IN)
def withdraw(request_id: int) -> Page:
    """Take a request back while it waits."""
    entry = queries.get_request(current_actor(), request_id)
    if not can_prepare(current_actor(), entry.committee_id) and not _is_mine(current_actor(), entry):
        raise NotFound()
    form = WithdrawForm(data={"version": str(entry.version)})
    return _settle(
        entry,
        form,
        _("Retirer la demande"),
        _("Demande retirée."),
        [
            _("Elle reste lisible dans la liste de vos demandes.")
            if _is_mine(current_actor(), entry)
            else _("Elle reste lisible pour son auteur, dans la liste de ses demandes.")
        ],
        lambda: services.withdraw(current_actor(), request_id, expected_version=version_of(form)),
    )


def _told(entry: DecisionRequest) -> list[str]:
    """That the author of a request gets the answer, where they do."""
    if entry.author is None or not mails.is_told(current_actor(), entry):
        return []
    return [_("%(name)s reçoit votre réponse par courriel.", name=entry.author.full_name)]


def _prepared(request_id: int) -> DecisionRequest:
    """An entry of a committee that the person prepares. Raises NotFound."""
    entry = queries.get_request(current_actor(), request_id)
    if not can_prepare(current_actor(), entry.committee_id):
        raise NotFound()
    return entry


def _settle(
    entry: DecisionRequest,
    form: Any,
    title: str,
    done: str,
    consequences: list[str],
    act: Callable[[], object],
) -> Page:
    request_id = entry.id
    if request.method == "GET" and entry.state is not RequestState.PENDING:
        flash(_("Cette demande a déjà reçu une suite."), "info")
        return redirect(url_for("intake.show", request_id=request_id), 303)
    if form.validate_on_submit():
        try:
            act()
        except DomainError as error:
            refuse(form, error)
            form.version.data = str(queries.get_request(current_actor(), request_id).version)
        else:
            flash(done, "success")
            return redirect(url_for("intake.show", request_id=request_id), 303)
    entry = queries.get_request(current_actor(), request_id)
    return _answer(
        "components/confirm.html",
        form,
        title=title,
        lead=entry.title,
        consequences=consequences,
        submit_label=title,
        cancel_url=url_for("intake.show", request_id=request_id),
        steps=[(_("Demandes de décision"), url_for("intake.index"))],
    )


def _answer(template: str, form: Any, **values: Any) -> Page:
    page = render_template(template, form=form, **values)
    return (page, REFUSED) if request.method == "POST" else page
