"""Levée, record, visas; and at the last visa, everything that was decided, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from tnt.actions.services import open_action
from tnt.agendas.followers import item_leaves
from tnt.closing import mails, queries
from tnt.closing.extracts import groups_of
from tnt.closing.models import DecisionRecord, Visa
from tnt.closing.record import content_of, render, status_line, told_to_all
from tnt.closing.rules import (
    AlreadyAdjourned,
    EarlierRecordPending,
    EffectRefused,
    NoCoChair,
    NotAwaited,
    NotReady,
    RecordChanged,
    RecordState,
    ScanMissing,
    check_correction,
    check_record_transition,
)
from tnt.committees.models import VisaRule
from tnt.core import blobs, clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, rehearsal, transaction
from tnt.core.errors import N_, DomainError, Forbidden, NotFound
from tnt.core.i18n import translate
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.decisions.services import acts_of_meeting, bring_into_force, cancel_act, number_act, reword_act
from tnt.decisions.visas import VisaState, is_complete
from tnt.effects import services as effects
from tnt.intake.models import RequestOrigin
from tnt.intake.services import file_request
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.meetings.services import enter_state
from tnt.minutes.services.writing import redraw as redraw_minutes
from tnt.sittings.models import ItemAction
from tnt.sittings.queries import ItemState, list_item_states
from tnt.sittings.rules import OutcomeKind, makes_act, vote_words
from tnt.sittings.services import journal_texts

JSON = "application/json"


def can_close(actor: Actor, meeting: Meeting) -> bool:
    """Whether the actor lifts the session and handles its record: the committee's secretariat."""
    return actor.has("secretary", meeting.committee_id)


def _locked_meeting(actor: Actor, meeting_id: int) -> Meeting:
    """The meeting, its row locked, for its secretary. Raises NotFound, Forbidden."""
    meeting = db.session.scalar(select(Meeting).where(Meeting.id == meeting_id).with_for_update(of=Meeting))
    if meeting is None or not (queries.can_read(actor, meeting) or can_close(actor, meeting)):
        raise NotFound()
    if not can_close(actor, meeting):
        raise Forbidden()
    return meeting


def adjourn(actor: Actor, meeting_id: int) -> DecisionRecord:
    """Lift the session: outcomes locked, decisions numbered, the record submitted to the co-chairs' visa.

    A past session entered afterwards was visaed in its time: its record takes force at once, under its
    own reference. Raises NotFound, Forbidden, AlreadyAdjourned, NotReady, NoCoChair, or the refusal of an
    effect.
    """
    with transaction() as session:
        meeting = _locked_meeting(actor, meeting_id)
        if meeting.state in {MeetingState.ADJOURNED, MeetingState.CLOSED}:
            raise AlreadyAdjourned()
        journal_texts(meeting)
        preview = queries.preview_of(meeting)
        _check_ready(preview)
        if not preview.co_chairs and not meeting.recorded_afterwards:
            raise NoCoChair()
        enter_state(meeting, MeetingState.ADJOURNED)
        for item in preview.items:
            _number(actor, meeting, item.state)
            _return_if_deferred(actor, meeting, item.state)
            if item.state.outcome is not None and item.state.outcome.kind is not None:
                effects.lift(actor, item.state.item, item.state.outcome.kind)
        session.flush()
        if not meeting.recorded_afterwards:
            _rehearse(actor, meeting)
        record = DecisionRecord(
            meeting_id=meeting.id,
            meeting=meeting,
            version=1,
            state=RecordState.IN_VISA,
            journal_head=journal.head_hash(),
            submitted_at=clock.now(),
            content_sha256="",
            pdf_sha256="",
        )
        if not meeting.recorded_afterwards:
            record.visas = [
                Visa(mandate=mandate, record_version=1, state=VisaState.AWAITED)
                for mandate in preview.co_chairs
            ]
        session.add(record)
        _freeze(record, preview)
        session.flush()
        journal.record(
            actor,
            "record.submit",
            record,
            after={"version": 1, "content": record.content_sha256, "acts": _labels(meeting)},
            committee_id=meeting.committee_id,
        )
        if meeting.recorded_afterwards:
            _take_force(actor, record)
        else:
            mails.visa_awaited(record, queries.visas_of_version(record))
    return record


def _check_ready(preview: queries.Preview) -> None:
    missing: list[str] = []
    if not preview.items:
        missing.append(_("l’ordre du jour est vide"))
    if not preview.roll_called:
        missing.append(_("l’appel n’a pas été fait"))
    if preview.uncalled:
        missing.append(
            ngettext("un siège reste à appeler", "%(num)s sièges restent à appeler", preview.uncalled)
        )
    if preview.unsettled:
        orders = ", ".join(str(state.item.position) for state in preview.unsettled)
        missing.append(
            ngettext(
                "sans résultat au point %(orders)s",
                "sans résultat aux points %(orders)s",
                len(preview.unsettled),
                orders=orders,
            )
        )
    if missing:
        raise NotReady(missing=" ; ".join(missing))
    for item in preview.items:
        if item.refusal is not None:
            raise _refused(item.state, item.refusal) from item.refusal


def _refused(state: ItemState, refusal: DomainError) -> EffectRefused:
    return EffectRefused(order=state.item.position, title=state.item.title, why=translate(refusal))


def _rehearse(actor: Actor, meeting: Meeting) -> None:
    """Carry everything out together, then undo it: what two items do to one thing is refused in time.

    Raises EffectRefused.
    """
    with rehearsal():
        _apply_all(actor, meeting)


def _labels(meeting: Meeting) -> list[str]:
    return [act.label for act in acts_of_meeting(meeting.id)]


def _number(actor: Actor, meeting: Meeting, state: ItemState) -> None:
    outcome = state.outcome
    if outcome is None or not makes_act(outcome.kind) or outcome.kind is None:
        return
    decided_on = clock.paris_day(meeting.starts_at)
    outcome.act = number_act(
        actor,
        meeting=meeting,
        nature=effects.nature_of(state.item, meeting.committee, outcome.kind),
        kind=state.item.act_kind,
        title=state.item.title,
        wording=outcome.wording.strip(),
        vote=vote_words(outcome.draft),
        item_order=state.item.position,
        decided_on=decided_on,
        effective_on=effects.effective_day(state.item, decided_on),
        reserved=state.item.reserved,
    )


def _return_if_deferred(actor: Actor, meeting: Meeting, state: ItemState) -> None:
    """A deferred item goes back to the committee's intake by itself, with its lineage."""
    if state.outcome is None or state.outcome.kind is not OutcomeKind.DEFERRED:
        return
    item = state.item
    if item.standing is not None:
        return  # the next session is proposed it anyhow
    entry = file_request(
        actor,
        committee_id=meeting.committee_id,
        origin=RequestOrigin.DEFERRED,
        act_kind=item.act_kind,
        title=item.title,
        wording=state.outcome.wording or item.draft_wording,  # as amended before it was deferred
        reason=state.outcome.defer_reason,
        author_id=actor.person_id,
        group_motion_id=item.group_motion_id,
        objective_motion_id=item.objective_motion_id,
        opinion_act_id=item.request.opinion_act_id if item.request else None,
        about_act_id=item.request.about_act_id if item.request else None,
        from_meeting_id=meeting.id,
        times_deferred=item.times_deferred + 1,
        minutes=item.minutes,
        kind=item.kind,
        group_id=item.group_id,
        rapporteur_id=item.rapporteur_id,
        reserved=item.reserved,
    )
    item_leaves(actor, item, entry, keep=True)  # what was read in session stays, and comes back with it


def _freeze(record: DecisionRecord, preview: queries.Preview) -> None:
    """Keep the content that the visas are given on, and its PDF, under their hashes."""
    content = content_of(record.meeting, preview, record.version)
    record.journal_head = content["journal_head"]
    status = status_line(record)
    record.content_sha256 = blobs.put(journal.canonical(content).encode(), JSON)
    record.pdf_sha256 = blobs.put(render(content, queries.visas_of_version(record), status), blobs.PDF)


def frozen_content(record: DecisionRecord) -> Mapping[str, object]:
    """The content of the record's present version, as frozen."""
    content: dict[str, object] = json.loads(blobs.get(record.content_sha256).content)
    return content


def _locked_record(meeting_id: int) -> DecisionRecord:
    """The record, locked after its meeting: everybody takes the two in that order. Raises NotFound."""
    db.session.execute(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update())
    record = db.session.scalar(
        select(DecisionRecord)
        .where(DecisionRecord.meeting_id == meeting_id)
        .with_for_update(of=DecisionRecord)
    )
    if record is None:
        raise NotFound()
    return record


def give_visa(actor: Actor, meeting_id: int, expected_version: int) -> DecisionRecord:
    """A co-chair gives the visa on the version that was read; at the last one, everything takes effect.

    Raises NotFound, NotAwaited, RecordChanged, EarlierRecordPending, EffectRefused.
    """
    with transaction():
        record, visa = _awaited(actor, meeting_id, expected_version)
        visa.state = VisaState.GIVEN
        visa.given_at = clock.now()
        visa.given_by_id = actor.person_id
        _journal_visa(actor, record, visa, "visa.give")
        _settle(actor, record)
    return record


def ask_correction(actor: Actor, meeting_id: int, expected_version: int, comment: str) -> DecisionRecord:
    """A co-chair sends the record back with what is to be corrected.

    Raises NotFound, NotAwaited, RecordChanged, CorrectionNeedsWords, CorrectionTooLong.
    """
    with transaction():
        record, visa = _awaited(actor, meeting_id, expected_version)
        comment = check_correction(comment)
        check_record_transition(record.state, RecordState.TO_CORRECT)
        visa.state = VisaState.CORRECTION_ASKED
        visa.given_at = clock.now()
        visa.given_by_id = actor.person_id
        visa.comment = comment
        record.state = RecordState.TO_CORRECT
        _journal_visa(actor, record, visa, "visa.ask_correction")
        mails.correction_asked(record, visa)
    return record


def _awaited(actor: Actor, meeting_id: int, expected_version: int) -> tuple[DecisionRecord, Visa]:
    record = _locked_record(meeting_id)
    if not queries.can_read(actor, record.meeting):
        raise NotFound()
    visa = queries.visa_awaited_from(record, actor.person_id)
    if record.version != expected_version:
        raise RecordChanged()
    if (
        visa is None
        or record.state is not RecordState.IN_VISA
        or not actor.has("co_chair", record.meeting.committee_id)
    ):
        raise NotAwaited()
    return record, visa


def _journal_visa(actor: Actor, record: DecisionRecord, visa: Visa, action: str) -> None:
    journal.record(
        actor,
        action,
        visa,
        before={"state": VisaState.AWAITED},
        after={
            "state": visa.state,
            "record": record.content_sha256,
            "version": record.version,
            "comment": visa.comment,
            "by_scan": visa.by_scan,
        },
        committee_id=record.meeting.committee_id,
    )


def file_signed_scan(actor: Actor, meeting_id: int, scan: bytes, expected_version: int) -> DecisionRecord:
    """The secretary files the record signed on paper: it stands for every visa still awaited.

    Raises NotFound, Forbidden, NotAwaited, RecordChanged, ScanMissing, and what the last visa raises.
    """
    with transaction():
        _locked_meeting(actor, meeting_id)
        record = _locked_record(meeting_id)
        if record.version != expected_version:
            raise RecordChanged()
        if record.state is not RecordState.IN_VISA:
            raise NotAwaited()
        if not blobs.is_pdf(scan):
            raise ScanMissing()
        record.scan_sha256 = blobs.put(scan, blobs.PDF)
        for visa in queries.visas_of_version(record):
            if visa.state is VisaState.AWAITED:
                visa.state = VisaState.GIVEN
                visa.given_at = clock.now()
                visa.given_by_id = actor.person_id
                visa.by_scan = True
                _journal_visa(actor, record, visa, "visa.file_scan")
        _settle(actor, record)
    return record


def correct(
    actor: Actor,
    meeting_id: int,
    *,
    wordings: Mapping[int, str],
    dropped: Iterable[int] = (),
    expected_version: int,
) -> DecisionRecord:
    """Correct a record sent back: act id → new wording; `dropped` acts keep their number as « annulée ».

    A new version is submitted; every visa is awaited anew. Raises NotFound, Forbidden, NotAwaited,
    RecordChanged, NoCoChair.
    """
    with transaction() as session:
        meeting = _locked_meeting(actor, meeting_id)
        record = _locked_record(meeting_id)
        if record.version != expected_version:
            raise RecordChanged()
        check_record_transition(record.state, RecordState.IN_VISA)
        dropped_ids = set(dropped)
        for act in acts_of_meeting(meeting.id):
            if act.state is ActState.IN_VISA:
                _correct_act(actor, act, wordings.get(act.id), act.id in dropped_ids)
        for state in list_item_states(meeting.id) if dropped_ids else ():
            if state.outcome is not None and state.outcome.act_id in dropped_ids:
                effects.drop(actor, state.item)
        record.version += 1
        record.state = RecordState.IN_VISA
        record.submitted_at = clock.now()
        co_chairs = queries.co_chairs_of(meeting)
        if not co_chairs:
            raise NoCoChair()
        record.visas += [
            Visa(mandate=mandate, record_version=record.version, state=VisaState.AWAITED)
            for mandate in co_chairs
        ]
        session.flush()
        _freeze(record, queries.preview_of(meeting))
        redraw_minutes(actor, meeting.id)
        journal.record(
            actor,
            "record.resubmit",
            record,
            after={"version": record.version, "content": record.content_sha256},
            committee_id=meeting.committee_id,
        )
        mails.visa_awaited(record, queries.visas_of_version(record))
    return record


class WordingEmptied(DomainError):
    """A corrected decision still has words; to drop it, say so."""

    message = N_(
        "La décision %(number)s n’a plus de texte : corrigez-la, ou cochez « Annuler cette décision »."
    )
    field = "wording"


def _correct_act(actor: Actor, act: Act, wording: str | None, is_dropped: bool) -> None:
    if is_dropped:
        cancel_act(actor, act)
        return
    if wording is None:
        return
    if len(wording.strip()) < 3:
        raise WordingEmptied(number=act.label)
    reword_act(actor, act, wording=wording.strip(), vote=act.vote, effective_on=act.effective_on)


def _settle(actor: Actor, record: DecisionRecord) -> None:
    """After a visa: when they suffice, the record takes force. A setting changed since changes nothing."""
    needs_all = frozen_content(record)["visa_rule"] == VisaRule.ALL_CO_CHAIRS
    states = [visa.state for visa in queries.visas_of_version(record)]
    if is_complete(states, needs_all):
        _take_force(actor, record)


def _take_force(actor: Actor, record: DecisionRecord) -> None:
    """Apply everything that the session decided, in the order of its items; any refusal undoes it all.

    The journal still says who gave the last visa.
    """
    meeting = record.meeting
    if not meeting.recorded_afterwards:
        earlier = queries.earlier_record_pending(meeting)
        if earlier is not None:
            raise EarlierRecordPending(day=clock.paris_day(earlier.starts_at))
    check_record_transition(record.state, RecordState.IN_FORCE)
    _apply_all(actor, meeting)
    record.state = RecordState.IN_FORCE
    record.in_force_at = clock.now()
    content = dict(frozen_content(record))
    status = status_line(record)
    record.signed_pdf_sha256 = blobs.put(render(content, queries.visas_of_version(record), status), blobs.PDF)
    enter_state(meeting, MeetingState.CLOSED)
    journal.record(
        actor,
        "record.in_force",
        record,
        after={"version": record.version, "acts": _labels(meeting)},
        committee_id=meeting.committee_id,
    )
    mails.record_in_force(record)
    mails.extracts_for_leads(record, groups_of(record, told_to_all(content)))


def _apply_all(actor: Actor, meeting: Meeting) -> None:
    """The effects of every item, in order.

    Whoever sets them off need not hold each right below: the committee decided.
    """
    acting = replace(actor, is_system=True)
    for state in list_item_states(meeting.id):
        _apply_item(acting, meeting, state)


def _apply_item(actor: Actor, meeting: Meeting, state: ItemState) -> None:
    act = state.outcome.act if state.outcome else None
    kind = state.outcome.kind if state.outcome else None
    if act is not None and act.state is ActState.CANCELLED:
        if kind is not None:
            effects.follow(actor, state.item, kind, None)
        return
    if act is not None:
        bring_into_force(actor, act)
        try:
            effects.carry_out(actor, state.item, meeting.committee, act)
        except DomainError as refusal:
            raise _refused(state, refusal) from refusal
    if kind is not None:
        effects.follow(actor, state.item, kind, act)
    for noted in state.actions:
        _open_noted_action(actor, meeting, noted, act, reserved=state.item.reserved)


def _open_noted_action(
    actor: Actor, meeting: Meeting, noted: ItemAction, act: Act | None, *, reserved: bool
) -> None:
    noted.action = open_action(
        actor,
        committee_id=meeting.committee_id,
        meeting_id=meeting.id,
        act_id=act.id if act else None,
        title=noted.title,
        owner_id=noted.owner_id,
        owner_institution_id=noted.owner_institution_id,
        due_on=noted.due_on,
        reserved=reserved,
    )
