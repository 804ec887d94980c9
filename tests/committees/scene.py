"""A committee, two institutions and people, for the tests of mandates and of what hangs on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count

from tnt.accounts.models import Person
from tnt.committees.models import Committee, Institution, InstitutionKind
from tnt.core import clock
from tnt.core.access import Actor, Grant
from tnt.core.db import transaction
from tnt.programme.rules import Every

_numbers = count(1)
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Scene:
    """Ids of what was made."""

    committee: int
    other_committee: int
    anct: int
    amf: int
    administrator: Actor


def make_scene() -> Scene:
    """Both committees, two institutions, and an administrator who is no member."""
    with transaction() as session:
        coordination = Committee(
            key="coordination",
            code="CC",
            name="Comité de coordination",
            every=Every.QUARTER,
            followed_from=date(2025, 1, 1),
        )
        orientation = Committee(
            key="orientation",
            code="CO",
            name="Comité d’orientation politique",
            every=Every.SEMESTER,
            followed_from=date(2025, 1, 1),
        )
        anct = Institution(name="Agence nationale", acronym="ANCT", kind=InstitutionKind.STATE)
        amf = Institution(name="Association des maires", acronym="AMF", kind=InstitutionKind.ASSOCIATION)
        session.add_all([coordination, orientation, anct, amf])
        session.flush()
        ids = (coordination.id, orientation.id, anct.id, amf.id)
    return Scene(*ids, administrator=Actor(make_person(), "Admin", frozenset({Grant("administrator")})))


def make_person(family: str = "Aubert", given: str = "Claire") -> int:
    """A person; their id."""
    with transaction() as session:
        person = Person(
            given_name=given,
            family_name=family,
            email=f"personne{next(_numbers)}@example.org",
            created_at=clock.now(),
        )
        session.add(person)
        session.flush()
        return person.id
