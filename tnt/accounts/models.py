"""People, their accounts, and the single-use links sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from tnt.accounts.rules import AccountState, TokenKind
from tnt.core import words
from tnt.core.db import Model


class Person(Model):
    """Somebody the programme knows: a member, a lead, a secretary, with or without an account."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80), index=True)
    title: Mapped[str] = mapped_column(String(160), default="")  # « maire de … », « directrice … »
    email: Mapped[str | None] = mapped_column(String(254))  # lower case
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # no longer known to the programme; kept in the acts
    version: Mapped[int] = mapped_column(default=1)
    search_text: Mapped[str] = mapped_column(Text, default="")  # names, title and address without accents

    account: Mapped[Account | None] = relationship(back_populates="person", uselist=False)

    @property
    def full_name(self) -> str:
        """« Claire Aubert »."""
        return f"{self.given_name} {self.family_name}"

    @property
    def journal_label(self) -> str:
        """How the journal names the person."""
        return self.full_name


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _keep_search_text(_mapper: Mapper[Person], _connection: Connection, person: Person) -> None:
    parts = (person.given_name, person.family_name, person.title or "", person.email or "")
    person.search_text = words.plain(" ".join(parts))


class Account(Model):
    """How a person signs in. `login_id` is what the session holds; changing it ends every session."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    login_id: Mapped[str] = mapped_column(String(43), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[AccountState] = mapped_column(default=AccountState.INVITED)
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)  # signs in with one click, has no password
    demo_label: Mapped[str] = mapped_column(String(120), default="")  # the role, on the sign-in page

    person: Mapped[Person] = relationship(back_populates="account", lazy="joined")


class AccountToken(Model):
    """A single-use link (invitation, reset): looked up by selector, proven by the secret's hash."""

    __tablename__ = "account_token"
    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires_later"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[TokenKind]
    selector: Mapped[str] = mapped_column(String(24), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
