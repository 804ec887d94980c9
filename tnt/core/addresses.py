"""Ids in addresses fit the database: a number that no row can have is an unknown page, not a failure."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<int:…>` of every route."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        """A route may ask for less, never for more."""
        options.setdefault("max", LARGEST_ID)
        super().__init__(url_map, *args, **options)


def number(text: str) -> int:
    """An id, a page or a version out of an address or a form, for `get(…, type=number)`.

    Raises ValueError for what no row can have, so that it counts as absent.
    """
    value = int(text)
    if not 0 <= value <= LARGEST_ID:
        raise ValueError(f"{text[:20]} is the number of nothing")
    return value


def init_app(app: Flask) -> None:
    """Take the place of Werkzeug's converter; called before any route is registered."""
    app.url_map.converters["int"] = IdConverter
