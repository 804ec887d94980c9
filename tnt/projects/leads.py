"""Who leads a group, from when to when, and the seat by right in the coordination committee that follows.

Appointments are told by the date of their acts, not by the order in which they are entered: an act of the
past takes its place before the leads appointed since. A seat lasts as long as the person leads any group.
Source: 003.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from tnt.committees.models import Committee, Mandate, Seat, Voice
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.projects.models import Leadership, ProjectGroup, StatusEvent
from tnt.projects.rules import GroupStatus, runs_until

DAY = timedelta(days=1)
END_REASON = "fin de la responsabilité du groupe « %s »"
OURS = END_REASON.partition("«")[0]  # how the reason starts when it was written here


def appoint_lead(
    actor: Actor, *, group: ProjectGroup, act: Act, person_id: int, institution_id: int, from_on: date
) -> Leadership:
    """Make a person the lead from a day, until the next one whom a later act appointed, or the group's stop.

    Whoever led the group on that day stops on its eve.
    """
    with transaction() as session:
        known = _of_group(group.id)
        order = (from_on, act.decided_on, act.item_order)
        before = [one for one in known if _order(one) < order]
        later = next((one for one in known if _order(one) > order), None)
        _end(actor, before, from_on - DAY)
        leadership = Leadership(
            group_id=group.id,
            person_id=person_id,
            institution_id=institution_id,
            act_id=act.id,
            from_on=from_on,
            until_on=_last_day(group.id, from_on, later),
        )
        session.add(leadership)
        session.flush()
        _seat(leadership)
        after = {"lead": person_id, "from_on": from_on}
        journal.record(actor, "group.appoint_lead", group, after=after)
    return leadership


def _last_day(group_id: int, from_on: date, later: Leadership | None) -> date | None:
    """The last day of a term that begins on a day, as far as what follows is known already."""
    stopped_on = db.session.scalar(
        select(func.min(StatusEvent.effective_on)).where(
            StatusEvent.group_id == group_id,
            StatusEvent.status == GroupStatus.STOPPED,
            StatusEvent.effective_on >= from_on,
            StatusEvent.superseded_at.is_(None),
        )
    )
    ends = [] if later is None else [max(later.from_on - DAY, from_on)]
    return min([*ends, stopped_on] if stopped_on else ends, default=None)


def end_leads(actor: Actor, group_id: int, last_day: date) -> None:
    """End whoever leads a group that stops, on that day, and what seat by right ends with it."""
    _end(actor, _of_group(group_id), last_day)


def _of_group(group_id: int) -> list[Leadership]:
    known = db.session.scalars(select(Leadership).where(Leadership.group_id == group_id))
    return sorted(known, key=_order)


def _order(leadership: Leadership) -> tuple[date, date, int]:
    return leadership.from_on, leadership.act.decided_on, leadership.act.item_order


def _end(actor: Actor, leaderships: list[Leadership], last_day: date) -> None:
    for leadership in leaderships:
        if leadership.until_on is not None and leadership.until_on <= last_day:
            continue
        leadership.until_on = max(last_day, leadership.from_on)
        db.session.flush()
        _end_seat(leadership)
        after = {"until_on": leadership.until_on}
        journal.record(actor, "group.end_lead", leadership.group, after=after)


def _end_seat(leadership: Leadership) -> None:
    """Bring the end of the person's seats by right to the last day on which they lead anything."""
    spans = _spans(leadership.person_id)
    for seat in _seats(leadership.person_id):
        if not seat.ex_officio or not (seat.until_on is None or seat.end_reason.startswith(OURS)):
            continue  # an ordinary seat, or one that the administration ended
        until = runs_until(spans, seat.from_on)
        seat.until_on = max(until, seat.from_on) if until else None
        seat.end_reason = END_REASON % leadership.group.name if until else ""


def _seat(leadership: Leadership) -> None:
    """Seat a new lead by right, unless the person sits already; a seat by right goes on with it."""
    _end_seat(leadership)
    db.session.flush()
    seats = _seats(leadership.person_id)
    start = leadership.from_on
    held = next((seat for seat in seats if _covers(seat, start)), None)
    if held is None:
        held = _new_seat(leadership, [seat.from_on for seat in seats if seat.from_on > start])
    if held is not None and held.ex_officio:
        leadership.mandate = held


def _covers(seat: Mandate, day: date) -> bool:
    return seat.from_on <= day and (seat.until_on is None or seat.until_on >= day)


def _new_seat(leadership: Leadership, later: list[date]) -> Mandate | None:
    """A seat from the first day of leading to the last, or to the eve of the next seat of the person."""
    committee_id = _coordination()
    if committee_id is None:
        return None
    until = runs_until(_spans(leadership.person_id), leadership.from_on)
    ends = [day for day in (until, *(first - DAY for first in later)) if day is not None]
    seat = Mandate(
        person_id=leadership.person_id,
        committee_id=committee_id,
        institution_id=leadership.institution_id,
        seat=Seat.FULL_MEMBER,
        voice=Voice.VOTING,
        ex_officio=True,
        from_on=leadership.from_on,
        until_on=min(ends, default=None),
        end_reason=END_REASON % leadership.group.name if ends else "",
        created_at=clock.now(),
    )
    db.session.add(seat)
    db.session.flush()
    return seat


def _coordination() -> int | None:
    return db.session.scalar(select(Committee.id).where(Committee.key == "coordination"))


def _seats(person_id: int) -> list[Mandate]:
    """Every seat of a person in the coordination committee, oldest first."""
    return list(
        db.session.scalars(
            select(Mandate)
            .where(Mandate.person_id == person_id, Mandate.committee_id == _coordination())
            .order_by(Mandate.from_on)
        )
    )


def _spans(person_id: int) -> list[tuple[date, date | None]]:
    """From when to when a person leads a group, whichever."""
    statement = select(Leadership.from_on, Leadership.until_on).where(Leadership.person_id == person_id)
    return [(first, last) for first, last in db.session.execute(statement)]
