"""The secretary's whole cycle from the home page alone: from the requests to the published minutes.

Nothing is opened by its address: each step begins at home, as somebody without a manual would find it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.core import files
from tests.journeys.live import Live
from tests.journeys.test_keyboard import press_key
from tests.journeys.visitor import (
    ASSOCIATIONS_CO_CHAIR,
    LEAD,
    MEMBER,
    NARROW,
    SECRETARY,
    STATE_CO_CHAIR,
    Visitor,
    visit,
)
from tnt.packs.jobs import build_due

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

NOTE = "Mme Belkacem présente le bilan des raccordements."


def todo(visitor: Visitor, words: str) -> None:
    """At home, follow what awaits."""
    visitor.open("/")
    visitor.page.locator("main ul.todo a").filter(has_text=words).first.click()
    visitor.page.wait_for_load_state()


def session_tab(visitor: Visitor, name: str) -> None:
    """At home, the next session, then one of its parts."""
    visitor.open("/")
    visitor.follow(re.compile("Poursuivre la préparation|Voir la séance"))
    visitor.follow(name)


def test_from_the_requests_to_the_published_minutes(browser: Browser, live: Live, tmp_path: Path) -> None:
    with visit(browser, live) as secretary, visit(browser, live, width=NARROW) as member:
        secretary.enter(SECRETARY)
        agenda(secretary)
        papers(secretary, browser, live, tmp_path)

        todo(secretary, "Convoquer le Comité de coordination")
        secretary.follow("Convoquer")
        assert "messages seront envoyés" in secretary.text
        secretary.press("Convoquer", inside="main")
        assert "Séance convoquée" in secretary.text

        member.enter(MEMBER)
        todo(member, "Répondre à la convocation")
        member.page.get_by_label("Je viens", exact=True).check()
        member.press("Enregistrer la réponse")

        pack(secretary, live)
        member.open("/")
        member.follow("Lire le dossier de séance")
        assert re.search(r"Dossier de séance \(PDF\) \d\d pages", member.text)

        session_tab(secretary, "Ordre du jour")
        secretary.follow("Ouvrir la séance")
        secretary.press("Ouvrir la séance")
        secretary.press("Marquer présents ceux qui restent à appeler")
        hold_with_keys(secretary)
        secretary.follow("Préparer la levée", inside="body")
        assert "Ce qui prendra effet au dernier visa" in secretary.text
        secretary.press("Lever la séance")
        for label in (STATE_CO_CHAIR, ASSOCIATIONS_CO_CHAIR):
            with visit(browser, live, width=NARROW) as chair:
                chair.enter(label)
                todo(chair, "Viser le relevé")
                chair.press("Viser")

        minutes(secretary, member, browser, live)


def agenda(secretary: Visitor) -> None:
    """Answer what stands in the way, place the requests, take what every session has."""
    todo(secretary, "Répondre aux demandes sur le compte rendu")
    secretary.follow(re.compile("^Répondre"))
    secretary.press("Accepter la demande")
    while secretary.page.goto(secretary.live.at("/")) and "Traiter les demandes en attente" in secretary.text:
        secretary.follow(re.compile("^Traiter les demandes en attente"))
        secretary.press(re.compile("^Placer au"))
    session_tab(secretary, "Ordre du jour")
    for title in ("Approbation du compte rendu", "Suites données"):
        row = secretary.page.locator("main tr").filter(has_text=title)
        row.get_by_role("button", name=re.compile("^Ajouter")).click()
        secretary.page.wait_for_load_state()
    titles = secretary.page.locator("ol.agenda .title").all_inner_texts()
    assert titles[0].startswith("Approbation du compte rendu")
    assert titles[1] == "Suites données"


def papers(secretary: Visitor, browser: Browser, live: Live, folder: Path) -> None:
    """Chase the late author, who hands the paper in; find it good."""
    session_tab(secretary, "Préparation")
    secretary.follow("Relancer les retardataires")
    assert "à qui est en retard et à personne d’autre" in secretary.text
    secretary.press("Envoyer 1 message")
    with visit(browser, live) as author:
        author.enter(LEAD)
        todo(author, "Remettre la pièce")
        path = folder / "bilan.pdf"
        path.write_bytes(files.pdf(words="Bilan"))
        author.page.locator("input[type=file]").set_input_files(path)
        author.press("Remettre la pièce")
        assert "le secrétariat va la relire" in author.text
    session_tab(secretary, "Préparation")
    while secretary.page.get_by_role("button", name=re.compile("^Valider")).count():
        secretary.press(re.compile("^Valider"))


def pack(secretary: Visitor, live: Live) -> None:
    """Build the pack aside, then send it."""
    todo(secretary, "Diffuser le dossier du Comité de coordination")
    secretary.press("Construire l’aperçu")
    assert "En construction" in secretary.text
    with live.app.app_context():
        build_due()  # what the scheduler does every few seconds
    session_tab(secretary, "Dossier")
    secretary.follow("Diffuser le dossier")
    secretary.press("Diffuser le dossier")
    assert "Dossier diffusé" in secretary.text


def hold_with_keys(secretary: Visitor) -> None:
    """Give every item its first result, without the mouse; note what was said on one."""
    secretary.page.keyboard.press("e")
    secretary.page.keyboard.type(NOTE)
    secretary.page.keyboard.press("Escape")
    while True:
        letter = secretary.page.locator(".outcomes kbd").first.inner_text().lower()
        press_key(secretary, letter)
        found = re.search(r"Point (\d+) sur (\d+)", secretary.text)
        assert found is not None
        if found[1] == found[2]:
            return
        press_key(secretary, "j")


def minutes(secretary: Visitor, member: Visitor, browser: Browser, live: Live) -> None:
    """Draft, circulate, agree, sign, publish."""
    todo(secretary, "Rédiger le compte rendu")
    secretary.press("Rédiger le compte rendu")
    assert NOTE in secretary.text
    secretary.follow("Diffuser")
    secretary.press("Diffuser le projet")
    todo(member, "Relire le compte rendu")
    member.press("Je n’ai pas de remarque")
    member.open("/")
    assert "Relire le compte rendu" not in member.text
    secretary.press("Passer l’échéance (démonstration)")
    assert "approuvé tacitement" in secretary.text
    with visit(browser, live, width=NARROW) as chair:
        chair.enter(STATE_CO_CHAIR)
        for visitor in (chair, secretary):
            visitor.open("/")
            signing = visitor.page.locator("main ul.todo a").filter(has_text="Signer le compte rendu")
            signing.last.click()
            visitor.page.wait_for_load_state()
            visitor.page.get_by_role("button", name="Signer").first.click()
            visitor.page.wait_for_load_state()
            assert "Votre signature est enregistrée." in visitor.text
    todo(secretary, "Publier le compte rendu")
    secretary.press("Publier")
    assert "Le compte rendu est publié." in secretary.text
    assert NOTE in secretary.text
