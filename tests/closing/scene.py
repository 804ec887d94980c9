"""A small programme for the tests of the decision's path: two committees, a group, the people it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tnt.accounts.models import Person
from tnt.agendas import services as agendas
from tnt.agendas.models import AgendaItem
from tnt.agendas.rules import ItemKind
from tnt.committees.models import Committee, Institution, InstitutionKind, Mandate, Seat, Voice
from tnt.convocations import services as convocations
from tnt.core import clock
from tnt.core.access import Actor, actor_for
from tnt.core.db import db, transaction
from tnt.decisions.rules import ActKind
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.programme.rules import Every
from tnt.projects import services as projects
from tnt.projects.models import ProjectGroup, Workstream
from tnt.projects.rules import Motion
from tnt.sittings import services as sittings
from tnt.sittings.queries import list_item_states, list_seats
from tnt.sittings.rules import Draft, OutcomeKind, Presence

MISSION = "Accompagner les communes dans la dématérialisation des demandes d’urbanisme."
SINCE = date(2024, 1, 1)


@dataclass
class Scene:
    """The people and things of the tests; ids, so that nothing is read from an expired session."""

    coordination: int
    orientation: int
    group: int
    institution: int
    secretary: int
    chair: int
    second_chair: int
    member: int
    political_secretary: int
    political_chair: int

    def actor(self, person_id: int) -> Actor:
        """The person with the grants of the (frozen) day."""
        person = db.session.get(Person, person_id)
        assert person is not None
        return actor_for(person.id, person.full_name)


def set_scene() -> Scene:
    """Write the scene in one transaction, straight to the tables."""
    with transaction() as session:
        coordination = _committee("coordination", "CC", "Comité de coordination", Every.QUARTER)
        orientation = _committee("orientation", "CO", "Comité d’orientation politique", Every.SEMESTER)
        institution = Institution(name="DINUM", kind=InstitutionKind.STATE)
        workstream = Workstream(key="urbanisme", name="Urbanisme", position=1)
        session.add_all([coordination, orientation, institution, workstream])
        session.flush()
        group = ProjectGroup(
            slug="urbanisme",
            name="Urbanisme",
            workstream_id=workstream.id,
            proposed_mission=MISSION,
            created_at=clock.now(),
        )
        session.add(group)
        names = ("secretary", "chair", "second_chair", "member", "political_secretary", "political_chair")
        people = {name: _person(name) for name in names}
        session.add_all(people.values())
        session.flush()
        seats = [
            ("secretary", coordination, Seat.SECRETARY, Voice.ADVISORY),
            ("chair", coordination, Seat.CO_CHAIR, Voice.VOTING),
            ("second_chair", coordination, Seat.CO_CHAIR, Voice.VOTING),
            ("member", coordination, Seat.FULL_MEMBER, Voice.VOTING),
            ("political_secretary", orientation, Seat.SECRETARY, Voice.ADVISORY),
            ("political_chair", orientation, Seat.CO_CHAIR, Voice.VOTING),
        ]
        for name, committee, seat, voice in seats:
            session.add(_mandate(people[name], committee, institution, seat, voice))
        session.flush()
        return Scene(
            coordination=coordination.id,
            orientation=orientation.id,
            group=group.id,
            institution=institution.id,
            **{name: person.id for name, person in people.items()},
        )


def _committee(key: str, code: str, name: str, every: Every) -> Committee:
    return Committee(key=key, code=code, name=name, every=every, followed_from=SINCE)


def _person(name: str) -> Person:
    return Person(
        given_name=name.replace("_", " ").title(),
        family_name="Dupont",
        email=f"{name}@demo.tnt.example",
        created_at=clock.now(),
    )


def _mandate(
    person: Person, committee: Committee, institution: Institution, seat: Seat, voice: Voice
) -> Mandate:
    return Mandate(
        person=person,
        committee=committee,
        institution=institution,
        seat=seat,
        voice=voice,
        from_on=SINCE,
        created_at=clock.now(),
    )


def plan(scene: Scene, *, secretary: int | None = None, committee: int | None = None, days: int = 22) -> int:
    """A planned session at 14 h 30 in Paris, `days` from the frozen day."""
    starts = datetime(2026, 11, 23, 13, 30, tzinfo=UTC) + timedelta(days=days)
    meeting = meetings.plan_meeting(
        scene.actor(secretary or scene.secretary),
        committee_id=committee or scene.coordination,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        place="Ségur",
    )
    return meeting.id


def put_motion(scene: Scene, meeting_id: int, motion: Motion, *, secretary: int | None = None) -> AgendaItem:
    """An item that asks something for the group."""
    actor = scene.actor(secretary or scene.secretary)
    draft = projects.draft_motion(
        actor,
        group_id=scene.group,
        motion=motion,
        mission=MISSION,
        reason="Recentrer l’appui sur les petites communes.",
        lead_id=scene.member if motion is Motion.CREATE else None,
        lead_institution_id=scene.institution if motion is Motion.CREATE else None,
        as_of=clock.today(),
    )
    return agendas.add_item(
        actor,
        meeting_id,
        kind=ItemKind.DECISION,
        act_kind=projects.ACT_KIND_OF[motion],
        title=f"Urbanisme : {motion.value}",
        group_motion_id=draft.id,
    )


def put_information(scene: Scene, meeting_id: int) -> AgendaItem:
    """An information item."""
    return agendas.add_item(
        scene.actor(scene.secretary),
        meeting_id,
        kind=ItemKind.INFORMATION,
        act_kind=ActKind.NOTE,
        title="Point d’avancement",
    )


def hold(scene: Scene, meeting_id: int, *, secretary: int | None = None) -> None:
    """Convene, move to the day, open, and call everybody present."""
    person = secretary or scene.secretary
    convocations.convene(scene.actor(person), meeting_id, short_notice_reason="Essai")
    meeting = db.session.get(Meeting, meeting_id)
    assert meeting is not None
    clock.freeze(meeting.starts_at)
    sittings.open_session(scene.actor(person), meeting_id)
    meeting = db.session.get(Meeting, meeting_id)
    assert meeting is not None
    entries = {seat.mandate.id: (Presence.PRESENT, "") for seat in list_seats(meeting)}
    sittings.call_roll(scene.actor(person), meeting_id, entries)


def settle(
    scene: Scene, meeting_id: int, kind: OutcomeKind, *, position: int = 1, secretary: int | None = None
) -> None:
    """Give an item its outcome, in the wording drafted for it; amended, it says a little more."""
    state = list_item_states(meeting_id)[position - 1]
    wording = state.item.draft_wording or "Le comité décide."
    if kind is OutcomeKind.ADOPTED_AMENDED:
        wording += " Il en sera rendu compte."
    sittings.save_outcome(
        scene.actor(secretary or scene.secretary),
        meeting_id,
        state.item.id,
        Draft(kind=kind, wording=wording, notes="Échanges."),
    )
