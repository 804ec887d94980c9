"""What follows the items of agendas: the features above say what they do when one leaves, or comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tnt.agendas.models import AgendaItem
from tnt.core.access import Actor
from tnt.intake.models import DecisionRequest


class Leaves(Protocol):
    """An item goes back to that entry of the intake, or nowhere; `keep`: it stays readable where it is."""

    def __call__(self, actor: Actor, item: AgendaItem, entry: DecisionRequest | None, *, keep: bool) -> None:
        """Follow it, inside the transaction."""


@dataclass(frozen=True, slots=True)
class Follower:
    """What a feature does with what it hung on an item, inside the transaction of the change."""

    leaves: Leaves  # called before the item is deleted
    comes: Callable[[Actor, AgendaItem], None]  # an entry of the intake became this item
    tells: Callable[
        [AgendaItem], Sequence[str]
    ]  # what becomes of it when the item is taken off, in sentences


_FOLLOWERS: dict[str, Follower] = {}


def register_follower(name: str, follower: Follower) -> None:
    """Follow the items of agendas, once per name."""
    _FOLLOWERS[name] = follower


def item_leaves(actor: Actor, item: AgendaItem, entry: DecisionRequest | None, *, keep: bool) -> None:
    """Tell that an item goes back to that entry of the intake, or nowhere."""
    for follower in _FOLLOWERS.values():
        follower.leaves(actor, item, entry, keep=keep)


def told_before_leaving(item: AgendaItem) -> list[str]:
    """What becomes of all that hangs on an item when it is taken off, as the reader reads it first."""
    return [sentence for follower in _FOLLOWERS.values() for sentence in follower.tells(item)]


def item_comes(actor: Actor, item: AgendaItem) -> None:
    """Tell that an entry of the intake became an item."""
    for follower in _FOLLOWERS.values():
        follower.comes(actor, item)
