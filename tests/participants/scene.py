"""A convened session with its seats, for the tests of replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.meetings.factories import actor_of, make_committee, make_member, plan
from tnt.accounts.models import Person
from tnt.agendas.models import ItemKind
from tnt.agendas.services import add_item
from tnt.committees import correspondents
from tnt.committees.correspondents import Named
from tnt.committees.models import Committee, Mandate, Seat, Voice
from tnt.convocations import services as convocations
from tnt.core import clock, outbox
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.db import db, transaction
from tnt.decisions.rules import ActKind
from tnt.meetings.models import Meeting
from tnt.participants.queries import SeatReply, list_replies
from tnt.participants.services.links import issue_link


@dataclass(frozen=True)
class Scene:
    """A committee that votes and gives proxies, its people, and a session to which they are convened."""

    committee: Committee
    meeting: Meeting
    secretary: Person
    chair: Person
    member: Person
    substitute: Person
    other: Person
    guest: Person

    def mandate(self, person: Person) -> Mandate:
        """The seat of a person."""
        return db.session.scalars(db.select(Mandate).where(Mandate.person_id == person.id)).one()

    def actor(self, person: Person, *rights: str) -> Actor:
        """That person; a member, with these rights besides."""
        return actor_of(
            person,
            *(Grant(right, self.committee.id) for right in ("member", *rights)),
        )

    @property
    def keeper(self) -> Actor:
        """The secretary."""
        return self.actor(self.secretary, "secretary")

    def seat(self, person: Person) -> SeatReply:
        """The seat of a person with its reply."""
        db.session.expire_all()
        found = [one for one in list_replies(self.meeting.id) if one.mandate.person_id == person.id]
        assert len(found) == 1
        return found[0]

    def link(self, person: Person, by: Person | None = None) -> str:
        """The address of a link to reply for that person, sent to them or to somebody else."""
        mandate = self.mandate(person)
        with transaction():
            token = issue_link(self.meeting.id, mandate.id, (by or person).id)
        return f"/reponse/{token}"


def set_scene(*, convened: bool = True, **settings: object) -> Scene:
    """Write it."""
    values = {"votes_enabled": True, "proxies_enabled": True} | settings
    committee = make_committee(**values)
    secretary = make_member(committee, "Secret", Seat.SECRETARY)
    chair = make_member(committee, "Delaunay", Seat.CO_CHAIR)
    member = make_member(committee, "Vasseur")
    substitute = make_member(committee, "Barbier", email="barbier@example.org")
    other = make_member(committee, "Leclerc")
    guest = make_member(committee, "Vidal", Seat.PERMANENT_GUEST)
    with transaction() as session:
        held = {
            mandate.person_id: mandate
            for mandate in session.scalars(db.select(Mandate).where(Mandate.committee_id == committee.id))
        }
        held[guest.id].voice = Voice.ADVISORY
        held[substitute.id].seat = Seat.SUBSTITUTE
        held[substitute.id].substitute_for_id = held[member.id].id
    meeting = plan(SYSTEM, committee)
    add_item(SYSTEM, meeting.id, kind=ItemKind.DECISION, act_kind=ActKind.OTHER, title="Mobiliser l’ANCT")
    if convened:
        convocations.convene(SYSTEM, meeting.id)
    return Scene(committee, meeting, secretary, chair, member, substitute, other, guest)


def name_correspondent(scene: Scene, person: Person, from_on: date | None = None) -> Person:
    """Inès Robin, who receives and replies for that person."""
    made = correspondents.name_correspondent(
        SYSTEM,
        person.id,
        Named("Inès", "Robin", "ines.robin@example.org"),
        from_on=from_on or clock.today(),
    )
    return made.person


def queued(kind: str) -> list[outbox.OutboxMessage]:
    """The mails of that kind, in order."""
    db.session.expire_all()
    found = db.select(outbox.OutboxMessage).where(outbox.OutboxMessage.kind == kind)
    return list(db.session.scalars(found.order_by(outbox.OutboxMessage.id)))
