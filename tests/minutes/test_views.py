"""The pages of minutes: who reads what, and what each output leaves out."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from tests.closing.scene import Scene, hold, plan, put_information, set_scene, settle
from tests.minutes.scene import (
    RESERVED,
    circulated,
    close,
    drafted,
    minutes_of,
    pass_days,
    passage,
    published,
    send,
    sign_both,
)
from tests.support import make_person, signed_in_client
from tnt.accounts.models import Person
from tnt.committees.models import Mandate, Seat, Voice
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.minutes.models import Amendment
from tnt.minutes.rules import MinutesState, ParagraphKind
from tnt.minutes.services import approval, writing
from tnt.sittings.rules import OutcomeKind

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> [x](javascript:alert(3)) **gras**"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def client_of(app: Flask, person_id: int) -> FlaskClient:
    return signed_in_client(app, db.session.get_one(Person, person_id))


def address(meeting_id: int, rest: str = "") -> str:
    return f"/seances/{meeting_id}/compte-rendu{rest}"


def words_of(answer: TestResponse) -> str:
    """What a page, a PDF or an ODT says."""
    if answer.mimetype == "application/pdf":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    if answer.mimetype.startswith("application/vnd.oasis"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return archive.read("content.xml").decode()
    return answer.text


def guest(scene: Scene) -> int:
    """A permanent guest, who has no vote."""
    person = make_person("Gaspard", "Invité", "invite@demo.tnt.example")
    with transaction() as session:
        session.add(
            Mandate(
                person_id=person.id,
                committee_id=scene.coordination,
                institution_id=scene.institution,
                seat=Seat.PERMANENT_GUEST,
                voice=Voice.ADVISORY,
                from_on=clock.today(),
                created_at=clock.now(),
            )
        )
    return person.id


def statuses(app: Flask, scene: Scene, meeting_id: int) -> dict[str, int]:
    people = {
        "secretary": scene.secretary,
        "chair": scene.chair,
        "member": scene.member,
        "stranger": scene.political_chair,
    }
    return {
        name: client_of(app, person_id).get(address(meeting_id, ".pdf")).status_code
        for name, person_id in people.items()
    }


def test_who_reads_at_each_step(app: Flask, scene: Scene) -> None:
    meeting_id = drafted(scene)
    nobody_else = {"secretary": 200, "chair": 404, "member": 404, "stranger": 404}
    assert statuses(app, scene, meeting_id) == nobody_else
    # members are told that it is to come, and nothing of what it says
    page = client_of(app, scene.member).get(address(meeting_id))
    assert page.status_code == 200
    assert "n’est pas encore diffusé" in page.text
    assert "Échanges." not in page.text
    send(scene, meeting_id)
    committee = {"secretary": 200, "chair": 200, "member": 200, "stranger": 404}
    assert statuses(app, scene, meeting_id) == committee
    pass_days(8)
    approval.approve_overdue()
    assert statuses(app, scene, meeting_id) == committee
    sign_both(scene, meeting_id)
    approval.publish(scene.actor(scene.secretary), meeting_id)
    assert statuses(app, scene, meeting_id) == dict.fromkeys(committee, 200)
    public = client_of(app, scene.political_chair).get(address(meeting_id))
    assert public.status_code == 200
    assert f'href="/seances/{meeting_id}"' not in public.text


def test_while_the_session_is_open_only_its_secretary_has_the_page(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    assert client_of(app, scene.member).get(address(meeting_id)).status_code == 404
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.NOTED)
    assert client_of(app, scene.member).get(address(meeting_id)).status_code == 404
    page = client_of(app, scene.secretary).get(address(meeting_id))
    assert "La séance est en cours." in page.text


def test_whoever_attended_keeps_the_minutes_until_they_are_approved(app: Flask, scene: Scene) -> None:
    """The day after the end everything else is refused; who did not attend has nothing."""
    meeting_id = circulated(scene)
    with transaction() as session:
        for person_id in (scene.member, scene.political_chair):
            mandate = session.scalars(db.select(Mandate).where(Mandate.person_id == person_id)).one()
            mandate.until_on = clock.today()
    pass_days(1)
    client = client_of(app, scene.member)
    page = client.get(address(meeting_id))
    assert page.status_code == 200
    assert "Échanges." in page.text
    assert "Je n’ai pas de remarque" in page.text
    assert f'href="/seances/{meeting_id}"' not in page.text
    assert client_of(app, scene.political_chair).get(address(meeting_id)).status_code == 404
    for other in ("", "/convocations", "/seance.ics"):
        assert client.get(f"/seances/{meeting_id}{other}").status_code == 404
    pass_days(8)
    approval.approve_overdue()
    assert client_of(app, scene.member).get(address(meeting_id)).status_code == 404


# what is reserved is absent everywhere


def with_reserved(scene: Scene) -> int:
    meeting_id = drafted(scene)
    writing.add(scene.actor(scene.secretary), meeting_id, item_id=None, text=RESERVED, reserved=True)
    return meeting_id


def outputs(client: FlaskClient, meeting_id: int) -> list[str]:
    paths = ("", ".pdf", ".odt", "-public.pdf", "?version=1")
    answers = [client.get(address(meeting_id, path)) for path in paths]
    return [words_of(answer) for answer in answers if answer.status_code == 200]


def says(words: str) -> bool:
    return "contentieux" in re.sub(r"\s+", " ", words)


def test_reserved_passages_are_absent_for_those_without_a_vote(app: Flask, scene: Scene) -> None:
    meeting_id = with_reserved(scene)
    invited = guest(scene)
    send(scene, meeting_id)
    for step in (lambda: None, lambda: (pass_days(8), approval.approve_overdue())):
        step()
        assert [says(words) for words in outputs(client_of(app, scene.member), meeting_id)] == [True] * 4
        assert [says(words) for words in outputs(client_of(app, invited), meeting_id)] == [False] * 4
    sign_both(scene, meeting_id)
    approval.publish(scene.actor(scene.secretary), meeting_id)
    for person_id in (invited, scene.political_chair):
        found = outputs(client_of(app, person_id), meeting_id)
        assert len(found) == 5
        assert not any(says(words) for words in found)
    member = outputs(client_of(app, scene.member), meeting_id)
    assert [says(words) for words in member] == [True, True, True, False, True]  # the public PDF is public


def test_nobody_asks_to_change_what_they_do_not_see(app: Flask, scene: Scene) -> None:
    meeting_id = with_reserved(scene)
    invited = guest(scene)
    send(scene, meeting_id)
    paragraph = passage(meeting_id, ParagraphKind.FREE)
    client = client_of(app, invited)
    assert client.get(address(meeting_id, f"/passages/{paragraph.id}/proposer")).status_code == 404
    sent = {"comment": "Que dit-il ?", "version": "1"}
    answer = client.post(address(meeting_id, f"/passages/{paragraph.id}/proposer"), data=sent)
    assert answer.status_code == 404


def test_a_reserved_item_has_no_heading_in_the_public_version(app: Flask, scene: Scene) -> None:
    meeting_id = close(scene, reserved_item=True)
    writing.draft(scene.actor(scene.secretary), meeting_id)
    send(scene, meeting_id)
    pass_days(8)
    approval.approve_overdue()
    sign_both(scene, meeting_id)
    approval.publish(scene.actor(scene.secretary), meeting_id)
    for words in outputs(client_of(app, scene.political_chair), meeting_id):
        assert "Point d’avancement" not in words
    for place in (f"/publications/{meeting_id}", f"/publications/{meeting_id}.pdf"):
        assert "Point d’avancement" not in words_of(app.test_client().get(place))


# without an account


def test_anybody_reads_published_minutes_and_nothing_else(app: Flask, scene: Scene) -> None:
    meeting_id = with_reserved(scene)
    anybody = app.test_client()
    places = (f"/publications/{meeting_id}", f"/publications/{meeting_id}.pdf")

    def answers() -> list[int]:
        return [anybody.get(place).status_code for place in places]

    assert "Rien n’est encore publié." in anybody.get("/publications").text
    send(scene, meeting_id)
    pass_days(8)
    approval.approve_overdue()
    sign_both(scene, meeting_id)
    assert answers() == [404, 404]  # signed, not published
    approval.publish(scene.actor(scene.secretary), meeting_id)
    found = [anybody.get(place) for place in places]
    assert [answer.status_code for answer in found] == [200, 200]
    assert not any(says(words_of(answer)) for answer in found)
    assert "Comité de coordination" in words_of(found[0])
    assert f"/seances/{meeting_id}" not in found[0].text
    listed = anybody.get("/publications").text
    assert listed.count(f'href="/publications/{meeting_id}"') == 1
    assert anybody.get("/publications/999").status_code == 404


def test_the_newest_published_edition_stands_for_the_session(app: Flask, scene: Scene) -> None:
    meeting_id = published(scene)
    secretary = scene.actor(scene.secretary)
    approval.rectify(secretary, meeting_id, "Une date était fausse.")
    anybody = app.test_client()
    assert "rectificative" not in anybody.get(f"/publications/{meeting_id}").text  # it is being written
    send(scene, meeting_id)
    pass_days(8)
    approval.approve_overdue()
    sign_both(scene, meeting_id)
    approval.publish(secretary, meeting_id)
    assert "Une date était fausse." in anybody.get(f"/publications/{meeting_id}").text
    listed = anybody.get("/publications").text
    assert listed.count(f'href="/publications/{meeting_id}"') == 1
    assert "version 2" in listed


def test_both_read_what_is_asked_and_its_author_takes_it_back(app: Flask, scene: Scene) -> None:
    meeting_id = circulated(scene)
    paragraph = passage(meeting_id, ParagraphKind.DISCUSSION)
    member = client_of(app, scene.member)
    member.post(
        address(meeting_id, f"/passages/{paragraph.id}/proposer"),
        data={"proposed": "Une rédaction plus juste.", "comment": "", "version": str(paragraph.version)},
    )
    (amendment,) = db.session.scalars(db.select(Amendment))
    secretary = client_of(app, scene.secretary)
    for client, rest in ((member, ""), (secretary, "/demandes")):
        shown = client.get(address(meeting_id, rest)).text
        assert "Texte proposé" in shown
        assert "rédaction" in shown
    take_back = address(meeting_id, f"/demandes/{amendment.id}/retirer")
    assert take_back in member.get(address(meeting_id)).text
    assert take_back not in secretary.get(address(meeting_id)).text
    assert "Votre demande est retirée." in member.post(take_back, follow_redirects=True).text
    page = secretary.post(
        address(meeting_id, f"/demandes/{amendment.id}"),
        data={"choix": "accepter", "text": "Ce que j’écrivais.", "version": str(paragraph.version)},
    )
    assert page.status_code == 422
    assert "L’auteur a retiré sa demande" in page.text
    assert "Ce que j’écrivais." in page.text
    assert "Demande retirée" in secretary.get(address(meeting_id, "/demandes")).text


# hostile texts


def test_hostile_texts_stay_texts_in_every_output(app: Flask, scene: Scene) -> None:
    meeting_id = drafted(scene)
    secretary = client_of(app, scene.secretary)
    paragraph_id = passage(meeting_id, ParagraphKind.DISCUSSION).id
    at = address(meeting_id, f"/passages/{paragraph_id}")
    preview = secretary.post(at, data={"text": HOSTILE, "version": "1", "preview": "1"})
    assert secretary.post(at, data={"text": HOSTILE, "version": "1"}).status_code == 302
    send(scene, meeting_id)
    member = client_of(app, scene.member)
    asked = {"proposed": HOSTILE + " x", "comment": HOSTILE, "version": "2"}
    assert member.post(at + "/proposer", data=asked).status_code == 302
    amendment_id = db.session.scalars(db.select(Amendment.id)).one()
    pages = [
        preview,
        secretary.get(address(meeting_id)),
        secretary.get(at + "/historique"),
        secretary.get(address(meeting_id, "/demandes")),
        secretary.get(address(meeting_id, f"/demandes/{amendment_id}")),
        member.get(address(meeting_id)),
        member.get(at + "/proposer"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript' not in page.text
    assert "<strong>gras</strong>" in pages[1].text
    for path in (".pdf", ".odt"):
        answer = member.get(address(meeting_id, path))
        assert answer.status_code == 200
        assert "alert(1)" in words_of(answer)
    assert b"/JavaScript" not in member.get(address(meeting_id, ".pdf")).data


# writing with the pages


def test_a_conflict_shows_both_texts_and_keeps_what_was_typed(app: Flask, scene: Scene) -> None:
    meeting_id = drafted(scene)
    paragraph_id = passage(meeting_id, ParagraphKind.DISCUSSION).id
    at = address(meeting_id, f"/passages/{paragraph_id}")
    client = client_of(app, scene.secretary)
    assert client.post(at, data={"text": "Le premier écrit.", "version": "1"}).status_code == 302
    second = client.post(at, data={"text": "Le second écrit.", "version": "1"})
    assert second.status_code == 422
    assert "Deux personnes écrivent ce passage" in second.text
    assert "premier" in second.text
    assert "second" in second.text
    assert 'name="version" type="hidden" value="2"' in second.text  # the next one is written knowingly
    assert client.post(at, data={"text": "Les deux.", "version": "2"}).status_code == 302


def test_the_whole_way_by_the_pages(app: Flask, scene: Scene) -> None:
    meeting_id = close(scene)
    secretary, chair, member = (
        client_of(app, person) for person in (scene.secretary, scene.chair, scene.member)
    )
    assert "passages sont déjà prêts" in secretary.get(address(meeting_id)).text
    assert secretary.post(address(meeting_id, "/rediger")).status_code == 302
    sheet = secretary.get(address(meeting_id, "/diffuser"))
    assert "3 messages seront envoyés" in sheet.text
    due = (clock.today() + timedelta(7)).isoformat()
    sent = secretary.post(address(meeting_id, "/diffuser"), data={"due_on": due, "version": "1"})
    assert sent.status_code == 302
    paragraph = passage(meeting_id, ParagraphKind.DISCUSSION)
    at = address(meeting_id, f"/passages/{paragraph.id}/proposer")
    assert member.post(at, data={"proposed": "Échanges vifs.", "version": "1"}).status_code == 302
    amendment_id = db.session.scalars(db.select(Amendment.id)).one()
    form = secretary.get(address(meeting_id, f"/demandes/{amendment_id}"))
    assert "<ins>" in form.text
    settled = secretary.post(
        address(meeting_id, f"/demandes/{amendment_id}"),
        data={"text": "Échanges vifs.", "version": "1", "choix": "accepter"},
    )
    assert settled.status_code == 302
    seen = re.search(r'name="seen" value="(\w{64})"', chair.get(address(meeting_id)).text)
    assert seen
    assert chair.post(address(meeting_id, "/sans-remarque"), data={"seen": "x"}).status_code == 422
    assert chair.post(address(meeting_id, "/sans-remarque"), data={"seen": seen[1]}).status_code == 302
    pass_days(8)
    approval.approve_overdue()
    sha = minutes_of(meeting_id).content_sha256 or ""
    chair, secretary = (client_of(app, person) for person in (scene.chair, scene.secretary))  # days later
    page = chair.get(address(meeting_id, "/signer"))
    assert sha in page.text
    for client, role in ((chair, "chair"), (secretary, "secretary")):
        answer = client.post(address(meeting_id, "/signer"), data={"seen": sha, "role": role})
        assert answer.status_code == 302
    assert secretary.post(address(meeting_id, "/publier")).status_code == 302
    assert minutes_of(meeting_id).state is MinutesState.PUBLISHED
    pdf = words_of(secretary.get(address(meeting_id, ".pdf")))
    assert "Chair Dupont" in pdf
    assert "Signatures" in pdf
    assert "Échanges vifs." in pdf


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/signer", {"seen": "x", "role": "king"}),
        ("/signer", {}),
        ("/diffuser", {"due_on": "", "version": "x"}),
        ("/passages/ajouter", {"item": "999999", "text": "x"}),
        ("/demandes/999999", {"choix": "accepter"}),
        ("/echeance", {}),
    ],
)
def test_tampered_forms_are_refused(app: Flask, scene: Scene, path: str, data: dict[str, str]) -> None:
    meeting_id = drafted(scene)
    answer = client_of(app, scene.secretary).post(address(meeting_id, path), data=data)
    assert answer.status_code in {302, 404, 422}
    assert minutes_of(meeting_id).state is MinutesState.DRAFT


def count_queries(client: FlaskClient, path: str) -> int:
    from sqlalchemy import event

    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    assert client.get(path).status_code == 200
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_long_page_costs_as_many_queries_as_a_short_one(app: Flask, scene: Scene) -> None:
    meeting_id = drafted(scene)
    client = client_of(app, scene.secretary)
    short = count_queries(client, address(meeting_id))
    for number in range(30):
        writing.add(scene.actor(scene.secretary), meeting_id, item_id=None, text=f"Passage {number}.")
    assert count_queries(client, address(meeting_id)) == short
