"""Reads of actions: mine, those of my committees, those of a session or of an act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.actions.rules import ActionState
from tnt.committees.models import Committee, Institution, Mandate
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.journal import JournalEntry

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asks of the list."""

    mine: bool = True
    state: str = "open"  # « open », « late », « done », « dropped », « all »
    committee_id: int | None = None
    owner: str = ""  # « p12 »: a person, « i3 »: an institution
    page: int = 1


@dataclass(frozen=True, slots=True)
class ActionPage:
    """A page of the list, and how many there are in all."""

    actions: list[Action]
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


def can_read(actor: Actor, action: Action, day: date) -> bool:
    """Whether the actor may see it: an owner, a member of its committee, the programme manager."""
    scopes = committees_open_to(actor)
    return scopes is None or action.committee_id in scopes or owns(actor, action, day)


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
    if scopes is None:
        return _loaded()
    mandates = institutions_of(actor.person_id, day) if actor.person_id is not None else []
    return _loaded().where(
        or_(
            Action.committee_id.in_(scopes),
            and_(Action.owner_id.is_not(None), Action.owner_id == actor.person_id),
            Action.owner_institution_id.in_(mandates),
        )
    )


def list_page(actor: Actor, filters: Filters, today: date) -> ActionPage:
    """A page of the actions that the actor may read: open ones by due day, then the others, newest first."""
    statement = _mine(actor, today) if filters.mine else _readable(actor, today)
    statement = _narrowed(statement, filters, today)
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    page = max(1, min(filters.page, max(1, -(-total // PAGE_LENGTH))))
    ordered = _ordered(statement).limit(PAGE_LENGTH).offset((page - 1) * PAGE_LENGTH)
    return ActionPage(list(db.session.scalars(ordered)), total, page)


def _narrowed(statement: Select[Action], filters: Filters, today: date) -> Select[Action]:
    if filters.state == "late":
        statement = statement.where(Action.state == ActionState.OPEN, Action.due_on < today)
    elif filters.state != "all":
        statement = statement.where(Action.state == ActionState(filters.state))
    if filters.committee_id is not None:
        statement = statement.where(Action.committee_id == filters.committee_id)
    kind, number = filters.owner[:1], filters.owner[1:]
    if kind in {"p", "i"} and number.isdecimal() and len(number) <= 9:
        column = Action.owner_id if kind == "p" else Action.owner_institution_id
        statement = statement.where(column == int(number))
    return statement


def _ordered(statement: Select[Action]) -> Select[Action]:
    open_first = case((Action.state == ActionState.OPEN, 0), else_=1)
    due_of_open = case((Action.state == ActionState.OPEN, Action.due_on))
    return statement.order_by(open_first, due_of_open, Action.due_on.desc(), Action.id)


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


def committees_of(actor: Actor) -> list[Committee]:
    """The committees whose actions the actor may read, to choose from."""
    scopes = committees_open_to(actor)
    statement = select(Committee).order_by(Committee.id)
    if scopes is not None:
        statement = statement.where(Committee.id.in_(scopes))
    return list(db.session.scalars(statement))


def open_of(actor: Actor, today: date) -> list[Action]:
    """The open actions asked of the actor, first due first: what awaits me."""
    statement = _mine(actor, today).where(Action.state == ActionState.OPEN)
    return list(db.session.scalars(statement.order_by(Action.due_on, Action.id)))


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


def history_of(action_id: int) -> list[JournalEntry]:
    """What the journal says of an action, newest first."""
    return list(
        db.session.scalars(
            select(JournalEntry)
            .where(JournalEntry.object_kind == "action", JournalEntry.object_id == action_id)
            .order_by(JournalEntry.seq.desc())
        )
    )
