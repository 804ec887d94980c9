"""What a session is proposed, from what decisions made of groups and objectives, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.meetings.factories import make_committee, plan
from tests.objectives import factories as make
from tnt.agendas import queries
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.objectives import services as objectives
from tnt.objectives.queries import current_state
from tnt.objectives.rules import ObjectiveMotionKind, ObjectiveState, Score
from tnt.projects.queries import statuses_on
from tnt.projects.rules import GroupStatus

SESSION = date(2026, 12, 15)
CREATED, STOPPED = GroupStatus.CREATED, GroupStatus.STOPPED


@pytest.mark.parametrize(
    ("events", "asked"),
    [
        ([], "create"),
        ([(CREATED, date(2025, 1, 15))], "continue"),
        ([(CREATED, date(2025, 1, 15)), (GroupStatus.REORIENTED, date(2025, 6, 1))], "continue"),
        ([(CREATED, date(2025, 1, 15)), (STOPPED, SESSION)], ""),
        ([(CREATED, date(2025, 1, 15)), (STOPPED, date(2026, 12, 16))], "continue"),  # not yet, that day
        ([(CREATED, date(2026, 12, 16))], "create"),
        ([(GroupStatus.NOT_RETAINED, date(2025, 1, 15))], ""),
    ],
)
def test_a_group_is_proposed_by_its_status_on_the_day(
    app: Flask, events: list[tuple[GroupStatus, date]], asked: str
) -> None:
    committee = make_committee()
    meeting, group = plan(SYSTEM, committee), make.make_group(make.make_workstream())
    for status, day in reversed(events):  # the order of entry does not count
        make.set_status(group, committee, status, day)
    found = [each.key for each in queries.list_proposals(meeting).shown]
    assert found == ([f"groupe-{group.id}-{asked}"] if asked else [])


def test_two_statuses_of_a_day_follow_the_order_of_the_agenda(app: Flask) -> None:
    committee = make_committee()
    meeting, group = plan(SYSTEM, committee), make.make_group(make.make_workstream())
    day = date(2025, 1, 15)
    stopped, _created = make.set_status(group, committee, STOPPED, day), make.set_status(group, committee)
    with transaction():
        stopped.item_order = 2
    assert statuses_on(SESSION)[group.id].status is STOPPED
    assert queries.list_proposals(meeting) == queries.Proposals([])
    with transaction():
        stopped.superseded_at = clock.now()
    assert statuses_on(SESSION)[group.id].status is CREATED
    assert [each.key for each in queries.list_proposals(meeting).shown] == [f"groupe-{group.id}-continue"]


def test_an_objective_is_proposed_by_its_state_and_its_semester(app: Flask) -> None:
    committee = make_committee()
    meeting, group = plan(SYSTEM, committee), make.make_group(make.make_workstream())
    make.set_status(group, committee)
    proposed, past = make.propose(group, "Proposé"), make.propose(group, "Passé", "2026-S1")
    ahead, far = make.propose(group, "À venir", "2027-S1"), make.propose(group, "Plus tard", "2027-S1")
    due, scored = make.propose(group, "À évaluer"), make.propose(group, "Évalué")
    late, gone = make.propose(group, "Échu", "2026-S1"), make.propose(group, "Retiré")
    undone = make.propose(group, "Annulé au visa")
    for objective in (due, late, far):
        make.decide(objective, committee)
    make.adopt_and_score(scored, committee, Score.REACHED)
    objectives.withdraw_objective(make.lead_of(group), gone.id)
    _motion, act = make.decide(undone, committee)
    with transaction() as session:
        session.get_one(Act, act.id).state = ActState.CANCELLED
    assert past.semester < "2026-S2"  # over, and never adopted: neither
    adopted, to_score = "Objectif proposé pour le %(semester)s : à adopter.", "évaluer."
    assert [
        (each.title, each.message if each.key else each.message[-8:])
        for each in queries.list_proposals(meeting).shown[1:]  # after the group
    ] == [
        (ahead.title, adopted),
        (proposed.title, adopted),
        (due.title, to_score),
        (undone.title, adopted),
        (late.title, to_score),
    ]


def test_a_score_given_again_is_the_last_one_that_counts(app: Flask) -> None:
    """What SQL folds and what the rules fold is the same, whatever the order of entry."""
    committee = make_committee()
    meeting, group = plan(SYSTEM, committee), make.make_group(make.make_workstream())
    make.set_status(group, committee)
    objective = make.propose(group)
    make.adopt_and_score(objective, committee, Score.REACHED)
    assert len(queries.list_proposals(meeting).shown) == 1  # the group
    scoring = next(each for each in objective.events if each.kind is ObjectiveMotionKind.SCORE)
    with transaction():
        scoring.superseded_at = clock.now()
    db.session.expire_all()
    assert current_state(objective) is ObjectiveState.ADOPTED
    assert [each.object_id for each in queries.list_proposals(meeting).shown] == [None, objective.id]
