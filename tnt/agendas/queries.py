"""What can be read of agendas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload, lazyload, selectinload

from tnt.accounts.models import Person
from tnt.actions.models import Action
from tnt.actions.rules import ActionState
from tnt.agendas.models import AgendaItem, AgendaSection, ItemKind, LeftOut, StandingHeading
from tnt.agendas.rules import STANDING_KEYS, Standing, WordingFacts, is_incomplete, overrun
from tnt.agendas.sections import Heading
from tnt.committees.models import Mandate, Seat
from tnt.committees.queries import members_on
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import N_, NotFound, Term
from tnt.core.formats import date_medium
from tnt.core.statements import one_of
from tnt.decisions.rules import ActKind, is_competent
from tnt.intake.models import DecisionRequest, RequestOrigin
from tnt.intake.rules import RequestState
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_read
from tnt.meetings.rules import TO_COME, MeetingState
from tnt.objectives.models import ObjectiveEvent, ObjectiveMotion, SemesterObjective
from tnt.objectives.queries import last_event_id, list_standings, semesters
from tnt.objectives.rules import ObjectiveMotionKind, ObjectiveState
from tnt.programme.rules import Every, period_of
from tnt.projects.models import GroupMotion, ProjectGroup, Workstream
from tnt.projects.queries import list_groups, mission_on, status_in_force, statuses_on
from tnt.projects.rules import ACTIVE, GroupStatus, Motion, next_status


def items_of(meeting_id: int) -> Sequence[AgendaItem]:
    """The items of a meeting in order, with what they are about."""
    return db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(
            joinedload(AgendaItem.rapporteur),
            joinedload(AgendaItem.group),
            joinedload(AgendaItem.section),
            selectinload(AgendaItem.request).options(
                lazyload(DecisionRequest.group_motion), lazyload(DecisionRequest.objective_motion)
            ),
            selectinload(AgendaItem.group_motion).options(
                joinedload(GroupMotion.lead), joinedload(GroupMotion.lead_institution)
            ),
            selectinload(AgendaItem.objective_motion).joinedload(ObjectiveMotion.objective),
        )
        .order_by(AgendaItem.position)
    ).all()


class AgendaLine(NamedTuple):
    """An item as the page of its meeting shows it."""

    id: int
    meeting_id: int
    position: int
    kind: ItemKind
    title: str
    minutes: int
    draft_wording: str
    times_deferred: int
    request_id: int | None
    section_id: int | None
    created_at: datetime
    standing: Standing | None
    reserved: bool
    given_name: str | None  # of the rapporteur
    family_name: str | None
    origin: RequestOrigin | None  # of what was placed here
    reason: str | None  # why it was asked

    @property
    def rapporteur(self) -> str:
        """Who reports, « » for nobody."""
        return f"{self.given_name} {self.family_name}" if self.family_name is not None else ""


_item, _request = AgendaItem.__table__, DecisionRequest.__table__
_LINES = (
    select(
        *(_item.c[name] for name in AgendaLine._fields[:-4]),
        Person.__table__.c.given_name,
        Person.__table__.c.family_name,
        _request.c.origin,
        _request.c.reason,
    )
    .outerjoin(Person.__table__, Person.__table__.c.id == _item.c.rapporteur_id)
    .outerjoin(_request, _request.c.id == _item.c.request_id)
    .where(
        _item.c.meeting_id == bindparam("meeting_id"),
        or_(bindparam("reserved", type_=Boolean()), _item.c.reserved.is_(False)),
    )
    .order_by(_item.c.position)
)


def lines_of(meeting_id: int, *, reserved: bool) -> list[AgendaLine]:
    """The items of a meeting in order, with no more than its page shows; the `reserved` ones if asked."""
    found = db.session.connection().execute(_LINES, {"meeting_id": meeting_id, "reserved": reserved})
    return [AgendaLine._make(row) for row in found]


_mandate = Mandate.__table__
_SEATS = select(func.count(_mandate.c.id)).where(
    _mandate.c.committee_id == bindparam("committee_id"),
    one_of(_mandate.c.seat, [Seat.CO_CHAIR, Seat.FULL_MEMBER, Seat.PERMANENT_GUEST]),
    _mandate.c.from_on <= bindparam("day", type_=Date()),
    or_(_mandate.c.until_on.is_(None), _mandate.c.until_on >= bindparam("day", type_=Date())),
)


_section = AgendaSection.__table__
_SECTIONS = (
    select(_section.c.id, _section.c.title, _section.c.gathers)
    .where(_section.c.meeting_id == bindparam("meeting_id"))
    .order_by(_section.c.position)
)


def sections_of(meeting_id: int) -> list[Heading]:
    """The sections of an agenda, in order."""
    found = db.session.connection().execute(_SECTIONS, {"meeting_id": meeting_id})
    return [Heading(row.title, row.gathers, row.id) for row in found]


def standing_headings(committee_id: int) -> list[Heading]:
    """The headings that every agenda of a committee begins with, in order."""
    found = db.session.scalars(
        select(StandingHeading)
        .where(StandingHeading.committee_id == committee_id)
        .order_by(StandingHeading.position)
    )
    return [Heading(one.title, one.gathers, one.id) for one in found]


def get_item(actor: Actor, item_id: int) -> AgendaItem:
    """An item that the actor may read. Raises NotFound."""
    item = db.session.get(AgendaItem, item_id)
    if item is None or not can_read(actor, item.meeting.committee_id):
        raise NotFound()
    return item


def group_id_of(item: AgendaItem) -> int | None:
    """The group that an item is about, directly or by what it asks."""
    if item.group_motion is not None:
        return item.group_motion.group_id
    if item.objective_motion is not None:
        return item.objective_motion.objective.group_id
    return item.group_id


def find_live_item_of(
    group_motion_id: int | None, objective_motion_id: int | None, request_id: int | None
) -> AgendaItem | None:
    """An item of a session to come, to be dated or under way, that already carries one of these."""
    wanted = [
        column == value
        for column, value in (
            (AgendaItem.group_motion_id, group_motion_id),
            (AgendaItem.objective_motion_id, objective_motion_id),
            (AgendaItem.request_id, request_id),
        )
        if value is not None
    ]
    if not wanted:
        return None
    return db.session.scalar(
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(Meeting.state.in_([*TO_COME, MeetingState.IN_SESSION, MeetingState.POSTPONED]), or_(*wanted))
        .limit(1)
    )


def placements(request_ids: Sequence[int]) -> dict[int, Meeting]:
    """The meeting on which each entry of the intake was placed last."""
    items = db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.request_id.in_(request_ids))
        .options(joinedload(AgendaItem.meeting))
        .order_by(AgendaItem.id)
    )
    return {item.request_id: item.meeting for item in items if item.request_id is not None}


def find_item_on_group(meeting_id: int, group_id: int) -> AgendaItem | None:
    """The item of a meeting that decides on the life of that group, if any."""
    return db.session.scalar(
        select(AgendaItem)
        .join(AgendaItem.group_motion)
        .where(AgendaItem.meeting_id == meeting_id, GroupMotion.group_id == group_id)
        .limit(1)
    )


def find_item_on_objective(meeting_id: int, objective_id: int) -> AgendaItem | None:
    """The item of a meeting that decides on that objective, if any."""
    return db.session.scalar(
        select(AgendaItem)
        .join(AgendaItem.objective_motion)
        .where(AgendaItem.meeting_id == meeting_id, ObjectiveMotion.objective_id == objective_id)
        .limit(1)
    )


def seated_on(committee_id: int, day: date) -> Sequence[Person]:
    """Whoever sits in the committee on that day, by name: those who may report on an item."""
    return members_on(committee_id, day)


def wording_facts(
    committee_name: str,
    *,
    group_motion: GroupMotion | None = None,
    objective_motion: ObjectiveMotion | None = None,
    group_name: str = "",
    title: str = "",
) -> WordingFacts:
    """What is known of what is asked, for the wording proposed."""
    if group_motion is not None:
        return WordingFacts(
            committee=committee_name,
            title=title,
            group=group_motion.group.name,
            mission=group_motion.mission,
            reason=group_motion.reason,
            stop_kind=group_motion.stop_kind,
            lead=_lead(group_motion),
            effective_on=date_medium(group_motion.effective_on) if group_motion.effective_on else "",
        )
    if objective_motion is not None:
        objective = objective_motion.objective
        return WordingFacts(
            committee=committee_name,
            title=title,
            group=objective.group.name,
            objective=objective.title,
            measure=objective.measure,
            semester=_semester(objective.semester),
            score=objective_motion.score,
            follow_up=objective_motion.follow_up,
            amended_title=objective_motion.amended_title,
        )
    return WordingFacts(committee=committee_name, group=group_name, title=title)


def _lead(motion: GroupMotion) -> str:
    if motion.lead is None:
        return ""
    institution = f" ({motion.lead_institution.short_name})" if motion.lead_institution else ""
    return f"{motion.lead.full_name}{institution}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could be added, why, and how: in one click (`key`), or with a form (`act_kind`, `object_id`)."""

    title: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    key: str = ""
    act_kind: ActKind = ActKind.OTHER
    object_id: int | None = None

    @property
    def leave_key(self) -> str:
        """What names it when it is left out."""
        return self.key or f"objectif-{self.object_id}"


class Proposals(NamedTuple):
    """The first of what could be added, and whether there is more: hundreds are not counted at each look."""

    shown: list[Proposal]
    more: bool = False


_WHY = {
    RequestOrigin.REQUEST: N_("Demande qui attend une suite."),
    RequestOrigin.OPINION: N_("L’autre comité a rendu un avis : ce comité est compétent."),
    RequestOrigin.DEFERRED: N_("Point reporté par une séance précédente (%(count)s fois)."),
    RequestOrigin.RETURNED: N_("Point d’une séance annulée ou reportée."),
    RequestOrigin.CONSULTATION: N_("Un membre consulté par écrit a demandé un examen en séance."),
    RequestOrigin.MEASURE: N_(
        "Mesure conservatoire à ratifier : sans réponse du comité, elle reste provisoire."
    ),
    RequestOrigin.REPORT: N_("Décidé entre les séances : le comité en est informé à la suivante."),
}
_UNDECIDED = {
    Motion.CREATE: N_("Groupe proposé : sa création attend une décision."),
    Motion.CONTINUE: N_("Groupe actif sans décision à cet ordre du jour."),
}
_MINUTES_TITLE = "Approbation du compte rendu de la séance du %(day)s"
_FOLLOW_UP_TITLE = "Suites données"
_STANDING = {
    Standing.MINUTES: N_("La séance précédente est levée : son compte rendu est à approuver."),
    Standing.FOLLOW_UP: N_("Actions en cours à passer en revue : %(count)s."),
}
_ADOPT = N_("Objectif proposé pour le %(semester)s : à adopter.")
_SCORE = N_("Objectif du %(semester)s : à évaluer.")
DUE_SOON_DAYS = 31
ACTIONS_COUNTED = 100  # nobody passes more in review, and a page does not count them for the figure's sake
_MORE_ACTIONS = Term(N_("plus de 100"))
EVERY_PROPOSAL = 100_000


def list_proposals(meeting: Meeting, most: int = EVERY_PROPOSAL, facts: Facts | None = None) -> Proposals:
    """What could be put on the agenda of a meeting, and why: the first `most`, and whether there is more.

    What every session has comes first, then what waits, then the groups, then the objectives.
    """
    key, day = meeting.committee.key, clock.paris_day(meeting.starts_at)
    soon = day + timedelta(days=DUE_SOON_DAYS + 1)
    values = {
        "meeting_id": meeting.id,
        "committee_id": meeting.committee_id,
        "most": most + 1,
        "day": day,
        "of_groups": is_competent(key, ActKind.CONTINUE_GROUP),
        "of_objectives": is_competent(key, ActKind.ADOPT_OBJECTIVE),
        "present": period_of(day, Every.SEMESTER).code,
        "not_over": period_of(soon, Every.SEMESTER).code,  # the first semester that is not about to be over
    }
    found = _standing_proposals(meeting, facts or facts_of(meeting))
    found += [_TOLD[row.what](row) for row in db.session.connection().execute(_CANDIDATES, values)]
    return Proposals(found[:most], more=len(found) > most)


class SessionHeld(NamedTuple):
    """A session whose minutes are to be approved."""

    id: int
    starts_at: datetime


# who says which session's minutes are to be approved: the minutes, which stand above
MinutesProvider = Callable[[Meeting], SessionHeld | None]
_MINUTES: list[MinutesProvider] = []


def register_minutes_to_approve(provider: MinutesProvider) -> None:
    """Say of which session a meeting is to approve the minutes; None for none."""
    _MINUTES[:] = [provider]


def minutes_to_approve(meeting: Meeting) -> SessionHeld | None:
    """The session whose minutes are to be approved at that one, if any."""
    return next((provider(meeting) for provider in _MINUTES), None)


def _is_there(standing: Standing) -> ColumnElement[bool]:
    """Whether that standing item is on the agenda, or was left out of it."""
    on_agenda = exists().where(
        AgendaItem.meeting_id == bindparam("meeting_id"), AgendaItem.standing == standing
    )
    left = exists().where(LeftOut.meeting_id == bindparam("meeting_id"), LeftOut.standing == standing)
    return or_(on_agenda, left)


_FACTS = select(
    _is_there(Standing.MINUTES).label("minutes"),
    _is_there(Standing.FOLLOW_UP).label("follow_up"),
    select(func.count())
    .select_from(
        select(Action.id)
        .where(Action.committee_id == bindparam("committee_id"), Action.state == ActionState.OPEN)
        .limit(ACTIONS_COUNTED + 1)
        .subquery()
    )
    .scalar_subquery()
    .label("open_actions"),
    _SEATS.scalar_subquery().label("seats"),
    exists().where(LeftOut.meeting_id == bindparam("meeting_id")).label("any_left_out"),
)


class Facts(NamedTuple):
    """Small figures of a meeting, all of one query."""

    minutes: bool  # the approval of the previous minutes is on the agenda, or was left out
    follow_up: bool
    open_actions: int  # of the committee, counted to one more than `ACTIONS_COUNTED`
    seats: int  # that the roll has: neither the substitutes nor the secretariat
    any_left_out: bool  # of what was proposed


def facts_of(meeting: Meeting) -> Facts:
    """What the page of a meeting says of it in a few figures."""
    values = {
        "meeting_id": meeting.id,
        "committee_id": meeting.committee_id,
        "day": clock.paris_day(meeting.starts_at),
    }
    return Facts._make(db.session.connection().execute(_FACTS, values).one())


def _standing_proposals(meeting: Meeting, facts: Facts) -> list[Proposal]:
    """What every session has, unless it is there already or was left out."""
    keys = {standing: key for key, standing in STANDING_KEYS.items()}
    found = []
    before = None if facts.minutes else minutes_to_approve(meeting)
    if before is not None:
        title = minutes_title(before)
        found.append(Proposal(title, _STANDING[Standing.MINUTES], key=keys[Standing.MINUTES]))
    if facts.open_actions and not facts.follow_up:
        many = facts.open_actions > ACTIONS_COUNTED
        words: dict[str, Any] = {"count": _MORE_ACTIONS if many else facts.open_actions}
        why = _STANDING[Standing.FOLLOW_UP]
        found.append(Proposal(_FOLLOW_UP_TITLE, why, words, key=keys[Standing.FOLLOW_UP]))
    return found


def minutes_title(before: SessionHeld) -> str:
    """« Approbation du compte rendu de la séance du 12 novembre 2026 », in French like every title."""
    return _MINUTES_TITLE % {"day": date_medium(before.starts_at)}


def minutes_wording(committee: str, before: SessionHeld) -> str:
    """What approving them says: it names the session."""
    name = committee[:1].lower() + committee[1:]
    return f"Le {name} approuve le compte rendu de la séance du {date_medium(before.starts_at)}."


def follow_up_title() -> str:
    """« Suites données », in French like every title."""
    return _FOLLOW_UP_TITLE


_LEFT_OUT = (
    select(LeftOut)
    .where(LeftOut.meeting_id == bindparam("meeting_id"))
    .options(joinedload(LeftOut.request), joinedload(LeftOut.group), joinedload(LeftOut.objective))
    .order_by(LeftOut.id.desc())
)


def left_out_of(meeting_id: int) -> Sequence[LeftOut]:
    """What was proposed for an agenda and not taken, last left first."""
    return db.session.scalars(_LEFT_OUT, {"meeting_id": meeting_id}).all()


def _of_entry(row: Row[*tuple[Any, ...]]) -> Proposal:
    why = _WHY[RequestOrigin(row.detail)]
    return Proposal(row.title, why, {"count": row.times_deferred}, key=f"demande-{row.id}")


def _of_group(row: Row[*tuple[Any, ...]]) -> Proposal:
    motion = Motion.CREATE if row.detail is None else Motion.CONTINUE
    return Proposal(row.title, _UNDECIDED[motion], key=f"groupe-{row.id}-{motion.value}")


def _of_objective(row: Row[*tuple[Any, ...]]) -> Proposal:
    words = {"semester": _semester(row.semester)}
    if row.detail is None:
        return Proposal(row.title, _ADOPT, words, key=f"objectif-{row.id}")
    return Proposal(row.title, _SCORE, words, act_kind=ActKind.SCORE_OBJECTIVE, object_id=row.id)


# the statements are built once: a page that lists proposals would spend as long on building as on asking
SORT = "sort_"

_pending = and_(
    DecisionRequest.committee_id == bindparam("committee_id"),
    DecisionRequest.state == RequestState.PENDING,
)


def _left(column: Any) -> Select[tuple[int]]:
    """The ids of what was left out of the agenda of that meeting."""
    return select(column).where(LeftOut.meeting_id == bindparam("meeting_id"), column.is_not(None))


def _kind(columns: Sequence[Any], order: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    """One kind of what could be added: id, title, detail, times deferred, semester; and what orders it."""
    id_, title, detail, times, semester = columns
    return select(
        id_.label("id"),
        title.label("title"),
        cast(detail, String).label("detail"),
        cast(times, Integer).label("times_deferred"),
        cast(semester, String).label("semester"),
        *(column.label(f"{SORT}{rank}") for rank, column in enumerate(order)),
    )


def _first_of(name: str, kind: Select[*tuple[Any, ...]], *before: CTE, last_before: bool = False) -> CTE:
    """The first of a kind, as many as `before` leave to find; its first sort falls if `last_before`."""
    first, *others = (column for column in kind.selected_columns if str(column.key).startswith(SORT))
    ordered = kind.order_by(first.desc() if last_before else first, *others)
    wanted: ColumnElement[int] = bindparam("most", type_=Integer())
    for one in before:
        wanted = wanted - select(func.count()).select_from(one).scalar_subquery()
    return ordered.limit(wanted).cte(name)  # a limit of 0 looks for nothing at all


def _ranked(
    what: int, found: CTE, *, detail: ColumnElement[Any] | None = None, last_before: bool = False
) -> Select[*tuple[Any, ...]]:
    """What was found of a kind, each with its rank, and the detail that only these few need."""
    first, *others = (column for column in found.c if column.key.startswith(SORT))
    return select(
        literal(what).label("what"),
        found.c.id,
        found.c.title,
        (found.c.detail if detail is None else cast(detail, String)).label("detail"),
        found.c.times_deferred,
        found.c.semester,
        func.row_number().over(order_by=(first.desc() if last_before else first, *others)).label("rank"),
    )


_WAITING = _kind(
    (
        DecisionRequest.id,
        DecisionRequest.title,
        DecisionRequest.origin,
        DecisionRequest.times_deferred,
        null(),
    ),
    (DecisionRequest.created_at, DecisionRequest.id),
).where(_pending, DecisionRequest.id.not_in(_left(LeftOut.request_id)))

# to create, or to go on with, and on whose life nothing is asked yet
_day = bindparam("day", type_=Date())
_asked_for = (
    select(GroupMotion.group_id)
    .join(DecisionRequest, DecisionRequest.group_motion_id == GroupMotion.id)
    .where(_pending)
)
_on_agenda = (
    select(GroupMotion.group_id)
    .join(AgendaItem, AgendaItem.group_motion_id == GroupMotion.id)
    .where(AgendaItem.meeting_id == bindparam("meeting_id"))
)
_UNDECIDED_GROUPS = (
    _kind(
        (ProjectGroup.id, ProjectGroup.name, null(), null(), null()),
        # the order of two indexes: the first ones are found without sorting all
        (Workstream.position, Workstream.id, ProjectGroup.name, ProjectGroup.id),
    )
    .join(Workstream, Workstream.id == ProjectGroup.workstream_id)
    .where(
        bindparam("of_groups", type_=Boolean()),
        one_of(
            func.coalesce(status_in_force(ProjectGroup.id, _day), GroupStatus.PROPOSED),
            [GroupStatus.PROPOSED, *sorted(ACTIVE)],
        ),
        ProjectGroup.id.not_in(_asked_for),
        ProjectGroup.id.not_in(_on_agenda),
        ProjectGroup.id.not_in(_left(LeftOut.group_id)),
    )
)

# to adopt while their semester lasts, to score since it ends within the month, or has
_objective_on_agenda = (
    select(ObjectiveMotion.objective_id)
    .join(AgendaItem, AgendaItem.objective_motion_id == ObjectiveMotion.id)
    .where(AgendaItem.meeting_id == bindparam("meeting_id"))
)
_DUE_OBJECTIVES = (
    _kind(
        (
            SemesterObjective.id,
            SemesterObjective.title,
            ObjectiveEvent.kind,
            null(),
            SemesterObjective.semester,
        ),
        (
            SemesterObjective.semester,
            Workstream.position,
            ProjectGroup.name,
            SemesterObjective.created_at,
            SemesterObjective.id,
        ),
    )
    .select_from(SemesterObjective)
    .join(ProjectGroup, ProjectGroup.id == SemesterObjective.group_id)
    .join(Workstream, Workstream.id == ProjectGroup.workstream_id)
    .outerjoin(ObjectiveEvent, ObjectiveEvent.id == last_event_id(SemesterObjective.id))
    .where(
        bindparam("of_objectives", type_=Boolean()),
        or_(
            and_(
                ObjectiveEvent.id.is_(None),
                SemesterObjective.withdrawn_at.is_(None),
                SemesterObjective.semester >= bindparam("present", type_=String()),
            ),
            and_(
                ObjectiveEvent.kind == ObjectiveMotionKind.ADOPT,
                SemesterObjective.semester < bindparam("not_over", type_=String()),
            ),
        ),
        SemesterObjective.id.not_in(_objective_on_agenda),
        SemesterObjective.id.not_in(_left(LeftOut.objective_id)),
    )
)
_waiting = _first_of("waiting", _WAITING)
_groups = _first_of("undecided", _UNDECIDED_GROUPS, _waiting)
_objectives = _first_of("due", _DUE_OBJECTIVES, _waiting, _groups, last_before=True)
_each = union_all(
    _ranked(0, _waiting),
    _ranked(1, _groups, detail=status_in_force(_groups.c.id, _day)),
    _ranked(2, _objectives, last_before=True),
).subquery()
_CANDIDATES = select(_each).order_by(_each.c.what, _each.c.rank)
_TOLD: dict[int, Callable[[Row[*tuple[Any, ...]]], Proposal]] = {0: _of_entry, 1: _of_group, 2: _of_objective}


def objectives_in(state: ObjectiveState, day: date) -> list[tuple[int, str]]:
    """The objectives in that state, as (id, words) to choose from."""
    return [
        (one.objective.id, f"{one.objective.group.name} – {one.objective.title} ({_semester(semester.code)})")
        for semester in semesters(day)
        for one in list_standings(semester.code)
        if one.state is state
    ]


def groups_for(motion: Motion, day: date) -> list[tuple[int, str]]:
    """The groups for which the life cycle allows that motion on that day, as (id, name)."""
    statuses = {group_id: event.status for group_id, event in statuses_on(day).items()}
    return [
        (group.id, group.name)
        for group in list_groups()
        if next_status(statuses.get(group.id, GroupStatus.PROPOSED), motion) is not None
    ]


def mission_to_start_from(group_id: str | None, day: date) -> str:
    """The mission of a group on a day, or the one it was proposed with; empty for no group."""
    if group_id is None or not (group_id.isascii() and group_id.isdigit() and len(group_id) < 10):
        return ""
    group = db.session.get(ProjectGroup, int(group_id))
    if group is None:
        return ""
    current = mission_on(group.id, day)
    return current.text if current else group.proposed_mission


def _semester(code: str) -> str:
    year, _, number = code.partition("-")
    return f"{number}\u00a0{year}"


# who tells how each item ended: the sittings, which stand above
OutcomeProvider = Callable[[int], Mapping[int, str]]
_OUTCOMES: list[OutcomeProvider] = []


def register_outcomes(provider: OutcomeProvider) -> None:
    """Say how the items of a meeting (its id) ended: item id → outcome kind, for the agenda's page."""
    _OUTCOMES[:] = [provider]


def outcomes_of(meeting_id: int) -> dict[int, str]:
    """How each item ended, once held."""
    return {item_id: kind for provider in _OUTCOMES for item_id, kind in provider(meeting_id).items()}


class Attached(NamedTuple):
    """A file under an item, as one reader finds it on the page of the meeting."""

    item_id: int
    title: str
    url: str
    file_name: str
    size: int
    note: str = ""


# who tells the files of a meeting that a reader may open: the papers, which stand above
AttachedProvider = Callable[[Actor, Meeting], Sequence[Attached]]
_ATTACHED: list[AttachedProvider] = []


def register_attached(provider: AttachedProvider) -> None:
    """Say which files stand under the items of a meeting for a reader, in one question."""
    _ATTACHED[:] = [provider]


def attached_to(actor: Actor, meeting: Meeting) -> dict[int, list[Attached]]:
    """The files that the reader may open, by item."""
    found: dict[int, list[Attached]] = defaultdict(list)
    for provider in _ATTACHED:
        for file in provider(actor, meeting):
            found[file.item_id].append(file)
    return found


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to settle before convening; `blocking` when the convocation would be refused."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    blocking: bool = False
    item_id: int | None = None  # where it is mended, if on one item


def remarks_on(meeting: Meeting, items: Sequence[AgendaItem] | Sequence[AgendaLine]) -> list[Remark]:
    """What is missing, or does not fit, before the session is convened."""
    found = []
    if not items:
        found.append(Remark(N_("L’ordre du jour est vide : ajoutez au moins un point."), blocking=True))
    found += [
        Remark(
            N_("Point %(position)s : le projet de texte est à compléter."),
            {"position": item.position},
            item_id=item.id,
        )
        for item in items
        if item.kind is not ItemKind.INFORMATION and is_incomplete(item.draft_wording)
    ]
    beyond = overrun((item.minutes for item in items), slot_minutes(meeting))
    if beyond:
        found.append(
            Remark(N_("L’ordre du jour dépasse de %(minutes)s minutes la durée prévue."), {"minutes": beyond})
        )
    left = (clock.paris_day(meeting.starts_at) - clock.today()).days
    if (
        meeting.state is MeetingState.PLANNED
        and not meeting.recorded_afterwards
        and left < meeting.notice_days
    ):
        found.append(
            Remark(
                N_("Le délai de convocation (%(days)s jours) n’est plus tenu : un motif sera demandé."),
                {"days": meeting.notice_days},
            )
        )
    return found


def slot_minutes(meeting: Meeting) -> int:
    """How long the session is meant to last."""
    return int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)


def notice_deadline(meeting: Meeting) -> date:
    """The last day on which convening keeps the notice delay."""
    return clock.paris_day(meeting.starts_at) - timedelta(days=meeting.notice_days)
