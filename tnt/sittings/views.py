"""Session mode: open, call the roll, settle each item, note actions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from tnt.core import clock
from tnt.core.access import access, current_actor, holding
from tnt.core.addresses import number
from tnt.core.dataset import demo_loaded
from tnt.core.errors import DomainError, Stale
from tnt.core.i18n import refuse, translate
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.meetings.views import name_of, page_of
from tnt.sittings import queries, services
from tnt.sittings.forms import ActionForm, OutcomeForm
from tnt.sittings.queries import ItemState, RailLine, SeatLine
from tnt.sittings.rules import (
    NAMED,
    OUTCOME_KEYS,
    OUTCOME_WORDS,
    PRESENCE_WORDS,
    OutcomeKind,
    Presence,
    allowed_outcomes,
)

blueprint = Blueprint("sittings", __name__, url_prefix="/seances/<int:meeting_id>/tenue")
SECRETARY = holding("secretary")
REFUSED = 422


@blueprint.route("/ouvrir", methods=["GET", "POST"])
@access(SECRETARY)
def open(meeting_id: int) -> str | Response | tuple[str, int]:
    """Open the session, after a page that says what it means."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    refusal = None
    early = services.is_too_early(meeting) and demo_loaded()
    if request.method == "POST":
        try:
            services.open_session(current_actor(), meeting_id, bring_forward=early)
        except DomainError as error:
            refusal = translate(error)
        else:
            return redirect(url_for("sittings.roll", meeting_id=meeting_id))
    page = render_template(
        "components/confirm.html",
        title=_("Ouvrir la séance"),
        steps=[(_("Séances"), url_for("meetings.index")), (name_of(meeting), page_of(meeting))],
        lead=_("Dès l’ouverture, l’ordre du jour est fixé : on n’y ajoute plus de point."),
        consequences=[
            _("Vous faites l’appel, puis chaque point reçoit son résultat."),
            _("Les résultats restent modifiables jusqu’à la levée de la séance."),
        ],
        warning=_("Démonstration : la séance est avancée à l’instant présent, pour la tenir sans attendre.")
        if early
        else None,
        submit_label=_("Ouvrir la séance"),
        cancel_url=url_for("agendas.page", meeting_id=meeting.id),
        refusal=refusal,
    )
    return (page, REFUSED) if refusal else page


@blueprint.get("")
@access(SECRETARY)
def page(meeting_id: int) -> str | Response:
    """One item at a time, the others in the rail."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    if meeting.state is not MeetingState.IN_SESSION:
        return redirect(url_for("agendas.page", meeting_id=meeting_id))
    rail = queries.list_rail(meeting.id)
    state = queries.get_item_state(meeting.id, _chosen(rail).id)
    return _render(meeting, rail, state, _outcome_form(state))


def _chosen(rail: list[RailLine]) -> RailLine:
    """The item asked for, or the first one without an outcome, or the last."""
    wanted = request.args.get("point", type=number)
    for line in rail:
        if line.id == wanted:
            return line
    return next((line for line in rail if not line.is_settled), rail[-1])


def _outcome_form(state: ItemState) -> OutcomeForm:
    outcome = state.outcome
    form = OutcomeForm(obj=outcome, formdata=None)
    form.version.data = str(outcome.version if outcome else 0)
    if outcome is None or not outcome.wording:
        form.wording.data = state.item.draft_wording
    if outcome is not None:
        form.vote_mode.data = outcome.vote_mode.value
    motion = state.item.group_motion
    form.mission.data = motion.mission if motion else ""
    return form


def _action_form(seats: list[SeatLine]) -> ActionForm:
    form = ActionForm(formdata=None, prefix="action-")
    form.owner.choices = [SelectChoice(value, label) for value, label in _owners(seats)]
    return form


def _owners(seats: list[SeatLine]) -> list[tuple[str, str]]:
    people = {f"p{seat.person_id}": f"{seat.full_name} ({seat.short_name})" for seat in seats}
    institutions = {f"i{seat.institution_id}": seat.institution for seat in seats}
    return [
        ("", _("Choisir…")),
        *sorted(institutions.items(), key=_by_name),
        *sorted(people.items(), key=_by_name),
    ]


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1]


def _render(
    meeting: Meeting,
    rail: list[RailLine],
    state: ItemState,
    form: OutcomeForm,
    action_form: ActionForm | None = None,
    saved: Any = None,
) -> str:
    rank = next(rank for rank, line in enumerate(rail) if line.id == state.item.id)
    seats = queries.list_seat_lines(meeting)
    return render_template(
        "sittings/page.html",
        meeting=meeting,
        rail=rail,
        state=state,
        item=state.item,
        actions=queries.actions_on(state.item.id),
        previous=rail[rank - 1] if rank else None,
        next=rail[rank + 1] if rank + 1 < len(rail) else None,
        form=form,
        action_form=action_form or _action_form(seats),
        saved_version=saved,
        outcomes=[
            (kind, _(OUTCOME_WORDS[kind]), OUTCOME_KEYS[kind])
            for kind in allowed_outcomes(state.item.kind, meeting.committee.key, state.item.act_kind)
        ],
        OutcomeKind=OutcomeKind,
        has_mission=queries.has_mission(state.item),
        count=queries.count_seats(meeting, seats),
        settled=sum(1 for line in rail if line.is_settled),
        now=clock.now(),
        can_note_all=any(not line.is_settled and line.kind == "information" for line in rail),
    )


@blueprint.post("/<int:item_id>")
@access(SECRETARY)
def save(meeting_id: int, item_id: int) -> Response | tuple[str, int]:
    """Save notes, and the outcome of the button pressed."""
    form = OutcomeForm()
    refusal: DomainError | None = None
    if form.validate():
        try:
            _save(meeting_id, item_id, form)
        except DomainError as error:
            refuse(form, error)
            refusal = error
        else:
            return redirect(url_for("sittings.page", meeting_id=meeting_id, point=item_id, _anchor="point"))
    return _refused_page(meeting_id, item_id, form, refusal)


def _save(meeting_id: int, item_id: int, form: OutcomeForm) -> None:
    """The outcome is the button's; « enregistrer » keeps the present one, « rouvrir » clears it."""
    pressed = request.form.get("kind", "keep")
    kind = OutcomeKind(pressed) if pressed in {kind.value for kind in OutcomeKind} else None
    services.save_outcome(
        current_actor(),
        meeting_id,
        item_id,
        form.draft(kind),
        form.expected_version,
        mission=(form.mission.data or "").strip() or None,
        keeps_kind=kind is None and pressed != "reopen",
    )


def _refused_page(
    meeting_id: int, item_id: int, form: OutcomeForm, refusal: DomainError | None
) -> tuple[str, int]:
    """The same page with everything typed; with the saved version beside when somebody else saved."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    state = queries.get_item_state(meeting.id, item_id)
    saved = None
    if isinstance(refusal, Stale) and state.outcome is not None:
        saved = state.outcome
        form.version.data = str(saved.version)
    page = _render(meeting, queries.list_rail(meeting.id), state, form, saved=saved)
    return page, 409 if saved is not None else REFUSED


@blueprint.post("/<int:item_id>/action")
@access(SECRETARY)
def add_action(meeting_id: int, item_id: int) -> Response | tuple[str, int]:
    """Note an action on the item."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    form = ActionForm(prefix="action-")
    form.owner.choices = [
        SelectChoice(value, label) for value, label in _owners(queries.list_seat_lines(meeting))
    ]
    if form.validate() and form.due_on.data is not None:
        owner_id, institution_id = form.owner_ids
        try:
            services.note_action(
                current_actor(),
                meeting_id,
                item_id,
                title=form.title.data or "",
                owner_id=owner_id,
                owner_institution_id=institution_id,
                due_on=form.due_on.data,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect(url_for("sittings.page", meeting_id=meeting_id, point=item_id, _anchor="actions"))
    state = queries.get_item_state(meeting.id, item_id)
    return _render(meeting, queries.list_rail(meeting.id), state, _outcome_form(state), form), REFUSED


@blueprint.post("/action/<int:action_id>/retirer")
@access(SECRETARY)
def remove_action(meeting_id: int, action_id: int) -> Response:
    """Take back an action noted by mistake."""
    services.remove_action(current_actor(), meeting_id, action_id)
    point = request.form.get("point", type=number)
    return redirect(url_for("sittings.page", meeting_id=meeting_id, point=point, _anchor="actions"))


@blueprint.post("/ensemble")
@access(SECRETARY)
def together(meeting_id: int) -> Response:
    """Note the information items together, or defer what is left when the session breaks off."""
    services.get_meeting_to_hold(current_actor(), meeting_id)
    deferring = request.form.get("kind") == OutcomeKind.DEFERRED.value
    kind = OutcomeKind.DEFERRED if deferring else OutcomeKind.NOTED
    try:
        settled = services.settle_together(
            current_actor(), meeting_id, kind, request.form.get("reason", "").strip()
        )
    except DomainError as error:
        flash(translate(error), "danger")
    else:
        flash(ngettext("%(num)s point est réglé.", "%(num)s points sont réglés.", settled), "success")
    return redirect(url_for("sittings.page", meeting_id=meeting_id))


@blueprint.route("/appel", methods=["GET", "POST"])
@access(SECRETARY)
def roll(meeting_id: int) -> str | Response | tuple[str, int]:
    """Call the roll: how each seat is filled."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            services.call_roll(current_actor(), meeting_id, _roll_entries(meeting))
        except DomainError as error:
            refusal = error
        else:
            flash(_("L’appel est enregistré."), "success")
            return redirect(url_for("sittings.page", meeting_id=meeting_id))
    seats = queries.list_seats(meeting)
    page = render_template(
        "sittings/roll.html",
        meeting=meeting,
        seats=seats,
        count=queries.count_seats(meeting, seats),
        choices=_presence_choices(meeting),
        typed=request.form,
        refusal=translate(refusal) if refusal else None,
        refused_field=refusal.field if refusal else None,
    )
    return (page, REFUSED) if refusal else page


def _presence_choices(meeting: Meeting) -> list[tuple[str, str]]:
    """The presences to choose from; proxies only where the committee allows them."""
    return [
        (presence.value, _(words))
        for presence, words in PRESENCE_WORDS.items()
        if presence is not Presence.BY_PROXY or meeting.committee.proxies_enabled
    ]


def _roll_entries(meeting: Meeting) -> dict[int, tuple[Presence | None, str]]:
    everyone = request.form.get("everyone") == "present"
    known = {presence.value for presence in Presence}
    entries: dict[int, tuple[Presence | None, str]] = {}
    for seat in queries.list_seats(meeting):
        chosen = request.form.get(f"presence-{seat.mandate.id}", "")
        presence = Presence(chosen) if chosen in known else None
        if everyone and presence is None:
            presence = Presence.PRESENT
        named = request.form.get(f"name-{seat.mandate.id}", "")
        entries[seat.mandate.id] = (presence, named if presence in NAMED else "")
    return entries
