"""The life cycle of a project group: a status is never edited, it is the latest decision in force.

The table is the programme's (source 003: « création, réorientation, poursuite ou arrêt des projets »).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tnt.core.errors import N_, DomainError, Term


class GroupStatus(StrEnum):
    """What the latest decision in force made of a group."""

    PROPOSED = "proposed"
    CREATED = "created"
    CONTINUED = "continued"
    REORIENTED = "reoriented"
    STOPPED = "stopped"
    NOT_RETAINED = "not_retained"


class Motion(StrEnum):
    """What can be asked of a committee for a group."""

    CREATE = "create"
    REORIENT = "reorient"
    CONTINUE = "continue"
    STOP = "stop"


class StopKind(StrEnum):
    """How a group ends: mission accomplie (« achevé »), abandon, fusion, transfert."""

    ACHIEVED = "achieved"
    ABANDONED = "abandoned"
    MERGED = "merged"
    TRANSFERRED = "transferred"


_ALIVE = {
    Motion.CONTINUE: GroupStatus.CONTINUED,
    Motion.REORIENT: GroupStatus.REORIENTED,
    Motion.STOP: GroupStatus.STOPPED,
}
# status → motion → new status; what is absent is refused
TRANSITIONS: dict[GroupStatus, dict[Motion, GroupStatus]] = {
    GroupStatus.PROPOSED: {Motion.CREATE: GroupStatus.CREATED, Motion.STOP: GroupStatus.NOT_RETAINED},
    GroupStatus.CREATED: _ALIVE,
    GroupStatus.CONTINUED: _ALIVE,
    GroupStatus.REORIENTED: _ALIVE,
    GroupStatus.STOPPED: {},
    GroupStatus.NOT_RETAINED: {},
}
# the words of a status or of the kind of a stop, as message ids
STATUS_WORDS: dict[GroupStatus | StopKind, str] = {
    GroupStatus.PROPOSED: N_("proposé"),
    GroupStatus.CREATED: N_("créé"),
    GroupStatus.CONTINUED: N_("poursuivi"),
    GroupStatus.REORIENTED: N_("réorienté"),
    GroupStatus.STOPPED: N_("arrêté"),
    GroupStatus.NOT_RETAINED: N_("non retenu"),
    StopKind.ACHIEVED: N_("achevé"),
    StopKind.ABANDONED: N_("abandonné"),
    StopKind.MERGED: N_("fusionné"),
    StopKind.TRANSFERRED: N_("transféré"),
}
MOTION_WORDS: dict[Motion, str] = {
    Motion.CREATE: N_("créer"),
    Motion.REORIENT: N_("réorienter"),
    Motion.CONTINUE: N_("poursuivre"),
    Motion.STOP: N_("arrêter"),
}
ACTIVE = frozenset({GroupStatus.CREATED, GroupStatus.CONTINUED, GroupStatus.REORIENTED})


class ForbiddenTransition(DomainError):
    """The life cycle has no such step."""

    message = N_("« %(motion)s » n’est pas possible : le groupe « %(group)s » est « %(status)s ».")


class MissingMission(DomainError):
    """A creation or a reorientation carries a mission text."""

    message = N_("Indiquez la mission du groupe (10 caractères au moins, 5 000 au plus).")
    field = "mission"


class MissingReason(DomainError):
    """A reorientation or a stop carries its reason."""

    message = N_("Indiquez le motif : il est repris dans la décision et dans l’histoire du groupe.")
    field = "reason"


class MissingStopKind(DomainError):
    """A stop says of which kind it is."""

    message = N_("Indiquez la nature de l’arrêt : mission accomplie, abandon, fusion ou transfert.")
    field = "stop_kind"


MISSION_LENGTHS = (10, 5_000)


@dataclass(frozen=True, slots=True)
class StatusFact:
    """One status event as the fold sees it."""

    status: GroupStatus
    effective_on: date
    decided_on: date
    item_order: int
    recorded_at: datetime
    superseded_at: datetime | None = None
    stop_kind: StopKind | None = None

    @property
    def order(self) -> tuple[date, date, int]:
        """By date of effect; ties by session date, then item order."""
        return (self.effective_on, self.decided_on, self.item_order)


def next_status(status: GroupStatus, motion: Motion) -> GroupStatus | None:
    """The status that a motion would give, or None when the table forbids it."""
    return TRANSITIONS[status].get(motion)


def motions_from(status: GroupStatus) -> tuple[Motion, ...]:
    """The motions that the table allows from a status, in the order of the enumeration."""
    return tuple(motion for motion in Motion if motion in TRANSITIONS[status])


def motion_of(status: GroupStatus) -> Motion:
    """The motion that leads to a decided status."""
    return {
        GroupStatus.CREATED: Motion.CREATE,
        GroupStatus.CONTINUED: Motion.CONTINUE,
        GroupStatus.REORIENTED: Motion.REORIENT,
        GroupStatus.STOPPED: Motion.STOP,
        GroupStatus.NOT_RETAINED: Motion.STOP,
    }[status]


def status_on(facts: Iterable[StatusFact], day: date, known_at: datetime | None = None) -> StatusFact | None:
    """The fact that gives a group's status on a day, as known at an instant; None while proposed."""
    live = [
        fact
        for fact in facts
        if fact.effective_on <= day
        and (known_at is None or fact.recorded_at <= known_at)
        and (fact.superseded_at is None or (known_at is not None and fact.superseded_at > known_at))
    ]
    return max(live, key=lambda fact: fact.order, default=None)


def check_motion(
    *, motion: Motion, status: GroupStatus, group: str, mission: str, reason: str, stop_kind: StopKind | None
) -> None:
    """Raise the refusal of a motion that the life cycle or its own texts do not allow."""
    if next_status(status, motion) is None:
        raise ForbiddenTransition(
            motion=Term(MOTION_WORDS[motion]), status=Term(STATUS_WORDS[status]), group=group, field="motion"
        )
    low, high = MISSION_LENGTHS
    needs_mission = motion in {Motion.CREATE, Motion.REORIENT}
    if needs_mission and not low <= len(mission.strip()) <= high:
        raise MissingMission()
    if motion in {Motion.REORIENT, Motion.STOP} and not reason.strip():
        raise MissingReason()
    if motion is Motion.STOP and stop_kind is None:
        raise MissingStopKind()


def check_timeline(group: str, facts: Iterable[StatusFact]) -> None:
    """Raise ForbiddenTransition unless the events, in order of effect, follow the table."""
    status = GroupStatus.PROPOSED
    for fact in sorted((f for f in facts if f.superseded_at is None), key=lambda f: f.order):
        motion = motion_of(fact.status)
        if next_status(status, motion) is not fact.status:
            raise ForbiddenTransition(
                motion=Term(MOTION_WORDS[motion]), status=Term(STATUS_WORDS[status]), group=group
            )
        status = fact.status


def runs_until(spans: Iterable[tuple[date, date | None]], start: date) -> date | None:
    """The last day of what goes on without a gap from a day: spans that overlap or follow each other.

    None when it has no known end; the eve of `start` when nothing runs on that day.
    """
    end = start - timedelta(days=1)
    for first, last in sorted(spans, key=lambda span: span[0]):
        if first > end + timedelta(days=1):
            break
        if last is None:
            return None
        end = max(end, last)
    return end
