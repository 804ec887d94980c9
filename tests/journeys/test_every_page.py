"""Every page once, as the right person: what axe finds, raw words, inline styles, the console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.conftest import NOW
from tests.journeys import visitor
from tests.journeys.conftest import copy_of
from tests.journeys.live import Live, serve
from tests.journeys.places import NOBODY, NOT_PAGES, Furnisher, Place
from tests.journeys.visitor import visit
from tnt.core import clock
from tnt.core.db import db

pytestmark = pytest.mark.browser

PEOPLE = (
    NOBODY,
    visitor.SECRETARY,
    visitor.POLITICAL_SECRETARY,
    visitor.POLITICAL_CO_CHAIR,
    visitor.STATE_CO_CHAIR,
    visitor.ASSOCIATIONS_CO_CHAIR,
    visitor.LEAD,
    visitor.MEMBER,
    visitor.ADMINISTRATOR,
    visitor.READER,
)
PARTS = 3  # the secretary's pages are many: each part may run beside the others
SHARES = [(who, part) for who in PEOPLE for part in range(PARTS if who == visitor.SECRETARY else 1)]


@pytest.fixture(scope="module")
def furnished(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Live, list[Place]]]:
    """A server on the demonstration and what some pages need besides, with the address of every page."""
    folder = tmp_path_factory.mktemp("furnished")
    with copy_of("sqlite", request, folder) as url, serve(url, folder) as live:
        clock.freeze(NOW)
        with live.app.app_context():
            places = Furnisher(live.app).furnish()
            db.session.remove()
        yield live, places


def test_no_page_is_forgotten(furnished: tuple[Live, list[Place]]) -> None:
    live, places = furnished
    routes = {rule.endpoint for rule in live.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert {place.endpoint for place in places} == routes - NOT_PAGES
    assert NOT_PAGES - routes <= {"static"}
    assert {place.who for place in places} == set(PEOPLE)


@pytest.mark.parametrize(("who", "part"), SHARES)
def test_every_page_once(browser: Browser, furnished: tuple[Live, list[Place]], who: str, part: int) -> None:
    live, places = furnished
    mine = list(dict.fromkeys(place.path for place in places if place.who == who))
    if who == visitor.SECRETARY:
        mine = mine[part::PARTS]
    with visit(browser, live) as person:
        if who != NOBODY:
            person.enter(who)
        for path in mine:
            status = person.open(path)
            if (status, person.path) != (200, path):
                person.faults.append(f"{path}: {status} {person.path}")
            person.look(path)


ABSENT = {
    NOBODY: ("/nulle-part", "/reinitialisation/sans.valeur", "/invitation/sans.valeur"),
    visitor.MEMBER: ("/nulle-part", "/seances/99999", "/administration/personnes"),
}


@pytest.mark.parametrize("who", ABSENT)
def test_a_page_that_does_not_exist(browser: Browser, furnished: tuple[Live, list[Place]], who: str) -> None:
    live, _places = furnished
    with visit(browser, live) as person:
        if who != NOBODY:
            person.enter(who)
        for path in ABSENT[who]:
            with person.expecting_refusals():
                assert person.open(path) == 404
            person.look(path)
