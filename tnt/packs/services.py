"""Ask for a preview, keep what was built, send it: the pack, then its supplements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tnt.core import blobs, clock, formats, journal, outbox, tasks
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound
from tnt.core.tasks import TaskState
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import NotTheSecretary
from tnt.packs import mails, queries, rules
from tnt.packs.documents import MEDIA_TYPES, Made
from tnt.packs.models import Pack, PackFile
from tnt.packs.queries import Recipient
from tnt.packs.rules import Change, FileKind, PackState
from tnt.papers.queries import list_papers
from tnt.participants.mails import Mail
from tnt.participants.services.links import issue_link

TASK_KIND = "packs.build"
MAIL_KIND = "packs.sent"
GIVEN_UP = timedelta(minutes=30)  # a preview still queued after that may be asked for again


def ask_for_preview(actor: Actor, meeting_id: int) -> Pack | None:
    """Have the pack of a session built, or its next supplement once it is sent; asked twice is built once.

    None when what a supplement was to tell was undone: its preview is dropped. Raises NotFound,
    NotTheSecretary, PackClosed, EmptyPack, TooHeavy, NothingNew.
    """
    with transaction() as session:
        meeting = _lock(actor, meeting_id)
        packs = queries.lock_packs(meeting.id)
        papers = list_papers(meeting.id, reserved=True)
        items = queries.items_of(meeting.id)
        size = sum(paper.size for paper in papers)
        rules.check_build(
            meeting.state,
            items=len(items),
            size=size,
            told=formats.file_size(size),
            most=formats.file_size(rules.MOST_BYTES),
        )
        sent, preview = queries.last_sent(packs), queries.find_preview(packs)
        if sent is not None and not _changes_since(sent, queries.watch_of(meeting, items, papers)):
            if preview is None:
                raise rules.NothingNew()
            _drop(actor, meeting, preview)
            return None
        if preview is not None and is_under_way(preview):
            return preview
        if preview is None:
            preview = Pack(meeting_id=meeting.id, number=len(packs), build=0, asked_at=clock.now())
            session.add(preview)
        preview.state, preview.build = PackState.QUEUED, preview.build + 1
        preview.asked_at, preview.asked_by_id = clock.now(), actor.person_id
        session.flush()
        tasks.submit(TASK_KIND, preview.task_key, {"pack_id": preview.id, "build": preview.build})
        after = {"number": preview.number, "build": preview.build}
        journal.record(actor, "pack.build", preview, after=after, committee_id=meeting.committee_id)
    return preview


def _lock(actor: Actor, meeting_id: int) -> Meeting:
    meeting = lock_meeting(actor, meeting_id)
    if not can_prepare(actor, meeting.committee_id):
        raise NotTheSecretary()
    return meeting


def _drop(actor: Actor, meeting: Meeting, preview: Pack) -> None:
    before = {"number": preview.number, "build": preview.build}
    journal.record(actor, "pack.drop", preview, before=before, committee_id=meeting.committee_id)
    bytes_of = [each.sha256 for each in preview.files]
    if preview.content_sha256:
        bytes_of.append(preview.content_sha256)
    db.session.delete(preview)
    db.session.flush()
    for sha256 in dict.fromkeys(bytes_of):
        blobs.forget_if_free(sha256)


def is_under_way(preview: Pack) -> bool:
    """Whether a preview is being built: nothing failed, and it is not so long since it was asked for."""
    if preview.state is not PackState.QUEUED:
        return False
    task = tasks.find(preview.task_key)
    if task is None or task.state is not TaskState.QUEUED or task.error:
        return False
    return clock.now() - preview.asked_at < GIVEN_UP


def _changes_since(sent: Pack, watch: dict[str, object]) -> list[Change]:
    return rules.changes_between(queries.snapshot_of(sent)["watch"], watch)


def keep_build(pack_id: int, build: int, content: bytes, seen: str, made: Sequence[Made]) -> bool:
    """Keep what a task made, all of it or nothing, inside the task's transaction.

    False when another preview was asked for meanwhile, or this one was sent.
    """
    pack = db.session.get(Pack, pack_id, with_for_update=True, populate_existing=True)
    if pack is None or pack.state is not PackState.QUEUED or pack.build != build:
        return False
    old = [each.sha256 for each in pack.files]
    pack.files = []
    db.session.flush()
    pack.content_sha256 = blobs.put(content, "application/json")
    pack.seen_sha256, pack.state, pack.built_at = seen, PackState.BUILT, clock.now()
    pack.files = [
        PackFile(
            kind=each.kind,
            reserved=each.reserved,
            sha256=blobs.put(each.content, MEDIA_TYPES[each.kind]),
            size=len(each.content),
            pages=each.pages,
        )
        for each in made
    ]
    db.session.flush()
    kept = {each.sha256 for each in pack.files}
    for sha256 in dict.fromkeys(old):
        if sha256 not in kept:
            blobs.forget_if_free(sha256)
    return True


@dataclass(frozen=True, slots=True)
class Departure:
    """Who would be written to, and what about."""

    reached: list[Recipient]
    unreached: list[Recipient]
    changes: list[Change]


def departure_of(meeting: Meeting, packs: Sequence[Pack], preview: Pack) -> Departure:
    """Whom sending a preview writes to; a supplement goes to those who may read something that changed."""
    people = queries.recipients_of(meeting)
    sent = queries.last_sent(list(packs))
    changes: list[Change] = []
    if sent is not None and preview.content_sha256:
        changes = _changes_since(sent, queries.snapshot_of(preview)["watch"])
        if not rules.without_reserved(changes):
            people = [one for one in people if one.reads_reserved]
    return Departure([one for one in people if one.email], [one for one in people if not one.email], changes)


def send(actor: Actor, meeting_id: int, *, chosen: str) -> Pack:
    """Freeze the preview whose snapshot has the hash `chosen` and write to those concerned.

    Raises NotFound, NotTheSecretary, AlreadySent, NotBuilt, PreviewChanged, PackOutdated, NotConvenedYet,
    PackClosed, NobodyToSend.
    """
    with transaction() as session:
        meeting = _lock(actor, meeting_id)
        packs = queries.lock_packs(meeting.id)
        preview = queries.find_preview(packs)
        if preview is None:
            if any(pack.content_sha256 == chosen for pack in packs):
                raise rules.AlreadySent()
            raise rules.NotBuilt()
        rules.check_sending(
            meeting.state,
            preview.state,
            seen=preview.seen_sha256,
            now=queries.fingerprint(queries.present_watch(meeting)),
            chosen=chosen,
            built=preview.content_sha256 or "",
        )
        leaving = departure_of(meeting, packs, preview)
        if not leaving.reached and not leaving.unreached:
            raise rules.NobodyToSend()
        preview.state, preview.sent_at = PackState.SENT, clock.now()
        preview.sent_by_id, preview.recipients = actor.person_id, len(leaving.reached)
        session.flush()
        _write_to(meeting, preview, leaving)
        after = {
            "number": preview.number,
            "content": preview.content_sha256,
            "pdf": [each.sha256 for each in preview.files if each.kind is FileKind.PDF],
            "recipients": preview.recipients,
        }
        journal.record(actor, "pack.send", preview, after=after, committee_id=meeting.committee_id)
    return preview


def _write_to(meeting: Meeting, pack: Pack, leaving: Departure) -> None:
    for one in leaving.reached:
        token = issue_link(meeting.id, one.mandate.id, one.person_id)
        mail = mail_of(meeting, pack, leaving.changes, one, mails.link_address(token))
        outbox.enqueue(
            kind=MAIL_KIND,
            thing=f"meeting:{meeting.id}",
            occurrence=f"pack:{pack.number}",
            to=one.email,
            person_id=one.person_id,
            subject=mail.subject,
            text=mail.text,
            is_secret=True,
            locale=one.locale,
        )


def mail_of(meeting: Meeting, pack: Pack, changes: list[Change], to: Recipient, address: str) -> Mail:
    """What one recipient is written, `address` being their own link."""
    if not pack.number:
        return mails.pack_sent(meeting, to, address)
    told = changes if to.reads_reserved else rules.without_reserved(changes)
    return mails.supplement_sent(meeting, pack.number, told, to, address)


def still_true(message: outbox.OutboxMessage) -> bool:
    """Whether a mail that is about to leave still leads somewhere: the session is to be held."""
    meeting = db.session.get(Meeting, int(message.thing.partition(":")[2]))
    if meeting is None:
        raise NotFound()
    return meeting.state in rules.SENDING
