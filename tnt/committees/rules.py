"""Who may sit where, from when to when, and what a committee's settings allow. Pure.

A mandate or a function is never deleted: it ends, on a day that is included. Source of the two committees
and of who sits in them: 003.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, Protocol

from tnt.core.errors import N_, DomainError, raise_all


class InstitutionKind(StrEnum):
    """What an institution is in the programme."""

    STATE = "state"
    ASSOCIATION = "association"
    LOCAL_AUTHORITY = "local_authority"
    OTHER = "other"


class Seat(StrEnum):
    """The quality in which a person sits in a committee; in the order in which they are listed."""

    CO_CHAIR = "co_chair"
    FULL_MEMBER = "full_member"
    SUBSTITUTE = "substitute"
    PERMANENT_GUEST = "permanent_guest"
    SECRETARY = "secretary"


class Voice(StrEnum):
    """Whether the mandate counts in a vote."""

    VOTING = "voting"
    ADVISORY = "advisory"


class FunctionKind(StrEnum):
    """A function outside committees, dated like a mandate."""

    ADMINISTRATOR = "administrator"
    PROGRAMME_MANAGER = "programme_manager"
    REGIONAL_PREFECT = "regional_prefect"


class VisaRule(StrEnum):
    """Whose visas the record of a committee needs."""

    ONE_CO_CHAIR = "one_co_chair"
    ALL_CO_CHAIRS = "all_co_chairs"


# a co-chair always votes; a guest and the secretariat never do
VOICES: dict[Seat, frozenset[Voice]] = {
    Seat.CO_CHAIR: frozenset({Voice.VOTING}),
    Seat.FULL_MEMBER: frozenset(Voice),
    Seat.SUBSTITUTE: frozenset(Voice),
    Seat.PERMANENT_GUEST: frozenset({Voice.ADVISORY}),
    Seat.SECRETARY: frozenset({Voice.ADVISORY}),
}
SEAT_ORDER = {seat: rank for rank, seat in enumerate(Seat)}

SEAT_WORDS = {
    Seat.CO_CHAIR: N_("Coprésidence"),
    Seat.FULL_MEMBER: N_("Titulaire"),
    Seat.SUBSTITUTE: N_("Suppléant"),
    Seat.PERMANENT_GUEST: N_("Invité permanent"),
    Seat.SECRETARY: N_("Secrétariat"),
}
VOICE_WORDS = {Voice.VOTING: N_("Délibérative"), Voice.ADVISORY: N_("Consultative")}
FUNCTION_WORDS = {
    FunctionKind.ADMINISTRATOR: N_("Administrateur"),
    FunctionKind.PROGRAMME_MANAGER: N_("Responsable du programme"),
    FunctionKind.REGIONAL_PREFECT: N_("Préfet de région"),
}
INSTITUTION_WORDS = {
    InstitutionKind.STATE: N_("État"),
    InstitutionKind.ASSOCIATION: N_("Association d’élus"),
    InstitutionKind.LOCAL_AUTHORITY: N_("Collectivité territoriale"),
    InstitutionKind.OTHER: N_("Autre"),
}
VISA_WORDS = {
    VisaRule.ONE_CO_CHAIR: N_("Un coprésident suffit"),
    VisaRule.ALL_CO_CHAIRS: N_("Tous les coprésidents"),
}
# the settings of a committee, in the order in which they are shown
SETTING_WORDS = {
    "followed_from": N_("Cadence suivie à partir du"),
    "visa_rule": N_("Visas du relevé de décisions"),
    "notice_days": N_("Délai de convocation, en jours"),
    "requests_close_days": N_("Clôture des demandes, en jours avant la séance"),
    "default_start": N_("Heure de début habituelle"),
    "default_minutes": N_("Durée habituelle, en minutes"),
    "default_place": N_("Lieu habituel"),
    "votes_enabled": N_("Votes"),
    "quorum_percent": N_("Quorum, en pourcentage des voix délibératives"),
    "proxies_enabled": N_("Pouvoirs"),
    "casting_vote": N_("Voix prépondérante du président"),
    "proxies_per_holder": N_("Pouvoirs qu’une même personne peut porter"),
    "agenda_countersigned": N_("Ordre du jour contresigné avant la convocation"),
    "letterhead": N_("En-tête des documents"),
    "signing_place": N_("Lieu de signature"),
    "consultation_days": N_("Délai d’une consultation écrite, en jours"),
    "silence_consents": N_("Consultation écrite : silence valant accord"),
    "minutes_days": N_("Délai d’observation sur le compte rendu, en jours"),
    "minutes_tacit": N_("Approbation tacite du compte rendu"),
}

NOTICE_DAYS = (0, 90)
REQUESTS_CLOSE_DAYS = (0, 180)
DEFAULT_MINUTES = (15, 600)
QUORUM_PERCENT = (1, 100)
PROXIES_PER_HOLDER = (1, 10)
# how the State's consultative committees meet, where no other text says otherwise: five days' notice, half of
# the members, one mandate each, casting vote (CRPA, R. 133-3 to R. 133-15)
CONSULTATIVE: dict[str, Any] = {
    "notice_days": 5,
    "votes_enabled": True,
    "quorum_percent": 50,
    "proxies_enabled": True,
    "proxies_per_holder": 1,
    "casting_vote": True,
}
CONSULTATION_DAYS = (1, 60)
MINUTES_DAYS = (1, 60)
REASON_LENGTH = 300
_ONE_DAY = timedelta(days=1)
LETTERHEAD_LINES = 6
LETTERHEAD_WIDTH = 120
# of a committee that has typed none: the authority, the programme, then its own name
DEFAULT_LETTERHEAD = ("République française", "Programme Transformation Numérique des Territoires")
NAME_LENGTHS = (2, 200)
ACRONYM_LENGTH = 30


class Term(Protocol):
    """Anything held from a day to a day, both included."""

    @property
    def from_on(self) -> date:
        """The first day."""

    @property
    def until_on(self) -> date | None:
        """The last day, or None while no end is known."""


@dataclass(frozen=True, slots=True)
class Span:
    """A term without anything else."""

    from_on: date
    until_on: date | None = None


class EndsBeforeItStarts(DomainError):
    """A term ends on its first day at the earliest."""

    message = N_("La fin ne peut pas précéder le début (%(from_on)s).")
    field = "until_on"


class AlreadyEnded(DomainError):
    """An end is brought forward, never put back: a new mandate follows an ended one."""

    message = N_("Une fin est déjà enregistrée au %(until_on)s : elle peut être avancée, pas repoussée.")
    field = "until_on"


class MissingReason(DomainError):
    """An end carries its reason."""

    message = N_("Indiquez le motif (300 caractères au plus) : il reste dans l’historique.")
    field = "reason"


class OverlappingMandate(DomainError):
    """One person holds one mandate at a time in a committee."""

    message = N_(
        "Cette personne siège déjà dans ce comité sur cette période (mandat ouvert le %(from_on)s) : "
        "mettez d’abord fin à ce mandat, ou changez les dates."
    )
    field = "from_on"


class SubstituteOfNobody(DomainError):
    """A substitute replaces a named full member."""

    message = N_("Indiquez le titulaire que cette personne supplée.")
    field = "substitute_for_id"


class NotAFullMember(DomainError):
    """Only a full member of the same committee, sitting on that day, has a substitute."""

    message = N_("La personne suppléée doit être titulaire dans ce comité à la date de début.")
    field = "substitute_for_id"


class OwnSubstitute(DomainError):
    """Nobody replaces themselves."""

    message = N_("Une personne ne peut pas se suppléer elle-même.")
    field = "substitute_for_id"


class WrongVoice(DomainError):
    """The seat does not go with that voice."""

    message = N_(
        "Un coprésident a voix délibérative ; un invité permanent et le secrétariat ont voix consultative."
    )
    field = "voice"


class OwnRole(DomainError):
    """Nobody raises their own role."""

    message = N_(
        "Vous ne pouvez pas vous attribuer à vous-même un mandat ou une fonction : "
        "demandez-le à un autre administrateur."
    )
    field = "person_id"


class PersonGone(DomainError):
    """A person who left the programme receives nothing new."""

    message = N_("Cette personne a quitté le programme.")
    field = "person_id"


class InstitutionEnded(DomainError):
    """An institution that ended sends nobody any more."""

    message = N_("Cette institution a pris fin le %(ended_on)s : choisissez celle qui lui succède.")
    field = "institution_id"


class FunctionHeld(DomainError):
    """The same function is not held twice at once."""

    message = N_("Cette personne exerce déjà cette fonction sur cette période.")
    field = "kind"


class LastAdministrator(DomainError):
    """Without an administrator who can sign in, nobody could open a mandate any more."""

    message = N_(
        "C’est le dernier administrateur dont le compte est ouvert : nommez-en un autre, en fonction après "
        "cette date, et attendez qu’il ait choisi son mot de passe."
    )
    field = "until_on"


class OwnCorrespondent(DomainError):
    """Nobody is their own correspondent."""

    message = N_("Une personne ne peut pas être sa propre correspondante.")
    field = "email"


class AlreadyCorrespondent(DomainError):
    """The same person is not named twice at once."""

    message = N_("%(name)s est déjà correspondant de cette personne sur cette période.")
    field = "email"


class AnotherBearsAddress(DomainError):
    """An address belongs to one person, whose name must be the one given."""

    message = N_("Cette adresse est celle d’une autre personne : vérifiez le nom et l’adresse.")
    field = "email"


class CorrespondentIncomplete(DomainError):
    """A correspondent is written to by name."""

    message = N_("Indiquez le prénom, le nom et l’adresse électronique du correspondant.")
    field = "family_name"


class BadName(DomainError):
    """An institution has a name."""

    message = N_("Indiquez le nom de l’institution (2 à 200 caractères).")
    field = "name"


class NameTaken(DomainError):
    """Two institutions of one name would be confused."""

    message = N_("Une institution porte déjà ce nom.")
    field = "name"


class BadAcronym(DomainError):
    """An acronym is short."""

    message = N_("Le sigle compte 30 caractères au plus.")
    field = "acronym"


class MandatesRemain(DomainError):
    """An institution ends after the mandates that it gave."""

    message = N_(
        "%(count)s mandats au titre de cette institution courent encore après cette date : "
        "mettez-y fin d’abord."
    )
    field = "on"


class OutOfRange(DomainError):
    """A number of the settings is outside what works."""

    message = N_("Indiquez un nombre entre %(low)s et %(high)s.")


class LetterheadTooLong(DomainError):
    """A letterhead fits above a title."""

    message = N_("L’en-tête tient en %(lines)s lignes de %(width)s caractères au plus.")
    field = "letterhead"


class SlotPastMidnight(DomainError):
    """A meeting ends on the day on which it starts."""

    message = N_("La séance se terminerait après minuit : avancez le début ou réduisez la durée.")
    field = "default_minutes"


class QuorumWithoutVotes(DomainError):
    """A quorum is counted among those who vote."""

    message = N_("Le quorum se compte sur les voix délibératives : activez d’abord les votes.")
    field = "quorum_percent"


class ProxiesWithoutVotes(DomainError):
    """A proxy gives a vote."""

    message = N_("Un pouvoir donne une voix : activez d’abord les votes.")
    field = "proxies_enabled"


class CastingWithoutVotes(DomainError):
    """A casting vote ends a tied vote."""

    message = N_("La voix prépondérante départage un vote : activez d’abord les votes.")
    field = "casting_vote"


def is_held_on(term: Term, day: date) -> bool:
    """Whether a mandate or a function is held on that day."""
    return term.from_on <= day and (term.until_on is None or day <= term.until_on)


def overlaps(one: Term, other: Term) -> bool:
    """Whether two terms share a day."""
    return (other.until_on is None or one.from_on <= other.until_on) and (
        one.until_on is None or other.from_on <= one.until_on
    )


def check_span(from_on: date, until_on: date | None) -> None:
    """Raise EndsBeforeItStarts when the last day precedes the first one."""
    if until_on is not None and until_on < from_on:
        raise EndsBeforeItStarts(from_on=from_on)


def check_no_overlap(new: Term, held: Iterable[Term]) -> None:
    """Raise OverlappingMandate when a mandate of the same person and committee shares a day with `new`."""
    for term in held:
        if overlaps(new, term):
            raise OverlappingMandate(from_on=term.from_on)


def voice_of(seat: Seat, asked: Voice) -> Voice:
    """The voice of a seat: the only one that it may have, or the one asked where both are possible."""
    possible = VOICES[seat]
    return next(iter(possible)) if len(possible) == 1 else asked


def check_voice(seat: Seat, voice: Voice) -> None:
    """Raise WrongVoice unless the seat may have that voice."""
    if voice not in VOICES[seat]:
        raise WrongVoice()


@dataclass(frozen=True, slots=True)
class FullMember:
    """What must be known of the mandate that a substitute would replace."""

    person_id: int
    committee_id: int
    seat: Seat
    from_on: date
    until_on: date | None


def check_substitution(
    *, seat: Seat, person_id: int, committee_id: int, from_on: date, replaced: FullMember | None
) -> None:
    """Raise unless a substitute names a full member of the committee, and nobody else names one."""
    if seat is not Seat.SUBSTITUTE:
        if replaced is not None:
            raise SubstituteOfNobody(field="seat")
        return
    if replaced is None:
        raise SubstituteOfNobody()
    same = replaced.committee_id == committee_id and replaced.seat is Seat.FULL_MEMBER
    if not (same and is_held_on(replaced, from_on)):
        raise NotAFullMember()
    if replaced.person_id == person_id:
        raise OwnSubstitute()


def check_end(term: Term, until_on: date, reason: str | None) -> None:
    """Raise unless the term may end on that day; `reason` None when none is asked for."""
    check_span(term.from_on, until_on)
    if term.until_on is not None and until_on >= term.until_on:
        raise AlreadyEnded(until_on=term.until_on)
    if reason is not None and not 0 < len(reason.strip()) <= REASON_LENGTH:
        raise MissingReason()


def check_not_oneself(actor_person_id: int | None, person_id: int) -> None:
    """Raise OwnRole when somebody would raise their own role."""
    if actor_person_id == person_id:
        raise OwnRole()


def check_administrator_stays(others: Iterable[Term], until_on: date) -> None:
    """Raise LastAdministrator unless somebody else is administrator without a break after that day."""
    if not any(
        term.from_on <= until_on + _ONE_DAY and (term.until_on is None or term.until_on > until_on)
        for term in others
    ):
        raise LastAdministrator()


def check_institution_name(name: str, acronym: str) -> None:
    """Raise BadName or BadAcronym when they are empty or too long."""
    low, high = NAME_LENGTHS
    if not low <= len(name) <= high:
        raise BadName()
    if len(acronym) > ACRONYM_LENGTH:
        raise BadAcronym()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a committee that depend on each other. Days and minutes."""

    notice_days: int
    requests_close_days: int
    default_start: time
    default_minutes: int
    votes_enabled: bool
    proxies_enabled: bool
    quorum_percent: int | None
    proxies_per_holder: int
    casting_vote: bool
    consultation_days: int = 5
    minutes_days: int = 7


def check_settings(settings: Settings) -> None:
    """Raise every refusal of settings that no session could follow."""
    raise_all(list(_refusals(settings)))


def _refusals(settings: Settings) -> Iterator[DomainError]:
    bounds = {
        "notice_days": NOTICE_DAYS,
        "requests_close_days": REQUESTS_CLOSE_DAYS,
        "default_minutes": DEFAULT_MINUTES,
        "proxies_per_holder": PROXIES_PER_HOLDER,
        "consultation_days": CONSULTATION_DAYS,
        "minutes_days": MINUTES_DAYS,
        "quorum_percent": QUORUM_PERCENT,
    }
    outside = {
        name for name, (low, high) in bounds.items() if not _is_within(getattr(settings, name), low, high)
    }
    for name in bounds:
        if name in outside:
            low, high = bounds[name]
            yield OutOfRange(field=name, low=low, high=high)
    start = settings.default_start.hour * 60 + settings.default_start.minute
    if "default_minutes" not in outside and start + settings.default_minutes > 24 * 60:
        yield SlotPastMidnight()
    if not settings.votes_enabled:
        if settings.quorum_percent is not None and "quorum_percent" not in outside:
            yield QuorumWithoutVotes()
        if settings.proxies_enabled:
            yield ProxiesWithoutVotes()
        if settings.casting_vote:
            yield CastingWithoutVotes()


def _is_within(value: int | None, low: int, high: int) -> bool:
    return value is None or low <= value <= high


def letterhead_lines(letterhead: str, name: str) -> list[str]:
    """The lines of a letterhead as typed; of none, those by default, which end with the committee's name."""
    typed = [" ".join(line.split()) for line in letterhead.splitlines()]
    return [line for line in typed if line] or [*DEFAULT_LETTERHEAD, name]


def check_letterhead(letterhead: str) -> str:
    """The letterhead without blank lines and outer spaces. Raises LetterheadTooLong."""
    lines = [line for line in (" ".join(each.split()) for each in letterhead.splitlines()) if line]
    if len(lines) > LETTERHEAD_LINES or any(len(line) > LETTERHEAD_WIDTH for line in lines):
        raise LetterheadTooLong(lines=LETTERHEAD_LINES, width=LETTERHEAD_WIDTH)
    return "\n".join(lines)
