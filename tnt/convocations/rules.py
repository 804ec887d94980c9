"""Convening: what it needs, and what the members are told."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from tnt.core.errors import N_, DomainError


class NoticeKind(StrEnum):
    """Why members were written to."""

    CONVENED = "convened"
    MOVED = "moved"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class EmptyAgenda(DomainError):
    """Members are convened on something."""

    message = N_("L’ordre du jour est vide : ajoutez au moins un point avant de convoquer.")


class AlreadyConvened(DomainError):
    """A session is convened once; a change is written to the members by itself."""

    message = N_("La séance est déjà convoquée : les messages sont partis.")


class NeverConvened(DomainError):
    """A past session entered afterwards, or one that is off, is not convened."""

    message = N_("Cette séance ne se convoque pas : elle est passée, reportée ou annulée.")


class NoticeTooShort(DomainError):
    """Less than the notice delay remains: the reason is kept with the session."""

    message = N_(
        "Le délai de convocation est de %(wanted)s jours et il en reste %(left)s : indiquez le motif "
        "(5 caractères au moins), il est gardé avec la séance."
    )
    field = "short_notice_reason"


class AgendaChanged(DomainError):
    """What is sent is what was read on the preview."""

    message = N_("L’ordre du jour a changé depuis l’aperçu : relisez-le, puis convoquez.")


class NobodyToConvene(DomainError):
    """Nobody sits in the committee on that day."""

    message = N_("Personne ne siège à ce comité le jour de la séance : enregistrez d’abord les mandats.")


def days_left(today: date, session_day: date) -> int:
    """How many days separate today from the session."""
    return (session_day - today).days


def check_notice(today: date, session_day: date, notice_days: int, reason: str) -> str:
    """The reason of a short notice, empty when the delay is kept. Raises NoticeTooShort without one."""
    left = days_left(today, session_day)
    if left >= notice_days:
        return ""
    reason = reason.strip()
    if len(reason) < 5 or len(reason) > 500:
        raise NoticeTooShort(wanted=notice_days, left=left)
    return reason
