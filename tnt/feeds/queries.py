"""What the feeds read: the subscription behind an address, with the rights of the day; meetings; the cache.

Columns, not entities: these are the most asked questions of the application.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Exists,
    FromClause,
    Row,
    and_,
    bindparam,
    exists,
    null,
    or_,
    select,
)

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
from tnt.meetings.event_facts import MeetingRow
from tnt.meetings.models import Meeting, MeetingEvent
from tnt.meetings.rules import MeetingState


@dataclass(frozen=True, slots=True)
class OpenCommittee:
    """A committee that the subscription may show today, and what tells that its meetings changed."""

    id: int
    name: str
    revision: int
    version: int


class Body(StrEnum):
    """The bytes of a feed that are asked for: none, plain or gzipped."""

    NONE = ""
    PLAIN = "content"
    GZIPPED = "compressed"


class Kept(NamedTuple):
    """An assembled feed: its key, its entity tag and date, and the bytes asked for."""

    key: str
    etag: str
    last_modified: datetime
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription as it stands today: its options, the committees it may show, whether it is alive."""

    id: int
    selector: str
    secret_hash: str
    scope: Scope
    committees: tuple[OpenCommittee, ...]
    is_closed: bool  # the account is suspended or the person gone
    is_demo: bool
    revoked_at: datetime | None
    lapsed_at: datetime | None
    last_fetched_at: datetime | None
    kept: Kept | None  # the feed of the key supposed, if it is still there

    @property
    def is_lapsed(self) -> bool:
        """Whether there is nothing left to show to this person."""
        return self.is_closed or not self.committees


# the statement behind every fetch: built once, on tables, so that asking it costs little
_subscription, _person, _account = Subscription.__table__, Person.__table__, Account.__table__
_committee, _mandate, _function = Committee.__table__, Mandate.__table__, Function.__table__
_cache = FeedCache.__table__
_day = bindparam("day", type_=Date())


def _held_on(term: FromClause, day: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(term.c.from_on <= day, or_(term.c.until_on.is_(None), term.c.until_on >= day))


def _sits(person_id: object, day: date | BindParameter[date]) -> Exists:
    """Whether the person sits in the committee on that day."""
    return exists().where(
        _mandate.c.person_id == person_id,
        _mandate.c.committee_id == _committee.c.id,
        _held_on(_mandate, day),
    )


def _manages(person_id: object, day: date | BindParameter[date]) -> Exists:
    """Whether the person is programme manager on that day."""
    return exists().where(
        _function.c.person_id == person_id,
        _function.c.kind == FunctionKind.PROGRAMME_MANAGER,
        _held_on(_function, day),
    )


# each subscription once per committee that it may show on that day (once without, when none)
_SUBSCRIPTION = (
    select(
        *(_subscription.c[name] for name in ("id", "selector", "secret_hash", "kind", "with_alarms")),
        *(_subscription.c[name] for name in ("with_cancelled", "zone", "revoked_at")),
        *(_subscription.c[name] for name in ("lapsed_at", "last_fetched_at")),
        _person.c.ended_at,
        _account.c.state,
        _committee.c.id.label("committee_id"),
        _committee.c.name,
        _committee.c.calendar_revision,
        _committee.c.version,
        exists().where(Dataset.__table__.c.kind == DEMO).label("is_demo"),
        _cache.c.key,
        _cache.c.etag,
        _cache.c.last_modified,
    )
    .join(_person, _person.c.id == _subscription.c.person_id)
    .outerjoin(_account, _account.c.person_id == _person.c.id)
    .outerjoin(
        _committee,
        or_(
            and_(_subscription.c.kind == FeedKind.MINE, _sits(_subscription.c.person_id, _day)),
            and_(
                _subscription.c.committee_id == _committee.c.id,
                or_(_sits(_subscription.c.person_id, _day), _manages(_subscription.c.person_id, _day)),
            ),
        ),
    )
    .outerjoin(_cache, _cache.c.key == bindparam("supposed"))
    .where(_subscription.c.selector == bindparam("selector"))
    .order_by(_committee.c.id)
)
_HELD = {
    body: _SUBSCRIPTION.add_columns((_cache.c[body.value] if body else null()).label("body")) for body in Body
}


def find_held(selector: str, day: date, supposed_key: str = "", body: Body = Body.NONE) -> Held | None:
    """The subscription of that selector with the rights of the day, in one query.

    `supposed_key` is that of the feed which it got last time: if nothing changed, asking for both at once
    (with its `body`) spares a second query. The caller computes the key of now, and compares.
    """
    values = {"selector": selector, "day": day, "supposed": supposed_key}
    # a connection, not a session: half of the cost of a fetch would be to open and close one
    with db.engine.connect() as connection:
        return _held(connection.execute(_HELD[body], values).all())


def _held(rows: Sequence[Row[*tuple[Any, ...]]]) -> Held | None:
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
        selector=first.selector,
        secret_hash=first.secret_hash,
        scope=Scope(first.kind, ids, first.with_alarms, first.with_cancelled, first.zone),
        committees=committees,
        is_closed=first.ended_at is not None or first.state is AccountState.SUSPENDED,
        is_demo=bool(first.is_demo),
        revoked_at=first.revoked_at,
        lapsed_at=first.lapsed_at,
        last_fetched_at=first.last_fetched_at,
        kept=Kept(first.key, first.etag, first.last_modified, first.body) if first.key is not None else None,
    )


_CACHED = select(_cache.c.key, _cache.c.etag, _cache.c.last_modified).where(
    _cache.c.key == bindparam("wanted")
)
_BYTES = {
    body: select(_cache.c[body.value]).where(_cache.c.key == bindparam("wanted"))
    for body in (Body.PLAIN, Body.GZIPPED)
}


def find_cached(key: str) -> Kept | None:
    """The entity tag and date of an assembled feed, without its bytes."""
    with db.engine.connect() as connection:
        row = connection.execute(_CACHED, {"wanted": key}).first()
    return Kept(*row) if row else None


def find_cached_bytes(key: str, body: Body) -> bytes | None:
    """The bytes of an assembled feed, plain or gzipped; None when another day has swept it away."""
    with db.engine.connect() as connection:
        found: bytes | None = connection.execute(_BYTES[body], {"wanted": key}).scalar()
    return found


def find_previous(scope: str, etag: str) -> datetime | None:
    """Since when a feed of that scope has had these bytes, if it already had them."""
    return db.session.scalar(
        select(FeedCache.last_modified)
        .where(FeedCache.scope == scope, FeedCache.etag == etag)
        .order_by(FeedCache.last_modified)
        .limit(1)
    )


class KeptEvent(NamedTuple):
    """A meeting as the feed places it, and the event kept for it, if any."""

    id: int
    committee_id: int
    state: MeetingState
    starts_at: datetime
    sequence: int
    last_modified: datetime
    fingerprint: str | None
    content: bytes | None


_meeting, _event = Meeting.__table__, MeetingEvent.__table__
_PLACED = [_meeting.c[name] for name in KeptEvent._fields[:-2]]
_TOLD = [_meeting.c[name] for name in MeetingRow._fields]


_EVENTS = select(*_PLACED, _event.c.fingerprint, _event.c.content).outerjoin_from(
    _meeting, _event, and_(_event.c.meeting_id == _meeting.c.id, _event.c.zone == bindparam("zone"))
)
_EVENT = _EVENTS.where(_meeting.c.id == bindparam("wanted"))
_IN_WINDOW = _EVENTS.where(
    _meeting.c.committee_id.in_(bindparam("committees", expanding=True)),
    or_(
        and_(_meeting.c.starts_at >= bindparam("first"), _meeting.c.starts_at < bindparam("after")),
        _meeting.c.state == MeetingState.POSTPONED,  # until it is dated
    ),
)


def list_events(committee_ids: Iterable[int], window: Window, zone: str) -> list[KeptEvent]:
    """The meetings of these committees in the window (Paris days), oldest first, with their events."""
    values = {
        "committees": sorted(committee_ids),
        "first": _midnight(window.first),
        "after": _midnight(window.last + timedelta(days=1)),
        "zone": zone,
    }
    found = [KeptEvent._make(row) for row in db.session.connection().execute(_IN_WINDOW, values)]
    # here, not in SQL: the database would carry the bytes of every event through its sort
    return sorted(found, key=lambda event: (event.starts_at, event.id))


def find_event(meeting_id: int) -> KeptEvent | None:
    """One meeting with its event, without the time of another zone."""
    row = db.session.connection().execute(_EVENT, {"wanted": meeting_id, "zone": ""}).first()
    return KeptEvent._make(row) if row else None


def list_meetings(meeting_ids: Iterable[int]) -> list[MeetingRow]:
    """What the events of these meetings tell."""
    wanted = select(*_TOLD).where(_meeting.c.id.in_(list(meeting_ids)))
    return [MeetingRow(*row) for row in db.session.connection().execute(wanted)]


def _midnight(day: date) -> datetime:
    return clock.from_paris(day, time())


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
    open_to = or_(_sits(person_id, day), _manages(person_id, day))
    return list(db.session.scalars(select(Committee).where(open_to).order_by(Committee.id)))


def sits_somewhere(person_id: int, day: date) -> bool:
    """Whether the person holds a mandate on that day."""
    held = exists().where(_mandate.c.person_id == person_id, _held_on(_mandate, day))
    return bool(db.session.scalar(select(held)))
