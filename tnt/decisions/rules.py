"""What can be decided, by whom, and how an act lives.

The competence table is the one place that says which committee may decide what (source 003). That the
coordination committee adopts semester objectives is an interpretation: 003 says « propose ».
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tnt.core.errors import N_, DomainError


class ActKind(StrEnum):
    """What an act does."""

    CREATE_GROUP = "create_group"
    REORIENT_GROUP = "reorient_group"
    CONTINUE_GROUP = "continue_group"
    STOP_GROUP = "stop_group"
    APPOINT_LEAD = "appoint_lead"
    ADOPT_OBJECTIVE = "adopt_objective"
    SCORE_OBJECTIVE = "score_objective"
    MOBILISE_ACTOR = "mobilise_actor"
    PROGRESS_POINT = "progress_point"
    SET_GOALS = "set_goals"
    VALIDATE_ROADMAP = "validate_roadmap"
    SET_PRIORITY_AXES = "set_priority_axes"
    ALLOT_FUND = "allot_fund"
    GRANT_OPINION = "grant_opinion"
    EXTEND_PROGRAMME = "extend_programme"
    APPROVE_MINUTES = "approve_minutes"
    NOTE = "note"
    OTHER = "other"


class Nature(StrEnum):
    """What an act is."""

    DECISION = "decision"
    OPINION = "opinion"
    PRIOR_ACT = "prior_act"
    ERRATUM = "erratum"


class ActState(StrEnum):
    """Numbered and awaiting the visas; in force; dropped at visa (its number stays); superseded.

    A « mesure conservatoire » is in force at once, but provisional: ratified, or lapsed (« caduque »).
    """

    IN_VISA = "in_visa"
    IN_FORCE = "in_force"
    CANCELLED = "cancelled"
    RECTIFIED = "rectified"
    PROVISIONAL = "provisional"
    LAPSED = "lapsed"


class Series(StrEnum):
    """How an act is taken, and so in which series of numbers it stands."""

    SESSION = "session"
    CONSULTATION = "consultation"  # « consultation écrite »
    MEASURE = "measure"  # « mesure conservatoire »


# the letter before the order: « CC-2026-T3-07 », « CC-2026-T3-E01 », « CC-2026-T3-M01 »
SERIES_LETTERS = {Series.SESSION: "", Series.CONSULTATION: "E", Series.MEASURE: "M"}


ANY = "*"
# kind of act → key of the competent committee; ANY: the committee concerned
COMPETENCE: dict[ActKind, str] = {
    ActKind.SET_GOALS: "orientation",
    ActKind.VALIDATE_ROADMAP: "orientation",
    ActKind.SET_PRIORITY_AXES: "orientation",
    ActKind.ALLOT_FUND: "orientation",
    ActKind.GRANT_OPINION: "orientation",
    ActKind.EXTEND_PROGRAMME: "orientation",
    ActKind.CREATE_GROUP: "coordination",
    ActKind.REORIENT_GROUP: "coordination",
    ActKind.CONTINUE_GROUP: "coordination",
    ActKind.STOP_GROUP: "coordination",
    ActKind.APPOINT_LEAD: "coordination",
    ActKind.ADOPT_OBJECTIVE: "coordination",
    ActKind.SCORE_OBJECTIVE: "coordination",
    ActKind.MOBILISE_ACTOR: "coordination",
    ActKind.PROGRESS_POINT: "coordination",
    ActKind.APPROVE_MINUTES: ANY,
    ActKind.NOTE: ANY,
    ActKind.OTHER: ANY,
}
INTERPRETED = frozenset({ActKind.ADOPT_OBJECTIVE, ActKind.SCORE_OBJECTIVE})

ACT_STATES: dict[ActState, frozenset[ActState]] = {
    ActState.IN_VISA: frozenset({ActState.IN_FORCE, ActState.CANCELLED}),
    ActState.IN_FORCE: frozenset({ActState.RECTIFIED}),
    ActState.CANCELLED: frozenset(),
    ActState.RECTIFIED: frozenset(),
    ActState.PROVISIONAL: frozenset({ActState.IN_FORCE, ActState.LAPSED}),
    ActState.LAPSED: frozenset(),
}


class WrongActState(DomainError):
    """The act is past that."""

    message = N_("Cet acte n’est plus dans un état qui le permet.")


def is_competent(committee_key: str, kind: ActKind) -> bool:
    """Whether that committee may decide on it; elsewhere the same item yields an opinion."""
    return COMPETENCE[kind] in {ANY, committee_key}


def competent_committee(kind: ActKind) -> str | None:
    """The key of the competent committee, or None when each decides for itself."""
    key = COMPETENCE[kind]
    return None if key == ANY else key


def nature_in(committee_key: str, kind: ActKind) -> Nature:
    """A decision where the committee is competent, an opinion elsewhere."""
    return Nature.DECISION if is_competent(committee_key, kind) else Nature.OPINION


def format_number(committee_code: str, period: str, order: int, series: Series = Series.SESSION) -> str:
    """« CC-2026-T3-07 »; between sessions, with the letter of the series: « CC-2026-T3-E01 »."""
    return f"{committee_code}-{period}-{SERIES_LETTERS[series]}{order:02d}"


def check_act_transition(old: ActState, new: ActState) -> None:
    """Raise WrongActState when an act cannot go from `old` to `new`."""
    if new not in ACT_STATES[old]:
        raise WrongActState()


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One thing that an act will do, or did: a kind to count by, and a sentence with its parameters."""

    kind: str  # « status », « objective », « action », « request », « lead », « mandate »
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
