"""Reads of minutes: which edition somebody may read and what of it, what waits for whom."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from flask_babel import force_locale
from sqlalchemy import Date, Exists, Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from tnt.accounts.mails import address_of
from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import SessionHeld
from tnt.committees.models import Committee, Mandate
from tnt.committees.queries import find_mandate, served_by
from tnt.core import blobs, clock, formats
from tnt.core.access import Actor
from tnt.core.db import UtcDateTime, db
from tnt.core.errors import NotFound
from tnt.core.statements import one_of
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.meetings.models import Meeting
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.minutes.document import Content, content_of, has_reserved, told_in_pack, visible
from tnt.minutes.models import Amendment, Minutes, Paragraph, ParagraphVersion, Recipient, Signature
from tnt.minutes.policies import Level, level_of
from tnt.minutes.rules import AmendmentState, MinutesState, SignatureRole
from tnt.packs.approvals import Told
from tnt.sittings.models import Outcome
from tnt.sittings.queries import SeatState, list_seats
from tnt.sittings.rules import Presence

IN_PERSON = frozenset({Presence.PRESENT, Presence.REMOTE})
BY_ANOTHER = frozenset({Presence.REPRESENTED, Presence.SUBSTITUTED, Presence.BY_PROXY})
DRAFT_WITHIN_DAYS = 90  # a session held longer ago is not asked for on the home page


@dataclass(frozen=True, slots=True)
class Reading:
    """An edition of the minutes as somebody reads it."""

    minutes: Minutes
    level: Level
    content: Content  # already without what the reader may not see
    recipient: Recipient | None  # the reader's own line, when the draft was sent to them


def find_minutes(meeting_id: int) -> Minutes | None:
    """The newest edition of a session's minutes, whatever its state."""
    return db.session.scalar(_editions(meeting_id).limit(1))


def _editions(meeting_id: int) -> Select[Minutes]:
    return select(Minutes).where(Minutes.meeting_id == meeting_id).order_by(Minutes.edition.desc())


def list_editions(meeting_id: int) -> Sequence[Minutes]:
    """Every edition of a session's minutes, the newest first."""
    return db.session.scalars(_editions(meeting_id)).all()


class Published(NamedTuple):
    """Published minutes, as the list that anybody reads shows them."""

    meeting_id: int
    starts_at: datetime
    committee: str
    edition: int
    published_at: datetime


def list_published() -> list[Published]:
    """The newest published edition of each session's minutes, the last session first; one query."""
    newest = (
        select(Minutes.meeting_id, func.max(Minutes.edition).label("edition"))
        .where(Minutes.state == MinutesState.PUBLISHED)
        .group_by(Minutes.meeting_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Meeting.id, Meeting.starts_at, Committee.name, Minutes.edition, Minutes.published_at)
        .join(newest, newest.c.meeting_id == Meeting.id)
        .join(Minutes, and_(Minutes.meeting_id == Meeting.id, Minutes.edition == newest.c.edition))
        .join(Committee, Committee.id == Meeting.committee_id)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    )
    return [Published._make(row) for row in rows]


def get_published(meeting_id: int) -> Minutes:
    """The newest published edition of a session's minutes. Raises NotFound."""
    found = db.session.scalar(_editions(meeting_id).where(Minutes.state == MinutesState.PUBLISHED).limit(1))
    if found is None:
        raise NotFound()
    return found


def find_recipient(minutes_id: int, person_id: int | None) -> Recipient | None:
    """The line of a person among those to whom minutes were sent; else of somebody they receive for."""
    if person_id is None:
        return None
    mine = (
        select(Recipient)
        .where(
            Recipient.minutes_id == minutes_id,
            or_(
                Recipient.person_id == person_id, Recipient.person_id.in_(served_by(person_id, clock.today()))
            ),
        )
        .order_by(Recipient.person_id != person_id, Recipient.id)
        .limit(1)
    )
    return db.session.scalar(mine)


def find_reading(actor: Actor, meeting_id: int, edition: int | None = None) -> Reading | None:
    """The newest edition that the actor may read, or the one asked for; None for nothing to read."""
    for minutes in list_editions(meeting_id):
        if edition is not None and minutes.edition != edition:
            continue
        recipient = find_recipient(minutes.id, actor.person_id)
        level = level_of(
            actor, minutes.meeting.committee_id, minutes.state, is_recipient=recipient is not None
        )
        if level is not None:
            return Reading(minutes, level, content_for(minutes, level), recipient)
    return None


def get_reading(actor: Actor, meeting_id: int, edition: int | None = None) -> Reading:
    """The same. Raises NotFound when there is nothing that the actor may read."""
    reading = find_reading(actor, meeting_id, edition)
    if reading is None:
        raise NotFound()
    return reading


def readable_editions(actor: Actor, meeting_id: int) -> list[Minutes]:
    """The editions that the actor may read, the newest first."""
    return [
        minutes
        for minutes in list_editions(meeting_id)
        if level_of(
            actor,
            minutes.meeting.committee_id,
            minutes.state,
            is_recipient=find_recipient(minutes.id, actor.person_id) is not None,
        )
    ]


def whole_content(minutes: Minutes) -> Content:
    """All that the minutes say: as frozen once approved, else as they stand."""
    if minutes.content_sha256 is not None:
        return _kept(minutes.content_sha256)
    return content_of(minutes, load_paragraphs(minutes.id))


def content_for(minutes: Minutes, level: Level) -> Content:
    """What a reader of that level gets."""
    if level is Level.PUBLIC:
        return _kept(minutes.public_content_sha256 or "")
    return visible(whole_content(minutes), reserved=level is Level.WHOLE)


def keys_of(content: Content) -> set[str]:
    """The keys of the passages that a content holds."""
    return {paragraph["key"] for section in content["sections"] for paragraph in section["paragraphs"]}


def _kept(sha256: str) -> Content:
    content: Content = json.loads(blobs.get(sha256).content)
    return content


def load_paragraphs(minutes_id: int) -> Sequence[Paragraph]:
    """The paragraphs of minutes with their items and acts, in order; one query whatever their number."""
    return db.session.scalars(
        select(Paragraph)
        .where(Paragraph.minutes_id == minutes_id)
        .options(
            joinedload(Paragraph.item).joinedload(AgendaItem.rapporteur),
            joinedload(Paragraph.act),
        )
        .order_by(Paragraph.position, Paragraph.id)
    ).all()


def get_paragraph(minutes: Minutes, paragraph_id: int) -> Paragraph:
    """A paragraph of these minutes that was not removed. Raises NotFound."""
    paragraph = db.session.get(Paragraph, paragraph_id)
    if paragraph is None or paragraph.minutes_id != minutes.id or paragraph.removed_at is not None:
        raise NotFound()
    return paragraph


def history_of(paragraph_id: int) -> Sequence[ParagraphVersion]:
    """The versions of a paragraph, the newest first, with their authors."""
    return db.session.scalars(
        select(ParagraphVersion)
        .where(ParagraphVersion.paragraph_id == paragraph_id)
        .options(joinedload(ParagraphVersion.author))
        .order_by(ParagraphVersion.number.desc())
    ).all()


def list_amendments(minutes_id: int, author_id: int | None = None) -> Sequence[Amendment]:
    """The requests on these minutes, those that wait first; of one author if given."""
    found = (
        select(Amendment)
        .where(Amendment.minutes_id == minutes_id)
        .options(
            joinedload(Amendment.author),
            joinedload(Amendment.institution),
            joinedload(Amendment.settled_by),
            joinedload(Amendment.paragraph).joinedload(Paragraph.item),
        )
        .order_by((Amendment.state != AmendmentState.PENDING), Amendment.id)
    )
    return db.session.scalars(
        found if author_id is None else found.where(Amendment.author_id == author_id)
    ).all()


def get_amendment(minutes: Minutes, amendment_id: int) -> Amendment:
    """A request on these minutes. Raises NotFound."""
    amendment = db.session.get(Amendment, amendment_id)
    if amendment is None or amendment.minutes_id != minutes.id:
        raise NotFound()
    return amendment


def count_pending(minutes_id: int) -> int:
    """How many requests on these minutes wait for an answer."""
    pending = select(func.count(Amendment.id)).where(
        Amendment.minutes_id == minutes_id, Amendment.state == AmendmentState.PENDING
    )
    return db.session.scalar(pending) or 0


def list_recipients(minutes_id: int) -> Sequence[Recipient]:
    """Those to whom the draft was sent, by name."""
    return db.session.scalars(
        select(Recipient)
        .where(Recipient.minutes_id == minutes_id)
        .options(joinedload(Recipient.person), joinedload(Recipient.institution))
        .order_by(Recipient.id)
    ).all()


def list_signatures(minutes_id: int) -> Sequence[Signature]:
    """The signatures of these minutes, in the order in which they were given."""
    return db.session.scalars(
        select(Signature).where(Signature.minutes_id == minutes_id).order_by(Signature.id)
    ).all()


# whom to send the draft to


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody to whom the draft goes: there in person, or represented by another."""

    mandate: Mandate
    present: bool


def addressees_of(meeting: Meeting) -> list[Addressee]:
    """Those who attended, those who were represented, and the substitutes who came, each once.

    Where nobody was called (a past session entered afterwards), whoever held a seat on its day.
    """
    seats = list_seats(meeting)
    if not any(seat.presence for seat in seats):
        return _once([Addressee(seat.mandate, present=True) for seat in seats])
    there = [Addressee(seat.mandate, present=True) for seat in seats if seat.presence in IN_PERSON]
    there += [Addressee(mandate, present=True) for mandate in _substitutes_who_came(meeting, seats)]
    return _once(there + [Addressee(seat.mandate, False) for seat in seats if seat.presence in BY_ANOTHER])


def _once(addressees: list[Addressee]) -> list[Addressee]:
    found: dict[int, Addressee] = {}
    for addressee in addressees:
        found.setdefault(addressee.mandate.person_id, addressee)
    return list(found.values())


def _substitutes_who_came(meeting: Meeting, seats: Sequence[SeatState]) -> list[Mandate]:
    named = {
        seat.mandate.id: seat.attendance.represented_by
        for seat in seats
        if seat.presence is Presence.SUBSTITUTED and seat.attendance is not None
    }
    if not named:
        return []
    day = clock.paris_day(meeting.starts_at)
    substitutes = db.session.scalars(
        select(Mandate)
        .where(
            Mandate.substitute_for_id.in_(named),
            Mandate.from_on <= day,
            or_(Mandate.until_on.is_(None), Mandate.until_on >= day),
        )
        .options(joinedload(Mandate.person), joinedload(Mandate.institution))
    )
    return [each for each in substitutes if each.person.full_name == named[each.substitute_for_id or 0]]


class Asking(NamedTuple):
    """In whose name changes are asked: an institution, and the person who received the draft for it."""

    institution_id: int
    person_id: int


def asking(actor: Actor, minutes: Minutes) -> Asking | None:
    """In whose name the actor may ask for changes, None when they may not.

    Whoever received the draft, or receives for them; else whoever sits today for an institution that was
    there or represented.
    """
    if actor.person_id is None:
        return None
    recipient = find_recipient(minutes.id, actor.person_id)
    if recipient is not None:
        return Asking(recipient.institution_id, recipient.person_id)
    mandate = find_mandate(actor.person_id, minutes.meeting.committee_id, clock.today())
    if mandate is None:
        return None
    sent = select(Recipient.id).where(
        Recipient.minutes_id == minutes.id, Recipient.institution_id == mandate.institution_id
    )
    if db.session.scalar(sent.limit(1)) is None:
        return None
    return Asking(mandate.institution_id, actor.person_id)


# approval


def awaiting_approval(committee_id: int, before: Meeting | None = None) -> Minutes | None:
    """The oldest minutes of a committee that were circulated and are not approved yet, if any.

    They are what an agenda's item « approbation du compte rendu » approves; `before` leaves out the
    sessions that are not earlier than that one.
    """
    oldest = (
        select(Minutes)
        .join(Minutes.meeting)
        .where(Minutes.state == MinutesState.CIRCULATED, Meeting.committee_id == committee_id)
        .order_by(Meeting.starts_at, Minutes.edition)
        .limit(1)
    )
    if before is not None:
        oldest = oldest.where(Meeting.starts_at < before.starts_at)
    return db.session.scalar(oldest)


def approved_by(item: AgendaItem) -> Minutes | None:
    """The minutes that an item « approbation du compte rendu » approves: those it names, else the oldest."""
    if item.act_kind is not ActKind.APPROVE_MINUTES:
        return None
    if item.about_meeting_id is not None:
        return circulated_of(item.about_meeting_id)
    return awaiting_approval(item.meeting.committee_id, before=item.meeting)


_LAST_SESSIONS = 8  # further back, nobody approves minutes in session any more


def session_to_approve(meeting: Meeting) -> SessionHeld | None:
    """The session whose minutes a later one is to approve: the oldest circulated, else the last one held.

    None when the last session's minutes are approved already (silence may have approved them), or when the
    agenda of another session to come holds their approval.
    """
    asked = {"meeting": meeting.id, "committee": meeting.committee_id, "before": meeting.starts_at}
    found = db.session.connection().execute(_sessions_held(), asked).all()
    circulated = [row for row in found if row.state is MinutesState.CIRCULATED and not row.placed]
    if circulated:
        return SessionHeld(circulated[-1].id, circulated[-1].starts_at)
    waiting = [row for row in found[:1] if row.state in {None, MinutesState.DRAFT} and not row.placed]
    return SessionHeld(waiting[0].id, waiting[0].starts_at) if waiting else None


@cache
def _sessions_held() -> Select[*tuple[Any, ...]]:
    other = aliased(Meeting)
    placed = (
        select(AgendaItem.id)
        .join(other, other.id == AgendaItem.meeting_id)
        .where(
            AgendaItem.about_meeting_id == Meeting.id,
            AgendaItem.meeting_id != bindparam("meeting", type_=Integer),
            one_of(other.state, sorted(TO_COME)),
        )
        .correlate(Meeting)
    )
    return (
        select(Meeting.id, Meeting.starts_at, Minutes.state, placed.exists().label("placed"))
        .outerjoin(Minutes, and_(Minutes.meeting_id == Meeting.id, Minutes.edition == 1))
        .where(
            Meeting.committee_id == bindparam("committee", type_=Integer),
            one_of(Meeting.state, [MeetingState.ADJOURNED, MeetingState.CLOSED]),
            Meeting.recorded_afterwards.is_(False),
            Meeting.starts_at < bindparam("before", type_=UtcDateTime),
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
        .limit(_LAST_SESSIONS)
    )


def circulated_of(meeting_id: int) -> Minutes | None:
    """The minutes of a session that wait to be approved, if they do."""
    return db.session.scalar(
        select(Minutes)
        .where(Minutes.meeting_id == meeting_id, Minutes.state == MinutesState.CIRCULATED)
        .order_by(Minutes.edition)
        .limit(1)
    )


def told_in_packs(sessions: Mapping[int, int]) -> dict[int, Told]:
    """What packs print of minutes to approve, by item: what every member reads of them."""
    return {item_id: _told(meeting_id) for item_id, meeting_id in sessions.items()}


def _told(meeting_id: int) -> Told:
    told: Told = {"address": address_of("minutes.page", meeting_id=meeting_id), "sections": []}
    minutes = next((one for one in list_editions(meeting_id) if one.state is not MinutesState.DRAFT), None)
    if minutes is None:
        return told | {"line": "Le compte rendu de cette séance n’est pas encore diffusé."}
    with force_locale("fr"):  # the same whoever builds the pack
        whole = whole_content(minutes)
        common = visible(whole, reserved=False)
        line = f"Compte rendu de la séance du {formats.date_long(minutes.meeting.starts_at)}."
        if has_reserved(whole):
            line += " Ses passages réservés n’y figurent pas."
        return told | {"line": line, "sections": told_in_pack(common)}


def approving_act_in_visa(minutes: Minutes) -> Act | None:
    """The decision by which a later session approved these minutes, while its record awaits a visa."""
    if minutes.circulated_at is None:
        return None
    rows = db.session.execute(
        select(Act, AgendaItem.about_meeting_id)
        .join(Meeting, Meeting.id == Act.meeting_id)
        .join(Outcome, Outcome.act_id == Act.id)
        .join(AgendaItem, AgendaItem.id == Outcome.item_id)
        .where(
            Act.kind == ActKind.APPROVE_MINUTES,
            Act.nature == Nature.DECISION,
            Act.state == ActState.IN_VISA,
            Act.committee_id == minutes.meeting.committee_id,
            Act.recorded_at >= minutes.circulated_at,
            Meeting.starts_at > minutes.meeting.starts_at,
        )
        .order_by(Act.id)
    )
    return next((act for act, about_id in rows if _approves(act, about_id, minutes)), None)


def _approves(act: Act, about_meeting_id: int | None, minutes: Minutes) -> bool:
    """Whether an act approves these minutes: those that its item names, else the oldest that wait."""
    if about_meeting_id is not None:
        return about_meeting_id == minutes.meeting_id
    oldest = awaiting_approval(minutes.meeting.committee_id, before=act.meeting)
    return oldest is not None and oldest.id == minutes.id


def list_overdue(today: date) -> Sequence[int]:
    """The minutes whose due date is over and that silence may approve: their ids."""
    return db.session.scalars(
        select(Minutes.id).where(
            Minutes.state == MinutesState.CIRCULATED, Minutes.tacit, Minutes.due_on < today
        )
    ).all()


def list_silent(today: date, within_days: int) -> Sequence[Recipient]:
    """Those who have said nothing about minutes whose due date comes within so many days."""
    asked = select(Amendment.id).where(
        Amendment.minutes_id == Recipient.minutes_id,
        Amendment.author_id == Recipient.person_id,
        Amendment.state != AmendmentState.WITHDRAWN,
    )
    return db.session.scalars(
        select(Recipient)
        .join(Recipient.minutes)
        .where(
            Minutes.state == MinutesState.CIRCULATED,
            Minutes.due_on >= today,
            Minutes.due_on <= today + timedelta(days=within_days),
            Recipient.no_remark_at.is_(None),
            ~asked.exists(),
        )
        .options(joinedload(Recipient.person), joinedload(Recipient.minutes))
    ).all()


def is_answer_awaited(minutes_id: int, person_id: int) -> bool:
    """Whether somebody to whom minutes were sent has said nothing yet, and still may."""
    recipient = find_recipient(minutes_id, person_id)
    if recipient is None or recipient.no_remark_at is not None:
        return False
    minutes = recipient.minutes
    if (
        minutes.state is not MinutesState.CIRCULATED
        or minutes.due_on is None
        or minutes.due_on < clock.today()
    ):
        return False
    return not list_amendments(minutes_id, recipient.person_id) and approving_act_in_visa(minutes) is None


# what waits for whom


class Waiting(NamedTuple):
    """Minutes on the way, or still to begin (state None), as the home page needs them."""

    meeting_id: int
    committee_id: int
    committee: str
    starts_at: datetime
    state: MinutesState | None
    due_on: date | None
    pending: int
    chair_signed: bool
    secretary_signed: bool
    my_answer_is_awaited: bool


def list_waiting(actor: Actor) -> list[Waiting]:
    """The minutes to begin or not published yet that concern the actor, oldest session first; one query."""
    if actor.person_id is None:
        return []
    asked = {
        "kept": list(actor.scopes("secretary")),
        "signed": list(actor.scopes("secretary", "co_chair")),
        "person": actor.person_id,
        "today": clock.today(),
        "since": clock.now() - timedelta(days=DRAFT_WITHIN_DAYS),
    }
    return [Waiting._make(row) for row in db.session.execute(_waiting(), asked)]


@cache  # a statement costs more to put together than to send
def _waiting() -> Select[*tuple[Any, ...]]:
    pending = select(func.count(Amendment.id)).where(
        Amendment.minutes_id == Minutes.id, Amendment.state == AmendmentState.PENDING
    )
    mine = _my_answer_is_awaited()
    begun = select(Minutes.id).where(Minutes.meeting_id == Meeting.id).correlate(Meeting)
    to_begin = and_(
        Meeting.committee_id.in_(bindparam("kept", expanding=True)),
        Meeting.state.in_([MeetingState.ADJOURNED, MeetingState.CLOSED]),
        Meeting.recorded_afterwards.is_(False),
        Meeting.starts_at >= bindparam("since", type_=UtcDateTime),
        ~begun.exists(),
    )
    on_the_way = and_(
        Minutes.id.is_not(None),
        or_(Meeting.committee_id.in_(bindparam("signed", expanding=True)), mine),
    )
    return (
        select(
            Meeting.id,
            Meeting.committee_id,
            Committee.name,
            Meeting.starts_at,
            Minutes.state,
            Minutes.due_on,
            pending.scalar_subquery(),
            _signed_by(SignatureRole.CHAIR),
            _signed_by(SignatureRole.SECRETARY),
            mine,
        )
        .join(Committee, Committee.id == Meeting.committee_id)
        .outerjoin(Minutes, and_(Minutes.meeting_id == Meeting.id, Minutes.state != MinutesState.PUBLISHED))
        .where(or_(on_the_way, to_begin))
        .order_by(Meeting.starts_at, Minutes.edition)
    )


def _my_answer_is_awaited() -> Exists:
    """Whether the person asked about, or one they receive for, has said nothing yet, and still may."""
    person, today = bindparam("person", type_=Integer), bindparam("today", type_=Date)
    asked = select(Amendment.id).where(
        Amendment.minutes_id == Minutes.id,
        Amendment.author_id == Recipient.person_id,
        Amendment.state != AmendmentState.WITHDRAWN,
    )
    return (
        select(Recipient.id)
        .where(
            Recipient.minutes_id == Minutes.id,
            or_(Recipient.person_id == person, Recipient.person_id.in_(served_by(person, today))),
            Recipient.no_remark_at.is_(None),
            Minutes.state == MinutesState.CIRCULATED,
            Minutes.due_on >= today,
            ~asked.exists(),
        )
        .exists()
    )


def _signed_by(role: SignatureRole) -> Exists:
    return select(Signature.id).where(Signature.minutes_id == Minutes.id, Signature.role == role).exists()


def heads_printed() -> list[tuple[str, str]]:
    """The head of the journal that approved minutes print, and how to call those minutes."""
    rows = db.session.execute(
        select(Minutes.journal_head, Committee.code, Meeting.starts_at)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .join(Committee, Committee.id == Meeting.committee_id)
        .where(Minutes.journal_head != "")
        .order_by(Minutes.id)
    )
    return [
        (head, f"le compte rendu {code} du {clock.paris_day(starts_at).isoformat()}")
        for head, code, starts_at in rows
    ]
