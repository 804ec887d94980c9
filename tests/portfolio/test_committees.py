"""The pages of the committees: composition on a day, cadence, dates for the secretary, sessions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from tests.portfolio.reader import counted
from tests.support import make_administrator, make_person, signed_in_client
from tnt.committees import queries as committee_queries
from tnt.committees import services
from tnt.committees.models import Seat, Voice
from tnt.committees.services import SettingsChange
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.clock import from_paris
from tnt.core.db import db, transaction
from tnt.meetings.models import Meeting, MeetingKind, MissedPeriod
from tnt.meetings.rules import MeetingState
from tnt.portfolio.queries.committees import compliance_of_all
from tnt.setup.programme_loader import load_programme

PAGE = "/comites/coordination"
MOST_QUERIES = 12  # nine of the page, three of every request


@pytest.fixture
def committee_id(app: Flask) -> int:
    load_programme(SYSTEM, followed_from=date(2025, 7, 1))
    return committee_queries.get_committee("coordination").id


def seat(committee_id: int, family: str, kind: Seat, **dates: date) -> FlaskClient:
    """A client signed in as a person who sits in the committee."""
    person = make_person("Claire", family)
    voice = Voice.VOTING if kind in {Seat.CO_CHAIR, Seat.FULL_MEMBER} else Voice.ADVISORY
    services.open_mandate(
        SYSTEM,
        person_id=person.id,
        committee_id=committee_id,
        institution_id=committee_queries.list_institutions()[0].id,
        seat=kind,
        voice=voice,
        **({"from_on": date(2025, 1, 1)} | dates),
    )
    return signed_in_client(current_app._get_current_object(), person)


def hold(committee_id: int, on: datetime, state: MeetingState, **values: object) -> int:
    with transaction() as session:
        meeting = Meeting(
            committee_id=committee_id,
            state=state,
            period="2026-T4",
            starts_at=on,
            ends_at=on + timedelta(hours=2),
            notice_days=14,
            created_at=clock.now(),
            last_modified=clock.now(),
            **values,
        )
        session.add(meeting)
        session.flush()
        return meeting.id


def at(day: date) -> datetime:
    return from_paris(day, datetime.min.time().replace(hour=14, minute=30))


def test_the_members_of_a_day(committee_id: int) -> None:
    reader = seat(committee_id, "Moreau", Seat.FULL_MEMBER)
    seat(committee_id, "Ancien", Seat.CO_CHAIR, until_on=date(2026, 3, 31))
    today, before = reader.get(PAGE).text, reader.get(f"{PAGE}?au=2026-03-31").text
    assert ["Claire Moreau" in today, "Claire Ancien" in today] == [True, False]
    assert ["Claire Moreau" in before, "Claire Ancien" in before] == [True, True]


@pytest.mark.parametrize("text", ["hier", "2026-02-30", "0000-01-01", "9999-01-01", "2026-1-1", "x" * 999])
def test_a_day_that_is_none_is_said_beside_its_field(committee_id: int, text: str) -> None:
    answer = seat(committee_id, "Moreau", Seat.FULL_MEMBER).get(f"{PAGE}?au={text}")
    assert answer.status_code == 422
    assert 'id="au-erreur"' in answer.text
    assert "Claire Moreau" in answer.text


def test_an_unknown_committee(app: Flask, committee_id: int) -> None:
    assert signed_in_client(app, make_person()).get("/comites/inconnu").status_code == 404


def test_only_the_secretary_gets_dates(app: Flask, committee_id: int) -> None:
    secretary = seat(committee_id, "Petit", Seat.SECRETARY)
    page = secretary.get(PAGE).text
    assert "/seances/planifier?committee=coordination&amp;date=2026-12-08" in page
    assert "mardi 8 décembre 2026" in page
    for reader in (seat(committee_id, "Moreau", Seat.FULL_MEMBER), signed_in_client(app, make_person())):
        assert "Dates possibles" not in reader.get(PAGE).text


def test_missed_periods_ask_the_secretary_for_their_reason(committee_id: int) -> None:
    secretary = seat(committee_id, "Petit", Seat.SECRETARY)
    page = secretary.get(PAGE).text
    assert page.count("Dire pourquoi aucune séance") == 5  # T3 2025 to T3 2026
    with transaction() as session:
        session.add(
            MissedPeriod(
                committee_id=committee_id, period="2026-T1", reason="Élections", recorded_on=date(2026, 4, 2)
            )
        )
    page = secretary.get(PAGE).text
    assert page.count("Dire pourquoi aucune séance") == 4
    assert 'strip-missed" title="Élections"' in page


def test_sessions_link_for_those_who_may_read_them(app: Flask, committee_id: int) -> None:
    meeting = hold(committee_id, at(date(2026, 12, 15)), MeetingState.PLANNED)
    member = seat(committee_id, "Moreau", Seat.FULL_MEMBER).get(PAGE).text
    other = signed_in_client(app, make_person()).get(PAGE).text
    assert [f'href="/seances/{meeting}"' in page for page in (member, other)] == [True, False]
    assert ["mardi 15 décembre 2026" in page for page in (member, other)] == [True, True]
    assert "T4 2026\u00a0: séance prévue le 15 décembre 2026." in member


def test_the_cadence_of_every_committee_costs_three_queries(committee_id: int) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        db.session.rollback()
        db.session.expire_all()
        db.event.listen(db.engine, "before_cursor_execute", note)
        try:
            compliance_of_all(clock.today())
        finally:
            db.event.remove(db.engine, "before_cursor_execute", note)
        return len([each for each in seen if each.lstrip().startswith("SELECT")])

    before = statements()
    for number in range(30):
        hold(committee_id, at(date(2026, 1, 5) + timedelta(days=number)), MeetingState.CLOSED)
    assert before == statements() == 3


def test_a_full_committee_costs_the_queries_of_an_empty_one(app: Flask, committee_id: int) -> None:
    secretary = seat(committee_id, "Petit", Seat.SECRETARY)

    def cost() -> int:
        secretary.get(PAGE)
        with counted(app) as statements:
            secretary.get(PAGE)
        return len(statements)

    hold(committee_id, at(date(2026, 1, 5)), MeetingState.CLOSED)
    alone = cost()
    for number in range(30):
        seat(committee_id, f"Membre{number:02d}", Seat.FULL_MEMBER)
        hold(committee_id, at(date(2026, 1, 6) + timedelta(days=number)), MeetingState.CLOSED)
    assert cost() == alone <= MOST_QUERIES
    page = secretary.get(PAGE).text
    assert page.count("Claire Membre") == 30
    assert ["vendredi 16 janvier" in page, "jeudi 15 janvier" in page] == [True, False]  # the twenty latest


def test_a_substitute_stands_under_the_full_member(app: Flask, committee_id: int) -> None:
    reader = seat(committee_id, "Moreau", Seat.FULL_MEMBER)
    full = committee_queries.mandates_on(committee_id, clock.today())[0]
    services.open_mandate(
        SYSTEM,
        person_id=make_person("Paul", "Second").id,
        committee_id=committee_id,
        institution_id=full.institution_id,
        seat=Seat.SUBSTITUTE,
        voice=Voice.VOTING,
        from_on=date(2025, 1, 1),
        substitute_for_id=full.id,
    )
    page = reader.get(PAGE).text
    assert "supplée Claire Moreau" in page
    assert page.index("Paul Second") > page.index("Suppléants")


def test_a_session_of_new_year_s_eve_counts_on_its_paris_day(committee_id: int) -> None:
    # 31 December 2023 at 23:30 UTC is already 2024 in Paris; an extraordinary one does not count
    hold(committee_id, datetime(2023, 12, 31, 23, 30, tzinfo=clock.now().tzinfo), MeetingState.CLOSED)
    hold(
        committee_id,
        at(date(2026, 11, 3)),
        MeetingState.CLOSED,
        kind=MeetingKind.EXTRAORDINARY,
    )
    coordination = next(
        each for each in compliance_of_all(clock.today()) if each.committee.id == committee_id
    )
    told = {each.period.code: each.state.value for each in coordination.periods}
    assert (told["2024-T1"], told["2026-T4"]) == ("held", "due")


def test_the_list_and_the_way_to_the_settings(app: Flask, committee_id: int) -> None:
    services.change_committee_settings(SYSTEM, committee_id, SettingsChange(notice_days=21))
    administrator = signed_in_client(app, make_administrator())
    listed = administrator.get("/comites").text
    assert 'href="/comites/coordination"' in listed
    assert 'href="/comites/orientation"' in listed
    page = administrator.get(PAGE).text
    assert 'href="/administration/comites/coordination/reglages"' in page
    assert "<dd>21</dd>" in page
    reader = signed_in_client(app, make_person()).get(PAGE).text
    assert "/administration/" not in reader


def test_an_empty_programme(app: Flask) -> None:
    page = signed_in_client(app, make_person()).get("/comites")
    assert (page.status_code, "Aucun comité n’est encore connu." in page.text) == (200, True)
