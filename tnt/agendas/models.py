"""The ordered items of a meeting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.core.db import Model
from tnt.decisions.rules import ActKind
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import ItemKind
from tnt.meetings.models import Meeting
from tnt.objectives.models import ObjectiveMotion
from tnt.projects.models import GroupMotion, ProjectGroup

__all__ = ["AgendaItem", "ItemKind"]


class AgendaItem(Model):
    """One item: what, who speaks, how long, on what object, with which draft wording."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        # deferred by hand: positions are renumbered in two passes, negative then positive
        UniqueConstraint("meeting_id", "position"),
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
    reserved: Mapped[bool] = mapped_column(default=False)
    times_deferred: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship()
    rapporteur: Mapped[Person | None] = relationship()
    group_motion: Mapped[GroupMotion | None] = relationship()
    objective_motion: Mapped[ObjectiveMotion | None] = relationship()
    group: Mapped[ProjectGroup | None] = relationship()
    request: Mapped[DecisionRequest | None] = relationship()

    @property
    def journal_label(self) -> str:
        """How the journal names the item."""
        return self.title
