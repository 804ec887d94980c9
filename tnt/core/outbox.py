"""The outbox: mails are written with the transaction that causes them and leave after its commit.

`enqueue` is called by services; `deliver_due` by the scheduler. Once per (recipient, kind, thing,
occurrence); the Message-ID is given when the message is queued, so that a second departure after a crash is
seen as the same mail. Each message asks again whether its reason still holds when it leaves.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_babel import force_locale, gettext
from markupsafe import Markup
from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from tnt.core import blobs, clock, journal
from tnt.core.access import Actor
from tnt.core.claims import Claimable, ClaimLost, give_back, take
from tnt.core.dataset import demo_loaded
from tnt.core.db import Model, db, in_transaction, transaction
from tnt.core.errors import N_, DomainError, NotFound
from tnt.core.mail import Attachment, Carrier, Letter, MailFailed, build, carrier
from tnt.core.statements import database_now, insert
from tnt.core.words import storable

log = logging.getLogger("tnt.outbox")

CLAIM_SECONDS = 120
BATCH = 500
# how long to wait after each failure; the last one gives up, about two days after the first
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
DEMO_LABEL = N_("[démonstration]")
DEMO_LINE = N_("Données de démonstration : ce message ne concerne aucune personne réelle.")
ERASED = N_("(contenu effacé après l’envoi)")


class OutboxState(StrEnum):
    """Queued until it leaves, fails for good, or has become void (« sans objet »)."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    VOID = "void"


class NotFailed(DomainError):
    """Only a message that failed for good is sent again by hand."""

    message = N_("Ce message n’est pas en échec : il n’y a rien à renvoyer.")


class OutboxMessage(Claimable, Model):
    """One mail to one person, for one occurrence of one thing."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("recipient", "kind", "thing", "occurrence", name="uq_outbox_message_once"),
        Index("ix_outbox_message_due", "state", "next_attempt_at"),
    )

    recipient: Mapped[str] = mapped_column(String(270))  # « person:12 », or « address:… » without a person
    person_id: Mapped[int | None] = mapped_column(index=True)  # no foreign key: core knows no person
    kind: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(80))  # « meeting:12 »
    occurrence: Mapped[str] = mapped_column(String(80))  # « notice:2 », « 2026-11-23 »
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    attachments: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    is_secret: Mapped[bool] = mapped_column(default=False)  # holds a link that signs in: erased once sent
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.QUEUED)
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")

    @property
    def journal_label(self) -> str:
        """How the journal names the message."""
        return f"{self.kind} {self.thing}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round of the outbox did."""

    sent: int = 0
    void: int = 0
    failed: int = 0
    postponed: int = 0


# kind -> is the reason of this message still true?
Checker = Callable[[OutboxMessage], bool]
_CHECKERS: dict[str, Checker] = {}


def register_checker(kind: str, still_true: Checker) -> None:
    """Say how messages of a kind ask again for their reason before leaving; without one they leave."""
    _CHECKERS[kind] = still_true


def was_sent(kind: str, thing: str, person_id: int | None) -> bool:
    """Whether a mail of that kind about that thing has left to a person."""
    found = select(OutboxMessage.id).where(
        OutboxMessage.kind == kind,
        OutboxMessage.thing == thing,
        OutboxMessage.person_id == person_id,
        OutboxMessage.state == OutboxState.SENT,
    )
    return db.session.scalar(found.limit(1)) is not None


def enqueue(
    *,
    kind: str,
    thing: str,
    occurrence: str,
    to: str,
    subject: str,
    text: str,
    person_id: int | None = None,
    html: str = "",
    attachments: Sequence[Mapping[str, str]] = (),
    not_before: datetime | None = None,
    is_secret: bool = False,
    locale: str = "fr",
) -> bool:
    """Queue a mail inside the caller's transaction; False when that very message was queued before.

    `attachments` are mappings of `sha256` (of a blob), `name` and `media_type`, with `alternative` for
    another form of the text. `is_secret`: the text holds
    a link that signs in, so it is erased once sent. Raises RuntimeError outside a transaction.
    """
    if not in_transaction():
        raise RuntimeError("a mail is queued by the transaction that causes it")
    if demo_loaded():
        subject, text, html = _labelled(subject, text, html, locale)
    now = clock.now()
    values = {
        "recipient": f"person:{person_id}" if person_id is not None else f"address:{to}",
        "person_id": person_id,
        "kind": kind,
        "thing": thing,
        "occurrence": occurrence,
        "message_id": _message_id(),
        "to_address": to,
        "subject": storable(subject)[:300],
        "text": storable(text),
        "html": storable(html),
        "attachments": [dict(attachment) for attachment in attachments],
        "is_secret": is_secret,
        "state": OutboxState.QUEUED,
        "created_at": now,
        "next_attempt_at": not_before or now,
        "last_error": "",
        "claim_token": 0,
        "attempts": 0,
    }
    return db.session.execute(_insertion(db.engine.dialect.name), values).first() is not None


@cache
def _insertion(_dialect: str) -> Any:
    """The statement that queues a message unless it was queued before; made once, thousands may follow."""
    table = cast(Table, OutboxMessage.__table__)
    once = ["recipient", "kind", "thing", "occurrence"]
    return insert(table).on_conflict_do_nothing(index_elements=once).returning(table.c.id)


def _labelled(subject: str, text: str, html: str, locale: str) -> tuple[str, str, str]:
    """The same mail under the mention of demonstration data."""
    with force_locale(locale):
        label, line = gettext(DEMO_LABEL), gettext(DEMO_LINE)
    if html:
        html = Markup("<p><strong>{}</strong></p>\n").format(line) + Markup(html)  # noqa: S704 - made by us
    return f"{label} {subject}", f"{line}\n\n{text}", str(html)


def _message_id() -> str:
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    return f"<{secrets.token_hex(16)}@{host}>"


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.next_attempt_at <= now)


def deliver_due(limit: int = BATCH) -> Delivery:
    """Send what is due, oldest first. A dead server ends the round: the others wait without an attempt."""
    now = database_now()
    due = list(
        db.session.scalars(
            select(OutboxMessage.id)
            .where(_due(now))
            .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
            .limit(limit)
        )
    )
    db.session.rollback()  # nothing of the database is held while a server answers
    if not due:
        return Delivery()
    try:
        with carrier(current_app.config) as way_out:
            return _deliver(due, way_out)
    except MailFailed as error:  # no connection at all: the oldest carries the reason, the others wait
        return Delivery(**{_postpone_for(due[0], error): 1})


def _deliver(due: Sequence[int], way_out: Carrier) -> Delivery:
    counts = {"sent": 0, "void": 0, "failed": 0, "postponed": 0}
    for message_id in due:
        outcome, server_down = _deliver_one(message_id, way_out)
        if outcome:
            counts[outcome] += 1
        if server_down:
            break
    return Delivery(**counts)


def _deliver_one(row_id: int, way_out: Carrier) -> tuple[str, bool]:
    """Claim, ask again, send, note: (what happened, whether the server is gone)."""
    now = database_now()
    token = take(OutboxMessage, row_id, _due(now), now, CLAIM_SECONDS)
    if token is None:
        return "", False
    message = db.session.get_one(OutboxMessage, row_id, populate_existing=True)
    try:
        if not _still_true(message):
            _end(message, token, OutboxState.VOID)
            return "void", False
        letter = _letter(message, now)
        db.session.rollback()
        way_out.send(build(letter, current_app.config["MAIL_FROM"]))
    except MailFailed as error:
        return _after_failure(row_id, token, error), error.server_down
    except ClaimLost:
        raise
    except Exception as error:  # a poison message must not stop the others
        log.exception("message %s of the outbox failed", row_id)
        return _after_failure(row_id, token, MailFailed(f"erreur : {type(error).__name__}")), False
    try:
        _end(db.session.get_one(OutboxMessage, row_id), token, OutboxState.SENT, now)
    except ClaimLost:
        log.warning("message %s of the outbox was taken over while it left", row_id)
    return "sent", False


def _still_true(message: OutboxMessage) -> bool:
    checker = _CHECKERS.get(message.kind)
    return checker is None or checker(message)


def _letter(message: OutboxMessage, now: datetime) -> Letter:
    attachments = [
        Attachment(part["name"], part["media_type"], blobs.get(part["sha256"]).content, "alternative" in part)
        for part in message.attachments
    ]
    return Letter(
        to=message.to_address,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id=message.message_id,
        sent_at=now,
        attachments=attachments,
    )


def _end(message: OutboxMessage, token: int, state: OutboxState, sent_at: datetime | None = None) -> None:
    values: dict[str, object] = {"state": state, "sent_at": sent_at, "last_error": ""}
    if message.is_secret:
        values |= {"text": ERASED, "html": ""}
    row_id = message.id
    db.session.rollback()
    give_back(OutboxMessage, row_id, token, **values)


def _postpone_for(row_id: int, error: MailFailed) -> str:
    """Note on the oldest message why the server could not be reached."""
    now = database_now()
    token = take(OutboxMessage, row_id, _due(now), now, CLAIM_SECONDS)
    return _after_failure(row_id, token, error) if token is not None else "postponed"


def _after_failure(row_id: int, token: int, error: MailFailed) -> str:
    """Try again later, or give up: « postponed » or « failed »."""
    db.session.rollback()
    attempts = db.session.execute(
        select(OutboxMessage.attempts).where(OutboxMessage.id == row_id)
    ).scalar_one()
    over = error.permanent or attempts > len(DELAYS)
    values: dict[str, object] = {"last_error": str(error)[:300]}
    if over:
        values["state"] = OutboxState.FAILED
    else:
        values["next_attempt_at"] = database_now() + DELAYS[attempts - 1]
    db.session.rollback()
    try:
        give_back(OutboxMessage, row_id, token, **values)
    except ClaimLost:
        log.warning("message %s of the outbox was taken over while it failed", row_id)
    return "failed" if over else "postponed"


def send_again(actor: Actor, row_id: int) -> None:
    """Queue a message that failed for good once more. Raises NotFailed, NotFound."""
    with transaction():
        message = db.session.get(OutboxMessage, row_id)
        if message is None:
            raise NotFound()
        if message.state != OutboxState.FAILED:
            raise NotFailed()
        message.state = OutboxState.QUEUED
        message.attempts = 0
        message.next_attempt_at = clock.now()
        journal.record(actor, "outbox.send_again", message, before={"state": "failed"})


def void_queued(reason: str) -> int:
    """Keep every queued message from leaving, inside the caller's transaction; says how many.

    For a past that is told afterwards: its mails are part of the story and concern nobody any more.
    """
    if not in_transaction():
        raise RuntimeError("messages become void in the transaction that says why")
    queued = update(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
    void = queued.values(state=OutboxState.VOID, last_error=reason[:300]).returning(OutboxMessage.id)
    return len(db.session.execute(void).all())


def counts_by_state() -> dict[OutboxState, int]:
    """How many messages are in each state, for the administrator's page."""
    rows = db.session.execute(
        select(OutboxMessage.state, func.count(OutboxMessage.id)).group_by(OutboxMessage.state)
    )
    found = dict(rows.all())
    return {state: found.get(state, 0) for state in OutboxState}


def list_troubled(limit: int = 50) -> list[OutboxMessage]:
    """The messages that failed, or wait after a failure, the newest first."""
    return list(
        db.session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.last_error != "",
                OutboxMessage.state.in_([OutboxState.QUEUED, OutboxState.FAILED]),
            )
            .order_by(OutboxMessage.id.desc())
            .limit(limit)
        )
    )


def init_app(app: Flask) -> None:
    """The mails of development and tests land in a folder that exists."""
    if not app.config["MAIL_SERVER"]:
        app.config["MAIL_FOLDER"].mkdir(parents=True, exist_ok=True)
