"""What the page of an item asks and sends by itself: texts as they are typed, and how the item stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from tnt.core import clock, formats
from tnt.core.access import access, current_actor
from tnt.core.errors import DomainError, Forbidden, NotFound
from tnt.core.i18n import translate
from tnt.core.templating import current_locale
from tnt.core.words import storable
from tnt.decisions.rules import ActKind
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.sittings import queries, services
from tnt.sittings.queries import ItemState, TextState
from tnt.sittings.rules import OUTCOME_WORDS, TextField, VoteMode
from tnt.sittings.rules.texts import TEXT_WORDS, WRITING_FOR, NoSuchText, merge
from tnt.sittings.services import NotInSession, TextConflict
from tnt.sittings.views.base import SECRETARY, blueprint

CONFLICT, LOCKED, REFUSED = 409, 423, 422
Answer = Response | tuple[Response, int]


@blueprint.post("/<int:item_id>/texte")
@access(SECRETARY)
def save_text(meeting_id: int, item_id: int) -> Answer:
    """Save one text as it is typed: JSON in, JSON out.

    409 gives back both texts, 423 says that the session is over, 422 why the text is refused.
    """
    sent = _sent()
    text = storable(str(sent.get("text", "")))
    try:
        saved = services.save_text(
            current_actor(),
            meeting_id,
            item_id,
            _field(sent),
            text,
            base=_whole(sent.get("base")),
            key=str(sent.get("key", "")),
            sent=[str(key) for key in sent.get("sent", [])[:20]]
            if isinstance(sent.get("sent"), list)
            else [],
        )
    except (NotFound, Forbidden):
        raise
    except TextConflict as conflict:
        return jsonify(_conflict(conflict.saved, text)), CONFLICT
    except DomainError as error:
        # absent and not to be seen come first, whatever was sent
        queries.get_item_of(services.get_meeting_to_hold(current_actor(), meeting_id).id, item_id)
        return jsonify(message=translate(error)), LOCKED if isinstance(error, NotInSession) else REFUSED
    return jsonify(version=saved.version, at=_time(saved.saved_at))


def _sent() -> dict[str, Any]:
    """What the script sends; anything else counts as nothing."""
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}


def _keys(sent: object) -> list[str]:
    return [str(key) for key in sent[:20]] if isinstance(sent, list) else []


def _field(sent: dict[str, Any]) -> TextField:
    name = sent.get("field")
    if name not in {field.value for field in TextField}:
        raise NoSuchText()
    return TextField(str(name))


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0


def _time(at: datetime | None) -> str:
    return formats.time(at, current_locale()) if at is not None else ""


def _conflict(saved: TextState, typed: str) -> dict[str, Any]:
    """Both texts, side by side, and what they give together."""
    by, at = saved.saved_by or _("Une autre personne"), _time(saved.saved_at)
    return {
        "version": saved.version,
        "text": saved.text,
        "merged": merge(saved.text, typed),
        "html": render_template("sittings/_conflict.html", saved=saved, typed=typed, by=by, at=at),
    }


@blueprint.get("/<int:item_id>/etat")
@access(SECRETARY)
def state(meeting_id: int, item_id: int) -> Response:
    """How the item stands, for the page that shows it: the texts newer than those it has, and who writes.

    The versions that the page has are in the query, by field.
    """
    actor = current_actor()
    meeting = services.get_meeting_to_hold(actor, meeting_id)
    found = queries.get_item_state(meeting.id, item_id)
    texts = queries.texts_of(found.item, found.outcome)
    return jsonify(
        person=actor.person_id,
        csrf=generate_csrf(),
        open=meeting.state is MeetingState.IN_SESSION,
        outcome=found.outcome.version if found.outcome else 0,
        kind=_kind(found),
        votes=votes_of(found),
        writer=found.outcome.saved_by.full_name if found.outcome and found.outcome.saved_by else "",
        at=_time(found.outcome.saved_at) if found.outcome else "",
        fields={
            field.value: _told(text, request.args.get(field.value, -1, type=int))
            for field, text in texts.items()
        },
        writers=_writers(texts, actor.person_id),
        room=_room(meeting, found),
    )


def votes_of(found: ItemState) -> str:
    """The vote on an item, and how it scores an objective, in one word, to tell whether they changed."""
    outcome = found.outcome
    said: tuple[object, ...] = (VoteMode.CONSENSUS.value, 0, 0, 0, "")
    if outcome is not None:
        said = (
            outcome.vote_mode.value,
            outcome.for_,
            outcome.against,
            outcome.abstain,
            outcome.casting or "",
        )
    if found.item.act_kind is ActKind.SCORE_OBJECTIVE and found.item.objective_motion is not None:
        motion = found.item.objective_motion
        said += (motion.score or "", motion.follow_up or "", motion.amended_title)
    return "-".join(str(each) for each in said)


def _kind(found: ItemState) -> str:
    kind = found.outcome.kind if found.outcome else None
    return _(OUTCOME_WORDS[kind]) if kind is not None else ""


def _told(text: TextState, known: int) -> dict[str, Any]:
    told: dict[str, Any] = {"version": text.version}
    if text.version != known:
        told |= {"text": text.text, "by": text.saved_by, "at": _time(text.saved_at)}
    return told


def _writers(texts: dict[TextField, TextState], mine: int | None) -> list[str]:
    """Who else wrote on the item in the last moments: « Jeanne Vasseur écrit ici (notes, 14 h 32) »."""
    since: timedelta = WRITING_FOR
    return [
        _(
            "%(name)s écrit sur ce point (%(text)s, %(at)s).",
            name=text.saved_by,
            text=_(TEXT_WORDS[field]),
            at=_time(text.saved_at),
        )
        for field, text in texts.items()
        if text.saved_at is not None
        and text.saved_by
        and text.saved_by_id != mine
        and clock.now() - text.saved_at < since
    ]


def _room(meeting: Meeting, found: ItemState) -> str:
    """The presences and the quorum in words, as the rail shows them."""
    seats = queries.list_seat_lines(meeting, found.item.id)
    outcome = found.outcome
    moment = outcome.settled_at if outcome is not None and outcome.settled_at else clock.now()
    room = queries.room_at(meeting, seats, moment, queries.recused_of(seats))
    return render_template("sittings/_room.html", room=room, meeting=meeting)
