"""A meeting as a calendar event: from plain facts to the bytes of one VEVENT. Pure.

The texts are in French whatever the reader's language: the bytes are shared by every subscriber, and the
same facts give the same bytes in every process. No reserved item and no name of a person may be put in
the facts. Rules: RFC 5545 §3.6.1, RFC 7986 §5; a status changes nothing but what `EventStatus` says.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Event, Parameters
from icalendar.prop import vCalAddress, vUri

from tnt.core import formats
from tnt.core.ical import PARIS, Text, clean_line, clean_text, clean_uri, event_bytes, event_times, shorten
from tnt.meetings.rules import MeetingState

BUILDER_VERSION = 1
"""Raise it when the same facts must give other bytes: every stored event is then built again."""

DEMO_LABEL = "[démonstration]"
_LINE_LIMIT, _TEXT_LIMIT, _DECISIONS_LIMIT = 250, 2_000, 40
_log = logging.getLogger(__name__)


class EventStatus(StrEnum):
    """What a calendar shows of a meeting's state."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    TO_BE_DATED = "to_be_dated"
    """Postponed without a new date: shown cancelled at the old one until it is dated."""

    @property
    def is_off(self) -> bool:
        """Whether nobody is to come at that time."""
        return self in {EventStatus.CANCELLED, EventStatus.TO_BE_DATED}


_SHOWN = {
    MeetingState.PLANNED: EventStatus.TENTATIVE,
    MeetingState.POSTPONED: EventStatus.TO_BE_DATED,
    MeetingState.CANCELLED: EventStatus.CANCELLED,
}


def status_of(state: MeetingState, *, recorded_afterwards: bool = False) -> EventStatus:
    """What is shown of a meeting's state; one that was entered after the fact took place."""
    if recorded_afterwards and state is MeetingState.PLANNED:
        return EventStatus.CONFIRMED
    return _SHOWN.get(state, EventStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Organizer:
    """The secretariat's role mailbox; never a person."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Everything that an event says. Instants are aware; `page_url` is absolute, behind sign-in.

    `sequence` rises at each change of start, end, place or status; `last_modified` at any change.
    `decisions` holds the wording of the decisions expected, reserved items left out.
    `local_zone` adds the hour of an overseas territory, `(tzid, label)`.
    """

    uid: str
    sequence: int
    created_at: datetime
    last_modified: datetime
    status: EventStatus
    starts_at: datetime
    ends_at: datetime
    title: str
    committee: str
    kind: str
    organizer: Organizer
    page_url: str
    place: str = ""
    video_url: str = ""
    reason: str = ""
    previous_start: datetime | None = None
    decisions: tuple[str, ...] = ()
    color: str = "royalblue"
    local_zone: tuple[str, str] | None = None
    is_demo: bool = False


def build_event(facts: EventFacts) -> bytes:
    """The VEVENT of a meeting.

    Facts that cannot be written (never seen, but one of them must not take the whole feed away) are logged
    and give a bare event: the title and the times.
    """
    try:
        return _build(facts, _texts(facts))
    except (ValueError, AssertionError, OverflowError):
        _log.exception("event %s: written without its texts", facts.uid)
        return _build(facts, [])


def french_moment(instant: datetime, tzid: str = PARIS) -> str:
    """« jeudi 12 novembre 2026 à 14 h 30 » on the clocks of that zone."""
    local = instant.astimezone(ZoneInfo(tzid))
    return f"{formats.date_long(local.date())} à {formats.time(local.time())}"


def summary(facts: EventFacts) -> str:
    """The title with what must be seen in a month view: off, to be dated, demonstration."""
    prefix = {EventStatus.CANCELLED: "ANNULÉE – ", EventStatus.TO_BE_DATED: "REPORTÉE, date à venir – "}
    title = prefix.get(facts.status, "") + (
        clean_line(facts.title) or clean_line(facts.committee) or "Séance"
    )
    return shorten(f"{DEMO_LABEL} {title}" if facts.is_demo else title, _LINE_LIMIT)


def _build(facts: EventFacts, texts: list[tuple[str, object, Parameters]]) -> bytes:
    event = Event()
    event.add("uid", clean_line(facts.uid))
    event.add("dtstamp", facts.last_modified)
    event.add("created", facts.created_at)
    event.add("last-modified", facts.last_modified)
    event.add("sequence", facts.sequence)
    start, end = event_times(facts.starts_at, facts.ends_at)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", Text(summary(facts)))
    event.add("status", "CANCELLED" if facts.status.is_off else facts.status.value.upper())
    event.add("transp", "TRANSPARENT" if facts.status.is_off else "OPAQUE")
    event.add("organizer", _organizer(facts.organizer))
    for name, value, parameters in texts:
        event.add(name, value, parameters=parameters)
    return event_bytes(event)


def _organizer(organizer: Organizer) -> vCalAddress:
    address = vCalAddress(f"mailto:{clean_line(organizer.email)}")
    # a quote or a caret would be written in RFC 6868's way, which half the readers do not know
    name = clean_line(organizer.name).translate({ord('"'): "’", ord("^"): " "})
    if name:
        address.params["CN"] = shorten(name, _LINE_LIMIT)
    return address


def _texts(facts: EventFacts) -> list[tuple[str, object, Parameters]]:
    """The optional properties: those that would be empty are left out."""
    found: list[tuple[str, object, Parameters]] = []
    place, video = shorten(clean_line(facts.place), _LINE_LIMIT), clean_uri(facts.video_url)
    if place or video:
        found.append(("location", Text(place or "Visioconférence"), Parameters()))
    if description := _description(facts):
        found.append(("description", Text(description), Parameters()))
    # the library's list of categories makes a newline of a backslash and an N
    words = [clean_line(word.replace("\\", "/")) for word in (facts.committee, facts.kind)]
    categories = [shorten(word, _LINE_LIMIT) for word in words if word]
    if categories:
        found.append(("categories", categories, Parameters()))
    if page := clean_uri(facts.page_url):
        found.append(("url", vUri(page), Parameters()))
    if video and not facts.status.is_off:
        parameters = Parameters(VALUE="URI", FEATURE=["AUDIO", "VIDEO"], LABEL="Visioconférence")
        found.append(("conference", vUri(video), parameters))
    found.append(("color", facts.color, Parameters()))
    return found


def _description(facts: EventFacts) -> str:
    """What members read in the event: the news first, then kind, decisions, local time, links."""
    blocks = [
        "\n".join(_news(facts)),
        " · ".join(word for word in (clean_line(facts.committee), clean_line(facts.kind)) if word),
        _decisions(facts),
        "" if facts.status.is_off else _local_time(facts),
        "\n".join(_links(facts)),
        "Données de démonstration\u00a0: séance fictive." if facts.is_demo else "",
    ]
    return "\n\n".join(block for block in blocks if block)


def _news(facts: EventFacts) -> list[str]:
    lines = []
    if facts.status is EventStatus.CANCELLED:
        lines.append("Séance annulée.")
    elif facts.status is EventStatus.TO_BE_DATED:
        held_on = french_moment(facts.previous_start or facts.starts_at)
        lines.append(f"Séance prévue le {held_on}, reportée\u00a0; la nouvelle date sera annoncée.")
    elif facts.previous_start:
        lines.append(
            f"Séance reportée\u00a0: du {french_moment(facts.previous_start)}"
            f" au {french_moment(facts.starts_at)}."
        )
    if facts.status is EventStatus.TENTATIVE:
        lines.append("Date réservée\u00a0: la convocation la confirmera.")
    if reason := shorten(clean_text(facts.reason), _TEXT_LIMIT):
        lines.append(f"Motif\u00a0: {reason}")
    return lines


def _decisions(facts: EventFacts) -> str:
    wordings = [shorten(clean_line(wording), _LINE_LIMIT) for wording in facts.decisions]
    wordings = [wording for wording in wordings if wording]
    if not wordings or facts.status.is_off:
        return ""
    more = len(wordings) - _DECISIONS_LIMIT
    rest = [f"– et {more} autres" if more > 1 else "– et une autre"] if more > 0 else []
    lines = [f"– {wording}" for wording in wordings[:_DECISIONS_LIMIT]]
    return "\n".join(["Décisions attendues\u00a0:", *lines, *rest])


def _local_time(facts: EventFacts) -> str:
    if not facts.local_zone:
        return ""
    tzid, label = facts.local_zone
    return f"Heure locale ({clean_line(label)})\u00a0: {french_moment(facts.starts_at, tzid)}."


def _links(facts: EventFacts) -> list[str]:
    lines = []
    if (video := clean_uri(facts.video_url)) and not facts.status.is_off:
        lines.append(f"Visioconférence\u00a0: {video}")
    if page := clean_uri(facts.page_url):
        lines.append(f"Ordre du jour et pièces\u00a0: {page}")
    return lines
