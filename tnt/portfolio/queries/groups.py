"""Every project group on a day, in a handful of queries whatever their number.

The status is the fold of the acts by date of effect; the météo, the lead and the objectives are those of the
day too. Columns, not entities: a table of three hundred groups stays quick. The rows made of them are kept,
and made again only when what was read differs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    Select,
    String,
    bindparam,
    case,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from tnt.accounts.models import Person
from tnt.committees.models import Institution
from tnt.core import clock
from tnt.core.db import UtcDateTime, db
from tnt.core.words import plain
from tnt.decisions.models import Act
from tnt.objectives.models import ObjectiveEvent, SemesterObjective
from tnt.objectives.rules import ObjectiveMotionKind, Score
from tnt.portfolio.rules import Trend, is_old, trend
from tnt.programme.rules import Every, period_of
from tnt.projects.models import Leadership, ProjectGroup, StatusEvent, Workstream
from tnt.projects.rules import ACTIVE, GroupStatus, StopKind
from tnt.reports.models import Confidence, ProgressReport

Read = tuple[tuple[Any, ...], ...]


class StatusRow(NamedTuple):
    """A group's status on a day, and the act that gave it."""

    status: GroupStatus
    stop_kind: StopKind | None
    effective_on: date
    act_id: int
    act_label: str


class ReportRow(NamedTuple):
    """The last progress report of a group on a day, and how the météo moved."""

    reported_on: date
    confidence: Confidence
    trend: Trend | None
    old: bool
    arbitration: bool


class ObjectivesRow(NamedTuple):
    """The objectives of a group for a semester: adopted, scored, and reached among them."""

    adopted: int = 0
    scored: int = 0
    reached: int = 0


NO_OBJECTIVES = ObjectivesRow()


class GroupRow(NamedTuple):
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


def portfolio_on(day: date) -> tuple[GroupRow, ...]:
    """Every group known on a day, by workstream then name."""
    return _rows(day, _read(_groups(), day), _read(_leads(), day), _read(_objectives(), day))


def groups_on(day: date, ids: Iterable[int]) -> tuple[GroupRow, ...]:
    """The same of a few groups."""
    wanted = sorted(ids)
    groups = _groups().where(ProjectGroup.id.in_(wanted))
    leads = _leads().where(Leadership.group_id.in_(wanted))
    objectives = _objectives().where(SemesterObjective.group_id.in_(wanted))
    return _rows(day, _read(groups, day), _read(leads, day), _read(objectives, day))


class Tally(NamedTuple):
    """How many groups have that badge; `confidence`: the météo last given by a group at work."""

    badge: str
    confidence: str | None
    number: int


def tallies_on(day: date) -> list[Tally]:
    """The groups known on a day, counted by status and météo."""
    found = []
    for status, stop_kind, confidence, number in _read(_counted(), day):
        active = status is not None and GroupStatus(status) in ACTIVE
        badge = stop_kind or status or GroupStatus.PROPOSED.value
        found.append(Tally(badge, confidence if active else None, number))
    return found


@cache
def _counted() -> Select[*tuple[Any, ...]]:
    kinds = (
        type_coerce(StatusEvent.status, String),
        type_coerce(StatusEvent.stop_kind, String),
        type_coerce(ProgressReport.confidence, String),
    )
    return (
        select(*kinds, func.count(ProjectGroup.id))
        .select_from(ProjectGroup)
        .outerjoin(StatusEvent, StatusEvent.id == _latest_status())
        .outerjoin(ProgressReport, ProgressReport.id == _latest_report())
        .where(_known_on())
        .group_by(*kinds)
    )


def objectives_on(day: date) -> ObjectivesRow:
    """The objectives of the semester of a day, over every group."""
    ((adopted, scored, reached),) = _read(_all_objectives(), day)
    return ObjectivesRow(adopted or 0, scored or 0, reached or 0)


@cache
def _all_objectives() -> Select[*tuple[Any, ...]]:
    return _objectives().with_only_columns(*_adopted_and_scored()).group_by(None)


def _read(statement: Select[*tuple[Any, ...]], day: date) -> Read:
    """Plain rows of plain values: what they mean is told once, by `_rows`."""
    asked = {
        "day": day,
        "end": clock.from_paris(day + timedelta(days=1), time(0)),
        "semester": period_of(day, Every.SEMESTER).code,
    }
    return tuple(tuple(row) for row in db.session.connection().execute(statement, asked))


@lru_cache(maxsize=32)
def _rows(day: date, groups: Read, leads: Read, objectives: Read) -> tuple[GroupRow, ...]:
    """The lines of the portfolio, made of what was read of the groups, their leads, their objectives."""
    led: dict[int, list[str]] = defaultdict(list)
    for group_id, given, family, acronym, name in leads:
        led[group_id].append(f"{given} {family}, {acronym or name}")
    aims = {group_id: ObjectivesRow(*numbers) for group_id, *numbers in objectives}
    rows = [
        GroupRow(
            group_id,
            slug,
            name,
            key,
            workstream,
            (position, workstream_id),
            _status_of(*rest[:7]),
            _report_of(day, *rest[7:]),
            tuple(led.get(group_id, ())),
            aims.get(group_id, NO_OBJECTIVES),
        )
        for group_id, slug, name, key, workstream, position, workstream_id, *rest in groups
    ]
    return tuple(sorted(rows, key=lambda row: (row.workstream_rank, plain(row.name), row.id)))


def _status_of(
    status: str | None,
    stop_kind: str | None,
    effective_on: Any = None,
    act_id: int = 0,
    number: str | None = None,
    reference: str = "",
    authority: str = "",
) -> StatusRow | None:
    if status is None:
        return None
    kind = StopKind(stop_kind) if stop_kind else None
    return StatusRow(GroupStatus(status), kind, effective_on, act_id, number or reference or authority)


def _report_of(
    day: date, reported_on: date | None, confidence: str, arbitration: bool, earlier: str | None
) -> ReportRow | None:
    if reported_on is None:
        return None
    moved = trend([value for value in (earlier, confidence) if value is not None])
    return ReportRow(reported_on, Confidence(confidence), moved, is_old(reported_on, day), bool(arbitration))


def _latest_status() -> ScalarSelect[int]:
    """The id of the event that gives a group its status on `:day`: by date of effect, then of session."""
    one = aliased(StatusEvent)
    return (
        select(one.id)
        .where(
            one.group_id == ProjectGroup.id,
            one.effective_on <= bindparam("day", type_=Date),
            one.superseded_at.is_(None),
        )
        .order_by(one.effective_on.desc(), one.decided_on.desc(), one.item_order.desc(), one.id.desc())
        .limit(1)
        .correlate(ProjectGroup)
        .scalar_subquery()
    )


def _latest_report() -> ScalarSelect[int]:
    """The id of the last progress report of a group on `:day`; the last one of a day stands for the day."""
    one = aliased(ProgressReport)
    return (
        select(one.id)
        .where(one.group_id == ProjectGroup.id, one.reported_on <= bindparam("day", type_=Date))
        .order_by(one.reported_on.desc(), one.id.desc())
        .limit(1)
        .correlate(ProjectGroup)
        .scalar_subquery()
    )


def _confidence_before() -> ScalarSelect[str]:
    """The météo of the last report of a day before that of the last one."""
    one = aliased(ProgressReport)
    return (
        select(type_coerce(one.confidence, String))
        .where(one.group_id == ProjectGroup.id, one.reported_on < ProgressReport.reported_on)
        .order_by(one.reported_on.desc(), one.id.desc())
        .limit(1)
        .correlate(ProjectGroup, ProgressReport)
        .scalar_subquery()
    )


@cache  # a statement costs more to put together than to send
def _groups() -> Select[*tuple[Any, ...]]:
    """The groups known on `:day`, with their status and last report."""
    return (
        select(
            ProjectGroup.id,
            ProjectGroup.slug,
            ProjectGroup.name,
            Workstream.key,
            Workstream.name,
            Workstream.position,
            Workstream.id,
            type_coerce(StatusEvent.status, String),
            type_coerce(StatusEvent.stop_kind, String),
            StatusEvent.effective_on,
            StatusEvent.act_id,
            Act.number,
            Act.reference,
            Act.authority,
            ProgressReport.reported_on,
            type_coerce(ProgressReport.confidence, String),
            ProgressReport.arbitration != "",
            _confidence_before(),
        )
        .select_from(ProjectGroup)
        .join(Workstream, Workstream.id == ProjectGroup.workstream_id)
        .outerjoin(StatusEvent, StatusEvent.id == _latest_status())
        .outerjoin(Act, Act.id == StatusEvent.act_id)
        .outerjoin(ProgressReport, ProgressReport.id == _latest_report())
        .where(_known_on())
    )


def _known_on() -> ColumnElement[bool]:
    """Whether a group was decided on or proposed by `:day`, whose last instant is `:end`."""
    return or_(StatusEvent.id.is_not(None), ProjectGroup.created_at < bindparam("end", type_=UtcDateTime))


@cache
def _leads() -> Select[*tuple[Any, ...]]:
    day = bindparam("day", type_=Date)
    return (
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


def _adopted_and_scored() -> tuple[ColumnElement[int], ...]:
    """How many objectives were adopted, scored, and reached among them."""
    kind, score = ObjectiveEvent.kind, ObjectiveEvent.score
    counted = (kind == ObjectiveMotionKind.ADOPT, kind == ObjectiveMotionKind.SCORE, score == Score.REACHED)
    return tuple(func.sum(case((condition, 1), else_=0)) for condition in counted)


@cache
def _objectives() -> Select[*tuple[Any, ...]]:
    """The objectives of `:semester`, in which the day falls, as adopted and scored by then."""
    return (
        select(SemesterObjective.group_id, *_adopted_and_scored())
        .select_from(SemesterObjective)
        .join(ObjectiveEvent, ObjectiveEvent.objective_id == SemesterObjective.id)
        .join(Act, Act.id == ObjectiveEvent.act_id)
        .where(
            SemesterObjective.semester == bindparam("semester", type_=String),
            ObjectiveEvent.superseded_at.is_(None),
            Act.effective_on <= bindparam("day", type_=Date),
        )
        .group_by(SemesterObjective.group_id)
    )


def workstream_choices() -> list[tuple[str, str]]:
    """The workstreams to filter by, (key, name), in the programme's order."""
    return [(key, name) for key, name in db.session.execute(_workstreams())]


@cache
def _workstreams() -> Select[str, str]:
    return select(Workstream.key, Workstream.name).order_by(Workstream.position, Workstream.id)


def stopped_choices(day: date) -> list[tuple[int, str]]:
    """The groups that ended by that day, (id, name): a new one may follow them."""
    return [(row.id, row.name) for row in portfolio_on(day) if row.status is GroupStatus.STOPPED]
