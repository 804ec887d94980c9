"""Single-use links: invitation and reset, over HTTP, with the mails that carry them."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from threading import Barrier, Thread
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import NOW
from tests.support import make_account, make_person, sign_in
from tnt.accounts import rules, services
from tnt.accounts.models import AccountToken, Person
from tnt.accounts.rules import AccountState
from tnt.core import clock, journal, outbox, passwords, tasks
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.core.outbox import OutboxMessage, OutboxState
from tnt.core.tasks import Task

EMAIL = "claire.aubert@ville.example"
OLD = "agrafe violon rivage tambour"
NEW = "sept girafes sous la pluie"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def guest(app: Flask) -> Person:
    return make_person(email=EMAIL)


@pytest.fixture
def claire(guest: Person) -> Person:
    make_account(guest, password_hash=passwords.hash_password(OLD))
    return guest


def path_of(link: str) -> str:
    return urlsplit(link).path


def mails(kind: str) -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))


def link_in(message: OutboxMessage) -> str:
    found = re.search(r"http\S+", message.text)
    assert found
    return found[0]


def ask_reset(client: FlaskClient, email: str = EMAIL) -> str:
    """Ask for a reset, let the scheduler work, and give the path of the link that was mailed."""
    assert client.post("/mot-de-passe-oublie", data={"email": email}).status_code == 303
    with client.application.app_context():
        tasks.run_due()
    return path_of(link_in(mails("account.reset")[-1]))


def choose(client: FlaskClient, path: str, password: str = NEW):
    return client.post(path, data={"new_password": password})


def try_in(client: FlaskClient, password: str) -> int:
    return client.post("/connexion", data={"email": EMAIL, "password": password}).status_code


def snapshot() -> tuple[int | None, int, str, str]:
    """What opening a link must leave as it was."""
    db.session.rollback()
    token = db.session.scalars(select(AccountToken)).one()
    mails = db.session.scalar(select(func.count(OutboxMessage.id)))
    return mails, journal.count(), str(token.used_at), token.account.login_id


# invitation


def test_an_invitation_opens_the_account(client: FlaskClient, guest: Person) -> None:
    link = services.invite(SYSTEM, guest)
    (message,) = mails("account.invitation")
    assert (message.to_address, message.is_secret, link_in(message)) == (EMAIL, True, link)
    assert "lundi 30 novembre 2026 à 10" in message.text
    assert "Claire Aubert" in client.get(path_of(link)).text
    response = choose(client, path_of(link))
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert client.get("/mon-compte").status_code == 200
    assert guest.account is not None
    assert (guest.account.state, guest.account.password_changed_at) == (AccountState.ACTIVE, NOW)
    client.post("/deconnexion")
    assert try_in(client, NEW) == 303


def test_the_link_uses_the_configured_address_only(client: FlaskClient, guest: Person) -> None:
    link = services.invite(SYSTEM, guest)
    assert link.startswith(client.application.config["BASE_URL"] + "/invitation/")


def test_opening_the_link_uses_nothing_up(client: FlaskClient, guest: Person) -> None:
    path = path_of(services.invite(SYSTEM, guest))
    before = snapshot()
    for _time in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert snapshot() == before


def test_the_link_serves_once(client: FlaskClient, guest: Person) -> None:
    path = path_of(services.invite(SYSTEM, guest))
    assert choose(client, path).status_code == 303
    client.post("/deconnexion")
    assert client.get(path).status_code == 404
    assert choose(client, path, "autre phrase bien trop longue").status_code == 404
    assert try_in(client, NEW) == 303


def test_the_link_expires_after_seven_days(client: FlaskClient, guest: Person) -> None:
    path = path_of(services.invite(SYSTEM, guest))
    clock.freeze(NOW + timedelta(days=7) - timedelta(seconds=1))
    assert client.get(path).status_code == 200
    clock.freeze(NOW + timedelta(days=7))
    assert client.get(path).status_code == 404
    assert choose(client, path).status_code == 404


def test_a_new_invitation_replaces_the_one_before(client: FlaskClient, guest: Person) -> None:
    first, second = (path_of(services.invite(SYSTEM, guest)) for _time in range(2))
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


@pytest.mark.parametrize(
    "token", ["x", "x.y", ".", "..", "é.é", "%00.%00", "a" * 3000, "'--.x", "%ED%A0%80.x", "a.b.c"]
)
@pytest.mark.parametrize("page", ["invitation", "reinitialisation"])
def test_an_invented_link_is_not_valid(client: FlaskClient, page: str, token: str) -> None:
    assert client.get(f"/{page}/{token}").status_code == 404
    assert choose(client, f"/{page}/{token}").status_code == 404


def test_the_secret_must_be_the_token_s_own(client: FlaskClient, guest: Person) -> None:
    path = path_of(services.invite(SYSTEM, guest))
    selector = path.rpartition("/")[2].partition(".")[0]
    assert client.get(f"/invitation/{selector}.").status_code == 404
    assert client.get(path[:-1]).status_code == 404
    assert client.get(path.replace("invitation", "reinitialisation")).status_code == 404


def test_the_secret_is_not_stored(guest: Person) -> None:
    secret = services.invite(SYSTEM, guest).rpartition(".")[2]
    (token,) = db.session.scalars(select(AccountToken))
    assert secret not in (token.secret_hash, token.selector)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Choisissez"),
        ("trop court", "trop court"),
        ("a" * 129, "trop long"),
        ("Claire Aubert 2026", "devine"),
    ],
)
def test_a_refused_password_leaves_the_link_alive(
    client: FlaskClient, guest: Person, password: str, sentence: str
) -> None:
    path = path_of(services.invite(SYSTEM, guest))
    response = choose(client, path, password)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'aria-describedby="new_password' in response.text
    assert choose(client, path).status_code == 303


def test_pasting_is_not_prevented(client: FlaskClient, guest: Person) -> None:
    page = client.get(path_of(services.invite(SYSTEM, guest))).text
    found = re.search(r'<input[^>]*name="new_password"[^>]*>', page)
    assert found
    assert 'autocomplete="new-password"' in found[0]
    assert "onpaste" not in found[0]
    assert "maxlength" not in found[0]  # a pasted password is never cut in silence


def test_of_two_browsers_with_one_link_the_first_passes(app: Flask, guest: Person) -> None:
    path = path_of(services.invite(SYSTEM, guest))
    db.session.remove()
    answers: list[int] = []
    together = Barrier(2)

    def use(password: str) -> None:
        together.wait()
        answers.append(choose(app.test_client(), path, password).status_code)

    threads = [Thread(target=use, args=(password,)) for password in (NEW, "huit lampes au fond du lac")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 404]


def test_who_cannot_be_invited(app: Flask, claire: Person) -> None:
    nobody = make_person("Sans", "Adresse")
    with pytest.raises(rules.EmailNeeded):
        services.invite(SYSTEM, nobody)
    with pytest.raises(rules.AlreadyActive):
        services.invite(SYSTEM, claire)
    services.suspend(SYSTEM, claire.id)
    with pytest.raises(rules.WrongState):
        services.invite(SYSTEM, claire)
    assert mails("account.invitation") == []


def test_suspending_kills_the_link_and_its_mail(client: FlaskClient, guest: Person) -> None:
    path = path_of(services.invite(SYSTEM, guest))
    services.suspend(SYSTEM, guest.id)
    assert client.get(path).status_code == 404
    outbox.deliver_due()
    assert [message.state for message in mails("account.invitation")] == [OutboxState.VOID]


# reset


def test_a_reset_changes_the_password_and_ends_the_sessions(
    app: Flask, client: FlaskClient, claire: Person
) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, claire)
    path = ask_reset(client)
    assert client.get(path).status_code == 200
    response = choose(client, path)
    assert (response.status_code, response.headers["Location"]) == (303, "/connexion?change=1")
    assert elsewhere.get("/mon-compte").status_code == 302
    assert (try_in(client, OLD), try_in(client, NEW)) == (422, 303)
    assert [message.to_address for message in mails("account.password_changed")] == [EMAIL]


def test_a_reset_link_lasts_an_hour_and_serves_once(client: FlaskClient, claire: Person) -> None:
    path = ask_reset(client)
    clock.freeze(NOW + timedelta(minutes=59))
    assert client.get(path).status_code == 200
    clock.freeze(NOW + timedelta(minutes=60))
    assert client.get(path).status_code == 404
    clock.freeze(NOW + timedelta(minutes=1))
    assert choose(client, path).status_code == 303
    assert choose(client, path, "encore une autre phrase ici").status_code == 404
    assert try_in(client, NEW) == 303


def test_a_new_reset_replaces_the_one_before(client: FlaskClient, claire: Person) -> None:
    first, second = ask_reset(client), ask_reset(client)
    assert first != second
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)


def test_changing_the_password_otherwise_kills_the_link(client: FlaskClient, claire: Person) -> None:
    path = ask_reset(client)
    sign_in(client, claire)
    client.post("/mon-compte/mot-de-passe", data={"password": OLD, "new_password": NEW})
    assert client.get(path).status_code == 404


def test_one_answer_for_known_unknown_and_closed(app: Flask, client: FlaskClient, claire: Person) -> None:
    make_account(make_person("Luc", "Invité", "luc@ville.example"), AccountState.INVITED)
    make_account(make_person("Zoé", "Fermée", "zoe@ville.example"), AccountState.SUSPENDED)
    answers = set()
    for email in (EMAIL, "inconnue@ville.example", "luc@ville.example", "zoe@ville.example", "x\x00@y"):
        response = client.post("/mot-de-passe-oublie", data={"email": email})
        answers.add((response.status_code, response.headers["Location"], response.text))
    assert len(answers) == 1
    assert db.session.scalar(select(func.count(Task.id))) == 5  # as much work for each
    tasks.run_due()
    assert [message.to_address for message in mails("account.reset")] == [EMAIL]
    assert {task.state.value for task in db.session.scalars(select(Task))} == {"done"}
    assert not any("@" in str(task.payload) for task in db.session.scalars(select(Task)))


def test_known_and_unknown_take_as_long(
    client: FlaskClient, claire: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "RESETS_PER_ACCOUNT", 100)

    def shortest(email: str) -> float:
        spans = []
        for _round in range(6):
            start = time.perf_counter()
            client.post("/mot-de-passe-oublie", data={"email": email})
            spans.append(time.perf_counter() - start)
        return min(spans)

    shortest("chauffe@ville.example")
    known, unknown = shortest(EMAIL), shortest("inconnue@ville.example")
    assert unknown > known / 2
    assert known > unknown / 2


def test_resets_are_throttled(client: FlaskClient, claire: Person) -> None:
    answers = [client.post("/mot-de-passe-oublie", data={"email": EMAIL}).status_code for _n in range(4)]
    assert answers == [303, 303, 303, 429]
    unknown = [client.post("/mot-de-passe-oublie", data={"email": "x@y.fr"}).status_code for _n in range(4)]
    assert unknown == answers


def test_the_address_of_the_host_header_is_never_used(client: FlaskClient, claire: Person) -> None:
    client.post("/mot-de-passe-oublie", data={"email": EMAIL}, headers={"X-Forwarded-Host": "evil.example"})
    tasks.run_due()
    (message,) = mails("account.reset")
    assert link_in(message).startswith(client.application.config["BASE_URL"] + "/reinitialisation/")
    assert "evil" not in message.text


def test_mails_speak_the_person_s_language_and_hold_no_name_as_header(app: Flask) -> None:
    person = make_person("Zoë\r\nBcc: x@evil.example", "O’Neil", "zoe@ville.example", locale="en")
    services.invite(SYSTEM, person)
    (message,) = mails("account.invitation")
    assert "\n" not in message.subject
    outbox.deliver_due()
    (sent,) = app.config["MAIL_FOLDER"].glob("*.eml")
    assert b"\r\nBcc:" not in sent.read_bytes().partition(b"\r\n\r\n")[0]


def test_the_mail_s_text_is_erased_once_sent(guest: Person) -> None:
    link = services.invite(SYSTEM, guest)
    assert outbox.deliver_due().sent == 1
    (message,) = mails("account.invitation")
    assert link.rpartition("/")[2] not in message.text


def test_a_person_who_left_cannot_use_a_link(client: FlaskClient, guest: Person) -> None:
    path = path_of(services.invite(SYSTEM, guest))
    with transaction():
        guest.ended_at = NOW
    assert client.get(path).status_code == 404
