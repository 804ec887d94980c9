"""The links of the mails: one a mail, by which whoever may answer does so without signing in."""

from __future__ import annotations

from dataclasses import dataclass

from tnt.consultations import queries
from tnt.consultations.models import ConsultationLink, ConsultedSeat, WrittenConsultation
from tnt.consultations.rules import Choice, ConsultationState
from tnt.consultations.services.replies import reply
from tnt.core import throttle
from tnt.core.access import Actor
from tnt.core.errors import NotFound
from tnt.participants.rules import parse_token
from tnt.participants.services.links import REPLIES, UNKNOWN_LINKS, LinkNotValid


@dataclass(frozen=True, slots=True)
class OpenedConsultation:
    """What a link opens: the consultation, who opens it, and the seats for which they may answer."""

    link: ConsultationLink
    seats: list[ConsultedSeat]

    @property
    def consultation(self) -> WrittenConsultation:
        """The consultation."""
        return self.link.consultation


def open_link(text: str, network: str) -> OpenedConsultation:
    """What a link opens while replies are taken. Raises LinkNotValid; TooManyAttempts to who tries many."""
    token = parse_token(text)
    link = queries.find_link(token) if token else None
    if link is None:
        throttle.check("consultation.link", network, *UNKNOWN_LINKS)
        raise LinkNotValid()
    seats = queries.seats_of(_actor(link), link.consultation)
    if link.consultation.state is not ConsultationState.OPEN or not seats:
        raise LinkNotValid()
    return OpenedConsultation(link, seats)


def _actor(link: ConsultationLink) -> Actor:
    return Actor(link.person_id, link.person.full_name)


def reply_by_link(
    text: str,
    network: str,
    seat_id: int,
    *,
    choice: Choice | None,
    remark: str = "",
    expected_version: int | None = None,
) -> ConsultedSeat:
    """Answer by a link. Raises LinkNotValid, TooManyAttempts, NotFound, or the refusal of the reply."""
    opened = open_link(text, network)
    if seat_id not in {seat.id for seat in opened.seats}:
        raise NotFound()
    throttle.check("consultation.give", opened.link.selector, *REPLIES)
    return reply(
        _actor(opened.link),
        opened.consultation.id,
        seat_id,
        choice=choice,
        remark=remark,
        expected_version=expected_version,
    )
