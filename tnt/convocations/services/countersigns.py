"""Have the agenda countersigned by a co-chair before the convocation, where the committee asks for it."""

from __future__ import annotations

from tnt.agendas.queries import items_of
from tnt.committees.models import Mandate
from tnt.committees.queries import co_chairs_on, secretaries_on
from tnt.convocations import mails, queries
from tnt.convocations.models import AgendaCountersign
from tnt.convocations.rules import (
    AlreadyCountersigned,
    CountersignState,
    EmptyAgenda,
    NoCoChairThatDay,
    NothingToCountersign,
    check_correction,
)
from tnt.convocations.services.notices import fingerprint
from tnt.core import blobs, clock, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import Forbidden
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import MeetingState, NotTheSecretary


def can_countersign(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor presides the committee."""
    return not actor.is_system and actor.has("co_chair", meeting.committee_id)


def ask_countersign(actor: Actor, meeting_id: int) -> AgendaCountersign:
    """Put the agenda as it stands before the co-chairs.

    Raises NotFound, NotTheSecretary, NothingToCountersign, EmptyAgenda, AlreadyCountersigned,
    NoCoChairThatDay.
    """
    with transaction() as session:
        meeting = lock_meeting(actor, meeting_id)
        if not can_prepare(actor, meeting.committee_id):
            raise NotTheSecretary()
        if meeting.state is not MeetingState.PLANNED or not meeting.committee.agenda_countersigned:
            raise NothingToCountersign()
        if not items_of(meeting.id):
            raise EmptyAgenda()
        last = queries.last_countersign(meeting.id)
        present = fingerprint(meeting)
        if last and last.agenda_sha256 == present and last.state is not CountersignState.CORRECTION:
            raise AlreadyCountersigned()
        chairs = co_chairs_on(meeting.committee_id, clock.paris_day(meeting.starts_at))
        if not chairs:
            raise NoCoChairThatDay()
        request = AgendaCountersign(
            meeting=meeting,
            number=last.number + 1 if last else 1,
            agenda_sha256=blobs.put(queries.agenda_content(meeting), "application/json"),
            state=CountersignState.AWAITED,
            asked_by_id=actor.person_id,
            asked_at=clock.now(),
        )
        session.add(request)
        session.flush()
        after = {"number": request.number, "agenda": present}
        journal.record(actor, "countersign.request", request, after=after, committee_id=meeting.committee_id)
        for chair in chairs:
            mails.countersign_asked(request, chair)
    return request


def give_countersign(actor: Actor, meeting_id: int, number: int) -> AgendaCountersign:
    """Countersign the agenda that was read. Raises NotFound, Forbidden, NothingToCountersign."""
    return _answer(actor, meeting_id, number, CountersignState.GIVEN, "")


def ask_correction(actor: Actor, meeting_id: int, number: int, comment: str) -> AgendaCountersign:
    """Send the agenda back with what to correct.

    Raises NotFound, Forbidden, NothingToCountersign, CorrectionNeedsWords.
    """
    return _answer(actor, meeting_id, number, CountersignState.CORRECTION, check_correction(comment))


def _answer(
    actor: Actor, meeting_id: int, number: int, state: CountersignState, comment: str
) -> AgendaCountersign:
    with transaction():
        meeting = lock_meeting(actor, meeting_id)
        if not can_countersign(actor, meeting):
            raise Forbidden()
        request = queries.last_countersign(meeting.id)
        awaited = request is not None and request.state is CountersignState.AWAITED
        if request is None or not awaited or request.number != number:
            raise NothingToCountersign()
        if meeting.state is not MeetingState.PLANNED or request.agenda_sha256 != fingerprint(meeting):
            raise NothingToCountersign()
        request.state, request.comment, request.answered_at = state, comment, clock.now()
        request.mandate = _mandate_of(actor, meeting)
        journal.record(
            actor,
            "countersign.countersign" if state is CountersignState.GIVEN else "countersign.ask_correction",
            request,
            after={"state": state, "comment": comment},
            committee_id=meeting.committee_id,
        )
        for secretary in secretaries_on(meeting.committee_id, clock.today()):
            mails.countersign_answered(request, secretary.person)
    return request


def _mandate_of(actor: Actor, meeting: Meeting) -> Mandate | None:
    chairs = co_chairs_on(meeting.committee_id, clock.today())
    return next((one for one in chairs if one.person_id == actor.person_id), None)
