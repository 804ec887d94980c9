"""The command that runs the scheduler."""

from __future__ import annotations

from flask import Flask, current_app
from flask.cli import AppGroup

from tnt.notices import scheduler

scheduler_commands = AppGroup("scheduler", help="Le planificateur : courriers, relances, tâches, purges.")


@scheduler_commands.command("run")
def run() -> None:
    """Tourner jusqu’à l’arrêt (un seul travaille, les autres attendent)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    scheduler.run(app)
