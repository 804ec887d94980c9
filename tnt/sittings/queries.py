"""Reads of a session as it is held: who is there, how each item stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Date, and_, bindparam, or_, select
from sqlalchemy.orm import joinedload

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.committees.models import Institution, Mandate, Seat, Voice
from tnt.core import clock
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.meetings.models import Meeting
from tnt.projects.models import GroupMotion
from tnt.sittings.models import Attendance, ItemAction, Outcome
from tnt.sittings.rules import OutcomeKind, Presence, count_filled, quorum_reached


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
    def voice(self) -> Voice:
        """Whether the seat votes."""
        return self.mandate.voice

    @property
    def presence(self) -> Presence | None:
        """How the seat is filled, None while the roll has not been called."""
        return self.attendance.presence if self.attendance else None


class RailLine(NamedTuple):
    """An item as the rail of session mode shows it."""

    id: int
    position: int
    title: str
    kind: ItemKind
    outcome: OutcomeKind | None

    @property
    def is_settled(self) -> bool:
        """Whether the item has its outcome."""
        return self.outcome is not None


class SeatLine(NamedTuple):
    """A seat of the day as session mode counts it, and as an action names it."""

    person_id: int
    given_name: str
    family_name: str
    institution_id: int
    institution: str
    acronym: str
    seat: Seat
    voice: Voice
    presence: Presence | None

    @property
    def short_name(self) -> str:
        """The acronym of the institution where there is one."""
        return self.acronym or self.institution

    @property
    def full_name(self) -> str:
        """« Claire Aubert »."""
        return f"{self.given_name} {self.family_name}"


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


_item, _outcome = AgendaItem.__table__, Outcome.__table__
_RAIL = (
    select(_item.c.id, _item.c.position, _item.c.title, _item.c.kind, _outcome.c.kind.label("outcome"))
    .outerjoin(_outcome, _outcome.c.item_id == _item.c.id)
    .where(_item.c.meeting_id == bindparam("meeting_id"))
    .order_by(_item.c.position)
)


def list_rail(meeting_id: int) -> list[RailLine]:
    """Every item of the meeting in order, with no more than the rail of session mode shows."""
    found = db.session.connection().execute(_RAIL, {"meeting_id": meeting_id})
    return [RailLine._make(row) for row in found]


_STATE = (
    select(AgendaItem, Outcome)
    .outerjoin(Outcome, Outcome.item_id == AgendaItem.id)
    .where(AgendaItem.id == bindparam("item_id"), AgendaItem.meeting_id == bindparam("meeting_id"))
    .options(
        joinedload(AgendaItem.rapporteur),
        joinedload(AgendaItem.group_motion).lazyload(GroupMotion.group),
    )
)
_ACTIONS = select(ItemAction).where(ItemAction.item_id == bindparam("item_id")).order_by(ItemAction.id)


def get_item_state(meeting_id: int, item_id: int) -> ItemState:
    """One item of that meeting with its outcome, without its actions. Raises NotFound."""
    row = db.session.execute(_STATE, {"item_id": item_id, "meeting_id": meeting_id}).one_or_none()
    if row is None:
        raise NotFound()
    return ItemState(row[0], row[1])


def actions_on(item_id: int) -> Sequence[ItemAction]:
    """The actions noted on an item, in the order of their noting."""
    return db.session.scalars(_ACTIONS, {"item_id": item_id}).all()


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


_mandate, _attendance = Mandate.__table__, Attendance.__table__
_person, _institution = Person.__table__, Institution.__table__
_SEATS = (
    select(
        _mandate.c.person_id,
        _person.c.given_name,
        _person.c.family_name,
        _mandate.c.institution_id,
        _institution.c.name,
        _institution.c.acronym,
        _mandate.c.seat,
        _mandate.c.voice,
        _attendance.c.presence,
    )
    .join(_person, _person.c.id == _mandate.c.person_id)
    .join(_institution, _institution.c.id == _mandate.c.institution_id)
    .outerjoin(
        _attendance,
        and_(_attendance.c.mandate_id == _mandate.c.id, _attendance.c.meeting_id == bindparam("meeting_id")),
    )
    .where(
        _mandate.c.committee_id == bindparam("committee_id"),
        _mandate.c.seat.in_(list(SEAT_ORDER)),
        _mandate.c.from_on <= bindparam("day", type_=Date()),
        or_(_mandate.c.until_on.is_(None), _mandate.c.until_on >= bindparam("day", type_=Date())),
    )
    .order_by(_mandate.c.id)
)


def list_seat_lines(meeting: Meeting) -> list[SeatLine]:
    """The same seats in the same order, in one query of no more than session mode shows."""
    values = {
        "meeting_id": meeting.id,
        "committee_id": meeting.committee_id,
        "day": clock.paris_day(meeting.starts_at),
    }
    found = (SeatLine._make(row) for row in db.session.connection().execute(_SEATS, values))
    return sorted(found, key=lambda line: (SEAT_ORDER[line.seat], line.short_name, line.family_name))


def count_seats(meeting: Meeting, seats: Sequence[SeatState] | Sequence[SeatLine]) -> Count:
    """How many seats are filled, and whether the quorum is reached where there is one."""
    voting = [seat for seat in seats if seat.voice is Voice.VOTING]
    filled_voting = count_filled(seat.presence for seat in voting if seat.presence)
    return Count(
        filled=count_filled(seat.presence for seat in seats if seat.presence),
        called=sum(1 for seat in seats if seat.presence),
        seats=len(seats),
        voting=len(voting),
        quorum=quorum_reached(filled_voting, len(voting), meeting.committee.quorum_percent),
    )
