"""The administration of people over HTTP, and what its services refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests.conftest import NOW
from tests.support import make_account, make_administrator, make_person, sign_in, signed_in_client
from tnt.accounts import queries, rules, services
from tnt.accounts.models import Person
from tnt.accounts.queries import PersonState, RoleLine
from tnt.accounts.rules import AccountState
from tnt.core import dataset, journal
from tnt.core.access import SYSTEM, Actor, actor_for
from tnt.core.db import db, transaction
from tnt.core.errors import DomainError, Forbidden, NotFound, Stale
from tnt.core.outbox import OutboxMessage

EMAIL = "claire.aubert@ville.example"
LIST = "/administration/personnes"
TYPED = {
    "given_name": "Luc",
    "family_name": "Martin",
    "title": "préfet",
    "email": "luc@ville.example",
    "locale": "fr",
}


class TooSoon(DomainError):
    """A refusal of a feature above, for these tests."""

    message = "Pas maintenant."


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_administrator(email="ada@ville.example")


@pytest.fixture
def boss(app: Flask, ada: Person) -> FlaskClient:
    return signed_in_client(app, ada)


@pytest.fixture
def claire(app: Flask) -> Person:
    person = make_person(email=EMAIL)
    make_account(person, password_hash="x")
    return person


@pytest.fixture
def hooks() -> Iterator[None]:
    """Whatever a test registers is forgotten afterwards."""
    kept = dict(services._GUARDS), dict(services._DEPARTURES), dict(queries._ROLES)
    yield
    for registry, before in zip((services._GUARDS, services._DEPARTURES, queries._ROLES), kept, strict=True):
        registry.clear()
        registry.update(before)  # type: ignore[arg-type]


def actor(person: Person) -> Actor:
    return actor_for(person.id, person.full_name)


def last_action() -> tuple[str, dict[str, Any], dict[str, Any]]:
    entry = db.session.scalars(select(journal.JournalEntry).order_by(journal.JournalEntry.seq.desc())).first()
    assert entry is not None
    assert entry.detail is not None
    return entry.action, entry.detail.payload["before"], entry.detail.payload["after"]


# adding and inviting


def test_adding_and_inviting_a_person(boss: FlaskClient) -> None:
    response = boss.post(f"{LIST}/ajouter", data=TYPED | {"email": " Luc@Ville.example ", "inviter": "1"})
    luc = queries.find_person_by_email("luc@ville.example")
    assert luc is not None
    assert response.headers["Location"] == f"{LIST}/{luc.id}"
    assert queries.state_of(luc) is PersonState.INVITED
    page = boss.get(f"{LIST}/{luc.id}").text
    assert "Luc Martin" in page
    assert "Renvoyer l’invitation" in page
    mails = db.session.scalars(select(OutboxMessage)).all()
    assert [(mail.kind, mail.to_address) for mail in mails] == [("account.invitation", "luc@ville.example")]
    assert "Ada Lovelace vous ouvre un accès" in mails[0].text


def test_inviting_needs_an_address(boss: FlaskClient) -> None:
    response = boss.post(f"{LIST}/ajouter", data=TYPED | {"email": "", "inviter": "1"})
    assert (response.status_code, "ajoutez-la avant de l’inviter" in response.text) == (422, True)
    assert db.session.scalar(select(Person).where(Person.title == "préfet")) is None


def test_adding_without_inviting(boss: FlaskClient) -> None:
    boss.post(f"{LIST}/ajouter", data=TYPED | {"email": ""})
    luc = db.session.scalars(select(Person).where(Person.family_name == "Martin")).one()
    assert (luc.email, queries.state_of(luc)) == (None, PersonState.NO_ACCOUNT)
    assert last_action()[0] == "person.add"
    assert db.session.scalar(select(OutboxMessage)) is None


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"given_name": ""}, "Indiquez le prénom"),
        ({"family_name": "   "}, "Indiquez le nom"),
        ({"family_name": "a" * 81}, "80 caractères au plus"),
        ({"email": "pas une adresse"}, "pas une adresse électronique"),
        ({"email": "a@b"}, "pas une adresse électronique"),
        ({"email": "luc@ville.example\r\nBcc: x@y.fr"}, "pas une adresse électronique"),
        ({"email": "ADA@ville.example"}, "a déjà cette adresse"),
        ({"locale": "de"}, 'class="error"'),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    boss: FlaskClient, changed: dict[str, str], sentence: str
) -> None:
    response = boss.post(f"{LIST}/ajouter", data=TYPED | changed)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="préfet"' in response.text
    assert db.session.scalar(select(Person).where(Person.title == "préfet")) is None


def test_extra_fields_are_ignored(boss: FlaskClient) -> None:
    boss.post(f"{LIST}/ajouter", data=TYPED | {"id": "77", "ended_at": "2020-01-01", "state": "active"})
    luc = queries.find_person_by_email("luc@ville.example")
    assert luc is not None
    assert (luc.id != 77, luc.ended_at, luc.account) == (True, None, None)


def test_markup_in_a_name_is_shown_as_text(boss: FlaskClient) -> None:
    name = "<script>alert(1)</script>"
    boss.post(f"{LIST}/ajouter", data=TYPED | {"given_name": name, "title": '"><img src=x onerror=alert(1)>'})
    page = boss.get(LIST).text
    assert name not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# editing


def edit(boss: FlaskClient, person: Person, **changed: str):
    values = {
        "given_name": "Claire",
        "family_name": "Aubert",
        "title": "",
        "email": EMAIL,
        "locale": "fr",
        "version": "1",
    }
    return boss.post(f"{LIST}/{person.id}/modifier", data=values | changed)


def test_editing_is_journalled_before_and_after(boss: FlaskClient, claire: Person) -> None:
    assert edit(boss, claire, family_name="Aubert-Roy", title="maire").status_code == 303
    assert (claire.full_name, claire.version) == ("Claire Aubert-Roy", 2)
    assert last_action() == (
        "person.edit",
        {"family_name": "Aubert", "title": ""},
        {"family_name": "Aubert-Roy", "title": "maire"},
    )


def test_saving_without_a_change_writes_nothing(boss: FlaskClient, claire: Person) -> None:
    before = journal.count()
    assert edit(boss, claire).status_code == 303
    assert (journal.count(), claire.version) == (before, 1)


def test_a_stale_form_shows_both_versions_and_saves_the_second_time(
    boss: FlaskClient, claire: Person
) -> None:
    services.edit_person(SYSTEM, claire.id, services.Identity("Claire", "Roy", EMAIL))
    response = edit(boss, claire, family_name="Martin")
    assert response.status_code == 422
    assert "modifié entre-temps" in response.text
    assert 'value="Martin"' in response.text
    assert "Version enregistrée\u00a0: Roy" in response.text
    assert 'name="version" value="2"' in response.text
    assert edit(boss, claire, family_name="Martin", version="2").status_code == 303
    assert claire.family_name == "Martin"


def test_the_former_address_is_told_and_its_links_die(app: Flask, boss: FlaskClient) -> None:
    luc = make_person("Luc", "Martin", "luc@ville.example")
    path = services.invite(SYSTEM, luc).partition(app.config["BASE_URL"])[2]
    services.edit_person(SYSTEM, luc.id, services.Identity("Luc", "Martin", "autre@ville.example"))
    assert boss.get(path).status_code == 404
    told = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "account.email_changed")
    ).one()
    assert told.to_address == "luc@ville.example"


def test_an_account_keeps_an_address(claire: Person) -> None:
    with pytest.raises(rules.EmailInUse):
        services.edit_person(SYSTEM, claire.id, services.Identity("Claire", "Aubert", ""))


def test_one_address_one_person(claire: Person) -> None:
    luc = make_person("Luc", "Martin", "luc@ville.example")
    with pytest.raises(rules.DuplicateEmail):
        services.edit_person(SYSTEM, luc.id, services.Identity("Luc", "Martin", EMAIL.upper()))
    with pytest.raises(rules.DuplicateEmail):
        services.add_person(SYSTEM, "A", "B", EMAIL)


def test_a_version_older_than_the_form_s_is_refused(claire: Person) -> None:
    with pytest.raises(Stale):
        services.edit_person(SYSTEM, claire.id, services.Identity("C", "D", EMAIL), version=7)


# suspending, reactivating, ending


@pytest.mark.parametrize("step", ["suspendre", "reactiver", "terminer"])
def test_the_page_before_says_the_consequences(boss: FlaskClient, claire: Person, step: str) -> None:
    if step == "reactiver":
        services.suspend(SYSTEM, claire.id)
    before = journal.count()
    page = boss.get(f"{LIST}/{claire.id}/{step}")
    assert page.status_code == 200
    assert 'class="consequences"' in page.text
    assert journal.count() == before


def test_suspending_then_reactivating(boss: FlaskClient, claire: Person) -> None:
    assert boss.post(f"{LIST}/{claire.id}/suspendre").status_code == 303
    assert queries.state_of(claire) is PersonState.SUSPENDED
    assert last_action() == ("account.suspend", {"state": "active"}, {"state": "suspended"})
    again = boss.post(f"{LIST}/{claire.id}/suspendre")
    assert (again.status_code, "changé entre-temps" in again.text) == (422, True)
    assert boss.post(f"{LIST}/{claire.id}/reactiver").status_code == 303
    assert queries.state_of(claire) is PersonState.ACTIVE
    assert boss.post(f"{LIST}/{claire.id}/reactiver").status_code == 422


def test_an_account_without_password_comes_back_as_invited(claire: Person) -> None:
    luc = make_person("Luc", "Martin", "luc@ville.example")
    services.invite(SYSTEM, luc)
    services.suspend(SYSTEM, luc.id)
    services.reactivate(SYSTEM, luc.id)
    assert queries.state_of(luc) is PersonState.INVITED


def test_ending_keeps_the_person_in_the_records(
    app: Flask, boss: FlaskClient, claire: Person, hooks: None
) -> None:
    client = signed_in_client(app, claire)
    left: list[tuple[int, Any]] = []
    services.register_departure("essai", lambda _actor, person_id, day: left.append((person_id, day)))
    assert boss.post(f"{LIST}/{claire.id}/terminer").status_code == 303
    assert left == [(claire.id, NOW.date())]
    assert client.get("/mon-compte").status_code == 302
    assert queries.state_of(claire) is PersonState.ENDED
    page = boss.get(f"{LIST}/{claire.id}")
    assert (page.status_code, "A quitté le programme" in page.text) == (200, True)
    assert boss.get(f"{LIST}/{claire.id}/modifier").status_code == 404
    assert boss.post(f"{LIST}/{claire.id}/terminer").status_code == 422
    with pytest.raises(rules.PersonEnded):
        services.invite(SYSTEM, claire)


@pytest.mark.parametrize("step", ["suspendre", "terminer"])
def test_nobody_closes_their_own_account(boss: FlaskClient, ada: Person, step: str) -> None:
    response = boss.post(f"{LIST}/{ada.id}/{step}")
    assert response.status_code == 422
    assert "votre propre compte" in response.text
    assert boss.get("/mon-compte").status_code == 200


@pytest.mark.parametrize("step", ["suspendre", "terminer"])
def test_a_feature_above_may_refuse(boss: FlaskClient, claire: Person, step: str, hooks: None) -> None:
    def refuse(_person_id: int) -> None:
        raise TooSoon()

    services.register_departure_guard("essai", refuse)
    response = boss.post(f"{LIST}/{claire.id}/{step}")
    assert (response.status_code, "Pas maintenant." in response.text) == (422, True)
    assert queries.state_of(claire) is PersonState.ACTIVE


def test_what_fails_above_undoes_the_departure(claire: Person, hooks: None) -> None:
    def fail(*_facts: object) -> None:
        raise TooSoon()

    services.register_departure("essai", fail)
    before = journal.count()
    with pytest.raises(TooSoon):
        services.end_person(SYSTEM, claire.id)
    assert (claire.ended_at, journal.count()) == (None, before)


# the list


def test_search_ignores_case_and_accents(boss: FlaskClient) -> None:
    make_person("Hélène", "Lefèvre-Œuvrard", "h.lefevre@ville.example", title="Maire d’Évry")
    for words in ("helene", "LEFÈVRE oeuvrard", "evry maire", "lefevre@ville.example", "Œuvrard"):
        page = boss.get(LIST, query_string={"q": words}).text
        table = page[page.index("<tbody>") :]
        assert ("Lefèvre-Œuvrard" in table, "Lovelace" in table) == (True, False)


@pytest.mark.parametrize("words", ["%", "_", "\x00", "'; --", "a" * 5000, "\ud800"])
def test_any_search_is_answered(boss: FlaskClient, words: str) -> None:
    assert boss.get(LIST, query_string={"q": words.encode("utf-8", "replace")}).status_code == 200


def test_the_filter_by_state(boss: FlaskClient, claire: Person) -> None:
    make_person("Sans", "Compte")
    services.suspend(SYSTEM, claire.id)
    names = {"suspended": "Aubert", "no_account": "Compte Sans", "active": "Lovelace"}
    for state, name in names.items():
        page = boss.get(LIST, query_string={"etat": state}).text
        table = page[page.index("<tbody>") :]
        assert [shown for shown in names.values() if shown in table] == [name]
    assert boss.get(LIST, query_string={"etat": "inconnu"}).status_code == 200


@pytest.mark.parametrize("page", ["0", "-3", "2", "999999999", "x", ""])
def test_any_page_number_is_answered(boss: FlaskClient, page: str) -> None:
    assert boss.get(LIST, query_string={"page": page}).status_code == 200


def test_fifty_a_page(boss: FlaskClient) -> None:
    with transaction() as session:
        session.add_all(
            Person(given_name="P", family_name=f"N{number:03}", created_at=NOW) for number in range(120)
        )
    first, last = boss.get(LIST).text, boss.get(f"{LIST}?page=3").text
    assert "1 à 50 sur 121" in first
    assert "101 à 121 sur 121" in last
    assert ("N119" in first, "N119" in last) == (False, True)


def count_queries(client: FlaskClient, address: str) -> int:
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert client.get(address).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(counted)


def test_thirty_people_cost_as_many_queries_as_one(boss: FlaskClient) -> None:
    one = count_queries(boss, LIST)
    for number in range(29):
        make_account(make_person("P", f"N{number}"))
    assert count_queries(boss, LIST) == one


def test_roles_told_by_the_features_above(boss: FlaskClient, claire: Person, hooks: None) -> None:
    queries.register_roles(
        "essai", lambda _id: [RoleLine("Coprésidente", "depuis le 1er mars", "/comites/x")]
    )
    page = boss.get(f"{LIST}/{claire.id}").text
    assert '<a href="/comites/x">Coprésidente</a>' in page


# rights


@pytest.mark.parametrize("grants", [[], ["secretary", "co_chair", "programme_manager"]])
def test_services_refuse_whoever_is_no_administrator(claire: Person, grants: list[str]) -> None:
    from tnt.core.access import Grant

    someone = Actor(999, "X", frozenset(Grant(right) for right in grants))
    identity = services.Identity("A", "B")
    attempts = [
        lambda: services.add_person(someone, "A", "B"),
        lambda: services.edit_person(someone, claire.id, identity),
        lambda: services.invite(someone, claire),
        lambda: services.suspend(someone, claire.id),
        lambda: services.reactivate(someone, claire.id),
        lambda: services.end_person(someone, claire.id),
        lambda: services.create_demo_account(someone, claire, "x"),
    ]
    before = journal.count()
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert journal.count() == before


def test_an_administrator_makes_no_demonstration_account(ada: Person, claire: Person) -> None:
    with pytest.raises(Forbidden):
        services.create_demo_account(actor(ada), make_person("X", "Y"), "x")


def test_unknown_people_are_not_found(boss: FlaskClient) -> None:
    for step in ("", "/modifier", "/suspendre", "/reactiver", "/terminer"):
        assert boss.get(f"{LIST}/99999{step}").status_code == 404
        if step:
            assert boss.post(f"{LIST}/99999{step}", data=TYPED).status_code == 404
    assert boss.get(f"{LIST}/{10**30}").status_code == 404
    with pytest.raises(NotFound):
        queries.get_person(99999)


def test_the_menu_shows_the_administration_to_administrators(
    app: Flask, boss: FlaskClient, claire: Person
) -> None:
    assert f'href="{LIST}"' in boss.get("/mon-compte").text
    client = app.test_client()
    sign_in(client, claire)
    assert f'href="{LIST}"' not in client.get("/mon-compte").text


def test_the_demonstration_says_the_role_in_the_header(app: Flask) -> None:
    with transaction():
        dataset.mark(dataset.DEMO)
        person = services.add_person(SYSTEM, "Nadia", "Rahmani")
        services.create_demo_account(SYSTEM, person, "Secrétaire du comité")
    page = signed_in_client(app, person).get("/mon-compte").text
    assert "<span>Secrétaire du comité</span>" in page
    assert queries.state_of(person).value == AccountState.ACTIVE.value
