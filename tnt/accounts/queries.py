"""Reads of people and accounts."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.orm import joinedload

from tnt.accounts import rules
from tnt.accounts.models import Account, AccountToken, Person
from tnt.accounts.rules import AccountState, TokenKind
from tnt.core import clock, dataset, words
from tnt.core.db import db
from tnt.core.errors import NotFound

PAGE_SIZE = 50


class PersonState(StrEnum):
    """What the list of people shows and filters by."""

    ACTIVE = "active"
    INVITED = "invited"
    SUSPENDED = "suspended"
    NO_ACCOUNT = "no_account"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person of a session, as Flask-Login and the access rules know them."""

    account_id: int
    login_id: str
    person_id: int
    person_name: str
    is_demo: bool
    demo_label: str

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the session holds: an id that changes when every session must end."""
        return self.login_id


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list of people."""

    people: list[Person]
    number: int
    total: int

    @property
    def first(self) -> int:
        """Rank of the first person shown, from 1."""
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """Rank of the last person shown."""
        return self.first + len(self.people) - 1

    @property
    def previous(self) -> int | None:
        """The page before, if any."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, if any."""
        return self.number + 1 if self.last < self.total else None


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A mandate or function as the page of a person shows it."""

    label: str
    period: str = ""
    url: str | None = None


# what features above know of a person's roles, for the page of the person
RoleProvider = Callable[[int], Iterable[RoleLine]]
_ROLES: dict[str, RoleProvider] = {}


def register_roles(name: str, provider: RoleProvider) -> None:
    """Add lines to the page of a person: the mandates and functions, past ones included."""
    _ROLES[name] = provider


def roles_of(person_id: int) -> list[RoleLine]:
    """The mandates and functions of a person, as the features above tell them."""
    return [line for provider in _ROLES.values() for line in provider(person_id)]


def demo_open() -> bool:
    """Whether demonstration accounts may be used: allowed here, and demonstration data is loaded."""
    return bool(current_app.config["DEMO_ALLOWED"]) and dataset.demo_loaded()


# asked at each request: made once, on the tables, without the mapper's work
_ACCOUNT, _PERSON = Account.__table__.c, Person.__table__.c
_SIGNED_IN = (
    select(
        _ACCOUNT.id,
        _ACCOUNT.login_id,
        _ACCOUNT.person_id,
        _PERSON.given_name,
        _PERSON.family_name,
        _ACCOUNT.is_demo,
        _ACCOUNT.demo_label,
    )
    .select_from(Account.__table__.join(Person.__table__, _PERSON.id == _ACCOUNT.person_id))
    .where(
        _ACCOUNT.login_id == bindparam("login_id"),
        _ACCOUNT.state == AccountState.ACTIVE,
        _PERSON.ended_at.is_(None),
    )
)


def find_signed_in(login_id: str) -> SignedIn | None:
    """The person of a session; None once the account is suspended, has ended or has a new login id."""
    row = db.session.connection().execute(_SIGNED_IN, {"login_id": login_id}).first()
    if row is None or (row.is_demo and not demo_open()):
        return None
    return SignedIn(
        account_id=row.id,
        login_id=row.login_id,
        person_id=row.person_id,
        person_name=f"{row.given_name} {row.family_name}",
        is_demo=row.is_demo,
        demo_label=row.demo_label,
    )


def _may_sign_in() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Account.state == AccountState.ACTIVE, Person.ended_at.is_(None)


def able_to_sign_in(person_ids: Iterable[int]) -> set[int]:
    """Those of these people whose account is open: not suspended, not merely invited, not gone."""
    statement = select(Account.person_id).join(Account.person)
    return set(db.session.scalars(statement.where(Account.person_id.in_(list(person_ids)), *_may_sign_in())))


def find_account_for_sign_in(email: str) -> Account | None:
    """The account that may sign in with a password under that address."""
    cleaned = rules.clean_email(email)
    if cleaned is None or not rules.is_storable(cleaned):
        return None
    return db.session.scalar(
        select(Account)
        .join(Account.person)
        .where(Person.email == cleaned, Account.is_demo.is_(False), *_may_sign_in())
    )


def get_account(account_id: int) -> Account:
    """An account by its id. Raises NotFound."""
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound()
    return account


def list_demo_accounts() -> list[Account]:
    """The accounts offered in one click on the sign-in page; none outside the demonstration."""
    if not demo_open():
        return []
    offered = select(Account).join(Account.person).where(Account.is_demo, *_may_sign_in())
    return list(db.session.scalars(offered.order_by(Account.id)))


def find_demo_account(account_id: int) -> Account | None:
    """A demonstration account that is offered at present."""
    if not demo_open():
        return None
    offered = select(Account).join(Account.person).where(Account.is_demo, *_may_sign_in())
    return db.session.scalar(offered.where(Account.id == account_id))


def find_valid_token(kind: TokenKind, link: str) -> AccountToken | None:
    """The token of a link « selector.secret » if it may still be used, else None."""
    selector, _dot, secret = link.partition(".")
    if not selector.isascii() or not selector.isprintable():
        return None
    token = db.session.scalar(
        select(AccountToken)
        .where(AccountToken.selector == selector, AccountToken.kind == kind)
        .options(joinedload(AccountToken.account))
    )
    given = hash_secret(secret)
    if token is None or not hmac.compare_digest(token.secret_hash, given):
        return None
    usable = rules.is_valid_link(now=clock.now(), expires_at=token.expires_at, used_at=token.used_at)
    return token if usable and token.account.person.ended_at is None else None


def hash_secret(secret: str) -> str:
    """What is stored of the secret of a link: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def get_person(person_id: int) -> Person:
    """A person by their id. Raises NotFound."""
    person = db.session.get(Person, person_id, options=[joinedload(Person.account)])
    if person is None:
        raise NotFound()
    return person


def find_person_by_email(email: str) -> Person | None:
    """The person who has that address, whatever its case."""
    return db.session.scalar(select(Person).where(Person.email == rules.clean_email(email)))


def state_of(person: Person) -> PersonState:
    """How the list shows a person. The account must be loaded."""
    if person.ended_at is not None:
        return PersonState.ENDED
    return PersonState(person.account.state.value) if person.account else PersonState.NO_ACCOUNT


def list_people(search: str = "", state: PersonState | None = None, page: int = 1) -> Page:
    """The people whose name, title or address holds every word, by name; fifty a page."""
    wanted: list[ColumnElement[bool]] = [
        Person.search_text.contains(word, autoescape=True) for word in words.words(search)
    ]
    if state is not None:
        wanted.append(_in_state(state))
    total = db.session.scalar(select(func.count(Person.id)).outerjoin(Person.account).where(*wanted)) or 0
    number = max(1, min(page, -(-total // PAGE_SIZE)))
    people = db.session.scalars(
        select(Person)
        .outerjoin(Person.account)
        .where(*wanted)
        .options(joinedload(Person.account))
        .order_by(Person.family_name, Person.given_name, Person.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page(list(people), number, total)


def _in_state(state: PersonState) -> ColumnElement[bool]:
    if state is PersonState.ENDED:
        return Person.ended_at.is_not(None)
    if state is PersonState.NO_ACCOUNT:
        return and_(Person.ended_at.is_(None), Account.id.is_(None))
    return and_(Person.ended_at.is_(None), Account.state == AccountState(state.value))


def people_choices() -> list[tuple[int, str]]:
    """Everybody still known, for a list to choose from: (id, « Aubert Claire »), by name."""
    rows = db.session.execute(
        select(Person.id, Person.family_name, Person.given_name)
        .where(Person.ended_at.is_(None))
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    return [(row.id, f"{row.family_name} {row.given_name}") for row in rows]


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """The full names of some people, in one query."""
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(set(person_ids)))
    )
    return {row.id: f"{row.given_name} {row.family_name}" for row in rows}


def is_known(person: Person) -> bool:
    """Whether the person is still of the programme, and not suspended."""
    suspended = person.account is not None and person.account.state is AccountState.SUSPENDED
    return person.ended_at is None and not suspended
