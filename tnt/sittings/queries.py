"""Reads of a session as it is held: who is there, how each item stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from tnt.agendas.models import AgendaItem
from tnt.committees.models import Mandate, Seat, Voice
from tnt.core import clock
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.meetings.models import Meeting
from tnt.projects.models import GroupMotion
from tnt.sittings.models import Attendance, ItemAction, Outcome
from tnt.sittings.rules import Presence, count_filled, quorum_reached


@dataclass(frozen=True, slots=True)
class ItemState:
    """An item with its outcome (None while untouched) and the actions noted on it."""

    item: AgendaItem
    outcome: Outcome | None
    actions: list[ItemAction] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether the item has its outcome."""
        return self.outcome is not None and self.outcome.kind is not None


@dataclass(frozen=True, slots=True)
class SeatState:
    """A mandate of the day with its attendance, if recorded."""

    mandate: Mandate
    attendance: Attendance | None

    @property
    def presence(self) -> Presence | None:
        """How the seat is filled, None while the roll has not been called."""
        return self.attendance.presence if self.attendance else None


@dataclass(frozen=True, slots=True)
class Count:
    """How many seats are filled, of how many; the quorum where the committee has one."""

    filled: int
    called: int
    seats: int
    voting: int
    quorum: bool | None


def list_item_states(meeting_id: int) -> list[ItemState]:
    """Every item of the meeting in order, with outcome and actions: three queries whatever their number."""
    items = db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(
            joinedload(AgendaItem.rapporteur),
            joinedload(AgendaItem.group),
            joinedload(AgendaItem.group_motion).joinedload(GroupMotion.lead),
            joinedload(AgendaItem.objective_motion),
        )
        .order_by(AgendaItem.position)
    ).all()
    ids = [item.id for item in items]
    outcomes = {
        outcome.item_id: outcome
        for outcome in db.session.scalars(
            select(Outcome).where(Outcome.item_id.in_(ids)).options(joinedload(Outcome.act))
        )
    }
    actions = db.session.scalars(
        select(ItemAction).where(ItemAction.item_id.in_(ids)).order_by(ItemAction.id)
    ).all()
    return [
        ItemState(item, outcomes.get(item.id), [action for action in actions if action.item_id == item.id])
        for item in items
    ]


def get_item_of(meeting_id: int, item_id: int) -> AgendaItem:
    """The item of that id on that meeting. Raises NotFound."""
    item = db.session.get(AgendaItem, item_id)
    if item is None or item.meeting_id != meeting_id:
        raise NotFound()
    return item


def find_outcome(item_id: int) -> Outcome | None:
    """The outcome of an item, if any was saved."""
    return db.session.scalar(select(Outcome).where(Outcome.item_id == item_id))


def mandates_for_roll(committee_id: int, day: date) -> Sequence[Mandate]:
    """The mandates of the day whose holders are called: not the substitutes, not the secretariat."""
    return db.session.scalars(
        select(Mandate)
        .where(
            Mandate.committee_id == committee_id,
            Mandate.seat.in_([Seat.CO_CHAIR, Seat.FULL_MEMBER, Seat.PERMANENT_GUEST]),
            Mandate.from_on <= day,
            or_(Mandate.until_on.is_(None), Mandate.until_on >= day),
        )
        .options(joinedload(Mandate.person), joinedload(Mandate.institution))
        .order_by(Mandate.id)
    ).all()


SEAT_ORDER = {Seat.CO_CHAIR: 0, Seat.FULL_MEMBER: 1, Seat.PERMANENT_GUEST: 2}


def list_seats(meeting: Meeting) -> list[SeatState]:
    """The roll of a meeting: every seat of its day, co-chairs first, then by institution and name."""
    attendances = {
        attendance.mandate_id: attendance
        for attendance in db.session.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id))
    }
    mandates = sorted(
        mandates_for_roll(meeting.committee_id, clock.paris_day(meeting.starts_at)),
        key=lambda m: (SEAT_ORDER[m.seat], m.institution.short_name, m.person.family_name),
    )
    return [SeatState(mandate, attendances.get(mandate.id)) for mandate in mandates]


def attended(person_id: int | None, meeting_id: int) -> bool:
    """Whether the person was at the session in person, in the room or at a distance."""
    found = select(Attendance.id).where(
        Attendance.meeting_id == meeting_id,
        Attendance.presence.in_([Presence.PRESENT, Presence.REMOTE]),
        Attendance.mandate_id.in_(select(Mandate.id).where(Mandate.person_id == person_id)),
    )
    return person_id is not None and db.session.scalar(found.limit(1)) is not None


def count_seats(meeting: Meeting, seats: list[SeatState]) -> Count:
    """How many seats are filled, and whether the quorum is reached where there is one."""
    voting = [seat for seat in seats if seat.mandate.voice is Voice.VOTING]
    filled_voting = count_filled(seat.presence for seat in voting if seat.presence)
    return Count(
        filled=count_filled(seat.presence for seat in seats if seat.presence),
        called=sum(1 for seat in seats if seat.presence),
        seats=len(seats),
        voting=len(voting),
        quorum=quorum_reached(filled_voting, len(voting), meeting.committee.quorum_percent),
    )
