"""The rows of the page of a meeting, ready to be written.

A session has thirty items, each with its moves and links: what a row would ask of the catalogues, of the
addresses and of the formats is asked here once for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from tnt.agendas.models import ItemKind
from tnt.agendas.queries import AgendaLine, Proposal
from tnt.core.formats import duration, typo
from tnt.core.i18n import say
from tnt.core.templating import current_locale


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
    move: str = ""
    up: str = ""  # empty for the first
    down: str = ""
    revise: str = ""
    remove: str = ""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in words, added in one click by its key, or by the form at that address."""

    title: str
    why: str
    key: str
    url: str


def _pattern_of(endpoint: str, meeting_id: int) -> str:
    """The address of something of an item, to be completed with its id."""
    return url_for(endpoint, meeting_id=meeting_id, item_id=0).replace("/0/", "/%d/")


def item_rows(items: Sequence[AgendaLine], outcomes: Mapping[int, str], *, editable: bool) -> list[ItemRow]:
    """The agenda, row by row."""
    locale = current_locale()
    kinds = {
        ItemKind.INFORMATION: _("Information"),
        ItemKind.OPINION: _("Avis"),
        ItemKind.DECISION: _("Décision"),
    }
    drafts = {ItemKind.OPINION: _("Projet d’avis")}
    draft, rapporteur, asked = _("Projet de décision"), _("rapporteur : %(name)s"), _("sur demande")
    changes = _changes(items) if editable else {}
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
            **changes.get(item.id, {}),
        )
        for item in items
    ]


def _note(item: AgendaLine, rapporteur: str, asked: str) -> str:
    parts = [rapporteur % {"name": item.rapporteur}] if item.rapporteur else []
    if item.times_deferred:
        parts.append(ngettext("reporté %(num)s fois", "reporté %(num)s fois", item.times_deferred))
    elif item.request_id is not None:
        parts.append(asked)
    return " · ".join(parts)


def _changes(items: Sequence[AgendaLine]) -> dict[int, dict[str, str]]:
    """What changes each item: its addresses, and what its arrows say (none above the first)."""
    if not items:
        return {}
    move, revise, remove = (
        _pattern_of(f"agendas.{what}", items[0].meeting_id) for what in ("move", "revise", "remove")
    )
    up, down = _("Monter : %(title)s"), _("Descendre : %(title)s")
    last = len(items) - 1
    return {
        item.id: {
            "move": move % item.id,
            "up": up % {"title": item.title} if rank else "",
            "down": down % {"title": item.title} if rank < last else "",
            "revise": revise % item.id,
            "remove": remove % item.id,
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
            ProposalRow(proposal.title, reasons[reason], proposal.key, _form_of(meeting_id, proposal))
        )
    return rows


def _form_of(meeting_id: int, proposal: Proposal) -> str:
    if proposal.key:
        return ""
    nature = proposal.act_kind.value
    return url_for("agendas.add", meeting_id=meeting_id, nature=nature, objectif=proposal.object_id)
