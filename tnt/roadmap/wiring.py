"""Plugs the page of the roadmap into the menu."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext

from tnt.core.navigation import register_destination


def init_app(_app: Flask) -> None:
    """Add the entry of the menu."""
    register_destination("roadmap.index", lazy_gettext("Feuille de route"), 50)
