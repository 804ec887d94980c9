"""The calendar entry, the date held, the changed agenda, the newcomers, the countersign."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
from flask import Flask

from tests.convocations.test_services import mails, ready
from tests.meetings.factories import make_committee, make_member, plan
from tests.meetings.readers import READERS, Seen
from tests.participants.scene import name_correspondent, queued, set_scene
from tests.support import signed_in_client
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.agendas.services import add_item, remove_item, revise_item
from tnt.committees.models import Mandate, Seat
from tnt.convocations import queries, services
from tnt.convocations.models import NoticeKind
from tnt.convocations.rules import (
    AlreadyCountersigned,
    CorrectionNeedsWords,
    CountersignNeeded,
    CountersignState,
    DateAlreadyHeld,
    DateNotHeld,
    ItemChangeKind,
    NobodyChosen,
    NotConvenedYet,
    NothingChanged,
    NothingToCountersign,
    agenda_changes,
)
from tnt.core import blobs, outbox
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.db import db, transaction
from tnt.core.errors import Forbidden
from tnt.decisions.rules import ActKind
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.participants import services as participants
from tnt.participants.mails import GUEST_KIND

by_every_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())


def entry_of(mail: outbox.OutboxMessage) -> bytes:
    return blobs.get(mail.attachments[0]["sha256"]).content


def first_item(meeting: Meeting) -> AgendaItem:
    found = db.select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).order_by(AgendaItem.position)
    return db.session.scalars(found).first() or pytest.fail("no item")


@by_every_reader
def test_the_calendar_entry_follows_the_session(app: Flask, reader: Callable[[bytes], list[Seen]]) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    services.convene(SYSTEM, meeting.id)
    later = meeting.starts_at + timedelta(days=1)
    values: dict[str, Any] = {
        "ends_at": later + timedelta(hours=2),
        "place": "Bercy",
    }
    meetings.move_meeting(SYSTEM, meeting.id, starts_at=later, reason="Salle prise", **values)
    meetings.cancel(SYSTEM, meeting.id, reason="Quorum impossible")
    (first,), (second,), (third,) = (reader(entry_of(mail)) for mail in mails())
    assert first.uid == second.uid == third.uid
    assert first.sequence < second.sequence < third.sequence
    assert (second.start, second.location) == (later, "Bercy")
    assert [one.status for one in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert "Mobiliser l’ANCT" in first.description


def test_the_entry_is_addressed_to_one_person(app: Flask) -> None:
    committee = make_committee()
    make_member(committee, "Aubert")
    make_member(committee, "Secret", Seat.SECRETARY)
    meeting = ready(committee)
    services.convene(SYSTEM, meeting.id)
    methods = []
    for mail in mails():
        calendar = icalendar.Calendar.from_ical(entry_of(mail))
        (event,) = calendar.walk("VEVENT")
        assert str(event["attendee"]) == f"mailto:{mail.to_address}"
        methods.append((str(calendar["method"]), str(event["attendee"].params["RSVP"])))
    assert methods == [("REQUEST", "TRUE"), ("REQUEST", "FALSE")]


def test_the_mail_carries_the_entry_as_programs_want_it(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    services.convene(SYSTEM, ready(committee).id)
    outbox.deliver_due()
    (path,) = app.config["MAIL_FOLDER"].glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    alternative, attached = mail.iter_parts()
    text, calendar = alternative.iter_parts()
    assert (mail.get_content_type(), alternative.get_content_type()) == (
        "multipart/mixed",
        "multipart/alternative",
    )
    assert text.get_content_type() == "text/plain"
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "invitation.ics")
    assert re.search(r"/reponse/[0-9a-f]{16}-[\w-]{32}\s", text.get_content())
    assert "/reponse/" not in mails()[0].text  # erased once sent


def test_each_reads_the_mail_of_their_seat(app: Flask) -> None:
    scene = set_scene(convened=False)
    robin = name_correspondent(scene, scene.member)
    with transaction():
        first_item(scene.meeting).reserved = True
    add_item(SYSTEM, scene.meeting.id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Le bilan")
    services.convene(SYSTEM, scene.meeting.id)
    texts = {mail.to_address: mail.text for mail in mails()}
    assert len(texts) == 7
    assert "voix délibérative" in texts["vasseur@example.org"]
    assert "Vous suppléez Claire Vasseur" in texts["barbier@example.org"]
    assert "Voici la convocation de Claire Vasseur" in texts[robin.email or ""]
    links = {address for address, text in texts.items() if "/reponse/" in text}
    assert links == {
        "delaunay@example.org",
        "vasseur@example.org",
        "leclerc@example.org",
        "vidal@example.org",
        robin.email,
    }
    told = {address for address, text in texts.items() if "Mobiliser l’ANCT" in text}
    assert "vidal@example.org" not in told  # an advisory voice does not read what is reserved
    assert robin.email not in told
    assert {"vasseur@example.org", "secret@example.org"} <= told


def test_a_date_is_held_then_moved_then_confirmed(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = plan(SYSTEM, committee)
    services.hold_date(SYSTEM, meeting.id)
    with pytest.raises(DateAlreadyHeld):  # a second click
        services.hold_date(SYSTEM, meeting.id)
    assert len(mails()) == 1
    assert "Date à réserver" in mails()[0].subject
    entry = entry_of(mails()[0])
    assert (b"STATUS:TENTATIVE" in entry, b"METHOD:REQUEST" in entry) == (True, True)
    later = meeting.starts_at + timedelta(days=1)
    meetings.move_meeting(
        SYSTEM, meeting.id, starts_at=later, ends_at=later + timedelta(hours=2), place="Bercy"
    )
    assert "désormais" in mails()[1].subject
    assert "Ordre du jour :" not in mails()[1].text.replace("\u00a0", " ")
    add_item(SYSTEM, meeting.id, kind=ItemKind.DECISION, act_kind=ActKind.OTHER, title="Mobiliser l’ANCT")
    services.convene(SYSTEM, meeting.id)
    kinds = [notice.kind for notice in reversed(queries.notices_of(meeting.id))]
    assert kinds == [NoticeKind.DATE_HOLD, NoticeKind.MOVED, NoticeKind.CONVENED]
    with pytest.raises(DateNotHeld):
        services.hold_date(SYSTEM, meeting.id)


def test_a_guest_follows_the_date_whatever_members_were_told(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    item = first_item(meeting)
    participants.invite(SYSTEM, meeting.id, item.id, name="Paule Vidal", email="vidal@example.org")
    meetings.postpone_without_date(SYSTEM, meeting.id, reason="Salle prise")  # before any notice
    later = meeting.starts_at + timedelta(days=7)
    values: dict[str, Any] = {"ends_at": later + timedelta(hours=2), "place": "Bercy"}
    meetings.move_meeting(SYSTEM, meeting.id, starts_at=later, **values)
    subjects = [mail.subject for mail in queued(GUEST_KIND)]
    assert [subject.partition("\u00a0")[0] for subject in subjects] == [
        "Invitation pour un point",
        "Séance reportée",
        "Séance modifiée",
    ]
    assert not queries.notices_of(meeting.id)  # members are told by the convocation


BEFORE = [
    {"id": 1, "position": 1, "title": "A", "kind": "decision", "minutes": 10, "draft_wording": "x"},
    {"id": 2, "position": 2, "title": "B", "kind": "decision", "minutes": 10, "draft_wording": ""},
]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (BEFORE, []),
        ([BEFORE[1] | {"position": 1}, BEFORE[0] | {"position": 2}], [(ItemChangeKind.REORDERED, "")]),
        ([{"id": 3, "title": "C"}, *BEFORE], [(ItemChangeKind.ADDED, "C")]),  # their ranks alone
        ([BEFORE[0]], [(ItemChangeKind.REMOVED, "B")]),
        ([*BEFORE, {"id": 3, "title": "C"}], [(ItemChangeKind.ADDED, "C")]),
        ([BEFORE[0] | {"draft_wording": "y"}, BEFORE[1]], [(ItemChangeKind.CHANGED, "A")]),
        ([BEFORE[0] | {"title": "A bis"}, BEFORE[1]], [(ItemChangeKind.CHANGED, "A bis")]),
    ],
)
def test_what_changed_between_two_agendas(
    now: list[dict[str, Any]], found: list[tuple[ItemChangeKind, str]]
) -> None:
    assert [(one.kind, one.item.get("title", "")) for one in agenda_changes(BEFORE, now)] == found


def test_the_order_of_reserved_items_is_told_to_those_who_read_them() -> None:
    before = [BEFORE[0], BEFORE[1] | {"reserved": True}]
    (change,) = agenda_changes(before, [before[1], before[0]])
    assert (change.kind, change.reserved) == (ItemChangeKind.REORDERED, True)


def test_an_agenda_frozen_without_ids_is_known_by_titles() -> None:
    old = [{name: value for name, value in item.items() if name != "id"} for item in BEFORE]
    assert agenda_changes(old, BEFORE) == []


def test_a_changed_agenda_is_told_to_those_chosen_and_says_what_changed(app: Flask) -> None:
    scene = set_scene()
    meeting_id = scene.meeting.id
    with pytest.raises(NothingChanged):
        services.tell_agenda(SYSTEM, meeting_id, [])
    item = first_item(scene.meeting)
    add_item(SYSTEM, meeting_id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Le bilan")
    revise_item(SYSTEM, item.id, title=item.title, minutes=item.minutes, draft_wording="Le comité mobilise.")
    outbox.deliver_due()
    before = len(mails())
    with pytest.raises(NobodyChosen):
        services.tell_agenda(SYSTEM, meeting_id, ["x"])
    member = scene.mandate(scene.member)
    notice = services.tell_agenda(SYSTEM, meeting_id, [f"{member.person_id}-{member.id}"])
    assert (notice.kind, notice.number, notice.recipients) == (NoticeKind.AGENDA, 2, 1)
    (mail,) = mails()[before:]
    text = mail.text.replace("\u00a0", " ")
    for words in ("Ajouté : 2. Le bilan", "Modifié : 1. Mobiliser l’ANCT", "Le comité mobilise."):
        assert words in text
    with pytest.raises(NothingChanged):
        services.tell_agenda(SYSTEM, meeting_id, [f"{member.person_id}-{member.id}"])
    remove_item(SYSTEM, item.id)
    assert [one.kind for one in queries.changes_since(scene.meeting, notice)] == [ItemChangeKind.REMOVED]


def test_the_convocation_stays_true_for_those_to_whom_nothing_later_was_written(app: Flask) -> None:
    scene = set_scene()
    add_item(SYSTEM, scene.meeting.id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Le bilan")
    member = scene.mandate(scene.member)
    services.tell_agenda(SYSTEM, scene.meeting.id, [f"{member.person_id}-{member.id}"])
    outbox.deliver_due()
    void = [mail.to_address for mail in mails() if mail.state is outbox.OutboxState.VOID]
    assert void == ["vasseur@example.org"]


def test_those_who_sit_since_are_convened_in_their_turn(app: Flask) -> None:
    committee = make_committee()
    make_member(committee)
    meeting = ready(committee)
    with pytest.raises(NotConvenedYet):
        services.convene_newcomers(SYSTEM, meeting.id)
    services.convene(SYSTEM, meeting.id)
    assert queries.newcomers_of(meeting) == []
    make_member(committee, "Nouvelle")
    notice = services.convene_newcomers(SYSTEM, meeting.id)
    assert (notice.kind, notice.recipients) == (NoticeKind.JOINED, 1)
    assert mails()[-1].to_address == "nouvelle@example.org"
    assert queries.newcomers_of(meeting) == []


def chair_of(scene: Any) -> Actor:
    committee = scene.committee
    return Actor(
        scene.chair.id,
        scene.chair.full_name,
        frozenset({Grant("member", committee.id), Grant("co_chair", committee.id)}),
    )


def test_a_co_chair_countersigns_the_agenda_as_it_is(app: Flask) -> None:
    scene = set_scene(convened=False, agenda_countersigned=True)
    meeting_id, chair = scene.meeting.id, chair_of(scene)
    with pytest.raises(CountersignNeeded):
        services.convene(SYSTEM, meeting_id)
    services.ask_countersign(scene.keeper, meeting_id)
    assert [mail.to_address for mail in mails()] == ["delaunay@example.org"]
    with pytest.raises(AlreadyCountersigned):
        services.ask_countersign(scene.keeper, meeting_id)
    with pytest.raises(Forbidden):
        services.give_countersign(scene.keeper, meeting_id, 1)
    assert len(queries.countersigns_awaited(scene.chair.id)) == 1
    with pytest.raises(CorrectionNeedsWords):
        services.ask_correction(chair, meeting_id, 1, " ")
    services.ask_correction(chair, meeting_id, 1, "Le titre est inexact.")
    assert queries.countersigns_awaited(scene.chair.id) == []
    services.ask_countersign(scene.keeper, meeting_id)
    with pytest.raises(NothingToCountersign):
        services.give_countersign(chair, meeting_id, 1)  # a page opened before
    request = services.give_countersign(chair, meeting_id, 2)
    assert request.mandate_id == db.session.scalar(
        db.select(Mandate.id).where(Mandate.person_id == scene.chair.id)
    )
    add_item(SYSTEM, meeting_id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Un ajout")
    with pytest.raises(CountersignNeeded):
        services.convene(SYSTEM, meeting_id)  # it was another agenda
    services.ask_countersign(scene.keeper, meeting_id)
    services.give_countersign(chair, meeting_id, 3)
    services.convene(SYSTEM, meeting_id)
    assert scene.meeting.state is MeetingState.CONVENED


def test_the_countersign_in_the_pages(app: Flask) -> None:
    scene = set_scene(convened=False, agenda_countersigned=True)
    address = f"/seances/{scene.meeting.id}/contreseing"
    secretary = signed_in_client(app, scene.secretary)
    assert "doit être contresigné" in secretary.get(f"/seances/{scene.meeting.id}/convoquer").text
    assert secretary.post(f"{address}/demander").status_code == 303
    chair = signed_in_client(app, scene.chair)
    assert "Contresigner l’ordre du jour" in chair.get("/").text
    assert "Votre contreseing est attendu" in chair.get(address).text
    page = chair.post(f"{address}/corriger", data={"number": "1", "comment": ""})
    assert (page.status_code, 'id="comment-erreur"' in page.text) == (422, True)
    assert chair.post(f"{address}/donner", data={"number": "1"}).status_code == 303
    assert "Contresigner l’ordre du jour" not in chair.get("/").text
    assert queries.last_countersign(scene.meeting.id).state is CountersignState.GIVEN  # type: ignore[union-attr]
    member = signed_in_client(app, scene.member)
    assert member.get(address).status_code == 404
    assert member.post(f"{address}/donner", data={"number": "1"}).status_code == 404


def test_the_pages_of_the_other_notices(app: Flask) -> None:
    scene = set_scene(convened=False)
    client, base = signed_in_client(app, scene.secretary), f"/seances/{scene.meeting.id}"
    page = client.get(f"{base}/convoquer").text
    key = re.search(r'<option value="(\d+-\d+)">Claire Barbier', page)
    assert key
    assert "Vous suppléez Claire Vasseur" in client.get(f"{base}/convoquer?destinataire={key[1]}").text
    assert "Date à réserver" in client.get(f"{base}/reserver-la-date").text.replace("\u00a0", " ")
    assert client.post(f"{base}/reserver-la-date").status_code == 303
    services.convene(SYSTEM, scene.meeting.id)
    assert client.post(f"{base}/reserver-la-date").status_code == 422
    add_item(SYSTEM, scene.meeting.id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Le bilan")
    page = client.get(f"{base}/ordre-du-jour-modifie").text
    assert "Le bilan" in page
    seen = re.search(r'name="seen" type="hidden" value="(\w+)"', page)
    assert seen
    ticked = re.findall(r'checked[^>]*value="(\d+-\d+)"', page) or re.findall(r'value="(\d+-\d+)"', page)
    answer = client.post(f"{base}/ordre-du-jour-modifie", data={"seen": seen[1], "people": ticked})
    assert answer.status_code == 303
    make_member(scene.committee, "Nouvelle")
    assert "Claire Nouvelle" in client.get(f"{base}/convocations").text
    assert client.post(f"{base}/convoquer-les-nouveaux").status_code == 303
    sent = client.get(f"{base}/convocations").text
    for words in ("Réservation de date", "Ordre du jour modifié", "Convocation des nouveaux membres"):
        assert words in sent
    assert "Personne par personne" in sent
    assert "Personne par personne" not in signed_in_client(app, scene.member).get(f"{base}/convocations").text
