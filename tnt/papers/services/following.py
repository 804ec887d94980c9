"""Papers follow their item: to the intake when it leaves an agenda, to the next session that takes it up."""

from __future__ import annotations

from sqlalchemy import select

from tnt.agendas.models import AgendaItem
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.intake.models import DecisionRequest
from tnt.papers import queries
from tnt.papers.models import Paper, PaperVersion
from tnt.papers.rules import PaperState
from tnt.papers.services.locks import fits, note


def item_leaves(actor: Actor, item: AgendaItem, entry: DecisionRequest | None, *, keep: bool) -> None:
    """Before an item goes: its papers wait with the entry that it goes back to; `keep`: copies of them do.

    An item that goes nowhere takes its papers with it. Inside the caller's transaction.
    """
    with transaction() as session:
        for paper in queries.papers_of(item.id):
            if entry is None:
                files = [f"{one.file_name} {one.sha256}" for one in paper.versions]
                note(actor, "paper.remove", paper, item, before={"title": paper.title, "files": files})
                session.delete(paper)
            elif keep:
                session.add(_copy(paper, entry.id))
            else:
                paper.item_id, paper.request_id = None, entry.id
        session.flush()


def item_comes(actor: Actor, item: AgendaItem) -> None:
    """Once an entry is placed: the papers that waited with it, or with what it was before, come along.

    Those still expected for a day that does not fit the session are expected for its usual day.
    """
    if item.request_id is None:
        return
    with transaction() as session:
        for paper in queries.waiting_with(_lineage(item.request_id)):
            paper.request_id, paper.item_id = None, item.id
            if paper.state is PaperState.AWAITED and not fits(item.meeting, paper.due_on):
                before = {"due_on": paper.due_on}
                paper.due_on, paper.version = queries.proposed_due(item.meeting), paper.version + 1
                note(actor, "paper.revise", paper, item, before=before, after={"due_on": paper.due_on})
        session.flush()


def _lineage(request_id: int) -> list[int]:
    """An entry, and those of the other committee that it was redirected from."""
    found: list[int] = []
    at: int | None = request_id
    while at is not None and at not in found:
        found.append(at)
        at = db.session.scalar(select(DecisionRequest.redirected_from_id).where(DecisionRequest.id == at))
    return found


_CARRIED_OVER = (
    "position", "title", "reserved", "state", "author_id", "due_on", "remark", "asked_at", "chased_at",
    "created_at",
)  # fmt: skip
_FILE = (
    "number", "sha256", "file_name", "media_type", "size", "pages", "tagged", "mergeable", "uploaded_by_id",
    "uploaded_at", "validated_at",
)  # fmt: skip


def _copy(paper: Paper, request_id: int) -> Paper:
    copy = Paper(request_id=request_id, version=1, **{name: getattr(paper, name) for name in _CARRIED_OVER})
    copy.versions = [PaperVersion(**{name: getattr(one, name) for name in _FILE}) for one in paper.versions]
    return copy
