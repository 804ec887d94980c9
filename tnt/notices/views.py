"""What administrators see of the mails and of the scheduler."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.core import outbox
from tnt.core.access import access, current_actor, holding
from tnt.core.errors import N_
from tnt.core.i18n import translate
from tnt.core.outbox import OutboxState
from tnt.notices import queries, services

blueprint = Blueprint("notices", __name__, url_prefix="/administration/envois")
ADMINISTRATOR = holding("administrator")
STATE_WORDS = {
    OutboxState.QUEUED: N_("en attente"),
    OutboxState.SENT: N_("parti"),
    OutboxState.FAILED: N_("en échec"),
    OutboxState.VOID: N_("sans objet"),
}
TONES = {
    OutboxState.QUEUED: ("info", "hourglass-split"),
    OutboxState.SENT: ("good", "check-lg"),
    OutboxState.FAILED: ("bad", "exclamation-triangle"),
    OutboxState.VOID: ("", "x-lg"),
}


@blueprint.get("")
@access(ADMINISTRATOR)
def mails() -> str:
    """The messages by state, the newest first, and whether the scheduler lives."""
    wanted = request.args.get("etat", "")
    state = OutboxState(wanted) if wanted in set(OutboxState) else None
    return render_template(
        "notices/mails.html",
        messages=queries.list_messages(state),
        counts=queries.counts(),
        state=state,
        words={each: _(word) for each, word in STATE_WORDS.items()},
        tones=TONES,
        is_alive=queries.is_scheduler_alive(),
        folder=None if current_app.config["MAIL_SERVER"] else current_app.config["MAIL_FOLDER"],
    )


@blueprint.get("/<int:message_id>")
@access(ADMINISTRATOR)
def mail(message_id: int) -> str:
    """One message; the text of a link that signs in is never shown."""
    return render_template(
        "notices/mail.html",
        message=queries.get_message(message_id),
        words={each: _(word) for each, word in STATE_WORDS.items()},
        tones=TONES,
    )


@blueprint.post("/<int:message_id>/renvoyer")
@access(ADMINISTRATOR)
def send_again(message_id: int) -> Response:
    """Queue a failed message once more."""
    try:
        services.send_again(current_actor(), message_id)
    except outbox.NotFailed as error:
        flash(translate(error), "danger")
    else:
        flash(_("Le message repart dans les secondes qui viennent."), "success")
    return redirect(url_for("notices.mails"))
