"""Minutes, their paragraphs and versions, whom they were sent to, what was asked, who signed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Institution
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.meetings.models import Meeting
from tnt.minutes.rules import (
    AmendmentState,
    Approval,
    MinutesState,
    Origin,
    ParagraphKind,
    SignatureRole,
)


class Minutes(Model):
    """The minutes of a session; a later correction is a new edition beside the old one."""

    __tablename__ = "minutes"
    __table_args__ = (
        UniqueConstraint("meeting_id", "edition"),
        CheckConstraint("edition > 0", name="edition_positive"),
        CheckConstraint("(edition = 1) = (rectifies_id IS NULL)", name="later_editions_rectify"),
        CheckConstraint("edition = 1 OR reason <> ''", name="rectification_says_why"),
        CheckConstraint("state = 'draft' OR due_on IS NOT NULL", name="circulated_has_a_due_date"),
        CheckConstraint(
            "(state IN ('draft', 'circulated')) = (content_sha256 IS NULL)", name="approved_is_frozen"
        ),
        CheckConstraint(
            "(content_sha256 IS NULL) = (pdf_sha256 IS NULL)"
            " AND (content_sha256 IS NULL) = (approval IS NULL)"
            " AND (content_sha256 IS NULL) = (approved_at IS NULL)",
            name="approval_is_whole",
        ),
        CheckConstraint(
            "(state = 'published') = (public_pdf_sha256 IS NOT NULL)"
            " AND (public_pdf_sha256 IS NULL) = (public_content_sha256 IS NULL)",
            name="published_has_a_public_version",
        ),
        Index("ix_minutes_state_due", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    edition: Mapped[int] = mapped_column(default=1)
    rectifies_id: Mapped[int | None] = mapped_column(ForeignKey("minutes.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")  # of a rectifying edition
    state: Mapped[MinutesState] = mapped_column(default=MinutesState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)  # grows with every change of a paragraph
    drafted_at: Mapped[datetime]
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    circulated_at: Mapped[datetime | None]
    due_on: Mapped[date | None]  # the last day for observations
    tacit: Mapped[bool] = mapped_column(default=True)  # whether silence approves, as circulated
    approval: Mapped[Approval | None]
    approved_at: Mapped[datetime | None]
    approved_by_act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    content_sha256: Mapped[str | None] = mapped_column(String(64))  # canonical JSON, as approved
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))  # rendered once, never again
    journal_head: Mapped[str] = mapped_column(String(64), default="")  # printed in what was approved
    signed_pdf_sha256: Mapped[str | None] = mapped_column(String(64))  # the same with its signatures
    signed_at: Mapped[datetime | None]
    public_content_sha256: Mapped[str | None] = mapped_column(String(64))  # without reserved passages
    public_pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    published_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(lazy="joined")
    rectifies: Mapped[Minutes | None] = relationship(remote_side=[id])
    drafted_by: Mapped[Person | None] = relationship()
    approved_by_act: Mapped[Act | None] = relationship()
    paragraphs: Mapped[list[Paragraph]] = relationship(
        back_populates="minutes", order_by="(Paragraph.position, Paragraph.id)"
    )
    recipients: Mapped[list[Recipient]] = relationship(back_populates="minutes", order_by="Recipient.id")
    amendments: Mapped[list[Amendment]] = relationship(back_populates="minutes", order_by="Amendment.id")
    signatures: Mapped[list[Signature]] = relationship(back_populates="minutes", order_by="Signature.id")

    @property
    def journal_label(self) -> str:
        """How the journal names the minutes."""
        return f"{self.meeting.journal_label}, v{self.edition}"


class Paragraph(Model):
    """A passage: of the whole session, or of one item. Its key stays the same in later editions."""

    __tablename__ = "minutes_paragraph"
    __table_args__ = (
        UniqueConstraint("minutes_id", "key"),
        CheckConstraint("kind <> 'decision' OR act_id IS NOT NULL", name="decision_is_an_act"),
        Index("ix_minutes_paragraph_minutes_position", "minutes_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    key: Mapped[str] = mapped_column(String(36), default=lambda: str(uuid4()))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))  # whose words a decision has
    kind: Mapped[ParagraphKind]
    position: Mapped[int]
    reserved: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)  # the number of its present version
    text: Mapped[str] = mapped_column(Text)  # of its present version
    origin: Mapped[Origin]  # of its present version
    source_changed: Mapped[bool] = mapped_column(default=False)  # the session's record changed after a hand
    removed_at: Mapped[datetime | None]

    minutes: Mapped[Minutes] = relationship(back_populates="paragraphs")
    item: Mapped[AgendaItem | None] = relationship()
    act: Mapped[Act | None] = relationship()
    versions: Mapped[list[ParagraphVersion]] = relationship(
        back_populates="paragraph", order_by="ParagraphVersion.number"
    )

    @property
    def journal_label(self) -> str:
        """How the journal names the paragraph."""
        return f"{self.minutes.journal_label}, § {self.id}"


class ParagraphVersion(Model):
    """What a paragraph said at one moment; only added to."""

    __tablename__ = "minutes_paragraph_version"
    __table_args__ = (UniqueConstraint("paragraph_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("minutes_paragraph.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    origin: Mapped[Origin]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("minutes_amendment.id"))  # carried out
    written_at: Mapped[datetime]

    paragraph: Mapped[Paragraph] = relationship(back_populates="versions")
    author: Mapped[Person | None] = relationship()


class Recipient(Model):
    """Somebody to whom the draft was sent, and the answer « no remark » when it came."""

    __tablename__ = "minutes_recipient"
    __table_args__ = (UniqueConstraint("minutes_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))  # at the session
    present: Mapped[bool]  # in person; else the institution was represented
    sent_at: Mapped[datetime]
    no_remark_at: Mapped[datetime | None]
    fingerprint: Mapped[str] = mapped_column(String(64), default="")  # of the text approved

    minutes: Mapped[Minutes] = relationship(back_populates="recipients")
    person: Mapped[Person] = relationship()
    institution: Mapped[Institution] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the answer."""
        return self.person.full_name


class Amendment(Model):
    """Somebody asks to change a paragraph: another wording, or what is wrong with it."""

    __tablename__ = "minutes_amendment"
    __table_args__ = (
        CheckConstraint("proposed <> '' OR comment <> ''", name="says_something"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="answer_has_a_date"),
        CheckConstraint("state <> 'refused' OR answer <> ''", name="refusal_says_why"),
        Index("ix_minutes_amendment_minutes_state", "minutes_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("minutes_paragraph.id"), index=True)
    paragraph_version: Mapped[int]  # that was read
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))  # for which
    proposed: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    state: Mapped[AmendmentState] = mapped_column(default=AmendmentState.PENDING)
    answer: Mapped[str] = mapped_column(String(500), default="")
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    minutes: Mapped[Minutes] = relationship(back_populates="amendments")
    paragraph: Mapped[Paragraph] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    institution: Mapped[Institution] = relationship()
    settled_by: Mapped[Person | None] = relationship(foreign_keys=[settled_by_id])

    @property
    def journal_label(self) -> str:
        """How the journal names the request."""
        return f"{self.minutes.journal_label}, {self.author.full_name}"


class Signature(Model):
    """Who signed the approved minutes, as what, when, and the hash of what was signed."""

    __tablename__ = "minutes_signature"
    __table_args__ = (UniqueConstraint("minutes_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    role: Mapped[SignatureRole]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(200))  # as it was
    quality: Mapped[str] = mapped_column(String(300))
    signed_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))  # of the content signed

    minutes: Mapped[Minutes] = relationship(back_populates="signatures")
    person: Mapped[Person] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the signature."""
        return self.name
