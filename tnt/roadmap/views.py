"""The page of the roadmap: its versions, the newest first, and what validated them."""

from __future__ import annotations

from flask import Blueprint, render_template

from tnt.core.access import SIGNED_IN, access
from tnt.roadmap.queries import list_versions

roadmap = Blueprint("roadmap", __name__)


@roadmap.get("/feuille-de-route")
@access(SIGNED_IN)
def index() -> str:
    """The axes of each version."""
    return render_template("roadmap/index.html", versions=list_versions())
