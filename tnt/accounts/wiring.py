"""Plugs the signed-in person into the requests, the header and the menu."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext
from flask_login import LoginManager, current_user

from tnt.accounts import queries
from tnt.core.access import current_actor
from tnt.core.navigation import Viewer, address, register_destination, register_viewer


class SessionsOnly(LoginManager):  # type: ignore[misc]  # the library ships no types
    """Flask-Login without its remember cookie, which has no date and which nobody is given here."""

    def _load_user_from_remember_cookie(self, _cookie: str) -> None:
        return None


def init_app(app: Flask) -> None:
    """Say who is signed in, and show it."""
    manager = SessionsOnly()
    manager.session_protection = None  # it would trust X-Forwarded-For by itself
    manager.user_loader(queries.find_signed_in)
    manager.init_app(app)
    register_viewer(header)
    register_destination(
        "accounts.people",
        lazy_gettext("Administration"),
        100,
        visible=lambda: current_actor().has("administrator"),
        blueprints=("committees", "notices"),
    )


def header() -> Viewer | None:
    """The name, and for a demonstration account its role, at the top of every page."""
    actor = current_actor()
    if actor.person_id is None:
        return None
    return Viewer(actor.name, current_user.demo_label, address("accounts.me"))
