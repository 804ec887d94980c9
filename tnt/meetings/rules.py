"""The life of a meeting, its cadence, its dates."""

from __future__ import annotations

from enum import StrEnum


class MeetingState(StrEnum):
    """Where a meeting is in its life."""

    PLANNED = "planned"
    CONVENED = "convened"
    IN_SESSION = "in_session"
    ADJOURNED = "adjourned"  # levée; the record is in visa
    CLOSED = "closed"  # last visa given, effects applied
    POSTPONED = "postponed"  # without a new date yet
    CANCELLED = "cancelled"
