"""« Mes pièces à remettre »: what is expected from the reader, and the page on which it is handed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.errors import DomainError
from tnt.core.i18n import refuse
from tnt.core.uploads import receives_files
from tnt.meetings.forms import version_of
from tnt.meetings.policies import can_read
from tnt.meetings.rules import TO_COME
from tnt.papers import queries, services
from tnt.papers.forms import FileForm
from tnt.papers.views.blueprint import REFUSED, Page, papers, received


@papers.get("/mes-pieces")
@access(SIGNED_IN)
def mine() -> str:
    """The papers expected from the reader for the sessions to come."""
    person_id = current_actor().person_id
    return render_template("papers/mine.html", owed=queries.owed_by(person_id) if person_id else [])


@papers.route("/mes-pieces/<int:paper_id>", methods=["GET", "POST"])
@receives_files
@access(SIGNED_IN)
def hand_in(paper_id: int) -> Page:
    """What is expected, what the secretariat says of it; hand it in, or replace it."""
    actor = current_actor()
    found, item = queries.get_awaited(actor, paper_id)
    form = FileForm(data={"version": str(found.version)})
    if form.validate_on_submit():
        try:
            services.hand_in(actor, paper_id, received(form.file.data), expected_version=version_of(form))
        except DomainError as error:
            error.field = "file" if error.field == "files" else error.field
            refuse(form, error)
        else:
            flash(_("Pièce remise : le secrétariat va la relire."), "success")
            return redirect(url_for("papers.hand_in", paper_id=paper_id), 303)
    found, item = queries.get_awaited(actor, paper_id)
    form.version.data = str(found.version)
    content = render_template(
        "papers/hand_in.html",
        paper=found,
        item=item,
        meeting=item.meeting,
        reads_meeting=can_read(actor, item.meeting.committee_id),
        is_late=queries.is_late_now(found),
        versions=queries.versions_for_author(actor, found, item),
        form=form,
        is_open=item.meeting.state in TO_COME,
    )
    return (content, REFUSED) if request.method == "POST" else content
