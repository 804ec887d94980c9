"""The blueprint of the pages of an agenda, and what its views share."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from tnt.core.access import holding
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import translate

agendas = Blueprint("agendas", __name__, url_prefix="/seances/<int:meeting_id>")
SECRETARY = holding("secretary")
REFUSED = 422
Page = str | Response | tuple[str, int]


def to_page(meeting_id: int, anchor: str | None = None) -> Response:
    """On to the page of the meeting, at that place."""
    return redirect(url_for("agendas.page", meeting_id=meeting_id, _anchor=anchor), 303)


def attempt(act: Callable[[], object]) -> bool:
    """Do it, or say why not on the next page."""
    try:
        act()
    except NotFound:
        raise
    except DomainError as error:
        flash(translate(error), "danger")
        return False
    return True
