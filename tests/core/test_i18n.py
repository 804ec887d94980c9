"""Which language a reader gets, and refusals turned into sentences where the person looks."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pytest
from flask import Flask, session
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from tnt.core.errors import DomainError, Several, raise_all
from tnt.core.i18n import chosen_locale, refuse, translate


class Late(DomainError):
    """A refusal with parameters."""

    message: ClassVar[str] = "Trop tard pour %(what)s : c’était le %(day)s (%(count)s)."
    field = "title"


class TitleForm(FlaskForm):
    """A form with one field."""

    title = StringField("Titre")


@pytest.mark.parametrize(
    ("cookie", "account", "browser", "language"),
    [
        (None, None, None, "fr"),
        (None, None, "en", "fr"),
        (None, "fr", "en", "fr"),
        ("en", "fr", "fr", "en"),
        ("de", "en", "fr", "en"),
        ("../x", None, "xx-!!", "fr"),
    ],
)
def test_the_switch_then_the_account_else_french_whatever_the_browser_asks(
    sqlite_app: Flask, cookie: str | None, account: str | None, browser: str | None, language: str
) -> None:
    headers = {"Accept-Language": browser} if browser else {}
    if cookie:
        headers["Cookie"] = f"langue={cookie}"
    with sqlite_app.test_request_context(headers=headers):
        if account:
            session["locale"] = account
        assert chosen_locale() == language


def test_a_refusal_is_a_sentence_with_its_dates_and_lazy_words(sqlite_app: Flask) -> None:
    error = Late(what=lazy_gettext("l’envoi"), day=date(2026, 11, 1), count=3)
    with sqlite_app.test_request_context():
        assert translate(error) == "Trop tard pour l’envoi : c’était le 1er novembre 2026 (3)."


def test_a_refusal_stands_beside_its_field_or_on_top(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        form = TitleForm()
        refuse(form, Late(what="x", day="y", count=1))
        refuse(form, Late(what="x", day="y", count=2, field="unknown"))
        assert [len(form.title.errors), len(form.form_errors)] == [1, 1]


def test_several_refusals_stand_each_beside_its_field(sqlite_app: Flask) -> None:
    one, other = Late(what="x", day="y", count=1), Late(what="x", day="y", count=2, field="unknown")
    raise_all([])
    with pytest.raises(Late) as alone:
        raise_all([one])
    assert alone.value is one
    with pytest.raises(Several) as several:
        raise_all([one, other])
    with sqlite_app.test_request_context():
        assert translate(several.value) == translate(one)
        form = TitleForm()
        refuse(form, several.value)
        assert [len(form.title.errors), len(form.form_errors)] == [1, 1]
