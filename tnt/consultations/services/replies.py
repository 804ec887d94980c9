"""Answer a consultation, change the answer, and remind those who have not."""

from __future__ import annotations

from tnt.consultations import queries
from tnt.consultations.models import ConsultedSeat
from tnt.consultations.rules import (
    Choice,
    ConsultationClosed,
    ConsultationOver,
    ConsultationState,
    NobodyToRemind,
    NotConsulted,
    check_reply,
)
from tnt.consultations.services.mailing import remind_of
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import NotFound, check_version
from tnt.meetings.policies import can_prepare
from tnt.meetings.rules import NotTheSecretary


def reply(
    actor: Actor,
    consultation_id: int,
    seat_id: int,
    *,
    choice: Choice | None,
    remark: str = "",
    expected_version: int | None = None,
) -> ConsultedSeat:
    """Answer for a consulted mandate, or change its answer, until the deadline.

    By its holder, their substitute or correspondent; or by the secretariat, which enters an answer received
    otherwise. The journal says who answered for whom. Raises NotFound, NotConsulted, ConsultationClosed,
    Stale, ChoiceNeeded, VoiceIsAdvisory, RemarkNeeded, RemarkTooLong.
    """
    with transaction():
        consultation = queries.lock_consultation(actor, consultation_id)
        seat = next((each for each in consultation.seats if each.id == seat_id), None)
        if seat is None:
            raise NotFound()
        if not queries.may_answer(actor, consultation, seat):
            raise NotConsulted()
        if consultation.state is not ConsultationState.OPEN or clock.today() > consultation.due_on:
            raise ConsultationClosed()
        check_version(expected_version, seat.version)
        new = {"choice": choice, "remark": check_reply(choice, remark, voting=seat.is_voting)}
        before, after = journal.changes(seat, new)
        seat.choice, seat.remark = choice, new["remark"] or ""
        seat.replied_at = clock.now()
        seat.replied_by_id = actor.person_id
        seat.version += 1
        holder = seat.mandate.person_id
        journal.record(
            actor,
            "consultation.reply",
            seat,
            before=before,
            after=after | {"consultation": consultation.number},
            committee_id=consultation.committee_id,
            on_behalf_of_id=holder if holder != actor.person_id else None,
        )
    return seat


def remind(actor: Actor, consultation_id: int) -> int:
    """Write once to those who have not answered, and to nobody else; how many mails leave.

    Raises NotFound, NotTheSecretary, ConsultationOver, NobodyToRemind.
    """
    with transaction():
        consultation = queries.lock_consultation(actor, consultation_id)
        if not can_prepare(actor, consultation.committee_id):
            raise NotTheSecretary()
        if consultation.state is not ConsultationState.OPEN or clock.today() > consultation.due_on:
            raise ConsultationOver()
        seats = queries.silent_seats(consultation)
        if not seats:
            raise NobodyToRemind()
        sent = remind_of(consultation, seats)
        for seat in seats:
            seat.reminded_at = clock.now()
        journal.record(
            actor,
            "consultation.remind",
            consultation,
            after={"mails": sent, "to": [seat.mandate.person.full_name for seat in seats]},
            committee_id=consultation.committee_id,
        )
    return sent
