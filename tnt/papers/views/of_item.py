"""The papers of one item, as the secretariat keeps them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import get_item
from tnt.core.access import access, current_actor
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse
from tnt.core.uploads import receives_files
from tnt.meetings.queries import get_prepared_meeting
from tnt.papers import queries, services
from tnt.papers.forms import FilesForm
from tnt.papers.rules import PAPERS_CHANGE
from tnt.papers.views.blueprint import REFUSED, SECRETARY, Page, all_received, papers, steps_to


@papers.route("/seances/<int:meeting_id>/points/<int:item_id>/pieces", methods=["GET", "POST"])
@receives_files
@access(SECRETARY)
def of_item(meeting_id: int, item_id: int) -> Page:
    """Its papers in their order; join some, several at once."""
    meeting = get_prepared_meeting(current_actor(), meeting_id)
    item = get_item(current_actor(), item_id)
    if item.meeting_id != meeting_id:
        raise NotFound()
    form = FilesForm()
    if form.validate_on_submit() and _join(item, form):
        return redirect(url_for("papers.of_item", meeting_id=meeting_id, item_id=item_id), 303)
    content = render_template(
        "papers/of_item.html",
        meeting=meeting,
        item=get_item(current_actor(), item_id),
        rows=[row for row in queries.rows_of(meeting_id) if row.item_id == item_id],
        form=form,
        editable=meeting.state in PAPERS_CHANGE,
        steps=steps_to(meeting),
    )
    return (content, REFUSED) if request.method == "POST" else content


def _join(item: AgendaItem, form: FilesForm) -> bool:
    """Keep the files that can be kept, say what is refused; whether nothing was."""
    actor, item_id = current_actor(), item.id
    refused: list[str] = []
    try:
        files, refused = all_received(form.files.data)
        added = services.add_papers(
            actor, item_id, files, reserved=form.reserved.data, title=form.title.data or ""
        )
    except DomainError as error:
        refuse(form, error)
    else:
        if added:
            flash(ngettext("%(num)s pièce jointe.", "%(num)s pièces jointes.", len(added)), "success")
    form.files.errors = [*form.files.errors, *refused]
    return not form.errors
