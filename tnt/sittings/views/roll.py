"""The roll, and who comes in or goes out while the session lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tnt.committees.models import Mandate
from tnt.core import clock
from tnt.core.access import access, current_actor
from tnt.core.addresses import number
from tnt.core.errors import DomainError, Forbidden, NotFound
from tnt.core.i18n import translate
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.participants.queries import SeatReply, guests_of, replies_of
from tnt.participants.rules import Way
from tnt.sittings import queries, services
from tnt.sittings.queries import SeatState
from tnt.sittings.rules import NAMED, PRESENCE_WORDS, Presence
from tnt.sittings.rules.presences import PRESENCE_KEYS, Move
from tnt.sittings.services import Entry, LineChanged
from tnt.sittings.views.base import REFUSED, SECRETARY, blueprint

Answer = str | Response | tuple[str, int]
_AS_REPLIED = {
    Way.YES: Presence.PRESENT,
    Way.REMOTE: Presence.REMOTE,
    Way.SUBSTITUTE: Presence.SUBSTITUTED,
    Way.REPRESENTATIVE: Presence.REPRESENTED,
    Way.PROXY: Presence.BY_PROXY,
    Way.NO: Presence.EXCUSED,
}
_EVERYONE = {one.value: one for one in (Presence.PRESENT, Presence.ABSENT)}  # for all not called yet


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the roll as the page shows it: what is recorded, replied, or was just typed."""

    mandate: Mandate
    entry: Entry
    substitutes: Sequence[Mandate] = field(default=())
    moves: Sequence[Move] = field(default=())
    is_replied: bool = False
    was: str = ""


@blueprint.route("/appel", methods=["GET", "POST"])
@access(SECRETARY)
def roll(meeting_id: int) -> Answer:
    """Call the roll: how each seat is filled."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            services.call_roll(current_actor(), meeting_id, _entries(meeting))
        except (NotFound, Forbidden):
            raise
        except DomainError as error:
            refusal = error
        else:
            flash(_told(meeting), "success")
            page = "sittings.page" if meeting.state is MeetingState.IN_SESSION else "sittings.roll"
            return redirect(url_for(page, meeting_id=meeting_id))
    return _render(meeting, refusal)


def _told(meeting: Meeting) -> str:
    left = sum(1 for seat in queries.list_seats(meeting) if seat.attendance is None)
    if not left or meeting.recorded_afterwards:
        return str(_("L’appel est enregistré."))
    return str(
        ngettext(
            "L’appel est enregistré ; %(num)s siège reste à appeler.",
            "L’appel est enregistré ; %(num)s sièges restent à appeler.",
            left,
        )
    )


def _render(
    meeting: Meeting, refusal: DomainError | None = None, typed_move: Mapping[str, str] | None = None
) -> Answer:
    seats = queries.list_seats(meeting)
    lines = queries.list_seat_lines(meeting)
    moving = typed_move is not None
    page = render_template(
        "sittings/roll.html",
        meeting=meeting,
        is_open=services.is_roll_open(meeting),
        rows=_rows(meeting, seats, None if moving else refusal),
        room=queries.room_at(meeting, lines, clock.now()),
        choices=_presence_choices(meeting),
        moves=queries.list_moves(meeting.id),
        guests=guests_of(meeting.id),
        now=clock.to_paris(clock.now()),
        typed_move=typed_move or {},
        refusal=translate(refusal) if refusal and not moving else None,
        move_refusal=translate(refusal) if refusal and moving else None,
        refused_field=refusal.field if refusal else None,
    )
    return (page, REFUSED) if refusal else page


def _rows(meeting: Meeting, seats: Sequence[SeatState], refusal: DomainError | None) -> list[Row]:
    """What was just typed; else what is recorded; else, for who was not called, what was replied."""
    substitutes = queries.substitutes_for_roll(meeting.committee_id, clock.paris_day(meeting.starts_at))
    moves = queries.moves_by_seat(meeting.id)
    wants_replies = services.is_roll_open(meeting) and (
        "reponses" in request.args or not any(seat.attendance for seat in seats)
    )
    replies = {each.mandate.id: each for each in replies_of(meeting)} if wants_replies else {}
    sent = _entries(meeting) if refusal is not None else {}
    rows = []
    for seat in seats:
        mandate_id = seat.mandate.id
        replied = _replied(meeting, replies.get(mandate_id)) if seat.attendance is None else None
        entry = sent.get(mandate_id) or _recorded(seat) or replied or Entry()
        rows.append(
            Row(
                seat.mandate,
                entry,
                substitutes.get(mandate_id, ()),
                moves.get(mandate_id, ()),
                is_replied=entry is replied,
                was=_was(seat, sent.get(mandate_id), refusal),
            )
        )
    return rows


def _was(seat: SeatState, sent: Entry | None, refusal: DomainError | None) -> str:
    """What the line says as it is read; who comes back to it has read only the change that they were told."""
    told = isinstance(refusal, LineChanged) and refusal.field == f"presence-{seat.mandate.id}"
    if sent is None or sent.was is None or told:
        return services.line_told(seat.attendance)
    return sent.was


def _recorded(seat: SeatState) -> Entry | None:
    known = seat.attendance
    if known is None:
        return None
    return Entry(known.presence, known.represented_by, known.substitute_id, known.proxy_holder_id)


def _replied(meeting: Meeting, reply: SeatReply | None) -> Entry | None:
    if reply is None or reply.reply is None or reply.way is None or not reply.has_answered:
        return None
    given = reply.reply
    if reply.way is Way.PROXY and not meeting.committee.proxies_enabled:
        return None
    named = ", ".join(part for part in (given.represented_by, given.represented_as) if part)
    return Entry(_AS_REPLIED[reply.way], named, given.substitute_id, given.proxy_to_id)


def _presence_choices(meeting: Meeting) -> list[tuple[str, str, str]]:
    """The presences to choose from with their keys; proxies only where the committee allows them."""
    return [
        (presence.value, _(words), PRESENCE_KEYS[presence])
        for presence, words in PRESENCE_WORDS.items()
        if presence is not Presence.BY_PROXY or meeting.committee.proxies_enabled
    ]


def _entries(meeting: Meeting) -> dict[int, Entry]:
    everyone = _EVERYONE.get(request.form.get("everyone", ""))
    known = {presence.value for presence in Presence}
    entries: dict[int, Entry] = {}
    for seat in queries.list_seats(meeting):
        mandate_id = seat.mandate.id
        chosen = request.form.get(f"presence-{mandate_id}", "")
        presence = Presence(chosen) if chosen in known else None
        if presence is None and seat.attendance is None:
            presence = everyone
        named = request.form.get(f"name-{mandate_id}", "")
        entries[mandate_id] = Entry(
            presence,
            named if presence in NAMED else "",
            request.form.get(f"substitute-{mandate_id}", type=number),
            request.form.get(f"holder-{mandate_id}", type=number),
            request.form.get(f"was-{mandate_id}"),
        )
    return entries


@blueprint.post("/mouvements")
@access(SECRETARY)
def note_move(meeting_id: int) -> Answer:
    """Note that somebody came in or went out."""
    meeting = services.get_meeting_to_hold(current_actor(), meeting_id)
    try:
        services.note_move(
            current_actor(),
            meeting_id,
            request.form.get("mandate", 0, type=number),
            arrived=request.form.get("move") == "arrived",
            at=_instant(meeting, request.form.get("at", "")),
            holder_id=request.form.get("holder", type=number),
        )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _render(meeting, error, request.form)
    flash(_("Le mouvement est noté."), "success")
    point = request.form.get("point", type=number)
    if point:
        return redirect(url_for("sittings.page", meeting_id=meeting_id, point=point, _anchor="presences"))
    return redirect(url_for("sittings.roll", meeting_id=meeting_id, _anchor="mouvements"))


def _instant(meeting: Meeting, typed: str) -> datetime:
    """The instant of an hour typed, on the day of the session; now when none is."""
    try:
        at = time.fromisoformat(typed.replace("h", ":").replace(" ", "") or "--")
        return clock.from_paris(_day(meeting), at)
    except ValueError:
        return clock.now().replace(second=0, microsecond=0)


def _day(meeting: Meeting) -> date:
    """The day that the hours are of: a session entered afterwards is opened here long after it was held."""
    opened = None if meeting.recorded_afterwards else meeting.opened_at
    return clock.paris_day(opened or meeting.starts_at)


@blueprint.post("/mouvements/<int:move_id>/retirer")
@access(SECRETARY)
def remove_move(meeting_id: int, move_id: int) -> Response:
    """Take away an arrival or a departure noted by mistake."""
    services.remove_move(current_actor(), meeting_id, move_id)
    return redirect(url_for("sittings.roll", meeting_id=meeting_id, _anchor="mouvements"))
