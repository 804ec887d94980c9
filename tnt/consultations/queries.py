"""What can be read of consultations and measures, by whom, and who may answer for whom."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload, selectinload

from tnt.accounts.models import Person
from tnt.accounts.queries import is_known
from tnt.committees.models import Committee, Correspondent, Mandate
from tnt.committees.queries import mandates_on
from tnt.committees.rules import Seat, Voice, is_held_on
from tnt.consultations.models import (
    ConsultationLink,
    ConsultationVisa,
    ConsultedSeat,
    InterimMeasure,
    WrittenConsultation,
)
from tnt.consultations.rules import LIVE, ConsultationState, Result, Tally, result_of, tally
from tnt.core import blobs, clock
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import NotFound
from tnt.core.statements import one_of
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState, Nature, nature_in
from tnt.decisions.subjects import Link
from tnt.decisions.visas import VisaState
from tnt.intake.models import DecisionRequest
from tnt.meetings.policies import can_prepare, can_read
from tnt.objectives.models import ObjectiveMotion
from tnt.participants.rules import Token, secret_matches
from tnt.projects.models import GroupMotion

LARGEST_ID = 2**31 - 1
SHOWN = 30  # of a committee's past consultations and measures


def seats_to_consult(committee_id: int, day: date) -> list[tuple[Mandate, bool]]:
    """The mandates of a day, each with whether its voice counts.

    A substitute's voice is that of the full member, for whom either answers: it is not counted twice.
    """
    seated = mandates_on(committee_id, day)
    held = {mandate.id for mandate in seated}
    return [
        (mandate, mandate.voice is Voice.VOTING)
        for mandate in seated
        if mandate.person.ended_at is None
        and mandate.seat is not Seat.SECRETARY
        and not (mandate.substitute_for_id is not None and mandate.substitute_for_id in held)
    ]


def respondents(seats: Iterable[ConsultedSeat], day: date) -> dict[int, set[int]]:
    """Who may answer on a day for each consulted mandate: seat id → ids of people.

    The holder while the mandate runs, the substitute of a full member, their correspondents.
    """
    held: dict[int, list[ConsultedSeat]] = defaultdict(list)
    for seat in seats:
        if is_held_on(seat.mandate, day):
            held[seat.mandate_id].append(seat)
    found = {seat.id: {seat.mandate.person_id} for each in held.values() for seat in each}
    for mandate_id, person_id in _substitutes(held, day):
        for seat in held[mandate_id]:
            found[seat.id].add(person_id)
    people = {person_id for each in found.values() for person_id in each}
    helpers = db.session.scalars(select(Correspondent).where(Correspondent.for_person_id.in_(people)))
    for helper in [each for each in helpers if is_held_on(each, day)]:
        for each in found.values():
            if helper.for_person_id in each:
                each.add(helper.person_id)
    return found


def _substitutes(mandate_ids: Iterable[int], day: date) -> list[tuple[int, int]]:
    """Who replaces on a day the holders of these mandates: (mandate id, person id)."""
    found = db.session.scalars(
        select(Mandate).where(Mandate.substitute_for_id.in_(list(mandate_ids))).order_by(Mandate.id)
    )
    return [
        (mandate.substitute_for_id, mandate.person_id)
        for mandate in found
        if mandate.substitute_for_id is not None and is_held_on(mandate, day)
    ]


_SEATS = (
    selectinload(WrittenConsultation.seats).joinedload(ConsultedSeat.mandate).joinedload(Mandate.person),
    selectinload(WrittenConsultation.seats).joinedload(ConsultedSeat.mandate).joinedload(Mandate.institution),
    selectinload(WrittenConsultation.seats).joinedload(ConsultedSeat.replied_by),
)
_WHOLE = (
    *_SEATS,
    selectinload(WrittenConsultation.papers),
    selectinload(WrittenConsultation.visas).joinedload(ConsultationVisa.mandate).joinedload(Mandate.person),
    selectinload(WrittenConsultation.visas)
    .joinedload(ConsultationVisa.mandate)
    .joinedload(Mandate.institution),
    joinedload(WrittenConsultation.act),
    joinedload(WrittenConsultation.follow_up),
    joinedload(WrittenConsultation.request).joinedload(DecisionRequest.author),
)


def seats_of(actor: Actor, consultation: WrittenConsultation) -> list[ConsultedSeat]:
    """The seats for which the actor may answer today, their own first."""
    if actor.person_id is None or not consultation.seats:
        return []
    people = respondents(consultation.seats, clock.today())
    mine = [seat for seat in consultation.seats if actor.person_id in people.get(seat.id, ())]
    return sorted(mine, key=lambda seat: (seat.mandate.person_id != actor.person_id, seat.id))


def find_link(token: Token) -> ConsultationLink | None:
    """The link of that token, while whoever got it is of the programme; None when it is none."""
    link = db.session.scalar(
        select(ConsultationLink)
        .where(ConsultationLink.selector == token.selector)
        .options(
            joinedload(ConsultationLink.person).joinedload(Person.account),
            joinedload(ConsultationLink.consultation).options(*_WHOLE),
        )
    )
    if link is None or not secret_matches(token.secret, link.secret_hash) or not is_known(link.person):
        return None
    return link


def may_answer(actor: Actor, consultation: WrittenConsultation, seat: ConsultedSeat) -> bool:
    """Whether the actor answers for a seat today, or enters its answer; for a mandate that runs, only."""
    if can_prepare(actor, consultation.committee_id):
        return is_held_on(seat.mandate, clock.today())
    return seat in seats_of(actor, consultation)


def may_see(actor: Actor, consultation: WrittenConsultation) -> bool:
    """Whether the actor reads it: the secretariat a draft, then the committee and whoever answers for it."""
    if consultation.state is ConsultationState.DRAFT or consultation.opened_at is None:
        return can_prepare(actor, consultation.committee_id)
    return can_read(actor, consultation.committee_id) or bool(seats_of(actor, consultation))


def get_consultation(actor: Actor, consultation_id: int) -> WrittenConsultation:
    """A consultation that the actor may read, with all that its page shows. Raises NotFound."""
    if consultation_id > LARGEST_ID:
        raise NotFound()
    found = db.session.get(WrittenConsultation, consultation_id, options=_WHOLE)
    if found is None or not may_see(actor, found):
        raise NotFound()
    return found


def lock_consultation(actor: Actor, consultation_id: int) -> WrittenConsultation:
    """The same, fresh and locked until the end of the transaction. Raises NotFound."""
    if consultation_id > LARGEST_ID:
        raise NotFound()
    found = db.session.scalar(
        select(WrittenConsultation)
        .where(WrittenConsultation.id == consultation_id)
        .with_for_update(of=WrittenConsultation)
        .execution_options(populate_existing=True)
        .options(*_WHOLE)
    )
    if found is None or not may_see(actor, found):
        raise NotFound()
    return found


def voting_seats(consultation: WrittenConsultation) -> list[ConsultedSeat]:
    """The seats whose voice counts: whoever left without answering is no voice any more, silent or not.

    Those of the last day to answer, whenever it is closed afterwards.
    """
    closed_at = consultation.closed_at
    closed_on = clock.paris_day(closed_at) if closed_at is not None else clock.today()
    day = min(closed_on, consultation.due_on)
    return [
        seat
        for seat in consultation.seats
        if seat.is_voting and (seat.choice is not None or is_held_on(seat.mandate, day))
    ]


def tally_of(consultation: WrittenConsultation) -> Tally:
    """How the voices answered so far."""
    return tally(seat.choice for seat in voting_seats(consultation))


def expected_result(consultation: WrittenConsultation) -> Result:
    """What the replies decide as they stand."""
    return result_of(tally_of(consultation), consultation.voting)


def placements(request_ids: Sequence[int]) -> dict[int, WrittenConsultation]:
    """The consultation to which each entry of the intake was put last."""
    found = db.session.scalars(
        select(WrittenConsultation)
        .where(WrittenConsultation.request_id.in_(request_ids))
        .order_by(WrittenConsultation.id)
    )
    return {each.request_id: each for each in found if each.request_id is not None}


def nature_of(consultation: WrittenConsultation) -> Nature:
    """A decision where the committee is competent, an opinion elsewhere."""
    return nature_in(consultation.committee.key, consultation.act_kind)


def silent_seats(consultation: WrittenConsultation) -> list[ConsultedSeat]:
    """The voices that have not answered and were not reminded yet."""
    return [seat for seat in voting_seats(consultation) if seat.choice is None and seat.reminded_at is None]


def fingerprint(consultation: WrittenConsultation) -> str:
    """What is read before closing: changes with every reply."""
    return "-".join(str(seat.version) for seat in consultation.seats)


@dataclass(frozen=True, slots=True)
class ConsultationLine:
    """A consultation as lists show it."""

    id: int
    committee_id: int
    number: str | None
    title: str
    state: ConsultationState
    due_on: date
    answered: int
    consulted: int
    reason: str = ""

    @property
    def is_overdue(self) -> bool:
        """Whether the deadline has passed and nobody closed it yet."""
        return self.state is ConsultationState.OPEN and clock.today() > self.due_on


def list_consultations(
    committee_ids: Collection[int], *, drafts_of: Collection[int] = (), most: int = SHOWN
) -> list[ConsultationLine]:
    """The consultations of these committees, what is to be done first, then the newest.

    Drafts only for the committees of `drafts_of`. One query whatever is found.
    """
    voices = (
        select(
            ConsultedSeat.consultation_id,
            func.count(ConsultedSeat.choice).label("answered"),
            func.count(ConsultedSeat.id).label("consulted"),
        )
        .where(ConsultedSeat.is_voting)
        .group_by(ConsultedSeat.consultation_id)
        .subquery()
    )
    it = WrittenConsultation
    live = case((it.state.in_(sorted(LIVE)), 0), else_=1)
    rows = db.session.execute(
        select(
            it.id,
            it.committee_id,
            it.number,
            it.title,
            it.state,
            it.due_on,
            func.coalesce(voices.c.answered, 0),
            func.coalesce(voices.c.consulted, 0),
            it.reason,
        )
        .outerjoin(voices, voices.c.consultation_id == it.id)
        .where(
            it.committee_id.in_(list(committee_ids)),
            or_(it.opened_at.is_not(None), it.committee_id.in_(list(drafts_of))),
        )
        .order_by(live, it.due_on.desc(), it.id.desc())
        .limit(most)
    )
    return [ConsultationLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure as lists show it."""

    id: int
    committee_id: int
    act_id: int
    number: str
    title: str
    state: ActState
    decided_on: date


def list_measures(committee_ids: Collection[int], most: int = SHOWN) -> list[MeasureLine]:
    """The interim measures of these committees: those to ratify first, then the newest."""
    waits = case((Act.state == ActState.PROVISIONAL, 0), else_=1)
    rows = db.session.execute(
        select(InterimMeasure.id, Act.committee_id, Act.id, Act.number, Act.title, Act.state, Act.decided_on)
        .join(Act, Act.id == InterimMeasure.act_id)
        .where(Act.committee_id.in_(list(committee_ids)))
        .order_by(waits, Act.decided_on.desc(), Act.id.desc())
        .limit(most)
    )
    return [
        MeasureLine(ident, committee_id or 0, act_id, number or "", title, state, decided_on)
        for ident, committee_id, act_id, number, title, state, decided_on in rows
    ]


def get_measure(actor: Actor, measure_id: int) -> InterimMeasure:
    """A measure of a committee that the actor reads. Raises NotFound."""
    if measure_id > LARGEST_ID:
        raise NotFound()
    found = db.session.get(InterimMeasure, measure_id)
    if found is None or not can_read(actor, found.act.committee_id or 0):
        raise NotFound()
    return found


def find_provisional(actor: Actor, committee_id: int, title: str, wording: str) -> Act | None:
    """The act of the same measure, taken by the actor in the same words and not answered yet."""
    return db.session.scalar(
        select(Act)
        .join(InterimMeasure, InterimMeasure.act_id == Act.id)
        .join(Mandate, Mandate.id == InterimMeasure.mandate_id)
        .where(
            Act.state == ActState.PROVISIONAL,
            Act.committee_id == committee_id,
            Act.title == title,
            Act.wording == wording,
            Mandate.person_id == actor.person_id,
        )
        .limit(1)
    )


def find_measure_of_act(act_id: int | None) -> InterimMeasure | None:
    """The measure whose act that is."""
    if act_id is None:
        return None
    return db.session.scalar(select(InterimMeasure).where(InterimMeasure.act_id == act_id))


# what the features below ask


def taken_by_consultation(act: Act) -> Link | None:
    """The page on which an act was taken in writing."""
    found = db.session.execute(
        select(WrittenConsultation.id, WrittenConsultation.number).where(WrittenConsultation.act_id == act.id)
    ).first()
    return Link(found.number, "consultations.show", {"consultation_id": found.id}) if found else None


def taken_as_measure(act: Act) -> Link | None:
    """The page of the measure whose act that is."""
    found = db.session.scalar(select(InterimMeasure.id).where(InterimMeasure.act_id == act.id))
    return Link(act.label, "consultations.measure", {"measure_id": found}) if found else None


def pending_on_group(group_id: int) -> Act | None:
    """The decision in visa that a consultation took on a group."""
    return db.session.scalar(
        select(Act)
        .join(WrittenConsultation, WrittenConsultation.act_id == Act.id)
        .join(GroupMotion, GroupMotion.id == WrittenConsultation.group_motion_id)
        .where(GroupMotion.group_id == group_id, Act.state == ActState.IN_VISA, Act.nature == Nature.DECISION)
        .limit(1)
    )


def pending_on_objective(objective_id: int) -> Act | None:
    """The decision in visa that a consultation took on an objective."""
    return db.session.scalar(
        select(Act)
        .join(WrittenConsultation, WrittenConsultation.act_id == Act.id)
        .join(ObjectiveMotion, ObjectiveMotion.id == WrittenConsultation.objective_motion_id)
        .where(
            ObjectiveMotion.objective_id == objective_id,
            Act.state == ActState.IN_VISA,
            Act.nature == Nature.DECISION,
        )
        .limit(1)
    )


# visas


def visas_of_version(consultation: WrittenConsultation) -> list[ConsultationVisa]:
    """The visas on the present version of the text."""
    return [visa for visa in consultation.visas if visa.record_version == consultation.record_version]


def visas_lost(consultation: WrittenConsultation) -> list[ConsultationVisa]:
    """The visas awaited from co-chairs whose mandate has ended: nobody gives them any more."""
    if consultation.state is not ConsultationState.IN_VISA:
        return []
    return [
        visa
        for visa in visas_of_version(consultation)
        if visa.state is VisaState.AWAITED and not is_held_on(visa.mandate, clock.today())
    ]


def is_to_submit_anew(consultation: WrittenConsultation) -> bool:
    """Whether the secretariat submits the text again: it was sent back, or a visa cannot come any more."""
    return consultation.state is ConsultationState.TO_CORRECT or bool(visas_lost(consultation))


def visa_awaited_from(consultation: WrittenConsultation, person_id: int | None) -> ConsultationVisa | None:
    """The visa awaited from a person on the present version, if any."""
    return next(
        (
            visa
            for visa in visas_of_version(consultation)
            if visa.state is VisaState.AWAITED and visa.mandate.person_id == person_id
        ),
        None,
    )


def frozen_content(consultation: WrittenConsultation) -> Mapping[str, Any]:
    """The content of the present version, as frozen; empty before the closing."""
    if consultation.content_sha256 is None:
        return {}
    content: dict[str, Any] = json.loads(blobs.get(consultation.content_sha256).content)
    return content


# « À faire »


@dataclass(frozen=True, slots=True)
class Awaiting:
    """What consultations await from a person."""

    to_answer: list[WrittenConsultation] = field(default_factory=list)
    to_visa: list[WrittenConsultation] = field(default_factory=list)
    to_close: list[WrittenConsultation] = field(default_factory=list)
    to_correct: list[WrittenConsultation] = field(default_factory=list)


def awaiting(actor: Actor) -> Awaiting:
    """What the consultations under way await from the actor; one query."""
    if actor.person_id is None:
        return Awaiting()
    today, kept = clock.today(), actor.scopes("secretary")
    found: dict[str, list[WrittenConsultation]] = {"answer": [], "visa": [], "close": [], "correct": []}
    for each, answers in _under_way(actor.person_id, kept, today):
        if each.state is ConsultationState.OPEN:
            if answers and today <= each.due_on:
                found["answer"].append(each)
            if each.committee_id in kept and _can_be_closed(each, today):
                found["close"].append(each)
        elif each.state is ConsultationState.IN_VISA and visa_awaited_from(each, actor.person_id):
            found["visa"].append(each)
        elif each.committee_id in kept and is_to_submit_anew(each):
            found["correct"].append(each)
    return Awaiting(found["answer"], found["visa"], found["close"], found["correct"])


def _can_be_closed(consultation: WrittenConsultation, today: date) -> bool:
    count = tally_of(consultation)
    return today > consultation.due_on or not count.silent or bool(count.session)


def _under_way(
    person_id: int, kept: Collection[int], today: date
) -> Sequence[tuple[WrittenConsultation, bool]]:
    """The open, submitted or returned consultations that concern a person in any way.

    Each with whether a voice that the person may give today is still silent.
    """
    asked = {"person": person_id, "kept": list(kept), "day": today}
    rows = db.session.execute(_live_statement(), asked)
    return [(row[0], row[1]) for row in rows.unique()]


@cache  # a statement costs more to put together than to send
def _live_statement() -> Select[*tuple[Any, ...]]:
    person = bindparam("person", type_=Integer)
    theirs = ConsultedSeat.consultation_id == WrittenConsultation.id
    consulted = select(ConsultedSeat.id).join(ConsultedSeat.mandate).where(theirs, _answers_for(person))
    silent = consulted.where(ConsultedSeat.is_voting, ConsultedSeat.choice.is_(None))
    approving = (
        select(ConsultationVisa.id)
        .join(ConsultationVisa.mandate)
        .where(ConsultationVisa.consultation_id == WrittenConsultation.id, Mandate.person_id == person)
    )
    return (
        select(WrittenConsultation, silent.exists())
        .where(
            WrittenConsultation.state.in_(sorted(LIVE - {ConsultationState.DRAFT})),
            or_(
                WrittenConsultation.committee_id.in_(bindparam("kept", expanding=True)),
                consulted.exists(),
                approving.exists(),
            ),
        )
        .options(
            joinedload(WrittenConsultation.seats).joinedload(ConsultedSeat.mandate),
            joinedload(WrittenConsultation.visas).joinedload(ConsultationVisa.mandate),
        )
        .order_by(WrittenConsultation.due_on, WrittenConsultation.id)
    )


def _answers_for(person: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a person may answer that « day » for a mandate, as `respondents` says it of everybody."""
    substitute = aliased(Mandate)
    helped = select(Correspondent.for_person_id).where(
        Correspondent.person_id == person, *_held(Correspondent)
    )

    def is_theirs(mandate: type[Mandate]) -> ColumnElement[bool]:
        return or_(mandate.person_id == person, mandate.person_id.in_(helped))

    replaced = select(substitute.id).where(
        substitute.substitute_for_id == Mandate.id, *_held(substitute), is_theirs(substitute)
    )
    return and_(*_held(Mandate), or_(is_theirs(Mandate), replaced.exists()))


def _held(dated: type[Mandate] | type[Correspondent]) -> tuple[ColumnElement[bool], ...]:
    day = bindparam("day", type_=Date)
    return dated.from_on <= day, or_(dated.until_on.is_(None), dated.until_on >= day)


def overdue() -> Sequence[int]:
    """The ids of the consultations whose deadline has passed and that nobody closed, oldest first."""
    return db.session.scalars(
        select(WrittenConsultation.id)
        .where(
            WrittenConsultation.state == ConsultationState.OPEN, WrittenConsultation.due_on < clock.today()
        )
        .order_by(WrittenConsultation.due_on, WrittenConsultation.id)
    ).all()


def between_sessions(
    committee_id: int, *, reads: bool, most: int = 5
) -> tuple[list[ConsultationLine], list[MeasureLine]]:
    """The last consultations and measures of a committee, for its page; nothing for who reads no meeting.

    In the order of their lists, in one query.
    """
    if not reads:
        return [], []
    asked = {"committee_id": committee_id, "most": most}
    rows = db.session.connection().execute(_between(), asked).all()
    consultations = [
        ConsultationLine(
            row.id,
            committee_id,
            row.number,
            row.title,
            ConsultationState(row.state),
            row.day,
            row.answered,
            row.consulted,
            row.reason,
        )
        for row in rows
        if row.act_id is None
    ]
    measures = [
        MeasureLine(
            row.id, committee_id, row.act_id, row.number or "", row.title, ActState(row.state), row.day
        )
        for row in rows
        if row.act_id is not None
    ]
    return consultations, measures


@cache
def _between() -> Select[*tuple[Any, ...]]:
    """Both kinds in one statement; `rank` is the order of their lists."""
    it, most = WrittenConsultation, bindparam("most", type_=Integer())
    committee = bindparam("committee_id", type_=Integer())
    order = (case((one_of(it.state, sorted(LIVE)), 0), else_=1), it.due_on.desc(), it.id.desc())
    last = (
        select(it.id, it.number, it.title, it.state, it.due_on, it.reason)
        .add_columns(func.row_number().over(order_by=order).label("rank"))
        .where(it.committee_id == committee, it.opened_at.is_not(None))
        .order_by(*order)
        .limit(most)
        .cte("last_consultations")
    )

    def voices(counted: InstrumentedAttribute[Any]) -> ScalarSelect[int]:
        return (
            select(func.count(counted))
            .where(ConsultedSeat.consultation_id == last.c.id, ConsultedSeat.is_voting)
            .scalar_subquery()
        )

    order = (case((Act.state == ActState.PROVISIONAL, 0), else_=1), Act.decided_on.desc(), Act.id.desc())
    measures = (
        select(InterimMeasure.id, Act.number, Act.title, Act.state, Act.decided_on, Act.id.label("act_id"))
        .add_columns(func.row_number().over(order_by=order).label("rank"))
        .join(Act, Act.id == InterimMeasure.act_id)
        # from the few measures, not from the thousands of acts of the committee
        .where(Act.id.in_(select(InterimMeasure.act_id)), Act.committee_id + 0 == committee)
        .order_by(*order)
        .limit(most)
        .cte("last_measures")
    )
    each = union_all(
        select(
            *(last.c.id, last.c.number, last.c.title, cast(last.c.state, String).label("state")),
            *(last.c.due_on.label("day"), last.c.reason, last.c.rank, cast(null(), Integer).label("act_id")),
            voices(ConsultedSeat.choice).label("answered"),
            voices(ConsultedSeat.id).label("consulted"),
        ),
        select(
            *(measures.c.id, measures.c.number, measures.c.title, cast(measures.c.state, String)),
            *(measures.c.decided_on, literal(""), measures.c.rank, measures.c.act_id, literal(0), literal(0)),
        ),
    ).subquery()
    return select(each).order_by(each.c.rank)


def people_of(person_ids: Iterable[int]) -> dict[int, Person]:
    """People by id."""
    found = db.session.scalars(select(Person).where(Person.id.in_(list(person_ids))))
    return {person.id: person for person in found}


def committees_by_id(committee_ids: Iterable[int]) -> list[Committee]:
    """Committees in their usual order."""
    return list(
        db.session.scalars(
            select(Committee).where(Committee.id.in_(list(committee_ids))).order_by(Committee.id)
        )
    )


def entry_of(measure: InterimMeasure) -> DecisionRequest | None:
    """The last entry of the intake that asks to ratify a measure."""
    return db.session.scalar(
        select(DecisionRequest)
        .where(DecisionRequest.about_act_id == measure.act_id)
        .order_by(DecisionRequest.id.desc())
        .limit(1)
    )
