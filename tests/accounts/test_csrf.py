"""No form without its proof, sign-in included; and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import make_app
from tests.support import (
    any_address,
    form_token,
    make_account,
    make_administrator,
    make_person,
    signed_in_client,
)
from tnt.accounts.models import Person
from tnt.core import passwords
from tnt.core.db import db

EMAIL = "claire.aubert@ville.example"
PASSWORD = "agrafe violon rivage tambour"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as it is served: every form needs its proof."""
    app = make_app(database_url, tmp_path, WTF_CSRF_ENABLED=True)
    with app.app_context():
        person = make_person(email=EMAIL)
        make_account(person, password_hash=passwords.hash_password(PASSWORD))
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def is_in(client: FlaskClient) -> bool:
    return client.get("/mon-compte").status_code == 200


def test_every_writing_route_refuses_without_proof(app: Flask) -> None:
    client = signed_in_client(app, make_administrator())
    asked = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            address = any_address(app, rule)
            answer = client.open(address, method=method)
            # 404: a marked view looks for its object before its form is judged
            assert (rule.endpoint, answer.status_code) in {(rule.endpoint, code) for code in (400, 404)}
            asked.append(rule.endpoint)
    assert "accounts.sign_in" in asked
    assert is_in(client)  # signing out needs its proof too


def test_sign_in_needs_the_proof_of_this_session(app: Flask, client: FlaskClient) -> None:
    elsewhere = form_token(app.test_client().get("/connexion"))
    client.get("/connexion")
    for proof in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": elsewhere}):
        response = client.post("/connexion", data=CREDENTIALS | proof)
        assert response.status_code == 400
        assert f'value="{EMAIL}"' in response.text
        assert PASSWORD not in response.text
        assert "envoyez de nouveau" in response.text
        assert not is_in(client)


def test_the_refused_sign_in_passes_the_second_time(client: FlaskClient) -> None:
    again = client.post("/connexion", data=CREDENTIALS)
    assert client.post("/connexion", data=CREDENTIALS | {"csrf_token": form_token(again)}).status_code == 303
    assert is_in(client)


def test_the_proof_changes_at_sign_in(client: FlaskClient) -> None:
    before = form_token(client.get("/connexion"))
    assert client.post("/connexion", data=CREDENTIALS | {"csrf_token": before}).status_code == 303
    assert client.post("/deconnexion", data={"csrf_token": before}).status_code == 400
    assert is_in(client)
    after = form_token(client.get("/mon-compte"))
    assert client.post("/deconnexion", data={"csrf_token": after}).status_code == 303


def test_a_proof_lives_as_long_as_the_session(app: Flask, client: FlaskClient) -> None:
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None


def refused(client: FlaskClient, **headers: str):
    return client.post(
        "/mon-compte/langue",
        data={"locale": "en", "note": "Trois lignes\nde <b>texte</b>", "password": "secret-à-taire"},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def test_what_was_typed_elsewhere_is_kept_with_a_way_to_send_it_again(app: Flask) -> None:
    person = db.session.scalars(select(Person)).one()
    client = signed_in_client(app, person)
    page = refused(client, Sec_Fetch_Site="same-origin")
    assert page.status_code == 400
    assert "Votre saisie est conservée" in page.text
    assert "Trois lignes\nde &lt;b&gt;texte&lt;/b&gt;" in page.text
    assert "secret-à-taire" not in page.text
    assert 'type="password"' in page.text
    sent = client.post("/mon-compte/langue", data={"locale": "en", "csrf_token": form_token(page)})
    assert sent.status_code == 303
    assert '<html lang="en">' in client.get("/mon-compte").text


@pytest.mark.parametrize(
    "headers",
    [{"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Referer": "https://x.y/"}, {}],
)
def test_what_another_site_sent_is_never_offered_again(app: Flask, headers: dict[str, str]) -> None:
    person = db.session.scalars(select(Person)).one()
    page = refused(signed_in_client(app, person), **headers)
    assert page.status_code == 400
    assert 'action="/mon-compte/langue"' not in page.text
    assert "Copiez votre saisie" in page.text


def test_a_script_of_ours_is_told_to_sign_in_again(app: Flask, client: FlaskClient) -> None:
    person = db.session.scalars(select(Person)).one()
    json = {"Accept": "application/json"}
    assert client.post("/mon-compte/langue", headers=json).status_code == 401
    inside = signed_in_client(app, person)
    assert inside.post("/mon-compte/langue", headers=json).status_code == 400
