"""The portfolio as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from tnt.core.errors import N_
from tnt.portfolio.queries.groups import GroupRow
from tnt.projects.rules import STATUS_WORDS
from tnt.reports.rules import CONFIDENCE_MEANINGS

HEAD = (
    _l("Situation au"),
    _l("Chantier"),
    _l("Groupe"),
    _l("Statut"),
    _l("Décision"),
    _l("Depuis le"),
    _l("Météo"),
    _l("Dernier point"),
    _l("Arbitrage demandé"),
    _l("Responsable"),
    _l("Objectifs adoptés"),
    _l("Objectifs évalués"),
    _l("Objectifs atteints"),
)


def lines(rows: Iterable[GroupRow], day: date) -> Iterator[tuple[object, ...]]:
    """One line a group, in the order of HEAD."""
    for row in rows:
        decided, report = row.decided, row.report
        stop_kind = decided.stop_kind if decided else None
        yield (
            day,
            row.workstream,
            row.name,
            gettext(STATUS_WORDS[stop_kind or row.status]),
            decided.act_label if decided else "",
            decided.effective_on if decided else None,
            gettext(CONFIDENCE_MEANINGS[report.confidence]) if report else "",
            report.reported_on if report else None,
            gettext(N_("oui")) if report and report.arbitration else "",
            " ; ".join(row.leads),
            row.objectives.adopted,
            row.objectives.scored,
            row.objectives.reached,
        )
