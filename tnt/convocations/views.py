"""The preview of a convocation and its sending; the other notices; the countersign; what was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import items_of, lines_of
from tnt.convocations import mails, queries, services
from tnt.convocations.forms import ActForm, AgendaForm, ConveneForm, CountersignForm
from tnt.convocations.mails import Addressee
from tnt.convocations.models import Notice
from tnt.convocations.queries import Recipient
from tnt.convocations.rules import NOTICE_WORDS, AlreadyConvened, CountersignState, ItemChange, days_left
from tnt.convocations.services.notices import can_hold_date, is_countersigned
from tnt.core import clock
from tnt.core.access import SIGNED_IN, access, current_actor, holding
from tnt.core.errors import DomainError, NotFound
from tnt.core.formats import datetime_long
from tnt.core.i18n import refuse, translate
from tnt.core.templating import current_locale
from tnt.meetings.forms import version_of
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare, reads_reserved
from tnt.meetings.queries import get_meeting, get_prepared_meeting
from tnt.meetings.rules import MeetingState
from tnt.meetings.views import name_of
from tnt.packs.queries import last_sent, packs_of
from tnt.papers.missing import Gap, gaps_of
from tnt.papers.queries import rows_of
from tnt.participants.mails import Mail
from tnt.participants.models import Reading
from tnt.participants.queries import SeatReply, readings_of, replies_of

convocations = Blueprint("convocations", __name__, url_prefix="/seances/<int:meeting_id>")
SECRETARY = holding("secretary")
CHAIRS = holding("secretary", "co_chair")
REFUSED = 422
Page = str | Response | tuple[str, int]


@convocations.route("/convoquer", methods=["GET", "POST"])
@access(SECRETARY)
def preview(meeting_id: int) -> Page:
    """What will be sent, to whom, as each reads it; then, on confirmation, send it."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = ConveneForm(data={"version": str(meeting.version), "seen": services.fingerprint(meeting)})
    if request.method == "GET" and meeting.state is MeetingState.CONVENED and meeting.convened_at:
        when = datetime_long(meeting.convened_at, current_locale())
        flash(_("La séance a été convoquée le %(when)s : voici les messages envoyés.", when=when), "info")
        return _to_messages(meeting_id)
    if form.validate_on_submit():
        try:
            notice = services.convene(
                actor,
                meeting_id,
                short_notice_reason=form.short_notice_reason.data or "",
                seen=form.seen.data,
                expected_version=version_of(form),
            )
        except AlreadyConvened as error:
            flash(str(_(error.message)), "info")  # a second click
            return _to_meeting(meeting_id)
        except DomainError as error:
            refuse(form, error)
        else:
            sent = ngettext(
                "Séance convoquée : %(num)s message part.",
                "Séance convoquée : %(num)s messages partent.",
                notice.recipients,
            )
            flash(sent, "success")
            return _to_meeting(meeting_id)
    meeting = get_prepared_meeting(actor, meeting_id)
    # what is confirmed next is what this page shows
    form.version.data, form.seen.data = str(meeting.version), services.fingerprint(meeting)
    page = _preview_page(meeting, form)
    return (page, REFUSED) if request.method == "POST" else page


def _to_meeting(meeting_id: int) -> Response:
    return redirect(url_for("agendas.page", meeting_id=meeting_id), 303)


def _to_messages(meeting_id: int) -> Response:
    return redirect(url_for("convocations.index", meeting_id=meeting_id), 303)


def _steps(meeting: Meeting) -> list[tuple[str, str | None]]:
    return [
        (_("Séances"), url_for("meetings.index")),
        (name_of(meeting), url_for("agendas.page", meeting_id=meeting.id)),
    ]


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail as one of its recipients gets it, and the choice of that recipient."""

    mail: Mail | None
    chosen: Recipient | None
    choices: list[tuple[str, str]]


def _sample(people: Sequence[Recipient], write: Callable[[Addressee], Mail], *, links: bool) -> Sample:
    """The mail of whom the address names, or of the first who replies."""
    reached = [one for one in people if one.email]
    wanted = request.args.get("destinataire", "")
    first = next((one for one in reached if one.replies), next(iter(reached), None))
    chosen = next((one for one in reached if one.key == wanted), first)
    if chosen is None:
        return Sample(None, None, [])
    link = _("(le lien personnel de ce destinataire)") if links and chosen.replies else ""
    return Sample(write(Addressee(chosen, link)), chosen, [(one.key, _label(one)) for one in reached])


def _label(one: Recipient) -> str:
    if one.for_another:
        words = {"name": one.person.full_name, "person": one.mandate.person.full_name}
        return str(_("%(name)s, correspondant de %(person)s", **words))
    return f"{one.person.full_name} ({one.institution})"


def _preview_page(meeting: Meeting, form: ConveneForm) -> str:
    items = items_of(meeting.id)
    people = queries.recipients_of(meeting)
    gaps = gaps_of(meeting, lines_of(meeting.id, reserved=True), rows_of(meeting.id))
    left = days_left(clock.today(), clock.paris_day(meeting.starts_at))
    signed = is_countersigned(meeting)
    return render_template(
        "convocations/preview.html",
        meeting=meeting,
        name=name_of(meeting),
        form=form,
        reached=[one for one in people if one.email],
        unreached=[one for one in people if not one.email],
        sample=_sample(people, lambda who: mails.convened(meeting, items, who), links=True),
        gaps=[(gap, _mended_at(meeting, gap)) for gap in gaps],
        left=left,
        short=left < meeting.notice_days,
        signed=signed,
        possible=meeting.state is MeetingState.PLANNED
        and not meeting.recorded_afterwards
        and signed
        and bool(people)
        and not any(gap.blocking for gap in gaps),
    )


def _mended_at(meeting: Meeting, gap: Gap) -> str | None:
    """Where what is missing is put right; None when it is here."""
    if gap.endpoint == "convocations.preview":
        return None
    return url_for(gap.endpoint, meeting_id=meeting.id, **gap.values)


@convocations.route("/reserver-la-date", methods=["GET", "POST"])
@access(SECRETARY)
def hold_date(meeting_id: int) -> Page:
    """Ask members to keep the date free: what they read, then send it."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = ActForm()
    if form.validate_on_submit():
        try:
            notice = services.hold_date(actor, meeting_id)
        except DomainError as error:
            refuse(form, error)
        else:
            _say_sent(notice)
            return _to_messages(meeting_id)
    meeting = get_prepared_meeting(actor, meeting_id)
    people = queries.recipients_of(meeting)
    page = render_template(
        "convocations/send.html",
        title=_("Réserver la date"),
        form=form,
        meeting=meeting,
        steps=_steps(meeting),
        consequences=[
            _("Les calendriers affichent la séance comme provisoire ; la convocation la confirmera."),
            _("L’ordre du jour n’est pas montré."),
        ],
        sample=_sample(people, lambda who: mails.date_held(meeting, who), links=False),
        count=sum(1 for one in people if one.email),
        possible=can_hold_date(meeting),
        why_not=_("Une date se réserve pour une séance planifiée, à venir et pas encore convoquée."),
        submit_label=_("Envoyer la réservation"),
    )
    return (page, REFUSED) if request.method == "POST" else page


@convocations.route("/convoquer-les-nouveaux", methods=["GET", "POST"])
@access(SECRETARY)
def convene_newcomers(meeting_id: int) -> Page:
    """Convene those who sit on the day since the convocation left."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = ActForm()
    if form.validate_on_submit():
        try:
            notice = services.convene_newcomers(actor, meeting_id)
        except DomainError as error:
            refuse(form, error)
        else:
            _say_sent(notice)
            return _to_messages(meeting_id)
    meeting = get_prepared_meeting(actor, meeting_id)
    convened = meeting.state is MeetingState.CONVENED
    people = queries.newcomers_of(meeting) if convened else []
    items = items_of(meeting.id)
    page = render_template(
        "convocations/send.html",
        title=_("Convoquer les nouveaux membres"),
        form=form,
        meeting=meeting,
        steps=_steps(meeting),
        consequences=[_("Leur mandat a commencé depuis la convocation : ils la reçoivent à leur tour.")],
        sample=_sample(people, lambda who: mails.convened(meeting, items, who), links=True),
        count=len(people),
        possible=bool(people),
        why_not=_("Toutes les personnes qui siègent ce jour-là ont été convoquées, ou n’ont pas d’adresse."),
        submit_label=_("Convoquer"),
    )
    return (page, REFUSED) if request.method == "POST" else page


def _say_sent(notice: Notice) -> None:
    flash(ngettext("%(num)s message part.", "%(num)s messages partent.", notice.recipients), "success")


@convocations.route("/ordre-du-jour-modifie", methods=["GET", "POST"])
@access(SECRETARY)
def agenda(meeting_id: int) -> Page:
    """Tell those concerned what changed in the agenda since the last message."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = AgendaForm()
    if form.validate_on_submit():
        try:
            notice = services.tell_agenda(actor, meeting_id, form.people.data or [], seen=form.seen.data)
        except DomainError as error:
            refuse(form, error)
        else:
            _say_sent(notice)
            return _to_messages(meeting_id)
    meeting = get_prepared_meeting(actor, meeting_id)
    page = _agenda_page(meeting, form)
    return (page, REFUSED) if request.method == "POST" else page


def _agenda_page(meeting: Meeting, form: AgendaForm) -> str:
    convened = meeting.state is MeetingState.CONVENED
    changes = queries.changes_since(meeting, queries.last_notice(meeting.id)) if convened else []
    people = [one for one in queries.recipients_of(meeting) if one.email]
    items: Sequence[AgendaItem] = items_of(meeting.id)
    form.offer((one.key, _label(one)) for one in people)
    form.seen.data = services.fingerprint(meeting)
    if request.method == "GET":
        form.people.data = [one.key for one in people if _is_concerned(one, changes)]
    return render_template(
        "convocations/agenda.html",
        meeting=meeting,
        steps=_steps(meeting),
        form=form,
        changes=[mails.change_words(change, current_locale()) for change in changes],
        sample=_sample(people, lambda who: mails.agenda_changed(meeting, items, changes, who), links=True),
        convened=convened,
        has_pack=bool(changes) and last_sent(packs_of(meeting.id)) is not None,
    )


def _is_concerned(one: Recipient, changes: Sequence[ItemChange]) -> bool:
    """Whether some of what changed may be told to that recipient."""
    return one.reads_reserved or any(not change.reserved for change in changes)


@convocations.get("/contreseing")
@access(CHAIRS)
def countersign(meeting_id: int) -> str:
    """The agenda put before the co-chairs, and where it stands."""
    meeting = _countersigned_meeting(meeting_id)
    return _countersign_page(meeting, CountersignForm())


def _countersigned_meeting(meeting_id: int) -> Meeting:
    """The meeting, for whoever presides or prepares it. Raises NotFound."""
    actor = current_actor()
    meeting = get_meeting(actor, meeting_id)
    if not (can_prepare(actor, meeting.committee_id) or services.can_countersign(actor, meeting)):
        raise NotFound()
    return meeting


def _countersign_page(meeting: Meeting, form: CountersignForm) -> str:
    actor = current_actor()
    last = queries.last_countersign(meeting.id)
    same = last is not None and last.agenda_sha256 == services.fingerprint(meeting)
    awaited = last is not None and last.state is CountersignState.AWAITED and same
    planned = meeting.state is MeetingState.PLANNED
    form.number.data = str(last.number) if last else "0"
    return render_template(
        "convocations/countersign.html",
        meeting=meeting,
        steps=_steps(meeting),
        form=form,
        last=last,
        same=same,
        frozen=queries.frozen_agenda(last) if last else None,
        can_answer=planned and awaited and services.can_countersign(actor, meeting),
        can_ask=planned
        and can_prepare(actor, meeting.committee_id)
        and meeting.committee.agenda_countersigned
        and (last is None or not same or last.state is CountersignState.CORRECTION),
        can_convene=can_prepare(actor, meeting.committee_id) and planned and is_countersigned(meeting),
    )


@convocations.post("/contreseing/demander")
@access(SECRETARY)
def ask_countersign(meeting_id: int) -> Response:
    """Put the agenda as it stands before the co-chairs."""
    get_prepared_meeting(current_actor(), meeting_id)
    try:
        services.ask_countersign(current_actor(), meeting_id)
    except DomainError as error:
        flash(translate(error), "danger")
    else:
        flash(_("L’ordre du jour est soumis au contreseing."), "success")
    return redirect(url_for("convocations.countersign", meeting_id=meeting_id), 303)


@convocations.post("/contreseing/donner")
@access(holding("co_chair"))
def give_countersign(meeting_id: int) -> Page:
    """Countersign, as a co-chair."""
    return _answer_countersign(
        meeting_id,
        lambda form: services.give_countersign(current_actor(), meeting_id, form.read_number),
        _("Ordre du jour contresigné."),
    )


@convocations.post("/contreseing/corriger")
@access(holding("co_chair"))
def ask_agenda_correction(meeting_id: int) -> Page:
    """Ask for a correction, as a co-chair."""
    return _answer_countersign(
        meeting_id,
        lambda form: services.ask_correction(
            current_actor(), meeting_id, form.read_number, form.comment.data or ""
        ),
        _("Correction demandée : le secrétariat est prévenu."),
    )


def _answer_countersign(meeting_id: int, act: Callable[[CountersignForm], object], done: str) -> Page:
    _countersigned_meeting(meeting_id)
    form = CountersignForm()
    if form.validate_on_submit():
        try:
            act(form)
        except NotFound:
            raise
        except DomainError as error:
            refuse(form, error)
        else:
            flash(done, "success")
            return redirect(url_for("convocations.countersign", meeting_id=meeting_id), 303)
    return _countersign_page(_countersigned_meeting(meeting_id), form), REFUSED


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What was written to somebody about a seat, whether they opened the session, what the seat replied."""

    name: str
    note: str
    sent: list[tuple[str, Any]] = field(default_factory=list)
    read: Reading | None = None
    seat: SeatReply | None = None


@convocations.get("/convocations")
@access(SIGNED_IN)
def index(meeting_id: int) -> str:
    """The messages sent for a meeting, with the agenda that the last one froze."""
    actor = current_actor()
    meeting = get_meeting(actor, meeting_id)
    prepares = can_prepare(actor, meeting.committee_id)
    notices = queries.notices_of(meeting.id)
    convened = meeting.state is MeetingState.CONVENED
    frozen = queries.frozen_agenda(notices[0])["items"] if notices else []
    reads_all = reads_reserved(actor, meeting.committee_id)
    return render_template(
        "convocations/index.html",
        meeting=meeting,
        name=name_of(meeting),
        notices=notices,
        words=NOTICE_WORDS,
        people=_person_lines(meeting) if prepares else [],
        newcomers=queries.newcomers_of(meeting) if prepares and convened else [],
        can_tell=prepares and convened,
        can_hold=prepares and can_hold_date(meeting),
        frozen=[item for item in frozen if reads_all or not item["reserved"]],
        same=bool(notices) and not queries.changes_since(meeting, notices[0]),
    )


def _person_lines(meeting: Meeting) -> list[PersonLine]:
    """Person by person, in the order of seats."""
    readings = readings_of(meeting.id)
    seats = {seat.mandate.id: seat for seat in replies_of(meeting)}
    found: dict[tuple[int, int], PersonLine] = {}
    for row, notice in queries.sent_to(meeting.id):
        one = Recipient(row.person, row.mandate)
        note = (
            _("correspondant de %(name)s", name=row.mandate.person.full_name)
            if one.for_another
            else one.institution
        )
        line = found.setdefault(
            (row.mandate_id, row.person_id),
            PersonLine(
                row.person.full_name,
                str(note),
                read=readings.get(row.person_id),
                seat=None if one.for_another else seats.get(row.mandate_id),
            ),
        )
        line.sent.append((_(NOTICE_WORDS[notice.kind]), notice.sent_at))
    return list(found.values())
