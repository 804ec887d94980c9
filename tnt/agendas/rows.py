"""The rows of the page of a meeting, ready to be written.

A session has thirty items, each with its moves and links: what a row would ask of the catalogues, of the
addresses and of the formats is asked here once for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from tnt.agendas.models import ItemKind, LeftOut
from tnt.agendas.queries import AgendaLine, Attached, Proposal, follow_up_title
from tnt.agendas.rules import Standing
from tnt.agendas.sections import Heading
from tnt.core.formats import duration, typo
from tnt.core.i18n import say
from tnt.core.templating import current_locale
from tnt.intake.rules import RequestOrigin


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in words; the addresses and labels of what changes it are empty for whoever may not."""

    id: int
    position: int
    title: str
    is_information: bool
    kind: str
    outcome: str | None
    length: str
    note: str
    draft: str  # the word for its wording
    wording: str
    motive: str = ""  # the word for why it was asked
    reason: str = ""
    move: str = ""
    up: str = ""  # empty for the first
    down: str = ""
    revise: str = ""
    remove: str = ""
    papers: str = ""  # where its papers are prepared
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A section with its rows; without a title, what stands before any of them."""

    title: str
    rows: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in words, added in one click by its key, or by the form at that address."""

    title: str
    why: str
    key: str
    url: str
    leave_key: str


def _pattern_of(endpoint: str, meeting_id: int) -> str:
    """The address of something of an item, to be completed with its id."""
    return url_for(endpoint, meeting_id=meeting_id, item_id=0).replace("/0/", "/%d/")


def agenda_blocks(
    headings: Sequence[Heading], items: Sequence[AgendaLine], rows: Sequence[ItemRow], *, with_empty: bool
) -> list[Block]:
    """The rows under their headings, in order; an empty section shows only to whoever may fill it."""
    titles: dict[int | None, str] = {None: "", **{one.id: one.title for one in headings}}
    gathered: dict[int | None, list[ItemRow]] = {key: [] for key in titles}
    for item, row in zip(items, rows, strict=True):
        gathered.get(item.section_id, gathered[None]).append(row)
    blocks = [Block(titles[key], tuple(some)) for key, some in gathered.items()]
    return [one for one in blocks if one.rows or (with_empty and one.title)]


def item_rows(
    items: Sequence[AgendaLine],
    outcomes: Mapping[int, str],
    headings: Sequence[Heading] = (),
    attached: Mapping[int, Sequence[Attached]] = MappingProxyType({}),
    *,
    editable: bool,
) -> list[ItemRow]:
    """The agenda, row by row, each with its files."""
    locale = current_locale()
    kinds = {
        ItemKind.INFORMATION: _("Information"),
        ItemKind.OPINION: _("Avis"),
        ItemKind.DECISION: _("Décision"),
    }
    drafts = {ItemKind.OPINION: _("Projet d’avis")}
    draft, rapporteur, asked = _("Projet de décision"), _("rapporteur : %(name)s"), _("sur demande")
    motives = {None: _("Motif"), RequestOrigin.REQUEST: _("Motif de la demande")}
    changes = _changes(items, headings) if editable else {}
    return [
        ItemRow(
            id=item.id,
            position=item.position,
            title=item.title,
            is_information=item.kind is ItemKind.INFORMATION,
            kind=kinds[item.kind],
            outcome=outcomes.get(item.id),
            length=duration(item.minutes, locale),
            note=_note(item, rapporteur, asked),
            draft=drafts.get(item.kind, draft),
            wording=typo(item.draft_wording, locale),
            motive=motives.get(item.origin, motives[None]),
            reason=typo(item.reason or "", locale),
            files=tuple(attached.get(item.id, ())),
            **changes.get(item.id, {}),
        )
        for item in items
    ]


def _note(item: AgendaLine, rapporteur: str, asked: str) -> str:
    parts = [rapporteur % {"name": item.rapporteur}] if item.rapporteur else []
    if item.times_deferred:
        parts.append(ngettext("reporté %(num)s fois", "reporté %(num)s fois", item.times_deferred))
    elif item.origin is RequestOrigin.REQUEST:
        parts.append(asked)
    if item.reserved:
        parts.append(_("réservé"))
    return " · ".join(parts)


def _changes(items: Sequence[AgendaLine], headings: Sequence[Heading]) -> dict[int, dict[str, str]]:
    """What changes each item: its addresses, and what its arrows say (none where it cannot go)."""
    if not items:
        return {}
    move, revise, remove, papers = (
        _pattern_of(endpoint, items[0].meeting_id)
        for endpoint in ("agendas.move", "agendas.revise", "agendas.remove", "papers.of_item")
    )
    up, down = _("Monter : %(title)s"), _("Descendre : %(title)s")
    last = len(items) - 1
    # the first item may still go up to an empty section, the last one down
    top = headings[0].id if headings and headings[0].id != items[0].section_id else None
    foot = headings[-1].id if headings and headings[-1].id != items[-1].section_id else None
    top = None if items[0].section_id is None else top
    return {
        item.id: {
            "move": move % item.id,
            "up": up % {"title": item.title} if rank or top is not None else "",
            "down": down % {"title": item.title} if rank < last or foot is not None else "",
            "revise": revise % item.id,
            "remove": remove % item.id,
            "papers": papers % item.id,
        }
        for rank, item in enumerate(items)
    }


def proposal_rows(meeting_id: int, proposals: Sequence[Proposal]) -> list[ProposalRow]:
    """What is proposed, row by row; the same few reasons are translated once each."""
    reasons: dict[tuple[str, str], str] = {}
    rows = []
    for proposal in proposals:
        reason = (proposal.message, repr(proposal.params))
        if reason not in reasons:
            reasons[reason] = say(proposal)
        rows.append(
            ProposalRow(
                proposal.title,
                reasons[reason],
                proposal.key,
                _form_of(meeting_id, proposal),
                proposal.leave_key,
            )
        )
    return rows


def _form_of(meeting_id: int, proposal: Proposal) -> str:
    if proposal.key:
        return ""
    nature = proposal.act_kind.value
    return url_for("agendas.add", meeting_id=meeting_id, nature=nature, objectif=proposal.object_id)


def left_rows(found: Sequence[LeftOut]) -> list[tuple[int, str]]:
    """What was left out: its id, and what it was about."""
    standing = {Standing.MINUTES: _("Approbation du compte rendu"), Standing.FOLLOW_UP: follow_up_title()}
    return [
        (one.id, standing[one.standing] if one.standing is not None else one.journal_label) for one in found
    ]
