"""The page of the fund: what the sources say, in figures and in words."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import make_person, signed_in_client
from tnt.core.access import SYSTEM
from tnt.core.formats import euros, percent
from tnt.setup.programme_loader import load_programme


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return signed_in_client(app, make_person())


def test_an_empty_fund_says_what_to_do(reader: FlaskClient) -> None:
    assert "Le fonds n’est pas chargé." in reader.get("/fonds").text


def test_amounts_are_those_of_the_sources(reader: FlaskClient) -> None:
    load_programme(SYSTEM)
    page = reader.get("/fonds").text
    for cents in (8_800_000_000, 3_000_000_000, 2_400_000_000, 3_400_000_000, 400_000_000, 50_000_000_000):
        assert euros(cents) in page
    assert (
        f'près de <data class="nowrap" value="4000000000" title="{euros(4_000_000_000, exact=True)}">' in page
    )
    assert page.count(euros(500_000, exact=True)) == 2
    shares = [percent(100 * part / 88, digits=1) for part in (30, 24, 34)]
    assert [share in page for share in shares] == [True, True, True]
    assert 'href="/programme#source-002"' in page


def test_the_bars_are_as_long_as_the_shares(reader: FlaskClient) -> None:
    load_programme(SYSTEM)
    page = reader.get("/fonds").text
    for part in (30, 24, 34):
        assert f'width="{round(640 * part / 88, 1)}" height="14"' in page


def test_a_visitor_signs_in_first(app: Flask) -> None:
    assert app.test_client().get("/fonds").status_code == 302
