"""A group's progress reports: the two-minute update and the history."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.errors import DomainError, Forbidden
from tnt.core.i18n import refuse, translate
from tnt.projects.models import ProjectGroup
from tnt.projects.queries import get_group_by_slug, group_status_on
from tnt.reports import queries, services
from tnt.reports.forms import CARDS, ReportForm

reports = Blueprint("reports", __name__, url_prefix="/groupes/<slug>")

Page = Response | str | tuple[str, int]
PAGE_LENGTH = 20


def _group_to_report(slug: str) -> ProjectGroup:
    """The group, for whoever files its reports. Raises NotFound, Forbidden."""
    group = get_group_by_slug(slug)
    if not services.can_report(current_actor(), group.id):
        raise Forbidden()
    return group


def _form_page(group: ProjectGroup, form: ReportForm, refusal: DomainError | None = None) -> str:
    closed = services.refusal_for(group)
    return render_template(
        "reports/file.html",
        group=group,
        form=form,
        cards=CARDS,
        last=queries.last_report(group.id),
        closed=translate(closed) if closed else "",
        refusal=translate(refusal) if refusal and not closed else "",
        leads_it=current_actor().has("lead", group.id),
    )


@reports.route("/point-avancement", methods=["GET", "POST"])
@access(SIGNED_IN)
def file(slug: str) -> Page:
    """The two-minute update: météo, done, coming, arbitration."""
    group = _group_to_report(slug)
    form = ReportForm()
    if request.method == "GET":
        last = queries.last_report(group.id)
        form.arbitration.data = last.arbitration if last else ""
        return _form_page(group, form)
    if form.validate():
        try:
            services.file_report(
                current_actor(),
                group.id,
                confidence=form.judgement,
                done=form.done.data or "",
                coming=form.coming.data or "",
                arbitration=form.arbitration.data or "",
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Le point d’avancement est enregistré, daté d’aujourd’hui."), "success")
            return redirect(url_for(".index", slug=slug), 303)
    return _form_page(get_group_by_slug(slug), form), 422


@reports.post("/point-avancement/rien-de-change")
@access(SIGNED_IN)
def unchanged(slug: str) -> Page:
    """« Rien de changé »: one dated click."""
    group = _group_to_report(slug)
    try:
        services.file_unchanged(current_actor(), group.id)
    except DomainError as error:
        return _form_page(get_group_by_slug(slug), ReportForm(formdata=None), error), 422
    flash(_("C’est noté : rien de changé, à la date d’aujourd’hui."), "success")
    return redirect(url_for(".index", slug=slug), 303)


@reports.get("/points")
@access(SIGNED_IN)
def index(slug: str) -> str:
    """Every report of a group, newest first, and the météo over time."""
    group = get_group_by_slug(slug)
    asked = request.args.get("apres", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 9 else None
    found = queries.reports_of(group.id, limit=PAGE_LENGTH + 1, before_id=before)
    status = group_status_on(group.id, clock.today())
    return render_template(
        "reports/index.html",
        group=group,
        status=(status.stop_kind or status.status) if status else "proposed",
        reports=found[:PAGE_LENGTH],
        following=found[PAGE_LENGTH - 1].id if len(found) > PAGE_LENGTH else None,
        first_page=before is None,
        points=queries.trend_of(group.id),
        steady_since=queries.steady_since(queries.trend_of(group.id)),
        can_report=services.can_report(current_actor(), group.id) and not services.refusal_for(group),
    )
