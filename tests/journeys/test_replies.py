"""The journey of a reply: by the link of the mail, by the correspondent; then the secretary sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.live import Live
from tests.journeys.visitor import SECRETARY, Visitor, visit
from tnt.committees.models import Committee
from tnt.convocations import services as convocations
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.core.outbox import OutboxMessage
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

MEMBER, CORRESPONDENT = "yann.legoff@demo.tnt.example", "ines.robin@demo.tnt.example"


def convene(live: Live) -> tuple[int, dict[str, str]]:
    """The coming session, convened: its id, and the link of each recipient by address."""
    with live.app.app_context():
        coming = db.session.scalars(
            db.select(Meeting)
            .join(Committee)
            .where(Committee.key == "coordination", Meeting.state == MeetingState.PLANNED)
        ).one()
        meeting_id = coming.id
        convocations.convene(SYSTEM, meeting_id, short_notice_reason="Décision attendue")
        found = db.session.scalars(
            db.select(OutboxMessage).where(OutboxMessage.thing == f"meeting:{meeting_id}")
        )
        links = {
            mail.to_address: link[0] for mail in found if (link := re.search(r"/reponse/\S+", mail.text))
        }
        db.session.remove()
    return meeting_id, links


def reply_represented(member: Visitor, link: str) -> None:
    """Somebody else of the institution comes, told in three clicks."""
    member.open(link)
    member.look("le lien d’un message")
    member.page.get_by_role("radio", name="Je me fais représenter").check()
    member.fill("Nom du représentant", "M" * 200)  # nothing is cut
    expect(member.page.locator("[data-beyond]")).to_have_text("40 caractères de trop, pour 160 au plus.")
    member.fill("Nom du représentant", "Madame Durand")
    expect(member.page.locator("[data-beyond]")).to_have_count(0)
    member.fill("Sa qualité", "directrice adjointe")
    member.press("Enregistrer la réponse")
    expect(member.page.locator("main")).to_contain_text("Madame Durand, directrice adjointe")
    member.look("la réponse enregistrée")


def test_replies_reach_the_secretary(browser: Browser, live: Live) -> None:
    meeting_id, links = convene(live)
    with visit(browser, live) as member:
        reply_represented(member, links[MEMBER])
    with visit(browser, live) as helper:
        helper.open(links[CORRESPONDENT])
        assert "Vous répondez pour Jeanne Vasseur" in helper.text
        helper.page.get_by_role("radio", name="Se fait remplacer par son suppléant").check()
        helper.press("Enregistrer la réponse")
        expect(helper.page.locator("main")).to_contain_text("Luc Barbier")
    with visit(browser, live) as secretary:
        secretary.enter(SECRETARY)
        secretary.open(f"/seances/{meeting_id}/participants")
        for words in ("Madame Durand", "Inès Robin, par le lien du message", "Luc Barbier"):
            assert words in secretary.text
        secretary.look("les participants")
