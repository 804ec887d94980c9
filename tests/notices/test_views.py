"""The administrator's pages on mails and the journal: who may see them, what they show."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.closing.scene import Scene, plan, set_scene
from tests.support import make_person, sign_in
from tnt.accounts.models import Person
from tnt.committees.models import Function, FunctionKind
from tnt.core import clock, outbox
from tnt.core.db import db, transaction
from tnt.core.outbox import OutboxMessage, OutboxState


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


@pytest.fixture
def administrator(app: Flask, scene: Scene) -> FlaskClient:
    person = make_person("Ada", "Martin", "ada@demo.tnt.example")
    with transaction() as session:
        session.add(
            Function(
                person_id=person.id,
                kind=FunctionKind.ADMINISTRATOR,
                from_on=date(2024, 1, 1),
                created_at=clock.now(),
            )
        )
    client = app.test_client()
    sign_in(client, db.session.get_one(Person, person.id))
    return client


def write_to(address: str, *, secret: bool = False) -> int:
    with transaction():
        outbox.enqueue(
            kind="test",
            thing="thing:1",
            occurrence=address,
            to=address,
            subject="Convocation",
            text="Le texte du message",
            is_secret=secret,
        )
    return db.session.scalars(db.select(OutboxMessage.id).order_by(OutboxMessage.id.desc())).first() or 0


def test_a_failed_message_is_seen_and_sent_again(administrator: FlaskClient) -> None:
    message_id = write_to("a@demo.tnt.example")
    with transaction() as session:
        session.execute(update(OutboxMessage).values(state=OutboxState.FAILED, last_error="550 refused"))
    page = administrator.get("/administration/envois?etat=failed").text
    assert "550 refused" in page
    assert administrator.post(f"/administration/envois/{message_id}/renvoyer").status_code == 302
    assert db.session.get_one(OutboxMessage, message_id).state is OutboxState.QUEUED
    assert "Le texte du message" in administrator.get(f"/administration/envois/{message_id}").text


def test_a_link_that_signs_in_is_never_shown(administrator: FlaskClient) -> None:
    message_id = write_to("b@demo.tnt.example", secret=True)
    assert "Le texte du message" not in administrator.get(f"/administration/envois/{message_id}").text


def test_a_stopped_scheduler_is_said(administrator: FlaskClient) -> None:
    assert "Le planificateur est arrêté" in administrator.get("/administration/envois").text


def test_the_administrator_reads_the_journal_and_checks_the_chain(
    administrator: FlaskClient, scene: Scene
) -> None:
    plan(scene)
    page = administrator.get("/administration/journal?verifier=1").text
    assert "planification" in page
    assert "La chaîne est intacte" in page


def test_a_secretary_reads_only_the_journal_of_the_own_committee(app: Flask, scene: Scene) -> None:
    plan(scene)
    for person_id, sees in ((scene.secretary, True), (scene.political_secretary, False)):
        client = app.test_client()
        sign_in(client, db.session.get_one(Person, person_id))
        assert ("planification" in client.get("/administration/journal").text) is sees
        assert client.get("/administration/envois").status_code == 404


def test_a_member_reads_neither(app: Flask, scene: Scene) -> None:
    client = app.test_client()
    sign_in(client, db.session.get_one(Person, scene.member))
    assert client.get("/administration/journal").status_code == 404
    assert client.get("/administration/envois").status_code == 404
