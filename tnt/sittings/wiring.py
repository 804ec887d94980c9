"""How sittings plug in: they tell the agenda's page how each item ended."""

from __future__ import annotations

from flask import Flask

from tnt.agendas.queries import register_outcomes
from tnt.sittings import queries


def init_app(_app: Flask) -> None:
    """Show the outcomes on the page of a meeting."""
    register_outcomes(_outcomes)


def _outcomes(meeting_id: int) -> dict[int, str]:
    return {
        state.item.id: state.outcome.kind.value
        for state in queries.list_item_states(meeting_id)
        if state.outcome is not None and state.outcome.kind is not None
    }
