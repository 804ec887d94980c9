"""The regions and the départements with their populations."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from tnt.core.access import SIGNED_IN, access
from tnt.territories.queries import search_regions

territories = Blueprint("territories", __name__)

SEARCH_LENGTH = 100


@territories.get("/territoires")
@access(SIGNED_IN)
def index() -> str:
    """Every region, or those that answer a search by name or code."""
    text = request.args.get("q", "")[:SEARCH_LENGTH]
    return render_template("territories/index.html", text=text, regions=search_regions(text))
