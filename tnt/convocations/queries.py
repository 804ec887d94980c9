"""Who is written to, what was sent, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tnt.accounts.models import Person
from tnt.accounts.queries import is_known
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Mandate, Seat, Voice
from tnt.committees.queries import mandates_on
from tnt.convocations.models import AgendaCountersign, Notice, NoticeRecipient
from tnt.convocations.rules import CONVENING, CountersignState, ItemChange, agenda_changes
from tnt.core import blobs, clock
from tnt.core.db import db
from tnt.core.journal import canonical
from tnt.meetings.models import Meeting
from tnt.meetings.policies import seat_reads_reserved
from tnt.meetings.rules import MeetingState
from tnt.packs.models import Pack
from tnt.packs.queries import present_watch, snapshot_of
from tnt.packs.rules import changes_between
from tnt.participants.queries import correspondents_by_person
from tnt.participants.rules import SEATS


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to write to about a seat: its holder, or their correspondent.

    Without an address, somebody to tell otherwise.
    """

    person: Person
    mandate: Mandate

    @property
    def institution(self) -> str:
        """The institution of the seat."""
        return self.mandate.institution.short_name

    @property
    def email(self) -> str:
        """The address, or nothing."""
        return self.person.email or ""

    @property
    def for_another(self) -> bool:
        """Whether it is a correspondent."""
        return self.person.id != self.mandate.person_id

    @property
    def replies(self) -> bool:
        """Whether the seat is one that replies."""
        return self.mandate.seat in SEATS

    @property
    def votes(self) -> bool:
        """Whether the seat has a vote."""
        return self.mandate.voice is Voice.VOTING

    @property
    def reads_reserved(self) -> bool:
        """Whether what the session reserves may be told: to those who vote, preside or keep it."""
        holds = seat_reads_reserved(self.mandate.seat, self.mandate.voice)
        return holds and not self.for_another

    @property
    def key(self) -> str:
        """What tells this recipient from the others of a notice."""
        return f"{self.person.id}-{self.mandate.id}"


def recipients_on(committee_id: int, *days: date) -> list[Recipient]:
    """Whoever sits in the committee on one of these days, each once, in the order of seats.

    Each with their correspondents after them.
    """
    seats: dict[int, Mandate] = {}
    for day in days:
        for mandate in mandates_on(committee_id, day):
            if mandate.person.ended_at is None:
                seats.setdefault(mandate.person_id, mandate)
    correspondents = correspondents_by_person(seats)
    found = []
    for mandate in seats.values():
        found.append(Recipient(mandate.person, mandate))
        helpers = correspondents.get(mandate.person_id, [])
        found += [Recipient(one, mandate) for one in helpers if one.email and is_known(one)]
    return found


def recipients_of(meeting: Meeting) -> list[Recipient]:
    """Whoever sits in the committee on the day of the session, and their correspondents."""
    return recipients_on(meeting.committee_id, clock.paris_day(meeting.starts_at))


def newcomers_of(meeting: Meeting) -> list[Recipient]:
    """Those with an address who sit on the day and were never convened to this session."""
    rows = db.session.execute(
        select(NoticeRecipient.person_id, NoticeRecipient.mandate_id)
        .join(Notice, Notice.id == NoticeRecipient.notice_id)
        .where(Notice.meeting_id == meeting.id, Notice.kind.in_(list(CONVENING)))
    )
    convened = {(person_id, mandate_id) for person_id, mandate_id in rows}
    if not convened:  # a session convened before recipients were kept
        return []
    return [
        one for one in recipients_of(meeting) if one.email and (one.person.id, one.mandate.id) not in convened
    ]


def agenda_content(meeting: Meeting) -> bytes:
    """The agenda as it stands, as canonical JSON: what a notice freezes."""
    return canonical(_frame(meeting) | {"items": agenda_of(meeting)}).encode()


def date_content(meeting: Meeting) -> bytes:
    """The same without its items: what is told while the agenda is the secretariat's."""
    return canonical(_frame(meeting) | {"items": []}).encode()


def _frame(meeting: Meeting) -> dict[str, Any]:
    return {
        "meeting": meeting.uid,
        "committee": meeting.committee.name,
        "period": meeting.period,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "place": meeting.place,
        "video_url": meeting.video_url,
    }


def agenda_of(meeting: Meeting) -> list[dict[str, Any]]:
    """The items as a notice freezes them."""
    items = db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id)
        .options(joinedload(AgendaItem.rapporteur), joinedload(AgendaItem.section))
        .order_by(AgendaItem.position)
    )
    return [_item(item) for item in items]


def _item(item: AgendaItem) -> dict[str, Any]:
    return {
        "id": item.id,
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


def was_told_later(meeting_id: int, number: int, person_id: int | None) -> bool:
    """Whether a later notice of the meeting was written to that person."""
    return (
        db.session.scalar(
            select(NoticeRecipient.notice_id)
            .join(Notice, Notice.id == NoticeRecipient.notice_id)
            .where(
                Notice.meeting_id == meeting_id,
                Notice.number > number,
                NoticeRecipient.person_id == person_id,
            )
            .limit(1)
        )
        is not None
    )


def sent_to(meeting_id: int) -> list[tuple[NoticeRecipient, Notice]]:
    """To whom each notice of a meeting was written, seat by seat, the newest notice first."""
    rows = db.session.execute(
        select(NoticeRecipient, Notice)
        .join(Notice, Notice.id == NoticeRecipient.notice_id)
        .where(Notice.meeting_id == meeting_id)
        .options(
            joinedload(NoticeRecipient.person),
            joinedload(NoticeRecipient.mandate).joinedload(Mandate.person),
            joinedload(NoticeRecipient.mandate).joinedload(Mandate.institution),
        )
        .order_by(NoticeRecipient.mandate_id, NoticeRecipient.person_id, Notice.number.desc())
    )
    return [(recipient, notice) for recipient, notice in rows]


def frozen_agenda(notice: Notice | AgendaCountersign) -> dict[str, Any]:
    """The agenda that a notice froze. Raises UnknownBlob."""
    content: dict[str, Any] = json.loads(blobs.get(notice.agenda_sha256).content)
    return content


def changes_since(meeting: Meeting, notice: Notice | None) -> list[ItemChange]:
    """What changed between the agenda of a notice and the present one; nothing without a notice."""
    if notice is None:
        return []
    return agenda_changes(frozen_agenda(notice)["items"], agenda_of(meeting))


def is_pack_outdated(meeting: Meeting, pack: Pack) -> bool:
    """Whether the session is not any more what a pack that was sent says of it."""
    return bool(changes_between(snapshot_of(pack)["watch"], present_watch(meeting)))


# countersigns


def last_countersign(meeting_id: int) -> AgendaCountersign | None:
    """The last agenda put before the co-chairs, if any."""
    return db.session.scalar(
        select(AgendaCountersign)
        .where(AgendaCountersign.meeting_id == meeting_id)
        .options(joinedload(AgendaCountersign.mandate).joinedload(Mandate.person))
        .order_by(AgendaCountersign.number.desc())
        .limit(1)
    )


_NEWEST = (
    select(func.max(AgendaCountersign.number))
    .where(AgendaCountersign.meeting_id == Meeting.id)
    .correlate(Meeting)
    .scalar_subquery()
)


def agendas_to_correct(committee_ids: Collection[int]) -> Sequence[AgendaCountersign]:
    """The agendas of these committees that a co-chair sent back to be corrected, oldest first."""
    return db.session.scalars(
        select(AgendaCountersign)
        .join(Meeting, Meeting.id == AgendaCountersign.meeting_id)
        .where(
            Meeting.committee_id.in_(committee_ids),
            Meeting.state == MeetingState.PLANNED,
            AgendaCountersign.state == CountersignState.CORRECTION,
            AgendaCountersign.number == _NEWEST,
        )
        .options(contains_eager(AgendaCountersign.meeting).joinedload(Meeting.committee))
        .order_by(AgendaCountersign.asked_at)
    ).all()


def countersigns_awaited(person_id: int) -> Sequence[AgendaCountersign]:
    """The agendas that wait for a person who presides a committee today, oldest first."""
    today = clock.today()
    return db.session.scalars(
        select(AgendaCountersign)
        .join(Meeting, Meeting.id == AgendaCountersign.meeting_id)
        .join(Mandate, Mandate.committee_id == Meeting.committee_id)
        .where(
            Mandate.person_id == person_id,
            Mandate.seat == Seat.CO_CHAIR,
            Mandate.from_on <= today,
            or_(Mandate.until_on.is_(None), Mandate.until_on >= today),
            AgendaCountersign.state == CountersignState.AWAITED,
            AgendaCountersign.number == _NEWEST,
            Meeting.state == MeetingState.PLANNED,
        )
        .order_by(AgendaCountersign.asked_at)
    ).all()
