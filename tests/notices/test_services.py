"""Sending a message again is an administrator's act, whatever page asks."""

from __future__ import annotations

import pytest
from flask import Flask

from tnt.core import outbox
from tnt.core.access import ANONYMOUS, Actor, Grant
from tnt.core.db import db, transaction
from tnt.core.errors import Forbidden
from tnt.core.outbox import OutboxMessage, OutboxState
from tnt.notices import services


def failed_message() -> int:
    with transaction():
        outbox.enqueue(kind="test", thing="t", occurrence="1", to="pas-une-adresse", subject="s", text="t")
    outbox.deliver_due()
    found: int = db.session.execute(db.select(OutboxMessage.id)).scalar_one()
    return found


def state_of(message_id: int) -> OutboxState:
    db.session.rollback()
    return db.session.get_one(OutboxMessage, message_id, populate_existing=True).state


def test_an_administrator_sends_again_once(app: Flask) -> None:
    message_id = failed_message()
    administrator = Actor(1, "Ada", frozenset({Grant("administrator")}))
    services.send_again(administrator, message_id)
    assert state_of(message_id) == OutboxState.QUEUED
    with pytest.raises(outbox.NotFailed):
        services.send_again(administrator, message_id)


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor(2, "Luc", frozenset({Grant("secretary", 1)}))])
def test_nobody_else_does(app: Flask, actor: Actor) -> None:
    message_id = failed_message()
    with pytest.raises(Forbidden):
        services.send_again(actor, message_id)
    assert state_of(message_id) == OutboxState.FAILED


def test_a_past_that_is_told_writes_to_nobody(app: Flask) -> None:
    with transaction():
        outbox.enqueue(kind="test", thing="t", occurrence="1", to="a@example.org", subject="s", text="t")
        assert outbox.void_queued("passé reconstitué") == 1
    assert outbox.deliver_due() == outbox.Delivery()
    assert outbox.counts_by_state()[OutboxState.VOID] == 1
