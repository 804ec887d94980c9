"""What can be done to actions: open, change the terms, prove done, drop, reopen."""

from __future__ import annotations

from datetime import date
from typing import Any

from tnt.accounts.models import Person
from tnt.actions import queries
from tnt.actions.models import Action, ActionNote
from tnt.actions.rules import (
    ActionState,
    NobodyOwnsIt,
    NothingChanged,
    check_done,
    check_new,
    check_progress,
    check_reason,
    check_terms,
    check_transition,
)
from tnt.committees.models import Committee, Institution
from tnt.core import blobs, clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import Forbidden, NotFound, check_version
from tnt.core.uploads import Upload
from tnt.decisions.models import Act
from tnt.meetings.models import Meeting


def can_open(actor: Actor, committee_id: int) -> bool:
    """Whether the actor may open an action of a committee: its secretariat, or a co-chair at the visa."""
    return actor.has("secretary", committee_id) or actor.has("co_chair", committee_id)


def can_finish(actor: Actor, action: Action) -> bool:
    """Whether the actor may say that it is done: an owner, or the secretariat of its committee."""
    return actor.has("secretary", action.committee_id) or queries.owns(actor, action, clock.today())


def can_finish_listed(actor: Actor, line: queries.ActionLine) -> bool:
    """`can_finish` for a line of the list, which knows whether an institution of the actor's is asked."""
    mine = actor.person_id is not None and (line.owner_id == actor.person_id or line.of_mine)
    return mine or actor.has("secretary", line.committee_id)


def can_settle(actor: Actor, action: Action) -> bool:
    """Whether the actor may drop or reopen it: the secretariat of its committee."""
    return actor.has("secretary", action.committee_id)


def open_action(
    actor: Actor,
    *,
    committee_id: int,
    title: str,
    due_on: date,
    meeting_id: int | None = None,
    act_id: int | None = None,
    owner_id: int | None = None,
    owner_institution_id: int | None = None,
    reserved: bool = False,
) -> Action:
    """Ask somebody, or an institution, to do something by a day, because a committee decided.

    Raises Forbidden, NotFound (an unknown committee, session, act or owner), UntitledAction, NobodyOwnsIt,
    DueBeforeOrigin.
    """
    if not can_open(actor, committee_id):
        raise Forbidden()
    with transaction() as session:
        _check_known(committee_id, meeting_id, act_id, owner_id, owner_institution_id)
        check_new(title, owner_id, owner_institution_id, due_on, _origin(meeting_id, act_id))
        action = Action(
            committee_id=committee_id,
            meeting_id=meeting_id,
            act_id=act_id,
            title=title.strip(),
            owner_id=owner_id,
            owner_institution_id=owner_institution_id,
            due_on=due_on,
            reserved=reserved,
            state=ActionState.OPEN,
            created_at=clock.now(),
        )
        session.add(action)
        session.flush()
        journal.record(
            actor,
            "action.open",
            action,
            after={"title": action.title, "owner": owner_name(action), "due_on": due_on},
            committee_id=committee_id,
        )
    return action


def owner_name(action: Action) -> str:
    """Who is asked: the person, else the institution."""
    if action.owner is not None:
        return action.owner.full_name
    return action.owner_institution.short_name if action.owner_institution is not None else ""


def _check_known(
    committee_id: int,
    meeting_id: int | None,
    act_id: int | None,
    owner_id: int | None,
    owner_institution_id: int | None,
) -> None:
    found: list[Any] = [db.session.get(Committee, committee_id)]
    origins: list[Meeting | Act | None] = []
    if meeting_id is not None:
        origins.append(db.session.get(Meeting, meeting_id))
    if act_id is not None:
        origins.append(db.session.get(Act, act_id))
    if owner_id is not None:
        found.append(db.session.get(Person, owner_id))
    if owner_institution_id is not None:
        found.append(db.session.get(Institution, owner_institution_id))
    foreign = [origin for origin in origins if origin is None or origin.committee_id != committee_id]
    if None in found or foreign:
        raise NotFound()


def _origin(meeting_id: int | None, act_id: int | None) -> date | None:
    """The day on which the action was asked: that of the act, else that of the session."""
    act = db.session.get(Act, act_id) if act_id is not None else None
    if act is not None:
        return act.decided_on
    meeting = db.session.get(Meeting, meeting_id) if meeting_id is not None else None
    return clock.paris_day(meeting.starts_at) if meeting is not None else None


def mark_done(
    actor: Actor,
    action_id: int,
    *,
    proof: str,
    done_on: date | None = None,
    file: Upload | None = None,
    expected_version: int | None = None,
) -> Action:
    """Say that the action is done, since when (today by default), and what proves it: words, perhaps a file.

    Raises Forbidden, NotFound, Stale, ForbiddenActionStep, MissingProof, DoneInTheFuture, DoneBeforeOrigin.
    """
    with transaction():
        action = _locked(actor, action_id)
        if not can_finish(actor, action):
            raise Forbidden()
        check_version(expected_version, action.version)
        check_transition(action.title, action.state, ActionState.DONE)
        day = done_on or clock.today()
        check_done(proof, day, clock.today(), _origin(action.meeting_id, action.act_id))
        _move(actor, action, ActionState.DONE, "action.done", proof=proof.strip(), done_on=day, file=file)
    return action


def note_progress(actor: Actor, action_id: int, text: str) -> ActionNote:
    """Say how far an open action is; the members of its committee read it.

    The same words sent twice in a row are noted once. Raises Forbidden, NotFound, MissingProgress,
    NoMoreProgress.
    """
    with transaction() as session:
        action = _locked(actor, action_id)
        if not can_finish(actor, action):
            raise Forbidden()
        check_progress(text, action.state)
        last = next(iter(queries.notes_of(action.id)), None)
        if last is not None and (last.text, last.noted_by_id) == (text.strip(), actor.person_id):
            return last
        note = ActionNote(
            action_id=action.id, text=text.strip(), noted_at=clock.now(), noted_by_id=actor.person_id
        )
        session.add(note)
        session.flush()
        journal.record(
            actor, "action.progress", action, after={"text": note.text}, committee_id=action.committee_id
        )
    return note


def change_terms(
    actor: Actor,
    action_id: int,
    *,
    due_on: date,
    reason: str,
    owner_id: int | None = None,
    owner_institution_id: int | None = None,
    expected_version: int | None = None,
) -> Action:
    """Give an open action another due date or another owner, with the reason that the members read.

    Its reminders follow the new date. Raises Forbidden, NotFound (also an unknown owner), Stale,
    ForbiddenActionStep, NobodyOwnsIt, DueBeforeOrigin, MissingReason, NothingChanged.
    """
    with transaction():
        action = _locked(actor, action_id)
        if not can_settle(actor, action):
            raise Forbidden()
        check_version(expected_version, action.version)
        if action.state is not ActionState.OPEN:
            check_transition(action.title, action.state, ActionState.DROPPED)
        if owner_id is None and owner_institution_id is None:
            raise NobodyOwnsIt()
        _check_known(action.committee_id, None, None, owner_id, owner_institution_id)
        check_terms(due_on, reason, _origin(action.meeting_id, action.act_id))
        was = {"due_on": action.due_on, "owner": owner_name(action)}
        terms = {"due_on": due_on, "owner_id": owner_id, "owner_institution_id": owner_institution_id}
        _before, changed = journal.changes(action, terms)
        if not changed:
            raise NothingChanged()
        for name in changed:
            setattr(action, name, terms[name])
        action.version += 1
        db.session.flush()
        db.session.refresh(action, ["owner", "owner_institution"])
        now = {"due_on": action.due_on, "owner": owner_name(action)}
        kept = [name for name in was if was[name] != now[name]]
        journal.record(
            actor,
            "action.terms",
            action,
            before={name: was[name] for name in kept},
            after={name: now[name] for name in kept} | {"reason": reason.strip()},
            committee_id=action.committee_id,
        )
    return action


def drop_action(actor: Actor, action_id: int, *, reason: str, expected_version: int | None = None) -> Action:
    """Give the action up, with the reason.

    Raises Forbidden, NotFound, Stale, ForbiddenActionStep, MissingReason.
    """
    with transaction():
        action = _locked(actor, action_id)
        if not can_settle(actor, action):
            raise Forbidden()
        check_version(expected_version, action.version)
        check_transition(action.title, action.state, ActionState.DROPPED)
        check_reason(reason)
        _move(actor, action, ActionState.DROPPED, "action.drop", proof=reason.strip(), done_on=None)
    return action


def reopen(actor: Actor, action_id: int, *, reason: str, expected_version: int | None = None) -> Action:
    """Open a done or dropped action again; what was said of it stays in the journal.

    Raises Forbidden, NotFound, Stale, ForbiddenActionStep, MissingReason.
    """
    with transaction():
        action = _locked(actor, action_id)
        if not can_settle(actor, action):
            raise Forbidden()
        check_version(expected_version, action.version)
        check_transition(action.title, action.state, ActionState.OPEN)
        check_reason(reason)
        _move(actor, action, ActionState.OPEN, "action.reopen", proof="", done_on=None, reason=reason.strip())
    return action


def hand_over(
    actor: Actor,
    action_id: int,
    *,
    act_label: str,
    owner_id: int | None = None,
    owner_institution_id: int | None = None,
    group_id: int | None = None,
) -> Action:
    """Give an open action to another person or institution, or to another group, because an act says so.

    Handed to a group without a lead, it keeps its owner. Raises Forbidden, NotFound, ForbiddenActionStep.
    """
    with transaction():
        action = _locked(actor, action_id)
        if not can_settle(actor, action):
            raise Forbidden()
        if action.state is not ActionState.OPEN:
            check_transition(action.title, action.state, ActionState.DROPPED)
        new: dict[str, Any] = {"group_id": group_id}
        if owner_id is not None or owner_institution_id is not None:
            new |= {"owner_id": owner_id, "owner_institution_id": owner_institution_id}
        before, after = journal.changes(action, new)
        for name, value in after.items():
            setattr(action, name, value)
        action.version += 1
        after["act"] = act_label
        journal.record(
            actor, "action.hand_over", action, before=before, after=after, committee_id=action.committee_id
        )
    return action


def _locked(actor: Actor, action_id: int) -> Action:
    """The action, held until the end of the transaction. Raises NotFound when it is not to be seen."""
    action = db.session.get(Action, action_id, with_for_update={"of": Action}, populate_existing=True)
    if action is None or not queries.can_read(actor, action, clock.today()):
        raise NotFound()
    return action


def _move(
    actor: Actor,
    action: Action,
    new: ActionState,
    verb: str,
    *,
    proof: str,
    done_on: date | None,
    reason: str = "",
    file: Upload | None = None,
) -> None:
    values = {
        "state": new,
        "proof": proof,
        "done_on": done_on,
        "proof_sha256": blobs.put(file.content, file.media_type) if file else None,
        "proof_name": file.name if file else "",
    }
    before, after = journal.changes(action, values)
    for name, value in after.items():
        setattr(action, name, value)
    action.version += 1
    if reason:
        after["reason"] = reason
    journal.record(actor, verb, action, before=before, after=after, committee_id=action.committee_id)
