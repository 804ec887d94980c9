"""The rules of feeds, as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tnt.feeds.rules import (
    MAX_BYTES,
    DeviceMissing,
    FeedKind,
    Scope,
    Token,
    Window,
    check_device,
    client_name,
    fit,
    hash_secret,
    is_gone,
    is_shown,
    is_silent,
    must_touch,
    parse_token,
    secret_matches,
    window_of,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SCOPE = Scope(FeedKind.MINE, (1, 2), with_alarms=True, with_cancelled=True, zone="")


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (f"{'0a' * 8}-{'Az_-' * 8}", Token("0a" * 8, "Az_-" * 8)),
        (f"{'0a' * 8}-{'Az_-' * 8}\n", None),
        (f"{'0A' * 8}-{'Az_-' * 8}", None),
        (f"{'0a' * 8}_{'Az_-' * 8}", None),
        (f"{'0a' * 7}-{'Az_-' * 8}", None),
        (f"{'0a' * 8}-{'Az_-' * 7}", None),
        (f"{'0a' * 8}-{'Az_é' * 8}", None),
        ("", None),
    ],
)
def test_parse_token(text: str, token: Token | None) -> None:
    assert parse_token(text) == token
    if token:
        assert str(token) == text


def test_a_secret_is_proven_by_its_hash() -> None:
    stored = hash_secret("s" * 32)
    assert "s" * 8 not in stored
    assert secret_matches("s" * 32, stored)
    assert not secret_matches("s" * 31, stored)
    assert not secret_matches("", stored)


def test_check_device() -> None:
    assert check_device("  Outlook \n du  bureau ") == "Outlook du bureau"
    for wrong in ("", "   ", "x" * 81):
        with pytest.raises(DeviceMissing):
            check_device(wrong)


def test_the_cache_key_changes_with_everything_that_changes_the_bytes() -> None:
    def key(
        scope: Scope = SCOPE, revisions: tuple[tuple[int, int], ...] = ((1, 5), (2, 3)), day: date = TODAY
    ) -> str:
        return scope.cache_key(revisions, day, "context")

    others = [
        # the highest revision is the same, one committee changed
        key(revisions=((1, 5), (2, 4))),
        key(revisions=((1, 3), (2, 5))),
        key(day=TODAY + timedelta(days=1)),
        SCOPE.cache_key(((1, 5), (2, 3)), TODAY, "other context"),
        key(Scope(FeedKind.COMMITTEE, (1, 2), True, True, "")),
        key(Scope(FeedKind.MINE, (1,), True, True, "")),
        key(Scope(FeedKind.MINE, (1, 2), False, True, "")),
        key(Scope(FeedKind.MINE, (1, 2), True, False, "")),
        key(Scope(FeedKind.MINE, (1, 2), True, True, "Indian/Reunion")),
    ]
    assert len({key(), *others}) == len(others) + 1
    assert key() == key(Scope(FeedKind.MINE, (2, 1), True, True, ""), ((2, 3), (1, 5)))


@pytest.mark.parametrize(
    ("today", "window"),
    [
        (date(2026, 11, 23), Window(date(2025, 11, 23), date(2028, 11, 23))),
        (date(2026, 1, 1), Window(date(2025, 1, 1), date(2028, 1, 1))),
        (date(2026, 12, 31), Window(date(2025, 12, 28), date(2028, 12, 28))),
        (date(2028, 2, 29), Window(date(2027, 2, 28), date(2030, 2, 28))),
    ],
)
def test_window_of(today: date, window: Window) -> None:
    assert window_of(today) == window


@pytest.mark.parametrize(
    ("off", "to_be_dated", "days_ago", "with_cancelled", "shown"),
    [
        (False, False, 300, False, True),
        (True, False, 30, True, True),
        (True, False, 31, True, False),
        (True, False, -10, True, True),
        (True, False, -10, False, False),
        (True, True, 400, True, True),
        (True, True, 400, False, False),
    ],
)
def test_is_shown(off: bool, to_be_dated: bool, days_ago: int, with_cancelled: bool, shown: bool) -> None:
    answer = is_shown(
        off=off,
        to_be_dated=to_be_dated,
        day=TODAY - timedelta(days=days_ago),
        today=TODAY,
        with_cancelled=with_cancelled,
    )
    assert answer is shown


def test_a_feed_fits_what_google_takes_and_loses_the_oldest() -> None:
    small = [b"%d" % n for n in range(1_200)]
    assert fit(small) == small[-1_000:]
    large = [b"x" * 100_000 + b"%d" % n for n in range(12)]
    assert fit(large) == large[-8:]
    assert sum(map(len, fit(large))) <= MAX_BYTES
    assert fit([]) == []


@pytest.mark.parametrize(
    ("minutes", "touched"), [(None, True), (0, False), (14.99, False), (15, True), (60, True)]
)
def test_must_touch(minutes: float | None, touched: bool) -> None:
    last = None if minutes is None else NOW - timedelta(minutes=minutes)
    assert must_touch(last, NOW) is touched


def test_is_gone_after_ninety_days() -> None:
    assert not is_gone(NOW - timedelta(days=89, hours=23), NOW)
    assert is_gone(NOW - timedelta(days=90), NOW)


def test_is_silent_after_seven_days_without_a_reader() -> None:
    long_ago, week = NOW - timedelta(days=100), NOW - timedelta(days=7)
    assert is_silent(long_ago, None, NOW)
    assert is_silent(long_ago, week, NOW)
    assert not is_silent(long_ago, week + timedelta(minutes=1), NOW)
    assert not is_silent(NOW, None, NOW)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.1", "Thunderbird"),
        ("Google-Calendar-Importer", "Google Agenda"),
        ("Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)", "Outlook (Exchange)"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)", "Outlook"),
        ("iOS/18.1 (22B83) dataaccessd/1.0", "Calendrier d’Apple (iPhone, iPad)"),
        ("macOS/15.1 (24B83) CalendarAgent/1050", "Calendrier d’Apple (Mac)"),
        ("Nextcloud/30 CalDAV Webcal", "Nextcloud"),
        ("ICSx5/2.3 (okhttp/4.12) Android/15", "ICSx⁵"),
        ("DAVx5/4.4 (2024; dav4jvm; okhttp/4.12)", "DAVx⁵"),
        ("Evolution/3.46.4", "GNOME Agenda"),
        ("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "navigateur"),
        ("MonAgenda/2.0 <script>", "MonAgenda"),
        ("<b>x</b>\x00", "b x"),
        ("", ""),
        ("x" * 400, "x" * 40),
    ],
)
def test_client_name(agent: str, name: str) -> None:
    assert client_name(agent) == name
