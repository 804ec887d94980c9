"""The committees: their remit, who sits on a day, their cadence, their sessions and decisions."""

from __future__ import annotations

from datetime import date

from flask import render_template, request

from tnt.committees import queries as committee_queries
from tnt.committees import rules
from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.errors import DomainError
from tnt.core.i18n import translate
from tnt.decisions.queries import Filters, search_acts
from tnt.meetings.policies import can_prepare, can_read
from tnt.meetings.queries import suggested_days
from tnt.portfolio.forms import DayForm
from tnt.portfolio.queries.committees import compliance_of, compliance_of_all, sessions_of
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
    page = render_template(
        "portfolio/committee.html",
        committee=found,
        remit=committee_queries.remit_of(found.id),
        form=form,
        day=day,
        mandates=committee_queries.mandates_on(found.id, day),
        compliance=compliance,
        suggestions=suggested_days(found) if prepares else [],
        sessions=sessions_of(found.id),
        decisions=search_acts(actor, Filters(committee=key)).rows[:DECISIONS],
        can_read=can_read(actor, found.id),
        can_prepare=prepares,
        can_administer=actor.has("administrator"),
        visa_words=rules.VISA_WORDS,
        setting_words=rules.SETTING_WORDS,
    )
    return page, 422 if form.au.errors else 200


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
