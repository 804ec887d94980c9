"""How meetings plug into the frame."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.core.access import current_actor
from tnt.core.navigation import register_destination
from tnt.meetings.tabs import tabs_of


def init_app(app: Flask) -> None:
    """Put « Séances » in the menu of whoever is signed in; let pages show the parts of a meeting."""
    app.jinja_env.globals["meeting_tabs"] = tabs_of
    register_destination(
        "meetings.index",
        _l("Séances"),
        20,
        visible=_is_signed_in,
        blueprints=(
            "agendas",
            "agenda_models",
            "papers",
            "participants",
            "packs",
            "convocations",
            "sittings",
            "closing",
            "minutes",
        ),
    )


def _is_signed_in() -> bool:
    return current_actor().person_id is not None
