"""What a reply may be, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tnt.core.errors import DomainError
from tnt.participants import rules
from tnt.participants.rules import Answer, Bench, Content, Draft, SeatFacts, Way

ME, SUBSTITUTE, LECLERC, ABSENT, GUEST, FULL = 1, 2, 3, 4, 5, 6
BENCH = Bench(
    mandate_id=ME,
    seats={
        ME: SeatFacts(ME, "Claire Aubert", votes=True),
        LECLERC: SeatFacts(LECLERC, "Paul Leclerc", votes=True, way=Way.REMOTE),
        ABSENT: SeatFacts(ABSENT, "Anne Roche", votes=True, way=Way.NO),
        GUEST: SeatFacts(GUEST, "Ida Vidal", votes=False),
        FULL: SeatFacts(FULL, "Luc Faure", votes=True, way=Way.YES),
    },
    substitute_ids=frozenset({SUBSTITUTE}),
    proxies_enabled=True,
    proxies_per_holder=1,
    carried={FULL: 1},
)


@pytest.mark.parametrize(
    ("draft", "kept"),
    [
        (Draft(Way.YES), Content(Answer.YES)),
        (Draft(Way.REMOTE, note=" en retard "), Content(Answer.REMOTE, note="en retard")),
        (Draft(Way.NO), Content(Answer.NO)),
        (Draft(Way.SUBSTITUTE, substitute_id=SUBSTITUTE), Content(Answer.NO, substitute_id=SUBSTITUTE)),
        (
            Draft(Way.REPRESENTATIVE, " Mme  Durand ", "directrice adjointe"),
            Content(Answer.NO, represented_by="Mme Durand", represented_as="directrice adjointe"),
        ),
        (Draft(Way.PROXY, proxy_to_id=LECLERC), Content(Answer.NO, proxy_to_id=LECLERC)),
        # what was typed for another way is not kept
        (Draft(Way.YES, "Mme Durand", "", SUBSTITUTE, LECLERC), Content(Answer.YES)),
        (Draft(Way.NO, "Mme Durand", "", SUBSTITUTE, LECLERC), Content(Answer.NO)),
    ],
)
def test_a_reply_keeps_what_its_way_needs(draft: Draft, kept: Content) -> None:
    assert rules.check_reply(draft, BENCH) == kept
    assert (
        rules.way_of(
            kept.answer,
            represented_by=kept.represented_by,
            substitute_id=kept.substitute_id,
            proxy_to_id=kept.proxy_to_id,
        )
        is draft.way
    )


@pytest.mark.parametrize(
    ("draft", "changes", "refusal"),
    [
        (Draft(None), {}, rules.AnswerMissing),
        (Draft(Way.YES, note="x" * 501), {}, rules.NoteTooLong),
        (Draft(Way.REPRESENTATIVE), {}, rules.RepresentativeMissing),
        (Draft(Way.REPRESENTATIVE, "x" * 161), {}, rules.RepresentativeMissing),
        (Draft(Way.REPRESENTATIVE, "Mme Durand", "x" * 161), {}, rules.QualityTooLong),
        (Draft(Way.SUBSTITUTE), {}, rules.NoSuchSubstitute),
        (Draft(Way.SUBSTITUTE, substitute_id=LECLERC), {}, rules.NoSuchSubstitute),
        (Draft(Way.PROXY, proxy_to_id=LECLERC), {"proxies_enabled": False}, rules.ProxiesOff),
        (Draft(Way.PROXY, proxy_to_id=LECLERC), {"mandate_id": GUEST}, rules.ProxyWithoutVoice),
        (Draft(Way.PROXY, proxy_to_id=ME), {}, rules.ProxyToOneself),
        (Draft(Way.PROXY), {}, rules.NoSuchHolder),
        (Draft(Way.PROXY, proxy_to_id=99), {}, rules.NoSuchHolder),
        (Draft(Way.PROXY, proxy_to_id=GUEST), {}, rules.NoSuchHolder),
        (Draft(Way.PROXY, proxy_to_id=ABSENT), {}, rules.HolderAbsent),
        (Draft(Way.PROXY, proxy_to_id=FULL), {}, rules.HolderFull),
    ],
)
def test_a_reply_that_cannot_be(draft: Draft, changes: dict[str, object], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        rules.check_reply(draft, replace(BENCH, **changes))  # type: ignore[arg-type]  # a table of cases


def test_a_second_proxy_where_the_committee_admits_two() -> None:
    kept = rules.check_reply(Draft(Way.PROXY, proxy_to_id=FULL), replace(BENCH, proxies_per_holder=2))
    assert kept.proxy_to_id == FULL


@pytest.mark.parametrize(
    ("ways", "voting", "percent", "expected"),
    [
        ([], 4, None, None),
        ([Way.YES, Way.REMOTE], 4, 50, True),
        ([Way.YES, None, Way.NO, None], 4, 50, False),
        ([Way.SUBSTITUTE, Way.REPRESENTATIVE], 4, 50, True),
        ([Way.YES, Way.PROXY], 4, 50, False),
    ],
)
def test_the_quorum_expected(
    ways: list[Way | None], voting: int, percent: int | None, expected: bool | None
) -> None:
    assert rules.quorum_expected(ways, voting, percent) is expected


def test_an_opening_is_written_every_quarter_of_an_hour() -> None:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert rules.must_note_reading(None, now)
    assert not rules.must_note_reading(now - timedelta(minutes=14), now)
    assert rules.must_note_reading(now - timedelta(minutes=15), now)


@pytest.mark.parametrize("text", ["", "x", "0123456789abcdef", "0123456789abcdef-" + "é" * 32])
def test_a_malformed_token_is_none(text: str) -> None:
    assert rules.parse_token(text) is None
