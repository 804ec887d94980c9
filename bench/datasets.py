"""Deterministic data sets, written straight to the tables of a migrated SQLite file.

`real`: 2 committees, 30 meetings over five years, 12 groups, 60 people. `large`: 500 meetings within the
window of the feeds, 10,000 agenda items, 300 groups, 3,000 people, 20,000 acts and as many actions, 5,000
calendar subscriptions. The ledger and the local authorities of the larger plan have no tables yet. Nothing
is journalled: these rows were decided by nobody.

The last meeting is planned, the one before is in session; both hold thirty items in either set.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text

from tnt.accounts.models import Account, AccountState, Person
from tnt.actions.models import Action, ActionState
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Committee, Institution, Mandate, Seat, Voice
from tnt.core import words
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.feeds.models import FeedKind, Subscription
from tnt.intake.rules import ItemKind
from tnt.meetings.models import Meeting, MeetingKind
from tnt.meetings.rules import MeetingState
from tnt.objectives.models import ObjectiveEvent, SemesterObjective
from tnt.objectives.rules import ObjectiveMotionKind
from tnt.programme.rules import Every, period_of
from tnt.projects.models import Leadership, ProjectGroup, StatusEvent, Workstream
from tnt.projects.rules import GroupStatus
from tnt.reports.models import Confidence, ProgressReport
from tnt.setup.programme_loader import load_programme

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECRET = hashlib.sha256(b"bench").hexdigest()[:43]  # not the secret of any: filler for the hash


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each thing."""

    name: str
    meetings: int
    over_days: int  # from the first meeting to the last
    items_each: int
    groups: int
    people: int
    acts: int
    subscriptions: int


REAL = Size(
    "real", meetings=30, over_days=1_900, items_each=8, groups=12, people=60, acts=150, subscriptions=60
)
LARGE = Size(
    "large",
    meetings=500,
    over_days=380,
    items_each=20,
    groups=300,
    people=3_000,
    acts=20_000,
    subscriptions=5_000,
)
LONG_AGENDA = 30
EVENTS_EACH = 5  # decisions on the life of each group
BATCH = 500


def put(model: type[Any], rows: list[dict[str, Any]]) -> None:
    """Insert many rows of one table."""
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(model), rows[start : start + BATCH])


def fill(size: Size) -> None:
    """Load the real programme, then as much as the size asks, in one transaction."""
    load_programme(SYSTEM, followed_from=date(2021, 10, 1))
    with transaction() as session:
        committees = {c.key: c for c in session.scalars(select(Committee))}
        institutions = list(session.scalars(select(Institution.id)))
        workstreams = list(session.scalars(select(Workstream.id)))
        people = _people(size)
        _mandates(people, institutions, [committees["coordination"].id, committees["orientation"].id])
        meetings = _meetings(size, committees["coordination"], committees["orientation"])
        _items(size, meetings)
        acts = _acts(size, meetings)
        groups = _groups(size, workstreams, acts)
        _leads(groups, institutions)
        _reports(groups)
        _actions(acts, people)
        _subscriptions(size, people)
    with db.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _people(size: Size) -> list[int]:
    put(
        Person,
        [
            {
                "id": key,
                "given_name": f"Prénom{key}",
                "family_name": f"Nom{key:05d}",
                "title": "",
                "email": f"p{key}@bench.example",
                "locale": "fr",
                "created_at": NOW,
                "version": 1,
                "search_text": words.plain(f"Prénom{key} Nom{key:05d}"),
            }
            for key in range(1, size.people + 1)
        ],
    )
    put(
        Account,
        [
            {
                "id": key,
                "person_id": key,
                "login_id": hashlib.sha256(f"login{key}".encode()).hexdigest()[:43],
                "state": AccountState.ACTIVE,
                "created_at": NOW,
                "is_demo": False,
                "demo_label": "",
            }
            for key in range(1, size.people + 1)
        ],
    )
    return list(range(1, size.people + 1))


def _mandates(people: list[int], institutions: list[int], committee_ids: list[int]) -> None:
    """The first forty people sit in both committees; the first is their secretary, the next two preside."""
    seats = [Seat.SECRETARY, Seat.CO_CHAIR, Seat.CO_CHAIR] + [Seat.FULL_MEMBER] * 37
    put(
        Mandate,
        [
            {
                "person_id": person,
                "committee_id": committee_id,
                "institution_id": institutions[person % len(institutions)],
                "seat": seat,
                "voice": Voice.ADVISORY if seat is Seat.SECRETARY else Voice.VOTING,
                "ex_officio": False,
                "from_on": date(2021, 10, 1),
                "end_reason": "",
                "created_at": NOW,
            }
            for committee_id in committee_ids
            for person, seat in zip(people, seats, strict=False)
        ],
    )


def _meetings(size: Size, coordination: Committee, orientation: Committee) -> list[tuple[int, int, date]]:
    """(id, committee, day) of each meeting; the last is planned in three weeks, with thirty items."""
    rows, found = [], []
    last = TODAY + timedelta(days=22)
    for key in range(1, size.meetings + 1):
        state = _state_of(key, size)
        committee = orientation if key % 3 == 0 and state is MeetingState.CLOSED else coordination
        day = min(last - timedelta(days=(size.meetings - key) * size.over_days // size.meetings), TODAY)
        if state is MeetingState.PLANNED:
            day = last
        starts = datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)
        rows.append(
            {
                "id": key,
                "uid": str(UUID(int=key)),
                "committee_id": committee.id,
                "kind": MeetingKind.ORDINARY,
                "state": state,
                "period": period_of(day, committee.every).code,
                "starts_at": starts,
                "ends_at": starts + timedelta(hours=2),
                "undated": False,
                "place": "Salle 1, Ségur",
                "video_url": "",
                "notice_days": 14,
                "short_notice_reason": "",
                "recorded_afterwards": False,
                "own_reference": "",
                "reason": "",
                "sequence": 1,
                "created_at": NOW,
                "last_modified": NOW,
                "version": 1,
            }
        )
        found.append((key, committee.id, day))
    put(Meeting, rows)
    return found


def _state_of(key: int, size: Size) -> MeetingState:
    if key == size.meetings:
        return MeetingState.PLANNED
    return MeetingState.IN_SESSION if key == size.meetings - 1 else MeetingState.CLOSED


def _items(size: Size, meetings: list[tuple[int, int, date]]) -> None:
    numbers = count(1)
    put(
        AgendaItem,
        [
            {
                "id": next(numbers),
                "meeting_id": meeting_id,
                "position": position,
                "kind": ItemKind.DECISION if position % 2 else ItemKind.INFORMATION,
                "act_kind": ActKind.OTHER if position % 2 else ActKind.NOTE,
                "title": f"Point {position} de la séance {meeting_id}",
                "rapporteur_id": 1 + position % 30,
                "minutes": 5,
                "draft_wording": "Le comité décide." if position % 2 else "",
                "reserved": False,
                "times_deferred": 0,
                "created_at": NOW,
                "version": 1,
            }
            for meeting_id, _committee, _day in meetings
            for position in range(1, _items_of(meeting_id, size) + 1)
        ],
    )


def _items_of(meeting_id: int, size: Size) -> int:
    return LONG_AGENDA if meeting_id >= size.meetings - 1 else size.items_each


def _kind_of(key: int, size: Size) -> ActKind:
    """The first acts make the groups and go on with them, the next ones adopt their objectives."""
    if key <= size.groups:
        return ActKind.CREATE_GROUP
    if key <= size.groups * EVENTS_EACH:
        return ActKind.CONTINUE_GROUP
    return ActKind.ADOPT_OBJECTIVE if key <= size.groups * (EVENTS_EACH + 1) else ActKind.OTHER


def _acts(size: Size, meetings: list[tuple[int, int, date]]) -> list[tuple[int, int, int, date]]:
    rows, found = [], []
    held = meetings[:-2]
    for key in range(1, size.acts + 1):
        meeting_id, committee_id, day = held[key % len(held)]
        title = f"Décision {key} sur le point {key % 20}"
        number = f"B{key:05d}"
        rows.append(
            {
                "id": key,
                "nature": Nature.DECISION,
                "kind": _kind_of(key, size),
                "state": ActState.IN_FORCE,
                "number": number,
                "committee_id": committee_id,
                "meeting_id": meeting_id,
                "period": period_of(day, Every.QUARTER).code,
                "item_order": 1 + key % 20,
                "decided_on": day,
                "effective_on": day,
                "title": title,
                "wording": f"Le comité décide la mesure {key}, pour les communes accompagnées.",
                "vote": "consensus",
                "authority": "",
                "reference": "",
                "source": "",
                "recorded_at": NOW,
                "in_force_at": NOW,
                "search_text": words.plain(f"{number} {title} mesure {key} communes accompagnées"),
            }
        )
        found.append((key, meeting_id, committee_id, day))
    put(Act, rows)
    return found


def _groups(size: Size, workstreams: list[int], acts: list[tuple[int, int, int, date]]) -> list[int]:
    put(
        ProjectGroup,
        [
            {
                "id": key,
                "slug": f"groupe-{key}",
                "name": f"Groupe {key:03d}",
                "workstream_id": workstreams[key % len(workstreams)],
                "proposed_mission": "Accompagner les communes.",
                "created_at": NOW - timedelta(days=1900),
                "version": 1,
            }
            for key in range(1, size.groups + 1)
        ],
    )
    put(
        StatusEvent,
        [
            {
                "group_id": 1 + index % size.groups,
                "act_id": act_id,
                "status": GroupStatus.CONTINUED if index >= size.groups else GroupStatus.CREATED,
                "reason": "",
                "effective_on": day,
                "decided_on": day,
                "item_order": 1 + act_id % 20,
                "recorded_at": NOW,
            }
            for index, (act_id, _meeting, _committee, day) in enumerate(acts[: size.groups * EVENTS_EACH])
        ],
    )
    put(
        SemesterObjective,
        [
            {
                "id": key,
                "group_id": key,
                "semester": "2026-S2",
                "title": f"Objectif du groupe {key}",
                "measure": "Communes raccordées",
                "created_at": NOW,
                "version": 1,
            }
            for key in range(1, size.groups + 1)
        ],
    )
    put(
        ObjectiveEvent,
        [
            {"objective_id": key, "act_id": act_id, "kind": ObjectiveMotionKind.ADOPT, "recorded_at": NOW}
            for key, (act_id, *_rest) in enumerate(acts[size.groups * EVENTS_EACH :][: size.groups], 1)
        ],
    )
    return list(range(1, size.groups + 1))


def _leads(groups: list[int], institutions: list[int]) -> None:
    """Each group is led by one of the members, since the decision that made it."""
    put(
        Leadership,
        [
            {
                "group_id": group,
                "person_id": 4 + group % 37,
                "institution_id": institutions[group % len(institutions)],
                "act_id": group,
                "from_on": date(2022, 1, 1),
            }
            for group in groups
        ],
    )


def _reports(groups: list[int]) -> None:
    kinds = list(Confidence)
    put(
        ProgressReport,
        [
            {
                "group_id": group,
                "author_id": 1,
                "reported_on": TODAY - timedelta(days=30 * back + 1),
                "recorded_at": NOW - timedelta(days=30 * back + 1),
                "confidence": kinds[(group + back) % len(kinds)],
                "done": "Fait.",
                "coming": "À venir.",
                "arbitration": "",
                "unchanged": False,
            }
            for group in groups
            for back in range(6)
        ],
    )


def _actions(acts: list[tuple[int, int, int, date]], people: list[int]) -> None:
    put(
        Action,
        [
            {
                "committee_id": committee_id,
                "meeting_id": meeting_id,
                "act_id": act_id,
                "title": f"Action {act_id}",
                "owner_id": people[act_id % len(people)],
                "due_on": day + timedelta(days=60),
                "state": ActionState.DONE if act_id % 4 else ActionState.OPEN,
                "done_on": day + timedelta(days=30) if act_id % 4 else None,
                "proof": "Fait." if act_id % 4 else "",
                "created_at": NOW,
                "version": 1,
            }
            for act_id, meeting_id, committee_id, day in acts
        ],
    )


def _subscriptions(size: Size, people: list[int]) -> None:
    """Of everybody's; the bench opens one more for the address that it reads."""
    put(
        Subscription,
        [
            {
                "id": key,
                "person_id": people[key % 40] if key < 40 else people[key % len(people)],
                "kind": FeedKind.MINE,
                "committee_id": None,
                "device": f"Appareil {key}",
                "selector": f"selector{key:08d}",
                "secret_hash": hashlib.sha256(SECRET.encode()).hexdigest(),
                "with_alarms": True,
                "with_cancelled": True,
                "zone": "",
                "created_at": NOW,
                "last_client": "",
            }
            for key in range(1, size.subscriptions + 1)
        ],
    )
