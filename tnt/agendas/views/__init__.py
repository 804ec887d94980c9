"""Pages of an agenda: the meeting's own page, its items, what is proposed, its headings."""

from tnt.agendas.views import headings, items, page, proposals
from tnt.agendas.views.blueprint import agendas
from tnt.agendas.views.headings import agenda_models

__all__ = ["agenda_models", "agendas", "headings", "items", "page", "proposals"]
