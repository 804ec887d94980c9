"""The demonstration: alive on any day, true to the services, labelled, refused where people work, erased."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from tests.conftest import NOW, make_app
from tests.support import make_person, sign_in
from tnt.accounts.models import Account, Person
from tnt.accounts.rules import DemoRefused
from tnt.actions.models import Action
from tnt.actions.rules import shown_state
from tnt.closing.models import DecisionRecord
from tnt.closing.queries import awaited_visas
from tnt.closing.rules import RecordState
from tnt.committees.models import Committee
from tnt.consultations.models import ConsultationState, InterimMeasure, WrittenConsultation
from tnt.core import blobs, clock, dataset, journal, outbox
from tnt.core.access import SYSTEM
from tnt.core.db import Base, db, transaction
from tnt.core.outbox import OutboxMessage, OutboxState
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState, Nature, Series
from tnt.intake.models import DecisionRequest, RequestOrigin, RequestState
from tnt.meetings.cadence import CadenceState
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.objectives.models import SemesterObjective
from tnt.objectives.queries import current_state
from tnt.objectives.rules import FollowUp, ObjectiveState, Score
from tnt.portfolio.queries.committees import compliance_of_all
from tnt.projects.queries import list_groups, statuses_on
from tnt.projects.rules import GroupStatus, StopKind
from tnt.reports.models import ProgressReport
from tnt.setup.demo.clearing import DemoNotLoaded, clear_demo
from tnt.setup.demo.loading import DemoAlreadyLoaded, RealPeopleThere, load_demo
from tnt.setup.demo.people import DOMAIN, PEOPLE
from tnt.setup.programme_loader import load_programme
from tnt.sittings.models import Attendance, Outcome
from tnt.sittings.rules import OutcomeKind, Presence


@contextmanager
def pushed(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def everything(model: type) -> list:
    return list(db.session.scalars(select(model)))


def rows_of_every_table() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def meetings_of(key: str) -> list[Meeting]:
    return list(
        db.session.scalars(
            select(Meeting).join(Meeting.committee).where(Committee.key == key).order_by(Meeting.starts_at)
        )
    )


def check_alive() -> None:
    """What a newcomer must find, whatever the day."""
    today, now = clock.today(), clock.now()
    coordination = meetings_of("coordination")
    ahead = [each for each in coordination if each.starts_at > now]
    assert [each.state for each in ahead] == [MeetingState.PLANNED]
    assert 14 <= (clock.paris_day(ahead[0].starts_at) - today).days <= 28

    records = everything(DecisionRecord)
    pending = [each for each in records if each.state is not RecordState.IN_FORCE]
    assert [each.meeting.committee.key for each in pending] == ["orientation"]
    assert pending[0].meeting.state is MeetingState.ADJOURNED
    assert len(records) == 11

    statuses = statuses_on(today)
    found = {event.status for event in statuses.values()}
    assert found == set(GroupStatus) - {GroupStatus.PROPOSED}
    assert any(group.id not in statuses for group in list_groups())
    assert {event.stop_kind for event in statuses.values()} >= {StopKind.ACHIEVED, StopKind.ABANDONED}

    objectives = everything(SemesterObjective)
    states = {current_state(each) for each in objectives}
    assert states == {ObjectiveState.PROPOSED, ObjectiveState.ADOPTED, ObjectiveState.SCORED}
    events = [event for each in objectives for event in each.events]
    assert {event.score for event in events} == {None, *Score}
    assert {event.follow_up for event in events} == {None, *FollowUp}

    strips = {each.committee.key: {p.state for p in each.periods} for each in compliance_of_all(today)}
    wanted = {CadenceState.HELD, CadenceState.MISSED_EXPLAINED, CadenceState.PLANNED}
    assert strips["coordination"] >= wanted
    assert strips["orientation"] >= {CadenceState.HELD, CadenceState.PLANNED}
    for strip in strips.values():
        assert CadenceState.MISSED not in strip

    shown = {shown_state(each.state, each.due_on, today) for each in everything(Action)}
    assert shown >= {"late", "open", "done"}
    newest = select(func.max(ProgressReport.reported_on))
    assert (db.session.scalar(newest) or date.min) >= today - timedelta(31)
    assert journal.verify() == []


@pytest.mark.usefixtures("app")
def test_it_is_alive_on_both_databases() -> None:
    load_demo()
    check_alive()


def _days() -> list[date]:
    """Every edge of a calendar that we know of, and days taken across two years."""
    edges = [
        date(2026, 1, 1),
        date(2027, 1, 1),
        date(2028, 2, 29),
        date(2027, 3, 28),  # the night without 2 h
        date(2026, 10, 25),  # the night with 2 h twice
        date(2026, 12, 31),
        date(2027, 3, 31),
        date(2027, 4, 1),
        date(2027, 6, 30),
        date(2027, 7, 1),
        date(2027, 9, 30),
        date(2027, 10, 1),
        date(2027, 3, 9),
        date(2027, 6, 9),
        date(2027, 9, 5),
        date(2027, 12, 8),
        date(2027, 8, 15),
        date(2027, 5, 8),
        date(2027, 12, 25),
        date(2030, 1, 2),
    ]
    return edges + [date(2026, 1, 19) + timedelta(97 * n) for n in range(8)]


# in UTC: on these instants the Paris day has just begun, or begins in an hour
_HOURS = ("00:30", "09:00", "01:30", "23:59")


@pytest.mark.parametrize("day", _days(), ids=date.isoformat)
def test_it_is_alive_on_any_day(sqlite_app: Flask, day: date) -> None:
    hours, minutes = _HOURS[day.toordinal() % 4].split(":")
    clock.freeze(datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=UTC))
    load_demo()
    check_alive()


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demonstration in it, copied for each test that only reads it."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "demo.sqlite3"
    shutil.copy(sqlite_template, path)
    with pushed(make_app(f"sqlite:///{path}", folder)):
        clock.freeze(NOW)
        load_demo()
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return path


@pytest.fixture
def loaded(demo_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database with the demonstration in it."""
    path = tmp_path / "demo.sqlite3"
    shutil.copy(demo_template, path)
    with pushed(make_app(f"sqlite:///{path}", tmp_path)) as app:
        yield app


def test_the_past_is_dated_of_its_own_days(loaded: Flask) -> None:
    instants = list(db.session.scalars(select(journal.JournalEntry.at).order_by(journal.JournalEntry.seq)))
    assert instants == sorted(instants)
    assert instants[0] < NOW - timedelta(days=650)
    assert instants[-1] < NOW
    heads = {each.journal_head for each in everything(DecisionRecord)}
    assert len(heads) == 11  # each record prints the head of the journal as it stood that evening
    assert journal.GENESIS not in heads
    for record in everything(DecisionRecord):
        waited = (record.submitted_at.date() - record.meeting.starts_at.date()).days
        assert waited == (0 if record.version == 1 else 2)  # the corrected one was submitted again
        assert blobs.get(record.pdf_sha256).content.startswith(b"%PDF-")


def test_numbers_run_without_a_gap(loaded: Flask) -> None:
    numbers = [act.number or "" for act in everything(Act) if act.series is Series.SESSION]
    assert all(numbers)
    by_period: dict[str, list[int]] = {}
    for number in numbers:
        period, _, order = number.rpartition("-")
        by_period.setdefault(period, []).append(int(order))
    assert len(by_period) == 11
    for orders in by_period.values():
        assert sorted(orders) == list(range(1, len(orders) + 1))


def test_what_was_decided_between_sessions(loaded: Flask) -> None:
    states = {each.state: each for each in everything(WrittenConsultation)}
    assert set(states) == {ConsultationState.IN_FORCE, ConsultationState.OPEN}
    done = states[ConsultationState.IN_FORCE].act
    assert done is not None
    assert (done.state, done.series) == (ActState.IN_FORCE, Series.CONSULTATION)
    answers = [seat.choice is not None for seat in states[ConsultationState.OPEN].seats if seat.is_voting]
    assert set(answers) == {True, False}
    assert [each.act.state for each in everything(InterimMeasure)] == [ActState.PROVISIONAL]


def test_sessions_end_in_every_way_and_read_like_minutes(loaded: Flask) -> None:
    outcomes = everything(Outcome)
    assert {each.kind for each in outcomes} == set(OutcomeKind) - {OutcomeKind.WITHDRAWN}
    assert all(len(each.notes) >= 120 for each in outcomes)
    assert all(each.wording and "…" not in each.wording for each in outcomes if each.act_id)
    states = {each.state for each in everything(Meeting)}
    assert states == {
        MeetingState.CANCELLED,
        MeetingState.CLOSED,
        MeetingState.ADJOURNED,
        MeetingState.PLANNED,
    }
    moved = [each for each in everything(Meeting) if each.previous_starts_at is not None]
    assert [each.state for each in moved] == [MeetingState.CLOSED]
    assert moved[0].reason
    assert {each.presence for each in everything(Attendance)} >= {
        Presence.PRESENT,
        Presence.REMOTE,
        Presence.SUBSTITUTED,
        Presence.EXCUSED,
        Presence.REPRESENTED,
    }
    assert {each.version for each in everything(DecisionRecord)} == {1, 2}


def test_an_opinion_of_one_committee_became_a_decision_of_the_other(loaded: Flask) -> None:
    followed = [act for act in everything(Act) if act.opinion_of is not None]
    assert [(act.committee.code, act.nature) for act in followed if act.committee] == [
        ("CC", Nature.DECISION)
    ]
    opinion = followed[0].opinion_of
    assert opinion is not None
    assert opinion.nature is Nature.OPINION


def test_what_waits_for_the_next_session(loaded: Flask) -> None:
    entries = everything(DecisionRequest)
    assert {each.state for each in entries} >= {
        RequestState.PENDING,
        RequestState.REFUSED,
        RequestState.REDIRECTED,
    }
    waiting = [each for each in entries if each.state is RequestState.PENDING]
    assert {each.committee.key for each in waiting} == {"orientation", "coordination"}
    twice = [each for each in waiting if each.origin is RequestOrigin.DEFERRED]
    assert [each.times_deferred for each in twice] == [2]


def test_a_visa_is_awaited_and_an_account_opens_each_role(loaded: Flask) -> None:
    accounts = everything(Account)
    assert all(each.is_demo and each.password_hash is None for each in accounts)
    assert {each.demo_label for each in accounts} == {
        each.account for each in PEOPLE.values() if each.account
    }
    awaiting = [each.person.full_name for each in accounts if awaited_visas(each.person_id)]
    assert awaiting == ["Bernard Castel"]


def test_nothing_of_the_past_is_ever_sent(loaded: Flask) -> None:
    messages = everything(OutboxMessage)
    assert len(messages) > 100
    assert {each.state for each in messages} == {OutboxState.VOID}
    assert all(each.to_address.endswith(f"@{DOMAIN}") for each in messages)
    assert all(each.subject.startswith("[démonstration]") for each in messages)
    assert outbox.deliver_due() == outbox.Delivery()


@pytest.mark.parametrize("who", [key for key, each in PEOPLE.items() if each.account])
def test_each_role_finds_a_home_page(loaded: Flask, who: str) -> None:
    person = db.session.scalars(select(Person).where(Person.email == PEOPLE[who].email)).one()
    with loaded.test_client() as client:
        sign_in(client, person)
        assert client.get("/").status_code == 200


def test_twice_is_refused(loaded: Flask) -> None:
    with pytest.raises(DemoAlreadyLoaded):
        load_demo()


def test_it_never_joins_real_people(sqlite_app: Flask) -> None:
    make_person("Paul", "Martin", "paul@exemple.fr")
    before = rows_of_every_table()
    with pytest.raises(RealPeopleThere):
        load_demo()
    assert rows_of_every_table() == before


def test_it_is_refused_where_demonstrations_are(sqlite_url: str, tmp_path: Path) -> None:
    with pushed(make_app(sqlite_url, tmp_path, DEMO_ALLOWED=False)):
        with pytest.raises(DemoRefused):
            load_demo()
        assert not sum(rows_of_every_table().values())


@pytest.mark.usefixtures("app")
def test_a_failure_on_the_way_leaves_nothing() -> None:
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if len(lines) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_demo(say)
    assert not sum(rows_of_every_table().values())


@pytest.mark.usefixtures("app")
def test_clearing_leaves_the_real_programme_and_no_trace() -> None:
    load_programme(SYSTEM)
    bare = rows_of_every_table()
    first_id = db.session.scalar(select(func.min(Committee.id)))
    load_demo()
    clear_demo()
    assert rows_of_every_table() == bare
    assert db.session.scalar(select(func.min(Committee.id))) == first_id
    assert not dataset.demo_loaded()
    assert journal.verify() == []
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(delete(journal.JournalEntry))  # the guards are back
    load_demo()  # and it can be shown again
    assert journal.verify() == []


@pytest.mark.usefixtures("app")
def test_only_a_demonstration_is_erased() -> None:
    make_person("Paul", "Martin", "paul@exemple.fr")
    before = rows_of_every_table()
    with pytest.raises(DemoNotLoaded):
        clear_demo()
    assert rows_of_every_table() == before


def test_commands_load_once_and_clear(sqlite_app: Flask) -> None:
    runner = sqlite_app.test_cli_runner()
    assert "Démonstration chargée" in runner.invoke(args=["demo", "load", "--if-empty"]).output
    silent = runner.invoke(args=["demo", "load", "--if-empty"])
    assert (silent.exit_code, silent.output) == (0, "")
    refused = runner.invoke(args=["demo", "load"])
    assert refused.exit_code == 1
    assert "déjà chargée" in refused.output
    assert runner.invoke(args=["demo", "clear"]).exit_code == 0
    db.session.rollback()
    assert db.session.scalar(select(func.count(Person.id))) == 0
    assert "Aucune démonstration" in runner.invoke(args=["demo", "clear"]).output
