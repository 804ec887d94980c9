"""The ordered items of a meeting, its sections, and what was not taken of what was proposed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.agendas.rules import Standing
from tnt.agendas.sections import Gathers
from tnt.committees.models import Committee
from tnt.core.db import Model
from tnt.decisions.rules import ActKind
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import ItemKind
from tnt.meetings.models import Meeting
from tnt.objectives.models import ObjectiveMotion, SemesterObjective
from tnt.projects.models import GroupMotion, ProjectGroup

__all__ = ["AgendaItem", "AgendaSection", "ItemKind", "LeftOut", "StandingHeading"]


class StandingHeading(Model):
    """A heading that every agenda of a committee begins with, and what it gathers by itself."""

    __tablename__ = "standing_heading"
    __table_args__ = (UniqueConstraint("committee_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("committee.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    gathers: Mapped[Gathers | None]

    committee: Mapped[Committee] = relationship()


class AgendaSection(Model):
    """A heading of one agenda; its items stand together, in the order of the sections."""

    __tablename__ = "agenda_section"
    __table_args__ = (UniqueConstraint("meeting_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    gathers: Mapped[Gathers | None]

    @property
    def journal_label(self) -> str:
        """How the journal names the section."""
        return self.title


class AgendaItem(Model):
    """One item: what, who speaks, how long, on what object, with which draft wording."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        # deferred by hand: positions are renumbered in two passes, negative then positive
        UniqueConstraint("meeting_id", "position"),
        UniqueConstraint("meeting_id", "standing"),
        CheckConstraint("minutes BETWEEN 0 AND 600", name="minutes_sensible"),
        CheckConstraint(
            "(CASE WHEN group_motion_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN objective_motion_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name="at_most_one_object",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ItemKind]
    act_kind: Mapped[ActKind] = mapped_column(default=ActKind.OTHER)
    title: Mapped[str] = mapped_column(String(300))
    rapporteur_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    minutes: Mapped[int] = mapped_column(default=15)
    draft_wording: Mapped[str] = mapped_column(Text, default="")
    group_motion_id: Mapped[int | None] = mapped_column(ForeignKey("group_motion.id"))
    objective_motion_id: Mapped[int | None] = mapped_column(ForeignKey("objective_motion.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("project_group.id"))  # an item about a group
    request_id: Mapped[int | None] = mapped_column(ForeignKey("decision_request.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_section.id"))
    standing: Mapped[Standing | None]
    about_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))  # whose minutes to approve
    reserved: Mapped[bool] = mapped_column(default=False)
    times_deferred: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship(foreign_keys=[meeting_id])
    about_meeting: Mapped[Meeting | None] = relationship(foreign_keys=[about_meeting_id])
    section: Mapped[AgendaSection | None] = relationship()
    rapporteur: Mapped[Person | None] = relationship()
    group_motion: Mapped[GroupMotion | None] = relationship()
    objective_motion: Mapped[ObjectiveMotion | None] = relationship()
    group: Mapped[ProjectGroup | None] = relationship()
    request: Mapped[DecisionRequest | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the item."""
        return self.title


class LeftOut(Model):
    """Something proposed for an agenda that the secretariat chose not to take; it may be taken back."""

    __tablename__ = "left_out"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN request_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN objective_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN standing IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_thing",
        ),
        UniqueConstraint("meeting_id", "request_id"),
        UniqueConstraint("meeting_id", "group_id"),
        UniqueConstraint("meeting_id", "objective_id"),
        UniqueConstraint("meeting_id", "standing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("decision_request.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("project_group.id"))
    objective_id: Mapped[int | None] = mapped_column(ForeignKey("semester_objective.id"))
    standing: Mapped[Standing | None]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    meeting: Mapped[Meeting] = relationship()
    request: Mapped[DecisionRequest | None] = relationship()
    group: Mapped[ProjectGroup | None] = relationship()
    objective: Mapped[SemesterObjective | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names what was left out."""
        about = self.request or self.objective
        return about.title if about else self.group.name if self.group else str(self.standing)
