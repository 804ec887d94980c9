"""Where objectives plug into what is below: the menu, the subjects of acts."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from tnt.core.navigation import register_destination
from tnt.decisions.subjects import register_subject_provider
from tnt.objectives.subjects import ObjectiveSubjects


def init_app(_app: Flask) -> None:
    """Register the entry of the menu and what the register of decisions says of objectives."""
    register_destination("objectives.index", _l("Objectifs"), 40)
    register_subject_provider("objectif", ObjectiveSubjects())
