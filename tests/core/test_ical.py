"""The ground of calendars: text, time zones, the shell, joining, alarms, entity tags."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tnt.core import ical

EVENT = (
    b"BEGIN:VEVENT\r\nUID:a@b\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260701T120000Z\r\n"
    b"SUMMARY:x\r\nEND:VEVENT\r\n"
)
anything = st.text(st.characters(), max_size=200)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("a\tb", "a b"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf\x1cg", "a\nb\nc\nd\ne\nf\ng"),
        ("\ufeff lone \ud800 surrogate \ufffe", "lone  surrogate"),
        ("é 😀 \u202f؟", "é 😀 \u202f؟"),
    ],
)
def test_clean_text(raw: str, clean: str) -> None:
    assert ical.clean_text(raw) == clean


def test_clean_line_has_one_line() -> None:
    assert ical.clean_line(" a \r\n\n b\t\tc ") == "a b c"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("https://visio.example/a?b=c;d,e&f=%20#g", "https://visio.example/a?b=c;d,e&f=%20#g"),
        ("https://visio.example/é a\r\nATTENDEE:x", "https://visio.example/%C3%A9%20a%20ATTENDEE:x"),
        (' HTTP://x/"<>', "HTTP://x/%22%3C%3E"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b", ""),
        ("https://", ""),
        ("https://[x", ""),
        ("salle 12", ""),
        ("", ""),
    ],
)
def test_clean_uri(raw: str, clean: str) -> None:
    assert ical.clean_uri(raw) == clean


def test_shorten() -> None:
    assert (ical.shorten("abc", 3), ical.shorten("abc d", 5), ical.shorten("abc def", 5)) == (
        "abc",
        "abc d",
        "abc…",
    )


def _offsets_of_block(tzid: str) -> ZoneInfo:
    body = b"BEGIN:VCALENDAR\r\n" + ical.timezone_block(tzid) + b"END:VCALENDAR\r\n"
    (zone,) = icalendar.Calendar.from_ical(body).walk("VTIMEZONE")
    zone["TZID"] = "of-the-block"  # so that the reader uses the block, not its own table
    return zone.to_tz(lookup_tzid=False)


@pytest.mark.parametrize("tzid", ical.TIME_ZONES)
def test_each_fixed_timezone_equals_tzdata(tzid: str) -> None:
    """Every day of 2008 to 2060, and every quarter of an hour around each change."""
    block, known = _offsets_of_block(tzid), ZoneInfo(tzid)
    instant, end = datetime(2008, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
    checked = [instant]
    last = instant.astimezone(known).utcoffset()
    while instant < end:
        instant += timedelta(days=1)
        offset = instant.astimezone(known).utcoffset()
        checked.append(instant)
        if offset != last:
            checked += [instant - timedelta(minutes=15 * n) for n in range(1, 97)]
            last = offset
    different = [
        moment
        for moment in checked
        if moment.astimezone(block).utcoffset() != moment.astimezone(known).utcoffset()
    ]
    assert different == []


@pytest.mark.parametrize("tzid", ical.TIME_ZONES)
def test_a_timezone_has_rules_not_lists_of_dates(tzid: str) -> None:
    block = ical.timezone_block(tzid)
    assert b"RDATE" not in block
    assert block.count(b"BEGIN:STANDARD") == 1
    assert block.count(b"BEGIN:DAYLIGHT") == (1 if tzid in {ical.PARIS, "America/Miquelon"} else 0)


def test_paris_timezone_is_the_one_of_the_contract() -> None:
    assert ical.timezone_block(ical.PARIS).decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:DAYLIGHT",
        "DTSTART:19810329T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19961027T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ((24, 22, 30), (24, 23, 30), "00:30 CEST – 01:30 CEST"),
        ((25, 0, 0), (25, 0, 30), "00:00 UTC – 00:30 UTC"),  # 2 h, that comes twice
        ((25, 0, 30), (25, 1, 30), "00:30 UTC – 01:30 UTC"),  # 2 h 30 then 2 h 30 again
        ((25, 1, 30), (25, 3, 0), "01:30 UTC – 03:00 UTC"),
        ((24, 23, 30), (25, 3, 0), "23:30 UTC – 03:00 UTC"),
        ((25, 2, 0), (25, 3, 0), "03:00 CET – 04:00 CET"),
    ],
)
def test_an_event_that_meets_the_change_of_clocks_is_told_in_utc(
    start: tuple[int, int, int], end: tuple[int, int, int], told: str
) -> None:
    first, last = ical.event_times(
        datetime(2026, 10, *start, tzinfo=UTC), datetime(2026, 10, *end, tzinfo=UTC)
    )
    assert f"{first:%H:%M %Z} – {last:%H:%M %Z}" == told


def _lines(body: bytes) -> list[str]:
    return body.decode("utf-8").replace("\r\n ", "").split("\r\n")


def test_the_shell_says_everything_and_has_no_identifier() -> None:
    body = ical.join_calendar(ical.Shell("Mes séances, S2", "Deux\nlignes ; fin", "teal", "https://x/"), [])
    head = body[: body.index(b"BEGIN:VTIMEZONE")]
    assert _lines(head) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//TNT//Transformation numérique des territoires//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:Mes séances\\, S2",
        "X-WR-CALNAME:Mes séances\\, S2",
        "DESCRIPTION:Deux\\nlignes \\; fin",
        "X-WR-CALDESC:Deux\\nlignes \\; fin",
        "URL:https://x/",
        "X-WR-TIMEZONE:Europe/Paris",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "COLOR:teal",
        "",
    ]
    assert b"UID" not in body


def test_empty_properties_are_left_out_and_an_empty_calendar_keeps_its_timezone() -> None:
    body = ical.join_calendar(ical.Shell(" \x00 ", ""), [])
    assert b"NAME" not in body.replace(b"TZNAME", b"")
    assert b"DESC" not in body
    assert body.count(b"BEGIN:VTIMEZONE") == 1
    assert body.endswith(b"END:VTIMEZONE\r\nEND:VCALENDAR\r\n")


@given(name=anything, description=anything)
def test_any_text_gives_a_calendar_that_reads_back(name: str, description: str) -> None:
    body = ical.join_calendar(ical.Shell(name, description), [EVENT])
    assert body == ical.join_calendar(ical.Shell(name, description), [EVENT])
    assert_lines_are_sound(body)
    calendar = icalendar.Calendar.from_ical(body)
    # the library does not know NAME as a text, so its escapes are undone here
    assert _unescaped(str(calendar.get("name", ""))) == ical.clean_line(name)
    assert str(calendar.get("description", "")) == ical.clean_text(description)
    assert [str(event["uid"]) for event in calendar.walk("VEVENT")] == ["a@b"]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)  # one line: no escaped newline in it


def assert_lines_are_sound(body: bytes) -> None:
    """CRLF everywhere, 75 octets at most, no character cut, no control character, no BOM."""
    assert body.endswith(b"\r\n")
    assert body.count(b"\n") == body.count(b"\r") == body.count(b"\r\n")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
    assert not any((octet < 32 and octet not in (10, 13)) or octet == 127 for octet in body)
    assert not body.startswith(b"\xef\xbb\xbf")


def test_an_alarm_is_spliced_without_touching_the_rest() -> None:
    body = ical.with_alarm(EVENT, timedelta(hours=1), "Séance\r\nX:1")
    assert body.startswith(EVENT.removesuffix(b"END:VEVENT\r\n"))
    assert _lines(body)[-7:] == [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT1H",
        "DESCRIPTION:Séance X:1",
        "END:VALARM",
        "END:VEVENT",
        "",
    ]
    with pytest.raises(ValueError, match="VEVENT"):
        ical.with_alarm(b"BEGIN:VTODO\r\nEND:VTODO\r\n", timedelta(hours=1), "x")


def test_the_entity_tag_follows_the_bytes() -> None:
    assert ical.entity_tag(b"a") == ical.entity_tag(b"a")
    assert ical.entity_tag(b"a") != ical.entity_tag(b"b")
    assert len(ical.entity_tag(b"")) * 4 == 128
