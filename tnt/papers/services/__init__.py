"""What can be done with papers: their files, what is expected, and how they follow an item."""

from tnt.papers.services.expected import ask, ask_rapporteurs, chase
from tnt.papers.services.files import add_papers, hand_in, move, remove, review, revise, send_back
from tnt.papers.services.following import item_comes, item_leaves
from tnt.papers.services.letters import ASKED, LATE, SENT_BACK, facts_of, still_awaited

__all__ = [
    "ASKED",
    "LATE",
    "SENT_BACK",
    "add_papers",
    "ask",
    "ask_rapporteurs",
    "chase",
    "facts_of",
    "hand_in",
    "item_comes",
    "item_leaves",
    "move",
    "remove",
    "review",
    "revise",
    "send_back",
    "still_awaited",
]
