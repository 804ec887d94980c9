"""How sittings plug in: the agenda's page learns how each item ended, a meeting has its part « Tenue ».

They also follow the items that leave a session, alone or with its whole agenda.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tnt.agendas.followers import Follower, register_follower
from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import register_outcomes
from tnt.core.access import Actor
from tnt.core.errors import N_
from tnt.intake.models import DecisionRequest
from tnt.meetings.models import Meeting
from tnt.meetings.rules import TO_COME, Announcement, Change, ChangeKind, MeetingState
from tnt.meetings.services import Consequence, register_consequence
from tnt.meetings.tabs import register_tab
from tnt.sittings import queries, services

SHOWN = TO_COME | {MeetingState.IN_SESSION}


def init_app(_app: Flask) -> None:
    """Show the outcomes on the page of a meeting, and follow its items."""
    register_outcomes(_outcomes)
    register_consequence("sittings", Consequence(_announce, _carry_out, _allows))
    register_follower("sittings", Follower(_leaves, _comes, _told))
    register_tab("sittings.running_order", _l("Tenue"), 50, _shows_running_order)


def _shows_running_order(actor: Actor, meeting: Meeting) -> bool:
    return meeting.state in SHOWN and services.can_chair(actor, meeting)


def _outcomes(meeting_id: int) -> dict[int, str]:
    return {line.id: line.outcome.value for line in queries.list_rail(meeting_id) if line.outcome is not None}


def _announce(_meeting: Meeting, kind: ChangeKind) -> Sequence[Announcement]:
    if kind is not ChangeKind.RECONVENED:
        return []
    return [
        Announcement(
            N_("Les notes et les textes saisis en séance passent avec lui ; les votes et les déports, non.")
        )
    ]


def _allows(meeting: Meeting, kind: ChangeKind) -> bool:
    """A session is reconvened only when the roll shows that its quorum is missing."""
    return kind is not ChangeKind.RECONVENED or services.lacks_quorum(meeting)


def _carry_out(actor: Actor, meeting: Meeting, change: Change) -> None:
    if change.kind is ChangeKind.RECONVENED and change.into_id is not None:
        services.hand_over(actor, meeting, change.was.state, change.into_id)


def _leaves(
    actor: Actor,
    item: AgendaItem,
    entry: DecisionRequest | None,  # noqa: ARG001  # followers are called with its name
    *,
    keep: bool,
) -> None:
    if not keep:
        services.forget_item(actor, item)


def _comes(_actor: Actor, _item: AgendaItem) -> None:
    """Nothing was entered on it yet."""


def _told(item: AgendaItem) -> list[str]:
    """What was entered on an item in a session without quorum."""
    return [_("Ce qui a été noté sur lui en séance disparaît.")] if queries.find_outcome(item.id) else []
