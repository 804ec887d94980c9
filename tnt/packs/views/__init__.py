"""The pages of a pack: on its session, and by the link of a mail."""

from tnt.packs.views.links import pack_links
from tnt.packs.views.session import packs

__all__ = ["pack_links", "packs"]
