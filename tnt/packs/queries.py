"""What can be read of packs, and what a pack is made of."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem, AgendaSection, ItemKind
from tnt.agendas.rules import Standing
from tnt.committees.models import Mandate
from tnt.committees.queries import correspondents_of, mandates_on
from tnt.core import blobs, clock, formats
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.journal import canonical
from tnt.decisions.models import Act
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import RequestOrigin
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare, reads_reserved, seat_reads_reserved
from tnt.meetings.queries import get_meeting
from tnt.meetings.rules import HELD
from tnt.packs.approvals import Told, minutes_told
from tnt.packs.models import Pack, PackFile
from tnt.packs.rules import FileKind, PackState
from tnt.papers.models import Paper, PaperVersion
from tnt.papers.queries import PaperLine, list_papers
from tnt.papers.rules import PaperState
from tnt.participants.models import ReplyLink


class ItemLine(NamedTuple):
    """An item as a pack prints it."""

    id: int
    position: int
    kind: ItemKind
    title: str
    minutes: int
    wording: str
    reserved: bool
    times_deferred: int
    section: str | None  # the heading under which it stands
    given_name: str | None  # of the rapporteur
    family_name: str | None
    standing: Standing | None = None
    about_meeting_id: int | None = None  # whose minutes it approves
    about_act_id: int | None = None  # to ratify, or to report on
    origin: RequestOrigin | None = None  # of what was placed here
    reason: str | None = None  # why it was asked, or the result of what was decided between sessions

    @property
    def rapporteur(self) -> str:
        """Who reports, « » for nobody."""
        return f"{self.given_name} {self.family_name}" if self.family_name is not None else ""

    @property
    def lacks_wording(self) -> bool:
        """Whether the text to decide or to give as an opinion is still to be written."""
        return self.kind is not ItemKind.INFORMATION and not self.wording.strip()


@cache
def _items() -> Select[*tuple[Any, ...]]:
    return (
        select(
            AgendaItem.id,
            AgendaItem.position,
            AgendaItem.kind,
            AgendaItem.title,
            AgendaItem.minutes,
            AgendaItem.draft_wording,
            AgendaItem.reserved,
            AgendaItem.times_deferred,
            AgendaSection.title,
            Person.given_name,
            Person.family_name,
            AgendaItem.standing,
            AgendaItem.about_meeting_id,
            DecisionRequest.about_act_id,
            DecisionRequest.origin,
            DecisionRequest.reason,
        )
        .outerjoin(Person, Person.id == AgendaItem.rapporteur_id)
        .outerjoin(DecisionRequest, DecisionRequest.id == AgendaItem.request_id)
        .outerjoin(AgendaSection, AgendaSection.id == AgendaItem.section_id)
        .where(AgendaItem.meeting_id == bindparam("meeting_id"))
        .order_by(AgendaItem.position)
    )


def items_of(meeting_id: int) -> list[ItemLine]:
    """The items of a session in order, reserved ones too."""
    return [ItemLine(*row) for row in db.session.execute(_items(), {"meeting_id": meeting_id})]


def acts_about(items: Iterable[ItemLine]) -> dict[int, Act]:
    """The acts that items ratify or report on, by item."""
    acts = {item.id: item.about_act_id for item in items if item.about_act_id is not None}
    found = db.session.scalars(select(Act).where(Act.id.in_(acts.values()))) if acts else ()
    by_id = {act.id: act for act in found}
    return {item_id: by_id[act_id] for item_id, act_id in acts.items()}


def minutes_of(items: Iterable[ItemLine]) -> dict[int, Told]:
    """What is printed of the minutes that items approve, by item."""
    asked = {item.id: item.about_meeting_id for item in items if item.standing is Standing.MINUTES}
    return minutes_told({key: meeting_id for key, meeting_id in asked.items() if meeting_id is not None})


class AwaitedLine(NamedTuple):
    """A paper that is not among those that a pack takes."""

    item_id: int
    position: int
    item_title: str
    title: str
    state: PaperState
    due_on: date | None
    valid: int | None  # the number of the version that goes in all the same


@cache
def _awaited() -> Select[*tuple[Any, ...]]:
    valid = (
        select(func.max(PaperVersion.number))
        .where(PaperVersion.paper_id == Paper.id, PaperVersion.validated_at.is_not(None))
        .scalar_subquery()
    )
    return (
        select(
            AgendaItem.id,
            AgendaItem.position,
            AgendaItem.title,
            Paper.title,
            Paper.state,
            Paper.due_on,
            valid,
        )
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .where(AgendaItem.meeting_id == bindparam("meeting_id"), Paper.state != PaperState.VALIDATED)
        .order_by(AgendaItem.position, Paper.position, Paper.id)
    )


def awaited_papers(meeting_id: int) -> list[AwaitedLine]:
    """The papers of a session that were asked for, or handed in, and are not validated."""
    return [AwaitedLine(*row) for row in db.session.execute(_awaited(), {"meeting_id": meeting_id})]


# ---- what the members should know of a change ----


def watch_of(meeting: Meeting, items: list[ItemLine], papers: list[PaperLine]) -> dict[str, Any]:
    """What a pack says of the session, its agenda and its papers: when this changes, a preview is stale."""
    by_item: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for paper in papers:
        by_item[paper.item_id].append(
            {
                "id": paper.paper_id,
                "title": paper.title,
                "sha256": paper.sha256,
                "reserved": bool(paper.reserved),
            }
        )
    day = formats.date_long(meeting.starts_at)
    minutes = minutes_of(items)
    return {
        "meeting": {
            "slot": f"{day}, {formats.time_range(meeting.starts_at, meeting.ends_at)}",
            "place": meeting.place,
            "video": bool(meeting.video_url),
            "convened_on": clock.paris_day(meeting.convened_at).isoformat() if meeting.convened_at else "",
            "notice_days": meeting.notice_days,
            "short_notice_reason": meeting.short_notice_reason,
        },
        "items": [
            {
                "id": item.id,
                "position": item.position,
                "kind": item.kind.value,
                "title": item.title,
                "wording": item.wording,
                "minutes": item.minutes,
                "rapporteur": item.rapporteur,
                "section": item.section or "",
                "reserved": item.reserved,
                "papers": by_item[item.id],
                **({"approves": fingerprint(minutes[item.id])} if item.id in minutes else {}),
            }
            for item in items
        ],
    }


def present_watch(meeting: Meeting) -> dict[str, Any]:
    """The same as it stands now."""
    return watch_of(meeting, items_of(meeting.id), list_papers(meeting.id, reserved=True))


def fingerprint(watch: dict[str, Any]) -> str:
    """The hash of such a state."""
    return hashlib.sha256(canonical(watch).encode()).hexdigest()


# ---- packs ----


def packs_of(meeting_id: int) -> list[Pack]:
    """The pack of a session and its supplements, in order."""
    return list(
        db.session.scalars(
            select(Pack)
            .where(Pack.meeting_id == meeting_id)
            .options(selectinload(Pack.files), joinedload(Pack.sent_by), joinedload(Pack.asked_by))
            .order_by(Pack.number)
        )
    )


def lock_packs(meeting_id: int) -> list[Pack]:
    """The same, to write: the caller holds the meeting."""
    return list(
        db.session.scalars(
            select(Pack).where(Pack.meeting_id == meeting_id).order_by(Pack.number).with_for_update()
        )
    )


def find_preview(packs: list[Pack]) -> Pack | None:
    """The one that is not sent yet, if any: there is one at most, the last."""
    return packs[-1] if packs and packs[-1].state is not PackState.SENT else None


def snapshot_of(pack: Pack) -> dict[str, Any]:
    """The data that a pack was made of. Raises UnknownBlob."""
    content: dict[str, Any] = json.loads(blobs.get(pack.content_sha256 or "").content)
    return content


def last_sent(packs: list[Pack]) -> Pack | None:
    """The last one that left."""
    sent = [pack for pack in packs if pack.state is PackState.SENT]
    return sent[-1] if sent else None


def get_file(actor: Actor, meeting_id: int, number: int, kind: FileKind, *, reserved: bool) -> PackFile:
    """A file that the actor may read: what was sent, or the preview for the secretariat. Raises NotFound."""
    meeting = get_meeting(actor, meeting_id)
    found = _find_file(meeting_id, number, kind, reserved=reserved)
    if found is None or not may_read(actor, meeting.committee_id, found.pack.state, reserved=reserved):
        raise NotFound()
    return found


def get_file_by_link(link: ReplyLink, number: int, kind: FileKind, *, reserved: bool) -> PackFile:
    """A file that was sent, and that whoever holds the link may read. Raises NotFound."""
    found = _find_file(link.meeting_id, number, kind, reserved=reserved)
    if found is None or found.pack.state is not PackState.SENT or (reserved and not link.reads_reserved):
        raise NotFound()
    return found


def _find_file(meeting_id: int, number: int, kind: FileKind, *, reserved: bool) -> PackFile | None:
    return db.session.scalar(
        select(PackFile)
        .join(PackFile.pack)
        .where(
            Pack.meeting_id == meeting_id,
            Pack.number == number,
            PackFile.kind == kind,
            PackFile.reserved.is_(reserved),
        )
        .options(joinedload(PackFile.pack).joinedload(Pack.meeting))
    )


def may_read(actor: Actor, committee_id: int, state: PackState, *, reserved: bool) -> bool:
    """Whether somebody who reads the session reads that file."""
    if state is not PackState.SENT and not can_prepare(actor, committee_id):
        return False
    return not reserved or reads_reserved(actor, committee_id)


class ReadPack(NamedTuple):
    """A pack with the files of it that a reader may open, by variant."""

    pack: Pack
    files: list[PackFile]

    @classmethod
    def of(cls, pack: Pack, *, reads: bool, reserved: bool) -> ReadPack:
        """That pack for whoever reads what is for everybody, and what is reserved."""
        files = [each for each in pack.files if (reserved if each.reserved else reads)]
        return cls(pack, sorted(files, key=lambda each: (each.reserved, list(FileKind).index(each.kind))))


def sent_to(link: ReplyLink) -> list[ReadPack]:
    """The pack and the supplements that whoever holds a link reads, in order."""
    read = [
        ReadPack.of(pack, reads=True, reserved=link.reads_reserved)
        for pack in packs_of(link.meeting_id)
        if pack.state is PackState.SENT
    ]
    return [each for each in read if each.files]


def previous_session(meeting: Meeting) -> Meeting | None:
    """The last session of the committee held before this one."""
    return db.session.scalar(
        select(Meeting)
        .where(
            Meeting.committee_id == meeting.committee_id,
            Meeting.starts_at < meeting.starts_at,
            Meeting.state.in_(HELD),
        )
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    )


class Recipient(NamedTuple):
    """Somebody to write to, about a seat: its holder, or their correspondent."""

    person_id: int
    name: str
    email: str
    locale: str
    mandate: Mandate
    reads_reserved: bool

    @property
    def for_another(self) -> bool:
        """Whether they receive for somebody else."""
        return self.person_id != self.mandate.person_id


def recipients_of(meeting: Meeting) -> list[Recipient]:
    """Whoever sits in the committee on the day of the session, and receives for them, each once."""
    found: dict[int, Recipient] = {}
    for mandate in mandates_on(meeting.committee_id, clock.paris_day(meeting.starts_at)):
        if mandate.person.ended_at is None:
            reads = seat_reads_reserved(mandate.seat, mandate.voice)
            found.setdefault(mandate.person_id, _recipient(mandate.person, mandate, reads=reads))
    for each in correspondents_of(found, clock.today()):
        if each.person.ended_at is None:
            mandate = found[each.for_person_id].mandate
            found.setdefault(each.person_id, _recipient(each.person, mandate, reads=False))
    return list(found.values())


def _recipient(person: Person, mandate: Mandate, *, reads: bool) -> Recipient:
    return Recipient(person.id, person.full_name, person.email or "", person.locale, mandate, reads)
