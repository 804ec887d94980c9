"""The parts of a meeting: each feature says which page is its own, pages show those that one may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from tnt.core.access import Actor, current_actor
from tnt.core.navigation import Label, address
from tnt.core.templating import current_locale
from tnt.meetings.models import Meeting


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of a meeting; its endpoint takes `meeting_id` alone."""

    endpoint: str
    label: Label
    position: int
    visible: Callable[[Actor, Meeting], bool]


_TABS: list[Tab] = []


def register_tab(endpoint: str, label: Any, position: int, visible: Callable[[Actor, Meeting], bool]) -> None:
    """Add a part; registering an endpoint again replaces it. `visible` costs no query."""
    kept = [tab for tab in _TABS if tab.endpoint != endpoint]
    _TABS[:] = sorted([*kept, Tab(endpoint, Label(label), position, visible)], key=lambda tab: tab.position)


def tabs_of(meeting: Meeting) -> list[tuple[str, str, bool]]:
    """The parts that the reader of the present request may open: (words, address, whether it is this one)."""
    actor, blueprint, locale = current_actor(), request.blueprint, current_locale()
    return [
        (
            tab.label.said(locale),
            address(tab.endpoint, meeting_id=meeting.id),
            tab.endpoint.partition(".")[0] == blueprint,
        )
        for tab in _TABS
        if tab.endpoint in current_app.view_functions and tab.visible(actor, meeting)
    ]
