"""What is proposed for an agenda: taken in one click, left out, or taken back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tnt.agendas import queries
from tnt.agendas.models import AgendaItem, ItemKind, LeftOut
from tnt.agendas.rules import (
    GROUP_KINDS,
    NothingChosen,
    ProposalKey,
    Standing,
    parse_proposal,
)
from tnt.agendas.services.items import add_item, lock_open, place_request
from tnt.agendas.services.motions import GroupAsk, ObjectiveAsk, add_group_item, add_objective_item
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound
from tnt.decisions.rules import ActKind
from tnt.intake.queries import get_request
from tnt.meetings.models import Meeting
from tnt.objectives.models import SemesterObjective
from tnt.projects.queries import get_group
from tnt.projects.rules import Motion

MINUTES_LENGTH, FOLLOW_UP_LENGTH = 5, 10  # in minutes


def add_proposal(actor: Actor, meeting_id: int, key: str) -> AgendaItem:
    """Put on the agenda what was proposed for it, in one click.

    Raises WrongObject for a key that names nothing, and what each kind of item refuses.
    """
    proposal = parse_proposal(key)
    with transaction():
        if proposal.standing is not None:
            return _add_standing(actor, meeting_id, proposal.standing)
        if proposal.request_id is not None:
            return place_request(actor, meeting_id, proposal.request_id)
        if proposal.motion is not None:
            return _add_on_group(actor, meeting_id, proposal)
        return add_objective_item(
            actor,
            meeting_id,
            act_kind=ActKind.ADOPT_OBJECTIVE,
            objective_id=proposal.object_id,
            ask=ObjectiveAsk(),
        )


def _add_on_group(actor: Actor, meeting_id: int, proposal: ProposalKey) -> AgendaItem:
    group = get_group(proposal.object_id)
    mission = group.proposed_mission if proposal.motion is Motion.CREATE else ""
    kind = next(kind for kind, motion in GROUP_KINDS.items() if motion is proposal.motion)
    return add_group_item(actor, meeting_id, act_kind=kind, group_id=group.id, ask=GroupAsk(mission=mission))


def _add_standing(actor: Actor, meeting_id: int, standing: Standing) -> AgendaItem:
    """Approve the minutes of the session before, or go through what became of its decisions."""
    meeting = lock_open(actor, meeting_id)
    if standing is Standing.FOLLOW_UP:
        return add_item(
            actor,
            meeting_id,
            kind=ItemKind.INFORMATION,
            act_kind=ActKind.NOTE,
            title=queries.follow_up_title(),
            minutes=FOLLOW_UP_LENGTH,
            standing=standing,
        )
    before = queries.minutes_to_approve(meeting)
    if before is None:
        raise NothingChosen()
    return add_item(
        actor,
        meeting_id,
        kind=ItemKind.DECISION,
        act_kind=ActKind.APPROVE_MINUTES,
        title=queries.minutes_title(before),
        minutes=MINUTES_LENGTH,
        draft_wording=queries.minutes_wording(meeting.committee.name, before),
        standing=standing,
        about_meeting_id=before.id,
    )


def leave_out(actor: Actor, meeting_id: int, key: str) -> LeftOut:
    """Do not take, for that session, something that is proposed; it may be taken back until it opens.

    Raises WrongObject, NotFound, NotTheSecretary, AgendaFrozen.
    """
    proposal = parse_proposal(key)
    with transaction() as session:
        meeting = lock_open(actor, meeting_id)
        names = _names(actor, meeting, proposal)
        found = session.scalar(select(LeftOut).filter_by(meeting_id=meeting_id, **names))
        if found is not None:
            return found  # a second click
        left = LeftOut(meeting_id=meeting_id, at=clock.now(), by_id=actor.person_id, **names)
        session.add(left)
        session.flush()
        journal.record(actor, "agenda.leave_out", left, after=names, committee_id=meeting.committee_id)
    return left


def _names(actor: Actor, meeting: Meeting, proposal: ProposalKey) -> dict[str, Any]:
    """What a proposal is about, as the columns of what was left out. Raises NotFound."""
    if proposal.standing is not None:
        return {"standing": proposal.standing}
    if proposal.request_id is not None:
        entry = get_request(actor, proposal.request_id)
        if entry.committee_id != meeting.committee_id:
            raise NotFound()
        return {"request_id": entry.id}
    if proposal.motion is not None:
        return {"group_id": get_group(proposal.object_id).id}
    if db.session.get(SemesterObjective, proposal.object_id) is None:
        raise NotFound()
    return {"objective_id": proposal.object_id}


def take_back(actor: Actor, meeting_id: int, left_id: int) -> None:
    """Propose again what was left out. Raises NotFound, NotTheSecretary, AgendaFrozen."""
    with transaction() as session:
        meeting = lock_open(actor, meeting_id)
        left = session.get(LeftOut, left_id)
        if left is None or left.meeting_id != meeting_id:
            raise NotFound()
        journal.record(actor, "agenda.take_back", left, committee_id=meeting.committee_id)
        session.delete(left)
