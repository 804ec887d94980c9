"""Commands of the ground: serve, and verify the journal."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError

from tnt.core import journal
from tnt.core.dataset import demo_loaded
from tnt.core.serving import Pair, PortTaken

journal_commands = AppGroup("journal", help="Le journal des actes : le vérifier.")


@journal_commands.command("verify")
def verify_journal() -> None:
    """Vérifier que nul n’a changé le journal (code 1 sinon)."""
    faults = journal.verify()
    for fault in faults:
        click.echo(f"entrée {fault.seq} : {fault.why}", err=True)
    if faults:
        click.echo(f"Journal altéré : {len(faults)} défaut(s).", err=True)
        sys.exit(1)
    click.echo(f"Journal intact : {journal.count()} entrée(s).")


@click.command("serve", help="Servir l’application et son planificateur, jusqu’à Ctrl-C.")
@click.option("--host", default=lambda: os.environ.get("HOST", "127.0.0.1"), help="Adresse d’écoute.")
@click.option("--workers", default=1, type=click.IntRange(1, 32), help="Processus du serveur web.")
@with_appcontext
def serve(host: str, workers: int) -> None:
    """Start both processes, and say what to open."""
    port = int(current_app.config["PORT"])
    address = current_app.config["BASE_URL"]
    demo = _has_demo()

    def say_what_to_open() -> None:
        click.echo(f"\n  Ouvrez {address}\n")
        if demo:
            click.echo(
                "  Données de démonstration chargées : la page de connexion propose un compte par rôle.\n"
            )
        click.echo("  Ctrl-C pour arrêter.\n")

    try:
        sys.exit(Pair(host, port, workers, urlsplit(address).netloc).run(say_what_to_open))
    except PortTaken as error:
        message = f"Le port {error} est déjà pris. Choisissez-en un autre : PORT=5001 make run"
        raise click.ClickException(message) from error


def _has_demo() -> bool:
    try:
        return demo_loaded()
    except DBAPIError as error:
        message = "La base n’est pas prête : lancez d’abord « flask --app wsgi db upgrade »."
        raise click.ClickException(message) from error


def init_app(app: Flask) -> None:
    """Add the command that stands in no group."""
    app.cli.add_command(serve)
