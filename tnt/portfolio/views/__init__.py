"""Pages of the portfolio: `groups` (/groupes), `committees` (/comites)."""

from tnt.portfolio.views import committees, groups
from tnt.portfolio.views.blueprint import portfolio

__all__ = ["committees", "groups", "portfolio"]
