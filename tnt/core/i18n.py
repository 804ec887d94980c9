"""French first, English complete: which language a reader gets, and refusals turned into sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, Domain, get_locale, get_translations, gettext, lazy_gettext
from flask_wtf import FlaskForm
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from tnt.core import formats
from tnt.core.errors import DomainError, Several, Term
from tnt.core.templating import LANGUAGE_COOKIE, LANGUAGES, current_locale

LazyText = type(lazy_gettext(""))


class Phrase(Protocol):
    """A marked sentence with its parameters."""

    @property
    def message(self) -> str:
        """The French message id."""

    @property
    def params(self) -> Mapping[str, object]:
        """The values of its named parameters."""


def init_app(app: Flask) -> None:
    """Plug Flask-Babel with our choice of language."""
    Babel(app, locale_selector=chosen_locale).domain_instance = Texts()
    app.jinja_env.globals.update(_=text, gettext=text)
    app.jinja_env.filters["say"] = say


class Texts(Domain):  # type: ignore[misc]  # the library ships no types
    """Flask-Babel's catalogues; a sentence is looked up once a language, not at each of its uses."""

    def gettext(self, string: str, **variables: object) -> str:
        """The sentence in the reader's language, with its values."""
        sentence = _text(current_locale(), string, escaped=False)
        return sentence % variables if variables else sentence


@pass_eval_context
def text(context: EvalContext, message: str, **values: object) -> str:
    """`_("…")` in a template: Jinja's own goes through three calls and a look-up for each of hundreds."""
    sentence = _text(current_locale(), message, escaped=context.autoescape, whole=not values)
    return sentence % values if values else sentence


@lru_cache(maxsize=8192)  # the texts of the templates, each in two languages
def _text(_language: str, message: str, *, escaped: bool, whole: bool = False) -> str:
    """The sentence; `whole` when no value is to come: its « %% » is then a sign already."""
    sentence = str(get_translations().ugettext(message))
    sentence = sentence % {} if whole else sentence
    return Markup(sentence) if escaped else sentence  # noqa: S704 - a text of ours, not typed by anybody


def chosen_locale() -> str:
    """The language of the reader: the switch, then the account's, else French.

    The browser's own language is not followed: the acts are in French, and English is asked for. The
    account's language is kept in the session at sign-in, so that an error page needs no database.
    """
    if not has_request_context():
        return "fr"
    own = session.get("locale") if session._get_current_object() is not None else None  # type: ignore[attr-defined]
    for wanted in (request.cookies.get(LANGUAGE_COOKIE), own):
        if wanted in LANGUAGES:
            return str(wanted)
    return "fr"


def translate(error: DomainError) -> str:
    """The refusal as a sentence in the reader's language; lazy texts and dates among its parameters too."""
    return phrase(error.message, error.params)


def phrase(message: str, params: Mapping[str, object]) -> str:
    """A marked sentence with its parameters, in the reader's language."""
    sentence = str(gettext(message))
    if not params:
        return sentence
    return sentence % {name: _readable(value) for name, value in params.items()}


def say(line: Phrase) -> str:
    """Anything that carries a marked sentence and its parameters (an effect), as the reader reads it."""
    return phrase(line.message, line.params)


def _readable(value: object) -> object:
    if isinstance(value, Term):
        return str(gettext(str(value)))
    if isinstance(value, LazyText):
        return str(value)
    locale = get_locale()
    language = locale.language if locale is not None else "fr"
    if isinstance(value, dt.datetime):
        return formats.datetime_long(value, locale=language)
    if isinstance(value, dt.date):
        return formats.date_medium(value, locale=language)
    return value


def refuse(form: FlaskForm, error: DomainError) -> None:
    """Put a refusal where the person is looking: beside its field, or at the top of the form."""
    if isinstance(error, Several):
        for one in error.errors:
            refuse(form, one)
        return
    sentence = translate(error)
    field: Any = form._fields.get(error.field) if error.field else None
    if field is None:
        form.form_errors.append(sentence)
    else:
        field.errors = [*field.errors, sentence]
