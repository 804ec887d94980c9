"""Remind the seats that have not replied; never those who replied meanwhile."""

from __future__ import annotations

from tnt.core import clock, journal, outbox
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import MeetingState, NotTheSecretary
from tnt.participants import mails, queries
from tnt.participants.models import Chaser
from tnt.participants.queries import SeatReply
from tnt.participants.rules import NotConvened
from tnt.participants.services.links import issue_link


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
        letters = letters_of(meeting, silent_of(queries.replies_of(meeting)))
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


def letters_of(meeting: Meeting, seats: list[SeatReply]) -> list[mails.ChaserLetter]:
    """Whom a reminder about these seats reaches: the holders, and their correspondents."""
    people = [seat.mandate.person_id for seat in seats]
    correspondents = queries.correspondents_by_person(people)
    found = []
    for seat in seats:
        holder = seat.mandate.person
        for person in (holder, *correspondents.get(holder.id, [])):
            if person.email and queries.is_known(person):
                found.append(mails.ChaserLetter(meeting, seat, person))
    return found


def still_true(message: outbox.OutboxMessage) -> bool:
    """Whether a reminder about to leave still has its reason.

    The session is convened, the seat silent, and whoever reads it replies for that seat today.
    """
    meeting = db.session.get(Meeting, int(message.thing.partition(":")[2]))
    if meeting is None or meeting.state is not MeetingState.CONVENED:
        return False
    seat = queries.seat_of(queries.replies_of(meeting), int(message.occurrence.rpartition(":")[2]))
    return seat is not None and not seat.has_answered and queries.may_answer(message.person_id, seat.mandate)
