"""What can be read of agendas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.agendas.rules import WordingFacts
from tnt.committees.models import Mandate
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.formats import date_medium
from tnt.intake.models import DecisionRequest
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_read
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.objectives.models import ObjectiveMotion
from tnt.projects.models import GroupMotion


def items_of(meeting_id: int) -> Sequence[AgendaItem]:
    """The items of a meeting in order, with what they are about."""
    return db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(
            joinedload(AgendaItem.rapporteur),
            joinedload(AgendaItem.group),
            selectinload(AgendaItem.request).options(
                lazyload(DecisionRequest.group_motion), lazyload(DecisionRequest.objective_motion)
            ),
            selectinload(AgendaItem.group_motion).options(
                joinedload(GroupMotion.lead), joinedload(GroupMotion.lead_institution)
            ),
            selectinload(AgendaItem.objective_motion).joinedload(ObjectiveMotion.objective),
        )
        .order_by(AgendaItem.position)
    ).all()


def get_item(actor: Actor, item_id: int) -> AgendaItem:
    """An item that the actor may read. Raises NotFound."""
    item = db.session.get(AgendaItem, item_id)
    if item is None or not can_read(actor, item.meeting.committee_id):
        raise NotFound()
    return item


def group_id_of(item: AgendaItem) -> int | None:
    """The group that an item is about, directly or by what it asks."""
    if item.group_motion is not None:
        return item.group_motion.group_id
    if item.objective_motion is not None:
        return item.objective_motion.objective.group_id
    return item.group_id


def find_live_item_of(
    group_motion_id: int | None, objective_motion_id: int | None, request_id: int | None
) -> AgendaItem | None:
    """An item of a session to come or under way that already carries one of these."""
    wanted = [
        column == value
        for column, value in (
            (AgendaItem.group_motion_id, group_motion_id),
            (AgendaItem.objective_motion_id, objective_motion_id),
            (AgendaItem.request_id, request_id),
        )
        if value is not None
    ]
    if not wanted:
        return None
    return db.session.scalar(
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(Meeting.state.in_([*TO_COME, MeetingState.IN_SESSION]), or_(*wanted))
        .limit(1)
    )


def find_item_on_group(meeting_id: int, group_id: int) -> AgendaItem | None:
    """The item of a meeting that decides on the life of that group, if any."""
    return db.session.scalar(
        select(AgendaItem)
        .join(AgendaItem.group_motion)
        .where(AgendaItem.meeting_id == meeting_id, GroupMotion.group_id == group_id)
        .limit(1)
    )


def seated_on(committee_id: int, day: date) -> Sequence[Person]:
    """Whoever sits in the committee on that day, by name: those who may report on an item."""
    return db.session.scalars(
        select(Person)
        .where(
            Person.id.in_(
                select(Mandate.person_id).where(
                    Mandate.committee_id == committee_id,
                    Mandate.from_on <= day,
                    or_(Mandate.until_on.is_(None), Mandate.until_on >= day),
                )
            )
        )
        .order_by(Person.family_name, Person.given_name, Person.id)
    ).all()


def wording_facts(
    committee_name: str,
    *,
    group_motion: GroupMotion | None = None,
    objective_motion: ObjectiveMotion | None = None,
    group_name: str = "",
    title: str = "",
) -> WordingFacts:
    """What is known of what is asked, for the wording proposed."""
    if group_motion is not None:
        return WordingFacts(
            committee=committee_name,
            title=title,
            group=group_motion.group.name,
            mission=group_motion.mission,
            reason=group_motion.reason,
            stop_kind=group_motion.stop_kind,
            lead=_lead(group_motion),
            effective_on=date_medium(group_motion.effective_on) if group_motion.effective_on else "",
        )
    if objective_motion is not None:
        objective = objective_motion.objective
        year, _, number = objective.semester.partition("-")
        return WordingFacts(
            committee=committee_name,
            title=title,
            group=objective.group.name,
            objective=objective.title,
            measure=objective.measure,
            semester=f"{number}\u00a0{year}",
            score=objective_motion.score,
            follow_up=objective_motion.follow_up,
            amended_title=objective_motion.amended_title,
        )
    return WordingFacts(committee=committee_name, group=group_name, title=title)


def _lead(motion: GroupMotion) -> str:
    if motion.lead is None:
        return ""
    institution = f" ({motion.lead_institution.short_name})" if motion.lead_institution else ""
    return f"{motion.lead.full_name}{institution}"
