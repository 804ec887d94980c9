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


def init_app(app: Flask) -> None:
    """Take the place of Werkzeug's converter; called before any route is registered."""
    app.url_map.converters["int"] = IdConverter
