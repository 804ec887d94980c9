"""The pages of who comes: the seats, the links of the mails, the guests of one item, the correspondents."""

from tnt.participants.views import correspondents, guests, links, seats
from tnt.participants.views.blueprint import participants

__all__ = ["correspondents", "guests", "links", "participants", "seats"]
