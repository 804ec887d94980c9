"""Proposing, adopting, scoring objectives, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.objectives import factories as make
from tnt.committees.models import Committee
from tnt.core import journal
from tnt.core.access import Actor, Grant
from tnt.core.db import db
from tnt.core.errors import DomainError, Forbidden, NotFound, Stale
from tnt.decisions.rules import ActState
from tnt.objectives import queries, rules, services
from tnt.objectives.models import SemesterObjective
from tnt.objectives.rules import FollowUp, ObjectiveMotionKind, ObjectiveState, Score
from tnt.projects.models import GroupAct, ProjectGroup
from tnt.projects.rules import GroupStatus, StopKind

SCORE = ObjectiveMotionKind.SCORE


@pytest.fixture
def committee(app: Flask) -> Committee:
    return make.make_coordination()


@pytest.fixture
def group(committee: Committee) -> ProjectGroup:
    group = make.make_group(make.make_workstream())
    make.set_status(group, committee)
    return group


def state(objective: SemesterObjective) -> ObjectiveState:
    """The state as a fresh read gives it."""
    db.session.expire_all()
    return queries.current_state(queries.get_objective(objective.id))


def test_the_lead_and_the_secretariat_propose(committee: Committee, group: ProjectGroup) -> None:
    lead, secretary = make.lead_of(group), make.secretary_of(committee)
    for actor, title in ((lead, "Raccorder"), (secretary, "Former")):
        objective = services.propose_objective(
            actor, group_id=group.id, semester="2026-S2", title=f" {title} ", measure=" combien "
        )
        assert (objective.title, objective.measure, state(objective)) == (title, "combien", "proposed")
    actions = db.session.scalars(db.select(journal.JournalEntry.action)).all()
    assert actions == ["objective.propose", "objective.propose"]


def test_nobody_else_proposes(committee: Committee, group: ProjectGroup) -> None:
    strangers = [
        make.actor(),
        make.actor(None, Grant("lead", group.id + 1)),
        make.actor(None, Grant("member", committee.id)),
        make.actor(None, Grant("secretary", committee.id + 1)),
        make.actor(None, Grant("programme_manager")),
    ]
    for stranger in strangers:
        with pytest.raises(Forbidden):
            services.propose_objective(stranger, group_id=group.id, semester="2026-S2", title="Raccorder")
    assert journal.count() == 0


def test_the_past_is_entered_by_the_secretariat_only(committee: Committee, group: ProjectGroup) -> None:
    old = {"group_id": group.id, "semester": "2025-S1", "title": "Raccorder"}
    with pytest.raises(rules.SemesterOver):
        services.propose_objective(make.lead_of(group), **old)
    assert services.propose_objective(make.secretary_of(committee), **old).semester == "2025-S1"


def test_a_group_that_ended_takes_no_objective(committee: Committee, group: ProjectGroup) -> None:
    make.set_status(group, committee, GroupStatus.STOPPED, date(2026, 6, 1), StopKind.ACHIEVED)
    for actor in (make.lead_of(group), make.secretary_of(committee)):
        with pytest.raises(services.GroupEnded):
            services.propose_objective(actor, group_id=group.id, semester="2026-S2", title="Raccorder")
    past = services.propose_objective(
        make.secretary_of(committee), group_id=group.id, semester="2026-S1", title="Raccorder"
    )
    assert state(past) is ObjectiveState.PROPOSED


def test_the_same_objective_is_not_proposed_twice(group: ProjectGroup) -> None:
    first = make.propose(group, "Raccorder")
    with pytest.raises(services.SameObjective):
        make.propose(group, " raccorder ")
    make.propose(group, "Raccorder", "2027-S1")
    services.withdraw_objective(make.lead_of(group), first.id)
    make.propose(group, "Raccorder")


def test_unknown_things_are_not_found(group: ProjectGroup, committee: Committee) -> None:
    with pytest.raises(NotFound):
        services.propose_objective(
            make.secretary_of(committee), group_id=999, semester="2026-S2", title="Raccorder"
        )
    with pytest.raises(NotFound):
        services.withdraw_objective(make.lead_of(group), 999)


def test_rewording_and_withdrawing_stop_at_the_adoption(committee: Committee, group: ProjectGroup) -> None:
    objective, lead = make.propose(group), make.lead_of(group)
    services.reword_objective(lead, objective.id, title="Raccorder mieux", measure="", expected_version=1)
    assert (objective.title, objective.version) == ("Raccorder mieux", 2)
    with pytest.raises(Stale):
        services.reword_objective(lead, objective.id, title="Autre", measure="", expected_version=1)
    with pytest.raises(Forbidden):
        services.reword_objective(make.actor(), objective.id, title="Autre", measure="")
    make.decide(objective, committee)
    with pytest.raises(rules.AlreadyDecided):
        services.reword_objective(lead, objective.id, title="Autre", measure="")
    with pytest.raises(rules.AlreadyDecided):
        services.withdraw_objective(lead, objective.id)


def test_withdrawing_twice_changes_nothing(group: ProjectGroup) -> None:
    objective, lead = make.propose(group), make.lead_of(group)
    with pytest.raises(Forbidden):
        services.withdraw_objective(make.actor(), objective.id)
    services.withdraw_objective(lead, objective.id)
    entries = journal.count()
    services.withdraw_objective(lead, objective.id)
    assert (state(objective), journal.count()) == (ObjectiveState.WITHDRAWN, entries)
    with pytest.raises(rules.ForbiddenObjectiveStep):
        services.draft_motion(lead, objective_id=objective.id, kind=ObjectiveMotionKind.ADOPT)


def test_a_decision_adopts_and_its_group_knows_it(committee: Committee, group: ProjectGroup) -> None:
    objective = make.propose(group)
    motion, act = make.decide(objective, committee)
    assert state(objective) is ObjectiveState.ADOPTED
    assert db.session.get(GroupAct, (group.id, act.id)) is not None
    [line] = services.describe_motion(motion, act.decided_on)
    assert line.kind == "objective"
    assert line.message % line.params == (
        "L’objectif «\u00a0Raccorder 1 500 communes\u00a0» (Urbanisme, S2\u00a02026) est adopté."
    )


def test_an_act_in_visa_gives_no_state(committee: Committee, group: ProjectGroup) -> None:
    objective = make.propose(group)
    motion = services.draft_motion(
        make.lead_of(group), objective_id=objective.id, kind=ObjectiveMotionKind.ADOPT
    )
    act = make.make_act(committee, state=ActState.IN_VISA)
    services.carry_out(make.secretary_of(committee), motion, act)
    assert state(objective) is ObjectiveState.PROPOSED


@pytest.mark.parametrize(
    ("score", "follow_up", "amended", "carried"),
    [
        (Score.REACHED, None, "", None),
        (Score.ABANDONED, None, "", None),
        (Score.REACHED, FollowUp.RENEWED, "", None),
        (Score.PARTLY, FollowUp.RENEWED, "", "Raccorder 1 500 communes"),
        (Score.NOT_REACHED, FollowUp.AMENDED, "Raccorder 1 200 communes", "Raccorder 1 200 communes"),
        (Score.NOT_REACHED, FollowUp.DROPPED, "", None),
    ],
)
def test_scoring_forces_what_follows(
    committee: Committee,
    group: ProjectGroup,
    score: Score,
    follow_up: FollowUp | None,
    amended: str,
    carried: str | None,
) -> None:
    objective = make.propose(group)
    make.adopt_and_score(objective, committee, score, follow_up=follow_up, amended_title=amended)
    assert state(objective) is ObjectiveState.SCORED
    assert queries.standing_of(objective).score is score
    after = queries.lineage_of(objective).after
    assert [(each.title, each.semester, each.measure) for each in after] == (
        [(carried, "2027-S1", objective.measure)] if carried else []
    )
    for each in after:
        assert state(each) is ObjectiveState.PROPOSED
        assert queries.lineage_of(each).before == [objective]


def test_a_scoring_says_what_follows(committee: Committee, group: ProjectGroup) -> None:
    objective = make.propose(group)
    make.decide(objective, committee)
    motion = services.draft_motion(
        make.lead_of(group),
        objective_id=objective.id,
        kind=SCORE,
        score=Score.NOT_REACHED,
        follow_up=FollowUp.AMENDED,
        amended_title="Raccorder 1 200 communes",
    )
    lines = [line.message % line.params for line in services.describe_motion(motion, date(2026, 12, 15))]
    assert lines == [
        "L’objectif «\u00a0Raccorder 1 500 communes\u00a0» (Urbanisme, S2\u00a02026) "
        "est évalué «\u00a0non atteint\u00a0».",
        "Il est amendé\u00a0: «\u00a0Raccorder 1 200 communes\u00a0» est proposé pour le S1\u00a02027.",
    ]


def test_a_second_decision_on_the_same_step_is_refused(committee: Committee, group: ProjectGroup) -> None:
    objective, secretary = make.propose(group), make.secretary_of(committee)
    first, second = (
        services.draft_motion(secretary, objective_id=objective.id, kind=ObjectiveMotionKind.ADOPT)
        for _ in range(2)
    )
    services.carry_out(secretary, first, make.make_act(committee))
    act, entries = make.make_act(committee), journal.count()
    for attempt in (services.check_motion_applies, lambda motion: services.carry_out(secretary, motion, act)):
        with pytest.raises(rules.ForbiddenObjectiveStep):
            attempt(second)
    assert (journal.count(), len(objective.events)) == (entries, 1)


def test_one_act_decides_once_on_an_objective(committee: Committee, group: ProjectGroup) -> None:
    objective = make.propose(group)
    _motion, act = make.decide(objective, committee)
    again = services.draft_motion(
        make.secretary_of(committee), objective_id=objective.id, kind=SCORE, score=Score.REACHED
    )
    with pytest.raises(IntegrityError):
        services.carry_out(make.secretary_of(committee), again, act)


def test_decisions_follow_each_other_in_time(committee: Committee, group: ProjectGroup) -> None:
    objective = make.propose(group)
    make.decide(objective, committee, decided_on=date(2026, 9, 22))
    with pytest.raises(rules.ScoredBeforeAdopted):
        make.decide(objective, committee, SCORE, date(2026, 9, 1), Score.REACHED)


def test_no_adoption_for_a_group_stopped_meanwhile(committee: Committee, group: ProjectGroup) -> None:
    objective = make.propose(group)
    make.set_status(group, committee, GroupStatus.STOPPED, date(2026, 9, 1), StopKind.MERGED)
    with pytest.raises(services.GroupEnded):
        make.decide(objective, committee, decided_on=date(2026, 9, 22))


def test_who_drafts_and_revises(committee: Committee, group: ProjectGroup) -> None:
    objective, secretary = make.propose(group), make.secretary_of(committee)
    make.decide(objective, committee)
    with pytest.raises(Forbidden):
        services.draft_motion(make.actor(), objective_id=objective.id, kind=SCORE, score=Score.REACHED)
    motion = services.draft_motion(secretary, objective_id=objective.id, kind=SCORE, score=Score.REACHED)
    with pytest.raises(Forbidden):
        services.revise_motion(make.actor(), motion.id, score=Score.PARTLY)
    with pytest.raises(rules.MissingFollowUp):
        services.revise_motion(secretary, motion.id, score=Score.PARTLY)
    revised = services.revise_motion(
        make.lead_of(group),
        motion.id,
        score=Score.PARTLY,
        follow_up=FollowUp.RENEWED,
        amended_title="ignoré",
        expected_version=1,
    )
    assert (revised.score, revised.follow_up, revised.amended_title, revised.version) == (
        "partly",
        "renewed",
        "",
        2,
    )
    with pytest.raises(Stale):
        services.revise_motion(secretary, motion.id, score=Score.REACHED, expected_version=1)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"title": "x"}, rules.UntitledObjective),
        ({"semester": "2026-T4"}, rules.WrongSemester),
        ({"semester": "2029-S1"}, rules.SemesterTooFar),
        ({"measure": "x" * 2_001}, rules.MeasureTooLong),
    ],
)
def test_bad_input_writes_nothing(
    group: ProjectGroup, values: dict[str, str], refusal: type[DomainError]
) -> None:
    good = {"semester": "2026-S2", "title": "Raccorder", "measure": ""}
    with pytest.raises(refusal):
        services.propose_objective(make.lead_of(group), group_id=group.id, **(good | values))
    assert queries.list_standings("2026-S2") == []
    assert journal.count() == 0


def test_the_tally_counts_words(committee: Committee, group: ProjectGroup) -> None:
    make.propose(group, "Proposé")
    withdrawn = make.propose(group, "Retiré")
    services.withdraw_objective(make.lead_of(group), withdrawn.id)
    make.decide(make.propose(group, "Adopté"), committee)
    make.adopt_and_score(make.propose(group, "Atteint"), committee, Score.REACHED)
    make.adopt_and_score(
        make.propose(group, "Manqué"), committee, Score.NOT_REACHED, follow_up=FollowUp.DROPPED
    )
    counted = queries.tally("2026-S2")
    assert (counted.total, counted.proposed, counted.committed, counted.scored, counted.reached) == (
        4,
        1,
        3,
        2,
        1,
    )


def test_the_system_may_do_it_all(group: ProjectGroup) -> None:
    assert services.is_secretary(Actor(None, "Système", is_system=True))
    assert make.propose(group, semester="2025-S1").semester == "2025-S1"
