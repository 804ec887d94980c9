"""Session mode through HTTP: texts sent by the script, the roll with proxies, votes, pages to print."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.closing.scene import Scene, hold, plan, put_information, put_motion, set_scene, settle
from tests.objectives.factories import counted_queries
from tests.packs.scene import add_paper
from tests.sittings.test_views import client_of, plain
from tests.support import appoint, make_person, sign_in
from tnt.closing import services as closing
from tnt.committees.models import Committee
from tnt.committees.rules import FunctionKind
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.meetings.models import Meeting
from tnt.projects.rules import Motion
from tnt.sittings import queries
from tnt.sittings.rules import OutcomeKind

KEY = "0123456789abcdef"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


@pytest.fixture
def meeting(scene: Scene) -> int:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    put_information(scene, meeting_id)
    hold(scene, meeting_id)
    return meeting_id


@pytest.fixture
def secretary(app: Flask, scene: Scene, meeting: int) -> FlaskClient:
    return client_of(app, scene.secretary)


def first_item(meeting_id: int) -> int:
    return queries.list_rail(meeting_id)[0].id


def at(meeting_id: int, path: str = "") -> str:
    return f"/seances/{meeting_id}/tenue/{first_item(meeting_id)}{path}"


def text(value: str = "Noté.", base: int = 0, key: str = KEY, field: str = "notes") -> dict[str, Any]:
    return {"field": field, "text": value, "base": base, "key": key}


def switch_on(scene: Scene, **settings: object) -> None:
    with transaction() as session:
        committee = session.get_one(Committee, scene.coordination)
        for name, value in ({"votes_enabled": True} | settings).items():
            setattr(committee, name, value)


def seat_ids(meeting_id: int) -> list[int]:
    return [seat.mandate.id for seat in queries.list_seats(db.session.get_one(Meeting, meeting_id))]


def test_a_text_is_saved_and_a_conflict_gives_both_back(meeting: int, secretary: FlaskClient) -> None:
    saved = secretary.post(at(meeting, "/texte"), json=text("du premier\x00"))
    assert (saved.status_code, saved.json["version"]) == (200, 1)
    assert saved.json["at"].replace("\u00a0", " ") == "14 h 30"
    conflict = secretary.post(at(meeting, "/texte"), json=text("du second", key="f" * 16))
    assert conflict.status_code == 409
    assert (conflict.json["text"], conflict.json["merged"]) == ("du premier", "du premier\ndu second")
    assert "Garder le mien" in conflict.json["html"]
    assert "Secretary Dupont" in conflict.json["html"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422),
        ([1], 422),
        (text(field="autre"), 422),
        (text(key="x"), 422),
        (text("x" * 10_001), 422),
        (text() | {"base": "un"}, 200),
        (text() | {"sent": "x", "text": None}, 200),
    ],
)
def test_what_the_script_cannot_send(meeting: int, secretary: FlaskClient, sent: object, status: int) -> None:
    assert secretary.post(at(meeting, "/texte"), json=sent).status_code == status
    assert secretary.post(at(meeting, "/texte"), data=b"\xff{").status_code == 422


def test_nobody_else_saves_a_text_or_reads_how_an_item_stands(app: Flask, scene: Scene, meeting: int) -> None:
    for person in (scene.member, scene.chair, scene.political_secretary):
        client = client_of(app, person)
        assert client.post(at(meeting, "/texte"), json=text()).status_code == 404
        assert client.get(at(meeting, "/etat")).status_code == 404
    assert app.test_client().post(at(meeting, "/texte"), json=text()).status_code == 401


def test_after_the_levee_the_script_is_told(scene: Scene, meeting: int, secretary: FlaskClient) -> None:
    settle(scene, meeting, OutcomeKind.WITHDRAWN)
    settle(scene, meeting, OutcomeKind.NOTED, position=2)
    closing.adjourn(scene.actor(scene.secretary), meeting)
    refused = secretary.post(at(meeting, "/texte"), json=text())
    assert refused.status_code == 423
    assert "n’est pas ouverte" in refused.json["message"]
    assert secretary.get(at(meeting, "/etat")).json["open"] is False


def test_how_an_item_stands_gives_the_texts_that_are_newer(meeting: int, secretary: FlaskClient) -> None:
    secretary.post(at(meeting, "/texte"), json=text())
    state = secretary.get(at(meeting, "/etat?notes=0&wording=0")).json
    assert state["fields"]["notes"]["text"] == "Noté."
    assert "text" not in state["fields"]["wording"]
    assert (state["outcome"], state["open"], state["writers"]) == (1, True, [])
    assert "3 présents ou représentés" in plain(state["room"])
    assert "text" not in secretary.get(at(meeting, "/etat?notes=1")).json["fields"]["notes"]


def test_what_typing_costs(meeting: int, secretary: FlaskClient) -> None:
    secretary.post(at(meeting, "/texte"), json=text())
    asked = []
    for sent in (
        lambda: secretary.post(at(meeting, "/texte"), json=text("Noté, puis plus.", 1, "e" * 16)),
        lambda: secretary.get(at(meeting, "/etat?notes=2")),
    ):
        path = at(meeting)  # its own question, before those that are counted
        assert path
        with counted_queries() as found:
            assert sent().status_code == 200
        asked.append(len([one for one in found if not one.startswith("BEGIN")]))
    assert asked[0] <= 13
    assert asked[1] <= 11


def test_what_is_not_switched_on_does_not_show(meeting: int, secretary: FlaskClient) -> None:
    page = secretary.get(f"/seances/{meeting}/tenue").text
    for words in ("Vote nominatif", "Mode de décision", "Quorum", "prépondérante"):
        assert words not in page
    roll = secretary.get(f"/seances/{meeting}/tenue/appel").text
    assert "pouvoir à…" not in roll
    assert 'value="by_proxy"' not in roll
    assert secretary.get(at(meeting, "/vote")).status_code == 404
    refused = secretary.post(
        at(meeting),
        data={"version": "0", "kind": "adopted", "wording": "Oui.", "vote_mode": "count", "for_": "3"},
    )
    assert refused.status_code == 422
    assert "décide par consensus" in refused.text


def test_a_refused_proxy_is_said_beside_its_seat(scene: Scene, meeting: int, secretary: FlaskClient) -> None:
    switch_on(scene, proxies_enabled=True)
    first, second, third = seat_ids(meeting)
    typed = {f"presence-{first}": "by_proxy", f"holder-{first}": str(third), f"presence-{third}": "excused"}
    refused = secretary.post(f"/seances/{meeting}/tenue/appel", data=typed)
    assert refused.status_code == 422
    assert f'id="holder-{first}-erreur"' in refused.text
    assert f'<option value="{third}" selected>' in refused.text  # what was chosen is kept
    typed |= {f"presence-{third}": "present", f"presence-{second}": "present"}
    assert secretary.post(f"/seances/{meeting}/tenue/appel", data=typed).status_code == 302
    assert "3 voix" in plain(secretary.get(f"/seances/{meeting}/tenue").text)


def test_who_leaves_is_heard_no_more_and_a_mistake_is_taken_back(
    scene: Scene, meeting: int, secretary: FlaskClient
) -> None:
    switch_on(scene, quorum_percent=100)
    seat = seat_ids(meeting)[0]
    moved = {"mandate": str(seat), "move": "left", "at": "14:30"}
    assert secretary.post(f"/seances/{meeting}/tenue/mouvements", data=moved).status_code == 302
    page = plain(secretary.get(f"/seances/{meeting}/tenue").text)
    assert "Quorum non atteint : 2 voix sur 3 nécessaires" in page
    assert "Reconvoquer sur le même ordre du jour" in page
    refused = secretary.post(
        at(meeting), data={"version": "0", "kind": "adopted", "wording": "Oui, le groupe."}
    )
    assert refused.status_code == 422
    assert "Le quorum n’est pas atteint" in refused.text
    again = secretary.post(f"/seances/{meeting}/tenue/mouvements", data=moved)
    assert again.status_code == 422
    assert "était déjà dans cette situation" in again.text
    [move] = queries.list_moves(meeting)
    gone = secretary.post(f"/seances/{meeting}/tenue/mouvements/{move.id}/retirer")
    assert gone.status_code == 302
    assert "Quorum atteint" in plain(secretary.get(f"/seances/{meeting}/tenue").text)


def test_a_vote_by_name_is_taken_and_read_by_those_entitled(
    app: Flask, scene: Scene, meeting: int, secretary: FlaskClient
) -> None:
    switch_on(scene)
    first, second, third = seat_ids(meeting)
    assert secretary.post(at(meeting, "/deports"), data={"deport": str(third)}).status_code == 302
    page = secretary.get(at(meeting, "/vote")).text
    assert f'name="vote-{third}"' not in page
    said = {"version": "0", "rest": "for", f"vote-{first}-libre": "1", f"vote-{second}": "against"}
    said[f"vote-{second}-libre"] = "1"
    assert secretary.post(at(meeting, "/vote"), data=said).status_code == 302
    assert "1 pour, 1 contre, 0 abstentions" in plain(secretary.get(at(meeting, "/vote")).text)
    stale = secretary.post(at(meeting, "/vote"), data=said)
    assert stale.status_code == 422
    chair = client_of(app, scene.chair)
    assert "1 pour, 1 contre" in plain(chair.get(at(meeting, "/vote")).text)
    assert chair.post(at(meeting, "/vote"), data=said | {"version": "1"}).status_code == 403
    assert client_of(app, scene.member).get(at(meeting, "/vote")).status_code == 404


def test_pages_to_print_are_the_chair_s(
    app: Flask, scene: Scene, meeting: int, secretary: FlaskClient
) -> None:
    base = f"/seances/{meeting}/tenue"
    order = plain(secretary.get(f"{base}/conducteur").text)
    assert "14 h 30 – 14 h 45" in order
    assert "résultat attendu" not in order  # « Décision », « Information » say it
    settle(scene, meeting, OutcomeKind.ADOPTED)
    assert "Adoptée</span>" in plain(secretary.get(f"{base}/conducteur").text)
    assert 'Chair Dupont <span class="quiet">(DINUM)</span> : présent' in order
    for path in ("conducteur", "emargement"):
        assert client_of(app, scene.chair).get(f"{base}/{path}").status_code == 200
        assert client_of(app, scene.member).get(f"{base}/{path}").status_code == 404
        assert client_of(app, scene.political_chair).get(f"{base}/{path}").status_code == 404
    assert "Second Chair Dupont" in secretary.get(f"{base}/emargement").text


def test_the_papers_of_an_item_are_at_hand(meeting: int, secretary: FlaskClient) -> None:
    add_paper(first_item(meeting), b"%PDF-1.7", title="Bilan")
    shown = secretary.get(f"/seances/{meeting}/tenue?point={first_item(meeting)}").text
    assert re.search(rf'href="/seances/{meeting}/pieces/[^"]+">Bilan</a>', shown)
    second = queries.list_rail(meeting)[1].id
    assert "Bilan" not in secretary.get(f"/seances/{meeting}/tenue?point={second}").text


def test_an_action_noted_is_said_to_be_saved(scene: Scene, meeting: int, secretary: FlaskClient) -> None:
    page = f"/seances/{meeting}/tenue?point={first_item(meeting)}"
    assert "Rien n’est encore enregistré" in secretary.get(page).text
    sent = {
        "action-title": "Écrire aux communes",
        "action-owner": f"i{scene.institution}",
        "action-due_on": "2027-01-15",
    }
    assert secretary.post(at(meeting, "/action"), data=sent).status_code == 302
    assert "Action enregistrée ; ni texte, ni résultat ne l’est encore" in plain(secretary.get(page).text)


def test_what_was_settled_together_is_undone_by_a_button(meeting: int, secretary: FlaskClient) -> None:
    base = f"/seances/{meeting}/tenue"
    secretary.post(f"{base}/ensemble", data={"kind": "deferred", "reason": "Alerte incendie"})
    page = plain(secretary.get(base).text)
    assert "Annuler : 2 points réglés ensemble" in page
    [batch] = {line.batch for line in queries.list_rail(meeting)}
    assert secretary.post(f"{base}/ensemble/annuler", data={"batch": batch or ""}).status_code == 302
    assert "2 points sont rouverts." in plain(secretary.get(base).text)
    assert [line.outcome for line in queries.list_rail(meeting)] == [None, None]


def test_the_rules_of_consultative_committees_in_one_button(app: Flask, scene: Scene) -> None:
    administrator = make_person("Ada", "Ministre")
    appoint(administrator, FunctionKind.ADMINISTRATOR)
    client = app.test_client()
    sign_in(client, administrator)
    path = "/administration/comites/coordination/reglages/consultatif"
    assert "Convocation cinq jours avant la séance." in client.get(path).text
    assert client.post(path, data={"version": "9"}).status_code == 422
    assert client.post(path, data={"version": "1"}).status_code == 303
    committee = db.session.get_one(Committee, scene.coordination)
    assert (committee.notice_days, committee.quorum_percent, committee.proxies_per_holder) == (5, 50, 1)
    assert (committee.votes_enabled, committee.proxies_enabled, committee.casting_vote) == (True, True, True)


def test_the_roll_tells_who_changed_a_line_meanwhile(
    scene: Scene, meeting: int, secretary: FlaskClient
) -> None:
    first, second = seat_ids(meeting)[:2]
    roll = f"/seances/{meeting}/tenue/appel"
    assert f'name="was-{first}" value="present:"' in secretary.get(roll).text
    shown = {f"was-{first}": "present:", f"was-{second}": "present:"}
    changed = shown | {f"presence-{first}": "excused", f"presence-{second}": "remote"}
    assert secretary.post(roll, data=changed).status_code == 302
    again = shown | {f"presence-{first}": "absent", f"presence-{second}": "present"}
    refused = secretary.post(roll, data=again)
    assert refused.status_code == 422
    assert "a noté entre-temps" in refused.text
    assert f'name="was-{first}" value="excused:"' in refused.text  # told: it may be written over
    assert f'name="was-{second}" value="present:"' in refused.text  # left as it was read: it stays theirs
    assert secretary.post(roll, data=again | {f"was-{first}": "excused:"}).status_code == 302
    lines = queries.list_seat_lines(db.session.get_one(Meeting, meeting))
    said = {line.mandate_id: line.presence for line in lines}
    assert (said[first], said[second]) == ("absent", "remote")


def test_a_move_of_a_session_entered_afterwards_is_of_its_day(app: Flask, scene: Scene, meeting: int) -> None:
    held_at = db.session.get_one(Meeting, meeting).starts_at
    clock.freeze(held_at + timedelta(days=3))
    with transaction() as session:
        row = session.get_one(Meeting, meeting)
        row.recorded_afterwards, row.opened_at = True, clock.now()
    first = seat_ids(meeting)[0]
    noted = client_of(app, scene.secretary).post(
        f"/seances/{meeting}/tenue/mouvements", data={"mandate": str(first), "move": "left", "at": "15:00"}
    )
    assert noted.status_code == 302
    assert [move.at for move in queries.list_moves(meeting)] == [held_at + timedelta(minutes=30)]
