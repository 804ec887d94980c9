"""Workstreams, project groups, and what decisions made of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.committees.models import Institution, Mandate
from tnt.core.db import Model
from tnt.decisions.models import Act
from tnt.projects.rules import GroupStatus, Motion, StopKind


class Workstream(Model):
    """A « chantier » of the programme, in which project groups work."""

    __tablename__ = "workstream"
    __table_args__ = (Index("ix_workstream_position", "position", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    priority: Mapped[int | None]
    announced_as: Mapped[str] = mapped_column(String(120), default="")
    source: Mapped[str] = mapped_column(String(40), default="")
    interpretation: Mapped[bool] = mapped_column(default=False)

    @property
    def journal_label(self) -> str:
        """How the journal names the workstream."""
        return self.name


class ProjectGroup(Model):
    """A project group. It holds no status: its status is the latest decision in force."""

    __tablename__ = "project_group"
    __table_args__ = (Index("ix_project_group_workstream_name", "workstream_id", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    workstream_id: Mapped[int] = mapped_column(ForeignKey("workstream.id"))
    proposed_mission: Mapped[str] = mapped_column(Text, default="")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("project_group.id"))  # « fait suite à »
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    workstream: Mapped[Workstream] = relationship(lazy="joined")
    follows: Mapped[ProjectGroup | None] = relationship(remote_side=[id])

    @property
    def journal_label(self) -> str:
        """How the journal names the group."""
        return self.name


class GroupMotion(Model):
    """What an agenda item asks for a group: create, reorient, continue or stop. A draft until decided."""

    __tablename__ = "group_motion"
    __table_args__ = (
        CheckConstraint("stop_kind IS NULL OR motion = 'stop'", name="stop_kind_of_a_stop"),
        CheckConstraint("motion <> 'stop' OR stop_kind IS NOT NULL", name="stop_has_a_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("project_group.id"), index=True)
    motion: Mapped[Motion]
    mission: Mapped[str] = mapped_column(Text, default="")  # the new one, of a creation or reorientation
    reason: Mapped[str] = mapped_column(Text, default="")
    stop_kind: Mapped[StopKind | None]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # appointed with a creation
    lead_institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    effective_on: Mapped[date | None]  # None: the day of the session
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    group: Mapped[ProjectGroup] = relationship(lazy="joined")
    lead: Mapped[Person | None] = relationship()
    lead_institution: Mapped[Institution | None] = relationship()


class StatusEvent(Model):
    """A status that a decision gave to a group, from a day; superseded only by a rectifying act."""

    __tablename__ = "status_event"
    __table_args__ = (
        # read backwards it gives the status in force of each group, without the rows themselves
        Index(
            "ix_status_event_order",
            *("group_id", "effective_on", "decided_on", "item_order", "id", "superseded_at", "status"),
        ),
        CheckConstraint("stop_kind IS NULL OR status = 'stopped'", name="stop_kind_of_a_stop"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("project_group.id"))
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    status: Mapped[GroupStatus]
    stop_kind: Mapped[StopKind | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    effective_on: Mapped[date]
    decided_on: Mapped[date]  # of the act: ties of a day are settled by session date, then item order
    item_order: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    group: Mapped[ProjectGroup] = relationship()
    act: Mapped[Act] = relationship(lazy="joined")


class Mission(Model):
    """A group's mission text, from the day a decision gave it."""

    __tablename__ = "group_mission"
    __table_args__ = (Index("ix_group_mission_group_effective", "group_id", "effective_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("project_group.id"))
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    act: Mapped[Act] = relationship()


class Leadership(Model):
    """A person leads a group, by decision, from a day to a day; the mandate follows (ex officio seat)."""

    __tablename__ = "group_leadership"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        Index("ix_group_leadership_person_dates", "person_id", "from_on", "until_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("project_group.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    group: Mapped[ProjectGroup] = relationship()
    person: Mapped[Person] = relationship(lazy="joined")
    institution: Mapped[Institution] = relationship(lazy="joined")
    act: Mapped[Act] = relationship()
    mandate: Mapped[Mandate | None] = relationship()


class GroupAct(Model):
    """An act that concerns a group without changing its status (objective, opinion, actor mobilised)."""

    __tablename__ = "group_act"

    group_id: Mapped[int] = mapped_column(ForeignKey("project_group.id"), primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), primary_key=True, index=True)
