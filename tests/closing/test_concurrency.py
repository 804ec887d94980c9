"""Several people at the same instant on one session: each is served or told, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.closing.scene import Scene, hold, plan, put_information, put_motion, set_scene, settle
from tnt.closing import services
from tnt.closing.models import DecisionRecord
from tnt.closing.rules import RecordState
from tnt.committees.models import Committee
from tnt.committees.rules import VisaRule
from tnt.convocations import services as convocations
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import DomainError
from tnt.decisions.models import Act
from tnt.decisions.visas import VisaState
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.projects.models import StatusEvent
from tnt.projects.rules import Motion
from tnt.sittings import services as sittings
from tnt.sittings.models import Outcome
from tnt.sittings.queries import list_item_states, list_seats
from tnt.sittings.rules import Draft, OutcomeKind, Presence


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Do all of it at the same moment, each in its own context: « done », or the refusal's name."""
    together = Barrier(len(acts))

    def attempt(act: Callable[[], object]) -> str:
        with app.app_context():
            together.wait()
            try:
                act()
            except DomainError as error:
                return type(error).__name__
            finally:
                db.session.remove()
            return "done"

    db.session.rollback()
    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(one.result() for one in [pool.submit(attempt, act) for act in acts])


def actors(scene: Scene, *people: int) -> list[Actor]:
    found = [scene.actor(person) for person in people]
    db.session.rollback()
    return found


def lifted(scene: Scene) -> int:
    meeting_id = ready(scene)
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    return meeting_id


def ready(scene: Scene) -> int:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    return meeting_id


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_two_last_visas_at_once_apply_everything_once(app: Flask, scene: Scene) -> None:
    with transaction() as session:
        session.get_one(Committee, scene.coordination).visa_rule = VisaRule.ALL_CO_CHAIRS
    meeting_id = lifted(scene)
    first, second = actors(scene, scene.chair, scene.second_chair)
    answers = at_once(
        app,
        lambda: services.give_visa(first, meeting_id, 1),
        lambda: services.give_visa(second, meeting_id, 1),
    )
    assert answers == ["done", "done"]
    record = db.session.scalars(select(DecisionRecord)).one()
    assert record.state is RecordState.IN_FORCE
    assert [visa.state for visa in record.visas] == [VisaState.GIVEN] * 2
    assert count(StatusEvent) == 1
    assert journal.verify() == []


def test_a_visa_and_the_signed_scan_at_once_do_not_block_each_other(app: Flask, scene: Scene) -> None:
    meeting_id = lifted(scene)
    chair, secretary = actors(scene, scene.chair, scene.secretary)
    answers = at_once(
        app,
        lambda: services.give_visa(chair, meeting_id, 1),
        lambda: services.file_signed_scan(secretary, meeting_id, b"%PDF-1.7 signed", 1),
    )
    assert answers in (["NotAwaited", "done"], ["done", "done"])
    assert count(StatusEvent) == 1


def test_two_levees_at_once_number_once(app: Flask, scene: Scene) -> None:
    meeting_id = ready(scene)
    (secretary,) = actors(scene, scene.secretary)
    answers = at_once(app, *[lambda: services.adjourn(secretary, meeting_id)] * 3)
    assert answers == ["AlreadyAdjourned", "AlreadyAdjourned", "done"]
    assert [act.number for act in db.session.scalars(select(Act))] == ["CC-2026-T4-01"]


def test_two_first_saves_of_an_outcome_one_is_told(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    hold(scene, meeting_id)
    item_id = list_item_states(meeting_id)[0].item.id
    (secretary,) = actors(scene, scene.secretary)
    for version in (0, 1, 2):
        answers = at_once(
            app,
            *[
                lambda text=text, version=version: sittings.save_outcome(  # type: ignore[misc]
                    secretary, meeting_id, item_id, Draft(kind=None, notes=f"{text} {version}"), version
                )
                for text in ("a", "b", "c")
            ],
        )
        assert answers == ["Stale", "Stale", "done"]
    assert db.session.scalars(select(Outcome)).one().version == 3


def test_an_outcome_is_not_changed_under_a_levee(app: Flask, scene: Scene) -> None:
    meeting_id = ready(scene)
    item_id = list_item_states(meeting_id)[0].item.id
    (secretary,) = actors(scene, scene.secretary)
    draft = Draft(kind=OutcomeKind.ADOPTED_AMENDED, wording="Le comité décide autrement.")
    answers = at_once(
        app,
        lambda: services.adjourn(secretary, meeting_id),
        lambda: sittings.save_outcome(secretary, meeting_id, item_id, draft, 1),
    )
    assert "done" in answers
    outcome = db.session.scalars(select(Outcome)).one()
    assert outcome.act is not None
    assert outcome.act.wording == outcome.wording


def test_two_calls_of_the_roll_at_once(app: Flask, scene: Scene) -> None:
    meeting_id = ready(scene)
    meeting = db.session.get_one(Meeting, meeting_id)
    with transaction() as session:
        session.execute(db.text("DELETE FROM attendance"))
    entries = {seat.mandate.id: (Presence.PRESENT, "") for seat in list_seats(meeting)}
    (secretary,) = actors(scene, scene.secretary)
    answers = at_once(app, *[lambda: sittings.call_roll(secretary, meeting_id, entries)] * 3)
    assert answers == ["done"] * 3


def test_a_session_is_opened_once(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    convocations.convene(scene.actor(scene.secretary), meeting_id, short_notice_reason="Essai")
    clock.freeze(db.session.get_one(Meeting, meeting_id).starts_at)
    before = db.session.get_one(Meeting, meeting_id).version
    (secretary,) = actors(scene, scene.secretary)
    answers = at_once(app, *[lambda: sittings.open_session(secretary, meeting_id)] * 3)
    assert answers == ["WrongMeetingState", "WrongMeetingState", "done"]
    meeting = db.session.get_one(Meeting, meeting_id)
    assert (meeting.state, meeting.version) == (MeetingState.IN_SESSION, before + 1)
