"""Session mode: the items (`items`), their texts (`texts`), the roll (`roll`), votes, pages to print."""

from tnt.sittings.views import items, printed, roll, texts, votes  # noqa: F401 - their routes
from tnt.sittings.views.base import blueprint

__all__ = ["blueprint"]
