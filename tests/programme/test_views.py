"""The page of the programme: each fact with its source, the announced end, the decision that extends it."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import make_person, signed_in_client
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.programme.queries import list_sources
from tnt.programme.rules import announced_end
from tnt.setup.programme_loader import load_programme


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return signed_in_client(app, make_person())


@pytest.mark.parametrize(
    ("announced", "years", "end"),
    [
        (date(2021, 10, 8), 3, date(2024, 10, 7)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2021, 1, 1), 1, date(2021, 12, 31)),
    ],
)
def test_the_end_is_the_eve_of_the_anniversary(announced: date, years: int, end: date) -> None:
    assert announced_end(announced, years) == end


def test_an_empty_programme_says_what_to_do(reader: FlaskClient) -> None:
    page = reader.get("/programme")
    assert page.status_code == 200
    assert "Le programme réel n’est pas chargé." in page.text


def test_sign_in_is_needed(app: Flask) -> None:
    assert app.test_client().get("/programme").location == "/connexion?next=/programme"


def test_facts_link_to_their_sources(reader: FlaskClient) -> None:
    load_programme(SYSTEM)
    page = reader.get("/programme").text
    assert [each.key for each in list_sources()] == ["000", "001", "002", "003", "004"]
    for source in list_sources():
        assert f'id="source-{source.key}"' in page
    assert 'href="/programme#source-003"' in page
    assert "8 octobre 2021" in page
    assert "46 propositions" in page
    assert page.count('class="interpretation"') >= 3


def extend(state: ActState, title: str, on: date) -> None:
    with transaction() as session:
        session.add(
            Act(
                nature=Nature.PRIOR_ACT,
                kind=ActKind.EXTEND_PROGRAMME,
                state=state,
                period="2026-S1",
                decided_on=on,
                effective_on=on,
                title=title,
                wording=f"Le programme est prolongé ({title}).",
                authority="Ministre",
                recorded_at=clock.now(),
            )
        )


def test_the_announced_end_is_shown_until_a_decision_extends_it(reader: FlaskClient) -> None:
    load_programme(SYSTEM)
    extend(ActState.CANCELLED, "annulée", date(2026, 5, 1))
    page = reader.get("/programme").text
    assert "La durée annoncée est échue" in page
    assert "7 octobre 2024" in page
    extend(ActState.IN_FORCE, "ancienne", date(2025, 1, 1))
    extend(ActState.IN_FORCE, "nouvelle", date(2026, 1, 1))
    page = reader.get("/programme").text
    assert "La durée annoncée est échue" not in page
    assert "Le programme est prolongé (nouvelle)." in page
    assert "ancienne" not in page
