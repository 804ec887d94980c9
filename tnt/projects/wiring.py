"""Where projects plug into what is below: the rights of leads, the acts that concern groups."""

from __future__ import annotations

from flask import Flask

from tnt.core.access import register_grants
from tnt.decisions.subjects import register_subject_provider
from tnt.projects import queries
from tnt.projects.subjects import GroupSubjects


def init_app(_app: Flask) -> None:
    """Register the rights of leads and the subjects of acts."""
    register_grants("projects", queries.grants())
    register_subject_provider("groupe", GroupSubjects())
