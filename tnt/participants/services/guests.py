"""Ask somebody for one item, by a link that shows it and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from tnt.accounts.models import Person
from tnt.accounts.rules import clean_email
from tnt.agendas.models import AgendaItem
from tnt.core import clock, journal, throttle
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import N_, DomainError, NotFound
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import get_prepared_meeting, lock_meeting
from tnt.meetings.rules import TO_COME, NotTheSecretary
from tnt.papers.queries import PaperLine, list_papers
from tnt.participants import mails, queries
from tnt.participants.models import ItemGuest
from tnt.participants.rules import check_representative, hash_secret, parse_token
from tnt.participants.services.links import OVER, UNKNOWN_LINKS, LinkNotValid, draw


class GuestAddressMissing(DomainError):
    """A guest is written to."""

    message = N_("Indiquez l’adresse électronique de l’invité : l’invitation lui est envoyée.")
    field = "email"


class AlreadyInvited(DomainError):
    """One invitation for an item and an address."""

    message = N_("Cette adresse est déjà invitée à ce point.")
    field = "email"


class TooLateToInvite(DomainError):
    """One is asked to a session to come."""

    message = N_("La séance est ouverte, terminée ou annulée : il n’est plus temps d’y inviter.")


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """What a guest sees: the item, when it should come, its papers that are not reserved."""

    guest: ItemGuest
    expected_at: datetime
    papers: list[PaperLine]

    @property
    def item(self) -> AgendaItem:
        """The one item."""
        return self.guest.item

    @property
    def meeting(self) -> Meeting:
        """Its session: the title, the day, the place."""
        return self.guest.item.meeting


def invite(
    actor: Actor, meeting_id: int, item_id: int, *, name: str, quality: str = "", email: str
) -> ItemGuest:
    """Ask somebody for one item; the invitation is written at once.

    Raises NotFound, NotTheSecretary, TooLateToInvite, RepresentativeMissing (no name), GuestAddressMissing,
    AlreadyInvited.
    """
    with transaction() as session:
        meeting = lock_meeting(actor, meeting_id)
        if not can_prepare(actor, meeting.committee_id):
            raise NotTheSecretary()
        if meeting.state not in TO_COME or meeting.recorded_afterwards:
            raise TooLateToInvite()
        item = session.get(AgendaItem, item_id)
        if item is None or item.meeting_id != meeting_id:
            raise NotFound()
        name, quality = check_representative(name, quality)
        address = clean_email(email)
        if address is None:
            raise GuestAddressMissing()
        if any(one.item_id == item_id and one.email == address for one in queries.guests_of(meeting_id)):
            raise AlreadyInvited()
        token = draw()
        guest = ItemGuest(
            item=item,
            name=name,
            quality=quality,
            email=address,
            person_id=session.scalar(select(Person.id).where(Person.email == address)),
            selector=token.selector,
            secret_hash=hash_secret(token.secret),
            invited_at=clock.now(),
            invited_by_id=actor.person_id,
        )
        session.add(guest)
        session.flush()
        journal.record(
            actor,
            "guest.invite",
            guest,
            after={"item": item.title, "name": name, "quality": quality},
            committee_id=meeting.committee_id,
        )
        mails.invite_guest(guest, _expected_at(item), token)
    return guest


def withdraw(actor: Actor, meeting_id: int, guest_id: int) -> None:
    """Take an invitation back: the link dies, the guest is told. Raises NotFound."""
    with transaction() as session:
        meeting = get_prepared_meeting(actor, meeting_id)
        guest = session.get(ItemGuest, guest_id)
        if guest is None or guest.item.meeting_id != meeting_id or guest.withdrawn_at is not None:
            raise NotFound()
        guest.withdrawn_at = clock.now()
        journal.record(
            actor,
            "guest.withdraw",
            guest,
            after={"item": guest.item.title},
            committee_id=meeting.committee_id,
        )
        if meeting.state in TO_COME:
            mails.tell_guest_withdrawn(guest)


def open_item(text: str, network: str) -> OpenedItem:
    """What a guest's link shows, until the session is over. Raises LinkNotValid, TooManyAttempts."""
    token = parse_token(text)
    guest = queries.find_guest(token) if token else None
    if guest is None:
        throttle.check("reply.link", network, *UNKNOWN_LINKS)
        raise LinkNotValid()
    meeting = guest.item.meeting
    if meeting.state in OVER:
        raise LinkNotValid()
    return OpenedItem(guest, _expected_at(guest.item), papers_for(guest))


def papers_for(guest: ItemGuest) -> list[PaperLine]:
    """The validated papers of the guest's item, those reserved left out."""
    return [
        line for line in list_papers(guest.item.meeting_id, reserved=False) if line.item_id == guest.item_id
    ]


def note_opening(guest_id: int) -> None:
    """Note the first opening of a guest's link."""
    with transaction() as session:
        guest = session.get(ItemGuest, guest_id)
        if guest is not None and guest.opened_at is None:
            guest.opened_at = clock.now()


def _expected_at(item: AgendaItem) -> datetime:
    return item.meeting.starts_at + timedelta(minutes=queries.minutes_before(item))
