"""A committee, its people and a meeting, for the tests of meetings and of what hangs on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tnt.accounts.models import Person
from tnt.committees.models import (
    Committee,
    Institution,
    InstitutionKind,
    Mandate,
    Seat,
    Voice,
)
from tnt.core import clock
from tnt.core.access import Actor, Grant
from tnt.core.db import transaction
from tnt.meetings import services
from tnt.meetings.models import Meeting
from tnt.programme.rules import Every
from tnt.projects.models import ProjectGroup, Workstream

IN_THREE_WEEKS = datetime(2026, 12, 15, 13, 30, tzinfo=UTC)  # 14 h 30 in Paris


def make_committee(key: str = "coordination", **values: object) -> Committee:
    """A committee with an ordinary cadence."""
    facts = {
        "coordination": ("CC", "Comité de coordination", Every.QUARTER),
        "orientation": ("CO", "Comité d’orientation politique", Every.SEMESTER),
    }[key]
    with transaction() as session:
        committee = Committee(
            key=key,
            code=facts[0],
            name=facts[1],
            every=facts[2],
            followed_from=date(2026, 1, 1),
            **values,
        )
        session.add(committee)
    return committee


def make_member(
    committee: Committee,
    family: str = "Aubert",
    seat: Seat = Seat.FULL_MEMBER,
    email: str | None = "",
    until_on: date | None = None,
) -> Person:
    """A person who sits in the committee since 2025, with an address unless `email` is None."""
    with transaction() as session:
        institution = Institution(name=f"Institution {family}", kind=InstitutionKind.STATE)
        address = f"{family.lower()}@example.org" if email == "" else email
        person = Person(given_name="Claire", family_name=family, email=address, created_at=clock.now())
        session.add_all([institution, person])
        session.flush()
        session.add(
            Mandate(
                person_id=person.id,
                committee_id=committee.id,
                institution_id=institution.id,
                seat=seat,
                voice=Voice.ADVISORY if seat is Seat.SECRETARY else Voice.VOTING,
                from_on=date(2025, 1, 1),
                until_on=until_on,
                created_at=clock.now(),
            )
        )
    return person


def actor_of(person: Person, *grants: Grant) -> Actor:
    """That person, holding these grants."""
    return Actor(person.id, person.full_name, frozenset(grants))


def secretary_of(committee: Committee, family: str = "Secret") -> Actor:
    """The secretary of the committee, who sits there."""
    person = make_member(committee, family, Seat.SECRETARY)
    return actor_of(person, Grant("secretary", committee.id), Grant("member", committee.id))


def member_of(committee: Committee, family: str = "Membre") -> Actor:
    """An ordinary member of the committee."""
    return actor_of(make_member(committee, family), Grant("member", committee.id))


def plan(
    actor: Actor, committee: Committee, starts_at: datetime = IN_THREE_WEEKS, **values: object
) -> Meeting:
    """A meeting of two hours and a half."""
    given: dict[str, object] = {"place": "Ségur, salle 4413"} | values
    return services.plan_meeting(
        actor,
        committee_id=committee.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=150),
        **given,  # type: ignore[arg-type]
    )


def make_group(name: str = "Urbanisme", slug: str = "urbanisme") -> ProjectGroup:
    """A proposed group in a workstream of its own."""
    with transaction() as session:
        stream = Workstream(key=slug, name=f"Chantier {name}", position=1)
        session.add(stream)
        session.flush()
        group = ProjectGroup(
            slug=slug,
            name=name,
            workstream_id=stream.id,
            proposed_mission="Simplifier les demandes d’urbanisme.",
            created_at=clock.now(),
        )
        session.add(group)
    return group
