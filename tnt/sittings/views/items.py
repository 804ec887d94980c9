"""Opening the session, then one item at a time: its texts, its outcome, its actions."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from tnt.agendas.forms import ask_of
from tnt.agendas.queries import attached_to
from tnt.core import clock
from tnt.core.access import access, current_actor
from tnt.core.addresses import number
from tnt.core.dataset import demo_loaded
from tnt.core.drawing import drawn
from tnt.core.errors import DomainError, Forbidden, NotFound, Stale
from tnt.core.i18n import refuse, translate
from tnt.core.templating import current_locale
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState, can_reconvene
from tnt.meetings.services import is_day_come
from tnt.meetings.views import name_of, page_of
from tnt.sittings import queries, services
from tnt.sittings.forms import ActionForm, OutcomeForm, ScoringForm
from tnt.sittings.queries import ItemState, RailLine, SeatLine, TextState
from tnt.sittings.remarks import remarks_on
from tnt.sittings.rules import OUTCOME_KEYS, OUTCOME_WORDS, OutcomeKind, TextField, allowed_outcomes
from tnt.sittings.views.base import REFUSED, SECRETARY, blueprint
from tnt.sittings.views.texts import votes_of

Texts = dict[TextField, TextState]


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
    texts = queries.texts_of(state.item, state.outcome)
    return _render(meeting, rail, state, _outcome_form(meeting, state, texts), texts)


def _chosen(rail: list[RailLine]) -> RailLine:
    """The item asked for, or the first one without an outcome, or the last."""
    wanted = request.args.get("point", type=number)
    for line in rail:
        if line.id == wanted:
            return line
    return next((line for line in rail if not line.is_settled), rail[-1])


def _outcome_form(meeting: Meeting, state: ItemState, texts: Texts) -> OutcomeForm:
    outcome = state.outcome
    scoring = queries.scoring_of(meeting, state.item)
    shape = OutcomeForm if scoring is None else ScoringForm
    form = shape(obj=outcome, formdata=None, data=ask_of(state.item) if scoring is not None else None)
    form.version.data = str(outcome.version if outcome else 0)
    for name, text in texts.items():
        form[name.value].data = text.text
    if outcome is not None:
        form.vote_mode.data = outcome.vote_mode.value
        form.casting.data = outcome.casting.value if outcome.casting else ""
    return form


def _action_fields(form: ActionForm) -> Markup:
    module: Any = current_app.jinja_env.get_template("sittings/_lists.html").module
    return Markup(module.action_fields(form))  # noqa: S704 - a macro escapes


@lru_cache(maxsize=32)
def _blank_action(owners: tuple[tuple[str, str], ...], _locale: str, _prefix: str) -> Markup:
    """The fields of an action that nobody has begun to type: the same on every item of a session."""
    form = ActionForm(formdata=None, prefix="action-")
    form.owner.choices = [SelectChoice(value, label) for value, label in owners]
    return _action_fields(form)


def _owners(seats: list[SeatLine]) -> tuple[tuple[str, str], ...]:
    people = {f"p{seat.person_id}": f"{seat.full_name} ({seat.short_name})" for seat in seats}
    actor = current_actor()
    if actor.person_id is not None:  # whoever holds the pen may sit in no seat
        people.setdefault(f"p{actor.person_id}", _("%(name)s (secrétariat)", name=actor.name))
    institutions = {f"i{seat.institution_id}": seat.institution for seat in seats}
    return (
        ("", _("Choisir…")),
        *sorted(institutions.items(), key=_by_name),
        *sorted(people.items(), key=_by_name),
    )


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1]


def _render(
    meeting: Meeting,
    rail: list[RailLine],
    state: ItemState,
    form: OutcomeForm,
    texts: Texts,
    action_form: ActionForm | None = None,
    saved: Any = None,
) -> str:
    rank = next(rank for rank, line in enumerate(rail) if line.id == state.item.id)
    seats = queries.list_seat_lines(meeting, state.item.id)
    now = clock.now()
    outcome = state.outcome
    moment = outcome.settled_at if outcome is not None and outcome.settled_at else now
    room = queries.room_at(meeting, seats, moment, queries.recused_of(seats))
    return render_template(
        "sittings/page.html",
        meeting=meeting,
        rail=rail,
        state=state,
        item=state.item,
        actions=queries.actions_on(state.item.id),
        papers=attached_to(current_actor(), meeting).get(state.item.id, ()),
        previous=rail[rank - 1] if rank else None,
        next=rail[rank + 1] if rank + 1 < len(rail) else None,
        form=form,
        texts=texts,
        action_form=action_form,
        action_fields=_action_fields(action_form)
        if action_form is not None
        else _blank_action(_owners(seats), current_locale(), request.script_root),
        recusals=drawn(
            "sittings/_lists.html",
            "recusals",
            tuple(
                (one.mandate_id, one.full_name, one.short_name, one.mandate_id in room.recused)
                for one in seats
            ),
        ),
        saved_version=saved,
        outcomes=[
            (kind, _(OUTCOME_WORDS[kind]), OUTCOME_KEYS[kind])
            for kind in allowed_outcomes(state.item.kind, meeting.committee.key, state.item.act_kind)
        ],
        OutcomeKind=OutcomeKind,
        OUTCOME_WORDS=OUTCOME_WORDS,
        has_mission=TextField.MISSION in texts,
        mission_apart=queries.mission_apart(state.item, outcome, texts),
        remarks=remarks_on(state.item),
        seats=seats,
        room=room,
        settled=sum(1 for line in rail if line.is_settled),
        now=now,
        pace=queries.pace_of(meeting, rail, state.item.id, now),
        person_id=current_actor().person_id,
        votes=votes_of(state),
        batch=_last_batch(rail),
        can_reconvene=_can_reconvene(meeting, rail),
        can_note_all=any(not line.is_settled and line.kind == "information" for line in rail),
    )


def _can_reconvene(meeting: Meeting, rail: list[RailLine]) -> bool:
    """Whether the session, and not only this item, lacks its quorum, with nothing settled."""
    return (
        can_reconvene(meeting.state, meeting.committee.quorum_percent, is_day_come=is_day_come(meeting))
        and not any(line.is_settled for line in rail)
        and services.lacks_quorum(meeting)
    )


def _last_batch(rail: list[RailLine]) -> tuple[str, int] | None:
    """What was settled together last, and how many points of it still stand."""
    together = [line for line in rail if line.batch is not None and line.is_settled and line.settled_at]
    if not together:
        return None
    last = max(together, key=_settled_at).batch
    return str(last), sum(1 for line in together if line.batch == last)


def _settled_at(line: RailLine) -> float:
    return line.settled_at.timestamp() if line.settled_at else 0.0


@blueprint.post("/<int:item_id>")
@access(SECRETARY)
def save(meeting_id: int, item_id: int) -> Response | tuple[str, int]:
    """Save notes, and the outcome of the button pressed."""
    form = ScoringForm() if request.form.get("scoring") else OutcomeForm()
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
    """The outcome is the button's; « enregistrer » keeps the present one, « rouvrir » clears it."""
    pressed = request.form.get("kind", "keep")
    kind = OutcomeKind(pressed) if pressed in {kind.value for kind in OutcomeKind} else None
    services.save_outcome(
        current_actor(),
        meeting_id,
        item_id,
        form.draft(kind),
        form.expected_version,
        mission=form.mission_typed or None,
        scoring=form.ask() if isinstance(form, ScoringForm) else None,
        keeps_kind=kind is None and pressed != "reopen",
    )


def _refused_page(
    meeting_id: int, item_id: int, form: OutcomeForm, refusal: DomainError | None
) -> tuple[str, int]:
    """The same page with everything typed; with the saved version beside when somebody else saved."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    state = queries.get_item_state(meeting.id, item_id)
    texts = queries.texts_of(state.item, state.outcome)
    saved = None
    if isinstance(refusal, Stale) and state.outcome is not None:
        saved = state.outcome
        form.version.data = str(saved.version)
    page = _render(meeting, queries.list_rail(meeting.id), state, form, texts, saved=saved)
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
        owner_id, institution_id = form.owner.ids
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
    texts = queries.texts_of(state.item, state.outcome)
    rail = queries.list_rail(meeting.id)
    return _render(meeting, rail, state, _outcome_form(meeting, state, texts), texts, form), REFUSED


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


@blueprint.post("/ensemble/annuler")
@access(SECRETARY)
def undo_together(meeting_id: int) -> Response:
    """Take back what was settled together."""
    try:
        undone = services.undo_together(current_actor(), meeting_id, request.form.get("batch", ""))
    except DomainError as error:
        if isinstance(error, NotFound | Forbidden):
            raise
        flash(translate(error), "danger")
    else:
        flash(ngettext("%(num)s point est rouvert.", "%(num)s points sont rouverts.", undone), "success")
    return redirect(url_for("sittings.page", meeting_id=meeting_id))
