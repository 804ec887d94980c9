"""The blueprint of papers, and what its pages share."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from tnt.agendas.models import AgendaItem
from tnt.core.access import holding
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import translate
from tnt.core.uploads import MOST_BYTES, MOST_FILES, TIMEOUT_SECONDS, NoFile, TooManyFiles, Upload, inspect
from tnt.meetings.models import Meeting
from tnt.meetings.views import name_of
from tnt.papers.models import Paper

papers = Blueprint("papers", __name__)
SECRETARY = holding("secretary")
REFUSED = 422
FORM_SECONDS = TIMEOUT_SECONDS  # for all the files of a form: the request that carries them has an end
Page = str | Response | tuple[str, int]


def received(file: FileStorage | None, seconds: float = TIMEOUT_SECONDS) -> Upload:
    """The file of a form, looked into in so many seconds. Raises its Refusal, NoFile when there is none."""
    if not file:
        raise NoFile()
    return inspect(file.filename or "", file.mimetype, file.stream.read(MOST_BYTES + 1), seconds=seconds)


def all_received(files: Iterable[FileStorage]) -> tuple[list[Upload], list[str]]:
    """Those of the files that may be kept, and the sentence of each that may not. Raises TooManyFiles."""
    chosen = [file for file in files if file]
    if len(chosen) > MOST_FILES:
        raise TooManyFiles(field="files", most=MOST_FILES)
    until = monotonic() + FORM_SECONDS
    kept, refused = [], []
    for file in chosen:
        try:
            kept.append(received(file, until - monotonic()))
        except DomainError as error:
            refused.append(translate(error))
    return kept, refused


def steps_to(meeting: Meeting, item: AgendaItem | None = None) -> list[tuple[str, str]]:
    """Where a page of papers stands: the session, its preparation, an item."""
    steps = [
        (_("Séances"), url_for("meetings.index")),
        (name_of(meeting), url_for("agendas.page", meeting_id=meeting.id)),
        (_("Préparation"), url_for("papers.board", meeting_id=meeting.id)),
    ]
    if item is not None:
        words = _("Point %(position)s", position=item.position)
        steps.append((words, url_for("papers.of_item", meeting_id=meeting.id, item_id=item.id)))
    return steps


def address_of(paper: Paper, item: AgendaItem) -> str:
    """The page of a paper."""
    return url_for("papers.paper", meeting_id=item.meeting_id, paper_id=paper.id)


def try_it(act: Any) -> bool:
    """Do it, or say why not on the next page."""
    try:
        act()
    except NotFound:
        raise
    except DomainError as error:
        flash(translate(error), "danger")
        return False
    return True


def sent_version() -> int:
    """The version on which a plain form was opened; 0, which no row has, when it is missing."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
