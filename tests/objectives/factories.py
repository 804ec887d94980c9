"""A coordination committee, a created group and acts on its objectives, for the tests of what groups do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import event

from tnt.accounts.models import Person
from tnt.committees.models import Committee, Institution, InstitutionKind, Mandate, Seat, Voice
from tnt.core import clock
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.db import db, transaction
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.objectives import services
from tnt.objectives.models import ObjectiveMotion, SemesterObjective
from tnt.objectives.rules import FollowUp, ObjectiveMotionKind, Score
from tnt.programme.rules import Every
from tnt.projects.models import Leadership, ProjectGroup, StatusEvent, Workstream
from tnt.projects.rules import GroupStatus, StopKind

SINCE = date(2025, 1, 15)


def make_coordination() -> Committee:
    """The committee that adopts objectives."""
    with transaction() as session:
        committee = Committee(
            key="coordination",
            code="CC",
            name="Comité de coordination",
            every=Every.QUARTER,
            followed_from=date(2025, 1, 1),
        )
        session.add(committee)
    return committee


def make_somebody(family: str) -> Person:
    """A person with an address."""
    with transaction() as session:
        person = Person(
            given_name="Louise",
            family_name=family,
            email=f"{family.lower()}@example.org",
            created_at=clock.now(),
        )
        session.add(person)
    return person


def make_institution(name: str, acronym: str = "") -> Institution:
    """An institution of the State."""
    with transaction() as session:
        institution = Institution(name=name, acronym=acronym, kind=InstitutionKind.STATE)
        session.add(institution)
    return institution


def give_seat(
    person: Person,
    committee: Committee,
    institution: Institution,
    seat: Seat = Seat.FULL_MEMBER,
    until_on: date | None = None,
) -> Mandate:
    """A seat held since 2025."""
    with transaction() as session:
        mandate = Mandate(
            person_id=person.id,
            committee_id=committee.id,
            institution_id=institution.id,
            seat=seat,
            voice=Voice.ADVISORY if seat is Seat.SECRETARY else Voice.VOTING,
            from_on=SINCE,
            until_on=until_on,
            created_at=clock.now(),
        )
        session.add(mandate)
    return mandate


def make_workstream(key: str = "urbanisme", position: int = 1) -> Workstream:
    """A workstream."""
    with transaction() as session:
        workstream = Workstream(key=key, name=key.capitalize(), position=position)
        session.add(workstream)
    return workstream


def make_group(workstream: Workstream, name: str = "Urbanisme") -> ProjectGroup:
    """A proposed group."""
    with transaction() as session:
        group = ProjectGroup(
            slug=services_slug(name), name=name, workstream_id=workstream.id, created_at=clock.now()
        )
        session.add(group)
    return group


def services_slug(name: str) -> str:
    """An address for a name without accents."""
    return name.lower().replace(" ", "-")


def make_act(
    committee: Committee,
    kind: ActKind = ActKind.OTHER,
    decided_on: date = date(2026, 9, 22),
    state: ActState = ActState.IN_FORCE,
    item_order: int = 1,
) -> Act:
    """A decision of the committee."""
    count = db.session.scalar(db.select(db.func.count(Act.id))) or 0
    with transaction() as session:
        act = Act(
            nature=Nature.DECISION,
            kind=kind,
            state=state,
            number=f"CC-{decided_on.year}-T{(decided_on.month + 2) // 3}-{count + 1:02d}",
            committee_id=committee.id,
            period=f"{decided_on.year}-T{(decided_on.month + 2) // 3}",
            item_order=item_order,
            decided_on=decided_on,
            effective_on=decided_on,
            title="Décision",
            wording="Le comité décide.",
            recorded_at=clock.now(),
        )
        session.add(act)
    return act


def set_status(
    group: ProjectGroup,
    committee: Committee,
    status: GroupStatus = GroupStatus.CREATED,
    effective_on: date = SINCE,
    stop_kind: StopKind | None = None,
) -> StatusEvent:
    """A decision gives the group that status."""
    act = make_act(committee, ActKind.CREATE_GROUP, effective_on)
    with transaction() as session:
        event = StatusEvent(
            group_id=group.id,
            act_id=act.id,
            status=status,
            stop_kind=stop_kind,
            effective_on=effective_on,
            decided_on=effective_on,
            recorded_at=clock.now(),
        )
        session.add(event)
    return event


def appoint(person: Person, group: ProjectGroup, committee: Committee, institution: Institution) -> None:
    """The person leads the group."""
    act = make_act(committee, ActKind.APPOINT_LEAD, SINCE)
    with transaction() as session:
        session.add(
            Leadership(
                group_id=group.id,
                person_id=person.id,
                institution_id=institution.id,
                act_id=act.id,
                from_on=SINCE,
            )
        )


def actor(person: Person | None = None, *grants: Grant) -> Actor:
    """Whoever acts, with these grants."""
    if person is None:
        return Actor(None, "Personne", frozenset(grants))
    return Actor(person.id, person.full_name, frozenset(grants))


def secretary_of(committee: Committee) -> Actor:
    """A secretary without a person."""
    return Actor(None, "Le secrétariat", frozenset({Grant("secretary", committee.id)}))


def lead_of(group: ProjectGroup, person: Person | None = None) -> Actor:
    """The lead of the group."""
    return actor(person, Grant("lead", group.id))


def propose(
    group: ProjectGroup, title: str = "Raccorder 1 500 communes", semester: str = "2026-S2"
) -> SemesterObjective:
    """A proposed objective."""
    return services.propose_objective(
        SYSTEM, group_id=group.id, semester=semester, title=title, measure="Communes raccordées au guichet"
    )


def decide(
    objective: SemesterObjective,
    committee: Committee,
    kind: ObjectiveMotionKind = ObjectiveMotionKind.ADOPT,
    decided_on: date = date(2026, 9, 22),
    score: Score | None = None,
    follow_up: FollowUp | None = None,
    amended_title: str = "",
    comment: str = "",
) -> tuple[ObjectiveMotion, Act]:
    """The committee adopts or scores the objective: motion, act, effects."""
    motion = services.draft_motion(
        SYSTEM,
        objective_id=objective.id,
        kind=kind,
        score=score,
        follow_up=follow_up,
        amended_title=amended_title,
        comment=comment,
    )
    act = make_act(committee, services.ACT_KIND_OF[kind], decided_on)
    services.carry_out(SYSTEM, motion, act)
    return motion, act


def adopt_and_score(
    objective: SemesterObjective, committee: Committee, score: Score, **options: object
) -> Act:
    """Adopted in September, scored in December."""
    decide(objective, committee)
    _motion, act = decide(
        objective,
        committee,
        ObjectiveMotionKind.SCORE,
        date(2026, 9, 22) + timedelta(days=84),
        score,
        **options,  # type: ignore[arg-type]
    )
    return act


@dataclass(frozen=True, slots=True)
class World:
    """A created group of the coordination committee, and the people around it."""

    committee: Committee
    workstream: Workstream
    group: ProjectGroup
    anct: Institution
    dinum: Institution
    lead: Person
    secretary: Person
    member: Person
    stranger: Person


def make_world() -> World:
    """Who is needed to open each page."""
    committee, workstream = make_coordination(), make_workstream()
    group = make_group(workstream)
    set_status(group, committee)
    anct = make_institution("Agence nationale de la cohésion des territoires", "ANCT")
    dinum = make_institution("Direction interministérielle du numérique", "DINUM")
    people = {name: make_somebody(name.capitalize()) for name in ("lead", "secretary", "member", "stranger")}
    appoint(people["lead"], group, committee, dinum)
    give_seat(people["lead"], committee, dinum)
    give_seat(people["secretary"], committee, anct, Seat.SECRETARY)
    give_seat(people["member"], committee, anct)
    return World(committee, workstream, group, anct, dinum, **people)


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The statements sent to the database within the block."""
    sent: list[str] = []

    def note(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
