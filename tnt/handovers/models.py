"""The answers kept with a motion to stop a group, and with the act that applied them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.committees.models import Institution
from tnt.core.db import Model
from tnt.objectives.models import SemesterObjective
from tnt.projects.models import GroupMotion, ProjectGroup


class Handover(Model):
    """What becomes of one action or one objective: handed to somebody, else closed with its words."""

    __tablename__ = "handover"
    __table_args__ = (
        UniqueConstraint("motion_id", "action_id"),
        UniqueConstraint("motion_id", "objective_id"),
        CheckConstraint("(action_id IS NULL) <> (objective_id IS NULL)", name="one_thing"),
        CheckConstraint(
            "(CASE WHEN owner_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN owner_institution_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name="at_most_one_heir",
        ),
        CheckConstraint(
            "words <> '' OR owner_id IS NOT NULL OR owner_institution_id IS NOT NULL OR group_id IS NOT NULL",
            name="closed_with_words",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("group_motion.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))
    objective_id: Mapped[int | None] = mapped_column(ForeignKey("semester_objective.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("project_group.id"))
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), index=True)  # once applied

    motion: Mapped[GroupMotion] = relationship()
    action: Mapped[Action | None] = relationship()
    objective: Mapped[SemesterObjective | None] = relationship()
    owner: Mapped[Person | None] = relationship()
    owner_institution: Mapped[Institution | None] = relationship()
    group: Mapped[ProjectGroup | None] = relationship()

    @property
    def code(self) -> str:
        """« a12 » or « o5 »: the thing, as the forms name it."""
        return f"a{self.action_id}" if self.action_id is not None else f"o{self.objective_id}"

    @property
    def heir(self) -> str:
        """« p12 », « i3 » or « g5 »; empty when the thing is closed."""
        heirs = (("p", self.owner_id), ("i", self.owner_institution_id), ("g", self.group_id))
        return next((f"{kind}{key}" for kind, key in heirs if key is not None), "")

    @property
    def heir_name(self) -> str:
        """Who takes it over, as one reads it."""
        if self.owner is not None:
            return self.owner.full_name
        if self.owner_institution is not None:
            return self.owner_institution.short_name
        return self.group.name if self.group is not None else ""
