"""Reads of committees, mandates, functions and institutions; what is loaded with them is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from tnt.accounts.models import Person
from tnt.committees.models import Committee, Correspondent, Function, Institution, Mandate, RemitLine
from tnt.committees.rules import SEAT_ORDER, FunctionKind, InstitutionKind, Seat, Voice
from tnt.core.access import OF_PERSON, ON_DAY
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.journal import JournalDetail, JournalEntry

PAGE = 100  # rows of the administration's lists
HISTORY = 50  # entries of an object's history

_SEAT_RANK = case(SEAT_ORDER, value=Mandate.seat)


def held_on(model: type[Mandate] | type[Function], day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The SQL twin of `rules.is_held_on`."""
    return and_(model.from_on <= day, or_(model.until_on.is_(None), model.until_on >= day))


# committees


def list_committees() -> list[Committee]:
    """Every committee, the one that gives the orientations first."""
    return list(db.session.scalars(select(Committee).order_by(Committee.id)))


def find_committee(key: str) -> Committee | None:
    """The committee of that key (« coordination »), or None."""
    if not key.isprintable():  # PostgreSQL refuses a NUL where SQLite finds nothing
        return None
    return db.session.scalar(select(Committee).where(Committee.key == key))


def get_committee(key: str) -> Committee:
    """The committee of that key. Raises NotFound."""
    committee = find_committee(key)
    if committee is None:
        raise NotFound()
    return committee


def get_committee_by_id(committee_id: int) -> Committee:
    """The committee of that id. Raises NotFound."""
    committee = db.session.get(Committee, committee_id)
    if committee is None:
        raise NotFound()
    return committee


def remit_of(committee_id: int) -> tuple[tuple[str, bool], ...]:
    """The lines of a committee's remit and whether each interprets, in the order of the source."""
    return tuple((text, told) for text, told in db.session.execute(_remit(), {"committee": committee_id}))


@cache  # a statement costs more to put together than to send
def _remit() -> Select[str, bool]:
    lines = select(RemitLine.text, RemitLine.interpretation)
    return lines.where(RemitLine.committee_id == bindparam("committee")).order_by(RemitLine.position)


# mandates


def mandates_on(committee_id: int, day: date) -> list[Mandate]:
    """Every mandate held in a committee on a day, with its person, institution and full member.

    Co-chairs, full members, substitutes, guests, secretariat; then by institution and name.
    """
    return list(db.session.scalars(_seated(committee_id, day)))


class SeatLine(NamedTuple):
    """A mandate as a list of members shows it."""

    id: int
    seat: Seat
    voice: Voice
    ex_officio: bool
    from_on: date
    until_on: date | None
    name: str
    title: str
    institution: str
    substitute_for: str


def seats_on(committee_id: int, day: date) -> tuple[SeatLine, ...]:
    """The same mandates, in the same order, as lines to read."""
    rows = db.session.execute(_seats(), {"committee": committee_id, "day": day})
    return tuple(
        SeatLine._make(
            (*row[:6], f"{row[6]} {row[7]}", row[8], row[9], f"{row[10]} {row[11]}".strip()),
        )
        for row in rows
    )


@cache
def _seats() -> Select[*tuple[Any, ...]]:
    day, full, member = bindparam("day", type_=Date), aliased(Mandate), aliased(Person)
    return (
        select(
            Mandate.id,
            Mandate.seat,
            Mandate.voice,
            Mandate.ex_officio,
            Mandate.from_on,
            Mandate.until_on,
            Person.given_name,
            Person.family_name,
            Person.title,
            Institution.name,
            func.coalesce(member.given_name, ""),
            func.coalesce(member.family_name, ""),
        )
        .join(Person, Person.id == Mandate.person_id)
        .join(Institution, Institution.id == Mandate.institution_id)
        .outerjoin(full, full.id == Mandate.substitute_for_id)
        .outerjoin(member, member.id == full.person_id)
        .where(Mandate.committee_id == bindparam("committee"), held_on(Mandate, day))
        .order_by(_SEAT_RANK, Institution.name, Person.family_name, Person.given_name)
    )


def _seated(committee_id: int, day: date, *seats: Seat) -> Any:
    statement = (
        select(Mandate)
        .join(Mandate.person)
        .join(Mandate.institution)
        .where(Mandate.committee_id == committee_id, held_on(Mandate, day))
        .order_by(_SEAT_RANK, Institution.name, Person.family_name, Person.given_name)
        .options(
            contains_eager(Mandate.person),
            contains_eager(Mandate.institution),
            joinedload(Mandate.substitute_for).joinedload(Mandate.person),
        )
    )
    return statement.where(Mandate.seat.in_(seats)) if seats else statement


def members_on(committee_id: int, day: date) -> list[Person]:
    """The people who hold any mandate in a committee on a day, by name."""
    people = {mandate.person_id: mandate.person for mandate in mandates_on(committee_id, day)}
    return sorted(people.values(), key=lambda person: (person.family_name, person.given_name))


def co_chairs_on(committee_id: int, day: date) -> list[Mandate]:
    """The co-chairs' mandates on a day."""
    return list(db.session.scalars(_seated(committee_id, day, Seat.CO_CHAIR)))


def secretaries_on(committee_id: int, day: date) -> list[Mandate]:
    """The secretariat's mandates on a day."""
    return list(db.session.scalars(_seated(committee_id, day, Seat.SECRETARY)))


def find_mandate(person_id: int, committee_id: int, day: date) -> Mandate | None:
    """The mandate that a person holds in a committee on a day, or None."""
    return db.session.scalar(
        select(Mandate).where(
            Mandate.person_id == person_id, Mandate.committee_id == committee_id, held_on(Mandate, day)
        )
    )


def get_mandate(mandate_id: int) -> Mandate:
    """A mandate by its id. Raises NotFound."""
    mandate = db.session.get(Mandate, mandate_id)
    if mandate is None:
        raise NotFound()
    return mandate


def mandates_of(person_id: int, day: date | None = None) -> list[Mandate]:
    """The mandates that a person holds on a day, or ever held (None), the newest first."""
    statement = (
        select(Mandate)
        .where(Mandate.person_id == person_id)
        .order_by(Mandate.from_on.desc(), Mandate.id.desc())
        .options(joinedload(Mandate.committee), joinedload(Mandate.institution))
    )
    return list(db.session.scalars(statement.where(held_on(Mandate, day)) if day else statement))


def same_seat(person_id: int, committee_id: int) -> list[Mandate]:
    """Every mandate, past ones included, of a person in a committee."""
    return list(
        db.session.scalars(
            select(Mandate).where(Mandate.person_id == person_id, Mandate.committee_id == committee_id)
        )
    )


def substitutes_of(mandate_id: int, after: date) -> list[Mandate]:
    """The substitutes of a full member whose mandates still run after a day."""
    return list(
        db.session.scalars(
            select(Mandate).where(
                Mandate.substitute_for_id == mandate_id,
                or_(Mandate.until_on.is_(None), Mandate.until_on > after),
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a long list and whether another one follows."""

    rows: Sequence[Mandate]
    number: int
    has_next: bool


def list_mandates(day: date, *, committee_id: int | None = None, ended: bool = False, page: int = 1) -> Page:
    """The mandates that run on a day or begin later; those that ended before it with `ended`."""
    statement = (
        select(Mandate)
        .join(Mandate.person)
        .join(Mandate.institution)
        .order_by(Mandate.committee_id, _SEAT_RANK, Person.family_name, Person.given_name, Mandate.id)
        .options(
            contains_eager(Mandate.person),
            contains_eager(Mandate.institution),
            joinedload(Mandate.committee),
            joinedload(Mandate.substitute_for).joinedload(Mandate.person),
        )
        .where(Mandate.until_on < day if ended else or_(Mandate.until_on.is_(None), Mandate.until_on >= day))
        .limit(PAGE + 1)
        .offset((max(page, 1) - 1) * PAGE)
    )
    if committee_id is not None:
        statement = statement.where(Mandate.committee_id == committee_id)
    rows = list(db.session.scalars(statement))
    return Page(rows[:PAGE], max(page, 1), len(rows) > PAGE)


def full_members_on(day: date) -> list[Mandate]:
    """The full members of every committee on a day or later, for the choice of whom one replaces."""
    return list(
        db.session.scalars(
            select(Mandate)
            .join(Mandate.person)
            .where(Mandate.seat == Seat.FULL_MEMBER, or_(Mandate.until_on.is_(None), Mandate.until_on >= day))
            .order_by(Mandate.committee_id, Person.family_name, Person.given_name)
            .options(contains_eager(Mandate.person), joinedload(Mandate.committee))
        )
    )


# functions


def functions_of(person_id: int, day: date | None = None) -> list[Function]:
    """The functions that a person holds on a day, or ever held (None), the newest first."""
    statement = (
        select(Function)
        .where(Function.person_id == person_id)
        .order_by(Function.from_on.desc(), Function.id.desc())
        .options(joinedload(Function.institution))
    )
    return list(db.session.scalars(statement.where(held_on(Function, day)) if day else statement))


def get_function(function_id: int) -> Function:
    """A function by its id. Raises NotFound."""
    function = db.session.get(Function, function_id)
    if function is None:
        raise NotFound()
    return function


def list_functions() -> list[Function]:
    """Every function, those that run first, then by kind and name."""
    return list(
        db.session.scalars(
            select(Function)
            .join(Function.person)
            .order_by(Function.until_on.is_not(None), Function.kind, Person.family_name, Function.id)
            .options(contains_eager(Function.person), joinedload(Function.institution))
        )
    )


def administrators() -> list[Function]:
    """Every term of an administrator, past and future; locked on PostgreSQL while one of them changes."""
    return list(
        db.session.scalars(
            select(Function)
            .where(Function.kind == FunctionKind.ADMINISTRATOR)
            .order_by(Function.id)
            .with_for_update()
        )
    )


# correspondents


def correspondents_of(person_ids: Iterable[int], day: date) -> list[Correspondent]:
    """Whoever receives and replies for these people on a day; one query."""
    return list(
        db.session.scalars(
            select(Correspondent)
            .where(
                Correspondent.for_person_id.in_(list(person_ids)),
                Correspondent.from_on <= day,
                or_(Correspondent.until_on.is_(None), Correspondent.until_on >= day),
            )
            .options(joinedload(Correspondent.person))
            .order_by(Correspondent.id)
        )
    )


def served_by(person_id: Any, day: Any) -> Select[int]:
    """The ids of those for whom a person receives and replies on a day; values or bound parameters."""
    return select(Correspondent.for_person_id).where(
        Correspondent.person_id == person_id,
        Correspondent.from_on <= day,
        or_(Correspondent.until_on.is_(None), Correspondent.until_on >= day),
    )


def is_correspondent(person_id: int | None, for_person_id: int, day: date) -> bool:
    """Whether the first receives and replies for the second on that day."""
    return any(one.person_id == person_id for one in correspondents_of([for_person_id], day))


def every_correspondent_of(person_id: int) -> list[Correspondent]:
    """The correspondents that a person has or had, those still in office first."""
    return list(
        db.session.scalars(
            select(Correspondent)
            .where(Correspondent.for_person_id == person_id)
            .options(joinedload(Correspondent.person))
            .order_by(Correspondent.until_on.is_not(None), Correspondent.from_on.desc(), Correspondent.id)
        )
    )


def terms_as_correspondent(person_id: int) -> list[Correspondent]:
    """Every term in which the person replies for somebody, or somebody for them."""
    return list(
        db.session.scalars(
            select(Correspondent)
            .where(or_(Correspondent.person_id == person_id, Correspondent.for_person_id == person_id))
            .options(joinedload(Correspondent.person), joinedload(Correspondent.for_person))
            .order_by(Correspondent.id)
        )
    )


# institutions


def list_institutions(kind: InstitutionKind | None = None, day: date | None = None) -> list[Institution]:
    """The institutions by kind and name; those that exist on a day when one is given."""
    rank = case({each: number for number, each in enumerate(InstitutionKind)}, value=Institution.kind)
    statement = select(Institution).order_by(rank, Institution.name)
    if kind is not None:
        statement = statement.where(Institution.kind == kind)
    if day is not None:
        statement = statement.where(or_(Institution.ended_on.is_(None), Institution.ended_on >= day))
    return list(db.session.scalars(statement))


def institution_choices(day: date) -> list[tuple[int, str]]:
    """(id, name) of the institutions that exist on a day, for a form."""
    return [
        (each.id, f"{each.name} ({each.acronym})" if each.acronym else each.name)
        for each in list_institutions(day=day)
    ]


def get_institution(institution_id: int) -> Institution:
    """An institution by its id, with its former names. Raises NotFound."""
    found = db.session.scalar(
        select(Institution)
        .where(Institution.id == institution_id)
        .options(selectinload(Institution.former_names))
    )
    if found is None:
        raise NotFound()
    return found


def name_taken(name: str, except_id: int | None = None) -> bool:
    """Whether another institution bears that name, whatever its capitals."""
    statement = select(Institution.id).where(func.lower(Institution.name) == name.lower())
    if except_id is not None:
        statement = statement.where(Institution.id != except_id)
    return db.session.scalar(statement.limit(1)) is not None


def mandates_for(institution_id: int) -> list[Mandate]:
    """Every mandate held for an institution, those that run first."""
    return list(
        db.session.scalars(
            select(Mandate)
            .join(Mandate.person)
            .where(Mandate.institution_id == institution_id)
            .order_by(Mandate.until_on.is_not(None), Mandate.until_on.desc(), Person.family_name, Mandate.id)
            .options(contains_eager(Mandate.person), joinedload(Mandate.committee))
        )
    )


def count_running_after(institution_id: int, day: date) -> int:
    """How many mandates of an institution still run after a day."""
    return (
        db.session.scalar(
            select(func.count(Mandate.id)).where(
                Mandate.institution_id == institution_id,
                or_(Mandate.until_on.is_(None), Mandate.until_on > day),
            )
        )
        or 0
    )


# rights of the day, and history


def grants() -> tuple[Select[*tuple[Any, ...]], ...]:
    """What a person's mandates and functions open on a day, as (right, scope) rows."""
    seats = Mandate.__table__.c
    held = (seats.person_id == OF_PERSON, seats.from_on <= ON_DAY, _not_over(seats.until_on))
    functions = Function.__table__.c
    on = (functions.person_id == OF_PERSON, functions.from_on <= ON_DAY, _not_over(functions.until_on))
    helps = Correspondent.__table__.c
    helping = (
        helps.person_id == OF_PERSON,
        helps.from_on <= ON_DAY,
        _not_over(helps.until_on),
        seats.person_id == helps.for_person_id,
        seats.from_on <= ON_DAY,
        _not_over(seats.until_on),
    )
    return (
        select(literal("member", String), seats.committee_id).where(*held),
        # who receives for a member reads what members read, and nothing that is reserved
        select(literal("member", String), seats.committee_id).where(*helping),
        select(cast(seats.seat, String), seats.committee_id).where(
            *held, seats.seat.in_([Seat.CO_CHAIR, Seat.SECRETARY])
        ),
        select(literal("voting", String), seats.committee_id).where(*held, seats.voice == Voice.VOTING),
        select(cast(functions.kind, String), cast(null(), Integer)).where(*on),
    )


def _not_over(until_on: ColumnElement[date | None]) -> ColumnElement[bool]:
    return or_(until_on.is_(None), until_on >= ON_DAY)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of an object's history, as the journal keeps it."""

    at: datetime
    actor: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]


def history(object_kind: str, object_id: int) -> list[Change]:
    """The last changes of an object, the newest first, out of the journal."""
    rows = db.session.execute(
        select(JournalEntry.at, JournalEntry.action, JournalDetail.payload)
        .outerjoin(JournalDetail, JournalDetail.seq == JournalEntry.seq)
        .where(JournalEntry.object_kind == object_kind, JournalEntry.object_id == object_id)
        .order_by(JournalEntry.seq.desc())
        .limit(HISTORY)
    )
    changes = []
    for at, action, payload in rows:
        kept = payload or {}
        before, after = _typed(kept.get("before", {})), _typed(kept.get("after", {}))
        changes.append(Change(at, kept.get("actor", ""), action, before, after))
    return changes


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """The values of the journal, days as days again."""
    return {
        name: date.fromisoformat(value) if name.endswith(("_on", "_from")) and value else value
        for name, value in values.items()
    }
