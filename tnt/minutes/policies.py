"""Who keeps the minutes of a committee, who reads what of them."""

from __future__ import annotations

from enum import StrEnum

from tnt.core.access import Actor
from tnt.meetings.policies import can_prepare, can_read
from tnt.minutes.rules import MinutesState


class Level(StrEnum):
    """How much of the minutes somebody reads."""

    WHOLE = "whole"  # reserved passages too
    COMMON = "common"  # what all who may read the committee's minutes see
    PUBLIC = "public"  # the published version only


def can_keep(actor: Actor, committee_id: int) -> bool:
    """Whether the actor drafts, circulates, settles, publishes: the secretariat of the committee."""
    return can_prepare(actor, committee_id)


def sees_reserved(actor: Actor, committee_id: int) -> bool:
    """Whether the actor reads reserved passages: the secretariat, the co-chairs, those who vote."""
    return any(actor.has(right, committee_id) for right in ("secretary", "co_chair", "voting"))


def level_of(actor: Actor, committee_id: int, state: MinutesState, *, is_recipient: bool) -> Level | None:
    """What the actor reads of minutes in that state, None for nothing.

    A draft is its secretary's; once circulated, the committee's and of those to whom it was sent, even when
    their mandate has ended since, until it is approved; once published, the public version is everybody's.
    """
    if can_keep(actor, committee_id):
        return Level.WHOLE
    if state is MinutesState.DRAFT or actor.person_id is None:
        return None
    if can_read(actor, committee_id):
        return Level.WHOLE if sees_reserved(actor, committee_id) else Level.COMMON
    if is_recipient and state is MinutesState.CIRCULATED:
        return Level.COMMON
    return Level.PUBLIC if state is MinutesState.PUBLISHED else None
