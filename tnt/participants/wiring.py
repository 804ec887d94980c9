"""How participants plug in: their part of a meeting and of its page, their mails as they leave, who reads."""

from __future__ import annotations

import logging

from flask import Flask, Response, request, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from tnt.agendas.top import register_top
from tnt.core import clock, outbox
from tnt.core.access import Actor, current_actor
from tnt.core.drawing import drawn
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_read
from tnt.meetings.rules import MeetingState
from tnt.meetings.tabs import register_tab
from tnt.participants import mails, queries, services
from tnt.participants.services import chasers, replies

# opening one of these is to have read the convocation
READ_BY = frozenset({"agendas.page", "participants.index", "packs.page"})
_log = logging.getLogger("tnt.participants")


def init_app(app: Flask) -> None:
    """Show the tab, check again each reminder when it leaves, note who opens a session."""
    register_tab("participants.index", _l("Participants"), 30, _is_shown)
    outbox.register_checker(mails.CHASER_KIND, chasers.still_true)
    outbox.register_checker(mails.NAMED_KIND, _still_named)
    outbox.register_checker(mails.RELEASED_KIND, _is_released)
    outbox.register_checker(mails.VOID_KIND, replies.is_still_void)
    outbox.register_checker(mails.ANSWERED_KIND, replies.is_still_given)
    register_top("own_reply", _own_reply)
    app.after_request(_note_reading)


def _is_shown(actor: Actor, meeting: Meeting) -> bool:
    return can_read(actor, meeting.committee_id) and not meeting.recorded_afterwards


def _own_reply(actor: Actor, meeting: Meeting) -> Markup | None:
    """What a member answered to a session to come, and where they answer."""
    if meeting.state is not MeetingState.CONVENED or not actor.has("member", meeting.committee_id):
        return None
    day = clock.paris_day(meeting.starts_at)
    mine = queries.own_reply(actor.person_id, meeting.committee_id, meeting.id, day)
    if mine is None:
        return None
    address = url_for("participants.reply", meeting_id=meeting.id, mandate_id=mine.mandate_id)
    return drawn("participants/_own.html", "own_reply", mine, address)


def _still_named(message: outbox.OutboxMessage) -> bool:
    """Whether the reply that named somebody still names them."""
    return queries.names(int(message.thing.partition(":")[2]), message.person_id)


def _is_released(message: outbox.OutboxMessage) -> bool:
    """Whether somebody who is told that they are no longer expected was told that they were."""
    if _still_named(message):
        return False
    return outbox.was_sent(mails.NAMED_KIND, message.thing, message.person_id)


def _note_reading(response: Response) -> Response:
    """Note that a member opened a convened session; the page is served whatever happens to the note."""
    if request.endpoint not in READ_BY or request.method != "GET" or response.status_code != 200:
        return response
    person_id = current_actor().person_id
    meeting_id = (request.view_args or {}).get("meeting_id")
    try:
        if person_id is not None and meeting_id and queries.is_to_note(meeting_id, person_id):
            services.note_reading(meeting_id, person_id)
    except SQLAlchemyError:
        _log.exception("a reading could not be noted")
    return response
