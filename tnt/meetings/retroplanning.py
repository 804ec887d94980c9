"""The retro-planning of a committee: what is done how many days before its session, or after.

Every step has a working default; a committee keeps only the days that it changed. The closing of requests
and the convocation are settings of the committee of their own, so they are not repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tnt.core.errors import N_, DomainError


class RetroStepKind(StrEnum):
    """What is to be done around a session."""

    HOLD = "hold"
    REQUESTS = "requests"
    PAPERS = "papers"
    CHASE = "chase"
    CONVENE = "convene"
    PACK = "pack"
    SESSION = "session"
    MINUTES = "minutes"
    APPROVAL = "approval"
    FOLLOW_UP = "follow_up"


STEP_WORDS = {
    RetroStepKind.HOLD: N_("Retenir la date"),
    RetroStepKind.REQUESTS: N_("Clore les demandes"),
    RetroStepKind.PAPERS: N_("Demander les pièces"),
    RetroStepKind.CHASE: N_("Relancer, rédiger les projets de décision"),
    RetroStepKind.CONVENE: N_("Convoquer"),
    RetroStepKind.PACK: N_("Diffuser le dossier"),
    RetroStepKind.SESSION: N_("Tenir la séance"),
    RetroStepKind.MINUTES: N_("Faire circuler le compte rendu"),
    RetroStepKind.APPROVAL: N_("Approuver et publier le compte rendu"),
    RetroStepKind.FOLLOW_UP: N_("Faire le point des suites données"),
}
# days before the session; less than zero is after it
DEFAULT_DAYS: dict[RetroStepKind, int] = {
    RetroStepKind.HOLD: 42,
    RetroStepKind.PAPERS: 28,
    RetroStepKind.CHASE: 21,
    RetroStepKind.PACK: 7,
    RetroStepKind.MINUTES: -2,
    RetroStepKind.APPROVAL: -10,
    RetroStepKind.FOLLOW_UP: -14,
}
# the date is held three months ahead with the offices of the co-chairs
DEFAULT_DAYS_OF: dict[str, dict[RetroStepKind, int]] = {"orientation": {RetroStepKind.HOLD: 90}}
BEFORE = tuple(kind for kind, days in DEFAULT_DAYS.items() if days > 0)
AFTER = tuple(kind for kind, days in DEFAULT_DAYS.items() if days < 0)
LIMIT = 180


class BadRetroDays(DomainError):
    """A step is within half a year of the session."""

    message = N_("Indiquez un nombre de jours de 0 à 180.")


@dataclass(frozen=True, slots=True)
class RetroStep:
    """A step with its day and, where it is known, whether it is done."""

    kind: RetroStepKind
    on: date
    is_done: bool = False
    is_next: bool = False

    @property
    def message(self) -> str:
        """Its words, for the catalogues."""
        return STEP_WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What is known of a session when its retro-planning is read."""

    committee_key: str
    day: date
    requests_close_days: int
    notice_days: int
    is_convened: bool = False
    is_held: bool = False


def days_of(committee_key: str, changed: Mapping[RetroStepKind, int]) -> dict[RetroStepKind, int]:
    """The days of every step that a committee may change: its own, else the default."""
    return DEFAULT_DAYS | DEFAULT_DAYS_OF.get(committee_key, {}) | dict(changed)


def check_days(days: Mapping[RetroStepKind, int]) -> None:
    """Raise BadRetroDays when a step is on the wrong side of the session, or more than 180 days away."""
    for kind, value in days.items():
        distance = value if kind in BEFORE else -value
        if kind not in DEFAULT_DAYS or not 0 <= distance <= LIMIT:
            raise BadRetroDays(field=kind.value)


def retro_steps(facts: SessionFacts, changed: Mapping[RetroStepKind, int], today: date) -> list[RetroStep]:
    """Every step in the order of its day; what has passed without proof counts as done."""
    days = days_of(facts.committee_key, changed) | {
        RetroStepKind.REQUESTS: facts.requests_close_days,
        RetroStepKind.CONVENE: facts.notice_days,
        RetroStepKind.SESSION: 0,
    }
    order = list(RetroStepKind)
    dated = sorted(
        ((facts.day - timedelta(days=value), kind) for kind, value in days.items()),
        key=lambda pair: (pair[0], order.index(pair[1])),
    )
    known = {RetroStepKind.CONVENE: facts.is_convened, RetroStepKind.SESSION: facts.is_held}
    done = [known.get(kind, on < today) for on, kind in dated]
    following = done.index(False) if False in done else -1
    return [
        RetroStep(kind, on, done[rank], is_next=rank == following) for rank, (on, kind) in enumerate(dated)
    ]
