"""Several workers at once: the same first fetch, the same form."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from tests.feeds.scene import add_meeting, make_feed_scene, path, subscribe
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.feeds.models import FeedCache, Subscription
from tnt.feeds.rules import DeviceTaken
from tnt.feeds.services import subscriptions


def test_the_first_fetch_by_eight_at_once_gives_the_same_bytes(app: Flask) -> None:
    scene = make_feed_scene()
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    db.session.remove()

    def fetch(_n: int) -> tuple[int, bytes, str]:
        answer = app.test_client().get(address)
        return answer.status_code, answer.data, answer.headers["ETag"]

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(fetch, range(8)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200
    assert db.session.query(FeedCache).count() == 1


def test_the_same_form_sent_twice_at_once_gives_one_address(app: Flask) -> None:
    member = make_feed_scene().member
    db.session.remove()

    def ask(_n: int) -> bool:
        with app.app_context():
            try:
                subscriptions.subscribe(SYSTEM, person_id=member, committee_id=None, device="Bureau")
            except DeviceTaken:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(ask, range(4)))
    assert outcomes == [False, False, False, True]
    assert db.session.query(Subscription).count() == 1
