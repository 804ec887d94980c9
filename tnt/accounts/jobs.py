"""What the scheduler does for accounts: mails reset links, removes the rows of expired sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tnt.accounts import services
from tnt.core import sessions, tasks
from tnt.core.access import SYSTEM


def send_reset(payload: Mapping[str, Any], handle: tasks.Handle) -> dict[str, Any]:
    """Mail the link that somebody asked for; nothing for an address without an account."""
    with handle.transaction():
        services.send_reset(SYSTEM, int(payload["account_id"]))
    return {}


tasks.register_handler(services.RESET_TASK, send_reset)
tasks.register_tick("sessions.purge", 3600, sessions.purge_expired)
