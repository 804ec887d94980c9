"""Two people at once: one approval, one signature of each kind, one answer to a request."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask import Flask

from tests.closing.scene import Scene, set_scene
from tests.minutes.scene import approved, circulated, minutes_of, pass_days, passage, seen_by
from tnt.core.db import db
from tnt.core.errors import DomainError
from tnt.minutes import queries
from tnt.minutes.models import Amendment
from tnt.minutes.rules import Approval, MinutesState, ParagraphKind, SignatureRole
from tnt.minutes.services import approval, circulation


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Do them all at the same moment, each in its own context: « ok », or the refusal's name."""
    barrier = Barrier(len(acts))
    said = [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                act()
                said[place] = "ok"
            except DomainError as error:
                said[place] = type(error).__name__
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    db.session.remove()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_silence_approves_once(app: Flask, scene: Scene) -> None:
    meeting_id = circulated(scene)
    pass_days(8)
    assert at_once(app, approval.approve_overdue, approval.approve_overdue) == ["ok", "ok"]
    assert minutes_of(meeting_id).approval is Approval.TACIT


def test_the_last_two_without_remark_approve_together(app: Flask, scene: Scene) -> None:
    meeting_id = circulated(scene)
    people = [each.person_id for each in queries.list_recipients(minutes_of(meeting_id).id)]
    seen = {person_id: seen_by(scene, person_id, meeting_id) for person_id in people}

    def agree(person_id: int) -> Callable[[], object]:
        return lambda: circulation.say_no_remark(scene.actor(person_id), meeting_id, seen[person_id])

    assert at_once(app, *(agree(person_id) for person_id in people)) == ["ok"] * len(people)
    minutes = minutes_of(meeting_id)
    assert (minutes.state, minutes.approval) == (MinutesState.APPROVED, Approval.EXPRESS)


def test_two_co_chairs_sign_once(app: Flask, scene: Scene) -> None:
    meeting_id = approved(scene)
    sha = minutes_of(meeting_id).content_sha256 or ""

    def sign(person_id: int) -> Callable[[], object]:
        return lambda: approval.sign(scene.actor(person_id), meeting_id, SignatureRole.CHAIR, sha)

    assert at_once(app, sign(scene.chair), sign(scene.second_chair)) == ["NotASigner", "ok"]


def test_a_request_gets_one_answer(app: Flask, scene: Scene) -> None:
    meeting_id = circulated(scene)
    paragraph_id = passage(meeting_id, ParagraphKind.DISCUSSION).id
    amendment_id = circulation.ask(
        scene.actor(scene.member), meeting_id, paragraph_id, proposed="Autre.", comment="", read_version=1
    ).id
    secretary = scene.secretary
    said = at_once(
        app,
        lambda: circulation.accept(scene.actor(secretary), meeting_id, amendment_id, text="Autre."),
        lambda: circulation.refuse(scene.actor(secretary), meeting_id, amendment_id, answer="Pas ainsi."),
    )
    assert said == ["AlreadySettled", "ok"]
    assert db.session.get_one(Amendment, amendment_id).settled_at is not None
