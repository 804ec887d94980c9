"""The notices sent for a meeting, each with the agenda as it was that day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.committees.models import Mandate
from tnt.convocations.rules import CountersignState, NoticeKind
from tnt.core.db import Model
from tnt.meetings.models import Meeting

__all__ = ["AgendaCountersign", "CountersignState", "Notice", "NoticeKind", "NoticeRecipient"]


class Notice(Model):
    """One notice: to how many, by whom, and the frozen agenda (canonical JSON in the blobs)."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    kind: Mapped[NoticeKind]
    agenda_sha256: Mapped[str] = mapped_column(String(64))
    recipients: Mapped[int]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    sent_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the notice."""
        return f"{self.meeting.journal_label}, n° {self.number}"


class NoticeRecipient(Model):
    """Somebody to whom a notice was written, about which seat: their own, or that of whom they answer for."""

    __tablename__ = "notice_recipient"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), primary_key=True)

    person: Mapped[Person] = relationship()
    mandate: Mapped[Mandate] = relationship()


class AgendaCountersign(Model):
    """An agenda put before the co-chairs: one of them countersigns it as it is, or asks for a correction."""

    __tablename__ = "agenda_countersign"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint("(state = 'awaited') = (answered_at IS NULL)", name="answered_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    agenda_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[CountersignState] = mapped_column(default=CountersignState.AWAITED)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    comment: Mapped[str] = mapped_column(String(500), default="")
    answered_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship()
    mandate: Mapped[Mandate | None] = relationship()
    asked_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the request."""
        return f"{self.meeting.journal_label}, n° {self.number}"
