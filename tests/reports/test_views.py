"""The two-minute update and the history over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string

from tests.objectives import factories as make
from tests.objectives.factories import World
from tests.support import signed_in_client
from tnt.core import clock
from tnt.projects.rules import GroupStatus, StopKind
from tnt.reports import queries, services
from tnt.reports.rules import Confidence

FORM = "/groupes/urbanisme/point-avancement"
UNCHANGED = "/groupes/urbanisme/point-avancement/rien-de-change"
HISTORY = "/groupes/urbanisme/points"
GOOD = {"confidence": "cloud", "done": "1 240 communes", "coming": "Webinaires", "arbitration": ""}


@pytest.fixture
def world(app: Flask) -> World:
    return make.make_world()


def file(world: World, day: int, confidence: Confidence = Confidence.SUN, arbitration: str = "") -> None:
    """A report of the lead, in November 2026."""
    with clock.at(datetime(2026, 11, day, 9, tzinfo=UTC)):
        services.file_report(
            make.lead_of(world.group, world.lead),
            world.group.id,
            confidence=confidence,
            done=f"Fait le {day}",
            coming=f"À venir du {day}",
            arbitration=arbitration,
        )


@pytest.mark.parametrize("path", [FORM, HISTORY])
def test_nobody_reads_without_signing_in(world: World, app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 302


def test_the_form_has_four_cards_and_the_previous_report(world: World, app: Flask) -> None:
    file(world, 3, arbitration="Trancher le calendrier")
    page = signed_in_client(app, world.lead).get(FORM).text
    for word in (
        "objectifs sécurisés",
        "objectifs atteignables",
        "appuis nécessaires",
        "objectifs compromis",
    ):
        assert word in page
    assert page.count('type="radio"') == 4
    assert " checked" not in page
    for piece in ("Rien de changé depuis le 3 novembre 2026", "Fait le 3", "À venir du 3"):
        assert piece in page
    assert page.count("Trancher le calendrier") == 2


def test_the_first_report(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.lead)
    assert "C’est le premier point de ce groupe." in client.get(FORM).text
    assert "rien-de-change" not in client.get(FORM).text
    assert client.post(FORM, data=GOOD).status_code == 303
    page = client.get(HISTORY).text
    for piece in ("1 240 communes", "Webinaires", "appuis nécessaires", "23 novembre 2026", "Louise Lead"):
        assert piece in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"confidence": ""}, "Choisissez la météo"),
        ({"confidence": "hail"}, "Choisissez la météo"),
        ({"done": ""}, "Indiquez ce qui a été fait"),
        ({"coming": "  "}, "Indiquez ce qui vient"),
        ({"arbitration": "x" * 4_001}, "dépasse 4 000 caractères"),
    ],
)
def test_a_bad_report_keeps_what_was_typed(
    world: World, app: Flask, typed: dict[str, str], sentence: str
) -> None:
    response = signed_in_client(app, world.lead).post(FORM, data=GOOD | typed)
    assert response.status_code == 422
    assert sentence in response.text
    assert (typed.get("done", GOOD["done"]) or GOOD["coming"]) in response.text
    if "confidence" not in typed:
        assert 'value="cloud" required checked' in response.text
    assert queries.last_report(world.group.id) is None


def test_nothing_changed_is_one_click(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.lead)
    refused = client.post(UNCHANGED)
    assert refused.status_code == 422
    assert "remplissez le premier" in refused.text
    file(world, 3, Confidence.OVERCAST)
    for _click in range(2):
        assert client.post(UNCHANGED).status_code == 303
    assert len(queries.reports_of(world.group.id)) == 2
    page = client.get(HISTORY).text
    assert "rien de changé depuis le point précédent" in page
    assert page.count("Fait le 3") == 1


def test_the_service_refuses_where_the_page_hides(world: World, app: Flask) -> None:
    file(world, 3)
    client = signed_in_client(app, world.member)
    page = client.get(HISTORY)
    assert page.status_code == 200
    assert FORM not in page.text
    for response in (client.get(FORM), client.post(FORM, data=GOOD), client.post(UNCHANGED)):
        assert response.status_code in {403, 404}
    assert len(queries.reports_of(world.group.id)) == 1


def test_the_secretariat_is_told_that_it_writes_for_the_lead(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.secretary)
    assert "Vous écrivez au nom du responsable du groupe" in client.get(FORM).text
    assert client.post(FORM, data=GOOD).status_code == 303


def test_a_stopped_group_says_so(world: World, app: Flask) -> None:
    file(world, 3)
    make.set_status(world.group, world.committee, GroupStatus.STOPPED, date(2026, 11, 10), StopKind.ACHIEVED)
    client = signed_in_client(app, world.lead)
    assert "n’est plus actif" in client.get(FORM).text
    for response in (client.post(FORM, data=GOOD), client.post(UNCHANGED)):
        assert (response.status_code, "n’est plus actif" in response.text) == (422, True)
    page = client.get(HISTORY).text
    assert "Achevé" in page
    assert FORM not in page


def test_unknown_groups_and_bad_pages(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.lead)
    for path in ("/groupes/inconnu/points", "/groupes/inconnu/point-avancement"):
        assert client.get(path).status_code == 404
    for page in ("x", "-1", "999999999", "9" * 30):
        assert client.get(f"{HISTORY}?apres={page}").status_code == 200


def test_the_history_turns_its_pages(world: World, app: Flask) -> None:
    for day in range(1, 23):
        file(world, day)
    client = signed_in_client(app, world.stranger)
    first = client.get(HISTORY).text
    assert ("Fait le 22" in first, "Fait le 2<" in first) == (True, False)
    following = queries.reports_of(world.group.id, limit=20)[-1].id
    assert f"{HISTORY}?apres={following}" in first
    assert "Fait le 2<" in client.get(f"{HISTORY}?apres={following}").text


def test_a_long_history_costs_no_more(world: World, app: Flask) -> None:
    client = signed_in_client(app, world.stranger)
    counts = []
    for days in (range(1, 2), range(2, 20)):
        for day in days:
            file(world, day)
        with make.counted_queries() as sent:
            client.get(HISTORY)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_the_trend_is_shape_and_words(world: World, app: Flask) -> None:
    for day, confidence in enumerate(Confidence, 1):
        file(world, day, confidence)
    points = queries.trend_of(world.group.id)
    with app.test_request_context():
        drawn = render_template_string(
            '{% from "reports/_trend.html" import trend %}{{ trend(points, since) }}',
            points=points,
            since=queries.steady_since(points),
        )
        nothing = render_template_string('{% from "reports/_trend.html" import trend %}{{ trend([]) }}')
    assert 'aria-label="1 nov.' in drawn.replace("1er", "1")
    for word in ("soleil", "couvert", "nuage", "orage", "Objectifs compromis", "<table"):
        assert word in drawn
    assert "style=" not in drawn
    assert nothing.strip() == ""
