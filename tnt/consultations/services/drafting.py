"""Draft a consultation, join its papers, send it; or withdraw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tnt.agendas.queries import wording_facts
from tnt.agendas.rules import (
    GROUP_KINDS,
    OBJECTIVE_KINDS,
    NothingChosen,
    draft_sentence,
    draft_title,
    is_incomplete,
)
from tnt.agendas.services import GroupAsk, ObjectiveAsk
from tnt.committees.models import Committee
from tnt.committees.queries import co_chairs_on, get_committee_by_id
from tnt.consultations import mails, queries
from tnt.consultations.models import ConsultationPaper, ConsultedSeat, WrittenConsultation
from tnt.consultations.rules import (
    MOST_PAPERS,
    ConsultationOver,
    ConsultationState,
    EffectOfConsultationRefused,
    NobodyConsulted,
    NoCoChairToVisa,
    TooManyPapers,
    WordingUnfinished,
    check_deadline,
    check_kind,
    check_question,
    check_reason,
    check_text,
    check_title,
    check_transition,
)
from tnt.consultations.services.mailing import invite
from tnt.core import blobs, clock, journal
from tnt.core.access import Actor
from tnt.core.db import db, transaction
from tnt.core.errors import DomainError, Forbidden, NotFound, check_version
from tnt.core.i18n import translate
from tnt.core.uploads import Upload
from tnt.decisions.rules import ActKind, Series, is_competent
from tnt.decisions.services import cancel_act, next_number
from tnt.effects import services as effects
from tnt.handovers import services as handovers
from tnt.intake.models import DecisionRequest
from tnt.intake.rules import AskedInSession
from tnt.intake.services import mark_consulted, wait_again
from tnt.meetings.policies import can_prepare
from tnt.meetings.rules import NotTheSecretary
from tnt.objectives import services as objectives
from tnt.objectives.models import ObjectiveMotion
from tnt.programme.rules import period_of
from tnt.projects import services as projects
from tnt.projects.models import GroupMotion, ProjectGroup
from tnt.sittings.rules import OutcomeKind


@dataclass(frozen=True, slots=True)
class Words:
    """How a consultation reads; an empty title or wording is drafted from what is asked."""

    question: str
    due_on: date
    title: str = ""
    draft_wording: str = ""


def draft_consultation(
    actor: Actor,
    *,
    committee_id: int,
    act_kind: ActKind,
    words: Words,
    group_id: int | None = None,
    group_ask: GroupAsk | None = None,
    objective_id: int | None = None,
    objective_ask: ObjectiveAsk | None = None,
) -> WrittenConsultation:
    """Prepare a question for a committee: nothing is sent yet.

    A kind of act that changes a group or an objective drafts what it asks for it, both or neither. Raises
    NotFound, NotTheSecretary, NotAsked, NothingChosen, the refusal of a text, or of what is asked.
    """
    check_kind(act_kind)
    with transaction() as session:
        committee = get_committee_by_id(committee_id)
        _check_prepares(actor, committee_id)
        motion = _group_motion(actor, act_kind, group_id, group_ask or GroupAsk())
        asked = _objective_motion(actor, act_kind, objective_id, objective_ask or ObjectiveAsk())
        group = _group(group_id) if motion is None and asked is None else None
        consultation = WrittenConsultation(
            committee_id=committee_id,
            committee=committee,
            act_kind=act_kind,
            group_motion=motion,
            objective_motion=asked,
            group=group,
        )
        _draft(actor, consultation, words)
        session.flush()
        _note(actor, "consultation.draft", consultation, after=_texts(consultation))
    return consultation


def draft_from_request(
    actor: Actor,
    request_id: int,
    *,
    words: Words,
    group_ask: GroupAsk | None = None,
    objective_ask: ObjectiveAsk | None = None,
    expected_version: int | None = None,
) -> WrittenConsultation:
    """Prepare a question from an entry of the intake: what it asks is taken over, and its author follows it.

    The entry waits again if the consultation is given up. Raises NotFound, NotTheSecretary, Stale,
    RequestSettled, AskedInSession, NotAsked, or the refusal of a text, or of what is asked.
    """
    with transaction() as session:
        entry = mark_consulted(actor, request_id, expected_version=expected_version)
        check_kind(entry.act_kind)
        no_motion = entry.act_kind in GROUP_KINDS and entry.group_motion is None
        not_asked = entry.act_kind in OBJECTIVE_KINDS and entry.objective_motion is None
        if no_motion or not_asked:  # what is asked of it is not drafted yet
            raise AskedInSession()
        _revise_asked(actor, entry, group_ask, objective_ask)
        consultation = WrittenConsultation(
            committee_id=entry.committee_id,
            committee=entry.committee,
            request=entry,
            act_kind=entry.act_kind,
            group_motion=entry.group_motion,
            objective_motion=entry.objective_motion,
            group=entry.group,
        )
        _draft(actor, consultation, words)
        session.flush()
        _note(actor, "consultation.draft", consultation, after=_texts(consultation))
    return consultation


def _revise_asked(
    actor: Actor,
    carrier: DecisionRequest | WrittenConsultation,
    group_ask: GroupAsk | None,
    objective_ask: ObjectiveAsk | None,
) -> None:
    """Change what is asked of the group or of the objective."""
    if carrier.group_motion_id is not None and group_ask is not None:
        projects.revise_motion(actor, carrier.group_motion_id, **group_ask.values())
        if group_ask.answers is not None:
            handovers.settle(actor, carrier.group_motion_id, group_ask.answers)
    if carrier.objective_motion_id is not None and objective_ask is not None:
        objectives.revise_motion(actor, carrier.objective_motion_id, **objective_ask.values())


def _draft(actor: Actor, consultation: WrittenConsultation, words: Words) -> None:
    """Write a new draft: what is left empty is drafted from what is asked."""
    consultation.state = ConsultationState.DRAFT
    consultation.author_id = actor.person_id
    consultation.created_at = clock.now()
    consultation.version = 1
    consultation.title = ""
    consultation.question = check_question(words.question)
    consultation.due_on = words.due_on
    consultation.title = check_title(words.title or _drafted(consultation)[0])
    check_deadline(words.due_on, clock.today(), consultation.committee.consultation_days)
    wording = check_text(words.draft_wording, "draft_wording")
    consultation.draft_wording = wording or _drafted(consultation)[1]
    db.session.add(consultation)


def _check_prepares(actor: Actor, committee_id: int) -> None:
    if not can_prepare(actor, committee_id):
        raise NotTheSecretary()


def _group(group_id: int | None) -> ProjectGroup | None:
    if group_id is None:
        return None
    group = db.session.get(ProjectGroup, group_id)
    if group is None:
        raise NotFound()
    return group


def _group_motion(actor: Actor, act_kind: ActKind, group_id: int | None, ask: GroupAsk) -> GroupMotion | None:
    if act_kind not in GROUP_KINDS:
        return None
    if group_id is None:
        raise NothingChosen(field="group_id")
    motion = projects.draft_motion(actor, group_id=group_id, motion=GROUP_KINDS[act_kind], **ask.values())
    if ask.answers is not None:
        handovers.settle(actor, motion.id, ask.answers)
    return motion


def _objective_motion(
    actor: Actor, act_kind: ActKind, objective_id: int | None, ask: ObjectiveAsk
) -> ObjectiveMotion | None:
    if act_kind not in OBJECTIVE_KINDS:
        return None
    if objective_id is None:
        raise NothingChosen(field="objective_id")
    return objectives.draft_motion(
        actor, objective_id=objective_id, kind=OBJECTIVE_KINDS[act_kind], **ask.values()
    )


def _drafted(consultation: WrittenConsultation) -> tuple[str, str]:
    """The title and the wording proposed for what is asked."""
    committee, kind = consultation.committee, consultation.act_kind
    facts = wording_facts(
        committee.name,
        group_motion=consultation.group_motion,
        objective_motion=consultation.objective_motion,
        group_name=consultation.group.name if consultation.group else "",
        title=consultation.title,
    )
    return draft_title(kind, facts), draft_sentence(kind, facts, competent=is_competent(committee.key, kind))


def _texts(consultation: WrittenConsultation) -> dict[str, Any]:
    names = ("title", "question", "act_kind", "draft_wording", "due_on")
    return {name: getattr(consultation, name) for name in names}


def _note(actor: Actor, action: str, consultation: WrittenConsultation, **values: Any) -> None:
    journal.record(actor, action, consultation, committee_id=consultation.committee_id, **values)


def locked_draft(
    actor: Actor, consultation_id: int, expected_version: int | None = None
) -> WrittenConsultation:
    """A draft, locked, for the secretary of its committee.

    Raises NotFound, NotTheSecretary, ConsultationOver, Stale.
    """
    consultation = queries.lock_consultation(actor, consultation_id)
    _check_prepares(actor, consultation.committee_id)
    if consultation.state is not ConsultationState.DRAFT:
        raise ConsultationOver()
    check_version(expected_version, consultation.version)
    return consultation


def revise_consultation(
    actor: Actor,
    consultation_id: int,
    *,
    words: Words,
    group_ask: GroupAsk | None = None,
    objective_ask: ObjectiveAsk | None = None,
    expected_version: int | None = None,
) -> WrittenConsultation:
    """Change a draft; a wording left as it was drafted follows what is asked.

    Raises NotFound, NotTheSecretary, ConsultationOver, Stale, or the refusal of a text.
    """
    with transaction():
        consultation = locked_draft(actor, consultation_id, expected_version)
        check_deadline(words.due_on, clock.today(), consultation.committee.consultation_days)
        drafted = _drafted(consultation)[1]
        _revise_asked(actor, consultation, group_ask, objective_ask)
        wording = check_text(words.draft_wording, "draft_wording")
        new = {
            "title": check_title(words.title),
            "question": check_question(words.question),
            "due_on": words.due_on,
            "draft_wording": _drafted(consultation)[1] if wording in {"", drafted} else wording,
        }
        before, after = journal.changes(consultation, new)
        for name, value in after.items():
            setattr(consultation, name, value)
        consultation.version += 1
        _note(actor, "consultation.revise", consultation, before=before, after=after)
    return consultation


def add_paper(actor: Actor, consultation_id: int, *, upload: Upload, title: str = "") -> ConsultationPaper:
    """Join a paper to a draft. Raises NotFound, NotTheSecretary, ConsultationOver, TooManyPapers."""
    with transaction() as session:
        consultation = locked_draft(actor, consultation_id)
        if len(consultation.papers) >= MOST_PAPERS:
            raise TooManyPapers(most=MOST_PAPERS)
        paper = ConsultationPaper(
            consultation=consultation,
            title=" ".join(title.split())[:200] or upload.name.rpartition(".")[0] or upload.name,
            file_name=upload.name,
            media_type=upload.media_type,
            size=upload.size,
            sha256=blobs.put(upload.content, upload.media_type),
            added_by_id=actor.person_id,
            added_at=clock.now(),
        )
        session.add(paper)
        session.flush()
        after = {"title": paper.title, "file": paper.file_name, "sha256": paper.sha256}
        journal.record(
            actor, "consultation.add_paper", paper, after=after, committee_id=consultation.committee_id
        )
    return paper


def remove_paper(actor: Actor, consultation_id: int, paper_id: int) -> None:
    """Take a paper off a draft. Raises NotFound, NotTheSecretary, ConsultationOver."""
    with transaction() as session:
        consultation = locked_draft(actor, consultation_id)
        paper = next((each for each in consultation.papers if each.id == paper_id), None)
        if paper is None:
            raise NotFound()
        before = {"title": paper.title, "file": paper.file_name, "sha256": paper.sha256}
        journal.record(
            actor, "consultation.remove_paper", paper, before=before, committee_id=consultation.committee_id
        )
        consultation.papers.remove(paper)
        session.delete(paper)


def send(
    actor: Actor, consultation_id: int, *, expected_version: int | None = None
) -> tuple[WrittenConsultation, int]:
    """Ask the question: the number is given, whoever sits there today is written to; how many mails leave.

    The rules of the committee are kept as they are today. Raises NotFound, NotTheSecretary, ConsultationOver,
    Stale, DeadlineTooShort, WordingUnfinished, NobodyConsulted, NoCoChairToVisa, EffectOfConsultationRefused.
    """
    with transaction() as session:
        consultation = locked_draft(actor, consultation_id, expected_version)
        committee, today = consultation.committee, clock.today()
        check_deadline(consultation.due_on, today, committee.consultation_days)
        if is_incomplete(consultation.draft_wording):
            raise WordingUnfinished()
        seats = queries.seats_to_consult(committee.id, today)
        if not any(is_voting for _mandate, is_voting in seats):
            raise NobodyConsulted()
        if not co_chairs_on(committee.id, today):
            raise NoCoChairToVisa()
        check_effects(consultation)
        _open(consultation, committee, today)
        consultation.seats = [
            ConsultedSeat(mandate=mandate, is_voting=is_voting, remark="", version=0)
            for mandate, is_voting in seats
        ]
        session.flush()
        sent = invite(consultation)
        after = {
            "number": consultation.number,
            "due_on": consultation.due_on,
            "consulted": len(seats),
            "mails": sent,
            "question": consultation.question,
            "wording": consultation.draft_wording,
            "papers": [paper.sha256 for paper in consultation.papers],
        }
        _note(actor, "consultation.send", consultation, after=after)
    return consultation, sent


def _open(consultation: WrittenConsultation, committee: Committee, today: date) -> None:
    check_transition(consultation.state, ConsultationState.OPEN)
    period = period_of(today, committee.every).code
    consultation.number = next_number(committee, period, Series.CONSULTATION)
    consultation.state = ConsultationState.OPEN
    consultation.opened_at = clock.now()
    consultation.silence_consents = committee.silence_consents
    consultation.quorum_percent = committee.quorum_percent
    consultation.votes_enabled = committee.votes_enabled
    consultation.visa_rule = committee.visa_rule
    consultation.version += 1


def check_effects(consultation: WrittenConsultation) -> None:
    """Raise EffectOfConsultationRefused when what is asked could not be carried out today."""
    committee = consultation.committee
    try:
        effects.check(consultation, committee, OutcomeKind.ADOPTED, clock.today())
        effects.check_not_reserved(consultation, committee, OutcomeKind.ADOPTED, None)
    except DomainError as refusal:
        raise EffectOfConsultationRefused(why=translate(refusal)) from refusal


def withdraw(
    actor: Actor, consultation_id: int, *, reason: str, expected_version: int | None = None
) -> WrittenConsultation:
    """Give a consultation up, with the reason that members read; its number, if it has one, stays.

    One sent back at the visa is dropped with its act. Raises NotFound, NotTheSecretary, ConsultationOver,
    Stale, ReasonNeeded, Forbidden.
    """
    reason = check_reason(reason)
    with transaction():
        consultation = queries.lock_consultation(actor, consultation_id)
        if not can_prepare(actor, consultation.committee_id):
            raise Forbidden()
        check_transition(consultation.state, ConsultationState.WITHDRAWN)
        check_version(expected_version, consultation.version)
        before = {"state": consultation.state}
        was_open = consultation.state is ConsultationState.OPEN
        if consultation.act is not None:
            cancel_act(actor, consultation.act)
        consultation.state = ConsultationState.WITHDRAWN
        consultation.reason = reason
        consultation.closed_at = consultation.closed_at or clock.now()
        consultation.version += 1
        after = {"state": consultation.state, "reason": reason}
        _note(actor, "consultation.withdraw", consultation, before=before, after=after)
        if consultation.request_id is not None:
            wait_again(actor, consultation.request_id)
        if was_open:
            mails.tell_withdrawal(consultation)
    return consultation
