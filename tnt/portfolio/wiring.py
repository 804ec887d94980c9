"""Where the portfolio plugs into what is below: the menu, the page of the programme."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.core.navigation import register_destination
from tnt.portfolio.queries.committees import extension
from tnt.programme.queries import register_extension


def init_app(_app: Flask) -> None:
    """Register the entries of the menu, and tell the programme which decision extends it."""
    register_destination("portfolio.index", _l("Groupes projet"), 30)
    register_destination("portfolio.committees", _l("Comités"), 25, pages=("portfolio.committee",))
    register_extension(extension)
