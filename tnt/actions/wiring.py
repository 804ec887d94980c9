"""Where actions plug into what is below: the menu, the execution of acts."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.actions.subjects import execution_of
from tnt.core.navigation import register_destination
from tnt.decisions.subjects import register_execution_provider


def init_app(_app: Flask) -> None:
    """Register the entry of the menu and what the register of decisions says of execution."""
    register_destination("actions.index", _l("Suites données"), 65)
    register_execution_provider("actions", execution_of)
