"""What the features above let read by a link to reply, beside the reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tnt.participants.models import ReplyLink

# the link and its token; words (a lazy French message) and address of a page to read, if there is one
Provider = Callable[[ReplyLink, str], tuple[Any, str] | None]
_PROVIDERS: dict[str, Provider] = {}


def register_beside(name: str, provider: Provider) -> None:
    """Give something to read to whoever holds a link, once per name."""
    _PROVIDERS[name] = provider


def pages_beside(link: ReplyLink, token: str) -> list[tuple[Any, str]]:
    """What whoever holds the link may read besides."""
    found = [provider(link, token) for provider in _PROVIDERS.values()]
    return [page for page in found if page is not None]
