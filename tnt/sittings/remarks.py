"""What the features above tell of an item while the session is held, before it is settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tnt.agendas.models import AgendaItem


class Remark(NamedTuple):
    """What stands in the way of an outcome, and where it is mended."""

    message: str
    label: str
    url: str


Provider = Callable[[AgendaItem], Remark | None]
_PROVIDERS: dict[str, Provider] = {}


def register_remark(name: str, provider: Provider) -> None:
    """Tell something of an item in session mode, once per name; None when there is nothing to tell."""
    _PROVIDERS[name] = provider


def remarks_on(item: AgendaItem) -> list[Remark]:
    """All that is told of an item."""
    found = [provider(item) for provider in _PROVIDERS.values()]
    return [remark for remark in found if remark is not None]
