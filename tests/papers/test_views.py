"""The board, the pages of items and papers, one's own page, and the files, over HTTP."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.core import files
from tests.meetings.factories import make_member
from tests.papers.scene import Scene, set_scene, upload
from tests.support import make_person, signed_in_client
from tnt.accounts.models import Person
from tnt.agendas import services as agendas
from tnt.committees.models import Seat
from tnt.convocations import services as convocations
from tnt.core import clock, outbox
from tnt.core.db import db
from tnt.papers import queries, services
from tnt.papers.models import Paper
from tnt.papers.rules import PaperState


def paper_url(scene: Scene, paper: Paper, rest: str = "") -> str:
    return f"/seances/{scene.meeting.id}/pieces/{paper.id}{rest}"


def item_url(scene: Scene) -> str:
    return f"/seances/{scene.meeting.id}/points/{scene.item.id}/pieces"


def board_url(scene: Scene, rest: str = "") -> str:
    return f"/seances/{scene.meeting.id}/preparation{rest}"


def send(
    client: FlaskClient, url: str, *sent: tuple[str, bytes], name: str = "files", **values: str
) -> TestResponse:
    data = {**values, name: [(io.BytesIO(content), file_name) for file_name, content in sent]}
    return client.post(url, data=data, content_type="multipart/form-data")


def version_in(page: TestResponse) -> str:
    found = re.search(r'name="version" type="hidden" value="(\d+)"', page.text)
    assert found
    return found[1]


def keeper(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in_client(app, db.session.get_one(Person, scene.secretary.id))


def writer(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in_client(app, db.session.get_one(Person, scene.author.id))


def reader(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in_client(app, db.session.get_one(Person, scene.member.id))


def test_several_files_are_joined_and_those_refused_are_named(sqlite_app: Flask) -> None:
    scene = set_scene()
    client = keeper(sqlite_app, scene)
    assert client.get(item_url(scene)).status_code == 200
    page = send(
        client,
        item_url(scene),
        ("bilan.pdf", files.pdf(2)),
        ("page.pdf", b"<html>"),
        ("تقرير 🎉.odt", files.odf()),
        reserved="y",
        title="Ce que j’ai tapé",
    )
    assert page.status_code == 422
    assert "page.pdf\u00a0» n’est pas un fichier PDF" in page.text
    assert "2 pièces jointes" in page.text
    assert "Ce que j’ai tapé" in page.text
    assert [(row.title, row.file_name, row.reserved) for row in queries.rows_of(scene.meeting.id)] == [
        ("bilan", "bilan.pdf", True),
        ("تقرير 🎉", "تقرير 🎉.odt", True),
    ]
    bad = send(
        client,
        item_url(scene),
        ("bilan.pdf", files.pdf(2)),
        ("page.pdf", b"<html>"),
        ("a.pdf", files.pdf(3)),
        ("b.pdf", files.pdf(3)),
    )
    for told in (
        "page.pdf\u00a0» n’est pas un fichier PDF",
        "bilan.pdf\u00a0» est déjà joint",
        "a.pdf\u00a0» et «\u00a0b.pdf\u00a0» sont le même fichier",
    ):
        assert told in bad.text
    again = send(client, item_url(scene), ("bilan.pdf", files.pdf(2)))
    assert again.status_code == 422
    assert "déjà joint à ce point" in again.text
    alone = send(client, item_url(scene), ("x.pdf", files.pdf(words="x")), title="Note de cadrage")
    assert alone.status_code == 303
    assert queries.rows_of(scene.meeting.id)[-1].title == "Note de cadrage"


def test_the_files_of_a_form_share_one_deadline(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = set_scene()
    monkeypatch.setattr("tnt.papers.views.blueprint.FORM_SECONDS", 0)
    page = send(keeper(sqlite_app, scene), item_url(scene), ("a.pdf", files.pdf()), ("b.pdf", files.pdf(2)))
    assert page.status_code == 422
    assert page.text.count("n’a pas pu être vérifié à temps") >= 2


def test_a_paper_is_expected_of_somebody(sqlite_app: Flask) -> None:
    scene = set_scene()
    client = keeper(sqlite_app, scene)
    address = board_url(scene, "/demander")
    page = client.get(address)
    assert re.search(r'<label for="author_id">Attendue de <span class="required"', page.text)
    data = {"item_id": str(scene.item.id), "title": "Bilan", "due_on": "2026-12-02", "author_id": ""}
    page = client.post(address, data=data)
    assert (page.status_code, "Choisissez de qui la pièce est attendue." in page.text) == (422, True)


def test_a_form_without_a_file_says_so(sqlite_app: Flask) -> None:
    scene = set_scene()
    page = send(keeper(sqlite_app, scene), item_url(scene))
    assert page.status_code == 422
    assert 'id="files-erreur"' in page.text
    paper = scene.expect()
    assert send(writer(sqlite_app, scene), f"/mes-pieces/{paper.id}", name="file").status_code == 422


def test_larger_requests_are_taken_where_files_are(sqlite_app: Flask) -> None:
    scene = set_scene()
    client = keeper(sqlite_app, scene)
    sqlite_app.config["MAX_CONTENT_LENGTH"] = 1000
    assert send(client, item_url(scene), ("a.pdf", files.pdf(30))).status_code == 303
    data = {"title": "x" * 3000}
    assert client.post(board_url(scene, "/demander"), data=data).status_code == 413


def test_the_way_of_a_paper_from_its_author_to_the_members(sqlite_app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect("Bilan du semestre")
    author, secretary, member = (one(sqlite_app, scene) for one in (writer, keeper, reader))
    home = author.get("/")
    assert "Remettre la pièce «\u00a0Bilan du semestre\u00a0»" in home.text
    assert "Bilan du semestre" in author.get("/mes-pieces").text
    page = author.get(f"/mes-pieces/{paper.id}")
    sent = send(
        author, f"/mes-pieces/{paper.id}", ("bilan.pdf", files.pdf()), name="file", version=version_in(page)
    )
    assert sent.status_code == 303
    assert "Reçue" in author.get(f"/mes-pieces/{paper.id}").text
    assert "bilan.pdf, version 1" in author.get("/mes-pieces").text
    for page in ("/", "/mon-compte"):  # once handed in, the way back to it
        assert 'href="/mes-pieces"' in author.get(page).text
    assert 'href="/mes-pieces"' not in member.get("/").text
    board = secretary.get(board_url(scene)).text
    assert "la pièce «\u00a0Bilan du semestre\u00a0» est à relire" in board
    assert secretary.get(paper_url(scene, paper)).status_code == 200
    version = str(db.session.get_one(Paper, paper.id).version)
    secretary.post(
        paper_url(scene, paper, "/renvoyer"),
        data={"remark": "Ajoutez les coûts.", "due_on": "2026-12-02", "version": version},
    )
    assert "Ajoutez les coûts." in author.get(f"/mes-pieces/{paper.id}").text
    assert "Reprendre la pièce" in author.get("/").text
    version = version_in(author.get(f"/mes-pieces/{paper.id}"))
    send(
        author,
        f"/mes-pieces/{paper.id}",
        ("bilan.pdf", files.pdf(words="coûts")),
        name="file",
        version=version,
    )
    file = paper_url(scene, paper, "/versions/2")
    assert [client.get(file).status_code for client in (secretary, author, member)] == [200, 200, 404]
    version = str(db.session.get_one(Paper, paper.id).version)
    data = {"etat": "validated", "version": version, "retour": "preparation"}
    assert (
        secretary.post(paper_url(scene, paper, "/etat"), data=data)
        .headers["Location"]
        .startswith(board_url(scene))
    )
    assert member.get(file).status_code == 404  # the session is only planned
    assert "bilan.pdf" not in member.get(f"/seances/{scene.meeting.id}").text
    convocations.convene(scene.keeper, scene.meeting.id)
    answer = member.get(file)
    assert answer.data == files.pdf(words="coûts")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bilan.pdf"'
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert member.get(paper_url(scene, paper, "/versions/1")).status_code == 404  # nobody validated it
    assert secretary.get(paper_url(scene, paper, "/versions/1")).status_code == 200
    assert f'href="{file}"' in member.get(f"/seances/{scene.meeting.id}").text


def test_a_refused_file_is_said_beside_its_field(sqlite_app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    author = writer(sqlite_app, scene)
    url = f"/mes-pieces/{paper.id}"
    version = version_in(author.get(url))
    for name, content, words in (
        ("bilan.docx", files.pdf(), "est en réalité un fichier PDF"),
        ("vide.pdf", b"", "est vide"),
        ("ferme.pdf", files.protected_pdf(), "protégé par un mot de passe"),
        ("../../no\x00te.pdf", b"rien", "«\u00a0note.pdf\u00a0» n’est pas un fichier PDF"),
    ):
        page = send(author, url, (name, content), name="file", version=version)
        assert page.status_code == 422
        assert words in page.text.partition('id="file-erreur"')[2]
    assert db.session.get_one(Paper, paper.id).state is PaperState.AWAITED


def test_others_do_not_see_what_is_not_theirs(sqlite_app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    services.hand_in(scene.writer, paper.id, upload())
    nobody = signed_in_client(sqlite_app, make_person("Paul", "Dehors", "paul@example.org"))
    member, author = reader(sqlite_app, scene), writer(sqlite_app, scene)
    for client in (nobody, member):
        assert client.get(f"/mes-pieces/{paper.id}").status_code == 404
        assert "n’est attendue de vous" in client.get("/mes-pieces").text
    for client in (nobody, member, author):
        for url in (
            board_url(scene),
            item_url(scene),
            paper_url(scene, paper),
            paper_url(scene, paper, "/retirer"),
        ):
            assert client.get(url).status_code == 404
            assert client.post(url).status_code in {404, 405}
    assert author.get(f"/seances/{scene.meeting.id}").status_code == 404
    assert author.get(paper_url(scene, paper, "/versions/1")).status_code == 200
    other_meeting = f"/seances/{scene.meeting.id + 1}/pieces/{paper.id}/versions/1"
    assert keeper(sqlite_app, scene).get(other_meeting).status_code == 404


def test_chasing_shows_the_messages_first_and_sends_them_once(sqlite_app: Flask) -> None:
    scene = set_scene()
    scene.expect("Bilan")
    client = keeper(sqlite_app, scene)
    assert "Personne n’est en retard" in client.get(board_url(scene, "/relancer")).text
    clock.freeze(clock.now() + timedelta(days=10))
    client = keeper(sqlite_app, scene)
    board = client.get(board_url(scene)).text
    assert "est en retard" in board
    assert "Relancer les retardataires" in board
    page = client.get(board_url(scene, "/relancer"))
    for words in ("auteur@example.org", "Rappel, pièce attendue le", "Envoyer 1 message"):
        assert words in page.text
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', page.text)
    assert seen
    sent = [client.post(board_url(scene, "/relancer"), data={"seen": seen[1]}).status_code for _ in range(2)]
    assert sent == [303, 422]
    found = [one for one in db.session.scalars(db.select(outbox.OutboxMessage)) if one.kind == services.LATE]
    assert len(found) == 1
    text = re.search(r'<p class="mail-text">(.*?)</p>', page.text, re.DOTALL)
    assert text
    assert found[0].text in text[1].replace("&#39;", "'")
    assert "Dernière relance" in client.get(board_url(scene)).text


def test_the_board_of_an_empty_agenda_says_what_to_do(sqlite_app: Flask) -> None:
    scene = set_scene()
    client = keeper(sqlite_app, scene)
    agendas.remove_item(scene.keeper, scene.item.id)
    board = client.get(board_url(scene)).text
    assert "ajoutez au moins un point" in board
    assert "Établissez d’abord l’ordre du jour" in board
    assert "dans 22 jours" in board
    assert "Établissez d’abord" in client.get(board_url(scene, "/demander")).text


def test_each_line_that_is_missing_leads_to_where_it_is_mended(sqlite_app: Flask) -> None:
    scene = set_scene()
    client = keeper(sqlite_app, scene)
    board = client.get(board_url(scene)).text
    gaps = re.findall(r'<li><svg.*?</svg><a href="([^"]+)">(.*?)</a>', board.partition('id="manque"')[2])
    assert gaps == [
        (f"/seances/{scene.meeting.id}/points/{scene.item.id}/modifier", "Point 1\u00a0: aucun rapporteur.")
    ]
    for url, _words in gaps:
        assert client.get(url).status_code == 200


def test_asking_and_revising_keep_what_was_typed(sqlite_app: Flask) -> None:
    scene = set_scene()
    client = keeper(sqlite_app, scene)
    url = board_url(scene, "/demander")
    data = {
        "item_id": str(scene.item.id),
        "author_id": str(scene.author.id),
        "title": "Note de cadrage",
        "due_on": "2026-12-31",
    }
    page = client.post(url, data=data)
    assert page.status_code == 422
    assert "La pièce doit arriver avant la séance" in page.text
    assert 'value="Note de cadrage"' in page.text
    assert client.post(url, data=data | {"due_on": "2026-12-01"}).status_code == 303
    paper = db.session.scalars(db.select(Paper)).one()
    revised = {"title": "Note", "author_id": "", "due_on": "", "version": "1"}
    page = client.post(paper_url(scene, paper, "/modifier"), data=revised)
    assert page.status_code == 422
    assert "Choisissez de qui" in page.text
    page = client.post(paper_url(scene, paper, "/modifier"), data=data | {"version": "7"})
    assert page.status_code == 422
    assert "modifié entre-temps" in page.text


def test_removing_asks_first(sqlite_app: Flask) -> None:
    scene = set_scene()
    paper = scene.expect()
    client = keeper(sqlite_app, scene)
    page = client.get(paper_url(scene, paper, "/retirer"))
    assert "Un dossier déjà diffusé la garde" in page.text
    assert client.post(paper_url(scene, paper, "/retirer"), data={"version": "1"}).status_code == 303
    assert queries.rows_of(scene.meeting.id) == []


def test_taking_an_item_off_says_what_becomes_of_its_papers(sqlite_app: Flask) -> None:
    scene = set_scene()
    url = f"/seances/{scene.meeting.id}/points/{scene.item.id}/retirer"
    client = keeper(sqlite_app, scene)
    assert "pièce" not in client.get(url).text.partition('class="consequences"')[2].partition("</ul>")[0]
    services.add_papers(scene.keeper, scene.item.id, [upload(words="1"), upload(words="2")])
    assert "Ses 2 pièces disparaissent avec lui." in client.get(url).text


def test_every_rapporteur_is_asked_from_the_board(sqlite_app: Flask) -> None:
    scene = set_scene()
    scene.add_item("Un point", rapporteur_id=scene.member.id)
    client = keeper(sqlite_app, scene)
    board = client.get(board_url(scene)).text
    assert "1 message part." in board
    refused = client.post(board_url(scene, "/rapporteurs"), data={"due_on": "2026-12-31"})
    assert refused.status_code == 422
    assert client.post(board_url(scene, "/rapporteurs"), data={"due_on": "2026-12-01"}).status_code == 303
    assert "Demander à tous les rapporteurs" not in client.get(board_url(scene)).text


def count_queries(client: FlaskClient, url: str) -> int:
    asked: list[str] = []
    with client.application.app_context():
        engine = db.engine

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize("page", ["board", "item", "meeting", "mine"])
def test_pages_cost_the_same_with_one_paper_and_with_thirty(sqlite_app: Flask, page: str) -> None:
    scene = set_scene()
    make_member(scene.committee, "Autre", Seat.FULL_MEMBER)
    paper = scene.expect("Bilan 0")
    services.hand_in(scene.writer, paper.id, upload(words="0"))
    services.add_papers(scene.keeper, scene.item.id, [upload(words="00")])
    if page == "meeting":
        convocations.convene(scene.keeper, scene.meeting.id)
    urls = {
        "board": (keeper, board_url(scene)),
        "item": (keeper, item_url(scene)),
        "meeting": (reader, f"/seances/{scene.meeting.id}"),
        "mine": (writer, "/mes-pieces"),
    }
    who, url = urls[page]
    client = who(sqlite_app, scene)
    client.get(url)
    before = count_queries(client, url)
    for number in range(1, 15):
        other = scene.add_item(f"Point {number}")
        services.add_papers(scene.keeper, other.id, [upload(words=f"s{number}")])
        more = scene.expect(f"Bilan {number}", item=other)
        if number % 2:
            services.hand_in(scene.writer, more.id, upload(words=str(number)))
    assert count_queries(client, url) == before
    assert before <= 14
