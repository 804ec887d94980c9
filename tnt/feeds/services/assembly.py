"""From meetings to the bytes of a feed: each event kept with its meeting, each feed kept with its scope.

An event is built again when its meeting's sequence or date of change differs, a feed when a committee's
revision, the day or the context differs (data-model.md, « Feeds »). What is kept is only ever a copy: a
failure to store it costs time, never the answer.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from tnt.core import clock
from tnt.core.db import Model, db, transaction
from tnt.core.ical import Shell, entity_tag, join_calendar, with_alarm
from tnt.feeds import queries
from tnt.feeds.models import FeedCache
from tnt.feeds.queries import Held, KeptEvent
from tnt.feeds.rules import ALARMS, FeedKind, Scope, fit, is_shown, window_of
from tnt.feeds.zones import label_of
from tnt.meetings.calendar import DEMO_LABEL, EventStatus, build_event, status_of
from tnt.meetings.event_facts import COLORS, Context, color_of, context_of, facts_of
from tnt.meetings.models import MeetingEvent

GZIP_LEVEL = 3
"""Half of the time of level 5 for a seventh more bytes: a feed is gzipped whenever a meeting changes."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Assembled:
    """A feed as it leaves: its bytes, plain and gzipped, and what tells that they changed."""

    etag: str
    last_modified: datetime
    content: bytes
    compressed: bytes


def cache_key(held: Held) -> str:
    """The key of the feed that this subscription gets now."""
    revisions = [(each.id, each.revision, each.version) for each in held.committees]
    return held.scope.cache_key(revisions, clock.today(), context_of(held.is_demo).digest)


def assemble(held: Held) -> Assembled:
    """Build the feed of a subscription from the events kept, and keep it."""
    scope, today, key = held.scope, clock.today(), cache_key(held)
    context = context_of(held.is_demo)
    names = {committee.id: committee.name for committee in held.committees}
    rows = queries.list_events(scope.committee_ids, window_of(today), scope.zone)
    shown = [row for row in rows if _is_shown(row, scope)]
    events, fresh = events_of(shown, names, context, scope.zone)
    if scope.with_alarms:
        events = [_with_alarms(row, event) for row, event in zip(shown, events, strict=True)]
    content = join_calendar(shell_of(held), fit(events))
    etag = entity_tag(content)
    since = queries.find_previous(scope.digest, etag) or clock.now().replace(microsecond=0)
    feed = Assembled(etag, since, content, gzip.compress(content, compresslevel=GZIP_LEVEL, mtime=0))
    _keep(key, scope, feed, fresh)
    return feed


def shell_of(held: Held) -> Shell:
    """What the calendar says of itself: whose meetings, and that they are a demonstration."""
    mine = held.scope.kind is FeedKind.MINE or not held.committees
    name = "Mes séances – TNT" if mine else f"{held.committees[0].name} – TNT"
    about = "Séances de la gouvernance du programme Transformation numérique des territoires."
    if held.is_demo:
        name, about = f"{DEMO_LABEL} {name}", f"{DEMO_LABEL} {about}"
    color = COLORS[0] if mine else color_of(held.committees[0].id)
    return Shell(name, about, color)


def _is_shown(row: KeptEvent, scope: Scope) -> bool:
    status = status_of(row.state)
    if not status.is_off:
        return True
    return is_shown(
        off=True,
        to_be_dated=status is EventStatus.TO_BE_DATED,
        day=clock.paris_day(row.starts_at),
        today=clock.today(),
        with_cancelled=scope.with_cancelled,
    )


def _with_alarms(row: KeptEvent, event: bytes) -> bytes:
    if status_of(row.state).is_off:
        return event
    for before in ALARMS:
        event = with_alarm(
            event, before, "Séance demain" if before >= timedelta(days=1) else "Séance bientôt"
        )
    return event


def events_of(
    rows: Sequence[KeptEvent], committee_names: Mapping[int, str], context: Context, zone: str
) -> tuple[list[bytes], list[dict[str, Any]]]:
    """The event of each meeting, the one kept or a new one; and the new ones, to be kept."""
    builder = context.digest
    marks = {key: f"{builder}.{_short_hash(name)}" for key, name in committee_names.items()}
    prints = {row.id: _fingerprint(row, marks[row.committee_id]) for row in rows}
    stale = [row.id for row in rows if row.content is None or row.fingerprint != prints[row.id]]
    decisions = queries.decisions_expected(stale) if stale else {}
    built = {
        row.id: build_event(
            facts_of(
                row,
                committee_names[row.committee_id],
                context,
                decisions.get(row.id, ()),
                (zone, label_of(zone)) if zone else None,
            )
        )
        for row in (queries.list_meetings(stale) if stale else [])
    }
    fresh = [
        {"meeting_id": key, "zone": zone, "fingerprint": prints[key], "content": event}
        for key, event in built.items()
    ]
    return [built.get(row.id) or row.content or b"" for row in rows], fresh


def _short_hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def _fingerprint(row: KeptEvent, mark: str) -> str:
    """What an event was built from: same fingerprint, same bytes."""
    return f"{mark}.{row.sequence}.{int(row.last_modified.timestamp() * 1_000_000)}"


def _keep(key: str, scope: Scope, feed: Assembled, events: list[dict[str, Any]]) -> None:
    """Keep a feed and its new events; sweep the same scope's older feeds and those of earlier days.

    In a transaction of its own; a failure is logged, the reader is served anyway.
    """
    today = clock.today()
    values = {
        "key": key,
        "scope": scope.digest,
        "built_on": today,
        "last_modified": feed.last_modified,
        "etag": feed.etag,
        "content": feed.content,
        "compressed": feed.compressed,
    }
    older = delete(FeedCache).where(
        FeedCache.key != key,
        or_(FeedCache.scope == scope.digest, FeedCache.built_on < today - timedelta(days=1)),
    )
    try:
        with transaction() as session:
            if events:
                session.execute(_upsert(MeetingEvent, ("meeting_id", "zone")), events)
            session.execute(_upsert(FeedCache, ("key",)), [values])
            session.execute(older)
    except SQLAlchemyError:
        _log.exception("feeds: a feed could not be kept")


def _upsert(model: type[Model], keys: tuple[str, ...]) -> Insert:
    """Insert or replace, as both databases say it."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(model)
    changed = {
        column.name: statement.excluded[column.name]
        for column in model.__table__.columns
        if column.name not in keys
    }
    upsert: Insert = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    return upsert
