"""The page of the roadmap: a draft and an interpretation until a decision validates a version."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support import make_person, signed_in_client
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.roadmap.models import RoadmapState, RoadmapVersion
from tnt.setup.programme_loader import load_programme


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return signed_in_client(app, make_person())


def test_an_empty_roadmap_says_what_to_do(reader: FlaskClient) -> None:
    assert "Aucune feuille de route n’est connue." in reader.get("/feuille-de-route").text


def test_the_loaded_version_is_a_draft(reader: FlaskClient) -> None:
    load_programme(SYSTEM)
    page = reader.get("/feuille-de-route").text
    assert "c’est un projet, et une interprétation" in page
    assert page.count("<li>Identifier") == 4
    assert 'href="/programme#source-000"' in page


def test_a_validated_version_names_its_decision(reader: FlaskClient) -> None:
    load_programme(SYSTEM)
    with transaction() as session:
        act = Act(
            nature=Nature.PRIOR_ACT,
            kind=ActKind.VALIDATE_ROADMAP,
            state=ActState.IN_FORCE,
            period="2026-S1",
            decided_on=date(2026, 3, 3),
            effective_on=date(2026, 3, 3),
            title="Feuille de route",
            wording="Validée.",
            authority="Ministre",
            reference="NOR-1",
            recorded_at=clock.now(),
        )
        session.add(act)
        session.flush()
        version = session.scalars(select(RoadmapVersion)).one()
        version.state, version.act_id = RoadmapState.VALIDATED, act.id
        path = f"/decisions/{act.id}"
    page = reader.get("/feuille-de-route").text
    assert f'<a href="{path}">NOR-1</a>' in page
    assert "c’est un projet" not in page
