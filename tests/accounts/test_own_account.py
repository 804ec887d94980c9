"""« Mon compte »: password, language, sessions elsewhere, the password asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import NOW
from tests.support import make_account, make_administrator, make_person, sign_in
from tnt.accounts import services
from tnt.accounts.models import Person
from tnt.core import clock, passwords
from tnt.core.db import db
from tnt.core.sessions import COOKIE, WebSession

EMAIL = "claire.aubert@ville.example"
OLD = "agrafe violon rivage tambour"
NEW = "sept girafes sous la pluie"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def claire(app: Flask) -> Person:
    person = make_person(email=EMAIL)
    make_account(person, password_hash=passwords.hash_password(OLD))
    return person


@pytest.fixture
def client(app: Flask, claire: Person) -> FlaskClient:
    client = app.test_client()
    sign_in(client, claire)
    return client


def enter(app: Flask, password: str = OLD) -> FlaskClient:
    """Another browser, signed in."""
    client = app.test_client()
    client.post("/connexion", data={"email": EMAIL, "password": password}, headers=FIREFOX)
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/mon-compte").status_code == 200


def change(client: FlaskClient, present: str = OLD, new: str = NEW):
    return client.post("/mon-compte/mot-de-passe", data={"password": present, "new_password": new})


def test_the_page_says_who_and_where(app: Flask, client: FlaskClient) -> None:
    enter(app)
    page = client.get("/mon-compte").text
    assert EMAIL in page
    assert "Firefox sur Linux" in page
    assert "Fermer les autres sessions" in page


def test_closing_the_other_sessions(app: Flask, client: FlaskClient) -> None:
    other = enter(app)
    stranger = app.test_client()
    sign_in(stranger, make_person("Luc", "Autre"))
    assert client.post("/mon-compte/sessions/fermer").status_code == 303
    assert (is_in(client), is_in(other), is_in(stranger)) == (True, False, True)
    assert "Aucune autre session" in client.get("/mon-compte").text


def test_changing_the_password_keeps_this_browser_only(app: Flask, client: FlaskClient) -> None:
    other = enter(app)
    before = client.get_cookie(COOKIE)
    assert change(client).status_code == 303
    after = client.get_cookie(COOKIE)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert (is_in(client), is_in(other)) == (True, False)
    assert (is_in(enter(app, OLD)), is_in(enter(app, NEW))) == (False, True)


@pytest.mark.parametrize(
    ("present", "new", "sentence"),
    [
        ("faux", NEW, "pas votre mot de passe actuel"),
        ("", NEW, "Indiquez votre mot de passe actuel"),
        (OLD, "court", "trop court"),
        (OLD, "ClaireAubert20262026", "devine trop facilement"),
        (OLD, "", "Choisissez un mot de passe"),
    ],
)
def test_a_refused_change_changes_nothing(
    app: Flask, client: FlaskClient, present: str, new: str, sentence: str
) -> None:
    response = change(client, present, new)
    assert response.status_code == 422
    assert sentence in response.text
    assert is_in(enter(app, OLD))


def test_guessing_the_present_password_is_throttled(client: FlaskClient) -> None:
    answers = [change(client, "faux").status_code for _n in range(11)]
    assert answers == [422] * 10 + [429]


def test_the_language_chosen_stays_with_the_account(app: Flask, client: FlaskClient) -> None:
    client.set_cookie("langue", "fr", domain="localhost")
    assert client.post("/mon-compte/langue", data={"locale": "en"}).status_code == 303
    assert '<html lang="en">' in client.get("/mon-compte").text
    assert '<html lang="en">' in enter(app).get("/mon-compte").text
    assert '<html lang="fr">' in app.test_client().get("/connexion").text


@pytest.mark.parametrize("locale", ["", "de", "../..", "fr\x00en"])
def test_another_language_is_refused(client: FlaskClient, claire: Person, locale: str) -> None:
    assert client.post("/mon-compte/langue", data={"locale": locale}).status_code == 400
    assert claire.locale == "fr"


def test_extra_fields_are_ignored(client: FlaskClient, claire: Person) -> None:
    client.post("/mon-compte/langue", data={"locale": "en", "email": "x@evil.example", "state": "suspended"})
    assert claire.email == EMAIL


# the password asked again


@pytest.fixture
def boss(app: Flask) -> FlaskClient:
    ada = make_administrator(email="ada@ville.example")
    assert ada.account is not None
    with services.transaction():
        ada.account.password_hash = passwords.hash_password(OLD)
    client = app.test_client()
    sign_in(client, ada)
    return client


def test_a_recent_sign_in_is_enough(boss: FlaskClient, claire: Person) -> None:
    assert boss.get(f"/administration/personnes/{claire.id}/modifier").status_code == 200


def test_an_old_sign_in_is_confirmed_first(boss: FlaskClient, claire: Person) -> None:
    page = f"/administration/personnes/{claire.id}/modifier"
    clock.freeze(NOW + timedelta(minutes=16))
    asked = boss.get(page)
    assert asked.headers["Location"] == f"/connexion/confirmer?next={page}"
    assert boss.get(asked.headers["Location"]).status_code == 200
    refused = boss.post(asked.headers["Location"], data={"password": "faux"})
    assert (refused.status_code, boss.get(page).status_code) == (422, 303)
    passed = boss.post(asked.headers["Location"], data={"password": OLD})
    assert (passed.status_code, passed.headers["Location"]) == (303, page)
    assert boss.get(page).status_code == 200


def test_a_form_may_take_an_hour_to_fill_and_no_more(boss: FlaskClient, claire: Person) -> None:
    page = f"/administration/personnes/{claire.id}/modifier"
    values = {"given_name": "Claire", "family_name": "Martin", "email": EMAIL, "title": "", "locale": "fr"}
    clock.freeze(NOW + timedelta(minutes=61))
    assert boss.post(page, data=values).headers["Location"] == f"/connexion/confirmer?next={page}"
    assert db.session.get_one(Person, claire.id).family_name == "Aubert"
    clock.freeze(NOW + timedelta(minutes=59))
    assert boss.post(page, data=values).headers["Location"] == f"/administration/personnes/{claire.id}"
    db.session.expire_all()
    assert db.session.get_one(Person, claire.id).family_name == "Martin"


def test_after_confirming_one_goes_to_pages_of_ours_only(boss: FlaskClient) -> None:
    response = boss.post("/connexion/confirmer?next=//evil.example", data={"password": OLD})
    assert response.headers["Location"] == "/"


def test_a_session_row_tells_no_secret(client: FlaskClient, claire: Person) -> None:
    client.get("/mon-compte")
    (row,) = db.session.scalars(select(WebSession))
    assert claire.account is not None
    assert row.owner_id == claire.account.id
    assert OLD not in str(row.data)
