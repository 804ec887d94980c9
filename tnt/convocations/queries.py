"""Who is written to, and what was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import items_of
from tnt.committees.queries import mandates_on
from tnt.convocations.models import Notice
from tnt.core import blobs, clock
from tnt.core.db import db
from tnt.core.journal import canonical
from tnt.meetings.models import Meeting


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to write to; without an address, somebody to tell otherwise."""

    person: Person
    institution: str

    @property
    def email(self) -> str:
        """The address, or nothing."""
        return self.person.email or ""


def recipients_on(committee_id: int, *days: date) -> list[Recipient]:
    """Whoever sits in the committee on one of these days, each once, in the order of seats."""
    found: dict[int, Recipient] = {}
    for day in days:
        for mandate in mandates_on(committee_id, day):
            if mandate.person.ended_at is None:
                found.setdefault(mandate.person_id, Recipient(mandate.person, mandate.institution.short_name))
    return list(found.values())


def recipients_of(meeting: Meeting) -> list[Recipient]:
    """Whoever sits in the committee on the day of the session."""
    return recipients_on(meeting.committee_id, clock.paris_day(meeting.starts_at))


def agenda_content(meeting: Meeting) -> bytes:
    """The agenda as it stands, as canonical JSON: what a notice freezes."""
    return canonical(
        {
            "meeting": meeting.uid,
            "committee": meeting.committee.name,
            "period": meeting.period,
            "starts_at": meeting.starts_at,
            "ends_at": meeting.ends_at,
            "place": meeting.place,
            "video_url": meeting.video_url,
            "items": [_item(item) for item in items_of(meeting.id)],
        }
    ).encode()


def _item(item: AgendaItem) -> dict[str, Any]:
    return {
        "position": item.position,
        "section": item.section.title if item.section else "",
        "kind": item.kind.value,
        "act_kind": item.act_kind.value,
        "title": item.title,
        "minutes": item.minutes,
        "rapporteur": item.rapporteur.full_name if item.rapporteur else "",
        "draft_wording": item.draft_wording,
        "reserved": item.reserved,
    }


def notices_of(meeting_id: int) -> Sequence[Notice]:
    """What was sent for a meeting, newest first."""
    return db.session.scalars(
        select(Notice)
        .where(Notice.meeting_id == meeting_id)
        .options(joinedload(Notice.sent_by))
        .order_by(Notice.number.desc())
    ).all()


def last_notice(meeting_id: int) -> Notice | None:
    """The last notice sent for a meeting, if any."""
    return db.session.scalar(
        select(Notice).where(Notice.meeting_id == meeting_id).order_by(Notice.number.desc()).limit(1)
    )


def last_number(meeting_id: int) -> int:
    """The number of the last notice of a meeting; 0 before the first."""
    return db.session.scalar(select(func.max(Notice.number)).where(Notice.meeting_id == meeting_id)) or 0


def frozen_agenda(notice: Notice) -> dict[str, Any]:
    """The agenda that a notice froze. Raises UnknownBlob."""
    content: dict[str, Any] = json.loads(blobs.get(notice.agenda_sha256).content)
    return content
