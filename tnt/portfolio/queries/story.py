"""The story of a group: each act once, with all that it did, and what came between two acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from tnt.decisions.models import Act
from tnt.projects.models import Leadership, Mission, StatusEvent
from tnt.reports.models import ProgressReport


class EntryKind(StrEnum):
    """What an entry tells."""

    STATUS = "status"
    ACT = "act"
    LEAD_ENDED = "lead_ended"
    REPORT = "report"


@dataclass(slots=True)
class Entry:
    """One dated thing in the life of a group."""

    kind: EntryKind
    on: date
    act: Act | None = None
    event: StatusEvent | None = None
    mission: str = ""
    appointed: list[Leadership] = field(default_factory=list)
    lead: Leadership | None = None
    report: ProgressReport | None = None
    order: tuple[int, int] = (0, 0)  # among the entries of a day: item order, then the order of recording
    coming: bool = False  # takes effect after the day of the page

    @property
    def superseded(self) -> bool:
        """Whether a rectifying act replaced that status."""
        return self.event is not None and self.event.superseded_at is not None


def tell(
    day: date,
    acts: Mapping[int, Act],
    events: Iterable[StatusEvent],
    missions: Iterable[Mission],
    leads: Iterable[Leadership],
    reports: Iterable[ProgressReport],
) -> list[Entry]:
    """The story as it stands on a day, newest first; what takes effect later comes before."""
    leads = list(leads)
    by_act = {act_id: _of_act(act) for act_id, act in acts.items()}
    for event in events:
        entry = by_act.get(event.act_id)
        if entry is not None:
            entry.kind, entry.event, entry.on = EntryKind.STATUS, event, event.effective_on
    for mission in missions:
        if mission.act_id in by_act:
            by_act[mission.act_id].mission = mission.text
    for lead in leads:
        if lead.act_id in by_act:
            by_act[lead.act_id].appointed.append(lead)
    told = [
        *(entry for entry in by_act.values() if entry.act is not None and entry.act.decided_on <= day),
        *(_end_of(lead) for lead in leads if lead.until_on is not None and lead.until_on < day),
        *(Entry(EntryKind.REPORT, report.reported_on, report=report) for report in reports),
    ]
    for entry in told:
        entry.coming = entry.on > day
    return sorted(told, key=lambda entry: (entry.on, entry.order), reverse=True)


def _of_act(act: Act) -> Entry:
    return Entry(EntryKind.ACT, act.effective_on, act=act, order=(act.item_order + 1, act.id))


def _end_of(lead: Leadership) -> Entry:
    """The day after the last one: on it the person leads no more."""
    ended_on = (lead.until_on or lead.from_on) + timedelta(days=1)
    return Entry(EntryKind.LEAD_ENDED, ended_on, lead=lead)
