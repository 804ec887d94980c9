"""For 100 random (group, day) pairs, the portfolio equals a fold over the acts."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from datetime import date, timedelta

from flask import Flask

from tests.portfolio.reader import Reader
from tests.portfolio.scene import act, hold, make_scene, propose
from tests.support import make_person
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.meetings.models import Meeting
from tnt.portfolio.queries.groups import portfolio_on
from tnt.projects.models import StatusEvent
from tnt.projects.rules import TRANSITIONS, GroupStatus, Motion, StopKind
from tnt.projects.services import ACT_KIND_OF, MOTION_OF

FIRST, LAST = date(2024, 1, 1), date(2027, 6, 30)
PAIRS = 100


def make_histories(chance: random.Random) -> list[int]:
    """Twelve groups with acts that follow the table: some ahead, some rectified, some on the same day."""
    scene = make_scene()
    meetings = [hold(scene.coordination, FIRST + timedelta(days=45 * n)) for n in range(24)]
    ids = []
    for rank in range(12):
        group = propose(scene, f"Groupe {rank:02d}", rank % 2, created_on=FIRST)
        ids.append(group.id)
        status, effective = GroupStatus.PROPOSED, FIRST
        for meeting in sorted(chance.sample(meetings, chance.randint(0, 14)), key=lambda m: m.starts_at):
            decided_on = clock.paris_day(meeting.starts_at)
            for _item in range(chance.choice((1, 1, 1, 2))):
                motions = [m for m in TRANSITIONS[status] if m is not Motion.STOP or chance.random() < 0.15]
                if not motions or decided_on < effective:
                    continue
                motion = chance.choice(motions)
                effective = max(effective, decided_on + timedelta(days=chance.choice((0, 0, 0, 20, 40))))
                status = _record(chance, group.id, motion, meeting, status, effective)
    return ids


def _record(
    chance: random.Random,
    group_id: int,
    motion: Motion,
    meeting: Meeting,
    status: GroupStatus,
    effective: date,
) -> GroupStatus:
    """One act and its event; the status that the next one starts from."""
    made = act(meeting, motion.value, kind=ACT_KIND_OF[motion], effective_on=effective)
    new = TRANSITIONS[status][motion]
    rectified = motion is not Motion.CREATE and motion is not Motion.STOP and chance.random() < 0.2
    with transaction() as session:
        session.add(
            StatusEvent(
                group_id=group_id,
                act_id=made.id,
                status=new,
                stop_kind=StopKind.ABANDONED if new is GroupStatus.STOPPED else None,
                effective_on=effective,
                decided_on=made.decided_on,
                item_order=made.item_order,
                recorded_at=clock.now(),
                superseded_at=clock.now() if rectified else None,
            )
        )
        if rectified:
            session.get_one(Act, made.id).state = ActState.RECTIFIED
    return status if rectified else new


def fold(group_id: int, day: date) -> tuple[GroupStatus, str | None]:
    """The status of a group from its acts alone: replayed one by one, as one would on paper."""
    acts = db.session.scalars(
        db.select(Act).join(StatusEvent, StatusEvent.act_id == Act.id).where(StatusEvent.group_id == group_id)
    ).all()
    in_force = [a for a in acts if a.state is ActState.IN_FORCE and a.effective_on <= day]
    status, number = GroupStatus.PROPOSED, None
    for one in sorted(in_force, key=lambda a: (a.effective_on, a.decided_on, a.item_order)):
        status, number = TRANSITIONS[status][MOTION_OF[one.kind]], one.number
    return status, number


def test_the_portfolio_is_a_fold_over_the_acts(app: Flask) -> None:
    chance = random.Random(20261123)
    ids = make_histories(chance)
    days = [FIRST + timedelta(days=chance.randint(0, (LAST - FIRST).days)) for _ in range(PAIRS)]
    # every act's own days too: the edges are where a mistake would show
    edges = [
        a.effective_on + timedelta(days=shift)
        for a in db.session.scalars(db.select(Act))
        for shift in (-1, 0)
    ]
    pairs = [(chance.choice(ids), day) for day in days]
    pairs += [(group_id, day) for group_id in ids for day in chance.sample(edges, 20)]
    seen: dict[GroupStatus, int] = defaultdict(int)
    for group_id, day in pairs:
        row = next((row for row in portfolio_on(day) if row.id == group_id), None)
        shown = (row.status, row.decided.act_label if row.decided else None) if row else None
        wanted = fold(group_id, day) if day >= FIRST else None
        assert shown == wanted, (group_id, day)
        if wanted:
            seen[wanted[0]] += 1
    # the draw went through every status of a life, or this test would prove little
    assert set(seen) >= set(GroupStatus) - {GroupStatus.NOT_RETAINED}


def test_pages_show_that_fold(app: Flask) -> None:
    chance = random.Random(7)
    ids = make_histories(chance)
    reader = Reader(app, make_person(family="Lecteur"))
    for _ in range(6):
        day = FIRST + timedelta(days=chance.randint(0, (LAST - FIRST).days))
        body = reader.get(f"/groupes?au={day}").get_data(as_text=True)
        rows = dict(
            re.findall(
                r'<a href="/groupes/(groupe-\d\d)[^"]*">[^<]*</a>.*?(/decisions/\d+|</tr>)', body, re.S
            )
        )
        assert len(rows) == len(ids)
        for rank, group_id in enumerate(ids):
            _status, number = fold(group_id, day)
            shown = rows[f"groupe-{rank:02d}"]
            found = (
                db.session.scalar(db.select(Act.number).where(Act.id == int(shown.rpartition("/")[2])))
                if shown.startswith("/d")
                else None
            )
            assert found == number, (rank, day)
