"""The seats of a session as its page shows them, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from tnt.accounts.models import Person
from tnt.committees.models import Seat, Voice
from tnt.committees.rules import SEAT_WORDS, VOICE_WORDS
from tnt.core.errors import N_
from tnt.core.i18n import phrase
from tnt.participants.models import Reading
from tnt.participants.queries import SeatReply, carried_by, is_void
from tnt.participants.rules import VIA_WORDS


@dataclass(frozen=True, slots=True)
class Row:
    """A seat: who, what was answered, by whom; what only the secretariat reads stays empty for others."""

    mandate_id: int
    name: str
    institution: str
    seat: str
    votes: bool
    voice: str
    way: str | None
    detail: str
    is_outdated: bool
    alert: str
    is_own: bool
    helped_by: str = ""  # the correspondent who gave one's own reply
    given_at: datetime | None = None
    given: str = ""
    note: str = ""
    read_at: datetime | None = None
    read_by: str = ""
    correspondents: list[str] = field(default_factory=list)
    no_address: bool = False
    person_url: str = ""
    reply_url: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the page has read, beside the seats."""

    readings: Mapping[int, Reading]
    correspondents: Mapping[int, Sequence[Person]]


def rows_of(
    meeting_id: int, seats: Sequence[SeatReply], known: Known | None, own_person_id: int | None
) -> list[Row]:
    """Every seat, one's own first; `known` is None for whoever does not prepare the session."""
    rows = [_row(meeting_id, seat, seats, known, own_person_id) for seat in seats]
    return sorted(rows, key=lambda row: not row.is_own)


def _row(
    meeting_id: int,
    seat: SeatReply,
    seats: Sequence[SeatReply],
    known: Known | None,
    own_person_id: int | None,
) -> Row:
    mandate = seat.mandate
    mine = mandate.person_id == own_person_id
    row = Row(
        mandate_id=mandate.id,
        name=mandate.person.full_name,
        institution=mandate.institution.short_name,
        seat="" if mandate.seat is Seat.FULL_MEMBER else _(SEAT_WORDS[mandate.seat]),
        votes=seat.voice is Voice.VOTING,
        voice=_(VOICE_WORDS[seat.voice]),
        way=seat.way.value if seat.way else None,
        detail=seat.reply.stand_in if seat.reply else "",
        is_outdated=seat.is_outdated,
        alert=_alert(seat, seats) if known or mine else "",
        is_own=mine,
        helped_by=seat.reply.helped_by if seat.reply and mine else "",
        reply_url=_reply_url(meeting_id, mandate.id) if known or mine else "",
    )
    if known is None:
        return row
    return _with_private(row, meeting_id, seat, known)


def _reply_url(meeting_id: int, mandate_id: int) -> str:
    return url_for("participants.reply", meeting_id=meeting_id, mandate_id=mandate_id)


def _with_private(row: Row, meeting_id: int, seat: SeatReply, known: Known) -> Row:
    """The row with what only the secretariat reads."""
    mandate, reply = seat.mandate, seat.reply
    helpers = known.correspondents.get(mandate.person_id, [])
    reading, reader = _last_reading(mandate.person, helpers, known.readings)
    values = {name: getattr(row, name) for name in Row.__slots__}
    values |= {
        "given_at": reply.given_at if reply else None,
        "given": given_words(seat),
        "note": reply.note if reply else "",
        "read_at": reading.last_read_at if reading else None,
        "read_by": reader.full_name if reader and reader.id != mandate.person_id else "",
        "correspondents": [one.full_name for one in helpers],
        "no_address": not mandate.person.email and not any(one.email for one in helpers),
        "person_url": url_for("participants.correspondents", person_id=mandate.person_id, seance=meeting_id),
    }
    return Row(**values)


def _last_reading(
    holder: Person, helpers: Sequence[Person], readings: Mapping[int, Reading]
) -> tuple[Reading | None, Person | None]:
    found = [(readings[one.id], one) for one in (holder, *helpers) if one.id in readings]
    if not found:
        return None, None
    return max(found, key=lambda pair: pair[0].last_read_at)


def given_words(seat: SeatReply) -> str:
    """« par Inès Robin, par le lien du message »."""
    reply = seat.reply
    if reply is None:
        return ""
    how = _(VIA_WORDS[reply.via])
    if reply.given_by is None or reply.given_by_id == seat.mandate.person_id:
        return str(how)
    return str(_("%(name)s, %(how)s", name=reply.given_by.full_name, how=how))


def _alert(seat: SeatReply, seats: Sequence[SeatReply]) -> str:
    """What makes a reply without effect: the session moved since, the holder of the proxy does not come."""
    if seat.reply is not None and seat.is_outdated:
        words = N_("Réponse donnée pour le %(when)s : à confirmer.")
        return str(phrase(words, {"when": seat.reply.for_starts_at}))
    return void_words(seat, seats)


def void_words(seat: SeatReply, seats: Sequence[SeatReply]) -> str:
    """Whose absence leaves the proxy of that seat without effect; empty while it holds."""
    if seat.reply is None or not is_void(seat, seats):
        return ""
    return str(_("Pouvoir sans effet : %(name)s ne vient pas.", name=seat.reply.stand_in))


def carried_names(seat: SeatReply, seats: Sequence[SeatReply]) -> list[str]:
    """Whose proxies that seat carries."""
    return [each.mandate.person.full_name for each in carried_by(seat, seats)]
