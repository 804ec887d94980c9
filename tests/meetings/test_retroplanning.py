"""The retro-planning: default days, those of a committee, what is done and what comes next."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.meetings.factories import make_committee, make_member, plan
from tests.support import signed_in_client
from tnt.committees.models import Seat
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.db import db
from tnt.core.journal import JournalEntry
from tnt.meetings import queries, services
from tnt.meetings.models import RetroDays
from tnt.meetings.retroplanning import (
    DEFAULT_DAYS,
    BadRetroDays,
    RetroStepKind,
    SessionFacts,
    check_days,
    retro_steps,
)
from tnt.meetings.rules import NotTheSecretary

K = RetroStepKind
DAY = date(2026, 12, 15)


def facts(**values: object) -> SessionFacts:
    return SessionFacts(
        **{"committee_key": "coordination", "day": DAY, "requests_close_days": 35, "notice_days": 14} | values
    )  # type: ignore[arg-type]  # a table of cases


def test_every_step_has_its_day_in_order() -> None:
    assert [(step.kind, step.on) for step in retro_steps(facts(), {}, DAY)] == [
        (K.HOLD, date(2026, 11, 3)),
        (K.REQUESTS, date(2026, 11, 10)),
        (K.PAPERS, date(2026, 11, 17)),
        (K.CHASE, date(2026, 11, 24)),
        (K.CONVENE, date(2026, 12, 1)),
        (K.PACK, date(2026, 12, 8)),
        (K.SESSION, DAY),
        (K.MINUTES, date(2026, 12, 17)),
        (K.APPROVAL, date(2026, 12, 25)),
        (K.FOLLOW_UP, date(2026, 12, 29)),
    ]


def test_the_orientation_committee_holds_its_date_three_months_ahead() -> None:
    first = retro_steps(facts(committee_key="orientation"), {}, DAY)[0]
    assert (first.kind, first.on) == (K.HOLD, date(2026, 9, 16))


def test_a_committee_moves_a_step_and_the_order_follows() -> None:
    order = [step.kind for step in retro_steps(facts(notice_days=5), {K.PACK: 6}, DAY)]
    assert order.index(K.PACK) < order.index(K.CONVENE) < order.index(K.SESSION)


@pytest.mark.parametrize(
    ("today", "known", "following"),
    [
        (date(2026, 10, 1), {}, K.HOLD),
        (date(2026, 11, 20), {}, K.CHASE),
        # the day of a step is not over
        (date(2026, 11, 24), {}, K.CHASE),
        # a convocation that is late stays the next thing to do
        (date(2026, 12, 9), {}, K.CONVENE),
        (date(2026, 12, 9), {"is_convened": True}, K.SESSION),
        (date(2026, 12, 16), {"is_convened": True}, K.SESSION),
        (date(2026, 12, 16), {"is_convened": True, "is_held": True}, K.MINUTES),
        (date(2027, 1, 20), {"is_convened": True, "is_held": True}, None),
    ],
)
def test_one_step_comes_next(today: date, known: dict[str, bool], following: RetroStepKind | None) -> None:
    marked = [step.kind for step in retro_steps(facts(**known), {}, today) if step.is_next]
    assert marked == ([following] if following else [])


@pytest.mark.parametrize(
    ("kind", "days"),
    [(K.HOLD, -1), (K.HOLD, 181), (K.MINUTES, 1), (K.FOLLOW_UP, -181), (K.CONVENE, 14), (K.SESSION, 0)],
)
def test_days_that_no_session_could_follow_are_refused(kind: RetroStepKind, days: int) -> None:
    with pytest.raises(BadRetroDays) as refused:
        check_days({kind: days})
    assert refused.value.field == kind.value


def test_only_what_differs_from_the_default_is_kept(app: Flask) -> None:
    committee = make_committee()
    services.change_retro_planning(SYSTEM, committee.id, DEFAULT_DAYS | {K.PACK: 10})
    assert queries.retro_days_of(committee.id) == {K.PACK: 10}
    meeting = plan(SYSTEM, committee)
    assert {step.kind: step.on for step in queries.retro_planning(meeting)}[K.PACK] == date(2026, 12, 5)
    services.change_retro_planning(SYSTEM, committee.id, DEFAULT_DAYS)
    assert db.session.scalars(db.select(RetroDays)).all() == []
    entries = db.session.scalars(db.select(JournalEntry)).all()
    assert [one.action for one in entries].count("committee.retro_planning") == 2


def test_a_member_does_not_change_it(app: Flask) -> None:
    committee = make_committee()
    member = Actor(make_member(committee).id, "Claire", frozenset({Grant("member", committee.id)}))
    with pytest.raises(NotTheSecretary):
        services.change_retro_planning(member, committee.id, {K.PACK: 9})


def test_the_secretary_sets_it_and_reads_it_on_the_session(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    typed = {kind.value: str(abs(days)) for kind, days in DEFAULT_DAYS.items()}
    refused = client.post("/seances/retroplanning", data=typed | {"pack": "400"})
    assert refused.status_code == 422
    assert "Indiquez un nombre de jours de 0 à 180." in refused.text
    assert 'value="400"' in refused.text
    saved = client.post("/seances/retroplanning", data=typed | {"pack": "5"})
    assert saved.status_code == 303
    page = client.get(f"/seances/{meeting.id}")
    assert "10 déc." in page.text
    assert "Diffuser le dossier" in page.text
    assert "closes depuis le 10 novembre 2026" in page.text


def test_members_read_when_requests_close_but_not_the_plan(app: Flask) -> None:
    committee = make_committee()
    meeting = plan(SYSTEM, committee)
    page = signed_in_client(app, make_member(committee)).get(f"/seances/{meeting.id}")
    assert "closes depuis le 10 novembre 2026" in page.text
    assert "Rétro-planning" not in page.text
