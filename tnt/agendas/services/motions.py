"""Items that ask something for a group or an objective: what is asked is drafted with the item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tnt.agendas import queries
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.agendas.rules import (
    GROUP_KINDS,
    OBJECTIVE_KINDS,
    WrongObject,
    draft_sentence,
    draft_title,
)
from tnt.agendas.services.items import add_item, revise_item
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.decisions.rules import ActKind, is_competent
from tnt.handovers import services as handovers
from tnt.handovers.rules import Answer
from tnt.meetings.models import Meeting
from tnt.meetings.queries import get_meeting
from tnt.objectives import services as objectives
from tnt.objectives.models import ObjectiveMotion
from tnt.objectives.rules import FollowUp, Score
from tnt.projects import services as projects
from tnt.projects.models import GroupMotion
from tnt.projects.rules import StopKind


@dataclass(frozen=True, slots=True)
class ItemWords:
    """How an item reads; an empty title or wording is drafted from what is asked."""

    title: str = ""
    minutes: int = 15
    rapporteur_id: int | None = None
    draft_wording: str = ""
    reserved: bool | None = None  # None: as it is
    section_id: int | None = None  # None: the one that gathers such items, or where it stands

    def values(self) -> dict[str, Any]:
        """As the arguments of `add_item` and `revise_item`."""
        names = ("title", "minutes", "rapporteur_id", "draft_wording", "reserved", "section_id")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class GroupAsk:
    """What is asked for a group, without the motion itself."""

    mission: str = ""
    reason: str = ""
    stop_kind: StopKind | None = None
    lead_id: int | None = None
    lead_institution_id: int | None = None
    effective_on: date | None = None
    answers: Mapping[str, Answer] | None = None  # what becomes of what a stopped group leaves open

    def values(self) -> dict[str, Any]:
        """As the arguments of the motion's services."""
        names = ("mission", "reason", "stop_kind", "lead_id", "lead_institution_id", "effective_on")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class ObjectiveAsk:
    """What is asked for an objective, without the motion itself."""

    score: Score | None = None
    comment: str = ""
    follow_up: FollowUp | None = None
    amended_title: str = ""

    def values(self) -> dict[str, Any]:
        """As the arguments of the motion's services."""
        names = ("score", "comment", "follow_up", "amended_title")
        return {name: getattr(self, name) for name in names}


_NO_WORDS = ItemWords()


def add_group_item(
    actor: Actor,
    meeting_id: int,
    *,
    act_kind: ActKind,
    group_id: int,
    ask: GroupAsk,
    words: ItemWords = _NO_WORDS,
) -> AgendaItem:
    """Draft what is asked for a group and put it on the agenda, both or neither.

    Raises WrongObject, the refusals of the life cycle, and those of `add_item`.
    """
    if act_kind not in GROUP_KINDS:
        raise WrongObject()
    with transaction():
        meeting = get_meeting(actor, meeting_id)
        motion = projects.draft_motion(actor, group_id=group_id, motion=GROUP_KINDS[act_kind], **ask.values())
        if ask.answers is not None:
            handovers.settle(actor, motion.id, ask.answers)
        values = words.values()
        values["title"] = words.title.strip() or _title(meeting, act_kind, group_motion=motion)
        return add_item(
            actor,
            meeting_id,
            kind=ItemKind.DECISION,
            act_kind=act_kind,
            group_motion_id=motion.id,
            **values,
        )


def add_objective_item(
    actor: Actor,
    meeting_id: int,
    *,
    act_kind: ActKind,
    objective_id: int,
    ask: ObjectiveAsk,
    words: ItemWords = _NO_WORDS,
) -> AgendaItem:
    """Draft what is asked for an objective and put it on the agenda, both or neither.

    Raises WrongObject, the refusals of the objective's life, and those of `add_item`.
    """
    if act_kind not in OBJECTIVE_KINDS:
        raise WrongObject()
    with transaction():
        meeting = get_meeting(actor, meeting_id)
        motion = objectives.draft_motion(
            actor, objective_id=objective_id, kind=OBJECTIVE_KINDS[act_kind], **ask.values()
        )
        values = words.values()
        values["title"] = words.title.strip() or _title(meeting, act_kind, objective_motion=motion)
        return add_item(
            actor,
            meeting_id,
            kind=ItemKind.DECISION,
            act_kind=act_kind,
            objective_motion_id=motion.id,
            **values,
        )


def revise_group_item(
    actor: Actor, item_id: int, *, ask: GroupAsk, words: ItemWords, expected_version: int | None = None
) -> AgendaItem:
    """Change what is asked for a group with the words of its item, both or neither.

    A wording left as it was drafted follows what is asked.
    """
    with transaction():
        item = queries.get_item(actor, item_id)
        drafted = drafted_wording(item)
        values = words.values()
        item = revise_item(actor, item_id, expected_version=expected_version, **values)
        if item.group_motion_id is None:
            raise WrongObject()
        projects.revise_motion(actor, item.group_motion_id, **ask.values())
        if ask.answers is not None:
            handovers.settle(actor, item.group_motion_id, ask.answers)
        return _follow_motion(actor, item, drafted, values)


def revise_objective_item(
    actor: Actor, item_id: int, *, ask: ObjectiveAsk, words: ItemWords, expected_version: int | None = None
) -> AgendaItem:
    """Change what is asked for an objective with the words of its item, both or neither."""
    with transaction():
        item = queries.get_item(actor, item_id)
        drafted = drafted_wording(item)
        values = words.values()
        item = revise_item(actor, item_id, expected_version=expected_version, **values)
        if item.objective_motion_id is None:
            raise WrongObject()
        objectives.revise_motion(actor, item.objective_motion_id, **ask.values())
        return _follow_motion(actor, item, drafted, values)


def _follow_motion(actor: Actor, item: AgendaItem, drafted: str, values: dict[str, Any]) -> AgendaItem:
    if item.draft_wording not in {"", drafted}:
        return item
    return revise_item(actor, item.id, **(values | {"draft_wording": drafted_wording(item)}))


def drafted_wording(item: AgendaItem) -> str:
    """The wording drafted from what an item asks, as it stands."""
    committee = item.meeting.committee
    facts = queries.wording_facts(
        committee.name, group_motion=item.group_motion, objective_motion=item.objective_motion
    )
    return draft_sentence(item.act_kind, facts, competent=is_competent(committee.key, item.act_kind))


def _title(
    meeting: Meeting,
    act_kind: ActKind,
    *,
    group_motion: GroupMotion | None = None,
    objective_motion: ObjectiveMotion | None = None,
) -> str:
    facts = queries.wording_facts(
        meeting.committee.name, group_motion=group_motion, objective_motion=objective_motion
    )
    return draft_title(act_kind, facts)
