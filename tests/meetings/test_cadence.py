"""What became of each period, and which days are proposed: each rule as a table."""

from __future__ import annotations

from datetime import date

import pytest

from tnt.meetings.cadence import (
    CadenceState,
    MeetingFact,
    Pace,
    WarningKind,
    cadence,
    next_to_plan,
    state_of,
    suggest_dates,
)
from tnt.meetings.rules import MeetingState
from tnt.programme.days import Zone
from tnt.programme.rules import Every, parse_period

D = date
QUARTERLY = Pace(Every.QUARTER, D(2025, 1, 1), 14)
HALF_YEARLY = Pace(Every.SEMESTER, D(2025, 1, 1), 14)


def fact(day: date, state: MeetingState, ordinary: bool = True) -> MeetingFact:
    return MeetingFact(7, day, state, ordinary)


@pytest.mark.parametrize(
    ("period", "today", "meetings", "expected"),
    [
        # nothing planned: there is time, the last day with time, no time any more
        ("2026-T4", D(2026, 10, 1), [], CadenceState.DUE),
        ("2026-T4", D(2026, 12, 17), [], CadenceState.DUE),
        ("2026-T4", D(2026, 12, 18), [], CadenceState.LATE),
        ("2026-T4", D(2026, 12, 31), [], CadenceState.LATE),
        ("2026-T4", D(2027, 1, 1), [], CadenceState.MISSED),
        ("2026-T4", D(2026, 9, 30), [], CadenceState.FUTURE),
        ("2024-T4", D(2026, 9, 30), [], CadenceState.NOT_FOLLOWED),
        # a meeting
        ("2026-T4", D(2026, 11, 1), [fact(D(2026, 12, 15), MeetingState.PLANNED)], CadenceState.PLANNED),
        ("2026-T4", D(2026, 11, 1), [fact(D(2026, 12, 15), MeetingState.CONVENED)], CadenceState.PLANNED),
        ("2026-T4", D(2026, 12, 15), [fact(D(2026, 12, 15), MeetingState.IN_SESSION)], CadenceState.PLANNED),
        ("2026-T4", D(2026, 12, 16), [fact(D(2026, 12, 15), MeetingState.ADJOURNED)], CadenceState.HELD),
        ("2026-T4", D(2027, 3, 1), [fact(D(2026, 12, 15), MeetingState.CLOSED)], CadenceState.HELD),
        # a session entered for a time that was not followed
        ("2024-T4", D(2026, 11, 1), [fact(D(2024, 12, 15), MeetingState.CLOSED)], CadenceState.HELD),
        # what does not count
        ("2026-T4", D(2026, 11, 1), [fact(D(2026, 12, 15), MeetingState.CANCELLED)], CadenceState.DUE),
        ("2026-T4", D(2026, 11, 1), [fact(D(2026, 12, 15), MeetingState.POSTPONED)], CadenceState.DUE),
        ("2026-T4", D(2026, 11, 1), [fact(D(2026, 12, 15), MeetingState.PLANNED, False)], CadenceState.DUE),
        ("2026-T4", D(2026, 11, 1), [fact(D(2027, 1, 5), MeetingState.PLANNED)], CadenceState.DUE),
        # the day passed and the session was never opened
        ("2026-T4", D(2026, 12, 16), [fact(D(2026, 12, 15), MeetingState.CONVENED)], CadenceState.DUE),
        ("2026-T4", D(2027, 1, 2), [fact(D(2026, 12, 15), MeetingState.CONVENED)], CadenceState.MISSED),
    ],
)
def test_state_of_a_quarter(
    period: str, today: date, meetings: list[MeetingFact], expected: CadenceState
) -> None:
    ordinary = [each for each in meetings if each.ordinary]
    assert state_of(parse_period(period), QUARTERLY, ordinary, {}, today).state is expected
    shown = {each.period.code: each.state for each in cadence(QUARTERLY, meetings, {}, today)}
    assert shown[period] is expected


def test_a_missed_period_keeps_its_reason() -> None:
    told = cadence(HALF_YEARLY, [], {"2025-S2": "Élections municipales"}, D(2026, 11, 23))
    assert [(each.period.code, each.state.value, each.reason) for each in told] == [
        ("2024-S1", "not_followed", ""),
        ("2024-S2", "not_followed", ""),
        ("2025-S1", "missed", ""),
        ("2025-S2", "missed_explained", "Élections municipales"),
        ("2026-S1", "missed", ""),
        ("2026-S2", "due", ""),
    ]


def test_a_held_meeting_wins_over_a_planned_one() -> None:
    meetings = [
        MeetingFact(1, D(2026, 12, 20), MeetingState.PLANNED),
        MeetingFact(2, D(2026, 11, 3), MeetingState.CLOSED),
    ]
    told = state_of(parse_period("2026-T4"), QUARTERLY, meetings, {}, D(2026, 11, 23))
    assert (told.state, told.meeting_id, told.meeting_day) == (CadenceState.HELD, 2, D(2026, 11, 3))


def test_the_strip_shows_three_years_and_what_is_planned_beyond() -> None:
    today = D(2026, 11, 23)
    assert [each.period.code for each in cadence(QUARTERLY, [], {}, today)][::11] == ["2024-T1", "2026-T4"]
    beyond = [fact(D(2027, 2, 3), MeetingState.PLANNED)]
    assert cadence(QUARTERLY, beyond, {}, today)[-1].period.code == "2027-T1"


@pytest.mark.parametrize(
    ("meetings", "today", "period"),
    [
        ([], D(2026, 11, 23), "2026-T4"),
        ([fact(D(2026, 12, 15), MeetingState.PLANNED)], D(2026, 11, 23), "2027-T1"),
        ([fact(D(2026, 11, 3), MeetingState.CLOSED)], D(2026, 11, 23), "2027-T1"),
        (
            [fact(D(2026, 11, 3), MeetingState.CLOSED), fact(D(2027, 2, 3), MeetingState.PLANNED)],
            D(2026, 11, 23),
            "2027-T2",
        ),
        ([fact(D(2026, 12, 15), MeetingState.CANCELLED)], D(2026, 11, 23), "2026-T4"),
    ],
)
def test_the_next_period_to_plan(meetings: list[MeetingFact], today: date, period: str) -> None:
    assert next_to_plan(QUARTERLY, meetings, today) == parse_period(period)


def days_of(code: str, today: date, **options: object) -> list[date]:
    found = suggest_dates(parse_period(code), today=today, notice_days=14, **options)  # type: ignore[arg-type]
    return [each.day for each in found]


def test_suggested_days_keep_the_notice_and_avoid_holidays() -> None:
    # 23 November: 14 days' notice leads to 7 December; holidays begin on the 19th; Tuesdays come first
    assert days_of("2026-T4", D(2026, 11, 23)) == [
        D(2026, 12, 8),
        D(2026, 12, 15),
        D(2026, 12, 22),
        D(2026, 12, 29),
    ]


def test_suggested_days_are_near_six_weeks_when_there_is_a_choice() -> None:
    assert days_of("2027-T2", D(2027, 3, 1), limit=3) == [D(2027, 4, 1), D(2027, 5, 4), D(2027, 5, 11)]


def test_a_week_whose_good_days_are_taken_moves_or_warns() -> None:
    taken = {D(2026, 12, 8), D(2026, 12, 9)}
    found = suggest_dates(parse_period("2026-T4"), today=D(2026, 11, 23), notice_days=14, taken=taken)
    assert (found[0].day, found[0].warnings) == (D(2026, 12, 10), ())
    taken |= {D(2026, 12, 7), D(2026, 12, 10), D(2026, 12, 11)}
    found = suggest_dates(parse_period("2026-T4"), today=D(2026, 11, 23), notice_days=14, taken=taken)
    assert [each.kind for each in found[0].warnings] == [WarningKind.OTHER_COMMITTEE]


def test_warnings_say_the_zones_and_the_unknown() -> None:
    winter = suggest_dates(parse_period("2027-T1"), today=D(2026, 11, 23), notice_days=14, limit=20)
    told = {each.day: [(w.kind, w.zones) for w in each.warnings] for each in winter}
    assert told[D(2027, 2, 9)] == [(WarningKind.SCHOOL_HOLIDAYS, (Zone.C,))]
    assert told[D(2027, 1, 12)] == []
    unknown = suggest_dates(parse_period("2028-S1"), today=D(2026, 11, 23), notice_days=14)
    assert {w.kind for each in unknown for w in each.warnings} == {WarningKind.SCHOOL_UNKNOWN}


def test_too_late_for_the_notice_the_days_left_are_shown_with_a_warning() -> None:
    found = suggest_dates(parse_period("2026-T4"), today=D(2026, 12, 27), notice_days=14)
    assert [(each.day, each.warnings[0].kind) for each in found] == [
        (D(2026, 12, 29), WarningKind.SHORT_NOTICE)
    ]
    assert days_of("2026-T4", D(2026, 12, 31)) == []
    assert days_of("2026-T3", D(2026, 12, 31)) == []


def test_public_holidays_and_week_ends_are_never_proposed() -> None:
    found = suggest_dates(parse_period("2027-S1"), today=D(2026, 11, 23), notice_days=14, limit=99)
    assert [each.day for each in found if each.day.weekday() > 4] == []
    assert not {D(2027, 5, 6), D(2027, 5, 17), D(2027, 3, 29), D(2027, 1, 1)} & {e.day for e in found}
