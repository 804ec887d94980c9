"""The journey of minutes from the home page: visa, draft, comments, approval, signatures, publication."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.live import Live
from tests.journeys.visitor import (
    MEMBER,
    NARROW,
    POLITICAL_CO_CHAIR,
    POLITICAL_SECRETARY,
    Visitor,
    visit,
)

pytestmark = pytest.mark.browser

COMMITTEE = "Comité d’orientation politique"
ADDED = "Les membres saluent la qualité des travaux."
RESERVED = "Un échange réservé porte sur un contentieux."
ASKED = "Les membres saluent la qualité et la rapidité des travaux."


def todo(visitor: Visitor, words: str) -> None:
    """At home, follow what awaits."""
    visitor.open("/")
    visitor.page.locator("main ul.todo a").filter(has_text=words).first.click()
    visitor.page.wait_for_load_state()


def test_a_session_is_taken_to_its_published_minutes(browser: Browser, live: Live) -> None:
    with visit(browser, live) as secretary, visit(browser, live, width=NARROW) as chair:
        chair.enter(POLITICAL_CO_CHAIR)
        todo(chair, "Viser le relevé")
        chair.press("Viser")

        secretary.enter(POLITICAL_SECRETARY)
        todo(secretary, "Rédiger le compte rendu")
        secretary.look()
        secretary.press("Rédiger le compte rendu")
        path = secretary.path
        secretary.look()
        write(secretary)

        todo(secretary, "Relire et diffuser le compte rendu")
        secretary.follow("Diffuser")
        assert "messages seront envoyés" in secretary.text
        secretary.look()
        secretary.press("Diffuser le projet")
        assert "En attente d’observations" in secretary.text
        secretary.look()

        todo(chair, "Relire le compte rendu")
        chair.look()
        ask(chair)
        todo(secretary, "Répondre aux demandes")
        secretary.look()
        secretary.follow(re.compile("^Répondre"))
        secretary.look()
        secretary.press("Accepter la demande")
        assert ASKED in secretary.text

        secretary.press("Passer l’échéance (démonstration)")
        assert "approuvé tacitement" in secretary.text
        for visitor in (chair, secretary):
            todo(visitor, "Signer le compte rendu")
            visitor.look()
            visitor.page.get_by_role("button", name=re.compile("^Signer pour")).first.click()
            visitor.page.wait_for_load_state()
            assert "Votre signature est enregistrée." in visitor.text
            visitor.look()
        todo(secretary, "Publier le compte rendu")
        secretary.look()
        secretary.press("Publier")
        assert "Le compte rendu est publié." in secretary.text
        assert RESERVED in secretary.text
        secretary.look()
    with visit(browser, live, width=NARROW) as reader:
        reader.enter(MEMBER)  # of the other committee
        reader.open(path)
        assert ASKED in reader.text
        assert "contentieux" not in reader.text
        expect(reader.page.locator(".head h1 .badge")).to_have_text("Publié")
        reader.look()


def write(secretary: Visitor) -> None:
    """Add a passage, with its preview, and a reserved one."""
    secretary.follow("Ajouter un passage")
    secretary.fill("Texte", ADDED)
    secretary.look()
    secretary.press("Voir l’aperçu")
    assert "Aperçu" in secretary.text
    secretary.press("Ajouter le passage")
    assert ADDED in secretary.text
    secretary.follow("Ajouter un passage")
    secretary.fill("Texte", RESERVED)
    secretary.page.get_by_label("Passage réservé").check()
    secretary.press("Ajouter le passage")
    assert RESERVED in secretary.text


def ask(chair: Visitor) -> None:
    """On the page of the minutes: ask for other words in the passage that was added."""
    passage = chair.page.locator("article.passage").filter(has_text=ADDED)
    passage.get_by_role("link", name="Demander une modification").click()
    chair.page.wait_for_load_state()
    chair.fill("Rédaction proposée", ASKED)
    chair.look()
    chair.press("Envoyer la demande")
    assert "Sans réponse" in chair.text
    chair.look()
