"""What the scheduler does for consultations: closes those whose deadline has passed."""

from __future__ import annotations

from tnt.consultations import services
from tnt.core import tasks

CLOSE_SECONDS = 900

tasks.register_tick("consultations.close", CLOSE_SECONDS, services.close_overdue)
