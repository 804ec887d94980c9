"""« Suites données »: what decisions asked, until proven done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from tnt.actions import queries, services
from tnt.actions.forms import STATES, DoneForm, FilterForm, ProgressForm, ReasonForm, TermsForm
from tnt.actions.models import Action
from tnt.actions.queries import CommitteeName, Filters
from tnt.actions.rules import days_late, shown_state
from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.days import find_day
from tnt.core.downloads import attachment
from tnt.core.errors import DomainError, Forbidden, NotFound, Stale
from tnt.core.i18n import refuse
from tnt.core.uploads import Refusal, Upload, inspect, receives_files

actions = Blueprint("actions", __name__, url_prefix="/suites")

Page = Response | str | tuple[str, int]
MINE, ALL = "miennes", "toutes"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _filters(form: FilterForm, mine: bool, committees: list[CommitteeName]) -> Filters:
    """The filters of the address, as the reads understand them."""
    by_key = {each.key: each.id for each in committees}
    return Filters(
        mine=mine,
        state=STATES[form.etat.data][0],
        committee_id=by_key.get(form.comite.data or ""),
        owner="" if mine else form.responsable.data or "",
        page=_number(request.args.get("page")) or 1,
    )


@actions.get("")
@access(SIGNED_IN)
def index() -> str:
    """My actions, or all those of my committees."""
    actor, today = current_actor(), clock.today()
    mine = request.args.get("vue") != ALL
    committees = queries.committees_of(actor)
    form = FilterForm(request.args)
    form.offer([] if mine else queries.owner_choices(actor, today), committees)
    page = queries.list_page(actor, _filters(form, mine, committees), today)
    return render_template(
        "actions/index.html",
        form=form,
        mine=mine,
        page=page,
        committees=committees,
        shown=lambda action: shown_state(action.state, action.due_on, today),
        late=lambda action: days_late(action.state, action.due_on, today),
        can_finish=lambda action: services.can_finish_listed(actor, action),
    )


@actions.get("/<int:action_id>")
@access(SIGNED_IN)
def action(action_id: int) -> str:
    """One action: what is asked, of whom, by when, and what became of it."""
    found = _readable(action_id)
    return _page(found)


def _readable(action_id: int) -> Action:
    """The action, if the person may see it. Raises NotFound."""
    found = queries.get_action(action_id)
    if not queries.can_read(current_actor(), found, clock.today()):
        raise NotFound()
    return found


def _page(found: Action, **refused: FlaskForm) -> str:
    """The page of an action, with whatever form was refused as it was typed."""
    actor, today = current_actor(), clock.today()
    done = DoneForm(formdata=None, done_on=today, version=found.version)
    forms: dict[str, Any] = {
        "progress": ProgressForm(formdata=None),
        "done": done,
        "dropping": ReasonForm(formdata=None, version=found.version, prefix="abandon-"),
        "reopening": ReasonForm(formdata=None, version=found.version, prefix="reprise-"),
    }
    can_settle = services.can_settle(actor, found)
    if can_settle and "terms" not in refused:
        forms["terms"] = _terms(found, formdata=None, due_on=found.due_on, version=found.version)
    return render_template(
        "actions/action.html",
        action=found,
        shown=shown_state(found.state, found.due_on, today),
        late=days_late(found.state, found.due_on, today),
        owner=services.owner_name(found),
        history=queries.history_of(found.id),
        notes=queries.notes_of(found.id),
        find_day=find_day,
        can_finish=services.can_finish(actor, found),
        can_settle=can_settle,
        **(forms | refused),
    )


def _terms(found: Action, **values: Any) -> TermsForm:
    """The form of a change of terms, with the owners who may be chosen."""
    owner = f"p{found.owner_id}" if found.owner_id is not None else f"i{found.owner_institution_id}"
    form = TermsForm(prefix="echeance-", owner=owner, **values)
    form.offer(queries.owners_in(found.committee_id, clock.today()), (owner, services.owner_name(found)))
    return form


def _act(action_id: int, name: str, form: FlaskForm, write: Callable[[], object], done: str) -> Page:
    """Do one thing to an action: back to its page, or the form again with everything typed."""
    if form.validate():
        try:
            write()
        except (NotFound, Forbidden):
            raise  # the page shows this form to those only who may send it
        except DomainError as error:
            refuse(form, error)
            if isinstance(error, Stale):
                form.version.data = str(_readable(action_id).version)
        else:
            flash(done, "success")
            return redirect(url_for(".action", action_id=action_id), 303)
    return _page(_readable(action_id), **{name: form}), 422


@actions.get("/<int:action_id>/preuve")
@access(SIGNED_IN)
def proof(action_id: int) -> Response:
    """The file that proves it, for whoever reads the action."""
    found = _readable(action_id)
    return attachment(found.proof_sha256 or "", found.proof_name)


@actions.post("/<int:action_id>/achever")
@access(SIGNED_IN)
@receives_files
def finish(action_id: int) -> Page:
    """Say that the action is done, with its proof."""
    form = DoneForm()

    def write() -> object:
        return services.mark_done(
            current_actor(),
            action_id,
            proof=form.proof.data or "",
            done_on=form.done_on.data,
            file=_handed(form),
            expected_version=_number(form.version.data),
        )

    return _act(action_id, "done", form, write, _("L’action est achevée."))


def _handed(form: DoneForm) -> Upload | None:
    """The file that was handed in, looked into. Raises Refusal."""
    handed = form.file.data
    if not handed:
        return None
    try:
        return inspect(handed.filename or "", handed.mimetype or "", handed.read())
    except Refusal as error:
        error.field = "file"
        raise


@actions.post("/<int:action_id>/avancement")
@access(SIGNED_IN)
def note_progress(action_id: int) -> Page:
    """Say how far the action is."""
    form = ProgressForm()

    def write() -> object:
        return services.note_progress(current_actor(), action_id, form.text.data or "")

    return _act(action_id, "progress", form, write, _("Avancement noté."))


@actions.post("/<int:action_id>/echeance")
@access(SIGNED_IN)
def change_terms(action_id: int) -> Page:
    """Give the action another due date or another owner, with the reason."""
    form = _terms(_readable(action_id))

    def write() -> object:
        owner_id, institution_id = form.owner.ids
        due_on: Any = form.due_on.data  # the form has checked that it is there
        return services.change_terms(
            current_actor(),
            action_id,
            due_on=due_on,
            owner_id=owner_id,
            owner_institution_id=institution_id,
            reason=form.reason.data or "",
            expected_version=_number(form.version.data),
        )

    return _act(action_id, "terms", form, write, _("L’échéance et le responsable sont à jour."))


@actions.post("/<int:action_id>/abandonner")
@access(SIGNED_IN)
def drop(action_id: int) -> Page:
    """Give the action up, with the reason."""
    form = ReasonForm(prefix="abandon-")

    def write() -> object:
        return services.drop_action(
            current_actor(),
            action_id,
            reason=form.reason.data or "",
            expected_version=_number(form.version.data),
        )

    return _act(action_id, "dropping", form, write, _("L’action est abandonnée."))


@actions.post("/<int:action_id>/rouvrir")
@access(SIGNED_IN)
def reopen(action_id: int) -> Page:
    """Open the action again, with the reason."""
    form = ReasonForm(prefix="reprise-")

    def write() -> object:
        return services.reopen(
            current_actor(),
            action_id,
            reason=form.reason.data or "",
            expected_version=_number(form.version.data),
        )

    return _act(action_id, "reopening", form, write, _("L’action est rouverte."))
