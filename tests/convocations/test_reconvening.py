"""Without a quorum: another session on the same agenda, whose notice says that none is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.meetings.factories import IN_THREE_WEEKS, make_committee, make_member, plan
from tests.support import signed_in_client
from tnt.agendas import services as agendas
from tnt.agendas.queries import items_of
from tnt.agendas.rules import ItemsSettled, SameAgendaOnly
from tnt.agendas.sections import Heading
from tnt.committees.models import Committee, Seat
from tnt.convocations import mails
from tnt.convocations import services as convocations
from tnt.convocations.mails import Addressee
from tnt.convocations.queries import recipients_of
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import db
from tnt.core.outbox import OutboxMessage
from tnt.decisions.rules import ActKind
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import ItemKind
from tnt.meetings import services
from tnt.meetings.models import Meeting
from tnt.meetings.queries import reconvened_as
from tnt.meetings.rules import MeetingState, MissingReason, NoQuorumHere, WrongMeetingState
from tnt.sittings import services as sittings
from tnt.sittings.queries import ballots_on, get_item_state, list_seats, recused_on, texts_of
from tnt.sittings.rules import Choice, Draft, OutcomeKind, Presence, TextField, VoteMode
from tnt.sittings.services import QuorumNotMissing

LATER = IN_THREE_WEEKS + timedelta(days=10)
REASON = "Le quorum n’est pas atteint."


def convened(committee: Committee) -> Meeting:
    """A session convened on an agenda of one section and two items."""
    meeting = plan(SYSTEM, committee)
    agendas.change_sections(SYSTEM, meeting.id, [Heading("Informations")])
    for title in ("Premier point", "Second point"):
        agendas.add_item(SYSTEM, meeting.id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title=title)
    convocations.convene(SYSTEM, meeting.id)
    return meeting


def opened_without_quorum(meeting: Meeting) -> None:
    """The day has come, the session is open, and the roll finds nobody."""
    clock.freeze(IN_THREE_WEEKS)
    sittings.open_session(SYSTEM, meeting.id)
    call(meeting, Presence.ABSENT)


def call(meeting: Meeting, presence: Presence) -> None:
    sittings.call_roll(SYSTEM, meeting.id, {seat.mandate.id: (presence, "") for seat in list_seats(meeting)})


def again(meeting: Meeting, **values: object) -> Meeting:
    given = {
        "starts_at": LATER,
        "ends_at": LATER + timedelta(hours=2),
        "place": "",
        "notice_days": 5,
        "reason": REASON,
    }
    return services.reconvene(SYSTEM, meeting.id, **(given | values))  # type: ignore[arg-type]  # a table of cases


@pytest.fixture
def committee(app: Flask) -> Committee:
    found = make_committee(votes_enabled=True, quorum_percent=50)
    make_member(found, "Durand")
    return found


def test_the_agenda_passes_whole_to_the_new_session(committee: Committee) -> None:
    meeting = convened(committee)
    ids = [item.id for item in items_of(meeting.id)]
    sent = db.session.query(OutboxMessage).count()
    opened_without_quorum(meeting)
    new = again(meeting)
    assert (meeting.state, meeting.reason) == (MeetingState.CANCELLED, REASON)
    assert (new.state, new.quorum_waived, new.reconvenes_id) == (MeetingState.PLANNED, True, meeting.id)
    assert [item.id for item in items_of(new.id)] == ids
    assert [item.section.title for item in items_of(new.id) if item.section] == ["Informations"] * 2
    assert db.session.query(DecisionRequest).count() == 0  # nothing went back to the intake
    assert db.session.query(OutboxMessage).count() == sent  # the new notice tells
    who = Addressee(recipients_of(new)[0])
    with pytest.raises(SameAgendaOnly):  # no quorum is asked for that agenda, and for nothing else
        agendas.add_item(SYSTEM, new.id, kind=ItemKind.INFORMATION, act_kind=ActKind.NOTE, title="Ajouté")
    mail = mails.convened(new, items_of(new.id), who)
    assert "n’a pas réuni le quorum" in mail.text
    assert "quel que soit le nombre de présents" in mail.text


def test_it_is_refused_before_the_day_and_without_a_quorum(committee: Committee) -> None:
    meeting = convened(committee)
    with pytest.raises(NoQuorumHere):
        again(meeting)
    other = make_committee("orientation")
    make_member(other, "Lefort")
    plain = convened(other)
    clock.freeze(IN_THREE_WEEKS)
    with pytest.raises(NoQuorumHere):
        again(plain)
    with pytest.raises(NoQuorumHere):
        again(meeting)
    opened_without_quorum(meeting)
    with pytest.raises(MissingReason):
        again(meeting, reason=" ")
    assert meeting.state is MeetingState.IN_SESSION


def test_it_is_refused_until_the_roll_shows_that_the_quorum_is_missing(committee: Committee) -> None:
    meeting = convened(committee)
    clock.freeze(IN_THREE_WEEKS)
    sittings.open_session(SYSTEM, meeting.id)
    with pytest.raises(QuorumNotMissing):
        again(meeting)  # nobody was called
    call(meeting, Presence.PRESENT)
    with pytest.raises(QuorumNotMissing):
        again(meeting)
    assert meeting.state is MeetingState.IN_SESSION
    call(meeting, Presence.ABSENT)
    assert again(meeting).quorum_waived


def test_the_new_session_begins_anew_on_items_whose_texts_stay(committee: Committee) -> None:
    meeting = plan(SYSTEM, committee)
    item = agendas.add_item(
        SYSTEM, meeting.id, kind=ItemKind.DECISION, act_kind=ActKind.OTHER, title="Adopter la charte"
    )
    convocations.convene(SYSTEM, meeting.id)
    clock.freeze(IN_THREE_WEEKS)
    sittings.open_session(SYSTEM, meeting.id)
    call(meeting, Presence.PRESENT)
    for name, text in ((TextField.WORDING, "La charte, amendée."), (TextField.NOTES, "Deux réserves.")):
        sittings.save_text(SYSTEM, meeting.id, item.id, name, text, base=0, key=f"clef-{name.value}")
    [seat] = list_seats(meeting)
    sittings.record_ballots(SYSTEM, meeting.id, item.id, {seat.mandate.id: Choice.FOR}, seen="")
    sittings.set_recusals(SYSTEM, meeting.id, item.id, {seat.mandate.id})
    call(meeting, Presence.ABSENT)
    new = again(meeting)

    db.session.expire_all()
    state = get_item_state(new.id, item.id)
    assert state.outcome is not None
    assert (state.outcome.vote_mode, state.outcome.for_) == (VoteMode.CONSENSUS, 0)
    assert (ballots_on(item.id), recused_on(item.id)) == ({}, frozenset())
    revised = agendas.revise_item(
        SYSTEM, item.id, title=item.title, minutes=10, draft_wording="La charte, relue."
    )
    texts = texts_of(revised, state.outcome)
    assert (texts[TextField.WORDING].text, texts[TextField.NOTES].text) == (
        "La charte, relue.",
        "Deux réserves.",
    )
    agendas.remove_item(SYSTEM, item.id)
    assert items_of(new.id) == []


def test_what_was_decided_stays_where_it_was(committee: Committee) -> None:
    meeting = convened(committee)
    clock.freeze(IN_THREE_WEEKS)
    sittings.open_session(SYSTEM, meeting.id)
    first = items_of(meeting.id)[0]
    sittings.save_outcome(SYSTEM, meeting.id, first.id, Draft(kind=OutcomeKind.NOTED))
    with pytest.raises(ItemsSettled):
        again(meeting)
    assert meeting.state is MeetingState.IN_SESSION
    assert len(items_of(meeting.id)) == 2
    with pytest.raises(WrongMeetingState):
        services.cancel(SYSTEM, meeting.id, reason=REASON)


def test_the_secretary_reconvenes_from_the_page(app: Flask, committee: Committee) -> None:
    meeting = convened(committee)
    client = signed_in_client(app, make_member(committee, "Secret", Seat.SECRETARY))
    address = f"/seances/{meeting.id}/reconvoquer"
    assert "Cette séance n’est pas à reconvoquer." in client.get(address).text
    opened_without_quorum(meeting)
    client = signed_in_client(app, make_member(committee, "Secret2", Seat.SECRETARY))
    move, offer = f"/seances/{meeting.id}/deplacer", "Reconvoquer faute de quorum"
    assert offer in client.get(move).text
    call(meeting, Presence.PRESENT)
    assert offer not in client.get(move).text
    call(meeting, Presence.ABSENT)
    page = client.get(address)
    assert "L’ordre du jour passe entier" in page.text
    typed = {
        "held_on": "2026-12-24",
        "starts": "10:00",
        "ends": "12:00",
        "place": "Ségur",
        "video_url": "",
        "notice_days": "5",
        "reason": REASON,
        "version": str(meeting.version),
    }
    refused = client.post(address, data=typed | {"held_on": "2026-12-01"})
    assert refused.status_code == 422
    assert 'value="Ségur"' in refused.text
    saved = client.post(address, data=typed)
    assert saved.status_code == 303
    new = reconvened_as(meeting.id)
    assert new is not None
    assert saved.location == f"/seances/{new.id}"
    assert "délibère sur le même ordre du jour" in client.get(saved.location).text
    old = client.get(f"/seances/{meeting.id}").text
    assert "Cette séance n’a pas délibéré" in old
    assert f'href="/seances/{new.id}"' in old
