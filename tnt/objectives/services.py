"""What can be done to objectives: propose one, draft what is asked for it, carry out what was decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError, Forbidden, NotFound, check_version
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, EffectLine
from tnt.objectives import queries
from tnt.objectives.models import ObjectiveEvent, ObjectiveMotion, SemesterObjective
from tnt.objectives.rules import (
    CARRIED_ON,
    FOLLOWED,
    AlreadyDecided,
    FollowUp,
    ObjectiveMotionKind,
    ObjectiveState,
    Score,
    check_objective_motion,
    check_order,
    check_semester,
    check_texts,
    follow_up_semester,
    parse_semester,
)
from tnt.programme.rules import Period
from tnt.projects.models import GroupAct, ProjectGroup
from tnt.projects.queries import get_group, status_or_proposed
from tnt.projects.rules import GroupStatus

ACT_KIND_OF = {
    ObjectiveMotionKind.ADOPT: ActKind.ADOPT_OBJECTIVE,
    ObjectiveMotionKind.SCORE: ActKind.SCORE_OBJECTIVE,
}
MOTION_OF = {kind: motion for motion, kind in ACT_KIND_OF.items()}
ENDED = frozenset({GroupStatus.STOPPED, GroupStatus.NOT_RETAINED})

# one sentence a score, so that each can be translated as a whole
SCORE_LINES = {
    Score.REACHED: N_("L’objectif « %(objective)s » (%(group)s, %(semester)s) est évalué « atteint »."),
    Score.PARTLY: N_(
        "L’objectif « %(objective)s » (%(group)s, %(semester)s) est évalué « partiellement atteint »."
    ),
    Score.NOT_REACHED: N_(
        "L’objectif « %(objective)s » (%(group)s, %(semester)s) est évalué « non atteint »."
    ),
    Score.ABANDONED: N_("L’objectif « %(objective)s » (%(group)s, %(semester)s) est évalué « abandonné »."),
}


class GroupEnded(DomainError):
    """A group that ended, or was not retained, takes no new objective."""

    message = N_("Le groupe « %(group)s » n’est plus actif : il ne peut pas recevoir d’objectif.")
    field = "group_id"


class SameObjective(DomainError):
    """Two objectives of one title in one semester would be confused."""

    message = N_("Ce groupe a déjà un objectif de cet intitulé pour ce semestre.")
    field = "title"


class ObjectiveReserved(DomainError):
    """A decision on that objective awaits its visas: its texts are those on which the visas are given."""

    message = N_(
        "L’objectif « %(objective)s » fait l’objet d’une décision en attente de visa (%(act)s) : "
        "il ne change plus d’ici là."
    )


# who tells which decision in visa holds an objective: the effects, which stand above
Reservation = Callable[[int], str | None]
_RESERVATIONS: list[Reservation] = []


def register_reservation(reservation: Reservation) -> None:
    """Say which decision in visa (its label) holds an objective (its id), if any."""
    _RESERVATIONS[:] = [reservation]


def reserved_by(objective_id: int) -> str | None:
    """The label of the decision in visa that holds an objective, if any."""
    return next((label for ask in _RESERVATIONS if (label := ask(objective_id))), None)


def can_propose(actor: Actor, group_id: int) -> bool:
    """Whether the actor may propose and draft for a group: its lead, or coordination's secretariat."""
    return actor.has("lead", group_id) or is_secretary(actor)


def is_secretary(actor: Actor) -> bool:
    """Whether the actor keeps the secretariat of the committee that adopts objectives."""
    committee_id = queries.coordination_id() if actor.has_any("secretary") else None
    return actor.is_system or (committee_id is not None and actor.has("secretary", committee_id))


def may_propose_some(actor: Actor) -> bool:
    """Whether the actor may propose for at least one group."""
    return bool(actor.scopes("lead")) or is_secretary(actor)


def propose_objective(
    actor: Actor, *, group_id: int, semester: str, title: str, measure: str = ""
) -> SemesterObjective:
    """Propose what a group means to reach by the end of a semester; only a decision adopts it.

    Raises Forbidden, NotFound, UntitledObjective, MeasureTooLong, WrongSemester, SemesterOver (a lead),
    SemesterTooFar, GroupEnded, SameObjective.
    """
    if not can_propose(actor, group_id):
        raise Forbidden()
    check_texts(title, measure)
    check_semester(semester, clock.today(), past_allowed=is_secretary(actor))
    with transaction():
        group = get_group(group_id)
        if status_or_proposed(group.id, clock.today()) in ENDED and not _entering_the_past(actor, semester):
            raise GroupEnded(group=group.name)
        if queries.find_same(group.id, semester, title.strip()) is not None:
            raise SameObjective()
        return _add(actor, group, semester, title.strip(), measure.strip(), carried_from_id=None)


def _entering_the_past(actor: Actor, semester: str) -> bool:
    return parse_semester(semester).last_day < clock.today() and is_secretary(actor)


def _add(
    actor: Actor, group: ProjectGroup, semester: str, title: str, measure: str, carried_from_id: int | None
) -> SemesterObjective:
    objective = SemesterObjective(
        group_id=group.id,
        semester=semester,
        title=title,
        measure=measure,
        proposed_by_id=actor.person_id,
        carried_from_id=carried_from_id,
        created_at=clock.now(),
    )
    db.session.add(objective)
    db.session.flush()
    after = {"group": group.name, "semester": semester, "title": title, "measure": measure}
    if carried_from_id is not None:
        after["carried_from"] = str(carried_from_id)
    journal.record(actor, "objective.propose", objective, after=after)
    return objective


def reword_objective(
    actor: Actor, objective_id: int, *, title: str, measure: str, expected_version: int | None = None
) -> SemesterObjective:
    """Change the texts of an objective that is still proposed.

    Raises AlreadyDecided once it is not, ObjectiveReserved once a decision on it awaits its visas.
    """
    check_texts(title, measure)
    with transaction():
        objective = _locked(objective_id)
        if not can_propose(actor, objective.group_id):
            raise Forbidden()
        check_version(expected_version, objective.version)
        _check_proposed(objective)
        same = queries.find_same(objective.group_id, objective.semester, title.strip())
        if same is not None and same.id != objective.id:
            raise SameObjective()
        new = {"title": title.strip(), "measure": measure.strip()}
        before, after = journal.changes(objective, new)
        if after:
            for name, value in after.items():
                setattr(objective, name, value)
            objective.version += 1
            journal.record(actor, "objective.reword", objective, before=before, after=after)
    return objective


def withdraw_objective(actor: Actor, objective_id: int) -> SemesterObjective:
    """Take back a proposal that no decision adopted, nor is about to.

    Raises Forbidden, NotFound, AlreadyDecided, ObjectiveReserved.
    """
    with transaction():
        objective = _locked(objective_id)
        if not can_propose(actor, objective.group_id):
            raise Forbidden()
        if objective.withdrawn_at is not None:
            return objective  # a second click changes nothing
        _check_proposed(objective)
        objective.withdrawn_at = clock.now()
        objective.version += 1
        journal.record(
            actor,
            "objective.withdraw",
            objective,
            before={"state": ObjectiveState.PROPOSED},
            after={"state": ObjectiveState.WITHDRAWN},
        )
    return objective


def _check_proposed(objective: SemesterObjective) -> None:
    if queries.current_state(objective) is not ObjectiveState.PROPOSED:
        raise AlreadyDecided(objective=objective.title)
    label = reserved_by(objective.id)
    if label is not None:
        raise ObjectiveReserved(objective=objective.title, act=label)


def _locked(objective_id: int) -> SemesterObjective:
    """The objective, held until the end of the transaction: two decisions on it follow each other."""
    objective = db.session.get(SemesterObjective, objective_id, with_for_update={"of": SemesterObjective})
    if objective is None:
        raise NotFound()
    return objective


def draft_motion(
    actor: Actor,
    *,
    objective_id: int,
    kind: ObjectiveMotionKind,
    score: Score | None = None,
    comment: str = "",
    follow_up: FollowUp | None = None,
    amended_title: str = "",
) -> ObjectiveMotion:
    """Draft what a committee is asked to decide for an objective.

    Raises Forbidden, NotFound, or the refusal of the objective's life (`check_objective_motion`).
    """
    objective = queries.get_objective(objective_id)
    if not can_propose(actor, objective.group_id):
        raise Forbidden()
    values = _motion_values(kind, score, comment, follow_up, amended_title)
    _check(objective, kind, values)
    with transaction() as session:
        draft = ObjectiveMotion(objective_id=objective_id, kind=kind, created_at=clock.now(), **values)
        session.add(draft)
        session.flush()
        journal.record(
            actor,
            "objective.draft_motion",
            draft,
            after={"objective_id": objective_id, "kind": kind, **values},
        )
    return draft


def revise_motion(
    actor: Actor,
    motion_id: int,
    *,
    score: Score | None = None,
    comment: str = "",
    follow_up: FollowUp | None = None,
    amended_title: str = "",
    expected_version: int | None = None,
) -> ObjectiveMotion:
    """Change the texts of a drafted motion; what is asked itself does not change.

    Raises Forbidden, NotFound, Stale, or the refusal of the objective's life.
    """
    with transaction():
        draft = queries.get_motion(motion_id)
        if not can_propose(actor, draft.objective.group_id):
            raise Forbidden()
        check_version(expected_version, draft.version)
        values = _motion_values(draft.kind, score, comment, follow_up, amended_title)
        _check(draft.objective, draft.kind, values)
        before, after = journal.changes(draft, values)
        if after:
            for name, value in after.items():
                setattr(draft, name, value)
            draft.version += 1
            journal.record(actor, "objective.revise_motion", draft, before=before, after=after)
    return draft


def _motion_values(
    kind: ObjectiveMotionKind, score: Score | None, comment: str, follow_up: FollowUp | None, amended: str
) -> dict[str, Any]:
    """What a motion keeps: an adoption has no score, a reached objective no follow-up."""
    if kind is ObjectiveMotionKind.ADOPT:
        score = None
    kept_follow_up = follow_up if score in FOLLOWED else None
    return {
        "score": score,
        "comment": comment.strip(),
        "follow_up": kept_follow_up,
        "amended_title": amended.strip() if kept_follow_up is FollowUp.AMENDED else "",
    }


def _check(objective: SemesterObjective, kind: ObjectiveMotionKind, values: dict[str, Any]) -> None:
    check_objective_motion(
        kind=kind, state=queries.current_state(objective), objective=objective.title, **values
    )


def check_motion_applies(
    motion: ObjectiveMotion, decided_on: date | None = None, item_order: int = 0
) -> None:
    """Raise the refusal of a motion that the objective no longer allows, or that comes too early for it."""
    objective = motion.objective
    _check(
        objective,
        motion.kind,
        _motion_values(motion.kind, motion.score, motion.comment, motion.follow_up, motion.amended_title),
    )
    day = decided_on or clock.today()
    if motion.kind is ObjectiveMotionKind.ADOPT and _group_ended_before(objective, day):
        raise GroupEnded(group=objective.group.name)
    check_order(queries.last_fact(objective), day, item_order)


def _group_ended_before(objective: SemesterObjective, day: date) -> bool:
    return status_or_proposed(objective.group_id, day) in ENDED


def describe_motion(motion: ObjectiveMotion, decided_on: date) -> list[EffectLine]:
    """What carrying out the motion would do, in sentences."""
    return lines_of(
        motion.objective, motion.kind, motion.score, motion.follow_up, motion.amended_title, decided_on
    )


def lines_of(
    objective: SemesterObjective,
    kind: ObjectiveMotionKind,
    score: Score | None,
    follow_up: FollowUp | None,
    amended_title: str,
    decided_on: date,
) -> list[EffectLine]:
    """What a decision of that content does to an objective, in sentences."""
    params: dict[str, object] = {
        "objective": objective.title,
        "group": objective.group.name,
        "semester": semester_name(parse_semester(objective.semester)),
    }
    if kind is ObjectiveMotionKind.ADOPT or score is None:
        adopted = N_("L’objectif « %(objective)s » (%(group)s, %(semester)s) est adopté.")
        return [EffectLine("objective", adopted, params)]
    lines = [EffectLine("objective", SCORE_LINES[score], params)]
    following = _follow_up_line(objective, follow_up, amended_title, decided_on)
    return [*lines, following] if following else lines


def _follow_up_line(
    objective: SemesterObjective, follow_up: FollowUp | None, amended_title: str, decided_on: date
) -> EffectLine | None:
    if follow_up is None:
        return None
    params: dict[str, object] = {
        "objective": amended_title or objective.title,
        "semester": semester_name(follow_up_semester(objective.semester, decided_on)),
    }
    message = {
        FollowUp.RENEWED: N_("Il est reconduit : « %(objective)s » est proposé pour le %(semester)s."),
        FollowUp.AMENDED: N_("Il est amendé : « %(objective)s » est proposé pour le %(semester)s."),
        FollowUp.DROPPED: N_("L’objectif « %(objective)s » n’est pas reconduit."),
    }[follow_up]
    return EffectLine("follow_up", message, params)


def semester_name(semester: Period) -> str:
    """« S2 2026 », the same in both languages."""
    return f"{semester.short}\u00a0{semester.year}"


def carry_out(actor: Actor, motion: ObjectiveMotion, act: Act) -> ObjectiveEvent:
    """Apply a decided motion: the event, and what carries it on. Inside the caller's transaction.

    Raises the refusal of `check_motion_applies` when the objective no longer allows it.
    """
    with transaction() as session:
        objective = _locked(motion.objective_id)
        check_motion_applies(motion, act.decided_on, act.item_order)
        before = queries.current_state(objective)
        event = ObjectiveEvent(
            objective=objective,
            act=act,
            kind=motion.kind,
            score=motion.score,
            comment=motion.comment,
            follow_up=motion.follow_up,
            recorded_at=clock.now(),
        )
        session.add(event)
        _link_to_group(objective.group_id, act)
        session.flush()
        journal.record(
            actor,
            "objective.adopt" if motion.kind is ObjectiveMotionKind.ADOPT else "objective.score",
            objective,
            before={"state": before},
            after={"act": act.label, "score": motion.score, "follow_up": motion.follow_up},
            committee_id=act.committee_id,
        )
        if motion.follow_up in CARRIED_ON:
            _add(
                actor,
                objective.group,
                follow_up_semester(objective.semester, act.decided_on).code,
                motion.amended_title or objective.title,
                objective.measure,
                carried_from_id=objective.id,
            )
    return event


def _link_to_group(group_id: int, act: Act) -> None:
    """The register finds the act under the group, once."""
    if db.session.get(GroupAct, (group_id, act.id)) is None:
        db.session.add(GroupAct(group_id=group_id, act_id=act.id))


def end_with_group(actor: Actor, objective_id: int, act: Act, words: str) -> None:
    """End an objective with the act that stops its group: « abandonné » once adopted, else withdrawn.

    Raises ScoredBeforeAdopted when a decision on it is more recent than the act.
    """
    with transaction():
        objective = _locked(objective_id)
        state = queries.current_state(objective)
        if state is ObjectiveState.PROPOSED:
            objective.withdrawn_at = clock.now()
            objective.version += 1
        elif state is ObjectiveState.ADOPTED:
            check_order(queries.last_fact(objective), act.decided_on, act.item_order)
            _add_event(objective, act, ObjectiveMotionKind.SCORE, score=Score.ABANDONED, comment=words)
        else:
            return
        _link_to_group(objective.group_id, act)
        after = {"state": queries.current_state(objective), "act": act.label, "comment": words}
        journal.record(
            actor,
            "objective.end_with_group",
            objective,
            before={"state": state},
            after=after,
            committee_id=act.committee_id,
        )


def hand_over(actor: Actor, objective_id: int, act: Act, heir: ProjectGroup) -> SemesterObjective:
    """Have another group carry an objective on, in the same semester; adopted, it stays so by that act.

    Raises ScoredBeforeAdopted when a decision on it is more recent than the act.
    """
    with transaction() as session:
        objective = _locked(objective_id)
        state = queries.current_state(objective)
        end_with_group(actor, objective_id, act, f"Confié au groupe « {heir.name} ».")
        carried = queries.find_same(heir.id, objective.semester, objective.title)
        if carried is None:
            carried = _add(
                actor,
                heir,
                objective.semester,
                objective.title,
                objective.measure,
                carried_from_id=objective.id,
            )
        if state is ObjectiveState.ADOPTED and queries.current_state(carried) is ObjectiveState.PROPOSED:
            _add_event(carried, act, ObjectiveMotionKind.ADOPT)
            _link_to_group(heir.id, act)
        session.flush()
    return carried


def _add_event(
    objective: SemesterObjective,
    act: Act,
    kind: ObjectiveMotionKind,
    *,
    score: Score | None = None,
    comment: str = "",
) -> None:
    db.session.add(
        ObjectiveEvent(
            objective=objective, act=act, kind=kind, score=score, comment=comment, recorded_at=clock.now()
        )
    )
    db.session.flush()
