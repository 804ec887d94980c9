"""Dates, amounts and texts as they are read; the frame, error pages and static files as they are served."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from flask import Flask, abort, render_template_string, session
from markupsafe import Markup
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests

from tests.conftest import make_app
from tnt.core import formats, navigation, static_files, templating
from tnt.core.access import PUBLIC, access
from tnt.core.error_pages import WORDS
from tnt.core.errors import DomainError, Forbidden, NotFound, Stale
from tnt.core.security_headers import POLICY
from tnt.core.text_diff import diff

NB, NN = "\u00a0", "\u202f"
EVENING = dt.datetime(2026, 11, 12, 13, 30, tzinfo=dt.UTC)


@pytest.fixture
def web(sqlite_url: str, tmp_path: Path) -> Flask:
    """An application without a context pushed around: each request has its own language."""
    return make_app(sqlite_url, tmp_path)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.date_long(dt.date(2026, 11, 12)), "jeudi 12 novembre 2026"),
        (formats.date_long(dt.date(2026, 12, 1)), "mardi 1er décembre 2026"),
        (formats.date_long(dt.date(2026, 12, 1), "en"), "Tuesday 1 December 2026"),
        (formats.date_long(dt.date(2026, 12, 11)), "vendredi 11 décembre 2026"),
        (formats.date_short(dt.date(2026, 11, 12)), "12 nov. 2026"),
        (formats.date_short(dt.date(2026, 1, 1)), "1er janv. 2026"),
        (formats.date_day_month(dt.date(2026, 12, 1)), "1er déc."),
        (formats.month_year(dt.date(2026, 12, 1)), "décembre 2026"),
        (formats.datetime_long(EVENING), f"jeudi 12 novembre 2026 à 14{NB}h{NB}30"),
        (formats.datetime_long(EVENING, "en"), "Thursday 12 November 2026 at 14:30"),
        (formats.datetime_long(EVENING.replace(tzinfo=None)), f"jeudi 12 novembre 2026 à 14{NB}h{NB}30"),
        # the same wall clock on both sides of the change of hour
        (formats.time(dt.datetime(2026, 10, 24, 12, 0, tzinfo=dt.UTC)), f"14{NB}h"),
        (formats.time(dt.datetime(2026, 10, 25, 13, 0, tzinfo=dt.UTC)), f"14{NB}h"),
        # a late evening in UTC is the next day in Paris
        (formats.date_short(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)), "1er janv. 2027"),
        (formats.time_range(EVENING, EVENING + dt.timedelta(hours=3)), f"14{NB}h{NB}30 – 17{NB}h{NB}30"),
        (
            formats.time_range(EVENING, EVENING + dt.timedelta(hours=13)),
            f"14{NB}h{NB}30 – 13 nov. 2026, 3{NB}h{NB}30",
        ),
        (
            formats.date_range(dt.date(2026, 7, 1), dt.date(2026, 12, 31)),
            "du 1er juillet au 31 décembre 2026",
        ),
        (formats.date_range(dt.date(2025, 3, 3), None), "depuis le 3 mars 2025"),
        (formats.duration(130), f"2{NB}h{NB}10"),
        (formats.duration(45), f"45{NB}min"),
        (formats.duration(120), f"2{NB}h"),
        (formats.duration(65), f"1{NB}h{NB}05"),
        (formats.duration(-5), f"−5{NB}min"),
        (formats.duration(130, "en"), f"2{NB}h{NB}10{NB}min"),
        (formats.semester(2026, 2), f"semestre{NB}2{NB}2026"),
        (formats.semester(2026, 2, short=True), f"S2{NB}2026"),
        (formats.quarter(2026, 3), f"T3{NB}2026"),
        (formats.quarter(2026, 1, short=False), "1er trimestre 2026"),
        (formats.quarter(2026, 3, "en"), f"Q3{NB}2026"),
        (formats.euros(8_800_000_000), f"88{NB}M€"),
        (formats.euros(7_140_000_000), f"71,4{NB}M€"),
        (formats.euros(7_145_000_000), f"71,5{NB}M€"),
        (formats.euros(10_000_000_000), f"100{NB}M€"),
        (formats.euros(500_000), f"5{NN}000{NB}€"),
        (formats.euros(123_450), f"1{NN}234,50{NB}€"),
        (formats.euros(0), f"0{NB}€"),
        (formats.euros(-500_000), f"−5{NN}000{NB}€"),
        (formats.euros(7_140_000_050, exact=True), f"71{NN}400{NN}000,50{NB}€"),
        (formats.euros(8_800_000_000, "en"), "€88m"),
        (formats.euros(-500_000, "en"), "−€5,000"),
        (formats.number(1240), f"1{NN}240"),
        (formats.number(1240, "en"), "1,240"),
        (formats.percent(82), f"82{NB}%"),
        (formats.file_size(1_820_000), f"1,8{NB}Mo"),
        (formats.file_size(820), f"820{NB}o"),
        (formats.date_iso(EVENING), "2026-11-12T14:30+01:00"),
    ],
)
def test_what_is_written(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Pourquoi ? Ainsi ; bien !", f"Pourquoi{NN}? Ainsi{NN}; bien{NN}!"),
        ("« Urbanisme » : 50 %", f"«{NB}Urbanisme{NB}»{NB}: 50{NB}%"),
        ("l'ordre du jour", "l’ordre du jour"),
        ("https://exemple.fr/a?b=1;c", "https://exemple.fr/a?b=1;c"),
        ("à 14:30", "à 14:30"),
        ("88 M€ à 14 h 30", f"88{NB}M€ à 14{NB}h{NB}30"),
    ],
)
def test_typography_of_what_is_typed(typed: str, expected: str) -> None:
    assert formats.typo(typed) == expected
    assert formats.typo(formats.typo(typed)) == expected
    assert formats.typo(typed, "en") == typed


def test_diff_marks_words_and_escapes_them() -> None:
    change = diff("Appui à toutes les communes <b>", "Appui aux petites communes <b>")
    assert "<del>" in change.old
    assert "<ins>" in change.new
    assert "&lt;b&gt;" in change.old
    assert "<b>" not in change.new
    # taking the marks away gives both texts back
    assert Markup(re.sub("</?del>", "", change.old)).unescape() == "Appui à toutes les communes <b>"
    assert Markup(re.sub("</?ins>", "", change.new)).unescape() == "Appui aux petites communes <b>"


def test_diff_of_equal_or_absent_texts() -> None:
    assert not diff("même", "même").changed
    assert diff("même", "même").old == "même"
    assert diff(None, "neuf") == diff("", "neuf")
    assert diff(None, "neuf").new == "<ins>neuf</ins>"


def test_diff_of_long_texts_stays_quick() -> None:
    change = diff("mot " * 50_000, "autre " * 50_000)
    assert change.changed


@pytest.mark.parametrize(
    ("asked", "gone_to"),
    [
        ("/seances/3?tri=-date", "/seances/3?tri=-date"),
        (None, "/"),
        ("", "/"),
        ("//mechant.fr", "/"),
        ("/\\mechant.fr", "/"),
        ("https://mechant.fr", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_redirects_stay_at_home(asked: str | None, gone_to: str) -> None:
    assert navigation.internal_path(asked) == gone_to


def test_destinations_are_sorted_hidden_and_replaced(web: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "NAVIGATION", [])
    navigation.register_destination("pages.legal", "Second", 20)
    navigation.register_destination("pages.accessibility", "First", 10)
    navigation.register_destination("pages.personal_data", "Hidden", 5, visible=lambda: False)
    navigation.register_destination("nowhere.index", "Absent", 1)
    navigation.register_destination("pages.legal", "Replaced", 30)
    with web.test_request_context("/mentions-legales"):
        entries = navigation.menu(web, "fr")
    assert [(entry.label, entry.exact) for entry in entries] == [("First", False), ("Replaced", True)]


def test_templates_write_in_the_reader_s_language(web: Flask) -> None:
    source = "{{ day|date_long }} {{ 500000|euros }} {{ none|date_short }}"
    with web.test_request_context("/"):
        french = render_template_string(source, day=dt.date(2026, 12, 1))
    with web.test_request_context("/", headers={"Cookie": "langue=en"}):
        english = render_template_string(source, day=dt.date(2026, 12, 1))
    assert french == f"mardi 1er décembre 2026 5{NN}000{NB}€ —"
    assert english == "Tuesday 1 December 2026 €5,000 —"


def test_badges_have_an_icon_and_a_word_and_escape(web: Flask) -> None:
    with web.test_request_context("/"):
        known = templating.badge("group_status", "continued")
        unknown = templating.badge("group_status", "<script>")
    assert "Poursuivi" in known
    assert "#play-circle" in known
    assert "<script>" not in unknown


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (static_files.OURS / "icons.svg").read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    templates = Path(static_files.OURS).parents[1] / "templates"
    named: set[str] = set()
    for path in templates.rglob("*.html"):
        text = path.read_text("utf-8")
        named |= set(re.findall(r'\bicon\("([a-z0-9-]+)"', text))
        named |= set(re.findall(r'\bicon_name="([a-z0-9-]+)"', text))
        if path.name == "badge.html":
            named |= set(re.findall(r'\("[a-z]*", "([a-z0-9-]+)", _\(', text))
    assert len(named) > 40
    assert named - drawn == set()


def test_no_template_carries_inline_style_or_script() -> None:
    templates = Path(static_files.OURS).parents[1] / "templates"
    bad = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:", re.I)
    assert [str(path) for path in templates.rglob("*.html") if bad.search(path.read_text("utf-8"))] == []


PAGES = ["/composants", "/accessibilite", "/mentions-legales", "/donnees-personnelles", "/langue"]


@pytest.mark.parametrize("address", PAGES)
def test_pages_open_to_everyone_with_the_strict_policy(web: Flask, address: str) -> None:
    response = web.test_client().get(address)
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in POLICY
    assert "Strict-Transport-Security" not in response.headers


def test_a_public_page_leaves_no_cookie(web: Flask) -> None:
    response = web.test_client().get("/accessibilite")
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-cache"


def test_unset_legal_facts_are_said_to_be_unset(web: Flask) -> None:
    assert "non renseigné" in web.test_client().get("/mentions-legales").text
    web.config["LEGAL_HOST"] = "Hébergeur & Cie"
    assert "Hébergeur &amp; Cie" in web.test_client().get("/mentions-legales").text


def test_https_is_remembered(web: Flask) -> None:
    web.config["BASE_URL"] = "https://tnt.example"
    answer = web.test_client().get("/accessibilite")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_the_gallery_is_not_for_production(web: Flask) -> None:
    web.config["MODE"] = "production"
    assert web.test_client().get("/composants").status_code == 404


def test_language_switch(web: Flask) -> None:
    client = web.test_client()
    assert '<html lang="fr">' in client.get("/mentions-legales").text
    answer = client.post("/langue", data={"langue": "en", "suite": "/mentions-legales"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mentions-legales")
    assert '<html lang="en">' in client.get("/mentions-legales").text
    assert client.post("/langue", data={"langue": "fr", "suite": "//x.fr"}).headers["Location"] == "/"
    assert client.post("/langue", data={"langue": "xx"}).status_code == 400


def test_a_missing_page_says_what_to_do_with_the_same_headers(web: Flask) -> None:
    answer = web.test_client().get("/inconnue")
    assert answer.status_code == 404
    assert WORDS[404].title in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_a_wrong_method_names_the_right_ones(web: Flask) -> None:
    answer = web.test_client().post("/mentions-legales")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_scripts_get_json(web: Flask) -> None:
    answer = web.test_client().get("/inconnue", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json() == {"message": WORDS[404].what}


def test_static_files_are_kept_a_year_under_their_digest(web: Flask) -> None:
    client = web.test_client()
    page = client.get("/accessibilite").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if address.endswith((".css", ".js")):
            assert answer.headers["Content-Encoding"] == "gzip"
    assert client.get("/static/000000000000/css/tnt.css").status_code == 404
    assert client.get("/static/../config.py").status_code == 404


def test_style_and_script_stay_light() -> None:
    import gzip

    tree = static_files.sources()
    weight = sum(
        len(gzip.compress(path.read_bytes())) for name, path in tree.items() if name.endswith((".css", ".js"))
    )
    assert weight < 90_000
    assert len(tree["js/tnt.js"].read_bytes()) < 5_000


def test_the_digest_changes_with_the_content(tmp_path: Path) -> None:
    file = tmp_path / "a.css"
    file.write_text("a{}")
    before = static_files.digest_of({"a.css": file})
    file.write_text("b{}")
    assert static_files.digest_of({"a.css": file}) != before
    assert static_files.digest_of({"b.css": file}) != static_files.digest_of({"a.css": file})


def test_an_asset_that_does_not_exist_is_an_error_at_once(web: Flask) -> None:
    with pytest.raises(LookupError):
        web.jinja_env.globals["asset"]("css/none.css")


class TooLate(DomainError):
    message = "Le point « %(title)s » est déjà traité."


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (TooLate(title="Urbanisme"), 422, "Le point « Urbanisme » est déjà traité."),
        (Forbidden(), 403, "Votre fonction ne permet pas cette opération."),
        (Stale(), 409, "modifié entre-temps"),
        (ZeroDivisionError("secret detail"), 500, WORDS[500].title),
        (OperationalError("select 1", {}, Exception("secret detail")), 503, WORDS[503].title),
        (TooManyRequests(retry_after=90), 429, WORDS[429].title),
    ],
)
def test_every_failure_has_a_page_of_ours(web: Flask, error: Exception, code: int, said: str) -> None:
    web.config["PROPAGATE_EXCEPTIONS"] = False
    web.add_url_rule("/essai", "trial", access(PUBLIC)(lambda: _raise(error)))
    answer = web.test_client().get("/essai")
    assert answer.status_code == code
    assert said in answer.text
    assert "secret detail" not in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY
    if code in {429, 503}:
        assert answer.headers["Retry-After"] == ("90" if code == 429 else "10")


def test_forbidden_and_absent_look_the_same(web: Flask) -> None:
    web.add_url_rule("/interdit", "refused", access(PUBLIC)(lambda: abort(403)))
    web.add_url_rule("/cache", "hidden", access(PUBLIC)(lambda: _raise(NotFound())))
    client = web.test_client()
    answers = [client.get(address) for address in ("/inconnu", "/interdit", "/cache")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    neutral = [
        answer.text.replace(name, "X").replace(f"%2F{name}", "X")
        for answer, name in zip(answers, ("inconnu", "interdit", "cache"), strict=True)
    ]
    assert neutral[0] == neutral[1] == neutral[2]


def test_what_a_session_sees_is_stored_nowhere(web: Flask) -> None:
    def remember() -> str:
        session["something"] = 1
        return "ok"

    web.add_url_rule("/souvenir", "memory", access(PUBLIC)(remember))
    assert web.test_client().get("/souvenir").headers["Cache-Control"] == "no-store"
