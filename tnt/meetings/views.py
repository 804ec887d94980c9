"""The list of meetings, and the pages that plan, move and call one off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.committees.models import Committee
from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor, holding
from tnt.core.days import find_day
from tnt.core.errors import DomainError, Stale
from tnt.core.formats import date_long
from tnt.core.i18n import refuse, say
from tnt.core.templating import current_locale
from tnt.meetings import queries, services
from tnt.meetings.forms import (
    FilterForm,
    MissedForm,
    MoveForm,
    PastForm,
    PlanForm,
    ReasonForm,
    ReconveneForm,
    RetroForm,
    SlotForm,
    options,
    version_of,
)
from tnt.meetings.models import Meeting, MeetingKind
from tnt.meetings.retroplanning import days_of
from tnt.meetings.rules import ChangeKind, MeetingState, can_reconvene
from tnt.programme.rules import Period

meetings = Blueprint("meetings", __name__, url_prefix="/seances")
SECRETARY = holding("secretary")
REFUSED = 422
Page = str | Response | tuple[str, int]


def page_of(meeting: Meeting) -> str:
    """The address of a meeting's page."""
    return url_for("agendas.page", meeting_id=meeting.id)


def name_of(meeting: Meeting) -> str:
    """« Comité de coordination du mardi 15 décembre 2026 », or without its day when it has none."""
    if meeting.undated:
        return str(_("%(committee)s, date à venir", committee=meeting.committee.name))
    day = date_long(meeting.starts_at, current_locale())
    return str(_("%(committee)s du %(day)s", committee=meeting.committee.name, day=day))


@meetings.get("")
@access(SIGNED_IN)
def index() -> str:
    """What is to come, then what was, of every committee that the person may read."""
    actor = current_actor()
    committees = queries.readable_committees(actor)
    ids = [committee.id for committee in committees]
    years = queries.years_of(ids)
    form = FilterForm(request.args)
    form.comite.choices = options([("", _("tous les comités")), *((one.key, one.name) for one in committees)])
    form.annee.choices = options([("", _("toutes les années")), *((year, str(year)) for year in years)])
    chosen = [one.id for one in committees if one.key == form.comite.data] or ids
    year = int(form.annee.data) if form.annee.data in {str(year) for year in years} else None
    prepared = queries.prepared_committees(actor)
    return render_template(
        "meetings/index.html",
        form=form,
        committees=committees,
        several=len(committees) > 1,
        upcoming=queries.list_upcoming(chosen),
        past=_by_year(queries.list_past(chosen, year)),
        prepared=prepared,
        to_explain=[(one, period) for one in prepared for period in queries.periods_to_explain(one)],
        period_words=period_words,
    )


def _by_year(past: Sequence[Meeting]) -> list[tuple[str, list[Meeting]]]:
    return [(year, list(found)) for year, found in groupby(past, key=lambda one: one.period[:4])]


def period_words(period: Period) -> str:
    """« T3 2026 »."""
    return f"{period.short} {period.year}"


@meetings.route("/planifier", methods=["GET", "POST"])
@access(SECRETARY)
def plan() -> Page:
    """Choose a day, a slot, a place: the session enters the calendar as provisional."""
    actor = current_actor()
    committee = queries.get_prepared_committee(actor, request.args.get("committee"))
    form = PlanForm(data=_usual(committee) | {"held_on": find_day(request.args.get("date", ""))})
    form.offer(queries.suggested_days(committee))
    if form.validate_on_submit() and _has_day(form) and not form.asks_again(form.day):
        try:
            starts_at, ends_at = _instants(form, form.day)
            meeting = services.plan_meeting(
                actor,
                committee_id=committee.id,
                starts_at=starts_at,
                ends_at=ends_at,
                place=form.place.data or "",
                video_url=form.video_url.data or "",
                kind=MeetingKind(form.kind.data),
                notice_days=form.notice_days.data,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Séance planifiée : les calendriers l’affichent comme provisoire."), "success")
            return redirect(page_of(meeting), 303)
    return _answer(
        "meetings/plan.html", form, committee=committee, prepared=queries.prepared_committees(actor)
    )


def _has_day(form: PlanForm) -> bool:
    if form.day is None:
        form.held_on.errors = [_("Choisissez un des jours proposés, ou indiquez une date.")]
    elif form.held_on.data not in (None, form.day):
        form.held_on.errors = [
            _("Un autre jour est coché au-dessus : cochez « une autre date », ou effacez celle-ci.")
        ]
    return not form.held_on.errors


def _instants(form: SlotForm, day: date | None) -> tuple[datetime, datetime]:
    slot: Any = (day, form.starts.data, form.ends.data)  # the form has checked that they are there
    return services.instants(*slot)


def _usual(committee: Committee) -> dict[str, Any]:
    start = committee.default_start
    end = datetime.combine(date.min, start) + timedelta(minutes=committee.default_minutes)
    return {
        "starts": start,
        "ends": end.time(),
        "place": committee.default_place,
        "notice_days": committee.notice_days,
    }


@meetings.route("/passee", methods=["GET", "POST"])
@access(SECRETARY)
def record_past() -> Page:
    """Enter a session that was held before the application, or without it."""
    actor = current_actor()
    committee = queries.get_prepared_committee(actor, request.args.get("committee"))
    form = PastForm(data=_usual(committee))
    if form.validate_on_submit():
        try:
            starts_at, ends_at = _instants(form, form.held_on.data)
            meeting = services.record_past_meeting(
                actor,
                committee_id=committee.id,
                starts_at=starts_at,
                ends_at=ends_at,
                place=form.place.data or "",
                own_reference=form.own_reference.data or "",
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Séance enregistrée : reportez maintenant ses points et ses décisions."), "success")
            return redirect(page_of(meeting), 303)
    return _answer(
        "meetings/past.html", form, committee=committee, prepared=queries.prepared_committees(actor)
    )


@meetings.route("/<int:meeting_id>/deplacer", methods=["GET", "POST"])
@access(SECRETARY)
def move(meeting_id: int) -> Page:
    """Another date, place or link; or a new date for a session postponed without one."""
    actor = current_actor()
    meeting = queries.get_prepared_meeting(actor, meeting_id)
    form = MoveForm.of(meeting, {} if meeting.undated else _slot(meeting))
    stale = False
    present = None if meeting.undated else clock.paris_day(meeting.starts_at)
    if form.validate_on_submit() and (
        meeting.recorded_afterwards or not form.asks_again(form.held_on.data, present)
    ):
        try:
            starts_at, ends_at = _instants(form, form.held_on.data)
            before = meeting.version
            meeting = services.move_meeting(
                actor,
                meeting_id,
                starts_at=starts_at,
                ends_at=ends_at,
                place=form.place.data or "",
                video_url=form.video_url.data or "",
                reason=form.reason.data or "",
                notice_days=form.notice_days.data,
                expected_version=version_of(form),
            )
        except DomainError as error:
            stale = isinstance(error, Stale)
            refuse(form, error)
        else:
            if meeting.version == before:
                flash(_("Rien n’a été changé."), "info")
            else:
                flash(_("Séance modifiée."), "success")
            return redirect(page_of(meeting), 303)
    meeting = queries.get_prepared_meeting(actor, meeting_id)
    if stale:
        form.version.data = str(meeting.version)
    return _answer(
        "meetings/move.html",
        form,
        meeting=meeting,
        name=name_of(meeting),
        stale=stale,
        told=meeting.state is MeetingState.CONVENED,
        can_postpone=services.can_postpone(meeting),
        can_cancel=services.can_cancel(meeting),
        can_reconvene=_may_reconvene(meeting),
        consequences=[say(line) for line in services.announce(meeting, ChangeKind.MOVED)],
    )


def _slot(meeting: Meeting) -> dict[str, Any]:
    starts, ends = clock.to_paris(meeting.starts_at), clock.to_paris(meeting.ends_at)
    return {"held_on": starts.date(), "starts": starts.time(), "ends": ends.time()}


@meetings.route("/<int:meeting_id>/reporter", methods=["GET", "POST"])
@access(SECRETARY)
def postpone(meeting_id: int) -> Page:
    """Take the session out of its date, the new one to be set later."""
    return _call_off(
        meeting_id,
        ChangeKind.POSTPONED,
        _("Reporter sans nouvelle date"),
        _("Séance reportée : fixez sa nouvelle date dès qu’elle est connue."),
    )


@meetings.route("/<int:meeting_id>/annuler", methods=["GET", "POST"])
@access(SECRETARY)
def cancel(meeting_id: int) -> Page:
    """Cancel a session that was not held."""
    return _call_off(meeting_id, ChangeKind.CANCELLED, _("Annuler la séance"), _("Séance annulée."))


_CALLS_OFF = {
    ChangeKind.POSTPONED: (services.postpone_without_date, MeetingState.POSTPONED),
    ChangeKind.CANCELLED: (services.cancel, MeetingState.CANCELLED),
}


def _call_off(meeting_id: int, kind: ChangeKind, label: str, done: str) -> Page:
    actor = current_actor()
    meeting = queries.get_prepared_meeting(actor, meeting_id)
    call_off, wanted = _CALLS_OFF[kind]
    if request.method == "POST" and meeting.state is wanted:
        flash(done, "info")  # a second click
        return redirect(page_of(meeting), 303)
    form = ReasonForm(data={"version": str(meeting.version)})
    if form.validate_on_submit():
        try:
            meeting = call_off(
                actor, meeting_id, reason=form.reason.data or "", expected_version=version_of(form)
            )
        except DomainError as error:
            refuse(form, error)
            form.version.data = str(queries.get_prepared_meeting(actor, meeting_id).version)
        else:
            flash(done, "success")
            return redirect(page_of(meeting), 303)
    meeting = queries.get_prepared_meeting(actor, meeting_id)
    return _answer(
        "components/confirm.html",
        form,
        title=label,
        lead=name_of(meeting),
        consequences=[say(line) for line in services.announce(meeting, kind)],
        submit_label=label,
        cancel_url=page_of(meeting),
        danger=True,
        steps=[(_("Séances"), url_for("meetings.index")), (name_of(meeting), page_of(meeting))],
    )


@meetings.route("/<int:meeting_id>/reconvoquer", methods=["GET", "POST"])
@access(SECRETARY)
def reconvene(meeting_id: int) -> Page:
    """Without a quorum: another session on the same agenda, for which none is asked."""
    actor = current_actor()
    meeting = queries.get_prepared_meeting(actor, meeting_id)
    usual = {"place": meeting.place, "video_url": meeting.video_url, "notice_days": meeting.notice_days}
    hours = {name: value for name, value in _slot(meeting).items() if name != "held_on"}
    form = ReconveneForm(
        data=usual | hours | {"reason": _("Le quorum n’est pas atteint."), "version": str(meeting.version)}
    )
    if form.validate_on_submit() and not form.asks_again(form.held_on.data):
        try:
            starts_at, ends_at = _instants(form, form.held_on.data)
            new = services.reconvene(
                actor,
                meeting_id,
                starts_at=starts_at,
                ends_at=ends_at,
                place=form.place.data or "",
                video_url=form.video_url.data or "",
                notice_days=form.notice_days.data or 0,
                reason=form.reason.data or "",
                expected_version=version_of(form),
            )
        except DomainError as error:
            refuse(form, error)
            form.version.data = str(queries.get_prepared_meeting(actor, meeting_id).version)
        else:
            flash(_("Nouvelle séance planifiée sur le même ordre du jour : convoquez-la."), "success")
            return redirect(page_of(new), 303)
    meeting = queries.get_prepared_meeting(actor, meeting_id)
    return _answer(
        "meetings/reconvene.html",
        form,
        meeting=meeting,
        name=name_of(meeting),
        consequences=[say(line) for line in services.announce(meeting, ChangeKind.RECONVENED)],
        possible=_may_reconvene(meeting),
    )


def _may_reconvene(meeting: Meeting) -> bool:
    open_without = can_reconvene(
        meeting.state, meeting.committee.quorum_percent, is_day_come=services.is_day_come(meeting)
    )
    return open_without and services.is_allowed(meeting, ChangeKind.RECONVENED)


@meetings.route("/periode-manquee", methods=["GET", "POST"])
@access(SECRETARY)
def missed() -> Page:
    """Say why a period passed without a session."""
    actor = current_actor()
    committee = queries.get_prepared_committee(actor, request.args.get("committee"))
    periods = queries.periods_to_explain(committee)
    form = MissedForm(data={"period": request.args.get("periode")})
    form.period.choices = options((one.code, period_words(one)) for one in periods)
    if form.validate_on_submit():
        try:
            services.record_missed_period(
                actor, committee_id=committee.id, period=form.period.data, reason=form.reason.data or ""
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Motif enregistré."), "success")
            return redirect(url_for("meetings.index"), 303)
    return _answer(
        "meetings/missed.html",
        form,
        committee=committee,
        prepared=queries.prepared_committees(actor),
        periods=periods,
    )


@meetings.route("/retroplanning", methods=["GET", "POST"])
@access(SECRETARY)
def retro_planning() -> Page:
    """What a committee does how many days before, or after, each of its sessions."""
    actor = current_actor()
    committee = queries.get_prepared_committee(actor, request.args.get("committee"))
    form = RetroForm.of(days_of(committee.key, queries.retro_days_of(committee.id)))
    if form.validate_on_submit():
        try:
            services.change_retro_planning(actor, committee.id, form.days())
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Rétro-planning enregistré."), "success")
            return redirect(url_for("meetings.index"), 303)
    return _answer(
        "meetings/retro_planning.html",
        form,
        committee=committee,
        prepared=queries.prepared_committees(actor),
    )


def _answer(template: str, form: Any, **values: Any) -> Page:
    page = render_template(template, form=form, **values)
    return (page, REFUSED) if request.method == "POST" else page
