"""Convene a session, hold its date, write again when it changes, have its agenda countersigned."""

from tnt.convocations.services.countersigns import (
    ask_correction,
    ask_countersign,
    can_countersign,
    give_countersign,
)
from tnt.convocations.services.notices import (
    MAIL_KIND,
    convene,
    convene_newcomers,
    fingerprint,
    hold_date,
    still_true,
    tell_agenda,
    tell_change,
)

__all__ = [
    "MAIL_KIND",
    "ask_correction",
    "ask_countersign",
    "can_countersign",
    "convene",
    "convene_newcomers",
    "fingerprint",
    "give_countersign",
    "hold_date",
    "still_true",
    "tell_agenda",
    "tell_change",
]
