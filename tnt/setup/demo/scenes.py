"""Puts the whole story on the stage: which scene is played on which day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

from tnt.core import clock
from tnt.decisions.rules import ActKind
from tnt.intake import services as intake
from tnt.intake.rules import RequestOrigin
from tnt.meetings import services as meetings
from tnt.objectives import services as objectives
from tnt.programme.rules import Every, period_of
from tnt.projects import services as projects
from tnt.projects.queries import list_workstreams, status_or_proposed
from tnt.projects.rules import ACTIVE, Motion
from tnt.reports import services as reports
from tnt.setup.demo import cast, minutes, papers, sessions
from tnt.setup.demo.between import set_between_sessions
from tnt.setup.demo.dates import (
    MISSED_SLOT,
    NEXT_SLOT,
    adoption_slot,
    next_working_day,
    pick,
    scoring_slot,
    semester_of_generation,
)
from tnt.setup.demo.groups import GROUPS, LAST_REPORT, OBJECTIVES, REPORTS
from tnt.setup.demo.points import Point, Request
from tnt.setup.demo.stage import Session, Stage
from tnt.setup.demo.story import (
    CANCELLED_REASON,
    COORDINATION,
    CREATION_REASON,
    MISSED_REASON,
    MOVED_REASON,
    ORIENTATION,
    PROPOSED_BY_A_LEAD,
    REQUESTS,
    UPCOMING,
    UPCOMING_ADOPTION,
    UPCOMING_PROGRESS,
    UPCOMING_SCORE,
)
from tnt.sittings.rules import OutcomeKind

MOVED_SLOT, CORRECTED_SLOT = 3, 5
OPINION_OF = 2  # the orientation session that gives its opinion on a group
GROUP_OF_THE_OPINION, GROUP_OF_THE_REQUEST = "restauration", "agents"
REPORTS_KEPT = 8  # months


def set_all(stage: Stage) -> None:
    """Every scene of the demonstration."""
    _set_coordination(stage)
    _set_orientation(stage)
    stage.on(cast.succession_day(stage.dates) - timedelta(10), time(11, 0), lambda: cast.succeed(stage))
    _set_groups(stage)
    _set_objectives(stage)
    _set_reports(stage)
    _set_requests(stage)
    _set_next_sessions(stage)
    set_between_sessions(stage)


# sessions


def _set_coordination(stage: Stage) -> None:
    for slot, day in enumerate(stage.dates.coordination):
        session = Session("coordination", slot, day)
        if slot == MISSED_SLOT:
            _set_cancelled(stage, session)
        else:
            _set_preparation(stage, session, _points(stage, slot))
            _set_visas(stage, session)
            minutes.set_minutes(stage, session)


def _points(stage: Stage, slot: int) -> list[Point]:
    """What the story has for a session, and the objectives that it adopts or scores."""
    points = list(COORDINATION[slot])
    for key, of in OBJECTIVES.items():
        rapporteur = GROUPS[of.group].lead if slot > _creation_slot(of.group) else ""
        if of.scored_notes and scoring_slot(stage.dates, of.generation) == slot:
            points.append(sessions.on_objective(key, ActKind.SCORE_OBJECTIVE, of.scored_notes, rapporteur))
    for key, of in OBJECTIVES.items():
        rapporteur = GROUPS[of.group].lead if slot > _creation_slot(of.group) else ""
        if of.adopted_notes and adoption_slot(stage.dates, of.generation) == slot:
            points.append(sessions.on_objective(key, ActKind.ADOPT_OBJECTIVE, of.adopted_notes, rapporteur))
    return points


def _creation_slot(group: str) -> int:
    return next(
        slot
        for slot, points in COORDINATION.items()
        for point in points
        if point.group == group and point.asked and point.asked.motion is Motion.CREATE
    )


def _set_preparation(stage: Stage, session: Session, points: list[Point]) -> None:
    """Plan, put on paper, convene, hold; one of them is moved by a week once convened."""
    held_on, at_first = session.day, session.day
    if session.committee == "coordination" and session.number == MOVED_SLOT:
        at_first = pick(held_on - timedelta(7), held_on - timedelta(9), held_on - timedelta(5))
        session.day = at_first
        stage.on(at_first - timedelta(9), time(11, 0), lambda: _move(stage, session, held_on))
    before = timedelta(sessions.AGENDA_DAYS)
    stage.on(at_first - timedelta(60), time(9, 0), lambda: sessions.plan(stage, session))
    stage.on(at_first - before, time(9, 30), lambda: sessions.make_agenda(stage, session, points))
    notice = timedelta(sessions.NOTICE_DAYS)
    stage.on(at_first - notice, time(10, 0), lambda: sessions.convene(stage, session))
    if session.committee == "coordination" and session.number == NEXT_SLOT - 1:
        stage.on(held_on - timedelta(6), time(17, 0), lambda: sessions.reply(stage, session))
    stage.on(held_on, sessions.START, lambda: sessions.hold(stage, session))


def _move(stage: Stage, session: Session, to: date) -> None:
    session.day = to
    sessions.move(stage, session, MOVED_REASON)


def _set_visas(stage: Stage, session: Session) -> None:
    day, version = session.day, 1
    if session.committee == "coordination" and session.number == MOVED_SLOT:
        day = stage.dates.coordination[MOVED_SLOT]
    if session.committee == "coordination" and session.number == CORRECTED_SLOT:
        stage.on(
            next_working_day(day + timedelta(1)), time(9, 0), lambda: sessions.ask_correction(stage, session)
        )
        stage.on(next_working_day(day + timedelta(2)), time(9, 30), lambda: sessions.correct(stage, session))
        day, version = day + timedelta(3), 2
    first, second = next_working_day(day + timedelta(1)), next_working_day(day + timedelta(3))
    stage.on(first, time(10, 0), lambda: sessions.visa(stage, session, 0, version))
    stage.on(second, time(15, 0), lambda: sessions.visa(stage, session, 1, version))


def _set_cancelled(stage: Stage, session: Session) -> None:
    points = list(COORDINATION[session.number])
    day = session.day
    stage.on(day - timedelta(60), time(9, 0), lambda: sessions.plan(stage, session))
    before = timedelta(sessions.AGENDA_DAYS)
    stage.on(day - before, time(9, 30), lambda: sessions.make_agenda(stage, session, points))
    notice = timedelta(sessions.NOTICE_DAYS)
    stage.on(day - notice, time(10, 0), lambda: sessions.convene(stage, session))
    secretary = "aubert"
    stage.on(
        day - timedelta(3),
        time(17, 30),
        lambda: meetings.cancel(stage.actor(secretary), session.meeting_id, reason=CANCELLED_REASON),
    )
    quarter = period_of(day, Every.QUARTER)
    stage.on(
        next_working_day(quarter.last_day + timedelta(6)),
        time(9, 15),
        lambda: meetings.record_missed_period(
            stage.actor(secretary),
            committee_id=stage.committees["coordination"],
            period=quarter.code,
            reason=MISSED_REASON,
        ),
    )


def _set_orientation(stage: Stage) -> None:
    for number, day in enumerate(stage.dates.orientation):
        session = Session("orientation", number, day)
        _set_preparation(stage, session, list(ORIENTATION[number]))
        if number < len(stage.dates.orientation) - 1:
            _set_visas(stage, session)
        else:  # one visa is still awaited
            first = next_working_day(day + timedelta(1))
            stage.on(first, time(10, 0), _first_visa(stage, session))


def _first_visa(stage: Stage, session: Session) -> Callable[[], None]:
    return lambda: sessions.visa(stage, session, 0)


def _set_next_sessions(stage: Stage) -> None:
    """The session being prepared, and the next one of the orientation committee, only planned."""
    today = stage.dates.today
    following = Session("orientation", len(stage.dates.orientation), stage.dates.next_orientation)
    stage.on(today - timedelta(6), time(16, 0), lambda: sessions.plan(stage, following))
    session = Session("coordination", NEXT_SLOT, stage.dates.upcoming)
    points = [
        *UPCOMING,
        sessions.on_objective(UPCOMING_SCORE, ActKind.SCORE_OBJECTIVE, "", "belkacem"),
        sessions.on_objective(UPCOMING_ADOPTION, ActKind.ADOPT_OBJECTIVE, "", "castaing"),
        UPCOMING_PROGRESS,
    ]
    stage.on(today - timedelta(8), time(9, 0), lambda: sessions.plan(stage, session))
    # once the record of the session before is in force, and late enough for one paper to be late today
    visas = stage.dates.coordination[-1] + timedelta(8)
    made_on = min(max(today - timedelta(5), visas), today - timedelta(1))
    stage.on(made_on, time(13, 30), lambda: sessions.make_agenda(stage, session, points))
    stage.on(made_on, time(14, 0), lambda: papers.ask(stage, session))
    stage.on(today - timedelta(1), time(16, 0), lambda: papers.hand_in(stage, session))


# groups and objectives


def _set_groups(stage: Stage) -> None:
    for name, of in GROUPS.items():
        proposer = "aubert"
        day = (*stage.dates.coordination, stage.dates.upcoming)[of.proposed_before]
        if name == GROUP_OF_THE_OPINION:
            day, proposer = stage.dates.orientation[OPINION_OF], "lenoir"
        if name == GROUP_OF_THE_REQUEST:
            day, proposer = stage.dates.today + timedelta(10), of.lead
        stage.on(day - timedelta(40), time(9, 0), _proposal(stage, name, proposer))


def _proposal(stage: Stage, name: str, proposer: str) -> Callable[[], None]:
    def propose() -> None:
        of = GROUPS[name]
        workstreams = {each.key: each.id for each in list_workstreams()}
        stage.groups[name] = projects.propose_group(
            stage.actor(proposer),
            name=of.name,
            workstream_id=workstreams[of.workstream],
            mission=of.mission,
            follows_id=stage.groups[of.follows] if of.follows else None,
        ).id

    return propose


def _set_objectives(stage: Stage) -> None:
    today = stage.dates.today
    days = {UPCOMING_ADOPTION: today - timedelta(6), PROPOSED_BY_A_LEAD: today - timedelta(7)}
    for key, of in OBJECTIVES.items():
        if of.carried_from:
            continue
        day = days.get(key)
        if day is None:
            day = stage.dates.coordination[adoption_slot(stage.dates, of.generation)] - timedelta(32)
        stage.on(day, time(11, 30), _objective(stage, key))


def _objective(stage: Stage, key: str) -> Callable[[], None]:
    def propose() -> None:
        of = OBJECTIVES[key]
        stage.objectives[key] = objectives.propose_objective(
            stage.lead_or_secretary(of.group),
            group_id=stage.groups[of.group],
            semester=semester_of_generation(stage.dates, of.generation).code,
            title=of.title,
            measure=of.measure,
        ).id

    return propose


# reports


def _set_reports(stage: Stage) -> None:
    for group in REPORTS:
        last = stage.dates.today - timedelta(LAST_REPORT.get(group, 0))
        stopped = _stop_slot(group)
        if stopped is not None:
            last = stage.dates.coordination[stopped] - timedelta(18)
        for back in range(REPORTS_KEPT):
            stage.on(last - timedelta(30 * back), time(17, 15), _report(stage, group, back))


def _stop_slot(group: str) -> int | None:
    for slot, points in COORDINATION.items():
        for point in points:
            stops = point.asked is not None and point.asked.motion is Motion.STOP
            if point.group == group and stops and point.outcome is OutcomeKind.ADOPTED:
                return slot
    return None


def _report(stage: Stage, group: str, back: int) -> Callable[[], None]:
    """What the lead says that month: something new, or that nothing changed."""
    texts = REPORTS[group]
    rank = max(len(texts) - 1 - (back + 1) // 2, 0)

    def file() -> None:
        group_id = stage.groups.get(group)
        if group_id is None or status_or_proposed(group_id, clock.today()) not in ACTIVE:
            return
        lead = stage.actor(GROUPS[group].lead)
        if stage.said.get(group) == rank:
            reports.file_unchanged(lead, group_id)
            return
        said = texts[rank]
        reports.file_report(
            lead,
            group_id,
            confidence=said.confidence,
            done=said.done,
            coming=said.coming,
            arbitration=said.arbitration,
        )
        stage.said[group] = rank

    return file


# requests


def _set_requests(stage: Stage) -> None:
    today = stage.dates.today
    stage.on(today - timedelta(5), time(10, 30), lambda: _ask_for_creation(stage))
    for request in REQUESTS:
        stage.on(today - timedelta(request.filed), time(14, 0), _ask(stage, request))


def _ask_for_creation(stage: Stage) -> None:
    """The secretariat drafts the motion, the lead of another group files the request."""
    of = GROUPS[GROUP_OF_THE_REQUEST]
    motion = projects.draft_motion(
        stage.secretary("coordination"),
        group_id=stage.groups[GROUP_OF_THE_REQUEST],
        motion=Motion.CREATE,
        mission=of.mission,
        lead_id=stage.people[of.lead],
        lead_institution_id=stage.institutions[of.institution],
    )
    intake.file_request(
        stage.actor(of.lead),
        committee_id=stage.committees["coordination"],
        origin=RequestOrigin.REQUEST,
        act_kind=ActKind.CREATE_GROUP,
        title=sessions.group_title(GROUP_OF_THE_REQUEST, ActKind.CREATE_GROUP),
        reason=CREATION_REASON,
        group_motion_id=motion.id,
    )


def _ask(stage: Stage, request: Request) -> Callable[[], None]:
    def file() -> None:
        committee_id = stage.committees[request.committee]
        entry = intake.file_request(
            stage.actor(request.author),
            committee_id=committee_id,
            origin=RequestOrigin.REQUEST,
            act_kind=request.act_kind,
            title=request.title,
            wording=request.wording,
            reason=request.reason,
            group_id=stage.groups[request.group] if request.group else None,
        )
        entry_id, secretary = entry.id, stage.secretary(request.committee)
        answered = clock.today() + timedelta(4)
        if request.refused:
            stage.on(
                answered,
                time(9, 45),
                lambda: intake.refuse(secretary, entry_id, answer=request.refused),
            )
        if request.redirected:
            stage.on(
                answered,
                time(9, 50),
                lambda: intake.redirect(
                    secretary,
                    entry_id,
                    committee_id=stage.committees["orientation"],
                    answer=request.redirected,
                ),
            )

    return file
