"""What a group leaves open, what was answered for it, and who could take it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tnt.accounts.queries import people_choices
from tnt.actions.models import Action
from tnt.actions.queries import open_of_group
from tnt.committees.queries import institution_choices
from tnt.core.db import db
from tnt.handovers.models import Handover
from tnt.handovers.rules import Answer, Fate, ThingKind
from tnt.objectives.models import SemesterObjective
from tnt.objectives.queries import groups_to_choose, list_of_group
from tnt.objectives.rules import ObjectiveState
from tnt.projects.subjects import GroupSubjects


@dataclass(frozen=True, slots=True)
class OpenThing:
    """An open action or objective of a group."""

    kind: ThingKind
    title: str
    who: str  # the owner of an action, the semester of an objective
    due_on: date | None = None
    action: Action | None = None
    objective: SemesterObjective | None = None

    @property
    def code(self) -> str:
        """« a12 » or « o5 »."""
        return f"a{self.action.id}" if self.action else f"o{self.objective.id if self.objective else 0}"


def open_things(group_id: int, except_act_id: int | None = None) -> list[OpenThing]:
    """The open actions of a group, first due first, then its objectives that no decision ended.

    `except_act_id`: the act that stops the group may itself ask for actions, which stay.
    """
    acts = GroupSubjects().acts_of(group_id)
    things = [
        OpenThing(ThingKind.ACTION, action.title, _owner(action), action.due_on, action=action)
        for action in open_of_group(group_id, acts)
        if except_act_id is None or action.act_id != except_act_id
    ]
    return things + [
        OpenThing(
            ThingKind.OBJECTIVE,
            standing.objective.title,
            standing.objective.semester,
            objective=standing.objective,
        )
        for standing in list_of_group(group_id)
        if standing.state in {ObjectiveState.PROPOSED, ObjectiveState.ADOPTED}
    ]


def _owner(action: Action) -> str:
    if action.owner is not None:
        return action.owner.full_name
    return action.owner_institution.short_name if action.owner_institution is not None else ""


def handovers_of(motion_id: int) -> dict[str, Handover]:
    """What was answered with a motion, by the code of each thing."""
    found = db.session.scalars(select(Handover).where(Handover.motion_id == motion_id).order_by(Handover.id))
    return {handover.code: handover for handover in found}


def answers_of(handovers: Mapping[str, Handover]) -> dict[str, Answer]:
    """The same as a form answers it."""
    return {
        code: Answer(Fate.HANDED if one.heir else Fate.CLOSED, one.words, one.heir)
        for code, one in handovers.items()
    }


def applied_by(act_ids: list[int]) -> list[Handover]:
    """What acts made of the things that groups left open."""
    statement = select(Handover).where(Handover.act_id.in_(act_ids)).order_by(Handover.id)
    return list(db.session.scalars(statement))


def heirs(group_id: int, today: date) -> dict[str, list[tuple[str, str]]]:
    """Who could take something over, (code, name) by kind: the other groups, people, institutions."""
    groups = [(key, name) for key, name in groups_to_choose(None, today) if key != group_id]
    return {
        "groups": [(f"g{key}", name) for key, name in groups],
        "people": [(f"p{key}", name) for key, name in people_choices()],
        "institutions": [(f"i{key}", name) for key, name in institution_choices(today)],
    }
