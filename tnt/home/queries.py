"""Reads of the home page: few queries, whatever the programme holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, bindparam, false, func, select, true

from tnt.agendas.models import AgendaItem
from tnt.closing.models import DecisionRecord
from tnt.closing.rules import RecordState
from tnt.committees.models import Committee, Mandate
from tnt.consultations.models import WrittenConsultation
from tnt.consultations.rules import LIVE as LIVE_CONSULTATIONS
from tnt.convocations.models import AgendaCountersign, CountersignState
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.outbox import OutboxMessage, OutboxState
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.fund.models import Fund, FundAxis
from tnt.home.rules import SCORE_WINDOW
from tnt.intake.models import DecisionRequest, RequestState
from tnt.meetings.cadence import MeetingFact, Pace, PeriodState, cadence
from tnt.meetings.models import Meeting, MissedPeriod
from tnt.meetings.policies import can_read
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.packs.models import Pack
from tnt.packs.rules import PackState
from tnt.papers.models import Paper
from tnt.papers.rules import PaperState
from tnt.portfolio.queries.groups import ObjectivesRow, Tally
from tnt.programme.rules import Every

LIVE = (MeetingState.PLANNED, MeetingState.CONVENED, MeetingState.IN_SESSION, MeetingState.POSTPONED)


@dataclass(frozen=True, slots=True)
class CommitteeLine:
    """A committee as the home page needs it, with the reasons of its missed periods by their code."""

    id: int
    key: str
    name: str
    every: Every
    followed_from: date
    notice_days: int
    missed: dict[str, str] = field(default_factory=dict)


class MeetingLine(NamedTuple):
    """A meeting in session, ahead or to be dated, with the size of its agenda."""

    id: int
    committee_id: int
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    place: str
    notice_days: int
    recorded_afterwards: bool
    items: int
    minutes: int
    pack_sent: bool

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
    records_to_correct: int = 0
    any_agenda_to_correct: bool = False
    any_meeting: bool = False
    any_act: bool = False
    any_consultation: bool = False  # under way, in whatever committee
    any_paper: bool = False  # to be handed in by the reader
    hands_in: bool = False  # the reader hands in papers, some of them already there, for a session to come


class Glance(NamedTuple):
    """The programme at a glance: (status, how many), the most frequent first; (météo, how many)."""

    statuses: tuple[tuple[str, int], ...]
    confidence: tuple[tuple[str, int], ...]
    objectives: ObjectivesRow


class FundLine(NamedTuple):
    """The fund: its ceiling, and (name, cents) of each axis."""

    ceiling_cents: int
    axes: tuple[tuple[str, int], ...]


def list_committees() -> list[CommitteeLine]:
    """Both committees, the political one first."""
    found: dict[int, CommitteeLine] = {}
    for committee_id, key, name, every, followed_from, notice_days, period, reason in _read(_committees()):
        line = found.setdefault(
            committee_id, CommitteeLine(committee_id, key, name, every, followed_from, notice_days)
        )
        if period is not None:
            line.missed[period] = reason
    return list(found.values())


def _read(statement: Select[*tuple[Any, ...]], **asked: Any) -> Iterable[tuple[Any, ...]]:
    return db.session.execute(statement, asked)


@cache  # a statement costs more to put together than to send
def _committees() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Committee.id,
            Committee.key,
            Committee.name,
            Committee.every,
            Committee.followed_from,
            Committee.notice_days,
            MissedPeriod.period,
            MissedPeriod.reason,
        )
        .outerjoin(MissedPeriod, MissedPeriod.committee_id == Committee.id)
        .order_by(Committee.key.desc())
    )


def list_live_meetings() -> list[MeetingLine]:
    """Every meeting in session, ahead or to be dated, with its agenda's size, by date."""
    return [MeetingLine(*row) for row in _read(_live())]


@cache
def _live() -> Select[*tuple[Any, ...]]:
    of_meeting = AgendaItem.meeting_id == Meeting.id
    minutes = select(func.coalesce(func.sum(AgendaItem.minutes), 0)).where(of_meeting)
    return (
        select(
            Meeting.id,
            Meeting.committee_id,
            Meeting.starts_at,
            Meeting.ends_at,
            Meeting.state,
            Meeting.place,
            Meeting.notice_days,
            Meeting.recorded_afterwards,
            _count(AgendaItem.id, of_meeting),
            minutes.scalar_subquery(),
            select(Pack.id).where(Pack.meeting_id == Meeting.id, Pack.state == PackState.SENT).exists(),
        )
        .where(Meeting.state.in_(LIVE))
        .order_by(Meeting.starts_at, Meeting.id)
    )


def cadence_of(committee: CommitteeLine, facts: Iterable[MeetingFact]) -> list[PeriodState]:
    """The cadence strip of a committee, from what was read for all of them."""
    pace = Pace(committee.every, committee.followed_from, committee.notice_days)
    return cadence(pace, facts, committee.missed, clock.today())


def readable(actor: Actor, meetings: Iterable[MeetingLine]) -> list[MeetingLine]:
    """Those of the meetings that the actor may read."""
    return [line for line in meetings if can_read(actor, line.committee_id)]


def next_of(meetings: Iterable[MeetingLine]) -> MeetingLine | None:
    """The next meeting: in session, or ahead."""
    today = clock.today()
    for line in meetings:
        ahead = line.state is not MeetingState.POSTPONED and line.day >= today
        if line.state is MeetingState.IN_SESSION or ahead:
            return line
    return None


def counts_for(actor: Actor) -> Counts:
    """The small figures that the actor's to-do list needs, in one query."""
    kept, today = list(actor.scopes("secretary")), clock.today()
    asked = {
        "kept": kept,
        "today": today,
        "window": today + SCORE_WINDOW * 2,
        "person": actor.person_id,
    }
    statement = _counts(actor.has("administrator"), bool(kept))
    return Counts(*db.session.execute(statement, asked).one())


@cache
def _counts(administers: bool, keeps: bool) -> Select[*tuple[Any, ...]]:
    ending = Mandate.until_on.between(bindparam("today"), bindparam("window"))
    kept = DecisionRequest.committee_id.in_(bindparam("kept", expanding=True))
    return select(
        _count(DecisionRequest.id, DecisionRequest.state == RequestState.PENDING, kept),
        _count(OutboxMessage.id, OutboxMessage.state == OutboxState.FAILED, _when(administers)),
        _count(Mandate.id, ending, _when(administers)),
        _count(DecisionRecord.id, DecisionRecord.state == RecordState.TO_CORRECT, _when(keeps)),
        select(AgendaCountersign.id)
        .where(AgendaCountersign.state == CountersignState.CORRECTION, _when(keeps))
        .exists(),
        select(Meeting.id).limit(1).scalar_subquery().is_not(None),
        select(Act.id).where(Act.state == ActState.IN_FORCE).limit(1).scalar_subquery().is_not(None),
        select(WrittenConsultation.id)
        .where(WrittenConsultation.state.in_(sorted(LIVE_CONSULTATIONS)))
        .exists(),
        select(Paper.id)
        .where(Paper.author_id == bindparam("person", type_=Integer), Paper.state == PaperState.AWAITED)
        .exists(),
        select(Paper.id)
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Paper.author_id == bindparam("person", type_=Integer), Meeting.state.in_(sorted(TO_COME)))
        .exists(),
    )


def _when(condition: bool) -> ColumnElement[bool]:
    return true() if condition else false()


def _count(column: Any, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
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


def glance_at(tallies: Iterable[Tally], objectives: ObjectivesRow) -> Glance:
    """What the portfolio says in a few figures."""
    statuses: Counter[str] = Counter()
    confidence: Counter[str] = Counter()
    for badge, given, number in tallies:
        statuses[badge] += number
        if given:
            confidence[given] += number
    return Glance(tuple(statuses.most_common()), tuple(sorted(confidence.items())), objectives)


def find_fund() -> FundLine | None:
    """The fund with its axes."""
    rows = list(_read(_fund()))
    axes = tuple((name, cents) for _ceiling, name, cents in rows if name is not None)
    return FundLine(rows[0][0], axes) if rows else None


@cache
def _fund() -> Select[*tuple[Any, ...]]:
    return (
        select(Fund.ceiling_cents, FundAxis.name, FundAxis.amount_cents)
        .outerjoin(FundAxis, FundAxis.fund_id == Fund.id)
        .order_by(Fund.id, FundAxis.position)
    )
