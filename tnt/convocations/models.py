"""The notices sent for a meeting, each with the agenda as it was that day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.convocations.rules import NoticeKind
from tnt.core.db import Model
from tnt.meetings.models import Meeting

__all__ = ["Notice", "NoticeKind"]


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
