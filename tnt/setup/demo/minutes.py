"""Two sets of minutes: one taken to its publication, one on which a member asks for a change."""

from __future__ import annotations

from datetime import time, timedelta

from tnt.core import clock
from tnt.core.access import Actor
from tnt.minutes import queries
from tnt.minutes.document import fingerprint
from tnt.minutes.models import Minutes, Paragraph
from tnt.minutes.rules import ParagraphKind, SignatureRole
from tnt.minutes.services import approval, circulation, writing
from tnt.setup.demo.dates import SLOTS, next_working_day
from tnt.setup.demo.stage import Session, Stage

PUBLISHED_SLOT, CIRCULATED_SLOT = SLOTS - 2, SLOTS - 1
CHAIR, ASKERS, AGREES = "garnier", ("faure", "benali", "ostrowski", "dasilva", "pons"), "delaunay"
WRITTEN = (
    "Les échanges ont porté sur trois points :\n\n"
    "- le calendrier, que les associations souhaitent connaître *avant* l’été ;\n"
    "- l’accompagnement des communes de moins de 1 000 habitants ;\n"
    "- la publication des résultats, **commune par commune**."
)
RESERVED = (
    "Un échange, réservé à la demande des coprésidents, porte sur les observations en cours de la chambre "
    "régionale des comptes."
)
ADDITION = " Il est rappelé que les petites communes seront associées dès le début."
WHY = "Ce point a été acquis en séance et ne figure pas dans le projet."


def set_minutes(stage: Stage, session: Session) -> None:
    """The minutes of a session of the coordination committee, where the story has some."""
    if session.number == PUBLISHED_SLOT:
        _set_published(stage, session)
    elif session.number == CIRCULATED_SLOT:
        _set_circulated(stage, session)


def _set_published(stage: Stage, session: Session) -> None:
    day = session.day
    drawn, sent = next_working_day(day + timedelta(6)), next_working_day(day + timedelta(8))
    stage.on(drawn, time(10, 0), lambda: _draft(stage, session))
    stage.on(sent, time(9, 0), lambda: _circulate(stage, session, 7))
    stage.on(sent + timedelta(8), time(0, 5), approval.approve_overdue)
    signed = next_working_day(sent + timedelta(9))
    stage.on(signed, time(9, 30), lambda: _sign(stage, session, CHAIR, SignatureRole.CHAIR))
    stage.on(signed, time(11, 0), lambda: _sign(stage, session, "aubert", SignatureRole.SECRETARY))
    stage.on(signed, time(11, 15), lambda: approval.publish(_secretary(stage), session.meeting_id))


def _set_circulated(stage: Stage, session: Session) -> None:
    today = stage.dates.today
    stage.on(today - timedelta(4), time(10, 0), lambda: _draft(stage, session))
    stage.on(today - timedelta(3), time(9, 0), lambda: _circulate(stage, session, 10))
    stage.on(today - timedelta(2), time(14, 20), lambda: _agree(stage, session))
    stage.on(today - timedelta(1), time(16, 40), lambda: _ask(stage, session))


def _secretary(stage: Stage) -> Actor:
    return stage.secretary("coordination")


def _minutes(session: Session) -> Minutes:
    found = queries.find_minutes(session.meeting_id)
    assert found is not None  # noqa: S101 - the story begins them first
    return found


def _discussion(session: Session) -> Paragraph:
    return next(
        each
        for each in queries.load_paragraphs(_minutes(session).id)
        if each.kind is ParagraphKind.DISCUSSION
    )


def _draft(stage: Stage, session: Session) -> None:
    """Drawn from the session, completed by the secretariat: a passage in a list, another one reserved."""
    secretary = _secretary(stage)
    writing.draft(secretary, session.meeting_id)
    first = _discussion(session)
    writing.edit(secretary, session.meeting_id, first.id, f"{first.text}\n\n{WRITTEN}", first.version)
    writing.add(secretary, session.meeting_id, item_id=first.item_id, text=RESERVED, reserved=True)


def _circulate(stage: Stage, session: Session, days: int) -> None:
    circulation.circulate(_secretary(stage), session.meeting_id, clock.today() + timedelta(days))


def _agree(stage: Stage, session: Session) -> None:
    actor = stage.actor(AGREES)
    seen = fingerprint(queries.get_reading(actor, session.meeting_id).content)
    circulation.say_no_remark(actor, session.meeting_id, seen)


def _ask(stage: Stage, session: Session) -> None:
    minutes, paragraph = _minutes(session), _discussion(session)
    sent = {each.person_id for each in queries.list_recipients(minutes.id)}
    asker = next(name for name in ASKERS if stage.people[name] in sent)
    circulation.ask(
        stage.actor(asker),
        session.meeting_id,
        paragraph.id,
        proposed=paragraph.text.replace("\n\n", f"{ADDITION}\n\n", 1),
        comment=WHY,
        read_version=paragraph.version,
    )


def _sign(stage: Stage, session: Session, name: str, role: SignatureRole) -> None:
    approval.sign(stage.actor(name), session.meeting_id, role, _minutes(session).content_sha256 or "")
