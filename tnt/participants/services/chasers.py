"""Remind the seats that have not replied; never those who replied meanwhile."""

from __future__ import annotations

from tnt.core import clock, journal, outbox
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import N_, DomainError
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import MeetingState, NotTheSecretary
from tnt.participants import mails, queries
from tnt.participants.models import Chaser
from tnt.participants.queries import SeatReply
from tnt.participants.rules import NotConvened
from tnt.participants.services.links import concerned, issue_link


class NobodyToChase(DomainError):
    """A reminder goes to somebody."""

    message = N_("Tout le monde a répondu, ou n’a pas d’adresse : il n’y a personne à relancer.")


class AlreadyChased(DomainError):
    """A second click, or somebody else meanwhile."""

    message = N_("Une relance est partie depuis l’ouverture de cette page : rien de plus n’a été envoyé.")


def silent_of(seats: list[SeatReply]) -> list[SeatReply]:
    """The seats that have not replied to the present date."""
    return [seat for seat in seats if not seat.has_answered]


def chase(actor: Actor, meeting_id: int, *, last_seen: int | None = None) -> Chaser:
    """Write to whoever has not replied, and to their correspondents.

    `last_seen` is the number of the last reminder when the form was opened, 0 before the first. Raises
    NotFound, NotTheSecretary, NotConvened, AlreadyChased, NobodyToChase.
    """
    with transaction() as session:
        meeting = lock_meeting(actor, meeting_id)
        if not can_prepare(actor, meeting.committee_id):
            raise NotTheSecretary()
        if meeting.state is not MeetingState.CONVENED:
            raise NotConvened()
        sent = len(queries.chasers_of(meeting.id))
        if last_seen is not None and last_seen != sent:
            raise AlreadyChased()
        letters = mails.letters_of(meeting, silent_of(queries.replies_of(meeting)))
        if not letters:
            raise NobodyToChase()
        chaser = Chaser(
            meeting_id=meeting.id,
            number=sent + 1,
            recipients=len(letters),
            sent_by_id=actor.person_id,
            sent_at=clock.now(),
        )
        session.add(chaser)
        session.flush()
        for letter in letters:
            token = issue_link(meeting.id, letter.seat.mandate.id, letter.person.id)
            mails.send_chaser(chaser, letter, token)
        after = {"number": chaser.number, "recipients": len(letters)}
        journal.record(actor, "reply.chase", chaser, after=after, committee_id=meeting.committee_id)
    return chaser


def still_true(message: outbox.OutboxMessage) -> bool:
    """Whether a reminder about to leave still has its reason: the seat is silent."""
    found = concerned(message)
    return found is not None and not found[0].has_answered
