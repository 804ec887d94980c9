"""The mails about who comes: reminders, what those named in a reply are told, invitations to an item.

Each in the language of whoever reads it; a link stands alone on its line and belongs to one recipient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.accounts.mails import address_of
from tnt.accounts.models import Person
from tnt.accounts.queries import is_known
from tnt.committees.models import Mandate
from tnt.core import formats, outbox
from tnt.core.i18n import phrase
from tnt.meetings.models import Meeting
from tnt.participants.models import Chaser, ItemGuest, Reply
from tnt.participants.queries import SeatReply, correspondents_by_person
from tnt.participants.rules import WAY_WORDS, Token, Way

CHASER_KIND, NAMED_KIND, GUEST_KIND = "participants.chaser", "participants.named", "participants.guest"
RELEASED_KIND, VOID_KIND = "participants.released", "participants.void_proxy"
ANSWERED_KIND = "participants.answered_for"


@dataclass(frozen=True, slots=True)
class Mail:
    """A subject and a plain text."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class SeatLetter:
    """A message about a seat, to its holder or to their correspondent."""

    meeting: Meeting
    seat: SeatReply
    person: Person

    @property
    def for_another(self) -> bool:
        """Whether it goes to a correspondent."""
        return self.person.id != self.seat.mandate.person_id


def letters_of(meeting: Meeting, seats: Sequence[SeatReply]) -> list[SeatLetter]:
    """Whom a message about these seats reaches: the holders, and their correspondents."""
    correspondents = correspondents_by_person([seat.mandate.person_id for seat in seats])
    return [
        SeatLetter(meeting, seat, person)
        for seat in seats
        for person in (seat.mandate.person, *correspondents.get(seat.mandate.person_id, []))
        if person.email and is_known(person)
    ]


def reply_address(token: Token) -> str:
    """The full address of the page where one replies."""
    return address_of("participants.answer", token=str(token))


def of_seat(mandate: Mandate) -> str:
    """« Jeanne Vasseur (AMRF) »."""
    return f"{mandate.person.full_name} ({mandate.institution.short_name})"


def chaser(letter: SeatLetter, address: str) -> Mail:
    """A reminder: of what session, for whom, and where to reply."""
    meeting, locale = letter.meeting, letter.person.locale
    with force_locale(locale):
        when = formats.datetime_long(meeting.starts_at, locale)
        subject = _("Réponse attendue : %(committee)s, %(when)s", committee=meeting.committee.name, when=when)
        if letter.for_another:
            lead = _(
                "Nous n’avons pas encore la réponse de %(person)s pour la séance du %(committee)s du "
                "%(when)s. Vous recevez ce message comme correspondant et pouvez répondre à sa place.",
                person=of_seat(letter.seat.mandate),
                committee=meeting.committee.name,
                when=when,
            )
        else:
            lead = _(
                "Nous n’avons pas encore votre réponse pour la séance du %(committee)s du %(when)s.",
                committee=meeting.committee.name,
                when=when,
            )
        blocks = [
            _("Bonjour %(name)s,", name=letter.person.full_name),
            lead,
            how_to_reply(address, locale),
            _("Si la réponse est partie entre-temps, ne tenez pas compte de ce message."),
            signature(meeting, locale),
        ]
        return Mail(subject, "\n\n".join(blocks))


def how_to_reply(address: str, locale: str) -> str:
    """The link, what it serves, and until when."""
    with force_locale(locale):
        return str(
            _("Pour dire qui vient, sans avoir à vous connecter, ouvrez ce lien :")
            + f"\n{address}\n"
            + _("Il vous est personnel ; la réponse peut changer jusqu’à l’ouverture de la séance.")
        )


def signature(meeting: Meeting, locale: str) -> str:
    """The secretariat of the committee."""
    with force_locale(locale):
        return str(_("Le secrétariat — %(committee)s", committee=meeting.committee.name))


def send_chaser(record: Chaser, letter: SeatLetter, token: Token) -> None:
    """Queue a reminder; it becomes void when the reply arrives before it leaves."""
    mail = chaser(letter, reply_address(token))
    outbox.enqueue(
        kind=CHASER_KIND,
        thing=f"meeting:{letter.meeting.id}",
        occurrence=f"chaser:{record.number}:{letter.seat.mandate.id}",
        to=letter.person.email or "",
        person_id=letter.person.id,
        subject=mail.subject,
        text=mail.text,
        is_secret=True,
        locale=letter.person.locale,
    )


def tell_named(meeting: Meeting, seat: SeatReply, reply: Reply) -> None:
    """Tell a substitute that they come, or a member that they carry a proxy."""
    named = reply.substitute or reply.proxy_to
    if named is None or not named.person.email or not is_known(named.person):
        return
    locale = named.person.locale
    with force_locale(locale):
        words = _words(meeting, seat, locale)
        if reply.substitute is not None:
            subject = _("Vous remplacez %(person)s : %(committee)s, %(when)s", **words)
            lead = _(
                "%(person)s vous demande de venir à sa place à la séance du %(committee)s, %(when)s.", **words
            )
        else:
            subject = _("Pouvoir de %(person)s : %(committee)s, %(when)s", **words)
            lead = _("%(person)s vous donne pouvoir pour la séance du %(committee)s, %(when)s.", **words)
        blocks = [
            _("Bonjour %(name)s,", name=named.person.full_name),
            lead,
            *([_("Lieu : %(place)s", place=meeting.place)] if meeting.place else []),
            _("La page de la séance :") + "\n" + address_of("agendas.page", meeting_id=meeting.id),
            _("Si vous ne pouvez pas, prévenez cette personne et le secrétariat."),
            signature(meeting, locale),
        ]
    outbox.enqueue(
        kind=NAMED_KIND,
        thing=f"reply:{reply.id}",
        occurrence=f"version:{reply.version}",
        to=named.person.email,
        person_id=named.person.id,
        subject=subject,
        text="\n\n".join(blocks),
        locale=locale,
    )


def tell_released(meeting: Meeting, seat: SeatReply, reply: Reply, former: Mandate, was: Way) -> None:
    """Tell whoever a reply named before that they no longer come instead, or carry the proxy no more."""
    if not former.person.email or not is_known(former.person):
        return
    locale = former.person.locale
    with force_locale(locale):
        words = _words(meeting, seat, locale)
        if was is Way.PROXY:
            subject = _("Vous ne portez plus le pouvoir de %(person)s : %(committee)s, %(when)s", **words)
            lead = _(
                "%(person)s a changé sa réponse : vous ne portez plus son pouvoir à la séance du "
                "%(committee)s, %(when)s. Votre propre réponse ne change pas.",
                **words,
            )
        else:
            subject = _("Vous ne remplacez plus %(person)s : %(committee)s, %(when)s", **words)
            lead = _(
                "%(person)s a changé sa réponse : vous ne siégez plus à sa place à la séance du "
                "%(committee)s, %(when)s.",
                **words,
            )
        blocks = [_("Bonjour %(name)s,", name=former.person.full_name), lead, signature(meeting, locale)]
    outbox.enqueue(
        kind=RELEASED_KIND,
        thing=f"reply:{reply.id}",
        occurrence=f"version:{reply.version}",
        to=former.person.email,
        person_id=former.person.id,
        subject=subject,
        text="\n\n".join(blocks),
        locale=locale,
    )


def tell_void(letter: SeatLetter, holder: Reply, token: Token) -> None:
    """Tell whoever gave a proxy, or their correspondent, that the holder does not come."""
    meeting, seat, locale = letter.meeting, letter.seat, letter.person.locale
    with force_locale(locale):
        words = _words(meeting, seat, locale) | {"holder": of_seat(holder.mandate)}
        if letter.for_another:
            subject = _("Pouvoir de %(person)s sans effet : %(committee)s, %(when)s", **words)
            lead = _(
                "%(holder)s a répondu ne pas venir : le pouvoir que %(person)s lui a donné pour la séance du "
                "%(committee)s, %(when)s, est sans effet. Vous recevez ce message comme correspondant et "
                "pouvez répondre à sa place.",
                **words,
            )
        else:
            subject = _("Votre pouvoir est sans effet : %(committee)s, %(when)s", **words)
            lead = _(
                "%(holder)s a répondu ne pas venir : le pouvoir que vous lui avez donné pour la séance du "
                "%(committee)s, %(when)s, est sans effet. Vous pouvez donner pouvoir à un autre membre, vous "
                "faire remplacer ou venir.",
                **words,
            )
    _send_with_link(letter, VOID_KIND, f"void:{holder.version}:{seat.mandate.id}", subject, lead, token)


def tell_answered(meeting: Meeting, seat: SeatReply, reply: Reply, token: Token) -> None:
    """Tell a member what their correspondent answered for them."""
    letter, locale = SeatLetter(meeting, seat, seat.mandate.person), seat.mandate.person.locale
    with force_locale(locale):
        named = f" ({reply.stand_in})" if reply.stand_in else ""
        words = _words(meeting, seat, locale) | {
            "helper": reply.helped_by,
            "answer": phrase(WAY_WORDS[reply.way], {}) + named,
        }
        subject = _("Réponse donnée pour vous : %(committee)s, %(when)s", **words)
        lead = _(
            "%(helper)s, votre correspondant, a répondu pour vous à la convocation du %(committee)s, "
            "%(when)s. Réponse enregistrée : %(answer)s.",
            **words,
        )
    occurrence = f"given:{reply.version}:{seat.mandate.id}"
    _send_with_link(letter, ANSWERED_KIND, occurrence, subject, lead, token)


def _words(meeting: Meeting, seat: SeatReply, locale: str) -> dict[str, str]:
    return {
        "person": of_seat(seat.mandate),
        "committee": meeting.committee.name,
        "when": formats.datetime_long(meeting.starts_at, locale),
    }


def _send_with_link(
    letter: SeatLetter, kind: str, occurrence: str, subject: str, lead: str, token: Token
) -> None:
    """Queue what happened to a seat's reply, with the link that changes it."""
    locale = letter.person.locale
    with force_locale(locale):
        blocks = [
            _("Bonjour %(name)s,", name=letter.person.full_name),
            lead,
            how_to_reply(reply_address(token), locale),
            signature(letter.meeting, locale),
        ]
    outbox.enqueue(
        kind=kind,
        thing=f"meeting:{letter.meeting.id}",
        occurrence=occurrence,
        to=letter.person.email or "",
        person_id=letter.person.id,
        subject=subject,
        text="\n\n".join(blocks),
        is_secret=True,
        locale=locale,
    )


def guest_invited(guest: ItemGuest, expected_at: datetime, address: str, locale: str = "fr") -> Mail:
    """The invitation to one item: which, when it should come, where, and the link to its page."""
    meeting = guest.item.meeting
    with force_locale(locale):
        when = formats.datetime_long(meeting.starts_at, locale)
        words = {"item": guest.item.title, "committee": meeting.committee.name, "when": when}
        blocks = [
            _("Bonjour %(name)s,", name=guest.name),
            _(
                "Votre présence est demandée pour un point de la séance du %(committee)s, %(when)s :\n"
                "« %(item)s »",
                **words,
            ),
            "\n".join(_practical(meeting, expected_at, locale)),
            _("Ce point et ses pièces, sur une page qui vous est réservée :")
            + f"\n{address}\n"
            + _("Elle montre ce point seulement, jusqu’à la fin de la séance."),
            signature(meeting, locale),
        ]
        subject = _("Invitation pour un point : %(committee)s, %(when)s", **words)
        return Mail(subject, "\n\n".join(blocks))


def _practical(meeting: Meeting, expected_at: datetime, locale: str) -> list[str]:
    lines = [_("Le point devrait venir vers %(time)s.", time=formats.time(expected_at, locale))]
    if meeting.place:
        lines.append(_("Lieu : %(place)s", place=meeting.place))
    if meeting.video_url:
        lines.append(_("Visioconférence : %(url)s", url=meeting.video_url))
    return lines


def invite_guest(guest: ItemGuest, expected_at: datetime, token: Token) -> None:
    """Queue the invitation of a guest."""
    address = address_of("participants.guest_item", token=str(token))
    _send_guest(guest, "invited", guest_invited(guest, expected_at, address, _locale(guest)), is_secret=True)


def tell_guest_withdrawn(guest: ItemGuest) -> None:
    """Queue what a guest is told when the invitation is taken back."""
    meeting, locale = guest.item.meeting, _locale(guest)
    with force_locale(locale):
        when = formats.datetime_long(meeting.starts_at, locale)
        words = {"item": guest.item.title, "committee": meeting.committee.name, "when": when}
        subject = _("Invitation retirée : %(committee)s, %(when)s", **words)
        blocks = [
            _("Bonjour %(name)s,", name=guest.name),
            _(
                "Votre présence n’est plus demandée pour le point « %(item)s » de la séance du "
                "%(committee)s, %(when)s.",
                **words,
            ),
            signature(meeting, locale),
        ]
    _send_guest(guest, "withdrawn", Mail(subject, "\n\n".join(blocks)))


def tell_guest(guest: ItemGuest, occurrence: str, mail: Mail) -> None:
    """Queue what happens to the session for whoever is asked for one item."""
    _send_guest(guest, occurrence, mail)


def _send_guest(guest: ItemGuest, occurrence: str, mail: Mail, *, is_secret: bool = False) -> None:
    outbox.enqueue(
        kind=GUEST_KIND,
        thing=f"item_guest:{guest.id}",
        occurrence=occurrence,
        to=guest.email,
        person_id=guest.person_id,
        subject=mail.subject,
        text=mail.text,
        is_secret=is_secret,
        locale=_locale(guest),
    )


def _locale(guest: ItemGuest) -> str:
    return guest.person.locale if guest.person else "fr"
