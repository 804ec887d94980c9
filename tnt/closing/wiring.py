"""What closing plugs into lower features: a visa reminder leaves only while the visa is awaited."""

from __future__ import annotations

from flask import Flask

from tnt.closing.mails import is_visa_still_awaited
from tnt.core import outbox


def init_app(_app: Flask) -> None:
    """Let the outbox ask again before a visa mail leaves."""
    outbox.register_checker("visa_awaited", _still_true)


def _still_true(message: outbox.OutboxMessage) -> bool:
    record_id = int(message.thing.partition(":")[2])
    version = int(message.occurrence.removeprefix("v"))
    return message.person_id is not None and is_visa_still_awaited(record_id, version, message.person_id)
