"""The journey of a decision: planned, on an agenda, convened, held, lifted, visaed; the badge follows."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from urllib.request import Request, urlopen

import icalendar
import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.live import Live
from tests.journeys.visitor import (
    ASSOCIATIONS_CO_CHAIR,
    MEMBER,
    SECRETARY,
    STATE_CO_CHAIR,
    Visitor,
    visit,
)
from tnt.core import clock
from tnt.core.formats import date_medium

pytestmark = pytest.mark.browser

GROUP = "Catalogue des solutions éprouvées"
MISSION = "Accompagner d’abord les communes de moins de 3 500 habitants."
REASON = "Les petites communes n’ont pas de service instructeur."
SECRETARIAT_ONLY = (
    "/convoquer",
    "/deplacer",
    "/annuler",
    "/reporter",
    "/points/ajouter",
    "/points/ajouter/information",
    "/tenue",
    "/tenue/ouvrir",
    "/tenue/appel",
    "/cloture",
    "/releve/corriger",
)
SECRETARIAT_WORDS = re.compile(
    "Convoquer|Ajouter|Ouvrir|Lever|Déplacer|Annuler|Modifier|Retirer|Planifier|Viser|Corriger|correction"
)


def state_of(visitor: Visitor) -> str:
    """The state that the head of the page shows."""
    return visitor.page.locator(".head h1 .badge").inner_text()


def plan(visitor: Visitor) -> tuple[str, date]:
    """As the secretary: plan the next session on the first suggested date; its path and its day."""
    visitor.open("/seances")
    visitor.follow("Planifier une séance")
    suggestion = visitor.page.locator("input[name=suggestion]").first
    suggestion.check()
    day = date.fromisoformat(suggestion.get_attribute("value") or "")
    visitor.look("/seances/planifier")
    visitor.press("Planifier la séance")
    assert state_of(visitor) == "Planifiée"
    return visitor.path, day


def put_reorientation(visitor: Visitor) -> None:
    """On the page of a session: add « réorienter » for the group."""
    visitor.follow("Ajouter un point")
    visitor.look()
    visitor.follow("Réorientation d’un groupe projet")
    visitor.look()
    visitor.follow(GROUP)
    visitor.fill("Mission", MISSION)
    visitor.fill("Motif", REASON)
    visitor.look()
    visitor.press("Ajouter le point")
    expect(visitor.page.locator("ol.agenda > li")).to_have_count(1)
    expect(visitor.page.locator("ol.agenda")).to_contain_text(GROUP)
    visitor.look()


def convene(visitor: Visitor) -> None:
    """On the page of a session: read what goes out, and send it."""
    visitor.follow("Convoquer")
    assert "messages seront envoyés" in visitor.text
    visitor.look()
    visitor.press("Convoquer")
    assert state_of(visitor) == "Convoquée"


def hold(visitor: Visitor) -> None:
    """On the page of a session, on its day: open it, call the roll, adopt its only item."""
    visitor.follow("Ouvrir la séance")
    visitor.look()
    visitor.press("Ouvrir la séance")
    visitor.look()
    visitor.press("Marquer présents ceux qui restent à appeler")
    assert "L’appel est enregistré." in visitor.text
    assert visitor.page.get_by_label("Mission donnée au groupe").input_value() == MISSION
    visitor.look()
    visitor.press(re.compile("^Adoptée A$"))
    expect(visitor.page.locator("main .saved")).to_contain_text("Enregistré à")
    visitor.look()


def lift(visitor: Visitor) -> str:
    """In session mode: read what the levée will do, and lift the session; the path of its record."""
    visitor.follow("Préparer la levée", inside="body")
    assert "1 décision, 1 statut" in visitor.text
    visitor.look()
    visitor.press("Lever la séance")
    assert visitor.path.endswith("/releve")
    assert "Viser" not in visitor.text.split("\n")  # the visa is the co-chairs'
    visitor.look()
    return visitor.path


def give_visa(visitor: Visitor, role: str, record: str) -> None:
    """Sign in as a co-chair, find the record at home, give the visa."""
    visitor.enter(role)
    visitor.follow(re.compile("Viser le relevé"))
    assert visitor.path == record
    assert MISSION in visitor.text
    visitor.look()
    visitor.press("Viser")
    assert "Votre visa est enregistré" in visitor.text
    visitor.look()
    visitor.leave()


def open_group(visitor: Visitor) -> None:
    """To the page of the group, from the list."""
    visitor.open("/groupes")
    visitor.follow(GROUP)


def check_story(visitor: Visitor, session: str, record: str) -> None:
    """The group's page shows the new status, and its story leads to the decision, the session, the record."""
    open_group(visitor)
    assert state_of(visitor) == "Réorienté"
    assert MISSION in visitor.text
    newest = visitor.page.locator("ol.story > li").first
    assert newest.locator(".badge").first.inner_text() == "Réorienté"
    assert REASON in newest.inner_text()
    targets = [link.get_attribute("href") for link in newest.get_by_role("link").all()]
    assert targets[1:3] == [session, record]
    assert targets[3].startswith(f"{record}/extraits/")
    visitor.look()
    newest.get_by_role("link").first.click()
    assert visitor.path == targets[0]
    assert GROUP in visitor.text
    visitor.look()


def subscribe(visitor: Visitor) -> str:
    """Ask for an address for one's calendar program; the address."""
    visitor.open("/calendrier")
    visitor.follow("Ajouter à mon agenda")
    visitor.page.locator("input[name=feed]").first.check()
    visitor.fill("Appareil", "Thunderbird du bureau")
    visitor.look()
    visitor.press("Créer l’adresse")
    visitor.look("l’adresse de calendrier")
    return visitor.page.get_by_label("Adresse à copier").input_value()


def read_feed(address: str) -> icalendar.Calendar:
    """As a calendar program does: without a cookie."""
    with urlopen(Request(address, headers={"User-Agent": "Thunderbird/128"})) as answer:
        assert answer.headers["Content-Type"].startswith("text/calendar")
        calendar = icalendar.Calendar.from_ical(answer.read())
    assert isinstance(calendar, icalendar.Calendar)
    return calendar


def check_only_reads(visitor: Visitor, session: str, record: str) -> None:
    """A member reads the session and its record; nothing there prepares, holds, lifts or signs."""
    for path in (session, record, "/seances"):
        visitor.open(path)
        assert visitor.page.locator("main").get_by_role("button", name=SECRETARIAT_WORDS).all() == []
        offered = visitor.page.locator("main").get_by_role("link", name=SECRETARIAT_WORDS).all_inner_texts()
        assert offered == []
    with visitor.expecting_refusals():
        answers = {path: visitor.open(session + path) for path in SECRETARIAT_ONLY}
        answers["/seances/planifier"] = visitor.open("/seances/planifier")
    assert answers == dict.fromkeys(answers, 404)


def travel(day: date, at: time) -> None:
    """The server's clock to that Paris time."""
    clock.freeze(clock.from_paris(day, at))


@pytest.mark.parametrize(
    ("live", "script"),
    [
        pytest.param("sqlite", False, id="sqlite, without JavaScript"),
        pytest.param("postgresql", True, id="postgresql", marks=pytest.mark.postgres),
    ],
    indirect=["live"],
)
def test_from_a_planned_session_to_the_badge_the_story_and_the_calendar(
    browser: Browser, live: Live, script: bool
) -> None:
    as_is = {"java_script_enabled": script}
    with visit(browser, live, **as_is) as secretary:
        secretary.enter(SECRETARY)
        open_group(secretary)
        assert state_of(secretary) == "Poursuivi"
        session, day = plan(secretary)
        put_reorientation(secretary)
        convene(secretary)
        secretary.follow("Ouvrir la séance")
        assert "la séance est avancée à l’instant présent" in secretary.text  # a newcomer need not wait
    travel(day, time(14, 0))
    with visit(browser, live, **as_is) as secretary:
        secretary.enter(SECRETARY)
        secretary.open(session)
        hold(secretary)
        record = lift(secretary)
        open_group(secretary)
        assert state_of(secretary) == "Poursuivi"  # nothing before the last visa
    travel(day + timedelta(1), time(9, 30))
    with visit(browser, live, **as_is) as chair:
        give_visa(chair, STATE_CO_CHAIR, record)
        give_visa(chair, ASSOCIATIONS_CO_CHAIR, record)
        chair.enter(ASSOCIATIONS_CO_CHAIR)
        check_story(chair, session, record)
        feed = read_feed(subscribe(chair))
    shown = [
        event
        for event in feed.walk("VEVENT")
        if clock.paris_day(event.decoded("DTSTART")) == day and "coordination" in str(event["SUMMARY"])
    ]
    assert [str(event["STATUS"]) for event in shown] == ["CONFIRMED"]
    with visit(browser, live, **as_is) as member:
        member.enter(MEMBER)
        open_group(member)
        assert state_of(member) == "Réorienté"
        assert date_medium(day) in member.page.locator("ol.story > li").first.inner_text()
        check_only_reads(member, session, record)
