"""How agendas plug into meetings: when one is cancelled, its items go back to the intake."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tnt.agendas import queries, services
from tnt.core import formats
from tnt.core.access import Actor
from tnt.core.errors import N_
from tnt.core.templating import current_locale
from tnt.intake.queries import Placement, register_placements
from tnt.intake.rules import RequestState
from tnt.meetings.models import Meeting
from tnt.meetings.rules import Announcement, Change, ChangeKind
from tnt.meetings.services import Consequence, register_consequence
from tnt.meetings.tabs import register_tab


def init_app(_app: Flask) -> None:
    """Follow the meetings that are off, and tell the intake where its entries were placed."""
    register_consequence("agendas", Consequence(_announce, _carry_out))
    register_placements(RequestState.PLACED, _placements)
    register_tab("agendas.page", _l("Ordre du jour"), 10, lambda _actor, _meeting: True)


def _placements(_actor: Actor, request_ids: Sequence[int]) -> dict[int, Placement]:
    return {
        request_id: Placement(
            _("séance du %(day)s", day=formats.date_medium(meeting.starts_at, current_locale())),
            url_for("agendas.page", meeting_id=meeting.id),
            meeting.starts_at,
        )
        for request_id, meeting in queries.placements(request_ids).items()
    }


def _announce(meeting: Meeting, kind: ChangeKind) -> Sequence[Announcement]:
    items = queries.items_of(meeting.id)
    if kind is ChangeKind.MOVED or not items:
        return []
    if kind is ChangeKind.POSTPONED:
        return [Announcement(N_("L’ordre du jour reste celui de la séance, avec ses pièces."))]
    if kind is ChangeKind.RECONVENED:
        return [Announcement(N_("L’ordre du jour passe entier, avec ses pièces, à la nouvelle séance."))]
    count = sum(1 for item in items if item.standing is None)
    if count == 0:
        return []
    if count == 1:
        return [Announcement(N_("Un point de l’ordre du jour retourne en attente."))]
    return [Announcement(N_("%(count)s points de l’ordre du jour retournent en attente."), {"count": count})]


def _carry_out(actor: Actor, meeting: Meeting, change: Change) -> None:
    if change.kind is ChangeKind.CANCELLED:
        services.return_items(meeting)
    elif change.kind is ChangeKind.RECONVENED and change.into_id is not None:
        services.hand_over_agenda(actor, meeting, change.into_id)
