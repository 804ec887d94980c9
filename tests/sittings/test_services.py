"""What the services of a session take and refuse, on both databases; two people at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.closing.scene import SINCE, Scene, hold, plan, put_information, put_motion, set_scene, settle
from tests.support import make_person
from tnt.closing import services as closing
from tnt.closing.queries import preview_of
from tnt.closing.rules import EffectRefused
from tnt.committees.models import Committee, Institution, InstitutionKind, Mandate, Seat, Voice
from tnt.core import clock
from tnt.core.access import actor_for
from tnt.core.db import db, transaction
from tnt.core.errors import Stale
from tnt.core.journal import JournalDetail, JournalEntry
from tnt.decisions.services import acts_of_meeting
from tnt.meetings.models import Meeting
from tnt.projects.rules import Motion
from tnt.sittings import queries, services
from tnt.sittings.models import Outcome
from tnt.sittings.rules import Choice, Draft, OutcomeKind, Presence, TextField, VoteMode
from tnt.sittings.rules.outcomes import WordingNeeded, WordingTooLong
from tnt.sittings.rules.presences import (
    MissingRepresentative,
    MoveMakesNoSense,
    MoveOutsideSession,
    NoSuchSubstitute,
    ProxiesOff,
    ProxyToAbsent,
    SitsForAnother,
    TooManyProxies,
)
from tnt.sittings.rules.texts import BadKey, NoSuchText
from tnt.sittings.rules.votes import (
    CastingNeeded,
    CastingOff,
    NoQuorum,
    NotAVoice,
    NotCarried,
    VotesBeyondVoices,
    VotesOff,
)
from tnt.sittings.services import Entry, LineChanged, NotInSession, TextConflict
from tnt.sittings.services.outcomes import NothingToUndo

KEY = "0123456789abcdef"
A, N, P = OutcomeKind.ADOPTED, OutcomeKind.NOT_ADOPTED, OutcomeKind.NOTED
COUNT, BY_NAME = VoteMode.COUNT, VoteMode.BY_NAME


@pytest.fixture
def scene(app: Flask) -> Scene:
    return set_scene()


@pytest.fixture
def meeting(scene: Scene) -> int:
    """A session held: one decision, one information; three voices, all present."""
    meeting_id = plan(scene)
    put_motion(scene, meeting_id, Motion.CREATE)
    put_information(scene, meeting_id)
    hold(scene, meeting_id)
    return meeting_id


def switch_on(scene: Scene, **settings: object) -> None:
    with transaction() as session:
        committee = session.get_one(Committee, scene.coordination)
        for name, value in ({"votes_enabled": True} | settings).items():
            setattr(committee, name, value)


def items(meeting_id: int) -> list[int]:
    return [state.item.id for state in queries.list_item_states(meeting_id)]


def mandates(scene: Scene, meeting_id: int) -> dict[str, int]:
    """The seats of the roll, by who holds them."""
    people = {scene.chair: "chair", scene.second_chair: "second", scene.member: "member"}
    seats = queries.list_seats(db.session.get_one(Meeting, meeting_id))
    return {
        people[seat.mandate.person_id]: seat.mandate.id for seat in seats if seat.mandate.person_id in people
    }


def save(
    scene: Scene, meeting_id: int, item_id: int, text: str, base: int, key: str = KEY, **more: object
) -> int:
    actor = more.pop("actor", None) or scene.actor(scene.secretary)
    field = more.pop("field", TextField.NOTES)
    return services.save_text(
        actor,
        meeting_id,
        item_id,
        field,
        text,
        base=base,
        key=key,
        **more,  # type: ignore[arg-type]  # a table of cases
    ).version


def later(minutes: int) -> None:
    clock.freeze(clock.now() + timedelta(minutes=minutes))


def journal(action: str) -> list[dict[str, object]]:
    rows = db.session.scalars(
        select(JournalDetail)
        .join(JournalEntry, JournalEntry.seq == JournalDetail.seq)
        .where(JournalEntry.action == action)
        .order_by(JournalDetail.seq)
    )
    return [row.payload for row in rows]


def test_opening_the_session_is_in_the_journal(scene: Scene, meeting: int) -> None:
    assert [(entry["actor"], entry["after"]["state"]) for entry in journal("sitting.open")] == [  # type: ignore[index]
        ("Secretary Dupont", "in_session")
    ]


def test_of_a_session_entered_afterwards_the_hours_of_the_moves_change_no_vote(
    scene: Scene, meeting: int
) -> None:
    switch_on(scene)
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    later(10)
    services.note_move(actor, meeting, seats["member"], arrived=False, at=clock.now())
    with transaction() as session:
        session.get_one(Meeting, meeting).recorded_afterwards = True
    later(60)
    counted = Draft(A, wording="Oui, le groupe.", vote_mode=COUNT, for_=3)
    services.save_outcome(actor, meeting, items(meeting)[0], counted)


# texts


def test_a_text_is_saved_by_versions_and_once_a_key(scene: Scene, meeting: int) -> None:
    item = items(meeting)[0]
    assert save(scene, meeting, item, "un", 0, "a" * 12) == 1
    assert save(scene, meeting, item, "un", 0, "a" * 12) == 1  # sent twice
    assert save(scene, meeting, item, "un deux", 1, "b" * 12) == 2
    outcome = queries.find_outcome(item)
    assert outcome is not None
    assert (outcome.notes, outcome.kind) == ("un deux", None)


def test_another_version_gives_both_texts_back_and_writes_nothing(scene: Scene, meeting: int) -> None:
    item = items(meeting)[0]
    save(scene, meeting, item, "du premier", 0, "a" * 12)
    with pytest.raises(TextConflict) as conflict:
        save(scene, meeting, item, "du second", 0, "b" * 12)
    assert (conflict.value.saved.text, conflict.value.saved.version) == ("du premier", 1)
    outcome = queries.find_outcome(item)
    assert outcome is not None
    assert outcome.notes == "du premier"
    # an answer that was lost is no conflict with oneself
    assert save(scene, meeting, item, "du premier, encore", 0, "c" * 12, sent=["a" * 12]) == 2


def test_a_save_sent_again_does_not_pass_for_what_was_written_since(scene: Scene, meeting: int) -> None:
    item = items(meeting)[0]
    save(scene, meeting, item, "du premier", 0, "a" * 12)  # the answer is lost
    save(scene, meeting, item, "du premier, puis du second", 1, "b" * 12)
    assert save(scene, meeting, item, "du premier", 0, "a" * 12, sent=["a" * 12]) == 1
    with pytest.raises(TextConflict):
        save(scene, meeting, item, "du premier, encore", 1, "c" * 12)


def test_a_lost_answer_excuses_nothing_once_a_form_was_saved(scene: Scene, meeting: int) -> None:
    item = items(meeting)[0]
    save(scene, meeting, item, "tapé", 0, "a" * 12)  # the answer is lost
    services.save_outcome(scene.actor(scene.secretary), meeting, item, Draft(None, notes="par le formulaire"))
    with pytest.raises(TextConflict):
        save(scene, meeting, item, "tapé encore", 0, "b" * 12, sent=["a" * 12])


def test_each_text_has_its_own_versions_and_the_draft_starts_the_wording(scene: Scene, meeting: int) -> None:
    item = items(meeting)[0]
    state = queries.get_item_state(meeting, item)
    before = queries.texts_of(state.item, state.outcome)
    assert before[TextField.WORDING].text == state.item.draft_wording != ""
    save(scene, meeting, item, "Décidé.", 0, field=TextField.WORDING)
    save(scene, meeting, item, "Aider d’abord les petites communes.", 0, field=TextField.MISSION)
    save(scene, meeting, item, "", 1, "x" * 12, field=TextField.WORDING)
    state = queries.get_item_state(meeting, item)
    texts = queries.texts_of(state.item, state.outcome)
    assert [(field, text.text, text.version) for field, text in texts.items()] == [
        (TextField.WORDING, "", 2),  # emptied: the draft does not come back
        (TextField.MISSION, "Aider d’abord les petites communes.", 1),
        (TextField.NOTES, "", 0),
        (TextField.DEFER_REASON, "", 0),
    ]


@pytest.mark.parametrize(
    ("field", "text", "key", "refusal"),
    [
        (TextField.NOTES, "x" * 10_001, KEY, WordingTooLong),
        (TextField.MISSION, "x", KEY, NoSuchText),
        (TextField.WORDING, "x", KEY, NoSuchText),
        (TextField.NOTES, "x", "court", BadKey),
    ],
)
def test_refused_texts(
    scene: Scene, meeting: int, field: TextField, text: str, key: str, refusal: type[Exception]
) -> None:
    information = items(meeting)[1]
    with pytest.raises(refusal):
        save(scene, meeting, information, text, 0, key, field=field)


def test_a_form_saved_meanwhile_shows_to_whoever_types(scene: Scene, meeting: int) -> None:
    item = items(meeting)[0]
    services.save_outcome(scene.actor(scene.secretary), meeting, item, Draft(None, notes="par le formulaire"))
    with pytest.raises(TextConflict):
        save(scene, meeting, item, "tapé", 0)


def test_the_journal_tells_what_was_typed_once_in_a_while_and_by_whom(scene: Scene, meeting: int) -> None:
    item = items(meeting)[0]
    other = make_person("Paule", "Lambert")
    with transaction() as session:
        session.add(
            Mandate(
                person_id=other.id,
                committee_id=scene.coordination,
                institution_id=scene.institution,
                seat=Seat.SECRETARY,
                voice=Voice.ADVISORY,
                from_on=SINCE,
                created_at=clock.now(),
            )
        )
    second = actor_for(other.id, other.full_name)
    for version in range(5):
        save(scene, meeting, item, "a" * (version + 1), version, f"clef-{version:08}")
    assert journal("sitting.text") == []
    save(scene, meeting, item, "aaaaa b", 5, "autre-00000001", actor=second)
    assert [(entry["actor"], entry["after"]["notes"]) for entry in journal("sitting.text")] == [  # type: ignore[index]
        ("Secretary Dupont", "aaaaa")
    ]
    later(6)
    save(scene, meeting, item, "aaaaa bb", 6, "autre-00000002", actor=second)
    settle_all(scene, meeting)
    closing.adjourn(scene.actor(scene.secretary), meeting)
    told = [(entry["actor"], entry["after"]["notes"]) for entry in journal("sitting.text")]  # type: ignore[index]
    assert told == [
        ("Secretary Dupont", "aaaaa"),
        ("Paule Lambert", "aaaaa b"),
        ("Paule Lambert", "aaaaa bb"),
    ]


def settle_all(scene: Scene, meeting_id: int) -> None:
    settle(scene, meeting_id, OutcomeKind.WITHDRAWN)
    settle(scene, meeting_id, P, position=2)


def test_the_levee_judges_again_what_was_typed_after_the_outcome(scene: Scene, meeting: int) -> None:
    item, actor = items(meeting)[0], scene.actor(scene.secretary)
    settle(scene, meeting, A)
    settle(scene, meeting, P, position=2)
    save(scene, meeting, item, "", 1, field=TextField.WORDING)
    row = db.session.get_one(Meeting, meeting)
    refusals = [each.refusal for each in preview_of(row).items]
    assert [type(each) for each in refusals] == [WordingNeeded, type(None)]
    with pytest.raises(EffectRefused):
        closing.adjourn(actor, meeting)
    assert acts_of_meeting(meeting) == []
    save(scene, meeting, item, "Le groupe est créé.", 2, "z" * 12, field=TextField.WORDING)
    closing.adjourn(actor, meeting)
    assert [act.wording for act in acts_of_meeting(meeting)] == ["Le groupe est créé."]


def test_the_levee_refuses_more_votes_than_the_corrected_roll_gives_voices(
    scene: Scene, meeting: int
) -> None:
    switch_on(scene)
    item, actor = items(meeting)[0], scene.actor(scene.secretary)
    counted = Draft(A, wording="Oui, le groupe.", vote_mode=COUNT, for_=3)
    services.save_outcome(actor, meeting, item, counted)
    settle(scene, meeting, P, position=2)
    services.call_roll(actor, meeting, {mandates(scene, meeting)["member"]: Entry(Presence.ABSENT)})
    with pytest.raises(EffectRefused):
        closing.adjourn(actor, meeting)


def test_after_the_levee_nothing_is_saved(scene: Scene, meeting: int) -> None:
    item = items(meeting)[0]
    settle_all(scene, meeting)
    closing.adjourn(scene.actor(scene.secretary), meeting)
    with pytest.raises(NotInSession):
        save(scene, meeting, item, "trop tard", 0)


def test_two_writers_at_once_one_is_told(app: Flask, scene: Scene, meeting: int) -> None:
    item, now = items(meeting)[0], clock.now()
    actor = scene.actor(scene.secretary)
    db.session.remove()

    def write(number: int) -> str:
        with app.app_context(), clock.at(now):
            try:
                services.save_text(
                    actor, meeting, item, TextField.NOTES, f"texte {number}", base=0, key=f"clef-{number:08}"
                )
            except TextConflict:
                return "told"
            finally:
                db.session.remove()
            return "saved"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(write, range(4)))
    assert answers == ["saved", "told", "told", "told"]


# the roll


def test_a_proxy_is_counted_while_its_holder_is_there(scene: Scene, meeting: int) -> None:
    switch_on(scene, proxies_enabled=True)
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    entry = Entry(Presence.BY_PROXY, holder_id=seats["chair"])
    services.call_roll(actor, meeting, {seats["member"]: entry})
    assert heard(meeting) == {"chair": 2, "second": 1}
    later(10)
    services.note_move(actor, meeting, seats["chair"], arrived=False, at=clock.now())
    later(1)
    assert heard(meeting) == {"second": 1}
    later(10)
    # the member comes in after all: heard by themselves, and no more by proxy
    services.note_move(actor, meeting, seats["member"], arrived=True, at=clock.now())
    assert heard(meeting) == {"second": 1, "member": 1}
    move = queries.list_moves(meeting)[-1]
    services.remove_move(actor, meeting, move.id)
    assert heard(meeting) == {"second": 1}


def heard(meeting_id: int) -> dict[str, int]:
    meeting = db.session.get_one(Meeting, meeting_id)
    room = queries.room_at(meeting, queries.list_seat_lines(meeting), clock.now())
    names = {"Chair": "chair", "Second Chair": "second", "Member": "member"}
    counted: dict[str, int] = {}
    for voice in room.voices:
        by = names[voice.by.name.removesuffix(" Dupont")]
        counted[by] = counted.get(by, 0) + 1
    return counted


def test_refused_proxies(scene: Scene, meeting: int) -> None:
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    to_chair = Entry(Presence.BY_PROXY, holder_id=seats["chair"])
    with pytest.raises(ProxiesOff):
        services.call_roll(actor, meeting, {seats["member"]: to_chair})
    with pytest.raises(ProxiesOff):
        services.note_move(
            actor, meeting, seats["member"], arrived=False, at=clock.now(), holder_id=seats["chair"]
        )
    switch_on(scene, proxies_enabled=True)
    with pytest.raises(TooManyProxies) as many:
        services.call_roll(actor, meeting, {seats["member"]: to_chair, seats["second"]: to_chair})
    assert many.value.field is not None
    with pytest.raises(ProxyToAbsent):
        services.call_roll(
            actor, meeting, {seats["member"]: to_chair, seats["chair"]: Entry(Presence.EXCUSED)}
        )
    # holding a proxy, one is not put down as absent without saying what becomes of it
    services.call_roll(actor, meeting, {seats["member"]: to_chair})
    with pytest.raises(ProxyToAbsent):
        services.call_roll(actor, meeting, {seats["chair"]: Entry(Presence.ABSENT)})


def test_substitutes_and_representatives(scene: Scene, meeting: int) -> None:
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    with pytest.raises(NoSuchSubstitute):
        services.call_roll(actor, meeting, {seats["member"]: Entry(Presence.SUBSTITUTED, "Quelqu’un")})
    with pytest.raises(MissingRepresentative):
        services.call_roll(actor, meeting, {seats["member"]: Entry(Presence.REPRESENTED)})
    substitute = make_person("Lise", "Petit")
    with transaction() as session:
        elsewhere = Institution(name="AMF", kind=InstitutionKind.ASSOCIATION)
        session.add(elsewhere)
        session.flush()
        session.add(
            Mandate(
                person_id=substitute.id,
                committee_id=scene.coordination,
                institution_id=scene.institution,
                seat=Seat.SUBSTITUTE,
                voice=Voice.VOTING,
                substitute_for_id=seats["member"],
                from_on=SINCE,
                created_at=clock.now(),
            )
        )
        session.get_one(Mandate, seats["second"]).institution_id = elsewhere.id
    services.call_roll(actor, meeting, {seats["member"]: Entry(Presence.SUBSTITUTED)})
    seat = next(
        each
        for each in queries.list_seats(db.session.get_one(Meeting, meeting))
        if each.mandate.id == seats["member"]
    )
    assert seat.attendance is not None
    assert (seat.attendance.represented_by, seat.attendance.substitute_id is not None) == ("Lise Petit", True)
    with pytest.raises(SitsForAnother):
        services.call_roll(
            actor, meeting, {seats["member"]: Entry(Presence.REPRESENTED, "second chair dupont")}
        )


def test_one_comes_and_goes_while_the_session_lasts(scene: Scene, meeting: int) -> None:
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    for at in (clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)):
        with pytest.raises(MoveOutsideSession):
            services.note_move(actor, meeting, seats["member"], arrived=False, at=at)
    with pytest.raises(MoveMakesNoSense):
        services.note_move(actor, meeting, seats["member"], arrived=True, at=clock.now())


def test_a_roll_read_before_a_colleague_changed_it_overwrites_nothing(scene: Scene, meeting: int) -> None:
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    was = services.line_told(seat_of(meeting, seats["member"]).attendance)
    services.call_roll(actor, meeting, {seats["member"]: Entry(Presence.EXCUSED)})  # the colleague
    as_read = {
        seats["member"]: Entry(Presence.PRESENT, was=was),
        seats["second"]: Entry(Presence.REMOTE, was=was),
    }
    assert services.call_roll(actor, meeting, as_read) == 1
    assert seat_of(meeting, seats["member"]).presence is Presence.EXCUSED
    with pytest.raises(LineChanged) as refused:
        services.call_roll(actor, meeting, {seats["member"]: Entry(Presence.ABSENT, was=was)})
    assert refused.value.field == f"presence-{seats['member']}"
    assert seat_of(meeting, seats["member"]).presence is Presence.EXCUSED


def test_moves_taken_away_by_the_roll_are_in_the_journal(scene: Scene, meeting: int) -> None:
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    later(10)
    services.note_move(actor, meeting, seats["member"], arrived=False, at=clock.now())
    services.call_roll(actor, meeting, {seats["member"]: Entry(Presence.ABSENT)})
    assert queries.list_moves(meeting) == []
    assert [entry["before"]["arrived"] for entry in journal("sitting.remove_move")] == [False]  # type: ignore[index]


def seat_of(meeting_id: int, mandate_id: int) -> queries.SeatState:
    seats = queries.list_seats(db.session.get_one(Meeting, meeting_id))
    return next(each for each in seats if each.mandate.id == mandate_id)


# votes


@pytest.mark.parametrize(
    "draft",
    [
        Draft(A, wording="Oui.", vote_mode=COUNT, for_=3),
        Draft(A, wording="Oui.", vote_mode=BY_NAME),
        Draft(A, wording="Oui.", for_=3),
        Draft(None, vote_mode=COUNT, for_=3),
    ],
)
def test_what_is_not_switched_on_is_refused_when_posted_by_hand(
    scene: Scene, meeting: int, draft: Draft
) -> None:
    item, actor = items(meeting)[0], scene.actor(scene.secretary)
    with pytest.raises(VotesOff):
        services.save_outcome(actor, meeting, item, draft)
    with pytest.raises(CastingOff):
        services.save_outcome(actor, meeting, item, Draft(A, wording="Oui.", casting=Choice.FOR))
    with pytest.raises(VotesOff):
        services.record_ballots(actor, meeting, item, {}, seen="")
    assert queries.find_outcome(item) is None


def test_a_count_holds_with_the_voices_in_the_room(scene: Scene, meeting: int) -> None:
    switch_on(scene)
    item, actor = items(meeting)[0], scene.actor(scene.secretary)
    with pytest.raises(VotesBeyondVoices):
        services.save_outcome(actor, meeting, item, Draft(A, wording="Oui.", vote_mode=COUNT, for_=4))
    with pytest.raises(NotCarried):
        services.save_outcome(
            actor, meeting, item, Draft(A, wording="Oui.", vote_mode=COUNT, for_=1, against=1, abstain=1)
        )
    services.save_outcome(actor, meeting, item, Draft(A, wording="Oui.", vote_mode=COUNT, for_=2, against=1))


def test_a_vote_by_name_is_counted_and_goes_into_the_act(scene: Scene, meeting: int) -> None:
    switch_on(scene, proxies_enabled=True, casting_vote=True)
    item, actor = items(meeting)[0], scene.actor(scene.secretary)
    seats = mandates(scene, meeting)
    services.set_recusals(actor, meeting, item, {seats["member"]})
    with pytest.raises(NotAVoice):
        services.record_ballots(actor, meeting, item, {seats["member"]: Choice.FOR}, seen="")
    said = {seats["chair"]: Choice.FOR, seats["second"]: Choice.AGAINST}
    outcome = services.record_ballots(actor, meeting, item, said, seen="")
    assert (outcome.for_, outcome.against, outcome.kind) == (1, 1, None)
    with pytest.raises(Stale):
        services.record_ballots(actor, meeting, item, said, seen="")
    with pytest.raises(CastingNeeded):
        services.save_outcome(actor, meeting, item, Draft(A, wording="Oui.", vote_mode=BY_NAME))
    services.save_outcome(
        actor,
        meeting,
        item,
        Draft(A, wording="Oui, le groupe.", vote_mode=BY_NAME, for_=99, casting=Choice.FOR),
    )
    settle(scene, meeting, P, position=2)
    closing.adjourn(actor, meeting)
    [act] = acts_of_meeting(meeting)
    assert act.vote == "vote nominatif, 1 pour, 1 contre, 0 abstention(s), voix prépondérante du président"
    # the journal keeps the totals, not who said what
    assert "Chair" not in str(journal("sitting.ballots"))


def vote(scene: Scene, meeting: int, said: dict[str, Choice], **proxies: str) -> int:
    """A vote by name on the first item, by proxy for those named with who holds it; returns the item."""
    switch_on(scene, proxies_enabled=True)
    actor, seats, item = scene.actor(scene.secretary), mandates(scene, meeting), items(meeting)[0]
    given = {seats[who]: Entry(Presence.BY_PROXY, holder_id=seats[to]) for who, to in proxies.items()}
    services.call_roll(actor, meeting, given)
    services.record_ballots(actor, meeting, item, {seats[who]: each for who, each in said.items()}, seen="")
    return item


def stands(item: int) -> tuple[OutcomeKind | None, VoteMode, int, int]:
    outcome = queries.find_outcome(item)
    assert outcome is not None
    return outcome.kind, outcome.vote_mode, outcome.for_, outcome.against


def test_who_steps_aside_after_the_vote_is_counted_no_more(scene: Scene, meeting: int) -> None:
    said = {"chair": Choice.FOR, "member": Choice.FOR, "second": Choice.AGAINST}
    item = vote(scene, meeting, said, member="chair")
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    services.save_outcome(actor, meeting, item, Draft(A, wording="Oui, le groupe.", vote_mode=BY_NAME))
    assert stands(item) == (A, BY_NAME, 2, 1)
    services.set_recusals(actor, meeting, item, {seats["chair"]})  # and the proxy they held
    assert stands(item) == (None, BY_NAME, 0, 1)
    assert journal("sitting.ballots")[-1]["after"]["for_"] == 0  # type: ignore[index]  # JSON of the journal
    services.set_recusals(actor, meeting, item, {seats["chair"], seats["second"]})
    assert stands(item) == (None, VoteMode.CONSENSUS, 0, 0)


def test_a_count_beyond_the_voices_left_is_taken_back(scene: Scene, meeting: int) -> None:
    switch_on(scene)
    item, actor = items(meeting)[0], scene.actor(scene.secretary)
    counted = Draft(A, wording="Oui, le groupe.", vote_mode=COUNT, for_=2, against=1)
    services.save_outcome(actor, meeting, item, counted)
    services.set_recusals(actor, meeting, item, {mandates(scene, meeting)["second"]})
    assert stands(item) == (None, COUNT, 2, 1)


def test_a_colleague_who_types_does_not_spoil_a_vote_by_name(scene: Scene, meeting: int) -> None:
    switch_on(scene)
    item, actor = items(meeting)[0], scene.actor(scene.secretary)
    seats = mandates(scene, meeting)
    save(scene, meeting, item, "tapé pendant le vote", 0)
    services.record_ballots(actor, meeting, item, {seats["chair"]: Choice.FOR}, seen="")
    assert save(scene, meeting, item, "Tapé aussi.", 0, "w" * 12, field=TextField.WORDING) == 1
    outcome = queries.find_outcome(item)
    seen = services.vote_told(outcome, queries.ballots_on(item))
    services.save_outcome(actor, meeting, item, Draft(A, wording="Oui, le groupe.", vote_mode=BY_NAME))
    with pytest.raises(Stale):  # decided meanwhile
        services.record_ballots(actor, meeting, item, {seats["chair"]: Choice.AGAINST}, seen=seen)


def test_who_leaves_after_voting_by_name_has_voted(scene: Scene, meeting: int) -> None:
    item = vote(scene, meeting, dict.fromkeys(("chair", "second", "member"), Choice.FOR))
    actor, seats = scene.actor(scene.secretary), mandates(scene, meeting)
    later(10)
    services.note_move(actor, meeting, seats["member"], arrived=False, at=clock.now())
    later(1)
    services.save_outcome(actor, meeting, item, Draft(A, wording="Oui, le groupe.", vote_mode=BY_NAME))
    settle(scene, meeting, P, position=2)
    closing.adjourn(actor, meeting)
    assert [act.vote for act in acts_of_meeting(meeting)] == [
        "vote nominatif, 3 pour, 0 contre, 0 abstention(s)"
    ]


def test_without_quorum_nothing_is_decided(scene: Scene, meeting: int) -> None:
    switch_on(scene, quorum_percent=60)
    item, actor, seats = items(meeting)[0], scene.actor(scene.secretary), mandates(scene, meeting)
    services.save_outcome(actor, meeting, item, Draft(A, wording="Oui, le groupe."))
    later(10)
    for who in ("member", "second"):
        services.note_move(actor, meeting, seats[who], arrived=False, at=clock.now())
    later(1)
    # what was decided before stays, and its notes may still be written
    services.save_outcome(actor, meeting, item, Draft(A, wording="Oui, le groupe.", notes="Précision."))
    with pytest.raises(NoQuorum):
        services.save_outcome(actor, meeting, item, Draft(N))
    services.save_outcome(actor, meeting, item, Draft(OutcomeKind.DEFERRED))


# together


def test_deferring_the_rest_keeps_the_reasons_and_the_counts_already_there(
    scene: Scene, meeting: int
) -> None:
    switch_on(scene)
    item, actor = items(meeting)[0], scene.actor(scene.secretary)
    typed = Draft(None, defer_reason="Pièce manquante", vote_mode=COUNT, for_=1, against=2)
    services.save_outcome(actor, meeting, item, typed)
    services.settle_together(actor, meeting, OutcomeKind.DEFERRED, "Interrompue")
    outcomes = [queries.find_outcome(each) for each in items(meeting)]
    assert [each.defer_reason for each in outcomes if each] == ["Pièce manquante", "Interrompue"]
    assert stands(item) == (OutcomeKind.DEFERRED, COUNT, 1, 2)


def test_what_was_settled_together_is_taken_back(scene: Scene, meeting: int) -> None:
    actor = scene.actor(scene.secretary)
    assert services.settle_together(actor, meeting, OutcomeKind.DEFERRED, "Interrompue") == 2
    [batch] = {line.batch for line in queries.list_rail(meeting)}
    assert batch is not None
    services.save_outcome(actor, meeting, items(meeting)[1], Draft(P))  # settled otherwise since: it stays
    assert services.undo_together(actor, meeting, batch) == 1
    assert [line.outcome for line in queries.list_rail(meeting)] == [None, P]
    with pytest.raises(NothingToUndo):
        services.undo_together(actor, meeting, batch)


def test_the_time_spent_runs_from_the_outcome_before(scene: Scene, meeting: int) -> None:
    first, second = items(meeting)
    later(12)
    services.save_outcome(scene.actor(scene.secretary), meeting, first, Draft(OutcomeKind.WITHDRAWN))
    later(5)
    row, rail = db.session.get_one(Meeting, meeting), queries.list_rail(meeting)
    spent = [queries.pace_of(row, rail, item, clock.now()) for item in (first, second)]
    assert [pace.minutes_until(clock.now()) for pace in spent if pace] == [12, 5]
    assert db.session.scalar(select(Outcome.settled_at)) is not None
