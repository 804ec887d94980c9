"""What the pages of the committees show: cadence, sessions; and which decision extends the programme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby

from flask import url_for
from sqlalchemy import Select, bindparam, select

from tnt.committees.models import Committee
from tnt.committees.queries import list_committees
from tnt.core import clock
from tnt.core.db import db
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.meetings.cadence import (
    CadenceState,
    MeetingFact,
    Pace,
    PeriodState,
    cadence,
    next_to_plan,
)
from tnt.meetings.models import Meeting, MeetingKind, MissedPeriod
from tnt.meetings.queries import facts_by_committee
from tnt.meetings.rules import MeetingState
from tnt.programme.queries import Extension
from tnt.programme.rules import Period

SESSIONS = 20


@dataclass(frozen=True, slots=True)
class Compliance:
    """A committee with what became of each of its periods."""

    committee: Committee
    periods: list[PeriodState]
    to_plan: Period | None

    @property
    def years(self) -> tuple[tuple[int, tuple[PeriodState, ...]], ...]:
        """The periods by year, in order."""
        by_year = groupby(self.periods, key=lambda each: each.period.year)
        return tuple((year, tuple(states)) for year, states in by_year)

    @property
    def present(self) -> PeriodState | None:
        """The running period."""
        today = clock.today()
        return next((each for each in self.periods if each.period.contains(today)), None)

    @property
    def unexplained(self) -> list[PeriodState]:
        """The missed periods whose reason is still to be recorded."""
        return [each for each in self.periods if each.state is CadenceState.MISSED]


def compliance_of_all(today: date) -> list[Compliance]:
    """The cadence of every committee; three queries however many there are."""
    return compliance_of(list_committees(), today)


def compliance_of(committees: Iterable[Committee], today: date) -> list[Compliance]:
    """The cadence of some committees; two queries however many there are."""
    wanted = list(committees)
    meetings = facts_by_committee([each.id for each in wanted], today)
    missed = _missed([each.id for each in wanted])
    return [_compliance(each, meetings.get(each.id, []), missed[each.id], today) for each in wanted]


def _compliance(
    committee: Committee, meetings: list[MeetingFact], missed: dict[str, str], today: date
) -> Compliance:
    pace = Pace(committee.every, committee.followed_from, committee.notice_days)
    return Compliance(committee, cadence(pace, meetings, missed, today), next_to_plan(pace, meetings, today))


def _missed(committee_ids: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for committee_id, period, reason in db.session.execute(_reasons(), {"committees": committee_ids}):
        found[committee_id][period] = reason
    return found


@cache  # a statement costs more to put together than to send
def _reasons() -> Select[int, str, str]:
    return select(MissedPeriod.committee_id, MissedPeriod.period, MissedPeriod.reason).where(
        MissedPeriod.committee_id.in_(bindparam("committees", expanding=True))
    )


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as the page of its committee lists it."""

    id: int
    starts_at: datetime
    state: MeetingState
    undated: bool
    extraordinary: bool
    place: str


def sessions_of(committee_id: int) -> tuple[SessionRow, ...]:
    """The latest and the coming sessions of a committee, the newest first."""
    rows = db.session.execute(_sessions(), {"committee": committee_id})
    return tuple(
        SessionRow(meeting_id, starts_at, state, undated, kind is MeetingKind.EXTRAORDINARY, place)
        for meeting_id, starts_at, state, undated, kind, place in rows
    )


@cache
def _sessions() -> Select[int, datetime, MeetingState, bool, MeetingKind, str]:
    columns = (Meeting.id, Meeting.starts_at, Meeting.state, Meeting.undated, Meeting.kind, Meeting.place)
    return (
        select(*columns)
        .where(Meeting.committee_id == bindparam("committee"))
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(SESSIONS)
    )


def extension() -> Extension | None:
    """The latest decision in force that extends the programme, or None."""
    act = db.session.scalar(
        select(Act)
        .where(
            Act.kind == ActKind.EXTEND_PROGRAMME,
            Act.state == ActState.IN_FORCE,
            Act.nature.in_([Nature.DECISION, Nature.PRIOR_ACT]),
        )
        .order_by(Act.effective_on.desc(), Act.decided_on.desc(), Act.item_order.desc())
        .limit(1)
    )
    if act is None:
        return None
    return Extension(
        act.label,
        "" if act.reserved else act.wording,
        act.decided_on,
        url_for("decisions.act", act_id=act.id),
    )
