"""A proxy without effect and a reply given for another: who is told, by which mail, on which page."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.participants.scene import Scene, name_correspondent, queued, set_scene
from tests.participants.test_views import plain
from tests.support import signed_in_client
from tnt.accounts.models import Person
from tnt.core import outbox
from tnt.core.db import transaction
from tnt.core.outbox import OutboxState
from tnt.participants import mails, queries, services
from tnt.participants.rules import Draft, Via, Way


def answer(scene: Scene, person: Person, draft: Draft, by: Person | None = None) -> None:
    """The reply of that person, given by them or by their correspondent."""
    services.give_reply(
        scene.actor(by or person), scene.meeting.id, scene.mandate(person).id, draft, via=Via.PAGE
    )


def give_proxy(scene: Scene, giver: Person, holder: Person) -> None:
    answer(scene, giver, Draft(Way.PROXY, proxy_to_id=scene.mandate(holder).id))


def own(scene: Scene, person: Person) -> queries.OwnReply:
    found = queries.own_reply(person.id, scene.committee.id, scene.meeting.id, scene.meeting.starts_at.date())
    assert found is not None
    return found


@pytest.mark.parametrize("way", [Way.NO, Way.PROXY, Way.REPRESENTATIVE])
def test_whoever_gave_a_proxy_is_told_that_its_holder_does_not_come(app: Flask, way: Way) -> None:
    scene = set_scene()
    name_correspondent(scene, scene.member)
    give_proxy(scene, scene.member, scene.other)
    draft = Draft(way, represented_by="Mme Durand")
    if way is Way.PROXY:
        draft = Draft(way, proxy_to_id=scene.mandate(scene.chair).id)
    answer(scene, scene.other, draft)
    hers, helpers = queued(mails.VOID_KIND)
    assert [one.to_address for one in (hers, helpers)] == ["vasseur@example.org", "ines.robin@example.org"]
    assert "Votre pouvoir est sans effet" in plain(hers.subject)
    assert "Claire Leclerc (Institution Leclerc) a répondu ne pas venir" in plain(hers.text)
    assert "comme correspondant" in plain(helpers.text)
    for mail in (hers, helpers):
        link = re.search(r"/reponse/[\w-]+", mail.text)
        assert link
        assert "Pouvoir sans effet : Claire Leclerc ne vient pas." in plain(
            app.test_client().get(link[0]).text
        )
    outbox.deliver_due()
    assert {one.state for one in queued(mails.VOID_KIND)} == {OutboxState.SENT}
    answer(scene, scene.other, Draft(Way.NO, note="Désolé"))  # absent already: nothing new to tell
    assert len(queued(mails.VOID_KIND)) == 2


def test_nobody_is_told_of_a_proxy_that_holds_again_or_was_never_given(app: Flask) -> None:
    scene = set_scene()
    answer(scene, scene.other, Draft(Way.NO))
    assert queued(mails.VOID_KIND) == []
    answer(scene, scene.other, Draft(Way.YES))
    give_proxy(scene, scene.member, scene.other)
    answer(scene, scene.other, Draft(Way.NO))
    answer(scene, scene.other, Draft(Way.REMOTE))  # before the mail left
    outbox.deliver_due()
    assert [one.state for one in queued(mails.VOID_KIND)] == [OutboxState.VOID]
    assert own(scene, scene.member).void_holder == ""
    answer(scene, scene.other, Draft(Way.NO))
    outbox.deliver_due()
    assert [one.state for one in queued(mails.VOID_KIND)] == [OutboxState.VOID, OutboxState.SENT]


def test_a_proxy_without_effect_is_to_be_done_again_and_is_not_counted(app: Flask) -> None:
    scene = set_scene()
    give_proxy(scene, scene.member, scene.other)
    assert queries.count_seats(queries.list_replies(scene.meeting.id), None).proxies == 1
    answer(scene, scene.other, Draft(Way.NO))
    assert queries.count_seats(queries.list_replies(scene.meeting.id), None).proxies == 0
    assert own(scene, scene.member).void_holder == "Claire Leclerc"
    client = signed_in_client(app, scene.member)
    home = plain(client.get("/").text)
    assert "Votre pouvoir est sans effet : Claire Leclerc ne vient pas" in home
    address = f"/seances/{scene.meeting.id}/participants"
    assert "Pouvoir sans effet : Claire Leclerc ne vient pas." in plain(client.get(address).text)
    page = plain(client.get(f"{address}/{scene.mandate(scene.member).id}/reponse").text)
    assert "Pouvoir sans effet : Claire Leclerc ne vient pas." in page
    answer(scene, scene.member, Draft(Way.YES))
    assert "sans effet" not in plain(client.get("/").text)


def test_a_proxy_to_a_seat_no_longer_held_has_no_effect(app: Flask) -> None:
    scene = set_scene()
    give_proxy(scene, scene.member, scene.other)
    with transaction():
        scene.mandate(scene.other).until_on = scene.meeting.starts_at.date().replace(day=1)
    assert own(scene, scene.member).void_holder == "Claire Leclerc"
    seat, seats = scene.seat(scene.member), queries.list_replies(scene.meeting.id)
    assert queries.is_void(seat, seats)


def test_the_holder_reads_whose_proxy_they_carry_before_they_answer(app: Flask) -> None:
    scene = set_scene(proxies_per_holder=2)
    give_proxy(scene, scene.member, scene.other)
    address = f"/seances/{scene.meeting.id}/participants/{scene.mandate(scene.other).id}/reponse"
    page = plain(signed_in_client(app, scene.other).get(address).text)
    assert "Vous portez le pouvoir de Claire Vasseur" in page
    page = plain(app.test_client().get(scene.link(scene.other)).text)
    assert "Vous portez le pouvoir de Claire Vasseur" in page
    give_proxy(scene, scene.chair, scene.other)
    page = plain(signed_in_client(app, scene.secretary).get(address).text)
    assert "Claire Leclerc porte les pouvoirs de Claire Delaunay, Claire Vasseur" in page
    assert "Vous portez" not in plain(app.test_client().get(scene.link(scene.chair)).text)


def test_a_proxy_taken_back_is_not_a_seat_given_back(app: Flask) -> None:
    scene = set_scene()
    give_proxy(scene, scene.member, scene.other)
    outbox.deliver_due()
    answer(scene, scene.member, Draft(Way.SUBSTITUTE, substitute_id=scene.mandate(scene.substitute).id))
    outbox.deliver_due()
    answer(scene, scene.member, Draft(Way.YES))
    outbox.deliver_due()
    holder, substitute = queued(mails.RELEASED_KIND)
    assert (holder.state, substitute.state) == (OutboxState.SENT, OutboxState.SENT)
    assert "Vous ne portez plus le pouvoir de Claire Vasseur" in holder.subject
    assert "vous ne portez plus son pouvoir" in plain(holder.text)
    assert "siégez" not in holder.text
    assert "Vous ne remplacez plus Claire Vasseur" in substitute.subject
    assert "vous ne siégez plus à sa place" in plain(substitute.text)
    assert "pouvoir" not in substitute.text


def test_a_member_is_told_what_their_correspondent_answered(app: Flask) -> None:
    scene = set_scene()
    robin = name_correspondent(scene, scene.member)
    answer(scene, scene.member, Draft(Way.YES), by=robin)
    answer(scene, scene.member, Draft(Way.REPRESENTATIVE, represented_by="Mme Durand"), by=robin)
    outbox.deliver_due()
    overtaken, told = queued(mails.ANSWERED_KIND)
    assert (overtaken.state, told.state) == (OutboxState.VOID, OutboxState.SENT)
    assert {overtaken.to_address, told.to_address} == {"vasseur@example.org"}
    assert told.is_secret  # its link answers for the member
    client = signed_in_client(app, scene.member)
    assert "par Inès Robin" in plain(client.get("/").text)
    index = f"/seances/{scene.meeting.id}/participants"
    assert "par Inès Robin" in plain(client.get(index).text)
    assert "Inès Robin" not in plain(signed_in_client(app, scene.other).get(index).text)
    answer(scene, scene.member, Draft(Way.NO))
    assert "par Inès Robin" not in plain(client.get("/").text)
    assert len(queued(mails.ANSWERED_KIND)) == 2


def test_the_mail_says_the_answer_and_its_link_changes_it(app: Flask) -> None:
    scene = set_scene()
    robin = name_correspondent(scene, scene.member)
    answer(scene, scene.member, Draft(Way.REPRESENTATIVE, represented_by="Mme Durand"), by=robin)
    (told,) = queued(mails.ANSWERED_KIND)
    assert "Inès Robin, votre correspondant, a répondu pour vous" in plain(told.text)
    assert "Représenté (Mme Durand)" in plain(told.text)
    link = re.search(r"/reponse/[\w-]+", told.text)
    assert link
    assert (
        app.test_client().post(link[0], data={"way": "yes", "version": "1"}).status_code,
        scene.seat(scene.member).way,
    ) == (303, Way.YES)
