"""The life cycle of a project group as its table, and the status as a fold over dated facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tnt.projects.rules import (
    ForbiddenTransition,
    GroupStatus,
    MissingMission,
    MissingReason,
    MissingStopKind,
    Motion,
    StatusFact,
    StopKind,
    check_motion,
    check_timeline,
    motion_of,
    motions_from,
    next_status,
    runs_until,
    status_on,
)
from tnt.projects.services import slug_of

P, C, K = GroupStatus.PROPOSED, GroupStatus.CREATED, GroupStatus.CONTINUED
R, S, N = GroupStatus.REORIENTED, GroupStatus.STOPPED, GroupStatus.NOT_RETAINED
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "create", "continue_", "reorient", "stop"),
    [
        (P, C, None, None, N),
        (C, None, K, R, S),
        (K, None, K, R, S),
        (R, None, K, R, S),
        (S, None, None, None, None),
        (N, None, None, None, None),
    ],
)
def test_the_table_of_the_life_cycle(
    status: GroupStatus,
    create: GroupStatus | None,
    continue_: GroupStatus | None,
    reorient: GroupStatus | None,
    stop: GroupStatus | None,
) -> None:
    wanted = {
        Motion.CREATE: create,
        Motion.CONTINUE: continue_,
        Motion.REORIENT: reorient,
        Motion.STOP: stop,
    }
    assert {motion: next_status(status, motion) for motion in Motion} == wanted
    assert set(motions_from(status)) == {motion for motion, new in wanted.items() if new}


MISSION = "Accompagner les communes."


@pytest.mark.parametrize(
    ("motion", "status", "mission", "reason", "stop_kind", "refusal"),
    [
        (Motion.CREATE, P, MISSION, "", None, None),
        (Motion.CREATE, P, "court", "", None, MissingMission),
        (Motion.CREATE, P, "x" * 5_001, "", None, MissingMission),
        (Motion.CREATE, C, MISSION, "", None, ForbiddenTransition),
        (Motion.CONTINUE, P, "", "", None, ForbiddenTransition),
        (Motion.CONTINUE, C, "", "", None, None),
        (Motion.REORIENT, K, MISSION, "", None, MissingReason),
        (Motion.REORIENT, K, "", "motif", None, MissingMission),
        (Motion.REORIENT, K, MISSION, "motif", None, None),
        (Motion.STOP, R, "", "motif", None, MissingStopKind),
        (Motion.STOP, R, "", " ", StopKind.ACHIEVED, MissingReason),
        (Motion.STOP, R, "", "motif", StopKind.ACHIEVED, None),
        (Motion.STOP, S, "", "motif", StopKind.MERGED, ForbiddenTransition),
    ],
)
def test_what_a_motion_must_carry(
    motion: Motion,
    status: GroupStatus,
    mission: str,
    reason: str,
    stop_kind: StopKind | None,
    refusal: type[Exception] | None,
) -> None:
    def check() -> None:
        check_motion(
            motion=motion, status=status, group="G", mission=mission, reason=reason, stop_kind=stop_kind
        )

    if refusal is None:
        check()
        return
    with pytest.raises(refusal):
        check()


def fact(status: GroupStatus, day: date, order: int = 0, superseded: datetime | None = None) -> StatusFact:
    return StatusFact(status, day, day, order, RECORDED, superseded)


JUNE = date(2025, 6, 30)


def test_the_status_is_the_latest_by_effect_then_session_then_order() -> None:
    facts = [fact(C, date(2025, 1, 1)), fact(K, JUNE, 2), fact(R, JUNE, 1), fact(S, date(2025, 12, 31))]
    assert status_on(facts, date(2024, 12, 31)) is None
    found = [status_on(facts, day) for day in (date(2025, 6, 29), JUNE, date(2026, 1, 1))]
    assert [each.status for each in found if each] == [C, K, S]


def test_what_was_known_then_is_not_what_is_known_now() -> None:
    later = RECORDED + timedelta(days=10)
    facts = [fact(C, date(2025, 1, 1)), fact(S, JUNE, 1, superseded=later)]
    known_then = status_on(facts, JUNE, known_at=RECORDED)
    known_now = status_on(facts, JUNE)
    assert known_then is not None
    assert known_now is not None
    assert (known_then.status, known_now.status) == (S, C)


@given(st.lists(st.sampled_from(list(Motion)), max_size=8))
def test_a_time_line_holds_exactly_when_each_step_is_in_the_table(motions: list[Motion]) -> None:
    status, facts, holds = P, [], True
    for number, motion in enumerate(motions):
        new = next_status(status, motion)
        if new is None:
            holds = False
            new = {Motion.CREATE: C, Motion.CONTINUE: K, Motion.REORIENT: R, Motion.STOP: S}[motion]
        facts.append(fact(new, JUNE + timedelta(days=number)))
        status = new
    if holds:
        check_timeline("G", facts)
        last = status_on(facts, JUNE + timedelta(days=100))
        assert (last.status if last else P) is status
    else:
        with pytest.raises(ForbiddenTransition):
            check_timeline("G", facts)


def test_a_decided_status_says_which_motion_gave_it() -> None:
    assert {status: motion_of(status) for status in (C, K, R, S, N)} == {
        C: Motion.CREATE,
        K: Motion.CONTINUE,
        R: Motion.REORIENT,
        S: Motion.STOP,
        N: Motion.STOP,
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Guichet des demandes d’urbanisme", "guichet-des-demandes-d-urbanisme"),
        ("Élus & cadres", "elus-cadres"),
        ("***", "groupe"),
        ("Proposer", "groupe-proposer"),
    ],
)
def test_the_address_of_a_group(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("spans", "until"),
    [
        ([], date(2026, 2, 28)),
        ([(date(2026, 3, 1), None)], None),
        ([(date(2026, 3, 1), date(2026, 6, 1)), (date(2026, 6, 2), date(2026, 8, 1))], date(2026, 8, 1)),
        ([(date(2026, 3, 1), date(2026, 6, 1)), (date(2026, 6, 3), None)], date(2026, 6, 1)),
        ([(date(2026, 5, 1), None), (date(2025, 1, 1), date(2026, 4, 30))], None),
        ([(date(2025, 1, 1), date(2025, 6, 1))], date(2026, 2, 28)),
    ],
)
def test_what_goes_on_without_a_gap(spans: list[tuple[date, date | None]], until: date | None) -> None:
    assert runs_until(spans, date(2026, 3, 1)) == until
