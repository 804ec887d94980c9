"""The page of the programme: what its sources say, and where each statement comes from."""

from __future__ import annotations

from flask import Blueprint, render_template

from tnt.core import clock
from tnt.core.access import SIGNED_IN, access
from tnt.programme import queries

programme = Blueprint("programme", __name__)


@programme.get("/programme")
@access(SIGNED_IN)
def index() -> str:
    """The facts of the programme with their sources."""
    facts = queries.facts_of()
    announced = queries.announcement(facts.get("programme", []))
    return render_template(
        "programme/index.html",
        facts=facts,
        announced=announced,
        is_over=announced is not None and announced.until < clock.today(),
        extension=queries.extension(),
        sources=queries.list_sources(),
    )
