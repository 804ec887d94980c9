"""The preview, the sending, and what members may read of it."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask

from tests.convocations.test_services import mails, ready
from tests.meetings.factories import make_committee, make_member, plan
from tests.support import signed_in_client
from tnt.agendas.models import ItemKind
from tnt.agendas.queries import items_of
from tnt.agendas.services import add_item, move_item
from tnt.committees.models import Seat
from tnt.convocations import services
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.decisions.rules import ActKind
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input id="(seen|version)" name="[a-z]+" type="hidden" value="([^"]*)"', page)
    return dict(found)


def test_the_preview_says_what_will_be_sent_and_a_second_click_sends_nothing(sqlite_app: Flask) -> None:
    committee = make_committee()
    secretary = make_member(committee, "Secret", Seat.SECRETARY)
    make_member(committee, "Sans", email=None)
    meeting = ready(committee)
    client = signed_in_client(sqlite_app, secretary)
    url = f"/seances/{meeting.id}/convoquer"
    page = client.get(url)
    for words in ("1 message sera envoyé", "n’a pas d’adresse", "Mobiliser l’ANCT", "secret@example.org"):
        assert words in page.text
    assert "Ce qui manque pour convoquer" in page.text
    assert re.search(r'href="/seances/1/points/1/modifier">Point 1.: aucun rapporteur', page.text)
    assert mails() == []
    for _click in range(2):
        assert client.post(url, data=hidden(page.text)).status_code == 303
    assert len(mails()) == 1
    assert meeting.state is MeetingState.CONVENED
    sent = client.get(f"/seances/{meeting.id}/convocations")
    assert "Convocation" in sent.text
    assert "Mobiliser l’ANCT" in sent.text
    agenda = client.get(f"/seances/{meeting.id}").text
    assert "Les membres ont reçu cet ordre du jour le" in agenda
    assert re.search(r'btn-primary" href="/seances/\d+/dossier"', agenda)  # the session is in three weeks
    assert re.search(r'btn" href="/seances/\d+/tenue/ouvrir"', agenda)


def test_what_changed_since_the_preview_is_read_again_first(sqlite_app: Flask) -> None:
    committee = make_committee()
    client = signed_in_client(sqlite_app, make_member(committee, "Secret", Seat.SECRETARY))
    meeting = ready(committee)
    url = f"/seances/{meeting.id}/convoquer"
    before = hidden(client.get(url).text)
    add_item(SYSTEM, meeting.id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Un ajout")
    page = client.post(url, data=before)
    assert page.status_code == 422
    assert "a changé depuis l’aperçu" in page.text
    assert mails() == []
    assert client.post(url, data=hidden(page.text)).status_code == 303


def test_a_short_notice_asks_for_its_reason(sqlite_app: Flask) -> None:
    committee = make_committee()
    client = signed_in_client(sqlite_app, make_member(committee, "Secret", Seat.SECRETARY))
    meeting = ready(committee, clock.now() + timedelta(days=5))
    url = f"/seances/{meeting.id}/convoquer"
    fields = hidden(client.get(url).text)
    page = client.post(url, data=fields)
    assert page.status_code == 422
    assert "il en reste 5" in page.text
    assert client.post(url, data=fields | {"short_notice_reason": "Urgence budgétaire"}).status_code == 303
    assert "Urgence budgétaire" in mails()[0].text


def _refused(app: Flask, meeting: Meeting, person: object) -> None:
    client = signed_in_client(app, person)  # type: ignore[arg-type]
    assert client.get(f"/seances/{meeting.id}/convoquer").status_code == 404
    assert client.post(f"/seances/{meeting.id}/convoquer", data={"version": "1"}).status_code == 404
    assert mails() == []


def test_neither_members_nor_other_secretaries_convene(sqlite_app: Flask) -> None:
    committee, other = make_committee(), make_committee("orientation")
    meeting = ready(committee)
    _refused(sqlite_app, meeting, make_member(committee, "Membre"))
    stranger = make_member(other, "Autre", Seat.SECRETARY)
    _refused(sqlite_app, meeting, stranger)
    client = signed_in_client(sqlite_app, stranger)
    assert client.get(f"/seances/{meeting.id}/convocations").status_code == 404


def test_an_empty_agenda_offers_no_button(sqlite_app: Flask) -> None:
    committee = make_committee()
    client = signed_in_client(sqlite_app, make_member(committee, "Secret", Seat.SECRETARY))
    page = client.get(f"/seances/{plan(SYSTEM, committee).id}/convoquer")
    assert "ajoutez au moins un point" in page.text
    assert "Ne rien envoyer" not in page.text


def test_a_postponed_session_says_that_members_will_be_told(sqlite_app: Flask) -> None:
    committee = make_committee()
    client = signed_in_client(sqlite_app, make_member(committee, "Secret", Seat.SECRETARY))
    make_member(committee)
    meeting = ready(committee)
    services.convene(SYSTEM, meeting.id)
    base = f"/seances/{meeting.id}"
    data = {"version": str(meeting.version), "reason": "Salle indisponible"}
    assert client.post(f"{base}/reporter", data=data).status_code == 303
    for page in ("annuler", "deplacer"):
        text = client.get(f"{base}/{page}").text
        assert "2 messages seront envoyés" in text
        assert "Aucun message" not in text


def test_who_prepares_a_convened_session_is_led_to_tell_what_changed(sqlite_app: Flask) -> None:
    committee = make_committee()
    client = signed_in_client(sqlite_app, make_member(committee, "Secret", Seat.SECRETARY))
    member = signed_in_client(sqlite_app, make_member(committee))
    meeting = ready(committee)
    add_item(SYSTEM, meeting.id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Le bilan")
    services.convene(SYSTEM, meeting.id)
    base, words = f"/seances/{meeting.id}", "Prévenir des changements"
    assert words not in client.get(base).text
    sent = client.get(f"{base}/convoquer", follow_redirects=True).text
    assert "La séance a été convoquée le" in sent
    assert words not in sent
    move_item(SYSTEM, items_of(meeting.id)[1].id, by=-1)
    for page in (base, f"{base}/convocations"):
        assert words in client.get(page).text
    assert words not in member.get(base).text
    assert "L’ordre des points a changé." in client.get(f"{base}/ordre-du-jour-modifie").text
    hold = clock.now() + timedelta(days=40)
    meetings.move_meeting(
        SYSTEM,
        meeting.id,
        starts_at=hold,
        ends_at=hold + timedelta(hours=2),
        place="Bercy",
        reason="Salle indisponible",
    )  # the message says the agenda again: there is nothing more to tell
    assert words not in client.get(base).text
