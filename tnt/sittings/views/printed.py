"""Two pages to print: the running order for the chair, the sheet that those present sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template
from flask_babel import gettext as _

from tnt.core.access import access, current_actor
from tnt.core.errors import N_
from tnt.intake.rules import ItemKind
from tnt.meetings.models import Meeting
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.participants.queries import replies_of
from tnt.participants.rules import WAY_WORDS
from tnt.sittings import queries, services
from tnt.sittings.queries import ItemState
from tnt.sittings.rules import PRESENCE_WORDS, OutcomeKind, allowed_outcomes
from tnt.sittings.views.base import CHAIR, blueprint

# what is asked of the committee, by the outcome that would give it
_ASKED = {
    OutcomeKind.ADOPTED: N_("résultat attendu : décision"),
    OutcomeKind.OPINION_GIVEN: N_("résultat attendu : avis"),
    OutcomeKind.NOTED: N_("résultat attendu : prise d’acte"),
}
# what the kind of an item says already
_TOLD_BY_KIND = {
    ItemKind.DECISION: OutcomeKind.ADOPTED,
    ItemKind.OPINION: OutcomeKind.OPINION_GIVEN,
    ItemKind.INFORMATION: OutcomeKind.NOTED,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """An item as the chair needs it: from when to when, what is asked and not what it will become."""

    state: ItemState
    starts_at: datetime
    ends_at: datetime
    asked: str  # where the kind of the item does not say it


@blueprint.get("/conducteur")
@access(CHAIR)
def running_order(meeting_id: int) -> str:
    """The running order: each item with its hours, rapporteur, draft and what it asks; who comes."""
    actor = current_actor()
    meeting = services.get_meeting_to_chair(actor, meeting_id)
    return render_template(
        "sittings/running_order.html",
        meeting=meeting,
        turns=_turns(meeting),
        people=_people(meeting),
        can_open=services.can_hold(actor, meeting)
        and (
            meeting.state is MeetingState.CONVENED
            or (meeting.recorded_afterwards and meeting.state is MeetingState.PLANNED)
        ),
        can_hold=services.can_hold(actor, meeting) and meeting.state is MeetingState.IN_SESSION,
        to_convene=services.can_hold(actor, meeting)
        and meeting.state is MeetingState.PLANNED
        and not meeting.recorded_afterwards,
        to_come=meeting.state in TO_COME,
    )


def _turns(meeting: Meeting) -> list[Turn]:
    turns = []
    begins = meeting.starts_at
    for state in queries.list_item_states(meeting.id):
        ends = begins + timedelta(minutes=state.item.minutes)
        kinds = allowed_outcomes(state.item.kind, meeting.committee.key, state.item.act_kind)
        asked = "" if kinds[0] is _TOLD_BY_KIND[state.item.kind] else _(_ASKED[kinds[0]])
        turns.append(Turn(state, begins, ends, asked))
        begins = ends
    return turns


def _people(meeting: Meeting) -> list[tuple[str, str, str]]:
    """(name, institution, how they come): by the roll once called, by the replies before."""
    seats = queries.list_seats(meeting)
    if any(seat.attendance for seat in seats):
        return [
            (
                seat.mandate.person.full_name,
                seat.mandate.institution.short_name,
                _(PRESENCE_WORDS[seat.presence])
                + (f" ({seat.attendance.represented_by})" if seat.attendance.represented_by else ""),
            )
            for seat in seats
            if seat.presence is not None and seat.attendance is not None
        ]
    return [
        (
            each.mandate.person.full_name,
            each.mandate.institution.short_name,
            _(WAY_WORDS[each.way]) if each.way is not None and each.has_answered else _("sans réponse"),
        )
        for each in replies_of(meeting)
    ]


@blueprint.get("/emargement")
@access(CHAIR)
def sign_in_sheet(meeting_id: int) -> str:
    """The sheet that those present sign."""
    meeting = services.get_meeting_to_chair(current_actor(), meeting_id)
    return render_template("sittings/sign_in_sheet.html", meeting=meeting, seats=queries.list_seats(meeting))
