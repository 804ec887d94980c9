"""What can be done to an agenda, until its session opens."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from tnt.agendas import queries, sections
from tnt.agendas.followers import item_comes, item_leaves
from tnt.agendas.models import AgendaItem, AgendaSection, ItemKind
from tnt.agendas.rules import (
    AgendaFrozen,
    AlreadyOnAgenda,
    GroupAlreadyThere,
    ItemsSettled,
    ObjectiveAlreadyThere,
    OtherCommittee,
    RapporteurWithoutSeat,
    ReservedMotion,
    SameAgendaOnly,
    Standing,
    check_minutes,
    check_object,
    check_title,
    check_wording,
    draft_sentence,
    reordered,
    settle_kind,
)
from tnt.agendas.sections import Heading
from tnt.core import clock, journal
from tnt.core.access import SYSTEM, Actor
from tnt.core.db import db, transaction
from tnt.core.errors import NotFound, check_version
from tnt.decisions.rules import ActKind, is_competent
from tnt.intake import services as intake
from tnt.intake.models import DecisionRequest
from tnt.intake.queries import get_request
from tnt.intake.rules import RequestOrigin
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import lock_meeting
from tnt.meetings.rules import TO_COME, NotTheSecretary
from tnt.meetings.services import touch
from tnt.objectives.models import ObjectiveMotion
from tnt.projects.models import GroupMotion, ProjectGroup


def add_item(
    actor: Actor,
    meeting_id: int,
    *,
    kind: ItemKind,
    act_kind: ActKind,
    title: str,
    minutes: int = 15,
    rapporteur_id: int | None = None,
    draft_wording: str = "",
    group_motion_id: int | None = None,
    objective_motion_id: int | None = None,
    group_id: int | None = None,
    reserved: bool | None = None,
    request_id: int | None = None,
    times_deferred: int = 0,
    section_id: int | None = None,
    standing: Standing | None = None,
    about_meeting_id: int | None = None,
) -> AgendaItem:
    """Add an item at the end of its section, a standing one at its head.

    An empty wording is drafted from what is asked.
    Without `section_id`, the section is the one that gathers its kind. The first item of an agenda brings
    the standing headings of the committee. Where the committee is not competent the item becomes an
    opinion. With `request_id` the entry of the intake is marked as placed. Raises NotFound,
    NotTheSecretary, AgendaFrozen, AlreadyOnAgenda, GroupAlreadyThere, ObjectiveAlreadyThere, or the refusal
    of the item's own values.
    """
    with transaction() as session:
        meeting = lock_open(actor, meeting_id)
        if meeting.quorum_waived:
            raise SameAgendaOnly()
        motion, asked, group = _objects(group_motion_id, objective_motion_id, group_id)
        if kind is not ItemKind.INFORMATION:
            check_object(act_kind, motion.motion if motion else None, asked.kind if asked else None)
        has_motion = motion is not None or asked is not None
        if reserved and has_motion:
            raise ReservedMotion()
        kind = settle_kind(kind, act_kind, meeting.committee.key, has_motion=has_motion)
        _check_not_twice(meeting, motion, asked, request_id)
        headings = _headings(meeting)
        title = check_title(title)
        check_minutes(minutes)
        _check_rapporteur(meeting, rapporteur_id)
        item = AgendaItem(
            meeting=meeting,
            position=_last_position(meeting.id) + 1,
            kind=kind,
            act_kind=ActKind.NOTE if kind is ItemKind.INFORMATION else act_kind,
            title=title,
            rapporteur_id=rapporteur_id,
            minutes=minutes,
            draft_wording=check_wording(draft_wording)
            or _drafted(meeting, kind, act_kind, motion, asked, group, title),
            group_motion_id=group_motion_id,
            objective_motion_id=objective_motion_id,
            group_id=None if has_motion else group_id,
            request_id=request_id,
            section_id=_chosen_section(headings, section_id)
            if section_id is not None
            else sections.section_for(headings, kind, standing),
            standing=standing,
            about_meeting_id=about_meeting_id,
            reserved=bool(reserved),
            times_deferred=times_deferred,
            created_at=clock.now(),
            version=1,
        )
        session.add(item)
        if request_id is not None:
            day = None if meeting.undated else clock.paris_day(meeting.starts_at)
            intake.mark_placed(actor, request_id, day=day)
        session.flush()
        if standing is None:
            put_in_order(meeting.id)
        else:
            _put_first(meeting.id, item, standing)
        item_comes(actor, item)
        touch(meeting)
        after = {"title": title, "position": item.position, "kind": kind, "act_kind": item.act_kind}
        _note(actor, "agenda.add", item, after=after)
    return item


def place_request(
    actor: Actor, meeting_id: int, request_id: int, *, minutes: int | None = None
) -> AgendaItem:
    """Put an entry of the intake on the agenda, with its wording and its lineage.

    Who asked reports it, unless somebody else was named or they hold no seat that day.

    Raises NotFound, OtherCommittee, RequestSettled, and what `add_item` refuses.
    """
    with transaction():
        meeting = lock_open(actor, meeting_id)
        entry = get_request(actor, request_id)
        if entry.committee_id != meeting.committee_id:
            raise OtherCommittee()
        seated = {person.id for person in _seated(meeting)}
        return add_item(
            actor,
            meeting_id,
            kind=entry.kind,
            act_kind=entry.act_kind,
            title=entry.title,
            minutes=entry.minutes if minutes is None else minutes,
            rapporteur_id=next(
                (who for who in (entry.rapporteur_id, entry.author_id) if who in seated), None
            ),
            draft_wording=entry.wording,
            group_motion_id=entry.group_motion_id,
            objective_motion_id=entry.objective_motion_id,
            group_id=entry.group_id,
            reserved=entry.reserved,
            request_id=entry.id,
            times_deferred=entry.times_deferred,
        )


def revise_item(
    actor: Actor,
    item_id: int,
    *,
    title: str,
    minutes: int,
    rapporteur_id: int | None = None,
    draft_wording: str = "",
    reserved: bool | None = None,
    kind: ItemKind | None = None,
    section_id: int | None = None,
    expected_version: int | None = None,
) -> AgendaItem:
    """Change the words and the time of an item, and its section; what is asked does not change.

    Without `section_id` the item stays where it is, without `reserved` as reserved as it was.

    Raises NotFound, NotTheSecretary, AgendaFrozen, Stale, or the refusal of a value.
    """
    with transaction():
        item, meeting = _lock_item(actor, item_id, expected_version)
        check_minutes(minutes)
        if rapporteur_id != item.rapporteur_id:
            _check_rapporteur(meeting, rapporteur_id)
        has_motion = item.group_motion_id is not None or item.objective_motion_id is not None
        if reserved and has_motion:
            raise ReservedMotion()
        new: dict[str, Any] = {
            "title": check_title(title),
            "minutes": minutes,
            "rapporteur_id": rapporteur_id,
            "draft_wording": check_wording(draft_wording),
            "reserved": item.reserved if reserved is None else reserved,
            "kind": settle_kind(
                kind or item.kind, item.act_kind, meeting.committee.key, has_motion=has_motion
            ),
        }
        if section_id is not None:
            new["section_id"] = _chosen_section(queries.sections_of(meeting.id), section_id)
        before, after = journal.changes(item, new)
        if after:
            for name, value in after.items():
                setattr(item, name, value)
            item.version += 1
            if "section_id" in after:
                db.session.flush()
                _put_last(meeting.id, item)
            touch(meeting)
            _note(actor, "agenda.revise", item, before=before, after=after)
    return item


def move_item(
    actor: Actor,
    item_id: int,
    *,
    by: int = 0,
    to: int | None = None,
    expected_version: int | None = None,
) -> AgendaItem:
    """Move an item by some places (-1: up), or to a place counted from 1; outside is brought within.

    Raises NotFound, NotTheSecretary, AgendaFrozen, Stale.
    """
    with transaction():
        item, meeting = _lock_item(actor, item_id, expected_version)
        was, stood_in = item.position, item.section_id
        ids = [one.id for one in queries.items_of(meeting.id)]
        wanted = reordered(ids, item.id, to - 1) if to is not None else _moved(meeting.id, item, by)
        if wanted != ids or item.section_id != stood_in:
            _renumber(meeting.id, wanted)
            put_in_order(meeting.id)  # a place given by its number stays within the section
            touch(meeting)
            _note(
                actor,
                "agenda.move",
                item,
                before={"position": was},
                after={"position": item.position},
            )
    return item


def remove_item(actor: Actor, item_id: int, *, expected_version: int | None = None) -> None:
    """Take an item off; one that came from the intake waits there again.

    Raises NotFound, NotTheSecretary, AgendaFrozen, Stale.
    """
    with transaction() as session:
        item, meeting = _lock_item(actor, item_id, expected_version)
        _note(actor, "agenda.remove", item, before={"title": item.title, "position": item.position})
        request_id = item.request_id
        item_leaves(actor, item, item.request, keep=False)
        session.delete(item)
        session.flush()
        if request_id is not None:
            intake.wait_again(actor, request_id)
        _renumber(meeting.id, [one.id for one in queries.items_of(meeting.id)])
        touch(meeting)


def return_items(meeting: Meeting) -> list[DecisionRequest]:
    """Put every item of a cancelled meeting on the intake of its committee; nothing is lost.

    What every session has is left there: it is proposed by itself. The agenda stays readable as it was.
    Inside the caller's transaction.
    """
    with transaction() as session:
        items = [item for item in queries.items_of(meeting.id) if item.standing is None]
        entries = []
        for item in items:
            entries.append(_return(item, meeting))
            item_leaves(SYSTEM, item, entries[-1], keep=True)
        session.flush()
    return entries


def hand_over_agenda(actor: Actor, meeting: Meeting, into_id: int) -> None:
    """Give the whole agenda of a session that lacked its quorum to the one that takes over.

    The items are the same ones, with their papers. Inside the caller's transaction. Raises ItemsSettled.
    """
    if queries.outcomes_of(meeting.id):
        raise ItemsSettled()
    with transaction() as session:
        for section in session.scalars(select(AgendaSection).where(AgendaSection.meeting_id == meeting.id)):
            section.meeting_id = into_id
        items = queries.items_of(meeting.id)
        for item in items:
            item.meeting_id = into_id
        session.flush()
        journal.record(
            actor,
            "agenda.hand_over",
            meeting,
            after={"items": [item.title for item in items], "into": into_id},
            committee_id=meeting.committee_id,
        )


def _return(item: AgendaItem, meeting: Meeting) -> DecisionRequest:
    if item.request_id is not None:
        entry = intake.wait_again(SYSTEM, item.request_id, from_meeting_id=meeting.id)
        # as last prepared by the secretariat
        entry.title, entry.wording, entry.minutes = item.title, item.draft_wording, item.minutes
        entry.rapporteur_id, entry.reserved = item.rapporteur_id, item.reserved
        return entry
    return intake.file_request(
        SYSTEM,
        committee_id=meeting.committee_id,
        origin=RequestOrigin.RETURNED,
        kind=item.kind,
        act_kind=item.act_kind,
        title=item.title,
        wording=item.draft_wording,
        group_motion_id=item.group_motion_id,
        objective_motion_id=item.objective_motion_id,
        group_id=item.group_id,
        from_meeting_id=meeting.id,
        times_deferred=item.times_deferred,
        minutes=item.minutes,
        rapporteur_id=item.rapporteur_id,
        reserved=item.reserved,
    )


def _headings(meeting: Meeting) -> list[Heading]:
    """The sections of an agenda; an empty one begins with the standing headings of its committee."""
    found = queries.sections_of(meeting.id)
    if found or meeting.recorded_afterwards or _last_position(meeting.id):
        return found
    db.session.add_all(
        AgendaSection(meeting_id=meeting.id, position=rank, title=one.title, gathers=one.gathers)
        for rank, one in enumerate(queries.standing_headings(meeting.committee_id), start=1)
    )
    db.session.flush()
    return queries.sections_of(meeting.id)


def _chosen_section(headings: list[Heading], section_id: int) -> int:
    """That section of that agenda. Raises NotFound."""
    if section_id not in {one.id for one in headings}:
        raise NotFound()
    return section_id


def _layout(meeting_id: int) -> sections.Layout:
    ids = [one.id for one in queries.sections_of(meeting_id) if one.id is not None]
    return sections.lay_out(ids, [(one.id, one.section_id) for one in queries.items_of(meeting_id)])


def put_in_order(meeting_id: int) -> None:
    """Give the items the positions that their sections say."""
    wanted = sections.order_of(_layout(meeting_id))
    if wanted != [one.id for one in queries.items_of(meeting_id)]:
        _renumber(meeting_id, wanted)


def _put_first(meeting_id: int, item: AgendaItem, standing: Standing) -> None:
    """Give a standing item its place at the head of its section: a session opens with the minutes, then
    with what became of its decisions."""
    ranks = list(Standing)
    before = {
        one.id
        for one in queries.items_of(meeting_id)
        if one.standing is not None and ranks.index(one.standing) < ranks.index(standing)
    }
    layout = _layout(meeting_id)
    for section, ids in layout:
        if section == item.section_id:
            ids.remove(item.id)
            ids.insert(sum(1 for one in ids if one in before), item.id)
    _renumber(meeting_id, sections.order_of(layout))


def _put_last(meeting_id: int, item: AgendaItem) -> None:
    """Give the item the last place of its section."""
    layout = _layout(meeting_id)
    for section, ids in layout:
        if section == item.section_id:
            ids.remove(item.id)
            ids.append(item.id)
    _renumber(meeting_id, sections.order_of(layout))


def _moved(meeting_id: int, item: AgendaItem, by: int) -> list[int]:
    """The order with the item some places up or down; crossing a heading changes its section."""
    layout = sections.moved(_layout(meeting_id), item.id, by)
    item.section_id = next(section for section, items in layout if item.id in items)
    return sections.order_of(layout)


def lock_open(actor: Actor, meeting_id: int) -> Meeting:
    """The meeting, locked, while its agenda may change. Raises NotFound, NotTheSecretary, AgendaFrozen."""
    meeting = lock_meeting(actor, meeting_id)
    if not can_prepare(actor, meeting.committee_id):
        raise NotTheSecretary()
    if meeting.state not in TO_COME:
        raise AgendaFrozen()
    return meeting


def _lock_item(actor: Actor, item_id: int, expected_version: int | None) -> tuple[AgendaItem, Meeting]:
    item = queries.get_item(actor, item_id)
    meeting = lock_open(actor, item.meeting_id)
    fresh = db.session.get(AgendaItem, item_id, populate_existing=True)  # somebody may have removed it
    if fresh is None:
        raise NotFound()
    check_version(expected_version, fresh.version)
    return fresh, meeting


def _objects(
    group_motion_id: int | None, objective_motion_id: int | None, group_id: int | None
) -> tuple[GroupMotion | None, ObjectiveMotion | None, ProjectGroup | None]:
    motion = db.session.get(GroupMotion, group_motion_id) if group_motion_id is not None else None
    asked = db.session.get(ObjectiveMotion, objective_motion_id) if objective_motion_id is not None else None
    group = db.session.get(ProjectGroup, group_id) if group_id is not None else None
    wanted = (group_motion_id, objective_motion_id, group_id)
    if any(i is not None and o is None for i, o in zip(wanted, (motion, asked, group), strict=True)):
        raise NotFound()
    return motion, asked, group


def _check_not_twice(
    meeting: Meeting, motion: GroupMotion | None, asked: ObjectiveMotion | None, request_id: int | None
) -> None:
    if queries.find_live_item_of(motion.id if motion else None, asked.id if asked else None, request_id):
        raise AlreadyOnAgenda()
    if asked is not None and queries.find_item_on_objective(meeting.id, asked.objective_id):
        raise ObjectiveAlreadyThere(objective=asked.objective.title)
    if motion is not None and queries.find_item_on_group(meeting.id, motion.group_id):
        raise GroupAlreadyThere(group=motion.group.name)


def _seated(meeting: Meeting) -> list[Any]:
    return list(queries.seated_on(meeting.committee_id, clock.paris_day(meeting.starts_at)))


def _check_rapporteur(meeting: Meeting, rapporteur_id: int | None) -> None:
    if rapporteur_id is not None and rapporteur_id not in {person.id for person in _seated(meeting)}:
        raise RapporteurWithoutSeat()


def _drafted(
    meeting: Meeting,
    kind: ItemKind,
    act_kind: ActKind,
    motion: GroupMotion | None,
    asked: ObjectiveMotion | None,
    group: ProjectGroup | None,
    title: str,
) -> str:
    if kind is ItemKind.INFORMATION:
        return ""
    committee = meeting.committee
    facts = queries.wording_facts(
        committee.name,
        group_motion=motion,
        objective_motion=asked,
        group_name=group.name if group else "",
        title=title,
    )
    return draft_sentence(act_kind, facts, competent=is_competent(committee.key, act_kind))


def _last_position(meeting_id: int) -> int:
    last = select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting_id)
    return db.session.scalar(last) or 0


def _renumber(meeting_id: int, ids: list[int]) -> None:
    """Give positions 1, 2, 3… in two passes, so that no two items ever hold the same one."""
    items = {item.id: item for item in queries.items_of(meeting_id)}
    for sign in (-1, 1):
        for position, item_id in enumerate(ids, start=1):
            items[item_id].position = sign * position
        db.session.flush()


def _note(actor: Actor, action: str, item: AgendaItem, **values: Any) -> None:
    journal.record(actor, action, item, committee_id=item.meeting.committee_id, **values)
