"""What is typed is cleaned once, as it is read: every form and every address."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, request
from werkzeug.datastructures import MultiDict

from tests.conftest import make_app
from tnt.core.access import PUBLIC, access
from tnt.core.typed import Typed
from tnt.core.words import storable


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Un texte,\tdeux\r\nlignes", "Un texte,\tdeux\r\nlignes"),
        ("a\x00b\x07c\x1fd\x0be\x0cf", "abcdef"),
        ("a\ud800b\udfffc", "a�b�c"),
        ("é 😀 ’ \u202f", "é 😀 ’ \u202f"),
        ("", ""),
    ],
)
def test_what_is_kept(typed: str, kept: str) -> None:
    assert storable(typed) == kept


def test_fields_keep_all_their_values_in_order() -> None:
    for fields in (
        MultiDict([("a", "1\x00"), ("a", "2"), ("b\x00", "3")]),
        [("a", "1"), ("a", "2"), ("b", "3")],
    ):
        assert list(Typed(fields).items(multi=True)) == [("a", "1"), ("a", "2"), ("b", "3")]
    assert Typed({"a": "une ligne\r\nune autre"})["a"] == "une ligne\nune autre"
    assert (dict(Typed()), dict(Typed({"a": "\x00"}))) == ({}, {"a": ""})


def test_forms_addresses_and_files(sqlite_url: str, tmp_path) -> None:
    app: Flask = make_app(sqlite_url, tmp_path)

    @app.post("/echo/<word>")
    @access(PUBLIC)
    def echo(word: str) -> dict[str, str]:
        upload = request.files["file"].read().hex() if request.files else ""
        return {"word": word, "form": request.form["a"], "query": request.args.get("b", ""), "file": upload}

    client = app.test_client()
    plain = client.post("/echo/mot?b=1%002", data={"a": "x\x00y"}).json
    with_file = {"a": "x\x00y", "file": (BytesIO(b"\x00\x01"), "a.pdf")}
    assert plain == {"word": "mot", "form": "xy", "query": "12", "file": ""}
    assert client.post("/echo/mot", data=with_file).json == plain | {"query": "", "file": "0001"}
    assert client.post("/echo/m%00t", data={"a": ""}).status_code == 404
