"""Minutes by construction: what a session recorded, as paragraphs in order.

Each paragraph drawn here is known by its kind and its item, so that it can be drawn anew when the record
is corrected. The words of a decision are its act's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tnt.core import clock, formats
from tnt.core.i18n import phrase
from tnt.core.markdown import escape
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.meetings.models import Meeting
from tnt.minutes.rules import ParagraphKind
from tnt.sittings.models import ItemAction, Outcome
from tnt.sittings.queries import ItemState, SeatState, count_seats, list_item_states, list_seats
from tnt.sittings.rules import PRESENCE_WORDS, Draft, OutcomeKind, VoteMode, vote_words

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
        drawn.append(Drawn(ParagraphKind.ATTENDANCE, _attendance(seats)))
    for state in list_item_states(meeting.id):
        drawn += _of_item(state)
    drawn.append(Drawn(ParagraphKind.CLOSING, _closing(meeting)))
    return drawn


def _opening(meeting: Meeting, seats: list[SeatState]) -> str:
    told = not meeting.recorded_afterwards and meeting.opened_at is not None
    opened = meeting.opened_at if told and meeting.opened_at else meeting.starts_at
    sentences = [f"La séance est ouverte à {formats.time(opened)}."]
    if meeting.place:
        sentences.append(f"Lieu : {escape(meeting.place)}.")
    if seats:
        count = count_seats(meeting, seats)
        sentences.append(f"Sièges pourvus : {count.filled} sur {count.seats}.")
        if count.quorum is not None:
            sentences.append("Le quorum est atteint." if count.quorum else "Le quorum n’est pas atteint.")
    return " ".join(sentences)


def _attendance(seats: list[SeatState]) -> str:
    """One paragraph for each way of being there, in the order of the roll."""
    groups: dict[str, list[str]] = {}
    for seat in seats:
        if seat.presence is None:
            continue
        word = phrase(PRESENCE_WORDS[seat.presence], {})
        groups.setdefault(word, []).append(_person(seat))
    return "\n\n".join(
        f"**{word[:1].upper()}{word[1:]} :** {', '.join(people)}." for word, people in groups.items()
    )


def _person(seat: SeatState) -> str:
    by = seat.attendance.represented_by if seat.attendance else ""
    who = f"{escape(seat.mandate.person.full_name)} ({escape(seat.mandate.institution.short_name)})"
    return f"{who}, par {escape(by)}" if by else who


def _of_item(state: ItemState) -> Iterator[Drawn]:
    outcome, item = state.outcome, state.item
    if outcome is None:
        return

    def drawn(kind: ParagraphKind, text: str, act_id: int | None = None) -> Drawn:
        return Drawn(kind, text, item.id, act_id, reserved=item.reserved)

    if outcome.notes.strip():
        yield drawn(ParagraphKind.DISCUSSION, outcome.notes.strip())
    if outcome.act is not None:
        yield drawn(ParagraphKind.DECISION, decision_words(outcome.act), outcome.act.id)
    elif outcome.kind in ENDINGS:
        yield drawn(ParagraphKind.OUTCOME, _ending(outcome))
    if state.actions and not _is_dropped(outcome.act):
        yield drawn(ParagraphKind.ACTIONS, "\n".join(_action(action) for action in state.actions))


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
