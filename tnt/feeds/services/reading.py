"""Answer an address: who it belongs to, what it may show today, and whether that changed.

One query when nothing changed since the last answer of this process: the subscription with the rights of the
day, and the entity tag of the feed which it got then; two at most from another process.
"""

from __future__ import annotations

import gzip
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from icalendar import Event
from sqlalchemy import or_, update
from sqlalchemy.exc import SQLAlchemyError

from tnt.committees import queries as committees
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.dataset import demo_loaded
from tnt.core.db import transaction
from tnt.core.errors import NotFound
from tnt.core.ical import Shell, Text, entity_tag, event_bytes, join_calendar
from tnt.feeds import queries
from tnt.feeds.models import Subscription
from tnt.feeds.queries import Body, Held
from tnt.feeds.rules import (
    TOUCH_EVERY,
    Token,
    client_name,
    hash_secret,
    is_gone,
    must_touch,
    parse_token,
    secret_matches,
)
from tnt.feeds.services.assembly import (
    Assembled,
    assemble,
    cache_key,
    events_of,
    shell_of,
)
from tnt.meetings import queries as meetings
from tnt.meetings.event_facts import context_of

_NOBODY = hash_secret("no subscription has this secret")
_log = logging.getLogger(__name__)


class UnknownAddress(NotFound):
    """Never issued, malformed, or with the wrong secret: all look the same."""


class GoneAddress(NotFound):
    """The tombstone's ninety days are over."""


@dataclass
class Feed:
    """A feed about to leave; its bytes are read only when asked for."""

    held: Held
    etag: str
    last_modified: datetime
    key: str = ""
    assembled: Assembled | None = None
    read: dict[Body, bytes] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The calendar."""
        return self.bytes_of(Body.PLAIN)

    @property
    def compressed(self) -> bytes:
        """The calendar, gzipped once and for all."""
        return self.bytes_of(Body.GZIPPED)

    def bytes_of(self, body: Body) -> bytes:
        """The bytes: those read with the subscription, those kept, or new ones when they were swept away."""
        if body not in self.read:
            kept = None if self.assembled else queries.find_cached_bytes(self.key, body)
            self.read[body] = kept or self._assembled_now(body)
        return self.read[body]

    def _assembled_now(self, body: Body) -> bytes:
        self.assembled = self.assembled or assemble(self.held)
        return self.assembled.compressed if body is Body.GZIPPED else self.assembled.content


def open_feed(address: str, user_agent: str, body: Body = Body.NONE) -> Feed:
    """What the address shows now; the fetch is recorded, at most every fifteen minutes.

    `body` names the bytes that will be asked for, if any, so that they are read at once. Raises
    UnknownAddress (never issued), GoneAddress (revoked or empty for ninety days).
    """
    token = parse_token(address)
    held = _find(token, body)
    now = clock.now()
    ended_at = _ended_at(held, now)
    _record_fetch(held, now, user_agent, ended_at)
    if ended_at is None:
        return _present(held, body)
    if is_gone(ended_at, now):
        raise GoneAddress()
    built = _tombstone(held, ended_at)
    return Feed(held, built.etag, built.last_modified, assembled=built)


# the key of the feed that each subscription got last, in this process: a guess, never trusted
_LAST_KEYS: dict[str, str] = {}
_KEYS_KEPT = 20_000


def _find(token: Token | None, body: Body) -> Held:
    """The subscription of an address; the same work is done whether it exists or not."""
    held = None
    if token is not None:
        supposed = _LAST_KEYS.get(token.selector, "")
        held = queries.find_held(token.selector, clock.today(), supposed, body)
    proven = secret_matches(token.secret if token else "", held.secret_hash if held else _NOBODY)
    if held is None or not proven:
        raise UnknownAddress()
    return held


def _present(held: Held, body: Body) -> Feed:
    """The feed as it stands: kept since it was assembled, or assembled now."""
    key = cache_key(held)
    found = held.kept if held.kept is not None and held.kept.key == key else queries.find_cached(key)
    _remember(held.selector, key)
    if found is None:
        built = assemble(held)
        return Feed(held, built.etag, built.last_modified, key, built)
    read = {body: found.body} if found.body is not None else {}
    return Feed(held, found.etag, found.last_modified, key, read=read)


def _remember(selector: str, key: str) -> None:
    if len(_LAST_KEYS) >= _KEYS_KEPT:
        _LAST_KEYS.clear()
    _LAST_KEYS[selector] = key


def _ended_at(held: Held, now: datetime) -> datetime | None:
    """Since when the address shows nothing: revoked, or first fetched with no right left."""
    if held.revoked_at is not None:
        return held.revoked_at
    return (held.lapsed_at or now) if held.is_lapsed else None


def _record_fetch(held: Held, now: datetime, user_agent: str, ended_at: datetime | None) -> None:
    """Note who reads, and since when there is nothing to read, in a transaction of its own."""
    lapsed_at = ended_at if held.revoked_at is None else held.lapsed_at
    if lapsed_at == held.lapsed_at and not must_touch(held.last_fetched_at, now):
        return
    noted = (
        update(Subscription)
        .where(
            Subscription.id == held.id,
            or_(
                Subscription.last_fetched_at.is_(None),
                Subscription.last_fetched_at <= now - TOUCH_EVERY,
                Subscription.lapsed_at.is_distinct_from(lapsed_at),
            ),
        )
        .values(last_fetched_at=now, last_client=client_name(user_agent), lapsed_at=lapsed_at)
    )
    try:
        with transaction() as session:
            session.execute(noted)
    except SQLAlchemyError:
        _log.exception("feeds: a fetch could not be recorded")


def _tombstone(held: Held, ended_at: datetime) -> Assembled:
    """A calendar with one all-day event, today: clients keep old meetings for ever on 404 or 410.

    Its bytes change once a day, so that the event follows today, where it is seen.
    """
    today = clock.today()
    stamp = datetime.combine(today, time(), UTC)
    event = Event()
    event.add("uid", f"abonnement-{held.id}@{context_of(held.is_demo).host}")
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", max((today - clock.paris_day(ended_at)).days, 0))
    event.add("dtstart", today)
    event.add("dtend", today + timedelta(days=1))
    event.add("summary", Text(f"Abonnement révoqué – {_why(held)}"))
    event.add("description", Text(_WHAT_TO_DO))
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    organizer = context_of(held.is_demo).organizer
    event.add("organizer", f"mailto:{organizer.email}", parameters={"CN": organizer.name})
    shell = shell_of(held)
    content = join_calendar(Shell(shell.name, _WHAT_TO_DO, shell.color), [event_bytes(event)])
    return Assembled(entity_tag(content), stamp, content, gzip.compress(content, mtime=0))


_WHAT_TO_DO = (
    "Cette adresse ne montre plus de séance. Supprimez cet agenda de votre logiciel et,"
    " si vous siégez encore, prenez une nouvelle adresse dans TNT, rubrique Calendrier."
)


def _why(held: Held) -> str:
    if held.revoked_at is not None or held.is_closed:
        return "cette adresse ne donne plus accès aux séances"
    return "plus aucun mandat en cours ne donne accès à ces séances"


def meeting_file(actor: Actor, meeting_id: int) -> bytes:
    """One meeting as a calendar file, with the same identifier as in the feeds. Raises NotFound."""
    meetings.get_meeting(actor, meeting_id)  # the right to read it
    row = queries.find_event(meeting_id)
    if row is None:
        raise NotFound()
    name = committees.get_committee_by_id(row.committee_id).name
    context = context_of(demo_loaded())
    events, _fresh = events_of([row], {row.committee_id: name}, context, "")
    return join_calendar(Shell("", "", ""), events)
