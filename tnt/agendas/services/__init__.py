"""What can be done to an agenda: its items (`items`), those that ask something (`motions`), what is proposed
for it (`proposals`), its headings (`headings`).
"""

from tnt.agendas.services.headings import change_sections, change_standing_headings
from tnt.agendas.services.items import (
    add_item,
    hand_over_agenda,
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
    drafted_wording,
    revise_group_item,
    revise_objective_item,
)
from tnt.agendas.services.proposals import add_proposal, leave_out, take_back

__all__ = [
    "GroupAsk",
    "ItemWords",
    "ObjectiveAsk",
    "add_group_item",
    "add_item",
    "add_objective_item",
    "add_proposal",
    "change_sections",
    "change_standing_headings",
    "drafted_wording",
    "hand_over_agenda",
    "leave_out",
    "move_item",
    "place_request",
    "remove_item",
    "return_items",
    "revise_group_item",
    "revise_item",
    "revise_objective_item",
    "take_back",
]
