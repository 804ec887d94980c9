"""Who may read and who may prepare the meetings of a committee."""

from __future__ import annotations

from tnt.committees.rules import Seat, Voice
from tnt.core.access import Actor

READERS = ("member", "secretary", "co_chair")
READ_RESERVED = ("secretary", "co_chair", "voting")


def reads_everything(actor: Actor) -> bool:
    """Whether the actor reads the meetings of every committee."""
    return actor.has("programme_manager")


def can_read(actor: Actor, committee_id: int) -> bool:
    """Whether the actor may read the meetings of a committee: whoever sits there, the programme manager."""
    return reads_everything(actor) or any(actor.has(right, committee_id) for right in READERS)


def can_prepare(actor: Actor, committee_id: int) -> bool:
    """Whether the actor plans, convenes, moves, holds: the secretary of that committee, or the system."""
    return actor.has("secretary", committee_id)


def reads_reserved(actor: Actor, committee_id: int) -> bool:
    """Whether the actor reads what a session reserves: whoever votes there, presides or keeps it."""
    return any(actor.has(right, committee_id) for right in READ_RESERVED)


def takes_part(actor: Actor) -> bool:
    """Whether the actor has a share in what committees decide: sits in one, keeps one, or leads a group."""
    return actor.has_any("lead", *READERS)


def seat_reads_reserved(seat: Seat, voice: Voice) -> bool:
    """Whether whoever holds such a seat reads what a session reserves."""
    return voice is Voice.VOTING or seat in (Seat.CO_CHAIR, Seat.SECRETARY)
