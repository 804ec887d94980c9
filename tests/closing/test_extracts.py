"""What a session decided of one group, on a page of its own, sent to whoever leads it."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from tests.closing.scene import Scene, hold, plan, put_motion, set_scene, settle
from tests.support import make_account, make_person, signed_in_client
from tnt.accounts.models import Person
from tnt.agendas import services as agendas
from tnt.agendas.rules import ItemKind
from tnt.closing import services as closing
from tnt.committees import correspondents
from tnt.committees.correspondents import Named
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.core.outbox import OutboxMessage
from tnt.decisions.rules import ActKind
from tnt.projects.rules import Motion
from tnt.sittings.rules import OutcomeKind


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def decide(scene: Scene) -> int:
    """A session that creates the group, decides something else, and keeps to itself a word on the group."""
    secretary, meeting_id = scene.actor(scene.secretary), plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    for title, more in (
        ("Calendrier des séances", {}),
        ("Contentieux du groupe", {"group_id": scene.group, "reserved": True}),
    ):
        agendas.add_item(
            secretary,
            meeting_id,
            kind=ItemKind.DECISION,
            act_kind=ActKind.OTHER,
            title=title,
            draft_wording=f"Le comité décide : {title}.",
            **more,
        )
    hold(scene, meeting_id)
    for position in (1, 2, 3):
        settle(scene, meeting_id, OutcomeKind.ADOPTED, position=position)
    closing.adjourn(secretary, meeting_id)
    return meeting_id


def give_visas(scene: Scene, meeting_id: int) -> None:
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), meeting_id, 1)


def client_of(app: Flask, person_id: int) -> FlaskClient:
    person = db.session.get_one(Person, person_id)
    make_account(person)
    return signed_in_client(app, person)


def words_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_an_extract_says_what_concerns_the_group_and_nothing_else(app: Flask, scene: Scene) -> None:
    meeting_id = decide(scene)
    reader = client_of(app, make_person("Agnès", "Morel", "morel@example.org").id)
    chair = client_of(app, scene.chair)
    address = f"/seances/{meeting_id}/releve/extraits/urbanisme"
    assert chair.get(f"{address}.pdf").status_code == 404  # nothing is decided before the last visa
    give_visas(scene, meeting_id)
    told = words_of(reader.get(f"{address}.pdf").data)
    assert "Extrait du relevé de décisions : Urbanisme" in told
    assert "CC-2026-T4-01" in told
    assert "Conforme au relevé visé" in told
    assert "visé" in told
    assert "Calendrier" not in told
    assert "Contentieux" not in told
    whole = words_of(chair.get(f"{address}.pdf").data)
    assert "Contentieux du groupe" in whole  # whoever votes reads what is reserved
    with zipfile.ZipFile(io.BytesIO(reader.get(f"{address}.odt").data)) as archive:
        content = archive.read("content.xml").decode()
    assert "CC-2026-T4-01" in content
    assert "Contentieux" not in content
    assert reader.get(f"/seances/{meeting_id}/releve/extraits/autre.pdf").status_code == 404


def test_it_is_found_from_the_record_and_from_the_group(app: Flask, scene: Scene) -> None:
    meeting_id = decide(scene)
    give_visas(scene, meeting_id)
    client = client_of(app, scene.member)
    address = f"/seances/{meeting_id}/releve/extraits/urbanisme.pdf"
    page = client.get(f"/seances/{meeting_id}/releve").text
    assert f'href="{address}"' in page
    assert f'<a href="/seances/{meeting_id}/releve" aria-current="page">Relevé</a>' in page
    assert f'href="{address}"' in client.get("/groupes/urbanisme").text


def test_the_lead_and_who_receives_for_them_are_sent_to_it_once(app: Flask, scene: Scene) -> None:
    meeting_id = decide(scene)
    correspondents.name_correspondent(
        SYSTEM, scene.member, Named("Inès", "Robin", "robin@example.org"), from_on=clock.today()
    )
    give_visas(scene, meeting_id)
    sent = db.session.scalars(db.select(OutboxMessage).where(OutboxMessage.kind == "extract")).all()
    assert sorted(one.to_address for one in sent) == ["member@demo.tnt.example", "robin@example.org"]
    assert f"/seances/{meeting_id}/releve/extraits/urbanisme.pdf" in sent[0].text
    assert "Contentieux" not in sent[0].text
