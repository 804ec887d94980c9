"""The whole way of a decision, as a newcomer goes it, from the screens alone."""

from __future__ import annotations

import re
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.walkthrough.conftest import Opener, enter

pytestmark = pytest.mark.browser
GROUP = "Guichet des demandes d’urbanisme"


def leave(page: Page) -> None:
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_load_state()


def plan(page: Page, site: str) -> str:
    """Plan the next session on the first suggested date; gives its address."""
    page.goto(f"{site}/seances")
    page.get_by_role("link", name="Planifier une séance").first.click()
    page.locator("main form input[type=radio]").first.check()
    page.get_by_role("button", name="Planifier la séance").click()
    page.wait_for_url(re.compile(r"/seances/\d+$"))
    return page.url


def add_reorientation(page: Page) -> None:
    page.get_by_role("link", name="Ajouter un point").click()
    page.get_by_role("link", name="Réorientation d’un groupe projet").click()
    page.get_by_role("link", name=GROUP).click()
    page.get_by_label("Mission", exact=False).first.fill(
        "Accompagner d’abord les communes de moins de 3 500 habitants."
    )
    page.get_by_label("Motif", exact=False).first.fill(
        "Les petites communes n’ont pas de service instructeur."
    )
    page.get_by_role("button", name="Ajouter le point").click()
    expect(page.locator("ol.agenda")).to_contain_text("réorienter")


def convene_and_open(page: Page) -> None:
    page.get_by_role("link", name="Convoquer").click()
    expect(page.locator("main")).to_contain_text("messages seront envoyés")
    page.get_by_role("button", name="Convoquer").click()
    page.get_by_role("link", name="Ouvrir la séance").click()
    expect(page.locator("main")).to_contain_text("la séance est avancée")
    page.get_by_role("button", name="Ouvrir la séance").click()
    page.get_by_role("button", name="Marquer présents ceux qui restent à appeler").click()


def hold_and_lift(page: Page, *, keyboard: bool) -> str:
    expect(page.get_by_role("heading", level=1)).to_contain_text("réorienter")
    if keyboard:
        page.keyboard.press("a")
    else:
        page.get_by_role("button", name="Adoptée A").click()
    expect(page.locator("main .saved")).to_contain_text("Enregistré à")
    page.get_by_role("link", name="Préparer la levée").click()
    expect(page.locator("main")).to_contain_text("devient « réorienté »")
    page.get_by_role("button", name="Lever la séance").click()
    page.wait_for_url(re.compile(r"/releve$"))
    return page.url


def give_visas(page: Page, site: str, record: str) -> None:
    for role in ("Coprésident du comité de coordination", "Coprésidente du comité de coordination"):
        leave(page)
        enter(page, site, role)
        page.get_by_role("link", name=re.compile("Viser le relevé")).click()
        assert page.url == record
        page.get_by_role("button", name="Viser").click()
        expect(page.locator("main")).to_contain_text("Votre visa est enregistré")


def check_story(page: Page, site: str) -> None:
    page.goto(f"{site}/groupes")
    page.get_by_role("link", name=GROUP).click()
    expect(page.locator("main")).to_contain_text("Réorienté")
    expect(page.locator("main")).to_contain_text("communes de moins de 3 500 habitants")
    decision = page.locator("main a", has_text=re.compile(r"^CC-\d{4}-T\d-\d\d$")).first
    decision.click()
    expect(page.locator("main")).to_contain_text("Ce que cet acte a changé")
    expect(page.locator("main")).to_contain_text(GROUP)


def subscribe(page: Page, site: str) -> str:
    page.goto(f"{site}/calendrier")
    page.get_by_role("link", name="Ajouter à mon agenda").first.click()
    page.get_by_label("Appareil", exact=False).first.fill("Thunderbird du bureau")
    page.get_by_role("button", name="Créer l’adresse").click()
    found = re.search(re.escape(site) + r"/calendrier/[\w.~-]+\.ics", page.content())
    assert found is not None
    return found[0]


def read_feed(address: str) -> str:
    with urlopen(Request(address, headers={"User-Agent": "Thunderbird/128"})) as answer:
        return answer.read().decode().replace("\r\n ", "")


def check_member_can_only_read(page: Page, site: str, meeting: str) -> None:
    enter(page, site, "Membre du comité de coordination")
    page.goto(meeting)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for name in (
        "Convoquer",
        "Ajouter un point",
        "Ouvrir la séance",
        "Lever la séance",
        "Déplacer ou annuler",
    ):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    for path in ("/convoquer", "/tenue", "/tenue/appel", "/cloture", "/annuler"):
        answer = page.goto(meeting + path)
        assert answer is not None
        assert answer.status == 404, path


@pytest.mark.postgres
def test_from_a_planned_session_to_the_badge_the_story_and_the_calendar(
    open_page: Opener, postgres_site: str
) -> None:
    page = open_page(viewport={"width": 1280, "height": 900})
    enter(page, postgres_site, "Secrétaire du comité de coordination")
    meeting = plan(page, postgres_site)
    add_reorientation(page)
    convene_and_open(page)
    record = hold_and_lift(page, keyboard=True)
    give_visas(page, postgres_site, record)
    check_story(page, postgres_site)
    feed = read_feed(subscribe(page, postgres_site))
    assert "STATUS:CONFIRMED" in feed
    assert "Comité de coordination" in feed
    leave(page)
    check_member_can_only_read(page, postgres_site, meeting)


def test_the_same_without_javascript_on_sqlite(open_page: Opener, sqlite_site: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    enter(page, sqlite_site, "Secrétaire du comité de coordination")
    plan(page, sqlite_site)
    add_reorientation(page)
    convene_and_open(page)
    record = hold_and_lift(page, keyboard=False)
    give_visas(page, sqlite_site, record)
    check_story(page, sqlite_site)
