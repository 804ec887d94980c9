"""Reads of progress reports: the last one of each group, a group's history, the météo over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from tnt.core.db import db
from tnt.projects.models import ProjectGroup
from tnt.reports.models import ProgressReport
from tnt.reports.rules import Confidence

TREND_LENGTH = 6


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The météo that a group gave on a day."""

    on: date
    confidence: Confidence
    unchanged: bool


def last_report(
    group_id: int, on: date | None = None, known_at: datetime | None = None
) -> ProgressReport | None:
    """The newest report of a group, as of a day, as known at an instant."""
    return last_reports([group_id], on, known_at).get(group_id)


def last_reports(
    group_ids: Iterable[int] | None = None, on: date | None = None, known_at: datetime | None = None
) -> dict[int, ProgressReport]:
    """The newest report of each group that has one (every group by default), in one query."""
    rank = (
        func.row_number()
        .over(
            partition_by=ProgressReport.group_id,
            order_by=(ProgressReport.reported_on.desc(), ProgressReport.id.desc()),
        )
        .label("rank")
    )
    ranked = select(ProgressReport, rank)
    if group_ids is not None:
        ranked = ranked.where(ProgressReport.group_id.in_(list(group_ids)))
    if on is not None:
        ranked = ranked.where(ProgressReport.reported_on <= on)
    if known_at is not None:
        ranked = ranked.where(ProgressReport.recorded_at <= known_at)
    newest = ranked.subquery()
    report = aliased(ProgressReport, newest)
    found = db.session.scalars(select(report).where(newest.c.rank == 1).options(joinedload(report.author)))
    return {each.group_id: each for each in found}


def reports_of(group_id: int, *, limit: int = 20, before_id: int | None = None) -> list[ProgressReport]:
    """A page of a group's reports, newest first; `before_id` is the last one of the page before."""
    statement = select(ProgressReport).where(ProgressReport.group_id == group_id)
    if before_id is not None:
        last = db.session.get(ProgressReport, before_id)
        if last is not None:
            statement = statement.where(
                (ProgressReport.reported_on < last.reported_on)
                | ((ProgressReport.reported_on == last.reported_on) & (ProgressReport.id < last.id))
            )
    return list(
        db.session.scalars(
            statement.order_by(ProgressReport.reported_on.desc(), ProgressReport.id.desc()).limit(limit)
        )
    )


def trend_of(group_id: int, *, on: date | None = None, length: int = TREND_LENGTH) -> list[TrendPoint]:
    """The météo of a group's last reports, oldest first; the last one of a day stands for the day."""
    statement = select(ProgressReport.reported_on, ProgressReport.confidence, ProgressReport.unchanged).where(
        ProgressReport.group_id == group_id
    )
    if on is not None:
        statement = statement.where(ProgressReport.reported_on <= on)
    rows = db.session.execute(
        statement.order_by(ProgressReport.reported_on.desc(), ProgressReport.id.desc()).limit(length * 4)
    )
    return points_of(((day, confidence, unchanged) for day, confidence, unchanged in rows), length)


def points_of(
    newest_first: Iterable[tuple[date, Confidence, bool]], length: int = TREND_LENGTH
) -> list[TrendPoint]:
    """The points of some reports, oldest first; the last report of a day stands for the day."""
    points: dict[date, TrendPoint] = {}
    for day, confidence, unchanged in newest_first:
        points.setdefault(day, TrendPoint(day, confidence, unchanged))
    return list(points.values())[:length][::-1]


def steady_since(points: Sequence[TrendPoint]) -> date | None:
    """The first of the last points in a row that have the same météo; None without any point."""
    since = None
    for point in reversed(points):
        if point.confidence is not points[-1].confidence:
            break
        since = point.on
    return since


def groups_by_id(group_ids: Iterable[int]) -> list[ProjectGroup]:
    """These groups, by name."""
    ids = list(group_ids)
    return list(
        db.session.scalars(select(ProjectGroup).where(ProjectGroup.id.in_(ids)).order_by(ProjectGroup.name))
    )
