"""The semester objective: proposed → adopted by decision → scored by decision, with a follow-up.

An objective holds no state: it is that of its latest event, among those of acts in force. What is not
reached never ends silently: it is renewed, amended or dropped. Source 003 speaks of objectives « proposed »
each semester; that the coordination committee adopts and scores them is an interpretation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tnt.core.errors import N_, DomainError, Term
from tnt.programme.rules import Every, Period, parse_period, period_of


class ObjectiveState(StrEnum):
    """Where an objective is; it can be withdrawn by whoever proposes it until it is adopted."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    SCORED = "scored"
    WITHDRAWN = "withdrawn"


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
    ObjectiveState.WITHDRAWN: {},
}
# the scores that need a follow-up; « abandonné » is itself the end
FOLLOWED = frozenset({Score.PARTLY, Score.NOT_REACHED})
CARRIED_ON = frozenset({FollowUp.RENEWED, FollowUp.AMENDED})

STATE_WORDS: dict[ObjectiveState, str] = {
    ObjectiveState.PROPOSED: N_("proposé"),
    ObjectiveState.ADOPTED: N_("adopté"),
    ObjectiveState.SCORED: N_("évalué"),
    ObjectiveState.WITHDRAWN: N_("retiré"),
}
SCORE_WORDS: dict[Score, str] = {
    Score.REACHED: N_("Atteint"),
    Score.PARTLY: N_("Partiellement atteint"),
    Score.NOT_REACHED: N_("Non atteint"),
    Score.ABANDONED: N_("Abandonné"),
}
FOLLOW_UP_WORDS: dict[FollowUp, str] = {
    FollowUp.RENEWED: N_("Le reconduire tel quel"),
    FollowUp.AMENDED: N_("Le reconduire avec un nouvel énoncé"),
    FollowUp.DROPPED: N_("Ne pas le reconduire"),
}
TITLE_LENGTHS = (3, 300)
MEASURE_LENGTH = 2_000
COMMENT_LENGTH = 5_000
SEMESTERS_AHEAD = 2  # an objective is proposed for this semester or one of the two next ones


class ForbiddenObjectiveStep(DomainError):
    """The objective is not where that step starts."""

    message = N_("L’objectif « %(objective)s » est « %(state)s » : cette décision n’est pas possible.")
    field = "motion"


class MissingScore(DomainError):
    """A score is named."""

    message = N_("Choisissez le résultat : atteint, partiellement atteint, non atteint ou abandonné.")
    field = "score"


class MissingFollowUp(DomainError):
    """A not-reached objective has a follow-up."""

    message = N_("Un objectif qui n’est pas atteint est reconduit, amendé ou abandonné : choisissez.")
    field = "follow_up"


class MissingAmendment(DomainError):
    """An amended objective has its new wording."""

    message = N_(
        "Indiquez le nouvel énoncé de l’objectif amendé (3 à 300 caractères, différent de l’ancien)."
    )
    field = "amended_title"


class UntitledObjective(DomainError):
    """An objective says what is to be reached."""

    message = N_("Indiquez l’objectif en une phrase (3 à 300 caractères).")
    field = "title"


class MeasureTooLong(DomainError):
    """The measure of success stays readable."""

    message = N_("La mesure de la réussite tient en 2 000 caractères au plus.")
    field = "measure"


class CommentTooLong(DomainError):
    """The comment of a score stays readable."""

    message = N_("Le commentaire tient en 5 000 caractères au plus.")
    field = "comment"


class WrongSemester(DomainError):
    """The code names no semester."""

    message = N_("Choisissez un semestre de la liste.")
    field = "semester"


class SemesterOver(DomainError):
    """Only the secretariat, which enters the past, proposes for a semester that is over."""

    message = N_("Ce semestre est terminé : proposez l’objectif pour le semestre en cours ou à venir.")
    field = "semester"


class SemesterTooFar(DomainError):
    """An objective is a matter of the coming months."""

    message = N_("Ce semestre est trop lointain : un objectif se propose un an à l’avance au plus.")
    field = "semester"


class ScoredBeforeAdopted(DomainError):
    """Decisions on an objective follow each other in time."""

    message = N_("Cet objectif a été l’objet d’une décision plus récente, du %(day)s : vérifiez la date.")
    field = "decided_on"


class AlreadyDecided(DomainError):
    """A decided objective stays in the story."""

    message = N_("L’objectif « %(objective)s » est déjà adopté : seule une décision peut y mettre fin.")


@dataclass(frozen=True, slots=True)
class EventFact:
    """One event of an objective as the fold sees it."""

    kind: ObjectiveMotionKind
    decided_on: date
    item_order: int
    recorded_at: datetime
    in_force: bool = True
    superseded_at: datetime | None = None
    score: Score | None = None
    follow_up: FollowUp | None = None

    @property
    def order(self) -> tuple[date, int, datetime]:
        """By session date, then item order."""
        return (self.decided_on, self.item_order, self.recorded_at)


def latest_event(facts: Iterable[EventFact], known_at: datetime | None = None) -> EventFact | None:
    """The event that gives an objective its state, as known at an instant; None while proposed."""
    live = [
        fact
        for fact in facts
        if fact.in_force
        and (known_at is None or fact.recorded_at <= known_at)
        and (fact.superseded_at is None or (known_at is not None and fact.superseded_at > known_at))
    ]
    return max(live, key=lambda fact: fact.order, default=None)


def state_of(event: EventFact | None, withdrawn: bool) -> ObjectiveState:
    """The state that the latest event gives; without any, proposed, or withdrawn."""
    return state_after(event.kind if event else None, withdrawn=withdrawn)


def state_after(kind: ObjectiveMotionKind | None, *, withdrawn: bool) -> ObjectiveState:
    """The same, from the kind of the latest event."""
    if kind is None:
        return ObjectiveState.WITHDRAWN if withdrawn else ObjectiveState.PROPOSED
    return ObjectiveState.SCORED if kind is ObjectiveMotionKind.SCORE else ObjectiveState.ADOPTED


def check_texts(title: str, measure: str) -> None:
    """Raise UntitledObjective or MeasureTooLong."""
    low, high = TITLE_LENGTHS
    if not low <= len(title.strip()) <= high:
        raise UntitledObjective()
    if len(measure.strip()) > MEASURE_LENGTH:
        raise MeasureTooLong()


def parse_semester(code: str) -> Period:
    """The semester of « 2026-S2 ». Raises WrongSemester on anything else, a quarter included."""
    try:
        period = parse_period(code)
    except ValueError:
        raise WrongSemester() from None
    if period.every is not Every.SEMESTER:
        raise WrongSemester()
    return period


def check_semester(code: str, today: date, *, past_allowed: bool) -> None:
    """Raise WrongSemester, SemesterOver or SemesterTooFar."""
    semester, current = parse_semester(code), period_of(today, Every.SEMESTER)
    if semester < current and not past_allowed:
        raise SemesterOver()
    if semester > current.shift(SEMESTERS_AHEAD):
        raise SemesterTooFar()


def follow_up_semester(code: str, decided_on: date) -> Period:
    """The semester to which an objective is carried: the next one, or that of a later decision."""
    return max(parse_semester(code).shift(1), period_of(decided_on, Every.SEMESTER))


def check_objective_motion(
    *,
    kind: ObjectiveMotionKind,
    state: ObjectiveState,
    objective: str,
    score: Score | None,
    follow_up: FollowUp | None,
    amended_title: str,
    comment: str = "",
) -> None:
    """Raise the refusal of a motion that the objective's life or its own texts do not allow."""
    if kind not in TRANSITIONS[state]:
        raise ForbiddenObjectiveStep(objective=objective, state=Term(STATE_WORDS[state]))
    if len(comment.strip()) > COMMENT_LENGTH:
        raise CommentTooLong()
    if kind is ObjectiveMotionKind.SCORE:
        _check_score(objective, score, follow_up, amended_title.strip())


def _check_score(objective: str, score: Score | None, follow_up: FollowUp | None, amended_title: str) -> None:
    if score is None:
        raise MissingScore()
    if score not in FOLLOWED:
        return
    if follow_up is None:
        raise MissingFollowUp()
    low, high = TITLE_LENGTHS
    if follow_up is FollowUp.AMENDED and (
        not low <= len(amended_title) <= high or amended_title == objective.strip()
    ):
        raise MissingAmendment()


def check_order(last: EventFact | None, decided_on: date, item_order: int) -> None:
    """Raise ScoredBeforeAdopted when a decision would precede the one it builds on."""
    if last is not None and (decided_on, item_order) < (last.decided_on, last.item_order):
        raise ScoredBeforeAdopted(day=last.decided_on)
