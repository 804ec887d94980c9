"""How convocations plug in: members of a convened session are written to when it changes."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, url_for
from markupsafe import Markup

from tnt.agendas.top import register_top
from tnt.convocations import queries, services
from tnt.convocations.rules import knows_of
from tnt.core import outbox
from tnt.core.access import Actor
from tnt.core.drawing import drawn
from tnt.core.errors import N_
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.meetings.rules import Announcement, Change, ChangeKind, MeetingState
from tnt.meetings.services import Consequence, register_consequence
from tnt.packs.queries import last_sent, packs_of


def init_app(_app: Flask) -> None:
    """Follow the meetings, say what is to be told, and check each notice again when it leaves."""
    register_consequence("convocations", Consequence(_announce, _carry_out))
    outbox.register_checker(services.MAIL_KIND, services.still_true)
    register_top("convocations", _to_tell)


def _to_tell(actor: Actor, meeting: Meeting) -> Markup | None:
    """To whoever prepares a convened session: it is not what members were last sent any more."""
    if meeting.state is not MeetingState.CONVENED or not can_prepare(actor, meeting.committee_id):
        return None
    pack = last_sent(packs_of(meeting.id))
    if pack is not None:
        changed, endpoint = queries.is_pack_outdated(meeting, pack), "packs.page"
    else:
        changed = bool(queries.changes_since(meeting, queries.last_notice(meeting.id)))
        endpoint = "convocations.agenda"
    if not changed:
        return None
    address = url_for(endpoint, meeting_id=meeting.id)
    return drawn("convocations/_changed.html", "to_tell", address, pack is not None)


def _announce(meeting: Meeting, kind: ChangeKind) -> Sequence[Announcement]:
    if kind is ChangeKind.RECONVENED:
        return [Announcement(N_("Les membres l’apprennent par la convocation de la nouvelle séance."))]
    if not _is_known(meeting):
        return [Announcement(N_("Aucun message n’est envoyé : la séance n’est pas encore convoquée."))]
    count = sum(1 for one in queries.recipients_of(meeting) if one.email)
    if count == 1:
        return [Announcement(N_("Un message est envoyé au seul membre qui a une adresse."))]
    if kind is ChangeKind.MOVED and meeting.state is not MeetingState.CONVENED:  # no reason is asked for
        return [Announcement(N_("%(count)s messages seront envoyés aux membres."), {"count": count})]
    return [
        Announcement(N_("%(count)s messages seront envoyés aux membres, avec le motif."), {"count": count})
    ]


def _is_known(meeting: Meeting) -> bool:
    """Whether members were told of the session, and so are of what becomes of it."""
    last = queries.last_notice(meeting.id)
    return last is not None and knows_of(last.kind, meeting.state)


def _carry_out(actor: Actor, meeting: Meeting, change: Change) -> None:
    if change.kind is not ChangeKind.RECONVENED:
        services.tell_change(actor, meeting, change)
