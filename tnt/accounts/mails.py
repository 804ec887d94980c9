"""The mails about accounts: plain text, in the person's language, queued with the transaction."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.accounts.models import AccountToken, Person
from tnt.accounts.rules import TokenKind
from tnt.core import clock, formats, outbox
from tnt.core.access import Actor
from tnt.core.db import db

KINDS = {TokenKind.INVITATION: "account.invitation", TokenKind.RESET: "account.reset"}
ENDPOINTS = {TokenKind.INVITATION: "accounts.accept_invitation", TokenKind.RESET: "accounts.reset_password"}


def address_of(endpoint: str, **values: object) -> str:
    """The full address of a page, under the configured base address (never the request's host)."""
    base = str(current_app.config["BASE_URL"])
    path = current_app.url_map.bind(urlsplit(base).netloc).build(endpoint, values)
    return base + path


def send_link(actor: Actor, token: AccountToken, link: str) -> str:
    """Queue the mail that carries a single-use link; returns the link's address."""
    person = token.account.person
    address = address_of(ENDPOINTS[token.kind], token=link)
    with force_locale(person.locale):
        until = formats.datetime_long(token.expires_at, locale=person.locale)
        if token.kind is TokenKind.INVITATION:
            subject, text = _invitation(actor, person, address, until)
        else:
            subject, text = _reset(person, address, until)
    outbox.enqueue(
        kind=KINDS[token.kind],
        thing=f"account_token:{token.id}",
        occurrence="1",
        to=person.email or "",
        subject=subject,
        text=text,
        person_id=person.id,
        is_secret=True,
        locale=person.locale,
    )
    return address


def _invitation(actor: Actor, person: Person, address: str, until: str) -> tuple[str, str]:
    subject = _("Votre accès à TNT, l’outil du programme Transformation Numérique des Territoires")
    text = _(
        "Bonjour %(name)s,\n\n"
        "%(inviter)s vous ouvre un accès à TNT, où se préparent et se suivent les séances du programme "
        "Transformation Numérique des Territoires.\n\n"
        "Pour choisir votre mot de passe, ouvrez ce lien :\n%(address)s\n\n"
        "Il sert une seule fois, jusqu’au %(until)s. "
        "Au-delà, demandez une nouvelle invitation à l’administrateur.\n\n"
        "Si vous n’attendiez pas ce message, ignorez-le : rien ne se passera.\n",
        name=person.full_name,
        inviter=actor.name if actor.person_id is not None else _("L’administrateur"),
        address=address,
        until=until,
    )
    return subject, text


def _reset(person: Person, address: str, until: str) -> tuple[str, str]:
    subject = _("TNT : choisir un nouveau mot de passe")
    text = _(
        "Bonjour %(name)s,\n\n"
        "Vous avez demandé un nouveau mot de passe. Pour le choisir, ouvrez ce lien :\n%(address)s\n\n"
        "Il sert une seule fois, jusqu’au %(until)s.\n\n"
        "Si vous n’avez rien demandé, ignorez ce message : votre mot de passe ne change pas.\n",
        name=person.full_name,
        address=address,
        until=until,
    )
    return subject, text


def tell_password_changed(person: Person, at: datetime) -> None:
    """Tell a person that their password has changed: whoever did not do it will know."""
    with force_locale(person.locale):
        subject = _("TNT : votre mot de passe a changé")
        text = _(
            "Bonjour %(name)s,\n\n"
            "Le mot de passe de votre compte TNT a changé le %(when)s. "
            "Vos autres sessions ont été fermées.\n\n"
            "Si ce n’est pas vous, demandez tout de suite un nouveau mot de passe :\n%(address)s\n"
            "et prévenez l’administrateur.\n",
            name=person.full_name,
            when=formats.datetime_long(at, locale=person.locale),
            address=address_of("accounts.forgotten_password"),
        )
    _tell(person, "account.password_changed", at, person.email, subject, text)


def tell_email_changed(person: Person, former: str, at: datetime) -> None:
    """Tell the former address that the account has another one from now on."""
    with force_locale(person.locale):
        subject = _("TNT : l’adresse de votre compte a changé")
        text = _(
            "Bonjour %(name)s,\n\n"
            "L’adresse électronique de votre compte TNT a été remplacée le %(when)s par un administrateur. "
            "Cette adresse-ci ne recevra plus de message.\n\n"
            "Si vous n’avez pas demandé ce changement, prévenez l’administrateur.\n",
            name=person.full_name,
            when=formats.datetime_long(at, locale=person.locale),
        )
    _tell(person, "account.email_changed", at, former, subject, text)


def _tell(person: Person, kind: str, at: datetime, to: str | None, subject: str, text: str) -> None:
    if not to:
        return
    outbox.enqueue(
        kind=kind,
        thing=f"person:{person.id}",
        occurrence=at.isoformat(),
        to=to,
        subject=subject,
        text=text,
        person_id=person.id,
        locale=person.locale,
    )


def is_link_still_useful(message: outbox.OutboxMessage) -> bool:
    """Whether the link in a waiting mail may still be used: asked again when it leaves."""
    token = db.session.get(AccountToken, int(message.thing.rpartition(":")[2]))
    return token is not None and token.used_at is None and clock.now() < token.expires_at


for _kind in KINDS.values():
    outbox.register_checker(_kind, is_link_still_useful)
