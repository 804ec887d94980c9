"""What a session held leaves behind when its items go elsewhere.

A session that lacked its quorum hands its whole agenda over; an item taken off takes with it what was
entered on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from tnt.agendas.models import AgendaItem
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import N_, DomainError
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.sittings import queries
from tnt.sittings.models import Ballot, ItemAction, ItemText, Outcome, Recusal
from tnt.sittings.rules import VoteMode
from tnt.sittings.services.texts import journal_rows, rows_of


class QuorumNotMissing(DomainError):
    """A quorum is found missing in session, once the roll is called."""

    message = N_(
        "Le manque de quorum se constate en séance, après l’appel : ouvrez la séance, faites l’appel, "
        "puis reconvoquez si les voix entendues n’y suffisent pas."
    )


def lacks_quorum(meeting: Meeting) -> bool:
    """Whether the roll is called and the voices heard at this moment do not make the quorum."""
    room = queries.room_at(meeting, queries.list_seat_lines(meeting), clock.now())
    return bool(room.called) and room.quorum is False


def hand_over(actor: Actor, meeting: Meeting, was: MeetingState, into_id: int) -> None:
    """Begin anew on the items of a session that lacked its quorum, for the one that takes over.

    What was written stays: the notes, the actions, the wording as the draft of the item. Who stepped aside
    and what was voted does not. Inside the caller's transaction, whether the items are handed over already
    or not. Raises QuorumNotMissing.
    """
    if was is not MeetingState.IN_SESSION or not lacks_quorum(meeting):
        raise QuorumNotMissing()
    items = db.session.scalars(select(AgendaItem).where(AgendaItem.meeting_id.in_([meeting.id, into_id])))
    for item in items.all():
        outcome = queries.find_outcome(item.id)
        journal_rows(meeting, item, outcome, rows_of(item).values())
        if outcome is not None:
            _begin_anew(actor, meeting, item, outcome)
        _forget(item, [Ballot, Recusal, ItemText])


def _begin_anew(actor: Actor, meeting: Meeting, item: AgendaItem, outcome: Outcome) -> None:
    """The vote is not counted any more; the wording becomes the draft, which may be revised again."""
    before, after = journal.changes(
        outcome,
        {
            "vote_mode": VoteMode.CONSENSUS,
            "for_": 0,
            "against": 0,
            "abstain": 0,
            "casting": None,
            "wording": "",
        },
    )
    if not after:
        return
    if outcome.wording.strip() and outcome.wording != item.draft_wording:
        before["draft_wording"], after["draft_wording"] = item.draft_wording, outcome.wording
        item.draft_wording = outcome.wording
        item.version += 1
    for name in after.keys() - {"draft_wording"}:
        setattr(outcome, name, after[name])
    outcome.version += 1
    journal.record(
        actor, "sitting.begin_anew", outcome, before=before, after=after, committee_id=meeting.committee_id
    )


def forget_item(actor: Actor, item: AgendaItem) -> None:
    """Take away all that was entered on an item that leaves its agenda; inside the caller's transaction."""
    outcome = queries.find_outcome(item.id)
    journal_rows(item.meeting, item, outcome, rows_of(item).values())
    if outcome is not None:
        journal.record(
            actor,
            "sitting.forget",
            outcome,
            before={"notes": outcome.notes, "wording": outcome.wording},
            committee_id=item.meeting.committee_id,
        )
    _forget(item, [Ballot, Recusal, ItemText, ItemAction, Outcome])


def _forget(item: AgendaItem, models: Sequence[Any]) -> None:
    for model in models:
        db.session.execute(delete(model).where(model.item_id == item.id))
