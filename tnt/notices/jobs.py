"""What the scheduler does at each tick: let mails leave, do the tasks that are due.

The other features register their own ticks (`core.tasks.register_tick`) in their `jobs.py`.
"""

from __future__ import annotations

from tnt.core import outbox, tasks

DELIVER_SECONDS = 5
TASKS_SECONDS = 5

tasks.register_tick("outbox.deliver", DELIVER_SECONDS, outbox.deliver_due)
tasks.register_tick("tasks.run", TASKS_SECONDS, tasks.run_due)
