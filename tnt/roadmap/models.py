"""Versions of the roadmap and their axes."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tnt.core.db import Model
from tnt.decisions.models import Act


class RoadmapState(StrEnum):
    """A version is a draft until an act validates it."""

    DRAFT = "draft"
    VALIDATED = "validated"


class RoadmapVersion(Model):
    """A version of the roadmap; the one of the sources is a draft and an interpretation."""

    __tablename__ = "roadmap_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[RoadmapState] = mapped_column(default=RoadmapState.DRAFT)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    source: Mapped[str] = mapped_column(String(40), default="")
    interpretation: Mapped[bool] = mapped_column(default=False)

    act: Mapped[Act | None] = relationship()
    axes: Mapped[list[RoadmapAxis]] = relationship(order_by="RoadmapAxis.position")


class RoadmapAxis(Model):
    """One axis of a version."""

    __tablename__ = "roadmap_axis"
    __table_args__ = (UniqueConstraint("version_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("roadmap_version.id"))
    key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
