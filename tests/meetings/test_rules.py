"""The life of a meeting as a table, and the slot's refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tnt.core.errors import DomainError
from tnt.meetings.rules import (
    BadVideoUrl,
    EndsBeforeStart,
    InThePast,
    MeetingState,
    MissingReason,
    NotInThePast,
    TooLong,
    WrongMeetingState,
    can_reconvene,
    changes_face,
    check_reason,
    check_slot,
    check_transition,
    check_video_url,
)

S = MeetingState
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=20)

STEPS = {
    (S.PLANNED, S.CONVENED),
    (S.PLANNED, S.POSTPONED),
    (S.PLANNED, S.CANCELLED),
    (S.CONVENED, S.IN_SESSION),
    (S.CONVENED, S.POSTPONED),
    (S.CONVENED, S.CANCELLED),
    (S.IN_SESSION, S.ADJOURNED),
    (S.ADJOURNED, S.CLOSED),
    (S.POSTPONED, S.PLANNED),
    (S.POSTPONED, S.CANCELLED),
}
STEPS_AFTERWARDS = STEPS - {(S.PLANNED, S.CONVENED), (S.PLANNED, S.POSTPONED)} | {(S.PLANNED, S.IN_SESSION)}


def allowed(*, recorded_afterwards: bool) -> set[tuple[MeetingState, MeetingState]]:
    found = set()
    for old, new in product(S, S):
        try:
            check_transition(old, new, recorded_afterwards=recorded_afterwards)
        except WrongMeetingState:
            continue
        found.add((old, new))
    return found


def test_the_life_of_a_meeting_is_this_table() -> None:
    assert allowed(recorded_afterwards=False) == STEPS


def test_a_past_session_goes_straight_to_its_holding() -> None:
    assert allowed(recorded_afterwards=True) == STEPS_AFTERWARDS


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (S.PLANNED, S.CONVENED, True),
        (S.CONVENED, S.IN_SESSION, False),
        (S.IN_SESSION, S.ADJOURNED, False),
        (S.CONVENED, S.CANCELLED, True),
        (S.CONVENED, S.POSTPONED, True),
        (S.POSTPONED, S.PLANNED, True),
    ],
)
def test_what_a_calendar_must_show_otherwise(old: S, new: S, seen: bool) -> None:
    assert changes_face(old, new) is seen


@pytest.mark.parametrize(
    ("starts", "length", "past", "refusal"),
    [
        (LATER, timedelta(hours=2), False, None),
        (LATER, timedelta(hours=12), False, None),
        (LATER, timedelta(hours=12, minutes=1), False, TooLong),
        (LATER, timedelta(0), False, EndsBeforeStart),
        (LATER, timedelta(hours=-1), False, EndsBeforeStart),
        (NOW, timedelta(hours=1), False, InThePast),
        (NOW - timedelta(days=3), timedelta(hours=1), True, None),
        (NOW - timedelta(minutes=30), timedelta(hours=1), True, NotInThePast),
    ],
)
def test_slots(starts: datetime, length: timedelta, past: bool, refusal: type[DomainError] | None) -> None:
    if refusal is None:
        check_slot(starts, starts + length, NOW, past=past)
        return
    with pytest.raises(refusal):
        check_slot(starts, starts + length, NOW, past=past)


@pytest.mark.parametrize(
    "url", ["", "https://visio.example/tnt", "https://webconf.numerique.gouv.fr:443/a?b=c"]
)
def test_good_links(url: str) -> None:
    check_video_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://visio.example/tnt",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "visio.example",
        "https://a b.example/",
        "https://visio.example/\r\nX: y",
        'https://visio.example/">',
        "https://user:secret@visio.example/",
        "https://[::1",
        "https://visio.example:99999/",
        "https://v.example/" + "a" * 500,
    ],
)
def test_bad_links(url: str) -> None:
    with pytest.raises(BadVideoUrl):
        check_video_url(url)


@pytest.mark.parametrize("reason", ["", "    ", "non", "x" * 501])
def test_a_reason_says_something(reason: str) -> None:
    with pytest.raises(MissingReason):
        check_reason(reason)


@pytest.mark.parametrize(
    ("state", "percent", "come", "possible"),
    [
        (S.CONVENED, 50, True, False),
        (S.IN_SESSION, 50, True, True),
        (S.IN_SESSION, 50, False, False),
        (S.IN_SESSION, None, True, False),
        (S.PLANNED, 50, True, False),
        (S.ADJOURNED, 50, True, False),
    ],
)
def test_a_lack_of_quorum_is_found_on_the_day_where_there_is_one(
    state: S, percent: int | None, come: bool, possible: bool
) -> None:
    assert can_reconvene(state, percent, is_day_come=come) is possible


def test_only_a_lack_of_quorum_calls_off_an_open_session() -> None:
    check_transition(S.IN_SESSION, S.CANCELLED, without_quorum=True)
    with pytest.raises(WrongMeetingState):
        check_transition(S.IN_SESSION, S.CANCELLED)
