"""Correspondents: who receives and replies for another person (a cabinet, an assistant), from when to when.

Entered by an administrator, or by the secretary of a committee where the person sits. A correspondent needs
no account: their links say for whom they act, and the journal keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tnt.accounts.models import Person
from tnt.accounts.rules import clean_email
from tnt.committees import queries, rules
from tnt.committees.models import Correspondent
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import NotFound
from tnt.core.words import plain

NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Named:
    """A correspondent as they are entered."""

    given_name: str
    family_name: str
    email: str


def can_name(actor: Actor, for_person_id: int) -> bool:
    """Whether the actor enters correspondents for that person."""
    if actor.has("administrator"):
        return True
    kept = actor.scopes("secretary")
    if not kept:
        return False
    today = clock.today()
    seats = queries.mandates_of(for_person_id)
    return any(seat.committee_id in kept and (not seat.until_on or seat.until_on >= today) for seat in seats)


def get_represented(actor: Actor, person_id: int, session: Session) -> Person:
    """The person for whom correspondents are entered, for whoever may. Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None or not can_name(actor, person_id):
        raise NotFound()
    return person


def name_correspondent(
    actor: Actor, for_person_id: int, named: Named, *, from_on: date, until_on: date | None = None
) -> Correspondent:
    """Let somebody receive and reply for that person; the correspondent becomes known if need be.

    Raises NotFound, CorrespondentIncomplete, AnotherBearsAddress, OwnCorrespondent, AlreadyCorrespondent,
    PersonGone, EndsBeforeItStarts.
    """
    with transaction() as session:
        represented = get_represented(actor, for_person_id, session)
        if represented.ended_at is not None:
            raise rules.PersonGone()
        rules.check_span(from_on, until_on)
        person = _known(actor, named, session)
        if person.id == for_person_id:
            raise rules.OwnCorrespondent()
        new = rules.Span(from_on, until_on)
        for held in queries.every_correspondent_of(for_person_id):
            if held.person_id == person.id and rules.overlaps(new, held):
                raise rules.AlreadyCorrespondent(name=person.full_name)
        correspondent = Correspondent(
            person_id=person.id,
            for_person_id=for_person_id,
            from_on=from_on,
            until_on=until_on,
            created_at=clock.now(),
        )
        session.add(correspondent)
        session.flush()
        journal.record(
            actor,
            "correspondent.name",
            correspondent,
            after={"person_id": person.id, "from_on": from_on, "until_on": until_on},
            on_behalf_of_id=for_person_id,
        )
    return correspondent


def _known(actor: Actor, named: Named, session: Session) -> Person:
    """Who bears that address, or a new person without account."""
    given, family = " ".join(named.given_name.split()), " ".join(named.family_name.split())
    email = clean_email(named.email)
    if not (0 < len(given) <= NAME_LENGTH and 0 < len(family) <= NAME_LENGTH and email):
        raise rules.CorrespondentIncomplete()
    person = session.scalar(select(Person).where(Person.email == email))
    if person is None:
        person = Person(given_name=given, family_name=family, email=email, created_at=clock.now())
        session.add(person)
        session.flush()
        journal.record(actor, "person.add", person, after={"given_name": given, "family_name": family})
    elif person.ended_at is not None or plain(person.family_name) != plain(family):
        raise rules.AnotherBearsAddress()
    return person


def end_correspondent(actor: Actor, correspondent_id: int, until_on: date) -> Correspondent:
    """End a term on a day (included). Raises NotFound, EndsBeforeItStarts, AlreadyEnded."""
    with transaction() as session:
        correspondent = session.scalar(
            select(Correspondent).where(Correspondent.id == correspondent_id).with_for_update()
        )
        if correspondent is None:
            raise NotFound()
        get_represented(actor, correspondent.for_person_id, session)
        rules.check_end(correspondent, until_on, None)
        _end(actor, correspondent, until_on)
    return correspondent


def _end(actor: Actor, correspondent: Correspondent, until_on: date) -> None:
    before, after = journal.changes(correspondent, {"until_on": until_on})
    correspondent.until_on = until_on
    journal.record(
        actor,
        "correspondent.end",
        correspondent,
        before=before,
        after=after,
        on_behalf_of_id=correspondent.for_person_id,
    )


def end_correspondents_of(actor: Actor, person_id: int, day: date) -> None:
    """End the terms of a person who leaves, on either side; in that transaction."""
    for term in queries.terms_as_correspondent(person_id):
        if term.until_on is None or term.until_on > day:
            _end(actor, term, max(day, term.from_on))
