"""What authors are written, and whether it is still true when it leaves."""

from __future__ import annotations

from collections.abc import Callable

from tnt.agendas.models import AgendaItem
from tnt.core import clock, outbox
from tnt.meetings.rules import TO_COME
from tnt.papers import mails, queries
from tnt.papers.models import Paper
from tnt.papers.rules import PaperState, is_late

ASKED, LATE, SENT_BACK = "papers.asked", "papers.late", "papers.sent_back"


def write_to_author(
    kind: str,
    occurrence: str,
    paper: Paper,
    item: AgendaItem,
    write: Callable[[mails.Facts, str], mails.Mail],
) -> None:
    """Queue a mail to the author of a paper; nothing without an address."""
    author = paper.author
    if author is None or not author.email or author.ended_at is not None:
        return
    mail = write(facts_of(paper, item), author.locale)
    outbox.enqueue(
        kind=kind,
        thing=f"paper:{paper.id}",
        occurrence=occurrence,
        to=author.email,
        person_id=author.id,
        subject=mail.subject,
        text=mail.text,
        locale=author.locale,
    )


def facts_of(paper: Paper, item: AgendaItem) -> mails.Facts:
    """What the mails say of a paper."""
    meeting = item.meeting
    return mails.Facts(
        paper_id=paper.id,
        title=paper.title,
        item=item.title,
        committee=meeting.committee.name,
        starts_at=meeting.starts_at,
        due_on=paper.due_on or clock.paris_day(meeting.starts_at),
        remark=paper.remark,
    )


def still_awaited(message: outbox.OutboxMessage) -> bool:
    """Whether the paper of a message that leaves is still to come from its reader, and late if it says so."""
    paper = queries.find_paper(int(message.thing.partition(":")[2]))
    if paper is None or paper.item is None or paper.author_id != message.person_id:
        return False
    if paper.item.meeting.state not in TO_COME or paper.state is not PaperState.AWAITED:
        return False
    return message.kind != LATE or is_late(paper.state, paper.due_on, clock.today())
