"""Reads of semester objectives: each with its state, folded from the events of acts in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    Integer,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from tnt.committees.models import Committee
from tnt.core import clock
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.statements import one_of
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, competent_committee
from tnt.objectives.models import ObjectiveEvent, ObjectiveMotion, SemesterObjective
from tnt.objectives.rules import (
    SEMESTERS_AHEAD,
    EventFact,
    FollowUp,
    ObjectiveMotionKind,
    ObjectiveState,
    Score,
    latest_event,
    state_after,
    state_of,
)
from tnt.programme.rules import Every, Period, period_of
from tnt.projects.models import ProjectGroup, Workstream
from tnt.projects.queries import list_groups, statuses_on
from tnt.projects.rules import GroupStatus

# an act that was rectified keeps its events until the rectifying act supersedes them
IN_FORCE = frozenset({ActState.IN_FORCE, ActState.RECTIFIED})


@dataclass(frozen=True, slots=True)
class Standing:
    """An objective with what the decisions in force made of it."""

    objective: SemesterObjective
    state: ObjectiveState
    adopted_by: Act | None = None
    scored_by: Act | None = None
    score: Score | None = None
    follow_up: FollowUp | None = None
    comment: str = ""


class BoardLine(NamedTuple):
    """An objective as the list of its semester shows it, with the act that gives it its state."""

    id: int
    title: str
    group: str
    workstream: str
    kind: ObjectiveMotionKind | None
    score: Score | None
    act_id: int | None
    number: str | None
    reference: str | None
    authority: str | None

    @property
    def state(self) -> ObjectiveState:
        """Where the objective is; a withdrawn one is not on the board."""
        return state_after(self.kind, withdrawn=False)

    @property
    def act_label(self) -> str:
        """The number, or the own reference of a past act."""
        return self.number or self.reference or self.authority or ""


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the objectives of a semester, by workstream."""

    blocks: list[tuple[str, list[BoardLine]]]
    page: int
    last: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many objectives of a semester are where; withdrawn ones are left out of `total`."""

    total: int
    proposed: int
    adopted: int
    scored: int
    reached: int
    partly: int
    not_reached: int
    abandoned: int
    withdrawn: int = 0

    @property
    def committed(self) -> int:
        """Adopted ones, scored since or not: what the programme committed to."""
        return self.adopted + self.scored


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where an objective comes from and what it became."""

    before: list[SemesterObjective]  # oldest first
    after: list[SemesterObjective]


_COMMITTEE = select(Committee.id).where(Committee.key == bindparam("key", type_=String()))


def coordination_id() -> int | None:
    """The id of the committee that adopts objectives, if it is loaded."""
    key = competent_committee(ActKind.ADOPT_OBJECTIVE)
    return db.session.connection().execute(_COMMITTEE, {"key": key}).scalar()


def get_objective(objective_id: int) -> SemesterObjective:
    """The objective of that id. Raises NotFound."""
    objective = db.session.get(SemesterObjective, objective_id)
    if objective is None:
        raise NotFound()
    return objective


def get_motion(motion_id: int) -> ObjectiveMotion:
    """The motion of that id. Raises NotFound."""
    motion = db.session.get(ObjectiveMotion, motion_id)
    if motion is None:
        raise NotFound()
    return motion


def fact_of(event: ObjectiveEvent) -> EventFact:
    """An event as the pure fold sees it."""
    return EventFact(
        kind=event.kind,
        decided_on=event.act.decided_on,
        item_order=event.act.item_order,
        recorded_at=event.recorded_at,
        in_force=event.act.state in IN_FORCE,
        superseded_at=event.superseded_at,
        score=event.score,
        follow_up=event.follow_up,
    )


def last_event_id(objective_id: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """The event that gives an objective its state now: the SQL twin of `rules.latest_event`."""
    event = aliased(ObjectiveEvent)
    return (
        select(event.id)
        .join(Act, Act.id == event.act_id)
        .where(
            event.objective_id == objective_id,
            event.superseded_at.is_(None),
            one_of(Act.state, sorted(IN_FORCE)),
        )
        .order_by(Act.decided_on.desc(), Act.item_order.desc(), event.recorded_at.desc(), event.id)
        .limit(1)
        .correlate_except(event, Act)
        .scalar_subquery()
    )


def last_fact(objective: SemesterObjective, known_at: datetime | None = None) -> EventFact | None:
    """The fact that gives an objective its state; None while proposed."""
    return latest_event((fact_of(event) for event in objective.events), known_at)


def current_state(objective: SemesterObjective, known_at: datetime | None = None) -> ObjectiveState:
    """Where an objective is, as known at an instant."""
    return state_of(last_fact(objective, known_at), _withdrawn(objective, known_at))


def _withdrawn(objective: SemesterObjective, known_at: datetime | None) -> bool:
    at = objective.withdrawn_at
    return at is not None and (known_at is None or at <= known_at)


def standing_of(objective: SemesterObjective, known_at: datetime | None = None) -> Standing:
    """An objective with its state and the acts that gave it."""
    live = {
        kind: event
        for kind in ObjectiveMotionKind
        if (event := _last_event(objective, kind, known_at)) is not None
    }
    adoption, scoring = live.get(ObjectiveMotionKind.ADOPT), live.get(ObjectiveMotionKind.SCORE)
    return Standing(
        objective=objective,
        state=current_state(objective, known_at),
        adopted_by=adoption.act if adoption else None,
        scored_by=scoring.act if scoring else None,
        score=scoring.score if scoring else None,
        follow_up=scoring.follow_up if scoring else None,
        comment=scoring.comment if scoring else "",
    )


def _last_event(
    objective: SemesterObjective, kind: ObjectiveMotionKind, known_at: datetime | None
) -> ObjectiveEvent | None:
    facts = {fact_of(event): event for event in objective.events if event.kind is kind}
    latest = latest_event(facts, known_at)
    return facts[latest] if latest else None


def _loaded() -> Select[SemesterObjective]:
    """Objectives with all that a list shows, in a fixed number of queries."""
    return select(SemesterObjective).options(
        joinedload(SemesterObjective.group).joinedload(ProjectGroup.workstream),
        selectinload(SemesterObjective.events).joinedload(ObjectiveEvent.act),
    )


def list_standings(
    semester: str, *, group_id: int | None = None, known_at: datetime | None = None
) -> list[Standing]:
    """The objectives of a semester with their states, by workstream, group, then date of proposal."""
    statement = (
        _loaded()
        .join(SemesterObjective.group)
        .join(ProjectGroup.workstream)
        .where(SemesterObjective.semester == semester)
        .order_by(Workstream.position, ProjectGroup.name, SemesterObjective.created_at, SemesterObjective.id)
    )
    if group_id is not None:
        statement = statement.where(SemesterObjective.group_id == group_id)
    if known_at is not None:
        statement = statement.where(SemesterObjective.created_at <= known_at)
    return [standing_of(objective, known_at) for objective in db.session.scalars(statement)]


def list_of_group(group_id: int) -> list[Standing]:
    """Every objective of a group with its state, newest semester first."""
    statement = (
        _loaded()
        .where(SemesterObjective.group_id == group_id)
        .order_by(SemesterObjective.semester.desc(), SemesterObjective.created_at, SemesterObjective.id)
    )
    return [standing_of(objective) for objective in db.session.scalars(statement)]


BOARD_LENGTH = 50
_semester = bindparam("semester", type_=String())
_TALLY = (
    select(
        ObjectiveEvent.kind,
        ObjectiveEvent.score,
        SemesterObjective.withdrawn_at.is_not(None).label("withdrawn"),
        func.count().label("number"),
    )
    .select_from(SemesterObjective)
    .outerjoin(ObjectiveEvent, ObjectiveEvent.id == last_event_id(SemesterObjective.id))
    .where(SemesterObjective.semester == _semester)
    .group_by(ObjectiveEvent.kind, ObjectiveEvent.score, SemesterObjective.withdrawn_at.is_not(None))
)


def tally(semester: str) -> Tally:
    """How many objectives of a semester are where."""
    states: Counter[ObjectiveState] = Counter()
    scores: Counter[Score] = Counter()
    for row in db.session.connection().execute(_TALLY, {"semester": semester}):
        state = state_after(row.kind, withdrawn=row.withdrawn)
        states[state] += row.number
        if state is ObjectiveState.SCORED and row.score is not None:
            scores[row.score] += row.number
    return Tally(
        total=states.total() - states[ObjectiveState.WITHDRAWN],
        proposed=states[ObjectiveState.PROPOSED],
        adopted=states[ObjectiveState.ADOPTED],
        scored=states[ObjectiveState.SCORED],
        reached=scores[Score.REACHED],
        partly=scores[Score.PARTLY],
        not_reached=scores[Score.NOT_REACHED],
        abandoned=scores[Score.ABANDONED],
        withdrawn=states[ObjectiveState.WITHDRAWN],
    )


# the page is cut first: what decided on an objective is then looked up for the fifty shown
_decided = (
    select(ObjectiveEvent.id)
    .join(Act, Act.id == ObjectiveEvent.act_id)
    .where(
        ObjectiveEvent.objective_id == SemesterObjective.id,
        ObjectiveEvent.superseded_at.is_(None),
        one_of(Act.state, sorted(IN_FORCE)),
    )
    .correlate(SemesterObjective)
    .exists()
)
_shown = (
    select(
        SemesterObjective.id,
        SemesterObjective.title,
        SemesterObjective.created_at,
        ProjectGroup.name.label("group_name"),
        Workstream.name.label("workstream"),
        Workstream.position,
        Workstream.id.label("workstream_id"),
    )
    .join(ProjectGroup, ProjectGroup.id == SemesterObjective.group_id)
    .join(Workstream, Workstream.id == ProjectGroup.workstream_id)
    .where(SemesterObjective.semester == _semester, or_(SemesterObjective.withdrawn_at.is_(None), _decided))
    .order_by(
        Workstream.position,
        Workstream.id,
        ProjectGroup.name,
        SemesterObjective.created_at,
        SemesterObjective.id,
    )
    .limit(BOARD_LENGTH)
    .offset(bindparam("offset", type_=Integer()))
    .subquery()
)
_BOARD = (
    select(
        _shown.c.id,
        _shown.c.title,
        _shown.c.group_name,
        _shown.c.workstream,
        ObjectiveEvent.kind,
        ObjectiveEvent.score,
        Act.id.label("act_id"),
        Act.number,
        Act.reference,
        Act.authority,
    )
    .select_from(_shown)
    .outerjoin(ObjectiveEvent, ObjectiveEvent.id == last_event_id(_shown.c.id))
    .outerjoin(Act, Act.id == ObjectiveEvent.act_id)
    .order_by(
        _shown.c.position, _shown.c.workstream_id, _shown.c.group_name, _shown.c.created_at, _shown.c.id
    )
)


def list_board(semester: str, total: int, asked: int = 1) -> Board:
    """A page of the `total` objectives of a semester that were not withdrawn, by workstream and group.

    A page that does not exist gives the nearest one.
    """
    last = max(1, -(-total // BOARD_LENGTH))
    page = max(1, min(asked, last))
    values = {"semester": semester, "offset": (page - 1) * BOARD_LENGTH}
    blocks: list[tuple[str, list[BoardLine]]] = []
    for row in db.session.connection().execute(_BOARD, values):
        line = BoardLine._make(row)
        if not blocks or blocks[-1][0] != line.workstream:
            blocks.append((line.workstream, []))
        blocks[-1][1].append(line)
    return Board(blocks, page, last)


_WITHDRAWN = (
    select(SemesterObjective.id, SemesterObjective.title, ProjectGroup.name)
    .join(ProjectGroup, ProjectGroup.id == SemesterObjective.group_id)
    .where(SemesterObjective.semester == _semester, SemesterObjective.withdrawn_at.is_not(None), ~_decided)
    .order_by(ProjectGroup.name, SemesterObjective.created_at, SemesterObjective.id)
)


def list_withdrawn(semester: str) -> list[tuple[int, str, str]]:
    """The proposals of a semester that were taken back, as (id, title, group)."""
    return [
        (id_, title, group)
        for id_, title, group in db.session.connection().execute(_WITHDRAWN, {"semester": semester})
    ]


_SEMESTERS = select(SemesterObjective.semester).distinct()


def semesters(today: date) -> list[Period]:
    """The semesters to choose from, newest first: those that hold objectives, the present one, the next."""
    current = period_of(today, Every.SEMESTER)
    codes = db.session.connection().execute(_SEMESTERS).scalars().all()
    known = {Period(int(code[:4]), int(code[6:]), Every.SEMESTER) for code in codes}
    return sorted(known | {current, current.shift(1)}, reverse=True)


def lineage_of(objective: SemesterObjective) -> Lineage:
    """The objectives that this one carries on, and those that carry it on."""
    before: list[SemesterObjective] = []
    older = objective.carried_from
    while older is not None and older not in before:
        before.insert(0, older)
        older = older.carried_from
    after = db.session.scalars(
        select(SemesterObjective)
        .where(SemesterObjective.carried_from_id == objective.id)
        .order_by(SemesterObjective.semester, SemesterObjective.id)
    )
    return Lineage(before, list(after))


def find_same(group_id: int, semester: str, title: str) -> SemesterObjective | None:
    """An objective of that group, semester and title that was not withdrawn."""
    return db.session.scalar(
        select(SemesterObjective)
        .where(
            SemesterObjective.group_id == group_id,
            SemesterObjective.semester == semester,
            func.lower(SemesterObjective.title) == title.lower(),
            SemesterObjective.withdrawn_at.is_(None),
        )
        .limit(1)
    )


def motions_of(objective_id: int) -> list[ObjectiveMotion]:
    """What was drafted for an objective, oldest first."""
    return list(
        db.session.scalars(
            select(ObjectiveMotion)
            .where(ObjectiveMotion.objective_id == objective_id)
            .order_by(ObjectiveMotion.id)
        )
    )


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One moment of an objective's life: « proposed », « entered », « adopt », « score », « withdrawn »."""

    what: str
    on: date
    by: str = ""
    act: Act | None = None
    score: Score | None = None
    follow_up: FollowUp | None = None
    comment: str = ""
    replaced: bool = False  # by a rectifying act


def story_of(objective: SemesterObjective) -> list[StoryLine]:
    """The life of an objective, newest first; what an act in visa would do is not part of it."""
    proposer = objective.proposed_by.full_name if objective.proposed_by else ""
    created = clock.paris_day(objective.created_at)
    lines = [
        StoryLine(
            event.kind.value,
            event.act.decided_on,
            act=event.act,
            score=event.score,
            follow_up=event.follow_up,
            comment=event.comment,
            replaced=event.superseded_at is not None,
        )
        for event in sorted(objective.events, key=lambda event: fact_of(event).order)
        if event.act.state in IN_FORCE
    ]
    if lines and lines[0].on < created:  # the past was entered later: the proposal's own day is not known
        lines.append(StoryLine("entered", created, by=proposer))
    else:
        lines.insert(0, StoryLine("proposed", created, by=proposer))
    if objective.withdrawn_at is not None:
        lines.append(StoryLine("withdrawn", clock.paris_day(objective.withdrawn_at)))
    return sorted(lines, key=lambda line: line.on)[::-1]


def groups_to_choose(group_ids: Iterable[int] | None, today: date) -> list[tuple[int, str]]:
    """The groups to propose for, as (id, name): all, or those ids; ended ones left out."""
    ended = {
        group_id
        for group_id, event in statuses_on(today).items()
        if event.status in {GroupStatus.STOPPED, GroupStatus.NOT_RETAINED}
    }
    allowed = None if group_ids is None else set(group_ids)
    return [
        (group.id, group.name)
        for group in list_groups()
        if group.id not in ended and (allowed is None or group.id in allowed)
    ]


def semesters_to_propose(today: date, *, past: bool) -> list[Period]:
    """The semesters to propose for, the present one first; the last four past ones where allowed."""
    current = period_of(today, Every.SEMESTER)
    ahead = [current.shift(step) for step in range(SEMESTERS_AHEAD + 1)]
    return ahead + ([current.shift(-step) for step in range(1, 5)] if past else [])
