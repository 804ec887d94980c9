"""The page of a meeting, which is its agenda: where it is in its life, and the next thing to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from tnt.agendas import queries
from tnt.agendas.rows import agenda_blocks, item_rows, left_rows, proposal_rows
from tnt.agendas.top import record_state, told_at_top
from tnt.agendas.views.blueprint import agendas
from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.drawing import drawn
from tnt.core.formats import date_day_month
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare, reads_reserved
from tnt.meetings.queries import get_meeting, reconvened_as, requests_close_on, retro_planning
from tnt.meetings.rules import HELD, TO_COME, MeetingState
from tnt.meetings.services import can_cancel, is_day_come
from tnt.meetings.views import name_of

SETTLED = frozenset({MeetingState.ADJOURNED, MeetingState.CLOSED})  # outcomes are read by all from then on
PROPOSALS_SHOWN = 15  # the rest is one click away
NO_PROPOSALS = queries.Proposals([])


@agendas.get("")
@access(SIGNED_IN)
def page(meeting_id: int) -> str:
    """Where the meeting is in its life, its agenda as on paper, and the next thing to do."""
    actor = current_actor()
    meeting = get_meeting(actor, meeting_id)
    prepares = can_prepare(actor, meeting.committee_id)
    editable = prepares and meeting.state in TO_COME
    open_to_more = editable and not meeting.quorum_waived
    items = queries.lines_of(meeting.id, reserved=reads_reserved(actor, meeting.committee_id))
    told = (prepares and meeting.state in HELD) or meeting.state in SETTLED
    most = queries.EVERY_PROPOSAL if request.args.get("proposes") == "tous" else PROPOSALS_SHOWN
    headings = queries.sections_of(meeting.id)
    rows = item_rows(
        items,
        queries.outcomes_of(meeting.id) if told else {},
        headings,
        queries.attached_to(actor, meeting),
        editable=editable,
    )
    facts = queries.facts_of(meeting)
    sent_back = record_state(meeting) if meeting.state is MeetingState.ADJOURNED else None
    proposals = queries.list_proposals(meeting, most, facts) if open_to_more else NO_PROPOSALS
    blocks = agenda_blocks(headings, items, rows, with_empty=editable)
    offered = tuple(proposal_rows(meeting.id, proposals.shown))
    targets = (
        url_for("agendas.add_proposal", meeting_id=meeting.id),
        url_for("agendas.leave_out", meeting_id=meeting.id),
    )
    return render_template(
        "agendas/page.html",
        meeting=meeting,
        name=name_of(meeting),
        rows=rows,
        blocks=blocks,
        drawn_rows=drawn("agendas/_rows.html", "agenda", tuple(blocks)),
        minutes=sum(item.minutes for item in items),
        slot_minutes=queries.slot_minutes(meeting),
        deadline=queries.notice_deadline(meeting),
        steps=_steps(meeting, sent_back),
        state_label=_state_label(meeting, sent_back),
        opens_early=prepares and _waits_for_its_day(meeting),
        told_at_top=told_at_top(actor, meeting),
        editable=editable,
        open_to_more=open_to_more,
        prepares=prepares,
        next_step=_next_step(meeting) if prepares else None,
        can_move=editable,
        can_cancel=prepares and can_cancel(meeting),
        remarks=queries.remarks_on(meeting, items) if editable else [],
        proposals=offered,
        drawn_offers=drawn("agendas/_rows.html", "offers", offered, *targets),
        more_proposals=proposals.more,
        left_out=left_rows(queries.left_out_of(meeting.id)) if editable and facts.any_left_out else [],
        seats=facts.seats,
        taken_over_by=reconvened_as(meeting.id) if meeting.state is MeetingState.CANCELLED else None,
        retro=drawn("meetings/_retro.html", "retro", tuple(retro_planning(meeting)))
        if prepares and _is_dated(meeting)
        else None,
        requests_until=requests_close_on(meeting),
        changed=_changed_since_notice(meeting, items),
        now=clock.now(),
    )


def _is_dated(meeting: Meeting) -> bool:
    """Whether the steps around the session can be dated: it is to be held, or has been, here."""
    return not meeting.recorded_afterwards and meeting.state in TO_COME | HELD


def _changed_since_notice(meeting: Meeting, items: Sequence[queries.AgendaLine]) -> bool:
    """Whether items were added once the members had been convened."""
    convened_at = meeting.convened_at
    return convened_at is not None and any(item.created_at > convened_at for item in items)


_NEXT = {
    MeetingState.CONVENED: "sittings.open",
    MeetingState.IN_SESSION: "sittings.page",
    MeetingState.ADJOURNED: "closing.record",
    MeetingState.CLOSED: "closing.record",
    MeetingState.POSTPONED: "meetings.move",
}


def _waits_for_its_day(meeting: Meeting) -> bool:
    """Whether the session is convened, for a day to come."""
    return meeting.state is MeetingState.CONVENED and not is_day_come(meeting)


def _next_step(meeting: Meeting) -> tuple[str, str] | None:
    """The one next thing to do: its words and its endpoint."""
    state = meeting.state
    if state is MeetingState.PLANNED:
        if meeting.recorded_afterwards:
            return _("Saisir les résultats"), "sittings.open"
        return _("Convoquer"), "convocations.preview"
    if _waits_for_its_day(meeting):
        return _("Dossier de séance"), "packs.page"
    words = {
        MeetingState.CONVENED: _("Ouvrir la séance"),
        MeetingState.IN_SESSION: _("Reprendre la séance"),
        MeetingState.ADJOURNED: _("Relevé de décisions"),
        MeetingState.CLOSED: _("Relevé de décisions"),
        MeetingState.POSTPONED: _("Fixer la nouvelle date"),
    }
    return (words[state], _NEXT[state]) if state in words else None


_ORDER = [
    MeetingState.PLANNED,
    MeetingState.CONVENED,
    MeetingState.IN_SESSION,
    MeetingState.ADJOURNED,
    MeetingState.CLOSED,
]


def _state_label(meeting: Meeting, sent_back: str | None) -> str | None:
    """What the badge says in place of the state's own words."""
    if meeting.recorded_afterwards and meeting.state is MeetingState.PLANNED:
        return str(_("Saisie à compléter"))
    return str(_("Levée, %(record)s", record=sent_back)) if sent_back else None


def _steps(meeting: Meeting, sent_back: str | None) -> list[dict[str, Any]]:
    """The life of the meeting, as the stepper shows it."""
    first = {"label": _("Planifiée"), "state": "done", "detail": date_day_month(meeting.created_at)}
    if meeting.recorded_afterwards:
        first["label"] = _("Enregistrée")
    if meeting.state in {MeetingState.CANCELLED, MeetingState.POSTPONED}:
        off = _("Annulée") if meeting.state is MeetingState.CANCELLED else _("Reportée, date à venir")
        return [
            first,
            {"label": off, "state": "stopped", "detail": date_day_month(meeting.last_modified)},
        ]
    reached = _ORDER.index(meeting.state)
    parts = [
        (_("Ordre du jour"), 0, ""),
        (_("Convoquée"), 1, _convened_detail(meeting)),
        (_("Séance"), 2, date_day_month(meeting.starts_at)),
        (
            sent_back.capitalize() if sent_back else _("Relevé en visa"),
            3,
            date_day_month(meeting.adjourned_at) if meeting.adjourned_at else "",
        ),
        (_("Relevé visé"), 4, date_day_month(meeting.closed_at) if meeting.closed_at else ""),
    ]
    if meeting.recorded_afterwards:
        del parts[1]
    return [first, *(_step(label, rank, detail, reached) for label, rank, detail in parts)]


def _step(label: str, rank: int, detail: str, reached: int) -> dict[str, Any]:
    # convened: what comes now is the session itself
    now = {0: 0, 1: 2, 2: 2, 3: 3}.get(reached)
    state = "now" if rank == now else ("done" if rank <= reached else "todo")
    return {"label": label, "state": state, "detail": detail}


def _convened_detail(meeting: Meeting) -> str:
    if meeting.convened_at is not None:
        return date_day_month(meeting.convened_at)
    return str(_("avant le %(day)s", day=date_day_month(queries.notice_deadline(meeting))))
