"""What the feeds plug into the frame: « Calendrier » in the menu, for whoever is signed in."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext

from tnt.core.access import current_actor
from tnt.core.navigation import register_destination


def init_app(_app: Flask) -> None:
    """Add the destination."""
    register_destination("feeds.index", lazy_gettext("Calendrier"), 90, visible=_is_signed_in)


def _is_signed_in() -> bool:
    return current_actor().person_id is not None
