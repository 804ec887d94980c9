"""Reads of workstreams and groups. A status is never stored: it is folded from the events of acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, SQLColumnExpression, String, func, literal, or_, select

from tnt.core.access import OF_PERSON, ON_DAY
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.projects.models import GroupMotion, Leadership, Mission, ProjectGroup, StatusEvent, Workstream
from tnt.projects.rules import GroupStatus, StatusFact, status_on


def list_workstreams() -> list[Workstream]:
    """Every workstream, in the programme's order."""
    return list(db.session.scalars(select(Workstream).order_by(Workstream.position)))


def list_groups() -> list[ProjectGroup]:
    """Every group, proposed ones included, by workstream then name."""
    statement = (
        select(ProjectGroup)
        .join(ProjectGroup.workstream)
        .order_by(Workstream.position, ProjectGroup.name, ProjectGroup.id)
    )
    return list(db.session.scalars(statement))


def get_group(group_id: int) -> ProjectGroup:
    """The group of that id. Raises NotFound."""
    group = db.session.get(ProjectGroup, group_id)
    if group is None:
        raise NotFound()
    return group


def get_group_by_slug(slug: str) -> ProjectGroup:
    """The group of that address. Raises NotFound."""
    group = db.session.scalar(select(ProjectGroup).where(ProjectGroup.slug == slug))
    if group is None:
        raise NotFound()
    return group


def get_motion(motion_id: int) -> GroupMotion:
    """The motion of that id. Raises NotFound."""
    motion = db.session.get(GroupMotion, motion_id)
    if motion is None:
        raise NotFound()
    return motion


def fact_of(event: StatusEvent) -> StatusFact:
    """A status event as the pure fold sees it."""
    return StatusFact(
        status=event.status,
        effective_on=event.effective_on,
        decided_on=event.decided_on,
        item_order=event.item_order,
        recorded_at=event.recorded_at,
        superseded_at=event.superseded_at,
        stop_kind=event.stop_kind,
    )


def events_of(group_id: int) -> list[StatusEvent]:
    """Every status event of a group, superseded ones included, oldest effect first."""
    return list(
        db.session.scalars(
            select(StatusEvent)
            .where(StatusEvent.group_id == group_id)
            .order_by(StatusEvent.effective_on, StatusEvent.decided_on, StatusEvent.item_order)
        )
    )


def facts_of(group_id: int) -> list[StatusFact]:
    """The facts of a group's status, to fold."""
    return [fact_of(event) for event in events_of(group_id)]


def group_status_on(group_id: int, day: date, known_at: datetime | None = None) -> StatusFact | None:
    """The fact that gives the group's status on a day, as known at an instant; None while proposed."""
    return status_on(facts_of(group_id), day, known_at)


def status_or_proposed(group_id: int, day: date) -> GroupStatus:
    """The group's status on a day."""
    fact = group_status_on(group_id, day)
    return fact.status if fact else GroupStatus.PROPOSED


def _in_force(day: date, known_at: datetime | None) -> Select[StatusEvent]:
    statement = select(StatusEvent).where(StatusEvent.effective_on <= day)
    if known_at is None:
        return statement.where(StatusEvent.superseded_at.is_(None))
    return statement.where(
        StatusEvent.recorded_at <= known_at,
        or_(StatusEvent.superseded_at.is_(None), StatusEvent.superseded_at > known_at),
    )


def statuses_on(day: date, known_at: datetime | None = None) -> dict[int, StatusEvent]:
    """Each decided group's status event on a day, as known at an instant; proposed groups are absent."""
    latest = (
        _in_force(day, known_at)
        .with_only_columns(
            StatusEvent.id,
            func.row_number()
            .over(
                partition_by=StatusEvent.group_id,
                order_by=(
                    StatusEvent.effective_on.desc(),
                    StatusEvent.decided_on.desc(),
                    StatusEvent.item_order.desc(),
                    StatusEvent.id.desc(),
                ),
            )
            .label("rank"),
        )
        .subquery()
    )
    statement = select(StatusEvent).join(latest, latest.c.id == StatusEvent.id).where(latest.c.rank == 1)
    return {event.group_id: event for event in db.session.scalars(statement)}


def status_in_force(
    group_id: SQLColumnExpression[int], day: SQLColumnExpression[date]
) -> ScalarSelect[GroupStatus]:
    """The status that a group has on a day, NULL while proposed: the SQL twin of `rules.status_on`."""
    return (
        select(StatusEvent.status)
        .where(
            StatusEvent.group_id == group_id,
            StatusEvent.effective_on <= day,
            StatusEvent.superseded_at.is_(None),
        )
        .order_by(
            StatusEvent.effective_on.desc(),
            StatusEvent.decided_on.desc(),
            StatusEvent.item_order.desc(),
            StatusEvent.id.desc(),
        )
        .limit(1)
        .correlate_except(StatusEvent)
        .scalar_subquery()
    )


def mission_on(group_id: int, day: date) -> Mission | None:
    """The mission in force for a group on a day, if a decision gave one."""
    return db.session.scalar(
        select(Mission)
        .where(Mission.group_id == group_id, Mission.effective_on <= day, Mission.superseded_at.is_(None))
        .order_by(Mission.effective_on.desc(), Mission.id.desc())
        .limit(1)
    )


def missions_of(group_id: int) -> list[Mission]:
    """Every mission text of a group, oldest first."""
    return list(
        db.session.scalars(
            select(Mission).where(Mission.group_id == group_id).order_by(Mission.effective_on, Mission.id)
        )
    )


def leads_on(day: date, group_ids: Iterable[int] | None = None) -> dict[int, list[Leadership]]:
    """Who leads each group on a day."""
    statement = select(Leadership).where(
        Leadership.from_on <= day, or_(Leadership.until_on.is_(None), Leadership.until_on >= day)
    )
    if group_ids is not None:
        statement = statement.where(Leadership.group_id.in_(list(group_ids)))
    found: dict[int, list[Leadership]] = defaultdict(list)
    for leadership in db.session.scalars(statement.order_by(Leadership.from_on)):
        found[leadership.group_id].append(leadership)
    return dict(found)


def grants() -> Select[Any]:
    """« lead » on each group that a person leads on a day, as (right, scope) rows."""
    leads = Leadership.__table__.c
    return select(literal("lead", String), leads.group_id).where(
        leads.person_id == OF_PERSON,
        leads.from_on <= ON_DAY,
        or_(leads.until_on.is_(None), leads.until_on >= ON_DAY),
    )
