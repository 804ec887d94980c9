"""How meetings plug into the frame."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.core.access import current_actor
from tnt.core.navigation import register_destination


def init_app(_app: Flask) -> None:
    """Put « Séances » in the menu of whoever is signed in."""
    register_destination(
        "meetings.index",
        _l("Séances"),
        20,
        visible=_is_signed_in,
        blueprints=("agendas", "convocations", "sittings", "closing", "intake"),
    )


def _is_signed_in() -> bool:
    return current_actor().person_id is not None
