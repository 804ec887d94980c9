"""What the feeds read: the subscription behind an address, with the rights of the day; meetings; the cache.

Columns, not entities: these are the most asked questions of the application.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select

from tnt.accounts.models import Account, Person
from tnt.accounts.rules import AccountState
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.committees.models import Committee, Function, FunctionKind, Mandate
from tnt.core import clock
from tnt.core.dataset import DEMO, Dataset
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.feeds.models import FeedCache, Subscription
from tnt.feeds.rules import FeedKind, Scope, Window
from tnt.meetings.models import Meeting, MeetingEvent, MeetingKind
from tnt.meetings.rules import MeetingState


@dataclass(frozen=True, slots=True)
class OpenCommittee:
    """A committee that the subscription may show today, and what tells that its meetings changed."""

    id: int
    name: str
    revision: int
    version: int


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription as it stands today: its options, the committees it may show, whether it is alive."""

    id: int
    secret_hash: str
    scope: Scope
    committees: tuple[OpenCommittee, ...]
    is_closed: bool  # the account is suspended or the person gone
    is_demo: bool
    revoked_at: datetime | None
    lapsed_at: datetime | None
    last_fetched_at: datetime | None

    @property
    def is_lapsed(self) -> bool:
        """Whether there is nothing left to show to this person."""
        return self.is_closed or not self.committees


def _held_on(term: type[Mandate] | type[Function], day: date) -> ColumnElement[bool]:
    return and_(term.from_on <= day, or_(term.until_on.is_(None), term.until_on >= day))


def _may_show(day: date) -> ColumnElement[bool]:
    """Whether a committee belongs in a subscription, by the mandates and functions of the day."""
    sits = exists().where(
        Mandate.person_id == Subscription.person_id,
        Mandate.committee_id == Committee.id,
        _held_on(Mandate, day),
    )
    manages = exists().where(
        Function.person_id == Subscription.person_id,
        Function.kind == FunctionKind.PROGRAMME_MANAGER,
        _held_on(Function, day),
    )
    return or_(
        and_(Subscription.kind == FeedKind.MINE, sits),
        and_(Subscription.committee_id == Committee.id, or_(sits, manages)),
    )


def _subscriptions(day: date) -> Select[*tuple[Any, ...]]:
    """Each subscription once per committee that it may show on that day (once without, when none)."""
    return (
        select(
            Subscription.id,
            Subscription.secret_hash,
            Subscription.kind,
            Subscription.with_alarms,
            Subscription.with_cancelled,
            Subscription.zone,
            Subscription.revoked_at,
            Subscription.lapsed_at,
            Subscription.last_fetched_at,
            Person.ended_at,
            Account.state,
            Committee.id.label("committee_id"),
            Committee.name,
            Committee.calendar_revision,
            Committee.version,
            exists().where(Dataset.kind == DEMO).label("is_demo"),
        )
        .join(Person, Person.id == Subscription.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Committee, _may_show(day))
        .order_by(Committee.id)
    )


def find_held(selector: str, day: date) -> Held | None:
    """The subscription of that selector with the rights of the day, in one query."""
    return _held(db.session.execute(_subscriptions(day).where(Subscription.selector == selector)).all())


def get_held(subscription_id: int, day: date) -> Held:
    """The same by its id. Raises NotFound."""
    held = _held(db.session.execute(_subscriptions(day).where(Subscription.id == subscription_id)).all())
    if held is None:
        raise NotFound()
    return held


def _held(rows: Sequence[Row[Any]]) -> Held | None:
    if not rows:
        return None
    first = rows[0]
    committees = tuple(
        OpenCommittee(row.committee_id, row.name, row.calendar_revision, row.version)
        for row in rows
        if row.committee_id is not None
    )
    ids = tuple(committee.id for committee in committees)
    return Held(
        id=first.id,
        secret_hash=first.secret_hash,
        scope=Scope(first.kind, ids, first.with_alarms, first.with_cancelled, first.zone),
        committees=committees,
        is_closed=first.ended_at is not None or first.state is AccountState.SUSPENDED,
        is_demo=bool(first.is_demo),
        revoked_at=first.revoked_at,
        lapsed_at=first.lapsed_at,
        last_fetched_at=first.last_fetched_at,
    )


def find_cached(key: str) -> Row[str, datetime] | None:
    """The entity tag and date of an assembled feed, without its bytes."""
    return db.session.execute(
        select(FeedCache.etag, FeedCache.last_modified).where(FeedCache.key == key)
    ).first()


def find_cached_bytes(key: str, *, compressed: bool) -> bytes | None:
    """The bytes of an assembled feed, plain or gzipped; None when another day has swept it away."""
    wanted = FeedCache.compressed if compressed else FeedCache.content
    return db.session.scalar(select(wanted).where(FeedCache.key == key))


def find_previous(scope: str, etag: str) -> datetime | None:
    """Since when a feed of that scope has had these bytes, if it already had them."""
    return db.session.scalar(
        select(FeedCache.last_modified)
        .where(FeedCache.scope == scope, FeedCache.etag == etag)
        .order_by(FeedCache.last_modified)
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as its event needs it, and the event kept for it, if any."""

    id: int
    committee_id: int
    uid: str
    kind: MeetingKind
    state: MeetingState
    period: str
    starts_at: datetime
    ends_at: datetime
    place: str
    video_url: str
    reason: str
    previous_starts_at: datetime | None
    sequence: int
    created_at: datetime
    last_modified: datetime
    recorded_afterwards: bool
    fingerprint: str | None
    content: bytes | None


_COLUMNS = (
    Meeting.id,
    Meeting.committee_id,
    Meeting.uid,
    Meeting.kind,
    Meeting.state,
    Meeting.period,
    Meeting.starts_at,
    Meeting.ends_at,
    Meeting.place,
    Meeting.video_url,
    Meeting.reason,
    Meeting.previous_starts_at,
    Meeting.sequence,
    Meeting.created_at,
    Meeting.last_modified,
    Meeting.recorded_afterwards,
    MeetingEvent.fingerprint,
    MeetingEvent.content,
)


def list_meetings(committee_ids: Iterable[int], window: Window, zone: str) -> list[MeetingRow]:
    """The meetings of these committees in the window (a day of margin), oldest first, with their events."""
    found = db.session.execute(
        _with_events(zone)
        .where(
            Meeting.committee_id.in_(sorted(committee_ids)),
            or_(
                Meeting.starts_at.between(_midnight(window.first), _midnight(window.last, 1)),
                Meeting.state == MeetingState.POSTPONED,  # until it is dated
            ),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return [MeetingRow(*row) for row in found]


def find_meeting(meeting_id: int) -> MeetingRow | None:
    """One meeting with its event, without the time of another zone."""
    row = db.session.execute(_with_events("").where(Meeting.id == meeting_id)).first()
    return MeetingRow(*row) if row else None


def _with_events(zone: str) -> Select[*tuple[Any, ...]]:
    kept = and_(MeetingEvent.meeting_id == Meeting.id, MeetingEvent.zone == zone)
    return select(*_COLUMNS).outerjoin(MeetingEvent, kept)


def _midnight(day: date, later: int = 0) -> datetime:
    return clock.from_paris(day + timedelta(days=later), datetime.min.time())


def decisions_expected(meeting_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The titles of the items that ask for a decision, reserved ones left out, by meeting."""
    found = db.session.execute(
        select(AgendaItem.meeting_id, AgendaItem.title)
        .where(
            AgendaItem.meeting_id.in_(list(meeting_ids)),
            AgendaItem.kind == ItemKind.DECISION,
            AgendaItem.reserved.is_(False),
        )
        .order_by(AgendaItem.meeting_id, AgendaItem.position)
    )
    titles: dict[int, list[str]] = defaultdict(list)
    for meeting_id, title in found:
        titles[meeting_id].append(title)
    return {meeting_id: tuple(each) for meeting_id, each in titles.items()}


def list_subscriptions(person_id: int) -> Sequence[Subscription]:
    """The addresses that a person has now, the oldest first."""
    return db.session.scalars(
        select(Subscription)
        .where(Subscription.person_id == person_id, Subscription.revoked_at.is_(None))
        .order_by(Subscription.created_at, Subscription.id)
    ).all()


def get_subscription(person_id: int | None, subscription_id: int, *, lock: bool = False) -> Subscription:
    """A live or revoked address of that person, fresh and locked if asked. Raises NotFound."""
    found = db.session.get(
        Subscription,
        subscription_id,
        with_for_update={"of": Subscription} if lock else None,
        populate_existing=lock,
    )
    if found is None or found.person_id != person_id:
        raise NotFound()
    return found


def find_active(person_id: int, kind: FeedKind, committee_id: int | None, device: str) -> Subscription | None:
    """The live address of a person for that feed and device."""
    return db.session.scalar(
        select(Subscription).where(
            Subscription.person_id == person_id,
            Subscription.kind == kind,
            Subscription.committee_id.is_(None)
            if committee_id is None
            else Subscription.committee_id == committee_id,
            Subscription.device == device,
            Subscription.revoked_at.is_(None),
        )
    )


def is_closed(person_id: int) -> bool:
    """Whether the person is gone or their account suspended. Raises NotFound for nobody."""
    row = db.session.execute(
        select(Person.ended_at, Account.state)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.id == person_id)
    ).first()
    if row is None:
        raise NotFound()
    return row.ended_at is not None or row.state is AccountState.SUSPENDED


def committees_of(person_id: int, day: date) -> list[Committee]:
    """The committees whose feed the person may have: where they sit, every one for a programme manager."""
    sits = exists().where(
        Mandate.person_id == person_id, Mandate.committee_id == Committee.id, _held_on(Mandate, day)
    )
    manages = exists().where(
        Function.person_id == person_id,
        Function.kind == FunctionKind.PROGRAMME_MANAGER,
        _held_on(Function, day),
    )
    return list(db.session.scalars(select(Committee).where(or_(sits, manages)).order_by(Committee.id)))


def sits_somewhere(person_id: int, day: date) -> bool:
    """Whether the person holds a mandate on that day."""
    return bool(
        db.session.scalar(select(exists().where(Mandate.person_id == person_id, _held_on(Mandate, day))))
    )
