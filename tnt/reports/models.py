"""Progress reports: append-only; a correction is a new report."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.accounts.models import Person
from tnt.core.db import Model
from tnt.projects.models import ProjectGroup
from tnt.reports.rules import Confidence

__all__ = ["Confidence", "ProgressReport"]


class ProgressReport(Model):
    """What the lead says of the group on a day."""

    __tablename__ = "progress_report"
    __table_args__ = (Index("ix_progress_report_group_reported", "group_id", "reported_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("project_group.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_on: Mapped[date]
    recorded_at: Mapped[datetime]
    confidence: Mapped[Confidence]
    done: Mapped[str] = mapped_column(Text)
    coming: Mapped[str] = mapped_column(Text)
    arbitration: Mapped[str] = mapped_column(Text, default="")
    unchanged: Mapped[bool] = mapped_column(default=False)  # « Rien de changé », one dated click

    group: Mapped[ProjectGroup] = relationship()
    author: Mapped[Person | None] = relationship(lazy="joined")
