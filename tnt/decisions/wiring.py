"""Where decisions plug into what is below: the menu, and the sentences of effects in templates."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l

from tnt.core import formats
from tnt.core.navigation import register_destination
from tnt.decisions.rules import EffectLine

# parameters that are themselves message ids (« créé », « partiellement atteint »)
TRANSLATED = frozenset({"status", "state", "score", "follow_up", "motion", "kind"})


def translate_line(line: EffectLine) -> str:
    """The sentence of an effect in the reader's language, its days written out."""
    sentence = str(gettext(line.message))
    if not line.params:
        return sentence
    return sentence % {name: _readable(name, value) for name, value in line.params.items()}


def _readable(name: str, value: object) -> object:
    if isinstance(value, dt.date):
        locale = get_locale()
        return formats.date_medium(value, locale=locale.language if locale else "fr")
    return gettext(value) if name in TRANSLATED and isinstance(value, str) and value else value


def init_app(app: Flask) -> None:
    """Register the entry of the menu and the template filter `translate_line`."""
    register_destination("decisions.register", _l("Décisions"), 60)
    app.jinja_env.filters["translate_line"] = translate_line
