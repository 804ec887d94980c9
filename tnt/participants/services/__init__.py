"""What is done about who comes: replies, links and readings; reminders; guests of one item."""

from tnt.participants.services.chasers import chase, silent_of
from tnt.participants.services.guests import invite, open_item, withdraw
from tnt.participants.services.links import issue_link, note_reading, open_link
from tnt.participants.services.replies import answer_for, give_reply, keep_replies, reply_by_link

__all__ = [
    "answer_for",
    "chase",
    "give_reply",
    "invite",
    "issue_link",
    "keep_replies",
    "note_reading",
    "open_item",
    "open_link",
    "reply_by_link",
    "silent_of",
    "withdraw",
]
