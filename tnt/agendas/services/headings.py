"""The headings of an agenda, and those that every agenda of a committee begins with."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from tnt.agendas import queries
from tnt.agendas.models import AgendaItem, AgendaSection, StandingHeading
from tnt.agendas.sections import Heading, check_headings, section_for
from tnt.agendas.services.items import lock_open, put_in_order
from tnt.core import journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import check_version
from tnt.meetings.policies import can_prepare
from tnt.meetings.queries import lock_committee
from tnt.meetings.rules import NotTheSecretary
from tnt.meetings.services import touch


def change_standing_headings(actor: Actor, committee_id: int, headings: Sequence[Heading]) -> list[Heading]:
    """Say with which headings each agenda of a committee begins, in order; agendas already begun keep theirs.

    Raises NotFound, NotTheSecretary, BadHeading, TwiceTheSame, GatheredTwice, TooManyHeadings.
    """
    with transaction() as session:
        committee = lock_committee(actor, committee_id)
        if not can_prepare(actor, committee_id):
            raise NotTheSecretary()
        wanted = check_headings(headings)
        was = queries.standing_headings(committee_id)
        if [(one.title, one.gathers) for one in was] == [(one.title, one.gathers) for one in wanted]:
            return was
        session.execute(delete(StandingHeading).where(StandingHeading.committee_id == committee_id))
        session.add_all(
            StandingHeading(committee_id=committee_id, position=rank, title=one.title, gathers=one.gathers)
            for rank, one in enumerate(wanted, start=1)
        )
        session.flush()
        journal.record(
            actor,
            "committee.standing_headings",
            committee,
            before={"headings": [one.title for one in was]},
            after={"headings": [one.title for one in wanted]},
            committee_id=committee_id,
        )
    return queries.standing_headings(committee_id)


def change_sections(
    actor: Actor, meeting_id: int, headings: Sequence[Heading], *, expected_version: int | None = None
) -> list[Heading]:
    """Rename, order, add and take away the sections of an agenda.

    Items without a section, those of one taken away too, go to the one that gathers them, else come first.
    `expected_version` is the meeting's. Raises NotFound, NotTheSecretary, AgendaFrozen, Stale, BadHeading,
    TwiceTheSame, GatheredTwice, TooManyHeadings.
    """
    with transaction():
        meeting = lock_open(actor, meeting_id)
        check_version(expected_version, meeting.version)
        wanted = check_headings(headings)
        was = queries.sections_of(meeting_id)
        if was == wanted:
            return was
        _write(meeting_id, wanted)
        _gather(meeting_id)
        put_in_order(meeting_id)
        meeting.version += 1
        touch(meeting)
        journal.record(
            actor,
            "agenda.sections",
            meeting,
            before={"headings": [one.title for one in was]},
            after={"headings": [one.title for one in wanted]},
            committee_id=meeting.committee_id,
        )
    return queries.sections_of(meeting_id)


def _gather(meeting_id: int) -> None:
    """Send the items that stand nowhere to the section that gathers them, if one does."""
    headings = queries.sections_of(meeting_id)
    gathering = [one for one in headings if one.gathers is not None]
    for item in db.session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting_id)):
        if item.section_id is None:
            item.section_id = section_for(gathering, item.kind, item.standing)
    db.session.flush()


def _write(meeting_id: int, wanted: Sequence[Heading]) -> None:
    """Two passes, so that no two sections ever hold the same position."""
    existing = {
        one.id: one
        for one in db.session.scalars(select(AgendaSection).where(AgendaSection.meeting_id == meeting_id))
    }
    kept = {one.id for one in wanted if one.id in existing}
    for item in db.session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting_id)):
        if item.section_id is not None and item.section_id not in kept:
            item.section_id = None
    db.session.flush()
    for section_id, old in existing.items():
        old.position = -old.position
        if section_id not in kept:
            db.session.delete(old)
    db.session.flush()
    for rank, one in enumerate(wanted, start=1):
        section = existing.get(one.id or 0) or AgendaSection(meeting_id=meeting_id)
        db.session.add(section)
        section.position, section.title, section.gathers = rank, one.title, one.gathers
    db.session.flush()
