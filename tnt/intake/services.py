"""What can be done with the intake: ask, place, refuse, redirect, withdraw."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tnt.committees.models import Committee
from tnt.committees.queries import get_committee, get_committee_by_id
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, check_version
from tnt.decisions.rules import ActKind, ActState, competent_committee
from tnt.intake import mails, queries
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import (
    AlreadyAsked,
    AskedInSession,
    ItemKind,
    MayNotAsk,
    MissingReason,
    NoOtherCommittee,
    NotAskedHere,
    NotYourRequest,
    RequestOrigin,
    RequestState,
    SameRequest,
    ToBeRatified,
    check_answer,
    check_minutes,
    check_settling,
    check_text,
    check_title,
    group_title,
    may_be_consulted,
)
from tnt.meetings.policies import can_prepare, can_read
from tnt.meetings.rules import NotTheSecretary
from tnt.projects.queries import get_group
from tnt.projects.rules import StopKind
from tnt.projects.services import MOTION_OF, draft_motion


def can_file(actor: Actor, committee_id: int, group_id: int | None) -> bool:
    """Whether the actor may ask that committee: whoever sits there, any secretary, the lead of the group."""
    if can_read(actor, committee_id) or actor.has_any("secretary"):
        return True
    return group_id is not None and actor.has("lead", group_id)


def file_request(
    actor: Actor,
    *,
    committee_id: int,
    origin: RequestOrigin,
    act_kind: ActKind,
    title: str,
    wording: str = "",
    reason: str = "",
    author_id: int | None = None,
    group_motion_id: int | None = None,
    objective_motion_id: int | None = None,
    opinion_act_id: int | None = None,
    about_act_id: int | None = None,
    from_meeting_id: int | None = None,
    times_deferred: int = 0,
    minutes: int = 15,
    kind: ItemKind = ItemKind.DECISION,
    group_id: int | None = None,
    rapporteur_id: int | None = None,
    reserved: bool = False,
) -> DecisionRequest:
    """Put an entry on a committee's intake.

    `author_id` is that of the actor unless the system files it. Raises MayNotAsk, NotFound, MissingTitle,
    BadMinutes, TextTooLong, AlreadyAsked.
    """
    check_minutes(minutes)
    title = check_title(title)
    with transaction() as session:
        lock_committee(committee_id)
        about = queries.group_of(group_motion_id, objective_motion_id, group_id)
        if not can_file(actor, committee_id, about):
            raise MayNotAsk()
        if origin is RequestOrigin.REQUEST:
            _check_not_waiting(actor, committee_id, title, about if group_motion_id else None)
        entry = DecisionRequest(
            committee_id=committee_id,
            origin=origin,
            state=RequestState.PENDING,
            kind=kind,
            act_kind=act_kind,
            title=title,
            wording=check_text(wording, "wording"),
            reason=check_text(reason, "reason"),
            author_id=author_id if actor.is_system else actor.person_id,
            group_motion_id=group_motion_id,
            objective_motion_id=objective_motion_id,
            group_id=None if group_motion_id or objective_motion_id else group_id,
            opinion_act_id=opinion_act_id,
            about_act_id=about_act_id,
            from_meeting_id=from_meeting_id,
            times_deferred=times_deferred,
            minutes=minutes,
            rapporteur_id=rapporteur_id,
            reserved=reserved,
            created_at=clock.now(),
            version=1,
        )
        session.add(entry)
        session.flush()
        after = {"title": title, "origin": origin, "act_kind": act_kind}
        journal.record(actor, "request.file", entry, after=after, committee_id=committee_id)
    return entry


def ask_for_group(
    actor: Actor,
    *,
    act_kind: ActKind,
    group_id: int,
    committee_id: int | None = None,
    title: str = "",
    wording: str = "",
    reason: str = "",
    minutes: int = 15,
    mission: str = "",
    stop_kind: StopKind | None = None,
    effective_on: date | None = None,
) -> DecisionRequest:
    """Ask a decision for a group: what is asked is drafted and filed, both or neither.

    The competent committee is found by itself; an arbitration (`OTHER`) names its own. Raises NotAskedHere,
    MayNotAsk, MissingReason, the refusals of the life cycle, and those of `file_request`.
    """
    if act_kind not in {*MOTION_OF, ActKind.OTHER}:
        raise NotAskedHere()
    if len(reason.strip()) < 5:
        raise MissingReason()
    with transaction():
        group = get_group(group_id)
        committee = _committee_for(act_kind, committee_id)
        if not can_file(actor, committee.id, group_id):
            raise MayNotAsk()
        motion = None
        if act_kind in MOTION_OF:
            motion = draft_motion(
                actor,
                group_id=group_id,
                motion=MOTION_OF[act_kind],
                mission=mission,
                reason=reason,
                stop_kind=stop_kind,
                effective_on=effective_on,
            )
        return file_request(
            actor,
            committee_id=committee.id,
            origin=RequestOrigin.REQUEST,
            act_kind=act_kind,
            title=title.strip() or group_title(act_kind, group.name),
            wording=wording,
            reason=reason,
            minutes=minutes,
            group_motion_id=motion.id if motion else None,
            group_id=group_id,
        )


def _committee_for(act_kind: ActKind, committee_id: int | None) -> Committee:
    key = competent_committee(act_kind)
    if key is not None:
        return get_committee(key)
    if committee_id is None:
        raise NotFound()
    return get_committee_by_id(committee_id)


def _check_not_waiting(actor: Actor, committee_id: int, title: str, group_id: int | None) -> None:
    waiting = queries.find_pending_for_group(group_id) if group_id is not None else None
    if waiting is not None and waiting.group_motion is not None:
        raise AlreadyAsked(group=waiting.group_motion.group.name, title=waiting.title)
    if actor.person_id is not None and queries.find_twin(actor.person_id, committee_id, title):
        raise SameRequest()


def lock_committee(committee_id: int) -> Committee:
    """One filing at a time per committee, so that a form sent twice is seen. Raises NotFound."""
    found = db.session.scalar(select(Committee).where(Committee.id == committee_id).with_for_update())
    if found is None:
        raise NotFound()
    return found


def mark_placed(actor: Actor, request_id: int, *, day: date | None = None) -> DecisionRequest:
    """Note that an entry is now on an agenda, of a session of that day where it has one.

    Raises NotFound, NotTheSecretary, RequestSettled.
    """
    with transaction():
        entry = _settle(actor, request_id, RequestState.PLACED, "request.place")
        mails.placed(actor, entry, day)
    return entry


def mark_consulted(actor: Actor, request_id: int, *, expected_version: int | None = None) -> DecisionRequest:
    """Note that an entry is put to the committee in writing.

    Raises NotFound, NotTheSecretary, Stale, RequestSettled, AskedInSession.
    """
    with transaction():
        entry = _settle(
            actor, request_id, RequestState.CONSULTED, "request.consult", expected_version=expected_version
        )
        if not may_be_consulted(entry.origin, entry.kind, entry.reserved):
            raise AskedInSession()
        mails.settled(actor, entry)
    return entry


def refuse(
    actor: Actor, request_id: int, *, answer: str, expected_version: int | None = None
) -> DecisionRequest:
    """Refuse an entry, with the reason that its author reads.

    Raises NotFound, NotTheSecretary, Stale, RequestSettled, MissingAnswer.
    """
    answer = check_answer(answer)
    with transaction():
        entry = _settle(actor, request_id, RequestState.REFUSED, "request.refuse", answer, expected_version)
        mails.settled(actor, entry)
    return entry


def redirect(
    actor: Actor, request_id: int, *, committee_id: int, answer: str = "", expected_version: int | None = None
) -> DecisionRequest:
    """Hand an entry over to another committee; the new entry, linked to the old one, is given back.

    Raises NotFound, NotTheSecretary, Stale, RequestSettled, NoOtherCommittee.
    """
    with transaction() as session:
        old = queries.lock_request(actor, request_id)
        if committee_id == old.committee_id:
            raise NoOtherCommittee()
        lock_committee(committee_id)
        old = _settle(
            actor,
            request_id,
            RequestState.REDIRECTED,
            "request.redirect",
            check_text(answer, "answer"),
            expected_version,
        )
        kept = {name: getattr(old, name) for name in _CARRIED_OVER}
        new = DecisionRequest(
            committee_id=committee_id,
            state=RequestState.PENDING,
            redirected_from_id=old.id,
            created_at=clock.now(),
            version=1,
            **kept,
        )
        session.add(new)
        session.flush()
        after = {"title": new.title, "redirected_from_id": old.id}
        journal.record(actor, "request.file", new, after=after, committee_id=committee_id)
        mails.redirected(actor, old, new)
    return new


_CARRIED_OVER = (
    "origin",
    "kind",
    "act_kind",
    "title",
    "wording",
    "reason",
    "author_id",
    "group_motion_id",
    "objective_motion_id",
    "group_id",
    "opinion_act_id",
    "about_act_id",
    "from_meeting_id",
    "times_deferred",
    "minutes",
    "rapporteur_id",
    "reserved",
)


def withdraw(actor: Actor, request_id: int, *, expected_version: int | None = None) -> DecisionRequest:
    """Take a request back while it waits: its author, or the secretariat.

    Raises NotFound, NotYourRequest, Stale, RequestSettled.
    """
    with transaction():
        entry = queries.lock_request(actor, request_id)
        own = actor.person_id is not None and entry.author_id == actor.person_id
        if not own and not can_prepare(actor, entry.committee_id):
            raise NotYourRequest()
        _write(actor, entry, RequestState.WITHDRAWN, "request.withdraw", "", expected_version)
        mails.settled(actor, entry)
    return entry


def wait_again(actor: Actor, request_id: int, *, from_meeting_id: int | None = None) -> DecisionRequest:
    """Put an entry back among those that wait: its item was taken off, its meeting or consultation given up.

    With `from_meeting_id` the entry says which meeting it comes back from. Raises NotFound, NotTheSecretary,
    RequestSettled.
    """
    with transaction():
        was = queries.lock_request(actor, request_id).state
        entry = _settle(actor, request_id, RequestState.PENDING, "request.wait_again")
        mails.waiting_again(actor, entry, was)
        if from_meeting_id is not None:
            entry.origin = RequestOrigin.RETURNED
            entry.from_meeting_id = from_meeting_id
    return entry


def _settle(
    actor: Actor,
    request_id: int,
    state: RequestState,
    action: str,
    answer: str = "",
    expected_version: int | None = None,
) -> DecisionRequest:
    with transaction():
        entry = queries.lock_request(actor, request_id)
        if not can_prepare(actor, entry.committee_id):
            raise NotTheSecretary()
        _write(actor, entry, state, action, answer, expected_version)
    return entry


# what ends an entry without the committee's answer
_GIVEN_UP = frozenset({RequestState.REFUSED, RequestState.REDIRECTED, RequestState.WITHDRAWN})


def _write(
    actor: Actor,
    entry: DecisionRequest,
    state: RequestState,
    action: str,
    answer: str,
    expected_version: int | None,
) -> None:
    check_settling(entry.state, state)
    check_version(expected_version, entry.version)
    if state in _GIVEN_UP and entry.about_act is not None and entry.about_act.state is ActState.PROVISIONAL:
        raise ToBeRatified(act=entry.about_act.label)
    before = {"state": entry.state}
    entry.state = state
    entry.answer = answer or entry.answer
    entry.settled_at = None if state is RequestState.PENDING else clock.now()
    entry.version += 1
    after = {"state": state} | ({"answer": answer} if answer else {})
    journal.record(actor, action, entry, before=before, after=after, committee_id=entry.committee_id)
