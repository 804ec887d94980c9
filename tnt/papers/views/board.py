"""The preparation of a session: how long is left, what is missing, what is expected and from whom."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tnt.accounts.queries import people_choices
from tnt.agendas.queries import AgendaLine, lines_of, notice_deadline
from tnt.core import clock
from tnt.core.access import access, current_actor
from tnt.core.addresses import number
from tnt.core.errors import DomainError
from tnt.core.i18n import refuse
from tnt.core.templating import current_locale
from tnt.meetings.forms import options
from tnt.meetings.models import Meeting
from tnt.meetings.queries import get_prepared_meeting, requests_close_on, retro_planning
from tnt.meetings.retroplanning import RetroStepKind
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.meetings.views import name_of
from tnt.papers import mails, queries, services
from tnt.papers.forms import AskForm, ChaseForm, DueForm
from tnt.papers.missing import Gap, gaps_of
from tnt.papers.queries import PaperRow
from tnt.papers.rules import PAPERS_CHANGE, PaperState
from tnt.papers.views.blueprint import REFUSED, SECRETARY, Page, papers, steps_to


@papers.get("/seances/<int:meeting_id>/preparation")
@access(SECRETARY)
def board(meeting_id: int) -> str:
    """Everything that stands between today and the session."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    return _board(meeting, None)


def _board(meeting: Meeting, form: DueForm | None) -> str:
    lines = lines_of(meeting.id, reserved=True)
    rows = queries.rows_of(meeting.id)
    steps = retro_planning(meeting) if meeting.state in TO_COME and not meeting.recorded_afterwards else []
    open_ = meeting.state in PAPERS_CHANGE
    to_ask = queries.rapporteurs_to_ask(meeting.id) if meeting.state in TO_COME else []
    return render_template(
        "papers/board.html",
        meeting=meeting,
        name=name_of(meeting),
        days_left=(clock.paris_day(meeting.starts_at) - clock.today()).days,
        notice_until=notice_deadline(meeting),
        requests_until=requests_close_on(meeting),
        gaps=_drawn(meeting, gaps_of(meeting, lines, rows)) if meeting.state in TO_COME else [],
        rows=rows,
        late=[row for row in rows if row.is_late],
        validated=sum(row.state is PaperState.VALIDATED for row in rows),
        lines=lines,
        to_ask=to_ask,
        form=(form or DueForm(data={"due_on": queries.proposed_due(meeting)})) if to_ask else None,
        last_chase=queries.last_chase_of(meeting.id),
        retro_steps=steps,
        places=_places(meeting),
        editable=open_,
        to_come=meeting.state in TO_COME,
        can_convene=meeting.state is MeetingState.PLANNED and not meeting.recorded_afterwards,
    )


def _drawn(meeting: Meeting, gaps: list[Gap]) -> list[tuple[Gap, str]]:
    """Each gap with the address of where it is mended."""
    return [(gap, url_for(gap.endpoint, meeting_id=meeting.id, **gap.values)) for gap in gaps]


def _places(meeting: Meeting) -> dict[str, str]:
    """Where each step of the retro-planning is done."""
    preparation = url_for("papers.board", meeting_id=meeting.id)
    return {
        RetroStepKind.REQUESTS.value: url_for("agendas.page", meeting_id=meeting.id, _anchor="proposes"),
        RetroStepKind.PAPERS.value: preparation + "#pieces",
        RetroStepKind.CHASE.value: url_for("papers.chase", meeting_id=meeting.id),
        RetroStepKind.CONVENE.value: url_for("convocations.preview", meeting_id=meeting.id),
    }


def _to_board(meeting_id: int) -> Response:
    return redirect(url_for("papers.board", meeting_id=meeting_id, _anchor="pieces"), 303)


@papers.post("/seances/<int:meeting_id>/preparation/rapporteurs")
@access(SECRETARY)
def ask_rapporteurs(meeting_id: int) -> Page:
    """Expect a paper from every rapporteur from whom none is expected yet."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = DueForm()
    if form.validate_on_submit():
        try:
            asked = services.ask_rapporteurs(actor, meeting_id, due_on=form.due_on.data)
        except DomainError as error:
            refuse(form, error)
        else:
            flash(ngettext("%(num)s pièce demandée.", "%(num)s pièces demandées.", len(asked)), "success")
            return _to_board(meeting_id)
    return _board(get_prepared_meeting(actor, meeting.id), form), REFUSED


@papers.route("/seances/<int:meeting_id>/preparation/demander", methods=["GET", "POST"])
@access(SECRETARY)
def ask(meeting_id: int) -> Page:
    """Expect a paper from somebody for a day."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    lines = lines_of(meeting_id, reserved=True)
    form = AskForm(data=_asked_for(meeting, lines))
    form.item_id.choices = options((line.id, f"{line.position}. {line.title}") for line in lines)
    form.author_id.choices = options([("", _("Choisir…")), *people_choices()])
    if form.validate_on_submit():
        try:
            services.ask(
                actor,
                form.item_id.data,
                author_id=form.author_id.data,
                title=form.title.data or "",
                due_on=form.due_on.data,
                reserved=form.reserved.data,
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("Pièce demandée."), "success")
            return _to_board(meeting_id)
    content = render_template(
        "papers/ask.html", meeting=meeting, form=form, has_items=bool(lines), steps=steps_to(meeting)
    )
    return (content, REFUSED) if request.method == "POST" else content


def _asked_for(meeting: Meeting, lines: list[AgendaLine]) -> dict[str, Any]:
    """What the form begins with: the item asked for in the address, its rapporteur, the usual day."""
    asked = request.args.get("point", type=number)
    item_id = next((line.id for line in lines if line.id == asked), None)
    return {"item_id": item_id, "due_on": queries.proposed_due(meeting)}


@papers.route("/seances/<int:meeting_id>/preparation/relancer", methods=["GET", "POST"])
@access(SECRETARY)
def chase(meeting_id: int) -> Page:
    """The exact messages to those who are late; then, on confirmation, send them."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = ChaseForm()
    if form.validate_on_submit():
        try:
            sent = services.chase(actor, meeting_id, seen=form.seen.data)
        except DomainError as error:
            refuse(form, error)
        else:
            words = ngettext("%(num)s relance envoyée.", "%(num)s relances envoyées.", sent.messages)
            flash(words, "success")
            return _to_board(meeting_id)
    late, last = queries.late_papers(meeting_id), queries.last_chase_of(meeting_id)
    form.seen.data = queries.fingerprint_of(late, last)
    content = render_template(
        "papers/chase.html",
        meeting=meeting,
        form=form,
        letters=[(row, _letter(meeting, row)) for row in late if row.is_reached],
        unreached=[row for row in late if not row.is_reached],
        last_chase=last,
        steps=steps_to(meeting),
    )
    return (content, REFUSED) if request.method == "POST" else content


def _letter(meeting: Meeting, row: PaperRow) -> mails.Mail:
    """The message about a late paper, as its author gets it."""
    facts = mails.Facts(
        paper_id=row.id,
        title=row.title,
        item=row.item_title,
        committee=meeting.committee.name,
        starts_at=meeting.starts_at,
        due_on=row.due_on or clock.paris_day(meeting.starts_at),
        remark=row.remark,
    )
    return mails.late(facts, row.locale or current_locale())
