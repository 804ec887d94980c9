"""`flask --app wsgi calendar subscribe EMAIL FEED`: hand an address over to someone."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from tnt.accounts import queries as accounts
from tnt.committees import queries as committees
from tnt.core.access import SYSTEM
from tnt.core.errors import DomainError
from tnt.core.i18n import translate
from tnt.feeds.addresses import address_of
from tnt.feeds.forms import MINE
from tnt.feeds.rules import NoSuchFeed
from tnt.feeds.services import subscriptions

calendar_cli = AppGroup("calendar", help="Adresses de calendrier.")


@calendar_cli.command("subscribe")
@click.argument("email")
@click.argument("feed")
@click.option("--device", default="Adresse remise par l’administration", help="Nom de l’appareil.")
@click.option("--no-alarms", is_flag=True, help="Sans rappels.")
@click.option("--without-cancelled", is_flag=True, help="Sans les séances annulées.")
def subscribe(email: str, feed: str, device: str, no_alarms: bool, without_cancelled: bool) -> None:
    """Affiche une nouvelle adresse pour EMAIL. FEED : « moi » ou la clé d’un comité."""
    person = accounts.find_person_by_email(email)
    if person is None:
        raise click.ClickException(f"Personne n’est enregistré avec l’adresse {email}.")
    try:
        issued = subscriptions.subscribe(
            SYSTEM,
            person_id=person.id,
            committee_id=_committee_id(feed),
            device=device,
            options=subscriptions.Options(not no_alarms, not without_cancelled),
        )
    except DomainError as error:
        raise click.ClickException(translate(error)) from error
    click.echo(address_of(issued.token))


def _committee_id(feed: str) -> int | None:
    if feed == MINE:
        return None
    committee = committees.find_committee(feed)
    if committee is None:
        raise NoSuchFeed()
    return committee.id
