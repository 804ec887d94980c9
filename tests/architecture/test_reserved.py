"""What a session reserves is read nowhere by whoever may not: every address and every message is looked at.

The addresses come from the routes, so that a page which is added is looked at too.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from tests.closing.scene import SINCE, Scene, hold, plan, set_scene, settle
from tests.support import any_address, appoint, make_account, make_person, signed_in_client
from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.agendas import services as agendas
from tnt.agendas.rules import ItemKind
from tnt.closing import services as closing
from tnt.closing.record import told_to_all
from tnt.committees.models import Institution, Mandate, Seat, Voice
from tnt.committees.rules import FunctionKind
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.core.outbox import OutboxMessage
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind
from tnt.meetings.models import Meeting
from tnt.minutes.services import circulation, writing
from tnt.sittings import services as sittings
from tnt.sittings.queries import list_item_states
from tnt.sittings.rules import Draft, OutcomeKind

SECRET = "Zanzibar"  # stands in every text of the reserved items, and nowhere else
WORDS = SECRET.lower()


@dataclass
class World:
    """A session taken to its circulated minutes, two of its items reserved."""

    scene: Scene
    known: dict[str, object]
    readers: dict[str, int]


def guest(scene: Scene) -> Person:
    """A permanent guest, who hears the session without a vote."""
    person = make_person("Romain", "Vidal", "vidal@demo.tnt.example")
    with transaction() as session:
        session.add(
            Mandate(
                person_id=person.id,
                committee_id=scene.coordination,
                institution_id=session.scalars(db.select(Institution.id)).first(),
                seat=Seat.PERMANENT_GUEST,
                voice=Voice.ADVISORY,
                from_on=SINCE,
                created_at=clock.now(),
            )
        )
    return person


def build() -> World:
    scene = set_scene()
    readers = {"guest": guest(scene), "plain": make_person("Agnès", "Morel", "morel@demo.tnt.example")}
    readers["manager"] = make_person("Antoine", "Serres", "serres@demo.tnt.example")
    for person in readers.values():
        make_account(person)
    appoint(readers["manager"], FunctionKind.PROGRAMME_MANAGER)
    for person_id in (scene.secretary, scene.chair, scene.member):
        person = db.session.get(Person, person_id)
        assert person is not None
        make_account(person)

    secretary = scene.actor(scene.secretary)
    meeting_id = plan(scene)
    put = lambda title, wording, **more: agendas.add_item(  # noqa: E731 - said three times below
        secretary,
        meeting_id,
        act_kind=ActKind.OTHER,
        title=title,
        draft_wording=wording,
        **{"kind": ItemKind.DECISION, **more},
    )
    secret = put(
        f"Contentieux {SECRET}", f"Le comité transige avec {SECRET}.", reserved=True, group_id=scene.group
    )
    put("Calendrier", "Le comité arrête le calendrier.")
    put(f"Information {SECRET}", "", kind=ItemKind.INFORMATION, reserved=True)
    hold(scene, meeting_id)
    when = db.session.get_one(Meeting, meeting_id).starts_at
    sittings.note_action(
        secretary,
        meeting_id,
        secret.id,
        title=f"Écrire à {SECRET}",
        owner_id=scene.member,
        owner_institution_id=None,
        due_on=clock.paris_day(when) + timedelta(days=30),
    )
    first = list_item_states(meeting_id)[0]
    sittings.save_outcome(
        secretary,
        meeting_id,
        first.item.id,
        Draft(kind=OutcomeKind.ADOPTED, wording=first.item.draft_wording, notes=f"On parle de {SECRET}."),
    )
    settle(scene, meeting_id, OutcomeKind.ADOPTED, position=2)
    sittings.save_outcome(
        secretary,
        meeting_id,
        list_item_states(meeting_id)[2].item.id,
        Draft(kind=OutcomeKind.NOTED, notes=f"{SECRET} encore."),
    )
    closing.adjourn(secretary, meeting_id)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), meeting_id, 1)
    writing.draft(secretary, meeting_id)
    circulation.circulate(secretary, meeting_id, clock.today() + timedelta(days=7))
    act = db.session.scalars(db.select(Act).order_by(Act.item_order)).first()
    action = db.session.scalars(db.select(Action)).one()
    assert act is not None
    known = {
        "meeting_id": meeting_id,
        "item_id": secret.id,
        "act_id": act.id,
        "action_id": action.id,
        "slug": "urbanisme",
        "key": "coordination",
        "kind": "pdf",
    }
    ids = {name: person.id for name, person in readers.items()}
    return World(scene, known, ids | {"chair": scene.chair, "member": scene.member})


def told(answer: TestResponse) -> str:
    """All the words of an answer: a page, a PDF, an ODT, a calendar, a CSV."""
    if answer.data[:5] == b"%PDF-":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    return answer.data.decode("utf-8", "ignore").replace("\r\n ", "")  # an iCalendar file folds its lines


def leaks(app: Flask, world: World, reader: str) -> list[str]:
    """The addresses at which that person reads the secret."""
    found = []
    client = signed_in_client(app, db.session.get_one(Person, world.readers[reader]))
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        for query in ("", "?vue=toutes&etat=all", "?q=transige"):
            address = any_address(app, rule, known=world.known) + query
            answer = client.get(address)
            assert answer.status_code < 500, address
            if WORDS in told(answer).lower():
                found.append(rule.endpoint)
    return sorted(set(found))


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def test_nothing_reserved_is_read_by_whoever_may_not(app: Flask, world: World) -> None:
    for reader in ("plain", "manager", "guest"):
        assert leaks(app, world, reader) == [], reader


def test_whoever_may_reads_it_where_it_stands(app: Flask, world: World) -> None:
    pages = leaks(app, world, "chair")
    assert {
        "agendas.page",
        "closing.record",
        "closing.record_pdf",
        "closing.record_odt",
        "decisions.act",
        "decisions.register",
        "decisions.export",
        "home.search",
        "actions.index",
        "minutes.page",
        "minutes.pdf",
    } <= set(pages)
    assert {"actions.action", "agendas.page"} <= set(leaks(app, world, "member"))  # who votes, and owns


def test_no_message_carries_it_to_whoever_may_not(app: Flask, world: World) -> None:
    messages = db.session.scalars(db.select(OutboxMessage)).all()
    entitled = {world.scene.secretary, world.scene.chair, world.scene.second_chair, world.scene.member}
    told_to = {one.person_id for one in messages if WORDS in f"{one.subject} {one.text}".lower()}
    assert told_to, "nobody was told: this test would see nothing"
    assert told_to <= entitled


def test_what_is_hidden_is_found_by_its_number_alone(app: Flask, world: World) -> None:
    act = db.session.get_one(Act, world.known["act_id"])
    client = signed_in_client(app, db.session.get_one(Person, world.readers["guest"]))
    assert "Décision réservée" in client.get(f"/decisions?q={act.number}").text
    assert "Décision réservée" not in client.get("/decisions?q=transige").text
    record = client.get(f"/seances/{world.known['meeting_id']}/releve").text
    assert str(act.number) in record
    assert "Décision réservée" in record
    assert "Point réservé" in record


def test_a_record_frozen_before_anything_was_reserved_is_read_whole() -> None:
    old = {"decisions": [{"title": "Créer"}], "other_items": [], "actions": [{"title": "Écrire"}]}
    assert told_to_all(old) == old
