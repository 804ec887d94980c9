"""The groups: all of them on a day, one of them, and a new one to propose."""

from __future__ import annotations

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor, holding
from tnt.core.csv import response as csv_response
from tnt.core.drawing import drawn
from tnt.core.errors import DomainError
from tnt.core.i18n import refuse, translate
from tnt.meetings.policies import can_read
from tnt.portfolio.csv import HEAD, lines
from tnt.portfolio.forms import STATUS_FILTERS, DayForm, FilterForm, ProposalForm
from tnt.portfolio.queries.groups import GroupRow, portfolio_on, stopped_choices, workstream_choices
from tnt.portfolio.queries.sheet import Sheet, sheet_on
from tnt.portfolio.rules import is_old, parse_day
from tnt.portfolio.views.blueprint import portfolio
from tnt.projects.queries import list_workstreams
from tnt.projects.services import can_draft, can_propose, propose_group


def _day_asked(form: DayForm) -> date:
    """The day of the address, today by default; a bad one is said beside its field, and today is shown."""
    text = request.args.get("au", "").strip()
    if not text:
        form.au.data = clock.today()
        return clock.today()
    try:
        form.au.data = parse_day(text)
        return form.au.data
    except DomainError as error:
        form.au.errors = [translate(error)]
        return clock.today()


def _selected(rows: tuple[GroupRow, ...]) -> tuple[GroupRow, ...]:
    """The rows that answer the filters of the address; an unknown value filters nothing."""
    workstream = request.args.get("chantier")
    if workstream and workstream in {row.workstream_key for row in rows}:
        rows = tuple(row for row in rows if row.workstream_key == workstream)
    _label, statuses = STATUS_FILTERS.get(request.args.get("statut", ""), ("", None))
    return rows if statuses is None else tuple(row for row in rows if row.badge in statuses)


@portfolio.get("/groupes")
@access(SIGNED_IN)
def index() -> tuple[str, int]:
    """Every group on a day."""
    form = FilterForm(request.args)
    day = _day_asked(form)
    form.offer(workstream_choices())
    known = portfolio_on(day)
    rows = _selected(known)
    page = render_template(
        "portfolio/index.html",
        form=form,
        day=day,
        table=drawn("portfolio/_table.html", "table", rows, day) if rows else None,
        total=len(known),
        asked={name: value for name, value in request.args.items() if value},
        can_propose=can_propose(current_actor()),
    )
    return page, 422 if form.au.errors else 200


@portfolio.get("/groupes/export.csv")
@access(SIGNED_IN)
def export() -> Response:
    """The same selection as CSV."""
    text = request.args.get("au", "").strip()
    day = parse_day(text) if text else clock.today()
    return csv_response(f"groupes-au-{day:%Y-%m-%d}", HEAD, lines(_selected(portfolio_on(day)), day))


@portfolio.get("/groupes/<slug>")
@access(SIGNED_IN)
def group(slug: str) -> tuple[str, int]:
    """One group: its status and the decision that gave it, what it does, what it was."""
    actor = current_actor()
    form = DayForm(request.args)
    day = _day_asked(form)
    sheet = sheet_on(slug, day)
    open_to = frozenset(each for each in _committees_of(sheet) if can_read(actor, each))
    old = sheet.report is not None and is_old(sheet.report.reported_on, day)
    own = frozenset(each.id for each in sheet.actions if each.owner_id == actor.person_id)
    page = render_template(
        "portfolio/group.html",
        form=form,
        day=day,
        sheet=sheet,
        group=sheet.group,
        content=drawn("portfolio/_sheet.html", "content", sheet, old, open_to),
        aside=drawn("portfolio/_sheet.html", "aside", sheet, day, open_to, own),
        open_to=open_to,
        leads_it=actor.has("lead", sheet.group.id),
        can_draft=can_draft(actor, sheet.group.id),
    )
    return page, 422 if form.au.errors else 200


def _committees_of(sheet: Sheet) -> set[int]:
    """The committees whose sessions and actions the page names."""
    acts = [entry.act for entry in sheet.story if entry.act]
    acts += [event.act for event in (sheet.event, *sheet.coming) if event]
    named = {act.committee_id for act in acts} | {action.committee_id for action in sheet.actions}
    return {each for each in named if each is not None}


@portfolio.route("/groupes/proposer", methods=["GET", "POST"])
@access(holding("secretary", "lead"))
def propose() -> BaseResponse | str | tuple[str, int]:
    """Propose a group: it is « proposé » until a committee decides."""
    form = ProposalForm()
    form.offer([(w.id, w.name) for w in list_workstreams()], stopped_choices(clock.today()))
    if form.validate_on_submit():
        try:
            created = propose_group(
                current_actor(),
                name=form.name.data or "",
                workstream_id=int(form.workstream_id.data),
                mission=form.mission.data or "",
                follows_id=int(form.follows_id.data) if form.follows_id.data else None,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(
                _(
                    "Le groupe « %(name)s » est proposé. Un comité décidera de sa création.",
                    name=created.name,
                ),
                "success",
            )
            return redirect(url_for("portfolio.group", slug=created.slug), 303)
    page = render_template("portfolio/propose.html", form=form)
    return (page, 422) if form.is_submitted() else page
