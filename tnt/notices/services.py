"""What an administrator does to the outbox."""

from __future__ import annotations

from tnt.core import outbox
from tnt.core.access import Actor
from tnt.core.errors import Forbidden


def send_again(actor: Actor, message_id: int) -> None:
    """Queue a message that failed for good once more. Raises Forbidden, outbox.NotFailed."""
    if not actor.has("administrator"):
        raise Forbidden()
    outbox.send_again(actor, message_id)
