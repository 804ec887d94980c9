"""The page of a session's pack: its preview, its sending, what was sent; and the agenda as files."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from tnt.core import blobs, tasks
from tnt.core.access import SIGNED_IN, Actor, access, current_actor, holding
from tnt.core.downloads import download
from tnt.core.errors import DomainError
from tnt.core.i18n import say, translate
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare, reads_reserved
from tnt.meetings.queries import get_meeting, get_prepared_meeting
from tnt.meetings.views import name_of
from tnt.packs import agenda, documents, queries, rules, services
from tnt.packs.models import Pack
from tnt.packs.queries import ReadPack
from tnt.packs.rules import FileKind, PackState
from tnt.packs.views.files import download_of
from tnt.papers.queries import list_papers
from tnt.participants.services.links import OVER

packs = Blueprint("packs", __name__, url_prefix="/seances/<int:meeting_id>")
SECRETARY = holding("secretary")
REFUSED = 422
Page = str | AnyResponse | tuple[str, int]


@packs.get("/dossier")
@access(SIGNED_IN)
def page(meeting_id: int) -> str:
    """What was sent; for the secretariat also the preview, and what the pack will hold."""
    return _page(get_meeting(current_actor(), meeting_id))


def _page(meeting: Meeting, refusal: str = "") -> str:
    actor = current_actor()
    prepares = can_prepare(actor, meeting.committee_id)
    found = queries.packs_of(meeting.id)
    preview = queries.find_preview(found) if prepares else None
    shown = partial(_shown, actor, meeting)
    return render_template(
        "packs/page.html",
        meeting=meeting,
        name=name_of(meeting),
        prepares=prepares,
        refusal=refusal,
        over=meeting.state in OVER,
        sent=[each for each in map(shown, found) if each.pack.state is PackState.SENT and each.files],
        preview=shown(preview) if preview else None,
        task=tasks.find(preview.task_key) if preview else None,
        under_way=preview is not None and services.is_under_way(preview),
        **(_prospect(meeting, found, preview) if prepares else {}),
    )


def _shown(actor: Actor, meeting: Meeting, pack: Pack) -> ReadPack:
    """A pack with the files that the reader may open, by variant."""
    read = queries.may_read(actor, meeting.committee_id, pack.state, reserved=False)
    return ReadPack.of(pack, reads=read, reserved=read and reads_reserved(actor, meeting.committee_id))


def _prospect(meeting: Meeting, found: list[Pack], preview: Pack | None) -> dict[str, Any]:
    """What the pack, or its next supplement, would hold; what is missing; whether the preview is stale."""
    items = queries.items_of(meeting.id)
    papers = list_papers(meeting.id, reserved=True)
    watch = queries.watch_of(meeting, items, papers)
    sent = queries.last_sent(found)
    changes = rules.changes_between(queries.snapshot_of(sent)["watch"], watch) if sent else []
    can_build = meeting.state in rules.BUILDING and bool(items)
    return {
        "items": items,
        "papers": papers,
        "awaited": queries.awaited_papers(meeting.id),
        "changes": [say(change) for change in changes],
        "is_supplement": sent is not None,
        "number": len([pack for pack in found if pack.state is PackState.SENT]),
        "can_build": can_build and (sent is None or bool(changes)),
        "can_drop": can_build and sent is not None and not changes and preview is not None,
        "can_send": meeting.state in rules.SENDING,
        "stale": preview is not None
        and preview.state is PackState.BUILT
        and preview.seen_sha256 != queries.fingerprint(watch),
    }


@packs.post("/dossier/apercu")
@access(SECRETARY)
def build(meeting_id: int) -> Page:
    """Have the preview built."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    try:
        if services.ask_for_preview(current_actor(), meeting_id) is None:
            flash(_("Rien n’a changé depuis le dernier envoi : l’aperçu est retiré."), "info")
    except DomainError as error:
        return _page(meeting, translate(error)), REFUSED
    return redirect(url_for("packs.page", meeting_id=meeting_id, _anchor="apercu"), 303)


@packs.get("/dossier/etat")
@access(SECRETARY)
def progress(meeting_id: int) -> Response:
    """How far the preview is, for the page that waits for it."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    preview = queries.find_preview(queries.packs_of(meeting.id))
    task = tasks.find(preview.task_key) if preview else None
    waiting = preview is not None and services.is_under_way(preview)
    response = Response(f"{0 if task is None else task.progress}", mimetype="text/plain")
    response.headers["X-Waiting"] = "1" if waiting else "0"
    return response


@packs.route("/dossier/diffuser", methods=["GET", "POST"])
@access(SECRETARY)
def send(meeting_id: int) -> Page:
    """Say how many mails leave; then, on confirmation, freeze the preview and send it."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    refusal = None
    if request.method == "POST":
        try:
            pack = services.send(current_actor(), meeting_id, chosen=request.form.get("apercu", ""))
        except rules.AlreadySent as error:
            flash(translate(error), "info")
            return _to_page(meeting_id)
        except DomainError as error:
            refusal = translate(error)
        else:
            flash(_sent_words(pack), "success")
            return _to_page(meeting_id)
    found = queries.packs_of(meeting.id)
    preview = queries.find_preview(found)
    if preview is None or preview.state is not PackState.BUILT:
        if refusal:
            flash(refusal, "danger")
        return _to_page(meeting_id)
    page = _confirmation(meeting, found, preview, refusal)
    return (page, REFUSED) if refusal else page


def _sent_words(pack: Pack) -> str:
    words: str = ngettext(
        "Dossier diffusé : %(num)s message part.",
        "Dossier diffusé : %(num)s messages partent.",
        pack.recipients,
    )
    if pack.number:
        words = ngettext(
            "Additif diffusé : %(num)s message part.",
            "Additif diffusé : %(num)s messages partent.",
            pack.recipients,
        )
    return words


def _to_page(meeting_id: int) -> AnyResponse:
    return redirect(url_for("packs.page", meeting_id=meeting_id), 303)


def _confirmation(meeting: Meeting, found: list[Pack], preview: Pack, refusal: str | None) -> str:
    """What is missing, what leaves and to whom, before it can no longer be called back."""
    leaving = services.departure_of(meeting, found, preview)
    count = len(leaving.reached)
    sample = leaving.reached[0] if leaving.reached else None
    placeholder = _("(le lien personnel de chaque destinataire)")
    items = queries.items_of(meeting.id)
    return render_template(
        "packs/send.html",
        meeting=meeting,
        name=name_of(meeting),
        title=_("Diffuser l’additif n° %(number)s", number=preview.number)
        if preview.number
        else _("Diffuser le dossier"),
        steps=[
            (_("Séances"), url_for("meetings.index")),
            (name_of(meeting), url_for("agendas.page", meeting_id=meeting.id)),
            (_("Dossier de séance"), url_for("packs.page", meeting_id=meeting.id)),
        ],
        consequences=[
            ngettext("%(num)s message sera envoyé.", "%(num)s messages seront envoyés.", count),
            _(
                "Ce qui est diffusé ne change plus : son empreinte est gardée et son contenu reste lisible "
                "ici."
            ),
            *(say(change) for change in leaving.changes),
        ],
        awaited=queries.awaited_papers(meeting.id),
        unworded=[item for item in items if item.lacks_wording],
        mail=services.mail_of(meeting, preview, leaving.changes, sample, placeholder) if sample else None,
        reached=leaving.reached,
        unreached=leaving.unreached,
        refusal=refusal,
        chosen=preview.content_sha256,
    )


@packs.get("/dossier/<int:number>/<any(pdf, odt, zip):kind>")
@access(SIGNED_IN)
def file(meeting_id: int, number: int, kind: str) -> Response:
    """A file for everybody who sits; a preview for the secretariat alone."""
    return _file(meeting_id, number, kind, reserved=False)


@packs.get("/dossier/<int:number>/reserve/<any(pdf, odt, zip):kind>")
@access(SIGNED_IN)
def reserved_file(meeting_id: int, number: int, kind: str) -> Response:
    """The same with what the session reserves, for those entitled."""
    return _file(meeting_id, number, kind, reserved=True)


def _file(meeting_id: int, number: int, kind: str, *, reserved: bool) -> Response:
    found = queries.get_file(current_actor(), meeting_id, number, FileKind(kind), reserved=reserved)
    return download_of(found)


@packs.get("/ordre-du-jour.<any(pdf, odt):kind>")
@access(SIGNED_IN)
def agenda_file(meeting_id: int, kind: str) -> Response:
    """The agenda as it stands, under the committee's letterhead."""
    actor = current_actor()
    meeting = get_meeting(actor, meeting_id)
    data = agenda.agenda_of(meeting, reserved=reads_reserved(actor, meeting.committee_id))
    if kind == "odt":
        return download(
            agenda.render_odt(data), documents.MEDIA_TYPES[FileKind.ODT], agenda.file_name(meeting, kind)
        )
    return download(agenda.render_pdf(data), blobs.PDF, agenda.file_name(meeting, kind))
