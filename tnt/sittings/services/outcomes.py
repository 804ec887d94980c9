"""How each item ends: its outcome, alone or together with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import select

from tnt.agendas.models import AgendaItem
from tnt.agendas.services import ObjectiveAsk, drafted_wording
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError, check_version
from tnt.meetings.models import Meeting
from tnt.objectives import services as objectives
from tnt.projects.models import GroupMotion
from tnt.projects.services import revise_motion
from tnt.sittings import queries
from tnt.sittings.models import ItemText, Outcome
from tnt.sittings.queries import ItemState, SeatLine
from tnt.sittings.rules.outcomes import (
    Draft,
    OutcomeKind,
    VoteRules,
    allowed_outcomes,
    check_outcome,
    decides,
    same_words,
)
from tnt.sittings.rules.presences import Move
from tnt.sittings.rules.texts import TextField
from tnt.sittings.rules.votes import NoQuorum, VoteMode, count_votes
from tnt.sittings.services.holding import lock_in_session
from tnt.sittings.services.texts import journal_rows, note_versions, rows_of


class NothingToUndo(DomainError):
    """What was settled together was settled anew since."""

    message = N_("Ces points ont reçu depuis un autre résultat : rien n’est à reprendre.")


def save_outcome(
    actor: Actor,
    meeting_id: int,
    item_id: int,
    draft: Draft,
    expected_version: int | None = None,
    mission: str | None = None,
    scoring: ObjectiveAsk | None = None,
    *,
    keeps_kind: bool = False,
) -> Outcome:
    """Save how an item stands: notes as they come, the outcome when it is known.

    `keeps_kind`: the outcome stays what it is, whatever the draft says. `expected_version` is the outcome's
    version when the form was opened (0: none yet). Raises Stale with the saved one left as it is,
    NotInSession, or the refusal of the outcome or of its vote. `mission` is the text that the item's motion
    gives the group, when it was amended in session; `scoring` the result that it gives an objective.
    """
    with transaction():
        meeting = lock_in_session(actor, meeting_id)
        state = queries.get_item_state(meeting.id, item_id)
        item, outcome = state.item, state.outcome
        check_version(expected_version, outcome.version if outcome else 0)
        if keeps_kind:
            draft = replace(draft, kind=outcome.kind if outcome else None)
        rows = rows_of(item)
        journal_rows(meeting, item, outcome, rows.values())
        draft = _with_votes(item, draft)
        if scoring is not None:
            draft = _amend_scoring(actor, meeting, item, scoring, draft)
        check(meeting, item, outcome, draft)
        if mission is not None:
            _amend_mission(actor, item, mission, rows)
        return write(actor, meeting, item, outcome, draft, rows)


def _with_votes(item: AgendaItem, draft: Draft) -> Draft:
    """Consensus counts nothing; a vote by name is counted from the names."""
    if draft.vote_mode is VoteMode.CONSENSUS:
        return draft
    if draft.vote_mode is VoteMode.BY_NAME:
        tally = count_votes(ballot.choice for ballot in queries.ballots_on(item.id).values())
        return replace(draft, for_=tally.for_, against=tally.against, abstain=tally.abstain)
    return draft


class Roll(NamedTuple):
    """Who was there during a session, and what that changes on each item."""

    seats: Sequence[SeatLine]
    moves: Mapping[int, Sequence[Move]]
    recused: Mapping[int, frozenset[int]]
    voted: Mapping[int, datetime]


def _roll(meeting: Meeting, item_ids: Sequence[int]) -> Roll | None:
    """None where nothing depends on who was there, or where nobody noted it."""
    committee = meeting.committee
    if not (committee.votes_enabled or committee.quorum_percent):
        return None
    seats = queries.list_seat_lines(meeting)
    if meeting.recorded_afterwards and not any(seat.presence for seat in seats):
        return None
    return Roll(
        seats,
        # entered afterwards, an outcome has no hour of the session to compare theirs with
        {} if meeting.recorded_afterwards else queries.moves_by_seat(meeting.id),
        queries.recused_by_item(item_ids),
        queries.voted_at(item_ids),
    )


def check(meeting: Meeting, item: AgendaItem, outcome: Outcome | None, draft: Draft) -> None:
    """Raise the refusal of an outcome, by the rules of its committee and who was there at its moment."""
    roll = _roll(meeting, [item.id]) if decides(draft.kind) else None
    _check_by(roll, meeting, item, outcome, draft)


def refusals_of(meeting: Meeting, states: Sequence[ItemState]) -> dict[int, DomainError]:
    """What the rules hold against the outcomes as they stand, by item.

    Texts are typed and the roll is corrected after an outcome was chosen: it is judged again at the levée.
    """
    roll = _roll(meeting, [state.item.id for state in states])
    found: dict[int, DomainError] = {}
    for state in states:
        if state.outcome is None or state.outcome.kind is None:
            continue
        try:
            _check_by(roll, meeting, state.item, state.outcome, state.outcome.draft)
        except DomainError as refusal:
            found[state.item.id] = refusal
    return found


def _check_by(
    roll: Roll | None, meeting: Meeting, item: AgendaItem, outcome: Outcome | None, draft: Draft
) -> None:
    room = None
    if roll is not None and decides(draft.kind):
        moment = _moment(roll, item, outcome, draft)
        recused = roll.recused.get(item.id, frozenset())
        room = queries.room_at(meeting, roll.seats, moment, recused, roll.moves)
    check_outcome(
        draft,
        allowed=allowed_outcomes(item.kind, meeting.committee.key, item.act_kind),
        times_deferred=item.times_deferred,
        votes=VoteRules(
            meeting.committee.votes_enabled,
            meeting.committee.casting_vote,
            len(room.voices) if room is not None else None,
        ),
        proposed=item.draft_wording,
    )
    if room is not None and room.quorum is False:
        raise NoQuorum(heard=len(room.voices), needed=room.needed)


def _moment(roll: Roll, item: AgendaItem, outcome: Outcome | None, draft: Draft) -> datetime:
    """When the room is judged: as the names were recorded, else as an outcome that stays was chosen, or now.

    Who left since had been there.
    """
    if draft.vote_mode is VoteMode.BY_NAME and item.id in roll.voted:
        return roll.voted[item.id]
    stays = outcome is not None and outcome.kind is draft.kind
    return (outcome.settled_at if outcome is not None and stays else None) or clock.now()


def write(
    actor: Actor,
    meeting: Meeting,
    item: AgendaItem,
    outcome: Outcome | None,
    draft: Draft,
    rows: Mapping[TextField, ItemText],
) -> Outcome:
    """Write and journal an outcome already judged; inside the caller's transaction."""
    values = asdict(draft)
    if draft.vote_mode is VoteMode.CONSENSUS:
        values |= {"for_": 0, "against": 0, "abstain": 0, "casting": None}
    now = clock.now()
    if outcome is None:
        outcome = Outcome(item_id=item.id, kind=None, version=0, saved_at=now)
        db.session.add(outcome)
        db.session.flush()
    before, after = journal.changes(outcome, values)
    _set(outcome, after, now)
    note_versions(actor, item, rows, (field for field in TextField if field.value in after))
    outcome.version += 1
    outcome.saved_at, outcome.saved_by_id = now, actor.person_id
    if after:
        journal.record(
            actor, "sitting.outcome", outcome, before=before, after=after, committee_id=meeting.committee_id
        )
    return outcome


def _set(outcome: Outcome, after: Mapping[str, object], now: datetime) -> None:
    for name, value in after.items():
        setattr(outcome, name, value)
    if "kind" in after:
        outcome.settled_at = now if outcome.kind is not None else None
        outcome.batch = None


def _amend_mission(actor: Actor, item: AgendaItem, mission: str, rows: Mapping[TextField, ItemText]) -> None:
    """Change, in session, the mission text that an item's motion would give (« adoptée, modifiée »)."""
    motion: GroupMotion | None = item.group_motion
    if motion is None or not queries.has_mission(item) or motion.mission == mission.strip():
        return
    revise_motion(
        actor,
        motion.id,
        mission=mission,
        reason=motion.reason,
        stop_kind=motion.stop_kind,
        lead_id=motion.lead_id,
        lead_institution_id=motion.lead_institution_id,
        effective_on=motion.effective_on,
    )
    note_versions(actor, item, rows, [TextField.MISSION])


def _amend_scoring(
    actor: Actor, meeting: Meeting, item: AgendaItem, ask: ObjectiveAsk, draft: Draft
) -> Draft:
    """Change, in session, the result that an item gives an objective; words left as drafted follow it."""
    motion = queries.scoring_of(meeting, item)
    if motion is None or (motion.score, motion.follow_up, motion.amended_title) == (
        ask.score,
        ask.follow_up,
        ask.amended_title.strip(),
    ):
        return draft
    drafted = drafted_wording(item)
    objectives.revise_motion(actor, motion.id, **replace(ask, comment=motion.comment).values())
    if not same_words(draft.wording, drafted):
        return draft
    return replace(draft, wording=drafted_wording(item))


def settle_together(actor: Actor, meeting_id: int, kind: OutcomeKind, reason: str = "") -> int:
    """Settle at once what is left: information items noted together, or the rest deferred together.

    Items already settled stay. Returns how many were settled; `undo_together` takes it back.
    """
    batch = str(uuid4())
    with transaction():
        meeting = lock_in_session(actor, meeting_id)
        settled = 0
        for state in queries.list_item_states(meeting.id):
            allowed = allowed_outcomes(state.item.kind, meeting.committee.key, state.item.act_kind)
            if state.is_settled or kind not in allowed:
                continue
            saved = state.outcome.draft if state.outcome else Draft(None)
            draft = replace(saved, kind=kind, defer_reason=saved.defer_reason or reason)
            outcome = save_outcome(actor, meeting.id, state.item.id, draft)
            outcome.batch = batch
            settled += 1
    return settled


def undo_together(actor: Actor, meeting_id: int, batch: str) -> int:
    """Take back what was settled together; a point settled otherwise since stays. Returns how many.

    Raises NothingToUndo, NotInSession.
    """
    with transaction() as session:
        meeting = lock_in_session(actor, meeting_id)
        outcomes = session.scalars(
            select(Outcome)
            .join(Outcome.item)
            .where(AgendaItem.meeting_id == meeting.id, Outcome.batch == batch, Outcome.kind.is_not(None))
        ).all()
        if not outcomes:
            raise NothingToUndo()
        for outcome in outcomes:
            before = {"kind": outcome.kind}
            outcome.kind, outcome.settled_at, outcome.batch = None, None, None
            outcome.version += 1
            outcome.saved_at, outcome.saved_by_id = clock.now(), actor.person_id
            journal.record(
                actor,
                "sitting.outcome",
                outcome,
                before=before,
                after={"kind": None},
                committee_id=meeting.committee_id,
            )
    return len(outcomes)
