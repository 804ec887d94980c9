"""Commands: `flask --app wsgi programme load`."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from tnt.core.access import SYSTEM
from tnt.setup.demo_cli import demo_cli
from tnt.setup.programme_loader import load_programme

__all__ = ["demo_cli", "programme_cli"]  # the command groups that this room adds

programme_cli = AppGroup("programme", help="Le programme réel : chargement depuis les fichiers du projet.")


@programme_cli.command("load")
@click.option(
    "--followed-from",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Jour à partir duquel la cadence des comités est suivie (première fois seulement).",
)
def load(followed_from: datetime | None) -> None:
    """Charge le programme réel ; deux fois ne change rien."""
    report = load_programme(SYSTEM, followed_from=followed_from.date() if followed_from else None)
    for line in report.lines():
        click.echo(line)
