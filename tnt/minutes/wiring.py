"""What minutes plug into lower features: the part of a meeting, when their mails may leave, printed heads."""

from __future__ import annotations

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import register_minutes_to_approve
from tnt.core import journal, outbox
from tnt.core.access import Actor
from tnt.core.navigation import register_destination
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.rules import HELD, MeetingState
from tnt.meetings.tabs import register_tab
from tnt.minutes import mails, queries
from tnt.packs.approvals import register_minutes
from tnt.sittings.remarks import Remark, register_remark


def init_app(_app: Flask) -> None:
    """Put « Compte rendu » among the parts of a meeting held; let the outbox ask again before a mail."""
    register_tab("minutes.page", _l("Compte rendu"), 60, _is_visible)
    for kind in (mails.CIRCULATED, mails.REMINDER, mails.CHANGED):
        outbox.register_checker(kind, _still_awaited)
    register_destination("publications.index", _l("Publications"), 62)
    register_minutes_to_approve(queries.session_to_approve)
    register_minutes(queries.told_in_packs)
    register_remark("minutes", _requests_left)
    journal.register_witness("minutes", queries.heads_printed)


def _requests_left(item: AgendaItem) -> Remark | None:
    """An item that approves minutes says while it is held that requests on them still wait."""
    minutes = queries.approved_by(item)
    pending = queries.count_pending(minutes.id) if minutes is not None else 0
    if minutes is None or not pending:
        return None
    return Remark(
        ngettext(
            "%(num)s demande de modification attend une réponse : le compte rendu ne s’approuve pas avant.",
            "%(num)s demandes de modification attendent une réponse : le compte rendu ne s’approuve pas "
            "avant.",
            pending,
        ),
        _("Répondre aux demandes"),
        url_for("minutes.requests", meeting_id=minutes.meeting_id),
    )


def _is_visible(actor: Actor, meeting: Meeting) -> bool:
    """From the levée on; during the session, for whoever keeps it."""
    if meeting.state is MeetingState.IN_SESSION:
        return can_prepare(actor, meeting.committee_id)
    return meeting.state in HELD


def _still_awaited(message: outbox.OutboxMessage) -> bool:
    minutes_id = int(message.thing.partition(":")[2])
    return message.person_id is not None and queries.is_answer_awaited(minutes_id, message.person_id)
