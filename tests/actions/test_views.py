"""« Suites données » over HTTP."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from flask import Flask

from tests.core import files
from tests.objectives import factories as make
from tests.objectives.factories import World
from tests.support import signed_in_client
from tnt.actions import queries, services
from tnt.actions.models import Action
from tnt.core.access import SYSTEM
from tnt.decisions import subjects

TODAY = date(2026, 11, 23)
DONE = {"proof": "https://guide.example/v1", "done_on": "2026-11-20", "version": "1"}


@pytest.fixture
def world(app: Flask) -> World:
    return make.make_world()


def ask(world: World, title: str = "Écrire le guide", due_on: date = TODAY, **values: int | None) -> Action:
    """An action of the member, unless another owner is named."""
    owner = {"owner_id": world.member.id} if not {"owner_id", "owner_institution_id"} & set(values) else {}
    return services.open_action(
        SYSTEM,
        committee_id=world.committee.id,
        title=title,
        due_on=due_on,
        **(values | owner),  # type: ignore[arg-type]
    )


def test_nobody_reads_without_signing_in(world: World, app: Flask) -> None:
    for path in ("/suites", f"/suites/{ask(world).id}"):
        assert app.test_client().get(path).status_code == 302


def test_nothing_to_do(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.stranger)
    page = client.get("/suites")
    assert (page.status_code, "Aucune action en cours." in page.text) == (200, True)
    assert "Aucune action en retard." in client.get("/suites?etat=en-retard").text
    assert "Aucune action ne répond" in client.get("/suites?etat=achevees&vue=toutes").text


def test_late_ones_are_said_in_words(world: World, app: Flask) -> None:
    act = make.make_act(world.committee)
    ask(world, "En retard de trois", TODAY - timedelta(days=3), act_id=act.id)
    ask(world, "En retard d’un", TODAY - timedelta(days=1))
    ask(world, "Pour plus tard", TODAY + timedelta(days=30))
    page = signed_in_client(app, world.member).get("/suites").text
    for piece in ("retard de 3 jours", "retard d’un jour", "En retard", "En cours", "3 actions"):
        assert piece in page
    assert f'href="/decisions/{act.id}"' in page
    assert page.index("En retard de trois") < page.index("En retard d’un") < page.index("Pour plus tard")


def test_mine_then_all(world: World, app: Flask) -> None:
    ask(world, "La mienne")
    ask(world, "Celle du responsable", owner_id=world.lead.id)
    client = signed_in_client(app, world.member)
    mine = client.get("/suites").text
    everything = client.get("/suites?vue=toutes").text
    assert ("La mienne" in mine, "Celle du responsable" in mine) == (True, False)
    assert ("La mienne" in everything, "Celle du responsable" in everything) == (True, True)
    narrowed = client.get(f"/suites?vue=toutes&responsable=p{world.lead.id}").text
    assert ("La mienne" in narrowed, "Celle du responsable" in narrowed) == (False, True)
    stranger = signed_in_client(app, world.stranger).get("/suites?vue=toutes").text
    assert "La mienne" not in stranger


@pytest.mark.parametrize(
    "query", ["etat=x", "page=0", "page=-1", "page=x", "responsable=%00", "comite=x", "vue=x"]
)
def test_strange_addresses_filter_nothing(world: World, app: Flask, query: str) -> None:
    ask(world, "La mienne")
    page = signed_in_client(app, world.member).get(f"/suites?{query}")
    assert (page.status_code, "La mienne" in page.text) == (200, True)


def test_the_owner_proves_it_done(world: World, app: Flask) -> None:
    action, client = ask(world, due_on=TODAY - timedelta(days=2)), signed_in_client(app, world.member)
    page = client.get(f"/suites/{action.id}").text
    assert 'id="achever"' in page
    assert "retard de 2 jours" in page
    assert "Abandonner" not in page
    assert client.post(f"/suites/{action.id}/achever", data=DONE).status_code == 303
    page = client.get(f"/suites/{action.id}").text
    for piece in (
        "Achevée",
        "https://guide.example/v1",
        "20 novembre 2026",
        "Déclarée achevée",
        "Louise Member",
    ):
        assert piece in page
    assert 'id="achever"' not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"proof": ""}, "Indiquez ce qui prouve"),
        ({"proof": "ok"}, "Indiquez ce qui prouve"),
        ({"done_on": ""}, "Indiquez le jour"),
        ({"done_on": "hier"}, "Indiquez le jour"),
        ({"done_on": "2026-11-24"}, "ne peut pas être à venir"),
        ({"version": "7"}, "modifié entre-temps"),
    ],
)
def test_a_bad_proof_keeps_what_was_typed(
    world: World, app: Flask, typed: dict[str, str], sentence: str
) -> None:
    action = ask(world)
    response = signed_in_client(app, world.member).post(f"/suites/{action.id}/achever", data=DONE | typed)
    assert response.status_code == 422
    assert sentence in response.text
    assert (DONE | typed)["proof"] in response.text
    assert (DONE | typed)["done_on"] in response.text
    assert queries.get_action(action.id).state == "open"


def test_the_service_refuses_where_the_page_hides(world: World, app: Flask) -> None:
    action = ask(world, owner_id=world.lead.id)
    member, stranger = signed_in_client(app, world.member), signed_in_client(app, world.stranger)
    page = member.get(f"/suites/{action.id}")
    assert (page.status_code, "/achever" in page.text, "/abandonner" in page.text) == (200, False, False)
    reason = {"abandon-reason": "sans objet", "reprise-reason": "sans objet", "abandon-version": "1"}
    for verb in ("achever", "abandonner", "rouvrir"):
        refused = member.post(f"/suites/{action.id}/{verb}", data=DONE | reason | {"reprise-version": "1"})
        assert (refused.status_code, "Votre fonction ne permet pas" in refused.text) == (403, True)
        assert stranger.post(f"/suites/{action.id}/{verb}", data=DONE | reason).status_code == 404
    assert stranger.get(f"/suites/{action.id}").status_code == 404
    assert queries.get_action(action.id).state == "open"
    assert member.get("/suites/999").status_code == 404


def test_the_secretariat_drops_and_reopens(world: World, app: Flask) -> None:
    action, client = ask(world), signed_in_client(app, world.secretary)
    refused = client.post(
        f"/suites/{action.id}/abandonner", data={"abandon-reason": "", "abandon-version": "1"}
    )
    assert refused.status_code == 422
    assert "Indiquez le motif" in refused.text
    assert "open" in refused.text.partition("Abandonner l’action")[0][-40:]
    good = {"abandon-reason": "Le guide existe déjà.", "abandon-version": "1"}
    assert client.post(f"/suites/{action.id}/abandonner", data=good).status_code == 303
    page = client.get(f"/suites/{action.id}").text
    assert ("Le guide existe déjà." in page, "Rouvrir l’action" in page) == (True, True)
    again = {"reprise-reason": "Il est périmé.", "reprise-version": "2"}
    assert client.post(f"/suites/{action.id}/rouvrir", data=again).status_code == 303
    page = client.get(f"/suites/{action.id}").text
    for piece in ("Rouverte", "Il est périmé.", "Le guide existe déjà.", "Demandée"):
        assert piece in page


def test_the_secretariat_changes_the_terms_and_the_page_tells(world: World, app: Flask) -> None:
    action = ask(world)
    client = signed_in_client(app, world.secretary)
    path = f"/suites/{action.id}"
    owner = f"p{world.secretary.id}"
    typed = {"echeance-due_on": "2027-01-15", "echeance-owner": owner, "echeance-version": "1"}
    refused = client.post(f"{path}/echeance", data=typed | {"echeance-reason": ""})
    assert refused.status_code == 422
    assert "Indiquez le motif" in refused.text
    assert f'<option selected value="{owner}">' in refused.text
    assert (
        client.post(f"{path}/echeance", data=typed | {"echeance-reason": "Marché relancé"}).status_code == 303
    )
    page = client.get(path).text.replace("\u00a0", " ")
    assert "pour le 15 janvier 2027, au lieu du 23 novembre 2026" in page
    assert f"{world.secretary.full_name}, au lieu de {world.member.full_name}" in page
    assert "Marché relancé" in page
    assert "Changer l’échéance" not in signed_in_client(app, world.member).get(path).text


def test_the_register_knows_how_far_an_act_is_carried_out(world: World, app: Flask) -> None:
    act = make.make_act(world.committee)
    action = ask(world, act_id=act.id)
    services.mark_done(SYSTEM, action.id, proof="https://guide.example")
    page = signed_in_client(app, world.member).get(f"/decisions/{act.id}").text
    assert (f'href="/suites/{action.id}"' in page, "https://guide.example" in page) == (True, True)
    page = signed_in_client(app, world.stranger).get(f"/decisions/{act.id}").text
    assert ("Écrire le guide" in page, f"/suites/{action.id}" in page, "guide.example" in page) == (
        True,
        False,
        False,
    )
    [line] = subjects.execution_of(make.actor(), [act.id])[act.id]
    assert (line.title, line.state, line.proof, line.link) == ("Écrire le guide", "done", "", None)


def test_a_long_list_costs_no_more(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.member)
    for path in ("/suites", "/suites?vue=toutes"):
        counts = []
        for rows in (1, 29):
            for number in range(rows):
                person = make.make_somebody(f"Owner{path}{rows}{number}".replace("/", "").replace("?", ""))
                act = make.make_act(world.committee)
                owner = {"owner_id": person.id} if "toutes" in path else {}
                ask(world, f"Action {number}", act_id=act.id, **owner)
            with make.counted_queries() as sent:
                page = client.get(path)
            counts.append(len([one for one in sent if not one.startswith("BEGIN")]))
        assert page.text.count("Action 28<") == 1
        # the owners to choose from are two queries more
        assert counts[0] == counts[1] <= (8 if "toutes" in path else 6)


def test_progress_stays_on_the_page_with_its_author(world: World, app: Flask) -> None:
    action, client = ask(world), signed_in_client(app, world.member)
    refused = client.post(f"/suites/{action.id}/avancement", data={"text": ""})
    assert refused.status_code == 422
    assert "Dites en quelques mots où en est l’action." in refused.text
    saved = client.post(f"/suites/{action.id}/avancement", data={"text": "Deux <b>chapitres</b> sur trois."})
    assert saved.status_code == 303
    page = client.get(saved.location).text
    assert "Deux &lt;b&gt;chapitres&lt;/b&gt; sur trois." in page
    assert world.member.full_name in page


def test_a_file_may_prove_it_and_is_read_by_its_readers_alone(world: World, app: Flask) -> None:
    action = ask(world)
    client = signed_in_client(app, world.member)
    assert client.get(f"/suites/{action.id}/preuve").status_code == 404  # nothing proves it yet
    lying = DONE | {"file": (io.BytesIO(b"MZ not a document"), "guide.pdf")}
    page = client.post(f"/suites/{action.id}/achever", data=lying)
    assert page.status_code == 422
    assert "guide.pdf" in page.text
    assert DONE["proof"] in page.text  # what was typed stays
    handed = DONE | {"file": (io.BytesIO(files.pdf()), "Guide signé.pdf")}
    assert client.post(f"/suites/{action.id}/achever", data=handed).status_code == 303
    assert "Guide" in client.get(f"/suites/{action.id}").text
    sent = client.get(f"/suites/{action.id}/preuve")
    assert sent.data.startswith(b"%PDF-")
    assert "Guide%20sign%C3%A9.pdf" in sent.headers["Content-Disposition"]
    assert signed_in_client(app, world.stranger).get(f"/suites/{action.id}/preuve").status_code == 404
    services.reopen(SYSTEM, action.id, reason="Le guide est incomplet.")
    assert client.get(f"/suites/{action.id}/preuve").status_code == 404
