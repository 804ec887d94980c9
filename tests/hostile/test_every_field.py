"""Nothing that can be typed, in any field of any form of the product, makes an endpoint fail.

The pages are those of `tests/journeys/places.py`; each field of each form is attacked alone, the others being
plausible, so that no other refusal hides what it does. What is sent reaches the database (the transaction is
flushed) and is then undone, so that every attack meets the same state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from tests.conftest import NOW, make_app
from tests.hostile.forms_of_pages import Field, PageForm, forms_of
from tests.journeys import visitor
from tests.journeys.conftest import copy_of, demo_postgres, demo_sqlite
from tests.journeys.places import NOBODY, Furnisher, Place
from tests.support import sign_in
from tnt.accounts.models import Account, Person
from tnt.core import clock
from tnt.core.db import BEFORE_COMMIT, db

__all__ = ["demo_postgres", "demo_sqlite"]  # the fixtures that `copy_of` asks for

LONG = "é" * 30_000
ONE_MEGABYTE = "é" * 500_000
SIGNS = "Un\x00 te\x07xte\x1f d’essai 😀\ufffe"
HUGE = "99999999999999999999"
OF_A_DAY = ("0001-01-01", "0026-11-23", "9999-12-31", "2026-02-30", SIGNS)
MISTYPED_YEARS = ("0001", "0026", "9999")
OF_A_TEXT = (SIGNS, LONG)
OF_A_CHOICE = (HUGE, SIGNS)
OF_A_NUMBER = (HUGE, "-1", "٣", SIGNS)
ATTACKS = {
    "date": OF_A_DAY,
    "number": OF_A_NUMBER,
    "hidden": OF_A_CHOICE,
    "select": OF_A_CHOICE,
    "radio": OF_A_CHOICE,
    "checkbox": OF_A_CHOICE,
    "time": OF_A_CHOICE,
}
# what pages read in their address, beside the filters that are forms
IN_ADDRESSES = (
    *("page", "avant", "apres", "point", "groupe", "objectif", "personne", "comite", "committee", "au"),
    *("date", "periode", "jour", "objet", "semestre", "chantier", "statut", "etat", "vue", "q", "next"),
    *("proposes", "termines", "verifier", "envoi", "responsable", "nature", "workstream"),
)
# what would end the session or change its language; and the gallery of components, which takes nothing
NOT_ATTACKED = ("/deconnexion", "/composants", "/langue")
WRITTEN_THEN_UNDONE = 299
PEOPLE = (
    visitor.SECRETARY,
    visitor.ADMINISTRATOR,
    visitor.LEAD,
    visitor.MEMBER,
    visitor.POLITICAL_SECRETARY,
    visitor.POLITICAL_CO_CHAIR,
    visitor.READER,
    NOBODY,
)


@dataclass
class Product:
    """The application on the demonstration, its pages, and the forms that were attacked already."""

    app: Flask
    places: list[Place]
    attacked: set[object] = field(default_factory=set)

    def client(self, who: str) -> FlaskClient:
        """A browser of that person."""
        client = self.app.test_client()
        if who == NOBODY:
            return client
        wanted = select(Person)
        if who == visitor.READER:
            wanted = wanted.where(Person.email == who)
        else:
            wanted = wanted.join(Account, Account.person_id == Person.id).where(Account.demo_label == who)
        sign_in(client, db.session.scalars(wanted).one())
        return client

    def paths(self, who: str) -> list[str]:
        """Where that person goes."""
        return list(dict.fromkeys(place.path for place in self.places if place.who == who))

    def new_forms(self, client: FlaskClient, who: str) -> list[PageForm]:
        """The forms that this person sees first."""
        found: dict[object, PageForm] = {}
        for path in self.paths(who):
            for form in forms_of(client.get(path).text, path):
                if form.key not in self.attacked and not form.action.endswith(NOT_ATTACKED):
                    found.setdefault(form.key, form)
        self.attacked.update(found)
        return list(found.values())


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("hostile")
    with copy_of(request.param, request, folder) as url:
        clock.freeze(NOW)
        app = make_app(url, folder, PROPAGATE_EXCEPTIONS=False)
        with app.app_context():
            yield Product(app, Furnisher(app).furnish())
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def undone(product: Product) -> Iterator[None]:
    """Every transaction is written to the database, then undone."""

    def undo(session: Session) -> None:
        session.flush()
        raise HTTPException(response=Response(status=WRITTEN_THEN_UNDONE))

    BEFORE_COMMIT.append(undo)
    yield
    BEFORE_COMMIT.remove(undo)


def send(client: FlaskClient, form: PageForm, values: dict[str, str]) -> TestResponse:
    if form.method == "GET":
        return client.get(form.action, query_string=values)
    if form.has_files:
        return client.post(form.action, data=values, content_type="multipart/form-data")
    return client.post(form.action, data=values)


def attacks_on(each: Field) -> tuple[str, ...]:
    return ATTACKS.get(each.type, OF_A_TEXT)


def is_mistyped_year_taken(form: PageForm, name: str, value: str, answer: TestResponse) -> bool:
    """Whether a day that nobody can have meant was not refused in a sentence."""
    if form.method == "GET" or name not in form.fields or form.fields[name].type != "date":
        return False
    return value[:4] in MISTYPED_YEARS and "Vérifiez l’année" not in answer.text


@pytest.mark.parametrize("who", PEOPLE)
def test_no_field_of_any_form_makes_it_fail(product: Product, who: str, undone: None) -> None:
    client = product.client(who)
    forms = product.new_forms(client, who)
    failed: dict[tuple[str, str, str], int] = {}
    for form in forms:
        sent = [("rien", "", {}), ("tout", SIGNS[:9], dict.fromkeys(form.fields, SIGNS))]
        for name, each in form.fields.items():
            sent += [(name, value[:9], form.plausible | {name: value}) for value in attacks_on(each)]
        for name, value, values in sent:
            answer = send(client, form, values)
            if answer.status_code >= 500 or is_mistyped_year_taken(form, name, value, answer):
                failed[form.action, name, value] = answer.status_code
    assert failed == {}
    if who != NOBODY:
        assert client.get("/mon-compte").status_code == 200  # the session lasted until the end
    if who == visitor.SECRETARY:
        assert len(forms) > 40


@pytest.mark.parametrize("who", PEOPLE)
def test_no_address_makes_a_page_fail(product: Product, who: str) -> None:
    client = product.client(who)
    failed: dict[tuple[str, str], int] = {}
    shapes: dict[str, str] = {}
    for place in product.places:
        if place.who == who:
            shapes.setdefault(place.endpoint, place.path.partition("?")[0])
    for path in shapes.values():
        for value in (HUGE, "-1", "0001-01-01", "9999-12-31", SIGNS):
            status = client.get(path, query_string=dict.fromkeys(IN_ADDRESSES, value)).status_code
            if status >= 500:
                failed[path, value[:10]] = status
    assert failed == {}


def test_a_megabyte_of_text_is_refused_and_not_a_failure(product: Product, undone: None) -> None:
    client = product.client(visitor.SECRETARY)
    answers = {
        client.post("/decisions/acte-anterieur", data={"wording": ONE_MEGABYTE}).status_code,
        client.get("/recherche", query_string={"q": ONE_MEGABYTE}).status_code,
        client.post("/langue", data=ONE_MEGABYTE, content_type="application/json").status_code,
    }
    assert {status for status in answers if status >= 500} == set()


@pytest.mark.parametrize("path", ["/groupes/a%00b", "/comites/%00", "/calendrier/%00.ics", "/invitation/%07"])
def test_an_address_with_an_unprintable_sign_is_that_of_no_page(product: Product, path: str) -> None:
    assert product.client(visitor.SECRETARY).get(path).status_code == 404
