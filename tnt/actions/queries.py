"""Reads of actions: mine, those of my committees, those of a session or of an act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import joinedload

from tnt.accounts.models import Person
from tnt.actions.models import Action, ActionNote
from tnt.actions.rules import ActionState
from tnt.committees.models import Committee, Institution, Mandate
from tnt.committees.queries import mandates_on
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.journal import JournalEntry
from tnt.decisions.models import Act
from tnt.meetings.models import Meeting
from tnt.meetings.policies import READ_RESERVED, reads_reserved


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asks of the list."""

    mine: bool = True
    state: str = "open"  # « open », « late », « done », « dropped », « all »
    committee_id: int | None = None
    owner: str = ""  # « p12 »: a person, « i3 »: an institution
    page: int = 1


class ActionLine(NamedTuple):
    """An action as the list shows it."""

    id: int
    title: str
    due_on: date
    state: ActionState
    committee_id: int
    owner_id: int | None
    of_mine: bool  # asked of an institution that the reader sits for today
    given_name: str | None
    family_name: str | None
    institution: str | None
    acronym: str | None
    act_id: int | None
    number: str | None
    reference: str | None
    authority: str | None
    asked_at: datetime | None  # the session that asked it

    @property
    def owner(self) -> str:
        """The person asked, « » when only an institution is."""
        return f"{self.given_name} {self.family_name}" if self.family_name is not None else ""

    @property
    def act_label(self) -> str:
        """The number of the act that asked it, or the own reference of a past one."""
        return self.number or self.reference or self.authority or ""


class CommitteeName(NamedTuple):
    """A committee to choose from."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ActionPage:
    """A page of the list, and how many there are in all."""

    actions: list[ActionLine]
    total: int
    page: int

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.page * PAGE_LENGTH < self.total


def get_action(action_id: int) -> Action:
    """The action of that id, with what its page shows. Raises NotFound."""
    action = db.session.scalar(_loaded().where(Action.id == action_id))
    if action is None:
        raise NotFound()
    return action


def institutions_of(person_id: int, day: date) -> list[int]:
    """The institutions for which a person sits in any committee on a day."""
    return list(
        db.session.scalars(
            select(Mandate.institution_id)
            .where(
                Mandate.person_id == person_id,
                Mandate.from_on <= day,
                or_(Mandate.until_on.is_(None), Mandate.until_on >= day),
            )
            .distinct()
        )
    )


def owns(actor: Actor, action: Action, day: date) -> bool:
    """Whether the action is asked of the actor: in person, or of an institution they sit for today."""
    if actor.person_id is None:
        return False
    if action.owner_id == actor.person_id:
        return True
    if action.owner_institution_id is None:
        return False
    return action.owner_institution_id in institutions_of(actor.person_id, day)


def committees_open_to(actor: Actor) -> frozenset[int] | None:
    """The committees whose actions the actor may read; None: all of them."""
    if actor.is_system or actor.has("programme_manager"):
        return None
    return actor.scopes("member", "secretary", "co_chair")


def is_open_to(actor: Actor, action: Action) -> bool:
    """Whether the actor reads it with those of its committee: not a reserved one for whoever has no vote."""
    scopes = committees_open_to(actor)
    reads = scopes is None or action.committee_id in scopes
    return reads and (not action.reserved or reads_reserved(actor, action.committee_id))


def can_read(actor: Actor, action: Action, day: date) -> bool:
    """Whether the actor may see it: an owner, a member of its committee, the programme manager."""
    return is_open_to(actor, action) or owns(actor, action, day)


def _loaded() -> Select[Action]:
    return select(Action).options(
        joinedload(Action.committee), joinedload(Action.meeting), joinedload(Action.act)
    )


def _mine(actor: Actor, day: date) -> Select[Action]:
    mandates = institutions_of(actor.person_id, day) if actor.person_id is not None else []
    return _loaded().where(
        or_(Action.owner_id == actor.person_id, Action.owner_institution_id.in_(mandates))
        if actor.person_id is not None
        else Action.id.is_(None)
    )


def _readable(actor: Actor, day: date) -> Select[Action]:
    scopes = committees_open_to(actor)
    mandates = institutions_of(actor.person_id, day) if actor.person_id is not None else []
    told = (
        true()
        if actor.is_system
        else or_(Action.reserved.is_(False), Action.committee_id.in_(_trusted(actor)))
    )
    return _loaded().where(
        or_(
            and_(true() if scopes is None else Action.committee_id.in_(scopes), told),
            and_(Action.owner_id.is_not(None), Action.owner_id == actor.person_id),
            Action.owner_institution_id.in_(mandates),
        )
    )


def _trusted(actor: Actor) -> list[int]:
    """The committees whose reserved actions the actor reads."""
    return sorted(actor.scopes(*READ_RESERVED))


def list_page(actor: Actor, filters: Filters, today: date) -> ActionPage:
    """A page of the actions that the actor may read: open ones by due day, then the others, newest first.

    A page that does not exist gives the nearest one.
    """
    statement, values = _listing(actor, filters, today)
    page = max(1, filters.page)
    rows = _rows(statement, values, page)
    if not rows and page > 1:
        first = _rows(statement, values, 1)
        page = max(1, -(-first[0].total // PAGE_LENGTH)) if first else 1
        rows = first if page == 1 else _rows(statement, values, page)
    return ActionPage([ActionLine._make(row[:-1]) for row in rows], rows[0].total if rows else 0, page)


def _rows(
    statement: Select[*tuple[Any, ...]], values: dict[str, object], page: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    values = values | {"offset": min((page - 1) * PAGE_LENGTH, _FARTHEST)}
    return db.session.connection().execute(statement, values).all()


def _listing(
    actor: Actor, filters: Filters, today: date
) -> tuple[Select[*tuple[Any, ...]], dict[str, object]]:
    """The statement of that list, which only depends on which filters are set, and its values."""
    scopes = committees_open_to(actor)
    kind, number = filters.owner[:1], filters.owner[1:]
    by_owner = kind in _OWNERS and number.isdecimal() and len(number) <= 9
    statement = _list_of(
        mine=filters.mine,
        everywhere=scopes is None,
        state=filters.state,
        in_committee=filters.committee_id is not None,
        owner=kind if by_owner else "",
    )
    values = {
        "person": actor.person_id if actor.person_id is not None else _NOBODY,
        "day": today,
        "scopes": sorted(scopes or ()),
        "trusted": _trusted(actor),
        "committee": filters.committee_id,
        "owner": int(number) if by_owner else None,
    }
    return statement, values


PAGE_LENGTH = 50
_FARTHEST = 2**31 - 1  # no list is longer, and databases count no further
_NOBODY = -1  # owns nothing
_action, _mandate, _act = Action.__table__, Mandate.__table__, Act.__table__
_person, _institution, _meeting = Person.__table__, Institution.__table__, Meeting.__table__
_OWNERS = {"p": _action.c.owner_id, "i": _action.c.owner_institution_id}
_institution_or_none = func.coalesce(_action.c.owner_institution_id, _NOBODY)  # a yes or no, never NULL
_PERSON, _DAY = bindparam("person", type_=Integer()), bindparam("day", type_=Date())


@cache
def _list_of(
    *, mine: bool, everywhere: bool, state: str, in_committee: bool, owner: str
) -> Select[*tuple[Any, ...]]:
    """A page of such a list with the total: cut on the actions alone, then told with what they refer to."""
    cut = (
        select(
            _action,
            _of_my_institutions(_institution_or_none).label("of_mine"),
            func.count().over().label("total"),
        )
        .where(*_conditions(mine=mine, everywhere=everywhere, state=state))
        .order_by(*_order(_action.c))
        .limit(PAGE_LENGTH)
        .offset(bindparam("offset", type_=Integer()))
    )
    if in_committee:
        cut = cut.where(_action.c.committee_id == bindparam("committee", type_=Integer()))
    if owner:
        cut = cut.where(_OWNERS[owner] == bindparam("owner", type_=Integer()))
    page = cut.subquery()
    return (
        select(
            *(
                page.c[name]
                for name in ("id", "title", "due_on", "state", "committee_id", "owner_id", "of_mine")
            ),
            _person.c.given_name,
            _person.c.family_name,
            _institution.c.name,
            _institution.c.acronym,
            page.c.act_id,
            _act.c.number,
            _act.c.reference,
            _act.c.authority,
            _meeting.c.starts_at,
            page.c.total,
        )
        .select_from(page)
        .outerjoin(_person, _person.c.id == page.c.owner_id)
        .outerjoin(_institution, _institution.c.id == page.c.owner_institution_id)
        .outerjoin(_act, _act.c.id == page.c.act_id)
        .outerjoin(_meeting, _meeting.c.id == page.c.meeting_id)
        .order_by(*_order(page.c))
    )


def _of_my_institutions(owner: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the action is asked of an institution for which the person sits on that day."""
    seats = select(_mandate.c.institution_id).where(
        _mandate.c.person_id == _PERSON,
        _mandate.c.from_on <= _DAY,
        or_(_mandate.c.until_on.is_(None), _mandate.c.until_on >= _DAY),
    )
    return owner.in_(seats)


def _owned() -> CompoundSelect[int]:
    """The actions asked of the person or of their institutions: each half by its own index.

    With an OR, databases go through every open action instead.
    """
    own = _action.alias()
    of_mine = _of_my_institutions(own.c.owner_institution_id)
    return union(select(own.c.id).where(own.c.owner_id == _PERSON), select(own.c.id).where(of_mine))


def _conditions(*, mine: bool, everywhere: bool, state: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    of_mine = _of_my_institutions(_action.c.owner_institution_id)
    if mine:
        found.append(_action.c.id.in_(_owned()))
    else:
        told = or_(
            _action.c.reserved.is_(False), _action.c.committee_id.in_(bindparam("trusted", expanding=True))
        )
        scopes = true() if everywhere else _action.c.committee_id.in_(bindparam("scopes", expanding=True))
        found.append(or_(and_(scopes, told), _action.c.owner_id == _PERSON, of_mine))
    if state == "late":
        found += [_action.c.state == ActionState.OPEN, _action.c.due_on < _DAY]
    elif state != "all":
        found.append(_action.c.state == ActionState(state))
    return found


def _order(columns: Any) -> tuple[ColumnElement[Any], ...]:
    is_open = columns.state == ActionState.OPEN
    return (case((is_open, 0), else_=1), case((is_open, columns.due_on)), columns.due_on.desc(), columns.id)


def owner_choices(actor: Actor, today: date) -> list[tuple[str, str]]:
    """Who owns the actions that the actor may read, people first, as (code, name) pairs."""
    readable = _readable(actor, today).with_only_columns(Action.owner_id, Action.owner_institution_id)
    owners = readable.options().order_by(None).distinct().subquery()
    people = db.session.execute(
        select(Person.id, Person.family_name, Person.given_name)
        .where(Person.id.in_(select(owners.c.owner_id)))
        .order_by(Person.family_name, Person.given_name)
    )
    bodies = db.session.execute(
        select(Institution.id, Institution.name, Institution.acronym)
        .where(Institution.id.in_(select(owners.c.owner_institution_id)))
        .order_by(Institution.name)
    )
    return [(f"p{id_}", f"{family} {given}") for id_, family, given in people] + [
        (f"i{id_}", acronym or name) for id_, name, acronym in bodies
    ]


def owners_in(committee_id: int, day: date) -> list[tuple[str, str]]:
    """Who may be asked by a committee on a day: the institutions, then the people, that sit in it."""
    mandates = mandates_on(committee_id, day)
    bodies = {f"i{each.institution_id}": each.institution.name for each in mandates}
    people = {
        f"p{each.person_id}": f"{each.person.full_name} ({each.institution.short_name})" for each in mandates
    }
    return [*sorted(bodies.items(), key=itemgetter(1)), *sorted(people.items(), key=itemgetter(1))]


_committee = Committee.__table__
_COMMITTEES = select(_committee.c.id, _committee.c.key, _committee.c.name).order_by(_committee.c.id)


def committees_of(actor: Actor) -> list[CommitteeName]:
    """The committees whose actions the actor may read, to choose from."""
    scopes = committees_open_to(actor)
    names = (CommitteeName._make(row) for row in db.session.connection().execute(_COMMITTEES))
    return [name for name in names if scopes is None or name.id in scopes]


class OpenLine(NamedTuple):
    """An open action: what, by when, which committee asked."""

    id: int
    title: str
    due_on: date
    committee: str


def open_of(actor: Actor, today: date, most: int = PAGE_LENGTH) -> list[OpenLine]:
    """The open actions asked of the actor, first due first: what awaits me."""
    asked = {"person": actor.person_id, "today": today, "most": most}
    return [OpenLine(*row) for row in db.session.execute(_open_lines(), asked)]


@cache
def _open_lines() -> Select[int, str, date, str]:
    person, today = bindparam("person", type_=Integer), bindparam("today", type_=Date)
    theirs = select(Mandate.institution_id).where(
        Mandate.person_id == person,
        Mandate.from_on <= today,
        or_(Mandate.until_on.is_(None), Mandate.until_on >= today),
    )
    # two searches, each by its own index
    mine = union(
        select(Action.id, Action.due_on).where(Action.owner_id == person, Action.state == ActionState.OPEN),
        select(Action.id, Action.due_on).where(
            Action.owner_institution_id.in_(theirs), Action.state == ActionState.OPEN
        ),
    ).subquery()
    first = (
        select(mine.c.id)
        .order_by(mine.c.due_on, mine.c.id)
        .limit(bindparam("most", type_=Integer))
        .subquery()
    )
    return (
        select(Action.id, Action.title, Action.due_on, Committee.name)
        .join(first, first.c.id == Action.id)
        .join(Committee, Committee.id == Action.committee_id)
        .order_by(Action.due_on, Action.id)
    )


def open_in(committee_id: int) -> list[Action]:
    """The open actions of a committee, first due first: « Suites données » opens each session."""
    statement = _loaded().where(Action.committee_id == committee_id, Action.state == ActionState.OPEN)
    return list(db.session.scalars(statement.order_by(Action.due_on, Action.id)))


def open_of_group(group_id: int, act_ids: Select[tuple[int]]) -> list[Action]:
    """The open actions of a group, first due first: of its acts, unless handed over; and handed to it."""
    of_its_acts = and_(Action.group_id.is_(None), Action.act_id.in_(act_ids))
    statement = _loaded().where(
        Action.state == ActionState.OPEN, or_(Action.group_id == group_id, of_its_acts)
    )
    return list(db.session.scalars(statement.order_by(Action.due_on, Action.id)))


def of_meeting(meeting_id: int) -> list[Action]:
    """The actions that a session asked."""
    return list(
        db.session.scalars(
            _loaded().where(Action.meeting_id == meeting_id).order_by(Action.due_on, Action.id)
        )
    )


def of_acts(act_ids: Iterable[int]) -> dict[int, list[Action]]:
    """The actions that hang on each act: how far a decision is carried out."""
    found: dict[int, list[Action]] = {}
    statement = _loaded().where(Action.act_id.in_(list(act_ids))).order_by(Action.due_on, Action.id)
    for action in db.session.scalars(statement):
        if action.act_id is not None:
            found.setdefault(action.act_id, []).append(action)
    return found


def count_late(committee_ids: Iterable[int] | None, today: date) -> int:
    """How many open actions of these committees (all with None) are past their day."""
    statement = select(func.count(Action.id)).where(Action.state == ActionState.OPEN, Action.due_on < today)
    if committee_ids is not None:
        statement = statement.where(Action.committee_id.in_(list(committee_ids)))
    return db.session.scalar(statement) or 0


def notes_of(action_id: int) -> Sequence[ActionNote]:
    """The progress notes of an action, newest first."""
    return db.session.scalars(
        select(ActionNote)
        .where(ActionNote.action_id == action_id)
        .options(joinedload(ActionNote.noted_by))
        .order_by(ActionNote.noted_at.desc(), ActionNote.id.desc())
    ).all()


def history_of(action_id: int) -> list[JournalEntry]:
    """What the journal says of an action, newest first."""
    return list(
        db.session.scalars(
            select(JournalEntry)
            .where(JournalEntry.object_kind == "action", JournalEntry.object_id == action_id)
            .order_by(JournalEntry.seq.desc())
        )
    )
