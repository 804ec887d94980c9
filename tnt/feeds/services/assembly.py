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
from email.utils import parseaddr
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from tnt.core import clock
from tnt.core.db import Model, db, transaction
from tnt.core.ical import Shell, entity_tag, join_calendar, with_alarm
from tnt.feeds import queries
from tnt.feeds.models import FeedCache
from tnt.feeds.queries import Held, MeetingRow
from tnt.feeds.rules import ALARMS, FeedKind, Scope, fit, is_shown, window_of
from tnt.feeds.zones import label_of
from tnt.meetings.calendar import (
    BUILDER_VERSION,
    DEMO_LABEL,
    EventFacts,
    EventStatus,
    Organizer,
    build_event,
    status_of,
)
from tnt.meetings.models import MeetingEvent, MeetingKind
from tnt.programme.rules import parse_period

ASSEMBLY_VERSION = 1
"""Raise it when the same events must give another feed."""

KIND_WORDS = {
    MeetingKind.ORDINARY: "Séance ordinaire",
    MeetingKind.EXTRAORDINARY: "Séance extraordinaire",
}
COLORS = ("royalblue", "teal", "darkorange", "purple", "seagreen")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Assembled:
    """A feed as it leaves: its bytes, plain and gzipped, and what tells that they changed."""

    etag: str
    last_modified: datetime
    content: bytes
    compressed: bytes


@dataclass(frozen=True, slots=True)
class Context:
    """What every event says beside its meeting; from the configuration."""

    host: str
    base_url: str
    organizer: Organizer
    is_demo: bool

    @property
    def digest(self) -> str:
        """Changes when every event must be built again."""
        versions = f"{BUILDER_VERSION}.{ASSEMBLY_VERSION}"
        return hashlib.sha256(f"{versions}{self!r}".encode()).hexdigest()[:16]


def context_of(is_demo: bool) -> Context:
    """The context of this application."""
    settings = current_app.config
    name, email = parseaddr(settings.get("CALENDAR_ORGANIZER") or settings["MAIL_FROM"])
    organizer = Organizer(name or "Secrétariat du programme TNT", email)
    return Context(settings["CALENDAR_HOST"], settings["BASE_URL"], organizer, is_demo)


def cache_key(held: Held) -> str:
    """The key of the feed that this subscription gets now."""
    revisions = [(each.id, each.revision, each.version) for each in held.committees]
    return held.scope.cache_key(revisions, clock.today(), context_of(held.is_demo).digest)


def assemble(held: Held) -> Assembled:
    """Build the feed of a subscription from the events kept, and keep it."""
    scope, today, key = held.scope, clock.today(), cache_key(held)
    context = context_of(held.is_demo)
    names = {committee.id: committee.name for committee in held.committees}
    rows = queries.list_meetings(scope.committee_ids, window_of(today), scope.zone)
    shown = [row for row in rows if _is_shown(row, scope)]
    events = events_of(shown, names, context, scope.zone)
    if scope.with_alarms:
        events = [_with_alarms(row, event) for row, event in zip(shown, events, strict=True)]
    content = join_calendar(shell_of(held), fit(events))
    etag = entity_tag(content)
    since = queries.find_previous(scope.digest, etag) or clock.now().replace(microsecond=0)
    feed = Assembled(etag, since, content, gzip.compress(content, compresslevel=6, mtime=0))
    _keep_feed(key, scope, feed)
    return feed


def shell_of(held: Held) -> Shell:
    """What the calendar says of itself: whose meetings, and that they are a demonstration."""
    mine = held.scope.kind is FeedKind.MINE or not held.committees
    name = "Mes séances – TNT" if mine else f"{held.committees[0].name} – TNT"
    about = "Séances de la gouvernance du programme Transformation numérique des territoires."
    if held.is_demo:
        name, about = f"{DEMO_LABEL} {name}", f"{DEMO_LABEL} {about}"
    color = COLORS[0] if mine else _color(held.committees[0].id)
    return Shell(name, about, color)


def _color(committee_id: int) -> str:
    return COLORS[(committee_id - 1) % len(COLORS)]


def _is_shown(row: MeetingRow, scope: Scope) -> bool:
    status = status_of(row.state)
    return is_shown(
        off=status.is_off,
        to_be_dated=status is EventStatus.TO_BE_DATED,
        day=clock.paris_day(row.starts_at),
        today=clock.today(),
        with_cancelled=scope.with_cancelled,
    )


def _with_alarms(row: MeetingRow, event: bytes) -> bytes:
    if status_of(row.state).is_off:
        return event
    for before in ALARMS:
        event = with_alarm(
            event, before, "Séance demain" if before >= timedelta(days=1) else "Séance bientôt"
        )
    return event


def events_of(
    rows: Sequence[MeetingRow], committee_names: Mapping[int, str], context: Context, zone: str
) -> list[bytes]:
    """The event of each meeting: the one kept, or a new one, which is then kept."""
    prints = {row.id: _fingerprint(row, committee_names[row.committee_id], context) for row in rows}
    stale = [row for row in rows if row.content is None or row.fingerprint != prints[row.id]]
    if not stale:
        return [row.content or b"" for row in rows]
    decisions = queries.decisions_expected([row.id for row in stale])
    built = {
        row.id: build_event(
            _facts(row, committee_names[row.committee_id], context, zone, decisions.get(row.id, ()))
        )
        for row in stale
    }
    _keep_events(
        [
            {"meeting_id": row.id, "zone": zone, "fingerprint": prints[row.id], "content": built[row.id]}
            for row in stale
        ]
    )
    return [built.get(row.id) or row.content or b"" for row in rows]


def _fingerprint(row: MeetingRow, committee_name: str, context: Context) -> str:
    """What an event was built from: same fingerprint, same bytes."""
    committee = hashlib.sha256(committee_name.encode()).hexdigest()[:8]
    stamp = int(row.last_modified.timestamp() * 1_000_000)
    return f"{context.digest}.{committee}.{row.sequence}.{stamp}"


def _facts(
    row: MeetingRow, committee: str, context: Context, zone: str, decisions: tuple[str, ...]
) -> EventFacts:
    period = parse_period(row.period)
    kind = KIND_WORDS[row.kind]
    title = f"{committee} – {period.short} {period.year}"
    if row.kind is MeetingKind.EXTRAORDINARY:
        title += " – séance extraordinaire"
    status = status_of(row.state, recorded_afterwards=row.recorded_afterwards)
    return EventFacts(
        uid=f"{row.uid}@{context.host}",
        sequence=row.sequence,
        created_at=row.created_at,
        last_modified=row.last_modified,
        status=status,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=title,
        committee=committee,
        kind=kind,
        organizer=context.organizer,
        page_url=f"{context.base_url}/seances/{row.id}",
        place=row.place,
        video_url=row.video_url,
        reason=row.reason,
        previous_start=row.previous_starts_at,
        # the agenda is the secretariat's until the committee is convened
        decisions=decisions if status is EventStatus.CONFIRMED else (),
        color=_color(row.committee_id),
        local_zone=(zone, label_of(zone)) if zone else None,
        is_demo=context.is_demo,
    )


def _keep_events(values: list[dict[str, Any]]) -> None:
    _keep(MeetingEvent, values, ("meeting_id", "zone"))


def _keep_feed(key: str, scope: Scope, feed: Assembled) -> None:
    """Keep a feed, and sweep the same scope's older ones and those of earlier days."""
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
    _keep(FeedCache, [values], ("key",), older)


def _keep(model: type[Model], values: list[dict[str, Any]], keys: tuple[str, ...], *sweeps: Any) -> None:
    """Insert or replace, in a transaction of its own; a failure is logged, the reader is served anyway."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(model)
    changed = {name: statement.excluded[name] for name in values[0] if name not in keys}
    try:
        with transaction() as session:
            session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), values)
            for sweep in sweeps:
                session.execute(sweep)
    except SQLAlchemyError:
        _log.exception("feeds: %s could not be kept", model.__tablename__)
