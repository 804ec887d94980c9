"""The papers that are expected: ask for them, and write to those who are late."""

from __future__ import annotations

from datetime import date

from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.papers import mails, queries
from tnt.papers.models import Paper, PaperChase
from tnt.papers.rules import (
    MOST_PAPERS,
    AlreadyAskedFor,
    ChasedMeanwhile,
    NobodyLate,
    NobodyToAsk,
    PaperState,
    TooManyPapers,
    check_title,
)
from tnt.papers.services.letters import ASKED, LATE, write_to_author
from tnt.papers.services.locks import check_author, checked_due, lock_item, lock_papers_of, note

RAPPORTEUR_PAPER = "Pièce du rapporteur : %s"


def ask(
    actor: Actor,
    item_id: int,
    *,
    author_id: int | None,
    title: str,
    due_on: date | None,
    reserved: bool = False,
) -> Paper:
    """Expect a paper from somebody, who is written to.

    Raises NotFound, NotTheSecretary, PapersFrozen, MissingAuthor, MissingPaperTitle, MissingDueDay,
    DueInThePast, DueAfterSession, TooManyPapers, AlreadyAskedFor.
    """
    with transaction():
        item = lock_item(actor, item_id)
        check_author(author_id, needed=True)
        title = check_title(title)
        due_on = checked_due(item.meeting, due_on)
        there = queries.papers_of(item_id)
        if len(there) >= MOST_PAPERS:
            raise TooManyPapers(most=MOST_PAPERS, field=None)
        if any(
            (one.author_id, one.title, one.state) == (author_id, title, PaperState.AWAITED) for one in there
        ):
            raise AlreadyAskedFor()
        paper = Paper(
            item_id=item.id,
            position=len(there) + 1,
            title=title,
            reserved=reserved,
            state=PaperState.AWAITED,
            author_id=author_id,
            due_on=due_on,
            asked_at=clock.now(),
            created_at=clock.now(),
            version=1,
        )
        db.session.add(paper)
        db.session.flush()
        after = {"title": title, "author_id": author_id, "due_on": due_on}
        note(actor, "paper.ask", paper, item, after=after)
        write_to_author(ASKED, "asked", paper, item, mails.asked)
    return paper


def ask_rapporteurs(actor: Actor, meeting_id: int, *, due_on: date | None) -> list[Paper]:
    """Expect a paper from the rapporteur of each item that has none yet, and write to each.

    Raises NotFound, NotTheSecretary, PapersFrozen, NobodyToAsk, and what `ask` refuses of a day.
    """
    with transaction():
        lock_papers_of(actor, meeting_id)
        waited = queries.rapporteurs_to_ask(meeting_id)
        if not waited:
            raise NobodyToAsk()
        return [
            ask(
                actor,
                one.item_id,
                author_id=one.person_id,
                title=(RAPPORTEUR_PAPER % one.title)[:300],
                due_on=due_on,
            )
            for one in waited
        ]


def chase(actor: Actor, meeting_id: int, *, seen: str | None = None) -> PaperChase:
    """Write to those who are late, one message a late paper, and record it.

    `seen` is the fingerprint of the preview. Raises NotFound, NotTheSecretary, PapersFrozen, NobodyLate,
    ChasedMeanwhile.
    """
    with transaction() as session:
        meeting = lock_papers_of(actor, meeting_id)
        late = queries.late_papers(meeting_id)
        reached = [row for row in late if row.is_reached]
        if not reached:
            raise NobodyLate()
        if seen is not None and seen != queries.fingerprint_of(late, queries.last_chase_of(meeting_id)):
            raise ChasedMeanwhile()
        sent = PaperChase(
            meeting_id=meeting_id,
            messages=len(reached),
            people=len({row.author_id for row in reached}),
            sent_by_id=actor.person_id,
            sent_at=clock.now(),
        )
        session.add(sent)
        session.flush()
        for row in reached:
            paper = session.get_one(Paper, row.id)
            paper.chased_at = clock.now()
            if paper.item is not None:
                write_to_author(LATE, f"chase:{sent.id}", paper, paper.item, mails.late)
        after = {"messages": sent.messages, "papers": [row.title for row in reached]}
        journal.record(actor, "paper.chase", sent, after=after, committee_id=meeting.committee_id)
    return sent
