"""From a meeting to the facts of its calendar event: the same for the feeds and the invitations by mail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from functools import cached_property, lru_cache
from typing import NamedTuple

from flask import current_app

from tnt.meetings.calendar import BUILDER_VERSION, EventFacts, EventStatus, Organizer, status_of
from tnt.meetings.models import Meeting, MeetingKind
from tnt.meetings.rules import MeetingState
from tnt.programme.rules import parse_period

FACTS_VERSION = 1
"""Raise it when the same meeting must give other facts."""

KIND_WORDS = {
    MeetingKind.ORDINARY: "Séance ordinaire",
    MeetingKind.EXTRAORDINARY: "Séance extraordinaire",
}
COLORS = ("royalblue", "teal", "darkorange", "purple", "seagreen")


class MeetingRow(NamedTuple):
    """A meeting as its event tells it."""

    id: int
    committee_id: int
    uid: str
    kind: MeetingKind
    state: MeetingState
    period: str
    starts_at: datetime
    ends_at: datetime
    place: str
    video_url: str
    reason: str
    previous_starts_at: datetime | None
    sequence: int
    created_at: datetime
    last_modified: datetime
    recorded_afterwards: bool


def row_of(meeting: Meeting) -> MeetingRow:
    """The same, of a meeting already read."""
    return MeetingRow._make(getattr(meeting, name) for name in MeetingRow._fields)


@dataclass(frozen=True)
class Context:
    """What every event says beside its meeting; from the configuration."""

    host: str
    base_url: str
    organizer: Organizer
    is_demo: bool

    @cached_property
    def digest(self) -> str:
        """Changes when every event must be built again."""
        versions = f"{BUILDER_VERSION}.{FACTS_VERSION}"
        return hashlib.sha256(f"{versions}{self!r}".encode()).hexdigest()[:16]


def context_of(is_demo: bool) -> Context:
    """The context of this application."""
    settings = current_app.config
    mailbox = settings.get("CALENDAR_ORGANIZER") or settings["MAIL_FROM"]
    return _context(mailbox, settings["CALENDAR_HOST"], settings["BASE_URL"], is_demo)


@lru_cache(maxsize=16)
def _context(mailbox: str, host: str, base_url: str, is_demo: bool) -> Context:
    name, email = parseaddr(mailbox)
    return Context(host, base_url, Organizer(name or "Secrétariat du programme TNT", email), is_demo)


def color_of(committee_id: int) -> str:
    """The colour of a committee's events."""
    return COLORS[(committee_id - 1) % len(COLORS)]


def facts_of(
    row: MeetingRow,
    committee: str,
    context: Context,
    decisions: tuple[str, ...],
    local_zone: tuple[str, str] | None = None,
) -> EventFacts:
    """What the event of a meeting says. `decisions`: those expected, reserved items left out."""
    period = parse_period(row.period)
    title = f"{committee} – {period.short} {period.year}"
    if row.kind is MeetingKind.EXTRAORDINARY:
        title += " – séance extraordinaire"
    status = status_of(row.state, recorded_afterwards=row.recorded_afterwards)
    return EventFacts(
        uid=f"{row.uid}@{context.host}",
        sequence=row.sequence,
        created_at=row.created_at,
        last_modified=row.last_modified,
        status=status,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=title,
        committee=committee,
        kind=KIND_WORDS[row.kind],
        organizer=context.organizer,
        page_url=f"{context.base_url}/seances/{row.id}",
        place=row.place,
        video_url=row.video_url,
        reason=row.reason,
        previous_start=row.previous_starts_at,
        # the agenda is the secretariat's until the committee is convened
        decisions=decisions if status is EventStatus.CONFIRMED else (),
        color=color_of(row.committee_id),
        local_zone=local_zone,
        is_demo=context.is_demo,
    )
