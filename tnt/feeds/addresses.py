"""The address of a feed in every form that a calendar program takes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import segno
from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from tnt.feeds.rules import Token


@dataclass(frozen=True, slots=True)
class Links:
    """The same address in every form that a calendar program takes."""

    https: str
    webcal: str
    google: str
    outlook: str
    outlook_personal: str
    qr_code: Markup


def links_of(token: Token, name: str) -> Links:
    """The address and its one-click forms; the QR code is drawn here, by nobody else's server."""
    address = address_of(token)
    webcal = "webcal://" + address.partition("://")[2]
    asked = f"url={quote(address, safe='')}&name={quote(name, safe='')}"
    drawing = segno.make(webcal, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", title=_("Code QR de l’adresse du calendrier")
    )
    return Links(
        https=address,
        webcal=webcal,
        google=f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        outlook=f"https://outlook.office.com/calendar/0/addfromweb?{asked}",
        outlook_personal=f"https://outlook.live.com/calendar/0/addfromweb?{asked}",
        qr_code=Markup(drawing.replace("<svg ", '<svg role="img" ', 1)),  # noqa: S704 - segno draws it from our own address
    )


def address_of(token: Token) -> str:
    """The address of a feed, on the configured host whatever the request says."""
    return f"{current_app.config['BASE_URL']}/calendrier/{token}.ics"
