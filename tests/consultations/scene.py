"""Consultations on the small programme of the decision's path."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.closing.scene import MISSION, Scene
from tnt.agendas.services import GroupAsk
from tnt.consultations import services
from tnt.consultations.models import Choice, ConsultedSeat, WrittenConsultation
from tnt.consultations.services import Words
from tnt.core import clock
from tnt.core.db import db
from tnt.decisions.rules import ActKind


def draft(scene: Scene, *, kind: ActKind = ActKind.OTHER, days: int = 7, committee: int | None = None) -> int:
    """A consultation in draft: on anything, or on the creation of the group."""
    about_group = kind is ActKind.CREATE_GROUP
    secretary = scene.political_secretary if committee == scene.orientation else scene.secretary
    consultation = services.draft_consultation(
        scene.actor(secretary),
        committee_id=committee or scene.coordination,
        act_kind=kind,
        words=Words(
            question="Approuvez-vous ce texte ?",
            due_on=clock.today() + timedelta(days=days),
            title="Créer le groupe Urbanisme" if about_group else "Reporter la date de remise des bilans",
            draft_wording="" if about_group else "Le comité décide de reporter la date au 31 janvier.",
        ),
        group_id=scene.group if about_group else None,
        group_ask=GroupAsk(mission=MISSION, lead_id=scene.member, lead_institution_id=scene.institution)
        if about_group
        else None,
    )
    return consultation.id


def opened(scene: Scene, *, kind: ActKind = ActKind.OTHER, days: int = 7) -> int:
    """One that was sent."""
    consultation_id = draft(scene, kind=kind, days=days)
    services.send(scene.actor(scene.secretary), consultation_id)
    return consultation_id


def seat_id(consultation_id: int, person_id: int) -> int:
    """The seat of a person."""
    seats = db.session.scalars(select(ConsultedSeat).where(ConsultedSeat.consultation_id == consultation_id))
    return next(seat.id for seat in seats if seat.mandate.person_id == person_id)


def answer(
    scene: Scene,
    consultation_id: int,
    person_id: int,
    choice: Choice,
    *,
    by: int | None = None,
    remark: str = "",
) -> None:
    """Somebody answers, for themselves or for another."""
    services.reply(
        scene.actor(by or person_id),
        consultation_id,
        seat_id(consultation_id, person_id),
        choice=choice,
        remark=remark,
    )


def approved(scene: Scene, *, kind: ActKind = ActKind.OTHER) -> int:
    """One that every voice approved and that was closed: it awaits the visas."""
    consultation_id = opened(scene, kind=kind)
    for person in (scene.chair, scene.second_chair, scene.member):
        answer(scene, consultation_id, person, Choice.APPROVE)
    services.close(scene.actor(scene.secretary), consultation_id)
    return consultation_id


def in_force(scene: Scene, *, kind: ActKind = ActKind.OTHER) -> int:
    """The same with its visas."""
    consultation_id = approved(scene, kind=kind)
    for chair in (scene.chair, scene.second_chair):
        services.give_visa(scene.actor(chair), consultation_id, 1)
    return consultation_id


def consultation(consultation_id: int) -> WrittenConsultation:
    """As it stands in the database."""
    db.session.expire_all()
    found = db.session.get(WrittenConsultation, consultation_id)
    assert found is not None
    return found
