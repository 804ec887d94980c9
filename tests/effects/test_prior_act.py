"""« Acte antérieur » over HTTP: from an empty programme to a group's first status, and every refusal."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from flask import Flask

from tests.portfolio.reader import Reader, text_of
from tests.portfolio.scene import Scene, decide, hold, make_scene, propose
from tnt.committees.models import Institution, InstitutionKind
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, Nature
from tnt.projects.models import StatusEvent
from tnt.projects.queries import status_or_proposed
from tnt.projects.rules import GroupStatus, Motion

URL = "/decisions/acte-anterieur"
TYPED = {
    "authority": "Comité de coordination",
    "decided_on": "2022-03-10",
    "reference": "Relevé du 10 mars 2022, point 3",
    "wording": "Le groupe Urbanisme est créé.",
    "source": "Compte rendu du 10 mars 2022",
}


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def test_only_a_secretary_enters_a_prior_act(app: Flask, scene: Scene) -> None:
    for person, wanted in ((scene.member, 404), (scene.outsider, 404), (scene.secretary, 200)):
        assert Reader(app, person).get(URL).status_code == wanted
    assert Reader(app, scene.member).post(URL, **TYPED).status_code == 404
    assert Reader(app).get(URL).status_code == 302
    assert db.session.scalars(db.select(Act)).all() == []
    assert URL in Reader(app, scene.secretary).get("/decisions").get_data(as_text=True)
    assert URL not in Reader(app, scene.member).get("/decisions").get_data(as_text=True)


def test_from_nothing_to_a_first_status(app: Flask, scene: Scene) -> None:
    with transaction() as session:
        dinum = Institution(name="Direction interministérielle", acronym="DINUM", kind=InstitutionKind.STATE)
        session.add(dinum)
    reader = Reader(app, scene.secretary)
    proposed = reader.post(
        "/groupes/proposer",
        name="Urbanisme",
        workstream_id=str(scene.streams[0].id),
        mission="Dématérialiser l’urbanisme.",
    )
    assert proposed.status_code == 303
    group_id = db.session.scalar(db.text("SELECT id FROM project_group"))
    answer = reader.post(
        URL,
        **TYPED,
        group_id=str(group_id),
        motion="create",
        mission="Dématérialiser les demandes d’urbanisme.",
        lead_id=str(scene.outsider.id),
        lead_institution_id=str(dinum.id),
    )
    assert answer.status_code == 303
    made = db.session.scalars(db.select(Act)).one()
    assert answer.location == f"/decisions/{made.id}"
    assert (made.nature, made.kind, made.number) == (Nature.PRIOR_ACT, ActKind.CREATE_GROUP, None)
    page = text_of(reader.get(answer.location))
    assert "Le groupe « Urbanisme » est « créé » à compter du 10 mars 2022." in page
    assert "Léa Dehors est responsable du groupe « Urbanisme » à compter du 10 mars 2022." in page
    group = text_of(reader.get("/groupes/urbanisme"))
    assert "Créé par l’acte Relevé du 10 mars 2022, point 3" in group
    assert "Dématérialiser les demandes d’urbanisme." in group
    assert "Créé" in text_of(reader.get("/groupes?au=2022-03-10"))


def test_an_act_may_concern_a_group_without_changing_it(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme", created_on=date(2022, 1, 1))
    answer = Reader(app, scene.secretary).post(URL, **TYPED, group_id=str(group.id), motion="")
    assert answer.status_code == 303
    assert status_or_proposed(group.id, date(2026, 11, 23)) is GroupStatus.PROPOSED
    assert "Le groupe Urbanisme est créé." in text_of(Reader(app, scene.member).get("/groupes/urbanisme"))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"authority": ""}, "Indiquez l’autorité qui a pris l’acte."),
        ({"decided_on": ""}, "Indiquez la date de l’acte."),
        ({"decided_on": "2022-02-30"}, ""),
        ({"decided_on": "0001-01-01"}, "Vérifiez l’année"),
        ({"decided_on": "2026-11-24"}, "La date d’un acte antérieur ne peut pas être à venir."),
        ({"wording": ""}, "Indiquez le texte de la décision, tel qu’il a été pris."),
        ({"motion": "create"}, "Choisissez aussi le groupe que l’acte concerne."),
        ({"motion": "create", "group_id": "G"}, "Indiquez la mission du groupe"),
        ({"motion": "continue", "group_id": "G"}, "« poursuivre » n’est pas possible"),
        ({"motion": "stop", "group_id": "G"}, "Indiquez le motif"),
        ({"motion": "stop", "group_id": "G", "reason": "Sans objet."}, "Indiquez la nature de l’arrêt"),
        ({"group_id": "99999"}, ""),
        ({"motion": "explode", "group_id": "G"}, ""),
        ({"lead_id": "L"}, "Un responsable est désigné avec la création"),
        (
            {"motion": "create", "group_id": "G", "mission": "Une mission assez longue.", "lead_id": "L"},
            "Indiquez l’institution au titre de laquelle",
        ),
    ],
)
def test_a_refused_act_keeps_what_was_typed_and_writes_nothing(
    app: Flask, scene: Scene, changed: dict[str, str], sentence: str
) -> None:
    group = propose(scene, "Urbanisme")
    ids = {"G": str(group.id), "L": str(scene.member.id)}
    typed = TYPED | {name: ids.get(value, value) for name, value in changed.items()}
    answer = Reader(app, scene.secretary).post(URL, **typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert TYPED["reference"] in answer.get_data(as_text=True)
    assert "Votre saisie n’a pas été enregistrée" in text_of(answer)
    assert db.session.scalars(db.select(Act)).all() == []
    assert db.session.scalars(db.select(StatusEvent)).all() == []


def test_the_whole_time_line_is_replayed(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme", created_on=date(2022, 1, 1))
    decide(group, Motion.CREATE, hold(scene.coordination, date(2024, 3, 12)))
    reader = Reader(app, scene.secretary)
    stop = TYPED | {
        "group_id": str(group.id),
        "motion": "stop",
        "reason": "Sans suite.",
        "stop_kind": "abandoned",
    }
    # non retenu in 2022, then created in 2024: the table forbids it
    refused = reader.post(URL, **stop)
    assert refused.status_code == 422
    assert "n’est pas possible" in text_of(refused)
    assert status_or_proposed(group.id, date(2026, 11, 23)) is GroupStatus.CREATED


def test_nul_signs_are_dropped(app: Flask, scene: Scene) -> None:
    answer = Reader(app, scene.secretary).post(
        URL, **(TYPED | {"wording": "Un\x00 texte.", "authority": "A\x00B"})
    )
    assert answer.status_code == 303
    assert db.session.scalars(db.select(Act.authority)).all() == ["AB"]


def test_two_acts_of_one_day_follow_each_other(app: Flask, scene: Scene) -> None:
    group = propose(scene, "Urbanisme", created_on=date(2022, 1, 1))
    reader = Reader(app, scene.secretary)
    typed = TYPED | {"group_id": str(group.id), "mission": "Une mission assez longue."}
    assert reader.post(URL, **typed, motion="create").status_code == 303
    assert reader.post(URL, **typed, motion="continue").status_code == 303
    assert status_or_proposed(group.id, date(2022, 3, 10)) is GroupStatus.CONTINUED
    assert "Poursuivi" in text_of(reader.get("/groupes/urbanisme")).split("Mission")[0]


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def test_the_scan_is_kept_and_read_from_the_page_of_the_act(app: Flask, scene: Scene) -> None:
    secretary, member = Reader(app, scene.secretary), Reader(app, scene.member)
    answer = secretary.client.post(URL, data=TYPED | {"scan": (BytesIO(PDF), "acte.pdf")})
    assert answer.status_code == 303
    act = db.session.scalars(db.select(Act)).one()
    address = f"/decisions/{act.id}/acte.pdf"
    for reader in (secretary, member):
        assert address in reader.get(f"/decisions/{act.id}").get_data(as_text=True)
        served = reader.get(address)
        assert (served.data, served.mimetype) == (PDF, "application/pdf")
        assert served.headers["Content-Disposition"].startswith("attachment")
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in served.headers["Content-Security-Policy"]
    assert Reader(app).get(address).status_code == 302


@pytest.mark.parametrize(
    ("content", "name"), [(b"<html><script>alert(1)</script>", "acte.pdf"), (b"PK\x03\x04", "acte.docx")]
)
def test_a_scan_that_is_no_pdf_is_refused_and_what_was_typed_stays(
    app: Flask, scene: Scene, content: bytes, name: str
) -> None:
    secretary = Reader(app, scene.secretary)
    answer = secretary.client.post(URL, data=TYPED | {"scan": (BytesIO(content), name)})
    assert answer.status_code == 422
    assert "Joignez l’acte numérisé au format PDF" in text_of(answer)
    assert TYPED["wording"] in answer.get_data(as_text=True)
    assert db.session.scalars(db.select(Act)).all() == []


def test_an_act_without_a_scan_has_no_file(app: Flask, scene: Scene) -> None:
    secretary = Reader(app, scene.secretary)
    assert secretary.post(URL, **TYPED).status_code == 303
    act = db.session.scalars(db.select(Act)).one()
    assert secretary.get(f"/decisions/{act.id}/acte.pdf").status_code == 404
    assert "acte.pdf" not in secretary.get(f"/decisions/{act.id}").get_data(as_text=True)
