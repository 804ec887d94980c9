"""Two secretaries at the same moment: one of them is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from tests.meetings.factories import make_committee, plan
from tnt.committees.models import Committee
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.meetings.models import Meeting
from tnt.meetings.rules import Overlapping


def test_one_slot_is_planned_once(app: Flask) -> None:
    committee_id = make_committee().id
    together = Barrier(4)

    def attempt() -> str:
        with app.app_context():
            committee = db.session.get(Committee, committee_id)
            assert committee is not None
            together.wait()
            try:
                plan(SYSTEM, committee)
            except Overlapping:
                return "refused"
            finally:
                db.session.remove()
            return "planned"

    db.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        results = [one.result() for one in [pool.submit(attempt) for _ in range(4)]]
    assert sorted(results) == ["planned", "refused", "refused", "refused"]
    assert db.session.query(Meeting).count() == 1
