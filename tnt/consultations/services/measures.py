"""Interim measures: taken by a co-chair, in force at once, ratified or refused by the next session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tnt.actions.models import Action, ActionState
from tnt.actions.services import drop_action, open_action
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Committee, Mandate
from tnt.committees.queries import find_mandate, get_committee_by_id, members_on
from tnt.committees.rules import Seat
from tnt.consultations import mails, queries
from tnt.consultations.models import InterimMeasure
from tnt.consultations.rules import (
    ActionWithoutDay,
    MeasureOfAnother,
    MeasureTaken,
    NotACoChair,
    check_measure,
    check_reason,
    check_title,
    shortened,
)
from tnt.core import clock, journal
from tnt.core.access import SYSTEM, Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, NotFound
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, EffectLine, Nature, Series, is_competent
from tnt.decisions.services import lapse_act, next_number, ratify_act, record_between_sessions
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import ItemKind, RequestOrigin
from tnt.intake.services import file_request
from tnt.meetings.policies import can_read
from tnt.meetings.queries import list_upcoming
from tnt.programme.rules import period_of
from tnt.projects.models import GroupAct, ProjectGroup
from tnt.sittings.rules import OutcomeKind

MINUTES = 10
RATIFYING = frozenset({OutcomeKind.ADOPTED, OutcomeKind.ADOPTED_AMENDED})


@dataclass(frozen=True, slots=True)
class NewAction:
    """What the measure asks somebody, or an institution, to do by a day."""

    title: str
    due_on: date | None
    owner_id: int | None = None
    owner_institution_id: int | None = None


def can_take(actor: Actor, committee_id: int) -> bool:
    """Whether the actor may decide alone for a while: a co-chair of that committee."""
    return actor.person_id is not None and actor.has("co_chair", committee_id)


def take_measure(
    actor: Actor,
    *,
    committee_id: int,
    act_kind: ActKind,
    title: str,
    wording: str,
    reason: str,
    group_id: int | None = None,
    action: NewAction | None = None,
) -> InterimMeasure:
    """Decide alone until the next session: in force at once, provisional, and on the committee's intake.

    Raises NotFound, NotACoChair, MeasureTaken, NotAMeasure, MeasureOfAnother, MissingMeasureWording,
    ReasonNeeded, MissingConsultationTitle, or the refusal of the action.
    """
    with transaction() as session:
        committee = get_committee_by_id(committee_id)
        mandate = _mandate_of(actor, committee)
        wording = check_measure(act_kind, wording)
        if not is_competent(committee.key, act_kind):
            raise MeasureOfAnother()
        reason = check_reason(reason)
        group = session.get(ProjectGroup, group_id) if group_id is not None else None
        if group_id is not None and group is None:
            raise NotFound()
        act = _record(actor, committee, act_kind, check_title(title), wording)
        measure = InterimMeasure(act=act, mandate=mandate, reason=reason, group=group)
        session.add(measure)
        session.flush()
        if group is not None:
            session.add(GroupAct(group_id=group.id, act_id=act.id))
        after = {"number": act.number, "wording": wording, "reason": reason}
        journal.record(actor, "measure.take", measure, after=after, committee_id=committee_id)
        if action is not None:
            if action.due_on is None:
                raise ActionWithoutDay()
            open_action(
                actor,
                committee_id=committee_id,
                act_id=act.id,
                title=action.title,
                due_on=action.due_on,
                owner_id=action.owner_id,
                owner_institution_id=action.owner_institution_id,
            )
        _ask_to_ratify(measure)
        _tell(measure, actor)
    return measure


def _mandate_of(actor: Actor, committee: Committee) -> Mandate:
    """The co-chair's mandate of the day. Raises NotFound to strangers, NotACoChair."""
    if not can_read(actor, committee.id):
        raise NotFound()
    mandate = (
        find_mandate(actor.person_id, committee.id, clock.today()) if actor.person_id is not None else None
    )
    if mandate is None or mandate.seat is not Seat.CO_CHAIR:
        raise NotACoChair()
    return mandate


def _record(actor: Actor, committee: Committee, act_kind: ActKind, title: str, wording: str) -> Act:
    today = clock.today()
    period = period_of(today, committee.every).code
    number = next_number(committee, period, Series.MEASURE)  # from here on, one at a time
    taken = queries.find_provisional(actor, committee.id, title, wording)
    if taken is not None:
        raise MeasureTaken(act=taken.label)
    return record_between_sessions(
        actor,
        committee=committee,
        series=Series.MEASURE,
        number=number,
        state=ActState.PROVISIONAL,
        nature=Nature.DECISION,
        kind=act_kind,
        title=title,
        wording=wording,
        vote=f"mesure de {actor.name}"[:120],
        decided_on=today,
        effective_on=today,
    )


def _ask_to_ratify(measure: InterimMeasure) -> DecisionRequest:
    """The entry of the intake that the next agenda proposes; only a session answers it."""
    act = measure.act
    if act.committee is None:
        raise NotFound()
    name = act.committee.name[:1].lower() + act.committee.name[1:]
    return file_request(
        SYSTEM,
        committee_id=act.committee.id,
        origin=RequestOrigin.MEASURE,
        kind=ItemKind.DECISION,
        act_kind=act.kind,
        title=shortened(f"Ratifier la mesure conservatoire {act.label}\u00a0: {act.title}"),
        wording=f"Le {name} ratifie la mesure conservatoire {act.label}, ainsi rédigée\u00a0: {act.wording}"[
            :10_000
        ],
        reason=measure.reason,
        author_id=measure.mandate.person_id,
        about_act_id=act.id,
        group_id=measure.group_id,
        minutes=MINUTES,
    )


def _tell(measure: InterimMeasure, actor: Actor) -> None:
    committee_id = measure.act.committee_id or 0
    people = [
        person
        for person in members_on(committee_id, clock.today())
        if person.id != actor.person_id and person.ended_at is None
    ]
    dated = [meeting for meeting in list_upcoming([committee_id]) if not meeting.undated]
    mails.tell_measure(measure, people, clock.paris_day(dated[0].starts_at) if dated else None)


# what the outcome of the item that ratifies it does


def measure_of(item: AgendaItem) -> InterimMeasure | None:
    """The measure, still provisional, that an item of an agenda is about."""
    if item.request_id is None:
        return None
    request = db.session.get(DecisionRequest, item.request_id)
    if request is None or request.about_act_id is None:
        return None
    measure = queries.find_measure_of_act(request.about_act_id)
    return measure if measure is not None and measure.act.state is ActState.PROVISIONAL else None


def describe_answer(item: AgendaItem, outcome: OutcomeKind) -> list[EffectLine]:
    """What the outcome of an item makes of the measure that it is about."""
    measure = measure_of(item)
    if measure is None:
        return []
    message = N_("La mesure conservatoire %(act)s reste provisoire : elle revient à la séance suivante.")
    if outcome in RATIFYING:
        message = N_("La mesure conservatoire %(act)s est ratifiée : elle n’est plus provisoire.")
    elif outcome is OutcomeKind.NOT_ADOPTED:
        message = N_(
            "La mesure conservatoire %(act)s devient caduque ; ses actions encore ouvertes sont abandonnées."
        )
    return [EffectLine("measure", message, {"act": measure.act.label})]


def follow_answer(actor: Actor, item: AgendaItem, outcome: OutcomeKind, act: Act | None) -> None:
    """The committee answered, or did not: ratified, lapsed, or still provisional and asked again."""
    measure = measure_of(item)
    if measure is None:
        return
    if outcome in RATIFYING and act is not None and act.nature is Nature.DECISION:
        ratify_act(actor, measure.act)
        _answered(actor, measure, item, act)
    elif outcome is OutcomeKind.NOT_ADOPTED:
        lapse_act(actor, measure.act)
        _drop_actions(actor, measure.act)
        _answered(actor, measure, item, None)
    elif outcome is not OutcomeKind.DEFERRED:  # a deferred item goes back by itself
        _ask_to_ratify(measure)


def _answered(actor: Actor, measure: InterimMeasure, item: AgendaItem, act: Act | None) -> None:
    measure.answered_in_id = item.meeting_id
    measure.answered_by_act_id = act.id if act is not None else None
    measure.answered_at = clock.now()
    journal.record(
        actor,
        "measure.answer",
        measure,
        before={"state": ActState.PROVISIONAL},
        after={"state": measure.act.state, "by": act.label if act is not None else ""},
        committee_id=measure.act.committee_id,
    )


def _drop_actions(actor: Actor, act: Act) -> None:
    opened = db.session.scalars(
        select(Action).where(Action.act_id == act.id, Action.state == ActionState.OPEN).order_by(Action.id)
    ).all()
    for action in opened:
        drop_action(
            actor, action.id, reason=f"Mesure conservatoire {act.label} refusée par le comité\u00a0: caduque."
        )
