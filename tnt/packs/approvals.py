"""The minutes that an item of a pack is to approve: the feature above says what is printed of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Told = dict[str, Any]  # plain data, in French: {line, address, sections}; see pack.typ
# item → the session whose minutes it approves; item → what is printed of them
Provider = Callable[[Mapping[int, int]], Mapping[int, Told]]
_PROVIDERS: list[Provider] = []


def register_minutes(provider: Provider) -> None:
    """Say what is printed of minutes to approve."""
    _PROVIDERS[:] = [provider]


def minutes_told(sessions: Mapping[int, int]) -> dict[int, Told]:
    """What is printed under each item that approves minutes; nothing is read when there is none."""
    return dict(_PROVIDERS[0](sessions)) if sessions and _PROVIDERS else {}
