"""What effects tell the features below: an objective on which a decision awaits its visas is held."""

from __future__ import annotations

from flask import Flask

from tnt.effects.services import pending_act_on_objective
from tnt.objectives.services import register_reservation


def init_app(_app: Flask) -> None:
    """Have objectives ask before their texts change."""
    register_reservation(_label_of_pending_act)


def _label_of_pending_act(objective_id: int) -> str | None:
    act = pending_act_on_objective(objective_id)
    return act.label if act is not None else None
