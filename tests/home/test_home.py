"""Home and search: each role finds what awaits it, and nothing that is not its own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.closing.scene import Scene, hold, plan, put_motion, set_scene, settle
from tests.portfolio.reader import counted
from tests.support import make_administrator, sign_in
from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.closing import services as closing
from tnt.committees.models import Committee
from tnt.convocations import services as convocations
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.home.views import TODOS_SHOWN
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting, MissedPeriod
from tnt.meetings.rules import MeetingState
from tnt.programme.rules import Every, period_of
from tnt.projects.models import Leadership, ProjectGroup
from tnt.projects.rules import Motion
from tnt.sittings.rules import OutcomeKind

MOST_QUERIES = 14  # eleven of the page, three of every request


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def client_of(app: Flask, person_id: int) -> FlaskClient:
    person = db.session.get(Person, person_id)
    assert person is not None
    client = app.test_client()
    sign_in(client, person)
    return client


def text_of(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_anonymous_is_sent_to_sign_in(app: Flask) -> None:
    response = app.test_client().get("/")
    assert response.status_code == 302
    assert "/connexion" in response.headers["Location"]


def test_the_secretary_of_an_empty_programme_is_told_where_to_start(app: Flask, scene: Scene) -> None:
    assert "Planifier la prochaine séance" in text_of(client_of(app, scene.secretary), "/")
    assert "Planifier la prochaine séance" not in text_of(client_of(app, scene.member), "/")


def test_the_administrator_of_an_empty_programme_is_told_to_open_the_mandates(
    app: Flask, scene: Scene
) -> None:
    page = text_of(client_of(app, make_administrator().id), "/")
    assert "Ajouter les personnes et les inviter" in page
    assert "Planifier la prochaine séance" not in page


def test_the_secretary_sees_when_to_convene(app: Flask, scene: Scene) -> None:
    plan(scene)
    page = text_of(client_of(app, scene.secretary), "/")
    assert "Convoquer le Comité de coordination" in page
    assert "Convoquer" not in text_of(client_of(app, scene.member), "/")


def test_a_postponed_session_is_to_be_dated(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    meetings.postpone_without_date(scene.actor(scene.secretary), meeting_id, reason="Salle prise")
    secretary = text_of(client_of(app, scene.secretary), "/")
    assert "Fixer la nouvelle date du Comité de coordination" in secretary
    member = text_of(client_of(app, scene.member), "/")
    assert "nouvelle date à venir" in member
    assert "Fixer la nouvelle date" not in member
    for page in (secretary, member):
        assert "Aucune séance n’est prévue" not in page


def test_who_sits_in_no_committee_is_told_so(app: Flask, scene: Scene) -> None:
    plan(scene)
    page = text_of(client_of(app, make_administrator().id), "/")
    assert "Vous ne siégez à aucun comité." in page
    assert "Aucune séance n’est prévue" not in page


def test_the_reply_to_a_convocation_is_due_by_the_session(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    convocations.convene(scene.actor(scene.secretary), meeting_id)
    page = text_of(client_of(app, scene.member), "/")
    todo = page.partition("Répondre à la convocation")[0]
    day = clock.paris_day(db.session.get_one(Meeting, meeting_id).starts_at)
    assert todo.rpartition('class="when')[2].count(day.isoformat()) == 1


def test_a_correction_asked_on_an_agenda_awaits_the_secretary(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    with transaction() as session:
        session.get_one(Committee, scene.coordination).agenda_countersigned = True
    secretary, chair = scene.actor(scene.secretary), scene.actor(scene.chair)
    asked, client = "Corriger l’ordre du jour du Comité de coordination", client_of(app, scene.secretary)
    convocations.ask_countersign(secretary, meeting_id)
    assert asked not in text_of(client, "/")
    convocations.ask_correction(chair, meeting_id, 1, "Le point 1 est à préciser.")
    assert asked in text_of(client, "/")
    convocations.ask_countersign(secretary, meeting_id)
    assert asked not in text_of(client, "/")


def test_the_co_chair_sees_the_visa_awaited_until_it_is_given(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    closing.adjourn(scene.actor(scene.secretary), meeting_id)
    assert "Viser le relevé" in text_of(client_of(app, scene.chair), "/")
    closing.give_visa(scene.actor(scene.chair), meeting_id, 1)
    assert "Viser le relevé" not in text_of(client_of(app, scene.chair), "/")


def test_another_committees_session_shows_neither_at_home_nor_in_search(app: Flask, scene: Scene) -> None:
    plan(scene)
    assert "Ségur" in text_of(client_of(app, scene.member), "/")
    outsider = client_of(app, scene.political_chair)
    assert "Ségur" not in text_of(outsider, "/")
    assert "Rien ne répond" in text_of(outsider, "/recherche?q=segur")
    assert "Comité de coordination, 15 décembre 2026" in text_of(
        client_of(app, scene.member), "/recherche?q=segur"
    )


def test_a_full_programme_costs_the_queries_of_an_empty_one(app: Flask, scene: Scene) -> None:
    secretary = client_of(app, scene.secretary)

    def one_more(rank: int) -> None:
        starts_at = clock.now() - timedelta(days=20 * rank)
        with transaction() as session:
            session.add_all(
                [
                    Meeting(
                        committee_id=scene.coordination,
                        state=MeetingState.CLOSED,
                        period=period_of(clock.paris_day(starts_at), Every.QUARTER).code,
                        starts_at=starts_at,
                        ends_at=starts_at + timedelta(hours=1),
                        notice_days=14,
                        created_at=starts_at,
                        last_modified=starts_at,
                    ),
                    MissedPeriod(
                        committee_id=scene.coordination,
                        period=f"{1990 + rank}-T1",
                        reason="Élections",
                        recorded_on=clock.today(),
                    ),
                    ProjectGroup(
                        slug=f"groupe-{rank}",
                        name=f"Groupe {rank}",
                        workstream_id=1,
                        proposed_mission="Aider.",
                        created_at=starts_at,
                    ),
                    Action(
                        committee_id=scene.coordination,
                        title=f"Action {rank}",
                        owner_id=scene.secretary,
                        due_on=clock.today(),
                        created_at=starts_at,
                    ),
                ]
            )

    def cost() -> int:
        secretary.get("/")
        with counted(app) as statements:
            secretary.get("/")
        return len(statements)

    plan(scene)
    one_more(0)
    alone = cost()
    for rank in range(1, 30):
        one_more(rank)
    assert cost() == alone <= MOST_QUERIES
    page = text_of(secretary, "/")
    assert "31 Proposé" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert page.count('class="when') == TODOS_SHOWN
    assert re.search(r'href="/\?tout=oui">Voir les \d\d choses à faire', page)
    assert text_of(secretary, "/?tout=oui").count("Action ") == 8


def test_an_action_asked_of_an_institution_awaits_whoever_sits_for_it(app: Flask, scene: Scene) -> None:
    with transaction() as session:
        session.add(
            Action(
                committee_id=scene.coordination,
                title="Écrire aux préfets",
                owner_institution_id=scene.institution,
                due_on=clock.today(),
                created_at=clock.now(),
            )
        )
    assert "Écrire aux préfets" in text_of(client_of(app, scene.member), "/")
    with clock.at(clock.now() - timedelta(days=2000)):  # before the mandate began
        assert "Écrire aux préfets" not in text_of(client_of(app, scene.member), "/")


def test_a_lead_finds_the_group_led_and_its_next_report(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    closing.adjourn(scene.actor(scene.secretary), meeting_id)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), meeting_id, 1)
    act_id = db.session.scalar(db.select(Act.id))
    with transaction() as session:
        session.add(
            Leadership(
                group_id=scene.group,
                person_id=scene.member,
                institution_id=scene.institution,
                act_id=act_id,
                from_on=clock.today(),
            )
        )
    with clock.at(clock.now() + timedelta(days=60)):
        page = text_of(client_of(app, scene.member), "/")
        assert "Faire le point d’avancement du groupe « Urbanisme »" in page
        assert 'href="/groupes/urbanisme"' in page
        assert "Mes groupes" in page
        assert "Mes groupes" not in text_of(client_of(app, scene.chair), "/")


def test_search_ignores_accents_and_never_runs_what_is_typed(app: Flask, scene: Scene) -> None:
    client = client_of(app, scene.member)
    assert 'href="/groupes/urbanisme"' in text_of(client, "/recherche?q=dématerialisation URBANISME")
    page = text_of(client, "/recherche?q=<script>alert(1)</script>")
    assert "<script>alert" not in page
