"""Minutes by construction: what a session recorded, as paragraphs in order.

Each paragraph drawn here is known by its kind and its item, so that it can be drawn anew when the record
is corrected. The words of a decision are its act's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tnt.committees.models import Mandate
from tnt.core import clock, formats
from tnt.core.markdown import escape
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.meetings.models import Meeting
from tnt.minutes.rules import ParagraphKind
from tnt.sittings.models import ItemAction, Outcome
from tnt.sittings.queries import (
    ItemState,
    SeatState,
    ballots_on,
    list_item_states,
    list_moves,
    list_seat_lines,
    list_seats,
    recusals_of,
    room_at,
)
from tnt.sittings.rules import PRESENCE_HEADINGS, Choice, Draft, OutcomeKind, Presence, VoteMode, vote_words

CHOICES = {Choice.FOR: "Pour", Choice.AGAINST: "Contre", Choice.ABSTAIN: "Abstention"}
DROPPED = "Décision retirée au visa : le numéro reste attribué, sans effet."
ENDINGS = {
    OutcomeKind.NOT_ADOPTED: "La proposition n’est pas adoptée.",
    OutcomeKind.NOTED: "Le comité prend acte.",
    OutcomeKind.DEFERRED: "Le point est reporté.",
    OutcomeKind.WITHDRAWN: "Le point est retiré de l’ordre du jour.",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paragraph as the session gives it."""

    kind: ParagraphKind
    text: str
    item_id: int | None = None
    act_id: int | None = None
    reserved: bool = False

    @property
    def place(self) -> tuple[ParagraphKind, int | None]:
        """What it is known by, whatever its words."""
        return self.kind, self.item_id


def draw(meeting: Meeting) -> list[Drawn]:
    """Every paragraph that a session gives: who was there, item by item what was said, when it ended."""
    seats = [seat for seat in list_seats(meeting) if seat.presence is not None]
    drawn = [Drawn(ParagraphKind.OPENING, _opening(meeting, seats))]
    if seats:
        drawn.append(Drawn(ParagraphKind.ATTENDANCE, _attendance(meeting, seats)))
    recused = recusals_of(meeting.id)
    for state in list_item_states(meeting.id):
        drawn += _of_item(state, recused.get(state.item.id, ()))
    drawn.append(Drawn(ParagraphKind.CLOSING, _closing(meeting)))
    return drawn


def _opening(meeting: Meeting, seats: list[SeatState]) -> str:
    told = not meeting.recorded_afterwards and meeting.opened_at is not None
    opened = meeting.opened_at if told and meeting.opened_at else meeting.starts_at
    sentences = [f"La séance est ouverte à {formats.time(opened)}."]
    if meeting.place:
        sentences.append(f"Lieu : {escape(meeting.place)}.")
    if seats:
        room = room_at(meeting, list_seat_lines(meeting), opened)
        sentences.append(f"Présents ou représentés : {room.there} sur {room.seats}.")
        if room.quorum is not None:
            sentences.append("Le quorum est atteint." if room.quorum else "Le quorum n’est pas atteint.")
    return " ".join(sentences)


def _attendance(meeting: Meeting, seats: list[SeatState]) -> str:
    """One paragraph for each way of being there, in the order of the roll; then who came or left."""
    groups: dict[Presence, list[str]] = {}
    for seat in seats:
        if seat.presence is not None:
            groups.setdefault(seat.presence, []).append(_person(seat))
    told = [
        f"**{PRESENCE_HEADINGS[presence]} :** {', '.join(people)}." for presence, people in groups.items()
    ]
    moves = [
        f"- {formats.time(move.at)} : {'arrivée' if move.arrived else 'départ'} de {_name(move.mandate)}"
        for move in list_moves(meeting.id)
    ]
    return "\n\n".join([*told, "\n".join(moves)] if moves else told)


def _name(mandate: Mandate) -> str:
    return f"{escape(mandate.person.full_name)} ({escape(mandate.institution.short_name)})"


def _person(seat: SeatState) -> str:
    by = seat.attendance.represented_by if seat.attendance else ""
    return f"{_name(seat.mandate)}, par {escape(by)}" if by else _name(seat.mandate)


def _of_item(state: ItemState, recused: Sequence[Mandate]) -> Iterator[Drawn]:
    """What was said of an item, how it ended, who voted what, what follows."""
    outcome, item = state.outcome, state.item
    if outcome is None:
        return
    texts: list[tuple[ParagraphKind, str, int | None]] = [
        (ParagraphKind.DISCUSSION, outcome.notes.strip(), None)
    ]
    if recused:
        texts.append((ParagraphKind.VOTE, f"Déport : {', '.join(_name(each) for each in recused)}.", None))
    texts.append(_decided(outcome))
    if not _is_dropped(outcome.act):
        texts.append((ParagraphKind.VOTE_NAMES, _ballots(outcome), None))
        texts.append((ParagraphKind.ACTIONS, "\n".join(_action(each) for each in state.actions), None))
    for kind, text, act_id in texts:
        if text:
            yield Drawn(kind, text, item.id, act_id, reserved=item.reserved)


def _decided(outcome: Outcome) -> tuple[ParagraphKind, str, int | None]:
    """The words of the act, or how an item without one ended."""
    if outcome.act is not None:
        return ParagraphKind.DECISION, decision_words(outcome.act), outcome.act.id
    return ParagraphKind.OUTCOME, _ending(outcome) if outcome.kind in ENDINGS else "", None


def _is_dropped(act: Act | None) -> bool:
    return act is not None and act.state is ActState.CANCELLED


def decision_words(act: Act) -> str:
    """The words of a decision; of one dropped at visa, only that it was."""
    return DROPPED if _is_dropped(act) else act.wording


def _ending(outcome: Outcome) -> str:
    sentences = [ENDINGS[outcome.kind]] if outcome.kind else []
    if outcome.vote_mode is not VoteMode.CONSENSUS and outcome.kind is OutcomeKind.NOT_ADOPTED:
        sentences.append(f"Vote : {_votes(outcome)}.")
    if outcome.defer_reason:
        sentences.append(f"Motif : {escape(outcome.defer_reason)}")
    return " ".join(sentences)


def _votes(outcome: Outcome) -> str:
    counted = Draft(
        kind=outcome.kind,
        vote_mode=outcome.vote_mode,
        for_=outcome.for_,
        against=outcome.against,
        abstain=outcome.abstain,
    )
    return vote_words(counted)


def _ballots(outcome: Outcome) -> str:
    """Who voted what, one line for each choice; nothing but for a vote by name."""
    groups: dict[Choice, list[str]] = {}
    by_name = outcome.vote_mode is VoteMode.BY_NAME
    for ballot in ballots_on(outcome.item_id).values() if by_name else ():
        by_proxy = " (par pouvoir)" if ballot.cast_by_id is not None else ""
        groups.setdefault(ballot.choice, []).append(_name(ballot.mandate) + by_proxy)
    lines = [
        f"**{word} :** {', '.join(groups[choice])}." for choice, word in CHOICES.items() if choice in groups
    ]
    return "\n\n".join(lines)


def _action(action: ItemAction) -> str:
    if action.owner is not None:
        owner = action.owner.full_name
    else:
        owner = action.owner_institution.short_name if action.owner_institution else ""
    return f"- {escape(action.title)} ({escape(owner)}, pour le {formats.date_medium(action.due_on)})"


def _closing(meeting: Meeting) -> str:
    if meeting.recorded_afterwards or meeting.adjourned_at is None:
        return "La séance est levée."
    same_day = clock.paris_day(meeting.adjourned_at) == clock.paris_day(meeting.starts_at)
    when = formats.time(meeting.adjourned_at)
    if not same_day:  # a record closed on a later day says nothing of the hour
        return "La séance est levée."
    return f"La séance est levée à {when}."
