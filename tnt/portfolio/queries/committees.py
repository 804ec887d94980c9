"""What the pages of the committees show: cadence, sessions; and which decision extends the programme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from flask import url_for
from sqlalchemy import select

from tnt.committees.models import Committee
from tnt.committees.queries import list_committees
from tnt.core import clock
from tnt.core.db import db
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.meetings.cadence import (
    YEARS_BEFORE,
    CadenceState,
    MeetingFact,
    Pace,
    PeriodState,
    cadence,
    next_to_plan,
)
from tnt.meetings.models import Meeting, MeetingKind, MissedPeriod
from tnt.meetings.rules import OFF, MeetingState
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
    def years(self) -> list[tuple[int, list[PeriodState]]]:
        """The periods by year, in order."""
        by_year = groupby(self.periods, key=lambda each: each.period.year)
        return [(year, list(states)) for year, states in by_year]

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
    meetings = _meeting_facts([each.id for each in wanted], today)
    missed = _missed([each.id for each in wanted])
    return [_compliance(each, meetings[each.id], missed[each.id], today) for each in wanted]


def _compliance(
    committee: Committee, meetings: list[MeetingFact], missed: dict[str, str], today: date
) -> Compliance:
    pace = Pace(committee.every, committee.followed_from, committee.notice_days)
    return Compliance(committee, cadence(pace, meetings, missed, today), next_to_plan(pace, meetings, today))


def _meeting_facts(committee_ids: list[int], today: date) -> dict[int, list[MeetingFact]]:
    # a day before the first of January in UTC: the Paris day is told below
    since = datetime(today.year - YEARS_BEFORE, 1, 1, tzinfo=UTC) - timedelta(days=1)
    rows = db.session.execute(
        select(Meeting.id, Meeting.committee_id, Meeting.starts_at, Meeting.state, Meeting.kind)
        .where(
            Meeting.committee_id.in_(committee_ids),
            Meeting.starts_at >= since,
            Meeting.state.not_in(list(OFF)),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    found: dict[int, list[MeetingFact]] = defaultdict(list)
    for row in rows:
        ordinary = row.kind is MeetingKind.ORDINARY
        fact = MeetingFact(row.id, clock.paris_day(row.starts_at), row.state, ordinary)
        found[row.committee_id].append(fact)
    return found


def _missed(committee_ids: list[int]) -> dict[int, dict[str, str]]:
    rows = db.session.execute(
        select(MissedPeriod.committee_id, MissedPeriod.period, MissedPeriod.reason).where(
            MissedPeriod.committee_id.in_(committee_ids)
        )
    )
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in rows:
        found[row.committee_id][row.period] = row.reason
    return found


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as the page of its committee lists it."""

    id: int
    starts_at: datetime
    state: MeetingState
    undated: bool
    extraordinary: bool
    place: str


def sessions_of(committee_id: int) -> list[SessionRow]:
    """The latest and the coming sessions of a committee, the newest first."""
    rows = db.session.execute(
        select(Meeting.id, Meeting.starts_at, Meeting.state, Meeting.undated, Meeting.kind, Meeting.place)
        .where(Meeting.committee_id == committee_id)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(SESSIONS)
    )
    return [
        SessionRow(
            row.id,
            row.starts_at,
            row.state,
            row.undated,
            row.kind is MeetingKind.EXTRAORDINARY,
            row.place,
        )
        for row in rows
    ]


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
    return Extension(act.label, act.wording, act.decided_on, url_for("decisions.act", act_id=act.id))
