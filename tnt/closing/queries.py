"""Reads of records and visas, and the preview of what a levée will do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tnt.closing.models import DecisionRecord, Erratum, ErratumVisa, Visa
from tnt.closing.rules import RecordState
from tnt.committees.models import Committee, Mandate, Seat
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.db import db
from tnt.core.errors import DomainError, NotFound
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState, EffectLine
from tnt.decisions.visas import VisaState
from tnt.effects import services as effects
from tnt.meetings.models import Meeting
from tnt.meetings.policies import reads_reserved
from tnt.meetings.rules import MeetingState
from tnt.sittings.queries import ItemState, list_item_states, list_seats, mission_apart
from tnt.sittings.services import refusals_of


@dataclass(frozen=True, slots=True)
class ItemPreview:
    """An item, what its outcome will do, and what stands against it."""

    state: ItemState
    effects: list[EffectLine]
    refusal: DomainError | None = None
    mission_apart: bool = False  # the words adopted no longer say the mission that will be in force


@dataclass(frozen=True, slots=True)
class Preview:
    """All that the levée will do, and what is still missing before it."""

    items: list[ItemPreview]
    unsettled: list[ItemState] = field(default_factory=list)
    roll_called: bool = True
    uncalled: int = 0  # seats that the roll, though called, says nothing of
    co_chairs: list[Mandate] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Whether the session can be lifted."""
        refused = any(item.refusal for item in self.items)
        return not self.unsettled and self.roll_called and not self.uncalled and not refused

    @property
    def lines(self) -> list[EffectLine]:
        """Every effect, and an « action » line for each action noted."""
        actions = [EffectLine("action", action.title) for item in self.items for action in item.state.actions]
        return [line for item in self.items for line in item.effects] + actions


def co_chairs_of(meeting: Meeting) -> list[Mandate]:
    """The co-chairs whose visa the record of a meeting needs: those of its day."""
    return co_chairs_on(meeting.committee_id, clock.paris_day(meeting.starts_at))


def co_chairs_on(committee_id: int, day: date) -> list[Mandate]:
    """The co-chairs of a committee on a day."""
    return list(
        db.session.scalars(
            select(Mandate)
            .where(
                Mandate.committee_id == committee_id,
                Mandate.seat == Seat.CO_CHAIR,
                Mandate.from_on <= day,
                or_(Mandate.until_on.is_(None), Mandate.until_on >= day),
            )
            .options(joinedload(Mandate.person), joinedload(Mandate.institution))
            .order_by(Mandate.id)
        )
    )


def preview_of(meeting: Meeting) -> Preview:
    """What lifting this meeting now would do. Writes nothing."""
    decided_on = clock.paris_day(meeting.starts_at)
    states = list_item_states(meeting.id)
    # once the session is lifted its outcomes stand, whatever became of the settings
    refused = refusals_of(meeting, states) if meeting.state is MeetingState.IN_SESSION else {}
    items = [_preview_item(state, meeting, decided_on, refused.get(state.item.id)) for state in states]
    # of a session entered afterwards, who was there is not always known
    called = (
        [] if meeting.recorded_afterwards else [seat.attendance is not None for seat in list_seats(meeting)]
    )
    return Preview(
        items=items,
        unsettled=[state for state in states if not state.is_settled],
        roll_called=meeting.recorded_afterwards or any(called),
        uncalled=called.count(False) if any(called) else 0,
        co_chairs=co_chairs_of(meeting),
    )


def _preview_item(
    state: ItemState, meeting: Meeting, decided_on: date, refused: DomainError | None
) -> ItemPreview:
    if state.outcome is None or state.outcome.kind is None or refused is not None:
        return ItemPreview(state, [], refused)
    try:
        effects.check(state.item, meeting.committee, state.outcome.kind, decided_on)
        effects.check_not_reserved(state.item, meeting.committee, state.outcome.kind, meeting.id)
        lines = effects.describe(state.item, meeting.committee, state.outcome.kind, decided_on)
    except DomainError as refusal:
        return ItemPreview(state, [], refusal)
    return ItemPreview(state, lines, mission_apart=mission_apart(state.item, state.outcome))


def can_read(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor may read the meeting and its record."""
    return can_read_committee(actor, meeting.committee_id)


def can_read_committee(actor: Actor, committee_id: int) -> bool:
    """Whether the actor may read the meetings of a committee and what waits for its visas."""
    return actor.has("member", committee_id) or actor.has_any("programme_manager")


def get_readable_meeting(actor: Actor, meeting_id: int) -> Meeting:
    """The meeting, for whoever may read it. Raises NotFound."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not can_read(actor, meeting):
        raise NotFound()
    return meeting


def is_to_correct(meeting_id: int) -> bool:
    """Whether the record of a meeting was sent back to its secretary."""
    record = find_record(meeting_id)
    return record is not None and record.state is RecordState.TO_CORRECT


def find_record(meeting_id: int) -> DecisionRecord | None:
    """The record of a meeting, once it is lifted."""
    return db.session.scalar(
        select(DecisionRecord)
        .where(DecisionRecord.meeting_id == meeting_id)
        .options(selectinload(DecisionRecord.visas))
    )


def get_record(actor: Actor, meeting_id: int) -> DecisionRecord:
    """The record of a meeting, for its readers; once in force, for every signed-in person.

    Raises NotFound.
    """
    record = find_record(meeting_id)
    if record is None:
        raise NotFound()
    in_force = record.state is RecordState.IN_FORCE and actor.person_id is not None
    if not (in_force or can_read(actor, record.meeting)):
        raise NotFound()
    return record


def heads_printed() -> list[tuple[str, str]]:
    """The head of the journal that each record prints, and how to call that record."""
    rows = db.session.execute(
        select(DecisionRecord.journal_head, Committee.code, Meeting.starts_at)
        .join(DecisionRecord.meeting)
        .join(Meeting.committee)
        .order_by(DecisionRecord.id)
    )
    return [
        (head, f"le relevé {code} du {clock.paris_day(starts_at).isoformat()}")
        for head, code, starts_at in rows
    ]


def visas_of_version(record: DecisionRecord) -> list[Visa]:
    """The visas on the present version of the record."""
    return [visa for visa in record.visas if visa.record_version == record.version]


def visa_awaited_from(record: DecisionRecord, person_id: int | None) -> Visa | None:
    """The visa awaited from a person on the present version, if any."""
    for visa in visas_of_version(record):
        if visa.state is VisaState.AWAITED and visa.mandate.person_id == person_id:
            return visa
    return None


def awaited_visas(person_id: int) -> list[Visa]:
    """Every visa awaited from a person whose mandate still runs, oldest session first."""
    statement = (
        select(Visa)
        .join(Visa.record)
        .join(DecisionRecord.meeting)
        .join(Visa.mandate)
        .where(
            Mandate.person_id == person_id,
            or_(Mandate.until_on.is_(None), Mandate.until_on >= clock.today()),
            Visa.state == VisaState.AWAITED,
            Visa.record_version == DecisionRecord.version,
            DecisionRecord.state == RecordState.IN_VISA,
        )
        .order_by(Meeting.starts_at)
    )
    return list(db.session.scalars(statement))


def earlier_record_pending(meeting: Meeting) -> Meeting | None:
    """An earlier session of the committee, held here, that is not lifted yet or whose record is in visa."""
    return db.session.scalar(
        select(Meeting)
        .where(
            Meeting.committee_id == meeting.committee_id,
            Meeting.starts_at < meeting.starts_at,
            Meeting.state.in_([MeetingState.IN_SESSION, MeetingState.ADJOURNED]),
            Meeting.recorded_afterwards.is_(False),
        )
        .order_by(Meeting.starts_at)
        .limit(1)
    )


# errata


def get_erratum(actor: Actor, erratum_id: int) -> Erratum:
    """An erratum, for the readers of its committee; once in force, for every signed-in person.

    Raises NotFound.
    """
    erratum = db.session.get(Erratum, erratum_id)
    committee_id = erratum.act.committee_id if erratum else None
    if erratum is None or committee_id is None:
        raise NotFound()
    in_force = erratum.state is RecordState.IN_FORCE and actor.person_id is not None
    if not (in_force or can_read_committee(actor, committee_id)):
        raise NotFound()
    if erratum.act.reserved and not reads_reserved(actor, committee_id):
        raise NotFound()
    return erratum


def find_erratum_of(act_id: int) -> Erratum | None:
    """The erratum whose own act that is, if it is one."""
    return db.session.scalar(select(Erratum).where(Erratum.act_id == act_id))


def find_open_erratum(original_id: int) -> Erratum | None:
    """The erratum to an act that still waits for its visas or its correction."""
    return db.session.scalar(
        select(Erratum)
        .join(Act, Act.id == Erratum.act_id)
        .where(
            Erratum.original_id == original_id,
            Erratum.state != RecordState.IN_FORCE,
            Act.state == ActState.IN_VISA,
        )
    )


def words_in_force(act: Act, before: Erratum | None = None) -> str:
    """The words of an act as its last erratum in force says them, else its own; those `before` an erratum."""
    last = (
        select(Erratum.corrected)
        .where(Erratum.original_id == act.id, Erratum.state == RecordState.IN_FORCE)
        .order_by(Erratum.id.desc())
        .limit(1)
    )
    corrected = db.session.scalar(last if before is None else last.where(Erratum.id < before.id))
    return corrected if corrected is not None else act.wording


def count_errata(original_id: int) -> int:
    """How many errata were ever asked to an act, those given up included: their numbers stay."""
    return db.session.scalar(select(func.count(Erratum.id)).where(Erratum.original_id == original_id)) or 0


def erratum_visas(erratum: Erratum) -> list[ErratumVisa]:
    """The visas on the present version of an erratum."""
    return [visa for visa in erratum.visas if visa.erratum_version == erratum.version]


def erratum_visa_awaited_from(erratum: Erratum, person_id: int | None) -> ErratumVisa | None:
    """The visa awaited from a person on the present version, if any."""
    for visa in erratum_visas(erratum):
        if visa.state is VisaState.AWAITED and visa.mandate.person_id == person_id:
            return visa
    return None


def awaited_errata(person_id: int) -> list[Erratum]:
    """Every erratum whose visa is awaited from a person whose mandate still runs, oldest first."""
    return list(
        db.session.scalars(
            select(Erratum)
            .join(ErratumVisa, ErratumVisa.erratum_id == Erratum.id)
            .join(ErratumVisa.mandate)
            .where(
                Mandate.person_id == person_id,
                or_(Mandate.until_on.is_(None), Mandate.until_on >= clock.today()),
                ErratumVisa.state == VisaState.AWAITED,
                ErratumVisa.erratum_version == Erratum.version,
                Erratum.state == RecordState.IN_VISA,
            )
            .order_by(Erratum.submitted_at, Erratum.id)
        )
    )


def errata_in_force(meeting_id: int) -> dict[int, list[Erratum]]:
    """The errata in force to the acts of a session: act id → errata, oldest first."""
    found: dict[int, list[Erratum]] = {}
    statement = (
        select(Erratum)
        .join(Act, Act.id == Erratum.original_id)
        .where(Act.meeting_id == meeting_id, Erratum.state == RecordState.IN_FORCE)
        .order_by(Erratum.id)
    )
    for erratum in db.session.scalars(statement):
        found.setdefault(erratum.original_id, []).append(erratum)
    return found
