"""Approved, the minutes are frozen; then signed, then published; a correction is a new edition."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from tnt.committees.queries import find_mandate
from tnt.core import blobs, clock, dataset, formats, journal
from tnt.core.access import SYSTEM, Actor
from tnt.core.db import db, transaction
from tnt.core.errors import N_, DomainError
from tnt.decisions.models import Act
from tnt.decisions.rules import EffectLine
from tnt.meetings.models import Meeting
from tnt.minutes import mails, queries
from tnt.minutes.document import approval_line, content_of, public_content, render
from tnt.minutes.models import Minutes, Paragraph, ParagraphVersion, Signature
from tnt.minutes.rules import (
    Approval,
    MinutesChanged,
    MinutesState,
    NotADemonstration,
    NotASigner,
    NotPublishedYet,
    Origin,
    RectificationNeedsReason,
    SignatureRole,
    WrongMinutesState,
    check_all_answered,
    check_reason,
    check_transition,
    is_tacitly_approved,
)
from tnt.minutes.services.writing import lock_session, newest

log = logging.getLogger("tnt.minutes")
JSON = "application/json"


def _approve(actor: Actor, minutes: Minutes, approval: Approval, act: Act | None = None) -> None:
    """Freeze the minutes as they stand: canonical JSON and PDF, kept under their hashes.

    Inside the caller's transaction, which holds the lock. Raises WrongMinutesState, AmendmentsPending.
    """
    check_transition(minutes.state, MinutesState.APPROVED)
    check_all_answered(each.state for each in queries.list_amendments(minutes.id))
    db.session.flush()
    head = journal.head_hash()
    content = content_of(minutes, queries.load_paragraphs(minutes.id)) | {
        "approval": approval.value,
        "approved_on": formats.date_medium(act.decided_on if act else clock.today()),
        "approved_by": act.label if act else "",
        "journal_head": head,
    }
    sha256 = blobs.put(journal.canonical(content).encode(), JSON)
    pdf_sha256 = blobs.put(render(content, approval_line(approval, content), (), sha256), blobs.PDF)
    minutes.journal_head = head
    minutes.content_sha256 = sha256
    minutes.pdf_sha256 = pdf_sha256
    minutes.approval = approval
    minutes.approved_at = clock.now()
    minutes.approved_by_act_id = act.id if act else None
    minutes.state = MinutesState.APPROVED
    db.session.flush()
    journal.record(
        actor,
        "minutes.approve",
        minutes,
        after={"how": approval, "content": minutes.content_sha256, "pdf": minutes.pdf_sha256},
        committee_id=minutes.meeting.committee_id,
    )
    mails.to_sign(minutes)


def approve_if_all_agree(actor: Actor, minutes: Minutes) -> bool:
    """Approve once everybody to whom the draft was sent has no remark and every request is answered."""
    recipients = queries.list_recipients(minutes.id)
    if not minutes.tacit or any(each.no_remark_at is None for each in recipients):
        return False
    if queries.count_pending(minutes.id):
        return False
    _approve(actor, minutes, Approval.EXPRESS)
    return True


def approve_overdue() -> int:
    """Approve what silence has approved, each once and apart; how many."""
    done = 0
    for minutes_id in queries.list_overdue(clock.today()):
        try:
            done += approve_tacitly(minutes_id)
        except DomainError:
            log.exception("minutes %s could not be approved", minutes_id)
    return done


def approve_tacitly(minutes_id: int) -> bool:
    """Approve minutes whose due date is over without a request left unanswered; False when it is not so."""
    with transaction() as session:
        found = session.get(Minutes, minutes_id)
        if found is None:
            return False
        session.execute(select(Meeting.id).where(Meeting.id == found.meeting_id).with_for_update())
        minutes = newest(found.meeting_id)
        if minutes.id != minutes_id or not _silence_approves(minutes):
            return False
        _approve(SYSTEM, minutes, Approval.TACIT)
    return True


def _silence_approves(minutes: Minutes) -> bool:
    return queries.approving_act_in_visa(minutes) is None and is_tacitly_approved(
        minutes.state,
        tacit=minutes.tacit,
        due_on=minutes.due_on,
        today=clock.today(),
        pending=queries.count_pending(minutes.id),
    )


def pass_due_date(actor: Actor, meeting_id: int) -> Minutes:
    """Over demonstration data only: do as if the due date were over.

    Raises NotFound, Forbidden, NotADemonstration, WrongMinutesState, AmendmentsPending.
    """
    with transaction() as session:
        lock_session(actor, meeting_id)
        minutes = newest(meeting_id)
        if not dataset.demo_loaded():
            raise NotADemonstration()
        if minutes.state is not MinutesState.CIRCULATED:
            raise WrongMinutesState()
        check_all_answered(each.state for each in queries.list_amendments(minutes.id))
        before = minutes.due_on
        minutes.due_on = clock.today() - timedelta(days=1)
        session.flush()
        journal.record(
            actor,
            "minutes.pass_due_date",
            minutes,
            before={"due_on": before},
            after={"due_on": minutes.due_on},
            committee_id=minutes.meeting.committee_id,
        )
        if _silence_approves(minutes):
            _approve(SYSTEM, minutes, Approval.TACIT)
    return minutes


# as an item of a later session: what the effects of a decision call


def check_approvable(minutes: Minutes) -> None:
    """Raise AmendmentsPending when a session cannot approve the minutes yet."""
    check_all_answered(each.state for each in queries.list_amendments(minutes.id))


def describe_approval(minutes: Minutes) -> list[EffectLine]:
    """What approving them in session does, in a sentence."""
    return [
        EffectLine(
            "minutes",
            N_("Le compte rendu de la séance du %(day)s est approuvé : il ne change plus."),
            {"day": clock.paris_day(minutes.meeting.starts_at)},
        )
    ]


def describe_no_approval(minutes: Minutes) -> list[EffectLine]:
    """What an item that ends without approving them does, in a sentence."""
    return [
        EffectLine(
            "minutes",
            N_(
                "Le compte rendu de la séance du %(day)s n’est pas approuvé : il attend une séance, "
                "le silence ne l’approuve plus."
            ),
            {"day": clock.paris_day(minutes.meeting.starts_at)},
        )
    ]


def leave_to_a_session(actor: Actor, minutes: Minutes) -> None:
    """A session did not approve the minutes: silence does not do so in its stead."""
    with transaction() as session:
        session.execute(select(Meeting.id).where(Meeting.id == minutes.meeting_id).with_for_update())
        minutes = newest(minutes.meeting_id)
        if minutes.state is not MinutesState.CIRCULATED or not minutes.tacit:
            return
        minutes.tacit = False
        session.flush()
        journal.record(
            actor,
            "minutes.leave_to_a_session",
            minutes,
            before={"tacit": True},
            after={"tacit": False},
            committee_id=minutes.meeting.committee_id,
        )


def approve_in_session(actor: Actor, minutes: Minutes, act: Act) -> None:
    """Approve the minutes by the act of a later session, at its last visa. Raises AmendmentsPending.

    Those sent after the session was lifted are not the ones that it approved: they stay as they are.
    """
    if minutes.circulated_at is None or minutes.circulated_at > act.recorded_at:
        return
    with transaction() as session:
        session.execute(select(Meeting.id).where(Meeting.id == minutes.meeting_id).with_for_update())
        minutes = newest(minutes.meeting_id)
        if minutes.state is MinutesState.CIRCULATED:
            _approve(actor, minutes, Approval.IN_SESSION, act)


# signatures, publication


def roles_of(actor: Actor, minutes: Minutes) -> list[SignatureRole]:
    """As what the actor may sign these minutes now: nobody signs twice."""
    signed = queries.list_signatures(minutes.id)
    if minutes.state is not MinutesState.APPROVED or any(
        each.person_id == actor.person_id for each in signed
    ):
        return []
    committee_id = minutes.meeting.committee_id
    held = {
        SignatureRole.CHAIR: actor.has("co_chair", committee_id),
        SignatureRole.SECRETARY: actor.has("secretary", committee_id),
    }
    taken = {each.role for each in signed}
    return [role for role, holds in held.items() if holds and role not in taken]


def sign(actor: Actor, meeting_id: int, role: SignatureRole, seen: str) -> Minutes:
    """Sign the approved minutes that were read (`seen`: their hash); with both signatures, they are signed.

    Raises NotFound, MinutesChanged, NotASigner.
    """
    with transaction() as session:
        queries.get_reading(actor, meeting_id)  # absent and forbidden look the same
        session.execute(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update())
        minutes = newest(meeting_id)
        if minutes.content_sha256 is None or minutes.content_sha256 != seen:
            raise MinutesChanged()
        if role not in roles_of(actor, minutes) or actor.person_id is None:
            raise NotASigner()
        signature = Signature(
            minutes=minutes,
            role=role,
            person_id=actor.person_id,
            name=actor.name,
            quality=_quality(actor, minutes),
            signed_at=clock.now(),
            sha256=minutes.content_sha256,
        )
        session.add(signature)
        session.flush()
        journal.record(
            actor,
            "minutes.sign",
            signature,
            after={"role": role, "content": signature.sha256},
            committee_id=minutes.meeting.committee_id,
        )
        _seal(actor, minutes)
    return minutes


def _quality(actor: Actor, minutes: Minutes) -> str:
    """« DINUM »: for whom the mandate of the day sits; the role says the rest."""
    mandate = find_mandate(actor.person_id or 0, minutes.meeting.committee_id, clock.today())
    if mandate is None:
        return ""
    return mandate.institution.short_name


def _seal(actor: Actor, minutes: Minutes) -> None:
    """With both signatures: the PDF that bears them, kept under its hash."""
    signatures = queries.list_signatures(minutes.id)
    if {each.role for each in signatures} != set(SignatureRole) or minutes.approval is None:
        return
    check_transition(minutes.state, MinutesState.SIGNED)
    content = queries.whole_content(minutes)
    status = approval_line(minutes.approval, content)
    minutes.signed_pdf_sha256 = blobs.put(
        render(content, status, signatures, minutes.content_sha256 or ""), blobs.PDF
    )
    minutes.signed_at = clock.now()
    minutes.state = MinutesState.SIGNED
    db.session.flush()
    journal.record(
        actor,
        "minutes.signed",
        minutes,
        after={"pdf": minutes.signed_pdf_sha256},
        committee_id=minutes.meeting.committee_id,
    )


def publish(actor: Actor, meeting_id: int) -> Minutes:
    """Publish the signed minutes: the public version leaves reserved passages and named votes out.

    Raises NotFound, Forbidden, WrongMinutesState.
    """
    with transaction() as session:
        lock_session(actor, meeting_id)
        minutes = newest(meeting_id)
        check_transition(minutes.state, MinutesState.PUBLISHED)
        if minutes.approval is None:
            raise WrongMinutesState()
        whole = queries.whole_content(minutes)
        content = public_content(whole) | {"of": minutes.content_sha256}
        status, signatures = approval_line(minutes.approval, content), queries.list_signatures(minutes.id)
        sha256 = blobs.put(journal.canonical(content).encode(), JSON)
        made = render(content, status, signatures, minutes.content_sha256 or "")
        pdf_sha256 = blobs.put(made, blobs.PDF)
        minutes.public_content_sha256 = sha256
        minutes.public_pdf_sha256 = pdf_sha256
        minutes.published_at = clock.now()
        minutes.state = MinutesState.PUBLISHED
        session.flush()
        journal.record(
            actor,
            "minutes.publish",
            minutes,
            after={"content": minutes.public_content_sha256, "pdf": minutes.public_pdf_sha256},
            committee_id=minutes.meeting.committee_id,
        )
        mails.published(minutes, queries.list_recipients(minutes.id))
    return minutes


def rectify(actor: Actor, meeting_id: int, reason: str) -> Minutes:
    """Begin a rectifying edition of published minutes: the same passages, the same steps; the old one stays.

    Raises NotFound, Forbidden, NotPublishedYet, RectificationNeedsReason.
    """
    with transaction() as session:
        meeting = lock_session(actor, meeting_id)
        old = newest(meeting_id)
        if old.state is not MinutesState.PUBLISHED:
            raise NotPublishedYet()
        minutes = Minutes(
            meeting_id=meeting.id,
            meeting=meeting,
            edition=old.edition + 1,
            rectifies_id=old.id,
            reason=check_reason(reason, RectificationNeedsReason),
            state=MinutesState.DRAFT,
            tacit=meeting.committee.minutes_tacit,
            drafted_at=clock.now(),
            drafted_by_id=actor.person_id,
        )
        session.add(minutes)
        session.flush()
        for paragraph in queries.load_paragraphs(old.id):
            if paragraph.removed_at is None:
                session.add(_carried(actor, minutes, paragraph))
        session.flush()
        journal.record(
            actor,
            "minutes.rectify",
            minutes,
            after={"edition": minutes.edition, "reason": minutes.reason},
            committee_id=meeting.committee_id,
        )
    return minutes


def _carried(actor: Actor, minutes: Minutes, old: Paragraph) -> Paragraph:
    """The same paragraph, under the same key, in a later edition."""
    first = ParagraphVersion(
        number=1, text=old.text, origin=Origin.CARRIED, author_id=actor.person_id, written_at=clock.now()
    )
    return Paragraph(
        minutes=minutes,
        key=old.key,
        item_id=old.item_id,
        act_id=old.act_id,
        kind=old.kind,
        position=old.position,
        reserved=old.reserved,
        version=1,
        text=old.text,
        origin=Origin.CARRIED,
        versions=[first],
    )
