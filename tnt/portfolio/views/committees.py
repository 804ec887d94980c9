"""The committees: their remit, who sits on a day, their cadence, their sessions and decisions."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date

from flask import render_template, request
from markupsafe import Markup

from tnt.committees import queries as committee_queries
from tnt.committees import rules
from tnt.committees.models import Committee
from tnt.core import clock
from tnt.core.access import SIGNED_IN, Actor, access, current_actor
from tnt.core.drawing import drawn
from tnt.core.errors import DomainError
from tnt.core.i18n import translate
from tnt.decisions.queries import latest_acts
from tnt.meetings.cadence import Suggestion
from tnt.meetings.policies import can_prepare, can_read
from tnt.meetings.queries import days_for
from tnt.portfolio.forms import DayForm
from tnt.portfolio.panels import panels_of
from tnt.portfolio.queries.committees import Compliance, compliance_of, compliance_of_all, sessions_of
from tnt.portfolio.rules import parse_day
from tnt.portfolio.views.blueprint import portfolio

DECISIONS = 10


@portfolio.get("/comites")
@access(SIGNED_IN)
def committees() -> str:
    """Every committee with its cadence over three years."""
    return render_template(
        "portfolio/committees.html",
        compliances=compliance_of_all(clock.today()),
        readable=_readable_ids(),
        preparable=[
            each.id for each in committee_queries.list_committees() if can_prepare(current_actor(), each.id)
        ],
    )


@portfolio.get("/comites/<key>")
@access(SIGNED_IN)
def committee(key: str) -> tuple[str, int]:
    """A committee; its members on the day asked for (`au`), today by default."""
    actor, today = current_actor(), clock.today()
    found = committee_queries.get_committee(key)
    form = DayForm(request.args)
    day = _day_asked(form, today)
    compliance = compliance_of([found], today)[0]
    prepares = can_prepare(actor, found.id)
    suggestions = days_for(found, compliance.to_plan) if prepares and compliance.to_plan else []
    page = render_template(
        "portfolio/committee.html",
        committee=found,
        compliance=compliance,
        form=form,
        day=day,
        can_prepare=prepares,
        can_administer=actor.has("administrator"),
        panels=panels_of(found, reads=can_read(actor, found.id)),
        **_pieces(actor, found, compliance, day, tuple(suggestions)),
    )
    return page, 422 if form.au.errors else 200


def _pieces(
    actor: Actor, found: Committee, compliance: Compliance, day: date, suggestions: tuple[Suggestion, ...]
) -> dict[str, Markup | None]:
    """The lists of a committee's page, kept once drawn; None for an empty one."""
    reads, administers = can_read(actor, found.id), actor.has("administrator")
    settings = tuple((name, word, getattr(found, name)) for name, word in rules.SETTING_WORDS.items())
    announced = (found.chaired_by, found.members_text, found.source, found.interpretation)
    remit = committee_queries.remit_of(found.id)
    return {
        "strip": _drawn("strip", found.name, found.every, compliance.years, reads),
        "facts": _drawn("facts", remit, announced, settings, tuple(rules.VISA_WORDS.items())),
        "dates": _listed("dates", suggestions, found.key, found.notice_days),
        "members": _listed("members", committee_queries.seats_on(found.id, day), day, administers),
        "sessions": _listed("sessions", sessions_of(found.id), reads),
        "decisions": _listed("decisions", latest_acts(actor, found.key, DECISIONS)),
    }


def _drawn(macro: str, *given: Hashable) -> Markup:
    return drawn("portfolio/_committee.html", macro, *given)


def _listed(macro: str, rows: tuple[Hashable, ...], *others: Hashable) -> Markup | None:
    return _drawn(macro, rows, *others) if rows else None


def _readable_ids() -> frozenset[int]:
    actor = current_actor()
    return frozenset(each.id for each in committee_queries.list_committees() if can_read(actor, each.id))


def _day_asked(form: DayForm, today: date) -> date:
    """The day of the address, today by default; a bad one is said beside its field, and today is shown."""
    text = request.args.get("au", "").strip()
    form.au.data = today
    if not text:
        return today
    try:
        form.au.data = parse_day(text)
        return form.au.data
    except DomainError as error:
        form.au.errors = [translate(error)]
        return today
