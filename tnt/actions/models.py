"""An action: somebody is asked to do something by a day, because a committee decided."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.actions.rules import ActionState
from tnt.committees.models import Committee, Institution
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.meetings.models import Meeting

__all__ = ["Action", "ActionNote", "ActionState"]


class Action(Model):
    """What is to be done, by whom, by when, from which act or session."""

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("owner_id IS NOT NULL OR owner_institution_id IS NOT NULL", name="somebody_owns_it"),
        CheckConstraint("state <> 'done' OR done_on IS NOT NULL", name="done_has_a_day"),
        Index("ix_action_state_due", "state", "due_on"),
        # what is open for somebody, and how much is open in a committee, without a row read
        Index("ix_action_owner", "owner_id", "state", "due_on"),
        Index("ix_action_owner_institution", "owner_institution_id", "state", "due_on"),
        Index("ix_action_committee_state", "committee_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("project_group.id"), index=True)  # handed to it
    due_on: Mapped[date]
    reserved: Mapped[bool] = mapped_column(default=False)  # asked by what the session reserved
    state: Mapped[ActionState] = mapped_column(default=ActionState.OPEN)
    done_on: Mapped[date | None]
    proof: Mapped[str] = mapped_column(Text, default="")  # of what was done, or the reason of dropping
    proof_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))  # a file that proves it
    proof_name: Mapped[str] = mapped_column(String(150), default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    owner: Mapped[Person | None] = relationship(lazy="joined")
    owner_institution: Mapped[Institution | None] = relationship(lazy="joined")
    committee: Mapped[Committee] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    act: Mapped[Act | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the action."""
        return self.title


class ActionNote(Model):
    """How far an open action is, in its owner's words; added to, never changed."""

    __tablename__ = "action_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    noted_by: Mapped[Person | None] = relationship()
