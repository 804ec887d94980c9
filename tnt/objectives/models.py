"""Semester objectives, and the acts that adopted and scored them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.objectives.rules import FollowUp, ObjectiveMotionKind, Score
from tnt.projects.models import ProjectGroup


class SemesterObjective(Model):
    """What a group means to reach by the end of a semester. Its state is that of its latest event."""

    __tablename__ = "semester_objective"
    __table_args__ = (Index("ix_semester_objective_semester_group", "semester", "group_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("project_group.id"), index=True)
    semester: Mapped[str] = mapped_column(String(7))  # « 2026-S2 »
    title: Mapped[str] = mapped_column(String(300))
    measure: Mapped[str] = mapped_column(Text, default="")  # how one will know
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("semester_objective.id"))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    group: Mapped[ProjectGroup] = relationship(lazy="joined")
    proposed_by: Mapped[Person | None] = relationship()
    carried_from: Mapped[SemesterObjective | None] = relationship(remote_side=[id])
    events: Mapped[list[ObjectiveEvent]] = relationship(
        back_populates="objective", order_by="ObjectiveEvent.id", lazy="selectin"
    )

    @property
    def journal_label(self) -> str:
        """How the journal names the objective."""
        return self.title


class ObjectiveMotion(Model):
    """What an agenda item asks for an objective: adopt it or score it. A draft until decided."""

    __tablename__ = "objective_motion"
    __table_args__ = (CheckConstraint("score IS NULL OR kind = 'score'", name="score_of_a_scoring"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("semester_objective.id"), index=True)
    kind: Mapped[ObjectiveMotionKind]
    score: Mapped[Score | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    follow_up: Mapped[FollowUp | None]
    amended_title: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    objective: Mapped[SemesterObjective] = relationship(lazy="joined")


class ObjectiveEvent(Model):
    """An act adopted or scored an objective."""

    __tablename__ = "objective_event"
    # the act that stops a group ends all its objectives
    __table_args__ = (UniqueConstraint("act_id", "objective_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("semester_objective.id"), index=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    kind: Mapped[ObjectiveMotionKind]
    score: Mapped[Score | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    follow_up: Mapped[FollowUp | None]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    objective: Mapped[SemesterObjective] = relationship(back_populates="events")
    act: Mapped[Act] = relationship(lazy="joined")
