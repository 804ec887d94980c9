"""What the features above add to the page of a committee, under its sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tnt.committees.models import Committee


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: its heading, its content drawn, and where the rest is (words, address)."""

    title: Any  # a lazy French message
    content: Markup
    more: tuple[Any, str] | None = None


# the committee, and whether the reader reads its meetings
PanelProvider = Callable[[Committee, bool], Panel | None]
_PROVIDERS: dict[str, PanelProvider] = {}


def register_panel(name: str, provider: PanelProvider) -> None:
    """Add a part to the page of a committee."""
    _PROVIDERS[name] = provider


def panels_of(committee: Committee, *, reads: bool) -> list[Panel]:
    """The parts that have something to show."""
    found = [provider(committee, reads) for provider in _PROVIDERS.values()]
    return [panel for panel in found if panel is not None]
