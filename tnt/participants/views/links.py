"""The page of a mail's link: for whom one replies, and the reply; opening it writes no reply."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.accounts.views.blueprint import network
from tnt.agendas.queries import items_of
from tnt.core.access import PUBLIC, access
from tnt.core.csrf import refusal_in_form
from tnt.core.errors import DomainError, Stale
from tnt.core.i18n import refuse, translate
from tnt.core.throttle import TooManyAttempts
from tnt.meetings.rules import MeetingState
from tnt.participants import queries, services
from tnt.participants.beside import pages_beside
from tnt.participants.forms import ReplyForm
from tnt.participants.rows import carried_names, given_words, void_words
from tnt.participants.rules import Via
from tnt.participants.services.links import LinkNotValid, Opened, is_of_the_day
from tnt.participants.views.blueprint import participants


@participants.route("/reponse/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@refusal_in_form
def answer(token: str) -> Response:
    """Who replies, for whom, to what; then the reply, until the session opens."""
    try:
        opened = services.open_link(token, network())
        return _answer(token, opened)
    except (LinkNotValid, TooManyAttempts) as error:
        return not_valid(error)


def _answer(token: str, opened: Opened) -> Response:
    seat = opened.seat
    if seat is None:
        beside = pages_beside(opened.link, token) if is_of_the_day(opened.link) else []
        return private(render_template("participants/not_of_the_day.html", opened=opened, beside=beside))
    form, stale = ReplyForm.of(seat), False
    via = Via.SECRETARY if opened.for_another else Via.LINK  # the words of whoever replies for another
    proxies = opened.meeting.committee.proxies_enabled
    form.offer(seat, queries.holders_for(seat, opened.seats), via=via, proxies=proxies)
    if form.validate_on_submit():
        try:
            services.reply_by_link(token, network(), form.draft(), form.opened_on)
        except (LinkNotValid, TooManyAttempts):
            raise
        except DomainError as error:
            stale = isinstance(error, Stale)
            refuse(form, error)
        else:
            flash(_("Réponse enregistrée. Merci."), "success")
            return private(redirect(url_for("participants.answer", token=token), 303))
        opened = services.open_link(token, network())
        seat = opened.seat or seat
        if stale and seat.reply:
            form.version.data = str(seat.reply.version)
    elif request.method == "GET":
        services.note_reading(opened.link.meeting_id, opened.link.person_id)
        opened = services.open_link(token, network())
        seat = opened.seat or seat
    page = render_template(
        "participants/answer.html",
        form=form,
        opened=opened,
        meeting=opened.meeting,
        seat=seat,
        given=given_words(seat),
        void=void_words(seat, opened.seats),
        carried=carried_names(seat, opened.seats),
        open=opened.meeting.state is MeetingState.CONVENED,
        items=[item for item in items_of(opened.meeting.id) if not item.reserved],
        beside=pages_beside(opened.link, token),
    )
    status = (400 if form.unproven else 422) if request.method == "POST" else 200
    return private(page, status)


def private(page: Any, status: int = 200) -> Response:
    """A page that opens by its address alone: kept, listed and told nowhere."""
    response = make_response(page) if isinstance(page, Response) else make_response(page, status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def not_valid(
    error: LinkNotValid | TooManyAttempts, template: str = "participants/link_not_valid.html"
) -> Response:
    """Unknown, over, or tried too often: the same page, with what to do, in the words of `template`."""
    busy = isinstance(error, TooManyAttempts)
    page = render_template(template, refusal=translate(error) if busy else None)
    response = private(page, 429 if busy else 404)
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.wait_seconds)
    return response
