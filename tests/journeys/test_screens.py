"""The ten main screens, in both themes and widths, and on the narrowest one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from tests.journeys.live import Live
from tests.journeys.visitor import NARROW, NARROWEST, SECRETARY, WIDE, visit
from tnt.committees.models import Committee
from tnt.core.db import db
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def screens(shared: Live) -> list[str]:
    """Home, sessions, one, a record, a committee, groups, one, decisions, objectives, the calendar."""
    with shared.app.app_context():
        of_coordination = Committee.key == "coordination"
        coming, held = (
            db.session.scalars(
                select(Meeting.id)
                .join(Committee)
                .where(of_coordination, Meeting.state == state)
                .order_by(Meeting.starts_at.desc())
            )
            for state in (MeetingState.PLANNED, MeetingState.CLOSED)
        )
        return [
            "/",
            "/seances",
            f"/seances/{coming.first()}",
            f"/seances/{held.first()}/releve",
            "/comites/coordination",
            "/groupes",
            "/groupes/guichet-des-demandes-d-urbanisme",
            "/decisions",
            "/objectifs",
            "/calendrier",
        ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_main_screens_in_both_themes_and_widths(
    browser: Browser, shared: Live, screens: list[str], theme: str, width: int
) -> None:
    with visit(browser, shared, width=width, color_scheme=theme) as person:
        person.enter(SECRETARY)
        for path in screens:
            person.open(path)
            person.look(path)


def test_nothing_scrolls_sideways_on_the_narrowest_screen(
    browser: Browser, shared: Live, screens: list[str]
) -> None:
    with visit(browser, shared, width=NARROWEST) as person:
        person.enter(SECRETARY)
        for path in screens:
            person.open(path)
            person.faults += [f"{path}: {fault}" for fault in person.overflow()]
            person.take_picture(path)
