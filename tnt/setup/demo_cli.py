"""Commands: `flask --app wsgi demo load [--if-empty]`, `flask --app wsgi demo clear`."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup

from tnt.core.errors import DomainError
from tnt.core.i18n import translate
from tnt.setup.demo.clearing import clear_demo
from tnt.setup.demo.loading import has_anybody, load_demo

demo_cli = AppGroup("demo", help="La démonstration : la charger, l’effacer.")


@demo_cli.command("load")
@click.option("--if-empty", is_flag=True, help="Ne rien faire quand la base connaît déjà quelqu’un.")
def load(if_empty: bool) -> None:
    """Charge des personnes et des séances fictives sur le programme réel, datées d’aujourd’hui."""
    if if_empty and has_anybody():
        return
    started = time.monotonic()
    try:
        loaded = load_demo(click.echo)
    except DomainError as refusal:
        raise click.ClickException(translate(refusal)) from refusal
    seconds = f"{time.monotonic() - started:.1f}".replace(".", ",")
    click.echo(f"Démonstration chargée en {seconds} s : {loaded.line()}")


@demo_cli.command("clear")
def clear() -> None:
    """Efface toute la démonstration et recharge le programme réel seul."""
    try:
        clear_demo()
    except DomainError as refusal:
        raise click.ClickException(translate(refusal)) from refusal
    click.echo("Démonstration effacée ; il reste le programme réel.")
