"""The seats of a session with their replies; the reply of one of them; the reminder."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.csrf import refusal_in_form
from tnt.core.db import db
from tnt.core.errors import DomainError, NotFound, Stale
from tnt.core.i18n import refuse
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare, can_read, reads_reserved
from tnt.meetings.queries import get_meeting, get_prepared_meeting
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.meetings.views import name_of
from tnt.participants import mails, queries, services
from tnt.participants.forms import ChaseForm, ReplyForm
from tnt.participants.queries import SeatReply
from tnt.participants.rows import Known, carried_names, given_words, rows_of, void_words
from tnt.participants.services.chasers import AlreadyChased, NobodyToChase
from tnt.participants.views.blueprint import SECRETARY, Page, answer, participants, steps_to


@participants.get("/seances/<int:meeting_id>/participants")
@access(SIGNED_IN)
def index(meeting_id: int) -> str:
    """Every seat of the day, its reply, and what to expect of the room."""
    actor = current_actor()
    meeting = get_meeting(actor, meeting_id)
    prepares = can_prepare(actor, meeting.committee_id)
    seats = queries.replies_of(meeting)
    known = None
    if prepares:
        people = [seat.mandate.person_id for seat in seats]
        known = Known(queries.readings_of(meeting.id), queries.correspondents_by_person(people))
    return render_template(
        "participants/index.html",
        meeting=meeting,
        name=name_of(meeting),
        prepares=prepares,
        open=meeting.state is MeetingState.CONVENED,
        rows=rows_of(meeting.id, seats, known, actor.person_id),
        expected=queries.count_seats(
            seats, None if meeting.quorum_waived else meeting.committee.quorum_percent
        ),
        changes=_changes(meeting) if prepares else [],
        guests=queries.guests_of(meeting.id),
        may_invite=prepares and meeting.state in TO_COME,
        chasers=queries.chasers_of(meeting.id) if prepares else [],
        reads_reserved=reads_reserved(actor, meeting.committee_id),
        mine=[seat for seat in seats if seat.mandate.person_id == actor.person_id],
    )


def _changes(meeting: Meeting) -> list[tuple[str, bool]]:
    """The mandates that end before the session, or start by then: (sentence, whether the person is gone)."""
    if meeting.state not in TO_COME or meeting.undated:
        return []
    day, found = clock.paris_day(meeting.starts_at), []
    for mandate in queries.changes_before(meeting, clock.today()):
        words = {"name": mandate.person.full_name, "institution": mandate.institution.short_name}
        if mandate.until_on is not None and mandate.until_on < day:
            found.append((_("%(name)s (%(institution)s) : mandat terminé avant la séance.", **words), True))
        else:
            found.append((_("%(name)s (%(institution)s) : mandat qui commence d’ici là.", **words), False))
    return found


@participants.route(
    "/seances/<int:meeting_id>/participants/<int:mandate_id>/reponse", methods=["GET", "POST"]
)
@access(SIGNED_IN)
@refusal_in_form
def reply(meeting_id: int, mandate_id: int) -> Page:
    """Reply for a seat: one's own, that of whom one is the correspondent of, any for the secretariat."""
    actor = current_actor()
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound()
    seat, seats, via = services.answer_for(actor, meeting, mandate_id)
    reads = can_read(actor, meeting.committee_id)
    done = url_for("participants.index", meeting_id=meeting_id) if reads else request.path
    form, stale = ReplyForm.of(seat), False
    form.offer(seat, queries.holders_for(seat, seats), via=via, proxies=meeting.committee.proxies_enabled)
    if form.validate_on_submit():
        try:
            services.give_reply(
                actor, meeting_id, mandate_id, form.draft(), via=via, expected_version=form.opened_on
            )
        except DomainError as error:
            stale = isinstance(error, Stale)
            refuse(form, error)
        else:
            flash(_("Réponse enregistrée."), "success")
            return redirect(done, 303)
    meeting = db.session.get_one(Meeting, meeting_id)
    seat, seats, via = services.answer_for(actor, meeting, mandate_id)
    if stale and seat.reply:
        form.version.data = str(seat.reply.version)
    return answer(
        "participants/reply.html",
        form,
        meeting=meeting,
        seat=seat,
        given=given_words(seat),
        void=void_words(seat, seats),
        carried=carried_names(seat, seats),
        via=via.value,
        for_another=seat.mandate.person_id != actor.person_id,
        open=meeting.state is MeetingState.CONVENED,
        history=queries.history_of(seat.reply.id) if seat.reply else [],
        steps=steps_to(meeting) if reads else [],
        back=done if reads else None,
    )


@participants.route("/seances/<int:meeting_id>/participants/relancer", methods=["GET", "POST"])
@access(SECRETARY)
@refusal_in_form
def chase(meeting_id: int) -> Page:
    """What the reminder says and whom it reaches; then, on confirmation, send it."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = ChaseForm()
    if form.validate_on_submit():
        try:
            sent = services.chase(actor, meeting_id, last_seen=form.last_seen)
        except (NobodyToChase, AlreadyChased) as error:
            flash(str(_(error.message)), "info")  # they answered meanwhile, or a second click
            return _to_index(meeting_id)
        except DomainError as error:
            refuse(form, error)
        else:
            told = ngettext("%(num)s relance part.", "%(num)s relances partent.", sent.recipients)
            flash(told, "success")
            return _to_index(meeting_id)
    meeting = get_prepared_meeting(actor, meeting_id)
    silent: list[SeatReply] = services.silent_of(queries.replies_of(meeting))
    letters = mails.letters_of(meeting, silent)
    sample = letters[0] if letters else None
    last = next(iter(queries.chasers_of(meeting_id)), None)
    form.last.data = str(last.number if last else 0)
    placeholder = _("(le lien personnel de chaque destinataire)")
    return answer(
        "participants/chase.html",
        form,
        meeting=meeting,
        steps=steps_to(meeting),
        letters=letters,
        unreached=[seat for seat in silent if all(one.seat is not seat for one in letters)],
        mail=mails.chaser(sample, placeholder) if sample else None,
        last=last,
        open=meeting.state is MeetingState.CONVENED,
    )


def _to_index(meeting_id: int) -> Response:
    return redirect(url_for("participants.index", meeting_id=meeting_id), 303)
