"""What can be done between sessions: draft and send, answer, close and approve; and interim measures."""

from tnt.consultations.services.drafting import (
    Words,
    add_paper,
    draft_consultation,
    draft_from_request,
    remove_paper,
    revise_consultation,
    send,
    withdraw,
)
from tnt.consultations.services.links import OpenedConsultation, open_link, reply_by_link
from tnt.consultations.services.mailing import issue_link
from tnt.consultations.services.measures import NewAction, take_measure
from tnt.consultations.services.outcomes import (
    ask_correction,
    close,
    close_overdue,
    correct,
    file_signed_scan,
    give_visa,
)
from tnt.consultations.services.replies import remind, reply

__all__ = [
    "NewAction",
    "OpenedConsultation",
    "Words",
    "add_paper",
    "ask_correction",
    "close",
    "close_overdue",
    "correct",
    "draft_consultation",
    "draft_from_request",
    "file_signed_scan",
    "give_visa",
    "issue_link",
    "open_link",
    "remind",
    "remove_paper",
    "reply",
    "reply_by_link",
    "revise_consultation",
    "send",
    "take_measure",
    "withdraw",
]
