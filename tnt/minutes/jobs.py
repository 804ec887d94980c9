"""What the scheduler does for minutes: approve what silence has approved, remind those who said nothing."""

from __future__ import annotations

from tnt.core import tasks
from tnt.minutes.services import approval, circulation

SECONDS = 300

tasks.register_tick("minutes.approve", SECONDS, approval.approve_overdue)
tasks.register_tick("minutes.remind", SECONDS, circulation.remind_silent)
