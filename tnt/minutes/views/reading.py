"""Reading the minutes: the page, its editions, the files, the history of a passage."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from tnt.core import clock, dataset, odt
from tnt.core.access import SIGNED_IN, Actor, access, current_actor
from tnt.core.blobs import PDF
from tnt.core.db import db
from tnt.core.downloads import attachment, download
from tnt.core.errors import NotFound
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_read
from tnt.meetings.rules import MeetingState
from tnt.minutes import document, queries, rules
from tnt.minutes.drafting import draw
from tnt.minutes.forms import SeenForm
from tnt.minutes.models import Minutes
from tnt.minutes.policies import Level, can_keep
from tnt.minutes.queries import Reading
from tnt.minutes.rules import MinutesState
from tnt.minutes.services.approval import roles_of
from tnt.minutes.services.writing import LIFTED
from tnt.minutes.views.frame import asked_edition, blueprint, page_address, stepper_of, steps_to


@blueprint.get("/compte-rendu")
@access(SIGNED_IN)
def page(meeting_id: int) -> str:
    """The minutes as the reader may see them, and the one next thing to do."""
    actor = current_actor()
    reading = queries.find_reading(actor, meeting_id, asked_edition())
    if reading is None:
        return _nothing_yet(actor, meeting_id)
    return render_page(actor, reading)


def _nothing_yet(actor: Actor, meeting_id: int) -> str:
    """For those who read the meeting: that its minutes are to come; for its secretary, how to begin them."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not can_read(actor, meeting.committee_id) or asked_edition() is not None:
        raise NotFound()
    keeps = can_keep(actor, meeting.committee_id)
    begun = queries.find_minutes(meeting_id) is not None
    if not keeps and meeting.state not in LIFTED:
        raise NotFound()  # what is being noted is the secretary's
    return render_template(
        "minutes/none.html",
        meeting=meeting,
        keeps=keeps,
        begun=begun,
        is_lifted=meeting.state in LIFTED,
        in_session=meeting.state is MeetingState.IN_SESSION,
        drawn=len(draw(meeting)) if keeps and meeting.state in LIFTED else 0,
        steps=stepper_of(None),
        has_record=meeting.state in LIFTED,
    )


def render_page(actor: Actor, reading: Reading, refused: SeenForm | None = None) -> str:
    """The page of an edition, with what its reader can do."""
    minutes = reading.minutes
    meeting = minutes.meeting
    keeps = can_keep(actor, meeting.committee_id)
    newest = queries.find_minutes(meeting.id)
    is_newest = newest is not None and newest.id == minutes.id
    whole = reading.level is not Level.PUBLIC
    circulated = minutes.state is MinutesState.CIRCULATED and whole
    in_time = circulated and minutes.due_on is not None and clock.today() <= minutes.due_on
    recipient = reading.recipient
    mine = recipient.person_id if recipient else actor.person_id
    requests = list(queries.list_amendments(minutes.id, None if keeps else mine)) if whole else []
    asked = [
        each
        for each in requests
        if each.author_id == mine and each.state is not rules.AmendmentState.WITHDRAWN
    ]
    seen = document.fingerprint(reading.content)
    return render_template(
        "minutes/page.html",
        minutes=minutes,
        meeting=meeting,
        content=reading.content,
        steps=stepper_of(minutes),
        keeps=keeps and is_newest,
        can_edit=keeps and is_newest and minutes.state is MinutesState.DRAFT,
        can_reserve=keeps and is_newest and minutes.state in rules.OPEN,
        can_answer=in_time and reading.recipient is not None and reading.recipient.no_remark_at is None,
        can_ask=(in_time or (circulated and keeps)) and queries.asking(actor, minutes) is not None,
        asked=asked if in_time else [],
        served=recipient.person if recipient and recipient.person_id != actor.person_id else None,
        answered=reading.recipient.no_remark_at if reading.recipient else None,
        is_public=reading.level is Level.PUBLIC,
        paragraphs={each.key: each for each in queries.load_paragraphs(minutes.id)},
        requests=requests,
        pending=[each for each in requests if each.state is rules.AmendmentState.PENDING],
        recipients=queries.list_recipients(minutes.id) if keeps else [],
        signatures=queries.list_signatures(minutes.id),
        roles=roles_of(actor, minutes) if is_newest else [],
        editions=queries.readable_editions(actor, meeting.id),
        seen_form=refused or SeenForm(formdata=None, data={"seen": seen}),
        seen=seen,
        status=_status(minutes),
        reads_meeting=can_read(actor, meeting.committee_id),
        record_in_force=meeting.state is MeetingState.CLOSED,
        approving_act=queries.approving_act_in_visa(minutes) if circulated else None,
        in_demo=dataset.demo_loaded(),
        today=clock.today(),
        words=rules,
    )


def _status(minutes: Minutes) -> str:
    if minutes.approval is not None:
        return document.approval_line(minutes.approval, queries.whole_content(minutes))
    return document.status_line(minutes)


@blueprint.get("/compte-rendu/passages/<int:paragraph_id>/historique")
@access(SIGNED_IN)
def history(meeting_id: int, paragraph_id: int) -> str:
    """What a passage said before, and what changed each time; for its secretary."""
    minutes = queries.find_minutes(meeting_id)
    if minutes is None or not can_keep(current_actor(), minutes.meeting.committee_id):
        raise NotFound()
    paragraph = queries.get_paragraph(minutes, paragraph_id)
    versions = list(queries.history_of(paragraph.id))
    return render_template(
        "minutes/history.html",
        meeting=minutes.meeting,
        paragraph=paragraph,
        pairs=list(zip(versions, [*versions[1:], None], strict=True)),
        origins=rules.ORIGIN_WORDS,
        steps=steps_to(minutes.meeting, _("Historique d’un passage")),
        back=page_address(meeting_id, f"passage-{paragraph.key}"),
    )


@blueprint.get("/compte-rendu.pdf")
@access(SIGNED_IN)
def pdf(meeting_id: int) -> Response:
    """The PDF for this reader: as frozen when nothing in it is kept from them, else made for them."""
    reading = queries.get_reading(current_actor(), meeting_id, asked_edition())
    minutes = reading.minutes
    if reading.level is Level.PUBLIC:
        return attachment(minutes.public_pdf_sha256 or "", document.file_name(minutes, "pdf", public=True))
    kept = minutes.signed_pdf_sha256 or minutes.pdf_sha256
    if kept is not None and _is_whole(reading):
        return attachment(kept, document.file_name(minutes, "pdf"))
    made = document.render(reading.content, _status(minutes), *_evidence(reading))
    return download(made, PDF, document.file_name(minutes, "pdf"))


def _is_whole(reading: Reading) -> bool:
    """Whether nothing of the minutes is kept from the reader."""
    return reading.content == queries.whole_content(reading.minutes)


def _evidence(reading: Reading) -> tuple[Any, str]:
    """The signatures, and the hash of the text approved, where the reader's text is that one."""
    minutes = reading.minutes
    return queries.list_signatures(minutes.id), minutes.content_sha256 or ""


@blueprint.get("/compte-rendu.odt")
@access(SIGNED_IN)
def as_odt(meeting_id: int) -> Response:
    """The same to take over in a word processor; the PDF is the evidence."""
    reading = queries.get_reading(current_actor(), meeting_id, asked_edition())
    minutes, is_public = reading.minutes, reading.level is Level.PUBLIC
    made = document.render_odt(reading.content, _status(minutes), *_evidence(reading))
    return download(made, odt.MEDIA_TYPE, document.file_name(minutes, "odt", public=is_public))


@blueprint.get("/compte-rendu-public.pdf")
@access(SIGNED_IN)
def public_pdf(meeting_id: int) -> Response:
    """The public version of published minutes, as frozen."""
    reading = queries.get_reading(current_actor(), meeting_id, asked_edition())
    if reading.minutes.public_pdf_sha256 is None:
        raise NotFound()
    name = document.file_name(reading.minutes, "pdf", public=True)
    return attachment(reading.minutes.public_pdf_sha256, name)
