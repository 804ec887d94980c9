"""Reads of the home page: few queries, whatever the programme holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import joinedload

from tnt.agendas.models import AgendaItem
from tnt.closing.models import DecisionRecord
from tnt.closing.rules import RecordState
from tnt.committees.models import Committee, Mandate
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.outbox import OutboxMessage, OutboxState
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.fund.models import Fund
from tnt.home.rules import SCORE_WINDOW
from tnt.intake.models import DecisionRequest, RequestState
from tnt.meetings.cadence import MeetingFact, Pace, PeriodState, cadence
from tnt.meetings.models import Meeting, MeetingKind, MissedPeriod
from tnt.meetings.rules import MeetingState
from tnt.portfolio.queries.groups import GroupRow, portfolio_on

LIVE = (MeetingState.PLANNED, MeetingState.CONVENED, MeetingState.IN_SESSION)


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting as the home page needs it, with the size of its agenda."""

    id: int
    committee_id: int
    starts_at: Any
    ends_at: Any
    state: MeetingState
    kind: MeetingKind
    place: str
    notice_days: int
    recorded_afterwards: bool
    items: int
    minutes: int

    @property
    def day(self) -> date:
        """The Paris day of the meeting."""
        return clock.paris_day(self.starts_at)

    @property
    def slot_minutes(self) -> int:
        """How long the meeting is planned to last, in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Counts:
    """Small figures, all of one query."""

    pending_requests: int = 0
    failed_mails: int = 0
    mandates_ending: int = 0
    acts: int = 0
    records_to_correct: int = 0


@dataclass(frozen=True, slots=True)
class Glance:
    """The programme at a glance."""

    statuses: Counter[str] = field(default_factory=Counter)
    confidence: Counter[str] = field(default_factory=Counter)
    adopted: int = 0
    scored: int = 0
    reached: int = 0


def list_committees() -> list[Committee]:
    """Both committees, the political one first."""
    return list(db.session.scalars(select(Committee).order_by(Committee.key.desc())))


def list_meetings() -> list[MeetingLine]:
    """Every meeting that counts in a cadence shown or lies ahead, with its agenda's size, by date."""
    items = (
        select(
            AgendaItem.meeting_id,
            func.count(AgendaItem.id).label("how_many"),
            func.coalesce(func.sum(AgendaItem.minutes), 0).label("minutes"),
        )
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Meeting.state.in_(LIVE))
        .group_by(AgendaItem.meeting_id)
        .subquery()
    )
    since = clock.from_paris(date(clock.today().year - 2, 1, 1), clock.to_paris(clock.now()).min.time())
    statement = (
        select(
            Meeting.id,
            Meeting.committee_id,
            Meeting.starts_at,
            Meeting.ends_at,
            Meeting.state,
            Meeting.kind,
            Meeting.place,
            Meeting.notice_days,
            Meeting.recorded_afterwards,
            func.coalesce(items.c.how_many, 0),
            func.coalesce(items.c.minutes, 0),
        )
        .outerjoin(items, items.c.meeting_id == Meeting.id)
        .where(Meeting.starts_at >= since)
        .order_by(Meeting.starts_at)
    )
    return [MeetingLine(*row) for row in db.session.execute(statement)]


def missed_periods() -> dict[int, dict[str, str]]:
    """The reasons of missed periods: committee id → period → reason."""
    found: dict[int, dict[str, str]] = {}
    for committee_id, period, reason in db.session.execute(
        select(MissedPeriod.committee_id, MissedPeriod.period, MissedPeriod.reason)
    ):
        found.setdefault(committee_id, {})[period] = reason
    return found


def cadence_of(
    committee: Committee, meetings: Iterable[MeetingLine], missed: dict[int, dict[str, str]]
) -> list[PeriodState]:
    """The cadence strip of a committee, from what was read for all of them."""
    facts = [
        MeetingFact(line.id, line.day, line.state, line.kind is MeetingKind.ORDINARY)
        for line in meetings
        if line.committee_id == committee.id
    ]
    pace = Pace(committee.every, committee.followed_from, committee.notice_days)
    return cadence(pace, facts, missed.get(committee.id, {}), clock.today())


def next_readable(actor: Actor, meetings: Iterable[MeetingLine]) -> MeetingLine | None:
    """The next meeting that the actor may read: in session, or ahead."""
    reads_all = actor.has_any("programme_manager")
    scopes = actor.scopes("member")
    today = clock.today()
    for line in meetings:
        if line.state not in LIVE or not (reads_all or line.committee_id in scopes):
            continue
        if line.state is MeetingState.IN_SESSION or line.day >= today:
            return line
    return None


def counts_for(actor: Actor) -> Counts:
    """The small figures that the actor's to-do list needs, in one query."""
    kept = list(actor.scopes("secretary"))
    administers = actor.has("administrator")
    today = clock.today()
    ending = (Mandate.until_on >= today) & (Mandate.until_on <= today + SCORE_WINDOW * 2)
    kept_by = DecisionRequest.committee_id.in_(kept)
    row = db.session.execute(
        select(
            _count(DecisionRequest.id, DecisionRequest.state == RequestState.PENDING, kept_by),
            _count(OutboxMessage.id, OutboxMessage.state == OutboxState.FAILED, _when(administers)),
            _count(Mandate.id, ending, _when(administers)),
            _count(Act.id, Act.state == ActState.IN_FORCE),
            _count(DecisionRecord.id, DecisionRecord.state == RecordState.TO_CORRECT, _when(bool(kept))),
        )
    ).one()
    return Counts(*row)


def _when(condition: bool) -> ColumnElement[bool]:
    return true() if condition else false()


def _count(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(func.count(column)).where(*conditions).scalar_subquery()


def records_to_correct(committee_ids: Iterable[int]) -> list[DecisionRecord]:
    """The records sent back to the secretariat of these committees."""
    return list(
        db.session.scalars(
            select(DecisionRecord)
            .join(DecisionRecord.meeting)
            .where(
                DecisionRecord.state == RecordState.TO_CORRECT, Meeting.committee_id.in_(list(committee_ids))
            )
        )
    )


def glance_at(rows: list[GroupRow]) -> Glance:
    """What the portfolio says in a few figures."""
    objectives = [row.objectives for row in rows]
    return Glance(
        statuses=Counter(row.badge for row in rows),
        confidence=Counter(str(row.report.confidence) for row in rows if row.active and row.report),
        adopted=sum(each.adopted for each in objectives),
        scored=sum(each.scored for each in objectives),
        reached=sum(each.reached for each in objectives),
    )


def list_groups() -> list[GroupRow]:
    """The portfolio of today."""
    return portfolio_on(clock.today())


def find_fund() -> Fund | None:
    """The fund with its axes."""
    return db.session.scalars(select(Fund).options(joinedload(Fund.axes))).unique().first()
