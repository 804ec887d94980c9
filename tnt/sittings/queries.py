"""Reads of a session as it is held: who is there, how each item stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Date, Integer, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.committees.models import Institution, Mandate, Seat, Voice
from tnt.core import clock
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.decisions.rules import ActKind, is_competent
from tnt.meetings.models import Meeting
from tnt.objectives.models import ObjectiveMotion
from tnt.projects.models import GroupMotion
from tnt.projects.rules import Motion
from tnt.sittings.models import (
    Attendance,
    Ballot,
    ItemAction,
    ItemText,
    Outcome,
    PresenceChange,
    Recusal,
)
from tnt.sittings.rules import ADOPTING, OutcomeKind, Presence, TextField, quorum_reached, quotes, same_words
from tnt.sittings.rules.presences import Move, Place, VoiceHeld, is_there, quorum_needed, voices_at


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
    minutes: int
    outcome: OutcomeKind | None
    settled_at: datetime | None
    batch: str | None

    @property
    def is_settled(self) -> bool:
        """Whether the item has its outcome."""
        return self.outcome is not None


class SeatLine(NamedTuple):
    """A seat of the day as session mode counts it, and as an action names it."""

    mandate_id: int
    person_id: int
    given_name: str
    family_name: str
    institution_id: int
    institution: str
    acronym: str
    seat: Seat
    voice: Voice
    presence: Presence | None
    represented_by: str | None
    proxy_holder_id: int | None
    recused: bool  # from the item asked for, if one was

    @property
    def short_name(self) -> str:
        """The acronym of the institution where there is one."""
        return self.acronym or self.institution

    @property
    def full_name(self) -> str:
        """« Claire Aubert »."""
        return f"{self.given_name} {self.family_name}"


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
    select(
        _item.c.id,
        _item.c.position,
        _item.c.title,
        _item.c.kind,
        _item.c.minutes,
        _outcome.c.kind.label("outcome"),
        _outcome.c.settled_at,
        _outcome.c.batch,
    )
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
        key=lambda m: (SEAT_ORDER[m.seat], m.institution.name, m.person.family_name),
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
_person, _institution, _recusal = Person.__table__, Institution.__table__, Recusal.__table__
_SEATS = (
    select(
        _mandate.c.id,
        _mandate.c.person_id,
        _person.c.given_name,
        _person.c.family_name,
        _mandate.c.institution_id,
        _institution.c.name,
        _institution.c.acronym,
        _mandate.c.seat,
        _mandate.c.voice,
        _attendance.c.presence,
        _attendance.c.represented_by,
        _attendance.c.proxy_holder_id,
        exists()
        .where(
            _recusal.c.mandate_id == _mandate.c.id,
            _recusal.c.item_id == bindparam("item_id", type_=Integer()),
        )
        .label("recused"),
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


def list_seat_lines(meeting: Meeting, item_id: int | None = None) -> list[SeatLine]:
    """The same seats in the same order, in one query of no more than session mode shows.

    With who stepped aside from an item, where one is asked for.
    """
    values = {
        "meeting_id": meeting.id,
        "committee_id": meeting.committee_id,
        "day": clock.paris_day(meeting.starts_at),
        "item_id": item_id,
    }
    found = (SeatLine._make(row) for row in db.session.connection().execute(_SEATS, values))
    return sorted(found, key=lambda line: (SEAT_ORDER[line.seat], line.institution, line.family_name))


def substitutes_for_roll(committee_id: int, day: date) -> dict[int, list[Mandate]]:
    """The substitutes of the day, by the mandate of the full member whom they replace."""
    found: dict[int, list[Mandate]] = {}
    for mandate in db.session.scalars(
        select(Mandate)
        .where(
            Mandate.committee_id == committee_id,
            Mandate.seat == Seat.SUBSTITUTE,
            Mandate.substitute_for_id.is_not(None),
            Mandate.from_on <= day,
            or_(Mandate.until_on.is_(None), Mandate.until_on >= day),
        )
        .options(joinedload(Mandate.person), joinedload(Mandate.institution))
        .order_by(Mandate.id)
    ):
        if mandate.substitute_for_id is not None:
            found.setdefault(mandate.substitute_for_id, []).append(mandate)
    return found


_move = PresenceChange.__table__
_MOVES = (
    select(_move.c.mandate_id, _move.c.at, _move.c.arrived)
    .where(_move.c.meeting_id == bindparam("meeting_id"))
    .order_by(_move.c.at)
)


def moves_by_seat(meeting_id: int) -> dict[int, list[Move]]:
    """The arrivals and departures of a session in order, by mandate."""
    found: dict[int, list[Move]] = {}
    for mandate_id, at, arrived in db.session.connection().execute(_MOVES, {"meeting_id": meeting_id}):
        found.setdefault(mandate_id, []).append(Move(at, arrived))
    return found


def list_moves(meeting_id: int) -> Sequence[PresenceChange]:
    """The arrivals and departures of a session, in order, with whose they are."""
    return db.session.scalars(
        select(PresenceChange)
        .where(PresenceChange.meeting_id == meeting_id)
        .options(
            joinedload(PresenceChange.mandate).options(
                joinedload(Mandate.person), joinedload(Mandate.institution)
            )
        )
        .order_by(PresenceChange.at, PresenceChange.id)
    ).all()


_RECUSED = select(_recusal.c.mandate_id).where(_recusal.c.item_id == bindparam("item_id"))


def recused_of(seats: Iterable[SeatLine]) -> frozenset[int]:
    """The mandates that stepped aside, of seats read for an item."""
    return frozenset(seat.mandate_id for seat in seats if seat.recused)


def recused_on(item_id: int) -> frozenset[int]:
    """The mandates whose holders stepped aside from an item."""
    return frozenset(db.session.connection().scalars(_RECUSED, {"item_id": item_id}))


def recused_by_item(item_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The same on several items, in one query."""
    found: dict[int, frozenset[int]] = {}
    statement = select(_recusal.c.item_id, _recusal.c.mandate_id).where(
        _recusal.c.item_id.in_(list(item_ids))
    )
    for item_id, mandate_id in db.session.connection().execute(statement):
        found[item_id] = found.get(item_id, frozenset()) | {mandate_id}
    return found


def recusals_of(meeting_id: int) -> dict[int, list[Mandate]]:
    """Who stepped aside, by item, for the minutes."""
    found: dict[int, list[Mandate]] = {}
    for recusal in db.session.scalars(
        select(Recusal)
        .join(Recusal.item)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(
            joinedload(Recusal.mandate).options(joinedload(Mandate.person), joinedload(Mandate.institution))
        )
        .order_by(Recusal.id)
    ):
        found.setdefault(recusal.item_id, []).append(recusal.mandate)
    return found


def ballots_on(item_id: int) -> dict[int, Ballot]:
    """The votes by name on an item, by mandate."""
    rows = db.session.scalars(select(Ballot).where(Ballot.item_id == item_id).order_by(Ballot.id))
    return {ballot.mandate_id: ballot for ballot in rows}


def voted_at(item_ids: Iterable[int]) -> dict[int, datetime]:
    """When the votes by name were recorded, by item."""
    statement = (
        select(Ballot.item_id, func.max(Ballot.recorded_at))
        .where(Ballot.item_id.in_(list(item_ids)))
        .group_by(Ballot.item_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def places_of(seats: Iterable[SeatLine], moves: Mapping[int, Sequence[Move]]) -> list[Place]:
    """The seats as the rules of presence see them."""
    return [
        Place(
            seat.mandate_id,
            seat.full_name,
            seat.voice is Voice.VOTING,
            seat.presence,
            seat.proxy_holder_id,
            moves.get(seat.mandate_id, ()),
        )
        for seat in seats
    ]


@dataclass(frozen=True, slots=True)
class Room:
    """Who is in the room at one moment, and the voices heard on one item."""

    there: int
    seats: int
    called: int
    voting: int
    voices: list[VoiceHeld]
    recused: frozenset[int]
    quorum_percent: int | None

    @property
    def quorum(self) -> bool | None:
        """Whether the quorum is reached; None where the committee has none."""
        return quorum_reached(len(self.voices), self.voting, self.quorum_percent)

    @property
    def needed(self) -> int:
        """How many voices make the quorum."""
        return quorum_needed(self.voting, self.quorum_percent) if self.quorum_percent else 0


def room_at(
    meeting: Meeting,
    seats: Sequence[SeatLine],
    at: datetime,
    recused: frozenset[int] = frozenset(),
    moves: Mapping[int, Sequence[Move]] | None = None,
) -> Room:
    """Presences, voices and quorum at a moment, by the roll and what changed since; one query.

    None at all where the moves are given.
    """
    places = places_of(seats, moves_by_seat(meeting.id) if moves is None else moves)
    return Room(
        there=sum(1 for place in places if is_there(place, at)),
        seats=len(places),
        called=sum(1 for place in places if place.presence is not None),
        voting=sum(1 for place in places if place.votes),
        voices=voices_at(places, at, recused=recused, proxies=meeting.committee.proxies_enabled),
        recused=recused,
        quorum_percent=quorum_percent_of(meeting),
    )


def quorum_percent_of(meeting: Meeting) -> int | None:
    """The quorum asked of a session; none of one reconvened on the same agenda for want of it."""
    return None if meeting.quorum_waived else meeting.committee.quorum_percent


@dataclass(frozen=True, slots=True)
class TextState:
    """One text of an item as it is saved: its version, and who saved it when."""

    field: TextField
    text: str
    version: int = 0
    saved_at: datetime | None = None
    saved_by_id: int | None = None
    saved_by: str = ""


_text = ItemText.__table__
_TEXTS = (
    select(
        _text.c.field,
        _text.c.version,
        _text.c.saved_at,
        _text.c.saved_by_id,
        _person.c.given_name,
        _person.c.family_name,
    )
    .outerjoin(_person, _person.c.id == _text.c.saved_by_id)
    .where(_text.c.item_id == bindparam("item_id"))
)


def has_mission(item: AgendaItem) -> bool:
    """Whether deciding the item gives its group a mission, which the session may amend."""
    motion = item.group_motion
    return motion is not None and motion.motion in {Motion.CREATE, Motion.REORIENT}


def mission_apart(
    item: AgendaItem, outcome: Outcome | None, texts: Mapping[TextField, TextState] | None = None
) -> bool:
    """Whether the words adopted no longer say the mission that will be in force: one was amended alone.

    Without the versions of the `texts`, only words that were amended are told from those of the draft.
    """
    motion = item.group_motion
    if motion is None or outcome is None or outcome.kind not in ADOPTING or not has_mission(item):
        return False
    if quotes(outcome.wording, motion.mission):
        return False
    amended = texts is not None and texts[TextField.MISSION].version > 0
    return quotes(item.draft_wording, motion.mission) or (
        amended and same_words(outcome.wording, item.draft_wording)
    )


def scoring_of(meeting: Meeting, item: AgendaItem) -> ObjectiveMotion | None:
    """The result that deciding the item gives an objective, which the session may amend."""
    if item.act_kind is not ActKind.SCORE_OBJECTIVE or item.kind is not ItemKind.DECISION:
        return None
    return item.objective_motion if is_competent(meeting.committee.key, item.act_kind) else None


def text_fields_of(item: AgendaItem) -> tuple[TextField, ...]:
    """The texts that an item has."""
    if item.kind is ItemKind.INFORMATION:
        return (TextField.NOTES, TextField.DEFER_REASON)
    mission = (TextField.MISSION,) if has_mission(item) else ()
    return (TextField.WORDING, *mission, TextField.NOTES, TextField.DEFER_REASON)


def text_of(item: AgendaItem, outcome: Outcome | None, field: TextField, version: int) -> str:
    """A text as it stands; the wording starts from the draft until somebody types."""
    if field is TextField.MISSION:
        return item.group_motion.mission if item.group_motion else ""
    saved = str(getattr(outcome, field.value)) if outcome is not None else ""
    if field is TextField.WORDING and not saved and not version:
        return item.draft_wording
    return saved


def texts_of(item: AgendaItem, outcome: Outcome | None) -> dict[TextField, TextState]:
    """The texts of an item with their versions; one query."""
    rows = db.session.connection().execute(_TEXTS, {"item_id": item.id}).all()
    known = {row.field: row for row in rows}
    found: dict[TextField, TextState] = {}
    for name in text_fields_of(item):
        row = known.get(name)
        if row is None:
            found[name] = TextState(name, text_of(item, outcome, name, 0))
            continue
        found[name] = TextState(
            name,
            text_of(item, outcome, name, row.version),
            row.version,
            row.saved_at,
            row.saved_by_id,
            f"{row.given_name} {row.family_name}" if row.family_name else "",
        )
    return found


@dataclass(frozen=True, slots=True)
class Pace:
    """When an item began, and when it ended (None while it is open)."""

    started_at: datetime
    ended_at: datetime | None

    def minutes_until(self, now: datetime) -> int:
        """How long it has lasted."""
        return max(0, int(((self.ended_at or now) - self.started_at).total_seconds() // 60))


def pace_of(meeting: Meeting, rail: Sequence[RailLine], item_id: int, now: datetime) -> Pace | None:
    """The time spent on an item: since the outcome before it, or since the session opened.

    None for a session entered afterwards, whose hours nobody noted.
    """
    if meeting.opened_at is None or meeting.recorded_afterwards:
        return None
    ended = next((line.settled_at for line in rail if line.id == item_id and line.is_settled), None)
    others = [line.settled_at for line in rail if line.id != item_id and line.settled_at is not None]
    before = [each for each in others if each <= (ended or now)]
    return Pace(max([meeting.opened_at, *before]), ended)
