"""Everything that one group's page shows, on a day, in a fixed number of queries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select, union

from tnt.actions.models import Action
from tnt.actions.queries import open_of_group
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.objectives.models import SemesterObjective
from tnt.objectives.rules import ObjectiveMotionKind, ObjectiveState, Score
from tnt.portfolio.queries.story import Entry, tell
from tnt.programme.rules import Every, Period, period_of
from tnt.projects.models import GroupAct, Leadership, Mission, ProjectGroup, StatusEvent
from tnt.projects.queries import get_group_by_slug
from tnt.projects.subjects import GroupSubjects
from tnt.reports.models import ProgressReport
from tnt.reports.queries import TrendPoint, trend_of

SLUG = re.compile(r"[a-z0-9-]{1,80}")
STORY_REPORTS = 24


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """An objective of the semester and where it stood on the day."""

    id: int
    title: str
    state: ObjectiveState
    score: Score | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A group on a day."""

    group: ProjectGroup
    event: StatusEvent | None  # what gives the status; None while proposed
    coming: list[StatusEvent]  # decided, taking effect after the day
    mission: Mission | None
    mission_act: Act | None
    leads: list[Leadership]
    report: ProgressReport | None  # the last one
    trend: list[TrendPoint]  # oldest first
    story: list[Entry]
    semester: Period
    objectives: list[ObjectiveLine]
    actions: list[Action]
    followed_by: list[ProjectGroup]

    @property
    def badge(self) -> str:
        """What the badge shows: the kind of a stop rather than « arrêté »."""
        if self.event is None:
            return "proposed"
        return str(self.event.stop_kind or self.event.status)


def sheet_on(slug: str, day: date) -> Sheet:
    """The page of a group on a day. Raises NotFound."""
    if not SLUG.fullmatch(slug):
        raise NotFound()
    group = get_group_by_slug(slug)
    acts = _acts(group.id)
    events = _events(group.id)
    live = [event for event in events if event.superseded_at is None]
    missions = [m for m in _missions(group.id) if m.superseded_at is None]
    leads = _leaderships(group.id)
    reports = _reports(group.id, day)
    mission = next((m for m in reversed(missions) if m.effective_on <= day), None)
    semester = period_of(day, Every.SEMESTER)
    return Sheet(
        group=group,
        event=next((event for event in reversed(live) if event.effective_on <= day), None),
        coming=[event for event in live if event.effective_on > day],
        mission=mission,
        mission_act=acts.get(mission.act_id) if mission else None,
        leads=[lead for lead in leads if _leads_on(lead, day)],
        report=reports[0] if reports else None,
        trend=trend_of(group.id, on=day),
        story=tell(day, acts, events, missions, leads, reports),
        semester=semester,
        objectives=_objectives(group.id, semester, day),
        actions=open_of_group(group.id, GroupSubjects().acts_of(group.id)),
        followed_by=list(
            db.session.scalars(
                select(ProjectGroup).where(ProjectGroup.follows_id == group.id).order_by(ProjectGroup.name)
            )
        ),
    )


def _leads_on(lead: Leadership, day: date) -> bool:
    return lead.from_on <= day and (lead.until_on is None or lead.until_on >= day)


def _acts(group_id: int) -> dict[int, Act]:
    """Every act that concerns a group and took force, by id."""
    ties = union(
        *(
            select(tie.act_id).where(tie.group_id == group_id)
            for tie in (StatusEvent, GroupAct, Leadership, Mission)
        )
    ).subquery()
    statement = select(Act).where(
        Act.id.in_(select(ties.c.act_id)), Act.state.in_((ActState.IN_FORCE, ActState.RECTIFIED))
    )
    return {act.id: act for act in db.session.scalars(statement)}


def _events(group_id: int) -> list[StatusEvent]:
    """The group's status events, oldest effect first, the last recorded winning a tie."""
    return list(
        db.session.scalars(
            select(StatusEvent)
            .where(StatusEvent.group_id == group_id)
            .order_by(
                StatusEvent.effective_on, StatusEvent.decided_on, StatusEvent.item_order, StatusEvent.id
            )
        )
    )


def _missions(group_id: int) -> list[Mission]:
    statement = select(Mission).where(Mission.group_id == group_id).order_by(Mission.effective_on, Mission.id)
    return list(db.session.scalars(statement))


def _leaderships(group_id: int) -> list[Leadership]:
    statement = (
        select(Leadership).where(Leadership.group_id == group_id).order_by(Leadership.from_on, Leadership.id)
    )
    return list(db.session.scalars(statement))


def _reports(group_id: int, day: date) -> list[ProgressReport]:
    return list(
        db.session.scalars(
            select(ProgressReport)
            .where(ProgressReport.group_id == group_id, ProgressReport.reported_on <= day)
            .order_by(ProgressReport.reported_on.desc(), ProgressReport.id.desc())
            .limit(STORY_REPORTS)
        )
    )


def _objectives(group_id: int, semester: Period, day: date) -> list[ObjectiveLine]:
    found = db.session.scalars(
        select(SemesterObjective)
        .where(
            SemesterObjective.group_id == group_id,
            SemesterObjective.semester == semester.code,
            or_(SemesterObjective.withdrawn_at.is_(None), SemesterObjective.events.any()),
        )
        .order_by(SemesterObjective.id)
    )
    return [_line(objective, day) for objective in found]


def _line(objective: SemesterObjective, day: date) -> ObjectiveLine:
    state, score = ObjectiveState.PROPOSED, None
    for event in objective.events:
        if event.superseded_at is not None or event.act.effective_on > day:
            continue
        if event.kind is ObjectiveMotionKind.SCORE:
            state, score = ObjectiveState.SCORED, event.score
        else:
            state = ObjectiveState.ADOPTED
    return ObjectiveLine(objective.id, objective.title, state, score)
