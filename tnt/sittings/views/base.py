"""The addresses of session mode, all under the meeting's."""

from __future__ import annotations

from flask import Blueprint

from tnt.core.access import holding

blueprint = Blueprint("sittings", __name__, url_prefix="/seances/<int:meeting_id>/tenue")
SECRETARY = holding("secretary")
CHAIR = holding("secretary", "co_chair")
REFUSED = 422
