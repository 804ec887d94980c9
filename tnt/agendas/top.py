"""What the features above tell the reader at the top of a session's page, and of its state."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from tnt.core.access import Actor
from tnt.meetings.models import Meeting

Provider = Callable[[Actor, Meeting], Markup | None]
_PROVIDERS: dict[str, Provider] = {}


def register_top(name: str, provider: Provider) -> None:
    """Tell something at the top of a session's page, once per name; None when there is nothing to tell."""
    _PROVIDERS[name] = provider


def told_at_top(actor: Actor, meeting: Meeting) -> list[Markup]:
    """All that is told to that reader."""
    found = [provider(actor, meeting) for provider in _PROVIDERS.values()]
    return [part for part in found if part is not None]


StateProvider = Callable[[Meeting], str | None]
_STATES: list[StateProvider] = []


def register_record_state(provider: StateProvider) -> None:
    """Say how the record of a session stands where « en visa » would be wrong; None where it is right."""
    _STATES[:] = [provider]


def record_state(meeting: Meeting) -> str | None:
    """How the record of a session that was lifted stands, in a word; None while it is as its state says."""
    return next((provider(meeting) for provider in _STATES), None)
