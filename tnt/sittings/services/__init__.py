"""What the secretary does while a session is held.

Open it (`holding`), call the roll and follow who comes and goes (`roll`), settle each item (`outcomes`), vote
by name (`votes`), save texts as they are typed (`texts`), note actions (`actions`); what becomes of it all
when the items leave (`reconvening`).
"""

from tnt.sittings.services.actions import note_action, remove_action
from tnt.sittings.services.holding import (
    NothingOnTheAgenda,
    NotInSession,
    TooEarly,
    can_chair,
    can_hold,
    get_meeting_to_chair,
    get_meeting_to_hold,
    is_roll_open,
    is_too_early,
    open_session,
    register_roll_reopened,
)
from tnt.sittings.services.outcomes import refusals_of, save_outcome, settle_together, undo_together
from tnt.sittings.services.reconvening import QuorumNotMissing, forget_item, hand_over, lacks_quorum
from tnt.sittings.services.roll import Entry, LineChanged, call_roll, line_told, note_move, remove_move
from tnt.sittings.services.texts import TextConflict, journal_texts, save_text
from tnt.sittings.services.votes import record_ballots, set_recusals, vote_told

__all__ = [
    "Entry",
    "LineChanged",
    "NotInSession",
    "NothingOnTheAgenda",
    "QuorumNotMissing",
    "TextConflict",
    "TooEarly",
    "call_roll",
    "can_chair",
    "can_hold",
    "forget_item",
    "get_meeting_to_chair",
    "get_meeting_to_hold",
    "hand_over",
    "is_roll_open",
    "is_too_early",
    "journal_texts",
    "lacks_quorum",
    "line_told",
    "note_action",
    "note_move",
    "open_session",
    "record_ballots",
    "refusals_of",
    "register_roll_reopened",
    "remove_action",
    "remove_move",
    "save_outcome",
    "save_text",
    "set_recusals",
    "settle_together",
    "undo_together",
    "vote_told",
]
