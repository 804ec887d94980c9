"""What can be read of papers, in the order of the agenda."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Select, bindparam, func, or_, select

from tnt.agendas.models import AgendaItem
from tnt.core.db import db
from tnt.papers.models import Paper, PaperVersion


class PaperLine(NamedTuple):
    """A paper with the version that the members read."""

    paper_id: int
    item_id: int
    item_position: int
    position: int
    title: str
    reserved: bool  # the paper itself, or its whole item
    number: int
    sha256: str
    file_name: str
    media_type: str
    size: int
    pages: int | None
    tagged: bool | None
    mergeable: bool
    uploaded_at: datetime


def list_papers(meeting_id: int, *, reserved: bool) -> list[PaperLine]:
    """The validated papers of a session, each in its last validated version, in agenda order; one query.

    `reserved`: whether those that the session reserves are among them.
    """
    asked = {"meeting_id": meeting_id, "reserved": reserved}
    return [PaperLine(*row) for row in db.session.execute(_validated(), asked)]


@cache
def _validated() -> Select[*tuple[Any, ...]]:
    last = (
        select(PaperVersion.paper_id, func.max(PaperVersion.number).label("number"))
        .join(Paper, Paper.id == PaperVersion.paper_id)
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .where(AgendaItem.meeting_id == bindparam("meeting_id"), PaperVersion.validated_at.is_not(None))
        .group_by(PaperVersion.paper_id)
        .subquery()
    )
    hidden = or_(Paper.reserved, AgendaItem.reserved)
    return (
        select(
            Paper.id,
            AgendaItem.id,
            AgendaItem.position,
            Paper.position,
            Paper.title,
            hidden,
            PaperVersion.number,
            PaperVersion.sha256,
            PaperVersion.file_name,
            PaperVersion.media_type,
            PaperVersion.size,
            PaperVersion.pages,
            PaperVersion.tagged,
            PaperVersion.mergeable,
            PaperVersion.uploaded_at,
        )
        .join(Paper, Paper.item_id == AgendaItem.id)
        .join(last, last.c.paper_id == Paper.id)
        .join(PaperVersion, (PaperVersion.paper_id == Paper.id) & (PaperVersion.number == last.c.number))
        .where(or_(bindparam("reserved", type_=Boolean()), ~hidden))
        .order_by(AgendaItem.position, Paper.position, Paper.id)
    )
