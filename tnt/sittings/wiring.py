"""How sittings plug in: they tell the agenda's page how each item ended."""

from __future__ import annotations

from flask import Flask

from tnt.agendas.queries import register_outcomes
from tnt.sittings import queries


def init_app(_app: Flask) -> None:
    """Show the outcomes on the page of a meeting."""
    register_outcomes(_outcomes)


def _outcomes(meeting_id: int) -> dict[int, str]:
    return {line.id: line.outcome.value for line in queries.list_rail(meeting_id) if line.outcome is not None}
