"""Signing in and out over HTTP: one answer for every refusal, a new session, nothing left afterwards."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import NOW, make_app
from tests.support import form_token, make_account, make_administrator, make_person, sign_in
from tnt.accounts import services
from tnt.accounts.models import Account, Person
from tnt.accounts.rules import AccountState
from tnt.core import clock, dataset, passwords
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.core.sessions import COOKIE, WebSession

EMAIL = "claire.aubert@ville.example"
PASSWORD = "agrafe violon rivage tambour"
WRONG = "Adresse ou mot de passe incorrect"


@pytest.fixture
def claire(app: Flask) -> Person:
    person = make_person(email=EMAIL)
    make_account(person, password_hash=passwords.hash_password(PASSWORD))
    return person


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def try_in(
    client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, url: str = "/connexion", **more: Any
):
    return client.post(url, data={"email": email, "password": password}, **more)


def is_in(client: FlaskClient) -> bool:
    return client.get("/mon-compte").status_code == 200


def test_the_right_password_opens(client: FlaskClient, claire: Person) -> None:
    response = try_in(client, "  Claire.Aubert@VILLE.example ")
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert "Claire Aubert" in client.get("/mon-compte").text
    assert claire.account is not None
    assert claire.account.last_sign_in_at == NOW


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, PASSWORD + "x"),
        (EMAIL, PASSWORD.upper()),
        ("inconnue@ville.example", PASSWORD),
        ("pas une adresse", PASSWORD),
        ("\x00" + EMAIL[1:], PASSWORD),  # the sign is dropped as the form is read: another address
        (EMAIL, "\x00" + PASSWORD[1:]),
        (EMAIL, "a" * 1000),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_one_answer_for_every_refusal(client: FlaskClient, claire: Person, email: str, password: str) -> None:
    response = try_in(client, email, password)
    assert response.status_code == 422
    assert WRONG in response.text
    assert password not in response.text
    assert not is_in(client)


@pytest.mark.parametrize("state", [AccountState.INVITED, AccountState.SUSPENDED])
def test_an_account_that_is_not_active_looks_unknown(
    app: Flask, client: FlaskClient, state: AccountState
) -> None:
    make_account(make_person(email=EMAIL), state, passwords.hash_password(PASSWORD))
    response = try_in(client)
    assert (response.status_code, WRONG in response.text) == (422, True)


def test_a_person_who_has_left_looks_unknown(client: FlaskClient, claire: Person) -> None:
    with transaction():
        claire.ended_at = NOW
    assert WRONG in try_in(client).text


def test_what_was_typed_is_kept_but_the_password(client: FlaskClient, claire: Person) -> None:
    page = try_in(client, EMAIL, "faux mot de passe").text
    assert f'value="{EMAIL}"' in page
    assert "faux mot de passe" not in page


@pytest.mark.parametrize(
    "data", [{}, {"email": ""}, {"email": EMAIL}, {"password": PASSWORD}, {"email": "a" * 300}]
)
def test_missing_fields_are_told_beside_them(client: FlaskClient, data: dict[str, str]) -> None:
    response = client.post("/connexion", data=data)
    assert response.status_code == 422
    assert 'class="error"' in response.text


def test_unknown_and_known_addresses_take_as_long(client: FlaskClient, claire: Person) -> None:
    def shortest(email: str) -> float:
        spans = []
        for _round in range(5):
            start = time.perf_counter()
            try_in(client, email, "un autre mot de passe")
            spans.append(time.perf_counter() - start)
        return min(spans)

    shortest("chauffe@ville.example")
    known, unknown = shortest(EMAIL), shortest("inconnue@ville.example")
    assert unknown > known / 2
    assert known > unknown / 2


def test_the_hash_is_argon2id_with_nineteen_mebibytes_and_one_lane() -> None:
    stored = passwords.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify_password(stored, PASSWORD)
    assert not passwords.verify_password(None, PASSWORD)
    assert not passwords.verify_password("not a hash", PASSWORD)


def test_accents_composed_in_two_ways_are_one_password() -> None:
    stored = passwords.hash_password("e\u0301te\u0301 agrafe rivage tambour")
    assert passwords.verify_password(stored, "été agrafe rivage tambour")


def test_an_older_hash_is_renewed_at_sign_in(client: FlaskClient, claire: Person) -> None:
    from argon2 import PasswordHasher

    assert claire.account is not None
    with transaction():
        claire.account.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(
            PASSWORD
        )
    assert try_in(client).status_code == 303
    assert claire.account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


# throttle


def test_an_account_is_throttled_before_anything_is_hashed(client: FlaskClient, claire: Person) -> None:
    for _round in range(services.SIGN_INS_PER_ACCOUNT):
        assert try_in(client, password="faux").status_code == 422
    response = try_in(client)  # even with the right password
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert EMAIL in response.text
    clock.freeze(NOW + timedelta(minutes=31))
    assert try_in(client).status_code == 303


def test_an_unknown_address_is_throttled_the_same(client: FlaskClient) -> None:
    answers = [try_in(client, "inconnue@ville.example").status_code for _round in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_network_is_throttled_across_accounts(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SIGN_INS_PER_ADDRESS", 3)
    answers = [try_in(client, f"x{n}@ville.example").status_code for n in range(4)]
    assert answers == [422, 422, 422, 429]
    forged = try_in(client, "y@ville.example", headers={"X-Forwarded-For": "203.0.113.9"})
    assert forged.status_code == 429
    other = try_in(client, "y@ville.example", environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert other.status_code == 422


def test_two_workers_share_the_limit(app: Flask, claire: Person, database_url: str, tmp_path: Path) -> None:
    other = make_app(database_url, tmp_path)
    clients = [app.test_client(), other.test_client()]
    answers = [try_in(clients[n % 2], password="faux").status_code for n in range(11)]
    assert answers == [422] * 10 + [429]
    with other.app_context():
        db.engine.dispose()


def test_ten_at_once_are_ten_attempts(app: Flask, claire: Person) -> None:
    db.session.remove()
    answers: list[int] = []
    together = Barrier(14)

    def attempt() -> None:
        together.wait()
        answers.append(try_in(app.test_client(), password="faux").status_code)

    threads = [Thread(target=attempt) for _n in range(14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count(422), answers.count(429)) == (10, 4)


def test_a_good_sign_in_forgets_the_failures(client: FlaskClient, claire: Person) -> None:
    for _round in range(9):
        try_in(client, password="faux")
    assert try_in(client).status_code == 303
    assert try_in(client, password="faux").status_code == 422


# where one goes afterwards


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/mon-compte", "/mon-compte"),
        ("/decisions?q=été&page=2", "/decisions?q=%C3%A9t%C3%A9&page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("evil", "/"),
        ("", "/"),
    ],
)
def test_only_pages_of_ours_follow(client: FlaskClient, claire: Person, wanted: str, goes: str) -> None:
    response = client.post(
        "/connexion", query_string={"next": wanted}, data={"email": EMAIL, "password": PASSWORD}
    )
    assert (response.status_code, response.headers["Location"]) == (303, goes)
    assert client.get("/connexion", query_string={"next": wanted}).headers["Location"] == goes


def test_the_page_asked_for_comes_after_sign_in(client: FlaskClient, claire: Person) -> None:
    asked = client.get("/mon-compte?x=1")
    assert asked.headers["Location"] == "/connexion?next=/mon-compte?x%3D1"
    assert try_in(client, url=asked.headers["Location"]).headers["Location"] == "/mon-compte?x=1"


# sessions


def test_a_session_planted_before_sign_in_opens_nothing(app: Flask, claire: Person) -> None:
    victim, attacker = app.test_client(), app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True
    page = attacker.get("/connexion")
    planted = attacker.get_cookie(COOKIE)
    assert planted is not None
    victim.set_cookie(COOKIE, planted.value, domain="localhost", path="/")
    response = victim.post(
        "/connexion", data={"email": EMAIL, "password": PASSWORD, "csrf_token": form_token(page)}
    )
    assert response.status_code == 303
    assert is_in(victim)
    assert not is_in(attacker)
    new = victim.get_cookie(COOKIE)
    assert new is not None
    assert new.value != planted.value


def test_a_cookie_replayed_after_sign_out_opens_nothing(
    app: Flask, client: FlaskClient, claire: Person
) -> None:
    try_in(client)
    stolen = client.get_cookie(COOKIE)
    assert stolen is not None
    response = client.post("/deconnexion")
    assert (response.status_code, response.headers["Clear-Site-Data"]) == (303, '"storage"')
    assert client.get_cookie(COOKIE) is None
    assert not is_in(client)
    thief = app.test_client()
    thief.set_cookie(COOKIE, stolen.value, domain="localhost", path="/")
    assert not is_in(thief)
    assert db.session.scalar(select(WebSession)) is None


def test_signing_out_twice_is_no_error(client: FlaskClient, claire: Person) -> None:
    try_in(client)
    assert [client.post("/deconnexion").status_code for _n in range(2)] == [303, 303]


def test_a_flask_or_remember_cookie_opens_nothing(app: Flask, client: FlaskClient, claire: Person) -> None:
    from flask.sessions import SecureCookieSessionInterface
    from flask_login.utils import encode_cookie

    assert claire.account is not None
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    client.set_cookie("session", signer.dumps({"_user_id": claire.account.login_id}), domain="localhost")
    client.set_cookie("remember_token", encode_cookie(claire.account.login_id), domain="localhost")
    assert not is_in(client)


def test_the_suspended_are_out_at_their_next_request(app: Flask, client: FlaskClient, claire: Person) -> None:
    boss = make_administrator()
    try_in(client)
    assert is_in(client)
    services.suspend(_actor(boss), claire.id)
    response = client.get("/mon-compte")
    assert (response.status_code, response.headers["Location"]) == (302, "/connexion?next=/mon-compte")
    assert client.post("/mon-compte/sessions/fermer").status_code == 401
    services.reactivate(_actor(boss), claire.id)
    assert not is_in(client)  # the session is gone for good
    assert try_in(client).status_code == 303


def test_the_state_alone_is_enough_to_be_out(client: FlaskClient, claire: Person) -> None:
    try_in(client)
    assert claire.account is not None
    with transaction():
        claire.account.state = AccountState.SUSPENDED
    assert not is_in(client)


def _actor(person: Person) -> Any:
    from tnt.core.access import actor_for

    return actor_for(person.id, person.full_name)


def test_pages_of_a_signed_in_person_are_stored_nowhere(client: FlaskClient, claire: Person) -> None:
    try_in(client)
    assert client.get("/mon-compte").headers["Cache-Control"] == "no-store"
    assert client.get("/inconnue").headers["Cache-Control"] == "no-store"
    assert "Cookie" in client.get("/mon-compte").headers["Vary"]


# demonstration


def make_demo(label: str = "Secrétaire du comité de coordination") -> Account:
    with transaction():
        dataset.mark(dataset.DEMO)
        person = services.add_person(SYSTEM, "Nadia", "Rahmani", "nadia@demo.example")
        account = services.create_demo_account(SYSTEM, person, label)
    db.session.expire_all()
    return account


def test_demonstration_accounts_open_in_one_click(client: FlaskClient) -> None:
    account = make_demo()
    page = client.get("/connexion?next=/mon-compte").text
    assert "Secrétaire du comité de coordination" in page
    assert "Nadia Rahmani" in page
    response = client.post(f"/connexion/demonstration/{account.id}", data={"next": "/mon-compte"})
    assert (response.status_code, response.headers["Location"]) == (303, "/mon-compte")
    assert "Nadia Rahmani" in client.get("/mon-compte").text
    assert "Changer mon mot de passe" not in client.get("/mon-compte").text
    assert client.get("/mon-compte/mot-de-passe").status_code == 404


def test_only_demonstration_accounts_open_so(client: FlaskClient, claire: Person) -> None:
    account = make_demo()
    assert claire.account is not None
    assert client.post(f"/connexion/demonstration/{claire.account.id}").status_code == 404
    assert client.post("/connexion/demonstration/99999").status_code == 404
    assert client.get(f"/connexion/demonstration/{account.id}").status_code == 405
    assert not is_in(client)


def test_without_demonstration_data_there_is_none(app: Flask, client: FlaskClient) -> None:
    account = make_demo()
    client.post(f"/connexion/demonstration/{account.id}")
    assert is_in(client)
    with transaction():
        dataset.unmark(dataset.DEMO)
    assert not is_in(client)
    assert "Nadia Rahmani" not in client.get("/connexion").text
    assert client.post(f"/connexion/demonstration/{account.id}").status_code == 404


def test_production_refuses_demonstration_accounts(app: Flask, client: FlaskClient) -> None:
    account = make_demo()
    client.post(f"/connexion/demonstration/{account.id}")
    app.config["DEMO_ALLOWED"] = False
    assert not is_in(client)
    assert client.post(f"/connexion/demonstration/{account.id}").status_code == 404
    person = make_person("Autre", "Fictive")
    with pytest.raises(services.rules.DemoRefused):
        services.create_demo_account(SYSTEM, person, "x")


def test_a_demonstration_account_has_no_password(client: FlaskClient) -> None:
    make_demo()
    assert [try_in(client, "nadia@demo.example", typed).status_code for typed in ("", "x")] == [422, 422]
    assert not is_in(client)


def test_a_test_client_is_signed_in_without_a_password(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_person("Paul", "Sans-compte"))
    assert is_in(client)
