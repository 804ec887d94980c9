"""What may be answered to a convocation, by whom, and what is expected of the room. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tnt.committees.rules import Seat
from tnt.core.errors import N_, DomainError

NAME_LENGTH = 160
QUALITY_LENGTH = 160
NOTE_LENGTH = 500
READ_EVERY = timedelta(minutes=15)

# a substitute comes when named by whom they replace; the secretariat holds the session
SEATS = frozenset({Seat.CO_CHAIR, Seat.FULL_MEMBER, Seat.PERMANENT_GUEST})

# 64 bits to find the row, 192 bits to prove the right
SELECTOR_BYTES, SECRET_BYTES = 8, 24
_TOKEN = re.compile(r"([0-9a-f]{16})-([A-Za-z0-9_-]{32})")


class Answer(StrEnum):
    """Whether the member comes: in the room, at a distance, or not."""

    YES = "yes"
    REMOTE = "remote"
    NO = "no"


class Cover(StrEnum):
    """Who fills the seat of a member who does not come."""

    SUBSTITUTE = "substitute"
    REPRESENTATIVE = "representative"
    PROXY = "proxy"


class Via(StrEnum):
    """How a reply was given."""

    LINK = "link"
    PAGE = "page"
    SECRETARY = "secretary"


class Way(StrEnum):
    """What a member chooses among: an answer, or who fills the seat."""

    YES = "yes"
    REMOTE = "remote"
    SUBSTITUTE = "substitute"
    REPRESENTATIVE = "representative"
    PROXY = "proxy"
    NO = "no"


# the ways that fill the seat, in the room, at a distance or by somebody named; a proxy fills no seat
FILLING = frozenset({Way.YES, Way.REMOTE, Way.SUBSTITUTE, Way.REPRESENTATIVE})
COMING = frozenset({Way.YES, Way.REMOTE})
COVERS = {Way.SUBSTITUTE: Cover.SUBSTITUTE, Way.REPRESENTATIVE: Cover.REPRESENTATIVE, Way.PROXY: Cover.PROXY}

WAY_WORDS = {
    Way.YES: N_("Vient"),
    Way.REMOTE: N_("À distance"),
    Way.SUBSTITUTE: N_("Remplacé par son suppléant"),
    Way.REPRESENTATIVE: N_("Représenté"),
    Way.PROXY: N_("Donne pouvoir"),
    Way.NO: N_("Ne vient pas"),
}
VIA_WORDS = {
    Via.LINK: N_("par le lien du message"),
    Via.PAGE: N_("sur la page de la séance"),
    Via.SECRETARY: N_("saisi par le secrétariat"),
}


class NotConvened(DomainError):
    """One replies to a convocation."""

    message = N_("La séance n’est pas convoquée : il n’y a pas encore de réponse à donner.")


class SessionOpened(DomainError):
    """Once the session is open, the roll says who is there."""

    message = N_(
        "La séance est ouverte ou terminée : les réponses ne changent plus. Prévenez le secrétariat."
    )


class NotYourSeat(DomainError):
    """One replies for oneself, or for whom one is the correspondent of."""

    message = N_("Vous ne pouvez pas répondre pour ce membre.")


class SeatNotOfTheDay(DomainError):
    """Only the seats held on the day of the session have a reply."""

    message = N_("Ce mandat ne court pas le jour de la séance : il n’y a pas de réponse à donner.")


class AnswerMissing(DomainError):
    """A reply is one of the ways."""

    message = N_("Choisissez une réponse.")
    field = "way"


class RepresentativeMissing(DomainError):
    """A representative has a name."""

    message = N_("Indiquez le nom du représentant (2 à 160 caractères).")
    field = "represented_by"


class QualityTooLong(DomainError):
    """A quality fits on a line of the roll."""

    message = N_("La qualité tient en 160 caractères.")
    field = "represented_as"


class NoteTooLong(DomainError):
    """A note is a few sentences."""

    message = N_("Le mot au secrétariat tient en 500 caractères.")
    field = "note"


class NoSuchSubstitute(DomainError):
    """A substitute replaces a named full member."""

    message = N_("Choisissez un suppléant de ce membre, en fonction le jour de la séance.")
    field = "substitute_id"


class ProxiesOff(DomainError):
    """Proxies are given where the committee allows them."""

    message = N_("Ce comité n’admet pas de pouvoirs : faites-vous plutôt remplacer.")
    field = "way"


class ProxyWithoutVoice(DomainError):
    """A proxy gives a vote."""

    message = N_("Un pouvoir donne une voix délibérative, et ce siège n’en a pas.")
    field = "way"


class NoSuchHolder(DomainError):
    """A proxy goes to a voting member of the day."""

    message = N_("Choisissez à qui donner pouvoir : un membre à voix délibérative de la séance.")
    field = "proxy_to_id"


class ProxyToOneself(DomainError):
    """Nobody gives a proxy to themselves."""

    message = N_("On ne peut pas se donner pouvoir à soi-même.")
    field = "proxy_to_id"


class HolderAbsent(DomainError):
    """A proxy is carried by somebody who is there."""

    message = N_("%(holder)s a répondu ne pas venir : donnez pouvoir à quelqu’un qui sera présent.")
    field = "proxy_to_id"


class HolderFull(DomainError):
    """A member carries so many proxies and no more."""

    message = N_(
        "%(holder)s porte déjà %(count)s pouvoir(s), et ce comité en admet %(limit)s au plus par personne."
    )
    field = "proxy_to_id"


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as it is entered."""

    way: Way | None
    represented_by: str = ""
    represented_as: str = ""
    substitute_id: int | None = None
    proxy_to_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A reply as it is kept: nothing but what its way needs."""

    answer: Answer
    represented_by: str = ""
    represented_as: str = ""
    substitute_id: int | None = None
    proxy_to_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """What must be known of a seat to judge a proxy: who, whether they vote, what they answered."""

    mandate_id: int
    name: str
    votes: bool
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What a reply is judged against: the seats of the day, the substitutes of this one, the proxies."""

    mandate_id: int
    seats: Mapping[int, SeatFacts]
    substitute_ids: frozenset[int]
    proxies_enabled: bool
    proxies_per_holder: int
    carried: Mapping[int, int]  # holder's mandate id → proxies of the other seats


def way_of(
    answer: Answer,
    *,
    represented_by: str = "",
    substitute_id: int | None = None,
    proxy_to_id: int | None = None,
) -> Way:
    """The way that a kept reply took."""
    if answer is not Answer.NO:
        return Way(answer.value)
    if substitute_id is not None:
        return Way.SUBSTITUTE
    if represented_by:
        return Way.REPRESENTATIVE
    return Way.PROXY if proxy_to_id is not None else Way.NO


def check_reply(draft: Draft, bench: Bench) -> Content:
    """The reply to keep. Raises AnswerMissing, or the refusal of what was named."""
    if draft.way is None:
        raise AnswerMissing()
    note = draft.note.strip()
    if len(note) > NOTE_LENGTH:
        raise NoteTooLong()
    if draft.way is Way.SUBSTITUTE:
        return Content(Answer.NO, substitute_id=_check_substitute(draft.substitute_id, bench), note=note)
    if draft.way is Way.REPRESENTATIVE:
        name, quality = check_representative(draft.represented_by, draft.represented_as)
        return Content(Answer.NO, represented_by=name, represented_as=quality, note=note)
    if draft.way is Way.PROXY:
        return Content(Answer.NO, proxy_to_id=_check_proxy(draft.proxy_to_id, bench), note=note)
    return Content(Answer(draft.way.value), note=note)


def _check_substitute(substitute_id: int | None, bench: Bench) -> int:
    if substitute_id is None or substitute_id not in bench.substitute_ids:
        raise NoSuchSubstitute()
    return substitute_id


def check_representative(name: str, quality: str) -> tuple[str, str]:
    """The name and the quality on one line each. Raises RepresentativeMissing, QualityTooLong."""
    name, quality = " ".join(name.split()), " ".join(quality.split())
    if not 2 <= len(name) <= NAME_LENGTH:
        raise RepresentativeMissing()
    if len(quality) > QUALITY_LENGTH:
        raise QualityTooLong()
    return name, quality


def _check_proxy(holder_id: int | None, bench: Bench) -> int:
    if not bench.proxies_enabled:
        raise ProxiesOff()
    if not bench.seats[bench.mandate_id].votes:
        raise ProxyWithoutVoice()
    if holder_id == bench.mandate_id:
        raise ProxyToOneself()
    holder = bench.seats.get(holder_id) if holder_id is not None else None
    if holder is None or not holder.votes:
        raise NoSuchHolder()
    if holder.way is not None and holder.way not in COMING:
        raise HolderAbsent(holder=holder.name)
    count = bench.carried.get(holder.mandate_id, 0)
    if count >= bench.proxies_per_holder:
        raise HolderFull(holder=holder.name, count=count, limit=bench.proxies_per_holder)
    return holder.mandate_id


def quorum_expected(ways: Iterable[Way | None], voting: int, percent: int | None) -> bool | None:
    """Whether the replies of the voting seats give the quorum; None where the committee has none."""
    if percent is None:
        return None
    filled = sum(1 for way in ways if way in FILLING)
    return filled * 100 >= voting * percent


def must_note_reading(last_read_at: datetime | None, now: datetime) -> bool:
    """Whether an opening is to be written: at most every fifteen minutes."""
    return last_read_at is None or now - last_read_at >= READ_EVERY


@dataclass(frozen=True, slots=True)
class Token:
    """The two halves of a link: what finds it, and what proves it."""

    selector: str
    secret: str

    def __str__(self) -> str:
        """As it stands in the address."""
        return f"{self.selector}-{self.secret}"


def parse_token(text: str) -> Token | None:
    """The token of an address, or None when it is malformed."""
    found = _TOKEN.fullmatch(text)
    return Token(*found.groups()) if found else None


def hash_secret(secret: str) -> str:
    """What is stored of a secret. A plain hash is enough for 192 random bits."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def secret_matches(secret: str, stored_hash: str) -> bool:
    """Whether the secret is the stored one, in constant time."""
    return hmac.compare_digest(hash_secret(secret), stored_hash)
