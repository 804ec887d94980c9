"""The pages of objectives over HTTP."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.objectives import factories as make
from tests.objectives.factories import World
from tests.support import signed_in_client
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.decisions import subjects
from tnt.decisions.wiring import translate_line
from tnt.objectives import queries, services
from tnt.objectives.models import SemesterObjective
from tnt.objectives.rules import FollowUp, Score

GOOD = {"semester": "2026-S2", "title": "Raccorder 1 500 communes", "measure": "Communes raccordées"}


@pytest.fixture
def world(app: Flask) -> World:
    return make.make_world()


def titles() -> list[str]:
    """The titles in the database."""
    return list(db.session.scalars(db.select(SemesterObjective.title).order_by(SemesterObjective.id)))


@pytest.mark.parametrize(
    "path", ["/objectifs", "/objectifs/proposer", "/objectifs/1", "/objectifs/1/retirer"]
)
def test_nobody_reads_without_signing_in(world: World, app: Flask, path: str) -> None:
    response = app.test_client().get(path)
    assert (response.status_code, "/connexion" in response.headers["Location"]) == (302, True)


def test_an_empty_semester_says_what_to_do(world: World, app: Flask) -> None:
    page = signed_in_client(app, world.lead).get("/objectifs")
    assert page.status_code == 200
    assert "Aucun objectif pour ce semestre." in page.text
    assert 'href="/objectifs/proposer?semestre=2026-S2"' in page.text
    page = signed_in_client(app, world.stranger).get("/objectifs")
    assert "/objectifs/proposer" not in page.text


def test_a_semester_by_workstream(world: World, app: Flask) -> None:
    make.propose(world.group, "Encore proposé")
    make.adopt_and_score(make.propose(world.group, "Bien atteint"), world.committee, Score.REACHED)
    _motion, act = make.decide(make.propose(world.group, "En cours"), world.committee)
    services.withdraw_objective(make.lead_of(world.group), make.propose(world.group, "Oublié").id)
    page = signed_in_client(app, world.stranger).get("/objectifs")
    assert "1 objectif évalué sur 2 adoptés (1 atteint), 1 encore proposé." in (" ".join(page.text.split()))
    assert f'href="/decisions/{act.id}"' in page.text
    assert "1 objectif retiré" in page.text
    for word in ("Urbanisme", "Encore proposé", "Bien atteint", "Atteint", "Adopté", "Proposé", "Oublié"):
        assert word in page.text


@pytest.mark.parametrize(
    ("semester", "code"),
    [("2025-S1", 200), ("2026-T3", 404), ("2026-S9", 404), ("x", 404), ("2026-S2%00x", 404)],
)
def test_the_semester_of_the_address(world: World, app: Flask, semester: str, code: int) -> None:
    client = signed_in_client(app, world.stranger)
    assert client.get(f"/objectifs?semestre={semester}").status_code == code


def test_proposing(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.lead)
    page = client.get("/objectifs/proposer?groupe=urbanisme&semestre=2027-S1")
    assert f'<option selected value="{world.group.id}">Urbanisme</option>' in page.text
    assert '<option selected value="2027-S1">' in page.text
    response = client.post("/objectifs/proposer", data=GOOD | {"group_id": world.group.id})
    assert response.status_code == 303
    page = client.get(response.headers["Location"])
    assert "L’objectif est proposé." in page.text
    assert "Communes raccordées" in page.text
    assert "Seule une décision du comité de coordination l’adopte." in page.text
    assert titles() == [GOOD["title"]]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": ""}, "Indiquez l’objectif en une phrase"),
        ({"title": "ab"}, "Indiquez l’objectif en une phrase"),
        ({"title": "x" * 301}, "Indiquez l’objectif en une phrase"),
        ({"semester": ""}, "Choisissez le semestre."),
        ({"semester": "2025-S2"}, "Ce semestre est terminé"),
        ({"semester": "2031-S2"}, "Ce semestre est trop lointain"),
        ({"semester": "2026-T4"}, "Choisissez un semestre de la liste."),
        ({"group_id": ""}, "Choisissez le groupe."),
        ({"measure": "x" * 2_001}, "2 000 caractères au plus"),
    ],
)
def test_a_bad_proposal_keeps_what_was_typed(
    world: World, app: Flask, typed: dict[str, str], sentence: str
) -> None:
    client = signed_in_client(app, world.lead)
    response = client.post("/objectifs/proposer", data=GOOD | {"group_id": str(world.group.id)} | typed)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'aria-invalid="true"' in response.text
    assert ((GOOD | typed)["title"] or GOOD["measure"]) in response.text
    assert titles() == []


def test_the_same_one_twice_is_said_beside_the_title(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.lead)
    for code in (303, 422):
        response = client.post("/objectifs/proposer", data=GOOD | {"group_id": world.group.id})
        assert response.status_code == code
    assert "Ce groupe a déjà un objectif de cet intitulé" in response.text
    assert 'id="title-erreur"' in response.text


def test_the_service_refuses_where_the_page_hides(world: World, app: Flask) -> None:
    objective = make.propose(world.group)
    other = make.make_group(world.workstream, "Autre groupe")
    lead, member = signed_in_client(app, world.lead), signed_in_client(app, world.member)
    assert "Autre groupe" not in lead.get("/objectifs/proposer").text
    assert lead.post("/objectifs/proposer", data=GOOD | {"group_id": other.id}).status_code == 422
    assert member.get("/objectifs/proposer").status_code == 404
    assert member.post("/objectifs/proposer", data=GOOD | {"group_id": world.group.id}).status_code == 404
    page = member.get(f"/objectifs/{objective.id}").text
    assert "/retirer" not in page
    assert "/modifier" not in page
    for path in ("retirer", "modifier"):
        data = {"title": "Autre titre", "version": "1"}
        assert member.post(f"/objectifs/{objective.id}/{path}", data=data).status_code in {403, 404}
    assert titles() == [objective.title]
    assert queries.get_objective(objective.id).withdrawn_at is None


def test_rewording_and_two_editors(world: World, app: Flask) -> None:
    objective = make.propose(world.group)
    client, path = signed_in_client(app, world.lead), f"/objectifs/{objective.id}/modifier"
    assert 'name="version" type="hidden" value="1"' in client.get(path).text
    good = {"title": "Raccorder mieux", "measure": "", "version": "1"}
    assert client.post(path, data=good).status_code == 303
    stale = client.post(path, data=good | {"title": "Raccorder autrement"})
    assert stale.status_code == 422
    assert "modifié entre-temps" in stale.text
    assert "Raccorder autrement" in stale.text
    assert 'value="2"' in stale.text
    assert titles() == ["Raccorder mieux"]


def test_withdrawing_asks_first(world: World, app: Flask) -> None:
    objective = make.propose(world.group)
    client, path = signed_in_client(app, world.lead), f"/objectifs/{objective.id}/retirer"
    assert "Il ne pourra plus être adopté" in client.get(path).text
    assert queries.get_objective(objective.id).withdrawn_at is None
    assert client.post(path).status_code == 303
    assert "Retiré" in client.get(f"/objectifs/{objective.id}").text


def test_an_adopted_one_cannot_be_withdrawn(world: World, app: Flask) -> None:
    objective = make.propose(world.group)
    make.decide(objective, world.committee)
    response = signed_in_client(app, world.lead).post(f"/objectifs/{objective.id}/retirer")
    assert response.status_code == 422
    assert "est déjà adopté" in response.text


def test_the_story_of_an_objective(world: World, app: Flask) -> None:
    objective = make.propose(world.group)
    act = make.adopt_and_score(
        objective,
        world.committee,
        Score.NOT_REACHED,
        follow_up=FollowUp.AMENDED,
        amended_title="Raccorder 1 200 communes",
        comment="Les éditeurs sont en retard.",
    )
    [after] = queries.lineage_of(objective).after
    client = signed_in_client(app, world.stranger)
    page = client.get(f"/objectifs/{objective.id}").text
    for piece in (
        "Non atteint",
        "Les éditeurs sont en retard.",
        "Reconduit avec un nouvel énoncé.",
        f'href="/decisions/{act.id}"',
        f'href="/objectifs/{after.id}"',
        "Raccorder 1 200 communes",
    ):
        assert piece in page
    assert page.index("15 décembre 2026") < page.index("22 septembre 2026")
    assert f'href="/objectifs/{objective.id}"' in client.get(f"/objectifs/{after.id}").text
    assert client.get("/objectifs/999").status_code == 404


def test_the_register_says_what_an_act_did(world: World, app: Flask) -> None:
    objective = make.propose(world.group)
    act = make.adopt_and_score(objective, world.committee, Score.PARTLY, follow_up=FollowUp.RENEWED)
    page = signed_in_client(app, world.stranger).get(f"/decisions/{act.id}").text
    assert f'href="/objectifs/{objective.id}"' in page
    with app.test_request_context():
        lines = [translate_line(line) for line in subjects.effects_of([act.id])[act.id]]
        links = [link.endpoint for link in subjects.links_of([act.id])[act.id]]
    assert lines == [
        "L’objectif «\u00a0Raccorder 1 500 communes\u00a0» (Urbanisme, S2\u00a02026) "
        "est évalué «\u00a0partiellement atteint\u00a0».",
        "Il est reconduit\u00a0: «\u00a0Raccorder 1 500 communes\u00a0» est proposé pour le S1\u00a02027.",
    ]
    assert set(links) == {"objectives.objective", "portfolio.group"}


def test_a_long_list_costs_no_more(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.stranger)
    counts = []
    for rows in (1, 29):
        for number in range(rows):
            group = make.make_group(world.workstream, f"Groupe {rows} {number}")
            make.decide(make.propose(group), world.committee)
        with make.counted_queries() as sent:
            page = client.get("/objectifs")
        counts.append(len([one for one in sent if not one.startswith("BEGIN")]))
    assert page.text.count("Raccorder 1 500 communes") == 30
    assert counts[0] == counts[1] <= 7


def test_a_long_semester_is_read_page_by_page(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.stranger)
    second = make.make_workstream("ecole", 2)
    for number in range(queries.BOARD_LENGTH - 1):
        make.propose(make.make_group(world.workstream, f"Premier {number:02d}"), f"But {number:02d}")
    for number in range(3):
        make.propose(make.make_group(second, f"Second {number}"), f"Autre but {number}")
    first, last = client.get("/objectifs").text, client.get("/objectifs?page=2").text
    assert (first.count('<th scope="row">'), last.count('<th scope="row">')) == (50, 2)
    assert ("Autre but 0" in first, "Autre but 1" in last, "Autre but 2" in last) == (True, True, True)
    assert "52 encore proposés" in first
    assert "52 encore proposés" in last
    assert ("page=2" in first, "page=1" in last, "page 2 sur 2" in last) == (True, True, True)
    assert client.get("/objectifs?page=99").text == last.replace("page=2", "page=99")
    assert client.get("/objectifs?page=x").status_code == 200


def test_a_withdrawn_objective_that_was_decided_stays_on_the_board(world: World, app: Flask) -> None:
    objective = make.propose(world.group, "Décidé")
    services.withdraw_objective(make.lead_of(world.group), make.propose(world.group, "Oublié").id)
    make.decide(objective, world.committee)
    with transaction():
        objective.withdrawn_at = clock.now()
    counted = queries.tally("2026-S2")
    assert (counted.total, counted.adopted, counted.withdrawn) == (1, 1, 1)
    [(_workstream, [line])] = queries.list_board("2026-S2", counted.total).blocks
    assert (line.title, line.state) == ("Décidé", "adopted")
    assert [title for _id, title, _group in queries.list_withdrawn("2026-S2")] == ["Oublié"]
    [standing, _gone] = queries.list_standings("2026-S2")
    assert standing.state is line.state
