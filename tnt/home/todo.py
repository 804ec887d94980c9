"""What awaits whom: each role's part of « À faire », put together in order of dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tnt.actions.queries import open_of
from tnt.closing.models import DecisionRecord
from tnt.closing.queries import awaited_errata, awaited_visas
from tnt.consultations.models import WrittenConsultation
from tnt.consultations.queries import awaiting
from tnt.convocations.queries import agendas_to_correct, countersigns_awaited
from tnt.core import clock
from tnt.core.access import Actor
from tnt.core.errors import N_
from tnt.home import queries
from tnt.home.queries import CommitteeLine, Counts, MeetingLine
from tnt.home.rules import Todo, convene_by, in_order, is_end_of_semester, report_due
from tnt.meetings.cadence import CadenceState, PeriodState
from tnt.meetings.models import Meeting
from tnt.meetings.retroplanning import DEFAULT_DAYS, RetroStepKind
from tnt.meetings.rules import MeetingState
from tnt.minutes.queries import Waiting, list_waiting
from tnt.minutes.rules import MinutesState
from tnt.papers.queries import owed_by
from tnt.participants.queries import OwnReply
from tnt.portfolio.queries.groups import GroupRow, ObjectivesRow
from tnt.programme.rules import Every, period_of

MOST_ACTIONS = 8
MINUTES_WITHIN_DAYS = 10  # after the session, the draft is sent


@dataclass(frozen=True, slots=True)
class Known:
    """What the page has read already, so that nothing is read twice."""

    committees: list[CommitteeLine]
    meetings: list[MeetingLine]
    cadences: dict[int, list[PeriodState]]
    led: tuple[GroupRow, ...]  # the groups that the reader leads
    objectives: ObjectivesRow  # of the semester, over every group
    counts: Counts
    next: MeetingLine | None = None
    to_date: Sequence[MeetingLine] = ()  # those that the reader may read
    reply: OwnReply | None = None  # to the next session, when it is convened and the reader sits there


def todos_of(actor: Actor, known: Known) -> list[Todo]:
    """All that awaits the actor, the latest first."""
    todos = [*_visas(actor), *_reply(known), *_actions(actor)]
    if known.counts.any_consultation:
        todos += _consultations(actor)
    if known.counts.any_paper:
        todos += _papers(actor)
    todos += _of_lead(known)
    todos += _of_administrator(actor, known)
    todos += [todo for line in list_waiting(actor) if (todo := _of_minutes(actor, line)) is not None]
    for committee in known.committees:
        if actor.has("secretary", committee.id):
            todos += _of_secretary(committee, known)
    if actor.has_any("secretary"):
        todos += _to_place(known) + _to_correct(actor, known)
    return in_order(todos)


def _reply(known: Known) -> list[Todo]:
    """The reply that the next convened session awaits from its member, or that has no effect."""
    line, mine = known.next, known.reply
    if line is None or mine is None:
        return []
    where = {"meeting_id": line.id, "mandate_id": mine.mandate_id}
    if not mine.has_answered:
        message = N_("Répondre à la convocation de la séance du %(day)s")
        return [Todo(line.day, message, {"day": line.day}, "participants.reply", where)]
    if mine.void_holder:
        message = N_("Votre pouvoir est sans effet : %(holder)s ne vient pas")
        note, words = N_("séance du %(day)s"), {"holder": mine.void_holder}
        return [Todo(line.day, message, words, "participants.reply", where, note, {"day": line.day})]
    return []


def _visas(actor: Actor) -> list[Todo]:
    if actor.person_id is None or not actor.has_any("co_chair"):
        return []
    return (
        _countersigns(actor.person_id)
        + [
            Todo(
                clock.paris_day(visa.record.submitted_at),
                N_("Viser le relevé du %(committee)s"),
                {"committee": visa.record.meeting.committee.name},
                "closing.record",
                {"meeting_id": visa.record.meeting_id},
                N_("séance du %(day)s, soumis à votre visa"),
                {"day": clock.paris_day(visa.record.meeting.starts_at)},
            )
            for visa in awaited_visas(actor.person_id)
        ]
        + [
            Todo(
                clock.paris_day(erratum.submitted_at),
                N_("Viser l’erratum à %(act)s"),
                {"act": erratum.original.label},
                "errata.page",
                {"erratum_id": erratum.id},
                N_("soumis à votre visa"),
                {},
            )
            for erratum in awaited_errata(actor.person_id)
        ]
    )


def _papers(actor: Actor) -> list[Todo]:
    if actor.person_id is None:
        return []
    return [
        Todo(
            paper.due_on,
            N_("Reprendre la pièce « %(title)s »")
            if paper.is_sent_back
            else N_("Remettre la pièce « %(title)s »"),
            {"title": paper.title},
            "papers.hand_in",
            {"paper_id": paper.id},
            N_("%(committee)s, séance du %(day)s"),
            {"committee": paper.committee, "day": clock.paris_day(paper.starts_at)},
        )
        for paper in owed_by(actor.person_id, awaited_only=True)
    ]


def _consultations(actor: Actor) -> list[Todo]:
    """What is decided between sessions: to answer, to close, to sign off, to correct."""
    awaited = awaiting(actor)
    day = N_("réponse au plus tard le %(day)s")
    answer = N_("Répondre à la consultation écrite %(number)s : %(title)s")
    close, visa = N_("Clore la consultation écrite %(number)s"), N_("Viser la consultation écrite %(number)s")
    correct = N_("Corriger le texte de la consultation écrite %(number)s et le soumettre de nouveau")
    closed = N_("close le %(day)s, soumise à votre visa")
    return [
        *(_of_consultation(each, answer, each.due_on, day, each.due_on) for each in awaited.to_answer),
        *(_of_consultation(each, close, each.due_on, day, each.due_on) for each in awaited.to_close),
        *(
            _of_consultation(each, visa, _closed_on(each), closed, _closed_on(each))
            for each in awaited.to_visa
        ),
        *(_of_consultation(each, correct, _closed_on(each)) for each in awaited.to_correct),
    ]


def _closed_on(consultation: WrittenConsultation) -> date:
    return clock.paris_day(consultation.closed_at) if consultation.closed_at else consultation.due_on


def _of_consultation(
    it: WrittenConsultation, message: str, on: date, note: str = "", day: date | None = None
) -> Todo:
    words = {"number": it.number, "title": it.title}
    where = {"consultation_id": it.id}
    return Todo(on, message, words, "consultations.show", where, note, {"day": day} if day else {})


def _of_minutes(actor: Actor, line: Waiting) -> Todo | None:
    """The next thing that somebody has to do about minutes, if any."""
    found = _step_of_minutes(actor, line)
    if found is None:
        return None
    on, message, endpoint = found
    note, params = N_("séance du %(day)s"), {"day": clock.paris_day(line.starts_at)}
    where = {"meeting_id": line.meeting_id}
    return Todo(on, message, {"committee": line.committee}, endpoint, where, note, params)


def _step_of_minutes(actor: Actor, line: Waiting) -> tuple[date | None, str, str] | None:
    """When, what, and where."""
    keeps = actor.has("secretary", line.committee_id)
    chairs = actor.has("co_chair", line.committee_id)
    if line.state is MinutesState.APPROVED:
        unsigned = (chairs and not line.chair_signed) or (keeps and not line.secretary_signed)
        return (None, N_("Signer le compte rendu du %(committee)s"), "minutes.sign") if unsigned else None
    if line.my_answer_is_awaited:
        return line.due_on, N_("Relire le compte rendu du %(committee)s"), "minutes.page"
    return _step_of_secretary(line) if keeps else None


def _step_of_secretary(line: Waiting) -> tuple[date | None, str, str] | None:
    by = clock.paris_day(line.starts_at) + timedelta(days=MINUTES_WITHIN_DAYS)
    if line.state is None:
        return by, N_("Rédiger le compte rendu du %(committee)s"), "minutes.page"
    if line.state is MinutesState.DRAFT:
        return by, N_("Relire et diffuser le compte rendu du %(committee)s"), "minutes.page"
    if line.state is MinutesState.CIRCULATED and line.pending:
        message = N_("Répondre aux demandes sur le compte rendu du %(committee)s")
        return line.due_on, message, "minutes.requests"
    if line.state is MinutesState.SIGNED:
        return None, N_("Publier le compte rendu du %(committee)s"), "minutes.publish"
    return None


def _countersigns(person_id: int) -> list[Todo]:
    """The agendas that wait for a co-chair before members are convened."""
    return [
        Todo(
            convene_by(clock.paris_day(one.meeting.starts_at), one.meeting.notice_days),
            N_("Contresigner l’ordre du jour du %(committee)s"),
            {"committee": one.meeting.committee.name},
            "convocations.countersign",
            {"meeting_id": one.meeting_id},
            N_("séance du %(day)s, avant la convocation"),
            {"day": clock.paris_day(one.meeting.starts_at)},
        )
        for one in countersigns_awaited(person_id)
    ]


def _actions(actor: Actor) -> list[Todo]:
    return [
        Todo(
            action.due_on,
            N_("%(title)s"),
            {"title": action.title},
            "actions.action",
            {"action_id": action.id},
            N_("action demandée par le %(committee)s"),
            {"committee": action.committee},
        )
        for action in open_of(actor, clock.today(), MOST_ACTIONS)
    ]


def _of_lead(known: Known) -> list[Todo]:
    return [
        Todo(
            report_due(row.report.reported_on if row.report else None, row.decided.effective_on),
            N_("Faire le point d’avancement du groupe « %(group)s »"),
            {"group": row.name},
            "reports.file",
            {"slug": row.slug},
            N_("dernier point : %(day)s") if row.report else N_("aucun point encore"),
            {"day": row.report.reported_on} if row.report else {},
        )
        for row in known.led
        if row.active and row.decided is not None
    ]


def _of_secretary(committee: CommitteeLine, known: Known) -> list[Todo]:
    todos = [
        todo
        for line in known.meetings
        if line.committee_id == committee.id
        for todo in _of_meeting(committee, line)
    ]
    todos += [todo for state in known.cadences.get(committee.id, []) for todo in _of_period(committee, state)]
    return todos + _scores_due(committee, known)


def _of_meeting(committee: CommitteeLine, line: MeetingLine) -> list[Todo]:
    """The next thing to do for a meeting, if any."""
    words = {"committee": committee.name}
    where = {"meeting_id": line.id}
    note, note_params = N_("séance du %(day)s"), {"day": line.day}
    if line.state is MeetingState.IN_SESSION:
        message = N_("Reprendre la séance du %(committee)s, et la lever")
        return [Todo(line.day, message, words, "sittings.page", where, note, note_params)]
    if line.recorded_afterwards and line.state is MeetingState.PLANNED:
        message = N_("Saisir les décisions de la séance passée du %(committee)s")
        return [Todo(None, message, words, "agendas.page", where, note, note_params)]
    if line.state is MeetingState.POSTPONED:
        message = N_("Fixer la nouvelle date du %(committee)s")
        note = N_("séance reportée, d’abord prévue le %(day)s")
        return [Todo(None, message, words, "meetings.move", where, note, note_params)]
    if line.state is MeetingState.PLANNED:
        message = N_("Convoquer le %(committee)s")
        by = convene_by(line.day, line.notice_days)
        return [Todo(by, message, words, "agendas.page", where, note, note_params)]
    if line.state is MeetingState.CONVENED:
        message = N_("Tenir la séance du %(committee)s")
        holding = Todo(line.day, message, words, "agendas.page", where)
        if line.pack_sent:
            return [holding]
        message = N_("Diffuser le dossier du %(committee)s")
        by = line.day - timedelta(DEFAULT_DAYS[RetroStepKind.PACK])
        return [Todo(by, message, words, "packs.page", where, note, note_params), holding]
    return []


def _of_period(committee: CommitteeLine, state: PeriodState) -> list[Todo]:
    words = {"committee": committee.name, "period": f"{state.period.short} {state.period.year}"}
    if state.state in {CadenceState.DUE, CadenceState.LATE}:
        by = convene_by(state.period.last_day, committee.notice_days)
        message = N_("Planifier la séance %(period)s du %(committee)s")
        note, params = N_("à tenir avant le %(day)s"), {"day": state.period.last_day}
        return [Todo(by, message, words, "meetings.plan", {"committee": committee.key}, note, params)]
    if state.state is CadenceState.MISSED:
        message = N_("Expliquer l’absence de séance au %(period)s (%(committee)s)")
        return [Todo(state.period.last_day, message, words, "meetings.missed", {"committee": committee.key})]
    return []


def _scores_due(committee: CommitteeLine, known: Known) -> list[Todo]:
    """At the end of a semester, the committee that adopted its objectives scores them."""
    today = clock.today()
    semester = period_of(today, Every.SEMESTER)
    left = known.objectives.adopted - known.objectives.scored
    if committee.key != "coordination" or left <= 0 or not is_end_of_semester(today, semester.last_day):
        return []
    return [
        Todo(
            semester.last_day,
            N_("Faire évaluer %(count)s objectif(s) du semestre"),
            {"count": left},
            "objectives.index",
            {"semestre": semester.code},
        )
    ]


def _to_place(known: Known) -> list[Todo]:
    if not known.counts.pending_requests:
        return []
    message = N_("Traiter les demandes en attente (%(count)s)")
    return [Todo(None, message, {"count": known.counts.pending_requests}, "intake.index")]


def _to_correct(actor: Actor, known: Known) -> list[Todo]:
    kept = actor.scopes("secretary")
    agendas = agendas_to_correct(kept) if known.counts.any_agenda_to_correct else ()
    records = queries.records_to_correct(kept) if known.counts.records_to_correct else ()
    return [
        *(_agenda_to_correct(request.meeting) for request in agendas),
        *(_record_to_correct(record) for record in records),
    ]


def _agenda_to_correct(meeting: Meeting) -> Todo:
    day = clock.paris_day(meeting.starts_at)
    return Todo(
        convene_by(day, meeting.notice_days),
        N_("Corriger l’ordre du jour du %(committee)s et le soumettre de nouveau"),
        {"committee": meeting.committee.name},
        "convocations.countersign",
        {"meeting_id": meeting.id},
        N_("séance du %(day)s, avant la convocation"),
        {"day": day},
    )


def _record_to_correct(record: DecisionRecord) -> Todo:
    return Todo(
        clock.paris_day(record.submitted_at),
        N_("Corriger le relevé du %(committee)s et le soumettre de nouveau"),
        {"committee": record.meeting.committee.name},
        "closing.correct",
        {"meeting_id": record.meeting_id},
    )


def _of_administrator(actor: Actor, known: Known) -> list[Todo]:
    if not actor.has("administrator"):
        return []
    todos = []
    if known.counts.failed_mails:
        message = N_("Des messages ne sont pas partis (%(count)s)")
        todos.append(Todo(clock.today(), message, {"count": known.counts.failed_mails}, "notices.mails"))
    if known.counts.mandates_ending:
        message = N_("Renouveler ou clore les mandats qui finissent (%(count)s)")
        by = clock.today() + timedelta(days=60)
        todos.append(Todo(by, message, {"count": known.counts.mandates_ending}, "committees.mandates"))
    return todos
