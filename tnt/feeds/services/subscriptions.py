"""Open, renew and revoke a calendar address. The address is shown once: only its hash is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import NotFound
from tnt.core.ical import TIME_ZONES
from tnt.feeds import queries
from tnt.feeds.models import Subscription
from tnt.feeds.rules import (
    SECRET_BYTES,
    SELECTOR_BYTES,
    AccountClosed,
    AlreadyRevoked,
    DeviceTaken,
    FeedKind,
    NothingToShow,
    NotOpenToPerson,
    Token,
    check_device,
    hash_secret,
)


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chooses for one address. `zone`: an overseas zone of `core.ical`, or ''."""

    with_alarms: bool = True
    with_cancelled: bool = True
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new address; the token is nowhere else."""

    subscription: Subscription
    token: Token


def subscribe(
    actor: Actor,
    *,
    person_id: int,
    committee_id: int | None,
    device: str,
    options: Options | None = None,
) -> Issued:
    """A new address for that person: their own meetings, or one committee's.

    People act for themselves; the system (commands) for anyone. Raises NotFound, DeviceMissing,
    AccountClosed, NothingToShow, NotOpenToPerson, DeviceTaken.
    """
    if not (actor.is_system or actor.person_id == person_id):
        raise NotFound()
    name = check_device(device)
    chosen = options or Options()
    if chosen.zone and chosen.zone not in TIME_ZONES:
        raise NotFound()
    with transaction() as session:
        _check_open_to(person_id, committee_id)
        kind = FeedKind.MINE if committee_id is None else FeedKind.COMMITTEE
        if queries.find_active(person_id, kind, committee_id, name):
            raise DeviceTaken(device=name)
        token = _draw()
        subscription = Subscription(
            person_id=person_id,
            kind=kind,
            committee_id=committee_id,
            device=name,
            selector=token.selector,
            secret_hash=hash_secret(token.secret),
            with_alarms=chosen.with_alarms,
            with_cancelled=chosen.with_cancelled,
            zone=chosen.zone,
            created_at=clock.now(),
        )
        session.add(subscription)
        try:
            session.flush()
        except IntegrityError as error:  # the same form sent twice at once
            raise DeviceTaken(device=name) from error
        journal.record(
            actor,
            "subscription.open",
            subscription,
            after={"kind": kind, "device": name},
            committee_id=committee_id,
            on_behalf_of_id=person_id if actor.person_id != person_id else None,
        )
    return Issued(subscription, token)


def renew(actor: Actor, subscription_id: int) -> Issued:
    """A new address in place of one of the actor's: same feed, same options; the old one is revoked.

    Raises NotFound, AlreadyRevoked.
    """
    with transaction() as session:
        old = _own(actor, subscription_id)
        old.revoked_at = clock.now()
        session.flush()  # before the new row: one live address per device
        token = _draw()
        new = Subscription(
            person_id=old.person_id,
            kind=old.kind,
            committee_id=old.committee_id,
            device=old.device,
            selector=token.selector,
            secret_hash=hash_secret(token.secret),
            with_alarms=old.with_alarms,
            with_cancelled=old.with_cancelled,
            zone=old.zone,
            created_at=clock.now(),
        )
        session.add(new)
        session.flush()
        journal.record(
            actor,
            "subscription.renew",
            new,
            before={"subscription": old.id},
            after={"subscription": new.id, "device": new.device},
            committee_id=new.committee_id,
        )
    return Issued(new, token)


def revoke(actor: Actor, subscription_id: int) -> Subscription:
    """Close one of the actor's addresses, alone. Raises NotFound, AlreadyRevoked."""
    with transaction():
        subscription = _own(actor, subscription_id)
        subscription.revoked_at = clock.now()
        journal.record(
            actor,
            "subscription.revoke",
            subscription,
            before={"device": subscription.device},
            committee_id=subscription.committee_id,
        )
    return subscription


def _draw() -> Token:
    return Token(secrets.token_hex(SELECTOR_BYTES), secrets.token_urlsafe(SECRET_BYTES))


def _own(actor: Actor, subscription_id: int) -> Subscription:
    subscription = queries.get_subscription(actor.person_id, subscription_id, lock=True)
    if subscription.revoked_at is not None:
        raise AlreadyRevoked()
    return subscription


def _check_open_to(person_id: int, committee_id: int | None) -> None:
    today = clock.today()
    if queries.is_closed(person_id):
        raise AccountClosed()
    if committee_id is None:
        if not queries.sits_somewhere(person_id, today):
            raise NothingToShow()
    elif committee_id not in {committee.id for committee in queries.committees_of(person_id, today)}:
        raise NotOpenToPerson()
