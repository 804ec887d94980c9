"""The preview of a convocation, its sending, and what was sent."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tnt.agendas.queries import items_of, remarks_on
from tnt.convocations import mails, queries, services
from tnt.convocations.forms import ConveneForm
from tnt.convocations.rules import AlreadyConvened, days_left
from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor, holding
from tnt.core.errors import DomainError
from tnt.core.i18n import refuse
from tnt.core.templating import current_locale
from tnt.meetings.forms import version_of
from tnt.meetings.models import Meeting
from tnt.meetings.queries import get_meeting, get_prepared_meeting
from tnt.meetings.rules import MeetingState
from tnt.meetings.views import name_of

convocations = Blueprint("convocations", __name__, url_prefix="/seances/<int:meeting_id>")
SECRETARY = holding("secretary")
REFUSED = 422


@convocations.route("/convoquer", methods=["GET", "POST"])
@access(SECRETARY)
def preview(meeting_id: int) -> str | Response | tuple[str, int]:
    """What will be sent, to whom; then, on confirmation, send it."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = ConveneForm(data={"version": str(meeting.version), "seen": services.fingerprint(meeting)})
    if form.validate_on_submit():
        try:
            notice = services.convene(
                actor,
                meeting_id,
                short_notice_reason=form.short_notice_reason.data or "",
                seen=form.seen.data,
                expected_version=version_of(form),
            )
        except AlreadyConvened as error:
            flash(str(_(error.message)), "info")  # a second click
            return _to_meeting(meeting_id)
        except DomainError as error:
            refuse(form, error)
        else:
            sent = ngettext(
                "Séance convoquée : %(num)s message part.",
                "Séance convoquée : %(num)s messages partent.",
                notice.recipients,
            )
            flash(sent, "success")
            return _to_meeting(meeting_id)
    meeting = get_prepared_meeting(actor, meeting_id)
    # what is confirmed next is what this page shows
    form.version.data, form.seen.data = str(meeting.version), services.fingerprint(meeting)
    page = _preview_page(meeting, form)
    return (page, REFUSED) if request.method == "POST" else page


def _to_meeting(meeting_id: int) -> Response:
    return redirect(url_for("agendas.page", meeting_id=meeting_id), 303)


def _preview_page(meeting: Meeting, form: ConveneForm) -> str:
    items = items_of(meeting.id)
    people = queries.recipients_of(meeting)
    remarks = remarks_on(meeting, items)
    left = days_left(clock.today(), clock.paris_day(meeting.starts_at))
    return render_template(
        "convocations/preview.html",
        meeting=meeting,
        name=name_of(meeting),
        form=form,
        reached=[one for one in people if one.email],
        unreached=[one for one in people if not one.email],
        mail=mails.convened(meeting, items, current_locale()),
        remarks=remarks,
        left=left,
        short=left < meeting.notice_days,
        possible=meeting.state is MeetingState.PLANNED
        and not meeting.recorded_afterwards
        and bool(people)
        and not any(remark.blocking for remark in remarks),
    )


@convocations.get("/convocations")
@access(SIGNED_IN)
def index(meeting_id: int) -> str:
    """The messages sent for a meeting, with the agenda that the last one froze."""
    meeting = get_meeting(current_actor(), meeting_id)
    notices = queries.notices_of(meeting.id)
    return render_template(
        "convocations/index.html",
        meeting=meeting,
        name=name_of(meeting),
        notices=notices,
        frozen=queries.frozen_agenda(notices[0]) if notices else None,
        same=bool(notices) and notices[0].agenda_sha256 == services.fingerprint(meeting),
    )
