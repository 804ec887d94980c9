"""Semester objectives: those of a semester, one of them, a new one."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.core import clock
from tnt.core.access import SIGNED_IN, Actor, access, current_actor, holding
from tnt.core.errors import DomainError, Forbidden, NotFound
from tnt.core.i18n import refuse, translate
from tnt.objectives import queries, services
from tnt.objectives.forms import ProposeForm, RewordForm
from tnt.objectives.rules import ObjectiveState, parse_semester
from tnt.programme.rules import Every, Period, period_of
from tnt.projects.queries import get_group_by_slug

objectives = Blueprint("objectives", __name__, url_prefix="/objectifs")

Page = Response | str | tuple[str, int]


def _semester_asked(today: date) -> Period:
    """The semester of the address, the present one by default. Raises NotFound for what is none."""
    code = request.args.get("semestre", "")
    if not code:
        return period_of(today, Every.SEMESTER)
    try:
        return parse_semester(code)
    except DomainError:
        raise NotFound() from None


@objectives.get("")
@access(SIGNED_IN)
def index() -> str:
    """The objectives of a semester, by workstream and group."""
    semester, current = _semester_asked(clock.today()), period_of(clock.today(), Every.SEMESTER)
    tally = queries.tally(semester.code)
    return render_template(
        "objectives/index.html",
        semester=semester,
        current=current,
        semesters=queries.semesters(clock.today()),
        board=queries.list_board(semester.code, tally.total, _number(request.args.get("page")) or 1),
        withdrawn=queries.list_withdrawn(semester.code) if tally.withdrawn else [],
        tally=tally,
        can_propose=services.may_propose_some(current_actor()),
    )


@objectives.get("/<int:objective_id>")
@access(SIGNED_IN)
def objective(objective_id: int) -> str:
    """One objective: what decisions made of it, where it comes from, what it became."""
    found = queries.get_objective(objective_id)
    standing = queries.standing_of(found)
    return render_template(
        "objectives/objective.html",
        objective=found,
        standing=standing,
        semester=parse_semester(found.semester),
        story=queries.story_of(found),
        lineage=queries.lineage_of(found),
        can_edit=standing.state is ObjectiveState.PROPOSED
        and services.can_propose(current_actor(), found.group_id)
        and services.reserved_by(found.id) is None,
        can_ask=standing.state in {ObjectiveState.PROPOSED, ObjectiveState.ADOPTED}
        and services.can_propose(current_actor(), found.group_id),
    )


@objectives.route("/proposer", methods=["GET", "POST"])
@access(holding("secretary", "lead"))
def propose() -> Page:
    """Propose an objective: it is « proposé » until the committee decides."""
    actor, form = current_actor(), ProposeForm()
    _offer(form, actor)
    if request.method == "GET":
        _prefill(form)
        return render_template("objectives/propose.html", form=form)
    if form.validate():
        try:
            created = services.propose_objective(
                actor,
                group_id=_number(form.group_id.data),
                semester=form.semester.data,
                title=form.title.data or "",
                measure=form.measure.data or "",
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(
                _("L’objectif est proposé. Le comité de coordination l’adopte par une décision."), "success"
            )
            return redirect(url_for(".objective", objective_id=created.id), 303)
    return render_template("objectives/propose.html", form=form), 422


def _offer(form: ProposeForm, actor: Actor) -> None:
    secretary = services.is_secretary(actor)
    groups = queries.groups_to_choose(None if secretary else actor.scopes("lead"), clock.today())
    form.offer(groups, queries.semesters_to_propose(clock.today(), past=secretary))


def _prefill(form: ProposeForm) -> None:
    slug = request.args.get("groupe", "")
    if slug:
        form.group_id.data = str(get_group_by_slug(slug).id)
    form.semester.data = request.args.get("semestre") or form.semester.data


def _number(text: str | None) -> int:
    """The id that a list sent; 0, which nothing has, for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else 0


@objectives.route("/<int:objective_id>/modifier", methods=["GET", "POST"])
@access(SIGNED_IN)
def reword(objective_id: int) -> Page:
    """Change the texts of an objective that is still proposed."""
    found = queries.get_objective(objective_id)
    if not services.can_propose(current_actor(), found.group_id):
        raise Forbidden()
    form = RewordForm(obj=found if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            services.reword_objective(
                current_actor(),
                objective_id,
                title=form.title.data or "",
                measure=form.measure.data or "",
                expected_version=_number(form.version.data),
            )
        except DomainError as error:
            refuse(form, error)
            form.version.data = str(queries.get_objective(objective_id).version)
        else:
            flash(_("L’objectif est modifié."), "success")
            return redirect(url_for(".objective", objective_id=objective_id), 303)
    page = render_template("objectives/reword.html", form=form, objective=found)
    return page if request.method == "GET" else (page, 422)


@objectives.route("/<int:objective_id>/retirer", methods=["GET", "POST"])
@access(SIGNED_IN)
def withdraw(objective_id: int) -> Page:
    """Take a proposal back, after having read what that means."""
    found = queries.get_objective(objective_id)
    if not services.can_propose(current_actor(), found.group_id):
        raise Forbidden()
    refusal = None
    if request.method == "POST":
        try:
            services.withdraw_objective(current_actor(), objective_id)
        except DomainError as error:
            refusal = translate(error)
        else:
            flash(_("L’objectif est retiré."), "success")
            return redirect(url_for(".index", semestre=found.semester), 303)
    page = render_template(
        "components/confirm.html",
        title=_("Retirer l’objectif ?"),
        lead=found.title,
        consequences=[
            _("Il ne pourra plus être adopté ; il reste lisible, marqué « retiré »."),
            _("Une demande déjà placée à l’ordre du jour ne pourra plus aboutir."),
        ],
        submit_label=_("Retirer l’objectif"),
        cancel_url=url_for(".objective", objective_id=objective_id),
        refusal=refusal,
        danger=True,
        steps=[(_("Objectifs"), url_for(".index", semestre=found.semester))],
    )
    return (page, 422) if refusal else page
