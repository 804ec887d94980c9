"""How packs plug in: their part of a meeting's page, and their mails asked again when they leave."""

from __future__ import annotations

from typing import Any

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from tnt.core import outbox
from tnt.core.access import Actor
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.tabs import register_tab
from tnt.packs import queries, rules, services
from tnt.participants.beside import register_beside
from tnt.participants.models import ReplyLink


def init_app(_app: Flask) -> None:
    """Show « Dossier » to the secretariat, and to the members once they are convened."""
    outbox.register_checker(services.MAIL_KIND, services.still_true)
    register_beside("packs", _beside_the_reply)
    register_tab("packs.page", _l("Dossier"), 40, _is_shown)


def _is_shown(actor: Actor, meeting: Meeting) -> bool:
    if meeting.recorded_afterwards:
        return False
    return can_prepare(actor, meeting.committee_id) or meeting.state not in rules.NOT_YET


def _beside_the_reply(link: ReplyLink, token: str) -> tuple[Any, str] | None:
    """The way from a link to reply to the pack, once it is sent."""
    if not queries.sent_to(link):
        return None
    return _l("Lire le dossier de séance"), url_for("pack_links.page", token=token)
