"""A small programme with acts, for the tests of the register and of the portfolio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from tests.meetings.factories import make_committee, make_member
from tnt.accounts.models import Person
from tnt.committees.models import Committee, Institution, InstitutionKind, Seat
from tnt.core import clock
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.programme.rules import period_of
from tnt.projects import services as projects
from tnt.projects.models import GroupAct, ProjectGroup, Workstream
from tnt.projects.rules import Motion, StopKind
from tnt.reports.models import Confidence, ProgressReport

MISSION = "Accompagner la dématérialisation des demandes d’urbanisme."
_orders = count(1)


@dataclass
class Scene:
    """What was made."""

    coordination: Committee
    orientation: Committee
    streams: list[Workstream]
    member: Person
    secretary: Person
    outsider: Person


def make_scene() -> Scene:
    """Both committees, two workstreams, a member and the secretary of coordination, and an outsider."""
    coordination, orientation = make_committee(), make_committee("orientation")
    with transaction() as session:
        streams = [
            Workstream(key="urbanisme", name="Dématérialisation de l’urbanisme", position=1),
            Workstream(key="elus", name="Sensibilisation des élus", position=2),
        ]
        outsider = Person(
            given_name="Léa", family_name="Dehors", email="lea@example.org", created_at=clock.now()
        )
        session.add_all([*streams, outsider])
    member = make_member(coordination, "Membre")
    return Scene(
        coordination,
        orientation,
        streams,
        member,
        make_member(coordination, "Secret", Seat.SECRETARY),
        outsider,
    )


def hold(committee: Committee, on: date) -> Meeting:
    """A closed session of a committee."""
    starts_at = datetime(on.year, on.month, on.day, 9, 0, tzinfo=UTC)
    with transaction() as session:
        meeting = Meeting(
            committee_id=committee.id,
            state=MeetingState.CLOSED,
            period=period_of(on, committee.every).code,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            notice_days=14,
            created_at=starts_at,
            last_modified=starts_at,
        )
        session.add(meeting)
    return meeting


def act(
    meeting: Meeting,
    title: str = "Point d’avancement consolidé",
    *,
    wording: str = "Le comité prend acte du point d’avancement.",
    kind: ActKind = ActKind.PROGRESS_POINT,
    nature: Nature = Nature.DECISION,
    state: ActState = ActState.IN_FORCE,
    item_order: int | None = None,
    effective_on: date | None = None,
    number: str | None = None,
) -> Act:
    """An act of a session, numbered in its series."""
    order = item_order if item_order is not None else next(_orders)
    decided_on = clock.paris_day(meeting.starts_at)
    committee = db.session.get_one(Committee, meeting.committee_id)
    with transaction() as session:
        made = Act(
            nature=nature,
            kind=kind,
            state=state,
            number=number or f"{committee.code}-{meeting.period}-{order:02d}",
            committee_id=meeting.committee_id,
            meeting_id=meeting.id,
            period=meeting.period,
            item_order=order,
            decided_on=decided_on,
            effective_on=effective_on or decided_on,
            title=title,
            wording=wording,
            vote="consensus",
            recorded_at=clock.now(),
            in_force_at=clock.now() if state is ActState.IN_FORCE else None,
        )
        session.add(made)
    return made


def propose(scene: Scene, name: str, stream: int = 0, created_on: date = date(2024, 1, 5)) -> ProjectGroup:
    """A proposed group, known since a day."""
    with clock.at(datetime(created_on.year, created_on.month, created_on.day, 12, tzinfo=UTC)):
        return projects.propose_group(
            SYSTEM, name=name, workstream_id=scene.streams[stream].id, mission=MISSION
        )


def decide(
    group: ProjectGroup,
    motion: Motion,
    meeting: Meeting,
    *,
    stop_kind: StopKind | None = None,
    mission: str = MISSION,
    effective_on: date | None = None,
    lead: Person | None = None,
) -> Act:
    """A session decides on a group, and the decision is carried out."""
    decided_on = clock.paris_day(meeting.starts_at)
    kind = projects.ACT_KIND_OF[motion]
    made = act(meeting, f"{group.name} : {motion.value}", kind=kind, effective_on=effective_on)
    institution = _institution() if lead else None
    draft = projects.draft_motion(
        SYSTEM,
        group_id=group.id,
        motion=motion,
        mission=mission,
        reason="Les besoins ont changé.",
        stop_kind=stop_kind,
        lead_id=lead.id if lead else None,
        lead_institution_id=institution.id if institution else None,
        effective_on=effective_on,
        as_of=effective_on or decided_on,
    )
    projects.carry_out(SYSTEM, draft, made)
    return made


def _institution() -> Institution:
    with transaction() as session:
        made = Institution(
            name="Direction interministérielle du numérique", acronym="DINUM", kind=InstitutionKind.STATE
        )
        session.add(made)
    return made


def concern(group: ProjectGroup, made: Act) -> None:
    """Tie an act to a group without a status."""
    with transaction() as session:
        session.add(GroupAct(group_id=group.id, act_id=made.id))


def report(group: ProjectGroup, on: date, confidence: Confidence, arbitration: str = "") -> ProgressReport:
    """What a lead said on a day."""
    with transaction() as session:
        made = ProgressReport(
            group_id=group.id,
            reported_on=on,
            recorded_at=datetime(on.year, on.month, on.day, 10, tzinfo=UTC),
            confidence=confidence,
            done="310 communes raccordées.",
            coming="Webinaires de janvier.",
            arbitration=arbitration,
        )
        session.add(made)
    return made
