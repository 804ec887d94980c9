"""The page « Calendrier »: give, renew, revoke an address; the file of one meeting."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.committees.scene import make_person
from tests.feeds.scene import Scene, add_meeting, make_feed_scene, manage, path, sit, subscribe
from tests.meetings.readers import by_icalendar
from tests.support import signed_in_client
from tnt.accounts.models import Person
from tnt.core import clock
from tnt.core.db import db
from tnt.feeds.models import Subscription
from tnt.meetings.models import Meeting

ADDRESS = re.compile(r'value="(http://127\.0\.0\.1:5000/calendrier/([0-9a-f]{16}-[\w-]{32})\.ics)"')
CHOICES = {"feed": "moi", "device": "Outlook du bureau", "with_alarms": "y", "zone": ""}


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_feed_scene()


@pytest.fixture
def member(app: Flask, scene: Scene) -> FlaskClient:
    return client_of(app, scene.member)


def client_of(app: Flask, person_id: int) -> FlaskClient:
    return signed_in_client(app, db.session.get_one(Person, person_id))


def texts(page: str) -> str:
    """The page as read: no tags, ordinary spaces."""
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page)).split())


def only() -> Subscription:
    db.session.expire_all()
    return db.session.query(Subscription).filter_by(revoked_at=None).one()


def test_from_an_empty_page_to_an_address_that_works(app: Flask, scene: Scene, member: FlaskClient) -> None:
    add_meeting(scene.coordination)
    assert "Vous n’avez pas encore d’adresse de calendrier." in texts(member.get("/calendrier").text)
    form = texts(member.get("/calendrier/nouvelle-adresse").text)
    assert "Mes séances (tous mes comités)" in form
    assert "Comité de coordination" in form
    assert "Comité d’orientation" not in form  # no mandate there
    given = member.post("/calendrier/nouvelle-adresse", data=CHOICES)
    assert given.status_code == 200
    assert given.headers["Referrer-Policy"] == "same-origin"  # its forms are sent with their referrer
    assert given.headers["Cache-Control"] == "no-store"
    found = ADDRESS.search(given.text)
    assert found
    token = found[2]
    assert f'href="webcal://127.0.0.1:5000/calendrier/{token}.ics"' in given.text
    asked = f"http%3A%2F%2F127.0.0.1%3A5000%2Fcalendrier%2F{token}.ics"
    assert (
        f"https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F127.0.0.1%3A5000%2Fcalendrier%2F{token}.ics"
        in given.text
    )
    assert f"https://outlook.office.com/calendar/0/addfromweb?url={asked}" in given.text
    assert f"https://outlook.live.com/calendar/0/addfromweb?url={asked}" in given.text
    drawing = re.search(r"<svg.*?</svg>", given.text[given.text.index("Visez ce code") :], re.DOTALL)
    assert drawing
    assert drawing[0].startswith('<svg role="img" ')
    assert "style" not in drawing[0]
    assert " style=" not in given.text
    for program in ("Outlook", "Google Agenda", "iPhone", "Thunderbird", "ICSx⁵", "GNOME", "Nextcloud"):
        assert program in texts(given.text)
    fetched = app.test_client().get(f"/calendrier/{token}.ics")
    assert len(by_icalendar(fetched.data)) == 1
    after = member.get("/calendrier").text
    assert token not in after
    assert "Outlook du bureau" in texts(after)


def test_the_options_are_kept(scene: Scene, member: FlaskClient) -> None:
    member.post(
        "/calendrier/nouvelle-adresse",
        data={
            "feed": "coordination",
            "device": " Téléphone ",
            "without_cancelled": "y",
            "zone": "Indian/Reunion",
            "person_id": "1",  # an extra field is ignored
        },
    )
    row = only()
    assert (row.person_id, row.committee_id, row.device) == (scene.member, scene.coordination, "Téléphone")
    assert (row.with_alarms, row.with_cancelled, row.zone) == (False, False, "Indian/Reunion")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"device": ""}, "Indiquez l’appareil ou le logiciel (80 caractères au plus)."),
        ({"device": "x" * 81}, "80 caractères au plus."),
        ({"feed": "orientation"}, ""),
        ({"feed": "nonsense"}, ""),
        ({"zone": "Europe/Berlin"}, ""),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    scene: Scene, member: FlaskClient, change: dict[str, str], sentence: str
) -> None:
    data = CHOICES | {"device": "Mon agenda & moi"} | change
    answer = member.post("/calendrier/nouvelle-adresse", data=data)
    assert answer.status_code == 422
    assert sentence in texts(answer.text)
    assert f'value="{html.escape(data["device"])}"' in answer.text
    assert db.session.query(Subscription).count() == 0


def test_one_address_per_device(scene: Scene, member: FlaskClient) -> None:
    assert member.post("/calendrier/nouvelle-adresse", data=CHOICES).status_code == 200
    again = member.post("/calendrier/nouvelle-adresse", data=CHOICES)
    assert again.status_code == 422
    assert "Vous avez déjà une adresse de ce calendrier pour « Outlook du bureau »" in texts(again.text)
    other_feed = member.post("/calendrier/nouvelle-adresse", data=CHOICES | {"feed": "coordination"})
    assert other_feed.status_code == 200
    assert db.session.query(Subscription).count() == 2


def test_the_list_says_who_reads_and_warns_of_silence(app: Flask, scene: Scene, member: FlaskClient) -> None:
    token = subscribe(scene.member)
    assert "Jamais lue" in texts(member.get("/calendrier").text)
    app.test_client().get(path(token), headers={"User-Agent": "Mozilla/5.0 Thunderbird/140.0"})
    assert "Thunderbird, à l’instant" in texts(member.get("/calendrier").text)
    clock.freeze(clock.now() + timedelta(hours=3))
    page = texts(member.get("/calendrier").text)
    assert "Thunderbird, il y a 3 h" in page
    assert "n’est plus lue" not in page
    clock.freeze(clock.now() + timedelta(days=7))
    late = client_of(app, scene.member)
    page = texts(late.get("/calendrier").text)
    assert "Thunderbird, il y a 7 j" in page
    assert "Une adresse n’est plus lue" in page
    assert "Aucun logiciel n’a lu depuis sept jours : Bureau." in page


def test_the_list_costs_the_same_at_1_and_30_addresses(scene: Scene, member: FlaskClient) -> None:
    from tests.feeds.test_http import counted

    subscribe(scene.member, scene.coordination, device="0")
    member.get("/calendrier")
    with counted() as few:
        assert member.get("/calendrier").status_code == 200
    for n in range(1, 30):
        subscribe(scene.member, scene.coordination, device=str(n))
    with counted() as many:
        assert member.get("/calendrier").status_code == 200
    assert len(many) == len(few)


def test_renewing_replaces_that_address_alone(app: Flask, scene: Scene, member: FlaskClient) -> None:
    add_meeting(scene.coordination)
    old, kept = subscribe(scene.member, with_alarms=False), subscribe(scene.member, device="Téléphone")
    row = db.session.query(Subscription).filter_by(selector=old.selector).one()
    url = f"/calendrier/adresses/{row.id}/renouveler"
    assert "L’ancienne adresse cesse aussitôt" in texts(member.get(url).text)
    assert db.session.query(Subscription).count() == 2  # a GET does nothing
    given = member.post(url)
    found = ADDRESS.search(given.text)
    assert found
    anyone = app.test_client()
    assert "Abonnement révoqué" in anyone.get(path(old)).text
    fresh = anyone.get(f"/calendrier/{found[2]}.ics").data
    assert (fresh.count(b"BEGIN:VEVENT"), fresh.count(b"VALARM")) == (1, 0)
    assert b"Comit" in anyone.get(path(kept)).data
    assert member.post(url).status_code == 422  # renewed already


def test_revoking_one_address_alone(app: Flask, scene: Scene, member: FlaskClient) -> None:
    old, kept = subscribe(scene.member), subscribe(scene.member, device="Téléphone")
    row = db.session.query(Subscription).filter_by(selector=old.selector).one()
    url = f"/calendrier/adresses/{row.id}/revoquer"
    assert "Révoquer l’adresse « Bureau »" in texts(member.get(url).text)
    answer = member.post(url)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/calendrier")
    page = texts(member.get("/calendrier").text)
    assert "L’adresse « Bureau » est révoquée." in page
    assert "Téléphone" in page
    assert "Abonnement révoqué" in app.test_client().get(path(old)).text
    assert "Abonnement révoqué" not in app.test_client().get(path(kept)).text
    assert member.post(url).status_code == 422


@pytest.mark.parametrize("action", ["renouveler", "revoquer"])
def test_nobody_touches_the_address_of_another(app: Flask, scene: Scene, action: str) -> None:
    token = subscribe(scene.member)
    other = make_person("Petit", "Zoé")
    sit(other, scene.coordination, scene.institution)
    stranger = client_of(app, other)
    url = f"/calendrier/adresses/{only().id}/{action}"
    for answer in (stranger.get(url), stranger.post(url), stranger.get("/calendrier/adresses/999/revoquer")):
        assert answer.status_code == 404
    assert app.test_client().get(path(token)).status_code == 200
    assert only().selector == token.selector


def test_the_anonymous_is_sent_to_sign_in(app: Flask, scene: Scene) -> None:
    meeting = add_meeting(scene.coordination)
    for url in ("/calendrier", "/calendrier/nouvelle-adresse", f"/seances/{meeting}/seance.ics"):
        answer = app.test_client().get(url)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/connexion")


@pytest.mark.parametrize("url", ["/calendrier/nouvelle-adresse", "/calendrier/adresses/{id}/revoquer"])
def test_a_token_changes_only_after_a_fresh_sign_in(scene: Scene, member: FlaskClient, url: str) -> None:
    subscribe(scene.member)
    clock.freeze(clock.now() + timedelta(hours=2))
    answer = member.post(url.format(id=only().id), data=CHOICES)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/connexion/")
    assert db.session.query(Subscription).filter_by(revoked_at=None).count() == 1


def test_whoever_sits_nowhere_is_told_so(app: Flask, scene: Scene) -> None:
    nobody = client_of(app, make_person("Seul", "Jean"))
    page = texts(nobody.get("/calendrier/nouvelle-adresse").text)
    assert "Vous n’avez pas de mandat en cours" in page
    assert nobody.post("/calendrier/nouvelle-adresse", data=CHOICES).status_code == 422


def test_a_programme_manager_is_offered_every_committee(app: Flask, scene: Scene) -> None:
    manager = make_person("Roux", "Inès")
    manage(manager)
    page = texts(client_of(app, manager).get("/calendrier/nouvelle-adresse").text)
    assert "Mes séances (tous" not in page
    assert "Comité d’orientation politique" in page


def test_the_file_of_one_meeting(app: Flask, scene: Scene, member: FlaskClient) -> None:
    meeting = add_meeting(scene.coordination)
    answer = member.get(f"/seances/{meeting}/seance.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="seance-{meeting}.ics"'
    (alone,) = by_icalendar(answer.data)
    (in_feed,) = by_icalendar(app.test_client().get(path(subscribe(scene.member))).data)
    assert alone == in_feed
    assert alone.uid == f"{db.session.get_one(Meeting, meeting).uid}@127.0.0.1"


def test_the_file_of_a_meeting_of_another_committee_is_absent(scene: Scene, member: FlaskClient) -> None:
    meeting = add_meeting(scene.orientation, datetime(2026, 12, 1, 9, tzinfo=UTC), period="2026-S2")
    assert member.get(f"/seances/{meeting}/seance.ics").status_code == 404
    assert member.get("/seances/999999/seance.ics").status_code == 404
