"""How replies are counted, and what each state allows: tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tnt.consultations import rules
from tnt.consultations.rules import Choice, ConsultationState, Result, Tally, Voting
from tnt.decisions.rules import ActKind

CONSENSUS = Voting()
MAJORITY = Voting(votes_enabled=True)
TACIT = Voting(silence_consents=True)
QUORUM = Voting(quorum_percent=75, votes_enabled=True)


@pytest.mark.parametrize(
    ("count", "voting", "result"),
    [
        # consensus: nobody against, and at least half of the voices heard
        (Tally(approve=4), CONSENSUS, Result.ADOPTED),
        (Tally(approve=2, silent=2), CONSENSUS, Result.ADOPTED),
        (Tally(approve=1, abstain=1, silent=2), CONSENSUS, Result.ADOPTED),
        (Tally(approve=1, silent=2), CONSENSUS, Result.NO_QUORUM),
        (Tally(approve=3, reject=1), CONSENSUS, Result.REJECTED),
        (Tally(abstain=4), CONSENSUS, Result.REJECTED),
        (Tally(silent=4), CONSENSUS, Result.NO_QUORUM),
        (Tally(), CONSENSUS, Result.NO_QUORUM),
        # a majority where the committee votes
        (Tally(approve=3, reject=2), MAJORITY, Result.ADOPTED),
        (Tally(approve=2, reject=2), MAJORITY, Result.REJECTED),
        (Tally(approve=1, abstain=3), MAJORITY, Result.ADOPTED),
        (Tally(approve=1, silent=3), MAJORITY, Result.NO_QUORUM),
        # a quorum of its own
        (Tally(approve=3, silent=1), QUORUM, Result.ADOPTED),
        (Tally(approve=2, silent=2), QUORUM, Result.NO_QUORUM),
        # silence is consent only where the rules say so
        (Tally(silent=4), TACIT, Result.ADOPTED),
        (Tally(reject=1, silent=3), TACIT, Result.REJECTED),
        (Tally(reject=1, silent=3), Voting(silence_consents=True, votes_enabled=True), Result.ADOPTED),
        (Tally(reject=2, silent=2), Voting(silence_consents=True, votes_enabled=True), Result.REJECTED),
        # one voice is enough for a session, whatever the others say
        (Tally(approve=9, session=1), MAJORITY, Result.SESSION_ASKED),
        (Tally(session=1, silent=9), CONSENSUS, Result.SESSION_ASKED),
        (Tally(session=1, silent=9), TACIT, Result.SESSION_ASKED),
    ],
)
def test_what_the_replies_decide(count: Tally, voting: Voting, result: Result) -> None:
    assert rules.result_of(count, voting) is result


def test_replies_are_counted_by_choice() -> None:
    choices = [Choice.APPROVE, Choice.APPROVE, None, Choice.REJECT, Choice.ABSTAIN, Choice.SESSION]
    count = rules.tally(choices)
    assert count == Tally(approve=2, reject=1, abstain=1, session=1, silent=1)
    assert (count.answered, count.total) == (5, 6)


@pytest.mark.parametrize(
    ("count", "voting", "words"),
    [
        (Tally(approve=3, silent=1), CONSENSUS, "consensus, 3 voix exprimées sur 4"),
        (Tally(approve=3, reject=1, abstain=2), MAJORITY, "3 pour, 1 contre, 2 abstention(s)"),
        (Tally(approve=3, silent=2), TACIT, "5 pour, dont 2 par silence, 0 contre, 0 abstention(s)"),
    ],
)
def test_how_the_act_says_the_vote(count: Tally, voting: Voting, words: str) -> None:
    assert rules.vote_words(count, voting) == words


@pytest.mark.parametrize(
    ("choice", "remark", "voting", "refusal"),
    [
        (Choice.APPROVE, "", True, None),
        (Choice.SESSION, "", True, None),
        (Choice.REMARK, "Attention au calendrier.", False, None),
        (None, "Une remarque seule", True, rules.ChoiceNeeded),
        (Choice.REMARK, "x", True, rules.ChoiceNeeded),
        (Choice.APPROVE, "", False, rules.VoiceIsAdvisory),
        (None, "", False, rules.VoiceIsAdvisory),
        (Choice.REMARK, "  ", False, rules.RemarkNeeded),
        (Choice.APPROVE, "x" * 5_001, True, rules.RemarkTooLong),
    ],
)
def test_what_a_voice_may_answer(
    choice: Choice | None, remark: str, voting: bool, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        assert rules.check_reply(choice, remark, voting=voting) == remark.strip()
        return
    with pytest.raises(refusal):
        rules.check_reply(choice, remark, voting=voting)


TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("days", "refusal"),
    [
        (5, None),
        (120, None),
        (4, rules.DeadlineTooShort),
        (0, rules.DeadlineTooShort),
        (121, rules.DeadlineTooFar),
    ],
)
def test_the_deadline_leaves_time(days: int, refusal: type[Exception] | None) -> None:
    if refusal is None:
        rules.check_deadline(TODAY + timedelta(days=days), TODAY, 5)
        return
    with pytest.raises(refusal):
        rules.check_deadline(TODAY + timedelta(days=days), TODAY, 5)


@pytest.mark.parametrize(
    ("count", "day", "possible"),
    [
        (Tally(approve=2, silent=1), TODAY, False),
        (Tally(approve=2, silent=1), TODAY + timedelta(days=1), True),
        (Tally(approve=3), TODAY, True),
        (Tally(session=1, silent=2), TODAY, True),
    ],
)
def test_when_it_may_be_closed(count: Tally, day: date, possible: bool) -> None:
    if possible:
        rules.check_closing(count, TODAY, day)
        return
    with pytest.raises(rules.TooEarlyToClose):
        rules.check_closing(count, TODAY, day)


def test_every_state_has_its_transitions_and_the_last_ones_none() -> None:
    assert set(rules.TRANSITIONS) == set(ConsultationState)
    ends = {state for state, after in rules.TRANSITIONS.items() if not after}
    assert ends == {
        ConsultationState.IN_FORCE,
        ConsultationState.NOT_ADOPTED,
        ConsultationState.REFERRED,
        ConsultationState.WITHDRAWN,
    }
    assert set(rules.STATE_OF) == set(Result)


@pytest.mark.parametrize("kind", list(ActKind))
def test_what_a_measure_may_be(kind: ActKind) -> None:
    if kind in {ActKind.MOBILISE_ACTOR, ActKind.OTHER, ActKind.NOTE}:
        assert rules.check_measure(kind, " Mobiliser l’ANCT. ") == "Mobiliser l’ANCT."
        return
    with pytest.raises(rules.NotAMeasure):
        rules.check_measure(kind, "Créer un groupe.")


@pytest.mark.parametrize("wording", ["", "  ", "abc", "x" * 10_001])
def test_a_measure_is_made_of_words(wording: str) -> None:
    with pytest.raises(rules.MissingMeasureWording):
        rules.check_measure(ActKind.OTHER, wording)


@pytest.mark.parametrize(("title", "good"), [("a\nb  c", "a b c"), ("ab", None), ("x" * 301, None)])
def test_a_title_stands_on_one_line(title: str, good: str | None) -> None:
    if good is not None:
        assert rules.check_title(title) == good
        return
    with pytest.raises(rules.MissingConsultationTitle):
        rules.check_title(title)
