"""The menu's destinations, and whose name stands in the header: what features tell the frame."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, current_app, has_request_context, request, url_for

from tnt.core.access import current_actor

ADDRESSES_KEPT = 4096  # a few hundred bytes each
_PLAIN = (int, str)


class Label:
    """The words of an entry: a lazy message, looked up once a language and not at each page."""

    __slots__ = ("_known", "_message")

    def __init__(self, message: Any) -> None:
        self._message = message
        self._known: dict[str, str] = {}

    def said(self, locale: str) -> str:
        """The words in that language, which is the reader's."""
        found = self._known.get(locale)
        if found is None:
            found = self._known[locale] = str(self._message)
        return found


@dataclass(frozen=True, slots=True)
class Destination:
    """An entry of the main menu, shown where its endpoint exists and `visible` says yes (or is absent)."""

    endpoint: str
    label: Label
    position: int
    visible: Callable[[], bool] | None
    blueprints: frozenset[str]
    pages: frozenset[str]


def address(endpoint: str, **values: Any) -> str:
    """Flask's `url_for`; in a request, each address is worked out once while among the last asked for."""
    for value in values.values():
        if type(value) not in _PLAIN:
            return url_for(endpoint, **values)
    if not has_request_context():
        return url_for(endpoint, **values)
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # one look, not three
    # « .index » depends on the page that asks; the root on where the application is mounted
    whole = endpoint if endpoint[0] != "." else f"{asked.blueprint}{endpoint}"
    known: OrderedDict[Any, str] = current_app.extensions.setdefault("tnt.addresses", OrderedDict())
    key = (whole, asked.root_path, *values.items())
    found = known.get(key)
    if found is None:
        found = known[key] = url_for(endpoint, **values)
        if len(known) > ADDRESSES_KEPT:
            known.popitem(last=False)
    return found


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A destination as one reader sees it on one page."""

    label: str
    url: str
    current: bool
    exact: bool


NAVIGATION: list[Destination] = []


def register_destination(
    endpoint: str,
    label: Any,
    position: int,
    visible: Callable[[], bool] | None = None,
    blueprints: tuple[str, ...] = (),
    pages: tuple[str, ...] = (),
) -> None:
    """Add an entry to the main menu; registering an endpoint again replaces its entry.

    `visible` is asked at each page, inside the request, and must cost nothing. `blueprints` names other
    blueprints whose pages belong under this entry, besides the endpoint's own. `pages` names endpoints that
    belong under this entry alone, where one blueprint serves two entries; the blueprint then does not count.
    """
    own = endpoint.partition(".")[0]
    under = frozenset() if pages else frozenset({own, *blueprints})
    own_pages = frozenset({endpoint, *pages}) if pages else frozenset()
    entry = Destination(endpoint, Label(label), position, visible, under, own_pages)
    NAVIGATION[:] = sorted(
        [known for known in NAVIGATION if known.endpoint != endpoint] + [entry],
        key=lambda known: known.position,
    )


def menu(app: Flask, locale: str) -> list[MenuEntry]:
    """The entries that the reader of the present request may follow, in order, in their language."""
    endpoint, blueprint = request.endpoint, request.blueprint
    alone = any(endpoint in known.pages for known in NAVIGATION)
    return [
        MenuEntry(
            label=entry.label.said(locale),
            url=address(entry.endpoint),
            current=endpoint in entry.pages if alone else blueprint in entry.blueprints,
            exact=endpoint == entry.endpoint,
        )
        for entry in NAVIGATION
        if entry.endpoint in app.view_functions and (entry.visible is None or entry.visible())
    ]


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person as the header shows them: name, function in a few words, address of their page."""

    name: str
    role: str = ""
    url: str | None = None


def _named_by_access() -> Viewer | None:
    actor = current_actor()
    return Viewer(actor.name) if actor.person_id is not None else None


_VIEWER: list[Callable[[], Viewer | None]] = [_named_by_access]


def register_viewer(provider: Callable[[], Viewer | None]) -> None:
    """Say how the header finds the person's name and function (None when nobody is signed in)."""
    _VIEWER[:] = [provider]


def viewer() -> Viewer | None:
    """The person whose page this is, or None."""
    return _VIEWER[0]()


def internal_path(target: str | None, default: str = "/") -> str:
    """Where to go after a form: `target` if it is a path of ours (no host, no control sign) or `default`."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    return default if any(sign < " " or sign == "\\" for sign in target) else target
