"""Sessions live in the database: what the cookie opens, when rows are written, when they end."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_babel import lazy_gettext
from sqlalchemy import select

from tests.conftest import NOW
from tests.support import make_person, sign_in
from tnt.accounts.models import Person
from tnt.core import clock, sessions
from tnt.core.access import PUBLIC, SIGNED_IN, access
from tnt.core.db import db
from tnt.core.sessions import COOKIE, WebSession


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application, with routes that only touch the session."""

    @app.get("/essai/rien")
    @access(PUBLIC)
    def nothing() -> str:
        return str(session.get("word"))

    @app.get("/essai/retenir/<word>")
    @access(PUBLIC)
    def keep(word: str) -> str:
        session["word"] = word
        return word

    @app.get("/essai/laisser")
    @access(PUBLIC)
    def leave_unsaved() -> str:
        session["word"] = "left"
        db.session.add(Person(given_name="Non", family_name="Enregistrée", created_at=clock.now()))
        return ""

    @app.get("/essai/moi")
    @access(SIGNED_IN)
    def mine() -> str:
        return "mine"

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def rows() -> list[WebSession]:
    db.session.rollback()
    return list(db.session.scalars(select(WebSession).execution_options(populate_existing=True)))


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def test_a_visitor_who_stores_nothing_has_no_row_and_no_cookie(client: FlaskClient) -> None:
    response = client.get("/essai/rien")
    assert (response.headers.getlist("Set-Cookie"), rows()) == ([], [])


def test_the_cookie_is_guarded_and_only_its_hash_is_stored(client: FlaskClient) -> None:
    response = client.get("/essai/retenir/bleu")
    (header,) = response.headers.getlist("Set-Cookie")
    attributes = {part.strip() for part in header.split(";")[1:]}
    assert attributes == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    value = cookie_of(client)
    (row,) = rows()
    assert row.id == hashlib.sha256(value.encode()).hexdigest()
    assert row.data == {"word": "bleu"}
    assert client.get("/essai/rien").text == "bleu"


@pytest.mark.parametrize("value", ["", "x", "é" * 43, "a" * 43, "a" * 5000, "../../etc", "\x00" * 43])
def test_an_unknown_or_malformed_cookie_is_nobody(client: FlaskClient, value: str) -> None:
    response = client.get("/essai/rien", headers={"Cookie": f"{COOKIE}={value}"})
    assert (response.status_code, response.text, rows()) == (200, "None", [])


def test_saving_a_session_never_commits_what_a_view_left(client: FlaskClient) -> None:
    assert client.get("/essai/laisser").status_code == 200
    assert db.session.scalar(select(Person)) is None
    assert client.get("/essai/rien").text == "left"


def test_a_get_writes_at_most_every_fifteen_minutes(client: FlaskClient) -> None:
    client.get("/essai/retenir/bleu")
    for minutes, seen_at in ((1, 0), (14, 0), (16, 16), (30, 16), (31, 31)):
        clock.freeze(NOW + timedelta(minutes=minutes))
        client.get("/essai/rien")
        assert [row.last_seen_at for row in rows()] == [NOW + timedelta(minutes=seen_at)]


def test_an_idle_session_ends(client: FlaskClient, app: Flask) -> None:
    client.get("/essai/retenir/bleu")
    clock.freeze(NOW + timedelta(hours=app.config["SESSION_IDLE_HOURS"]))
    assert client.get("/essai/rien").text == "None"


def test_a_session_in_use_ends_at_the_absolute_limit(client: FlaskClient, app: Flask) -> None:
    client.get("/essai/retenir/bleu")
    limit = app.config["SESSION_ABSOLUTE_HOURS"]
    for hours in range(4, limit, 4):
        clock.freeze(NOW + timedelta(hours=hours))
        assert client.get("/essai/rien").text == "bleu"
    clock.freeze(NOW + timedelta(hours=limit))
    assert client.get("/essai/rien").text == "None"


def test_signing_in_gives_a_new_key_and_forgets_what_came_before(client: FlaskClient) -> None:
    client.get("/essai/retenir/bleu")
    before = cookie_of(client)
    sign_in(client, make_person())
    assert cookie_of(client) != before
    assert client.get("/essai/rien").text == "None"


def test_a_row_ended_during_a_request_is_not_written_again(client: FlaskClient, app: Flask) -> None:
    @app.get("/essai/fin")
    @access(PUBLIC)
    def ended_elsewhere() -> str:
        session["word"] = "vert"
        with db.engine.connect().execution_options(write=True) as connection, connection.begin():
            connection.execute(WebSession.__table__.delete())
        return ""

    client.get("/essai/retenir/bleu")
    client.get("/essai/fin")
    assert rows() == []


def test_only_plain_values_are_stored(client: FlaskClient, app: Flask) -> None:
    values = {"objet": object(), "message": lazy_gettext("Bonjour")}

    @app.get("/essai/valeur/<name>")
    @access(PUBLIC)
    def keep_value(name: str) -> str:
        session["thing"] = values[name]
        return ""

    with pytest.raises(TypeError, match="plain values only"):
        client.get("/essai/valeur/objet")
    assert rows() == []
    client.get("/essai/valeur/message")
    assert [row.data for row in rows()] == [{"thing": "Bonjour"}]


def test_expired_rows_are_purged(client: FlaskClient) -> None:
    client.get("/essai/retenir/bleu")
    assert sessions.purge_expired() == 0
    clock.freeze(NOW + timedelta(days=1))
    assert sessions.purge_expired() == 1
    assert rows() == []


def test_a_lost_database_is_not_a_sign_out(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    sign_in(client, make_person())
    assert client.get("/mon-compte").status_code == 200
    db.session.remove()
    db.engine.dispose()
    path = Path(sqlite_app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    path.unlink()
    path.mkdir()  # nothing can be opened there any more
    response = client.get("/mon-compte")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "/connexion" not in response.headers.get("Location", "")
