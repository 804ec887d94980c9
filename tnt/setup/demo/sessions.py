"""Plays one session: planned, put on paper, convened, held item by item, lifted, visaed."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy import select

from tnt.actions import services as actions
from tnt.agendas import services as agendas
from tnt.agendas.models import AgendaItem
from tnt.agendas.rules import WordingFacts, draft_title
from tnt.closing import services as closing
from tnt.convocations import services as convocations
from tnt.core import clock
from tnt.core.db import db
from tnt.decisions.rules import ActKind
from tnt.decisions.services import acts_of_meeting
from tnt.intake.models import DecisionRequest, RequestOrigin, RequestState
from tnt.meetings import services as meetings
from tnt.meetings.models import Meeting
from tnt.objectives import services as objectives
from tnt.objectives.models import SemesterObjective
from tnt.objectives.rules import ObjectiveMotionKind
from tnt.participants import services as participants
from tnt.participants.queries import list_replies
from tnt.participants.rules import Draft as ReplyDraft
from tnt.participants.rules import Via, Way
from tnt.projects import services as projects
from tnt.setup.demo.dates import next_working_day
from tnt.setup.demo.groups import GROUPS, OBJECTIVES
from tnt.setup.demo.people import CORRESPONDENT, PEOPLE, SEATS
from tnt.setup.demo.points import Noted, Point
from tnt.setup.demo.stage import Session, Stage
from tnt.setup.demo.story import (
    CORRECTED_ENDING,
    CORRECTED_GROUP,
    CORRECTION,
    PLACES,
    RETURNING,
    VIDEO,
)
from tnt.sittings import services as sittings
from tnt.sittings.models import ItemAction
from tnt.sittings.queries import list_seats
from tnt.sittings.rules import Draft, OutcomeKind, Presence, makes_act

START, END = time(14, 30), time(17, 0)
CO_CHAIRS = {"coordination": ("garnier", "delaunay"), "orientation": ("varnier", "castel")}
AGENDA_DAYS, NOTICE_DAYS = 17, 16
SUBSTITUTES = {seat.replaces: seat.person for seat in SEATS if seat.replaces}
COMES_BACK = (RequestOrigin.DEFERRED, RequestOrigin.OPINION, RequestOrigin.RETURNED)


# before


def plan(stage: Stage, session: Session) -> None:
    """Put the session in the calendar."""
    starts_at, ends_at = meetings.instants(session.day, START, END)
    session.meeting_id = meetings.plan_meeting(
        stage.secretary(session.committee),
        committee_id=stage.committees[session.committee],
        starts_at=starts_at,
        ends_at=ends_at,
        place=PLACES[session.committee],
        video_url=VIDEO[session.committee],
    ).id


def move(stage: Stage, session: Session, reason: str) -> None:
    """Bring the convened session to the day on which it was held."""
    starts_at, ends_at = meetings.instants(session.day, START, END)
    meetings.move_meeting(
        stage.secretary(session.committee),
        session.meeting_id,
        starts_at=starts_at,
        ends_at=ends_at,
        place=PLACES[session.committee],
        video_url=VIDEO[session.committee],
        reason=reason,
    )


def make_agenda(stage: Stage, session: Session, points: list[Point]) -> None:
    """The first point, what comes back from earlier sessions, then the rest."""
    for point in points[:1]:
        _add(stage, session, point)
    _place_what_comes_back(stage, session)
    for point in points[1:]:
        _add(stage, session, point)


def _place_what_comes_back(stage: Stage, session: Session) -> None:
    waiting = db.session.scalars(
        select(DecisionRequest)
        .where(
            DecisionRequest.committee_id == stage.committees[session.committee],
            DecisionRequest.state == RequestState.PENDING,
            DecisionRequest.origin.in_(COMES_BACK),
        )
        .order_by(DecisionRequest.id)
    ).all()
    for entry in waiting:
        item = agendas.place_request(stage.secretary(session.committee), session.meeting_id, entry.id)
        session.items.append((item.id, RETURNING[entry.title]))


def _add(stage: Stage, session: Session, point: Point) -> None:
    motion_id = _draft_for_group(stage, session, point)
    objective_motion_id = _draft_for_objective(stage, point)
    item = agendas.add_item(
        stage.secretary(session.committee),
        session.meeting_id,
        kind=point.kind,
        act_kind=point.act_kind,
        title=point.title,
        minutes=point.minutes,
        rapporteur_id=stage.person_of(point.rapporteur),
        draft_wording=point.draft,
        group_motion_id=motion_id,
        objective_motion_id=objective_motion_id,
        group_id=stage.groups[point.group]
        if point.group and not (motion_id or objective_motion_id)
        else None,
    )
    session.items.append((item.id, point))


def _draft_for_group(stage: Stage, session: Session, point: Point) -> int | None:
    asked = point.asked
    if asked is None:
        return None
    return projects.draft_motion(
        stage.secretary(session.committee),
        group_id=stage.groups[point.group],
        motion=asked.motion,
        mission=asked.mission,
        reason=asked.reason,
        stop_kind=asked.stop_kind,
        lead_id=stage.person_of(asked.lead),
        lead_institution_id=stage.institution_of(asked.institution),
    ).id


def _draft_for_objective(stage: Stage, point: Point) -> int | None:
    if not point.objective:
        return None
    of = OBJECTIVES[point.objective]
    kind = (
        ObjectiveMotionKind.ADOPT if point.act_kind is ActKind.ADOPT_OBJECTIVE else ObjectiveMotionKind.SCORE
    )
    return objectives.draft_motion(
        stage.secretary("coordination"),
        objective_id=objective_id(stage, point.objective),
        kind=kind,
        score=of.score,
        comment=of.comment if kind is ObjectiveMotionKind.SCORE else "",
        follow_up=of.follow_up,
        amended_title=of.amended_title,
    ).id


def objective_id(stage: Stage, key: str) -> int:
    """The id of an objective; a follow-up was proposed by the decision that scored the one before."""
    if key not in stage.objectives:
        before = stage.objectives[OBJECTIVES[key].carried_from]
        found = select(SemesterObjective.id).where(SemesterObjective.carried_from_id == before)
        stage.objectives[key] = db.session.scalars(found).one()
    return stage.objectives[key]


def on_objective(key: str, act_kind: ActKind, notes: str, rapporteur: str) -> Point:
    """An item that adopts or scores an objective."""
    of = OBJECTIVES[key]
    facts = WordingFacts(committee="", group=GROUPS[of.group].name, objective=of.title)
    return Point(
        draft_title(act_kind, facts),
        notes,
        act_kind=act_kind,
        minutes=10,
        rapporteur=rapporteur,
        group=of.group,
        objective=key,
    )


def group_title(group: str, act_kind: ActKind) -> str:
    """« Urbanisme : créer le groupe projet »."""
    return draft_title(act_kind, WordingFacts(committee="", group=GROUPS[group].name))


def convene(stage: Stage, session: Session) -> None:
    """Write to the members."""
    convocations.convene(stage.secretary(session.committee), session.meeting_id)


_WAYS = {
    Presence.PRESENT: Way.YES,
    Presence.REMOTE: Way.REMOTE,
    Presence.SUBSTITUTED: Way.SUBSTITUTE,
    Presence.REPRESENTED: Way.REPRESENTATIVE,
    Presence.EXCUSED: Way.NO,
}


def reply(stage: Stage, session: Session) -> None:
    """Most seats say who comes, one of them by its correspondent; some never answer."""
    helper, represented = CORRESPONDENT
    names = {stage.people[key]: key for key in PEOPLE}
    for rank, seat in enumerate(list_replies(session.meeting_id)):
        person = names[seat.mandate.person_id]
        presence, named = _presence(person, rank, session.number)
        if rank % 5 == 4:
            continue
        who = helper if person == represented else person
        draft = ReplyDraft(
            _WAYS[presence],
            represented_by=named.partition(", ")[0],
            represented_as=named.partition(", ")[2],
            substitute_id=next((one.id for one in seat.substitutes), None),
        )
        participants.give_reply(stage.actor(who), session.meeting_id, seat.mandate.id, draft, via=Via.LINK)


# the day


def hold(stage: Stage, session: Session) -> None:
    """Open, call the roll, settle each item when its time comes, lift the session."""
    secretary = stage.secretary(session.committee)
    meeting = db.session.get_one(Meeting, session.meeting_id)
    sittings.open_session(secretary, session.meeting_id)
    now = clock.now() + timedelta(minutes=6)
    with stage.moment(now):
        sittings.call_roll(secretary, session.meeting_id, _roll(meeting, session))
    for item_id, point in session.items:
        now += timedelta(minutes=max(point.minutes, 5))
        with stage.moment(now):
            _settle(stage, session, item_id, point)
    with stage.moment(max(now, meeting.ends_at) + timedelta(minutes=4)):
        closing.adjourn(secretary, session.meeting_id)


def _roll(meeting: Meeting, session: Session) -> dict[int, tuple[Presence | None, str]]:
    """Nearly everybody comes; each time somebody else is at a distance, excused or replaced."""
    names = {f"{each.given_name} {each.family_name}": key for key, each in PEOPLE.items()}
    entries: dict[int, tuple[Presence | None, str]] = {}
    for rank, seat in enumerate(list_seats(meeting)):
        person = names[seat.mandate.person.full_name]
        entries[seat.mandate.id] = _presence(person, rank, session.number)
    return entries


def _presence(person: str, rank: int, number: int) -> tuple[Presence, str]:
    if rank < 2:  # the co-chairs
        return Presence.PRESENT, ""
    if person in SUBSTITUTES and number % 3 == 0:
        replacing = PEOPLE[SUBSTITUTES[person]]
        return Presence.SUBSTITUTED, f"{replacing.given_name} {replacing.family_name}"
    turn = (rank * 5 + number * 3) % 13
    if turn == 1:
        return Presence.EXCUSED, ""
    if turn == 6:
        return Presence.REPRESENTED, "Lucie Perrin, chargée de mission"
    return (Presence.REMOTE, "") if turn in {4, 9} else (Presence.PRESENT, "")


def _settle(stage: Stage, session: Session, item_id: int, point: Point) -> None:
    secretary = stage.secretary(session.committee)
    item = db.session.get_one(AgendaItem, item_id)
    decided = makes_act(point.outcome) or point.outcome is OutcomeKind.NOT_ADOPTED
    sittings.save_outcome(
        secretary,
        session.meeting_id,
        item_id,
        Draft(
            kind=point.outcome,
            wording=(point.wording or item.draft_wording) if decided else "",
            notes=point.notes,
            defer_reason=point.defer_reason,
        ),
        mission=point.mission or None,
    )
    for noted in point.actions:
        _note(stage, session, item_id, noted)


def _note(stage: Stage, session: Session, item_id: int, noted: Noted) -> None:
    action = sittings.note_action(
        stage.secretary(session.committee),
        session.meeting_id,
        item_id,
        title=noted.title,
        owner_id=stage.person_of(noted.owner),
        owner_institution_id=stage.institution_of(noted.institution),
        due_on=next_working_day(session.day + timedelta(noted.due)),
    )
    noted_id = action.id
    if noted.done is None:
        return
    day = next_working_day(session.day + timedelta(noted.done))
    if day < stage.dates.today:
        stage.on(day, time(16, 45), lambda: _finish(stage, session, noted_id, noted))


def _finish(stage: Stage, session: Session, noted_id: int, noted: Noted) -> None:
    action_id = db.session.get_one(ItemAction, noted_id).action_id
    if action_id is None:
        raise RuntimeError("an action is open once the record is in force")
    actor = stage.actor(noted.owner) if noted.owner else stage.secretary(session.committee)
    actions.mark_done(actor, action_id, proof=noted.proof)


# after


def visa(stage: Stage, session: Session, who: int, version: int = 1) -> None:
    """One of the two co-chairs gives the visa."""
    co_chair = stage.actor(CO_CHAIRS[session.committee][who])
    closing.give_visa(co_chair, session.meeting_id, version)


def ask_correction(stage: Stage, session: Session) -> None:
    """The first co-chair sends the record back."""
    co_chair = stage.actor(CO_CHAIRS[session.committee][0])
    closing.ask_correction(co_chair, session.meeting_id, 1, CORRECTION)


def correct(stage: Stage, session: Session) -> None:
    """The secretary corrects what was asked and submits the record again."""
    group = GROUPS[CORRECTED_GROUP].name
    wordings = {
        act.id: act.wording + CORRECTED_ENDING
        for act in acts_of_meeting(session.meeting_id)
        if act.kind is ActKind.REORIENT_GROUP and group in act.title
    }
    secretary = stage.secretary(session.committee)
    closing.correct(secretary, session.meeting_id, wordings=wordings, expected_version=1)
