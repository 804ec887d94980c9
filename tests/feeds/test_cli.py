"""`flask calendar subscribe`: an address handed over by an administrator, or a clear refusal."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from tests.feeds.scene import Scene, make_feed_scene, path, suspend
from tests.meetings.readers import by_icalendar
from tnt.accounts.models import Person
from tnt.core.db import db, transaction
from tnt.feeds.models import Subscription
from tnt.feeds.rules import parse_token


@pytest.fixture
def scene(app: Flask) -> Scene:
    made = make_feed_scene()
    with transaction() as session:
        session.get_one(Person, made.member).email = "awa@example.org"
    return made


@pytest.mark.parametrize("feed", ["moi", "coordination"])
def test_it_prints_an_address_that_works(app: Flask, scene: Scene, feed: str) -> None:
    result = app.test_cli_runner().invoke(args=["calendar", "subscribe", "Awa@Example.org", feed])
    assert result.exit_code == 0, result.output
    base = "http://127.0.0.1:5000/calendrier/"
    assert result.output.startswith(base)
    token = parse_token(result.output.strip().removeprefix(base).removesuffix(".ics"))
    assert token
    answer = app.test_client().get(path(token))
    assert (answer.status_code, by_icalendar(answer.data)) == (200, [])
    entry = db.session.execute(
        text("SELECT action, on_behalf_of_id FROM journal_entry ORDER BY seq DESC LIMIT 1")
    ).one()
    assert tuple(entry) == ("subscription.open", scene.member)


@pytest.mark.parametrize(
    ("email", "feed", "sentence"),
    [
        ("nobody@example.org", "moi", "Personne n’est enregistré avec l’adresse nobody@example.org."),
        ("awa@example.org", "nonsense", "Ce calendrier n’existe pas"),
        ("awa@example.org", "orientation", "Les séances de ce comité ne sont pas ouvertes à cette personne."),
    ],
)
def test_it_refuses_clearly(app: Flask, scene: Scene, email: str, feed: str, sentence: str) -> None:
    result = app.test_cli_runner().invoke(args=["calendar", "subscribe", email, feed])
    assert result.exit_code == 1
    assert sentence in result.output
    assert db.session.query(Subscription).count() == 0


def test_it_refuses_a_second_address_of_the_same_name_and_a_suspended_account(
    app: Flask, scene: Scene
) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["calendar", "subscribe", "awa@example.org", "moi"]).exit_code == 0
    again = runner.invoke(args=["calendar", "subscribe", "awa@example.org", "moi"])
    assert again.exit_code == 1
    assert "déjà une adresse" in again.output
    other = runner.invoke(args=["calendar", "subscribe", "awa@example.org", "moi", "--device", "Tablette"])
    assert other.exit_code == 0
    suspend(scene.member)
    closed = runner.invoke(args=["calendar", "subscribe", "awa@example.org", "moi", "--device", "Autre"])
    assert closed.exit_code == 1
    assert "suspendu ou fermé" in closed.output
