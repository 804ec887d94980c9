"""The life of an objective as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest

from tnt.core.errors import DomainError
from tnt.objectives import rules
from tnt.objectives.rules import (
    EventFact,
    FollowUp,
    ObjectiveMotionKind,
    ObjectiveState,
    Score,
    check_objective_motion,
    check_semester,
    check_texts,
    follow_up_semester,
    latest_event,
    state_of,
)

ADOPT, SCORE = ObjectiveMotionKind.ADOPT, ObjectiveMotionKind.SCORE
ALLOWED = {(ObjectiveState.PROPOSED, ADOPT), (ObjectiveState.ADOPTED, SCORE)}


def ask(
    kind: ObjectiveMotionKind,
    state: ObjectiveState,
    score: Score | None = None,
    follow_up: FollowUp | None = None,
    amended_title: str = "",
    comment: str = "",
) -> type[DomainError] | None:
    """The refusal of a motion, or None."""
    try:
        check_objective_motion(
            kind=kind,
            state=state,
            objective="Raccorder",
            score=score,
            follow_up=follow_up,
            amended_title=amended_title,
            comment=comment,
        )
    except DomainError as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize(("state", "kind"), list(product(ObjectiveState, ObjectiveMotionKind)))
def test_every_step_outside_the_table_is_refused(state: ObjectiveState, kind: ObjectiveMotionKind) -> None:
    expected = None if (state, kind) in ALLOWED else rules.ForbiddenObjectiveStep
    assert ask(kind, state, Score.REACHED) is expected


@pytest.mark.parametrize(
    ("score", "follow_up", "amended", "refusal"),
    [
        (None, None, "", rules.MissingScore),
        (Score.REACHED, None, "", None),
        (Score.ABANDONED, None, "", None),
        (Score.PARTLY, None, "", rules.MissingFollowUp),
        (Score.NOT_REACHED, None, "", rules.MissingFollowUp),
        (Score.PARTLY, FollowUp.RENEWED, "", None),
        (Score.NOT_REACHED, FollowUp.DROPPED, "", None),
        (Score.NOT_REACHED, FollowUp.AMENDED, "", rules.MissingAmendment),
        (Score.NOT_REACHED, FollowUp.AMENDED, "  ", rules.MissingAmendment),
        (Score.NOT_REACHED, FollowUp.AMENDED, "Raccorder", rules.MissingAmendment),
        (Score.NOT_REACHED, FollowUp.AMENDED, "x" * 301, rules.MissingAmendment),
        (Score.NOT_REACHED, FollowUp.AMENDED, "Raccorder moins", None),
    ],
)
def test_what_is_not_reached_has_a_follow_up(
    score: Score | None, follow_up: FollowUp | None, amended: str, refusal: type[DomainError] | None
) -> None:
    assert ask(SCORE, ObjectiveState.ADOPTED, score, follow_up, amended) is refusal


def test_a_comment_stays_readable() -> None:
    assert ask(SCORE, ObjectiveState.ADOPTED, Score.REACHED, comment="x" * 5_000) is None
    assert ask(SCORE, ObjectiveState.ADOPTED, Score.REACHED, comment="x" * 5_001) is rules.CommentTooLong


def fact(kind: ObjectiveMotionKind, day: int, **values: object) -> EventFact:
    """An event of November 2026, recorded the same day."""
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    return EventFact(kind, at.date(), 1, at, **values)  # type: ignore[arg-type]


LATER = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "withdrawn", "state"),
    [
        ([], False, ObjectiveState.PROPOSED),
        ([], True, ObjectiveState.WITHDRAWN),
        ([fact(ADOPT, 2)], False, ObjectiveState.ADOPTED),
        ([fact(ADOPT, 2)], True, ObjectiveState.ADOPTED),
        ([fact(SCORE, 9), fact(ADOPT, 2)], False, ObjectiveState.SCORED),
        ([fact(ADOPT, 2, in_force=False)], False, ObjectiveState.PROPOSED),
        ([fact(ADOPT, 2), fact(SCORE, 9, superseded_at=LATER)], False, ObjectiveState.ADOPTED),
        ([fact(ADOPT, 2), fact(SCORE, 9, in_force=False)], False, ObjectiveState.ADOPTED),
    ],
)
def test_the_state_is_that_of_the_latest_event_in_force(
    facts: list[EventFact], withdrawn: bool, state: ObjectiveState
) -> None:
    assert state_of(latest_event(facts), withdrawn) is state


@pytest.mark.parametrize(
    ("known_on", "state"),
    [(1, ObjectiveState.PROPOSED), (5, ObjectiveState.ADOPTED), (15, ObjectiveState.SCORED), (21, "adopted")],
)
def test_the_state_as_it_was_known(known_on: int, state: str) -> None:
    facts = [fact(ADOPT, 2), fact(SCORE, 9, superseded_at=LATER)]
    seen = latest_event(facts, datetime(2026, 11, known_on, tzinfo=UTC))
    assert state_of(seen, False) == state


@pytest.mark.parametrize(
    ("code", "past_allowed", "refusal"),
    [
        ("2026-S2", False, None),
        ("2027-S2", False, None),
        ("2026-S1", False, rules.SemesterOver),
        ("2024-S1", True, None),
        ("2028-S1", True, rules.SemesterTooFar),
        ("2026-T3", True, rules.WrongSemester),
        ("2026-S3", True, rules.WrongSemester),
        ("", True, rules.WrongSemester),
        ("demain", True, rules.WrongSemester),
    ],
)
def test_which_semesters_can_be_named(
    code: str, past_allowed: bool, refusal: type[DomainError] | None
) -> None:
    if refusal is None:
        check_semester(code, date(2026, 11, 23), past_allowed=past_allowed)
        return
    with pytest.raises(refusal):
        check_semester(code, date(2026, 11, 23), past_allowed=past_allowed)


@pytest.mark.parametrize(
    ("code", "decided_on", "expected"),
    [
        ("2026-S2", date(2026, 12, 15), "2027-S1"),
        ("2026-S2", date(2027, 1, 20), "2027-S1"),
        ("2026-S1", date(2026, 6, 30), "2026-S2"),
        ("2025-S1", date(2026, 12, 15), "2026-S2"),
    ],
)
def test_an_objective_is_carried_to_the_next_semester(code: str, decided_on: date, expected: str) -> None:
    assert follow_up_semester(code, decided_on).code == expected


@pytest.mark.parametrize(
    ("title", "measure", "refusal"),
    [
        ("Oui", "", None),
        (" ou ", "", rules.UntitledObjective),
        ("x" * 301, "", rules.UntitledObjective),
        ("Raccorder", "x" * 2_001, rules.MeasureTooLong),
    ],
)
def test_texts(title: str, measure: str, refusal: type[DomainError] | None) -> None:
    if refusal is None:
        check_texts(title, measure)
        return
    with pytest.raises(refusal):
        check_texts(title, measure)
