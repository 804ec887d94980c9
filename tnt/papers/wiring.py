"""How papers plug in: on the page of the session, in the life of its items, in what leaves by mail."""

from __future__ import annotations

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from tnt.agendas.followers import Follower, register_follower
from tnt.agendas.models import AgendaItem
from tnt.agendas.queries import Attached, register_attached
from tnt.core import outbox
from tnt.core.access import Actor
from tnt.meetings.models import Meeting
from tnt.meetings.rules import OFF
from tnt.meetings.tabs import register_tab
from tnt.papers import queries, services
from tnt.papers.policies import can_manage


def init_app(_app: Flask) -> None:
    """Show the files under their items, follow them, ask each mail again for its reason."""
    register_attached(_attached)
    register_follower("papers", Follower(services.item_leaves, services.item_comes, _told))
    for kind in (services.ASKED, services.LATE, services.SENT_BACK):
        outbox.register_checker(kind, services.still_awaited)
    register_tab("papers.board", _l("Préparation"), 20, _is_prepared)


def _is_prepared(actor: Actor, meeting: Meeting) -> bool:
    return can_manage(actor, meeting.committee_id) and meeting.state not in OFF


def _told(item: AgendaItem) -> list[str]:
    """What becomes of the papers of an item that is taken off."""
    count = len(queries.papers_of(item.id))
    if not count:
        return []
    if item.request_id is not None:
        return [ngettext("Sa pièce attend avec elle.", "Ses %(num)s pièces attendent avec elle.", count)]
    return [ngettext("Sa pièce disparaît avec lui.", "Ses %(num)s pièces disparaissent avec lui.", count)]


def _attached(actor: Actor, meeting: Meeting) -> list[Attached]:
    reserved = _("réservée")
    pattern = url_for("papers.download", meeting_id=meeting.id, paper_id=0, number=0)
    pattern = pattern.replace("/0/", "/%d/").removesuffix("0") + "%d"
    return [
        Attached(
            file.item_id,
            file.title,
            pattern % (file.paper_id, file.number),
            file.file_name,
            file.size,
            reserved if file.reserved else "",
        )
        for file in queries.shown_to(actor, meeting)
    ]
