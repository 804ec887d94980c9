"""The visas that an act waits for: what a co-chair says of a version, and when they suffice. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from tnt.core.errors import N_


class VisaState(StrEnum):
    """What a co-chair said of a version of the text."""

    AWAITED = "awaited"
    GIVEN = "given"
    CORRECTION_ASKED = "correction_asked"


VISA_WORDS = {
    VisaState.AWAITED: N_("attendu"),
    VisaState.GIVEN: N_("donné"),
    VisaState.CORRECTION_ASKED: N_("correction demandée"),
}


def is_complete(states: Iterable[VisaState], needs_all: bool) -> bool:
    """Whether the visas given suffice: all of them, or one."""
    given = [state is VisaState.GIVEN for state in states]
    return bool(given) and (all(given) if needs_all else any(given))
