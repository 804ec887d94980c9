"""Reads for the administrator: what left, what did not, what the scheduler does."""

from __future__ import annotations

from sqlalchemy import select

from tnt.core import outbox, tasks
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.health import SCHEDULER_LEASE
from tnt.core.outbox import OutboxMessage, OutboxState

PER_PAGE = 50


def list_messages(state: OutboxState | None = None) -> list[OutboxMessage]:
    """The newest messages, of one state or of all."""
    statement = select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(PER_PAGE)
    if state is not None:
        statement = statement.where(OutboxMessage.state == state)
    return list(db.session.scalars(statement))


def get_message(message_id: int) -> OutboxMessage:
    """The message of that id. Raises NotFound."""
    message = db.session.get(OutboxMessage, message_id)
    if message is None:
        raise NotFound()
    return message


def counts() -> dict[OutboxState, int]:
    """How many messages are in each state."""
    return outbox.counts_by_state()


def is_scheduler_alive() -> bool:
    """Whether a scheduler process holds its lease at present."""
    return tasks.is_held(SCHEDULER_LEASE)
