"""iCalendar ground: clean text, fixed time zones, the shell of a calendar, joining stored events.

No business word stands here. The module exists because `icalendar` 7, measured, adds a random
identifier to each calendar, writes time zones that Outlook cannot read, and lets control characters
through or dies on them. What it returns is bytes, the same bytes for the same input in every process.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event
from icalendar.prop import vCalAddress, vDuration, vText

PARIS = "Europe/Paris"
PRODID = "-//TNT//Transformation numérique des territoires//FR"
REFRESH = timedelta(hours=1)
_CRLF = b"\r\n"

# Line separators that some parsers take for an end of line (RFC 5545 knows only CRLF).
_NEWLINES = re.compile("\r\n|[\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
# C0 but newline, DEL, C1, lone surrogates, byte order mark, non-characters.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
# Every character that RFC 3986 allows in a URI, beside letters and digits; "%" is kept as typed.
_URI_SAFE = "-._~:/?#[]@!$&'()*+,;=%"


def clean_text(text: str) -> str:
    """Text fit for a TEXT value: newlines as `\\n`, tabs as spaces, no control character, trimmed."""
    return _CONTROLS.sub("", _NEWLINES.sub("\n", text).replace("\t", " ")).strip()


def clean_line(text: str) -> str:
    """The same on one line: newlines and runs of spaces become one space."""
    return re.sub("[ \n]+", " ", clean_text(text))


def clean_uri(uri: str) -> str:
    """An http(s) address in ASCII without a character that could end the line; '' when it is not one."""
    address = quote(clean_line(uri).replace("\\", "/"), safe=_URI_SAFE)
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in {"http", "https"} and parts.netloc else ""


class Text(vText):
    """A TEXT value, escaped as RFC 5545 §3.3.11 says; the library's own makes a newline of « \\N »."""

    def to_ical(self) -> bytes:
        """The escaped text in UTF-8."""
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode("utf-8")


def shorten(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, with an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


@dataclass(frozen=True)
class _Shift:
    """One half of a time zone: a STANDARD or DAYLIGHT block."""

    kind: str
    start: str
    before: str
    after: str
    name: str
    rule: str = ""

    def lines(self) -> list[str]:
        rule = [f"RRULE:FREQ=YEARLY;{self.rule}"] if self.rule else []
        return [
            f"BEGIN:{self.kind}",
            f"DTSTART:{self.start}",
            *rule,
            f"TZOFFSETFROM:{self.before}",
            f"TZOFFSETTO:{self.after}",
            f"TZNAME:{self.name}",
            f"END:{self.kind}",
        ]


def _fixed(offset: str) -> list[_Shift]:
    """A zone without summer time; TZNAME is the offset as tzdata writes it (« +04 », « -0930 »)."""
    name = offset[:3] if offset.endswith("00") else offset
    return [_Shift("STANDARD", "19970101T000000", offset, offset, name)]


_ZONES: dict[str, list[_Shift]] = {
    PARIS: [
        _Shift("DAYLIGHT", "19810329T020000", "+0100", "+0200", "CEST", "BYMONTH=3;BYDAY=-1SU"),
        _Shift("STANDARD", "19961027T030000", "+0200", "+0100", "CET", "BYMONTH=10;BYDAY=-1SU"),
    ],
    "America/Miquelon": [
        _Shift("DAYLIGHT", "20070311T020000", "-0300", "-0200", "-02", "BYMONTH=3;BYDAY=2SU"),
        _Shift("STANDARD", "20071104T020000", "-0200", "-0300", "-03", "BYMONTH=11;BYDAY=1SU"),
    ],
    "America/Guadeloupe": _fixed("-0400"),
    "America/Martinique": _fixed("-0400"),
    "America/Marigot": _fixed("-0400"),
    "America/St_Barthelemy": _fixed("-0400"),
    "America/Cayenne": _fixed("-0300"),
    "Indian/Reunion": _fixed("+0400"),
    "Indian/Mayotte": _fixed("+0300"),
    "Pacific/Noumea": _fixed("+1100"),
    "Pacific/Wallis": _fixed("+1200"),
    "Pacific/Tahiti": _fixed("-1000"),
    "Pacific/Marquesas": _fixed("-0930"),
    "Pacific/Gambier": _fixed("-0900"),
}

TIME_ZONES = tuple(_ZONES)


def timezone_block(tzid: str) -> bytes:
    """The fixed VTIMEZONE of `tzid`, right from 2007 on; raises KeyError for a zone not shipped.

    Yearly rules, since Outlook ignores the lists of dates that libraries write (RFC 5545 §3.6.5).
    """
    lines = ["BEGIN:VTIMEZONE", f"TZID:{tzid}"]
    for shift in _ZONES[tzid]:
        lines += shift.lines()
    lines.append("END:VTIMEZONE")
    return "".join(line + "\r\n" for line in lines).encode("ascii")


def event_times(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Both ends of an event as it must write them: Paris time, or UTC when the clocks change within it.

    RFC 5545 §3.3.5 reads an ambiguous local time as the first of the two, libical as the second, and some
    readers compute the length on wall clocks: an event that meets the change is said in UTC.
    """
    paris = ZoneInfo(PARIS)
    first, last = (moment.astimezone(paris).replace(microsecond=0) for moment in (start, end))
    offsets = {moment.replace(fold=fold).utcoffset() for moment in (first, last) for fold in (0, 1)}
    return (first, last) if len(offsets) == 1 else (first.astimezone(UTC), last.astimezone(UTC))


@dataclass(frozen=True)
class Shell:
    """What a calendar says of itself. `color` is a CSS colour name (RFC 7986 §5.9)."""

    name: str
    description: str
    color: str = "royalblue"
    url: str = ""


def _shell_lines(shell: Shell) -> list[bytes]:
    """The calendar's own properties, up to its first component."""
    calendar = Calendar()  # not Calendar.new(): it adds a random UID
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name, description, url = clean_line(shell.name), clean_text(shell.description), clean_uri(shell.url)
    for key, value in (("name", name), ("x-wr-calname", name)):
        if value:
            calendar.add(key, Text(value))  # as bare strings, X- values and NAME are not escaped
    for key in ("description", "x-wr-caldesc"):
        if description:
            calendar.add(key, Text(description))
    if url:
        calendar.add("url", url)
    calendar.add("x-wr-timezone", PARIS)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    if shell.color:
        calendar.add("color", shell.color)
    written: bytes = calendar.to_ical(sorted=False)
    return written.split(_CRLF)[:-2]


def join_calendar(shell: Shell, events: Iterable[bytes]) -> bytes:
    """A whole calendar from its shell and events already written, in the order given.

    Holds one VTIMEZONE even without an event (RFC 5545 §3.6 wants a component).
    """
    head = _CRLF.join(_shell_lines(shell)) + _CRLF
    return head + timezone_block(PARIS) + b"".join(events) + b"END:VCALENDAR" + _CRLF


def event_bytes(event: Event) -> bytes:
    """One VEVENT, folded at 75 octets, ending with CRLF; properties in the order they were added."""
    written: bytes = event.to_ical(sorted=False)
    return written


def with_alarm(event: bytes, before: timedelta, text: str) -> bytes:
    """The stored event with a reminder `before` its start; the rest of its bytes is untouched."""
    closing = b"END:VEVENT" + _CRLF
    if not event.endswith(closing):
        raise ValueError("not a VEVENT")
    return event[: -len(closing)] + _alarm(before, text) + closing


@lru_cache(maxsize=64)
def _alarm(before: timedelta, text: str) -> bytes:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -before)
    alarm.add("description", Text(clean_line(text) or "Rappel"))
    written: bytes = alarm.to_ical(sorted=False)
    return written


def with_attendee(event: bytes, name: str, email: str, *, votes: bool, replies: bool) -> bytes:
    """The stored event addressed to one person (RFC 5545 §3.8.4.1); the rest of its bytes is untouched."""
    closing = b"END:VEVENT" + _CRLF
    if not event.endswith(closing):
        raise ValueError("not a VEVENT")
    address = vCalAddress(f"mailto:{clean_line(email)}")
    # a quote or a caret would be written in RFC 6868's way, which half the readers do not know
    said = shorten(clean_line(name).translate({ord('"'): "’", ord("^"): " "}), 200)
    if said:
        address.params["CN"] = said
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT" if votes else "OPT-PARTICIPANT"
    address.params["PARTSTAT"] = "NEEDS-ACTION"
    address.params["RSVP"] = "TRUE" if replies else "FALSE"
    bare = Event()
    bare.add("attendee", address)
    opening = b"BEGIN:VEVENT" + _CRLF
    line: bytes = bare.to_ical(sorted=False)[len(opening) : -len(closing)]
    return event[: -len(closing)] + line + closing


def invitation(method: str, event: bytes) -> bytes:
    """A calendar that hands one event to one person by mail (RFC 5546): REQUEST or CANCEL."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN", f"METHOD:{method}")
    written = "".join(f"{line}\r\n" for line in head).encode("utf-8")
    return written + timezone_block(PARIS) + event + b"END:VCALENDAR" + _CRLF


def entity_tag(body: bytes) -> str:
    """The opaque part of the ETag of these bytes: the first 128 bits of their SHA-256, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()[:32]
