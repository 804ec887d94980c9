"""Small pieces of HTML inside a sentence or a cell, drawn once however often they come: days, moments, icons.

The macros of templates/components/values.html and icon.html are their only callers.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from markupsafe import Markup

from tnt.core import formats

ABSENT = Markup("—")
_DAYS = {
    "long": formats.date_long,
    "medium": formats.date_medium,
    "day_month": formats.date_day_month,
    "short": formats.date_short,
}
_TIME = Markup('<time datetime="{}">{}</time>')
_SHORT_TIME = Markup('<time datetime="{}" class="nowrap">{}</time>')  # never broken in a narrow column
_ICON = Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>')
_NAMED_ICON = Markup('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>')


@lru_cache(maxsize=8192)
def day(value: dt.date | dt.datetime | None, form: str = "short", *, locale: str) -> Markup:
    """A day: long, medium, short, day_month. Raises KeyError for another form."""
    if value is None:
        return ABSENT
    frame = _SHORT_TIME if form in {"short", "day_month"} else _TIME
    return frame.format(formats.date_iso(value), _DAYS[form](value, locale=locale))


@lru_cache(maxsize=8192)
def moment(value: dt.datetime | None, form: str = "long", *, locale: str) -> Markup:
    """A moment on the clocks of Paris: long or short."""
    if value is None:
        return ABSENT
    written = formats.datetime_short if form == "short" else formats.datetime_long
    return _TIME.format(formats.date_iso(value), written(value, locale=locale))


@lru_cache(maxsize=1024)
def icon(sprite: str, name: str, label: str = "") -> Markup:
    """An icon of the sprite: silent beside words, named when it stands alone."""
    return _NAMED_ICON.format(label, sprite, name) if label else _ICON.format(sprite, name)
