"""What closing plugs into lower features: when a visa mail may leave, printed heads, a roll to correct."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tnt.agendas.top import register_record_state
from tnt.closing.mails import is_erratum_visa_still_awaited, is_visa_still_awaited
from tnt.closing.queries import can_read, heads_printed, is_to_correct
from tnt.core import journal, outbox
from tnt.core.access import Actor
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.meetings.tabs import register_tab
from tnt.sittings.services import register_roll_reopened


def init_app(_app: Flask) -> None:
    """Put « Relevé » among the parts of a meeting; ask again before a mail; look for heads in records."""
    register_tab("closing.record", _l("Relevé"), 55, _has_record)
    outbox.register_checker("visa_awaited", _still_true)
    outbox.register_checker("erratum_awaited", _erratum_still_true)
    journal.register_witness("records", heads_printed)
    register_roll_reopened(is_to_correct)
    register_record_state(_record_state)


def _has_record(actor: Actor, meeting: Meeting) -> bool:
    """From the levée on, for the members; for everybody once its effects have applied."""
    in_visa = meeting.state is MeetingState.ADJOURNED and can_read(actor, meeting)
    return in_visa or meeting.state is MeetingState.CLOSED


def _record_state(meeting: Meeting) -> str | None:
    return _("relevé à corriger") if is_to_correct(meeting.id) else None


def _still_true(message: outbox.OutboxMessage) -> bool:
    record_id = int(message.thing.partition(":")[2])
    version = int(message.occurrence.removeprefix("v"))
    return message.person_id is not None and is_visa_still_awaited(record_id, version, message.person_id)


def _erratum_still_true(message: outbox.OutboxMessage) -> bool:
    erratum_id = int(message.thing.partition(":")[2])
    version = int(message.occurrence.removeprefix("v"))
    person_id = message.person_id
    return person_id is not None and is_erratum_visa_still_awaited(erratum_id, version, person_id)
