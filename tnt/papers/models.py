"""Papers, their versions, and the times when late authors were chased."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.core.db import Model
from tnt.intake.models import DecisionRequest
from tnt.meetings.models import Meeting
from tnt.papers.rules import PaperState


class Paper(Model):
    """A document of an item, or one that is expected from somebody for a day.

    When its item goes back to the intake the paper waits with the entry, until that is placed again.
    """

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint("(item_id IS NULL) <> (request_id IS NULL)", name="one_place"),
        CheckConstraint(
            "state <> 'awaited' OR (author_id IS NOT NULL AND due_on IS NOT NULL)",
            name="awaited_from_somebody",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("decision_request.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    reserved: Mapped[bool] = mapped_column(default=False)
    state: Mapped[PaperState] = mapped_column(default=PaperState.AWAITED)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None]
    remark: Mapped[str] = mapped_column(Text, default="")  # why the secretariat sent it back
    asked_at: Mapped[datetime | None]
    chased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    item: Mapped[AgendaItem | None] = relationship()
    request: Mapped[DecisionRequest | None] = relationship()
    author: Mapped[Person | None] = relationship()
    versions: Mapped[list[PaperVersion]] = relationship(
        back_populates="paper", order_by="PaperVersion.number", cascade="all, delete-orphan"
    )

    @property
    def journal_label(self) -> str:
        """How the journal names the paper."""
        return self.title


class PaperVersion(Model):
    """A file as it was handed in; its bytes are content-addressed and never change."""

    __tablename__ = "paper_version"
    __table_args__ = (
        UniqueConstraint("paper_id", "number"),
        CheckConstraint("number > 0", name="number_from_one"),
        CheckConstraint("size > 0", name="not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    pages: Mapped[int | None]  # of a PDF
    tagged: Mapped[bool | None]  # whether a PDF has a structure that a screen reader follows
    mergeable: Mapped[bool]  # whether its pages go into the pack; otherwise it is joined as an annex
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    validated_at: Mapped[datetime | None]

    paper: Mapped[Paper] = relationship(back_populates="versions")
    uploaded_by: Mapped[Person | None] = relationship()


class PaperChase(Model):
    """One time when the late authors of a session were written to."""

    __tablename__ = "paper_chase"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    messages: Mapped[int]  # one for each late paper
    people: Mapped[int]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    sent_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the chase."""
        return self.meeting.journal_label
