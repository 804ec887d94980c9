"""Answer for each open thing of a group that is to stop; apply the answers with the act, all or nothing.

What appeared since the answers were given is closed with the act. It is not refused: the visa is given on a
text already read, by somebody who could not answer, and a stopped group must leave nothing open. The preview
names it, and so does the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tnt.actions import services as actions
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import N_, Forbidden
from tnt.decisions.models import Act
from tnt.decisions.rules import EffectLine
from tnt.handovers import queries
from tnt.handovers.models import Handover
from tnt.handovers.queries import OpenThing
from tnt.handovers.rules import Answer, Fate, HeirEnded, check_answer, field_of
from tnt.objectives import services as objectives
from tnt.projects.models import GroupMotion
from tnt.projects.queries import get_group, get_motion, leads_on, status_or_proposed
from tnt.projects.rules import GroupStatus, Motion
from tnt.projects.services import can_draft

ENDED = frozenset({GroupStatus.STOPPED, GroupStatus.NOT_RETAINED})
CLOSED_WITH = "Clos avec l’arrêt du groupe « %s » (%s)."
LINES = {
    ("a", Fate.CLOSED): N_("L’action « %(thing)s » est close : %(words)s"),
    ("a", Fate.HANDED): N_("L’action « %(thing)s » est confiée à %(heir)s."),
    ("o", Fate.CLOSED): N_("L’objectif « %(thing)s » est clos : %(words)s"),
    ("o", Fate.HANDED): N_("L’objectif « %(thing)s » est confié au groupe « %(heir)s »."),
}
APPEARED = {
    "a": N_("L’action « %(thing)s », dont rien n’a été dit, est close avec l’arrêt du groupe."),
    "o": N_("L’objectif « %(thing)s », dont rien n’a été dit, est clos avec l’arrêt du groupe."),
}


def settle(actor: Actor, motion_id: int, answers: Mapping[str, Answer]) -> list[Handover]:
    """Keep with a motion to stop a group what becomes of each thing that it leaves open.

    Raises Forbidden, NotFound, Unanswered, WithoutWords, WithoutHeir, HeirEnded: the first fault, on its
    field. A motion that stops nothing keeps nothing.
    """
    with transaction() as session:
        motion = get_motion(motion_id)
        if not can_draft(actor, motion.group_id):
            raise Forbidden()
        things = queries.open_things(motion.group_id) if motion.motion is Motion.STOP else []
        check_answers(motion.group_id, things, answers)
        for old in queries.handovers_of(motion_id).values():
            session.delete(old)
        session.flush()
        kept = [_kept(motion, thing, answers[thing.code]) for thing in things]
        session.add_all(kept)
        session.flush()
        if kept:
            journal.record(actor, "group.settle_stop", motion, after=_told(kept))
    return kept


def check_answers(group_id: int, things: Iterable[OpenThing], answers: Mapping[str, Answer]) -> None:
    """Raise the refusal of the first thing that is not answered for, or cannot be."""
    for thing in things:
        answer = answers.get(thing.code, Answer())
        check_answer(thing.code, thing.title, thing.kind, answer)
        if answer.fate is Fate.HANDED and answer.heir.startswith("g"):
            _check_heir(group_id, answer.heir_id, field_of(thing.code, "heir"))


def _check_heir(group_id: int, heir_id: int, field: str | None = None) -> None:
    heir = get_group(heir_id)
    if heir_id == group_id or status_or_proposed(heir_id, clock.today()) in ENDED:
        raise HeirEnded(field=field, group=heir.name)


def _kept(motion: GroupMotion, thing: OpenThing, answer: Answer) -> Handover:
    column = {"p": "owner_id", "i": "owner_institution_id", "g": "group_id"}
    handed = answer.fate is Fate.HANDED
    return Handover(
        motion_id=motion.id,
        action_id=thing.action.id if thing.action else None,
        objective_id=thing.objective.id if thing.objective else None,
        words="" if handed else answer.words.strip(),
        **({column[answer.heir[0]]: answer.heir_id} if handed else {}),
    )


def _told(kept: Iterable[Handover]) -> dict[str, str]:
    return {one.code: one.heir or one.words for one in kept}


def check_applies(motion: GroupMotion) -> None:
    """Raise HeirEnded when a group that was to take something over has ended meanwhile."""
    for handover in queries.handovers_of(motion.id).values():
        if handover.group_id is not None and _is_open(motion, handover):
            _check_heir(motion.group_id, handover.group_id)


def _is_open(motion: GroupMotion, handover: Handover) -> bool:
    return handover.code in {thing.code for thing in queries.open_things(motion.group_id)}


def describe(motion: GroupMotion) -> list[EffectLine]:
    """What stopping the group makes of each thing that it leaves open, in sentences."""
    if motion.motion is not Motion.STOP:
        return []
    known = queries.handovers_of(motion.id)
    return [_line(thing, known.get(thing.code)) for thing in queries.open_things(motion.group_id)]


def _line(thing: OpenThing, handover: Handover | None) -> EffectLine:
    if handover is None:
        return EffectLine("handover", APPEARED[thing.code[0]], {"thing": thing.title})
    return line_of(handover, thing.title)


def line_of(handover: Handover, title: str) -> EffectLine:
    """What becomes, or became, of one thing."""
    fate = Fate.HANDED if handover.heir else Fate.CLOSED
    params = {"thing": title, "heir": handover.heir_name, "words": handover.words}
    return EffectLine("handover", LINES[handover.code[0], fate], params)


def carry_out(actor: Actor, motion: GroupMotion, act: Act) -> None:
    """Close or hand over everything that the group leaves open. Inside the transaction of the act.

    Whoever sets it off need not hold each right below: the committee, or the authority, decided. Raises
    HeirEnded, and what an objective decided since the act refuses.
    """
    if motion.motion is not Motion.STOP:
        return
    acting = replace(actor, is_system=True)
    with transaction() as session:
        known = queries.handovers_of(motion.id)
        for thing in queries.open_things(motion.group_id, except_act_id=act.id):
            handover = known.get(thing.code)
            if handover is None:
                words = CLOSED_WITH % (motion.group.name, act.label)
                handover = _kept(motion, thing, Answer(Fate.CLOSED, words))
                session.add(handover)
            handover.act_id = act.id
            session.flush()
            _apply(acting, thing, handover, act)


def _apply(actor: Actor, thing: OpenThing, handover: Handover, act: Act) -> None:
    if handover.group_id is not None:
        _check_heir(handover.motion.group_id, handover.group_id)
    if thing.objective is not None:
        if handover.group is not None:
            objectives.hand_over(actor, thing.objective.id, act, handover.group)
        else:
            objectives.end_with_group(actor, thing.objective.id, act, handover.words)
    elif thing.action is not None:
        _apply_to_action(actor, thing.action.id, handover, act)


def _apply_to_action(actor: Actor, action_id: int, handover: Handover, act: Act) -> None:
    if not handover.heir:
        actions.drop_action(actor, action_id, reason=handover.words)
        return
    owner_id = handover.owner_id
    if handover.group_id is not None:  # its lead answers for it
        leads = leads_on(clock.today(), [handover.group_id]).get(handover.group_id, [])
        owner_id = leads[0].person_id if leads else None
    actions.hand_over(
        actor,
        action_id,
        act_label=act.label,
        owner_id=owner_id,
        owner_institution_id=handover.owner_institution_id,
        group_id=handover.group_id,
    )
