"""Foreign parsers of calendars, brought to one shape so that what they read can be compared.

libical (GNOME, Nextcloud, CyrusIMAP) is called through its shared library, Debian's `libical3`.
"""

import ctypes
import ctypes.util
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple

import icalendar
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream


class Seen(NamedTuple):
    """What a reader understood of one event; instants in UTC, days as days."""

    uid: str
    start: datetime | date
    end: datetime | date
    summary: str
    status: str
    sequence: int
    description: str
    location: str


def _utc(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def by_icalendar(body: bytes) -> list[Seen]:
    calendar = icalendar.Calendar.from_ical(body)
    return [_seen_icalendar(event) for event in calendar.walk("VEVENT")]


def _seen_icalendar(event: icalendar.Event) -> Seen:
    return Seen(
        str(event["uid"]),
        _utc(event["dtstart"].dt),
        _utc(event["dtend"].dt),
        str(event["summary"]),
        str(event["status"]),
        int(event["sequence"]),
        str(event.get("description", "")),
        str(event.get("location", "")),
    )


def by_recurring_events(body: bytes) -> list[Seen]:
    calendar = icalendar.Calendar.from_ical(body)
    found = recurring_ical_events.of(calendar).between(date(1990, 1, 1), date(2090, 1, 1))
    return [_seen_icalendar(event) for event in found]


def by_vobject(body: bytes) -> list[Seen]:
    calendar = vobject.readOne(body.decode("utf-8"))
    return [
        Seen(
            event.uid.value,
            _utc(event.dtstart.value),
            _utc(event.dtend.value),
            event.summary.value,
            event.status.value,
            int(event.sequence.value),
            event.description.value if hasattr(event, "description") else "",
            event.location.value if hasattr(event, "location") else "",
        )
        for event in calendar.contents.get("vevent", [])
    ]


def by_home_assistant(body: bytes) -> list[Seen]:
    calendar = IcsCalendarStream.calendar_from_ics(body.decode("utf-8"))
    return [
        Seen(
            event.uid,
            _utc(event.dtstart),
            _utc(event.dtend),
            event.summary,
            event.status.value,
            event.sequence,
            event.description or "",
            event.location or "",
        )
        for event in calendar.events
    ]


class _IcalTime(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


LIBICAL = ctypes.util.find_library("ical")
_VEVENT, _VTIMEZONE, _X_LIC_ERROR = 4, 13, 9


def _libical() -> ctypes.CDLL:
    library = ctypes.CDLL(LIBICAL)
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    signatures = {
        "icalparser_parse_string": (pointer, [text]),
        "icalcomponent_get_first_component": (pointer, [pointer, ctypes.c_int]),
        "icalcomponent_get_next_component": (pointer, [pointer, ctypes.c_int]),
        "icalcomponent_count_errors": (ctypes.c_int, [pointer]),
        "icalcomponent_free": (None, [pointer]),
        "icalcomponent_get_uid": (text, [pointer]),
        "icalcomponent_get_summary": (text, [pointer]),
        "icalcomponent_get_description": (text, [pointer]),
        "icalcomponent_get_location": (text, [pointer]),
        "icalcomponent_get_sequence": (ctypes.c_int, [pointer]),
        "icalcomponent_get_status": (ctypes.c_int, [pointer]),
        "icalproperty_status_to_string": (text, [ctypes.c_int]),
        "icalcomponent_get_dtstart": (_IcalTime, [pointer]),
        "icalcomponent_get_dtend": (_IcalTime, [pointer]),
        "icaltime_as_timet_with_zone": (ctypes.c_long, [_IcalTime, pointer]),
        "icalcomponent_get_timezone": (pointer, [pointer, text]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def by_libical(body: bytes) -> list[Seen]:
    library = _libical()
    root = library.icalparser_parse_string(body)
    assert root, "libical reads nothing"
    try:
        assert library.icalcomponent_count_errors(root) == 0
        seen = []
        event = library.icalcomponent_get_first_component(root, _VEVENT)
        while event:
            seen.append(_seen_libical(library, event))
            event = library.icalcomponent_get_next_component(root, _VEVENT)
        return seen
    finally:
        library.icalcomponent_free(root)


def _seen_libical(library: ctypes.CDLL, event: int) -> Seen:
    def moment(of: _IcalTime) -> datetime | date:
        if of.is_date:
            return date(of.year, of.month, of.day)
        return datetime.fromtimestamp(library.icaltime_as_timet_with_zone(of, of.zone), UTC)

    def text(name: str) -> str:
        return (getattr(library, f"icalcomponent_get_{name}")(event) or b"").decode("utf-8")

    status = library.icalcomponent_get_status(event)
    return Seen(
        text("uid"),
        moment(library.icalcomponent_get_dtstart(event)),
        moment(library.icalcomponent_get_dtend(event)),
        text("summary"),
        library.icalproperty_status_to_string(status).decode(),
        library.icalcomponent_get_sequence(event),
        text("description"),
        text("location"),
    )


READERS: dict[str, Callable[[bytes], list[Seen]]] = {
    "icalendar": by_icalendar,
    "recurring-ical-events": by_recurring_events,
    "vobject": by_vobject,
    "ical (Home Assistant)": by_home_assistant,
}
if LIBICAL:
    READERS["libical"] = by_libical
