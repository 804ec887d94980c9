"""Close a consultation, approve what it decides; at the last visa everything takes effect, all or nothing."""

from __future__ import annotations

import logging
from dataclasses import replace

from tnt.committees.models import VisaRule
from tnt.committees.queries import co_chairs_on
from tnt.consultations import mails, queries
from tnt.consultations.models import ConsultationVisa, WrittenConsultation
from tnt.consultations.record import content_of, render
from tnt.consultations.rules import (
    RESULT_WORDS,
    STATE_OF,
    Choice,
    ConsultationState,
    CorrectionNeedsReason,
    EffectOfConsultationRefused,
    NoCoChairToVisa,
    RepliesChanged,
    Result,
    TextChanged,
    TextEmptied,
    VisaNotAwaited,
    check_closing,
    check_transition,
    shortened,
    vote_words,
)
from tnt.consultations.services.drafting import check_effects
from tnt.core import blobs, clock, formats, journal
from tnt.core.access import SYSTEM, Actor
from tnt.core.db import db, rehearsal, transaction
from tnt.core.errors import DomainError
from tnt.core.i18n import phrase, translate
from tnt.core.uploads import Upload
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, EffectLine, Series
from tnt.decisions.services import bring_into_force, record_between_sessions, reword_act
from tnt.decisions.visas import VisaState, is_complete
from tnt.effects import services as effects
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import ItemKind, RequestOrigin
from tnt.intake.services import file_request
from tnt.meetings.policies import can_prepare
from tnt.meetings.rules import NotTheSecretary
from tnt.sittings.rules import OutcomeKind

log = logging.getLogger("tnt.consultations")
JSON = "application/json"
COMMENT_LENGTHS = (3, 5_000)
REPORT_MINUTES = 5


def close(actor: Actor, consultation_id: int, *, seen: str | None = None) -> WrittenConsultation:
    """Close a consultation whose deadline has passed, that everybody answered, or that goes to a session.

    What is adopted is numbered and submitted to the co-chairs; the rest is told to the members and put on the
    intake. `seen` is the fingerprint of the replies that were read. Raises NotFound, NotTheSecretary,
    ConsultationOver, RepliesChanged, TooEarlyToClose, NoCoChairToVisa, EffectOfConsultationRefused.
    """
    with transaction():
        consultation = queries.lock_consultation(actor, consultation_id)
        if not can_prepare(actor, consultation.committee_id):
            raise NotTheSecretary()
        result = queries.expected_result(consultation)
        check_transition(consultation.state, STATE_OF[result])
        if seen is not None and seen != queries.fingerprint(consultation):
            raise RepliesChanged()
        count = queries.tally_of(consultation)
        check_closing(count, consultation.due_on, clock.today())
        consultation.result = result
        consultation.state = STATE_OF[result]
        consultation.closed_at = clock.now()
        consultation.version += 1
        after = {"result": result, "for": count.approve, "against": count.reject, "abstain": count.abstain}
        after |= {"session": count.session, "silent": count.silent}
        _note(actor, "consultation.close", consultation, after)
        if result is Result.ADOPTED:
            _submit_first(actor, consultation)
        else:
            consultation.follow_up = (
                _refer(consultation) if result is Result.SESSION_ASKED else _report(consultation)
            )
            mails.tell_outcome(consultation)
    return consultation


def close_overdue() -> int:
    """Close every consultation whose deadline has passed; how many. One that cannot be waits for a person."""
    closed = 0
    for consultation_id in queries.overdue():
        try:
            close(SYSTEM, consultation_id)
        except DomainError as refusal:
            db.session.rollback()
            log.info("consultation %s stays open: %s", consultation_id, type(refusal).__name__)
        else:
            closed += 1
    return closed


def _note(actor: Actor, action: str, consultation: WrittenConsultation, after: dict[str, object]) -> None:
    journal.record(actor, action, consultation, after=after, committee_id=consultation.committee_id)


def _submit_first(actor: Actor, consultation: WrittenConsultation) -> None:
    check_effects(consultation)
    today = clock.today()
    consultation.act = record_between_sessions(
        actor,
        committee=consultation.committee,
        series=Series.CONSULTATION,
        number=consultation.number or "",
        state=ActState.IN_VISA,
        nature=queries.nature_of(consultation),
        kind=consultation.act_kind,
        title=consultation.title,
        wording=consultation.draft_wording,
        vote=vote_words(queries.tally_of(consultation), consultation.voting),
        decided_on=today,
        effective_on=effects.effective_day(consultation, today),
    )
    described = described_effects(consultation)
    with rehearsal():  # what would be refused at the last visa is refused now
        _apply(actor, consultation, consultation.act)
    _submit(actor, consultation, described)


def described_effects(consultation: WrittenConsultation) -> list[EffectLine]:
    """What the consultation will do, in sentences. May raise the refusal of an effect."""
    return effects.describe(consultation, consultation.committee, OutcomeKind.ADOPTED, clock.today())


def _submit(actor: Actor, consultation: WrittenConsultation, described: list[EffectLine]) -> None:
    """Freeze a version of the text and await the visas of the co-chairs of the day."""
    co_chairs = co_chairs_on(consultation.committee_id, clock.today())
    if not co_chairs:
        raise NoCoChairToVisa()
    act = _act_of(consultation)
    consultation.record_version += 1
    consultation.submitted_at = clock.now()
    consultation.visas += [
        ConsultationVisa(
            mandate=mandate, record_version=consultation.record_version, state=VisaState.AWAITED, comment=""
        )
        for mandate in co_chairs
    ]
    content = content_of(consultation, act, described, consultation.record_version)
    status = "Projet soumis au visa\u00a0: sans effet avant le dernier visa."
    consultation.content_sha256 = blobs.put(journal.canonical(content).encode(), JSON)
    consultation.pdf_sha256 = blobs.put(
        render(content, queries.visas_of_version(consultation), status), blobs.PDF
    )
    db.session.flush()
    after: dict[str, object] = {
        "version": consultation.record_version,
        "content": consultation.content_sha256,
        "act": act.label,
    }
    _note(actor, "consultation.submit", consultation, after)
    mails.ask_visas(consultation, queries.visas_of_version(consultation))


def _act_of(consultation: WrittenConsultation) -> Act:
    if consultation.act is None:
        raise VisaNotAwaited()
    return consultation.act


def give_visa(actor: Actor, consultation_id: int, expected_version: int) -> WrittenConsultation:
    """A co-chair gives the visa on the version that was read; at the last one, everything takes effect.

    Raises NotFound, VisaNotAwaited, TextChanged, EffectOfConsultationRefused.
    """
    with transaction():
        consultation, visa = _awaited(actor, consultation_id, expected_version)
        _answer(actor, consultation, visa, VisaState.GIVEN)
        _settle(actor, consultation)
    return consultation


def _settle(actor: Actor, consultation: WrittenConsultation) -> None:
    """After a visa: when they suffice, what was decided takes force."""
    needs_all = queries.frozen_content(consultation)["visa_rule"] == VisaRule.ALL_CO_CHAIRS
    states = [each.state for each in queries.visas_of_version(consultation)]
    if is_complete(states, needs_all):
        _take_force(actor, consultation)


def file_signed_scan(
    actor: Actor, consultation_id: int, scan: Upload, expected_version: int
) -> WrittenConsultation:
    """The secretary files the text signed on paper: it stands for every visa still awaited.

    Raises NotFound, NotTheSecretary, VisaNotAwaited, TextChanged, EffectOfConsultationRefused.
    """
    with transaction():
        consultation = queries.lock_consultation(actor, consultation_id)
        if not can_prepare(actor, consultation.committee_id):
            raise NotTheSecretary()
        if consultation.state is not ConsultationState.IN_VISA:
            raise VisaNotAwaited()
        if consultation.record_version != expected_version:
            raise TextChanged()
        consultation.scan_sha256 = blobs.put(scan.content, scan.media_type)
        _note(actor, "consultation.file_scan", consultation, {"scan": consultation.scan_sha256})
        for visa in queries.visas_of_version(consultation):
            if visa.state is VisaState.AWAITED:
                visa.by_scan = True
                _answer(actor, consultation, visa, VisaState.GIVEN)
        _settle(actor, consultation)
    return consultation


def ask_correction(
    actor: Actor, consultation_id: int, expected_version: int, comment: str
) -> WrittenConsultation:
    """A co-chair sends the text back with what is to be corrected.

    Raises NotFound, VisaNotAwaited, TextChanged, CorrectionNeedsReason.
    """
    with transaction():
        consultation, visa = _awaited(actor, consultation_id, expected_version)
        if not COMMENT_LENGTHS[0] <= len(comment.strip()) <= COMMENT_LENGTHS[1]:
            raise CorrectionNeedsReason()
        check_transition(consultation.state, ConsultationState.TO_CORRECT)
        _answer(actor, consultation, visa, VisaState.CORRECTION_ASKED, comment.strip())
        consultation.state = ConsultationState.TO_CORRECT
        mails.tell_correction(consultation, visa)
    return consultation


def _awaited(
    actor: Actor, consultation_id: int, expected_version: int
) -> tuple[WrittenConsultation, ConsultationVisa]:
    consultation = queries.lock_consultation(actor, consultation_id)
    visa = queries.visa_awaited_from(consultation, actor.person_id)
    if visa is not None and consultation.record_version != expected_version:
        raise TextChanged()
    if (
        visa is None
        or consultation.state is not ConsultationState.IN_VISA
        or not actor.has("co_chair", consultation.committee_id)
    ):
        raise VisaNotAwaited()
    return consultation, visa


def _answer(
    actor: Actor,
    consultation: WrittenConsultation,
    visa: ConsultationVisa,
    state: VisaState,
    comment: str = "",
) -> None:
    visa.state = state
    visa.given_at = clock.now()
    visa.given_by_id = actor.person_id
    visa.comment = comment
    verb = "give" if state is VisaState.GIVEN else "ask_correction"
    journal.record(
        actor,
        f"consultation_visa.{verb}",
        visa,
        before={"state": VisaState.AWAITED},
        after={
            "state": state,
            "record": consultation.content_sha256,
            "version": consultation.record_version,
            "comment": comment,
            "by_scan": visa.by_scan,
        },
        committee_id=consultation.committee_id,
    )


def correct(
    actor: Actor, consultation_id: int, *, wording: str, expected_version: int
) -> WrittenConsultation:
    """Correct a text sent back: a new version is submitted, every visa is awaited anew.

    The same when a co-chair's mandate ended before their visa: it goes to the co-chairs of the day.

    Raises NotFound, NotTheSecretary, VisaNotAwaited, TextChanged, TextEmptied, NoCoChairToVisa.
    """
    with transaction():
        consultation = queries.lock_consultation(actor, consultation_id)
        if not can_prepare(actor, consultation.committee_id):
            raise NotTheSecretary()
        if not queries.is_to_submit_anew(consultation):
            raise VisaNotAwaited()
        if consultation.record_version != expected_version:
            raise TextChanged()
        act = _act_of(consultation)
        wording = wording.strip()
        if len(wording) < COMMENT_LENGTHS[0]:
            raise TextEmptied()
        reword_act(actor, act, wording=wording, vote=act.vote, effective_on=act.effective_on)
        consultation.state = ConsultationState.IN_VISA
        _submit(actor, consultation, described_effects(consultation))
    return consultation


def _take_force(actor: Actor, consultation: WrittenConsultation) -> None:
    """Apply what was decided; any refusal undoes it all, the visa too."""
    check_transition(consultation.state, ConsultationState.IN_FORCE)
    act = _act_of(consultation)
    _apply(actor, consultation, act)
    consultation.state = ConsultationState.IN_FORCE
    consultation.in_force_at = clock.now()
    status = f"Décision visée, en vigueur depuis le {formats.datetime_long(consultation.in_force_at)}."
    content = dict(queries.frozen_content(consultation))
    consultation.signed_pdf_sha256 = blobs.put(
        render(content, queries.visas_of_version(consultation), status), blobs.PDF
    )
    consultation.follow_up = _report(consultation)
    after: dict[str, object] = {"version": consultation.record_version, "act": act.label}
    _note(actor, "consultation.in_force", consultation, after)
    mails.tell_outcome(consultation)


def _apply(actor: Actor, consultation: WrittenConsultation, act: Act) -> None:
    """Whoever sets the effects off need not hold each right below: the committee decided."""
    acting = replace(actor, is_system=True)
    bring_into_force(acting, act)
    try:
        effects.carry_out(acting, consultation, consultation.committee, act)
    except DomainError as refusal:
        raise EffectOfConsultationRefused(why=translate(refusal)) from refusal


def _report(consultation: WrittenConsultation) -> DecisionRequest:
    """The next session is told: an entry of the intake, which its agenda proposes."""
    result = phrase(RESULT_WORDS[consultation.result], {}) if consultation.result else ""
    return file_request(
        SYSTEM,
        committee_id=consultation.committee_id,
        origin=RequestOrigin.REPORT,
        kind=ItemKind.INFORMATION,
        act_kind=ActKind.NOTE,
        title=shortened(
            f"Rendre compte de la consultation écrite {consultation.number}\u00a0: {consultation.title}"
        ),
        reason=f"Consultation close le {formats.date_long(clock.today())}\u00a0: {result}.",
        about_act_id=consultation.act_id,
        group_id=effects.group_of(consultation),
        minutes=REPORT_MINUTES,
    )


def _refer(consultation: WrittenConsultation) -> DecisionRequest:
    """A voting member asked for a session: the same question waits for it."""
    asked = [seat for seat in consultation.seats if seat.choice is Choice.SESSION]
    names = ", ".join(seat.mandate.person.full_name for seat in asked)
    return file_request(
        SYSTEM,
        committee_id=consultation.committee_id,
        origin=RequestOrigin.CONSULTATION,
        act_kind=consultation.act_kind,
        title=consultation.title,
        wording=consultation.draft_wording,
        reason=f"Consultation écrite {consultation.number}\u00a0: examen en séance demandé par {names}.",
        group_motion_id=consultation.group_motion_id,
        objective_motion_id=consultation.objective_motion_id,
        group_id=consultation.group_id,
        minutes=consultation.minutes,
    )
