"""How each item ends: its outcome, its vote, alone or together with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import delete, select

from tnt.agendas.models import AgendaItem
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError, check_version
from tnt.meetings.models import Meeting
from tnt.projects.models import GroupMotion
from tnt.projects.services import revise_motion
from tnt.sittings import queries
from tnt.sittings.models import Ballot, ItemText, Outcome
from tnt.sittings.queries import Room
from tnt.sittings.rules.outcomes import (
    Draft,
    OutcomeKind,
    VoteRules,
    allowed_outcomes,
    check_outcome,
    decides,
)
from tnt.sittings.rules.texts import TextField
from tnt.sittings.rules.votes import Choice, NoQuorum, VoteMode, VotesOff, check_ballots, count_votes
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
    *,
    keeps_kind: bool = False,
) -> Outcome:
    """Save how an item stands: notes as they come, the outcome when it is known.

    `keeps_kind`: the outcome stays what it is, whatever the draft says. `expected_version` is the outcome's
    version when the form was opened (0: none yet). Raises Stale with the saved one left as it is,
    NotInSession, or the refusal of the outcome or of its vote. `mission` is the text that the item's motion
    gives the group, when it was amended in session.
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
        _check(meeting, item, outcome, draft)
        if mission is not None:
            _amend_mission(actor, item, mission, rows)
        return _write(actor, meeting, item, outcome, draft, rows)


def _with_votes(item: AgendaItem, draft: Draft) -> Draft:
    """Consensus counts nothing; a vote by name is counted from the names."""
    if draft.vote_mode is VoteMode.CONSENSUS:
        return draft
    if draft.vote_mode is VoteMode.BY_NAME:
        tally = count_votes(ballot.choice for ballot in queries.ballots_on(item.id).values())
        return replace(draft, for_=tally.for_, against=tally.against, abstain=tally.abstain)
    return draft


def _check(meeting: Meeting, item: AgendaItem, outcome: Outcome | None, draft: Draft) -> None:
    """Raise the refusal of an outcome, by the rules of its committee and who was there at its moment."""
    room = _room(meeting, item, outcome, draft)
    check_outcome(
        draft,
        allowed=allowed_outcomes(item.kind, meeting.committee.key, item.act_kind),
        times_deferred=item.times_deferred,
        votes=VoteRules(
            meeting.committee.votes_enabled,
            meeting.committee.casting_vote,
            len(room.voices) if room is not None else None,
        ),
    )
    if room is not None and room.quorum is False and decides(draft.kind):
        raise NoQuorum(heard=len(room.voices), needed=room.needed)


def _room(meeting: Meeting, item: AgendaItem, outcome: Outcome | None, draft: Draft) -> Room | None:
    """Who is heard on the item; None where nothing depends on it, or where nobody noted who was there.

    An outcome that stays is judged by its own moment: who left since had been there.
    """
    committee = meeting.committee
    if not (committee.votes_enabled or committee.quorum_percent) or not decides(draft.kind):
        return None
    seats = queries.list_seat_lines(meeting)
    if meeting.recorded_afterwards and not any(seat.presence for seat in seats):
        return None
    stays = outcome is not None and outcome.kind is draft.kind
    moment = (outcome.settled_at if outcome is not None and stays else None) or clock.now()
    return queries.room_at(meeting, seats, moment, queries.recused_on(item.id))


def _write(
    actor: Actor,
    meeting: Meeting,
    item: AgendaItem,
    outcome: Outcome | None,
    draft: Draft,
    rows: Mapping[TextField, ItemText],
) -> Outcome:
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
            saved = state.outcome
            outcome = save_outcome(
                actor,
                meeting.id,
                state.item.id,
                Draft(
                    kind=kind,
                    wording=saved.wording if saved else "",
                    notes=saved.notes if saved else "",
                    defer_reason=reason or (saved.defer_reason if saved else ""),
                ),
            )
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


def record_ballots(
    actor: Actor, meeting_id: int, item_id: int, choices: Mapping[int, Choice], *, expected_version: int
) -> Outcome:
    """Record a vote by name: mandate id → what that voice says; voices left out have not voted.

    One voice a mandate; a proxy is heard while its holder is there; who stepped aside is not heard. The item
    is then decided by its outcome. Raises VotesOff, NotAVoice, Stale, NotInSession.
    """
    with transaction() as session:
        meeting = lock_in_session(actor, meeting_id)
        state = queries.get_item_state(meeting.id, item_id)
        item, outcome = state.item, state.outcome
        if not meeting.committee.votes_enabled:
            raise VotesOff()
        check_version(expected_version, outcome.version if outcome else 0)
        seats = queries.list_seat_lines(meeting)
        room = queries.room_at(meeting, seats, clock.now(), queries.recused_on(item.id))
        heard = {voice.place.mandate_id: voice for voice in room.voices}
        names = {seat.mandate_id: seat.full_name for seat in seats}
        check_ballots(choices, {key: names[key] for key in heard}, names)
        before = queries.ballots_on(item.id)
        session.execute(delete(Ballot).where(Ballot.item_id == item.id))
        for mandate_id, choice in choices.items():
            voice = heard[mandate_id]
            session.add(
                Ballot(
                    item_id=item.id,
                    mandate_id=mandate_id,
                    choice=choice,
                    cast_by_id=voice.by.mandate_id if voice.is_proxy else None,
                    recorded_at=clock.now(),
                )
            )
        said = {key: each.choice for key, each in before.items()}
        _journal_ballots(actor, meeting, item, said, choices)
        return _count(actor, meeting, item, outcome, choices)


def _journal_ballots(
    actor: Actor,
    meeting: Meeting,
    item: AgendaItem,
    before: Mapping[int, Choice],
    after: Mapping[int, Choice],
) -> None:
    """The totals and a digest: who voted what is not for every reader of the journal."""
    journal.record(
        actor,
        "sitting.ballots",
        item,
        before=_digest(before),
        after=_digest(after),
        committee_id=meeting.committee_id,
    )


def _digest(choices: Mapping[int, Choice]) -> dict[str, object]:
    said = {str(key): choice.value for key, choice in sorted(choices.items())}
    tally = count_votes(choices.values())
    return {
        "for_": tally.for_,
        "against": tally.against,
        "abstain": tally.abstain,
        "sha256": sha256(journal.canonical(said).encode()).hexdigest(),
    }


def _count(
    actor: Actor, meeting: Meeting, item: AgendaItem, outcome: Outcome | None, choices: Mapping[int, Choice]
) -> Outcome:
    """The totals on the item; an outcome that the new count contradicts is taken back."""
    tally = count_votes(choices.values())
    kept = outcome
    draft = Draft(
        kind=None,
        wording=kept.wording if kept else item.draft_wording,
        notes=kept.notes if kept else "",
        defer_reason=kept.defer_reason if kept else "",
        vote_mode=VoteMode.BY_NAME if choices else VoteMode.CONSENSUS,
        for_=tally.for_,
        against=tally.against,
        abstain=tally.abstain,
    )
    return _write(actor, meeting, item, outcome, draft, rows_of(item))
