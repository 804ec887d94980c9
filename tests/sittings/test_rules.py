"""Rules of a sitting, as tables."""

from __future__ import annotations

import pytest

from tnt.decisions.rules import ActKind
from tnt.sittings.rules import (
    DeferReasonNeeded,
    Draft,
    NotCarried,
    NothingAmended,
    OutcomeKind,
    OutcomeNotAllowed,
    Presence,
    VoteMode,
    VoteRules,
    VotesMissing,
    WordingNeeded,
    WordingTooLong,
    allowed_outcomes,
    check_outcome,
    count_filled,
    makes_act,
    quorum_reached,
    vote_words,
)

A, M, N = OutcomeKind.ADOPTED, OutcomeKind.ADOPTED_AMENDED, OutcomeKind.NOT_ADOPTED
V, P, R, T = OutcomeKind.OPINION_GIVEN, OutcomeKind.NOTED, OutcomeKind.DEFERRED, OutcomeKind.WITHDRAWN


@pytest.mark.parametrize(
    ("item_kind", "committee", "act_kind", "allowed"),
    [
        ("information", "coordination", ActKind.NOTE, (P, R, T)),
        ("opinion", "orientation", ActKind.GRANT_OPINION, (V, N, R, T)),
        ("decision", "coordination", ActKind.CREATE_GROUP, (A, M, N, R, T)),
        ("decision", "orientation", ActKind.CREATE_GROUP, (V, N, R, T)),
        ("decision", "coordination", ActKind.ALLOT_FUND, (V, N, R, T)),
        ("decision", "orientation", ActKind.ALLOT_FUND, (A, M, N, R, T)),
        ("decision", "orientation", ActKind.OTHER, (A, M, N, R, T)),
    ],
)
def test_what_an_item_may_end_with(
    item_kind: str, committee: str, act_kind: ActKind, allowed: tuple[OutcomeKind, ...]
) -> None:
    assert allowed_outcomes(item_kind, committee, act_kind) == allowed


DECISION = (A, M, N, R, T)
PROPOSED = "Le comité arrête le calendrier."
VOTING = VoteRules(votes_enabled=True)


@pytest.mark.parametrize(
    ("draft", "times", "refusal"),
    [
        (Draft(None, notes="notes seules"), 0, None),
        (Draft(A, wording="Le comité crée le groupe."), 0, None),
        (Draft(A, wording=" "), 0, WordingNeeded),
        (Draft(A, wording=PROPOSED), 0, None),
        (Draft(M, wording=f"  {PROPOSED}\n"), 0, NothingAmended),
        (Draft(M, wording=f"{PROPOSED} Il en informe les communes."), 0, None),
        (Draft(N), 0, None),
        (Draft(P), 0, OutcomeNotAllowed),
        (Draft(R), 1, None),
        (Draft(R), 2, DeferReasonNeeded),
        (Draft(R, defer_reason="pièces absentes"), 2, None),
        (Draft(A, wording="x" * 10_001), 0, WordingTooLong),
        (Draft(A, wording="Oui.", vote_mode=VoteMode.COUNT), 0, VotesMissing),
        (Draft(A, wording="Oui.", vote_mode=VoteMode.COUNT, for_=3, against=4), 0, NotCarried),
        (Draft(A, wording="Oui.", vote_mode=VoteMode.COUNT, for_=4, against=4), 0, NotCarried),
        (Draft(N, vote_mode=VoteMode.COUNT, for_=1, against=4), 0, None),
    ],
)
def test_what_an_outcome_must_carry(draft: Draft, times: int, refusal: type[Exception] | None) -> None:
    if refusal is None:
        check_outcome(draft, allowed=DECISION, times_deferred=times, votes=VOTING, proposed=PROPOSED)
        return
    with pytest.raises(refusal):
        check_outcome(draft, allowed=DECISION, times_deferred=times, votes=VOTING, proposed=PROPOSED)


@pytest.mark.parametrize(
    ("filled", "voting", "percent", "reached"),
    [(0, 0, None, None), (5, 10, 50, True), (4, 10, 50, False), (4, 9, 50, False), (0, 0, 50, True)],
)
def test_quorum(filled: int, voting: int, percent: int | None, reached: bool | None) -> None:
    assert quorum_reached(filled, voting, percent) is reached


def test_which_outcomes_give_an_act() -> None:
    assert [kind for kind in OutcomeKind if makes_act(kind)] == [A, M, V]


def test_filled_seats_are_those_with_somebody_in_them() -> None:
    assert count_filled(Presence) == 4


def test_how_the_vote_is_said() -> None:
    assert vote_words(Draft(A)) == "consensus"
    assert vote_words(Draft(A, vote_mode=VoteMode.COUNT, for_=12, against=1)) == (
        "12 pour, 1 contre, 0 abstention(s)"
    )
