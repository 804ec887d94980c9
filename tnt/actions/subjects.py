"""How far acts are carried out, told to the register of decisions."""

from __future__ import annotations

from collections.abc import Iterable

from tnt.actions import queries
from tnt.actions.models import Action
from tnt.actions.services import owner_name
from tnt.core import clock
from tnt.core.access import Actor
from tnt.decisions.subjects import ExecutionLine, Link


def execution_of(actor: Actor, act_ids: Iterable[int]) -> dict[int, list[ExecutionLine]]:
    """The actions of each act; the proof and the page only for whoever may read them."""
    mandates = set(queries.institutions_of(actor.person_id, clock.today())) if actor.person_id else set()
    return {
        act_id: [_line(action, _reads(actor, action, mandates)) for action in actions]
        for act_id, actions in queries.of_acts(act_ids).items()
    }


def _reads(actor: Actor, action: Action, mandates: set[int]) -> bool:
    if queries.is_open_to(actor, action):
        return True
    owner = actor.person_id is not None and action.owner_id == actor.person_id
    return owner or action.owner_institution_id in mandates


def _line(action: Action, reads: bool) -> ExecutionLine:
    return ExecutionLine(
        title=action.title,
        owner=owner_name(action),
        due_on=action.due_on,
        state=action.state.value,
        done_on=action.done_on,
        proof=action.proof if reads else "",
        link=Link(action.title, "actions.action", {"action_id": action.id}) if reads else None,
    )
