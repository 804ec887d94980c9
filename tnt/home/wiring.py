"""The home page's place in the menu, and who the header shows."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.core.navigation import register_destination


def init_app(_app: Flask) -> None:
    """Put « Accueil » first in the menu."""
    # the journal has its place among the pages of the administration
    register_destination("home.index", _l("Accueil"), 10, pages=("home.search",))
