"""The first administrator: a person, an invitation and a function, in one command."""

from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email

from tnt.accounts.cli import accounts_cli
from tnt.accounts.queries import find_person_by_email
from tnt.accounts.services import add_person, invite
from tnt.committees.rules import FunctionKind
from tnt.committees.services import appoint_function
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import transaction
from tnt.core.errors import DomainError


@accounts_cli.command("create-admin")
@click.argument("email")
@click.argument("given_name", metavar="GIVEN")
@click.argument("family_name", metavar="FAMILY")
def create_admin(email: str, given_name: str, family_name: str) -> None:
    """Make an administrator and print the link that opens their account (once, within seven days)."""
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        raise click.ClickException(f"adresse électronique refusée : {email}") from error
    try:
        with transaction():
            known = find_person_by_email(email)
            person = known or add_person(SYSTEM, given_name, family_name, email)
            link = invite(SYSTEM, person)
            appoint_function(
                SYSTEM, person_id=person.id, kind=FunctionKind.ADMINISTRATOR, from_on=clock.today()
            )
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(link)
