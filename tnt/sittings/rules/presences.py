"""Who fills a seat, at which moment, and who may act for whom. Pure.

A seat is filled by its holder, by somebody of the same institution, or by the substitute named for that
holder. A proxy fills no seat: it hands the voice of an empty one to another member, who must be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tnt.core.errors import N_, DomainError


class Presence(StrEnum):
    """How a seat is filled at a session."""

    PRESENT = "present"
    REMOTE = "remote"
    REPRESENTED = "represented"
    SUBSTITUTED = "substituted"
    BY_PROXY = "by_proxy"
    EXCUSED = "excused"
    ABSENT = "absent"


# over the people who were there in that way
PRESENCE_HEADINGS = {
    Presence.PRESENT: N_("Présents"),
    Presence.REMOTE: N_("À distance"),
    Presence.REPRESENTED: N_("Représentés"),
    Presence.SUBSTITUTED: N_("Remplacés par leur suppléant"),
    Presence.BY_PROXY: N_("Ont donné pouvoir"),
    Presence.EXCUSED: N_("Excusés"),
    Presence.ABSENT: N_("Absents"),
}
PRESENCE_WORDS = {
    Presence.PRESENT: N_("présent"),
    Presence.REMOTE: N_("à distance"),
    Presence.REPRESENTED: N_("représenté"),
    Presence.SUBSTITUTED: N_("remplacé par son suppléant"),
    Presence.BY_PROXY: N_("a donné pouvoir"),
    Presence.EXCUSED: N_("excusé"),
    Presence.ABSENT: N_("absent"),
}
# the key that says each presence, on the line of a seat
PRESENCE_KEYS = {
    Presence.PRESENT: "p",
    Presence.REMOTE: "d",
    Presence.REPRESENTED: "r",
    Presence.SUBSTITUTED: "s",
    Presence.BY_PROXY: "o",
    Presence.EXCUSED: "e",
    Presence.ABSENT: "a",
}
FILLED = frozenset({Presence.PRESENT, Presence.REMOTE, Presence.REPRESENTED, Presence.SUBSTITUTED})
NAMED = frozenset({Presence.REPRESENTED, Presence.SUBSTITUTED, Presence.BY_PROXY})
NAME_LIMIT = 160


class MissingRepresentative(DomainError):
    """Who is replaced or represented is so by somebody named."""

    message = N_("Indiquez qui représente %(person)s.")


class SitsForAnother(DomainError):
    """A representative is of the same institution; a member of another one takes a proxy."""

    message = N_(
        "%(name)s siège déjà pour %(institution)s : une institution est représentée par l’un des siens."
    )


class NoSuchSubstitute(DomainError):
    """A substitute is named for that very member."""

    message = N_(
        "Aucun suppléant de %(person)s n’a de mandat ce jour-là : choisissez « représenté » et nommez "
        "la personne."
    )


class SubstituteNotChosen(DomainError):
    """With several substitutes, one is named."""

    message = N_("Indiquez lequel des suppléants remplace %(person)s.")


class ProxiesOff(DomainError):
    """The committee does not allow proxies."""

    message = N_("Ce comité n’admet pas les pouvoirs : ils s’activent dans ses réglages.")


class ProxyWithoutHolder(DomainError):
    """A proxy is given to somebody."""

    message = N_("Indiquez à qui %(person)s a donné pouvoir.")


class ProxyToOneself(DomainError):
    """Nobody holds their own proxy."""

    message = N_("%(person)s ne peut pas se donner pouvoir à soi-même.")


class ProxyToNoVoice(DomainError):
    """A proxy goes from a voice to a voice."""

    message = N_("%(person)s n’a pas voix délibérative : un pouvoir va d’un votant à un votant.")


class ProxyToAbsent(DomainError):
    """Who holds a proxy is there."""

    message = N_("%(holder)s n’est pas en séance : le pouvoir de %(person)s ne peut pas lui être confié.")


class TooManyProxies(DomainError):
    """A committee limits how many proxies one member holds."""

    message = N_("%(holder)s détient déjà %(limit)s pouvoir(s), le nombre admis par ce comité.")


class MoveOutsideSession(DomainError):
    """One comes and goes while the session lasts."""

    message = N_("Indiquez une heure entre l’ouverture de la séance (%(opened)s) et maintenant.")
    field = "at"


class MoveMakesNoSense(DomainError):
    """Who is there arrives no more; who is not, does not leave."""

    message = N_("À %(at)s, %(person)s était déjà dans cette situation.")
    field = "mandate"


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody comes in or goes out, at an instant."""

    at: datetime
    arrived: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A seat as the rules see it: its mandate, its voice, how it is filled, who holds its proxy."""

    mandate_id: int
    name: str
    votes: bool
    presence: Presence | None = None
    holder_id: int | None = None
    moves: Sequence[Move] = field(default=())


def is_there(place: Place, at: datetime) -> bool:
    """Whether somebody fills the seat at that instant: the roll, corrected by arrivals and departures."""
    moves = sorted(place.moves, key=lambda move: move.at)
    if not moves:
        return place.presence in FILLED
    before = [move for move in moves if move.at <= at]
    return before[-1].arrived if before else not moves[0].arrived


def check_proxies(places: Mapping[int, Place], limit: int) -> None:
    """Raise the refusal of the first proxy that cannot be held; the roll as it would stand, moves aside."""
    held: dict[int, int] = {}
    for place in places.values():
        if place.holder_id is None:
            continue
        _check_proxy(place, places.get(place.holder_id), at=f"holder-{place.mandate_id}")
        held[place.holder_id] = held.get(place.holder_id, 0) + 1
        if held[place.holder_id] > limit:
            raise TooManyProxies(
                holder=places[place.holder_id].name, limit=limit, field=f"holder-{place.mandate_id}"
            )


def _check_proxy(place: Place, holder: Place | None, *, at: str) -> None:
    if holder is None:
        raise ProxyWithoutHolder(person=place.name, field=at)
    if holder.mandate_id == place.mandate_id:
        raise ProxyToOneself(person=place.name, field=at)
    for side in (place, holder):
        if not side.votes:
            raise ProxyToNoVoice(person=side.name, field=at)
    if holder.presence not in FILLED:
        raise ProxyToAbsent(holder=holder.name, person=place.name, field=at)


@dataclass(frozen=True, slots=True)
class VoiceHeld:
    """A voice that can be heard: whose it is, and who speaks for it (itself, or the holder of its proxy)."""

    place: Place
    by: Place

    @property
    def is_proxy(self) -> bool:
        """Whether another member speaks."""
        return self.place.mandate_id != self.by.mandate_id


def voices_at(
    places: Iterable[Place], at: datetime, *, recused: Iterable[int] = (), proxies: bool = False
) -> list[VoiceHeld]:
    """The voting voices heard at an instant: seats filled, and proxies whose holder is there.

    Who steps aside (recused) is heard neither for themselves nor for whom they represent.
    """
    known = {place.mandate_id: place for place in places}
    aside = set(recused)
    heard = []
    for place in known.values():
        if not place.votes or place.mandate_id in aside:
            continue
        if is_there(place, at):
            heard.append(VoiceHeld(place, place))
            continue
        holder = known.get(place.holder_id) if proxies and place.holder_id is not None else None
        if holder is not None and holder.mandate_id not in aside and is_there(holder, at):
            heard.append(VoiceHeld(place, holder))
    return heard


def quorum_reached(filled: int, voting: int, percent: int | None) -> bool | None:
    """Whether enough voting seats are filled; None where the committee has no quorum."""
    if percent is None:
        return None
    return filled * 100 >= voting * percent


def quorum_needed(voting: int, percent: int) -> int:
    """How many voices make the quorum: the percentage of the seats, rounded up."""
    return -(-voting * percent // 100)


def count_filled(presences: Iterable[Presence]) -> int:
    """How many seats are filled, in the room, at a distance or by somebody named."""
    return sum(1 for presence in presences if presence in FILLED)
