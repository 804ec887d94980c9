"""Session mode and closing through HTTP: the whole evening of a secretary, then the co-chairs'."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from tests.closing.scene import MISSION, Scene, hold, plan, put_information, put_motion, set_scene, settle
from tests.objectives.factories import counted_queries, decide, propose
from tests.support import sign_in
from tnt.accounts.models import Person
from tnt.agendas import services as agendas
from tnt.agendas.services import ObjectiveAsk
from tnt.committees.models import Committee
from tnt.convocations import services as convocations
from tnt.core import clock, dataset
from tnt.core.db import db, transaction
from tnt.decisions.rules import ActKind
from tnt.meetings.models import Meeting
from tnt.objectives.rules import Score
from tnt.participants import services as participants
from tnt.participants.rules import Draft as Reply
from tnt.participants.rules import Via, Way
from tnt.projects import queries as projects
from tnt.projects.models import ProjectGroup
from tnt.projects.rules import GroupStatus, Motion
from tnt.sittings import services as sittings
from tnt.sittings.models import Attendance
from tnt.sittings.queries import list_item_states, list_seats
from tnt.sittings.rules import OutcomeKind


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def client_of(app: Flask, person_id: int) -> FlaskClient:
    person = db.session.get(Person, person_id)
    assert person is not None
    client = app.test_client()
    sign_in(client, person)
    return client


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def item_ids(meeting_id: int) -> list[int]:
    return [state.item.id for state in list_item_states(meeting_id)]


def held(scene: Scene) -> int:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    put_information(scene, meeting_id)
    hold(scene, meeting_id)
    return meeting_id


def test_from_the_roll_to_the_badge(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    put_information(scene, meeting_id)
    convocations.convene(scene.actor(scene.secretary), meeting_id, short_notice_reason="Essai")
    meeting = db.session.get(Meeting, meeting_id)
    assert meeting is not None
    clock.freeze(meeting.starts_at)
    base = f"/seances/{meeting_id}"
    first, _second = item_ids(meeting_id)
    secretary = client_of(app, scene.secretary)

    assert secretary.get(f"{base}/tenue/ouvrir").status_code == 200
    assert secretary.post(f"{base}/tenue/ouvrir").headers["Location"] == f"{base}/tenue/appel"
    assert secretary.post(f"{base}/tenue/appel", data={"everyone": "present"}).status_code == 302
    page = plain(secretary.get(f"{base}/tenue?point={first}").text)
    assert "3 présents ou représentés" in page
    saved = secretary.post(
        f"{base}/tenue/{first}",
        data={
            "version": "0",
            "kind": "adopted_amended",
            "wording": "Le comité crée le groupe.",
            "mission": "Accompagner d’abord les petites communes.",
            "vote_mode": "consensus",
        },
    )
    assert saved.status_code == 302
    assert secretary.post(f"{base}/tenue/ensemble", data={"kind": "noted"}).status_code == 302
    preview = plain(secretary.get(f"{base}/cloture").text)
    assert "Le groupe « Urbanisme » devient « créé » à compter du 15 décembre 2026." in preview
    assert secretary.post(f"{base}/cloture").headers["Location"] == f"{base}/releve"
    record = plain(secretary.get(f"{base}/releve").text)
    assert "CC-2026-T4-01" in record
    assert "Viser" not in re.findall(r"<button[^>]*>(.*?)</button>", record)

    for person in (scene.chair, scene.second_chair):
        chair = client_of(app, person)
        assert "Votre visa est attendu" in plain(chair.get(f"{base}/releve").text)
        assert chair.post(f"{base}/releve/viser", data={"version": "1"}).status_code == 302
    mission = projects.mission_on(scene.group, clock.today())
    assert mission is not None
    assert mission.text == "Accompagner d’abord les petites communes."
    assert projects.status_or_proposed(scene.group, clock.today()) is GroupStatus.CREATED
    pdf = secretary.get(f"{base}/releve.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    editable = secretary.get(f"{base}/releve.odt")
    assert editable.mimetype == "application/vnd.oasis.opendocument.text"
    assert editable.headers["Content-Disposition"].endswith('-v1.odt"')


def test_a_stale_form_shows_both_texts_and_keeps_what_was_typed(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    first = item_ids(meeting_id)[0]
    secretary = client_of(app, scene.secretary)
    url = f"/seances/{meeting_id}/tenue/{first}"
    data = {"version": "0", "kind": "keep", "vote_mode": "consensus"}
    saved = {
        "wording": "Texte du premier",
        "defer_reason": "Motif du premier",
        "mission": "Mission du premier",
    }
    assert secretary.post(url, data=data | saved | {"notes": "texte du premier"}).status_code == 302
    refused = secretary.post(url, data=data | {"notes": "texte du second"})
    assert refused.status_code == 409
    assert "texte du premier" in refused.text
    for text in ("Texte du premier", "Motif du premier", "Mission du premier"):
        assert f'<dd class="wording">{text}' in refused.text
    assert "texte du second" in refused.text
    again = re.search(r'name="version"[^>]*value="(\d+)"', refused.text)
    assert again is not None
    data["version"] = again[1]
    assert secretary.post(url, data=data | {"notes": "les deux"}).status_code == 302


def test_a_refused_outcome_is_said_beside_the_field(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    first = item_ids(meeting_id)[0]
    refused = client_of(app, scene.secretary).post(
        f"/seances/{meeting_id}/tenue/{first}",
        data={"version": "0", "kind": "adopted", "wording": "", "notes": "gardées", "vote_mode": "consensus"},
    )
    assert refused.status_code == 422
    assert "Indiquez le texte de la décision" in refused.text
    assert 'id="wording-erreur"' in refused.text
    assert "gardées" in refused.text


def test_a_mission_amended_without_its_text_or_the_contrary_is_told(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    first = item_ids(meeting_id)[0]
    secretary, url = client_of(app, scene.secretary), f"/seances/{meeting_id}/tenue"
    apart = "ne cite plus la mission"
    draft = list_item_states(meeting_id)[0].item.draft_wording
    assert MISSION.rstrip(".") in draft
    data = {"version": "0", "vote_mode": "consensus", "mission": MISSION, "kind": "adopted", "wording": draft}
    secretary.post(f"{url}/{first}", data=data)
    assert apart not in secretary.get(f"{url}?point={first}").text
    data |= {
        "version": "1",
        "kind": "adopted_amended",
        "wording": draft.replace(MISSION, "Outiller d’abord."),
    }
    secretary.post(f"{url}/{first}", data=data)
    assert apart in secretary.get(f"{url}?point={first}").text
    assert apart in plain(secretary.get(f"/seances/{meeting_id}/cloture").text)
    amended = "Outiller d’abord les petites communes."
    data |= {"version": "2", "kind": "adopted", "mission": amended, "wording": draft}
    assert secretary.post(f"{url}/{first}", data=data).status_code == 302
    assert apart in secretary.get(f"{url}?point={first}").text  # the mission alone was amended
    data |= {"version": "3", "wording": draft.replace(MISSION, amended)}
    secretary.post(f"{url}/{first}", data=data)
    assert apart not in secretary.get(f"{url}?point={first}").text
    preview = plain(secretary.get(f"/seances/{meeting_id}/cloture").text)
    assert "La mission du groupe « Urbanisme » est : « Outiller d’abord les petites communes. »" in preview


def test_the_result_of_an_objective_is_amended_in_session(app: Flask, scene: Scene) -> None:
    group = db.session.get_one(ProjectGroup, scene.group)
    objective = propose(group)
    decide(objective, db.session.get_one(Committee, scene.coordination))
    meeting_id = plan(scene)
    agendas.add_objective_item(
        scene.actor(scene.secretary),
        meeting_id,
        act_kind=ActKind.SCORE_OBJECTIVE,
        objective_id=objective.id,
        ask=ObjectiveAsk(score=Score.REACHED, comment="Au guichet."),
    )
    hold(scene, meeting_id)
    [first] = item_ids(meeting_id)
    secretary, url = client_of(app, scene.secretary), f"/seances/{meeting_id}/tenue/{first}"
    page = secretary.get(f"/seances/{meeting_id}/tenue").text
    assert re.search(r'<input checked[^>]*name="score"[^>]*value="reached"', page)
    draft = list_item_states(meeting_id)[0].item.draft_wording
    data = {"version": "0", "vote_mode": "consensus", "wording": draft, "scoring": "1", "kind": "adopted"}
    refused = secretary.post(url, data=data | {"score": "partly"})
    assert refused.status_code == 422
    assert 'id="follow_up-erreur"' in refused.text
    assert re.search(r'<input checked[^>]*name="score"[^>]*value="partly"', refused.text)
    sent = data | {"score": "partly", "follow_up": "renewed"}
    assert secretary.post(url, data=sent).status_code == 302
    [state] = list_item_states(meeting_id)
    assert state.outcome is not None
    assert "est partiellement atteint" in state.outcome.wording  # it was left as drafted, and follows
    preview = plain(secretary.get(f"/seances/{meeting_id}/cloture").text)
    assert "est évalué « partiellement atteint »" in preview
    assert "Il est reconduit" in preview
    motion = state.item.objective_motion
    assert motion is not None
    assert motion.comment == "Au guichet."


def test_a_representative_is_named(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    meeting = db.session.get(Meeting, meeting_id)
    assert meeting is not None
    mandate = list_seats(meeting)[0].mandate.id
    refused = client_of(app, scene.secretary).post(
        f"/seances/{meeting_id}/tenue/appel", data={f"presence-{mandate}": "represented"}
    )
    assert refused.status_code == 422
    assert "Indiquez qui représente" in refused.text
    assert f'id="name-{mandate}-erreur"' in refused.text


@pytest.mark.parametrize("path", ["tenue", "tenue/appel", "tenue/ouvrir", "cloture"])
def test_members_and_the_other_committee_get_nothing(app: Flask, scene: Scene, path: str) -> None:
    meeting_id = held(scene)
    url = f"/seances/{meeting_id}/{path}"
    assert client_of(app, scene.member).get(url).status_code == 404
    assert client_of(app, scene.political_secretary).get(url).status_code == 404


def test_nobody_writes_without_the_right_even_directly(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    first = item_ids(meeting_id)[0]
    data = {"version": "0", "kind": "withdrawn", "vote_mode": "consensus"}
    for person in (scene.member, scene.chair, scene.political_secretary):
        client = client_of(app, person)
        assert client.post(f"/seances/{meeting_id}/tenue/{first}", data=data).status_code == 404
        assert client.post(f"/seances/{meeting_id}/cloture").status_code == 404
    assert all(state.outcome is None for state in list_item_states(meeting_id))


def test_an_item_of_another_meeting_is_absent(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    other = plan(scene, days=60)
    foreign = put_information(scene, other).id
    answer = client_of(app, scene.secretary).post(
        f"/seances/{meeting_id}/tenue/{foreign}", data={"version": "0", "kind": "withdrawn"}
    )
    assert answer.status_code == 404


def test_lifting_twice_leads_to_the_same_record(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    secretary = client_of(app, scene.secretary)
    first = item_ids(meeting_id)[0]
    data = {"version": "0", "kind": "withdrawn", "vote_mode": "consensus"}
    secretary.post(f"/seances/{meeting_id}/tenue/{first}", data=data)
    secretary.post(f"/seances/{meeting_id}/tenue/ensemble", data={"kind": "noted"})
    for _ in range(2):
        answer = secretary.post(f"/seances/{meeting_id}/cloture")
        assert answer.headers["Location"] == f"/seances/{meeting_id}/releve"


def test_the_roll_says_who_is_left_and_who_is_invited_for_one_item(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    actor = scene.actor(scene.secretary)
    item = put_motion(scene, meeting_id, Motion.CREATE)
    participants.invite(actor, meeting_id, item.id, name="Anne Roche", email="anne.roche@exemple.fr")
    convocations.convene(actor, meeting_id, short_notice_reason="Essai")
    secretary, roll = client_of(app, scene.secretary), f"/seances/{meeting_id}/tenue/appel"
    participants.give_reply(actor, meeting_id, first_seat(meeting_id), Reply(Way.YES), via=Via.SECRETARY)
    assert "Prérempli" not in secretary.get(roll).text  # nothing can be saved yet
    clock.freeze(db.session.get_one(Meeting, meeting_id).starts_at)
    sittings.open_session(actor, meeting_id)
    secretary = client_of(app, scene.secretary)
    assert "Prérempli" in plain(secretary.get(roll).text)
    chosen = {f"presence-{first_seat(meeting_id)}": "present"}
    told = plain(secretary.post(roll, data=chosen, follow_redirects=True).text)
    assert "L’appel est enregistré ; 2 sièges restent à appeler." in told
    assert "sur 3 · 2 à appeler" in told
    called = plain(secretary.get(roll).text)
    assert "Anne Roche · point 1 : Urbanisme : create" in called


def first_seat(meeting_id: int) -> int:
    return list_seats(db.session.get_one(Meeting, meeting_id))[0].mandate.id


def test_an_incomplete_session_is_not_lifted_and_says_what_is_missing(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    refused = client_of(app, scene.secretary).post(f"/seances/{meeting_id}/cloture")
    assert refused.status_code == 422
    assert "sans résultat aux points 1, 2" in refused.text


def test_a_correction_is_asked_made_and_submitted_again(app: Flask, scene: Scene) -> None:
    meeting_id = held(scene)
    base = f"/seances/{meeting_id}"
    secretary, chair = client_of(app, scene.secretary), client_of(app, scene.chair)
    first = item_ids(meeting_id)[0]
    secretary.post(
        f"{base}/tenue/{first}",
        data={
            "version": "0",
            "kind": "adopted",
            "wording": "Le comité crée le groupe.",
            "mission": "Accompagner les communes.",
            "vote_mode": "consensus",
        },
    )
    secretary.post(f"{base}/tenue/ensemble", data={"kind": "noted"})
    secretary.post(f"{base}/cloture")
    empty = chair.post(f"{base}/releve/correction", data={"version": "1", "comment": ""})
    assert empty.status_code == 422
    assert "Indiquez la correction demandée" in empty.text
    chair.post(f"{base}/releve/correction", data={"version": "1", "comment": "Nommer la DINUM."})
    form = plain(secretary.get(f"{base}/releve/corriger").text)
    assert "Nommer la DINUM." in form
    field = re.search(r'name="(wording-\d+)"', form)
    assert field is not None
    answer = secretary.post(
        f"{base}/releve/corriger",
        data={"version": "1", field[1]: "Avec la DINUM, il crée le groupe."},
    )
    assert answer.status_code == 302
    assert "Avec la DINUM" in chair.get(f"{base}/releve").text


def test_a_session_to_come_opens_early_only_in_the_demonstration(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    convocations.convene(scene.actor(scene.secretary), meeting_id, short_notice_reason="Essai")
    secretary = client_of(app, scene.secretary)
    url = f"/seances/{meeting_id}/tenue/ouvrir"
    refused = secretary.post(url)
    assert refused.status_code == 422
    assert "ne peut être ouverte que le jour prévu" in refused.text
    with transaction():
        dataset.mark(dataset.DEMO)
    assert "la séance est avancée" in plain(secretary.get(url).text)
    assert secretary.post(url).status_code == 302
    meeting = db.session.get(Meeting, meeting_id)
    assert meeting is not None
    assert clock.paris_day(meeting.starts_at) == clock.today()
    assert meeting.sequence > 0


def test_a_long_agenda_costs_no_more(app: Flask, scene: Scene) -> None:
    """The rail shows every item, the page reads one; saving one does not read the others."""
    shown, saved = [], []
    for days, items in ((22, 1), (29, 30)):
        meeting_id = plan(scene, days=days)
        for _each in range(items):
            put_information(scene, meeting_id)
        hold(scene, meeting_id)
        secretary = client_of(app, scene.secretary)
        first = item_ids(meeting_id)[0]
        with counted_queries() as sent:
            page = secretary.get(f"/seances/{meeting_id}/tenue")
        assert page.text.count("?point=") >= items
        shown.append(_asked(sent))
        form = {"version": "0", "kind": "keep", "vote_mode": "consensus", "notes": "Une note"}
        with counted_queries() as sent:
            assert secretary.post(f"/seances/{meeting_id}/tenue/{first}", data=form).status_code == 302
        saved.append(_asked(sent))
    assert shown[0] == shown[1] <= 11
    assert saved[0] == saved[1] <= 14


def _asked(sent: list[str]) -> int:
    return len([one for one in sent if not one.startswith("BEGIN")])


def test_those_left_are_called_absent_at_once_and_the_roll_is_read_only_in_the_end(
    app: Flask, scene: Scene
) -> None:
    meeting_id = held(scene)
    base = f"/seances/{meeting_id}"
    secretary = client_of(app, scene.secretary)
    with transaction() as session:
        session.execute(delete(Attendance).where(Attendance.meeting_id == meeting_id))
    assert "Marquer absents" in secretary.get(f"{base}/tenue/appel").text
    secretary.post(f"{base}/tenue/appel", data={"everyone": "absent"})
    page = secretary.get(f"{base}/tenue/appel").text
    assert page.count('<option value="absent" data-letter="a" selected>') == 3
    assert "Marquer absents" not in page  # nobody is left
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    secretary.post(f"{base}/tenue/ensemble", data={"kind": "noted"})
    secretary.post(f"{base}/cloture")
    after = secretary.get(f"{base}/tenue/appel").text
    assert "<fieldset disabled>" in after
    assert "Enregistrer l’appel" not in after
    client_of(app, scene.chair).post(
        f"{base}/releve/correction", data={"version": "1", "comment": "Tous absents ?"}
    )
    assert "Enregistrer l’appel" in secretary.get(f"{base}/tenue/appel").text
    sent = secretary.post(f"{base}/releve/corriger", data={"version": "1"}, follow_redirects=True)
    assert "sans changement" in sent.text
