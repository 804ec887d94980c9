"""The pages: what each may see, the link without an account, scanners, hostile names."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.meetings.factories import make_member
from tests.objectives.factories import counted_queries
from tests.participants.scene import Scene, name_correspondent, queued, set_scene
from tests.participants.test_services import item_of
from tests.support import signed_in_client
from tnt.committees.models import Seat
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.meetings import services as meetings
from tnt.participants import mails, services
from tnt.participants.models import Reading, Reply
from tnt.participants.rules import Draft, Via, Way


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def url_of(scene: Scene) -> str:
    return f"/comites/{scene.committee.key}"


def test_a_member_replies_from_the_link_without_signing_in(app: Flask) -> None:
    scene = set_scene()
    client, address = app.test_client(), scene.link(scene.member)
    page = client.get(address)
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    for words in ("Votre réponse", "Claire Vasseur", "15 décembre 2026", "Mobiliser l’ANCT"):
        assert words in plain(page.text)
    assert client.head(address).status_code == 200
    assert db.session.scalars(db.select(Reply)).all() == []  # a scanner opens links, and replies to nothing
    data = {"way": "representative", "represented_by": "Mme Durand", "represented_as": "directrice adjointe"}
    assert client.post(address, data=data | {"version": "0"}).status_code == 303
    seat = scene.seat(scene.member)
    assert (seat.way, seat.reply and seat.reply.via) == (Way.REPRESENTATIVE, Via.LINK)
    page = client.get(address)
    assert "Mme Durand" in page.text
    assert client.post(address, data={"way": "yes", "version": "1"}).status_code == 303
    assert scene.seat(scene.member).way is Way.YES


def test_a_correspondent_sees_for_whom(app: Flask) -> None:
    scene = set_scene()
    robin = name_correspondent(scene, scene.member)
    client, address = app.test_client(), scene.link(scene.member, robin)
    page = client.get(address)
    assert "Vous répondez pour Claire Vasseur" in plain(page.text)
    assert client.post(address, data={"way": "remote", "version": "0"}).status_code == 303
    secretary = signed_in_client(app, scene.secretary)
    page = secretary.get(f"/seances/{scene.meeting.id}/participants")
    assert "Inès Robin, par le lien du message" in plain(page.text)
    assert "correspondant : Inès Robin" in plain(page.text)


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(app: Flask) -> None:
    scene = set_scene()
    client, address = app.test_client(), scene.link(scene.member)
    page = client.post(address, data={"way": "representative", "represented_by": "", "note": "En retard"})
    assert page.status_code == 422
    assert 'id="represented_by-erreur"' in page.text
    assert "En retard" in page.text
    page = client.post(address, data={"version": "0"})
    assert 'id="way-erreur"' in page.text


@pytest.mark.parametrize("token", ["x", "0" * 16 + "-" + "A" * 32, "é" * 60])
def test_an_unknown_link_is_not_valid(app: Flask, token: str) -> None:
    set_scene()
    client = app.test_client()
    for address in (f"/reponse/{token}", f"/invite/{token}"):
        page = client.get(address)
        assert (page.status_code, "plus valable" in page.text) == (404, True)


def test_a_network_that_tries_many_links_waits(app: Flask) -> None:
    client = app.test_client()
    answers = [client.get("/reponse/" + "0" * 16 + "-" + "A" * 32).status_code for _ in range(32)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_a_link_dies_with_its_session_and_its_right(app: Flask) -> None:
    scene = set_scene()
    robin = name_correspondent(scene, scene.member)
    client = app.test_client()
    own, hers = scene.link(scene.member), scene.link(scene.member, robin)
    other = scene.link(scene.member, scene.other)  # never sent: he may not reply for her
    assert client.get(other).status_code == 404
    meetings.cancel(SYSTEM, scene.meeting.id, reason="Quorum impossible")
    assert (client.get(own).status_code, client.get(hers).status_code) == (404, 404)


def test_the_secretary_enters_a_reply_and_members_see_who_comes(app: Flask) -> None:
    scene = set_scene()
    mandate = scene.mandate(scene.member).id
    secretary = signed_in_client(app, scene.secretary)
    address = f"/seances/{scene.meeting.id}/participants/{mandate}/reponse"
    data = {
        "way": "representative",
        "represented_by": "Madame Durand",
        "note": "Confidentiel",
        "version": "0",
    }
    assert secretary.post(address, data=data).status_code == 303
    index = f"/seances/{scene.meeting.id}/participants"
    page = plain(secretary.get(index).text)
    for words in ("Madame Durand", "Confidentiel", "saisi par le secrétariat", "Relancer ceux qui"):
        assert words in page
    member = signed_in_client(app, scene.other)
    page = plain(member.get(index).text)
    assert "Madame Durand" in page
    for words in ("Confidentiel", "example.org", "saisi par le secrétariat", "Relancer"):
        assert words not in page
    assert member.get(address).status_code == 404
    assert member.post(address, data=data).status_code == 404


def test_a_signed_in_member_replies_from_the_page(app: Flask) -> None:
    scene = set_scene()
    client = signed_in_client(app, scene.member)
    index = f"/seances/{scene.meeting.id}/participants"
    assert f"{scene.mandate(scene.member).id}/reponse" in client.get(index).text
    address = f"{index}/{scene.mandate(scene.member).id}/reponse"
    assert "Je viens" in client.get(address).text
    assert client.post(address, data={"way": "yes", "version": "0"}).headers["Location"] == index
    page = client.post(address, data={"way": "no", "version": "0"})  # another tab, opened before
    assert (page.status_code, scene.seat(scene.member).way) == (422, Way.YES)


def test_the_page_of_the_session_says_ones_own_reply_and_leads_to_it(app: Flask) -> None:
    scene = set_scene()
    robin = name_correspondent(scene, scene.member)
    client, address = signed_in_client(app, scene.member), f"/seances/{scene.meeting.id}"
    form = f"{address}/participants/{scene.mandate(scene.member).id}/reponse"
    page = client.get(address).text
    assert f'class="btn btn-primary" href="{form}">Répondre' in page
    with counted_queries() as asked:
        client.get(address)
    assert len([one for one in asked if not one.startswith("BEGIN")]) <= 12
    services.give_reply(
        scene.actor(robin),
        scene.meeting.id,
        scene.mandate(scene.member).id,
        Draft(Way.REPRESENTATIVE, represented_by="Mme Durand"),
    )
    page = client.get(address).text
    assert re.search(
        r"Ma réponse : .*Représenté.* Mme Durand par Inès Robin", plain(re.sub("<[^>]+>", "", page))
    )
    assert f'href="{form}">Changer ma réponse' in page
    assert "Ma réponse" not in plain(signed_in_client(app, scene.secretary).get(address).text)
    meetings.cancel(SYSTEM, scene.meeting.id, reason="Quorum impossible")
    assert "Ma réponse" not in plain(client.get(address).text)


def test_before_the_convocation_the_table_has_seats_and_no_dashes(app: Flask) -> None:
    scene = set_scene(convened=False)
    make_member(scene.committee, "Sansadresse", email=None)
    page = signed_in_client(app, scene.secretary).get(f"/seances/{scene.meeting.id}/participants").text
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)", page)
    assert [plain(head) for head in heads if head.strip()] == ["Siège"]
    assert "—" not in page
    assert "sans adresse" in page


def test_ones_own_seat_is_read_first(app: Flask) -> None:
    scene = set_scene()
    page = signed_in_client(app, scene.other).get(f"/seances/{scene.meeting.id}/participants").text
    assert page.index("Claire Leclerc<br>") < page.index("Claire Delaunay")
    assert "votre siège" in plain(page)


def test_the_form_speaks_to_whoever_fills_it_in(app: Flask) -> None:
    scene = set_scene()
    mandate = scene.mandate(scene.member).id
    address = f"/seances/{scene.meeting.id}/participants/{mandate}/reponse"
    own = plain(signed_in_client(app, scene.member).get(address).text)
    by_link = plain(app.test_client().get(scene.link(scene.member)).text)
    entered = plain(signed_in_client(app, scene.secretary).get(address).text)
    for page in (own, by_link):
        assert "Un mot au secrétariat" in page
        assert "Lu par le secrétariat seul." in page
    assert "Un mot au secrétariat" not in entered
    assert re.search(r"<label for=\"note\">Note", entered)
    for page in (own, by_link, entered):
        assert re.search(r"<legend>Réponse <span class=\"required\"", page)


def test_dates_are_in_the_language_of_the_reader(app: Flask) -> None:
    scene = set_scene()
    client = signed_in_client(app, scene.member)
    client.set_cookie("langue", "en", domain="localhost", path="/", secure=True)
    address = f"/seances/{scene.meeting.id}/participants/{scene.mandate(scene.member).id}/reponse"
    page = plain(client.get(address).text)
    assert "Comité de coordination of Tuesday 15 December 2026" in page
    assert "mardi" not in page


def test_the_reminder_shows_its_text_then_leaves_once(app: Flask) -> None:
    scene = set_scene()
    client = signed_in_client(app, scene.secretary)
    address = f"/seances/{scene.meeting.id}/participants/relancer"
    page = plain(client.get(address).text)
    assert "4 messages seront envoyés" in page
    assert "Nous n’avons pas encore votre réponse" in page
    for _ in range(2):  # a second click sends nothing
        assert client.post(address, data={"last": "0"}).status_code == 303
    assert len(queued(mails.CHASER_KIND)) == 4
    assert "Dernière relance" in client.get(address).text


def test_a_guest_sees_one_item_and_nothing_else(app: Flask) -> None:
    scene = set_scene()
    client = signed_in_client(app, scene.secretary)
    item = item_of(scene.meeting)
    data = {"item_id": item.id, "name": "Ida Morel", "quality": "experte", "email": "ida@x.fr"}
    address = f"/seances/{scene.meeting.id}/participants/inviter"
    assert client.post(address, data=data).status_code == 303
    assert client.post(address, data=data).status_code == 422
    mail = queued(mails.GUEST_KIND)[0]
    found = re.search(r"/invite/[\w-]+", mail.text)
    assert found
    page = app.test_client().get(found[0])
    assert (page.status_code, item.title in page.text) == (200, True)
    for words in ("Vasseur", "Participants", "Relevé"):
        assert words not in page.text
    index = client.get(f"/seances/{scene.meeting.id}/participants").text
    guest_address = re.search(rf"/seances/{scene.meeting.id}/participants/invites/\d+/retirer", index)
    assert guest_address
    assert client.get(guest_address[0]).status_code == 200
    assert client.post(guest_address[0]).status_code == 303
    assert app.test_client().get(found[0]).status_code == 404


def test_opening_the_session_is_noted_for_the_secretary(app: Flask) -> None:
    scene = set_scene()
    signed_in_client(app, scene.member).get(f"/seances/{scene.meeting.id}")
    app.test_client().get(scene.link(scene.other))
    signed_in_client(app, scene.chair).get(f"/seances/{scene.meeting.id}/dossier")
    readers = set(db.session.scalars(db.select(Reading.person_id)))
    assert readers == {scene.member.id, scene.other.id, scene.chair.id}


def test_names_that_are_not_ours_and_texts_too_long(app: Flask) -> None:
    scene = set_scene()
    client, address = app.test_client(), scene.link(scene.member)
    name = "سعاد <b>بن علي</b> 🦊"
    assert client.post(address, data={"way": "representative", "represented_by": name}).status_code == 303
    page = client.get(address).text
    assert "سعاد &lt;b&gt;" in page
    for field in ("represented_by", "represented_as", "note"):
        data = {"way": "representative", "represented_by": "Mme Durand"} | {field: "é" * 10_000}
        assert client.post(address, data=data | {"version": "1"}).status_code == 422


def test_the_secretary_names_a_correspondent_and_ends_it(app: Flask) -> None:
    scene = set_scene()
    client = signed_in_client(app, scene.secretary)
    address = f"/personnes/{scene.member.id}/correspondants"
    data = {
        "given_name": "Inès",
        "family_name": "Robin",
        "email": "ines@example.org",
        "from_on": clock.today().isoformat(),
    }
    assert client.post(address, data=data).status_code == 303
    assert client.post(address, data=data).status_code == 422  # already
    page = client.get(address).text
    end = re.search(r"/correspondants/\d+/fin", page)
    assert end
    assert f'href="{url_of(scene)}"' in page  # the way back, to the committee
    index = f"/seances/{scene.meeting.id}/participants"
    assert f'href="{address}?seance={scene.meeting.id}"' in client.get(index).text
    for place in (address, end[0]):
        assert f'href="{index}"' in client.get(f"{place}?seance={scene.meeting.id}").text
    assert client.get(f"{address}?seance=999").status_code == 200
    assert client.get(end[0]).status_code == 200
    assert client.post(end[0], data={"until_on": clock.today().isoformat()}).status_code == 303
    taken = data | {"email": "leclerc@example.org"}
    assert "autre personne" in client.post(address, data=taken).text
    assert signed_in_client(app, scene.other).get(address).status_code == 404


def test_the_page_costs_the_same_with_thirty_seats(sqlite_app: Flask) -> None:
    scene = set_scene()
    client = signed_in_client(sqlite_app, scene.secretary)
    address = f"/seances/{scene.meeting.id}/participants"
    client.get(address)
    with counted_queries() as few:
        client.get(address)
    for number in range(30):
        make_member(scene.committee, f"Nom{number}", Seat.FULL_MEMBER)
    for seat in services.silent_of([scene.seat(scene.member)]):
        services.give_reply(
            scene.keeper, scene.meeting.id, seat.mandate.id, Draft(Way.YES), via=Via.SECRETARY
        )
    client.get(address)
    with counted_queries() as many:
        client.get(address)
    assert len(many) == len(few)


def test_mandates_that_change_before_the_session_are_flagged(app: Flask) -> None:
    scene = set_scene()
    make_member(scene.committee, "Finissant", until_on=clock.today() + timedelta(days=5))
    page = plain(signed_in_client(app, scene.secretary).get(f"/seances/{scene.meeting.id}/participants").text)
    assert "Claire Finissant (Institution Finissant) : mandat terminé avant la séance" in page
