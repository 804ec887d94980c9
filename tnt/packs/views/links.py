"""The pack as whoever got a mail opens it, without signing in: as long as their link to reply lives."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tnt.accounts.views.blueprint import network
from tnt.core.access import PUBLIC, access
from tnt.core.throttle import TooManyAttempts
from tnt.packs import queries
from tnt.packs.rules import FileKind
from tnt.packs.views.files import download_of
from tnt.participants.services.links import LinkNotValid, note_reading, open_reading
from tnt.participants.views.links import not_valid, private

pack_links = Blueprint("pack_links", __name__, url_prefix="/reponse/<token>/dossier")


@pack_links.get("")
@access(PUBLIC)
def page(token: str) -> Response:
    """The pack and its supplements, so far as they were sent."""
    try:
        link = open_reading(token, network())
    except (LinkNotValid, TooManyAttempts) as error:
        return not_valid(error)
    meeting_id, person_id = link.meeting_id, link.person_id
    shown = render_template(
        "packs/by_link.html",
        link=link,
        meeting=link.meeting,
        token=token,
        sent=queries.sent_to(link),
    )
    if request.method == "GET":  # a scanner that asks for the head has read nothing
        note_reading(meeting_id, person_id)
    return private(shown)


@pack_links.get("/<int:number>/<any(pdf, odt, zip):kind>")
@access(PUBLIC)
def file(token: str, number: int, kind: str) -> Response:
    """A file for everybody who sits."""
    return _file(token, number, kind, reserved=False)


@pack_links.get("/<int:number>/reserve/<any(pdf, odt, zip):kind>")
@access(PUBLIC)
def reserved_file(token: str, number: int, kind: str) -> Response:
    """The same with what the session reserves, for the members entitled."""
    return _file(token, number, kind, reserved=True)


def _file(token: str, number: int, kind: str, *, reserved: bool) -> Response:
    try:
        link = open_reading(token, network())
    except (LinkNotValid, TooManyAttempts) as error:
        return not_valid(error)
    return private(download_of(queries.get_file_by_link(link, number, FileKind(kind), reserved=reserved)))
