"""The calendar entry that a notice carries: one event addressed to one person (RFC 5546, RFC 6047)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tnt.agendas.models import AgendaItem, ItemKind
from tnt.convocations.queries import Recipient
from tnt.core import blobs, dataset
from tnt.core.ical import invitation, with_attendee
from tnt.meetings.calendar import build_event, status_of
from tnt.meetings.event_facts import context_of, facts_of, row_of
from tnt.meetings.models import Meeting

FILE_NAME = "invitation.ics"


def method_of(meeting: Meeting) -> str:
    """What the entry asks of a calendar: to take the session in, or to take it out."""
    return "CANCEL" if status_of(meeting.state).is_off else "REQUEST"


def event_of(meeting: Meeting, items: Sequence[AgendaItem]) -> bytes:
    """The event of a session as it stands, the same identifier and sequence as in the feeds."""
    decisions = tuple(
        item.title for item in items if item.kind is not ItemKind.INFORMATION and not item.reserved
    )
    facts = facts_of(row_of(meeting), meeting.committee.name, context_of(dataset.demo_loaded()), decisions)
    return build_event(facts)


def calendar_for(method: str, event: bytes, to: Recipient) -> bytes:
    """The calendar of one recipient."""
    addressed = with_attendee(event, to.person.full_name, to.email, votes=to.votes, replies=to.replies)
    return invitation(method, addressed)


def attachments_for(method: str, event: bytes, to: Recipient) -> list[Mapping[str, str]]:
    """The entry as the mail carries it: as a form of its text, which calendars offer, and as a file."""
    media_type = f"text/calendar; charset=utf-8; method={method}"
    sha256 = blobs.put(calendar_for(method, event, to), "text/calendar")
    return [
        {"sha256": sha256, "name": FILE_NAME, "media_type": media_type, "alternative": "yes"},
        {"sha256": sha256, "name": FILE_NAME, "media_type": "application/ics"},
    ]
