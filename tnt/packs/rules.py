"""The life of a pack, what it refuses, and what changed since it was sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tnt.core.errors import N_, DomainError
from tnt.meetings.rules import MeetingState

MOST_BYTES = 80 * 1024 * 1024  # of all the papers of a pack
BUILDING = frozenset({MeetingState.PLANNED, MeetingState.CONVENED, MeetingState.IN_SESSION})
SENDING = frozenset({MeetingState.CONVENED, MeetingState.IN_SESSION})


NOT_YET = frozenset({MeetingState.PLANNED})  # members look for a pack once they are convened


class PackState(StrEnum):
    """Asked for, built as a preview, sent: what was sent never changes."""

    QUEUED = "queued"
    BUILT = "built"
    SENT = "sent"


class FileKind(StrEnum):
    """In which forms a pack is made."""

    PDF = "pdf"
    ODT = "odt"
    ZIP = "zip"


class PackClosed(DomainError):
    """A pack prepares a session; it is not made afterwards."""

    message = N_(
        "Le dossier ne se construit plus : la séance est levée, reportée ou annulée. Ce qui a été diffusé "
        "reste."
    )


class EmptyPack(DomainError):
    """A pack is made of an agenda."""

    message = N_("L’ordre du jour est vide : ajoutez au moins un point avant de construire le dossier.")


class TooHeavy(DomainError):
    """Mail boxes, printers and our own limits have an end."""

    message = N_(
        "Les pièces pèsent %(size)s en tout, pour %(most)s au plus : allégez-en ou retirez-en avant de "
        "construire le dossier."
    )


class NotBuilt(DomainError):
    """What is sent is what was previewed."""

    message = N_("Aucun aperçu n’est construit : construisez-le, relisez-le, puis diffusez-le.")


class PackOutdated(DomainError):
    """The agenda or the papers changed since the preview."""

    message = N_(
        "L’ordre du jour ou les pièces ont changé depuis l’aperçu : construisez-le de nouveau et relisez-le."
    )


class PreviewChanged(DomainError):
    """Another preview was built since the page was read."""

    message = N_("Un autre aperçu a été construit depuis : relisez-le, puis diffusez-le.")


class NotConvenedYet(DomainError):
    """Members are convened first; the pack comes on the page that the convocation leads to."""

    message = N_("La séance n’est pas convoquée : convoquez d’abord, le dossier suit.")


class AlreadySent(DomainError):
    """Sent once, never twice: a second click, or another person."""

    message = N_("C’est déjà diffusé : les messages sont partis, rien ne part une seconde fois.")


class NothingNew(DomainError):
    """A supplement says what changed."""

    message = N_("Rien n’a changé depuis le dernier envoi : il n’y a pas d’additif à construire.")


class NobodyToSend(DomainError):
    """A pack is sent to somebody."""

    message = N_("Personne ne siège à ce comité le jour de la séance : enregistrez d’abord les mandats.")


def check_build(state: MeetingState, *, items: int, size: int, told: str, most: str) -> None:
    """Raise PackClosed, EmptyPack or TooHeavy; `told` and `most` are the sizes in words."""
    if state not in BUILDING:
        raise PackClosed()
    if not items:
        raise EmptyPack()
    if size > MOST_BYTES:
        raise TooHeavy(size=told, most=most)


def check_sending(
    state: MeetingState, pack: PackState, *, seen: str, now: str, chosen: str, built: str
) -> None:
    """Whether a preview may be sent.

    `seen`, `now`: the agenda and the papers at the build and at present; `chosen`, `built`: the preview that
    was confirmed and the one that is there. Raises AlreadySent, NotBuilt, PreviewChanged, PackOutdated,
    NotConvenedYet, PackClosed.
    """
    if pack is PackState.SENT:
        raise AlreadySent()
    if pack is not PackState.BUILT:
        raise NotBuilt()
    if state is MeetingState.PLANNED:
        raise NotConvenedYet()
    if state not in SENDING:
        raise PackClosed()
    if chosen != built:
        raise PreviewChanged()
    if seen != now:
        raise PackOutdated()


# ---- what changed ----


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs from what the members hold, in a marked sentence with its parameters."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    item_id: int | None = None
    reserved: bool = False


_ITEM_FIELDS = {
    "title": N_("Point %(position)s : intitulé modifié, désormais « %(title)s »."),
    "wording": N_("Point %(position)s, « %(title)s » : projet de texte modifié."),
    "kind": N_("Point %(position)s, « %(title)s » : nature du point modifiée."),
}
_MEETING_FIELDS = {
    "slot": N_("Date de la séance : %(new)s (au lieu de : %(old)s)."),
    "place": N_("Lieu de la séance : %(new)s (au lieu de : %(old)s)."),
}
NEW_ITEM = N_("Point %(position)s, « %(title)s » : ajouté à l’ordre du jour.")
OPENED_ITEM = N_("Point %(position)s, « %(title)s » : n’est plus réservé, tous les membres le lisent.")
GONE_ITEM = N_("« %(title)s » : retiré de l’ordre du jour.")
MOVED_ITEMS = N_("Les points ont changé de rang : l’ordre du jour à jour figure ci-après.")
NEW_PAPER = N_("Point %(position)s : nouvelle pièce « %(title)s ».")
OPENED_PAPER = N_("Point %(position)s : pièce « %(title)s », qui n’est plus réservée.")
NEW_VERSION = N_("Point %(position)s : nouvelle version de la pièce « %(title)s ».")
GONE_PAPER = N_("Point %(position)s : pièce « %(title)s » retirée.")
NOWHERE = "–"


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What changed from one state of a session (`watch` of a snapshot) to another, in the agenda's order."""
    before = {item["id"]: item for item in old["items"]}
    after = {item["id"]: item for item in new["items"]}
    found = list(_meeting_changes(old["meeting"], new["meeting"]))
    for key, item in after.items():
        if key not in before:
            found.append(_of_item(NEW_ITEM, item))
        else:
            found += _item_changes(item, before[key])
        found += _paper_changes(item, before.get(key))
    found += [_of_item(GONE_ITEM, item) for key, item in before.items() if key not in after]
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        found.append(Change(MOVED_ITEMS))
    return found


def _meeting_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[Change]:
    for name, words in _MEETING_FIELDS.items():
        if old[name] != new[name]:
            yield Change(words, {"old": old[name] or NOWHERE, "new": new[name] or NOWHERE})


def _of_item(words: str, item: Mapping[str, Any]) -> Change:
    params = {"position": item["position"], "title": item["title"]}
    return Change(words, params, item["id"], bool(item["reserved"]))


def _item_changes(item: Mapping[str, Any], was: Mapping[str, Any]) -> Iterable[Change]:
    if _is_opened(item, was):
        yield _of_item(OPENED_ITEM, item)
    for name, words in _ITEM_FIELDS.items():
        if item[name] != was[name]:
            yield _of_item(words, item)


def _is_opened(thing: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    """Whether an item or a paper that some read is now for everybody."""
    return bool(was["reserved"]) and not thing["reserved"]


def _paper_changes(item: Mapping[str, Any], was: Mapping[str, Any] | None) -> Iterable[Change]:
    before = {paper["id"]: paper for paper in (was or {}).get("papers", [])}
    after = {paper["id"]: paper for paper in item["papers"]}
    for key, paper in after.items():
        if key not in before:
            yield _of_paper(NEW_PAPER, item, paper)
            continue
        if _is_opened(paper, before[key]):
            yield _of_paper(OPENED_PAPER, item, paper)
        if paper["sha256"] != before[key]["sha256"]:
            yield _of_paper(NEW_VERSION, item, paper)
    for key, paper in before.items():
        if key not in after:
            yield _of_paper(GONE_PAPER, item, paper)


def _of_paper(words: str, item: Mapping[str, Any], paper: Mapping[str, Any]) -> Change:
    params = {"position": item["position"], "title": paper["title"]}
    return Change(words, params, item["id"], bool(item["reserved"] or paper["reserved"]))


def new_paper_ids(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[int]:
    """The papers whose bytes the members, or those of them who did not read them, do not hold yet."""
    held = {paper["id"]: paper for item in old["items"] for paper in item["papers"]}
    papers = [paper for item in new["items"] for paper in item["papers"]]
    return frozenset(paper["id"] for paper in papers if not _is_held(paper, held.get(paper["id"])))


def _is_held(paper: Mapping[str, Any], was: Mapping[str, Any] | None) -> bool:
    return was is not None and was["sha256"] == paper["sha256"] and not _is_opened(paper, was)


def without_reserved(changes: Sequence[Change]) -> list[Change]:
    """What everybody may read of the changes."""
    return [change for change in changes if not change.reserved]


# ---- names of files ----

_NOT_SAFE = re.compile(r"[^0-9A-Za-z._-]+")


def safe_name(text: str, most: int = 60) -> str:
    """A name of file that every system takes: ASCII letters, digits, « - », « _ », « . »; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_SAFE.sub("-", plain).strip("-._")[:most].strip("-._") or "document"
