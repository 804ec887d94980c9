"""What every write on papers begins with: the session locked, and who may change its papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import get_item
from tnt.core import clock, journal
from tnt.core.access import SYSTEM, Actor
from tnt.core.db import db
from tnt.core.errors import DomainError, NotFound, check_version
from tnt.meetings.models import Meeting
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import NotTheSecretary
from tnt.papers import queries
from tnt.papers.models import Paper
from tnt.papers.policies import can_manage
from tnt.papers.rules import MissingAuthor, check_change, check_due


def lock_papers_of(actor: Actor, meeting_id: int) -> Meeting:
    """A session, locked, whose papers may change. Raises NotFound, NotTheSecretary, PapersFrozen."""
    meeting = lock_meeting(actor, meeting_id)
    if not can_manage(actor, meeting.committee_id):
        raise NotTheSecretary()
    check_change(meeting.state)
    return meeting


def lock_item(actor: Actor, item_id: int) -> AgendaItem:
    """An item, its session locked, for who manages its papers."""
    item = get_item(actor, item_id)
    lock_papers_of(actor, item.meeting_id)
    return item


def lock_paper(paper_id: int) -> tuple[Paper, AgendaItem]:
    """A paper fresh and its session locked, whoever asks: an author need not sit there. Raises NotFound."""
    paper = queries.find_paper(paper_id)
    if paper is None or paper.item is None:
        raise NotFound()
    lock_meeting(SYSTEM, paper.item.meeting_id)
    fresh = db.session.get(Paper, paper_id, populate_existing=True)
    if fresh is None or fresh.item is None:
        raise NotFound()
    return fresh, fresh.item


def lock_managed(
    actor: Actor, paper_id: int, expected_version: int | None = None
) -> tuple[Paper, AgendaItem]:
    """A paper, fresh, its session locked, for who manages it. Raises Stale too."""
    paper, item = lock_paper(paper_id)
    lock_papers_of(actor, item.meeting_id)
    check_version(expected_version, paper.version)
    return paper, item


def check_author(author_id: int | None, *, needed: bool) -> None:
    """Raise MissingAuthor unless that is somebody still known, or nobody where nobody is needed."""
    if author_id is None:
        if needed:
            raise MissingAuthor()
        return
    author = db.session.get(Person, author_id)
    if author is None or author.ended_at is not None:
        raise MissingAuthor()


def checked_due(meeting: Meeting, due_on: date | None) -> date:
    """The day, if it fits the session. Raises MissingDueDay, DueInThePast, DueAfterSession."""
    day = clock.paris_day(meeting.starts_at)
    return check_due(due_on, clock.today(), day)


def fits(meeting: Meeting, due_on: date | None) -> bool:
    """Whether a paper can still come for the session on that day."""
    try:
        checked_due(meeting, due_on)
    except DomainError:
        return False
    return True


def note(
    actor: Actor,
    action: str,
    paper: Paper,
    item: AgendaItem,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Note an act on a paper in the journal, under its committee."""
    journal.record(actor, action, paper, before=before, after=after, committee_id=item.meeting.committee_id)
