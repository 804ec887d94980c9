"""What can be read of meetings. Absent and not to be read look the same: NotFound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

from sqlalchemy import CompoundSelect, Select, and_, bindparam, func, or_, select, union_all

from tnt.committees.models import Committee
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import UtcDateTime, db
from tnt.core.errors import NotFound
from tnt.meetings.cadence import YEARS_BEFORE, MeetingFact, Pace, Suggestion, next_to_plan, suggest_dates
from tnt.meetings.models import Meeting, MeetingKind, MissedPeriod, RetroDays
from tnt.meetings.policies import READERS, can_prepare, can_read, reads_everything
from tnt.meetings.retroplanning import RetroStep, RetroStepKind, SessionFacts, retro_steps
from tnt.meetings.rules import HELD, OFF, TO_COME, MeetingState
from tnt.programme.rules import Period, period_of, periods_between


def readable_committees(actor: Actor) -> list[Committee]:
    """The committees whose meetings the actor may read, by code."""
    query = select(Committee).order_by(Committee.code)
    if not reads_everything(actor):
        query = query.where(Committee.id.in_(actor.scopes(*READERS)))
    return list(db.session.scalars(query))


def prepared_committees(actor: Actor) -> list[Committee]:
    """The committees whose meetings the actor prepares, by code."""
    query = select(Committee).order_by(Committee.code)
    if not actor.is_system:
        query = query.where(Committee.id.in_(actor.scopes("secretary")))
    return list(db.session.scalars(query))


def get_meeting(actor: Actor, meeting_id: int) -> Meeting:
    """A meeting that the actor may read. Raises NotFound."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not can_read(actor, meeting.committee_id):
        raise NotFound()
    return meeting


# put together once: every save of a session in progress begins with it
_LOCKED = (
    select(Meeting)
    .where(Meeting.id == bindparam("meeting_id"))
    .with_for_update(of=Meeting)
    .execution_options(populate_existing=True)
)


def lock_meeting(actor: Actor, meeting_id: int) -> Meeting:
    """The same, fresh and locked until the end of the transaction. Raises NotFound."""
    meeting = db.session.scalar(_LOCKED, {"meeting_id": meeting_id})
    if meeting is None or not can_read(actor, meeting.committee_id):
        raise NotFound()
    return meeting


def lock_committee(actor: Actor, committee_id: int) -> Committee:
    """A committee, locked until the end of the transaction: its meetings change one at a time."""
    committee = db.session.scalar(
        select(Committee)
        .where(Committee.id == committee_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if committee is None or not can_read(actor, committee_id):
        raise NotFound()
    return committee


def list_upcoming(committee_ids: Iterable[int]) -> Sequence[Meeting]:
    """What is still to be held or finished, by date; those without a date come last."""
    states = [*TO_COME, MeetingState.IN_SESSION, MeetingState.POSTPONED]
    found = db.session.scalars(
        select(Meeting)
        .where(
            Meeting.committee_id.in_(list(committee_ids)),
            Meeting.state.in_(states),
            Meeting.recorded_afterwards.is_(False) | (Meeting.state != MeetingState.PLANNED),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return sorted(found, key=lambda meeting: meeting.undated)


def list_past(committee_ids: Iterable[int], year: int | None = None) -> Sequence[Meeting]:
    """Sessions held, cancelled, or entered afterwards, newest first; of one year (Paris) if given."""
    query = (
        select(Meeting)
        .where(
            Meeting.committee_id.in_(list(committee_ids)),
            Meeting.state.in_([MeetingState.ADJOURNED, MeetingState.CLOSED, MeetingState.CANCELLED])
            | (Meeting.recorded_afterwards.is_(True) & (Meeting.state == MeetingState.PLANNED)),
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    )
    if year is not None:
        # the period begins with the Paris year
        query = query.where(Meeting.period.like(f"{year:04d}-%"))
    return db.session.scalars(query).all()


def next_meeting(committee_ids: Iterable[int]) -> Meeting | None:
    """The next session of these committees that is not over, or None."""
    return db.session.scalar(
        select(Meeting)
        .where(
            Meeting.committee_id.in_(list(committee_ids)),
            Meeting.state.in_([*TO_COME, MeetingState.IN_SESSION]),
            Meeting.ends_at > clock.now(),
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
    )


def find_overlapping(
    committee_id: int, starts_at: datetime, ends_at: datetime, besides: int | None = None
) -> Meeting | None:
    """A session of the committee that stands in that slot, if any."""
    query = select(Meeting).where(
        Meeting.committee_id == committee_id,
        Meeting.state.not_in(list(OFF)),
        Meeting.starts_at < ends_at,
        Meeting.ends_at > starts_at,
    )
    if besides is not None:
        query = query.where(Meeting.id != besides)
    return db.session.scalar(query.limit(1))


def meetings_in(committee_id: int, period: str) -> Sequence[Meeting]:
    """The meetings of a committee in a period that were held (or are being entered), or may still be."""
    return db.session.scalars(
        select(Meeting)
        .where(
            Meeting.committee_id == committee_id,
            Meeting.period == period,
            or_(
                Meeting.state.in_(list(HELD)),
                and_(
                    Meeting.state.in_(list(TO_COME)),
                    or_(Meeting.starts_at >= clock.now(), Meeting.recorded_afterwards),
                ),
            ),
        )
        .order_by(Meeting.starts_at)
    ).all()


def get_prepared_meeting(actor: Actor, meeting_id: int) -> Meeting:
    """A meeting that the actor prepares. Raises NotFound."""
    meeting = get_meeting(actor, meeting_id)
    if not can_prepare(actor, meeting.committee_id):
        raise NotFound()
    return meeting


def get_prepared_committee(actor: Actor, key: str | None) -> Committee:
    """The committee of that key among those that the actor prepares, or the first. Raises NotFound."""
    for committee in prepared_committees(actor):
        if key in {None, "", committee.key}:
            return committee
    raise NotFound()


def years_of(committee_ids: Iterable[int]) -> list[int]:
    """The years in which these committees have meetings, newest first."""
    periods = db.session.scalars(
        select(Meeting.period).where(Meeting.committee_id.in_(list(committee_ids))).distinct()
    )
    return sorted({int(period[:4]) for period in periods}, reverse=True)


def facts_by_committee(committee_ids: Iterable[int], today: date) -> dict[int, list[MeetingFact]]:
    """What the cadence of these committees needs: the first session held of each period, what is ahead."""
    # a day before the first of January in UTC: the Paris day is told below
    since = datetime(today.year - YEARS_BEFORE, 1, 1, tzinfo=UTC) - timedelta(days=1)
    found: dict[int, list[MeetingFact]] = defaultdict(list)
    asked = {"since": since, "committees": list(committee_ids)}
    for meeting_id, committee_id, starts_at, state in db.session.execute(_that_count(), asked):
        found[committee_id].append(MeetingFact(meeting_id, clock.paris_day(starts_at), state))
    return found


@cache
def _that_count() -> CompoundSelect[int, int, datetime, MeetingState]:
    counted = (
        Meeting.committee_id.in_(bindparam("committees", expanding=True)),
        Meeting.starts_at >= bindparam("since", type_=UtcDateTime),
        Meeting.kind == MeetingKind.ORDINARY,
    )
    over = [MeetingState.ADJOURNED, MeetingState.CLOSED]
    first = (
        select(Meeting.committee_id, Meeting.period, func.min(Meeting.starts_at).label("starts_at"))
        .where(*counted, Meeting.state.in_(over))
        .group_by(Meeting.committee_id, Meeting.period)
        .subquery()
    )
    columns = (Meeting.id, Meeting.committee_id, Meeting.starts_at.label("starts_at"), Meeting.state)
    held = (
        select(*columns)
        .join(
            first,
            and_(
                first.c.committee_id == Meeting.committee_id,
                first.c.period == Meeting.period,
                first.c.starts_at == Meeting.starts_at,
            ),
        )
        .where(Meeting.kind == MeetingKind.ORDINARY, Meeting.state.in_(over))
    )
    ahead = select(*columns).where(*counted, Meeting.state.in_([*TO_COME, MeetingState.IN_SESSION]))
    both = union_all(held, ahead)
    return both.order_by(both.selected_columns.starts_at, both.selected_columns.id)


def cadence_facts(committee_id: int) -> list[MeetingFact]:
    """The meetings of a committee as its cadence sees them."""
    rows = db.session.execute(
        select(Meeting.id, Meeting.starts_at, Meeting.state, Meeting.kind).where(
            Meeting.committee_id == committee_id
        )
    )
    return [
        MeetingFact(row.id, clock.paris_day(row.starts_at), row.state, row.kind is MeetingKind.ORDINARY)
        for row in rows
    ]


def days_taken(besides: int) -> frozenset[date]:
    """The days to come on which another committee sits."""
    found = db.session.scalars(_taken(), {"committee": besides, "now": clock.now()})
    return frozenset(clock.paris_day(starts_at) for starts_at in found)


@cache
def _taken() -> Select[datetime]:
    return select(Meeting.starts_at).where(
        Meeting.committee_id != bindparam("committee"),
        Meeting.state.in_(list(TO_COME)),
        Meeting.starts_at > bindparam("now", type_=UtcDateTime),
    )


def suggested_days(committee: Committee) -> list[Suggestion]:
    """Days on which the committee could hold the next session that its cadence asks for."""
    today = clock.today()
    pace = Pace(committee.every, committee.followed_from, committee.notice_days)
    period = next_to_plan(pace, cadence_facts(committee.id), today)
    return [] if period is None else days_for(committee, period)


def days_for(committee: Committee, period: Period) -> list[Suggestion]:
    """Days of a period on which the committee could sit."""
    return list(_days_for(period, clock.today(), committee.notice_days, days_taken(committee.id)))


@lru_cache(maxsize=64)
def _days_for(
    period: Period, today: date, notice_days: int, taken: frozenset[date]
) -> tuple[Suggestion, ...]:
    return tuple(suggest_dates(period, today=today, notice_days=notice_days, taken=taken))


def periods_to_explain(committee: Committee) -> list[Period]:
    """The periods followed that are over without a session nor a reason, newest first."""
    today = clock.today()
    held = {
        period_of(fact.day, committee.every) for fact in cadence_facts(committee.id) if fact.state in HELD
    }
    explained = set(
        db.session.scalars(select(MissedPeriod.period).where(MissedPeriod.committee_id == committee.id))
    )
    if committee.followed_from > today:
        return []
    return [
        period
        for period in reversed(periods_between(committee.followed_from, today, committee.every))
        if period.last_day < today and period not in held and period.code not in explained
    ]


def find_missed_period(committee_id: int, period: str) -> MissedPeriod | None:
    """The reason recorded for a period that passed without a meeting, if any."""
    return db.session.scalar(
        select(MissedPeriod).where(MissedPeriod.committee_id == committee_id, MissedPeriod.period == period)
    )


_retro = RetroDays.__table__
_RETRO_DAYS = select(_retro.c.kind, _retro.c.days).where(_retro.c.committee_id == bindparam("committee_id"))


def retro_days_of(committee_id: int) -> dict[RetroStepKind, int]:
    """The steps of the retro-planning that the committee does on days of its own."""
    found = db.session.connection().execute(_RETRO_DAYS, {"committee_id": committee_id})
    return {row.kind: row.days for row in found}


def retro_planning(meeting: Meeting) -> list[RetroStep]:
    """What is to be done around a session, day by day."""
    facts = SessionFacts(
        committee_key=meeting.committee.key,
        day=clock.paris_day(meeting.starts_at),
        requests_close_days=meeting.committee.requests_close_days,
        notice_days=meeting.notice_days,
        is_convened=meeting.convened_at is not None,
        is_held=meeting.state in HELD,
    )
    return retro_steps(facts, retro_days_of(meeting.committee_id), clock.today())


def requests_close_on(meeting: Meeting) -> date:
    """The last day on which a request is taken for that session."""
    return clock.paris_day(meeting.starts_at) - timedelta(days=meeting.committee.requests_close_days)


def reconvened_as(meeting_id: int) -> Meeting | None:
    """The session that took over the agenda of one called off for want of a quorum."""
    return db.session.scalar(select(Meeting).where(Meeting.reconvenes_id == meeting_id))
