"""Errata: a slip of the pen in an act in force, put right with the same visas; the act's own words stay.

An erratum changes words, never effects: to decide otherwise, the committee takes another decision.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from tnt.closing import mails, queries
from tnt.closing.models import Erratum, ErratumVisa
from tnt.closing.rules import (
    ErratumAlreadyAsked,
    NoCoChairToday,
    NotAwaited,
    NotCorrectable,
    RecordChanged,
    RecordState,
    check_correction,
    check_erratum,
    check_record_transition,
    erratum_wording,
)
from tnt.committees.models import Committee, Mandate, VisaRule
from tnt.core import clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import Forbidden, NotFound
from tnt.decisions.models import Act
from tnt.decisions.rules import ActKind, ActState, Nature
from tnt.decisions.services import bring_into_force, cancel_act, get_act, reword_act
from tnt.decisions.visas import VisaState, is_complete


def can_file_erratum(actor: Actor, act: Act) -> bool:
    """Whether the actor may ask that the words of an act be put right: the secretariat, once in force."""
    return (
        act.committee_id is not None
        and actor.has("secretary", act.committee_id)
        and act.state is ActState.IN_FORCE
        and act.nature in {Nature.DECISION, Nature.OPINION}
    )


def file_erratum(actor: Actor, act_id: int, *, corrected: str, reason: str) -> Erratum:
    """Ask that the words of an act read otherwise, and submit it to the co-chairs of the day.

    Raises NotFound, Forbidden, NotCorrectable, ErratumAlreadyAsked, NothingCorrected, ErratumNeedsReason,
    NoCoChairToday.
    """
    with transaction() as session:
        act = _locked_act(actor, act_id)
        words = queries.words_in_force(act)
        corrected, reason = check_erratum(words, corrected, reason)
        if queries.find_open_erratum(act.id) is not None:
            raise ErratumAlreadyAsked()
        rank = queries.count_errata(act.id) + 1
        own = Act(
            nature=Nature.ERRATUM,
            kind=ActKind.OTHER,
            state=ActState.IN_VISA,
            number=f"{act.number}-R{rank}" if act.number else None,
            reference="" if act.number else f"{act.reference}, erratum n° {rank}",
            committee_id=act.committee_id,
            period=act.period,
            item_order=act.item_order,
            decided_on=clock.today(),
            effective_on=clock.today(),
            title=f"Erratum à {act.label}",
            wording=erratum_wording(words, corrected),
            reserved=act.reserved,
            rectifies_id=act.id,
            recorded_at=clock.now(),
        )
        session.add(own)
        session.flush()
        erratum = Erratum(
            act_id=own.id,
            original_id=act.id,
            corrected=corrected,
            reason=reason,
            submitted_at=clock.now(),
            state=RecordState.IN_VISA,
            version=1,
        )
        session.add(erratum)
        session.flush()
        _submit(erratum)
        journal.record(
            actor,
            "erratum.submit",
            erratum,
            before={"wording": words},
            after={"wording": corrected, "reason": reason, "version": 1},
            committee_id=act.committee_id,
        )
    return erratum


def _locked_act(actor: Actor, act_id: int) -> Act:
    act = get_act(act_id)
    db.session.execute(select(Act.id).where(Act.id == act.id).with_for_update())
    db.session.refresh(act)
    if act.committee_id is None or not queries.can_read_committee(actor, act.committee_id):
        raise NotFound()
    if not actor.has("secretary", act.committee_id):
        raise Forbidden()
    if not can_file_erratum(actor, act):
        raise NotCorrectable()
    return act


def _submit(erratum: Erratum) -> None:
    """Await the visa of each co-chair of the day on the present version, and write to them."""
    committee_id = erratum.act.committee_id
    co_chairs: Sequence[Mandate] = queries.co_chairs_on(committee_id, clock.today()) if committee_id else []
    if not co_chairs:
        raise NoCoChairToday()
    erratum.visas += [
        ErratumVisa(mandate=mandate, erratum_version=erratum.version, state=VisaState.AWAITED)
        for mandate in co_chairs
    ]
    db.session.flush()
    mails.erratum_awaited(erratum, queries.erratum_visas(erratum))


def give_erratum_visa(actor: Actor, erratum_id: int, expected_version: int) -> Erratum:
    """A co-chair gives the visa on the version read; at the last one the erratum is in force.

    Raises NotFound, NotAwaited, RecordChanged.
    """
    with transaction():
        erratum, visa = _awaited(actor, erratum_id, expected_version)
        _answer(actor, erratum, visa, VisaState.GIVEN, "visa.give")
        committee = db.session.get_one(Committee, erratum.act.committee_id)
        states = [one.state for one in queries.erratum_visas(erratum)]
        if is_complete(states, committee.visa_rule is VisaRule.ALL_CO_CHAIRS):
            check_record_transition(erratum.state, RecordState.IN_FORCE)
            bring_into_force(actor, erratum.act)
            erratum.state = RecordState.IN_FORCE
            mails.erratum_in_force(erratum)
    return erratum


def ask_erratum_correction(actor: Actor, erratum_id: int, expected_version: int, comment: str) -> Erratum:
    """A co-chair sends the erratum back with what is to change.

    Raises NotFound, NotAwaited, RecordChanged, CorrectionNeedsWords, CorrectionTooLong.
    """
    with transaction():
        erratum, visa = _awaited(actor, erratum_id, expected_version)
        comment = check_correction(comment)
        check_record_transition(erratum.state, RecordState.TO_CORRECT)
        visa.comment = comment
        _answer(actor, erratum, visa, VisaState.CORRECTION_ASKED, "visa.ask_correction")
        erratum.state = RecordState.TO_CORRECT
        mails.erratum_sent_back(erratum, visa)
    return erratum


def resubmit_erratum(
    actor: Actor, erratum_id: int, *, corrected: str, reason: str, expected_version: int
) -> Erratum:
    """Change an erratum that was sent back and submit it again; every visa is awaited anew.

    Raises NotFound, Forbidden, NotAwaited, RecordChanged, NothingCorrected, ErratumNeedsReason,
    NoCoChairToday.
    """
    with transaction():
        erratum = _locked_by_secretary(actor, erratum_id, expected_version)
        check_record_transition(erratum.state, RecordState.IN_VISA)
        words = queries.words_in_force(erratum.original, before=erratum)
        corrected, reason = check_erratum(words, corrected, reason)
        before, after = journal.changes(erratum, {"corrected": corrected, "reason": reason})
        erratum.corrected, erratum.reason = corrected, reason
        erratum.version += 1
        erratum.state, erratum.submitted_at = RecordState.IN_VISA, clock.now()
        own = erratum.act
        reword_act(
            actor,
            own,
            wording=erratum_wording(words, corrected),
            vote=own.vote,
            effective_on=own.effective_on,
        )
        _submit(erratum)
        journal.record(
            actor,
            "erratum.resubmit",
            erratum,
            before=before,
            after=after | {"version": erratum.version},
            committee_id=own.committee_id,
        )
    return erratum


def give_up_erratum(actor: Actor, erratum_id: int, expected_version: int) -> Erratum:
    """Withdraw an erratum that was sent back: its number stays, without effect.

    Raises NotFound, Forbidden, NotAwaited, RecordChanged.
    """
    with transaction():
        erratum = _locked_by_secretary(actor, erratum_id, expected_version)
        if erratum.state is not RecordState.TO_CORRECT or erratum.act.state is not ActState.IN_VISA:
            raise NotAwaited()
        cancel_act(actor, erratum.act)
        journal.record(actor, "erratum.withdraw", erratum, committee_id=erratum.act.committee_id)
    return erratum


def _locked(actor: Actor, erratum_id: int, expected_version: int) -> Erratum:
    erratum = db.session.scalar(
        select(Erratum)
        .where(Erratum.id == erratum_id)
        .with_for_update(of=Erratum)
        .execution_options(populate_existing=True)
    )
    committee_id = erratum.act.committee_id if erratum else None
    if erratum is None or committee_id is None or not queries.can_read_committee(actor, committee_id):
        raise NotFound()
    if erratum.version != expected_version:
        raise RecordChanged()
    return erratum


def _locked_by_secretary(actor: Actor, erratum_id: int, expected_version: int) -> Erratum:
    erratum = _locked(actor, erratum_id, expected_version)
    if not actor.has("secretary", erratum.act.committee_id):
        raise Forbidden()
    return erratum


def _awaited(actor: Actor, erratum_id: int, expected_version: int) -> tuple[Erratum, ErratumVisa]:
    erratum = _locked(actor, erratum_id, expected_version)
    visa = queries.erratum_visa_awaited_from(erratum, actor.person_id)
    if (
        visa is None
        or erratum.state is not RecordState.IN_VISA
        or not actor.has("co_chair", erratum.act.committee_id)
    ):
        raise NotAwaited()
    return erratum, visa


def _answer(actor: Actor, erratum: Erratum, visa: ErratumVisa, state: VisaState, action: str) -> None:
    visa.state, visa.given_at, visa.given_by_id = state, clock.now(), actor.person_id
    db.session.flush()
    journal.record(
        actor,
        action,
        visa,
        before={"state": VisaState.AWAITED},
        after={"state": state, "version": erratum.version, "comment": visa.comment},
        committee_id=erratum.act.committee_id,
    )
