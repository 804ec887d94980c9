"""The register as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask_babel import lazy_gettext as _l

from tnt.decisions.forms import KINDS, NATURES, SERIES, STATES
from tnt.decisions.queries import Row
from tnt.decisions.subjects import Link

HEAD = (
    _l("Numéro"),
    _l("Référence propre"),
    _l("Nature"),
    _l("Objet"),
    _l("État"),
    _l("Instance ou autorité"),
    _l("Décidé le"),
    _l("Date d’effet"),
    _l("Intitulé"),
    _l("Texte"),
    _l("Adoption"),
    _l("Concerne"),
    _l("Source"),
    _l("Mode"),
)


def lines(rows: Iterable[Row], links: Mapping[int, Sequence[Link]]) -> Iterator[tuple[object, ...]]:
    """One line an act, in the order of HEAD."""
    for row in rows:
        yield (
            row.number,
            row.reference,
            NATURES[row.nature],
            KINDS[row.kind],
            STATES[row.state],
            row.authority or row.committee,
            row.decided_on,
            row.effective_on,
            row.title,
            row.wording,
            row.vote,
            ", ".join(link.label for link in links.get(row.id, ())),
            row.source,
            SERIES[row.series] if row.number else "",
        )
