"""Packs and their supplements, with the files made of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.core.db import Model
from tnt.meetings.models import Meeting
from tnt.packs.rules import FileKind, PackState


class Pack(Model):
    """The pack of a session (number 0) or its n-th supplement; a preview until it is sent."""

    __tablename__ = "pack"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint("number >= 0", name="number_not_negative"),
        CheckConstraint("state = 'queued' OR content_sha256 IS NOT NULL", name="built_from_a_snapshot"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_some_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    number: Mapped[int]
    state: Mapped[PackState] = mapped_column(default=PackState.QUEUED)
    build: Mapped[int] = mapped_column(default=1)  # counts the previews; the task's key holds it
    seen_sha256: Mapped[str] = mapped_column(String(64), default="")  # agenda and papers at the build
    content_sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))  # the snapshot
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    built_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recipients: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])
    sent_by: Mapped[Person | None] = relationship(foreign_keys=[sent_by_id])
    files: Mapped[list[PackFile]] = relationship(
        back_populates="pack", order_by="PackFile.id", cascade="all, delete-orphan"
    )

    @property
    def task_key(self) -> str:
        """The key of the task that builds the present preview."""
        return f"pack:{self.id}:{self.build}"

    @property
    def journal_label(self) -> str:
        """How the journal names the pack."""
        return self.meeting.journal_label


class PackFile(Model):
    """A file made of a pack: for everybody who sits, or with what the session reserves."""

    __tablename__ = "pack_file"
    __table_args__ = (
        UniqueConstraint("pack_id", "kind", "reserved"),
        CheckConstraint("size > 0", name="not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("pack.id"))
    kind: Mapped[FileKind]
    reserved: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"), index=True)
    size: Mapped[int]
    pages: Mapped[int | None]

    pack: Mapped[Pack] = relationship(back_populates="files")
