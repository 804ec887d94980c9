"""Closed with its words, or handed over to somebody who can take it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tnt.core.errors import N_, DomainError

WORDS_LENGTHS = (3, 2_000)


class ThingKind(StrEnum):
    """What a group that stops may leave open."""

    ACTION = "action"
    OBJECTIVE = "objective"


class Fate(StrEnum):
    """What becomes of it."""

    CLOSED = "closed"
    HANDED = "handed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered for one thing: closed with these words, or handed to « p12 », « i3 » or « g5 »."""

    fate: Fate | None = None
    words: str = ""
    heir: str = ""

    @property
    def heir_id(self) -> int:
        """The id in the heir's code."""
        return int(self.heir[1:])


class Unanswered(DomainError):
    """Each open thing is closed or handed over."""

    message = N_("Indiquez ce que devient « %(thing)s » : à clore avec l’arrêt, ou à confier.")


class WithoutWords(DomainError):
    """Closing says why."""

    message = N_("Indiquez les mots de la clôture de « %(thing)s » (3 à 2 000 caractères).")


class WithoutHeir(DomainError):
    """Handing over says to whom."""

    message = N_("Choisissez à qui « %(thing)s » est confié.")


class HeirEnded(DomainError):
    """A group that ended, or the one that stops, takes nothing over."""

    message = N_("Le groupe « %(group)s » ne peut rien reprendre : il est arrêté, ou c’est lui qui s’arrête.")


def field_of(code: str, part: str) -> str:
    """The name of a form's field: « a12_fate »."""
    return f"{code}_{part}"


def check_answer(code: str, thing: str, kind: ThingKind, answer: Answer) -> None:
    """Raise Unanswered, WithoutWords or WithoutHeir, on the field concerned."""
    if answer.fate is None:
        raise Unanswered(field=field_of(code, "fate"), thing=thing)
    low, high = WORDS_LENGTHS
    if answer.fate is Fate.CLOSED and not low <= len(answer.words.strip()) <= high:
        raise WithoutWords(field=field_of(code, "words"), thing=thing)
    kinds = "g" if kind is ThingKind.OBJECTIVE else "pig"
    if answer.fate is Fate.HANDED and not is_heir(answer.heir, kinds):
        raise WithoutHeir(field=field_of(code, "heir"), thing=thing)


def is_heir(code: str, kinds: str) -> bool:
    """Whether a code names somebody of these kinds: « p12 », « i3 », « g5 »."""
    number = code[1:]
    return code[:1] in set(kinds) and number.isascii() and number.isdigit() and len(number) <= 9
