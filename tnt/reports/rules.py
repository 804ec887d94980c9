"""The progress report: the lead's own judgement (météo) and three short texts. Pure.

The météo is separate from the group's status and from computed progress. Reports are append-only: a
correction is a new report. « Rien de changé » copies the last texts under today's date.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.projects.rules import ACTIVE, GroupStatus


class Confidence(StrEnum):
    """The lead's own judgement (météo): soleil, couvert, nuage, orage."""

    SUN = "sun"  # objectifs sécurisés
    OVERCAST = "overcast"  # objectifs atteignables
    CLOUD = "cloud"  # appuis nécessaires
    STORM = "storm"  # objectifs compromis


CONFIDENCE_WORDS: dict[Confidence, str] = {
    Confidence.SUN: N_("Soleil"),
    Confidence.OVERCAST: N_("Couvert"),
    Confidence.CLOUD: N_("Nuage"),
    Confidence.STORM: N_("Orage"),
}
CONFIDENCE_MEANINGS: dict[Confidence, str] = {
    Confidence.SUN: N_("objectifs sécurisés"),
    Confidence.OVERCAST: N_("objectifs atteignables"),
    Confidence.CLOUD: N_("appuis nécessaires"),
    Confidence.STORM: N_("objectifs compromis"),
}
TEXT_LENGTH = 4_000
DUE_AFTER = timedelta(days=31)  # the two-minute update is monthly


class MissingConfidence(DomainError):
    """A report says how confident the lead is."""

    message = N_("Choisissez la météo : soleil, couvert, nuage ou orage.")
    field = "confidence"


class MissingDone(DomainError):
    """A report says what was done."""

    message = N_("Indiquez ce qui a été fait depuis le dernier point.")
    field = "done"


class MissingComing(DomainError):
    """A report says what comes."""

    message = N_("Indiquez ce qui vient d’ici au prochain point.")
    field = "coming"


class TextTooLong(DomainError):
    """A committee reads it in a minute."""

    message = N_("Ce texte dépasse 4 000 caractères : résumez, et joignez une pièce à l’ordre du jour.")


class GroupNotCreated(DomainError):
    """A proposed group has nothing to report yet."""

    message = N_("Le groupe « %(group)s » n’est pas encore créé : il n’a pas de point d’avancement.")


class GroupNotActive(DomainError):
    """A group that ended reports no more."""

    message = N_("Le groupe « %(group)s » n’est plus actif : il n’a plus de point d’avancement.")


class NothingToRepeat(DomainError):
    """« Rien de changé » needs something that was said before."""

    message = N_("Ce groupe n’a pas encore de point d’avancement : remplissez le premier.")


def check_active(status: GroupStatus, group: str) -> None:
    """Raise GroupNotCreated or GroupNotActive unless the group works."""
    if status is GroupStatus.PROPOSED:
        raise GroupNotCreated(group=group)
    if status not in ACTIVE:
        raise GroupNotActive(group=group)


def check_report(confidence: Confidence | None, done: str, coming: str, arbitration: str) -> None:
    """Raise the refusal of a report that says too little, or too much."""
    if confidence is None:
        raise MissingConfidence()
    if not done.strip():
        raise MissingDone()
    if not coming.strip():
        raise MissingComing()
    for field, text in (("done", done), ("coming", coming), ("arbitration", arbitration)):
        if len(text.strip()) > TEXT_LENGTH:
            raise TextTooLong(field=field)


def due_on(last: date | None, active_since: date) -> date:
    """The day by which the next report is expected: a month after the last one, or after the creation."""
    return (last or active_since) + DUE_AFTER
