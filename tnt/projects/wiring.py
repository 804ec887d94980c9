"""Where projects plug into what is below: the rights of leads, the acts that concern groups."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Flask

from tnt.core.access import Grant, register_provider
from tnt.decisions.subjects import register_subject_provider
from tnt.projects.queries import groups_led_by
from tnt.projects.subjects import GroupSubjects


def leads_of_the_day(person_id: int, day: date) -> Iterable[Grant]:
    """« lead » on each group that the person leads that day."""
    return [Grant("lead", group_id) for group_id in groups_led_by(person_id, day)]


def init_app(_app: Flask) -> None:
    """Register the provider of rights and the subjects of acts."""
    register_provider("projects", leads_of_the_day)
    register_subject_provider("groupe", GroupSubjects())
