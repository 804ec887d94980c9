"""Everything that one group's page shows, on a day, in a fixed number of queries of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Date, Select, bindparam, func, or_, select, union
from sqlalchemy.orm import aliased

from tnt.accounts.models import Person
from tnt.actions.models import Action, ActionState
from tnt.committees.models import Institution
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.decisions.models import Act
from tnt.meetings.models import Meeting
from tnt.objectives.models import ObjectiveEvent, SemesterObjective
from tnt.objectives.rules import ObjectiveMotionKind, ObjectiveState, Score
from tnt.portfolio.queries.story import (
    ActLine,
    Author,
    Entry,
    EventLine,
    LeadLine,
    MissionLine,
    ReportLine,
    tell,
)
from tnt.programme.rules import Every, Period, period_of
from tnt.projects.models import GroupAct, Leadership, Mission, ProjectGroup, StatusEvent, Workstream
from tnt.reports.models import ProgressReport
from tnt.reports.queries import TrendPoint, points_of, steady_since

SLUG = re.compile(r"[a-z0-9-]{1,80}")
STORY_REPORTS = 24


class GroupHead(NamedTuple):
    """The group itself; `follows`: the name and address of the one that it continues."""

    id: int
    slug: str
    name: str
    proposed_mission: str
    workstream_key: str
    workstream: str
    follows: str | None
    follows_slug: str | None


class ObjectiveLine(NamedTuple):
    """An objective of the semester and where it stood on the day."""

    id: int
    title: str
    state: ObjectiveState
    score: Score | None


class ActionLine(NamedTuple):
    """An open action that an act on the group asked."""

    id: int
    committee_id: int
    title: str
    due_on: date
    owner_id: int | None
    owner: str


class Sheet(NamedTuple):
    """A group on a day."""

    group: GroupHead
    event: EventLine | None  # what gives the status; None while proposed
    coming: tuple[EventLine, ...]  # decided, taking effect after the day
    mission: MissionLine | None
    leads: tuple[LeadLine, ...]
    report: ReportLine | None  # the last one
    trend: tuple[TrendPoint, ...]  # oldest first
    story: tuple[Entry, ...]
    semester: Period
    objectives: tuple[ObjectiveLine, ...]
    actions: tuple[ActionLine, ...]
    followed_by: tuple[tuple[str, str], ...]  # (address, name)

    @property
    def badge(self) -> str:
        """What the badge shows: the kind of a stop rather than « arrêté »."""
        return "proposed" if self.event is None else self.event.badge

    @property
    def steady_since(self) -> date | None:
        """Since when the météo has been what it is."""
        return steady_since(self.trend)


def sheet_on(slug: str, day: date) -> Sheet:
    """The page of a group on a day. Raises NotFound."""
    group = _head(slug)
    acts, events, missions = _acts(group.id)
    live = [event for event in events if not event.superseded]
    missions = [mission for mission in missions if not mission.superseded]
    leads = [LeadLine(*row) for row in _read(_leaderships(), group=group.id)]
    reports = [_report(*row) for row in _read(_reports(), group=group.id, day=day)]
    semester = period_of(day, Every.SEMESTER)
    return Sheet(
        group=group,
        event=next((event for event in reversed(live) if event.effective_on <= day), None),
        coming=tuple(event for event in live if event.effective_on > day),
        mission=next((m for m in reversed(missions) if m.effective_on <= day), None),
        leads=tuple(lead for lead in leads if _leads_on(lead, day)),
        report=reports[0] if reports else None,
        trend=tuple(points_of((each.reported_on, each.confidence, each.unchanged) for each in reports)),
        story=tell(day, acts, events, missions, leads, reports),
        semester=semester,
        objectives=_objectives(group.id, semester, day),
        actions=_actions(group.id, acts),
        followed_by=tuple((row[0], row[1]) for row in _read(_followers(), group=group.id)),
    )


def _read(statement: Select[*tuple[Any, ...]], **asked: Any) -> Iterable[tuple[Any, ...]]:
    return db.session.execute(statement, asked)


def _actions(group_id: int, acts: Iterable[ActLine]) -> tuple[ActionLine, ...]:
    rows = _read(_open_actions(), group=group_id, acts=[act.id for act in acts])
    return tuple(ActionLine(*row) for row in rows)


def _leads_on(lead: LeadLine, day: date) -> bool:
    return lead.from_on <= day and (lead.until_on is None or lead.until_on >= day)


def _head(slug: str) -> GroupHead:
    row = db.session.execute(_heads(), {"slug": slug}).first() if SLUG.fullmatch(slug) else None
    if row is None:
        raise NotFound()
    return GroupHead(*row)


@cache  # a statement costs more to put together than to send
def _heads() -> Select[*tuple[Any, ...]]:
    before = aliased(ProjectGroup)
    return (
        select(
            ProjectGroup.id,
            ProjectGroup.slug,
            ProjectGroup.name,
            ProjectGroup.proposed_mission,
            Workstream.key,
            Workstream.name,
            before.name,
            before.slug,
        )
        .join(Workstream, Workstream.id == ProjectGroup.workstream_id)
        .outerjoin(before, before.id == ProjectGroup.follows_id)
        .where(ProjectGroup.slug == bindparam("slug"))
    )


def _acts(group_id: int) -> tuple[list[ActLine], list[EventLine], list[MissionLine]]:
    """Every act that concerns a group, the statuses and the missions that they gave.

    The statuses by date of effect, the last recorded winning a tie; the missions by date of effect.
    """
    acts, events, missions = [], [], []
    for row in _read(_tied(), group=group_id):
        act_id, number, reference, authority = row[:4]
        act = ActLine._make((act_id, number or reference or authority, *row[4:10], authority, *row[10:14]))
        acts.append(act)
        event, mission = row[14:22], row[22:]
        if event[0] is not None:
            events.append(EventLine._make((event[0], act, *event[1:7], event[7] is not None)))
        if mission[0] is not None:
            missions.append(MissionLine(mission[0], act, mission[1], mission[2], mission[3] is not None))
    events.sort(key=lambda each: (each.effective_on, each.decided_on, each.item_order, each.id))
    missions.sort(key=lambda each: (each.effective_on, each.id))
    return acts, events, missions


@cache
def _tied() -> Select[*tuple[Any, ...]]:
    group: BindParameter[int] = bindparam("group")
    ties = union(
        *(
            select(tie.act_id).where(tie.group_id == group)
            for tie in (StatusEvent, GroupAct, Leadership, Mission)
        )
    ).subquery()
    return (
        select(
            Act.id,
            Act.number,
            Act.reference,
            Act.authority,
            Act.title,
            Act.state,
            Act.nature,
            Act.decided_on,
            Act.effective_on,
            Act.item_order,
            Act.committee_id,
            Act.meeting_id,
            Meeting.starts_at,
            Act.reserved,
            StatusEvent.id,
            StatusEvent.status,
            StatusEvent.stop_kind,
            StatusEvent.reason,
            StatusEvent.effective_on,
            StatusEvent.decided_on,
            StatusEvent.item_order,
            StatusEvent.superseded_at,
            Mission.id,
            Mission.text,
            Mission.effective_on,
            Mission.superseded_at,
        )
        .join(ties, ties.c.act_id == Act.id)
        .outerjoin(Meeting, Meeting.id == Act.meeting_id)
        .outerjoin(StatusEvent, (StatusEvent.act_id == Act.id) & (StatusEvent.group_id == group))
        .outerjoin(Mission, (Mission.act_id == Act.id) & (Mission.group_id == group))
    )


@cache
def _leaderships() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Leadership.act_id,
            Person.given_name + " " + Person.family_name,
            func.coalesce(func.nullif(Institution.acronym, ""), Institution.name),
            Leadership.from_on,
            Leadership.until_on,
        )
        .join(Person, Person.id == Leadership.person_id)
        .join(Institution, Institution.id == Leadership.institution_id)
        .where(Leadership.group_id == bindparam("group"))
        .order_by(Leadership.from_on, Leadership.id)
    )


def _report(*row: Any) -> ReportLine:
    return ReportLine._make((*row[:6], Author(row[6]) if row[6] is not None else None))


@cache
def _reports() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ProgressReport.reported_on,
            ProgressReport.confidence,
            ProgressReport.done,
            ProgressReport.coming,
            ProgressReport.arbitration,
            ProgressReport.unchanged,
            Person.given_name + " " + Person.family_name,
        )
        .outerjoin(Person, Person.id == ProgressReport.author_id)
        .where(
            ProgressReport.group_id == bindparam("group"),
            ProgressReport.reported_on <= bindparam("day", type_=Date),
        )
        .order_by(ProgressReport.reported_on.desc(), ProgressReport.id.desc())
        .limit(STORY_REPORTS)
    )


def _objectives(group_id: int, semester: Period, day: date) -> tuple[ObjectiveLine, ...]:
    """The objectives of a semester as their events had made them by the day, withdrawn ones left out."""
    found: dict[int, ObjectiveLine] = {}
    for key, title, kind, score, counts in _read(_aims(), group=group_id, semester=semester.code, day=day):
        line = found.setdefault(key, ObjectiveLine(key, title, ObjectiveState.PROPOSED, None))
        if not counts:
            continue
        if kind is ObjectiveMotionKind.SCORE:
            found[key] = line._replace(state=ObjectiveState.SCORED, score=score)
        else:
            found[key] = line._replace(state=ObjectiveState.ADOPTED)
    return tuple(found.values())


@cache
def _aims() -> Select[*tuple[Any, ...]]:
    counts = ObjectiveEvent.superseded_at.is_(None) & (Act.effective_on <= bindparam("day", type_=Date))
    return (
        select(
            SemesterObjective.id, SemesterObjective.title, ObjectiveEvent.kind, ObjectiveEvent.score, counts
        )
        .outerjoin(ObjectiveEvent, ObjectiveEvent.objective_id == SemesterObjective.id)
        .outerjoin(Act, Act.id == ObjectiveEvent.act_id)
        .where(
            SemesterObjective.group_id == bindparam("group"),
            SemesterObjective.semester == bindparam("semester"),
            or_(SemesterObjective.withdrawn_at.is_(None), ObjectiveEvent.id.is_not(None)),
        )
        .order_by(SemesterObjective.id, ObjectiveEvent.id)
    )


@cache
def _open_actions() -> Select[*tuple[Any, ...]]:
    """The open actions of a group, as `actions.queries.open_of_group` tells them."""
    of_its_acts = Action.group_id.is_(None) & Action.act_id.in_(bindparam("acts", expanding=True))
    body = func.coalesce(func.nullif(Institution.acronym, ""), Institution.name)
    return (
        select(
            Action.id,
            Action.committee_id,
            Action.title,
            Action.due_on,
            Action.owner_id,
            func.coalesce(Person.given_name + " " + Person.family_name, body),
        )
        .outerjoin(Person, Person.id == Action.owner_id)
        .outerjoin(Institution, Institution.id == Action.owner_institution_id)
        .where(
            Action.state == ActionState.OPEN,
            Action.reserved.is_(False),
            or_(Action.group_id == bindparam("group"), of_its_acts),
        )
        .order_by(Action.due_on, Action.id)
    )


@cache
def _followers() -> Select[str, str]:
    return (
        select(ProjectGroup.slug, ProjectGroup.name)
        .where(ProjectGroup.follows_id == bindparam("group"))
        .order_by(ProjectGroup.name)
    )
