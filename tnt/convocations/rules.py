"""Convening: what it needs, and what the members are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from tnt.core.errors import N_, DomainError
from tnt.meetings.rules import MeetingState


class NoticeKind(StrEnum):
    """Why members were written to."""

    CONVENED = "convened"
    MOVED = "moved"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    DATE_HOLD = "date_hold"  # « réservation de date »: before the convocation
    AGENDA = "agenda"  # the agenda changed once members were convened
    JOINED = "joined"  # the convocation, to those who sit since


NOTICE_WORDS = {
    NoticeKind.CONVENED: N_("Convocation"),
    NoticeKind.MOVED: N_("Modification"),
    NoticeKind.POSTPONED: N_("Report"),
    NoticeKind.CANCELLED: N_("Annulation"),
    NoticeKind.DATE_HOLD: N_("Réservation de date"),
    NoticeKind.AGENDA: N_("Ordre du jour modifié"),
    NoticeKind.JOINED: N_("Convocation des nouveaux membres"),
}
# by these, somebody was convened
CONVENING = frozenset({NoticeKind.CONVENED, NoticeKind.JOINED, NoticeKind.MOVED})


class CountersignState(StrEnum):
    """What a co-chair answered to an agenda put before them."""

    AWAITED = "awaited"
    GIVEN = "given"
    CORRECTION = "correction"


class CountersignNeeded(DomainError):
    """Where the committee asks for it, a co-chair countersigns the agenda first."""

    message = N_(
        "Ce comité demande qu’un coprésident contresigne l’ordre du jour tel qu’il est : demandez le "
        "contreseing avant de convoquer."
    )


class NothingToCountersign(DomainError):
    """An agenda is put before the co-chairs while the session is planned."""

    message = N_("Aucun contreseing n’est attendu sur cet ordre du jour.")


class AlreadyCountersigned(DomainError):
    """The agenda as it stands was put before the co-chairs."""

    message = N_("Cet ordre du jour est déjà soumis au contreseing, ou contresigné.")


class CorrectionNeedsWords(DomainError):
    """A correction says what to correct."""

    message = N_("Indiquez la correction demandée (500 caractères au plus) : le secrétariat la lira.")
    field = "comment"


class NoCoChairThatDay(DomainError):
    """Somebody countersigns."""

    message = N_("Aucun coprésident ne siège le jour de la séance : enregistrez d’abord son mandat.")


class DateNotHeld(DomainError):
    """A date is held for a session that is planned, in the future."""

    message = N_("Une date se réserve pour une séance planifiée, à venir et pas encore convoquée.")


class NotConvenedYet(DomainError):
    """What changes is told to those who were convened."""

    message = N_("La séance n’est pas convoquée : l’ordre du jour partira avec la convocation.")


class NothingChanged(DomainError):
    """The agenda is the one that members have."""

    message = N_("L’ordre du jour n’a pas changé depuis le dernier message envoyé.")


class DateAlreadyHeld(DomainError):
    """The same date is held once."""

    message = N_("Ce message est déjà parti : les membres ont été priés de réserver cette date.")


class NobodyChosen(DomainError):
    """A message goes to somebody."""

    message = N_("Choisissez au moins un destinataire.")
    field = "people"


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


class ItemChangeKind(StrEnum):
    """What happened to an item since the agenda that members have."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REORDERED = "reordered"  # no item of its own: those that stay come in another order


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that is new, gone or otherwise; `before` and `now` are the items of both agendas, if any."""

    kind: ItemChangeKind
    before: Mapping[str, Any] | None
    now: Mapping[str, Any] | None

    @property
    def item(self) -> Mapping[str, Any]:
        """The item as it stands, or as it stood."""
        return self.now or self.before or {}

    @property
    def reserved(self) -> bool:
        """Whether the change is told only to those who read what the session reserves."""
        return any(bool(each and each.get("reserved")) for each in (self.before, self.now))

    def differs(self, name: str) -> bool:
        """Whether that part of the item is another one."""
        return bool(self.before and self.now and self.before.get(name) != self.now.get(name))


# what members read of an item; its rank alone is no change of the item
READ_OF_ITEM = ("title", "kind", "minutes", "rapporteur", "draft_wording")


def agenda_changes(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[ItemChange]:
    """What changed between two agendas: in the order of the new one, what is gone, then the order itself."""
    known = {_key(item): item for item in before}
    found, kept = [], []
    for item in now:
        old = known.pop(_key(item), None) or known.pop(item["title"], None)
        if old is None:
            found.append(ItemChange(ItemChangeKind.ADDED, None, item))
            continue
        kept.append(old)
        if any(old.get(name) != item.get(name) for name in READ_OF_ITEM):
            found.append(ItemChange(ItemChangeKind.CHANGED, old, item))
    found += [ItemChange(ItemChangeKind.REMOVED, item, None) for item in known.values()]
    return [*found, *_reordering(kept)]


def _reordering(kept: Sequence[Mapping[str, Any]]) -> list[ItemChange]:
    """That what stays, told as it was before, has another order: for all, or for those who read it all."""
    public = [item for item in kept if not item.get("reserved")]
    if not _is_in_order(public):
        return [ItemChange(ItemChangeKind.REORDERED, None, None)]
    if not _is_in_order(kept):
        return [ItemChange(ItemChangeKind.REORDERED, None, {"reserved": True})]
    return []


def _is_in_order(items: Sequence[Mapping[str, Any]]) -> bool:
    return all(one["position"] <= following["position"] for one, following in pairwise(items))


def _key(item: Mapping[str, Any]) -> object:
    """What is the same item in two agendas: its id, or its title in an agenda frozen without ids."""
    return item.get("id") or item["title"]


def check_correction(comment: str) -> str:
    """The correction asked, without outer spaces. Raises CorrectionNeedsWords."""
    comment = comment.strip()
    if not 3 <= len(comment) <= 500:
        raise CorrectionNeedsWords()
    return comment


# what members were last told of a session in that state, for them to have its date in mind
_KNOWN = {
    MeetingState.PLANNED: {NoticeKind.DATE_HOLD, NoticeKind.MOVED},
    MeetingState.POSTPONED: {NoticeKind.POSTPONED},
}


def knows_of(last: NoticeKind, state: MeetingState) -> bool:
    """Whether members are to hear of a change: they were convened, asked to keep the day free, or put off."""
    return state is MeetingState.CONVENED or last in _KNOWN.get(state, ())
