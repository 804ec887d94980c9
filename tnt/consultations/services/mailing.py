"""The mails that carry a link to answer by: each mail has its own, so that none is ever sent twice."""

from __future__ import annotations

from collections.abc import Iterable

from tnt.consultations import mails
from tnt.consultations.models import ConsultationLink, ConsultedSeat, WrittenConsultation
from tnt.core import clock
from tnt.core.db import transaction
from tnt.participants.rules import Token, hash_secret
from tnt.participants.services.links import draw


def issue_link(consultation_id: int, person_id: int) -> Token:
    """A new link for the mail to that person; inside the mail's transaction."""
    token = draw()
    with transaction() as session:
        session.add(
            ConsultationLink(
                consultation_id=consultation_id,
                person_id=person_id,
                selector=token.selector,
                secret_hash=hash_secret(token.secret),
                created_at=clock.now(),
            )
        )
    return token


def invite(consultation: WrittenConsultation) -> int:
    """Write to everybody consulted, each with a link of their own; how many mails leave."""
    return sum(
        mails.send_invitation(consultation, one, issue_link(consultation.id, one.person.id))
        for one in mails.recipients(consultation.seats)
        if one.person.email
    )


def remind_of(consultation: WrittenConsultation, seats: Iterable[ConsultedSeat]) -> int:
    """Remind whoever may answer for these seats, each with a new link; how many mails leave."""
    return sum(
        mails.send_reminder(consultation, one, issue_link(consultation.id, one.person.id))
        for one in mails.recipients(seats)
        if one.person.email
    )
