"""The papers of an item and their files: add, hand in, review, send back, order, remove."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tnt.agendas.models import AgendaItem
from tnt.agendas.rules import reordered
from tnt.core import blobs, clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, check_version, raise_all
from tnt.core.uploads import Upload
from tnt.papers import mails, queries
from tnt.papers.models import Paper, PaperVersion
from tnt.papers.policies import can_manage, is_author
from tnt.papers.rules import (
    MOST_PAPERS,
    MOST_VERSIONS,
    NothingToSendBack,
    PaperState,
    SameFile,
    TooManyPapers,
    TooManyVersions,
    TwiceInOneForm,
    check_change,
    check_handing_in,
    check_remark,
    check_step,
    check_title,
    title_from,
)
from tnt.papers.services.letters import ASKED, SENT_BACK, write_to_author
from tnt.papers.services.locks import check_author, checked_due, lock_item, lock_managed, lock_paper, note


def add_papers(
    actor: Actor, item_id: int, uploads: Sequence[Upload], *, reserved: bool = False, title: str = ""
) -> list[Paper]:
    """Join files to an item, each a paper of its own, validated since the secretariat joins it.

    The title is that of the file's name unless one file comes with its own. Raises NotFound,
    NotTheSecretary, PapersFrozen, TooManyPapers, SameFile, TwiceInOneForm, Several of them,
    MissingPaperTitle.
    """
    with transaction():
        item = lock_item(actor, item_id)
        there = queries.papers_of(item_id)
        if len(there) + len(uploads) > MOST_PAPERS:
            raise TooManyPapers(most=MOST_PAPERS)
        raise_all(list(_copies(uploads, item_id)))
        added: list[Paper] = []
        for upload in uploads:
            own = title.strip() if len(uploads) == 1 else ""
            paper = Paper(
                item_id=item.id,
                position=len(there) + len(added) + 1,
                title=check_title(own or title_from(upload.name)),
                reserved=reserved,
                state=PaperState.VALIDATED,
                created_at=clock.now(),
                version=1,
            )
            db.session.add(paper)
            db.session.flush()
            _keep(actor, paper, item, upload, validated=True)
            added.append(paper)
            note(actor, "paper.add", paper, item, after={"title": paper.title, "file": upload.name})
    return added


def _copies(uploads: Sequence[Upload], item_id: int) -> Iterator[SameFile]:
    """What is refused of files to join: those of an item already, those that come twice."""
    there = _newest_files(item_id)
    chosen: dict[str, str] = {}
    for upload in uploads:
        sha256 = blobs.hash_of(upload.content)
        if sha256 in there:
            yield SameFile(name=upload.name)
        elif sha256 in chosen:
            yield TwiceInOneForm(first=chosen[sha256], name=upload.name)
        chosen.setdefault(sha256, upload.name)


def hand_in(
    actor: Actor, paper_id: int, upload: Upload, *, expected_version: int | None = None
) -> PaperVersion:
    """Give a paper its file, or a new one; that of its author is to be reviewed.

    Raises NotFound, PapersFrozen, HandingInOver, TooManyVersions, SameFile, Stale.
    """
    with transaction():
        paper, item = lock_paper(paper_id)
        manages = can_manage(actor, item.meeting.committee_id)
        if not manages and not is_author(actor, paper.author_id):
            raise NotFound()
        if manages:
            check_change(item.meeting.state)
        else:
            check_handing_in(item.meeting.state)
        check_version(expected_version, paper.version)
        before = {"state": paper.state}
        kept = _keep(actor, paper, item, upload, validated=manages)
        paper.state = PaperState.VALIDATED if manages else PaperState.RECEIVED
        paper.remark = ""
        paper.version += 1
        after = {"state": paper.state, "number": kept.number, "file": upload.name, "sha256": kept.sha256}
        note(actor, "paper.hand_in", paper, item, before=before, after=after)
    return kept


def _keep(actor: Actor, paper: Paper, item: AgendaItem, upload: Upload, *, validated: bool) -> PaperVersion:
    """Write the bytes and the version that points to them. Raises TooManyVersions, SameFile."""
    sha256 = blobs.put(upload.content, upload.media_type)
    if _newest_files(item.id).get(sha256):
        raise SameFile(name=upload.name)
    number = len(paper.versions) + 1
    if number > MOST_VERSIONS:
        raise TooManyVersions(most=MOST_VERSIONS)
    version = PaperVersion(
        number=number,
        sha256=sha256,
        file_name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        pages=upload.pages,
        tagged=upload.tagged,
        mergeable=upload.mergeable,
        uploaded_by_id=actor.person_id,
        uploaded_at=clock.now(),
        validated_at=clock.now() if validated else None,
    )
    paper.versions.append(version)
    db.session.flush()
    return version


def _newest_files(item_id: int) -> dict[str, int]:
    """The last file of each paper of an item, by its hash."""
    return {paper.versions[-1].sha256: paper.id for paper in queries.papers_of(item_id) if paper.versions}


# what the secretariat makes of a paper


def review(actor: Actor, paper_id: int, state: PaperState, *, expected_version: int | None = None) -> Paper:
    """Note a paper as read, or as good for the members; or take that back.

    Raises NotFound, NotTheSecretary, PapersFrozen, WrongPaperState, Stale.
    """
    with transaction():
        paper, item = lock_managed(actor, paper_id, expected_version)
        check_step(paper.state, state)
        if state is PaperState.AWAITED:
            raise NothingToSendBack()  # it goes back with a remark
        before = {"state": paper.state}
        newest = paper.versions[-1]
        newest.validated_at = clock.now() if state is PaperState.VALIDATED else None
        paper.state = state
        paper.version += 1
        after = {"state": state, "number": newest.number}
        note(actor, "paper.review", paper, item, before=before, after=after)
    return paper


def send_back(
    actor: Actor,
    paper_id: int,
    *,
    remark: str,
    due_on: date | None = None,
    expected_version: int | None = None,
) -> Paper:
    """Ask the author for another version, who is written to; what members read already stays readable.

    `due_on`: for when, the day of before unless that is past. Raises NotFound, NotTheSecretary, PapersFrozen,
    WrongPaperState, NothingToSendBack, MissingRemark, MissingDueDay, DueInThePast, DueAfterSession, Stale.
    """
    with transaction():
        paper, item = lock_managed(actor, paper_id, expected_version)
        check_step(paper.state, PaperState.AWAITED)
        if paper.author_id is None:
            raise NothingToSendBack()
        remark = check_remark(remark)
        due_on = checked_due(item.meeting, due_on or paper.due_on)
        before = {"state": paper.state, "due_on": paper.due_on}
        paper.state, paper.remark, paper.due_on = PaperState.AWAITED, remark, due_on
        paper.version += 1
        note(actor, "paper.send_back", paper, item, before=before, after={"remark": remark, "due_on": due_on})
        write_to_author(SENT_BACK, f"version:{paper.version}", paper, item, mails.sent_back)
    return paper


def revise(
    actor: Actor,
    paper_id: int,
    *,
    title: str,
    reserved: bool,
    author_id: int | None,
    due_on: date | None,
    expected_version: int | None = None,
) -> Paper:
    """Change the title, whether it is reserved, from whom and for when it is expected.

    A new author of an awaited paper is written to. Raises NotFound, NotTheSecretary, PapersFrozen, Stale,
    MissingPaperTitle, MissingAuthor, MissingDueDay, DueInThePast, DueAfterSession.
    """
    with transaction():
        paper, item = lock_managed(actor, paper_id, expected_version)
        awaited = paper.state is PaperState.AWAITED
        check_author(author_id, needed=awaited)
        if due_on != paper.due_on and (author_id is not None or due_on is not None):
            due_on = checked_due(item.meeting, due_on)
        new = {
            "title": check_title(title),
            "reserved": reserved,
            "author_id": author_id,
            "due_on": due_on if author_id is not None else None,
        }
        before, after = journal.changes(paper, new)
        for name, value in after.items():
            setattr(paper, name, value)
        if after:
            paper.version += 1
            note(actor, "paper.revise", paper, item, before=before, after=after)
        if awaited and "author_id" in after:
            db.session.expire(paper, ["author"])
            write_to_author(ASKED, "asked", paper, item, mails.asked)
    return paper


def move(actor: Actor, paper_id: int, *, by: int) -> None:
    """One place up (-1) or down in its item. Raises NotFound, NotTheSecretary, PapersFrozen."""
    with transaction():
        paper, item = lock_managed(actor, paper_id)
        there = {one.id: one for one in queries.papers_of(item.id)}
        ids = list(there)
        wanted = reordered(ids, paper.id, ids.index(paper.id) + by)
        if wanted != ids:
            for position, key in enumerate(wanted, 1):
                there[key].position = position
            note(actor, "paper.move", paper, item, after={"position": wanted.index(paper.id) + 1})


def remove(actor: Actor, paper_id: int, *, expected_version: int | None = None) -> None:
    """Take a paper off its item; what a pack already holds stays in it.

    Raises NotFound, NotTheSecretary, PapersFrozen, Stale.
    """
    with transaction() as session:
        paper, item = lock_managed(actor, paper_id, expected_version)
        files = [f"{one.file_name} {one.sha256}" for one in paper.versions]
        note(actor, "paper.remove", paper, item, before={"title": paper.title, "files": files})
        session.delete(paper)
        session.flush()
        for position, one in enumerate(queries.papers_of(item.id), 1):
            one.position = position
