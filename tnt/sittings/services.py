"""What the secretary does while a session is held: open it, call the roll, settle each item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from tnt.agendas.models import AgendaItem
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError, Forbidden, NotFound, check_version
from tnt.meetings.models import Meeting
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import MeetingState, check_transition
from tnt.meetings.services import bring_forward_to_now, enter_state
from tnt.projects.models import GroupMotion
from tnt.projects.services import revise_motion
from tnt.sittings import queries
from tnt.sittings.models import Attendance, ItemAction, Outcome
from tnt.sittings.rules import (
    NAMED,
    Draft,
    MissingRepresentative,
    OutcomeKind,
    Presence,
    allowed_outcomes,
    check_outcome,
)


class NotInSession(DomainError):
    """Outcomes are entered while the session is open, and locked by the levée."""

    message = N_("La séance n’est pas ouverte : rien ne peut y être noté.")


class NothingOnTheAgenda(DomainError):
    """A session treats at least one item."""

    message = N_("L’ordre du jour est vide : ajoutez un point avant d’ouvrir la séance.")


class TooEarly(DomainError):
    """A session opens on its day."""

    message = N_("La séance ne peut être ouverte que le jour prévu, le %(day)s, ou après.")


class ActionIncomplete(DomainError):
    """An action says what, who and by when."""

    message = N_("Indiquez l’action à mener (3 caractères au moins).")
    field = "title"


class OwnerMissing(DomainError):
    """An action is somebody's."""

    message = N_("Indiquez qui est chargé de l’action : une personne ou une institution.")
    field = "owner"


class DueBeforeSession(DomainError):
    """An action is due after it was asked."""

    message = N_("L’échéance précède la séance.")
    field = "due_on"


def can_hold(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor keeps the session: the secretariat of its committee."""
    return actor.has("secretary", meeting.committee_id)


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


def _lock_to_hold(actor: Actor, meeting_id: int) -> Meeting:
    """The same, locked: what is entered in a session follows one another, and ends with the levée."""
    meeting = lock_meeting(actor, meeting_id)
    if not can_hold(actor, meeting):
        raise Forbidden()
    return meeting


def _in_session(actor: Actor, meeting_id: int) -> Meeting:
    meeting = _lock_to_hold(actor, meeting_id)
    if meeting.state is not MeetingState.IN_SESSION:
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
        meeting = _lock_to_hold(actor, meeting_id)
        if session.scalar(select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id).limit(1)) is None:
            raise NothingOnTheAgenda()
        check_transition(
            meeting.state, MeetingState.IN_SESSION, recorded_afterwards=meeting.recorded_afterwards
        )
        if is_too_early(meeting) and bring_forward:
            bring_forward_to_now(actor, meeting)
        if is_too_early(meeting):
            raise TooEarly(day=clock.paris_day(meeting.starts_at))
        enter_state(meeting, MeetingState.IN_SESSION)
    return meeting


def call_roll(actor: Actor, meeting_id: int, entries: Mapping[int, tuple[Presence | None, str]]) -> int:
    """Record how each seat is filled: mandate id → (presence, who represents). Returns how many changed.

    Only the seats of the day are taken; others in `entries` are ignored. Raises MissingRepresentative.
    """
    with transaction() as session:
        meeting = _in_session(actor, meeting_id)
        changed = 0
        for seat in queries.list_seats(meeting):
            presence, named = entries.get(seat.mandate.id, (None, ""))
            if presence is None:
                continue
            named = named.strip()[:160] if presence in NAMED else ""
            if presence in NAMED and not named:
                raise MissingRepresentative(
                    person=seat.mandate.person.full_name, field=f"name-{seat.mandate.id}"
                )
            changed += _set_presence(session, actor, meeting, seat, presence, named)
    return changed


def _set_presence(
    session: Any, actor: Actor, meeting: Meeting, seat: queries.SeatState, presence: Presence, named: str
) -> int:
    attendance = seat.attendance
    if attendance and (attendance.presence, attendance.represented_by) == (presence, named):
        return 0
    before = {"presence": attendance.presence if attendance else None}
    if attendance is None:
        attendance = Attendance(meeting_id=meeting.id, mandate_id=seat.mandate.id)
        session.add(attendance)
    attendance.presence = presence
    attendance.represented_by = named
    attendance.recorded_at = clock.now()
    session.flush()
    journal.record(
        actor,
        "sitting.presence",
        attendance,
        before=before,
        after={"person": seat.mandate.person.full_name, "presence": presence, "represented_by": named},
        committee_id=meeting.committee_id,
    )
    return 1


def save_outcome(
    actor: Actor,
    meeting_id: int,
    item_id: int,
    draft: Draft,
    expected_version: int | None = None,
    mission: str | None = None,
) -> Outcome:
    """Save how an item stands: notes as they come, the outcome when it is known.

    `expected_version` is the outcome's version when the form was opened (0: none yet). Raises Stale with
    the saved one left as it is, NotInSession, or the refusal of the outcome. `mission` is the text that the
    item's motion gives the group, when it was amended in session.
    """
    with transaction() as session:
        meeting = _in_session(actor, meeting_id)
        item = queries.get_item_of(meeting.id, item_id)
        outcome = queries.find_outcome(item.id)
        check_version(expected_version, outcome.version if outcome else 0)
        check_outcome(
            draft,
            allowed=allowed_outcomes(item.kind, meeting.committee.key, item.act_kind),
            times_deferred=item.times_deferred,
        )
        if mission is not None:
            _amend_mission(actor, item, mission)
        values = asdict(draft)
        if outcome is None:
            outcome = Outcome(item_id=item.id, kind=None, version=0, saved_at=clock.now())
            session.add(outcome)
            session.flush()
        before, after = journal.changes(outcome, values)
        for name, value in after.items():
            setattr(outcome, name, value)
        outcome.version += 1
        outcome.saved_at = clock.now()
        outcome.saved_by_id = actor.person_id
        if after:
            journal.record(
                actor,
                "sitting.outcome",
                outcome,
                before=before,
                after=after,
                committee_id=meeting.committee_id,
            )
    return outcome


def _amend_mission(actor: Actor, item: AgendaItem, mission: str) -> None:
    """Change, in session, the mission text that an item's motion would give (« adoptée, modifiée »)."""
    motion: GroupMotion | None = item.group_motion
    if motion is None or motion.mission == mission.strip():
        return
    revise_motion(
        actor,
        motion.id,
        mission=mission,
        reason=motion.reason,
        stop_kind=motion.stop_kind,
        lead_id=motion.lead_id,
        lead_institution_id=motion.lead_institution_id,
        effective_on=motion.effective_on,
    )


def settle_together(actor: Actor, meeting_id: int, kind: OutcomeKind, reason: str = "") -> int:
    """Settle at once what is left: information items noted together, or the rest deferred together.

    Items already settled stay. Returns how many were settled.
    """
    with transaction():
        meeting = _in_session(actor, meeting_id)
        settled = 0
        for state in queries.list_item_states(meeting.id):
            allowed = allowed_outcomes(state.item.kind, meeting.committee.key, state.item.act_kind)
            if state.is_settled or kind not in allowed:
                continue
            saved = state.outcome
            save_outcome(
                actor,
                meeting.id,
                state.item.id,
                Draft(
                    kind=kind,
                    wording=saved.wording if saved else "",
                    notes=saved.notes if saved else "",
                    defer_reason=reason,
                ),
            )
            settled += 1
    return settled


def note_action(
    actor: Actor,
    meeting_id: int,
    item_id: int,
    *,
    title: str,
    owner_id: int | None,
    owner_institution_id: int | None,
    due_on: date,
) -> ItemAction:
    """Note an action on an item; it becomes due when the record takes force.

    Raises ActionIncomplete, OwnerMissing, DueBeforeSession, NotInSession.
    """
    with transaction() as session:
        meeting = _in_session(actor, meeting_id)
        item = queries.get_item_of(meeting.id, item_id)
        if not 3 <= len(title.strip()) <= 300:
            raise ActionIncomplete()
        if owner_id is None and owner_institution_id is None:
            raise OwnerMissing()
        if due_on < clock.paris_day(meeting.starts_at):
            raise DueBeforeSession()
        action = ItemAction(
            item_id=item.id,
            title=title.strip(),
            owner_id=owner_id,
            owner_institution_id=owner_institution_id,
            due_on=due_on,
        )
        session.add(action)
        session.flush()
        journal.record(
            actor,
            "sitting.action",
            action,
            after={"title": action.title, "due_on": due_on},
            committee_id=meeting.committee_id,
        )
    return action


def remove_action(actor: Actor, meeting_id: int, action_id: int) -> None:
    """Take back an action noted by mistake, while the session is open. Raises NotFound."""
    with transaction() as session:
        meeting = _in_session(actor, meeting_id)
        action = session.get(ItemAction, action_id)
        if action is None or action.item.meeting_id != meeting.id:
            raise NotFound()
        journal.record(
            actor,
            "sitting.remove_action",
            action,
            before={"title": action.title},
            committee_id=meeting.committee_id,
        )
        session.delete(action)
