"""The home page and the search."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext as _

from tnt.core import clock, journal
from tnt.core.access import SIGNED_IN, Actor, access, current_actor, holding
from tnt.core.addresses import number
from tnt.core.days import find_day
from tnt.core.i18n import phrase
from tnt.home import journal_reading, queries
from tnt.home.rules import Todo
from tnt.home.search import search_for
from tnt.home.todo import Known, todos_of
from tnt.meetings.cadence import PeriodState
from tnt.programme.rules import Every, period_of

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access(SIGNED_IN)
def index() -> str:
    """What awaits me, the next session, the programme at a glance."""
    actor = current_actor()
    committees = queries.list_committees()
    meetings = queries.list_meetings()
    missed = queries.missed_periods()
    groups = queries.list_groups()
    known = Known(
        committees=committees,
        meetings=meetings,
        cadences={each.id: queries.cadence_of(each, meetings, missed) for each in committees},
        groups=groups,
        counts=queries.counts_for(actor),
    )
    today = clock.today()
    following = queries.next_readable(actor, meetings)
    return render_template(
        "home/index.html",
        actor=actor,
        today_semester=period_of(today, Every.SEMESTER),
        today_quarter=period_of(today, Every.QUARTER),
        todos=[_said(todo) for todo in todos_of(actor, known)],
        next=following,
        next_committee=next((c for c in committees if following and c.id == following.committee_id), None),
        days_left=(following.day - today).days if following else None,
        keeps_next=following is not None and actor.has("secretary", following.committee_id),
        glance=queries.glance_at(groups),
        my_groups=[row for row in groups if row.id in actor.scopes("lead")],
        strips=[(committee, _strip(known.cadences[committee.id])) for committee in committees],
        fund=queries.find_fund(),
        first_steps=_first_steps(actor, known),
    )


def _said(todo: Todo) -> dict[str, Any]:
    """A thing to do as the component shows it."""
    return {
        "on": todo.on,
        "title": phrase(todo.message, todo.params),
        "url": _address(todo.endpoint, todo.values),
        "note": phrase(todo.note, todo.note_params) if todo.note else "",
    }


def _address(endpoint: str, values: Any) -> str:
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def _strip(states: list[PeriodState]) -> list[tuple[int, list[dict[str, Any]]]]:
    """The cadence as the component shows it: by year."""
    years: dict[int, list[dict[str, Any]]] = {}
    for state in states:
        word = str(state.state)
        years.setdefault(state.period.year, []).append(
            {
                "label": state.period.short,
                "state": "missed" if word.startswith("missed") else word,
                "url": None,
                "detail": state.reason or None,
            }
        )
    return list(years.items())


def _first_steps(actor: Actor, known: Known) -> list[dict[str, str]]:
    """On a programme without a past yet, the ways in: who sits, then what was decided before."""
    if known.meetings or known.counts.acts:
        return []
    steps = []
    if actor.has("administrator"):
        steps += [
            (_("Ajouter les personnes et les inviter"), "accounts.add_person"),
            (
                _("Ouvrir les mandats : le secrétariat d’abord, puis la coprésidence et les membres"),
                "committees.open_mandate",
            ),
        ]
    if actor.has_any("secretary"):
        steps += [
            (_("Proposer les groupes projet qui existent déjà"), "portfolio.propose"),
            (_("Saisir un acte antérieur : ce qui a été décidé avant TNT"), "effects.prior_act"),
            (_("Saisir une séance passée et ses décisions"), "meetings.record_past"),
            (_("Planifier la prochaine séance"), "meetings.plan"),
        ]
    return [{"label": label, "url": _address(endpoint, {})} for label, endpoint in steps]


@blueprint.get("/recherche")
@access(SIGNED_IN)
def search() -> str:
    """Decisions, groups, objectives and sessions that answer some words."""
    query = request.args.get("q", "").strip()[:200]
    return render_template("home/search.html", query=query, found=search_for(current_actor(), query))


@blueprint.get("/administration/journal")
@access(holding("administrator", "secretary"))
def show_journal() -> str:
    """Who did what: everything for an administrator, their own committees for a secretary."""
    actor = current_actor()
    filters = journal_reading.Filters(
        person_id=request.args.get("personne", type=number),
        kind=request.args.get("objet", "")[:40],
        day=find_day(request.args.get("jour", "")),
    )
    lines, following = journal_reading.list_entries(actor, filters, request.args.get("avant", type=number))
    checked = request.args.get("verifier") == "1" and actor.has("administrator")
    return render_template(
        "home/journal.html",
        lines=lines,
        following=following,
        filters=filters,
        people=journal_reading.people_who_acted(),
        kinds=sorted((key, _(word)) for key, word in journal_reading.KIND_WORDS.items()),
        can_verify=actor.has("administrator"),
        faults=journal.verify() if checked else None,
        count=journal.count() if checked else None,
    )
