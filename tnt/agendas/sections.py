"""The sections of an agenda: standing headings of a committee, and where an item stands among them.

An agenda is read from top to bottom: what stands before any section, then each section with its items. The
positions of the items always follow that order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tnt.agendas.rules import Standing
from tnt.core.errors import N_, DomainError
from tnt.intake.rules import ItemKind


class Gathers(StrEnum):
    """What a section takes by itself: a kind of item or a standing one."""

    MINUTES = "minutes"
    FOLLOW_UP = "follow_up"
    DECISION = "decision"
    OPINION = "opinion"
    INFORMATION = "information"


GATHERS_WORDS = {
    Gathers.MINUTES: N_("l’approbation du compte rendu"),
    Gathers.FOLLOW_UP: N_("les suites données"),
    Gathers.DECISION: N_("les décisions"),
    Gathers.OPINION: N_("les avis"),
    Gathers.INFORMATION: N_("les informations"),
}
# proposed to a committee that has no standing headings yet
USUAL_HEADINGS: tuple[tuple[str, Gathers | None], ...] = (
    ("Approbation du compte rendu", Gathers.MINUTES),
    ("Suites données", Gathers.FOLLOW_UP),
    ("Décisions", Gathers.DECISION),
    ("Avis", Gathers.OPINION),
    ("Informations", Gathers.INFORMATION),
    ("Questions diverses", None),
)
TITLE_LENGTHS = (2, 120)
MOST = 20


class BadHeading(DomainError):
    """A heading is a few words."""

    message = N_("L’intitulé d’une rubrique va de 2 à 120 caractères.")
    field = "title"


class TwiceTheSame(DomainError):
    """Two headings that read the same could not be told apart."""

    message = N_("Deux rubriques portent l’intitulé « %(title)s ».")
    field = "title"


class GatheredTwice(DomainError):
    """What a section gathers goes to one place."""

    message = N_("Deux rubriques reçoivent la même nature de point : choisissez-en une.")
    field = "gathers"


class TooManyHeadings(DomainError):
    """An agenda is read at a glance."""

    message = N_("Un ordre du jour a vingt rubriques au plus.")
    field = "title"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it is entered: of an existing section (its id), or a new one."""

    title: str
    gathers: Gathers | None = None
    id: int | None = None


Layout = list[tuple[int | None, list[int]]]  # sections in order, what stands before any of them first


def check_headings(headings: Sequence[Heading]) -> list[Heading]:
    """The headings, trimmed. Raises BadHeading, TwiceTheSame, GatheredTwice, TooManyHeadings."""
    found = [Heading(" ".join(one.title.split()), one.gathers, one.id) for one in headings]
    if len(found) > MOST:
        raise TooManyHeadings()
    low, high = TITLE_LENGTHS
    if any(not low <= len(one.title) <= high for one in found):
        raise BadHeading()
    titles = [one.title.casefold() for one in found]
    for one in found:
        if titles.count(one.title.casefold()) > 1:
            raise TwiceTheSame(title=one.title)
    gathered = [one.gathers for one in found if one.gathers is not None]
    if len(gathered) != len(set(gathered)):
        raise GatheredTwice()
    return found


def section_for(headings: Sequence[Heading], kind: ItemKind, standing: Standing | None) -> int | None:
    """The section that takes an item by itself; the last one that gathers nothing in particular else."""
    wanted = [Gathers(standing.value)] if standing else []
    for gathers in (*wanted, Gathers(kind.value)):
        for one in headings:
            if one.gathers is gathers:
                return one.id
    return next((one.id for one in reversed(headings) if one.gathers is None), None)


def lay_out(sections: Iterable[int], items: Iterable[tuple[int, int | None]]) -> Layout:
    """The sections in order with their items (item id, section id) in order."""
    found: dict[int | None, list[int]] = {None: []} | {section: [] for section in sections}
    for item, section in items:
        found[section if section in found else None].append(item)
    return list(found.items())


def order_of(layout: Layout) -> list[int]:
    """The items from top to bottom."""
    return [item for _section, items in layout for item in items]


def moved(layout: Layout, item: int, by: int) -> Layout:
    """The agenda with an item some places up (less than zero) or down.

    Crossing a heading is one place: from the top of a section to the end of the one before.
    """
    found = [(section, list(items)) for section, items in layout]
    for _ in range(abs(by)):
        _step(found, item, up=by < 0)
    return found


def _step(layout: Layout, item: int, *, up: bool) -> None:
    rank = next(rank for rank, (_section, items) in enumerate(layout) if item in items)
    items = layout[rank][1]
    place = items.index(item)
    if (place > 0) if up else (place < len(items) - 1):
        other = place - 1 if up else place + 1
        items[place], items[other] = items[other], items[place]
        return
    neighbour = rank - 1 if up else rank + 1
    # what stands before any section is not a place to go to, once there are sections
    if 0 <= neighbour < len(layout) and (layout[neighbour][0] is not None or layout[neighbour][1]):
        items.remove(item)
        layout[neighbour][1].insert(len(layout[neighbour][1]) if up else 0, item)
