"""The record of decisions of a meeting, the errata to its acts, and the visas given on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.closing.rules import RecordState
from tnt.committees.models import Mandate
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.decisions.visas import VisaState
from tnt.meetings.models import Meeting


class DecisionRecord(Model):
    """The short act of a meeting: its decisions, numbered, in the words decided."""

    __tablename__ = "decision_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    state: Mapped[RecordState] = mapped_column(default=RecordState.IN_VISA)
    version: Mapped[int] = mapped_column(default=1)  # of the text submitted to visa
    content_sha256: Mapped[str] = mapped_column(String(64))  # canonical JSON, what the visas are given on
    pdf_sha256: Mapped[str] = mapped_column(String(64))  # rendered once, never again
    signed_pdf_sha256: Mapped[str | None] = mapped_column(String(64))  # the same with its visas
    scan_sha256: Mapped[str | None] = mapped_column(String(64))  # the signed scan, when filed instead
    journal_head: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship(lazy="joined")
    visas: Mapped[list[Visa]] = relationship(back_populates="record", order_by="Visa.id")

    @property
    def journal_label(self) -> str:
        """How the journal names the record."""
        return f"{self.meeting.journal_label}, v{self.version}"


class Visa(Model):
    """The visa awaited from, or given by, a co-chair on a version of the record."""

    __tablename__ = "visa"
    __table_args__ = (
        UniqueConstraint("record_id", "record_version", "mandate_id"),
        CheckConstraint("state = 'awaited' OR given_at IS NOT NULL", name="answer_has_a_date"),
        CheckConstraint("state <> 'correction_asked' OR comment <> ''", name="correction_says_what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("decision_record.id"), index=True)
    record_version: Mapped[int]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    state: Mapped[VisaState] = mapped_column(default=VisaState.AWAITED)
    given_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_scan: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(Text, default="")

    record: Mapped[DecisionRecord] = relationship(back_populates="visas")
    mandate: Mapped[Mandate] = relationship(lazy="joined")
    given_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the visa."""
        return self.mandate.person.full_name


class Erratum(Model):
    """A slip of the pen in an act in force: how its words should read, submitted to the same visas."""

    __tablename__ = "erratum"
    __table_args__ = (CheckConstraint("act_id <> original_id", name="corrects_another_act"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)  # the erratum's own
    original_id: Mapped[int] = mapped_column(ForeignKey("act.id"), index=True)
    corrected: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[RecordState] = mapped_column(default=RecordState.IN_VISA)
    version: Mapped[int] = mapped_column(default=1)  # of the text submitted to visa
    submitted_at: Mapped[datetime]

    act: Mapped[Act] = relationship(foreign_keys=[act_id], lazy="joined")
    original: Mapped[Act] = relationship(foreign_keys=[original_id], lazy="joined")
    visas: Mapped[list[ErratumVisa]] = relationship(back_populates="erratum", order_by="ErratumVisa.id")

    @property
    def journal_label(self) -> str:
        """How the journal names the erratum."""
        return f"{self.act.label}, v{self.version}"


class ErratumVisa(Model):
    """The visa awaited from, or given by, a co-chair on a version of an erratum."""

    __tablename__ = "erratum_visa"
    __table_args__ = (
        UniqueConstraint("erratum_id", "erratum_version", "mandate_id"),
        CheckConstraint("state = 'awaited' OR given_at IS NOT NULL", name="answer_has_a_date"),
        CheckConstraint("state <> 'correction_asked' OR comment <> ''", name="correction_says_what"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    erratum_id: Mapped[int] = mapped_column(ForeignKey("erratum.id"))
    erratum_version: Mapped[int]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    state: Mapped[VisaState] = mapped_column(default=VisaState.AWAITED)
    given_at: Mapped[datetime | None]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    comment: Mapped[str] = mapped_column(Text, default="")

    erratum: Mapped[Erratum] = relationship(back_populates="visas")
    mandate: Mapped[Mandate] = relationship(lazy="joined")

    @property
    def journal_label(self) -> str:
        """How the journal names the visa."""
        return self.mandate.person.full_name
