"""The minutes of a session: put together from what was noted, for those who may read the meeting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.closing.scene import Scene, hold, plan, put_information, put_motion, set_scene, settle
from tests.support import sign_in
from tnt.accounts.models import Person
from tnt.closing import services
from tnt.committees.models import Mandate
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.projects.rules import Motion
from tnt.sittings.rules import OutcomeKind


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


def read(app: Flask, person_id: int, meeting_id: int) -> tuple[int, str]:
    client = app.test_client()
    sign_in(client, db.session.get_one(Person, person_id))
    response = client.get(f"/seances/{meeting_id}/compte-rendu")
    return response.status_code, response.text


def test_members_read_what_was_said_and_how_each_item_ended(app: Flask, scene: Scene) -> None:
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    put_information(scene, meeting_id)
    assert read(app, scene.member, meeting_id)[0] == 404  # not held yet
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    settle(scene, meeting_id, OutcomeKind.NOTED, position=2)
    assert read(app, scene.member, meeting_id)[0] == 404  # what is being noted is the secretary's
    assert read(app, scene.secretary, meeting_id)[0] == 200
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    status, text = read(app, scene.member, meeting_id)
    assert status == 200
    assert text.count("Échanges.") == 2
    assert "Adopté" in text
    assert read(app, scene.political_chair, meeting_id)[0] == 404


def test_whoever_attended_keeps_the_minutes_after_their_mandate(app: Flask, scene: Scene) -> None:
    """The day after the end everything else is refused; who did not attend has nothing."""
    meeting_id = plan(scene)
    put_information(scene, meeting_id)
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.NOTED)
    services.adjourn(scene.actor(scene.secretary), meeting_id)
    with transaction() as session:
        for person_id in (scene.member, scene.political_chair):
            mandate = session.scalars(db.select(Mandate).where(Mandate.person_id == person_id)).one()
            mandate.until_on = clock.today()
    clock.freeze(clock.now() + timedelta(days=1))
    status, text = read(app, scene.member, meeting_id)
    assert status == 200
    assert "Échanges." in text
    assert f'href="/seances/{meeting_id}"' not in text
    assert read(app, scene.political_chair, meeting_id)[0] == 404
    client = app.test_client()
    sign_in(client, db.session.get_one(Person, scene.member))
    for page in ("", "/releve", "/releve.pdf", "/convocations", "/seance.ics"):
        assert client.get(f"/seances/{meeting_id}{page}").status_code == 404
