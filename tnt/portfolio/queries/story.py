"""The story of a group: each act once, with all that it did, and what came between two acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from tnt.decisions.rules import ActState, Nature
from tnt.projects.rules import GroupStatus, StopKind
from tnt.reports.models import Confidence

IN_FORCE = (ActState.IN_FORCE, ActState.RECTIFIED, ActState.PROVISIONAL, ActState.LAPSED)


class EntryKind(StrEnum):
    """What an entry tells."""

    STATUS = "status"
    ACT = "act"
    LEAD_ENDED = "lead_ended"
    REPORT = "report"


class ActLine(NamedTuple):
    """An act that concerns a group."""

    id: int
    label: str
    title: str
    state: ActState
    nature: Nature
    decided_on: date
    effective_on: date
    item_order: int
    authority: str
    committee_id: int | None
    meeting_id: int | None
    starts_at: datetime | None
    reserved: bool = False


class EventLine(NamedTuple):
    """A status that an act gave."""

    id: int
    act: ActLine
    status: GroupStatus
    stop_kind: StopKind | None
    reason: str
    effective_on: date
    decided_on: date
    item_order: int
    superseded: bool

    @property
    def badge(self) -> str:
        """What the badge shows: the kind of a stop rather than « arrêté »."""
        return str(self.stop_kind or self.status)


class MissionLine(NamedTuple):
    """A mission that an act gave."""

    id: int
    act: ActLine
    text: str
    effective_on: date
    superseded: bool


class LeadLine(NamedTuple):
    """Who led a group, for which institution, from when to when."""

    act_id: int
    person: str
    institution: str
    from_on: date
    until_on: date | None


class Author(NamedTuple):
    """Who made a report."""

    full_name: str


class ReportLine(NamedTuple):
    """A progress report."""

    reported_on: date
    confidence: Confidence
    done: str
    coming: str
    arbitration: str
    unchanged: bool
    author: Author | None


class Entry(NamedTuple):
    """One dated thing in the life of a group."""

    kind: EntryKind
    on: date
    order: tuple[int, int] = (0, 0)  # among the entries of a day: item order, then the order of recording
    act: ActLine | None = None
    event: EventLine | None = None
    mission: str = ""
    appointed: tuple[LeadLine, ...] = ()
    lead: LeadLine | None = None
    confidence: Confidence | None = None
    coming: bool = False  # takes effect after the day of the page

    @property
    def superseded(self) -> bool:
        """Whether a rectifying act replaced that status."""
        return self.event is not None and self.event.superseded


def tell(
    day: date,
    acts: Iterable[ActLine],
    events: Iterable[EventLine],
    missions: Iterable[MissionLine],
    leads: Iterable[LeadLine],
    reports: Iterable[ReportLine],
) -> tuple[Entry, ...]:
    """The story as it stands on a day, newest first; what takes effect later comes before."""
    leads = list(leads)
    by_event = {event.act.id: event for event in events}
    said = {mission.act.id: mission.text for mission in missions}
    appointed: dict[int, list[LeadLine]] = defaultdict(list)
    for lead in leads:
        appointed[lead.act_id].append(lead)
    told = [
        *(
            _of_act(act, by_event.get(act.id), said.get(act.id, ""), tuple(appointed[act.id]))
            for act in acts
            if act.state in IN_FORCE and act.decided_on <= day
        ),
        *(
            _end_of(lead, lead.until_on)
            for lead in leads
            if lead.until_on is not None and lead.until_on < day
        ),
        *(Entry(EntryKind.REPORT, each.reported_on, confidence=each.confidence) for each in reports),
    ]
    newest_first = sorted(told, key=lambda entry: (entry.on, entry.order), reverse=True)
    return tuple(entry._replace(coming=True) if entry.on > day else entry for entry in newest_first)


def _of_act(act: ActLine, event: EventLine | None, mission: str, appointed: tuple[LeadLine, ...]) -> Entry:
    kind = EntryKind.STATUS if event else EntryKind.ACT
    on = event.effective_on if event else act.effective_on
    return Entry(kind, on, (act.item_order + 1, act.id), act, event, mission, appointed)


def _end_of(lead: LeadLine, until_on: date) -> Entry:
    """The day after the last one: on it the person leads no more."""
    return Entry(EntryKind.LEAD_ENDED, until_on + timedelta(days=1), lead=lead)
