"""What can be read of the intake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import RequestState
from tnt.meetings.policies import can_read
from tnt.objectives.models import ObjectiveMotion, SemesterObjective
from tnt.projects.models import GroupMotion
from tnt.projects.queries import list_groups, statuses_on
from tnt.projects.rules import ACTIVE, GroupStatus, Motion, next_status


def group_id_of(entry: DecisionRequest) -> int | None:
    """The group that an entry is about, directly or by what it asks."""
    if entry.group_motion is not None:
        return entry.group_motion.group_id
    if entry.objective_motion is not None:
        return entry.objective_motion.objective.group_id
    return entry.group_id


def may_see(actor: Actor, entry: DecisionRequest) -> bool:
    """Whether the actor may read an entry: its author, the committee's people, the lead of its group."""
    if can_read(actor, entry.committee_id):
        return True
    if actor.person_id is not None and entry.author_id == actor.person_id:
        return True
    group_id = group_id_of(entry)
    return group_id is not None and actor.has("lead", group_id)


def get_request(actor: Actor, request_id: int) -> DecisionRequest:
    """An entry that the actor may read. Raises NotFound."""
    entry = db.session.get(DecisionRequest, request_id)
    if entry is None or not may_see(actor, entry):
        raise NotFound()
    return entry


def lock_request(actor: Actor, request_id: int) -> DecisionRequest:
    """The same, fresh and locked until the end of the transaction. Raises NotFound."""
    entry = db.session.scalar(
        select(DecisionRequest)
        .where(DecisionRequest.id == request_id)
        .with_for_update(of=DecisionRequest)
        .execution_options(populate_existing=True)
    )
    if entry is None or not may_see(actor, entry):
        raise NotFound()
    return entry


_WHOLE = (
    joinedload(DecisionRequest.committee),
    joinedload(DecisionRequest.author),
    joinedload(DecisionRequest.rapporteur),
    joinedload(DecisionRequest.group),
    joinedload(DecisionRequest.from_meeting),
    joinedload(DecisionRequest.opinion_act),
    joinedload(DecisionRequest.about_act),
)


def list_pending(committee_ids: Iterable[int]) -> Sequence[DecisionRequest]:
    """What waits for these committees, oldest first."""
    return db.session.scalars(
        select(DecisionRequest)
        .where(
            DecisionRequest.committee_id.in_(list(committee_ids)),
            DecisionRequest.state == RequestState.PENDING,
        )
        .options(*_WHOLE)
        .order_by(DecisionRequest.created_at, DecisionRequest.id)
    ).all()


def list_mine(person_id: int) -> Sequence[DecisionRequest]:
    """What a person asked for, newest first."""
    return db.session.scalars(
        select(DecisionRequest)
        .where(DecisionRequest.author_id == person_id)
        .options(*_WHOLE)
        .order_by(DecisionRequest.created_at.desc(), DecisionRequest.id.desc())
    ).all()


def count_pending(committee_ids: Iterable[int]) -> int:
    """How many entries wait for these committees."""
    return (
        db.session.scalar(
            select(func.count(DecisionRequest.id)).where(
                DecisionRequest.committee_id.in_(list(committee_ids)),
                DecisionRequest.state == RequestState.PENDING,
            )
        )
        or 0
    )


def group_of(
    group_motion_id: int | None, objective_motion_id: int | None, group_id: int | None
) -> int | None:
    """The group concerned by what is asked. Raises NotFound for a motion that does not exist."""
    if group_motion_id is not None:
        motion = db.session.get(GroupMotion, group_motion_id)
        if motion is None:
            raise NotFound()
        return motion.group_id
    if objective_motion_id is not None:
        asked = db.session.get(ObjectiveMotion, objective_motion_id)
        if asked is None:
            raise NotFound()
        return asked.objective.group_id
    return group_id


def find_pending_for_group(group_id: int) -> DecisionRequest | None:
    """The entry that already waits for a decision on that group's life, if any."""
    return db.session.scalar(
        select(DecisionRequest)
        .join(DecisionRequest.group_motion)
        .where(GroupMotion.group_id == group_id, DecisionRequest.state == RequestState.PENDING)
        .limit(1)
    )


def find_twin(author_id: int, committee_id: int, title: str) -> DecisionRequest | None:
    """An entry of that author, in the same words, that still waits: a form sent twice."""
    return db.session.scalar(
        select(DecisionRequest)
        .where(
            DecisionRequest.author_id == author_id,
            DecisionRequest.committee_id == committee_id,
            DecisionRequest.title == title,
            DecisionRequest.state == RequestState.PENDING,
        )
        .limit(1)
    )


def redirections_of(request_ids: Iterable[int]) -> dict[int, DecisionRequest]:
    """The entry that each redirected one became."""
    found = db.session.scalars(
        select(DecisionRequest)
        .where(DecisionRequest.redirected_from_id.in_(list(request_ids)))
        .options(joinedload(DecisionRequest.committee))
    )
    return {entry.redirected_from_id: entry for entry in found if entry.redirected_from_id is not None}


def history_of_group(group_id: int) -> Sequence[DecisionRequest]:
    """Every entry about a group, newest first."""
    return db.session.scalars(
        select(DecisionRequest)
        .outerjoin(DecisionRequest.group_motion)
        .outerjoin(ObjectiveMotion, DecisionRequest.objective_motion_id == ObjectiveMotion.id)
        .outerjoin(SemesterObjective, ObjectiveMotion.objective_id == SemesterObjective.id)
        .where(
            or_(
                DecisionRequest.group_id == group_id,
                GroupMotion.group_id == group_id,
                SemesterObjective.group_id == group_id,
            )
        )
        .order_by(DecisionRequest.created_at.desc(), DecisionRequest.id.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an entry is answered: a session, or a written consultation."""

    label: str  # « séance du 14 décembre 2026 »
    url: str | None  # none for who may not read it yet
    on: datetime | None = None  # when the session takes place


# who tells where an entry is answered: agendas and consultations, which stand above
PlacementProvider = Callable[[Actor, Sequence[int]], Mapping[int, Placement]]
_PLACEMENTS: dict[RequestState, PlacementProvider] = {}


def register_placements(state: RequestState, provider: PlacementProvider) -> None:
    """Say where the entries in that state are answered, as an actor may read it, for the intake's pages."""
    _PLACEMENTS[state] = provider


def placements_of(actor: Actor, entries: Iterable[DecisionRequest]) -> dict[int, Placement]:
    """Where each entry is answered, by its id."""
    by_state: dict[RequestState, list[int]] = defaultdict(list)
    for entry in entries:
        by_state[entry.state].append(entry.id)
    return {
        key: placement
        for state, ids in by_state.items()
        if state in _PLACEMENTS
        for key, placement in _PLACEMENTS[state](actor, ids).items()
    }


def groups_to_ask_for(actor: Actor, motion: Motion | None) -> list[tuple[int, str]]:
    """The groups for which the actor may ask that (None: an arbitration), as (id, name).

    A lead asks for their own groups, a secretary for all; the life cycle says what is possible today.
    """
    statuses = {group_id: event.status for group_id, event in statuses_on(clock.today()).items()}
    found = []
    for group in list_groups():
        status = statuses.get(group.id, GroupStatus.PROPOSED)
        possible = status in ACTIVE if motion is None else next_status(status, motion) is not None
        if possible and (actor.has_any("secretary") or actor.has("lead", group.id)):
            found.append((group.id, group.name))
    return found
