"""The journey of a group's lead: two minutes for a report, a decision asked, placed by the secretary."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.live import Live
from tests.journeys.visitor import LEAD, SECRETARY, Visitor, visit

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

GROUP = "Raccordement des logiciels métiers"
DONE = "Deux éditeurs de plus ont signé la convention de raccordement."
COMING = "Essais avec vingt communes avant la fin du mois."
REASON = "Tous les éditeurs seront raccordés au printemps."


def report(lead: Visitor) -> None:
    """From home to the group, and what there is to say of the month."""
    lead.follow(GROUP)
    lead.follow("Mettre à jour")
    lead.page.locator("#confidence").get_by_text("Nuage").click()
    lead.fill("Fait", DONE)
    with lead.expecting_refusals():
        lead.press("Enregistrer le point")  # « À venir » was forgotten: nothing typed is lost
    expect(lead.page.get_by_role("alert")).to_be_focused()
    assert lead.page.get_by_label("Fait").first.input_value() == DONE
    expect(lead.page.get_by_role("radio", name="Nuage")).to_be_checked()
    lead.look("un point d’avancement refusé")
    lead.fill("À venir", COMING)
    lead.press("Enregistrer le point")
    lead.open(lead.path.removesuffix("/points"))
    assert DONE in lead.text
    assert COMING in lead.text
    expect(lead.page.locator("main")).to_contain_text("Nuage : appuis nécessaires")


def ask(lead: Visitor) -> str:
    """On the group's page: ask that it be stopped, achieved; the path of the request."""
    lead.follow("Demander une décision")
    lead.follow("Arrêt d’un groupe projet")
    assert lead.page.get_by_label("Groupe projet").locator("option:checked").inner_text() == GROUP
    lead.page.get_by_role("radio", name="mission accomplie").check()
    lead.fill("Ce qui motive la demande", REASON)
    lead.press("Déposer la demande")
    assert "En attente d’une suite du secrétariat" in lead.text
    assert lead.page.get_by_role("button", name="Placer").count() == 0  # the secretary's to place
    lead.look("/demandes/déposée")
    return lead.path


def place(secretary: Visitor, request: str) -> None:
    """Refused while the session holds another item on the group; that one taken off, it is placed."""
    secretary.open("/demandes")
    secretary.page.locator(f"main a[href='{request}']").first.click()
    assert REASON in secretary.text
    secretary.page.get_by_role("button", name="Placer au").first.click()
    assert f"porte déjà sur le sort du groupe « {GROUP} »" in secretary.text
    secretary.look("un point refusé")
    secretary.follow(f"Retirer : {GROUP} : réorienter le groupe projet")
    secretary.press("Retirer le point")
    secretary.open(request)
    secretary.page.get_by_role("button", name="Placer au").first.click()
    expect(secretary.page.locator("ol.agenda > li").last).to_contain_text(f"{GROUP} : arrêter")
    secretary.look("l’ordre du jour complété")


def test_a_lead_reports_asks_and_the_secretary_places(browser: Browser, live: Live) -> None:
    with visit(browser, live) as lead:
        lead.enter(LEAD)
        report(lead)
        request = ask(lead)
    with visit(browser, live) as secretary:
        secretary.enter(SECRETARY)
        place(secretary, request)
    with visit(browser, live) as lead:
        lead.enter(LEAD)
        lead.open(request)
        assert "Placée à l’ordre du jour" in lead.text
