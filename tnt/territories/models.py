"""Regions and départements. A territory's key is (kind, code), never the code alone."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tnt.core.db import Model


class TerritoryKind(StrEnum):
    """The kinds of territory known so far."""

    REGION = "region"
    DEPARTEMENT = "departement"


class Territory(Model):
    """A region or a département, with its legal population (people)."""

    __tablename__ = "territory"
    __table_args__ = (UniqueConstraint("kind", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TerritoryKind]
    code: Mapped[str] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(20))  # metro, drom, com, as the source says
    population: Mapped[int | None]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
