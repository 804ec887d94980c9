"""Who is heard on an item and what they say: votes by name, and who steps aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from sqlalchemy import delete, or_

from tnt.agendas.models import AgendaItem
from tnt.committees.models import Mandate
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import DomainError, Stale
from tnt.meetings.models import Meeting
from tnt.sittings import queries
from tnt.sittings.models import Ballot, Outcome, Recusal
from tnt.sittings.rules.outcomes import Draft
from tnt.sittings.rules.votes import Choice, VoteMode, VotesOff, check_ballots, count_votes
from tnt.sittings.services.holding import lock_in_session
from tnt.sittings.services.outcomes import check, write
from tnt.sittings.services.texts import rows_of


def vote_told(outcome: Outcome | None, ballots: Mapping[int, Ballot]) -> str:
    """The outcome and the votes by name on an item in one word, to tell whether they changed."""
    kind = outcome.kind.value if outcome is not None and outcome.kind is not None else ""
    return " ".join([kind, *(f"{key}:{ballot.choice.value}" for key, ballot in sorted(ballots.items()))])


def record_ballots(
    actor: Actor, meeting_id: int, item_id: int, choices: Mapping[int, Choice], *, seen: str
) -> Outcome:
    """Record a vote by name: mandate id → what that voice says; voices left out have not voted.

    One voice a mandate; a proxy is heard while its holder is there; who stepped aside is not heard. The item
    is then decided by its outcome. `seen`: the vote as the page showed it (`vote_told`), whatever texts were
    typed since. Raises VotesOff, NotAVoice, Stale, NotInSession.
    """
    with transaction() as session:
        meeting = lock_in_session(actor, meeting_id)
        state = queries.get_item_state(meeting.id, item_id)
        item, outcome = state.item, state.outcome
        if not meeting.committee.votes_enabled:
            raise VotesOff()
        before = queries.ballots_on(item.id)
        if seen != vote_told(outcome, before):
            raise Stale()
        seats = queries.list_seat_lines(meeting)
        room = queries.room_at(meeting, seats, clock.now(), queries.recused_on(item.id))
        heard = {voice.place.mandate_id: voice for voice in room.voices}
        names = {seat.mandate_id: seat.full_name for seat in seats}
        check_ballots(choices, {key: names[key] for key in heard}, names)
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
    """The totals on the item; it is to be decided anew."""
    draft = _counted(replace(outcome.draft if outcome else Draft(None), kind=None, casting=None), choices)
    return write(actor, meeting, item, outcome, draft, rows_of(item))


def _counted(draft: Draft, choices: Mapping[int, Choice]) -> Draft:
    """The same with the totals of a vote by name; of no vote at all, consensus."""
    tally = count_votes(choices.values())
    mode = VoteMode.BY_NAME if choices else VoteMode.CONSENSUS
    return replace(draft, vote_mode=mode, for_=tally.for_, against=tally.against, abstain=tally.abstain)


def set_recusals(actor: Actor, meeting_id: int, item_id: int, mandate_ids: set[int]) -> int:
    """Say who steps aside from an item (déport), all of them at once. Returns how many changed.

    Who steps aside is heard no more on that item, neither for themselves nor for whom they represent: these
    votes by name are taken away, and what was voted is judged anew.
    """
    with transaction() as session:
        meeting = lock_in_session(actor, meeting_id)
        item = queries.get_item_of(meeting.id, item_id)
        seats = {seat.mandate.id: seat.mandate for seat in queries.list_seats(meeting)}
        before = queries.recused_on(item.id)
        wanted = mandate_ids & set(seats)
        changed = wanted ^ before
        if not changed:
            return 0
        for mandate_id in wanted - before:
            session.add(Recusal(item_id=item.id, mandate_id=mandate_id, recorded_at=clock.now()))
        gone = before - wanted
        session.execute(delete(Recusal).where(Recusal.item_id == item.id, Recusal.mandate_id.in_(gone)))
        journal.record(
            actor,
            "sitting.recusal",
            item,
            before={"recused": _names(seats, before)},
            after={"recused": _names(seats, wanted)},
            committee_id=meeting.committee_id,
        )
        _silence(actor, meeting, item, wanted)
    return len(changed)


def _names(seats: Mapping[int, Mandate], ids: set[int] | frozenset[int]) -> list[str]:
    return sorted(seats[each].person.full_name for each in ids if each in seats)


def _silence(actor: Actor, meeting: Meeting, item: AgendaItem, aside: set[int]) -> None:
    """Take away the votes of who stepped aside; an outcome that the vote carries no more is taken back."""
    outcome = queries.find_outcome(item.id)
    if outcome is None or outcome.vote_mode is VoteMode.CONSENSUS:
        return
    draft = outcome.draft
    before = {key: ballot.choice for key, ballot in queries.ballots_on(item.id).items()}
    heard_no_more = or_(Ballot.mandate_id.in_(aside), Ballot.cast_by_id.in_(aside))
    db.session.execute(delete(Ballot).where(Ballot.item_id == item.id, heard_no_more))
    after = {key: ballot.choice for key, ballot in queries.ballots_on(item.id).items()}
    if after != before:
        _journal_ballots(actor, meeting, item, before, after)
    if draft.vote_mode is VoteMode.BY_NAME:
        draft = _counted(draft, after)
    try:
        check(meeting, item, outcome, replace(draft, vote_mode=outcome.vote_mode))
    except DomainError:
        draft = replace(draft, kind=None)
    write(actor, meeting, item, outcome, draft, rows_of(item))
