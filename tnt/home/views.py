"""The home page and the search."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from flask import Blueprint, current_app, render_template, request, url_for
from flask_babel import gettext as _

from tnt.core import clock, journal
from tnt.core.access import SIGNED_IN, Actor, access, current_actor, holding
from tnt.core.addresses import number
from tnt.core.days import find_day
from tnt.core.drawing import drawn
from tnt.core.i18n import phrase
from tnt.home import journal_fields, journal_reading, queries
from tnt.home.rules import Todo
from tnt.home.search import search_for
from tnt.home.todo import Known, todos_of
from tnt.meetings.cadence import CadenceState, PeriodState
from tnt.meetings.policies import READERS
from tnt.meetings.queries import facts_by_committee
from tnt.meetings.rules import MeetingState
from tnt.participants.queries import OwnReply, own_reply
from tnt.portfolio.queries.groups import groups_on, objectives_on, tallies_on
from tnt.programme.rules import Every, period_of

blueprint = Blueprint("home", __name__)
TODOS_SHOWN = 15  # the rest is one click away


class Said(NamedTuple):
    """A thing to do as the component shows it."""

    on: date | None
    title: str
    url: str
    note: str


class Cell(NamedTuple):
    """A period as the component shows it."""

    label: str
    state: str
    detail: str
    url: None = None


class Strip(NamedTuple):
    """The cadence of a committee: its periods by year."""

    committee: str
    every: Every
    years: tuple[tuple[int, tuple[Cell, ...]], ...]


@blueprint.get("/")
@access(SIGNED_IN)
def index() -> str:
    """What awaits me, the next session, the programme at a glance."""
    actor, today = current_actor(), clock.today()
    known = _known(actor, today)
    following = known.next
    names = {each.id: each.name for each in known.committees}
    strips = tuple(
        Strip(each.name, each.every, _by_year(known.cadences[each.id])) for each in known.committees
    )
    todos = todos_of(actor, known)
    glance = queries.glance_at(tallies_on(today), known.objectives)
    return render_template(
        "home/index.html",
        actor=actor,
        today_semester=period_of(today, Every.SEMESTER),
        today_quarter=period_of(today, Every.QUARTER),
        todos=[_said(todo) for todo in (todos if "tout" in request.args else todos[:TODOS_SHOWN])],
        todos_total=len(todos),
        next=following,
        next_committee=names.get(following.committee_id) if following else None,
        to_date=[(names[line.committee_id], line) for line in known.to_date],
        sits=actor.has_any("programme_manager", *READERS),
        days_left=(following.day - today).days if following else None,
        keeps_next=following is not None and actor.has("secretary", following.committee_id),
        plans=bool(actor.scopes("secretary")),
        my_reply=known.reply,
        hands_in=known.counts.hands_in,
        my_groups=known.led,
        strips=drawn("home/_programme.html", "strips", strips),
        programme=drawn("home/_programme.html", "programme", glance, queries.find_fund()),
        first_steps=_first_steps(actor, known),
    )


def _known(actor: Actor, today: date) -> Known:
    committees = queries.list_committees()
    facts = facts_by_committee([each.id for each in committees], today)
    led = actor.scopes("lead")
    meetings = queries.list_live_meetings()
    mine = queries.readable(actor, meetings)
    following = queries.next_of(mine)
    return Known(
        committees=committees,
        meetings=meetings,
        next=following,
        to_date=[line for line in mine if line.state is MeetingState.POSTPONED],
        reply=_own_reply(actor, following),
        cadences={each.id: queries.cadence_of(each, facts.get(each.id, [])) for each in committees},
        led=groups_on(today, led) if led else (),
        objectives=objectives_on(today),
        counts=queries.counts_for(actor),
    )


def _own_reply(actor: Actor, line: queries.MeetingLine | None) -> OwnReply | None:
    """What the reader answered to the next session, once it is convened."""
    if line is None or line.state is not MeetingState.CONVENED or not actor.has("member", line.committee_id):
        return None
    return own_reply(actor.person_id, line.committee_id, line.id, line.day)


def _said(todo: Todo) -> Said:
    return Said(
        todo.on,
        phrase(todo.message, todo.params),
        _address(todo.endpoint, todo.values),
        phrase(todo.note, todo.note_params) if todo.note else "",
    )


def _by_year(states: list[PeriodState]) -> tuple[tuple[int, tuple[Cell, ...]], ...]:
    by_year = groupby(states, key=lambda each: each.period.year)
    return tuple((year, tuple(_cell(state) for state in some)) for year, some in by_year)


def _cell(state: PeriodState) -> Cell:
    missed = state.state is CadenceState.MISSED_EXPLAINED
    return Cell(state.period.short, "missed" if missed else state.state.value, state.reason)


def _address(endpoint: str, values: Any) -> str:
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def _first_steps(actor: Actor, known: Known) -> list[dict[str, str]]:
    """On a programme without a past yet, the ways in: who sits, then what was decided before."""
    if known.counts.any_meeting or known.counts.any_act:
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
        field_words=journal_fields.FIELD_WORDS,
        not_shown=journal_reading.NOT_SHOWN,
        can_verify=actor.has("administrator"),
        faults=journal.verify() if checked else None,
        count=journal.count() if checked else None,
    )
