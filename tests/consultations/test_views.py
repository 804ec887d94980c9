"""The pages between sessions: one consultation from its draft to force over HTTP, a measure, and refusals."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests.closing.scene import Scene, set_scene
from tests.consultations.scene import answer, approved, consultation, draft, opened, seat_id
from tests.support import signed_in_client
from tnt.accounts.models import Person
from tnt.committees.models import Correspondent, Mandate
from tnt.consultations import services
from tnt.consultations.models import Choice, ConsultationState, InterimMeasure, WrittenConsultation
from tnt.core import clock, journal
from tnt.core.db import db, transaction
from tnt.core.outbox import OutboxMessage
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState
from tnt.intake import services as intake
from tnt.intake.rules import RequestOrigin

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"  # noqa: E501 - a whole file


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def client(app: Flask, person_id: int) -> FlaskClient:
    return signed_in_client(app, db.session.get_one(Person, person_id))


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def due(days: int = 7) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def test_one_consultation_from_draft_to_force(app: Flask, scene: Scene) -> None:
    secretary = client(app, scene.secretary)
    assert "Consulter par écrit" in secretary.get("/consultations").text
    assert secretary.get("/consultations/nouvelle/coordination").status_code == 200
    path = "/consultations/nouvelle/coordination/create_group"
    assert "Pour quel groupe projet" in secretary.get(path).text
    form = secretary.get(f"{path}?groupe={scene.group}").text
    assert "Accompagner les communes" in form
    asked = {
        "group_id": str(scene.group),
        "mission": "Accompagner les communes dans la dématérialisation.",
        "lead_id": str(scene.member),
        "lead_institution_id": str(scene.institution),
        "question": "Approuvez-vous la création du groupe ?",
        "title": "",
        "draft_wording": "",
        "due_on": due(),
    }
    made = secretary.post(path, data=asked)
    assert made.status_code == 303
    page = made.headers["Location"]
    added = secretary.post(f"{page}/pieces", data={"title": "Note", "paper": (io.BytesIO(PDF), "note.pdf")})
    assert added.status_code == 303
    sending = secretary.get(f"{page}/envoyer").text
    assert "3 voix délibératives sont consultées" in sending
    assert "Vous êtes consulté par écrit" in sending
    version = re.findall(r'name="version"[^>]*value="(\d+)"', sending)[-1]
    assert secretary.post(f"{page}/envoyer", data={"version": version}).status_code == 303
    found = db.session.scalars(select(WrittenConsultation)).one()
    ident, seats = found.id, {seat.mandate.person_id: seat.id for seat in found.seats}
    member = client(app, scene.member)
    assert "Répondre à la consultation écrite CC-2026-T4-E01" in member.get("/").text
    shown = member.get(page).text
    assert "Approuvez-vous la création du groupe" in shown
    assert "Les réponses se lisent à la clôture" in shown
    paper = re.findall(rf'href="({page}/pieces/\d+)"', shown)[0]
    assert member.get(paper).data == PDF
    for person in (scene.member, scene.chair, scene.second_chair):
        data = {"choice": "approve", "remark": "D’accord", "version": "0"}
        answered = client(app, person).post(f"{page}/reponses/{seats[person]}", data=data)
        assert answered.status_code == 303
    closing = secretary.get(f"{page}/clore").text
    assert "adoptée" in closing
    seen = re.findall(r'name="seen"[^>]*value="([^"]+)"', closing)[-1]
    assert secretary.post(f"{page}/clore", data={"seen": seen}).status_code == 303
    assert "D’accord" in member.get(page).text
    for chair in (scene.chair, scene.second_chair):
        signing = client(app, chair)
        assert "Votre visa est attendu" in signing.get(page).text
        assert signing.post(f"{page}/viser", data={"version": "1"}).status_code == 303
    assert consultation(ident).state is ConsultationState.IN_FORCE
    act = db.session.scalars(select(Act)).one()
    told = words(member.get(f"/decisions/{act.id}").text)
    assert "Mode Consultation écrite" in told
    assert "Consultation écrite · Création d’un groupe projet" in words(member.get("/decisions").text)
    assert member.get(f"{page}/releve.pdf").data.startswith(b"%PDF-")
    assert "Consultations écrites" in member.get("/comites/coordination").text
    assert "Rendre compte de la consultation écrite" in secretary.get("/demandes").text


def test_a_refused_reply_keeps_what_was_typed(app: Flask, scene: Scene) -> None:
    ident = opened(scene)
    seat = seat_id(ident, scene.member)
    member = client(app, scene.member)
    answered = member.post(
        f"/consultations/{ident}/reponses/{seat}",
        data={"choice": "peut-être", "remark": "Je réfléchis", "version": "0"},
    )
    assert answered.status_code == 422
    assert "Choisissez une réponse" in answered.text
    assert "Je réfléchis" in answered.text
    long = {"choice": "approve", "remark": "x" * 10_001, "version": "0"}
    assert member.post(f"/consultations/{ident}/reponses/{seat}", data=long).status_code == 422
    other = seat_id(ident, scene.chair)
    assert (
        member.post(f"/consultations/{ident}/reponses/{other}", data={"choice": "approve"}).status_code == 404
    )


def test_a_paper_that_lies_is_refused_in_a_sentence(app: Flask, scene: Scene) -> None:
    ident = draft(scene)
    secretary = client(app, scene.secretary)
    path = f"/consultations/{ident}/pieces"
    lying = secretary.post(path, data={"title": "Note", "paper": (io.BytesIO(b"MZ\x90"), "note.pdf")})
    assert lying.status_code == 422
    assert "note.pdf" in lying.text
    assert 'value="Note"' in lying.text
    assert "Choisissez un fichier" in secretary.post(path, data={"title": "Note"}).text


def test_a_deadline_too_short_and_a_long_title_are_refused_beside_their_field(
    app: Flask, scene: Scene
) -> None:
    secretary = client(app, scene.secretary)
    path = "/consultations/nouvelle/coordination/other"
    asked = {
        "title": "Objet",
        "question": "Question ?",
        "due_on": due(2),
        "draft_wording": "Le comité décide.",
    }
    refused = secretary.post(path, data=asked)
    assert refused.status_code == 422
    assert "Laissez au moins 5 jours" in refused.text
    assert secretary.post(path, data=asked | {"due_on": due(), "title": "x" * 10_000}).status_code == 422
    assert db.session.scalars(select(WrittenConsultation)).all() == []


def test_the_secretary_enters_a_reply_and_reminds_the_others(app: Flask, scene: Scene) -> None:
    ident = opened(scene)
    secretary = client(app, scene.secretary)
    seat = seat_id(ident, scene.chair)
    assert "Répondre pour" in secretary.get(f"/consultations/{ident}/reponses/{seat}").text
    secretary.post(f"/consultations/{ident}/reponses/{seat}", data={"choice": "abstain", "version": "0"})
    reminding = words(secretary.get(f"/consultations/{ident}/relancer").text)
    assert "Member Dupont" in reminding
    assert "Chair Dupont (" not in reminding.replace("Second Chair Dupont (", "")
    assert secretary.post(f"/consultations/{ident}/relancer").status_code == 303
    assert secretary.get(f"/consultations/{ident}/relancer").status_code == 303


def test_a_correction_over_http(app: Flask, scene: Scene) -> None:
    ident = approved(scene)
    chair, secretary = client(app, scene.chair), client(app, scene.secretary)
    path = f"/consultations/{ident}"
    assert chair.post(f"{path}/correction", data={"version": "1", "comment": ""}).status_code == 422
    assert (
        chair.post(f"{path}/correction", data={"version": "1", "comment": "Le 15 janvier."}).status_code
        == 303
    )
    assert "Le 15 janvier." in secretary.get(f"{path}/corriger").text
    assert secretary.post(f"{path}/corriger", data={"version": "1", "wording": " "}).status_code == 422
    fixed = {"version": "1", "wording": "Le comité reporte au 15 janvier."}
    assert secretary.post(f"{path}/corriger", data=fixed).status_code == 303
    assert chair.post(f"{path}/viser", data={"version": "1"}).status_code == 422
    assert chair.post(f"{path}/viser", data={"version": "2"}).status_code == 303


def test_what_was_signed_on_paper_is_filed_and_read(app: Flask, scene: Scene) -> None:
    ident = approved(scene)
    chair, secretary = client(app, scene.chair), client(app, scene.secretary)
    path = f"/consultations/{ident}"
    assert chair.post(f"{path}/scan", data={"version": "1"}).status_code == 404
    assert "Choisissez un fichier" in secretary.post(f"{path}/scan", data={"version": "1"}).text
    lying = {"version": "1", "scan": (io.BytesIO(b"MZ\x90"), "signe.pdf")}
    refused = secretary.post(f"{path}/scan", data=lying)
    assert refused.status_code == 422
    assert "signe.pdf" in refused.text
    assert secretary.get(f"{path}/releve-signe.pdf").status_code == 404
    signed = {"version": "1", "scan": (io.BytesIO(PDF), "signe.pdf")}
    assert secretary.post(f"{path}/scan", data=signed).status_code == 303
    assert consultation(ident).state is ConsultationState.IN_FORCE
    assert "par le relevé signé sur papier" in chair.get(path).text
    assert chair.get(f"{path}/releve-signe.pdf").data == PDF


def link_of(person: str) -> str:
    """The address in the last mail to that person."""
    text = db.session.scalars(
        select(OutboxMessage.text)
        .where(OutboxMessage.to_address.startswith(f"{person}@"), OutboxMessage.kind.startswith("consult"))
        .order_by(OutboxMessage.id.desc())
    ).first()
    return "/consultations/reponse/" + (text or "").partition("/consultations/reponse/")[2].split()[0]


def test_one_answers_by_the_link_of_the_mail_without_an_account(app: Flask, scene: Scene) -> None:
    ident = draft(scene)
    secretary = client(app, scene.secretary)
    secretary.post(
        f"/consultations/{ident}/pieces", data={"title": "Note", "paper": (io.BytesIO(PDF), "n.pdf")}
    )
    assert (
        "(le lien personnel de chaque destinataire)" in secretary.get(f"/consultations/{ident}/envoyer").text
    )
    services.send(scene.actor(scene.secretary), ident)
    path, visitor = link_of("member"), app.test_client()
    before = journal.head_hash()
    opened_page = visitor.get(path)
    assert opened_page.status_code == 200
    assert opened_page.headers["Referrer-Policy"] == "no-referrer"
    assert "Approuvez-vous ce texte" in opened_page.text
    assert "Vous répondez pour" not in opened_page.text
    assert "Reporter la date de remise des bilans" in opened_page.text
    assert visitor.get(re.findall(rf'href="({path}/pieces/\d+)"', opened_page.text)[0]).data == PDF
    assert journal.head_hash() == before  # a scanner that opens every link writes nothing
    target = re.findall(r'action="([^"]*reponse[^"]*)"', opened_page.text)[0]
    refused = visitor.post(target, data={"choice": "", "remark": "Je réfléchis", "version": "0"})
    assert refused.status_code == 422
    assert "Je réfléchis" in refused.text
    assert visitor.post(target, data={"choice": "approve", "remark": "", "version": "0"}).status_code == 303
    assert "réponse donnée le" in visitor.get(path).text
    stale = visitor.post(target, data={"choice": "reject", "remark": "", "version": "0"})
    assert stale.status_code == 422
    seat = next(each for each in consultation(ident).seats if each.mandate.person_id == scene.member)
    assert (seat.choice, seat.replied_by_id) == (Choice.APPROVE, scene.member)
    other = seat_id(ident, scene.chair)
    assert visitor.get(f"{path}?pour={other}").status_code == 404
    assert visitor.post(f"{path}?pour={other}", data={"choice": "approve", "version": "0"}).status_code == 404
    assert visitor.get(f"{path}x").status_code == 404
    assert visitor.get(f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}").status_code == 404


def test_a_link_ends_with_the_consultation_and_with_the_mandate(app: Flask, scene: Scene) -> None:
    ident = opened(scene)
    path, visitor = link_of("member"), app.test_client()
    with clock.at(clock.now() + timedelta(days=8)):
        late = visitor.get(path)
        assert "La date limite est passée" in late.text
    with transaction() as session:
        mandate = session.scalars(select(Mandate).filter_by(person_id=scene.member)).one()
        mandate.until_on = clock.today() - timedelta(days=1)
    assert visitor.get(path).status_code == 404
    chair = link_of("chair")
    assert visitor.get(chair).status_code == 200
    services.withdraw(scene.actor(scene.secretary), ident, reason="Sans objet désormais")
    gone = visitor.get(chair)
    assert gone.status_code == 404
    assert "Ce lien n’est plus valable" in gone.text


def test_a_correspondent_answers_by_their_own_link(app: Flask, scene: Scene) -> None:
    with transaction() as session:
        session.add(
            Correspondent(
                person_id=scene.political_secretary,
                for_person_id=scene.member,
                from_on=clock.today(),
                created_at=clock.now(),
            )
        )
    ident = opened(scene)
    path, visitor = link_of("political_secretary"), app.test_client()
    page = visitor.get(path).text
    assert "Vous répondez pour Member Dupont" in page
    target = re.findall(r'action="([^"]*reponse[^"]*)"', page)[0]
    assert visitor.post(target, data={"choice": "abstain", "version": "0"}).status_code == 303
    seat = next(each for each in consultation(ident).seats if each.mandate.person_id == scene.member)
    assert (seat.choice, seat.replied_by_id) == (Choice.ABSTAIN, scene.political_secretary)
    services.remind(scene.actor(scene.secretary), ident)
    assert link_of("chair") != path
    assert visitor.get(link_of("chair")).status_code == 200


def test_a_request_is_put_to_a_written_consultation(app: Flask, scene: Scene) -> None:
    entry = intake.file_request(
        scene.actor(scene.member),
        committee_id=scene.coordination,
        origin=RequestOrigin.REQUEST,
        act_kind=ActKind.OTHER,
        title="Reporter la remise des bilans",
        reason="Les communes manquent de temps.",
        wording="Le comité reporte la remise au 31 janvier.",
    )
    request_id = entry.id
    secretary, member = client(app, scene.secretary), client(app, scene.member)
    path = f"/consultations/nouvelle/demande/{request_id}"
    assert f'href="{path}"' in secretary.get(f"/demandes/{request_id}").text
    assert f'href="{path}"' not in member.get(f"/demandes/{request_id}").text
    assert member.get(path).status_code == 404
    form = secretary.get(path).text
    assert "Cette question répond à la demande" in words(form)
    assert "Les communes manquent de temps." in form
    assert "Le comité reporte la remise au 31 janvier." in form
    values = {
        "title": "Reporter la remise des bilans",
        "question": "Approuvez-vous ce report ?",
        "draft_wording": "Le comité reporte la remise au 31 janvier.",
        "due_on": due(),
        "version": str(entry.version),
    }
    refused = secretary.post(path, data=values | {"due_on": due(0)})
    assert refused.status_code == 422
    assert "Approuvez-vous ce report" in refused.text
    made = secretary.post(path, data=values)
    assert made.status_code == 303
    assert "Reporter la remise des bilans" in secretary.get(made.headers["Location"]).text
    assert "Demande à l’origine" in secretary.get(made.headers["Location"]).text
    followed = words(member.get(f"/demandes/{request_id}").text)
    assert "Soumise à une consultation écrite" in followed
    assert "consultation écrite en préparation" in followed
    assert secretary.post(path, data=values).status_code == 422  # a second click
    assert secretary.get(path).headers["Location"] == f"/demandes/{request_id}"
    assert "consultation écrite en préparation" in words(member.get("/demandes").text)


def test_a_withdrawal_asks_why(app: Flask, scene: Scene) -> None:
    ident = opened(scene)
    secretary = client(app, scene.secretary)
    path = f"/consultations/{ident}/retirer"
    assert "reste attribué" in secretary.get(path).text
    assert secretary.post(path, data={"reason": ""}).status_code == 422
    version = consultation(ident).version
    assert (
        secretary.post(path, data={"reason": "Sans objet désormais", "version": version}).status_code == 303
    )
    assert "Sans objet désormais" in client(app, scene.member).get(f"/consultations/{ident}").text


def test_a_measure_is_provisional_wherever_it_is_read(app: Flask, scene: Scene) -> None:
    chair = client(app, scene.chair)
    path = "/consultations/mesures/nouvelle/coordination"
    assert "provisoire" in chair.get(path).text
    values = {
        "act_kind": "mobilise_actor",
        "title": "Mobiliser l’ANCT",
        "wording": "L’ANCT est mobilisée.",
        "reason": "Urgence à Mayotte",
        "group_id": str(scene.group),
        "action_title": "Dépêcher une équipe",
        "owner": f"p-{scene.member}",
        "action_due_on": due(10),
    }
    assert chair.post(path, data=values | {"reason": ""}).status_code == 422
    assert chair.post(path, data=values | {"act_kind": "stop_group"}).status_code == 422
    assert chair.post(path, data=values | {"action_due_on": ""}).status_code == 422
    assert db.session.scalars(select(InterimMeasure)).all() == []
    taken = chair.post(path, data=values)
    assert taken.status_code == 303
    act = db.session.scalars(select(Act)).one()
    assert act.state is ActState.PROVISIONAL
    member = client(app, scene.member)
    for page in (
        taken.headers["Location"],
        f"/decisions/{act.id}",
        "/decisions",
        "/decisions?etat=provisional",
        "/groupes/urbanisme",
        "/comites/coordination",
        "/consultations",
    ):
        shown = member.get(page)
        assert shown.status_code == 200, page
        assert "Provisoire" in shown.text, page
    secretary = client(app, scene.secretary)
    assert secretary.get(path).status_code == 404
    assert client(app, scene.political_chair).get(taken.headers["Location"]).status_code == 404


@pytest.mark.parametrize(
    "place", ["", "/modifier", "/envoyer", "/clore", "/retirer", "/corriger", "/releve.pdf"]
)
def test_the_other_committee_sees_nothing(app: Flask, scene: Scene, place: str) -> None:
    ident = opened(scene)
    assert client(app, scene.political_secretary).get(f"/consultations/{ident}{place}").status_code == 404


def test_the_list_costs_the_same_at_one_and_thirty(app: Flask, scene: Scene) -> None:
    secretary = client(app, scene.secretary)

    def cost() -> int:
        seen: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        secretary.get("/consultations")
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            secretary.get("/consultations")
            secretary.get("/")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    def one_more() -> None:
        answer(scene, opened(scene), scene.member, Choice.APPROVE)

    one_more()
    alone = cost()
    for _rank in range(10):
        one_more()
    assert cost() == alone


def test_an_overdue_one_says_so(app: Flask, scene: Scene) -> None:
    ident = opened(scene, days=5)
    clock.freeze(clock.now() + timedelta(days=6))
    page = words(client(app, scene.secretary).get(f"/consultations/{ident}").text)
    assert "La date limite est passée" in page
    assert "À clore" in page
    assert services.close_overdue() == 1


def test_kinds_that_are_not_asked_do_not_exist(app: Flask, scene: Scene) -> None:
    secretary = client(app, scene.secretary)
    for nature in ("note", "approve_minutes", "inconnu"):
        assert secretary.get(f"/consultations/nouvelle/coordination/{nature}").status_code == 404
    for kind in ActKind:
        if kind not in {ActKind.NOTE, ActKind.APPROVE_MINUTES}:
            assert secretary.get(f"/consultations/nouvelle/coordination/{kind}").status_code == 200, kind
