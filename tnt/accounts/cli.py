"""Commands about accounts. `create-admin` is added by `committees`, which grants the function."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from tnt.accounts import queries, services
from tnt.core.access import SYSTEM
from tnt.core.errors import DomainError

accounts_cli = AppGroup("accounts", help="People and their accounts.")


@accounts_cli.command("invite")
@click.argument("email")
def invite(email: str) -> None:
    """Print a new invitation link for a person already known."""
    person = queries.find_person_by_email(email)
    if person is None:
        raise click.ClickException(f"personne inconnue : {email}")
    try:
        click.echo(services.invite(SYSTEM, person))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
