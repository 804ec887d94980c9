"""Every project group on a day, in a handful of queries whatever their number.

The status is the fold of the acts by date of effect; the météo, the lead and the objectives are those of the
day too. Columns, not entities: a table of three hundred groups stays quick.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased

from tnt.accounts.models import Person
from tnt.committees.models import Institution
from tnt.core import clock
from tnt.core.db import db
from tnt.decisions.models import Act
from tnt.objectives.models import ObjectiveEvent, SemesterObjective
from tnt.objectives.rules import ObjectiveMotionKind, Score
from tnt.portfolio.rules import Trend, is_old, trend
from tnt.programme.rules import Every, period_of
from tnt.projects.models import Leadership, ProjectGroup, StatusEvent, Workstream
from tnt.projects.rules import ACTIVE, GroupStatus, StopKind
from tnt.reports.models import Confidence, ProgressReport


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A group's status on a day, and the act that gave it."""

    status: GroupStatus
    stop_kind: StopKind | None
    effective_on: date
    act_id: int
    act_label: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The last progress report of a group on a day, and how the météo moved."""

    reported_on: date
    confidence: Confidence
    trend: Trend | None
    old: bool
    arbitration: bool


@dataclass(frozen=True, slots=True)
class ObjectivesRow:
    """The objectives of a group for a semester: adopted, scored, and reached among them."""

    adopted: int = 0
    scored: int = 0
    reached: int = 0


NO_OBJECTIVES = ObjectivesRow()


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One line of the portfolio."""

    id: int
    slug: str
    name: str
    workstream_key: str
    workstream: str
    workstream_rank: tuple[int, int]  # the programme's order
    decided: StatusRow | None
    report: ReportRow | None
    leads: tuple[str, ...]
    objectives: ObjectivesRow

    @property
    def status(self) -> GroupStatus:
        """« proposé » until a decision takes effect."""
        return self.decided.status if self.decided else GroupStatus.PROPOSED

    @property
    def badge(self) -> str:
        """What the badge shows: the kind of a stop rather than « arrêté »."""
        return str((self.decided.stop_kind if self.decided else None) or self.status)

    @property
    def active(self) -> bool:
        """Whether the group works."""
        return self.status in ACTIVE


def portfolio_on(day: date) -> list[GroupRow]:
    """Every group known on a day, by workstream then name."""
    statuses, reports = _statuses(day), _reports(day)
    leads, objectives = _leads(day), _objectives(day)
    statement = (
        select(
            ProjectGroup.id,
            ProjectGroup.slug,
            ProjectGroup.name,
            ProjectGroup.created_at,
            Workstream.key,
            Workstream.name,
            Workstream.position,
            Workstream.id,
        )
        .join(Workstream, Workstream.id == ProjectGroup.workstream_id)
        .order_by(Workstream.position, Workstream.id, ProjectGroup.name, ProjectGroup.id)
    )
    return [
        GroupRow(
            group_id,
            slug,
            name,
            key,
            workstream,
            (position, workstream_id),
            statuses.get(group_id),
            reports.get(group_id),
            tuple(leads.get(group_id, ())),
            objectives.get(group_id, NO_OBJECTIVES),
        )
        for group_id, slug, name, created_at, key, workstream, position, workstream_id in _each(statement)
        if group_id in statuses or _known_on(created_at, day)
    ]


def _each(statement: Select[*tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    return db.session.execute(statement)


def _known_on(created_at: datetime, day: date) -> bool:
    return clock.paris_day(created_at) <= day


def _statuses(day: date) -> dict[int, StatusRow]:
    one = aliased(StatusEvent)
    latest = (
        select(one.id)
        .where(one.group_id == ProjectGroup.id, one.effective_on <= day, one.superseded_at.is_(None))
        .order_by(one.effective_on.desc(), one.decided_on.desc(), one.item_order.desc(), one.id.desc())
        .limit(1)
        .correlate(ProjectGroup)
        .scalar_subquery()
    )
    statement = (
        select(
            StatusEvent.group_id,
            StatusEvent.status,
            StatusEvent.stop_kind,
            StatusEvent.effective_on,
            StatusEvent.act_id,
            Act.number,
            Act.reference,
            Act.authority,
        )
        .select_from(ProjectGroup)
        .join(StatusEvent, StatusEvent.id == latest)
        .join(Act, Act.id == StatusEvent.act_id)
    )
    return {
        group_id: StatusRow(status, kind, effective_on, act_id, number or reference or authority)
        for group_id, status, kind, effective_on, act_id, number, reference, authority in _each(statement)
    }


def _reports(day: date) -> dict[int, ReportRow]:
    last, before = aliased(ProgressReport), aliased(ProgressReport)
    inner, earlier_one = aliased(ProgressReport), aliased(ProgressReport)
    newest = (
        select(inner.id)
        .where(inner.group_id == ProjectGroup.id, inner.reported_on <= day)
        .order_by(inner.reported_on.desc(), inner.id.desc())
        .limit(1)
        .correlate(ProjectGroup)
        .scalar_subquery()
    )
    # the last one of a day stands for the day
    of_a_day_before = (
        select(earlier_one.id)
        .where(earlier_one.group_id == last.group_id, earlier_one.reported_on < last.reported_on)
        .order_by(earlier_one.reported_on.desc(), earlier_one.id.desc())
        .limit(1)
        .correlate(last)
        .scalar_subquery()
    )
    statement = (
        select(last.group_id, last.reported_on, last.confidence, last.arbitration != "", before.confidence)
        .select_from(ProjectGroup)
        .join(last, last.id == newest)
        .outerjoin(before, before.id == of_a_day_before)
    )
    return {
        group_id: ReportRow(
            reported_on,
            confidence,
            trend([value for value in (earlier, confidence) if value is not None]),
            is_old(reported_on, day),
            arbitration,
        )
        for group_id, reported_on, confidence, arbitration, earlier in db.session.execute(statement)
    }


def _leads(day: date) -> dict[int, list[str]]:
    statement = (
        select(
            Leadership.group_id,
            Person.given_name,
            Person.family_name,
            Institution.acronym,
            Institution.name,
        )
        .join(Person, Person.id == Leadership.person_id)
        .join(Institution, Institution.id == Leadership.institution_id)
        .where(Leadership.from_on <= day, or_(Leadership.until_on.is_(None), Leadership.until_on >= day))
        .order_by(Leadership.from_on, Leadership.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for group_id, given, family, acronym, name in db.session.execute(statement):
        found[group_id].append(f"{given} {family}, {acronym or name}")
    return found


def _objectives(day: date) -> dict[int, ObjectivesRow]:
    """The objectives of the semester in which the day falls, as adopted and scored by then."""
    kind, score = ObjectiveEvent.kind, ObjectiveEvent.score
    statement = (
        select(
            SemesterObjective.group_id,
            func.sum(case((kind == ObjectiveMotionKind.ADOPT, 1), else_=0)),
            func.sum(case((kind == ObjectiveMotionKind.SCORE, 1), else_=0)),
            func.sum(case((score == Score.REACHED, 1), else_=0)),
        )
        .join(ObjectiveEvent, ObjectiveEvent.objective_id == SemesterObjective.id)
        .join(Act, Act.id == ObjectiveEvent.act_id)
        .where(
            SemesterObjective.semester == period_of(day, Every.SEMESTER).code,
            ObjectiveEvent.superseded_at.is_(None),
            Act.effective_on <= day,
        )
        .group_by(SemesterObjective.group_id)
    )
    return {
        group_id: ObjectivesRow(adopted, scored, reached)
        for group_id, adopted, scored, reached in db.session.execute(statement)
    }


def workstream_choices() -> list[tuple[str, str]]:
    """The workstreams to filter by, (key, name), in the programme's order."""
    statement = select(Workstream.key, Workstream.name).order_by(Workstream.position, Workstream.id)
    return [(key, name) for key, name in db.session.execute(statement)]


def stopped_choices(day: date) -> list[tuple[int, str]]:
    """The groups that ended by that day, (id, name): a new one may follow them."""
    return [(row.id, row.name) for row in portfolio_on(day) if row.status is GroupStatus.STOPPED]
