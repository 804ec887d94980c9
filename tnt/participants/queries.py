"""Reads of who comes: the seats of the day with their replies, the guests, the readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from tnt.accounts.models import Person
from tnt.accounts.queries import is_known
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Mandate, Voice
from tnt.committees.queries import correspondents_of, held_on, is_correspondent, mandates_on
from tnt.core import clock
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.participants.models import Chaser, ItemGuest, Reading, Reply, ReplyEntry, ReplyLink
from tnt.participants.rules import (
    COMING,
    FILLING,
    SEATS,
    Bench,
    SeatFacts,
    Token,
    Way,
    must_note_reading,
    quorum_expected,
    secret_matches,
)


@dataclass(frozen=True, slots=True)
class SeatReply:
    """A seat of the day with its reply (None while none was given) and the substitutes it may name."""

    mandate: Mandate
    reply: Reply | None
    substitutes: Sequence[Mandate] = field(default=())
    starts_at: datetime | None = None

    @property
    def voice(self) -> Voice:
        """Whether the seat votes."""
        return self.mandate.voice

    @property
    def way(self) -> Way | None:
        """What was answered, None while nothing was."""
        return self.reply.way if self.reply else None

    @property
    def is_outdated(self) -> bool:
        """Whether the reply answered another date: the session moved since."""
        return self.reply is not None and self.reply.for_starts_at != self.starts_at

    @property
    def has_answered(self) -> bool:
        """Whether a reply to the present date was given."""
        return self.reply is not None and not self.is_outdated

    @property
    def is_coming(self) -> bool:
        """Whether the member comes in person, in the room or at a distance."""
        return self.has_answered and self.way in COMING

    @property
    def is_absent(self) -> bool:
        """Whether the member said that they do not come in person: they carry no proxy."""
        return self.has_answered and self.way not in COMING

    @property
    def is_filled(self) -> bool:
        """Whether the seat is expected to be filled, by the member or by somebody named."""
        return self.has_answered and self.way in FILLING


@dataclass(frozen=True, slots=True)
class Expected:
    """What the replies let expect of the room; the quorum where the committee has one."""

    seats: int
    answered: int
    coming: int
    remote: int
    proxies: int
    voting: int
    voting_filled: int
    quorum: bool | None

    @property
    def silent(self) -> int:
        """How many seats have not replied."""
        return self.seats - self.answered


def list_replies(meeting_id: int) -> list[SeatReply]:
    """The seats of a meeting's day with their replies, co-chairs first: three queries."""
    meeting = db.session.get_one(Meeting, meeting_id)
    return replies_of(meeting)


def replies_of(meeting: Meeting) -> list[SeatReply]:
    """The same, of a meeting already read."""
    mandates = mandates_on(meeting.committee_id, clock.paris_day(meeting.starts_at))
    replies = {
        reply.mandate_id: reply
        for reply in db.session.scalars(
            select(Reply)
            .where(Reply.meeting_id == meeting.id)
            .options(
                joinedload(Reply.substitute).joinedload(Mandate.person),
                joinedload(Reply.proxy_to).joinedload(Mandate.person),
                joinedload(Reply.given_by),
            )
        )
    }
    return [
        SeatReply(
            mandate,
            replies.get(mandate.id),
            tuple(one for one in mandates if one.substitute_for_id == mandate.id),
            meeting.starts_at,
        )
        for mandate in mandates
        if mandate.seat in SEATS
    ]


def guests_of(meeting_id: int) -> Sequence[ItemGuest]:
    """Whoever is asked for one item of a meeting, in the order of the agenda."""
    return db.session.scalars(
        select(ItemGuest)
        .join(ItemGuest.item)
        .where(AgendaItem.meeting_id == meeting_id, ItemGuest.withdrawn_at.is_(None))
        .options(joinedload(ItemGuest.item))
        .order_by(AgendaItem.position, ItemGuest.id)
    ).all()


def count_seats(seats: Sequence[SeatReply], quorum_percent: int | None) -> Expected:
    """What the replies let expect of the room."""
    voting = [seat for seat in seats if seat.voice is Voice.VOTING]
    return Expected(
        seats=len(seats),
        answered=sum(seat.has_answered for seat in seats),
        coming=sum(seat.is_filled for seat in seats),
        remote=sum(seat.is_coming and seat.way is Way.REMOTE for seat in seats),
        proxies=sum(
            seat.has_answered and seat.way is Way.PROXY and not is_void(seat, seats) for seat in seats
        ),
        voting=len(voting),
        voting_filled=sum(seat.is_filled for seat in voting),
        quorum=quorum_expected(
            [seat.way if seat.has_answered else None for seat in voting], len(voting), quorum_percent
        ),
    )


def lock_meeting(meeting_id: int) -> Meeting:
    """A meeting, fresh and locked: whoever replies by a link may read no page of it. Raises NotFound."""
    meeting = db.session.scalar(
        select(Meeting)
        .where(Meeting.id == meeting_id)
        .with_for_update(of=Meeting)
        .execution_options(populate_existing=True)
    )
    if meeting is None:
        raise NotFound()
    return meeting


def seat_of(seats: Sequence[SeatReply], mandate_id: int) -> SeatReply | None:
    """The seat of that mandate among those of the day, or None."""
    return next((seat for seat in seats if seat.mandate.id == mandate_id), None)


def is_void(seat: SeatReply, seats: Sequence[SeatReply]) -> bool:
    """Whether a proxy given has no effect: who was to carry it does not come, or sits no more."""
    if not seat.has_answered or seat.reply is None or seat.reply.proxy_to_id is None:
        return False
    holder = seat_of(seats, seat.reply.proxy_to_id)
    return holder is None or holder.is_absent


def carried_by(seat: SeatReply, seats: Sequence[SeatReply]) -> list[SeatReply]:
    """The seats that give their proxy to that one."""
    return [
        each
        for each in seats
        if each.has_answered and each.reply is not None and each.reply.proxy_to_id == seat.mandate.id
    ]


def bench_of(meeting: Meeting, seat: SeatReply, seats: Sequence[SeatReply]) -> Bench:
    """What a reply of that seat is judged against."""
    carried: Counter[int] = Counter(
        other.reply.proxy_to_id
        for other in seats
        if other is not seat and other.has_answered and other.reply and other.reply.proxy_to_id is not None
    )
    return Bench(
        mandate_id=seat.mandate.id,
        seats={
            each.mandate.id: SeatFacts(
                each.mandate.id,
                each.mandate.person.full_name,
                each.voice is Voice.VOTING,
                each.way if each.has_answered else None,
            )
            for each in seats
        },
        substitute_ids=frozenset(one.id for one in seat.substitutes),
        proxies_enabled=meeting.committee.proxies_enabled,
        proxies_per_holder=meeting.committee.proxies_per_holder,
        carried=carried,
    )


def holders_for(seat: SeatReply, seats: Sequence[SeatReply]) -> list[Mandate]:
    """The voting members to whom that seat may give a proxy, so far as their replies say."""
    return [
        each.mandate
        for each in seats
        if each is not seat and each.voice is Voice.VOTING and not each.is_absent
    ]


def history_of(reply_id: int) -> Sequence[ReplyEntry]:
    """A seat's replies as they were given, the newest first."""
    return db.session.scalars(
        select(ReplyEntry)
        .where(ReplyEntry.reply_id == reply_id)
        .options(
            joinedload(ReplyEntry.substitute).joinedload(Mandate.person),
            joinedload(ReplyEntry.proxy_to).joinedload(Mandate.person),
            joinedload(ReplyEntry.given_by),
        )
        .order_by(ReplyEntry.version.desc())
    ).all()


def readings_of(meeting_id: int) -> dict[int, Reading]:
    """When each person opened a session, by person."""
    found = db.session.scalars(select(Reading).where(Reading.meeting_id == meeting_id))
    return {one.person_id: one for one in found}


def chasers_of(meeting_id: int) -> Sequence[Chaser]:
    """The reminders sent for a session, the newest first."""
    return db.session.scalars(
        select(Chaser)
        .where(Chaser.meeting_id == meeting_id)
        .options(joinedload(Chaser.sent_by))
        .order_by(Chaser.number.desc())
    ).all()


def changes_before(meeting: Meeting, today: date) -> list[Mandate]:
    """The mandates that end before the session, or start by its day, from today on."""
    day = clock.paris_day(meeting.starts_at)
    return list(
        db.session.scalars(
            select(Mandate)
            .where(
                Mandate.committee_id == meeting.committee_id,
                Mandate.seat.in_(list(SEATS)),
                or_(
                    and_(Mandate.until_on >= today, Mandate.until_on < day),
                    and_(Mandate.from_on > today, Mandate.from_on <= day),
                ),
            )
            .options(joinedload(Mandate.person), joinedload(Mandate.institution))
            .order_by(Mandate.from_on, Mandate.id)
        )
    )


def find_link(token: Token) -> ReplyLink | None:
    """The link of that token, while whoever got it may use it; None when it is none."""
    link = db.session.scalar(
        select(ReplyLink)
        .where(ReplyLink.selector == token.selector)
        .options(
            joinedload(ReplyLink.meeting),
            joinedload(ReplyLink.person).joinedload(Person.account),
            joinedload(ReplyLink.mandate).joinedload(Mandate.person),
            joinedload(ReplyLink.mandate).joinedload(Mandate.institution),
        )
    )
    if link is None or not secret_matches(token.secret, link.secret_hash):
        return None
    return link if is_known(link.person) and may_answer(link.person_id, link.mandate) else None


def may_answer(person_id: int | None, mandate: Mandate) -> bool:
    """Whether the person replies for that seat: its holder, or their correspondent of the day."""
    if person_id is None:
        return False
    return person_id == mandate.person_id or is_correspondent(person_id, mandate.person_id, clock.today())


def correspondents_by_person(person_ids: Iterable[int]) -> dict[int, list[Person]]:
    """Whoever receives and replies today for each of these people."""
    found: dict[int, list[Person]] = {}
    for one in correspondents_of(person_ids, clock.today()):
        found.setdefault(one.for_person_id, []).append(one.person)
    return found


def find_guest(token: Token) -> ItemGuest | None:
    """The guest of that token, with the item; None when it is none."""
    guest = db.session.scalar(
        select(ItemGuest)
        .where(ItemGuest.selector == token.selector, ItemGuest.withdrawn_at.is_(None))
        .options(joinedload(ItemGuest.item).joinedload(AgendaItem.meeting))
    )
    if guest is None or not secret_matches(token.secret, guest.secret_hash):
        return None
    return guest


def minutes_before(item: AgendaItem) -> int:
    """How many minutes the items before that one are allotted."""
    return (
        db.session.scalar(
            select(func.sum(AgendaItem.minutes)).where(
                AgendaItem.meeting_id == item.meeting_id, AgendaItem.position < item.position
            )
        )
        or 0
    )


def names(reply_id: int, person_id: int | None) -> bool:
    """Whether a reply names that person to come instead, or to carry a proxy."""
    reply = db.session.get(Reply, reply_id)
    named = (reply.substitute or reply.proxy_to) if reply is not None else None
    return named is not None and named.person_id == person_id


def is_to_note(meeting_id: int, person_id: int) -> bool:
    """Whether the opening of a session by that person is to be written: it is convened, and it is time."""
    asked = {"meeting": meeting_id, "person": person_id}
    row = db.session.connection().execute(_READING, asked).one_or_none()
    return row is not None and must_note_reading(row[0], clock.now())


_READING = (
    select(Reading.last_read_at)
    .select_from(Meeting)
    .outerjoin(
        Reading,
        and_(Reading.meeting_id == Meeting.id, Reading.person_id == bindparam("person", type_=Integer)),
    )
    .where(Meeting.id == bindparam("meeting", type_=Integer), Meeting.state == MeetingState.CONVENED)
)


@dataclass(frozen=True, slots=True)
class OwnReply:
    """What a member answered to a session, so far as the home page and that of the session show it."""

    mandate_id: int
    way: Way | None
    has_answered: bool
    stand_in: str = ""
    helped_by: str = ""  # the correspondent who gave it
    void_holder: str = ""  # who was to carry the proxy, and does not come


@cache  # a statement costs more to put together than to send
def _own() -> Select[*tuple[Any, ...]]:
    day, meeting = bindparam("day", type_=Date), bindparam("meeting", type_=Integer)
    holder, holders = aliased(Mandate), aliased(Reply)
    return (
        select(Mandate, Reply, Meeting.starts_at, holder, holders)
        .select_from(Mandate)
        .join(Meeting, Meeting.id == meeting)
        .outerjoin(Reply, and_(Reply.mandate_id == Mandate.id, Reply.meeting_id == meeting))
        .outerjoin(holder, and_(holder.id == Reply.proxy_to_id, held_on(holder, day)))
        .outerjoin(holders, and_(holders.mandate_id == holder.id, holders.meeting_id == meeting))
        .where(
            Mandate.person_id == bindparam("person", type_=Integer),
            Mandate.committee_id == bindparam("committee", type_=Integer),
            Mandate.seat.in_(list(SEATS)),
            held_on(Mandate, day),
        )
        .options(
            joinedload(Reply.given_by),
            joinedload(Reply.substitute).joinedload(Mandate.person),
            joinedload(Reply.proxy_to).joinedload(Mandate.person),
        )
        .limit(1)
    )


def own_reply(person_id: int | None, committee_id: int, meeting_id: int, day: date) -> OwnReply | None:
    """The reply of the seat that a person holds on the day of a session; None without such a seat."""
    given = {"person": person_id, "committee": committee_id, "meeting": meeting_id, "day": day}
    row = db.session.execute(_own(), given).one_or_none()
    if row is None:
        return None
    mandate, starts_at = row[0], row[2]
    reply: Reply | None = row[1]
    if reply is None:
        return OwnReply(mandate.id, None, has_answered=False)
    answered = reply.for_starts_at == starts_at
    gone = row[3] is None or SeatReply(row[3], row[4], starts_at=starts_at).is_absent
    return OwnReply(
        mandate.id,
        reply.way,
        answered,
        stand_in=reply.stand_in,
        helped_by=reply.helped_by,
        void_holder=reply.proxy_to.person.full_name if reply.proxy_to and answered and gone else "",
    )
