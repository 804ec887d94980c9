"""The pages of a session's minutes, by moment of their life."""

from __future__ import annotations

from tnt.minutes.views import approving, circulating, public, reading, writing
from tnt.minutes.views.frame import blueprint
from tnt.minutes.views.public import publications

__all__ = ["approving", "blueprint", "circulating", "public", "publications", "reading", "writing"]
