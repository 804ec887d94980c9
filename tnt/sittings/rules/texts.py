"""The texts of an item that are saved as they are typed, and how two of them are put together. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from tnt.core.errors import N_, DomainError


class TextField(StrEnum):
    """A text of an item that is saved as it is typed."""

    NOTES = "notes"
    WORDING = "wording"
    DEFER_REASON = "defer_reason"
    MISSION = "mission"


TEXT_WORDS = {
    TextField.NOTES: N_("notes"),
    TextField.WORDING: N_("texte de la décision"),
    TextField.DEFER_REASON: N_("motif du report"),
    TextField.MISSION: N_("mission"),
}
KEYS_KEPT = 20
JOURNAL_EVERY = timedelta(minutes=5)
WRITING_FOR = timedelta(seconds=45)


class NoSuchText(DomainError):
    """The item has no such text."""

    message = N_("Ce point n’a pas ce texte.")


class BadKey(DomainError):
    """A save names itself, so that sending it twice saves it once."""

    message = N_("Cet enregistrement n’est pas reconnu : rechargez la page, votre texte y sera repris.")


def merge(saved: str, typed: str) -> str:
    """Both texts in one: what they share once, then, where they part, what was saved before what was typed.

    No line of either is lost.
    """
    ours, theirs = saved.split("\n"), typed.split("\n")
    merged: list[str] = []
    for _operation, a, b, c, d in SequenceMatcher(a=ours, b=theirs, autojunk=False).get_opcodes():
        merged += ours[a:b]
        if ours[a:b] != theirs[c:d]:
            merged += theirs[c:d]
    return "\n".join(merged)


def is_journal_due(unwritten_since: datetime | None, now: datetime) -> bool:
    """Whether what one person typed has waited long enough to be written in the journal."""
    return unwritten_since is not None and now - unwritten_since >= JOURNAL_EVERY
