"""How what is decided between sessions plugs into the features below."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tnt.committees.models import Committee
from tnt.consultations import mails, queries
from tnt.consultations.services import measures
from tnt.core import outbox
from tnt.core.access import Actor, current_actor
from tnt.core.drawing import drawn
from tnt.core.navigation import register_destination
from tnt.decisions.rules import Series
from tnt.decisions.subjects import register_taking
from tnt.effects.services import Follower, Pending, register_follower, register_pending
from tnt.intake.queries import Placement, register_placements
from tnt.intake.rules import RequestState
from tnt.meetings.policies import takes_part
from tnt.portfolio.panels import Panel, register_panel


def init_app(_app: Flask) -> None:
    """Say where acts were taken and what they reserve; hang on the items that ratify; check mails again."""
    register_destination(
        "consultations.index", _l("Entre les séances"), 24, visible=lambda: takes_part(current_actor())
    )
    register_taking(Series.CONSULTATION, queries.taken_by_consultation)
    register_taking(Series.MEASURE, queries.taken_as_measure)
    register_pending("consultations", Pending(queries.pending_on_group, queries.pending_on_objective))
    register_placements(RequestState.CONSULTED, _placements)
    register_panel("consultations", _between_sessions)
    register_follower("measures", Follower(measures.describe_answer, measures.follow_answer))
    outbox.register_checker(mails.INVITATION, mails.is_still_open)
    outbox.register_checker(mails.REMINDER, mails.is_reply_still_missing)
    outbox.register_checker(mails.VISA, mails.is_visa_still_awaited)
    outbox.register_checker(mails.MEASURE, mails.is_measure_still_provisional)


def _placements(actor: Actor, request_ids: Sequence[int]) -> dict[int, Placement]:
    """Where an entry is answered in writing; only who reads the consultation follows the link."""
    return {
        request_id: Placement(
            _("consultation écrite %(number)s", number=found.number)
            if found.number
            else _("consultation écrite en préparation"),
            url_for("consultations.show", consultation_id=found.id)
            if queries.may_see(actor, found)
            else None,
        )
        for request_id, found in queries.placements(request_ids).items()
    }


def _between_sessions(committee: Committee, reads: bool) -> Panel | None:
    """The last consultations and measures of a committee, on its page, for its readers."""
    consultations, measures = queries.between_sessions(committee.id, reads=reads)
    if not consultations and not measures:
        return None
    lines = drawn("consultations/_lines.html", "between", tuple(consultations), tuple(measures))
    return Panel(_l("Entre les séances"), lines, (_l("Tout voir"), url_for("consultations.index")))
