"""A session of the scene held, lifted and visaed, its minutes begun or sent: where tests of minutes start."""

from __future__ import annotations

from datetime import timedelta

from tests.closing.scene import Scene, hold, plan, put_information, put_motion, settle
from tnt.agendas.models import AgendaItem
from tnt.closing import services as closing
from tnt.core import clock
from tnt.core.db import db, transaction
from tnt.minutes import queries
from tnt.minutes.document import fingerprint
from tnt.minutes.models import Minutes, Paragraph
from tnt.minutes.rules import ParagraphKind, SignatureRole
from tnt.minutes.services import approval, circulation, writing
from tnt.projects.rules import Motion
from tnt.sittings.rules import OutcomeKind

RESERVED = "Ce qui a été dit du contentieux."


def lift(scene: Scene, *, reserved_item: bool = False) -> int:
    """A session with a decision and an information item, lifted: its record is in visa."""
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    item = put_information(scene, meeting_id)
    if reserved_item:
        with transaction() as session:
            session.get_one(AgendaItem, item.id).reserved = True
    hold(scene, meeting_id)
    settle(scene, meeting_id, OutcomeKind.ADOPTED)
    settle(scene, meeting_id, OutcomeKind.NOTED, position=2)
    closing.adjourn(scene.actor(scene.secretary), meeting_id)
    return meeting_id


def close(scene: Scene, *, reserved_item: bool = False) -> int:
    """The same, visaed."""
    meeting_id = lift(scene, reserved_item=reserved_item)
    for chair in (scene.chair, scene.second_chair):
        closing.give_visa(scene.actor(chair), meeting_id, 1)
    return meeting_id


def drafted(scene: Scene) -> int:
    """A session closed whose minutes are a draft."""
    meeting_id = close(scene)
    writing.draft(scene.actor(scene.secretary), meeting_id)
    return meeting_id


def circulated(scene: Scene, days: int = 7) -> int:
    """A session closed whose draft was sent."""
    meeting_id = drafted(scene)
    send(scene, meeting_id, days)
    return meeting_id


def send(scene: Scene, meeting_id: int, days: int = 7) -> None:
    due_on = clock.today() + timedelta(days=days)
    circulation.circulate(scene.actor(scene.secretary), meeting_id, due_on)


def pass_days(days: int) -> None:
    """Move the frozen clock."""
    clock.freeze(clock.now() + timedelta(days=days))


def approved(scene: Scene) -> int:
    """Minutes that silence has approved."""
    meeting_id = circulated(scene)
    pass_days(8)
    assert approval.approve_overdue() == 1
    return meeting_id


def sign_both(scene: Scene, meeting_id: int) -> None:
    """The chair's signature, then the secretary's."""
    seen = minutes_of(meeting_id).content_sha256 or ""
    approval.sign(scene.actor(scene.chair), meeting_id, SignatureRole.CHAIR, seen)
    approval.sign(scene.actor(scene.secretary), meeting_id, SignatureRole.SECRETARY, seen)


def published(scene: Scene) -> int:
    """Minutes taken to the end."""
    meeting_id = approved(scene)
    sign_both(scene, meeting_id)
    approval.publish(scene.actor(scene.secretary), meeting_id)
    return meeting_id


def minutes_of(meeting_id: int) -> Minutes:
    """The newest edition."""
    minutes = queries.find_minutes(meeting_id)
    assert minutes is not None
    return minutes


def passage(meeting_id: int, kind: ParagraphKind, nth: int = 0) -> Paragraph:
    """The nth passage of that kind."""
    found = [
        each
        for each in queries.load_paragraphs(minutes_of(meeting_id).id)
        if each.kind is kind and each.removed_at is None
    ]
    return found[nth]


def seen_by(scene: Scene, person_id: int, meeting_id: int) -> str:
    """The fingerprint of what a person reads."""
    return fingerprint(queries.get_reading(scene.actor(person_id), meeting_id).content)


def refreshed(paragraph_id: int) -> Paragraph:
    """A passage as the database has it."""
    db.session.expire_all()
    return db.session.get_one(Paragraph, paragraph_id)
