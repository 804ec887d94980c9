"""Who holds a session, and opening it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from tnt.agendas.models import AgendaItem
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError, Forbidden, NotFound
from tnt.meetings.models import Meeting
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import MeetingState, check_transition
from tnt.meetings.services import bring_forward_to_now, enter_state
from tnt.participants.services import keep_replies


class NotInSession(DomainError):
    """Outcomes are entered while the session is open, and locked by the levée."""

    message = N_("La séance n’est pas ouverte : rien ne peut y être noté.")


class NothingOnTheAgenda(DomainError):
    """A session treats at least one item."""

    message = N_("L’ordre du jour est vide : ajoutez un point avant d’ouvrir la séance.")


class TooEarly(DomainError):
    """A session opens on its day."""

    message = N_("La séance ne peut être ouverte que le jour prévu, le %(day)s, ou après.")


def can_hold(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor keeps the session: the secretariat of its committee."""
    return actor.has("secretary", meeting.committee_id)


def can_chair(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor reads what is made for the chair: a co-chair, or the secretariat."""
    return can_hold(actor, meeting) or actor.has("co_chair", meeting.committee_id)


def get_meeting_to_hold(actor: Actor, meeting_id: int) -> Meeting:
    """The meeting, for its secretary. Raises NotFound to whoever may not read it, Forbidden to members."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not (
        actor.has("member", meeting.committee_id)
        or actor.has("secretary", meeting.committee_id)
        or actor.has_any("programme_manager")
    ):
        raise NotFound()
    if not can_hold(actor, meeting):
        raise Forbidden()
    return meeting


def get_meeting_to_chair(actor: Actor, meeting_id: int) -> Meeting:
    """The meeting, for its secretary and its co-chairs. Raises NotFound."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not can_chair(actor, meeting):
        raise NotFound()
    return meeting


def lock_to_hold(actor: Actor, meeting_id: int) -> Meeting:
    """The same, locked: what is entered in a session follows one another, and ends with the levée."""
    meeting = lock_meeting(actor, meeting_id)
    if not can_hold(actor, meeting):
        raise Forbidden()
    return meeting


def lock_in_session(actor: Actor, meeting_id: int) -> Meeting:
    """The same while the session is open. Raises NotInSession."""
    meeting = lock_to_hold(actor, meeting_id)
    if meeting.state is not MeetingState.IN_SESSION:
        raise NotInSession()
    return meeting


# who says that the record of a session was sent back to its secretary: closing, which stands above
RollReopened = Callable[[int], bool]
_REOPENED: list[RollReopened] = []


def register_roll_reopened(provider: RollReopened) -> None:
    """Say of which session, by its id, the roll may be corrected though it is over."""
    _REOPENED[:] = [provider]


def is_roll_open(meeting: Meeting) -> bool:
    """Whether the roll may be called or corrected: in session, and while its record is to be corrected."""
    if meeting.state is MeetingState.ADJOURNED:
        return any(provider(meeting.id) for provider in _REOPENED)
    return meeting.state is MeetingState.IN_SESSION


def lock_to_call(actor: Actor, meeting_id: int) -> Meeting:
    """The meeting, locked, while its roll is open. Raises NotInSession."""
    meeting = lock_to_hold(actor, meeting_id)
    if not is_roll_open(meeting):
        raise NotInSession()
    return meeting


def is_too_early(meeting: Meeting) -> bool:
    """Whether the session's day has not come yet."""
    return clock.today() < clock.paris_day(meeting.starts_at)


def open_session(actor: Actor, meeting_id: int, *, bring_forward: bool = False) -> Meeting:
    """Open the session on its day: the agenda is fixed, the roll and the items can be recorded.

    With `bring_forward`, over demonstration data only, a session to come is moved to the present first.
    Raises NotFound, Forbidden, NothingOnTheAgenda, TooEarly, or the state table's refusal.
    """
    with transaction() as session:
        meeting = lock_to_hold(actor, meeting_id)
        if session.scalar(select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id).limit(1)) is None:
            raise NothingOnTheAgenda()
        check_transition(
            meeting.state, MeetingState.IN_SESSION, recorded_afterwards=meeting.recorded_afterwards
        )
        if is_too_early(meeting) and bring_forward:
            was = meeting.starts_at
            bring_forward_to_now(actor, meeting)
            keep_replies(meeting, was)
        if is_too_early(meeting):
            raise TooEarly(day=clock.paris_day(meeting.starts_at))
        before = {"state": meeting.state}
        enter_state(meeting, MeetingState.IN_SESSION)
        journal.record(
            actor,
            "sitting.open",
            meeting,
            before=before,
            after={"state": meeting.state, "opened_at": meeting.opened_at},
            committee_id=meeting.committee_id,
        )
    return meeting
