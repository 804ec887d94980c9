"""Attendance and outcomes of a meeting as it is held."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Institution, Mandate
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.sittings.rules import Choice, Draft, OutcomeKind, Presence, TextField, VoteMode


class Attendance(Model):
    """How one mandate was filled at one meeting; arrivals and departures (`PresenceChange`) refine it.

    `represented_by` is what is read: the representative typed, the substitute, or the holder of the proxy.
    A proxy is heard while the seat is empty, so a member who leaves may have given one too.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("meeting_id", "mandate_id"),
        CheckConstraint("substitute_id IS NULL OR presence = 'substituted'", name="substitute_replaces"),
        CheckConstraint("proxy_holder_id IS NULL OR proxy_holder_id <> mandate_id", name="not_own_proxy"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    presence: Mapped[Presence]
    represented_by: Mapped[str] = mapped_column(String(160), default="")  # entered in ten seconds
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    proxy_holder_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    recorded_at: Mapped[datetime]

    mandate: Mapped[Mandate] = relationship(foreign_keys=[mandate_id])


class PresenceChange(Model):
    """Somebody came in or went out while the session was held."""

    __tablename__ = "presence_change"
    __table_args__ = (UniqueConstraint("meeting_id", "mandate_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    at: Mapped[datetime]
    arrived: Mapped[bool]
    replaced: Mapped[Presence | None]  # what the roll said before this arrival; put back if it is taken away
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    mandate: Mapped[Mandate] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the move."""
        return self.mandate.person.full_name


class Recusal(Model):
    """A member steps aside from one item (déport)."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("item_id", "mandate_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    recorded_at: Mapped[datetime]

    item: Mapped[AgendaItem] = relationship()
    mandate: Mapped[Mandate] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the recusal."""
        return self.mandate.person.full_name


class Ballot(Model):
    """What one mandate said in a vote by name; `cast_by_id` is the mandate that held its proxy, if any."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("item_id", "mandate_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    choice: Mapped[Choice]
    cast_by_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    recorded_at: Mapped[datetime]

    mandate: Mapped[Mandate] = relationship(foreign_keys=[mandate_id])


class ItemText(Model):
    """The version of one text of an item that is saved as it is typed; the text stands where it is read.

    `recent` holds the keys of the last saves, so that one sent again is not saved again. What one person
    types is written in the journal once in a while: `before` is the text of the last entry.
    """

    __tablename__ = "item_text"

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), primary_key=True)
    field: Mapped[TextField] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recent: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [key, version], oldest first
    before: Mapped[str | None] = mapped_column(Text)
    unwritten_since: Mapped[datetime | None]

    item: Mapped[AgendaItem] = relationship()
    saved_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the text."""
        return self.item.title


class Outcome(Model):
    """How an item ended, with the wording as decided. `act` appears at the levée."""

    __tablename__ = "outcome"
    __table_args__ = (
        CheckConstraint("for_ >= 0 AND against >= 0 AND abstain >= 0", name="votes_not_negative"),
        UniqueConstraint("act_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    kind: Mapped[OutcomeKind | None]  # None: notes only, not settled yet
    wording: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    defer_reason: Mapped[str] = mapped_column(String(500), default="")
    vote_mode: Mapped[VoteMode] = mapped_column(default=VoteMode.CONSENSUS)
    for_: Mapped[int] = mapped_column(default=0)
    against: Mapped[int] = mapped_column(default=0)
    abstain: Mapped[int] = mapped_column(default=0)
    casting: Mapped[Choice | None]  # the chair's voice, on a tie
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    settled_at: Mapped[datetime | None]  # when the present kind was chosen: presences are those of then
    batch: Mapped[str | None] = mapped_column(String(36))  # settled together with others
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[AgendaItem] = relationship()
    act: Mapped[Act | None] = relationship()
    saved_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the outcome."""
        return self.item.title

    @property
    def draft(self) -> Draft:
        """The outcome as it was entered, which the rules judge."""
        return Draft(
            self.kind,
            self.wording,
            self.notes,
            self.defer_reason,
            self.vote_mode,
            self.for_,
            self.against,
            self.abstain,
            self.casting,
        )


class ItemAction(Model):
    """An action noted on an item; it becomes an `Action` when the record takes force."""

    __tablename__ = "item_action"
    __table_args__ = (
        CheckConstraint("owner_id IS NOT NULL OR owner_institution_id IS NOT NULL", name="somebody_owns_it"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    due_on: Mapped[date]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))

    item: Mapped[AgendaItem] = relationship()
    owner: Mapped[Person | None] = relationship(lazy="joined")
    owner_institution: Mapped[Institution | None] = relationship(lazy="joined")
    action: Mapped[Action | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the action."""
        return self.title
