"""The feeds over HTTP, as calendar programs ask for them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text, update

from tests.committees.scene import make_person
from tests.core.test_ical import assert_lines_are_sound
from tests.feeds.scene import (
    THURSDAY,
    Scene,
    add_account,
    add_meeting,
    change_state,
    make_feed_scene,
    manage,
    move,
    path,
    sit,
    subscribe,
    suspend,
)
from tests.meetings.readers import READERS, Seen, by_icalendar
from tnt.accounts.rules import AccountState
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.committees.services import end_mandate
from tnt.core import clock, dataset
from tnt.core.access import SYSTEM, Actor
from tnt.core.db import db, transaction
from tnt.feeds.models import FeedCache, Subscription
from tnt.feeds.services import reading, subscriptions
from tnt.meetings.models import Meeting, MeetingEvent
from tnt.meetings.rules import MeetingState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_feed_scene()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent to the database, but for those that open and close transactions."""
    sent: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def later(**delta: float) -> None:
    """Move the test's clock."""
    clock.freeze(clock.now() + timedelta(**delta))


def seen(client: FlaskClient, address: str) -> list[Seen]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert_lines_are_sound(answer.data)
    found = by_icalendar(answer.data)
    for name, reader in READERS.items():
        assert sorted(reader(answer.data), key=str) == sorted(found, key=str), name
    return found


# ── what is answered ──────────────────────────────────────────────────────────────────────────────


def test_a_feed_and_its_headers(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    answer = client.get(path(subscribe(scene.member)))
    assert answer.status_code == 200
    headers = dict(answer.headers)
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Accept-Encoding" in headers["Vary"]
    assert headers["ETag"].startswith('"')
    assert headers["Last-Modified"] == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert "Set-Cookie" not in headers
    assert "Content-Encoding" not in headers
    assert_lines_are_sound(answer.data)


def test_what_the_calendar_and_its_event_say(scene: Scene, client: FlaskClient) -> None:
    meeting_id = add_meeting(scene.coordination, video_url="https://visio.example/1", sequence=2)
    body = client.get(path(subscribe(scene.member, with_alarms=False))).data
    lines = body.decode().replace("\r\n ", "").split("\r\n")
    uid = db.session.get_one(Meeting, meeting_id).uid
    for line in (
        "METHOD:PUBLISH",
        "NAME:Mes séances – TNT",
        "X-WR-CALNAME:Mes séances – TNT",
        "X-WR-TIMEZONE:Europe/Paris",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "TZID:Europe/Paris",
        f"UID:{uid}@127.0.0.1",
        "SEQUENCE:2",
        "DTSTART;TZID=Europe/Paris:20261210T143000",
        "SUMMARY:Comité de coordination – T4 2026",
        "STATUS:CONFIRMED",
        'ORGANIZER;CN="Secrétariat du programme TNT":mailto:secretariat@tnt.example',
        "LOCATION:20 avenue de Ségur\\, Paris",
        "CATEGORIES:Comité de coordination,Séance ordinaire",
        f"URL:http://127.0.0.1:5000/seances/{meeting_id}",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Visioconférence:https://visio.example/1",
    ):
        assert lines.count(line) == 1, line
    assert sum(line.startswith("UID:") for line in lines) == 1
    assert not any(line.startswith(("ATTENDEE", "CLASS", "BEGIN:VALARM")) for line in lines)


@pytest.mark.parametrize("accept", [None, "text/html", "application/json", "image/*;q=0", "*/*", "nonsense"])
def test_any_accept_is_answered(scene: Scene, client: FlaskClient, accept: str | None) -> None:
    headers = {} if accept is None else {"Accept": accept}
    answer = client.get(path(subscribe(scene.member)), headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")


def test_head_says_the_same_without_the_body(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    whole, head = client.get(address), client.head(address)
    assert head.status_code == 200
    assert head.data == b""
    same = {name: value for name, value in whole.headers if name not in {"X-Request-Id", "Date"}}
    assert {name: value for name, value in head.headers if name in same} == same


@pytest.mark.parametrize("method", ["OPTIONS", "PROPFIND", "POST", "PUT", "DELETE", "REPORT"])
def test_other_methods_are_refused_with_those_allowed(scene: Scene, client: FlaskClient, method: str) -> None:
    answer = client.open(path(subscribe(scene.member)), method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "encoding"),
    [
        (None, None),
        ("gzip", "gzip"),
        ("GZIP, br", "gzip"),
        ("deflate, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("br", None),
        ("identity", None),
    ],
)
def test_gzip_only_when_asked(
    scene: Scene, client: FlaskClient, asked: str | None, encoding: str | None
) -> None:
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    plain = client.get(address)
    answer = client.get(address, headers={"Accept-Encoding": asked} if asked else {})
    assert answer.headers.get("Content-Encoding") == encoding
    body = gzip.decompress(answer.data) if encoding else answer.data
    assert body == plain.data
    assert (answer.headers["ETag"] == plain.headers["ETag"]) is (encoding is None)


# ── nothing changed ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("template", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"x", W/"y", {tag}', 304),
        ("*", 304),
        ('"x"', 200),
        ('W/"x", "y"', 200),
        ("", 200),
        ("nonsense", 200),
    ],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_if_none_match(scene: Scene, client: FlaskClient, template: str, status: int, encoding: str) -> None:
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    first = client.get(address, headers={"Accept-Encoding": encoding})
    headers = {"If-None-Match": template.format(tag=first.headers["ETag"]), "Accept-Encoding": encoding}
    answer = client.get(address, headers=headers)
    assert answer.status_code == status
    assert answer.headers["ETag"] == first.headers["ETag"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert (answer.data == b"") is (status == 304)


def test_a_tag_of_either_encoding_is_known(scene: Scene, client: FlaskClient) -> None:
    address = path(subscribe(scene.member))
    zipped = client.get(address, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": zipped}).status_code == 304


def test_if_modified_since_alone_and_beaten_by_the_tag(scene: Scene, client: FlaskClient) -> None:
    address = path(subscribe(scene.member))
    first = client.get(address)
    date_given = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(address, headers=date_given).status_code == 304
    assert client.get(address, headers=date_given | {"If-None-Match": '"other"'}).status_code == 200
    other = {"If-Modified-Since": "Mon, 23 Nov 2026 08:59:59 GMT"}
    assert client.get(address, headers=other).status_code == 200
    assert client.get(address, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_the_date_stays_while_the_bytes_do(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    first = client.get(address)
    later(days=1)  # the window moves, the feed is assembled again: same bytes
    second = client.get(address)
    assert second.data == first.data
    assert second.headers["Last-Modified"] == first.headers["Last-Modified"]


def test_one_query_when_nothing_changed_two_from_another_worker(scene: Scene, client: FlaskClient) -> None:
    sit(scene.member, scene.orientation, scene.institution)
    for committee in (scene.coordination, scene.orientation):
        add_meeting(committee)
    address = path(subscribe(scene.member))
    tag = client.get(address).headers["ETag"]
    with counted() as sent:
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert len(sent) == 1
    with counted() as sent:
        assert client.get(address).status_code == 200
    assert len(sent) == 1  # with the bytes
    reading._LAST_KEYS.clear()  # what another worker does not know
    with counted() as sent:
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert len(sent) == 2


def test_what_a_worker_remembers_shows_nothing_old(scene: Scene, client: FlaskClient) -> None:
    """The key of the last answer is only a guess: the rights and the revisions of now decide."""
    meeting = add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    first = client.get(address)
    move(meeting, place="Salle 2, Ségur")
    with_news = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (with_news.status_code, "Salle 2" in with_news.text) == (200, True)
    with transaction() as session:
        session.execute(text("DELETE FROM feed_cache"))  # swept meanwhile
    again = client.get(address)
    assert (again.data, again.headers["ETag"]) == (with_news.data, with_news.headers["ETag"])
    with transaction() as session:
        session.execute(text("DELETE FROM mandate"))
    assert "BEGIN:VEVENT" in client.get(address).text
    assert "Salle 2" not in client.get(address).text


def test_the_same_bytes_from_another_worker(app: Flask, scene: Scene, client: FlaskClient) -> None:
    """Built again from nothing kept: the same bytes and tag."""
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    first = client.get(address)
    with transaction() as session:
        session.execute(text("DELETE FROM feed_cache"))
        session.execute(text("DELETE FROM meeting_event"))
    second = client.get(address)
    assert (second.data, second.headers["ETag"]) == (first.data, first.headers["ETag"])


def test_people_of_the_same_scope_share_the_bytes(scene: Scene, client: FlaskClient) -> None:
    colleague = make_person("Martin", "Luc")
    sit(colleague, scene.coordination, scene.institution)
    add_meeting(scene.coordination)
    client.get(path(subscribe(scene.member)))
    with counted() as sent:
        client.get(path(subscribe(colleague)))
    assert not any("INSERT INTO feed_cache" in statement for statement in sent)
    assert db.session.query(FeedCache).count() == 1


# ── what changed ──────────────────────────────────────────────────────────────────────────────────


def test_only_the_changed_meeting_is_built_again(scene: Scene, client: FlaskClient) -> None:
    ids = [add_meeting(scene.coordination, THURSDAY + timedelta(days=7 * n)) for n in range(5)]
    address = path(subscribe(scene.member))
    first = client.get(address)
    before = dict(db.session.execute(select(MeetingEvent.meeting_id, MeetingEvent.fingerprint)).all())
    later(hours=1)
    move(ids[2], place="Préfecture de Lyon")
    with counted() as sent:
        second = client.get(address)
    db.session.expire_all()
    after = dict(db.session.execute(select(MeetingEvent.meeting_id, MeetingEvent.fingerprint)).all())
    assert [key for key in ids if before[key] != after[key]] == [ids[2]]
    assert sum("INSERT INTO meeting_event" in statement for statement in sent) == 1
    assert second.headers["ETag"] != first.headers["ETag"]
    assert second.headers["Last-Modified"] == "Mon, 23 Nov 2026 10:00:00 GMT"
    changed = {each.uid: each for each in by_icalendar(second.data)}
    for each in by_icalendar(first.data):
        if changed[each.uid] != each:
            assert changed[each.uid] == each._replace(sequence=1, location="Préfecture de Lyon")


def test_one_feed_is_kept_per_scope(scene: Scene, client: FlaskClient) -> None:
    meeting = add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    for _ in range(3):
        client.get(address)
        later(days=1)
        move(meeting, place="Salle 2")
    assert db.session.query(FeedCache).count() == 1


@pytest.mark.parametrize(
    ("states", "status", "summary"),
    [
        ([], "TENTATIVE", "Comité de coordination – T4 2026"),
        ([MeetingState.CONVENED], "CONFIRMED", "Comité de coordination – T4 2026"),
        ([MeetingState.CANCELLED], "CANCELLED", "ANNULÉE – Comité de coordination – T4 2026"),
        (
            [MeetingState.POSTPONED],
            "CANCELLED",
            "REPORTÉE, date à venir – Comité de coordination – T4 2026",
        ),
    ],
)
def test_each_state_in_the_feed(
    scene: Scene, client: FlaskClient, states: list[MeetingState], status: str, summary: str
) -> None:
    meeting = add_meeting(scene.coordination, state=MeetingState.PLANNED)
    address = path(subscribe(scene.member))
    (before,) = seen(client, address)
    if states:
        change_state(meeting, *states, reason="Élections")
    (after,) = seen(client, address)
    assert (after.uid, after.status, after.summary) == (before.uid, status, summary)
    assert after.sequence == before.sequence + len(states)
    if status == "CANCELLED":
        assert "Motif\u00a0: Élections" in after.description


def test_a_cancelled_meeting_stays_thirty_days_after_its_date(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination, NOW - timedelta(days=30), state=MeetingState.CANCELLED)
    address = path(subscribe(scene.member))
    assert len(seen(client, address)) == 1
    later(days=1)
    assert seen(client, address) == []


def test_a_meeting_without_its_new_date_stays_until_it_is_dated(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination, NOW - timedelta(days=500), state=MeetingState.POSTPONED, undated=True)
    assert [each.status for each in seen(client, path(subscribe(scene.member)))] == ["CANCELLED"]


def test_the_window(scene: Scene, client: FlaskClient) -> None:
    days = [date(2025, 11, 22), date(2025, 11, 23), date(2028, 11, 23), date(2028, 11, 24)]
    for day in days:
        add_meeting(
            scene.coordination,
            datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
            state=MeetingState.CLOSED,
        )
    assert [each.start.date() for each in seen(client, path(subscribe(scene.member)))] == [  # type: ignore[union-attr]
        date(2025, 11, 23),
        date(2028, 11, 23),
    ]


def test_without_cancelled_ones_and_alarms(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    add_meeting(scene.coordination, THURSDAY + timedelta(days=7), state=MeetingState.CANCELLED)
    add_meeting(scene.coordination, THURSDAY + timedelta(days=8), state=MeetingState.POSTPONED)
    every = client.get(path(subscribe(scene.member, device="A"))).data
    few = client.get(path(subscribe(scene.member, device="B", with_alarms=False, with_cancelled=False))).data
    assert (every.count(b"BEGIN:VEVENT"), every.count(b"BEGIN:VALARM")) == (3, 2)
    assert every.count(b"TRIGGER:-P1D") == every.count(b"TRIGGER:-PT1H") == 1
    assert (few.count(b"BEGIN:VEVENT"), few.count(b"BEGIN:VALARM")) == (1, 0)


def test_the_local_time_overseas(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    client.get(path(subscribe(scene.member, device="Paris")))
    (event_seen,) = seen(client, path(subscribe(scene.member, zone="Indian/Reunion")))
    assert "Heure locale (La Réunion)\u00a0: jeudi 10 décembre 2026 à 17\u00a0h\u00a030." in (
        event_seen.description
    )
    assert event_seen.start == THURSDAY


def test_decisions_expected_once_convened_without_the_reserved_ones(
    scene: Scene, client: FlaskClient
) -> None:
    meeting = add_meeting(scene.coordination, state=MeetingState.PLANNED)
    with transaction() as session:
        for position, (kind, title, reserved) in enumerate(
            [
                (ItemKind.DECISION, "Créer le groupe Données", False),
                (ItemKind.DECISION, "Point confidentiel", True),
                (ItemKind.INFORMATION, "Actualités", False),
            ]
        ):
            session.add(
                AgendaItem(
                    meeting_id=meeting,
                    position=position,
                    kind=kind,
                    title=title,
                    reserved=reserved,
                    created_at=NOW,
                )
            )
    address = path(subscribe(scene.member))
    assert "Créer" not in seen(client, address)[0].description
    change_state(meeting, MeetingState.CONVENED)
    description = seen(client, address)[0].description
    assert "Décisions attendues\u00a0:\n– Créer le groupe Données" in description
    assert "confidentiel" not in description
    assert "Actualités" not in description


def test_the_demonstration_says_so_everywhere(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    assert b"monstration" not in client.get(address).data
    with transaction():
        dataset.mark(dataset.DEMO)
    body = client.get(address).data.decode().replace("\r\n ", "")
    assert "NAME:[démonstration] Mes séances – TNT\r\n" in body
    assert "\r\nX-WR-CALDESC:[démonstration] Séances" in body
    assert "\r\nSUMMARY:[démonstration] Comité de coordination – T4 2026\r\n" in body
    assert "Données de démonstration\u00a0: séance fictive." in body


def test_an_empty_feed_keeps_a_timezone(scene: Scene, client: FlaskClient) -> None:
    body = client.get(path(subscribe(scene.member))).data
    assert body.count(b"BEGIN:VTIMEZONE") == 1
    assert b"VEVENT" not in body


def test_a_poison_event_does_not_kill_the_feed(scene: Scene, client: FlaskClient) -> None:
    poison = add_meeting(scene.coordination, place="Salle introuvable")
    with transaction() as session:  # behind the models, which refuse such a day
        never = datetime(9999, 12, 31, 23, 30, tzinfo=UTC)
        session.execute(update(Meeting).where(Meeting.id == poison).values(previous_starts_at=never))
    add_meeting(scene.coordination, THURSDAY + timedelta(days=7), place="Salle 2")
    found = seen(client, path(subscribe(scene.member)))
    assert [(each.start, each.location) for each in found] == [
        (THURSDAY, ""),
        (THURSDAY + timedelta(days=7), "Salle 2"),
    ]


# ── rights ────────────────────────────────────────────────────────────────────────────────────────


def test_when_one_mandate_ends_that_committee_only_is_lost(scene: Scene, client: FlaskClient) -> None:
    mandate = sit(scene.member, scene.orientation, scene.institution)
    add_meeting(scene.coordination)
    add_meeting(scene.orientation, THURSDAY + timedelta(days=1), period="2026-S2")
    address = path(subscribe(scene.member))
    assert len(seen(client, address)) == 2
    end_mandate(SYSTEM, mandate, clock.today(), "Fin de fonctions")
    assert len(seen(client, address)) == 2  # the last day is included
    later(days=1)
    assert [each.summary for each in seen(client, address)] == ["Comité de coordination – T4 2026"]


def test_a_lost_committee_never_looks_unchanged(scene: Scene, client: FlaskClient) -> None:
    """Bytes built long ago for a smaller scope are not « not modified » for whoever saw more."""
    alone = make_person("Petit", "Zoé")
    sit(alone, scene.coordination, scene.institution)
    client.get(path(subscribe(alone)))
    later(hours=1)
    mandate = sit(scene.member, scene.orientation, scene.institution, clock.today())
    assert mandate
    address = path(subscribe(scene.member))
    given = client.get(address).headers["Last-Modified"]
    later(days=1)
    assert client.get(address, headers={"If-Modified-Since": given}).status_code == 200


def test_the_feed_of_a_committee(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    add_meeting(scene.orientation, period="2026-S2")
    answer = client.get(path(subscribe(scene.member, scene.coordination)))
    assert [each.summary for each in by_icalendar(answer.data)] == ["Comité de coordination – T4 2026"]
    assert "NAME:Comité de coordination – TNT" in answer.data.decode()


def test_a_programme_manager_may_follow_any_committee(scene: Scene, client: FlaskClient) -> None:
    manager = make_person("Roux", "Inès")
    manage(manager)
    add_meeting(scene.orientation, period="2026-S2")
    assert len(seen(client, path(subscribe(manager, scene.orientation)))) == 1


def assert_tombstone(client: FlaskClient, address: str, why: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert_lines_are_sound(answer.data)
    (event_seen,) = by_icalendar(answer.data)
    assert event_seen.summary.startswith("Abonnement révoqué – ")
    assert why in event_seen.summary
    assert event_seen.start == clock.today()
    assert answer.data.count(b"BEGIN:VTIMEZONE") == 1
    for name, reader in READERS.items():
        assert [each.summary for each in reader(answer.data)] == [event_seen.summary], name
    tag = answer.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_a_revoked_address_shows_a_tombstone_for_ninety_days(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    revoked, kept = subscribe(scene.member), subscribe(scene.member, device="Téléphone")
    row = db.session.query(Subscription).filter_by(selector=revoked.selector).one()
    subscriptions.revoke(Actor(scene.member, "Awa Diallo"), row.id)
    assert_tombstone(client, path(revoked), "ne donne plus accès")
    later(days=89, hours=23)
    assert_tombstone(client, path(revoked), "ne donne plus accès")
    later(hours=1)
    gone = client.get(path(revoked))
    assert (gone.status_code, gone.headers["Cache-Control"]) == (410, "private, no-cache")
    assert client.get(path(kept)).data.count(b"BEGIN:VEVENT") == 1


@pytest.mark.parametrize("how", ["mandate", "suspended", "ended"])
def test_when_nothing_is_left(scene: Scene, client: FlaskClient, how: str) -> None:
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    assert len(seen(client, address)) == 1
    if how == "mandate":
        with transaction() as session:
            session.execute(text("UPDATE mandate SET until_on = '2026-11-22'"))
    elif how == "suspended":
        suspend(scene.member)
    else:
        with transaction() as session:
            session.execute(
                text("UPDATE person SET ended_at = created_at WHERE id = :id"), {"id": scene.member}
            )
    assert_tombstone(client, address, "plus aucun mandat" if how == "mandate" else "ne donne plus accès")
    later(days=90)
    assert client.get(address).status_code == 410


def test_a_reinstated_person_finds_the_feed_again(scene: Scene, client: FlaskClient) -> None:
    add_meeting(scene.coordination)
    address = path(subscribe(scene.member))
    suspend(scene.member)
    assert_tombstone(client, address, "ne donne plus accès")
    suspend(scene.member, AccountState.ACTIVE)
    assert [each.status for each in seen(client, address)] == ["CONFIRMED"]
    later(days=200)
    assert client.get(address).status_code == 200
    suspend(scene.member)
    assert_tombstone(client, address, "ne donne plus accès")  # ninety days start again


def test_a_member_without_account_reads_the_feed(scene: Scene, client: FlaskClient) -> None:
    member = make_person("Blanc", "Noé")
    sit(member, scene.coordination, scene.institution)
    add_meeting(scene.coordination)
    address = path(subscribe(member))
    assert len(seen(client, address)) == 1
    add_account(member, AccountState.INVITED)
    assert len(seen(client, address)) == 1


# ── the address ───────────────────────────────────────────────────────────────────────────────────


def test_an_address_that_was_never_issued(scene: Scene, client: FlaskClient) -> None:
    token = subscribe(scene.member)
    other = subscribe(scene.member, device="Téléphone")
    wrong = [
        f"{token.selector}-{'A' * 32}",
        f"{token.selector}-{other.secret}",
        f"{'0' * 16}-{token.secret}",
        f"{token.selector}-{token.secret[:-1]}",
        f"{token.selector}-{token.secret}A",
        f"{token.selector.upper()}-{token.secret}" if token.selector.upper() != token.selector else "x",
        f"{token.selector}-",
        f"{token.selector}",
        "-",
        "é" * 40,
        "%00",
        "a" * 5_000,
        f"{token.selector}-{token.secret}%0A",
    ]
    for each in wrong:
        answer = client.get(f"/calendrier/{each}.ics")
        assert answer.status_code == 404, each
        assert "Set-Cookie" not in answer.headers
        assert "Location" not in answer.headers
    assert client.get(path(token)).status_code == 200


def test_the_token_is_long_and_kept_hashed(scene: Scene) -> None:
    token = subscribe(scene.member)
    assert len(token.secret) * 6 >= 128
    row = db.session.query(Subscription).one()
    stored = " ".join(str(value) for value in vars(row).values())
    assert token.secret not in stored
    assert token.selector == row.selector
    entries = db.session.execute(text("SELECT payload FROM journal_detail")).scalars().all()
    assert token.secret not in json.dumps([str(entry) for entry in entries])


def test_the_token_is_in_no_log_and_no_event(
    scene: Scene, client: FlaskClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    add_meeting(scene.coordination)
    token = subscribe(scene.member)
    with caplog.at_level("DEBUG"):
        body = client.get(path(token)).data
        client.open(path(token), method="PROPFIND")
        client.get(path(token) + "x")
        client.get(f"/calendrier/{token}.ics/extra")
    out, err = capfd.readouterr()
    logged = caplog.text + out + err + "".join(str(vars(record)) for record in caplog.records)
    # the SQL layer says the selector at debug level; it opens nothing without the secret
    assert token.secret not in logged
    assert token.secret.encode() not in body
    assert token.selector.encode() not in body


def test_the_last_fetch_and_its_client_every_fifteen_minutes(scene: Scene, client: FlaskClient) -> None:
    address = path(subscribe(scene.member))
    thunderbird = {"User-Agent": "Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/140.0"}
    google = {"User-Agent": "Google-Calendar-Importer"}

    def noted() -> tuple[datetime | None, str]:
        db.session.expire_all()
        row = db.session.query(Subscription).one()
        return row.last_fetched_at, row.last_client

    client.get(address, headers=thunderbird)
    assert noted() == (NOW, "Thunderbird")
    later(minutes=14, seconds=59)
    with counted() as sent:
        client.get(address, headers=google)
    assert not any(statement.startswith("UPDATE") for statement in sent)
    assert noted() == (NOW, "Thunderbird")
    later(seconds=1)
    client.get(address, headers=google)
    assert noted() == (NOW + timedelta(minutes=15), "Google Agenda")


def test_a_cookie_changes_nothing(scene: Scene, client: FlaskClient) -> None:
    address = path(subscribe(scene.member))
    client.set_cookie("__Host-tnt", "A" * 43)
    answer = client.get(address)
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
