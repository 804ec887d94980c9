"""With the keyboard alone, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.live import Live
from tests.journeys.visitor import NARROW, SECRETARY, Visitor, visit

pytestmark = pytest.mark.browser

WORDING = "Le comité prend acte avec des réserves."


def focused(visitor: Visitor) -> str:
    """The words of what has the focus."""
    return str(visitor.page.evaluate("document.activeElement.innerText.trim()"))


def tab_to(visitor: Visitor, words: str, *, within: int = 40) -> None:
    """Press Tab until the focus is on those words; each stop on the way must be seen."""
    for _press in range(within):
        visitor.page.keyboard.press("Tab")
        outlined = visitor.page.evaluate(
            "(() => { const look = getComputedStyle(document.activeElement);"
            " return look.outlineStyle !== 'none' || look.boxShadow !== 'none'; })()"
        )
        assert outlined, f"the focus cannot be seen on « {focused(visitor)} »"
        if focused(visitor) == words:
            return
    raise AssertionError(f"« {words} » cannot be reached with the keyboard")


def test_skip_link_menu_and_sign_in_with_the_keyboard(browser: Browser, shared: Live) -> None:
    with visit(browser, shared) as person:
        person.open("/connexion")
        tab_to(person, SECRETARY)
        person.page.keyboard.press("Enter")
        person.page.wait_for_url(shared.at("/"))
        person.page.keyboard.press("Tab")
        assert focused(person) == "Aller au contenu"
        expect(person.page.locator(".skip")).to_be_in_viewport()
        person.page.keyboard.press("Enter")
        assert person.page.evaluate("document.activeElement.id") == "contenu"
        person.open("/")
        tab_to(person, "Groupes projet")
        person.page.keyboard.press("Enter")
        person.page.wait_for_url(shared.at("/groupes"))


def test_the_folded_menu_with_the_keyboard(browser: Browser, shared: Live) -> None:
    with visit(browser, shared, width=NARROW) as person:
        person.enter(SECRETARY)
        tab_to(person, "Menu")
        person.page.keyboard.press("Enter")
        tab_to(person, "Séances")
        person.page.keyboard.press("Enter")
        person.page.wait_for_url(shared.at("/seances"))


def open_the_session(visitor: Visitor) -> None:
    """As the secretary: convene the session being prepared, bring it forward to now, call the roll."""
    visitor.enter(SECRETARY)
    visitor.follow("Poursuivre la préparation")
    visitor.follow("Convoquer")
    reason = visitor.page.get_by_label("Motif")
    if reason.count():
        reason.first.fill("Décision attendue par les communes")
    visitor.press("Convoquer", inside="main")
    visitor.follow("Ouvrir la séance")
    visitor.press("Ouvrir la séance")
    visitor.press("Marquer présents ceux qui restent à appeler")


def rank(visitor: Visitor) -> int:
    """Which item session mode shows."""
    found = re.search(r"Point (\d+) sur", visitor.text)
    assert found is not None
    return int(found[1])


def title(visitor: Visitor) -> str:
    """The item that session mode shows."""
    return visitor.page.locator("main h1").inner_text()


def press_key(visitor: Visitor, key: str) -> None:
    """A key that loads a page."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press(key)


def result(visitor: Visitor) -> str:
    """The result pressed on the item shown."""
    return visitor.page.locator(".outcomes [aria-pressed=true]").inner_text().split("\n")[0].strip()


def go_to_a_decision(visitor: Visitor) -> None:
    """Forward with J until an item can be adopted."""
    while not visitor.page.get_by_role("button", name=re.compile("^Adoptée A$")).count():
        press_key(visitor, "j")


@pytest.mark.postgres
def test_a_session_is_held_with_keys(browser: Browser, live: Live) -> None:
    with visit(browser, live) as secretary:
        open_the_session(secretary)
        first = rank(secretary)
        press_key(secretary, "j")
        assert rank(secretary) == first + 1
        press_key(secretary, "k")
        assert rank(secretary) == first
        go_to_a_decision(secretary)
        where = title(secretary)
        wording = secretary.page.get_by_label("Texte de la décision")
        wording.press("Control+End")
        wording.press_sequentially(" ajmk")  # typing: no key is a command
        assert title(secretary) == where
        assert wording.input_value().endswith("ajmk")
        wording.blur()
        press_key(secretary, "m")
        assert (title(secretary), result(secretary)) == (where, "Adoptée, modifiée")
        press_key(secretary, "a")
        assert (title(secretary), result(secretary)) == (where, "Adoptée")
        assert "ajmk" in secretary.page.get_by_label("Texte de la décision").input_value()
        secretary.look("/tenue")


def test_a_session_is_held_without_javascript(browser: Browser, live: Live) -> None:
    with visit(browser, live, java_script_enabled=False) as secretary:
        open_the_session(secretary)
        done = 0
        while (buttons := secretary.page.locator(".outcomes button")).count():
            assert rank(secretary)
            buttons.first.click()
            done += 1
            expect(secretary.page.locator("main .saved")).to_contain_text("Enregistré à")
            following = secretary.page.locator("main [data-key=j]")
            if not following.count():
                break
            following.click()
        assert done >= 5
        secretary.follow("Préparer la levée", inside="body")
        secretary.press("Lever la séance")
        assert secretary.path.endswith("/releve")
