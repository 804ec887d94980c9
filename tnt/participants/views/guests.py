"""Asking somebody for one item, and the page that they see."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.accounts.views.blueprint import network
from tnt.agendas.queries import items_of
from tnt.core.access import PUBLIC, access, current_actor
from tnt.core.csrf import refusal_in_form
from tnt.core.db import db
from tnt.core.downloads import attachment
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse
from tnt.core.throttle import TooManyAttempts
from tnt.meetings.queries import get_prepared_meeting
from tnt.participants import services
from tnt.participants.forms import GuestForm
from tnt.participants.models import ItemGuest
from tnt.participants.services.guests import note_opening
from tnt.participants.services.links import LinkNotValid
from tnt.participants.views.blueprint import SECRETARY, Page, participants, steps_to
from tnt.participants.views.blueprint import answer as answered
from tnt.participants.views.links import not_valid, private


@participants.route("/seances/<int:meeting_id>/participants/inviter", methods=["GET", "POST"])
@access(SECRETARY)
@refusal_in_form
def invite(meeting_id: int) -> Page:
    """Ask somebody for one item; the invitation leaves at once."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    form = GuestForm()
    form.offer(items_of(meeting_id))
    if form.validate_on_submit():
        try:
            guest = services.invite(
                actor,
                meeting_id,
                form.chosen_item,
                name=form.name.data or "",
                quality=form.quality.data or "",
                email=form.email.data or "",
            )
        except NotFound:
            form.item_id.errors = [_("Choisissez le point.")]
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("%(name)s est invité ; son message part.", name=guest.name), "success")
            return redirect(url_for("participants.index", meeting_id=meeting_id), 303)
    meeting = get_prepared_meeting(actor, meeting_id)
    return answered("participants/invite.html", form, meeting=meeting, steps=steps_to(meeting))


@participants.route(
    "/seances/<int:meeting_id>/participants/invites/<int:guest_id>/retirer", methods=["GET", "POST"]
)
@access(SECRETARY)
def withdraw(meeting_id: int, guest_id: int) -> Page:
    """Take an invitation back, after saying what it does."""
    actor = current_actor()
    meeting = get_prepared_meeting(actor, meeting_id)
    done = url_for("participants.index", meeting_id=meeting_id)
    if request.method == "POST":
        services.withdraw(actor, meeting_id, guest_id)
        flash(_("Invitation retirée."), "success")
        return redirect(done, 303)
    guest = db.session.get(ItemGuest, guest_id)
    if guest is None or guest.item.meeting_id != meeting_id or guest.withdrawn_at is not None:
        raise NotFound()
    return render_template(
        "components/confirm.html",
        title=_("Retirer l’invitation de %(name)s", name=guest.name),
        lead=guest.item.title,
        consequences=[
            _("Son lien ne montre plus rien."),
            _("Un message lui dit que sa présence n’est plus demandée."),
        ],
        submit_label=_("Retirer l’invitation"),
        cancel_url=done,
        steps=steps_to(meeting),
    )


@participants.get("/invite/<token>")
@access(PUBLIC)
def guest_item(token: str) -> Response:
    """One item, and nothing else of the session."""
    try:
        opened = services.open_item(token, network())
    except (LinkNotValid, TooManyAttempts) as error:
        return not_valid(error)
    if opened.guest.opened_at is None:
        note_opening(opened.guest.id)
        opened = services.open_item(token, network())
    return private(
        render_template(
            "participants/guest_item.html",
            opened=opened,
            item=opened.item,
            meeting=opened.meeting,
            token=token,
        )
    )


@participants.get("/invite/<token>/pieces/<int:paper_id>")
@access(PUBLIC)
def guest_paper(token: str, paper_id: int) -> Response:
    """A paper of the one item, reserved ones left out."""
    try:
        opened = services.open_item(token, network())
    except (LinkNotValid, TooManyAttempts) as error:
        return not_valid(error)
    for line in opened.papers:
        if line.paper_id == paper_id:
            return private(attachment(line.sha256, line.file_name))
    raise NotFound()
