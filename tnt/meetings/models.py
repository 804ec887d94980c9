"""The meeting of a committee, and the periods that passed without one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.committees.models import Committee
from tnt.core.db import Model
from tnt.meetings.retroplanning import RetroStepKind
from tnt.meetings.rules import MeetingState


class MeetingKind(StrEnum):
    """An ordinary meeting counts in the cadence; a past one was entered after the fact."""

    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"


class Meeting(Model):
    """One session of a committee. `sequence` grows with date, place or state (RFC 5545 §3.8.7.4)."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("sequence >= 0", name="sequence_not_negative"),
        Index("ix_meeting_committee_starts", "committee_id", "starts_at"),
        Index("ix_meeting_state_starts", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    kind: Mapped[MeetingKind] = mapped_column(default=MeetingKind.ORDINARY)
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.PLANNED)
    period: Mapped[str] = mapped_column(String(7), index=True)  # « 2026-T3 »: of the date
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    undated: Mapped[bool] = mapped_column(default=False)  # postponed without a new date yet
    place: Mapped[str] = mapped_column(String(200), default="")
    video_url: Mapped[str] = mapped_column(String(500), default="")
    notice_days: Mapped[int]
    short_notice_reason: Mapped[str] = mapped_column(String(500), default="")
    recorded_afterwards: Mapped[bool] = mapped_column(default=False)  # a past session entered later
    own_reference: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")  # of the last postponement or cancellation
    previous_starts_at: Mapped[datetime | None]  # before the last postponement
    quorum_waived: Mapped[bool] = mapped_column(default=False)  # convened again after a lack of quorum
    reconvenes_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))  # that session
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    last_modified: Mapped[datetime]
    convened_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    adjourned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    committee: Mapped[Committee] = relationship(lazy="joined")
    reconvenes: Mapped[Meeting | None] = relationship(remote_side=[id])

    @property
    def journal_label(self) -> str:
        """How the journal names the meeting."""
        return f"{self.committee.name} {self.period}"


class MissedPeriod(Model):
    """A period of a committee's cadence that passed without a meeting, and why."""

    __tablename__ = "missed_period"
    __table_args__ = (UniqueConstraint("committee_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    period: Mapped[str] = mapped_column(String(7))
    reason: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_on: Mapped[date]

    recorded_by: Mapped[Person | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the period."""
        return self.period


class RetroDays(Model):
    """A step of the retro-planning that a committee does on another day than the default one."""

    __tablename__ = "retro_days"
    __table_args__ = (CheckConstraint("days BETWEEN -180 AND 180", name="within_half_a_year"),)

    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"), primary_key=True)
    kind: Mapped[RetroStepKind] = mapped_column(primary_key=True)
    days: Mapped[int]  # before the session; less than zero is after it


class MeetingEvent(Model):
    """The calendar event of a meeting as bytes, kept until the meeting changes; one per local time told."""

    __tablename__ = "meeting_event"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    zone: Mapped[str] = mapped_column(String(40), primary_key=True, default="")  # overseas; "" for none
    fingerprint: Mapped[str] = mapped_column(String(64))  # of what the bytes were built from
    content: Mapped[bytes] = mapped_column(LargeBinary)
