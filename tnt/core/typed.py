"""What people type, as it is read: no sign that a database cannot keep, whatever the form or the address.

One place for all: the request's form and query hand over cleaned texts, so that no form, view or service
has to think of it. PostgreSQL refuses NUL; the other control characters are invisible and break feeds and
files; a lone surrogate cannot be written at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import UnicodeConverter, ValidationError

from tnt.core.words import storable


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value  # an uploaded file is left as it is
    # a browser sends CR LF for each end of line: what is read again unchanged must compare as such
    return storable(value).replace("\r\n", "\n")


class Typed(ImmutableMultiDict[str, Any]):
    """Fields by name, cleaned as they are gathered."""

    def __init__(self, fields: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        """Clean names and values; each field keeps all its values, in order."""
        pairs = fields.items(multi=True) if isinstance(fields, MultiDict) else fields
        if isinstance(pairs, Mapping):
            pairs = pairs.items()
        super().__init__([(_clean(name), _clean(value)) for name, value in pairs or ()])


class TypedRequest(Request):
    """A request whose form and query hold only what can be kept."""

    parameter_storage_class = Typed


class WordConverter(UnicodeConverter):
    """`<…>` of every route: an address with such a sign in it is that of no page."""

    def to_python(self, value: str) -> str:
        """The word as it stands. Raises ValidationError: the route does not match, 404."""
        if storable(value) != value:
            raise ValidationError()
        return value


def init_app(app: Flask) -> None:
    """Take the place of Flask's request and converter; called before any route is registered."""
    app.request_class = TypedRequest
    for name in ("default", "string"):
        app.url_map.converters[name] = WordConverter
