"""What can be done to an agenda: its items (`items`), and those that ask something (`motions`)."""

from tnt.agendas.services.items import (
    add_item,
    move_item,
    place_request,
    remove_item,
    return_items,
    revise_item,
)
from tnt.agendas.services.motions import (
    GroupAsk,
    ItemWords,
    ObjectiveAsk,
    add_group_item,
    add_objective_item,
    add_proposal,
    revise_group_item,
    revise_objective_item,
)

__all__ = [
    "GroupAsk",
    "ItemWords",
    "ObjectiveAsk",
    "add_group_item",
    "add_item",
    "add_objective_item",
    "add_proposal",
    "move_item",
    "place_request",
    "remove_item",
    "return_items",
    "revise_group_item",
    "revise_item",
    "revise_objective_item",
]
