"""The roll: how each seat is filled, who comes in and goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from tnt.committees.models import Mandate, Voice
from tnt.core import clock, formats, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError, NotFound, Term
from tnt.meetings.models import Meeting
from tnt.sittings import queries
from tnt.sittings.models import Attendance, PresenceChange
from tnt.sittings.queries import SeatState
from tnt.sittings.rules.presences import (
    FILLED,
    NAME_LIMIT,
    PRESENCE_WORDS,
    MissingRepresentative,
    MoveMakesNoSense,
    MoveOutsideSession,
    NoSuchSubstitute,
    Place,
    Presence,
    ProxiesOff,
    ProxyWithoutHolder,
    SitsForAnother,
    SubstituteNotChosen,
    check_proxies,
    is_there,
)
from tnt.sittings.services.holding import lock_in_session, lock_to_call


class Entry(NamedTuple):
    """What is entered for a seat; `presence` None leaves it as it is.

    `named`: who represents. `substitute_id`, `holder_id`: mandates of the substitute, of the proxy's holder.
    `was`: what the line said when the page was read (`line_told`), None where nobody read it.
    """

    presence: Presence | None = None
    named: str = ""
    substitute_id: int | None = None
    holder_id: int | None = None
    was: str | None = None


class _Filled(NamedTuple):
    """How a seat is to stand."""

    presence: Presence
    represented_by: str = ""
    substitute_id: int | None = None
    proxy_holder_id: int | None = None


class LineChanged(DomainError):
    """Two people called the same seat otherwise; the second one is told."""

    message = N_(
        "Quelqu’un d’autre a noté entre-temps %(person)s : %(now)s. Votre choix est resté sur la ligne ; "
        "enregistrez de nouveau pour le garder."
    )


def line_told(filled: Attendance | _Filled | None) -> str:
    """What the line of a seat says, in one word, to tell whether it changed."""
    if filled is None:
        return ""
    said = {
        Presence.REPRESENTED: filled.represented_by,
        Presence.SUBSTITUTED: filled.represented_by,
        Presence.BY_PROXY: filled.proxy_holder_id,
    }.get(filled.presence, "")
    return f"{filled.presence.value}:{said}"


def call_roll(
    actor: Actor, meeting_id: int, entries: Mapping[int, Entry | tuple[Presence | None, str]]
) -> int:
    """Record how each seat is filled: mandate id → what is entered. Returns how many changed.

    Only the seats of the day are taken; others in `entries` are ignored, and so are the lines left as they
    were read. The roll is taken whole or not at all. It is corrected after the levée while the record is to
    be corrected. Raises NotInSession, LineChanged, or the refusal of a representative, a substitute or a
    proxy, with the field of its line.
    """
    with transaction():
        meeting = lock_to_call(actor, meeting_id)
        seats = queries.list_seats(meeting)
        given = {key: Entry(*entry) for key, entry in entries.items()}
        wanted = _Roll(meeting, seats).read(given)
        wanted = {key: new for key, new in wanted.items() if not _is_left(given[key], new)}
        for seat in seats:
            _check_read(seat, given.get(seat.mandate.id), wanted.get(seat.mandate.id))
        _check_all_proxies(meeting, seats, wanted)
        return sum(_set(actor, meeting, seat, wanted.get(seat.mandate.id)) for seat in seats)


def _is_left(entry: Entry, new: _Filled) -> bool:
    """Whether the line was sent as it was read."""
    return entry.was is not None and entry.was == line_told(new)


def _check_read(seat: SeatState, entry: Entry | None, new: _Filled | None) -> None:
    """Raise LineChanged where a line to be written says something else than what was read, or is wanted."""
    now = line_told(seat.attendance)
    if entry is None or new is None or entry.was is None or now in (entry.was, line_told(new)):
        return
    raise LineChanged(
        person=seat.mandate.person.full_name,
        now=Term(PRESENCE_WORDS[seat.attendance.presence]) if seat.attendance else "",
        field=f"presence-{seat.mandate.id}",
    )


class _Roll:
    """Reads what was entered against who sits that day."""

    def __init__(self, meeting: Meeting, seats: Sequence[SeatState]) -> None:
        self.meeting = meeting
        self.seats = {seat.mandate.id: seat for seat in seats}
        day = clock.paris_day(meeting.starts_at)
        self.substitutes = queries.substitutes_for_roll(meeting.committee_id, day)

    def read(self, entries: Mapping[int, Entry]) -> dict[int, _Filled]:
        return {
            mandate_id: self._filled(self.seats[mandate_id], entry, entry.presence)
            for mandate_id, entry in entries.items()
            if entry.presence is not None and mandate_id in self.seats
        }

    def _filled(self, seat: SeatState, entry: Entry, presence: Presence) -> _Filled:
        named = entry.named.strip()[:NAME_LIMIT]
        if presence is Presence.REPRESENTED:
            return self._represented(seat, named)
        if presence is Presence.SUBSTITUTED:
            return self._substituted(seat, entry, named)
        if presence is Presence.BY_PROXY:
            return self._by_proxy(seat, entry)
        before = seat.attendance
        if before is not None and before.presence is presence and presence in FILLED:
            return _Filled(
                presence, before.represented_by, None, before.proxy_holder_id
            )  # left, with a proxy
        return _Filled(presence)

    def _represented(self, seat: SeatState, named: str) -> _Filled:
        mandate = seat.mandate
        if not named:
            raise MissingRepresentative(person=mandate.person.full_name, field=f"name-{mandate.id}")
        for other in self.seats.values():
            sits = other.mandate
            if sits.person.full_name.casefold() != named.casefold():
                continue
            if sits.institution_id != mandate.institution_id:
                raise SitsForAnother(
                    name=named, institution=sits.institution.short_name, field=f"name-{mandate.id}"
                )
        return _Filled(Presence.REPRESENTED, named)

    def _substituted(self, seat: SeatState, entry: Entry, named: str) -> _Filled:
        mandate, field = seat.mandate, f"name-{seat.mandate.id}"
        known = self.substitutes.get(mandate.id, [])
        chosen = _chosen_substitute(known, entry.substitute_id, named)
        if chosen is not None:
            return _Filled(Presence.SUBSTITUTED, chosen.person.full_name, chosen.id)
        if self.meeting.recorded_afterwards and named:
            return _Filled(Presence.SUBSTITUTED, named)
        if not known:
            raise NoSuchSubstitute(person=mandate.person.full_name, field=field)
        raise SubstituteNotChosen(person=mandate.person.full_name, field=field)

    def _by_proxy(self, seat: SeatState, entry: Entry) -> _Filled:
        mandate, field = seat.mandate, f"holder-{seat.mandate.id}"
        if not self.meeting.committee.proxies_enabled:
            raise ProxiesOff(field=f"presence-{mandate.id}")
        holder = self.seats.get(entry.holder_id) if entry.holder_id is not None else None
        if holder is None:
            raise ProxyWithoutHolder(person=mandate.person.full_name, field=field)
        return _Filled(Presence.BY_PROXY, holder.mandate.person.full_name, None, holder.mandate.id)


def _chosen_substitute(known: Sequence[Mandate], chosen_id: int | None, named: str) -> Mandate | None:
    for mandate in known:
        if mandate.id == chosen_id or (named and mandate.person.full_name.casefold() == named.casefold()):
            return mandate
    return known[0] if len(known) == 1 and chosen_id is None and not named else None


def _check_all_proxies(meeting: Meeting, seats: Sequence[SeatState], wanted: Mapping[int, _Filled]) -> None:
    """Raise the refusal of a proxy that the roll, as it would stand, does not allow."""
    places = {}
    for seat in seats:
        place = _place(seat)
        new = wanted.get(place.mandate_id)
        if new is not None:
            place = replace(place, presence=new.presence, holder_id=new.proxy_holder_id)
        places[place.mandate_id] = place
    check_proxies(places, meeting.committee.proxies_per_holder)


def _place(seat: SeatState) -> Place:
    attendance = seat.attendance
    return Place(
        seat.mandate.id,
        seat.mandate.person.full_name,
        seat.mandate.voice is Voice.VOTING,
        attendance.presence if attendance else None,
        attendance.proxy_holder_id if attendance else None,
    )


def _set(actor: Actor, meeting: Meeting, seat: SeatState, new: _Filled | None) -> int:
    """Write how a seat stands; 1 when it changed. Who is put down as not there came and went nowhere."""
    attendance = seat.attendance
    if new is None or (attendance is not None and _as_filled(attendance) == new):
        return 0
    before = {"presence": attendance.presence if attendance else None}
    if attendance is None:
        attendance = Attendance(meeting_id=meeting.id, mandate_id=seat.mandate.id)
        db.session.add(attendance)
    elif new.presence not in FILLED:
        _forget_moves(actor, meeting, seat)
    for name, value in new._asdict().items():
        setattr(attendance, name, value)
    attendance.recorded_at = clock.now()
    db.session.flush()
    journal.record(
        actor,
        "sitting.presence",
        attendance,
        before=before,
        after={
            "person": seat.mandate.person.full_name,
            "presence": new.presence,
            "represented_by": new.represented_by,
        },
        committee_id=meeting.committee_id,
    )
    return 1


def _forget_moves(actor: Actor, meeting: Meeting, seat: SeatState) -> None:
    moves = db.session.scalars(
        select(PresenceChange).where(
            PresenceChange.meeting_id == meeting.id, PresenceChange.mandate_id == seat.mandate.id
        )
    ).all()
    for move in moves:
        _delete_move(actor, meeting, move)


def _delete_move(actor: Actor, meeting: Meeting, move: PresenceChange) -> None:
    journal.record(
        actor,
        "sitting.remove_move",
        move,
        before={"person": move.mandate.person.full_name, "at": move.at, "arrived": move.arrived},
        committee_id=meeting.committee_id,
    )
    db.session.delete(move)


def _as_filled(attendance: Attendance) -> _Filled:
    return _Filled(
        attendance.presence, attendance.represented_by, attendance.substitute_id, attendance.proxy_holder_id
    )


def note_move(
    actor: Actor,
    meeting_id: int,
    mandate_id: int,
    *,
    arrived: bool,
    at: datetime,
    holder_id: int | None = None,
) -> PresenceChange:
    """Note that somebody came in or went out; who leaves may hand a proxy to a member who stays.

    Raises MoveOutsideSession, MoveMakesNoSense, ProxiesOff, the refusal of the proxy, NotInSession.
    """
    with transaction() as session:
        meeting = lock_in_session(actor, meeting_id)
        seats = queries.list_seats(meeting)
        seat = next((each for each in seats if each.mandate.id == mandate_id), None)
        if seat is None:
            raise NotFound()
        _check_instant(meeting, at)
        _check_changes(meeting, seat, arrived=arrived, at=at)
        attendance = seat.attendance
        if attendance is None:
            attendance = Attendance(meeting_id=meeting.id, mandate_id=mandate_id, presence=Presence.ABSENT)
            attendance.recorded_at = clock.now()
            session.add(attendance)
        replaced = attendance.presence
        if arrived and attendance.presence not in FILLED:
            attendance.presence, attendance.represented_by = Presence.PRESENT, ""
        if not arrived:
            _hand_proxy(meeting, seats, seat, attendance, holder_id)
        move = PresenceChange(
            meeting_id=meeting.id,
            mandate_id=mandate_id,
            at=at,
            arrived=arrived,
            replaced=replaced if replaced is not attendance.presence else None,
            recorded_at=clock.now(),
            recorded_by_id=actor.person_id,
        )
        session.add(move)
        session.flush()
        journal.record(
            actor,
            "sitting.arrival" if arrived else "sitting.departure",
            move,
            after={"person": seat.mandate.person.full_name, "at": at, "represented_by": _holder(attendance)},
            committee_id=meeting.committee_id,
        )
    return move


def _holder(attendance: Attendance) -> str:
    return attendance.represented_by if attendance.proxy_holder_id is not None else ""


def _check_instant(meeting: Meeting, at: datetime) -> None:
    opened = meeting.starts_at if meeting.recorded_afterwards else (meeting.opened_at or meeting.starts_at)
    opened = opened.replace(second=0, microsecond=0)
    if not opened <= at <= clock.now() + timedelta(minutes=1):
        raise MoveOutsideSession(opened=formats.time(clock.to_paris(opened).time()))


def _check_changes(meeting: Meeting, seat: SeatState, *, arrived: bool, at: datetime) -> None:
    moves = queries.moves_by_seat(meeting.id).get(seat.mandate.id, [])
    place = replace(_place(seat), moves=moves)
    if is_there(place, at) is arrived or any(move.at == at for move in moves):
        raise MoveMakesNoSense(
            at=formats.time(clock.to_paris(at).time()), person=seat.mandate.person.full_name
        )


def _hand_proxy(
    meeting: Meeting,
    seats: Sequence[SeatState],
    seat: SeatState,
    attendance: Attendance,
    holder_id: int | None,
) -> None:
    """The proxy of who leaves; leaving without one takes back an earlier one."""
    if holder_id is None:
        attendance.proxy_holder_id = None
        return
    if not meeting.committee.proxies_enabled:
        raise ProxiesOff(field="holder")
    places = {each.mandate.id: _place(each) for each in seats}
    places[seat.mandate.id] = replace(places[seat.mandate.id], holder_id=holder_id)
    check_proxies(places, meeting.committee.proxies_per_holder)
    attendance.proxy_holder_id = holder_id
    attendance.represented_by = places[holder_id].name


def remove_move(actor: Actor, meeting_id: int, move_id: int) -> None:
    """Take away an arrival or a departure noted by mistake. Raises NotFound, NotInSession."""
    with transaction() as session:
        meeting = lock_in_session(actor, meeting_id)
        move = session.get(PresenceChange, move_id)
        if move is None or move.meeting_id != meeting.id:
            raise NotFound()
        attendance = session.scalar(
            select(Attendance).where(
                Attendance.meeting_id == meeting.id, Attendance.mandate_id == move.mandate_id
            )
        )
        if attendance is not None and move.arrived and move.replaced is not None:
            attendance.presence = move.replaced
        if attendance is not None and not move.arrived and attendance.presence in FILLED:
            attendance.proxy_holder_id = None
        _delete_move(actor, meeting, move)
