"""The page of a mail's link: what is asked, for whom, and the answer; opening it writes nothing."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tnt.accounts.views.blueprint import network
from tnt.consultations import services
from tnt.consultations.forms import ReplyForm
from tnt.consultations.models import ConsultedSeat
from tnt.consultations.services import OpenedConsultation
from tnt.consultations.views.blueprint import REFUSED, consultations
from tnt.consultations.views.reading import reply_form
from tnt.core import clock
from tnt.core.access import PUBLIC, access
from tnt.core.addresses import number
from tnt.core.downloads import attachment
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse
from tnt.core.throttle import TooManyAttempts
from tnt.participants.services.links import LinkNotValid
from tnt.participants.views.links import not_valid, private


@consultations.route("/reponse/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def answer(token: str) -> Response:
    """The question and its papers; then the answer, until the deadline."""
    try:
        opened = services.open_link(token, network())
        return _answer(token, opened)
    except (LinkNotValid, TooManyAttempts) as error:
        return _not_valid(error)


def _answer(token: str, opened: OpenedConsultation) -> Response:
    seat = _chosen(opened)
    form = reply_form(seat)
    if request.method == "POST":
        form = ReplyForm()
        try:
            form.validate()
            services.reply_by_link(
                token,
                network(),
                seat.id,
                **form.given(is_voting=seat.is_voting),
            )
        except (LinkNotValid, TooManyAttempts):
            raise
        except DomainError as error:
            if not form.errors:
                refuse(form, error)
        else:
            flash(_("Réponse enregistrée. Elle peut changer jusqu’à la date limite."), "success")
            return private(redirect(url_for("consultations.answer", token=token, pour=seat.id), 303))
        opened = services.open_link(token, network())
        seat = _chosen(opened)
        form.version.data = str(seat.version)  # what was typed stays; the next answer is on what is shown
    page = render_template(
        "consultations/answer.html",
        it=opened.consultation,
        opened=opened,
        seat=seat,
        form=form,
        token=token,
        closed=clock.today() > opened.consultation.due_on,
    )
    return private(page, REFUSED if request.method == "POST" else 200)


def _chosen(opened: OpenedConsultation) -> ConsultedSeat:
    """The seat asked for; else the first that has not answered, one's own before the others."""
    wanted = request.args.get("pour", type=number)
    if wanted is not None:
        found = next((seat for seat in opened.seats if seat.id == wanted), None)
        if found is None:
            raise NotFound()
        return found
    return next((seat for seat in opened.seats if seat.choice is None), opened.seats[0])


@consultations.get("/reponse/<token>/pieces/<int:paper_id>")
@access(PUBLIC)
def answer_paper(token: str, paper_id: int) -> Response:
    """A paper, for whoever answers by the link."""
    try:
        opened = services.open_link(token, network())
    except (LinkNotValid, TooManyAttempts) as error:
        return _not_valid(error)
    kept = next((each for each in opened.consultation.papers if each.id == paper_id), None)
    if kept is None:
        raise NotFound()
    return private(attachment(kept.sha256, kept.file_name))


def _not_valid(error: LinkNotValid | TooManyAttempts) -> Response:
    return not_valid(error, "consultations/link_not_valid.html")
