"""What every template may use: formats in the reader's language, icons and badges, the menu, the frame.

`init_app` is called once by the application. The formats themselves are pure (`core.formats`), the menu is a
registry (`core.navigation`); here they meet the request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache, wraps
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import get_locale
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from tnt.core import clock, formats, inline, markdown
from tnt.core.navigation import (
    NAVIGATION,
    Viewer,
    address,
    menu,
    register_destination,
    register_viewer,
    viewer,
)
from tnt.core.text_diff import diff

__all__ = [
    "NAVIGATION",
    "Viewer",
    "badge",
    "current_locale",
    "init_app",
    "register_destination",
    "register_viewer",
]

LANGUAGES = {"fr": "Français", "en": "English"}
LANGUAGE_COOKIE = "langue"
ABSENT = "—"

# name in templates -> pure function; the reader's locale is given to each
_FORMATS: dict[str, Callable[..., str]] = {
    "date_long": formats.date_long,
    "date_medium": formats.date_medium,
    "date_short": formats.date_short,
    "date_day_month": formats.date_day_month,
    "month_year": formats.month_year,
    "datetime_long": formats.datetime_long,
    "datetime_short": formats.datetime_short,
    "time": formats.time,
    "time_range": formats.time_range,
    "date_range": formats.date_range,
    "duration": formats.duration,
    "semester": formats.semester,
    "quarter": formats.quarter,
    "number": formats.number,
    "percent": formats.percent,
    "euros": formats.euros,
    "typo": formats.typo,
    "file_size": formats.file_size,
}


def current_locale() -> str:
    """« fr » or « en »: the language of the present reader, French outside a request.

    Asked for each text of a page: what Flask-Babel has found already is read where it keeps it, for asking it
    again costs five looks at the context.
    """
    try:
        locale = g._flask_babel.babel_locale
    except (AttributeError, RuntimeError):  # not found yet, or nothing is being answered
        locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "fr"


def badge(kind: str, value: object, label: str | None = None) -> Markup:
    """The badge of a state: `badge("group_status", group.status)`.

    The words and shapes stand in templates/components/badge.html, one macro per kind; the result is kept,
    for long tables show the same few badges hundreds of times. Raises AttributeError for an unknown kind.
    """
    return _drawn_badge(current_app.jinja_env, kind, str(value), label, current_locale())


@lru_cache(maxsize=1024)
def _drawn_badge(environment: Any, kind: str, value: str, label: str | None, _locale: str) -> Markup:
    macro = getattr(environment.get_template("components/badge.html").module, kind)
    return Markup(str(macro(value, label) if label else macro(value)).strip())  # noqa: S704 - a macro escapes


def _drawn_icon(name: str, label: object = None) -> Markup:
    asset: Callable[[str], str] = current_app.jinja_env.globals["asset"]  # type: ignore[assignment]  # ours
    return inline.icon(asset("icons.svg"), name, str(label) if label else "")


def _drawn_for_reader(function: Callable[..., Markup]) -> Callable[..., Markup]:
    return lambda value, *form: function(value, *form, locale=current_locale())


def _localised(function: Callable[..., str]) -> Callable[..., str]:
    @wraps(function)
    def in_the_reader_s_language(value: Any, *arguments: Any, **options: Any) -> str:
        if value is None:
            return ABSENT
        options.setdefault("locale", current_locale())
        return function(value, *arguments, **options)

    return in_the_reader_s_language


def _has_endpoint(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


@lru_cache(maxsize=1)
def _own_version() -> str | None:
    """The version of the installed package; none when run from a checkout."""
    try:
        return version("tnt")
    except PackageNotFoundError:
        return None


def _programme_version() -> str:
    return _own_version() or str(current_app.config.get("VERSION", "0.1.0"))


def _sort_url(key: str, descending: bool) -> str:
    """The address of the present page sorted by `key`, from its first page."""
    query = {
        name: request.args.getlist(name) for name in request.args if name not in {"tri", "page", "apres"}
    }
    query["tri"] = [f"-{key}" if descending else key]
    return url_for(request.endpoint or "", **(request.view_args or {}), **query)  # type: ignore[arg-type]


def _page_url(**changes: Any) -> str:
    """The address of the present page with some query arguments changed (None takes one away)."""
    query: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
    query.update(changes)
    kept = {name: value for name, value in query.items() if value is not None}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept)


def _is_day_of_today(value: dt.date | dt.datetime) -> bool:
    return formats.local_day(value) == clock.today()


class SharedGlobals(Template):
    """A template whose macros are made once for all that import it.

    Jinja compares the globals of both at each `{% from … import … %}`, a dozen a page; ours have the same.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - Jinja's signature
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Give the templates their filters and globals."""
    environment = app.jinja_env
    environment.template_class = SharedGlobals
    environment.lstrip_blocks = True
    for name, function in _FORMATS.items():
        environment.filters[name] = _localised(function)
        environment.globals.setdefault(name, environment.filters[name])
    environment.filters["iso"] = formats.date_iso
    environment.filters["markdown"] = markdown.to_html
    environment.filters["markdown_words"] = markdown.to_text
    environment.tests["today"] = _is_day_of_today
    environment.globals.update(
        badge=badge,
        current_locale=current_locale,
        diff=diff,
        drawn_day=_drawn_for_reader(inline.day),
        drawn_icon=_drawn_icon,
        drawn_moment=_drawn_for_reader(inline.moment),
        has_endpoint=_has_endpoint,
        languages=LANGUAGES,
        menu=lambda: menu(current_app, current_locale()),
        page_url=_page_url,
        programme_name=app.config.get("PROGRAMME_NAME", "Transformation Numérique des Territoires"),
        programme_version=_programme_version,
        sort_url=_sort_url,
        today=clock.today,
        url_for=address,
        viewer=viewer,
    )
    environment.globals.setdefault("demo_loaded", False)
