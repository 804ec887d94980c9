"""Who steps aside from an item, and votes by name."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.core import clock
from tnt.core.access import access, current_actor
from tnt.core.addresses import number
from tnt.core.errors import DomainError, Forbidden, NotFound
from tnt.core.i18n import translate
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.sittings import queries, services
from tnt.sittings.rules import CHOICE_WORDS, Choice
from tnt.sittings.views.base import CHAIR, REFUSED, SECRETARY, blueprint


@blueprint.post("/<int:item_id>/deports")
@access(SECRETARY)
def recuse(meeting_id: int, item_id: int) -> Response:
    """Say who steps aside from the item."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    queries.get_item_of(meeting.id, item_id)
    chosen = set(request.form.getlist("deport", type=number))
    try:
        changed = services.set_recusals(current_actor(), meeting_id, item_id, chosen)
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        flash(translate(error), "danger")
    else:
        if changed:
            flash(_("Les déports sont enregistrés."), "success")
    return redirect(url_for("sittings.page", meeting_id=meeting_id, point=item_id, _anchor="presences"))


@blueprint.route("/<int:item_id>/vote", methods=["GET", "POST"])
@access(CHAIR)
def vote(meeting_id: int, item_id: int) -> str | Response | tuple[str, int]:
    """The vote by name on an item: taken by the secretary, read by the co-chairs too."""
    actor = current_actor()
    meeting = services.get_meeting_to_chair(actor, meeting_id)
    found = queries.get_item_state(meeting.id, item_id)
    if not meeting.committee.votes_enabled:
        raise NotFound()
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            seen = request.form.get("seen", "")
            services.record_ballots(actor, meeting_id, item_id, _choices(meeting), seen=seen)
        except (NotFound, Forbidden):
            raise
        except DomainError as error:
            refusal = error
        else:
            flash(_("Le vote est enregistré : choisissez maintenant le résultat."), "success")
            return redirect(url_for("sittings.page", meeting_id=meeting_id, point=item_id, _anchor="point"))
    seats = queries.list_seat_lines(meeting)
    outcome, ballots = found.outcome, queries.ballots_on(item_id)
    settled = outcome.settled_at if outcome is not None else None
    page = render_template(
        "sittings/vote.html",
        meeting=meeting,
        item=found.item,
        outcome=outcome,
        seats=seats,
        room=queries.room_at(meeting, seats, settled or clock.now(), queries.recused_on(item_id)),
        ballots=ballots,
        seen=services.vote_told(outcome, ballots),
        choices=[(choice.value, _(words)) for choice, words in CHOICE_WORDS.items()],
        can_vote=services.can_hold(actor, meeting) and meeting.state is MeetingState.IN_SESSION,
        refusal=translate(refusal) if refusal else None,
        typed=request.form if refusal else None,
    )
    return (page, REFUSED) if refusal else page


def _choices(meeting: Meeting) -> dict[int, Choice]:
    """What each voice said; a button says the same for all those left."""
    rest = request.form.get("rest", "")
    known = {choice.value for choice in Choice}
    found: dict[int, Choice] = {}
    for seat in queries.list_seat_lines(meeting):
        said = request.form.get(f"vote-{seat.mandate_id}", "")
        if said not in known and f"vote-{seat.mandate_id}-libre" in request.form:
            said = rest
        if said in known:
            found[seat.mandate_id] = Choice(said)
    return found
