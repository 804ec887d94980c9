"""Pieces kept once drawn: the same for the same rows; anew for others, another language, another day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup

from tests.conftest import make_app
from tnt.core import clock
from tnt.core.drawing import drawn

NOTE = ("components/form.html", "required_note")


@pytest.fixture
def web(sqlite_url: str, tmp_path: Path) -> Flask:
    """An application without a context pushed around: each request has its own language."""
    return make_app(sqlite_url, tmp_path)


def piece(web: Flask, *given: str, prefix: str = "", language: str = "fr") -> Markup:
    headers = {"Cookie": f"langue={language}"}
    with web.test_request_context("/", headers=headers, environ_overrides={"SCRIPT_NAME": prefix}):
        return drawn("components/values.html", "empty", *given) if given else drawn(*NOTE)


def test_the_same_is_drawn_once(web: Flask) -> None:
    assert piece(web, "Rien.") is piece(web, "Rien.")
    assert "Rien du tout." in piece(web, "Rien du tout.")


def test_what_was_typed_is_never_markup(web: Flask) -> None:
    assert "<b>" not in piece(web, "<b>Rien</b>")


def test_each_language_and_prefix_has_its_own(web: Flask) -> None:
    french, english = piece(web), piece(web, language="en")
    assert "obligatoires" in french
    assert "obligatoires" not in english
    assert piece(web) is french
    assert piece(web, "Rien.", prefix="/tnt") is not piece(web, "Rien.")


def test_a_new_day_is_drawn_anew(web: Flask) -> None:
    before = piece(web, "Rien.")
    with clock.at(clock.now() + timedelta(days=1)):
        assert piece(web, "Rien.") is not before


def test_what_may_change_cannot_be_given(web: Flask) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        piece(web, ["Rien."])  # type: ignore[arg-type]
