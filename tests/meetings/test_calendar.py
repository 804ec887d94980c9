"""The event of a meeting: what it says in each state, read back by programs of others."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import missing
from tests.core.test_ical import assert_lines_are_sound
from tests.meetings.readers import LIBICAL, READERS, Seen
from tnt.core.ical import TIME_ZONES, Shell, clean_line, clean_text, join_calendar, with_alarm
from tnt.meetings.calendar import EventFacts, EventStatus, Organizer, build_event, french_moment

PARIS = ZoneInfo("Europe/Paris")
FACTS = EventFacts(
    uid="5f0c9a52-1111-4222-8333-944445555666@tnt.example",
    sequence=3,
    created_at=datetime(2026, 8, 3, 7, 0, tzinfo=UTC),
    last_modified=datetime(2026, 9, 1, 8, 15, 30, tzinfo=UTC),
    status=EventStatus.CONFIRMED,
    starts_at=datetime(2026, 11, 12, 13, 30, tzinfo=UTC),
    ends_at=datetime(2026, 11, 12, 16, 0, tzinfo=UTC),
    title="Comité de coordination – T4 2026",
    committee="Comité de coordination",
    kind="Séance ordinaire",
    organizer=Organizer("Secrétariat du programme", "secretariat@tnt.example"),
    page_url="https://tnt.example/seances/12",
    place="20 avenue de Ségur, Paris",
    video_url="https://visio.example/tnt",
    decisions=("Créer le groupe « Données »", "Arrêter le groupe « Portail »"),
)

by_every_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())


def calendar_of(*facts: EventFacts) -> bytes:
    return join_calendar(Shell("Séances", ""), [build_event(each) for each in facts])


def properties(facts: EventFacts) -> dict[str, str]:
    """The unfolded lines of the event, by what stands before the colon."""
    lines = build_event(facts).decode("utf-8").replace("\r\n ", "").split("\r\n")
    return dict(line.partition(":")[::2] for line in lines if line)


def description(facts: EventFacts) -> str:
    return re.sub(r"\\([;,\\])", r"\1", properties(facts)["DESCRIPTION"]).replace("\\n", "\n")


def test_libical_is_among_the_readers() -> None:
    if not LIBICAL:
        missing("libical absente : installez le paquet libical3")
    assert "libical" in READERS


def test_a_convened_meeting_whole() -> None:
    assert properties(FACTS) == {
        "BEGIN": "VEVENT",
        "UID": "5f0c9a52-1111-4222-8333-944445555666@tnt.example",
        "DTSTAMP": "20260901T081530Z",
        "CREATED": "20260803T070000Z",
        "LAST-MODIFIED": "20260901T081530Z",
        "SEQUENCE": "3",
        "DTSTART;TZID=Europe/Paris": "20261112T143000",
        "DTEND;TZID=Europe/Paris": "20261112T170000",
        "SUMMARY": "Comité de coordination – T4 2026",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
        'ORGANIZER;CN="Secrétariat du programme"': "mailto:secretariat@tnt.example",
        "LOCATION": "20 avenue de Ségur\\, Paris",
        "DESCRIPTION": (
            "Comité de coordination · Séance ordinaire\\n\\n"
            "Décisions attendues\u00a0:\\n– Créer le groupe « Données »\\n"
            "– Arrêter le groupe « Portail »\\n\\n"
            "Visioconférence\u00a0: https://visio.example/tnt\\n"
            "Ordre du jour et pièces\u00a0: https://tnt.example/seances/12"
        ),
        "CATEGORIES": "Comité de coordination,Séance ordinaire",
        "URL": "https://tnt.example/seances/12",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Visioconférence": "https://visio.example/tnt",
        "COLOR": "royalblue",
        "END": "VEVENT",
    }


@pytest.mark.parametrize(
    ("status", "ical_status", "transp", "summary"),
    [
        (EventStatus.TENTATIVE, "TENTATIVE", "OPAQUE", "Comité de coordination – T4 2026"),
        (EventStatus.CONFIRMED, "CONFIRMED", "OPAQUE", "Comité de coordination – T4 2026"),
        (
            EventStatus.CANCELLED,
            "CANCELLED",
            "TRANSPARENT",
            "ANNULÉE – Comité de coordination – T4 2026",
        ),
        (
            EventStatus.TO_BE_DATED,
            "CANCELLED",
            "TRANSPARENT",
            "REPORTÉE\\, date à venir – Comité de coordination – T4 2026",
        ),
    ],
)
def test_what_each_status_shows(status: EventStatus, ical_status: str, transp: str, summary: str) -> None:
    seen = properties(replace(FACTS, status=status))
    assert (seen["STATUS"], seen["TRANSP"], seen["SUMMARY"]) == (ical_status, transp, summary)


def test_a_meeting_that_is_off_says_why_and_offers_no_link_to_join() -> None:
    off = replace(FACTS, status=EventStatus.CANCELLED, reason="Élections\r\nanticipées")
    assert description(off) == (
        "Séance annulée.\nMotif\u00a0: Élections\nanticipées\n\n"
        "Comité de coordination · Séance ordinaire\n\n"
        "Ordre du jour et pièces\u00a0: https://tnt.example/seances/12"
    )
    assert not any(
        name.startswith("CONFERENCE") for name in properties(replace(FACTS, status=EventStatus.CANCELLED))
    )


def test_a_postponed_meeting_says_from_when_to_when() -> None:
    moved = replace(FACTS, previous_start=datetime(2026, 11, 1, 9, 0, tzinfo=UTC), reason="Salle prise")
    assert description(moved).split("\n\n")[0] == (
        "Séance reportée\u00a0: du dimanche 1er novembre 2026 à 10\u00a0h"
        " au jeudi 12 novembre 2026 à 14\u00a0h\u00a030.\nMotif\u00a0: Salle prise"
    )


def test_a_meeting_without_its_new_date_says_so() -> None:
    waiting = replace(FACTS, status=EventStatus.TO_BE_DATED, reason="")
    assert description(waiting).split("\n\n")[0] == (
        "Séance prévue le jeudi 12 novembre 2026 à 14\u00a0h\u00a030, reportée\u00a0;"
        " la nouvelle date sera annoncée."
    )


def test_a_planned_meeting_says_that_the_date_is_held() -> None:
    held = description(replace(FACTS, status=EventStatus.TENTATIVE))
    assert held.split("\n\n")[0] == "Date réservée\u00a0: la convocation la confirmera."


def test_the_demonstration_label_follows_the_data() -> None:
    demo = replace(FACTS, is_demo=True, status=EventStatus.CANCELLED)
    assert properties(demo)["SUMMARY"].startswith("[démonstration] ANNULÉE – Comité")
    assert description(demo).endswith("Données de démonstration\u00a0: séance fictive.")
    assert "démonstration" not in build_event(FACTS).decode()


def test_the_local_time_of_an_overseas_member() -> None:
    facts = replace(FACTS, local_zone=("Pacific/Noumea", "Nouvelle-Calédonie"))
    assert (
        "Heure locale (Nouvelle-Calédonie)\u00a0: vendredi 13 novembre 2026 à 0\u00a0h\u00a030."
        in description(facts).split("\n\n")
    )
    assert "Heure locale" not in description(replace(facts, status=EventStatus.CANCELLED))


def test_what_is_empty_is_left_out() -> None:
    bare = replace(FACTS, place="", video_url="", page_url="", decisions=(), kind="", committee="")
    names = {name.partition(";")[0] for name in properties(replace(bare, reason="x"))}
    assert names.isdisjoint({"LOCATION", "CONFERENCE", "URL", "CATEGORIES"})
    assert all(value != "" for value in properties(replace(bare, reason="x")).values())


def test_no_description_rather_than_an_empty_one() -> None:
    bare = replace(FACTS, video_url="", page_url="", decisions=(), kind="", committee="")
    assert "DESCRIPTION" not in properties(bare)


def test_a_meeting_by_video_only_has_it_as_its_place() -> None:
    assert properties(replace(FACTS, place=""))["LOCATION"] == "Visioconférence"


def test_no_attendee_no_method_no_class_no_name_of_an_alarm() -> None:
    names = {name.partition(";")[0] for name in properties(FACTS)}
    assert names.isdisjoint({"ATTENDEE", "METHOD", "CLASS", "CONTACT", "COMMENT"})
    assert b"VALARM" not in build_event(FACTS)
    assert [name for name in properties(FACTS) if name.startswith("ORGANIZER")] == [
        'ORGANIZER;CN="Secrétariat du programme"'
    ]


def test_a_long_list_of_decisions_is_cut_with_their_number() -> None:
    many = replace(FACTS, decisions=tuple(f"Décision {n}" for n in range(1, 46)))
    block = next(part for part in description(many).split("\n\n") if part.startswith("Décisions"))
    assert block.splitlines()[-2:] == ["– Décision 40", "– et 5 autres"]


def test_the_same_facts_give_the_same_bytes() -> None:
    assert build_event(FACTS) == build_event(replace(FACTS))


def test_facts_that_cannot_be_written_leave_a_bare_event(caplog: pytest.LogCaptureFixture) -> None:
    """A local time beyond the calendar's end: one poison event must not kill the feed."""
    poison = replace(
        FACTS,
        previous_start=datetime(9999, 12, 31, 23, 30, tzinfo=UTC),
        title="Comité empoisonné",
    )
    seen = READERS["icalendar"](calendar_of(poison, FACTS))
    assert [(each.summary, each.start) for each in seen] == [
        ("Comité empoisonné", FACTS.starts_at),
        (FACTS.title, FACTS.starts_at),
    ]
    assert "written without its texts" in caplog.text


def _sundays(year: int, month: int) -> list[date]:
    days = (date(year, month, 1) + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == month and day.weekday() == 6]


CHANGES = [day for year in range(2026, 2041) for day in (_sundays(year, 3)[-1], _sundays(year, 10)[-1])]


def _instants(day: date) -> list[datetime]:
    """Every half hour from the eve's noon to the next day's noon."""
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=12)
    return [first + timedelta(minutes=30 * step) for step in range(0, 96)]


def _meets_the_hour_that_comes_twice(event: EventFacts) -> bool:
    return any(moment.astimezone(PARIS).fold for moment in (event.starts_at, event.ends_at))


@by_every_reader
def test_readers_see_the_right_instant_around_each_change_of_clocks(
    reader: Callable[[bytes], list[Seen]],
) -> None:
    """At every half hour. One reader loses `fold` on its own: it is spared the hour that comes twice."""
    instants = [instant for day in CHANGES for instant in _instants(day)]
    events = [
        replace(FACTS, uid=f"{n}@tnt.example", starts_at=start, ends_at=start + timedelta(minutes=90))
        for n, start in enumerate(instants)
    ]
    if reader is READERS["recurring-ical-events"]:
        events = [event for event in events if not _meets_the_hour_that_comes_twice(event)]
    seen = {each.uid: (each.start, each.end) for each in reader(calendar_of(*events))}
    assert seen == {event.uid: (event.starts_at, event.ends_at) for event in events}


@pytest.mark.parametrize("tzid", TIME_ZONES)
def test_the_local_hour_told_overseas_is_the_right_one(tzid: str) -> None:
    for instant in (instant for day in CHANGES for instant in _instants(day)[::6]):
        local = instant.astimezone(ZoneInfo(tzid))
        told = french_moment(instant, tzid)
        hour = f"{local.hour}\u00a0h" + (f"\u00a0{local.minute:02d}" if local.minute else "")
        assert told.endswith(f" {local.year} à {hour}")
        assert f" {'1er' if local.day == 1 else local.day} " in told


texts = st.text(st.characters(), max_size=120) | st.sampled_from(
    ["\r\nATTENDEE:mailto:x@y", "a\x00b", "\ud83d", "😀" * 40, 'x";:,^n\\N\\n', "=HYPERLINK()", "<script>"]
)
instants = st.integers(0, 14 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def any_facts(draw: st.DrawFn) -> EventFacts:
    start = draw(instants)
    return EventFacts(
        uid=f"{draw(st.uuids())}@tnt.example",
        sequence=draw(st.integers(0, 2**31 - 1)),
        created_at=draw(instants),
        last_modified=draw(instants),
        status=draw(st.sampled_from(EventStatus)),
        starts_at=start,
        ends_at=start + timedelta(minutes=draw(st.integers(1, 6_000))),
        title=draw(texts),
        committee=draw(texts),
        kind=draw(texts),
        organizer=Organizer(draw(texts), "secretariat@tnt.example"),
        page_url=draw(texts | st.just("https://tnt.example/seances/1")),
        place=draw(texts),
        video_url=draw(texts | texts.map(lambda text: f"https://visio.example/{text}")),
        reason=draw(texts),
        previous_start=draw(st.none() | instants),
        decisions=tuple(draw(st.lists(texts, max_size=3))),
        local_zone=draw(st.none() | st.tuples(st.sampled_from(TIME_ZONES), texts)),
        is_demo=draw(st.booleans()),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=any_facts(), alarm=st.booleans())
def test_whatever_the_texts_every_reader_reads_the_same(facts: EventFacts, alarm: bool) -> None:
    event = build_event(facts)
    assert event == build_event(facts)
    if alarm:
        event = with_alarm(event, timedelta(hours=1), facts.title or "Séance")
    body = join_calendar(Shell(facts.title, facts.reason), [event, build_event(FACTS)])
    assert_lines_are_sound(body)
    lines = body.replace(b"\r\n ", b"").split(b"\r\n")
    assert sum(line.startswith(b"ORGANIZER") for line in lines) == 2
    assert not any(line.startswith((b"ATTENDEE", b"UID:x")) for line in lines)
    expected = READERS["icalendar"](body)
    assert len(expected) == 2
    assert expected[0][:2] + expected[0][2:3] == (facts.uid, facts.starts_at, facts.ends_at)
    assert expected[0].sequence == facts.sequence
    assert expected[0].status == ("CANCELLED" if facts.status.is_off else facts.status.name)
    assert clean_line(facts.title) in expected[0].summary
    assert expected[0].location == (clean_line(facts.place) or expected[0].location)
    if facts.status is EventStatus.CANCELLED:
        assert clean_text(facts.reason) in expected[0].description
    for name, reader in READERS.items():
        assert sorted(reader(body)) == sorted(expected), name
