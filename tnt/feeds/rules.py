"""What a feed shows, to whom, until when; the shape of its address; who reads it. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tnt.core.errors import N_, DomainError

TOMBSTONE_DAYS = 90
CANCELLED_DAYS = 30
MONTHS_BACK, MONTHS_AHEAD = 12, 24
MAX_EVENTS = 1_000
MAX_BYTES = 890_000  # of events; Google drops a feed beyond 1 MB, and the shell takes its part
TOUCH_EVERY = timedelta(minutes=15)
SILENT_AFTER = timedelta(days=7)
DEVICE_LENGTH = 80
ALARMS = (timedelta(days=1), timedelta(hours=1))

# 64 bits to find the row, 192 bits to prove the right
SELECTOR_BYTES, SECRET_BYTES = 8, 24
_TOKEN = re.compile(r"([0-9a-f]{16})-([A-Za-z0-9_-]{32})")


class FeedKind(StrEnum):
    """What a subscription shows."""

    MINE = "mine"
    COMMITTEE = "committee"


class NothingToShow(DomainError):
    """A feed of one's own meetings needs a mandate."""

    message = N_(
        "Aucun mandat en cours\u00a0: ce calendrier serait vide. Demandez à l’administration du programme "
        "d’enregistrer le mandat."
    )


class NotOpenToPerson(DomainError):
    """A committee's feed is for whoever reads its meetings."""

    message = N_("Les séances de ce comité ne sont pas ouvertes à cette personne.")
    field = "feed"


class NoSuchFeed(DomainError):
    """The feed asked for does not exist."""

    message = N_("Ce calendrier n’existe pas\u00a0: «\u00a0moi\u00a0» ou la clé d’un comité est attendu.")
    field = "feed"


class DeviceMissing(DomainError):
    """An address is named after what reads it."""

    message = N_("Indiquez l’appareil ou le logiciel (80 caractères au plus).")
    field = "device"


class DeviceTaken(DomainError):
    """One address per feed and device."""

    message = N_(
        "Vous avez déjà une adresse de ce calendrier pour «\u00a0%(device)s\u00a0»\u00a0: renouvelez-la, "
        "ou donnez un autre nom à l’appareil."
    )
    field = "device"


class AccountClosed(DomainError):
    """A person who left or is suspended subscribes to nothing."""

    message = N_(
        "Le compte de cette personne est suspendu ou fermé\u00a0: aucune adresse ne peut être remise."
    )


class AlreadyRevoked(DomainError):
    """An address is revoked once."""

    message = N_("Cette adresse est déjà révoquée.")


@dataclass(frozen=True, slots=True)
class Token:
    """The two halves of an address: what finds the subscription, and what proves it."""

    selector: str
    secret: str

    def __str__(self) -> str:
        """As it stands in the address."""
        return f"{self.selector}-{self.secret}"


def parse_token(text: str) -> Token | None:
    """The token of an address, or None when it is malformed."""
    found = _TOKEN.fullmatch(text)
    return Token(*found.groups()) if found else None


def hash_secret(secret: str) -> str:
    """What is stored of a secret. A plain hash is enough for 192 random bits."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def secret_matches(secret: str, stored_hash: str) -> bool:
    """Whether the secret is the stored one, in constant time."""
    return hmac.compare_digest(hash_secret(secret), stored_hash)


def check_device(device: str) -> str:
    """The trimmed name of the device. Raises DeviceMissing."""
    name = " ".join(device.split())
    if not 0 < len(name) <= DEVICE_LENGTH:
        raise DeviceMissing()
    return name


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that decides a feed's content but the meetings: who shares it shares the bytes.

    New kinds of feeds add a field here, never a branch in the cache.
    """

    kind: FeedKind
    committee_ids: tuple[int, ...]
    with_alarms: bool
    with_cancelled: bool
    zone: str

    @property
    def digest(self) -> str:
        """The key of everything ever assembled for this scope."""
        return _digest(["scope", *self._values()])

    def cache_key(self, revisions: Iterable[tuple[int, ...]], today: date, context: str) -> str:
        """The key of the feed of that day (the window moves), at these revisions, built in that context."""
        return _digest(["feed", *self._values(), sorted(revisions), today.isoformat(), context])

    def _values(self) -> list[object]:
        options = [self.with_alarms, self.with_cancelled, self.zone]
        return [self.kind.value, sorted(self.committee_ids), *options]


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values).encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Window:
    """The days of which a feed shows meetings, both included."""

    first: date
    last: date


def window_of(today: date) -> Window:
    """Twelve months back, twenty-four ahead."""
    return Window(_months_later(today, -MONTHS_BACK), _months_later(today, MONTHS_AHEAD))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    # 28: a day that every month has
    return date(year, month + 1, min(day.day, 28))


def is_shown(*, off: bool, to_be_dated: bool, day: date, today: date, with_cancelled: bool) -> bool:
    """Whether a meeting of the window is in the feed.

    A cancelled one stays thirty days after its date, one without its new date until it is dated.
    """
    if not off:
        return True
    return with_cancelled and (to_be_dated or today <= day + timedelta(days=CANCELLED_DAYS))


def fit(events: list[bytes]) -> list[bytes]:
    """The events, oldest first, without the oldest ones that would make the feed too large for Google."""
    kept: list[bytes] = []
    size = 0
    for event in reversed(events[-MAX_EVENTS:]):
        size += len(event)
        if size > MAX_BYTES:
            break
        kept.append(event)
    return kept[::-1]


def is_gone(ended_at: datetime, now: datetime) -> bool:
    """Whether the ninety days of the tombstone are over."""
    return now - ended_at >= timedelta(days=TOMBSTONE_DAYS)


def must_touch(last_fetched_at: datetime | None, now: datetime) -> bool:
    """Whether this fetch is to be recorded: at most every fifteen minutes."""
    return last_fetched_at is None or now - last_fetched_at >= TOUCH_EVERY


def is_silent(created_at: datetime, last_fetched_at: datetime | None, now: datetime) -> bool:
    """Whether nothing has read the address for seven days."""
    return now - (last_fetched_at or created_at) >= SILENT_AFTER


# the first that is found in the User-Agent names the program
_CLIENTS = (
    ("thunderbird", "Thunderbird"),
    ("google-calendar-importer", "Google Agenda"),
    ("googlebot", "Google Agenda"),
    ("microsoft.exchange", "Outlook (Exchange)"),
    ("exchange", "Outlook (Exchange)"),
    ("outlook", "Outlook"),
    ("microsoft office", "Outlook"),
    ("dataaccessd", "Calendrier d’Apple (iPhone, iPad)"),
    ("ios/", "Calendrier d’Apple (iPhone, iPad)"),
    ("calendaragent", "Calendrier d’Apple (Mac)"),
    ("macos/", "Calendrier d’Apple (Mac)"),
    ("mac_os_x", "Calendrier d’Apple (Mac)"),
    ("nextcloud", "Nextcloud"),
    ("icsx5", "ICSx⁵"),
    ("davx5", "DAVx⁵"),
    ("evolution", "GNOME Agenda"),
    ("gnome-calendar", "GNOME Agenda"),
    ("korganizer", "KOrganizer"),
    ("akonadi", "KOrganizer"),
    ("vdirsyncer", "vdirsyncer"),
    ("home-assistant", "Home Assistant"),
    ("homeassistant", "Home Assistant"),
    ("curl/", "curl"),
    ("mozilla/", "navigateur"),
)


def client_name(user_agent: str) -> str:
    """The program that reads the feed, in words; its own first word when unknown, '' when it says nothing."""
    known = user_agent.lower()
    for mark, name in _CLIENTS:
        if mark in known:
            return name
    words = re.sub(r"[^\w .()-]", " ", user_agent.partition("/")[0])
    return " ".join(words.split())[:40]
