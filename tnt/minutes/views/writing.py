"""The secretariat's pages: begin the minutes, edit them by passage."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _

from tnt.core import markdown
from tnt.core.access import access, current_actor
from tnt.core.errors import DomainError, Stale
from tnt.core.i18n import refuse, translate
from tnt.meetings.models import Meeting
from tnt.minutes import queries
from tnt.minutes.drafting import draw
from tnt.minutes.forms import NewPassageForm, PassageForm
from tnt.minutes.models import Minutes, Paragraph
from tnt.minutes.rules import AlreadyDrafted
from tnt.minutes.services import writing
from tnt.minutes.views.frame import (
    REFUSED,
    SECRETARY,
    Answer,
    blueprint,
    kept_meeting,
    kept_minutes,
    page_address,
    render,
    steps_to,
)
from tnt.sittings.queries import list_item_states


@blueprint.post("/compte-rendu/rediger")
@access(SECRETARY)
def draft(meeting_id: int) -> Answer:
    """« Rédiger le compte rendu »: everything that the session recorded becomes passages."""
    kept_meeting(meeting_id)
    try:
        writing.draft(current_actor(), meeting_id)
    except AlreadyDrafted as error:
        flash(translate(error), "info")
    else:
        flash(
            _("Le compte rendu est rédigé d’après la séance : relisez-le, complétez-le, puis diffusez-le."),
            "success",
        )
    return redirect(page_address(meeting_id))


@blueprint.route("/compte-rendu/passages/<int:paragraph_id>", methods=["GET", "POST"])
@access(SECRETARY)
def edit(meeting_id: int, paragraph_id: int) -> Answer:
    """Write a passage anew; another's text is shown beside when two people write."""
    minutes = kept_minutes(meeting_id)
    paragraph = queries.get_paragraph(minutes, paragraph_id)
    form = PassageForm(data={"text": paragraph.text, "version": str(paragraph.version)})
    if request.method == "GET":
        return _edit_page(minutes, paragraph, form)
    if "preview" in request.form:
        return _edit_page(minutes, paragraph, form, preview=markdown.to_html(form.text.data or ""))
    try:
        writing.edit(current_actor(), meeting_id, paragraph_id, form.text.data or "", form.expected_version)
    except Stale as error:
        refuse(form, error)
        paragraph = queries.get_paragraph(kept_minutes(meeting_id), paragraph_id)
        form.version.data = str(paragraph.version)  # the next one is written knowingly
        return _edit_page(minutes, paragraph, form, saved=paragraph.text), REFUSED
    except DomainError as error:
        refuse(form, error)
        return _edit_page(minutes, paragraph, form), REFUSED
    flash(_("Le passage est enregistré."), "success")
    return redirect(page_address(meeting_id, f"passage-{paragraph.key}"))


def _edit_page(minutes: Minutes, paragraph: Paragraph, form: PassageForm, **values: Any) -> str:
    source = ""
    if paragraph.source_changed:
        place = (paragraph.kind, paragraph.item_id)
        source = next((each.text for each in draw(minutes.meeting) if each.place == place), "")
    return render(
        "minutes/edit.html",
        minutes,
        paragraph=paragraph,
        form=form,
        source=source,
        steps=steps_to(minutes.meeting, _("Modifier un passage")),
        back=page_address(minutes.meeting_id, f"passage-{paragraph.key}"),
        **values,
    )


@blueprint.route("/compte-rendu/passages/ajouter", methods=["GET", "POST"])
@access(SECRETARY)
def add(meeting_id: int) -> Answer:
    """Add a passage to an item, or to the session as a whole."""
    minutes = kept_minutes(meeting_id)
    form = NewPassageForm(data={"item": request.args.get("point", "")})
    places = _places(minutes.meeting)
    form.item.choices = places
    preview = None
    if request.method == "POST":
        if "preview" in request.form:
            preview = markdown.to_html(form.text.data or "")
        else:
            try:
                added = writing.add(
                    current_actor(),
                    meeting_id,
                    item_id=_chosen_item(form.item.data or "", places),
                    text=form.text.data or "",
                    reserved=bool(form.reserved.data),
                )
            except DomainError as error:
                refuse(form, error)
            else:
                flash(_("Le passage est ajouté."), "success")
                return redirect(page_address(meeting_id, f"passage-{added.key}"))
    page = render(
        "minutes/add.html",
        minutes,
        form=form,
        preview=preview,
        steps=steps_to(minutes.meeting, _("Ajouter un passage")),
        back=page_address(meeting_id),
    )
    return (page, REFUSED) if form.errors or form.form_errors else page


def _places(meeting: Meeting) -> list[tuple[str, str]]:
    items = [state.item for state in list_item_states(meeting.id)]
    named = [(str(item.id), f"{item.position}. {item.title}"[:120]) for item in items]
    return [("", _("La séance dans son ensemble")), *named]


def _chosen_item(text: str, places: list[tuple[str, str]]) -> int | None:
    """The item chosen, None for the session as a whole; 0, which is no item, for what was tampered with."""
    if not text:
        return None
    return int(text) if text in dict(places) else 0


@blueprint.post("/compte-rendu/passages/<int:paragraph_id>/deplacer")
@access(SECRETARY)
def move(meeting_id: int, paragraph_id: int) -> Answer:
    """One place up or down within its item."""
    paragraph = queries.get_paragraph(kept_minutes(meeting_id), paragraph_id)
    writing.move(current_actor(), meeting_id, paragraph_id, up=request.form.get("sens") == "haut")
    return redirect(page_address(meeting_id, f"passage-{paragraph.key}"))


@blueprint.post("/compte-rendu/passages/<int:paragraph_id>/reserver")
@access(SECRETARY)
def reserve(meeting_id: int, paragraph_id: int) -> Answer:
    """Mark a passage as reserved, or no longer."""
    paragraph = queries.get_paragraph(kept_minutes(meeting_id), paragraph_id)
    reserved = request.form.get("reserve") == "1"
    writing.set_reserved(current_actor(), meeting_id, paragraph_id, reserved=reserved)
    flash(
        _("Ce passage est réservé : il est absent de la version publique et de ce que lisent les invités.")
        if reserved
        else _("Ce passage n’est plus réservé."),
        "success",
    )
    return redirect(page_address(meeting_id, f"passage-{paragraph.key}"))


@blueprint.route("/compte-rendu/passages/<int:paragraph_id>/retirer", methods=["GET", "POST"])
@access(SECRETARY)
def remove(meeting_id: int, paragraph_id: int) -> Answer:
    """Take a passage out, after saying so."""
    minutes = kept_minutes(meeting_id)
    paragraph = queries.get_paragraph(minutes, paragraph_id)
    refusal = None
    if request.method == "POST":
        try:
            writing.remove(current_actor(), meeting_id, paragraph_id)
        except DomainError as error:
            refusal = translate(error)
        else:
            flash(_("Le passage est retiré du compte rendu."), "success")
            return redirect(page_address(meeting_id))
    page = render(
        "components/confirm.html",
        minutes,
        title=_("Retirer un passage"),
        lead=paragraph.text[:400],
        consequences=[_("Le passage n’est plus dans le compte rendu ; ses versions sont gardées.")],
        submit_label=_("Retirer le passage"),
        cancel_url=page_address(meeting_id, f"passage-{paragraph.key}"),
        danger=True,
        refusal=refusal,
        steps=steps_to(minutes.meeting, _("Retirer un passage")),
    )
    return (page, REFUSED) if refusal else page
