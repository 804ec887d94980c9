"""What can be read of papers, in the order of the agenda."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Committee
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.meetings.models import Meeting
from tnt.meetings.policies import reads_reserved
from tnt.meetings.queries import retro_planning
from tnt.meetings.retroplanning import RetroStepKind
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.papers.models import Paper, PaperChase, PaperVersion
from tnt.papers.policies import can_manage, is_author, is_close_to, reads_papers
from tnt.papers.rules import PaperState, is_late, usual_due


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


class PaperRow(NamedTuple):
    """A paper of a session as those who prepare it see it: its last file, and the one that members read."""

    id: int
    meeting_id: int
    item_id: int
    item_position: int
    item_title: str
    rapporteur_id: int | None
    title: str
    reserved: bool  # the paper itself, or its whole item
    state: PaperState
    author_id: int | None
    given_name: str | None
    family_name: str | None
    email: str | None
    locale: str | None
    due_on: date | None
    remark: str
    version: int
    chased_at: datetime | None
    last: int | None  # the number of the last file, None before the first
    file_name: str | None
    size: int | None
    pages: int | None
    tagged: bool | None
    mergeable: bool | None
    uploaded_at: datetime | None
    valid: int | None  # the number of the last file that the secretariat validated
    valid_name: str | None
    valid_size: int | None
    left_at: datetime | None  # when the author left

    @property
    def is_reached(self) -> bool:
        """Whether a mail to the author leads somewhere."""
        return bool(self.email) and self.left_at is None

    @property
    def author(self) -> str:
        """From whom it is expected, « » for nobody."""
        return f"{self.given_name} {self.family_name}" if self.family_name is not None else ""

    @property
    def is_late(self) -> bool:
        """Whether it should have come already."""
        return is_late(self.state, self.due_on, clock.today())

    @property
    def is_sent_back(self) -> bool:
        """Whether the secretariat asked for another version."""
        return self.state is PaperState.AWAITED and self.last is not None


def rows_of(meeting_id: int) -> list[PaperRow]:
    """Every paper of a session, expected ones included, in agenda order; one query."""
    found = db.session.connection().execute(_rows(), {"meeting_id": meeting_id})
    return [PaperRow._make(row) for row in found]


@cache
def _rows() -> Select[*tuple[Any, ...]]:
    numbers = (
        select(
            PaperVersion.paper_id,
            func.max(PaperVersion.number).label("last"),
            func.max(case((PaperVersion.validated_at.is_not(None), PaperVersion.number))).label("valid"),
        )
        .join(Paper, Paper.id == PaperVersion.paper_id)
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .where(AgendaItem.meeting_id == bindparam("meeting_id"))
        .group_by(PaperVersion.paper_id)
        .subquery()
    )
    last, valid = aliased(PaperVersion), aliased(PaperVersion)
    return (
        select(
            Paper.id,
            AgendaItem.meeting_id,
            AgendaItem.id,
            AgendaItem.position,
            AgendaItem.title,
            AgendaItem.rapporteur_id,
            Paper.title,
            or_(Paper.reserved, AgendaItem.reserved),
            Paper.state,
            Paper.author_id,
            Person.given_name,
            Person.family_name,
            Person.email,
            Person.locale,
            Paper.due_on,
            Paper.remark,
            Paper.version,
            Paper.chased_at,
            last.number,
            last.file_name,
            last.size,
            last.pages,
            last.tagged,
            last.mergeable,
            last.uploaded_at,
            valid.number,
            valid.file_name,
            valid.size,
            Person.ended_at,
        )
        .join(Paper, Paper.item_id == AgendaItem.id)
        .outerjoin(Person, Person.id == Paper.author_id)
        .outerjoin(numbers, numbers.c.paper_id == Paper.id)
        .outerjoin(last, (last.paper_id == Paper.id) & (last.number == numbers.c.last))
        .outerjoin(valid, (valid.paper_id == Paper.id) & (valid.number == numbers.c.valid))
        .where(AgendaItem.meeting_id == bindparam("meeting_id"))
        .order_by(AgendaItem.position, Paper.position, Paper.id)
    )


class Shown(NamedTuple):
    """A file of a paper as one reader finds it on the page of the session."""

    paper_id: int
    item_id: int
    title: str
    number: int
    file_name: str
    size: int
    reserved: bool


def shown_to(actor: Actor, meeting: Meeting) -> list[Shown]:
    """The files of a session that the actor may read now, in agenda order; one query.

    The secretariat, the author and the rapporteur find the last file; the others the last validated one.
    """
    manages = can_manage(actor, meeting.committee_id)
    reads = reads_papers(actor, meeting.committee_id, meeting.state, convened=meeting.convened_at is not None)
    entitled = reads_reserved(actor, meeting.committee_id)
    found = []
    for row in rows_of(meeting.id):
        close = is_close_to(
            actor,
            meeting.committee_id,
            meeting.state,
            author_id=row.author_id,
            rapporteur_id=row.rapporteur_id,
        )
        if manages or close:
            file = (row.last, row.file_name, row.size)
        elif reads and (entitled or not row.reserved):
            file = (row.valid, row.valid_name, row.valid_size)
        else:
            continue
        number, name, size = file
        if number is not None and name is not None and size is not None:
            found.append(Shown(row.id, row.item_id, row.title, number, name, size, row.reserved))
    return found


def proposed_due(meeting: Meeting) -> date:
    """The day for which a paper of a session is usually expected, as asked today."""
    planned = meeting.state in TO_COME and not meeting.recorded_afterwards
    steps = retro_planning(meeting) if planned else []
    chasing = next((step.on for step in steps if step.kind is RetroStepKind.CHASE), None)
    return usual_due(chasing, clock.today(), clock.paris_day(meeting.starts_at))


def due_again(paper: Paper, meeting: Meeting) -> date:
    """For when a paper that goes back is asked: the day of before, or the usual one once it is past."""
    if paper.due_on is not None and paper.due_on >= clock.today():
        return paper.due_on
    return proposed_due(meeting)


def is_late_now(paper: Paper) -> bool:
    """Whether a paper should have come already."""
    return is_late(paper.state, paper.due_on, clock.today())


def find_paper(paper_id: int) -> Paper | None:
    """A paper with its item and the session, whoever asks."""
    return db.session.scalar(
        select(Paper)
        .where(Paper.id == paper_id)
        .options(joinedload(Paper.item).joinedload(AgendaItem.meeting), joinedload(Paper.author))
    )


def get_managed(actor: Actor, meeting_id: int, paper_id: int) -> tuple[Paper, AgendaItem]:
    """A paper of that very session and its item, for who manages it. Raises NotFound."""
    paper = find_paper(paper_id)
    if paper is None or paper.item is None or paper.item.meeting_id != meeting_id:
        raise NotFound()
    if not can_manage(actor, paper.item.meeting.committee_id):
        raise NotFound()
    return paper, paper.item


def get_awaited(actor: Actor, paper_id: int) -> tuple[Paper, AgendaItem]:
    """A paper that is or was expected from the actor, and its item. Raises NotFound."""
    paper = find_paper(paper_id)
    if paper is None or paper.item is None or not is_author(actor, paper.author_id):
        raise NotFound()
    return paper, paper.item


def get_file(actor: Actor, meeting_id: int, paper_id: int, number: int) -> PaperVersion:
    """One file of a paper, if the actor may read it. Raises NotFound.

    Whoever sits reads the last validated one; the others stay with those who prepare.
    """
    paper = find_paper(paper_id)
    if paper is None or paper.item is None or paper.item.meeting_id != meeting_id:
        raise NotFound()
    version = db.session.scalar(
        select(PaperVersion).where(PaperVersion.paper_id == paper_id, PaperVersion.number == number)
    )
    if version is None or not _may_read(actor, paper, paper.item, version):
        raise NotFound()
    return version


def _may_read(actor: Actor, paper: Paper, item: AgendaItem, version: PaperVersion) -> bool:
    meeting = item.meeting
    if can_manage(actor, meeting.committee_id) or _is_at_work_on(actor, paper, item, version):
        return True
    if version.number != _number_to_read(paper.id):
        return False
    if (paper.reserved or item.reserved) and not reads_reserved(actor, meeting.committee_id):
        return False
    return reads_papers(actor, meeting.committee_id, meeting.state, convened=meeting.convened_at is not None)


def _is_at_work_on(actor: Actor, paper: Paper, item: AgendaItem, version: PaperVersion) -> bool:
    """Whether the file is the actor's own, or the paper still theirs to read from the start."""
    own = is_author(actor, paper.author_id) and version.uploaded_by_id == actor.person_id
    meeting = item.meeting
    return own or is_close_to(
        actor,
        meeting.committee_id,
        meeting.state,
        author_id=paper.author_id,
        rapporteur_id=item.rapporteur_id,
    )


def _number_to_read(paper_id: int) -> int | None:
    """The number of the last validated file of a paper."""
    return db.session.scalar(
        select(func.max(PaperVersion.number)).where(
            PaperVersion.paper_id == paper_id, PaperVersion.validated_at.is_not(None)
        )
    )


def versions_for_author(actor: Actor, paper: Paper, item: AgendaItem) -> list[PaperVersion]:
    """The files of a paper that its author may still open, newest first."""
    return [one for one in versions_of(paper.id) if _is_at_work_on(actor, paper, item, one)]


def versions_of(paper_id: int) -> Sequence[PaperVersion]:
    """Every file of a paper, newest first."""
    return db.session.scalars(
        select(PaperVersion)
        .where(PaperVersion.paper_id == paper_id)
        .options(joinedload(PaperVersion.uploaded_by))
        .order_by(PaperVersion.number.desc())
    ).all()


def papers_of(item_id: int) -> Sequence[Paper]:
    """The papers of an item in their order, with their files."""
    return (
        db.session.scalars(
            select(Paper)
            .where(Paper.item_id == item_id)
            .options(joinedload(Paper.versions))
            .order_by(Paper.position, Paper.id)
        )
        .unique()
        .all()
    )


def waiting_with(request_ids: Sequence[int]) -> Sequence[Paper]:
    """The papers that wait with entries of the intake, in their order."""
    return db.session.scalars(
        select(Paper).where(Paper.request_id.in_(request_ids)).order_by(Paper.position, Paper.id)
    ).all()


def late_papers(meeting_id: int) -> list[PaperRow]:
    """What should have come already, in agenda order."""
    return [row for row in rows_of(meeting_id) if row.is_late]


def fingerprint_of(late: Sequence[PaperRow], last_chase: PaperChase | None) -> str:
    """What a preview of a chase showed: the late papers, and the chase before."""
    told = f"{last_chase.id if last_chase else 0}:{','.join(str(row.id) for row in late)}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def last_chase_of(meeting_id: int) -> PaperChase | None:
    """The last time when late authors were written to, if any."""
    return db.session.scalar(
        select(PaperChase)
        .where(PaperChase.meeting_id == meeting_id)
        .options(joinedload(PaperChase.sent_by))
        .order_by(PaperChase.id.desc())
        .limit(1)
    )


class Rapporteur(NamedTuple):
    """Who reports on an item, and has neither handed in a paper for it nor been asked to."""

    item_id: int
    position: int
    title: str
    person_id: int
    given_name: str
    family_name: str
    email: str | None

    @property
    def name(self) -> str:
        """« Claire Aubert »."""
        return f"{self.given_name} {self.family_name}"


def rapporteurs_to_ask(meeting_id: int) -> list[Rapporteur]:
    """The rapporteurs from whom nothing is expected yet, in agenda order; one query."""
    known = exists().where(Paper.item_id == AgendaItem.id, Paper.author_id == AgendaItem.rapporteur_id)
    found = db.session.execute(
        select(
            AgendaItem.id,
            AgendaItem.position,
            AgendaItem.title,
            Person.id,
            Person.given_name,
            Person.family_name,
            Person.email,
        )
        .join(Person, Person.id == AgendaItem.rapporteur_id)
        .where(AgendaItem.meeting_id == meeting_id, Person.ended_at.is_(None), ~known)
        .order_by(AgendaItem.position)
    )
    return [Rapporteur(*row) for row in found]


class Owed(NamedTuple):
    """A paper that somebody hands in, on their own page and among what awaits them."""

    id: int
    title: str
    due_on: date | None
    state: PaperState
    remark: str
    meeting_id: int
    item_title: str
    starts_at: datetime
    meeting_state: MeetingState
    committee: str
    last: int | None
    file_name: str | None  # of the last version

    @property
    def is_late(self) -> bool:
        """Whether it should have come already."""
        return is_late(self.state, self.due_on, clock.today())

    @property
    def is_sent_back(self) -> bool:
        """Whether the secretariat asked for another version."""
        return self.state is PaperState.AWAITED and self.last is not None


def owed_by(person_id: int, *, awaited_only: bool = False) -> list[Owed]:
    """The papers that a person hands in for sessions to come, first due first; one query.

    `awaited_only`: what is still to be handed in.
    """
    asked = {"person_id": person_id, "awaited_only": awaited_only}
    return [Owed._make(row) for row in db.session.connection().execute(_owed(), asked)]


@cache
def _owed() -> Select[*tuple[Any, ...]]:
    from_them = Paper.author_id == bindparam("person_id")
    newest = (
        select(PaperVersion.paper_id, func.max(PaperVersion.number).label("number"))
        .join(Paper, Paper.id == PaperVersion.paper_id)
        .where(from_them)
        .group_by(PaperVersion.paper_id)
        .subquery()
    )
    return (
        select(
            Paper.id,
            Paper.title,
            Paper.due_on,
            Paper.state,
            Paper.remark,
            Meeting.id,
            AgendaItem.title,
            Meeting.starts_at,
            Meeting.state,
            Committee.name,
            newest.c.number,
            PaperVersion.file_name,
        )
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .join(Committee, Committee.id == Meeting.committee_id)
        .outerjoin(newest, newest.c.paper_id == Paper.id)
        .outerjoin(
            PaperVersion, and_(PaperVersion.paper_id == Paper.id, PaperVersion.number == newest.c.number)
        )
        .where(
            from_them,
            Meeting.state.in_(sorted(TO_COME)),
            or_(Paper.state == PaperState.AWAITED, ~bindparam("awaited_only", type_=Boolean())),
        )
        .order_by(Paper.due_on, Paper.id)
    )
