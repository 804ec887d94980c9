"""The page of a pack: what each reader sees, its files, its sending, and how few questions it asks."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from odfdo import Document as Reader
from sqlalchemy import event, select

from tests.closing.scene import plan, put_information
from tests.packs.scene import (
    SCAN,
    Scene,
    add_paper,
    built,
    convened,
    item_ids,
    later,
    sent,
    set_scene,
    with_agenda,
)
from tests.support import form_token, signed_in_client
from tnt.accounts.models import Person
from tnt.agendas import services as agendas
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Mandate, Voice
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.meetings import services as meetings
from tnt.packs import documents, jobs
from tnt.papers.models import Paper
from tnt.papers.rules import PaperState

KINDS = ("pdf", "odt", "zip")


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def client_of(app: Flask, person_id: int) -> FlaskClient:
    return signed_in_client(app, db.session.get_one(Person, person_id))


def plain(page: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", page)


def counted(client: FlaskClient, address: str) -> int:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


def test_from_nothing_to_sent_without_a_script(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    add_paper(item_ids(meeting_id)[0], SCAN, title="Plan des communes")
    secretary, member = client_of(app, scene.secretary), client_of(app, scene.member)
    url = f"/seances/{meeting_id}/dossier"
    page = plain(secretary.get(url).text)
    assert "Construire l’aperçu" in page
    assert "Plan des communes" in page
    assert "Le dossier n’est pas encore diffusé." in plain(member.get(url).text)
    for _click in range(2):
        assert secretary.post(f"{url}/apercu").status_code == 303
    page = plain(secretary.get(url).text)
    assert "En construction" in page
    assert "Recharger la page" in page
    state = secretary.get(f"{url}/etat")
    assert (state.text, state.headers["X-Waiting"]) == ("0", "1")
    assert jobs.build_due() == 1
    assert secretary.get(f"{url}/etat").headers["X-Waiting"] == "0"
    assert "Diffuser le dossier" in plain(secretary.get(url).text)
    confirm = secretary.get(f"{url}/diffuser")
    assert "4 messages seront envoyés." in plain(confirm.text)
    for told in ("Bonjour", "le lien personnel de chaque destinataire", "Member Dupont"):
        assert told in plain(confirm.text)
    assert "manque" not in confirm.text
    chosen = re.search(r'name="apercu" value="([0-9a-f]{64})"', confirm.text)
    assert chosen
    for _click in range(2):
        assert secretary.post(f"{url}/diffuser", data={"apercu": chosen[1]}).status_code == 303
    page = plain(member.get(url).text)
    assert "Diffusé le" in page
    assert "Empreintes" in page
    for kind in KINDS:
        answer = member.get(f"{url}/0/{kind}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].endswith(f'-v1.{kind}"')
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Rien n’a changé" in plain(secretary.get(url).text)


def test_a_preview_is_for_the_secretariat_alone(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    built(scene, meeting_id)
    url = f"/seances/{meeting_id}/dossier"
    assert client_of(app, scene.secretary).get(f"{url}/0/pdf").status_code == 200
    for person in (scene.chair, scene.member, scene.political_chair, scene.political_secretary):
        client = client_of(app, person)
        for path in ("/0/pdf", "/0/odt", "/0/zip", "/0/reserve/pdf", "/etat", "/diffuser"):
            assert client.get(url + path).status_code == 404
        assert client.post(f"{url}/apercu").status_code == 404
    assert client_of(app, scene.political_chair).get(url).status_code == 404


def test_what_is_reserved_is_read_by_those_who_vote(app: Flask, scene: Scene) -> None:
    with transaction() as session:
        session.scalars(select(Mandate).where(Mandate.person_id == scene.member)).one().voice = Voice.ADVISORY
    meeting_id = convened(scene)
    with transaction() as session:
        session.get_one(AgendaItem, item_ids(meeting_id)[0]).reserved = True
    sent(scene, meeting_id)
    url = f"/seances/{meeting_id}/dossier"
    chair, member = client_of(app, scene.chair), client_of(app, scene.member)
    assert "exemplaire réservé" in plain(chair.get(url).text)
    assert chair.get(f"{url}/0/reserve/pdf").status_code == 200
    assert "réservé" not in plain(member.get(url).text)
    assert member.get(f"{url}/0/reserve/pdf").status_code == 404
    assert member.get(f"{url}/0/pdf").status_code == 200
    agenda = [
        Reader(io.BytesIO(who.get(f"/seances/{meeting_id}/ordre-du-jour.odt").data))
        for who in (chair, member)
    ]
    assert [len(document.body.tables[0].rows) for document in agenda] == [3, 2]


def test_a_supplement_of_which_nothing_may_be_read_is_not_shown(app: Flask, scene: Scene) -> None:
    with transaction() as session:
        session.scalars(select(Mandate).where(Mandate.person_id == scene.member)).one().voice = Voice.ADVISORY
    meeting_id = convened(scene)
    sent(scene, meeting_id)
    add_paper(item_ids(meeting_id)[0], SCAN, title="Plan", reserved=True)
    sent(scene, meeting_id)
    url = f"/seances/{meeting_id}/dossier"
    shown = [plain(client_of(app, person).get(url).text) for person in (scene.chair, scene.member)]
    assert ["Additif n° 1" in page for page in shown] == [True, False]


def test_what_is_missing_is_said_before_the_pack_leaves(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    item_id = item_ids(meeting_id)[0]
    add_paper(
        item_id,
        SCAN,
        title="Bilan du semestre",
        state=PaperState.AWAITED,
        author_id=scene.member,
        due_on=clock.today(),
    )
    with transaction() as session:
        session.get_one(AgendaItem, item_id).draft_wording = ""
    built(scene, meeting_id)
    page = plain(client_of(app, scene.secretary).get(f"/seances/{meeting_id}/dossier/diffuser").text)
    assert "1 pièce manque" in page
    assert "« Bilan du semestre » : attendue" in page
    assert "1 projet de texte reste à rédiger" in page


def test_a_stale_preview_says_so_and_is_not_sent(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    chosen = built(scene, meeting_id).content_sha256 or ""
    put_information(scene, meeting_id)
    secretary = client_of(app, scene.secretary)
    url = f"/seances/{meeting_id}/dossier"
    assert "L’aperçu n’est plus à jour" in plain(secretary.get(url).text)
    refused = secretary.post(f"{url}/diffuser", data={"apercu": chosen})
    assert refused.status_code == 422
    assert "ont changé depuis l’aperçu" in plain(refused.text)


def test_a_build_that_fails_says_so_and_is_asked_for_again(
    app: Flask, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting_id = convened(scene)
    secretary = client_of(app, scene.secretary)
    url = f"/seances/{meeting_id}/dossier"

    def fail(*_args: object) -> None:
        raise OSError("disk full")

    secretary.post(f"{url}/apercu")
    with monkeypatch.context() as patch:
        patch.setattr(documents, "archive", fail)
        assert jobs.build_due() == 1
    page = plain(secretary.get(url).text)
    assert "L’aperçu n’a pas pu être construit" in page
    assert "Construire l’aperçu" in page
    assert secretary.get(f"{url}/etat").headers["X-Waiting"] == "0"
    assert secretary.post(f"{url}/apercu").status_code == 303
    assert "En construction" in plain(secretary.get(url).text)
    later(minutes=31)  # and one that nobody takes up
    assert "L’aperçu n’a pas pu être construit" in plain(secretary.get(url).text)


def test_a_preview_without_a_reason_left_is_taken_back(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    sent(scene, meeting_id)
    item = put_information(scene, meeting_id)
    built(scene, meeting_id)
    agendas.remove_item(scene.actor(scene.secretary), item.id)
    secretary = client_of(app, scene.secretary)
    url = f"/seances/{meeting_id}/dossier"
    assert "Retirer l’aperçu" in plain(secretary.get(url).text)
    answer = secretary.post(f"{url}/apercu", follow_redirects=True)
    assert "l’aperçu est retiré" in plain(answer.text)
    assert "Retirer l’aperçu" not in plain(answer.text)


def test_a_paper_handed_in_again_says_which_version_goes_in(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    paper_id = add_paper(item_ids(meeting_id)[0], SCAN, title="Plan")
    with transaction() as session:
        session.get_one(Paper, paper_id).state = PaperState.RECEIVED
    page = plain(client_of(app, scene.secretary).get(f"/seances/{meeting_id}/dossier").text)
    assert "pas encore validée ; la version 1, validée, entre dans le dossier" in page
    assert "n’entrera pas" not in page


def test_an_empty_agenda_says_what_to_do(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    secretary = client_of(app, scene.secretary)
    url = f"/seances/{meeting_id}/dossier"
    assert "Mettez d’abord un point à l’ordre du jour." in plain(secretary.get(url).text)
    refused = secretary.post(f"{url}/apercu")
    assert refused.status_code == 422
    assert "ajoutez au moins un point" in plain(refused.text)


def test_a_session_that_is_over_without_a_pack_promises_none(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    meetings.cancel(scene.actor(scene.secretary), meeting_id, reason="Grève des transports")
    for person in (scene.member, scene.secretary):
        page = plain(client_of(app, person).get(f"/seances/{meeting_id}/dossier").text)
        assert "Aucun dossier n’a été diffusé pour cette séance." in page
        assert "Vous recevrez un message" not in page
        assert "Construisez-le" not in page


def test_the_agenda_leaves_under_the_letterhead(app: Flask, scene: Scene) -> None:
    meeting_id = with_agenda(scene)
    client = client_of(app, scene.member)
    answer = client.get(f"/seances/{meeting_id}/ordre-du-jour.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    editable = client.get(f"/seances/{meeting_id}/ordre-du-jour.odt")
    words = Reader(io.BytesIO(editable.data)).get_formatted_text()
    assert "République française" in words
    assert "Urbanisme" in words
    assert client.get(f"/seances/{meeting_id}/ordre-du-jour.docx").status_code == 404


def test_a_page_of_thirty_items_asks_as_few_questions(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    add_paper(item_ids(meeting_id)[0], SCAN)
    sent(scene, meeting_id)
    secretary = client_of(app, scene.secretary)
    url = f"/seances/{meeting_id}/dossier"
    secretary.get(url)  # the first opening is noted
    few = counted(secretary, url)
    for _ in range(28):
        put_information(scene, meeting_id)
    for item_id in item_ids(meeting_id)[1:]:
        add_paper(item_id, SCAN)
    assert counted(secretary, url) == few
    assert few <= 14


def test_a_token_is_asked_of_every_write(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    page = client_of(app, scene.secretary).get(f"/seances/{meeting_id}/dossier")
    assert form_token(page)


def test_once_a_pack_is_sent_what_changes_leads_to_a_supplement(app: Flask, scene: Scene) -> None:
    meeting_id = convened(scene)
    sent(scene, meeting_id)
    client = client_of(app, scene.secretary)
    assert "Préparer l’additif" not in client.get(f"/seances/{meeting_id}").text
    with transaction() as session:
        session.get_one(AgendaItem, item_ids(meeting_id)[1]).title = "Un autre intitulé"
    for page in (f"/seances/{meeting_id}", f"/seances/{meeting_id}/ordre-du-jour-modifie"):
        text = client.get(page).text
        assert "Préparer l’additif" in text
        assert f'href="/seances/{meeting_id}/dossier"' in text
