"""What happens to people and accounts, one function per use case.

Administrators add people, invite them, suspend and end them; people choose and change their password. What
the features above must do when somebody leaves, or refuse, they say with `register_departure` and
`register_departure_guard`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tnt.accounts import mails, queries, rules
from tnt.accounts.models import Account, AccountToken, Person
from tnt.accounts.rules import AccountState, TokenKind
from tnt.core import clock, journal, passwords, sessions, tasks, throttle
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import Forbidden, NotFound, check_version
from tnt.core.logs import security

QUARTER = 15 * 60
HOUR = 3600
SIGN_INS_PER_ACCOUNT = 10  # each quarter of an hour
SIGN_INS_PER_ADDRESS = 100  # many people behind one network
RESETS_PER_ACCOUNT = 3  # each hour
RESETS_PER_ADDRESS = 30
RESET_TASK = "account.reset"

Guard = Callable[[int], None]
Departure = Callable[[Actor, int, date], None]
_GUARDS: dict[str, Guard] = {}
_DEPARTURES: dict[str, Departure] = {}


def register_departure_guard(name: str, guard: Guard) -> None:
    """Have a feature above refuse (by raising) that a person be suspended or ended."""
    _GUARDS[name] = guard


def register_departure(name: str, departure: Departure) -> None:
    """Have a feature above end what a person holds, within the transaction that ends the person."""
    _DEPARTURES[name] = departure


def can_administer(actor: Actor) -> bool:
    """Whether the actor manages people and accounts."""
    return actor.has("administrator")


def _check_administrator(actor: Actor) -> None:
    if not can_administer(actor):
        raise Forbidden()


# people


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a person, as a form gives it."""

    given_name: str
    family_name: str
    email: str | None = None
    title: str = ""
    locale: str = "fr"

    def cleaned(self) -> dict[str, str | None]:
        """The values to store."""
        return {
            "given_name": self.given_name.strip(),
            "family_name": self.family_name.strip(),
            "email": rules.clean_email(self.email),
            "title": self.title.strip(),
            "locale": self.locale,
        }


def add_person(
    actor: Actor,
    given_name: str,
    family_name: str,
    email: str | None = None,
    title: str = "",
    locale: str = "fr",
) -> Person:
    """Make a person known, without an account. Raises DuplicateEmail, Forbidden."""
    _check_administrator(actor)
    values = Identity(given_name, family_name, email, title, locale).cleaned()
    with transaction() as session:
        _check_email_free(session, values["email"], None)
        person = Person(**values, created_at=clock.now())
        session.add(person)
        _flush(session)
        journal.record(actor, "person.add", person, after=values)
    return person


def edit_person(actor: Actor, person_id: int, identity: Identity, version: int | None = None) -> Person:
    """Change what is known of a person; a former address is told of its replacement.

    Raises Stale, DuplicateEmail, EmailInUse, PersonEnded, NotFound, Forbidden.
    """
    _check_administrator(actor)
    values = identity.cleaned()
    with transaction() as session:
        person = _known_person(session, person_id)
        check_version(version, person.version)
        _check_email_free(session, values["email"], person.id)
        if person.account and not person.account.is_demo and values["email"] is None:
            raise rules.EmailInUse()
        before, after = journal.changes(person, values)
        if not after:
            return person
        for name, value in after.items():
            setattr(person, name, value)
        person.version += 1
        if "email" in after and person.account:
            _void_tokens(session, person.account.id)  # they were sent to the former address
            if before["email"]:
                mails.tell_email_changed(person, before["email"], clock.now())
        _flush(session)
        journal.record(actor, "person.edit", person, before=before, after=after)
    return person


def end_person(actor: Actor, person_id: int) -> None:
    """Note that a person has left the programme: their account closes; what they did stays.

    Raises NotOneself, PersonEnded, whatever a guard raises, NotFound, Forbidden.
    """
    _check_administrator(actor)
    with transaction() as session:
        person = _known_person(session, person_id)
        _check_may_leave(actor, person)
        for departure in _DEPARTURES.values():
            departure(actor, person.id, clock.today())
        person.ended_at = clock.now()
        person.version += 1
        if person.account:
            _close_sessions(person.account)
            _void_tokens(session, person.account.id)
        journal.record(actor, "person.end", person, after={"ended_at": person.ended_at})


def choose_language(actor: Actor, locale: str) -> None:
    """Keep the language of the actor's own pages and mails."""
    with transaction() as session:
        person = _known_person(session, actor.person_id)
        before, after = journal.changes(person, {"locale": locale})
        if after:
            person.locale = locale
            journal.record(actor, "person.language", person, before=before, after=after)


# accounts


def create_demo_account(actor: Actor, person: Person, label: str) -> Account:
    """Give a fictional person an account without password, offered on the sign-in page under `label`."""
    if not actor.is_system:
        raise Forbidden()
    if not current_app.config["DEMO_ALLOWED"]:
        raise rules.DemoRefused()
    with transaction() as session:
        account = _new_account(person, AccountState.ACTIVE)
        account.is_demo, account.demo_label = True, label
        session.add(account)
        session.flush()
        journal.record(actor, "account.create_demo", account, after={"label": label})
    return account


def invite(actor: Actor, person: Person) -> str:
    """Mail a person the single-use link that opens their account, and return it; earlier links die.

    Raises EmailNeeded, AlreadyActive, WrongState (suspended), PersonEnded, Forbidden.
    """
    _check_administrator(actor)
    with transaction() as session:
        person = _known_person(session, person.id)
        if not person.email:
            raise rules.EmailNeeded()
        account = person.account
        if account is None:
            account = _new_account(person, AccountState.INVITED)
            session.add(account)
            session.flush()
        if account.state is AccountState.ACTIVE:
            raise rules.AlreadyActive()
        if account.state is AccountState.SUSPENDED:
            raise rules.WrongState()
        link = _mail_link(session, actor, account, TokenKind.INVITATION)
        journal.record(actor, "account.invite", account, after={"email": person.email})
    return link


def suspend(actor: Actor, person_id: int) -> None:
    """Close an account until further notice: every session dies at its next request.

    Raises NotOneself, WrongState, whatever a guard raises, NotFound, Forbidden.
    """
    _check_administrator(actor)
    with transaction() as session:
        person = _known_person(session, person_id)
        account = _account_of(person)
        _check_may_leave(actor, person)
        before = account.state
        _move(account, AccountState.SUSPENDED)
        _close_sessions(account)
        _void_tokens(session, account.id)
        journal.record(
            actor, "account.suspend", account, before={"state": before}, after={"state": account.state}
        )


def reactivate(actor: Actor, person_id: int) -> None:
    """Open a suspended account again; one that never had a password is to be invited again."""
    _check_administrator(actor)
    with transaction() as session:
        person = _known_person(session, person_id)
        account = _account_of(person)
        opened = account.password_hash is not None or account.is_demo
        _move(account, AccountState.ACTIVE if opened else AccountState.INVITED)
        session.flush()
        journal.record(
            actor,
            "account.reactivate",
            account,
            before={"state": AccountState.SUSPENDED},
            after={"state": account.state},
        )


# signing in


def authenticate(email: str, password: str, address: str) -> Account:
    """The account that opens with that password; attempts are counted before anything is hashed.

    Raises TooManyAttempts, BadCredentials (unknown, wrong and suspended look the same, in as much time).
    """
    throttle.check("sign_in.address", address, SIGN_INS_PER_ADDRESS, QUARTER)
    throttle.check("sign_in.account", email[:254], SIGN_INS_PER_ACCOUNT, QUARTER)
    account = queries.find_account_for_sign_in(email)
    account_id, stored = (account.id, account.password_hash) if account else (None, None)
    db.session.rollback()  # nothing of the database is held while the password is hashed
    if not passwords.verify_password(stored, password) or account_id is None:
        security("sign_in.refused")
        raise rules.BadCredentials()
    throttle.reset("sign_in.account", email[:254])
    renewed = passwords.hash_password(password) if stored and passwords.needs_rehash(stored) else None
    with transaction() as session:
        account = session.get_one(Account, account_id)
        account.last_sign_in_at = clock.now()
        account.password_hash = renewed or account.password_hash
    security("sign_in", account=account_id)
    return account


def enter_demonstration(account_id: int) -> Account:
    """The demonstration account chosen on the sign-in page. Raises NotFound where it is not offered."""
    account = queries.find_demo_account(account_id)
    if account is None:
        raise NotFound()
    with transaction() as session:
        account = session.get_one(Account, account_id)
        account.last_sign_in_at = clock.now()
    security("sign_in.demo", account=account_id)
    return account


def confirm_identity(actor: Actor, password: str, address: str) -> None:
    """Check the actor's own password again; demonstration accounts have none.

    Raises TooManyAttempts, WrongPassword.
    """
    person = queries.get_person(actor.person_id or 0)
    if person.account and person.account.is_demo:
        return
    _check_own_password(person, password, address)


def _check_own_password(person: Person, password: str, address: str) -> None:
    account_id, stored = (person.account.id, person.account.password_hash) if person.account else (0, None)
    db.session.rollback()
    throttle.check("confirm.address", address, SIGN_INS_PER_ADDRESS, QUARTER)
    throttle.check("confirm.account", str(account_id), SIGN_INS_PER_ACCOUNT, QUARTER)
    if not passwords.verify_password(stored, password):
        security("confirm.refused", account=account_id)
        raise rules.WrongPassword()


# passwords and links


def request_reset(email: str, address: str) -> None:
    """Have a reset link mailed if the address has an account.

    The same row is written whether it has one or not, and a task does the rest: the answer and its time tell
    nothing. Raises TooManyAttempts, for unknown addresses too.
    """
    throttle.check("reset.address", address, RESETS_PER_ADDRESS, HOUR)
    throttle.check("reset.account", email[:254], RESETS_PER_ACCOUNT, HOUR)
    account = queries.find_account_for_sign_in(email)
    with transaction():
        tasks.submit(
            RESET_TASK, f"{RESET_TASK}:{secrets.token_hex(8)}", {"account_id": account.id if account else 0}
        )


def send_reset(actor: Actor, account_id: int) -> bool:
    """Mail the reset link, if the account may sign in; whether it was."""
    with transaction() as session:
        account = session.get(Account, account_id)
        if account is None or account.state is not AccountState.ACTIVE or account.is_demo:
            return False
        if account.person.ended_at is not None or not account.person.email:
            return False
        _mail_link(session, actor, account, TokenKind.RESET)
        journal.record(actor, "account.send_reset", account)
    return True


def use_link(kind: TokenKind, link: str, new_password: str) -> Account:
    """Set the password by a single-use link: it dies, the account opens, earlier sessions end.

    Raises LinkNotValid, PasswordTooShort, PasswordTooLong, PasswordTooCommon.
    """
    token = queries.find_valid_token(kind, link)
    if token is None:
        raise rules.LinkNotValid()
    token_id, person, person_id = token.id, token.account.person, token.account.person_id
    _check_new_password(person, new_password)
    db.session.rollback()
    hashed = passwords.hash_password(new_password)
    now = clock.now()
    with transaction() as session:
        account = _account_of(_known_person(session, person_id))
        # one statement, so that of two browsers with one link only the first passes
        used = session.execute(
            update(AccountToken)
            .where(AccountToken.id == token_id, AccountToken.used_at.is_(None), AccountToken.expires_at > now)
            .values(used_at=now)
            .returning(AccountToken.account_id)
        ).scalar()
        if used is None or account.state is AccountState.SUSPENDED:
            raise rules.LinkNotValid()
        if account.state is AccountState.INVITED:
            _move(account, AccountState.ACTIVE)
        _set_password(session, account, hashed)
        if kind is TokenKind.RESET:
            mails.tell_password_changed(account.person, now)
        actor = Actor(account.person_id, account.person.full_name)
        journal.record(actor, f"account.password_by_{kind.value}", account)
    return account


def change_password(actor: Actor, present: str, new_password: str, address: str) -> Account:
    """Replace the actor's own password; the other sessions end.

    Raises TooManyAttempts, WrongPassword, PasswordTooShort, PasswordTooLong, PasswordTooCommon.
    """
    person = queries.get_person(actor.person_id or 0)
    _check_new_password(person, new_password)
    _check_own_password(person, present, address)
    hashed = passwords.hash_password(new_password)
    with transaction() as session:
        person = _known_person(session, actor.person_id)
        account = _account_of(person)
        _set_password(session, account, hashed)
        mails.tell_password_changed(person, clock.now())
        journal.record(actor, "account.change_password", account)
    return account


def close_other_sessions(actor: Actor, keep: str | None) -> int:
    """End the actor's sessions but the one of this browser; how many."""
    with transaction() as session:
        account = _account_of(_known_person(session, actor.person_id))
        ended = sessions.end_sessions(account.id, keep=keep)
        journal.record(actor, "account.close_sessions", account, after={"ended": ended})
    return ended


def _check_new_password(person: Person, new_password: str) -> None:
    own = [person.given_name, person.family_name, person.email or ""]
    rules.check_password(new_password, own)


def _set_password(session: Session, account: Account, hashed: str) -> None:
    account.password_hash = hashed
    account.password_changed_at = clock.now()
    _close_sessions(account)
    _void_tokens(session, account.id)
    session.flush()


def _mail_link(session: Session, actor: Actor, account: Account, kind: TokenKind) -> str:
    _void_tokens(session, account.id)
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    token = AccountToken(
        account=account,
        kind=kind,
        selector=secrets.token_urlsafe(12),
        secret_hash=queries.hash_secret(secret),
        created_at=now,
        expires_at=now + rules.LASTS[kind],
    )
    session.add(token)
    session.flush()
    return mails.send_link(actor, token, f"{token.selector}.{secret}")


def _void_tokens(session: Session, account_id: int) -> None:
    session.execute(
        update(AccountToken)
        .where(AccountToken.account_id == account_id, AccountToken.used_at.is_(None))
        .values(used_at=clock.now())
    )


def _close_sessions(account: Account) -> None:
    """End every session: their rows go, and the id that they hold is no longer the account's."""
    account.login_id = secrets.token_urlsafe(32)
    sessions.end_sessions(account.id)


def _new_account(person: Person, state: AccountState) -> Account:
    return Account(
        person=person, login_id=secrets.token_urlsafe(32), state=state, created_at=clock.now(), is_demo=False
    )


def _move(account: Account, state: AccountState) -> None:
    """The only place that changes an account's state."""
    rules.check_transition(account.state, state)
    account.state = state


def _known_person(session: Session, person_id: int | None) -> Person:
    """The person, locked where the database can. Raises NotFound, PersonEnded."""
    person = session.scalar(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if person is None:
        raise NotFound()
    if person.ended_at is not None:
        raise rules.PersonEnded()
    return person


def _account_of(person: Person) -> Account:
    if person.account is None:
        raise NotFound()
    return person.account


def _check_email_free(session: Session, email: str | None, own_id: int | None) -> None:
    if email is None:
        return
    holder = session.scalar(select(Person.id).where(Person.email == email))
    if holder is not None and holder != own_id:
        raise rules.DuplicateEmail()


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:  # somebody took the address at the same moment
        raise rules.DuplicateEmail() from error


def _check_may_leave(actor: Actor, person: Person) -> None:
    if actor.person_id == person.id:
        raise rules.NotOneself()
    for guard in _GUARDS.values():
        guard(person.id)
