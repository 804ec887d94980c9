"""What an item leads to: checked before the levée, shown in the preview, carried out at the last visa.

One table, HANDLERS, goes from the draft that an item carries to the lower service that applies it. An act
of a committee without competence is an opinion: nothing is applied, the competent committee is asked.

What is decided elsewhere than in a session (a written consultation) carries the same drafts: `Carrier` is all
that is asked of either. Features above register what hangs on the outcome of an item (`register_follower`)
and the decisions in visa that they hold (`register_pending`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Select, select

from tnt.agendas.models import AgendaItem
from tnt.agendas.rules import restate
from tnt.committees.models import Committee
from tnt.core import blobs
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError, Forbidden
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, EffectLine, Nature, competent_committee, nature_in
from tnt.decisions.services import record_prior_act as record_act_of_before
from tnt.handovers import services as handovers
from tnt.handovers.rules import Answer
from tnt.intake.models import DecisionRequest, RequestOrigin
from tnt.intake.services import file_request
from tnt.minutes.models import Minutes
from tnt.minutes.queries import approved_by
from tnt.minutes.services import approval as minutes
from tnt.objectives import services as objectives
from tnt.objectives.models import ObjectiveMotion
from tnt.projects import services as projects
from tnt.projects.models import GroupAct, GroupMotion, ProjectGroup, StatusEvent
from tnt.projects.queries import get_group
from tnt.projects.rules import Motion, StopKind
from tnt.sittings.models import Outcome
from tnt.sittings.rules import OutcomeKind, makes_act

APPROVING = frozenset({OutcomeKind.ADOPTED, OutcomeKind.ADOPTED_AMENDED})


class ApprovedAmended(DomainError):
    """Minutes are approved as they stand: what a session changes in them is written first."""

    message = N_(
        "Un compte rendu s’approuve tel qu’il est : demandez la modification sur sa page, acceptez-la, puis "
        "choisissez « Adoptée »."
    )


class Carrier(Protocol):
    """What carries a draft to its decision: an agenda item, a written consultation."""

    @property
    def act_kind(self) -> ActKind:
        """What the act will do."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def position(self) -> int:
        """Its order among what is decided that day."""

    @property
    def minutes(self) -> int:
        """How long it would take in a session."""

    @property
    def group_motion_id(self) -> int | None:
        """The id of what it asks for a group."""

    @property
    def group_motion(self) -> GroupMotion | None:
        """What it asks for a group."""

    @property
    def objective_motion_id(self) -> int | None:
        """The id of what it asks for an objective."""

    @property
    def objective_motion(self) -> ObjectiveMotion | None:
        """What it asks for an objective."""

    @property
    def group_id(self) -> int | None:
        """The group that it concerns without asking anything for it."""

    @property
    def request_id(self) -> int | None:
        """The entry of the intake from which it comes."""


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of draft is checked, described and carried out."""

    draft_of: Callable[[Carrier], Any]
    check: Callable[[Any, date, int], None]
    describe: Callable[[Any, date], list[EffectLine]]
    carry_out: Callable[[Actor, Any, Act], Any]
    effective_day: Callable[[Any, date], date]


def _check_motion(motion: GroupMotion, decided_on: date, item_order: int) -> None:
    projects.check_motion_applies(motion, decided_on, item_order)
    handovers.check_applies(motion)


def _carry_out_motion(actor: Actor, motion: GroupMotion, act: Act) -> StatusEvent:
    """What the group becomes, and what becomes of all that it leaves open."""
    event = projects.carry_out(actor, motion, act)
    handovers.carry_out(actor, motion, act)
    return event


def _minutes_to_approve(item: Carrier) -> Minutes | None:
    return approved_by(item) if isinstance(item, AgendaItem) else None


HANDLERS = (
    Handler(
        draft_of=lambda item: item.group_motion,
        check=_check_motion,
        describe=lambda motion, day: [*projects.describe_motion(motion, day), *handovers.describe(motion)],
        carry_out=_carry_out_motion,
        effective_day=projects.effective_day,
    ),
    Handler(
        draft_of=lambda item: item.objective_motion,
        check=objectives.check_motion_applies,
        describe=objectives.describe_motion,
        carry_out=objectives.carry_out,
        effective_day=lambda _motion, day: day,
    ),
    Handler(
        draft_of=_minutes_to_approve,
        check=lambda found, _day, _order: minutes.check_approvable(found),
        describe=lambda found, _day: minutes.describe_approval(found),
        carry_out=minutes.approve_in_session,
        effective_day=lambda _minutes, day: day,
    ),
)


def _handlers(item: Carrier) -> list[tuple[Handler, Any]]:
    return [(handler, draft) for handler in HANDLERS if (draft := handler.draft_of(item)) is not None]


def nature_of(item: Carrier, committee: Committee, outcome: OutcomeKind) -> Nature:
    """A decision, or an opinion where the item asked for one or the committee is not competent."""
    if outcome is OutcomeKind.OPINION_GIVEN:
        return Nature.OPINION
    return nature_in(committee.key, item.act_kind)


def effective_day(item: Carrier, decided_on: date) -> date:
    """The day from which the item's act takes effect."""
    days = [handler.effective_day(draft, decided_on) for handler, draft in _handlers(item)]
    return max(days, default=decided_on)


def check(item: Carrier, committee: Committee, outcome: OutcomeKind, decided_on: date) -> None:
    """Raise the refusal of an effect that could not be carried out."""
    if makes_act(outcome) and nature_of(item, committee, outcome) is Nature.DECISION:
        if outcome is OutcomeKind.ADOPTED_AMENDED and _minutes_to_approve(item) is not None:
            raise ApprovedAmended()
        for handler, draft in _handlers(item):
            handler.check(draft, decided_on, item.position)


def lift(actor: Actor, item: AgendaItem, outcome: OutcomeKind) -> None:
    """What an outcome changes from the levée on, without awaiting the visas. Inside its transaction.

    Silence does not approve the minutes that a session did not.
    """
    if outcome not in APPROVING:
        drop(actor, item)


def drop(actor: Actor, item: AgendaItem) -> None:
    """What a decision dropped at the visa leaves: silence does not approve minutes in its stead."""
    found = _minutes_to_approve(item)
    if found is not None:
        minutes.leave_to_a_session(actor, found)


def describe(item: Carrier, committee: Committee, outcome: OutcomeKind, decided_on: date) -> list[EffectLine]:
    """What an outcome will do, in sentences. May raise what `check` raises."""
    return [
        *_described(item, committee, outcome, decided_on),
        *_not_approved(item, outcome),
        *_followed(item, outcome),
    ]


def _not_approved(item: Carrier, outcome: OutcomeKind) -> list[EffectLine]:
    found = _minutes_to_approve(item) if outcome not in APPROVING else None
    return minutes.describe_no_approval(found) if found is not None else []


def _described(
    item: Carrier, committee: Committee, outcome: OutcomeKind, decided_on: date
) -> list[EffectLine]:
    if outcome is OutcomeKind.DEFERRED and isinstance(item, AgendaItem):
        if item.standing is not None:
            return [EffectLine("deferred", N_("Le point sera de nouveau proposé à la prochaine séance."))]
        times = item.times_deferred + 1
        return [
            EffectLine(
                "deferred",
                N_("Le point retourne aux demandes du comité (reporté %(times)s fois)."),
                {"times": times},
            )
        ]
    if not makes_act(outcome):
        return []
    if nature_of(item, committee, outcome) is Nature.OPINION:
        competent = _competent_elsewhere(item, committee)
        if competent is None:
            return []
        return [
            EffectLine(
                "request",
                N_("L’avis est transmis au %(committee)s, seul compétent pour décider."),
                {"committee": competent.name},
            )
        ]
    return [line for handler, draft in _handlers(item) for line in handler.describe(draft, decided_on)]


def _competent_elsewhere(item: Carrier, committee: Committee) -> Committee | None:
    key = competent_committee(item.act_kind)
    if key is None or key == committee.key:
        return None
    return db.session.scalar(select(Committee).where(Committee.key == key))


@dataclass(frozen=True, slots=True)
class Follower:
    """What hangs on the outcome of an item, besides what its own draft does.

    `describe` says it in the preview. `follow` does it at the last visa, for every item that ended; the act
    is None for an outcome that makes none, or when it was dropped at visa.
    """

    describe: Callable[[AgendaItem, OutcomeKind], list[EffectLine]]
    follow: Callable[[Actor, AgendaItem, OutcomeKind, Act | None], None]


_FOLLOWERS: dict[str, Follower] = {}


def register_follower(name: str, follower: Follower) -> None:
    """Add what hangs on the outcome of items."""
    _FOLLOWERS[name] = follower


def _followed(item: Carrier, outcome: OutcomeKind) -> list[EffectLine]:
    if not isinstance(item, AgendaItem):
        return []
    return [line for follower in _FOLLOWERS.values() for line in follower.describe(item, outcome)]


def follow(actor: Actor, item: AgendaItem, outcome: OutcomeKind, act: Act | None) -> None:
    """Tell whoever hangs on an item how it ended. Inside the transaction of the last visa."""
    with transaction():
        for follower in _FOLLOWERS.values():
            follower.follow(actor, item, outcome, act)


def carry_out(actor: Actor, item: Carrier, committee: Committee, act: Act) -> None:
    """Apply what an act in force does. Inside the transaction of the last visa: all or nothing."""
    with transaction() as session:
        if act.nature is Nature.OPINION:
            _refer_opinion(actor, item, committee, act)
        else:
            for handler, draft in _handlers(item):
                handler.carry_out(actor, draft, act)
            _link_to_opinion(item, act)
        group_id = group_of(item)
        statused = session.scalar(select(StatusEvent.id).where(StatusEvent.act_id == act.id))
        if group_id is None or statused is not None:
            return
        if session.get(GroupAct, (group_id, act.id)) is None:
            session.add(GroupAct(group_id=group_id, act_id=act.id))


def group_of(item: Carrier) -> int | None:
    """The id of the group that an item concerns, if any."""
    if item.group_motion is not None:
        return item.group_motion.group_id
    if item.objective_motion is not None:
        return item.objective_motion.objective.group_id
    return item.group_id


def _refer_opinion(actor: Actor, item: Carrier, committee: Committee, act: Act) -> None:
    competent = _competent_elsewhere(item, committee)
    if competent is None:
        return
    file_request(
        actor,
        committee_id=competent.id,
        origin=RequestOrigin.OPINION,
        act_kind=item.act_kind,
        title=item.title,
        wording=restate(act.wording, item.act_kind, committee.name, competent.name),
        author_id=actor.person_id,
        group_motion_id=item.group_motion_id,
        objective_motion_id=item.objective_motion_id,
        opinion_act_id=act.id,
        from_meeting_id=act.meeting_id,
        minutes=item.minutes,
        group_id=item.group_id,
        reserved=act.reserved,
    )


def _link_to_opinion(item: Carrier, act: Act) -> None:
    """A decision that follows an opinion says which."""
    if item.request_id is None:
        return
    request = db.session.get(DecisionRequest, item.request_id)
    if request is not None and request.opinion_act_id is not None:
        act.opinion_of_id = request.opinion_act_id


class GroupReserved(DomainError):
    """Another record in visa already decides on that group."""

    message = N_(
        "Le groupe « %(group)s » fait l’objet d’une décision en attente de visa (%(act)s) : "
        "faites d’abord viser ce relevé, ou reportez ce point."
    )


def check_not_reserved(
    item: Carrier, committee: Committee, outcome: OutcomeKind, meeting_id: int | None
) -> None:
    """Raise unless what the item decides on is free of a decision in visa, taken by another session.

    An item that decides nothing (reported, withdrawn, an opinion) is always free. Raises GroupReserved,
    ObjectiveReserved.
    """
    if not makes_act(outcome) or nature_of(item, committee, outcome) is not Nature.DECISION:
        return
    if item.group_motion is not None:
        _check_group_free(item.group_motion.group, meeting_id)
    if item.objective_motion is not None:
        objective = item.objective_motion.objective
        act = pending_act_on_objective(objective.id, besides=meeting_id)
        if act is not None:
            raise objectives.ObjectiveReserved(objective=objective.title, act=act.label)


@dataclass(frozen=True, slots=True)
class Pending:
    """The decisions in visa of another kind than sessions: on a group, on an objective (their ids)."""

    on_group: Callable[[int], Act | None]
    on_objective: Callable[[int], Act | None]


_PENDING: dict[str, Pending] = {}


def register_pending(name: str, pending: Pending) -> None:
    """Add decisions in visa that reserve what they decide on."""
    _PENDING[name] = pending


def _check_group_free(group: ProjectGroup, besides: int | None = None) -> None:
    statement = _pending(besides).join(GroupMotion, GroupMotion.id == AgendaItem.group_motion_id)
    act = db.session.scalar(statement.where(GroupMotion.group_id == group.id))
    act = act or _first(source.on_group(group.id) for source in _PENDING.values())
    if act is not None:
        raise GroupReserved(group=group.name, act=act.label)


def pending_act_on_objective(objective_id: int, *, besides: int | None = None) -> Act | None:
    """The decision in visa on an objective, if any; those of the meeting `besides` are left out."""
    statement = _pending(besides).join(ObjectiveMotion, ObjectiveMotion.id == AgendaItem.objective_motion_id)
    act = db.session.scalar(statement.where(ObjectiveMotion.objective_id == objective_id))
    return act or _first(source.on_objective(objective_id) for source in _PENDING.values())


def _first(acts: Iterable[Act | None]) -> Act | None:
    return next((act for act in acts if act is not None), None)


def _pending(besides: int | None) -> Select[Act]:
    """The decisions in visa with their items, but those of one meeting."""
    statement = (
        select(Act)
        .join(Outcome, Outcome.act_id == Act.id)
        .join(AgendaItem, AgendaItem.id == Outcome.item_id)
        .where(Act.state == ActState.IN_VISA, Act.nature == Nature.DECISION)
        .limit(1)
    )
    return statement if besides is None else statement.where(Act.meeting_id != besides)


class ScanNotPdf(DomainError):
    """The scan of a prior act is a PDF."""

    message = N_("Joignez l’acte numérisé au format PDF (20 Mo au plus), ou rien.")
    field = "scan"


def record_prior_act(
    actor: Actor,
    *,
    authority: str,
    decided_on: date,
    wording: str,
    reference: str = "",
    source: str = "",
    title: str = "",
    group_id: int | None = None,
    motion: Motion | None = None,
    mission: str = "",
    reason: str = "",
    stop_kind: StopKind | None = None,
    lead_id: int | None = None,
    lead_institution_id: int | None = None,
    scan: bytes = b"",
    answers: Mapping[str, Answer] | None = None,
) -> Act:
    """Record an « acte antérieur » and what it made of a group, at once, with its own date of effect.

    For the secretary of a committee. `answers`: what becomes of the things that a stopped group leaves open;
    without any, they are closed with the act. Raises Forbidden, the refusals of the act's texts, of the
    answers, GroupReserved, or those of the group's life cycle (its whole time line is replayed).
    """
    if not actor.has_any("secretary"):
        raise Forbidden()
    if scan and not blobs.is_pdf(scan):
        raise ScanNotPdf()
    with transaction() as session:
        act = record_act_of_before(
            actor,
            kind=projects.ACT_KIND_OF[motion] if motion else ActKind.OTHER,
            authority=authority,
            decided_on=decided_on,
            wording=wording,
            title=title,
            reference=reference,
            source=source,
            scan_sha256=blobs.put(scan, blobs.PDF) if scan else None,
        )
        if group_id is not None and motion is not None:
            _check_group_free(get_group(group_id))
            draft = projects.draft_motion(
                actor,
                group_id=group_id,
                motion=motion,
                as_of=decided_on,
                mission=mission,
                reason=reason,
                stop_kind=stop_kind,
                lead_id=lead_id,
                lead_institution_id=lead_institution_id,
            )
            if answers is not None:
                handovers.settle(actor, draft.id, answers)
            _carry_out_motion(actor, draft, act)
        elif group_id is not None:
            session.add(GroupAct(group_id=get_group(group_id).id, act_id=act.id))
    return act
