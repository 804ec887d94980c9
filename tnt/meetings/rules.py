"""The life of a meeting: its states, its slot, and what each refusal says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from tnt.core.errors import N_, DomainError


class MeetingState(StrEnum):
    """Where a meeting is in its life."""

    PLANNED = "planned"
    CONVENED = "convened"
    IN_SESSION = "in_session"
    ADJOURNED = "adjourned"  # levée; the record is in visa
    CLOSED = "closed"  # last visa given, effects applied
    POSTPONED = "postponed"  # without a new date yet
    CANCELLED = "cancelled"


# what is absent is refused; a past session entered afterwards is never convened (`next_states`)
TRANSITIONS: dict[MeetingState, frozenset[MeetingState]] = {
    MeetingState.PLANNED: frozenset({MeetingState.CONVENED, MeetingState.POSTPONED, MeetingState.CANCELLED}),
    MeetingState.CONVENED: frozenset(
        {MeetingState.IN_SESSION, MeetingState.POSTPONED, MeetingState.CANCELLED}
    ),
    MeetingState.IN_SESSION: frozenset({MeetingState.ADJOURNED}),
    MeetingState.ADJOURNED: frozenset({MeetingState.CLOSED}),
    MeetingState.CLOSED: frozenset(),
    MeetingState.POSTPONED: frozenset({MeetingState.PLANNED, MeetingState.CANCELLED}),
    MeetingState.CANCELLED: frozenset(),
}
# a past session goes straight to its holding
TRANSITIONS_AFTERWARDS = TRANSITIONS | {
    MeetingState.PLANNED: frozenset({MeetingState.IN_SESSION, MeetingState.CANCELLED})
}

# opened, and the quorum was not there: it is called off, to be convened again
TRANSITIONS_WITHOUT_QUORUM = TRANSITIONS | {
    MeetingState.IN_SESSION: frozenset({MeetingState.ADJOURNED, MeetingState.CANCELLED})
}

TO_COME = frozenset({MeetingState.PLANNED, MeetingState.CONVENED})  # the agenda may still change
HELD = frozenset({MeetingState.IN_SESSION, MeetingState.ADJOURNED, MeetingState.CLOSED})
OFF = frozenset({MeetingState.POSTPONED, MeetingState.CANCELLED})  # nobody comes at that time

LONGEST = timedelta(hours=12)
REASON_LENGTHS = (5, 500)
NOTICE_DAYS_LIMIT = 120

# what a calendar shows of a state: its sequence grows when this changes (RFC 5545 §3.8.7.4)
_FACES = {
    MeetingState.PLANNED: "tentative",
    MeetingState.POSTPONED: "to_be_dated",
    MeetingState.CANCELLED: "cancelled",
}


class WrongMeetingState(DomainError):
    """The life of a meeting has no such step."""

    message = N_(
        "La séance n’est plus dans un état qui le permet : rechargez la page pour voir où elle en est."
    )


class NotTheSecretary(DomainError):
    """Only the secretariat of the committee prepares its meetings."""

    message = N_("Seul le secrétariat de ce comité peut le faire.")


class NonexistentHour(DomainError):
    """The night of the change to summer time has no such hour."""

    message = N_(
        "Cette heure n’existe pas ce jour-là : les horloges passent à l’heure d’été. Choisissez-en une autre."
    )
    field = "starts"


class EndsBeforeStart(DomainError):
    """A session ends after it starts."""

    message = N_("La fin doit venir après le début.")
    field = "ends"


class TooLong(DomainError):
    """Longer than a day's work: a slip."""

    message = N_("Une séance dure douze heures au plus : vérifiez l’heure de fin.")
    field = "ends"


class InThePast(DomainError):
    """A meeting to come is in the future."""

    message = N_("Cette date est passée. Pour une séance déjà tenue, utilisez « Saisir une séance passée ».")
    field = "held_on"


class NotInThePast(DomainError):
    """A past session has been held."""

    message = N_("Une séance saisie après coup a déjà eu lieu : indiquez une date passée.")
    field = "held_on"


class Overlapping(DomainError):
    """One committee holds one session at a time."""

    message = N_("Ce comité a déjà une séance à ce moment-là, le %(when)s.")
    field = "held_on"


class BadVideoUrl(DomainError):
    """A link that every member can open safely."""

    message = N_("Le lien de visioconférence doit commencer par https:// et mener à une adresse complète.")
    field = "video_url"


class BadNoticeDelay(DomainError):
    """A number of days that makes sense."""

    message = N_("Le délai de convocation va de 0 à 120 jours.")
    field = "notice_days"


class NoQuorumHere(DomainError):
    """Convening again on the same agenda follows a lack of quorum."""

    message = N_(
        "On reconvoque sur le même ordre du jour le jour venu, faute de quorum, dans un comité qui en a un."
    )


class MissingReason(DomainError):
    """Members read why."""

    message = N_("Indiquez le motif en 5 à 500 caractères : les membres le liront.")
    field = "reason"


class PlaceTooLong(DomainError):
    """The place fits on a line of a notice."""

    message = N_("Le lieu tient en 200 caractères.")
    field = "place"


class BadPeriod(DomainError):
    """Not a period of that committee's cadence."""

    message = N_("Cette période n’est pas une période de ce comité.")
    field = "period"


class PeriodNotOver(DomainError):
    """A period is missed once it is over."""

    message = N_("Cette période n’est pas terminée : planifiez plutôt une séance.")
    field = "period"


class PeriodHeld(DomainError):
    """A session was held, so the period was not missed."""

    message = N_("Une séance a été tenue, ou est encore à tenir, dans cette période.")
    field = "period"


class AlreadyMissed(DomainError):
    """The reason is already there."""

    message = N_("Le motif de cette période est déjà enregistré.")
    field = "period"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A sentence that says what a change will do, with its parameters; the edge translates it."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)


class ChangeKind(StrEnum):
    """What may happen to a meeting that other features follow."""

    MOVED = "moved"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    RECONVENED = "reconvened"  # called off for want of a quorum, its agenda taken over by another session


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where a meeting is, as it stood at one moment."""

    state: MeetingState
    starts_at: datetime
    ends_at: datetime
    place: str
    video_url: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a meeting, what it was before, and why."""

    kind: ChangeKind
    was: Slot
    reason: str
    into_id: int | None = None  # the session that takes over, when reconvened


def next_states(
    state: MeetingState, *, recorded_afterwards: bool = False, without_quorum: bool = False
) -> frozenset[MeetingState]:
    """Where a meeting may go from a state."""
    if without_quorum:
        return TRANSITIONS_WITHOUT_QUORUM[state]
    return (TRANSITIONS_AFTERWARDS if recorded_afterwards else TRANSITIONS)[state]


def check_transition(
    old: MeetingState, new: MeetingState, *, recorded_afterwards: bool = False, without_quorum: bool = False
) -> None:
    """Raise WrongMeetingState when the life of a meeting has no such step."""
    if new not in next_states(old, recorded_afterwards=recorded_afterwards, without_quorum=without_quorum):
        raise WrongMeetingState()


def can_reconvene(state: MeetingState, quorum_percent: int | None, *, is_day_come: bool) -> bool:
    """Whether a session may be called off for want of a quorum: its committee has one, it is open."""
    return quorum_percent is not None and is_day_come and state is MeetingState.IN_SESSION


def changes_face(old: MeetingState, new: MeetingState) -> bool:
    """Whether a calendar must show the meeting otherwise in the new state."""
    return _FACES.get(old, "confirmed") != _FACES.get(new, "confirmed")


def check_slot(starts_at: datetime, ends_at: datetime, now: datetime, *, past: bool = False) -> None:
    """Raise EndsBeforeStart, TooLong, or InThePast (NotInThePast for a session entered afterwards)."""
    if ends_at <= starts_at:
        raise EndsBeforeStart()
    if ends_at - starts_at > LONGEST:
        raise TooLong()
    if past and ends_at > now:
        raise NotInThePast()
    if not past and starts_at <= now:
        raise InThePast()


def check_video_url(url: str) -> None:
    """Raise BadVideoUrl unless the link is empty or a whole https address."""
    if not url:
        return
    if len(url) > 500 or any(sign <= " " or sign in '"<>\\' for sign in url):
        raise BadVideoUrl()
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise BadVideoUrl() from error
    if parts.scheme != "https" or not host or parts.username is not None:
        raise BadVideoUrl()


def check_reason(reason: str, field_name: str = "reason") -> str:
    """The reason without outer spaces. Raises MissingReason outside 5 to 500 characters."""
    reason = reason.strip()
    low, high = REASON_LENGTHS
    if not low <= len(reason) <= high:
        raise MissingReason(field=field_name)
    return reason


def check_notice_days(days: int) -> None:
    """Raise BadNoticeDelay outside 0 to 120 days."""
    if not 0 <= days <= NOTICE_DAYS_LIMIT:
        raise BadNoticeDelay()


def check_place(place: str) -> str:
    """The place without outer spaces. Raises PlaceTooLong beyond 200 characters."""
    place = " ".join(place.split())
    if len(place) > 200:
        raise PlaceTooLong()
    return place
