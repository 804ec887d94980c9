"""What can be done to a meeting: plan, move, postpone, cancel; and the one door to its states.

Other features follow what happens to a meeting (its items go back to the intake, its members are written
to): they register a `Consequence`, carried out in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from tnt.committees.models import Committee
from tnt.core import clock, dataset, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.errors import check_version
from tnt.meetings import queries
from tnt.meetings.models import Meeting, MeetingKind, MissedPeriod, RetroDays
from tnt.meetings.policies import can_prepare
from tnt.meetings.retroplanning import RetroStepKind, check_days, days_of
from tnt.meetings.rules import (
    AlreadyMissed,
    Announcement,
    BadPeriod,
    Change,
    ChangeKind,
    MeetingState,
    NonexistentHour,
    NoQuorumHere,
    NotTheSecretary,
    Overlapping,
    PeriodHeld,
    PeriodNotOver,
    Slot,
    can_reconvene,
    changes_face,
    check_notice_days,
    check_place,
    check_reason,
    check_slot,
    check_transition,
    check_video_url,
    next_states,
)
from tnt.programme.rules import parse_period, period_of


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a feature does when a meeting changes, how it says so beforehand, and whether it lets it."""

    announce: Callable[[Meeting, ChangeKind], Sequence[Announcement]]
    carry_out: Callable[[Actor, Meeting, Change], None]
    allows: Callable[[Meeting, ChangeKind], bool] = lambda _meeting, _kind: True


_CONSEQUENCES: dict[str, Consequence] = {}


def register_consequence(name: str, consequence: Consequence) -> None:
    """Follow what happens to meetings, once per name; carried out in the order of registration."""
    _CONSEQUENCES[name] = consequence


def announce(meeting: Meeting, kind: ChangeKind) -> list[Announcement]:
    """What a change would do, in sentences."""
    return [line for follower in _CONSEQUENCES.values() for line in follower.announce(meeting, kind)]


def is_allowed(meeting: Meeting, kind: ChangeKind) -> bool:
    """Whether no follower would refuse a change."""
    return all(follower.allows(meeting, kind) for follower in _CONSEQUENCES.values())


def instants(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """The UTC instants of a slot told on Paris clocks. Raises NonexistentHour."""
    found = []
    for name, at in (("starts", starts), ("ends", ends)):
        try:
            found.append(clock.from_paris(day, at))
        except ValueError as error:
            raise NonexistentHour(field=name) from error
    return found[0], found[1]


def enter_state(meeting: Meeting, new: MeetingState, *, without_quorum: bool = False) -> None:
    """The only place that changes a meeting's state; inside the caller's transaction.

    Raises WrongMeetingState. The calendar's sequence grows when it must show the meeting otherwise.
    """
    check_transition(
        meeting.state,
        new,
        recorded_afterwards=meeting.recorded_afterwards,
        without_quorum=without_quorum,
    )
    visible = changes_face(meeting.state, new)
    meeting.state = new
    meeting.undated = new is MeetingState.POSTPONED
    now = clock.now()
    if new is MeetingState.CONVENED:
        meeting.convened_at = now
    elif new is MeetingState.IN_SESSION:
        meeting.opened_at = now
    elif new is MeetingState.ADJOURNED:
        meeting.adjourned_at = now
    elif new is MeetingState.CLOSED:
        meeting.closed_at = now
    elif new is MeetingState.PLANNED:
        meeting.convened_at = None  # dated anew: it is to be convened again
    meeting.version += 1
    touch(meeting, visible=visible)


def touch(meeting: Meeting, *, visible: bool = False) -> None:
    """Tell the calendars that something they show has changed; `visible`: start, end, place or status."""
    if visible:
        meeting.sequence += 1
    meeting.last_modified = clock.now()
    meeting.committee.calendar_revision = Committee.calendar_revision + 1


def plan_meeting(
    actor: Actor,
    *,
    committee_id: int,
    starts_at: datetime,
    ends_at: datetime,
    place: str = "",
    video_url: str = "",
    kind: MeetingKind = MeetingKind.ORDINARY,
    notice_days: int | None = None,
) -> Meeting:
    """Put a session in the calendar, as provisional.

    Raises NotFound, NotTheSecretary, or the refusal of the slot.
    """
    return _add(
        actor,
        "meeting.plan",
        committee_id=committee_id,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        video_url=video_url,
        kind=kind,
        notice_days=notice_days,
    )


def record_past_meeting(
    actor: Actor,
    *,
    committee_id: int,
    starts_at: datetime,
    ends_at: datetime,
    place: str = "",
    own_reference: str = "",
    kind: MeetingKind = MeetingKind.ORDINARY,
) -> Meeting:
    """Enter a session already held, with its own reference; it is then filled in like any other.

    Raises NotFound, NotTheSecretary, or the refusal of the slot.
    """
    return _add(
        actor,
        "meeting.record_past",
        committee_id=committee_id,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        kind=kind,
        own_reference=own_reference.strip()[:80],
        recorded_afterwards=True,
    )


def _add(
    actor: Actor,
    action: str,
    *,
    committee_id: int,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    kind: MeetingKind,
    video_url: str = "",
    notice_days: int | None = None,
    own_reference: str = "",
    recorded_afterwards: bool = False,
) -> Meeting:
    with transaction() as session:
        committee = queries.lock_committee(actor, committee_id)
        if not can_prepare(actor, committee_id):
            raise NotTheSecretary()
        now = clock.now()
        check_slot(starts_at, ends_at, now, past=recorded_afterwards)
        check_video_url(video_url.strip())
        delay = committee.notice_days if notice_days is None else notice_days
        check_notice_days(delay)
        _check_free(committee_id, starts_at, ends_at)
        meeting = Meeting(
            committee=committee,
            kind=kind,
            state=MeetingState.PLANNED,
            period=_period(committee, starts_at),
            starts_at=starts_at,
            ends_at=ends_at,
            place=check_place(place),
            video_url=video_url.strip(),
            notice_days=delay,
            own_reference=own_reference,
            recorded_afterwards=recorded_afterwards,
            sequence=0,
            version=1,
            created_at=now,
            last_modified=now,
        )
        session.add(meeting)
        touch(meeting)
        session.flush()
        after = {"starts_at": starts_at, "ends_at": ends_at, "place": meeting.place, "period": meeting.period}
        journal.record(actor, action, meeting, after=after, committee_id=committee_id)
    return meeting


def move_meeting(
    actor: Actor,
    meeting_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    video_url: str = "",
    reason: str = "",
    notice_days: int | None = None,
    expected_version: int | None = None,
) -> Meeting:
    """Change the date, the place or the link; a session postponed without a date is dated anew.

    Once convened, a reason is asked for and the members are written to. Raises NotFound, NotTheSecretary,
    Stale, WrongMeetingState, MissingReason, or the refusal of the slot.
    """
    with transaction() as session:
        meeting = _lock_prepared(actor, meeting_id, expected_version)
        was = _slot(meeting)
        new: dict[str, Any] = {
            "starts_at": starts_at,
            "ends_at": ends_at,
            "place": check_place(place),
            "video_url": video_url.strip(),
            "notice_days": meeting.notice_days if notice_days is None else notice_days,
        }
        _check_move(meeting, new)
        before, after = journal.changes(meeting, new)
        redated = meeting.state is MeetingState.POSTPONED
        if not after and not redated:
            return meeting
        told = meeting.state is MeetingState.CONVENED and set(after) - {"notice_days"}
        if told or reason.strip():
            after["reason"] = meeting.reason = check_reason(reason)
        _write_move(meeting, new, before)
        if redated:
            enter_state(meeting, MeetingState.PLANNED)
        session.flush()
        action = "meeting.redate" if redated else "meeting.move"
        journal.record(actor, action, meeting, before=before, after=after, committee_id=meeting.committee_id)
        # members may have been asked to keep the date free, guests to come to one item
        if told or was.state in {MeetingState.PLANNED, MeetingState.POSTPONED}:
            _follow(actor, meeting, Change(ChangeKind.MOVED, was, meeting.reason))
    return meeting


def _check_move(meeting: Meeting, new: dict[str, Any]) -> None:
    if meeting.state not in {MeetingState.PLANNED, MeetingState.CONVENED, MeetingState.POSTPONED}:
        check_transition(meeting.state, MeetingState.PLANNED)  # raises: it is past that
    check_slot(new["starts_at"], new["ends_at"], clock.now(), past=meeting.recorded_afterwards)
    check_video_url(new["video_url"])
    check_notice_days(new["notice_days"])
    _check_free(meeting.committee_id, new["starts_at"], new["ends_at"], besides=meeting.id)


def _write_move(meeting: Meeting, new: dict[str, Any], before: dict[str, Any]) -> None:
    if "starts_at" in before and not meeting.recorded_afterwards:
        meeting.previous_starts_at = before["starts_at"]
    for name, value in new.items():
        setattr(meeting, name, value)
    meeting.period = _period(meeting.committee, meeting.starts_at)
    meeting.version += 1
    touch(meeting, visible=bool({"starts_at", "ends_at", "place"} & set(before)))


def bring_forward_to_now(actor: Actor, meeting: Meeting) -> None:
    """Move a convened session to the present instant, for its length: the demonstration is held at will.

    Only over demonstration data (raises NotTheSecretary elsewhere): a real session keeps its notice. Inside
    the caller's transaction.
    """
    if not dataset.demo_loaded() or not can_prepare(actor, meeting.committee_id):
        raise NotTheSecretary()
    now = clock.now().replace(second=0, microsecond=0)
    new = {"starts_at": now, "ends_at": now + (meeting.ends_at - meeting.starts_at)}
    _check_free(meeting.committee_id, new["starts_at"], new["ends_at"], besides=meeting.id)
    before, after = journal.changes(meeting, new)
    _write_move(meeting, new, before)
    journal.record(
        actor, "meeting.move", meeting, before=before, after=after, committee_id=meeting.committee_id
    )


def postpone_without_date(
    actor: Actor, meeting_id: int, *, reason: str, expected_version: int | None = None
) -> Meeting:
    """Take the session out of its date; the new one will be set later (`move_meeting`).

    Raises NotFound, NotTheSecretary, Stale, WrongMeetingState, MissingReason.
    """
    return _call_off(actor, meeting_id, ChangeKind.POSTPONED, reason, expected_version)


def cancel(actor: Actor, meeting_id: int, *, reason: str, expected_version: int | None = None) -> Meeting:
    """Cancel a session that was not held; members read the reason.

    Raises NotFound, NotTheSecretary, Stale, WrongMeetingState, MissingReason.
    """
    return _call_off(actor, meeting_id, ChangeKind.CANCELLED, reason, expected_version)


_CALLED_OFF = {
    ChangeKind.POSTPONED: (MeetingState.POSTPONED, "meeting.postpone"),
    ChangeKind.CANCELLED: (MeetingState.CANCELLED, "meeting.cancel"),
}


def _call_off(
    actor: Actor, meeting_id: int, kind: ChangeKind, reason: str, expected_version: int | None
) -> Meeting:
    state, action = _CALLED_OFF[kind]
    with transaction() as session:
        meeting = _lock_prepared(actor, meeting_id, expected_version)
        was = _slot(meeting)
        check_transition(meeting.state, state, recorded_afterwards=meeting.recorded_afterwards)
        meeting.reason = check_reason(reason)
        if kind is ChangeKind.POSTPONED:
            meeting.previous_starts_at = meeting.starts_at
        enter_state(meeting, state)
        session.flush()
        journal.record(
            actor,
            action,
            meeting,
            before={"state": was.state, "starts_at": was.starts_at},
            after={"state": state, "reason": meeting.reason},
            committee_id=meeting.committee_id,
        )
        _follow(actor, meeting, Change(kind, was, meeting.reason))
    return meeting


def is_day_come(meeting: Meeting) -> bool:
    """Whether the day of the session has come."""
    return clock.paris_day(meeting.starts_at) <= clock.today()


def reconvene(
    actor: Actor,
    meeting_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    video_url: str = "",
    notice_days: int,
    reason: str,
    expected_version: int | None = None,
) -> Meeting:
    """Call off a session that lacks its quorum, and plan another one on the same agenda, without a quorum.

    The new session is provisional: it is convened like any other, and its notice says that no quorum is
    asked. Source: code des relations entre le public et l’administration, art. R.* 133-10. Raises NotFound,
    NotTheSecretary, Stale, NoQuorumHere, MissingReason, the refusal of the slot, and what a follower refuses.
    """
    with transaction() as session:
        meeting = _lock_prepared(actor, meeting_id, expected_version)
        was = _slot(meeting)
        if not can_reconvene(
            meeting.state, meeting.committee.quorum_percent, is_day_come=is_day_come(meeting)
        ):
            raise NoQuorumHere()
        meeting.reason = check_reason(reason)
        enter_state(meeting, MeetingState.CANCELLED, without_quorum=True)
        session.flush()
        new = _add(
            actor,
            "meeting.reconvene",
            committee_id=meeting.committee_id,
            starts_at=starts_at,
            ends_at=ends_at,
            place=place,
            video_url=video_url,
            kind=meeting.kind,
            notice_days=notice_days,
        )
        new.quorum_waived, new.reconvenes_id = True, meeting.id
        journal.record(
            actor,
            "meeting.no_quorum",
            meeting,
            before={"state": was.state},
            after={"state": meeting.state, "reason": meeting.reason},
            committee_id=meeting.committee_id,
        )
        _follow(actor, meeting, Change(ChangeKind.RECONVENED, was, meeting.reason, new.id))
    return new


def record_missed_period(actor: Actor, *, committee_id: int, period: str, reason: str) -> MissedPeriod:
    """Say why a period passed without a session.

    Raises NotFound, NotTheSecretary, BadPeriod, PeriodNotOver, PeriodHeld, AlreadyMissed, MissingReason.
    """
    with transaction() as session:
        committee = queries.lock_committee(actor, committee_id)
        if not can_prepare(actor, committee_id):
            raise NotTheSecretary()
        _check_missed(committee, period)
        missed = MissedPeriod(
            committee_id=committee_id,
            period=period,
            reason=check_reason(reason),
            recorded_by_id=actor.person_id,
            recorded_on=clock.today(),
        )
        session.add(missed)
        try:
            session.flush()
        except IntegrityError as error:
            raise AlreadyMissed() from error
        after = {"period": period, "reason": missed.reason}
        journal.record(actor, "meeting.period_missed", missed, after=after, committee_id=committee_id)
    return missed


def _check_missed(committee: Committee, code: str) -> None:
    try:
        period = parse_period(code)
    except ValueError as error:
        raise BadPeriod() from error
    if period.every is not committee.every:
        raise BadPeriod()
    if period.last_day >= clock.today():
        raise PeriodNotOver()
    if queries.meetings_in(committee.id, code):
        raise PeriodHeld()
    if queries.find_missed_period(committee.id, code) is not None:
        raise AlreadyMissed()


def change_retro_planning(actor: Actor, committee_id: int, days: Mapping[RetroStepKind, int]) -> None:
    """Say how many days before (or, less than zero, after) a session each step is done.

    Raises NotFound, NotTheSecretary, BadRetroDays.
    """
    with transaction() as session:
        committee = queries.lock_committee(actor, committee_id)
        if not can_prepare(actor, committee_id):
            raise NotTheSecretary()
        check_days(days)
        usual = days_of(committee.key, {})
        was = queries.retro_days_of(committee_id)
        wanted = {kind: value for kind, value in (was | dict(days)).items() if value != usual[kind]}
        if wanted == was:
            return
        session.execute(delete(RetroDays).where(RetroDays.committee_id == committee_id))
        session.add_all(
            RetroDays(committee_id=committee_id, kind=kind, days=value) for kind, value in wanted.items()
        )
        changed = {kind for kind in usual if (usual | was)[kind] != (usual | wanted)[kind]}
        journal.record(
            actor,
            "committee.retro_planning",
            committee,
            before={kind.value: (usual | was)[kind] for kind in changed},
            after={kind.value: (usual | wanted)[kind] for kind in changed},
            committee_id=committee_id,
        )


def _lock_prepared(actor: Actor, meeting_id: int, expected_version: int | None) -> Meeting:
    """The meeting, locked, for whoever prepares it; its committee is locked with it."""
    meeting = queries.lock_meeting(actor, meeting_id)
    if not can_prepare(actor, meeting.committee_id):
        raise NotTheSecretary()
    check_version(expected_version, meeting.version)
    queries.lock_committee(actor, meeting.committee_id)
    return meeting


def _slot(meeting: Meeting) -> Slot:
    return Slot(meeting.state, meeting.starts_at, meeting.ends_at, meeting.place, meeting.video_url)


def _check_free(
    committee_id: int, starts_at: datetime, ends_at: datetime, besides: int | None = None
) -> None:
    other = queries.find_overlapping(committee_id, starts_at, ends_at, besides)
    if other is not None:
        raise Overlapping(when=other.starts_at)


def _period(committee: Committee, starts_at: datetime) -> str:
    return period_of(clock.paris_day(starts_at), committee.every).code


def _follow(actor: Actor, meeting: Meeting, change: Change) -> None:
    for follower in _CONSEQUENCES.values():
        follower.carry_out(actor, meeting, change)


def can_postpone(meeting: Meeting) -> bool:
    """Whether the session may still be taken out of its date."""
    return MeetingState.POSTPONED in next_states(
        meeting.state, recorded_afterwards=meeting.recorded_afterwards
    )


def can_cancel(meeting: Meeting) -> bool:
    """Whether the session may still be cancelled."""
    return MeetingState.CANCELLED in next_states(
        meeting.state, recorded_afterwards=meeting.recorded_afterwards
    )
