"""The first administrator, from the command line to the first page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select

from tests.support import make_account, make_person
from tnt.accounts.models import Person
from tnt.core.db import db

PASSWORD = "sept girafes sous la pluie"


def test_the_printed_link_makes_an_administrator(app: Flask) -> None:
    result = app.test_cli_runner().invoke(
        args=["accounts", "create-admin", "Ada@Ville.example", "Ada", "Lovelace"]
    )
    assert result.exit_code == 0, result.output
    client = app.test_client()
    path = urlsplit(result.output.strip().splitlines()[-1]).path
    assert client.post(path, data={"new_password": PASSWORD}).status_code == 303
    assert client.get("/administration/personnes").status_code == 200


def test_a_refusal_writes_nothing(app: Flask) -> None:
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["accounts", "create-admin", "pas une adresse", "A", "B"])
    assert (refused.exit_code, "adresse électronique refusée" in refused.output) == (1, True)
    make_account(make_person(email="ada@ville.example"))
    active = runner.invoke(args=["accounts", "create-admin", "ada@ville.example", "Ada", "Lovelace"])
    assert (active.exit_code, "déjà un compte actif" in active.output) == (1, True)
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_an_unknown_person_is_not_invited(app: Flask) -> None:
    refused = app.test_cli_runner().invoke(args=["accounts", "invite", "x@ville.example"])
    assert (refused.exit_code, "personne inconnue" in refused.output) == (1, True)
