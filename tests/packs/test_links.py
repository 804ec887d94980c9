"""The pack by the link of its mail: for whom, which copy, until when."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.packs.scene import (
    SCAN,
    Scene,
    add_paper,
    built,
    convened,
    item_ids,
    sent,
    set_scene,
    with_agenda,
)
from tests.packs.test_services import mails, set_item, words_of
from tests.packs.test_views import KINDS, plain
from tnt.committees import correspondents
from tnt.committees.correspondents import Named
from tnt.committees.models import Mandate, Seat, Voice
from tnt.core import clock, outbox
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.meetings import services as meetings
from tnt.packs import services
from tnt.participants.models import Reading
from tnt.participants.services.links import issue_link


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def link_in(text: str) -> str:
    found = re.search(r"/reponse/[\w-]+/dossier(?=\s)", text)
    assert found, text
    return found[0]


def link_of(name: str) -> str:
    """The link of the last mail to somebody."""
    return link_in([text for to, text in mails() if to == name][-1])


def mandate_of(person_id: int) -> Mandate:
    return db.session.scalars(select(Mandate).where(Mandate.person_id == person_id)).one()


def set_mandate(person_id: int, **values: object) -> None:
    with transaction():
        for name, value in values.items():
            setattr(mandate_of(person_id), name, value)


def name_correspondent(person_id: int) -> None:
    named = Named("Inès", "Robin", "robin@demo.tnt.example")
    correspondents.name_correspondent(SYSTEM, person_id, named, from_on=clock.today())


def test_the_mail_greets_by_name_and_its_link_opens_the_pack_without_an_account(
    app: Flask, scene: Scene
) -> None:
    meeting_id = convened(scene)
    pack = sent(scene, meeting_id)
    letter = next(text for to, text in mails() if to == "member")
    assert plain(letter).startswith("Bonjour Member Dupont,")
    client, address = app.test_client(), link_in(letter)
    assert client.head(address).status_code == 200
    assert db.session.scalars(select(Reading)).all() == []  # a scanner has read nothing
    page = client.get(address)
    assert page.headers["X-Robots-Tag"] == "noindex"
    words = plain(page.text)
    for told in ("Dossier de séance (PDF)", "Empreintes", pack.files[0].sha256):
        assert told in words
    assert [one.person_id for one in db.session.scalars(select(Reading))] == [scene.member]
    for kind in KINDS:
        answer = client.get(f"{address}/0/{kind}")
        assert (answer.status_code, answer.headers["Referrer-Policy"]) == (200, "no-referrer")
        assert answer.headers["Content-Disposition"].endswith(f'-v1.{kind}"')
    reply = client.get(address.removesuffix("/dossier")).text
    assert "Votre réponse" in plain(reply)
    assert f'href="{address}"' in reply


def test_each_recipient_has_a_link_that_is_erased_once_sent(scene: Scene) -> None:
    sent(scene, convened(scene))
    letters = db.session.scalars(select(outbox.OutboxMessage).filter_by(kind=services.MAIL_KIND)).all()
    assert len({link_in(one.text) for one in letters}) == 4
    assert all(one.is_secret for one in letters)


def test_a_correspondent_reads_what_is_not_reserved(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    set_item(item_ids(meeting_id)[0], reserved=True, title="Affaire secrète")
    name_correspondent(scene.member)
    sent(scene, meeting_id)
    client = app.test_client()
    letter = next(text for to, text in mails() if to == "robin")
    assert "comme correspondant de Member Dupont (DINUM)" in plain(letter)
    hers, own = link_in(letter), link_of("member")
    assert "réservé" not in client.get(hers).text
    assert client.get(f"{hers}/0/reserve/pdf").status_code == 404
    assert "secrète" not in words_of(client.get(f"{hers}/0/pdf").data)
    assert "exemplaire réservé" in plain(client.get(own).text)
    assert "Affaire secrète" in words_of(client.get(f"{own}/0/reserve/pdf").data)


def test_who_does_not_vote_reads_what_is_not_reserved(app: Flask, scene: Scene) -> None:
    set_mandate(scene.member, voice=Voice.ADVISORY)
    meeting_id = convened(scene)
    sent(scene, meeting_id)
    add_paper(item_ids(meeting_id)[0], SCAN, title="Pièce secrète", reserved=True)
    sent(scene, meeting_id)  # a supplement of which nothing is for everybody
    client, address = app.test_client(), link_of("member")
    page = client.get(address).text
    assert "Additif" not in page
    assert client.get(f"{address}/1/reserve/pdf").status_code == 404
    chair = link_of("chair")
    assert "Additif" in client.get(chair).text
    assert client.get(f"{chair}/1/reserve/pdf").status_code == 200


def test_a_substitute_reads_and_has_no_reply_to_give(app: Flask, scene: Scene) -> None:
    set_mandate(scene.member, seat=Seat.SUBSTITUTE)
    sent(scene, convened(scene))
    client, address = app.test_client(), link_of("member")
    assert "Votre réponse" not in client.get(address).text
    assert client.get(f"{address}/0/pdf").status_code == 200
    reply = client.get(address.removesuffix("/dossier")).text
    assert "pas de réponse à donner" in plain(reply)
    assert f'href="{address}"' in reply


def test_no_preview_is_read_by_a_link(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    built(scene, meeting_id)
    with transaction():
        token = issue_link(meeting_id, mandate_of(scene.chair).id, scene.chair)
    client, address = app.test_client(), f"/reponse/{token}/dossier"
    assert "pas encore diffusé" in plain(client.get(address).text)
    assert client.get(f"{address}/0/pdf").status_code == 404
    assert address not in client.get(f"/reponse/{token}").text


def test_a_link_opens_the_pack_of_its_session_alone(app: Flask, scene: Scene) -> None:
    first = convened(scene)
    sent(scene, first)
    second = with_agenda(scene, days=40)
    with transaction():
        token = issue_link(second, mandate_of(scene.member).id, scene.member)
    client = app.test_client()
    assert client.get(f"/reponse/{token}/dossier/0/pdf").status_code == 404
    assert client.get(f"{link_of('member')}/0/pdf").status_code == 200


@pytest.mark.parametrize("end", ["cancelled", "mandate", "correspondent"])
def test_the_link_ends_with_the_session_the_mandate_and_the_term(app: Flask, scene: Scene, end: str) -> None:
    meeting_id = convened(scene)
    name_correspondent(scene.member)
    sent(scene, meeting_id)
    client, address = app.test_client(), link_of("robin" if end == "correspondent" else "member")
    assert client.get(f"{address}/0/pdf").status_code == 200
    if end == "cancelled":
        meetings.cancel(scene.actor(scene.secretary), meeting_id, reason="Grève des transports")
    elif end == "mandate":
        set_mandate(scene.member, until_on=clock.today())
    else:
        clock.freeze(clock.now() + timedelta(days=1))
        with transaction():
            db.session.execute(db.text("UPDATE correspondent SET until_on = from_on"))
    for path in ("", "/0/pdf", "/0/reserve/pdf"):
        page = client.get(address + path)
        assert (page.status_code, "plus valable" in page.text) == (404, True)


def test_a_network_that_tries_many_links_waits(app: Flask) -> None:
    client = app.test_client()
    address = "/reponse/" + "0" * 16 + "-" + "A" * 32 + "/dossier"
    answers = [client.get(f"{address}/0/pdf").status_code for _ in range(32)]
    assert (answers[0], answers[-1]) == (404, 429)
