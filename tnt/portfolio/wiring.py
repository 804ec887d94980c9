"""Where the portfolio plugs into what is below: the menu."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.core.navigation import register_destination


def init_app(_app: Flask) -> None:
    """Register the entry of the menu."""
    register_destination("portfolio.index", _l("Groupes projet"), 30)
