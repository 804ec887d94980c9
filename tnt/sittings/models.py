"""Attendance and outcomes of a meeting as it is held."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Institution, Mandate
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.sittings.rules import OutcomeKind, Presence, VoteMode


class Attendance(Model):
    """How one mandate was filled at one meeting."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "mandate_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    presence: Mapped[Presence]
    represented_by: Mapped[str] = mapped_column(String(160), default="")  # entered in ten seconds
    recorded_at: Mapped[datetime]

    mandate: Mapped[Mandate] = relationship()


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
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
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
