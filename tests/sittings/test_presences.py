"""Who is heard on an item: tables, and votes at random."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tnt.sittings.rules import Choice, Presence
from tnt.sittings.rules.presences import (
    Move,
    Place,
    ProxyToAbsent,
    ProxyToNoVoice,
    ProxyToOneself,
    ProxyWithoutHolder,
    TooManyProxies,
    check_proxies,
    is_there,
    quorum_needed,
    quorum_reached,
    voices_at,
)
from tnt.sittings.rules.texts import merge
from tnt.sittings.rules.votes import (
    Carried,
    CastingNeeded,
    CastingOff,
    NotCarried,
    Tally,
    check_adoption,
    count_votes,
    is_carried,
)

NOON = datetime(2026, 12, 15, 12, 0, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("presence", "moves", "there"),
    [
        (Presence.PRESENT, (), [True, True, True]),
        (Presence.ABSENT, (), [False, False, False]),
        (Presence.BY_PROXY, (), [False, False, False]),
        (None, (), [False, False, False]),
        (Presence.PRESENT, (Move(after(10), True),), [False, True, True]),
        (Presence.PRESENT, (Move(after(10), False),), [True, False, False]),
        (Presence.REMOTE, (Move(after(10), False), Move(after(20), True)), [True, False, True]),
        (Presence.REMOTE, (Move(after(20), True), Move(after(10), False)), [True, False, True]),
    ],
)
def test_who_is_there_when(presence: Presence | None, moves: tuple[Move, ...], there: list[bool]) -> None:
    place = Place(1, "A", True, presence, moves=moves)
    assert [is_there(place, after(minutes)) for minutes in (0, 15, 25)] == there


def places(**changes: Place) -> Mapping[int, Place]:
    """Three voting members in the room and a guest, with some seats otherwise."""
    known = {
        "a": Place(1, "A", True, Presence.PRESENT),
        "b": Place(2, "B", True, Presence.PRESENT),
        "c": Place(3, "C", True, Presence.PRESENT),
        "guest": Place(4, "Invité", False, Presence.PRESENT),
    } | changes
    return {place.mandate_id: place for place in known.values()}


@pytest.mark.parametrize(
    ("seats", "limit", "refusal"),
    [
        (places(), 1, None),
        (places(a=Place(1, "A", True, Presence.BY_PROXY, 2)), 1, None),
        (places(a=Place(1, "A", True, Presence.BY_PROXY, 1)), 1, ProxyToOneself),
        (places(a=Place(1, "A", True, Presence.BY_PROXY, 9)), 1, ProxyWithoutHolder),
        (places(a=Place(1, "A", True, Presence.BY_PROXY, 4)), 1, ProxyToNoVoice),
        (places(guest=Place(4, "Invité", False, Presence.BY_PROXY, 1)), 1, ProxyToNoVoice),
        (
            places(a=Place(1, "A", True, Presence.BY_PROXY, 2), b=Place(2, "B", True, Presence.EXCUSED)),
            1,
            ProxyToAbsent,
        ),
        (places(a=Place(1, "A", True, Presence.BY_PROXY, 2), b=Place(2, "B", True)), 1, ProxyToAbsent),
        (
            places(a=Place(1, "A", True, Presence.BY_PROXY, 3), b=Place(2, "B", True, Presence.BY_PROXY, 3)),
            1,
            TooManyProxies,
        ),
        (
            places(a=Place(1, "A", True, Presence.BY_PROXY, 3), b=Place(2, "B", True, Presence.BY_PROXY, 3)),
            2,
            None,
        ),
    ],
)
def test_what_a_proxy_may_be(seats: Mapping[int, Place], limit: int, refusal: type[Exception] | None) -> None:
    if refusal is None:
        check_proxies(seats, limit)
        return
    with pytest.raises(refusal):
        check_proxies(seats, limit)


PROXY = Place(1, "A", True, Presence.BY_PROXY, 2)
LEAVES = Place(2, "B", True, Presence.PRESENT, moves=(Move(after(10), False),))


@pytest.mark.parametrize(
    ("seats", "minutes", "recused", "proxies", "heard"),
    [
        (places(), 0, (), True, [(1, 1), (2, 2), (3, 3)]),
        (places(), 0, (2,), True, [(1, 1), (3, 3)]),
        (places(a=PROXY), 0, (), True, [(1, 2), (2, 2), (3, 3)]),
        (places(a=PROXY), 0, (), False, [(2, 2), (3, 3)]),
        (places(a=PROXY), 0, (1,), True, [(2, 2), (3, 3)]),
        (places(a=PROXY), 0, (2,), True, [(3, 3)]),
        (places(a=PROXY, b=LEAVES), 5, (), True, [(1, 2), (2, 2), (3, 3)]),
        (places(a=PROXY, b=LEAVES), 15, (), True, [(3, 3)]),
        # whoever left with a proxy given is heard by it; back again, by oneself
        (
            places(
                a=Place(1, "A", True, Presence.PRESENT, 3, (Move(after(10), False), Move(after(30), True)))
            ),
            20,
            (),
            True,
            [(1, 3), (2, 2), (3, 3)],
        ),
        (
            places(
                a=Place(1, "A", True, Presence.PRESENT, 3, (Move(after(10), False), Move(after(30), True)))
            ),
            40,
            (),
            True,
            [(1, 1), (2, 2), (3, 3)],
        ),
    ],
)
def test_the_voices_heard(
    seats: Mapping[int, Place],
    minutes: int,
    recused: tuple[int, ...],
    proxies: bool,
    heard: list[tuple[int, int]],
) -> None:
    found = voices_at(seats.values(), after(minutes), recused=recused, proxies=proxies)
    assert [(voice.place.mandate_id, voice.by.mandate_id) for voice in found] == heard


@pytest.mark.parametrize(("voting", "percent", "needed"), [(10, 50, 5), (9, 50, 5), (0, 50, 0), (7, 100, 7)])
def test_how_many_voices_make_a_quorum(voting: int, percent: int, needed: int) -> None:
    assert quorum_needed(voting, percent) == needed
    assert quorum_reached(needed, voting, percent) is True
    assert needed == 0 or quorum_reached(needed - 1, voting, percent) is False


YES, NO = Choice.FOR, Choice.AGAINST


@pytest.mark.parametrize(
    ("tally", "adopts", "casting", "casting_vote", "refusal"),
    [
        (Tally(3, 2), True, None, False, None),
        (Tally(2, 3), True, None, False, NotCarried),
        (Tally(2, 2), True, None, False, NotCarried),
        (Tally(2, 2), False, None, False, None),
        (Tally(3, 2), False, None, False, Carried),
        (Tally(0, 0, 5), True, None, False, NotCarried),
        (Tally(2, 2), True, None, True, CastingNeeded),
        (Tally(2, 2), True, YES, True, None),
        (Tally(2, 2), True, NO, True, NotCarried),
        (Tally(2, 2), False, YES, True, Carried),
        (Tally(2, 2), False, NO, True, None),
        (Tally(3, 2), True, NO, True, None),  # no tie: the casting vote decides nothing
        (Tally(3, 2), True, YES, False, CastingOff),
    ],
)
def test_an_outcome_says_what_the_vote_says(
    tally: Tally, adopts: bool, casting: Choice | None, casting_vote: bool, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        check_adoption(tally, adopts=adopts, casting=casting, casting_vote=casting_vote)
        return
    with pytest.raises(refusal):
        check_adoption(tally, adopts=adopts, casting=casting, casting_vote=casting_vote)


@given(st.lists(st.sampled_from(list(Choice))))
def test_every_vote_counts_once(said: list[Choice]) -> None:
    tally = count_votes(said)
    assert tally.total == len(said)
    turned = count_votes({YES: NO, NO: YES}.get(choice, choice) for choice in said)
    # a motion and its contrary are never both carried
    assert not (is_carried(tally) and is_carried(turned))


seats_at_random = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from([None, *Presence]),
        st.one_of(st.none(), st.integers(0, 7)),
        st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=3, unique_by=lambda move: move[0]),
    ),
    max_size=8,
)


@given(seats_at_random, st.integers(0, 60), st.sets(st.integers(0, 7)))
def test_a_voice_is_heard_once_and_by_somebody_who_is_there(
    rows: list[tuple[bool, Presence | None, int | None, list[tuple[int, bool]]]],
    minutes: int,
    recused: set[int],
) -> None:
    seats = [
        Place(rank, str(rank), votes, presence, holder, [Move(after(at), arrived) for at, arrived in moves])
        for rank, (votes, presence, holder, moves) in enumerate(rows)
    ]
    heard = voices_at(seats, after(minutes), recused=recused, proxies=True)
    ids = [voice.place.mandate_id for voice in heard]
    assert len(ids) == len(set(ids))
    for voice in heard:
        assert voice.place.votes
        assert is_there(voice.by, after(minutes))
        assert not {voice.place.mandate_id, voice.by.mandate_id} & recused
    alone = voices_at(seats, after(minutes), recused=recused)
    assert {voice.place.mandate_id for voice in alone} <= set(ids)


@pytest.mark.parametrize(
    ("saved", "typed", "merged"),
    [
        ("a", "a", "a"),
        ("a\nb", "a\nc", "a\nb\nc"),
        ("a", "a\nb", "a\nb"),
        ("a\nb", "a", "a\nb"),
        ("", "a", "\na"),
    ],
)
def test_two_texts_put_together(saved: str, typed: str, merged: str) -> None:
    assert merge(saved, typed) == merged


@given(st.text(alphabet="ab\n", max_size=30), st.text(alphabet="ac\n", max_size=30))
def test_no_line_is_lost(saved: str, typed: str) -> None:
    lines = merge(saved, typed).split("\n")
    for text in (saved, typed):
        rest = iter(lines)
        assert all(line in rest for line in text.split("\n"))  # in order
