"""Reads of the roadmap's versions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from tnt.core.db import db
from tnt.roadmap.models import RoadmapVersion


def list_versions() -> list[RoadmapVersion]:
    """Every version with its axes and the act that validated it, the newest first."""
    return list(
        db.session.scalars(
            select(RoadmapVersion)
            .order_by(RoadmapVersion.number.desc())
            .options(selectinload(RoadmapVersion.axes), joinedload(RoadmapVersion.act))
        ).unique()
    )
