"""Dates of a term, seats, voices, substitutes, settings: each rule as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from tnt.committees import rules
from tnt.committees.rules import FullMember, Seat, Settings, Span, Voice
from tnt.core.errors import Several

D = date


@pytest.mark.parametrize(
    ("from_on", "until_on", "day", "held"),
    [
        (D(2026, 1, 1), None, D(2025, 12, 31), False),
        (D(2026, 1, 1), None, D(2026, 1, 1), True),
        (D(2026, 1, 1), None, D(2036, 1, 1), True),
        (D(2026, 1, 1), D(2026, 6, 30), D(2026, 6, 30), True),
        (D(2026, 1, 1), D(2026, 6, 30), D(2026, 7, 1), False),
        (D(2026, 1, 1), D(2026, 1, 1), D(2026, 1, 1), True),
    ],
)
def test_a_term_includes_both_its_days(from_on: date, until_on: date | None, day: date, held: bool) -> None:
    assert rules.is_held_on(Span(from_on, until_on), day) is held


@pytest.mark.parametrize(
    ("new", "held", "refused"),
    [
        (Span(D(2026, 7, 1)), Span(D(2026, 1, 1), D(2026, 6, 30)), False),
        (Span(D(2026, 6, 30)), Span(D(2026, 1, 1), D(2026, 6, 30)), True),
        (Span(D(2025, 1, 1), D(2025, 12, 31)), Span(D(2026, 1, 1)), False),
        (Span(D(2025, 1, 1), D(2026, 1, 1)), Span(D(2026, 1, 1)), True),
        (Span(D(2025, 1, 1)), Span(D(2026, 1, 1)), True),
        (Span(D(2026, 3, 1), D(2026, 4, 1)), Span(D(2026, 1, 1), D(2026, 6, 30)), True),
        (Span(D(2026, 1, 1), D(2026, 6, 30)), Span(D(2026, 3, 1), D(2026, 4, 1)), True),
    ],
)
def test_one_mandate_at_a_time(new: Span, held: Span, refused: bool) -> None:
    assert rules.overlaps(new, held) is rules.overlaps(held, new) is refused
    if refused:
        with pytest.raises(rules.OverlappingMandate):
            rules.check_no_overlap(new, [held])
    else:
        rules.check_no_overlap(new, [held])


@pytest.mark.parametrize("seat", list(Seat))
@pytest.mark.parametrize("voice", list(Voice))
def test_voices(seat: Seat, voice: Voice) -> None:
    allowed = {
        Seat.CO_CHAIR: {Voice.VOTING},
        Seat.FULL_MEMBER: {Voice.VOTING, Voice.ADVISORY},
        Seat.SUBSTITUTE: {Voice.VOTING, Voice.ADVISORY},
        Seat.PERMANENT_GUEST: {Voice.ADVISORY},
        Seat.SECRETARY: {Voice.ADVISORY},
    }
    if voice in allowed[seat]:
        rules.check_voice(seat, voice)
    else:
        with pytest.raises(rules.WrongVoice):
            rules.check_voice(seat, voice)


MEMBER = FullMember(7, 1, Seat.FULL_MEMBER, D(2026, 1, 1), D(2026, 12, 31))


@pytest.mark.parametrize(
    ("seat", "person", "committee", "from_on", "replaced", "refusal"),
    [
        (Seat.SUBSTITUTE, 8, 1, D(2026, 3, 1), MEMBER, None),
        (Seat.SUBSTITUTE, 8, 1, D(2026, 3, 1), None, rules.SubstituteOfNobody),
        (Seat.FULL_MEMBER, 8, 1, D(2026, 3, 1), MEMBER, rules.SubstituteOfNobody),
        (Seat.FULL_MEMBER, 8, 1, D(2026, 3, 1), None, None),
        (Seat.SUBSTITUTE, 8, 2, D(2026, 3, 1), MEMBER, rules.NotAFullMember),
        (Seat.SUBSTITUTE, 8, 1, D(2025, 3, 1), MEMBER, rules.NotAFullMember),
        (Seat.SUBSTITUTE, 8, 1, D(2027, 1, 1), MEMBER, rules.NotAFullMember),
        (Seat.SUBSTITUTE, 8, 1, D(2026, 3, 1), replace(MEMBER, seat=Seat.CO_CHAIR), rules.NotAFullMember),
        (Seat.SUBSTITUTE, 7, 1, D(2026, 3, 1), MEMBER, rules.OwnSubstitute),
    ],
)
def test_a_substitute_names_a_full_member(
    seat: Seat,
    person: int,
    committee: int,
    from_on: date,
    replaced: FullMember | None,
    refusal: type[Exception] | None,
) -> None:
    def check() -> None:
        rules.check_substitution(
            seat=seat, person_id=person, committee_id=committee, from_on=from_on, replaced=replaced
        )

    if refusal is None:
        check()
    else:
        with pytest.raises(refusal):
            check()


@pytest.mark.parametrize(
    ("until_on", "end", "reason", "refusal"),
    [
        (None, D(2026, 6, 30), "Élections", None),
        (None, D(2026, 6, 30), None, None),
        (None, D(2026, 6, 30), "  ", rules.MissingReason),
        (None, D(2026, 6, 30), "x" * 301, rules.MissingReason),
        (None, D(2025, 12, 31), "Élections", rules.EndsBeforeItStarts),
        (D(2026, 12, 31), D(2026, 6, 30), "Élections", None),
        (D(2026, 6, 30), D(2026, 6, 30), "Élections", rules.AlreadyEnded),
        (D(2026, 6, 30), D(2026, 12, 31), "Élections", rules.AlreadyEnded),
    ],
)
def test_an_end_is_brought_forward_never_put_back(
    until_on: date | None, end: date, reason: str | None, refusal: type[Exception] | None
) -> None:
    term = Span(D(2026, 1, 1), until_on)
    if refusal is None:
        rules.check_end(term, end, reason)
    else:
        with pytest.raises(refusal):
            rules.check_end(term, end, reason)


@pytest.mark.parametrize(
    ("others", "stays"),
    [
        ([], False),
        ([Span(D(2025, 1, 1))], True),
        ([Span(D(2025, 1, 1), D(2026, 6, 30))], False),
        ([Span(D(2025, 1, 1), D(2026, 7, 1))], True),
        ([Span(D(2026, 7, 1))], True),
        ([Span(D(2026, 7, 2))], False),
    ],
)
def test_the_last_administrator_stays(others: list[Span], stays: bool) -> None:
    if stays:
        rules.check_administrator_stays(others, D(2026, 6, 30))
    else:
        with pytest.raises(rules.LastAdministrator):
            rules.check_administrator_stays(others, D(2026, 6, 30))


WORKING = Settings(14, 35, time(14, 30), 150, False, False, None, 1, casting_vote=False)


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({}, None, None),
        ({"notice_days": 0}, None, None),
        ({"notice_days": -1}, rules.OutOfRange, "notice_days"),
        ({"notice_days": 91}, rules.OutOfRange, "notice_days"),
        ({"requests_close_days": 181}, rules.OutOfRange, "requests_close_days"),
        ({"default_minutes": 14}, rules.OutOfRange, "default_minutes"),
        ({"default_minutes": 570}, None, None),
        ({"default_minutes": 571}, rules.SlotPastMidnight, "default_minutes"),
        ({"quorum_percent": 50}, rules.QuorumWithoutVotes, "quorum_percent"),
        ({"quorum_percent": 50, "votes_enabled": True}, None, None),
        ({"quorum_percent": 101, "votes_enabled": True}, rules.OutOfRange, "quorum_percent"),
        ({"proxies_enabled": True}, rules.ProxiesWithoutVotes, "proxies_enabled"),
        ({"proxies_enabled": True, "votes_enabled": True}, None, None),
    ],
)
def test_settings(
    change: dict[str, object], refusal: type[rules.DomainError] | None, field: str | None
) -> None:
    settings = replace(WORKING, **change)  # type: ignore[arg-type]
    if refusal is None:
        rules.check_settings(settings)
        return
    with pytest.raises(refusal) as raised:
        rules.check_settings(settings)
    assert raised.value.field == field


def test_all_that_is_wrong_with_settings_is_said_at_once() -> None:
    with pytest.raises(Several) as raised:
        rules.check_settings(replace(WORKING, notice_days=-3, quorum_percent=150, proxies_enabled=True))
    fields = [error.field for error in raised.value.errors]
    assert fields == ["notice_days", "quorum_percent", "proxies_enabled"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" République  française \r\n\r\n DINUM", "République française\nDINUM"),
        ("a\n" * 6, "a\na\na\na\na\na"),
        ("x" * 120, "x" * 120),
    ],
)
def test_a_letterhead_is_a_few_lines(typed: str, kept: str) -> None:
    assert rules.check_letterhead(typed) == kept


@pytest.mark.parametrize("typed", ["a\n" * 7, "x" * 121])
def test_a_letterhead_fits_above_a_title(typed: str) -> None:
    with pytest.raises(rules.LetterheadTooLong):
        rules.check_letterhead(typed)


def test_a_committee_without_a_letterhead_has_the_usual_one() -> None:
    assert rules.letterhead_lines("", "Comité") == [*rules.DEFAULT_LETTERHEAD, "Comité"]
    assert rules.letterhead_lines("DINUM\nParis", "Comité") == ["DINUM", "Paris"]
