"""Replying, being named in a reply, reminding, asking for one item: on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.participants.scene import name_correspondent, queued, set_scene
from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem
from tnt.committees import correspondents
from tnt.committees.models import Correspondent
from tnt.core import clock, outbox
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.core.errors import DomainError, NotFound, Stale
from tnt.core.journal import JournalEntry
from tnt.core.outbox import OutboxState
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState, NotTheSecretary
from tnt.participants import mails, queries, rules, services
from tnt.participants.models import ReplyEntry
from tnt.participants.rules import Draft, Via, Way
from tnt.participants.services import chasers
from tnt.participants.services.chasers import NobodyToChase
from tnt.participants.services.guests import AlreadyInvited, TooLateToInvite
from tnt.sittings import services as sittings


def test_a_reply_is_kept_with_each_of_those_before(app: Flask) -> None:
    scene = set_scene()
    actor, mandate = scene.actor(scene.member), scene.mandate(scene.member).id
    services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.YES), expected_version=0)
    services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.YES), expected_version=1)  # the same
    services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.REMOTE), expected_version=1)
    seat = scene.seat(scene.member)
    assert (seat.way, seat.has_answered, seat.reply and seat.reply.version) == (Way.REMOTE, True, 2)
    entries = db.session.scalars(db.select(ReplyEntry).order_by(ReplyEntry.version)).all()
    assert [(one.version, one.way) for one in entries] == [(1, Way.YES), (2, Way.REMOTE)]
    with pytest.raises(Stale):
        services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.NO), expected_version=1)


def test_only_the_holder_a_correspondent_or_the_secretariat_reply(app: Flask) -> None:
    scene = set_scene()
    mandate, meeting_id = scene.mandate(scene.member).id, scene.meeting.id
    for via in (Via.PAGE, Via.LINK, Via.SECRETARY):
        with pytest.raises(rules.NotYourSeat):
            services.give_reply(scene.actor(scene.other), meeting_id, mandate, Draft(Way.NO), via=via)
    robin = name_correspondent(scene, scene.member)
    services.give_reply(scene.actor(robin), meeting_id, mandate, Draft(Way.NO), via=Via.LINK)
    entry = db.session.scalars(db.select(JournalEntry).where(JournalEntry.action == "reply.answer")).one()
    assert (entry.actor_person_id, entry.on_behalf_of_id) == (robin.id, scene.member.id)
    services.give_reply(scene.keeper, meeting_id, mandate, Draft(Way.YES), via=Via.SECRETARY)
    reply = scene.seat(scene.member).reply
    assert reply is not None
    assert (reply.given_by_id, reply.via) == (scene.secretary.id, Via.SECRETARY)


def test_a_correspondent_whose_term_ended_replies_no_more(app: Flask) -> None:
    scene = set_scene()
    robin = name_correspondent(scene, scene.member)
    term = db.session.scalars(db.select(Correspondent)).one()
    correspondents.end_correspondent(SYSTEM, term.id, clock.today())
    mandate = scene.mandate(scene.member).id
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(rules.NotYourSeat):
        services.give_reply(scene.actor(robin), scene.meeting.id, mandate, Draft(Way.NO))


@pytest.mark.parametrize(
    ("holder", "refusal"),
    [
        ("member", rules.ProxyToOneself),
        ("other", rules.HolderAbsent),
        ("guest", rules.NoSuchHolder),
        ("chair", rules.HolderFull),
    ],
)
def test_a_proxy_that_cannot_be_given(app: Flask, holder: str, refusal: type[DomainError]) -> None:
    scene = set_scene()
    meeting_id = scene.meeting.id
    chair, other = scene.mandate(scene.chair).id, scene.mandate(scene.other).id
    services.give_reply(
        scene.actor(scene.other), meeting_id, other, Draft(Way.PROXY, proxy_to_id=chair)
    )  # the chair carries one, the other does not come
    draft = Draft(Way.PROXY, proxy_to_id=scene.mandate(getattr(scene, holder)).id)
    with pytest.raises(refusal):
        services.give_reply(scene.actor(scene.member), meeting_id, scene.mandate(scene.member).id, draft)


def test_proxies_are_refused_where_the_committee_gives_none(app: Flask) -> None:
    scene = set_scene(proxies_enabled=False)
    draft = Draft(Way.PROXY, proxy_to_id=scene.mandate(scene.chair).id)
    with pytest.raises(rules.ProxiesOff):
        services.give_reply(
            scene.actor(scene.member), scene.meeting.id, scene.mandate(scene.member).id, draft
        )


def test_whoever_is_named_is_told_unless_the_reply_changed(app: Flask) -> None:
    scene = set_scene()
    actor, mandate = scene.actor(scene.member), scene.mandate(scene.member).id
    substitute = scene.mandate(scene.substitute).id
    services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.SUBSTITUTE, substitute_id=substitute))
    services.give_reply(
        actor, scene.meeting.id, mandate, Draft(Way.PROXY, proxy_to_id=scene.mandate(scene.chair).id)
    )
    outbox.deliver_due()
    first, second = queued(mails.NAMED_KIND)
    assert (first.to_address, first.state) == ("barbier@example.org", OutboxState.VOID)
    assert (second.to_address, second.state) == ("delaunay@example.org", OutboxState.SENT)
    assert "vous donne pouvoir" in second.text


def test_whoever_is_named_is_told_once_and_released_when_another_comes(app: Flask) -> None:
    scene = set_scene()
    actor, mandate = scene.actor(scene.member), scene.mandate(scene.member).id
    substitute = scene.mandate(scene.substitute).id
    for note in ("", "Elle arrivera à 15 h."):
        draft = Draft(Way.SUBSTITUTE, substitute_id=substitute, note=note)
        services.give_reply(actor, scene.meeting.id, mandate, draft)
    outbox.deliver_due()
    assert [one.state for one in queued(mails.NAMED_KIND)] == [OutboxState.SENT]
    services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.YES))
    outbox.deliver_due()
    (released,) = queued(mails.RELEASED_KIND)
    assert (released.to_address, released.state) == ("barbier@example.org", OutboxState.SENT)


def test_no_reminder_leaves_after_a_cancellation_or_the_end_of_a_term(app: Flask) -> None:
    scene = set_scene()
    robin = name_correspondent(scene, scene.member)
    services.chase(scene.keeper, scene.meeting.id)
    letters = {one.to_address: one for one in queued(mails.CHASER_KIND)}
    term = db.session.scalars(db.select(Correspondent)).one()
    correspondents.end_correspondent(SYSTEM, term.id, clock.today())
    with clock.at(clock.now() + timedelta(days=1)):
        assert not chasers.still_true(letters[robin.email or ""])
        assert chasers.still_true(letters["vasseur@example.org"])
    meetings.cancel(SYSTEM, scene.meeting.id, reason="Quorum impossible")
    outbox.deliver_due()
    assert {one.state for one in queued(mails.CHASER_KIND)} == {OutboxState.VOID}


def test_replies_end_when_the_session_opens_and_start_with_the_convocation(app: Flask) -> None:
    scene = set_scene(convened=False)
    actor, mandate = scene.actor(scene.member), scene.mandate(scene.member).id
    with pytest.raises(rules.NotConvened):
        services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.YES))
    convened = scene.meeting
    from_now = clock.now() + timedelta(days=30)
    assert convened.state is MeetingState.PLANNED
    from tnt.convocations import services as convocations

    convocations.convene(SYSTEM, convened.id)
    with clock.at(from_now):
        sittings.open_session(scene.keeper, convened.id)
        with pytest.raises(rules.SessionOpened):
            services.give_reply(actor, convened.id, mandate, Draft(Way.YES))


def test_a_session_that_moves_keeps_the_replies_and_asks_again(app: Flask) -> None:
    scene = set_scene()
    actor, mandate = scene.actor(scene.member), scene.mandate(scene.member).id
    services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.YES))
    later = scene.meeting.starts_at + timedelta(days=2)
    meetings.move_meeting(
        SYSTEM,
        scene.meeting.id,
        starts_at=later,
        ends_at=later + timedelta(hours=2),
        place="Ségur",
        reason="Salle prise",
    )
    seat = scene.seat(scene.member)
    assert (seat.way, seat.is_outdated, seat.has_answered) == (Way.YES, True, False)
    services.give_reply(actor, scene.meeting.id, mandate, Draft(Way.YES))
    assert scene.seat(scene.member).has_answered


def test_the_room_expected(app: Flask) -> None:
    scene = set_scene(quorum_percent=50)
    for person, way in ((scene.chair, Way.YES), (scene.member, Way.REMOTE), (scene.other, Way.NO)):
        services.give_reply(scene.actor(person), scene.meeting.id, scene.mandate(person).id, Draft(way))
    seats = queries.list_replies(scene.meeting.id)
    assert [seat.mandate.person.family_name for seat in seats] == ["Delaunay", "Leclerc", "Vasseur", "Vidal"]
    expected = queries.count_seats(seats, scene.committee.quorum_percent)
    assert (expected.coming, expected.answered, expected.silent, expected.remote) == (2, 3, 1, 1)
    assert (expected.voting_filled, expected.voting, expected.quorum) == (2, 3, True)


def test_a_reminder_goes_to_the_silent_only_even_when_it_leaves(app: Flask) -> None:
    scene = set_scene()
    robin = name_correspondent(scene, scene.member)
    services.give_reply(
        scene.actor(scene.chair), scene.meeting.id, scene.mandate(scene.chair).id, Draft(Way.YES)
    )
    with pytest.raises(NotTheSecretary):
        services.chase(scene.actor(scene.member), scene.meeting.id)
    chaser = services.chase(scene.keeper, scene.meeting.id)
    assert chaser.recipients == 4  # two members, the guest, and the correspondent of one
    services.give_reply(
        scene.actor(scene.other), scene.meeting.id, scene.mandate(scene.other).id, Draft(Way.YES)
    )
    letters = {one.to_address: one for one in queued(mails.CHASER_KIND)}
    assert set(letters) == {
        "vasseur@example.org",
        "leclerc@example.org",
        "vidal@example.org",
        robin.email,
    }
    assert "comme correspondant" in letters[robin.email or ""].text
    outbox.deliver_due()
    states = {one.to_address: one.state for one in queued(mails.CHASER_KIND)}
    assert states.pop("leclerc@example.org") is OutboxState.VOID
    assert set(states.values()) == {OutboxState.SENT}
    assert "/reponse/" not in queued(mails.CHASER_KIND)[0].text  # erased once sent


def test_nobody_is_reminded_when_all_have_replied(app: Flask) -> None:
    scene = set_scene()
    for seat in queries.list_replies(scene.meeting.id):
        services.give_reply(
            scene.keeper, scene.meeting.id, seat.mandate.id, Draft(Way.YES), via=Via.SECRETARY
        )
    with pytest.raises(NobodyToChase):
        services.chase(scene.keeper, scene.meeting.id)


def item_of(meeting: Meeting) -> AgendaItem:
    return db.session.scalars(db.select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)).one()


def test_a_guest_of_one_item_is_written_to_and_falls_with_it(app: Flask) -> None:
    scene = set_scene()
    item = item_of(scene.meeting)
    with pytest.raises(NotTheSecretary):
        services.invite(scene.actor(scene.member), scene.meeting.id, item.id, name="Ida", email="i@x.fr")
    guest = services.invite(
        scene.keeper, scene.meeting.id, item.id, name="Ida Morel", quality="experte", email="Ida@X.fr"
    )
    assert [one.email for one in queries.guests_of(scene.meeting.id)] == ["ida@x.fr"]
    assert queued(mails.GUEST_KIND)[0].to_address == "ida@x.fr"
    with pytest.raises(AlreadyInvited):
        services.invite(scene.keeper, scene.meeting.id, item.id, name="Ida", email="ida@x.fr")
    with pytest.raises(NotFound):
        services.invite(scene.keeper, scene.meeting.id, 99, name="Ida", email="ida2@x.fr")
    services.withdraw(scene.keeper, scene.meeting.id, guest.id)
    assert queries.guests_of(scene.meeting.id) == []
    meetings.cancel(SYSTEM, scene.meeting.id, reason="Quorum impossible")
    with pytest.raises((TooLateToInvite, NotFound)):
        services.invite(scene.keeper, scene.meeting.id, item.id, name="Ida", email="ida3@x.fr")


def test_a_reading_is_noted_every_quarter_of_an_hour(app: Flask) -> None:
    scene = set_scene()
    at = clock.now()
    for minutes in (0, 5, 20):
        with clock.at(at + timedelta(minutes=minutes)):
            services.note_reading(scene.meeting.id, scene.member.id)
            db.session.expire_all()
    reading = queries.readings_of(scene.meeting.id)[scene.member.id]
    assert (reading.first_read_at, reading.last_read_at) == (at, at + timedelta(minutes=20))


def test_what_the_home_page_knows_of_ones_own_reply(app: Flask) -> None:
    scene = set_scene()
    day = clock.paris_day(scene.meeting.starts_at)

    def own(person: Person) -> queries.OwnReply | None:
        return queries.own_reply(person.id, scene.committee.id, scene.meeting.id, day)

    mandate = scene.mandate(scene.member).id
    assert own(scene.member) == queries.OwnReply(mandate, None, has_answered=False)
    services.give_reply(scene.actor(scene.member), scene.meeting.id, mandate, Draft(Way.YES))
    assert own(scene.member) == queries.OwnReply(mandate, Way.YES, has_answered=True)
    later = scene.meeting.starts_at + timedelta(hours=1)
    meetings.move_meeting(
        SYSTEM,
        scene.meeting.id,
        starts_at=later,
        ends_at=later + timedelta(hours=2),
        place="Ségur",
        reason="Salle prise",
    )
    assert own(scene.member) == queries.OwnReply(mandate, Way.YES, has_answered=False)
    assert own(scene.secretary) is None
