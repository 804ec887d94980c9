"""The semester objective: proposed → adopted by decision → scored by decision, with a follow-up.

What is not reached never ends silently: it is renewed, amended or dropped.
"""

from __future__ import annotations

from enum import StrEnum

from tnt.core.errors import N_, DomainError


class ObjectiveState(StrEnum):
    """Where an objective is."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    SCORED = "scored"


class Score(StrEnum):
    """How an objective ended."""

    REACHED = "reached"
    PARTLY = "partly"
    NOT_REACHED = "not_reached"
    ABANDONED = "abandoned"


class FollowUp(StrEnum):
    """What becomes of an objective that was not fully reached."""

    RENEWED = "renewed"
    AMENDED = "amended"
    DROPPED = "dropped"


class ObjectiveMotionKind(StrEnum):
    """What an agenda item asks for an objective."""

    ADOPT = "adopt"
    SCORE = "score"


TRANSITIONS: dict[ObjectiveState, dict[ObjectiveMotionKind, ObjectiveState]] = {
    ObjectiveState.PROPOSED: {ObjectiveMotionKind.ADOPT: ObjectiveState.ADOPTED},
    ObjectiveState.ADOPTED: {ObjectiveMotionKind.SCORE: ObjectiveState.SCORED},
    ObjectiveState.SCORED: {},
}
FOLLOWED = frozenset({Score.PARTLY, Score.NOT_REACHED})


class ForbiddenObjectiveStep(DomainError):
    """The objective is not where that step starts."""

    message = N_("L’objectif « %(objective)s » est « %(state)s » : cette décision n’est pas possible.")
    field = "motion"


class MissingScore(DomainError):
    """A score is named."""

    message = N_("Choisissez le résultat : atteint, partiellement atteint, non atteint ou abandonné.")
    field = "score"


class MissingFollowUp(DomainError):
    """A not-reached objective has a follow-up."""

    message = N_("Un objectif qui n’est pas atteint est reconduit, amendé ou abandonné : choisissez.")
    field = "follow_up"


class MissingAmendment(DomainError):
    """An amended objective has its new wording."""

    message = N_("Indiquez le nouvel énoncé de l’objectif amendé.")
    field = "amended_title"


def check_objective_motion(
    *,
    kind: ObjectiveMotionKind,
    state: ObjectiveState,
    objective: str,
    score: Score | None,
    follow_up: FollowUp | None,
    amended_title: str,
) -> None:
    """Raise the refusal of a motion that the objective's life or its own texts do not allow."""
    if kind not in TRANSITIONS[state]:
        raise ForbiddenObjectiveStep(objective=objective, state=state.value)
    if kind is ObjectiveMotionKind.SCORE:
        if score is None:
            raise MissingScore()
        if score in FOLLOWED and follow_up is None:
            raise MissingFollowUp()
        if follow_up is FollowUp.AMENDED and not amended_title.strip():
            raise MissingAmendment()
