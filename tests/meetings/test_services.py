"""Planning, moving, postponing, cancelling, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask

from tests.meetings.factories import IN_THREE_WEEKS, make_committee, member_of, plan, secretary_of
from tnt.core import clock, journal
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, Stale
from tnt.meetings import queries, services
from tnt.meetings.models import Meeting
from tnt.meetings.rules import (
    AlreadyMissed,
    BadPeriod,
    InThePast,
    MeetingState,
    MissingReason,
    NonexistentHour,
    NotTheSecretary,
    Overlapping,
    PeriodHeld,
    PeriodNotOver,
    WrongMeetingState,
)

TWO_HOURS = timedelta(hours=2)


def move(actor: Actor, meeting: Meeting, starts_at: datetime, **values: object) -> Meeting:
    given: dict[str, object] = {"place": meeting.place} | values
    return services.move_meeting(
        actor,
        meeting.id,
        starts_at=starts_at,
        ends_at=starts_at + TWO_HOURS,
        **given,  # type: ignore[arg-type]
    )


def convene(meeting: Meeting) -> None:
    with transaction():
        services.enter_state(queries.lock_meeting(SYSTEM, meeting.id), MeetingState.CONVENED)


def test_planning_puts_a_provisional_session_in_the_calendar(app: Flask) -> None:
    committee = make_committee()
    secretary = secretary_of(committee)
    meeting = plan(secretary, committee)
    assert (meeting.state, meeting.period, meeting.sequence, meeting.notice_days) == (
        MeetingState.PLANNED,
        "2026-T4",
        0,
        14,
    )
    assert committee.calendar_revision == 1
    assert queries.next_meeting([committee.id]) is meeting


def test_the_period_is_that_of_the_paris_date(app: Flask) -> None:
    committee = make_committee()
    new_year_in_paris = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert plan(SYSTEM, committee, new_year_in_paris).period == "2027-T1"


def test_only_the_secretary_plans_and_strangers_see_nothing(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    member, stranger = member_of(committee), secretary_of(other)
    with pytest.raises(NotTheSecretary):
        plan(member, committee)
    with pytest.raises(NotFound):
        plan(stranger, committee)
    assert db.session.query(Meeting).count() == 0
    meeting = plan(secretary_of(committee, "Vrai"), committee)
    for attempt in (services.cancel, services.postpone_without_date):
        with pytest.raises(NotTheSecretary):
            attempt(member, meeting.id, reason="Salle indisponible")
        with pytest.raises(NotFound):
            attempt(stranger, meeting.id, reason="Salle indisponible")
    with pytest.raises(NotTheSecretary):
        move(member, meeting, IN_THREE_WEEKS + timedelta(days=1))
    with pytest.raises(NotFound):
        queries.get_meeting(stranger, meeting.id)
    manager = Actor(None, "DINUM", frozenset({Grant("programme_manager")}))
    assert queries.get_meeting(manager, meeting.id).id == meeting.id
    assert queries.get_meeting(member, meeting.id).id == meeting.id


def test_one_session_at_a_time_and_back_to_back_is_fine(app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    first = plan(SYSTEM, committee)
    with pytest.raises(Overlapping):
        plan(SYSTEM, committee, IN_THREE_WEEKS + timedelta(minutes=149))
    plan(SYSTEM, committee, IN_THREE_WEEKS + timedelta(minutes=150))
    plan(SYSTEM, other)
    services.cancel(SYSTEM, first.id, reason="Salle indisponible")
    plan(SYSTEM, committee)


def test_a_session_to_come_is_not_in_the_past(app: Flask) -> None:
    committee = make_committee()
    with pytest.raises(InThePast):
        plan(SYSTEM, committee, clock.now())
    past = services.record_past_meeting(
        SYSTEM,
        committee_id=committee.id,
        starts_at=datetime(2026, 6, 4, 8, tzinfo=UTC),
        ends_at=datetime(2026, 6, 4, 10, tzinfo=UTC),
        own_reference="CR 2026-02",
    )
    assert (past.recorded_afterwards, past.period, past.own_reference) == (True, "2026-T2", "CR 2026-02")


def test_the_hour_that_does_not_exist(app: Flask) -> None:
    with pytest.raises(NonexistentHour) as refusal:
        services.instants(date(2027, 3, 28), time(2, 30), time(4, 0))
    assert refusal.value.field == "starts"
    starts, ends = services.instants(date(2026, 10, 25), time(2, 30), time(3, 30))
    assert (starts, ends - starts) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), TWO_HOURS)


def test_moving_a_provisional_session_needs_no_reason(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    new = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
    move(SYSTEM, meeting, new)
    assert (meeting.starts_at, meeting.previous_starts_at) == (new, IN_THREE_WEEKS)
    assert (meeting.period, meeting.sequence, meeting.version) == ("2027-T1", 1, 2)


def test_once_convened_a_move_says_why(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    convene(meeting)
    new = IN_THREE_WEEKS + timedelta(days=1)
    with pytest.raises(MissingReason):
        move(SYSTEM, meeting, new)
    assert meeting.starts_at == IN_THREE_WEEKS
    move(SYSTEM, meeting, new, reason="Salle indisponible")
    assert (meeting.state, meeting.reason) == (MeetingState.CONVENED, "Salle indisponible")


def test_a_link_alone_does_not_change_the_sequence(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    services.move_meeting(
        SYSTEM,
        meeting.id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        video_url="https://visio.example/tnt",
    )
    assert (meeting.sequence, meeting.version, meeting.previous_starts_at) == (0, 2, None)


def test_a_form_opened_before_another_change_is_stale(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    opened_at = meeting.version
    move(SYSTEM, meeting, IN_THREE_WEEKS + timedelta(days=1), expected_version=opened_at)
    with pytest.raises(Stale):
        move(SYSTEM, meeting, IN_THREE_WEEKS + timedelta(days=2), expected_version=opened_at)
    assert meeting.starts_at == IN_THREE_WEEKS + timedelta(days=1)


def test_postponed_without_a_date_then_dated_anew(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    convene(meeting)
    services.postpone_without_date(SYSTEM, meeting.id, reason="Quorum impossible")
    assert (meeting.state, meeting.undated, meeting.reason) == (
        MeetingState.POSTPONED,
        True,
        "Quorum impossible",
    )
    assert queries.next_meeting([committee.id]) is None
    new = IN_THREE_WEEKS + timedelta(days=7)
    move(SYSTEM, meeting, new)
    assert (meeting.state, meeting.undated, meeting.convened_at) == (MeetingState.PLANNED, False, None)
    assert (meeting.previous_starts_at, meeting.starts_at) == (IN_THREE_WEEKS, new)
    assert meeting.sequence == 4  # convened, postponed, moved, provisional again


def test_redating_at_the_same_date_is_a_change(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    services.postpone_without_date(SYSTEM, meeting.id, reason="Salle indisponible")
    services.move_meeting(
        SYSTEM, meeting.id, starts_at=meeting.starts_at, ends_at=meeting.ends_at, place=meeting.place
    )
    assert meeting.state is MeetingState.PLANNED


def test_a_cancelled_session_stays_cancelled(app: Flask) -> None:
    meeting = plan(SYSTEM, make_committee())
    with pytest.raises(MissingReason):
        services.cancel(SYSTEM, meeting.id, reason="non")
    services.cancel(SYSTEM, meeting.id, reason="Salle indisponible")
    for attempt in (services.cancel, services.postpone_without_date):
        with pytest.raises(WrongMeetingState):
            attempt(SYSTEM, meeting.id, reason="Encore une fois")
    with pytest.raises(WrongMeetingState):
        move(SYSTEM, meeting, IN_THREE_WEEKS + timedelta(days=1))


def test_every_change_is_in_the_journal_and_bumps_the_calendar(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    move(SYSTEM, meeting, IN_THREE_WEEKS + timedelta(days=1))
    services.cancel(SYSTEM, meeting.id, reason="Salle indisponible")
    entries = db.session.scalars(db.select(journal.JournalEntry).order_by(journal.JournalEntry.seq)).all()
    assert [entry.action for entry in entries] == ["meeting.plan", "meeting.move", "meeting.cancel"]
    assert {entry.committee_id for entry in entries} == {committee.id}
    assert committee.calendar_revision == 3


def test_a_missed_period_has_one_reason_and_no_session(app: Flask) -> None:
    committee = make_committee()

    def record(period: str, reason: str = "Élections municipales") -> None:
        services.record_missed_period(SYSTEM, committee_id=committee.id, period=period, reason=reason)

    with pytest.raises(PeriodNotOver):
        record("2026-T4")
    for wrong in ("2026-S1", "2026-T9", "hier"):
        with pytest.raises(BadPeriod):
            record(wrong)
    with pytest.raises(MissingReason):
        record("2026-T3", "non")
    record("2026-T3")
    with pytest.raises(AlreadyMissed):
        record("2026-T3")
    services.record_past_meeting(
        SYSTEM,
        committee_id=committee.id,
        starts_at=datetime(2026, 6, 4, 8, tzinfo=UTC),
        ends_at=datetime(2026, 6, 4, 10, tzinfo=UTC),
    )
    with pytest.raises(PeriodHeld):
        record("2026-T2")


def test_lists_are_of_readable_committees_in_order(app: Flask) -> None:
    committee = make_committee()
    later = plan(SYSTEM, committee, IN_THREE_WEEKS + timedelta(days=90))
    sooner = plan(SYSTEM, committee)
    undated = plan(SYSTEM, committee, IN_THREE_WEEKS - timedelta(days=7))
    services.postpone_without_date(SYSTEM, undated.id, reason="Salle indisponible")
    assert [m.id for m in queries.list_upcoming([committee.id])] == [sooner.id, later.id, undated.id]
    services.cancel(SYSTEM, later.id, reason="Salle indisponible")
    assert [m.id for m in queries.list_past([committee.id], 2027)] == [later.id]
    assert list(queries.list_past([committee.id], 2026)) == []
    assert queries.readable_committees(member_of(committee)) == [committee]
