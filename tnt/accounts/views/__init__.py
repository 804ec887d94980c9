"""Pages of accounts: `signing_in` (/connexion), `own_account` (/mon-compte), `people` (/administration)."""

from tnt.accounts.views import own_account, people, signing_in
from tnt.accounts.views.blueprint import accounts

__all__ = ["accounts", "own_account", "people", "signing_in"]
