"""The page of the territories: search by name or code, attribution."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import make_person, signed_in_client
from tnt.core.access import SYSTEM
from tnt.core.formats import number
from tnt.setup.programme_loader import load_programme
from tnt.territories.queries import region_choices, search_regions


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    load_programme(SYSTEM)
    return signed_in_client(app, make_person())


def found(text: str) -> dict[str, list[str]]:
    return {region.name: [each.name for each in region.departements] for region in search_regions(text)}


def test_search(reader: FlaskClient) -> None:
    assert found("isere") == {"Auvergne-Rhône-Alpes": ["Isère"]}
    assert found("38") == {"Auvergne-Rhône-Alpes": ["Isère"]}
    assert found("01") == {"Auvergne-Rhône-Alpes": ["Ain"], "Guadeloupe": ["Guadeloupe"]}
    assert found("corse") == {"Corse": ["Corse-du-Sud", "Haute-Corse"]}
    assert found("2a") == {"Corse": ["Corse-du-Sud"]}
    assert found("alpes maritimes") == {"Provence-Alpes-Côte d'Azur": ["Alpes-Maritimes"]}
    assert found("xyz") == {}
    everything = found("")
    assert (len(everything), sum(len(names) for names in everything.values())) == (26, 109)
    assert next(iter(everything)) == "Auvergne-Rhône-Alpes"


def test_the_page_shows_populations_and_where_they_come_from(reader: FlaskClient) -> None:
    page = reader.get("/territoires?q=Isère").text
    assert number(1_298_990) in page
    assert (">Isère<" in page, ">Ain<" in page) == (True, False)
    assert "Licence Ouverte 2.0" in page
    assert "Etalab" in page


@pytest.mark.parametrize("text", ["xyz", "<script>alert(1)</script>", "%00", "'", "x" * 5000, "%F0%9F%98%80"])
def test_a_search_without_answer(reader: FlaskClient, text: str) -> None:
    page = reader.get(f"/territoires?q={text}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_regions_to_choose_from(reader: FlaskClient) -> None:
    choices = region_choices()
    assert (len(choices), choices == sorted(choices, key=lambda choice: choice[1])) == (26, True)


def test_an_empty_list_says_what_to_do(app: Flask) -> None:
    page = signed_in_client(app, make_person()).get("/territoires").text
    assert "Aucun territoire n’est chargé." in page
