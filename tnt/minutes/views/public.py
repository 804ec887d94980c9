"""What anybody reads without an account: published minutes, without their reserved passages."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, render_template

from tnt.core import clock
from tnt.core.access import PUBLIC, access, current_actor
from tnt.core.downloads import attachment
from tnt.meetings.policies import can_read
from tnt.minutes import document, queries
from tnt.minutes.policies import Level

publications = Blueprint("publications", __name__, url_prefix="/publications")


@publications.get("")
@access(PUBLIC)
def index() -> str:
    """The sessions whose minutes are published, by year, the last one first."""
    lines = queries.list_published()
    years = groupby(lines, key=lambda line: clock.paris_day(line.starts_at).year)
    return render_template("minutes/publications.html", years=[(year, list(found)) for year, found in years])


@publications.get("/<int:meeting_id>")
@access(PUBLIC)
def page(meeting_id: int) -> str:
    """The public version of the minutes of a session, in its newest published edition."""
    minutes = queries.get_published(meeting_id)
    return render_template(
        "minutes/published.html",
        minutes=minutes,
        meeting=minutes.meeting,
        content=queries.content_for(minutes, Level.PUBLIC),
        reads_meeting=can_read(current_actor(), minutes.meeting.committee_id),
    )


@publications.get("/<int:meeting_id>.pdf")
@access(PUBLIC)
def pdf(meeting_id: int) -> Response:
    """The same as a PDF, as frozen at its publication."""
    minutes = queries.get_published(meeting_id)
    return attachment(minutes.public_pdf_sha256 or "", document.file_name(minutes, "pdf", public=True))
