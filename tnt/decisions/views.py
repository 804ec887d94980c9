"""The register of decisions, its export, and the page of an act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask import Blueprint, Response, render_template, request

from tnt.core.access import SIGNED_IN, Actor, access, current_actor
from tnt.core.csv import response as csv_response
from tnt.core.downloads import attachment
from tnt.core.drawing import drawn
from tnt.core.errors import NotFound
from tnt.decisions import forms, queries, subjects
from tnt.decisions.csv import HEAD, lines
from tnt.decisions.forms import RegisterForm
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature, Series
from tnt.meetings.policies import can_read

decisions = Blueprint("decisions", __name__, url_prefix="/decisions")


class Line(NamedTuple):
    """A line of the register as its page shows it: the act, what it concerns, its kind in words."""

    act: queries.Row
    concerns: tuple[str, ...]
    note: str


def _form() -> RegisterForm:
    extent = queries.extent()
    subject_choices = tuple(
        (name, provider.label, tuple(provider.choices()))
        for name, provider in subjects.subject_providers().items()
    )
    return forms.read_filters(request.args, forms.Offered(extent.committees, extent.days, subject_choices))


@decisions.get("")
@access(SIGNED_IN)
def register() -> str:
    """Search and read what was decided."""
    form = _form()
    asked = request.args.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 5 else 1
    page = queries.search_acts(current_actor(), form.filters, number)
    return render_template(
        "decisions/register.html",
        form=form,
        page=page,
        fields=drawn("decisions/_register.html", "fields", form.asked),
        table=drawn("decisions/_register.html", "table", _lines(page.rows), page.total),
        can_record_prior_act=current_actor().has_any("secretary"),
    )


def _lines(rows: Iterable[queries.Row]) -> tuple[Line, ...]:
    shown = list(rows)
    links = subjects.links_of([row.id for row in shown])
    words = {each: _words(*each) for each in {(row.series, row.nature, row.kind) for row in shown}}
    return tuple(
        # of a decision dropped at visa, nothing is told
        Line(
            row, tuple(link.label for link in links.get(row.id, ())), words[row.series, row.nature, row.kind]
        )
        if row.title
        else Line(row, (), "")
        for row in shown
    )


def _words(series: Series, nature: Nature, kind: ActKind) -> str:
    """« Avis · Création d’un groupe projet »; that it is a decision of a session goes without saying."""
    of_what = [] if series is Series.SESSION else [str(forms.SERIES[series])]
    of_what += [] if nature is Nature.DECISION else [str(forms.NATURES[nature])]
    return " · ".join([*of_what, str(forms.KINDS[kind])])


@decisions.get("/export.csv")
@access(SIGNED_IN)
def export() -> Response:
    """The present selection as CSV."""
    rows = queries.list_acts(current_actor(), _form().filters)
    links = subjects.links_of([row.id for row in rows])
    return csv_response("decisions", HEAD, lines(rows, links))


@decisions.get("/<int:act_id>")
@access(SIGNED_IN)
def act(act_id: int) -> str:
    """What was decided, what it changed, where it was taken, how far it is carried out."""
    actor = current_actor()
    found = queries.get_visible_act(actor, act_id)
    seen = queries.can_read_words(actor, found)
    ids = [found.id]
    return render_template(
        "decisions/act.html",
        act=found,
        seen=seen,
        reads_meeting=_reads_meeting(actor, found.committee_id),
        following=queries.acts_that_follow(actor, found),
        may_correct=_may_correct(actor, found),
        effects=subjects.effects_of(ids).get(found.id, []),
        links=subjects.links_of(ids).get(found.id, []) if seen else [],
        series=forms.SERIES[found.series] if found.series is not Series.SESSION else None,
        taken=subjects.taken_by(found) if seen and _reads_meeting(actor, found.committee_id) else None,
        natures=forms.NATURES,
        kinds=forms.KINDS,
        execution=subjects.execution_of(actor, ids).get(found.id, []),
    )


@decisions.get("/<int:act_id>/acte.pdf")
@access(SIGNED_IN)
def scan(act_id: int) -> Response:
    """The scan of a prior act, for whoever may read its words."""
    actor = current_actor()
    found = queries.get_visible_act(actor, act_id)
    if found.scan_sha256 is None or not queries.can_read_words(actor, found):
        raise NotFound()
    return attachment(found.scan_sha256, f"acte-{found.decided_on.isoformat()}-{found.id}.pdf")


def _may_correct(actor: Actor, act: Act) -> bool:
    """Whether the words of the act may be put right by an erratum: shown here, refused by the service too."""
    correctable = act.state is ActState.IN_FORCE and act.nature in {Nature.DECISION, Nature.OPINION}
    return correctable and act.committee_id is not None and actor.has("secretary", act.committee_id)


def _reads_meeting(actor: Actor, committee_id: int | None) -> bool:
    return committee_id is not None and can_read(actor, committee_id)
