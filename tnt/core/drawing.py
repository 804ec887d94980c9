"""Pieces of pages that are kept once drawn: a table of three hundred rows is not drawn again for nothing.

The key is all that was given to the macro, in the reader's language, on the day: what changed in the
database was read, so it is drawn anew, and what a reader may not see was not given. So a macro drawn here
takes everything as arguments that do not change (tuples, named tuples, frozen dataclasses), and asks nothing
of the request but the prefix of its addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from functools import lru_cache

from flask import current_app, request
from markupsafe import Markup

from tnt.core import clock
from tnt.core.templating import current_locale

KEPT = 64  # of the largest table of the programme: a few tens of megabytes


def drawn(template: str, macro: str, *given: Hashable) -> Markup:
    """What a macro of that template draws from what is given. Raises AttributeError for an unknown macro."""
    module = current_app.jinja_env.get_template(template).module
    return _drawn(getattr(module, macro), current_locale(), clock.today(), request.script_root, given)


@lru_cache(maxsize=KEPT)
def _drawn(
    macro: Callable[..., str], _locale: str, _today: date, _prefix: str, given: tuple[Hashable, ...]
) -> Markup:
    return Markup(macro(*given))  # noqa: S704 - a macro escapes
