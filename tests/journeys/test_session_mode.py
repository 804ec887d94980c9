"""Session mode in a browser: texts saved as typed, two people at once, the network cut, keys alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.journeys import visitor
from tests.journeys.live import Live
from tests.journeys.test_keyboard import open_the_session, press_key, rank
from tests.journeys.visitor import NARROW, Visitor, visit
from tnt.accounts.models import Account
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Committee, Institution, Mandate, Seat, Voice
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.decisions.rules import ActKind
from tnt.intake.rules import ItemKind
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.sittings.models import Outcome

pytestmark = [pytest.mark.browser, pytest.mark.postgres]
SECOND = visitor.ADMINISTRATOR
WAITING = (
    "Object.entries(localStorage).filter(([name]) => name.startsWith('tnt.sitting.')).map(e => e[1]).join()"
)


def seat_a_second_secretary(live: Live) -> str:
    """Give somebody else a seat in the secretariat; their name."""
    with live.app.app_context(), transaction() as session:
        account = session.scalars(select(Account).where(Account.demo_label == SECOND)).one()
        committee = session.scalars(select(Committee).filter_by(key="coordination")).one()
        session.add(
            Mandate(
                person_id=account.person_id,
                committee_id=committee.id,
                institution_id=session.scalars(select(Institution.id)).first(),
                seat=Seat.SECRETARY,
                voice=Voice.ADVISORY,
                from_on=clock.today(),
                created_at=clock.now(),
            )
        )
        return account.person.full_name


def notes_of(live: Live, item_id: str) -> str:
    """The notes as they are stored."""
    with live.app.app_context():
        found = db.session.scalar(select(Outcome.notes).where(Outcome.item_id == int(item_id)))
        db.session.remove()
    return found or ""


def item_of(page: Page) -> str:
    """The item that the page shows."""
    return str(page.locator("form[data-sitting]").get_attribute("data-item"))


def notes(person: Visitor) -> str:
    """What stands in the notes."""
    return person.page.locator("#notes").input_value()


def saved_line(person: Visitor) -> str:
    """The line that tells what is saved."""
    return visitor.plain(person.page.locator(".saved-line").inner_text())


def wait_until_saved(person: Visitor) -> None:
    """Until nothing waits on this device."""
    for _turn in range(100):
        if not person.page.evaluate(WAITING):
            return
        person.page.wait_for_timeout(100)
    raise AssertionError(f"still waiting: {person.page.evaluate(WAITING)}")


def test_texts_are_saved_as_they_are_typed(browser: Browser, live: Live) -> None:
    with visit(browser, live) as secretary:
        open_the_session(secretary)
        item = item_of(secretary.page)
        secretary.page.locator("#notes").press_sequentially("Le maire rappelle le calendrier.")
        wait_until_saved(secretary)
        expect(secretary.page.locator(".saved-line")).to_contain_text("Enregistré à")
        assert notes_of(live, item) == "Le maire rappelle le calendrier."
        # leaving at once loses nothing, whatever the pause before a save
        secretary.page.locator("#notes").press_sequentially(" Puis il remercie.")
        secretary.page.keyboard.press("Escape")
        press_key(secretary, "j")
        assert notes_of(live, item) == "Le maire rappelle le calendrier. Puis il remercie."
        press_key(secretary, "k")
        assert notes(secretary).endswith("Puis il remercie.")
        secretary.look("/tenue")
        secretary.page.set_viewport_size({"width": NARROW, "height": 844})
        secretary.page.reload()
        secretary.look("/tenue étroite")


def test_an_action_begun_waits_until_it_is_added(browser: Browser, live: Live) -> None:
    with visit(browser, live) as secretary:
        open_the_session(secretary)
        page = secretary.page
        title, owner = page.locator("#action-title"), page.locator("#action-owner")
        title.fill("Écrire aux communes")
        owner.select_option(index=1)
        page.locator(".outcomes button").first.click()
        page.wait_for_load_state()
        expect(title).to_have_value("Écrire aux communes")
        expect(owner).not_to_have_value("")
        expect(page.locator("[data-begun]")).to_contain_text("L’action commencée ici est restée")
        page.keyboard.press("Escape")
        press_key(secretary, "j")
        expect(title).to_have_value("")
        expect(page.locator("[data-begun]")).to_contain_text("Une action commencée n’est pas ajoutée")
        press_key(secretary, "k")
        page.locator("#action-due_on").fill(clock.today().isoformat())
        secretary.press("Ajouter une action")
        expect(page.locator("#actions li")).to_contain_text("Écrire aux communes")
        expect(title).to_have_value("")
        expect(page.locator("[data-begun]")).to_be_hidden()


def test_two_people_write_at_once_and_nothing_is_lost(browser: Browser, live: Live) -> None:
    second_name = seat_a_second_secretary(live)
    with visit(browser, live) as first, visit(browser, live) as second:
        open_the_session(first)
        second.enter(SECOND)
        second.open(first.path)
        # what one writes comes by itself to the other, who sees who writes
        second.page.locator("#notes").press_sequentially("Écrit par la seconde.")
        wait_until_saved(second)
        expect(first.page.locator("#notes")).to_have_value("Écrit par la seconde.", timeout=15_000)
        expect(first.page.locator("[data-writers]")).to_contain_text(second_name)
        # both write the same text: the later one sees both, and puts them together
        with first.expecting_refusals():
            first.page.context.set_offline(True)
            first.page.locator("#notes").fill("Écrit par la seconde.\nAjout de la première.")
            second.page.locator("#notes").fill("Écrit par la seconde.\nAjout de la seconde.")
            wait_until_saved(second)
            first.page.context.set_offline(False)
            conflict = first.page.locator("[data-conflict=notes]")
            expect(conflict).to_contain_text("Deux personnes ont écrit ce texte", timeout=15_000)
            expect(conflict).to_contain_text("Ajout de la seconde.")
            first.look("/tenue conflit")
            first.page.locator("#notes").press("Control+End")
            first.page.locator("#notes").press_sequentially("\nAjout pendant le choix.")
            first.press("Fusionner dans le champ")
            wait_until_saved(first)
        assert notes_of(live, item_of(first.page)).split("\n") == [
            "Écrit par la seconde.",
            "Ajout de la seconde.",
            "Ajout de la première.",
            "Ajout pendant le choix.",
        ]
        assert_only_network(first)
        # an outcome given by one is told to the other
        expect(second.page.locator("#notes")).to_have_value(
            re.compile("Ajout de la première"), timeout=15_000
        )
        with second.page.expect_navigation():
            second.page.locator(".outcomes button").first.click()
        expect(first.page.locator("[data-elsewhere]")).to_be_visible(timeout=15_000)


def assert_only_network(person: Visitor) -> None:
    """The browser's own lines about the cut network are no faults of ours."""
    person.faults = [each for each in person.faults if "ERR_INTERNET_DISCONNECTED" not in each]


def test_typing_goes_on_while_the_network_is_cut(browser: Browser, live: Live) -> None:
    with visit(browser, live) as secretary:
        open_the_session(secretary)
        first_item, page = item_of(secretary.page), secretary.page
        page.context.set_offline(True)
        page.locator("#notes").press_sequentially("Écrit sans réseau.")
        expect(page.locator(".saved-line")).to_contain_text("Hors connexion", timeout=15_000)
        expect(page.locator(".saved-line")).to_contain_text("1 en attente")
        # neither another point nor an outcome takes the page away meanwhile
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.locator(".outcomes button").first.click()
        expect(page.locator(".saved-line")).to_contain_text("Hors connexion", timeout=15_000)
        assert notes(secretary) == "Écrit sans réseau."
        page.context.set_offline(False)
        wait_until_saved(secretary)
        assert notes_of(live, first_item) == "Écrit sans réseau."
        # closed while it is cut: sent when any page of the session opens again
        page.context.set_offline(True)
        page.locator("#notes").fill("Écrit avant de fermer.")
        context, where = page.context, page.url
        page.close()
        context.set_offline(False)
        secretary.page = context.new_page()
        secretary.page.goto(where)
        wait_until_saved(secretary)
        assert notes_of(live, first_item) == "Écrit avant de fermer."
        assert_only_network(secretary)


def test_signed_out_the_texts_wait_and_signing_out_forgets_them(browser: Browser, live: Live) -> None:
    with visit(browser, live) as secretary:
        open_the_session(secretary)
        item, page = item_of(secretary.page), secretary.page
        cookies = page.context.cookies()
        page.context.clear_cookies()
        with secretary.expecting_refusals():
            page.locator("#notes").press_sequentially("Gardé.")
            expect(page.locator(".saved-line")).to_contain_text("plus connecté", timeout=15_000)
            page.context.add_cookies(cookies)  # signed in again, elsewhere
            wait_until_saved(secretary)
        assert notes_of(live, item) == "Gardé."
        secretary.leave()
        page.wait_for_url(re.compile("connexion"))
        assert page.evaluate("Object.keys(localStorage).length") == 0


def test_after_the_levee_nothing_more_is_saved_and_the_text_stays(browser: Browser, live: Live) -> None:
    with visit(browser, live) as secretary:
        open_the_session(secretary)
        with live.app.app_context(), transaction() as session:
            meeting = session.scalars(select(Meeting).filter_by(state=MeetingState.IN_SESSION)).one()
            meeting.state = MeetingState.ADJOURNED
        with secretary.expecting_refusals():
            secretary.page.locator("#notes").press_sequentially("Trop tard.")
            expect(secretary.page.locator(".saved-line")).to_contain_text("séance est levée", timeout=15_000)
        assert notes(secretary) == "Trop tard."


def test_thirty_items_are_minuted_with_keys_alone(browser: Browser, live: Live) -> None:
    with visit(browser, live) as secretary:
        open_the_session(secretary)
        add_items_until(live, 30)
        page = secretary.page
        page.reload()
        page.keyboard.press("l")
        page.wait_for_url(re.compile("/appel$"))
        page.locator("[data-presence]").first.focus()
        page.keyboard.press("d")
        page.keyboard.press("e")
        page.keyboard.press("r")  # what completes it is typed at once, and Enter goes on
        page.keyboard.type("Anne Perrin")
        page.keyboard.press("Enter")
        expect(page.locator(".roll-said")).to_contain_text("représenté. Siège suivant")
        page.keyboard.press("p")
        with page.expect_navigation():
            page.locator("button", has_text="Enregistrer l’appel").press("Enter")
        while rank(secretary) > 1:
            press_key(secretary, "k")
        for number in range(1, 31):
            assert rank(secretary) == number
            page.keyboard.press("e")
            page.keyboard.type(f"Note {number}.")
            page.keyboard.press("Escape")
            keys = page.locator(".outcomes [data-key]").evaluate_all("all => all.map(e => e.dataset.key)")
            press_key(secretary, "a" if "a" in keys else keys[0])
            if number == 2:
                page.keyboard.press("c")
                assert page.evaluate("document.activeElement.id") == "action-title"
                page.keyboard.press("Escape")
            if number < 30:
                press_key(secretary, "j")
        page.keyboard.press("?")
        expect(page.locator(".keys dl")).to_be_visible()
        assert page.locator(".rail .done").count() == 30
        with live.app.app_context():
            kept = db.session.scalars(
                select(Outcome.notes)
                .join(Outcome.item)
                .join(AgendaItem.meeting)
                .where(Meeting.state == MeetingState.IN_SESSION)
                .order_by(AgendaItem.position)
            ).all()
            db.session.remove()
        assert kept == [f"Note {number}." for number in range(1, 31)]


def add_items_until(live: Live, wanted: int) -> None:
    """More information items on the open session, straight to the table: its agenda is fixed."""
    with live.app.app_context(), transaction() as session:
        meeting = session.scalars(select(Meeting).filter_by(state=MeetingState.IN_SESSION)).one()
        there = session.scalars(select(AgendaItem.id).filter_by(meeting_id=meeting.id)).all()
        for position in range(len(there) + 1, wanted + 1):
            session.add(
                AgendaItem(
                    meeting_id=meeting.id,
                    position=position,
                    kind=ItemKind.INFORMATION,
                    act_kind=ActKind.NOTE,
                    title=f"Point d’information {position}",
                    created_at=clock.now(),
                )
            )
