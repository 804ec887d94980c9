"""What tests of every feature share: people, and clients signed in as them without a password's cost."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask, has_app_context, session
from flask.testing import FlaskClient
from flask_login import login_user
from werkzeug.routing import AnyConverter, Rule
from werkzeug.routing.converters import NumberConverter
from werkzeug.test import TestResponse

from tnt.accounts import queries
from tnt.accounts.models import Account, Person
from tnt.accounts.rules import AccountState
from tnt.committees.rules import FunctionKind
from tnt.committees.services import appoint_function
from tnt.core import clock, sessions
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction


class IsolatedClient(FlaskClient):
    """A client whose requests share neither `g` nor the database session with the test around them.

    The test's own objects are expired first, so that they are read again after the request.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make one request in an application context of its own."""
        if has_app_context():
            db.session.rollback()
            db.session.expire_all()
        with self.application.app_context():
            return super().open(*args, **kwargs)


def make_person(
    given: str = "Claire", family: str = "Aubert", email: str | None = None, **values: Any
) -> Person:
    """A person, committed, without an account."""
    with transaction() as write:
        person = Person(given_name=given, family_name=family, email=email, created_at=clock.now(), **values)
        write.add(person)
    return person


def make_account(
    person: Person, state: AccountState = AccountState.ACTIVE, password_hash: str | None = None, **values: Any
) -> Account:
    """An account of a person, committed."""
    with transaction() as write:
        account = Account(
            person_id=person.id,
            login_id=secrets.token_urlsafe(32),
            state=state,
            password_hash=password_hash,
            created_at=clock.now(),
            **values,
        )
        write.add(account)
    db.session.expire_all()
    return account


def sign_in(client: FlaskClient, person: Person) -> None:
    """Give the client a real session of the person; makes an active account where there is none."""
    account = person.account or make_account(person)
    account_id, login_id, locale = account.id, account.login_id, person.locale
    app: Flask = client.application
    db.session.rollback()
    with app.app_context(), app.test_request_context(base_url="http://localhost/"):
        user = queries.find_signed_in(login_id)
        assert user is not None, "this account may not sign in"
        sessions.begin(account_id, locale=locale)
        login_user(user)
        response = app.response_class()
        app.session_interface.save_session(app, session._get_current_object(), response)
    cookie = response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    client.set_cookie(sessions.COOKIE, cookie, domain="localhost", path="/", secure=True)


def signed_in_client(app: Flask, person: Person) -> FlaskClient:
    """A new client, signed in."""
    client = app.test_client()
    sign_in(client, person)
    return client


def form_token(page: TestResponse) -> str:
    """The proof that the forms of a page carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, "no form on this page"
    return found[1]


def appoint(person: Person, kind: FunctionKind) -> None:
    """Give a function to a person, from today."""
    appoint_function(SYSTEM, person_id=person.id, kind=kind, from_on=clock.today())


def make_administrator(given: str = "Ada", family: str = "Lovelace", email: str | None = None) -> Person:
    """A person who holds the function of administrator, with an active account."""
    person = make_person(given, family, email)
    make_account(person)
    appoint(person, FunctionKind.ADMINISTRATOR)
    return person


def any_address(
    app: Flask, rule: Rule, number: int = 1, word: str = "x", known: Mapping[str, object] | None = None
) -> str:
    """An address that the rule matches: the `known` values by name, dummies in the other places."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        if name in (known or {}):
            values[name] = (known or {})[name]
        elif isinstance(converter, NumberConverter):
            values[name] = number
        elif isinstance(converter, AnyConverter):
            values[name] = min(converter.items)
        else:
            values[name] = word
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)
