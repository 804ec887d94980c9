"""Where handovers plug into what is below: what the register of decisions says of them."""

from __future__ import annotations

from flask import Flask

from tnt.decisions.subjects import register_subject_provider
from tnt.handovers.subjects import HandoverSubjects


def init_app(_app: Flask) -> None:
    """Register the subjects of acts."""
    register_subject_provider("suite", HandoverSubjects())
