"""The administration of institutions, mandates, functions and settings, through a browser's eyes."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.committees.scene import TODAY, Scene, make_scene
from tests.support import make_administrator, make_person, signed_in_client
from tnt.accounts.models import Person
from tnt.committees import queries, services
from tnt.committees.models import FunctionKind, Institution, Mandate, Seat, Voice
from tnt.core.access import SYSTEM
from tnt.core.db import db


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


@pytest.fixture
def administrator(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in_client(app, make_administrator())


def form_of_a_mandate(scene: Scene, person: Person, **changes: object) -> dict[str, object]:
    return {
        "person_id": person.id,
        "committee_id": scene.committee,
        "institution_id": scene.amf,
        "seat": "full_member",
        "voice": "voting",
        "substitute_for_id": "",
        "from_on": "2026-01-01",
        "until_on": "",
    } | changes


def open_seat(scene: Scene, person: Person) -> Mandate:
    return services.open_mandate(
        SYSTEM,
        person_id=person.id,
        committee_id=scene.committee,
        institution_id=scene.anct,
        seat=Seat.FULL_MEMBER,
        voice=Voice.VOTING,
        from_on=date(2026, 1, 1),
    )


PAGES = [
    "/administration/institutions",
    "/administration/institutions/ajouter",
    "/administration/mandats",
    "/administration/mandats?termines=1&comite=coordination",
    "/administration/mandats/ouvrir",
    "/administration/fonctions",
    "/administration/fonctions/ouvrir",
    "/administration/comites",
    "/administration/comites/coordination/reglages",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_administrators(app: Flask, scene: Scene, path: str) -> None:
    visitor = app.test_client().get(path)
    assert (visitor.status_code, visitor.location.partition("?")[0]) == (302, "/connexion")
    assert signed_in_client(app, make_person()).get(path).status_code == 404
    assert signed_in_client(app, make_administrator()).get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/administration/mandats/{mandate}",
        "/administration/mandats/{mandate}/fin",
        "/administration/institutions/{institution}",
        "/administration/institutions/{institution}/renommer",
        "/administration/institutions/{institution}/fin",
    ],
)
def test_pages_of_one_thing(app: Flask, scene: Scene, administrator: FlaskClient, path: str) -> None:
    mandate = open_seat(scene, make_person("Paul", "Moreau"))
    known = path.format(mandate=mandate.id, institution=scene.anct)
    assert administrator.get(known).status_code == 200
    assert administrator.get(path.format(mandate=9_999, institution=9_999)).status_code == 404
    assert signed_in_client(app, make_person()).get(known).status_code == 404


def test_a_mandate_is_opened_then_ended(scene: Scene, administrator: FlaskClient) -> None:
    person = make_person("Paul", "Moreau")
    answer = administrator.post("/administration/mandats/ouvrir", data=form_of_a_mandate(scene, person))
    assert (answer.status_code, answer.location) == (303, "/administration/mandats")
    mandate = queries.mandates_of(person.id)[0]
    assert (mandate.seat, mandate.voice, mandate.from_on) == (
        Seat.FULL_MEMBER,
        Voice.VOTING,
        date(2026, 1, 1),
    )
    assert "Le mandat de Paul Moreau est ouvert." in administrator.get(answer.location).text
    end = {"until_on": "2026-11-30", "reason": "Élections"}
    answer = administrator.post(f"/administration/mandats/{mandate.id}/fin", data=end)
    assert (answer.status_code, answer.location) == (303, f"/administration/mandats/{mandate.id}")
    assert queries.get_mandate(mandate.id).until_on == date(2026, 11, 30)
    assert "Élections" in administrator.get(answer.location).text


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"from_on": ""}, "from_on", "Indiquez une date."),
        (
            {"from_on": "1026-01-01"},
            "from_on",
            "la date doit être comprise entre le 1er janvier 2000 et le 31 décembre 2036",
        ),
        ({"until_on": "2025-12-31"}, "until_on", "La fin ne peut pas précéder le début"),
        ({"person_id": ""}, "person_id", "Choisissez la personne."),
        ({"seat": "substitute"}, "substitute_for_id", "Indiquez le titulaire que cette personne supplée."),
    ],
)
def test_a_refused_mandate_says_why_beside_the_field_and_keeps_what_was_typed(
    scene: Scene, administrator: FlaskClient, changes: dict[str, object], field: str, sentence: str
) -> None:
    person = make_person("Paul", "Moreau")
    data = form_of_a_mandate(scene, person, **changes)
    answer = administrator.post("/administration/mandats/ouvrir", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text.partition(f'id="{field}-erreur"')[2][:400]
    assert f'<option selected value="{scene.amf}">' in answer.text
    assert queries.mandates_of(person.id) == []


@pytest.mark.parametrize(("seat", "voice"), [("co_chair", Voice.VOTING), ("secretary", Voice.ADVISORY)])
def test_a_seat_with_one_possible_voice_needs_no_choice(
    scene: Scene, administrator: FlaskClient, seat: str, voice: Voice
) -> None:
    person = make_person("Paul", "Moreau")
    other = Voice.ADVISORY if voice is Voice.VOTING else Voice.VOTING
    data = form_of_a_mandate(scene, person, seat=seat, voice=other.value)
    assert administrator.post("/administration/mandats/ouvrir", data=data).status_code == 303
    assert queries.mandates_of(person.id)[0].voice is voice


def test_a_mandate_that_overlaps_itself_is_refused(scene: Scene, administrator: FlaskClient) -> None:
    person = make_person("Paul", "Moreau")
    open_seat(scene, person)
    data = form_of_a_mandate(scene, person, from_on="2026-06-01")
    answer = administrator.post("/administration/mandats/ouvrir", data=data)
    assert answer.status_code == 422
    assert "Cette personne siège déjà dans ce comité" in answer.text.partition('id="from_on-erreur"')[2][:400]


def test_nobody_seats_themselves(app: Flask, scene: Scene) -> None:
    ada = make_administrator()
    data = form_of_a_mandate(scene, ada)
    answer = signed_in_client(app, ada).post("/administration/mandats/ouvrir", data=data)
    assert answer.status_code == 422
    assert "Vous ne pouvez pas vous attribuer" in answer.text


def test_an_end_without_reason_is_refused(scene: Scene, administrator: FlaskClient) -> None:
    mandate = open_seat(scene, make_person("Paul", "Moreau"))
    path = f"/administration/mandats/{mandate.id}/fin"
    answer = administrator.post(path, data={"until_on": "2026-11-30", "reason": " "})
    assert answer.status_code == 422
    assert "Indiquez le motif." in answer.text
    assert queries.get_mandate(mandate.id).until_on is None


def test_ending_twice_is_refused(scene: Scene, administrator: FlaskClient) -> None:
    mandate = open_seat(scene, make_person("Paul", "Moreau"))
    path, data = f"/administration/mandats/{mandate.id}/fin", {"until_on": "2026-11-30", "reason": "Fin"}
    assert administrator.post(path, data=data).status_code == 303
    answer = administrator.post(path, data=data)
    assert answer.status_code == 422
    assert "Une fin est déjà enregistrée au 30 novembre 2026" in answer.text


def test_a_member_cannot_write(app: Flask, scene: Scene) -> None:
    person = make_person("Paul", "Moreau")
    mandate = open_seat(scene, person)
    client = signed_in_client(app, person)
    posts = {
        "/administration/mandats/ouvrir": form_of_a_mandate(scene, make_person()),
        f"/administration/mandats/{mandate.id}/fin": {"until_on": "2026-11-30", "reason": "Fin"},
        "/administration/fonctions/ouvrir": {"person_id": person.id, "kind": "administrator"},
        "/administration/comites/coordination/reglages": {"notice_days": "1"},
    }
    assert {path: client.post(path, data=data).status_code for path, data in posts.items()} == dict.fromkeys(
        posts, 404
    )


def test_a_function_is_opened_and_ended(scene: Scene, administrator: FlaskClient) -> None:
    person = make_person("Paul", "Moreau")
    data = {
        "person_id": person.id,
        "kind": "programme_manager",
        "institution_id": "",
        "territory_id": "",
        "from_on": "2026-01-01",
        "until_on": "",
    }
    assert administrator.post("/administration/fonctions/ouvrir", data=data).status_code == 303
    function = queries.functions_of(person.id)[0]
    assert function.kind is FunctionKind.PROGRAMME_MANAGER
    path = f"/administration/fonctions/{function.id}/fin"
    assert administrator.get(path).status_code == 200
    assert administrator.post(path, data={"until_on": "2026-11-30"}).status_code == 303
    assert queries.get_function(function.id).until_on == date(2026, 11, 30)


def test_the_last_administrator_stays(app: Flask, scene: Scene) -> None:
    ada = make_administrator()
    function = queries.functions_of(ada.id)[0]
    path = f"/administration/fonctions/{function.id}/fin"
    answer = signed_in_client(app, ada).post(path, data={"until_on": TODAY.isoformat()})
    assert answer.status_code == 422
    assert "le dernier administrateur" in answer.text


def test_an_institution_is_added_renamed_ended(scene: Scene, administrator: FlaskClient) -> None:
    new = {"name": " Métropole de Lyon ", "acronym": "", "kind": "local_authority"}
    assert administrator.post("/administration/institutions/ajouter", data=new).status_code == 303
    assert administrator.post("/administration/institutions/ajouter", data=new).status_code == 422
    row = db.session.scalars(db.select(Institution).where(Institution.name == "Métropole de Lyon")).one()
    base = f"/administration/institutions/{row.id}"
    rename = {"name": "Grand Lyon", "acronym": "GL", "from_on": "2026-01-01", "version": "1"}
    assert administrator.post(f"{base}/renommer", data=rename).status_code == 303
    page = administrator.get(base).text
    assert "Grand Lyon" in page
    assert "Métropole de Lyon" in page
    assert administrator.post(f"{base}/fin", data={"on": "2026-11-30", "version": "2"}).status_code == 303
    assert db.session.get_one(Institution, row.id).ended_on == date(2026, 11, 30)


def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again(
    scene: Scene, administrator: FlaskClient
) -> None:
    path = f"/administration/institutions/{scene.anct}/renommer"
    first = {"name": "Agence", "acronym": "", "from_on": "2026-01-01", "version": "1"}
    assert administrator.post(path, data=first).status_code == 303
    second = {"name": "Autre agence", "acronym": "", "from_on": "2026-06-01", "version": "1"}
    answer = administrator.post(path, data=second)
    assert answer.status_code == 422
    assert "modifié entre-temps" in answer.text
    assert 'value="Autre agence"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert administrator.post(path, data=second | {"version": "2"}).status_code == 303


SETTINGS = {
    "followed_from": "2025-01-01",
    "visa_rule": "one_co_chair",
    "notice_days": "21",
    "requests_close_days": "35",
    "default_start": "10:00",
    "default_minutes": "120",
    "default_place": "Ségur",
    "quorum_percent": "",
    "consultation_days": "5",
    "minutes_days": "10",
    "version": "1",
}


def test_settings_are_changed_with_their_history(scene: Scene, administrator: FlaskClient) -> None:
    path = "/administration/comites/coordination/reglages"
    assert administrator.post(path, data=SETTINGS).status_code == 303
    committee = queries.get_committee("coordination")
    assert (committee.notice_days, committee.default_place, committee.version) == (21, "Ségur", 2)
    page = administrator.get(path).text
    assert "<del>14</del> → 21" in page
    assert "<del>oui</del> → non" in page  # silence approves no more
    assert "<del>Tous les coprésidents</del> → Un coprésident suffit" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"notice_days": "-1"}, "notice_days"),
        ({"notice_days": "beaucoup"}, "notice_days"),
        ({"notice_days": "9" * 40}, "notice_days"),
        ({"default_start": "25:00"}, "default_start"),
        ({"default_start": "23:30"}, "default_minutes"),
        ({"quorum_percent": "50"}, "quorum_percent"),
        ({"default_place": "x" * 201}, "default_place"),
        ({"minutes_days": "0"}, "minutes_days"),
    ],
)
def test_refused_settings(
    scene: Scene, administrator: FlaskClient, changes: dict[str, str], field: str
) -> None:
    path = "/administration/comites/coordination/reglages"
    answer = administrator.post(path, data=SETTINGS | changes)
    assert answer.status_code == 422
    assert f'id="{field}-erreur"' in answer.text
    assert queries.get_committee("coordination").version == 1


def test_every_refused_setting_is_told_at_once(scene: Scene, administrator: FlaskClient) -> None:
    changes = {"notice_days": "-3", "quorum_percent": "150"}
    page = administrator.post("/administration/comites/coordination/reglages", data=SETTINGS | changes).text
    for field in changes:
        assert f'id="{field}-erreur"' in page


def test_what_a_person_held_is_told_on_their_page(scene: Scene, administrator: FlaskClient) -> None:
    person = make_person("Paul", "Moreau")
    mandate = open_seat(scene, person)
    page = administrator.get(f"/administration/personnes/{person.id}").text
    assert f'href="/administration/mandats/{mandate.id}"' in page
    assert "Comité de coordination, Titulaire (ANCT)" in page


def test_the_list_of_mandates_costs_the_same_at_1_and_30(
    app: Flask, scene: Scene, administrator: FlaskClient
) -> None:
    counts = []
    for wanted in (1, 29):
        for number in range(wanted):
            open_seat(scene, make_person("Paul", f"Moreau{wanted}-{number}"))
        counts.append(queries_of(administrator, "/administration/mandats"))
    assert counts[0] == counts[1]


def queries_of(client: FlaskClient, path: str) -> int:
    """How many statements a page sends to the database."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    db.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        db.event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


BIG = 10**30
ODD_ADDRESSES = {
    f"/administration/mandats/{BIG}": 404,
    f"/administration/mandats/{BIG}/fin": 404,
    f"/administration/institutions/{BIG}": 404,
    f"/administration/institutions/{BIG}/renommer": 404,
    f"/administration/fonctions/{BIG}/fin": 404,
    "/administration/comites/a%00b/reglages": 404,
    "/comites/a%00b": 404,
    f"/administration/mandats?page={BIG}": 200,
    "/administration/mandats?page=-3&comite=%00": 200,
    f"/administration/mandats/ouvrir?personne={BIG}&comite=x": 200,
}


@pytest.mark.parametrize(("path", "status"), ODD_ADDRESSES.items())
def test_odd_addresses(administrator: FlaskClient, path: str, status: int) -> None:
    assert administrator.get(path).status_code == status


@pytest.mark.parametrize(
    "changes",
    [
        {"person_id": str(BIG)},
        {"person_id": "abc"},
        {"seat": "king"},
        {"from_on": "0000-00-00"},
        {"until_on": "9999-12-31"},
        {"substitute_for_id": str(BIG)},
        {"institution_id": "\x00"},
    ],
)
def test_odd_values_are_refused(scene: Scene, administrator: FlaskClient, changes: dict[str, object]) -> None:
    person = make_person("Paul", "Moreau")
    data = form_of_a_mandate(scene, person, **changes)
    assert administrator.post("/administration/mandats/ouvrir", data=data).status_code == 422
    assert queries.mandates_of(person.id) == []


@pytest.mark.parametrize("name", ["<b>x</b>", "a\x00b", "\ud800x", "=1+1", "x" * 201])
def test_odd_names(scene: Scene, administrator: FlaskClient, name: str) -> None:
    raw = {"name": name.encode("utf-8", "surrogatepass"), "acronym": b"", "kind": b"other"}
    answer = administrator.post("/administration/institutions/ajouter", data=raw)
    assert answer.status_code in {303, 422}
    assert "<b>x</b>" not in administrator.get("/administration/institutions").text
