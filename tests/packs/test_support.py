"""What an item of a pack rests on: minutes to approve, what was decided between sessions, the actions."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask_babel import force_locale
from odfdo import Document as Reader
from pypdf import PdfReader

from tests.consultations.scene import in_force
from tests.minutes.scene import RESERVED, drafted, send
from tests.packs.scene import Scene, built, content_of, plan, put_information, set_scene
from tests.packs.test_services import words_of
from tnt.agendas import queries as agenda_queries
from tnt.agendas import services as agendas
from tnt.agendas.rules import ItemKind, Standing
from tnt.core.db import db
from tnt.decisions.rules import ActKind
from tnt.meetings.models import Meeting
from tnt.minutes.services import writing
from tnt.packs import queries
from tnt.packs.models import Pack
from tnt.packs.rules import FileKind


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def words_in(pack: Pack) -> tuple[str, str]:
    """What the PDF and the ODT say."""
    editable = Reader(io.BytesIO(content_of(pack, FileKind.ODT))).get_formatted_text()
    return words_of(content_of(pack)), re.sub(r"\s+", " ", editable)


def links_in(content: bytes) -> list[str]:
    """The addresses to which a PDF leads."""
    found = [
        note.get_object().get("/A", {}).get("/URI", "")
        for page in PdfReader(io.BytesIO(content)).pages
        for note in page.get("/Annots", [])
    ]
    return [str(link) for link in found]


def approving(scene: Scene, held: int) -> int:
    """A session to come that approves the minutes of that one."""
    meeting_id = plan(scene, days=60)
    agendas.add_item(
        scene.actor(scene.secretary),
        meeting_id,
        kind=ItemKind.DECISION,
        act_kind=ActKind.OTHER,
        title="Approbation du compte rendu",
        draft_wording="Le comité approuve le compte rendu.",
        standing=Standing.MINUTES,
        about_meeting_id=held,
    )
    return meeting_id


def test_the_minutes_to_approve_are_read_in_the_pack(scene: Scene) -> None:
    held = drafted(scene)
    secretary = scene.actor(scene.secretary)
    writing.add(secretary, held, item_id=None, text="Échange **nourri** sur les délais.")
    writing.add(secretary, held, item_id=None, text=RESERVED, reserved=True)
    meeting_id = approving(scene, held)
    for words in words_in(built(scene, meeting_id)):
        assert "pas encore diffusé" in words
        assert "Échange" not in words
    send(scene, held)
    packs = queries.packs_of(meeting_id)
    seen = packs[0].seen_sha256
    meeting = db.session.get_one(Meeting, meeting_id)
    assert seen != queries.fingerprint(queries.present_watch(meeting))  # the preview is not up to date
    pack = built(scene, meeting_id)
    for words in words_in(pack):
        assert "Compte rendu à approuver" in words
        assert "Échange nourri sur les délais." in words
        assert RESERVED not in words
        assert "Ses passages réservés n’y figurent pas." in words
    assert any(link.endswith(f"/seances/{held}/compte-rendu") for link in links_in(content_of(pack)))
    with force_locale("en"):  # the same for a secretary who reads English
        assert pack.seen_sha256 == queries.fingerprint(queries.present_watch(meeting))


def test_what_was_decided_between_sessions_is_read_in_the_pack(scene: Scene) -> None:
    in_force(scene)
    meeting_id = plan(scene)
    meeting = db.session.get_one(Meeting, meeting_id)
    proposal = agenda_queries.list_proposals(meeting).shown[0]
    agendas.add_proposal(scene.actor(scene.secretary), meeting_id, proposal.key)
    for words in words_in(built(scene, meeting_id)):
        told = words[words.index("Points à l’ordre du jour", words.index("Groupes projet")) :]
        assert "Consultation close le" in told
        assert "CC-2026-T4-E01" in told
        assert "Le comité" in told


def test_the_item_on_what_is_followed_up_leads_to_that_part(scene: Scene) -> None:
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    agendas.add_item(
        scene.actor(scene.secretary),
        meeting_id,
        kind=ItemKind.INFORMATION,
        act_kind=ActKind.NOTE,
        title="Suites données",
        standing=Standing.FOLLOW_UP,
    )
    printed, editable = words_in(built(scene, meeting_id))
    assert re.search(r"Voir la partie « Suites données », page \d+\.", printed)
    assert "Voir la partie Suites données" in editable
