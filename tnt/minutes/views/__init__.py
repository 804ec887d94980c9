"""The pages of a session's minutes, by moment of their life."""

from __future__ import annotations

from tnt.minutes.views import approving, circulating, reading, writing
from tnt.minutes.views.frame import blueprint

__all__ = ["approving", "blueprint", "circulating", "reading", "writing"]
