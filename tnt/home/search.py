"""Search over what the reader may see: acts, groups, objectives, sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from tnt.committees.models import Committee
from tnt.core import words
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.decisions.queries import Filters, Row, search_acts
from tnt.meetings.models import Meeting
from tnt.objectives.models import SemesterObjective
from tnt.projects.models import ProjectGroup, Workstream

MOST = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What answers, by kind; at most ten of each."""

    acts: list[Row] = field(default_factory=list)
    acts_total: int = 0
    groups: list[ProjectGroup] = field(default_factory=list)
    objectives: list[SemesterObjective] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing answers."""
        return not (self.acts or self.groups or self.objectives or self.meetings)


def search_for(actor: Actor, query: str) -> Found:
    """What answers all the words of a query, among what the actor may read."""
    sought = words.words(query)
    if not sought:
        return Found()
    acts = search_acts(actor, Filters(text=query))
    return Found(
        acts=list(acts.rows)[:MOST],
        acts_total=acts.total,
        groups=_groups(sought),
        objectives=_objectives(sought),
        meetings=_meetings(actor, sought),
    )


def _answers(text: str, sought: Iterable[str]) -> bool:
    plain = words.plain(text)
    return all(word in plain for word in sought)


def _groups(sought: list[str]) -> list[ProjectGroup]:
    statement = select(ProjectGroup).join(Workstream).order_by(Workstream.position, ProjectGroup.name)
    return [
        group
        for group in db.session.scalars(statement)
        if _answers(f"{group.name} {group.proposed_mission} {group.workstream.name}", sought)
    ][:MOST]


def _objectives(sought: list[str]) -> list[SemesterObjective]:
    statement = (
        select(SemesterObjective.id, SemesterObjective.title, SemesterObjective.measure)
        .where(SemesterObjective.withdrawn_at.is_(None))
        .order_by(SemesterObjective.semester.desc(), SemesterObjective.id.desc())
    )
    ids = [
        key for key, title, measure in db.session.execute(statement) if _answers(f"{title} {measure}", sought)
    ]
    if not ids:
        return []
    return list(
        db.session.scalars(
            select(SemesterObjective)
            .where(SemesterObjective.id.in_(ids[:MOST]))
            .order_by(SemesterObjective.semester.desc())
        )
    )


def _meetings(actor: Actor, sought: list[str]) -> list[Meeting]:
    statement = select(Meeting).join(Committee).order_by(Meeting.starts_at.desc())
    if not actor.has_any("programme_manager"):
        statement = statement.where(Meeting.committee_id.in_(list(actor.scopes("member"))))
    return [
        meeting
        for meeting in db.session.scalars(statement)
        if _answers(f"{meeting.committee.name} {meeting.period} {meeting.place} seance", sought)
    ][:MOST]
