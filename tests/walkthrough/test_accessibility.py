"""Every page for axe, the main ones in both themes and widths; nothing scrolls sideways at 320 px."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.walkthrough.conftest import enter

pytestmark = pytest.mark.browser

MAIN = (
    "/",
    "/seances",
    "/seances/13",
    "/seances/11/releve",
    "/comites/coordination",
    "/groupes",
    "/groupes/guichet-des-demandes-d-urbanisme",
    "/decisions",
    "/objectifs",
    "/calendrier",
)
OTHERS: dict[str, tuple[str, ...]] = {
    "Secrétaire du comité de coordination": (
        "/seances/planifier",
        "/seances/passee",
        "/seances/13/points/ajouter",
        "/seances/13/convoquer",
        "/seances/13/deplacer",
        "/seances/13/annuler",
        "/seances/11/compte-rendu",
        "/decisions/1",
        "/decisions/acte-anterieur",
        "/demandes",
        "/suites",
        "/suites?voir=toutes",
        "/groupes/proposer",
        "/objectifs/1",
        "/programme",
        "/fonds",
        "/feuille-de-route",
        "/territoires",
        "/comites",
        "/recherche?q=urbanisme",
        "/administration/journal",
        "/mon-compte",
        "/calendrier/nouvelle-adresse",
        "/accessibilite",
        "/mentions-legales",
        "/donnees-personnelles",
    ),
    "Responsable de groupe projet": (
        "/",
        "/demandes/nouvelle",
        "/groupes/raccordement-des-logiciels-metiers/point-avancement",
        "/groupes/raccordement-des-logiciels-metiers/points",
    ),
    "Administrateur": (
        "/",
        "/administration/personnes",
        "/administration/personnes/1",
        "/administration/mandats",
        "/administration/mandats/1",
        "/administration/fonctions",
        "/administration/institutions",
        "/administration/institutions/1",
        "/administration/comites",
        "/administration/envois",
    ),
}
RAW = re.compile(r"\bNone\b|\{\{|%\(|in_visa|in_force|\bcreate_group\b|adopted_amended")


@pytest.fixture(scope="module")
def pages(browser: Browser, shared_site: str) -> Iterator[dict[str, Page]]:
    """A page signed in for each role."""
    found = {}
    contexts = []
    for role in OTHERS:
        context = browser.new_context(
            locale="fr-FR", bypass_csp=True, viewport={"width": 1280, "height": 900}
        )
        contexts.append(context)
        found[role] = context.new_page()
        enter(found[role], shared_site, role)
    yield found
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    results = Axe().run(page)
    return [
        f"{fault['id']}: {[node['target'] for node in fault['nodes']][:3]}" for fault in results["violations"]
    ]


def look(page: Page, address: str) -> list[str]:
    """What is wrong with a page: its status, what axe finds, raw words."""
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        return [f"status {answer.status if answer else None}"]
    raw = RAW.findall(page.locator("body").inner_text())
    return violations(page) + [f"raw word: {word}" for word in raw]


@pytest.mark.parametrize("role", list(OTHERS))
def test_every_page_once(pages: dict[str, Page], shared_site: str, role: str) -> None:
    found = {path: faults for path in OTHERS[role] if (faults := look(pages[role], shared_site + path))}
    assert found == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_main_screens_in_both_themes_and_widths(
    pages: dict[str, Page], shared_site: str, theme: str, width: int
) -> None:
    page = pages["Secrétaire du comité de coordination"]
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    found = {path: faults for path in MAIN if (faults := look(page, shared_site + path))}
    assert found == {}


def test_nothing_scrolls_sideways_on_a_small_screen(pages: dict[str, Page], shared_site: str) -> None:
    page = pages["Secrétaire du comité de coordination"]
    page.set_viewport_size({"width": 320, "height": 800})
    wide = {}
    for path in MAIN:
        page.goto(shared_site + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[path] = width
    assert wide == {}


def test_the_skip_link_is_the_first_stop_of_the_keyboard(pages: dict[str, Page], shared_site: str) -> None:
    page = pages["Secrétaire du comité de coordination"]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(shared_site + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
