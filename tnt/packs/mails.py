"""The mails of a pack and of a supplement, each in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.accounts.mails import address_of
from tnt.core import formats
from tnt.core.i18n import phrase
from tnt.meetings.models import Meeting
from tnt.packs.queries import Recipient
from tnt.packs.rules import Change
from tnt.participants.mails import Mail, of_seat, signature
from tnt.participants.rules import Token


def link_address(token: Token) -> str:
    """The full address of the page where the pack is read without signing in."""
    return address_of("pack_links.page", token=str(token))


def pack_sent(meeting: Meeting, to: Recipient, address: str) -> Mail:
    """The pack is there: `address`, their own link, opens it."""
    with force_locale(to.locale):
        when = formats.datetime_long(meeting.starts_at, to.locale)
        subject = _(
            "Dossier de séance : %(committee)s, %(when)s", committee=meeting.committee.name, when=when
        )
        lead = _("Le dossier de la séance du %(when)s est diffusé.", when=when)
        forms = _(
            "Il existe en PDF et en ODT ; l’archive (ZIP) joint chaque pièce que vous lisez dans son fichier."
        )
        return _mail(meeting, to, address, subject, [f"{lead}\n{forms}"])


def supplement_sent(
    meeting: Meeting, number: int, changes: Sequence[Change], to: Recipient, address: str
) -> Mail:
    """A supplement is there: what changed, and the link that opens it."""
    with force_locale(to.locale):
        when = formats.datetime_long(meeting.starts_at, to.locale)
        subject = _(
            "Additif n° %(number)s au dossier : %(committee)s, %(when)s",
            number=number,
            committee=meeting.committee.name,
            when=when,
        )
        lead = _("Le dossier de la séance du %(when)s est complété. Ce qui change :", when=when)
        lines = "\n".join(f"- {phrase(change.message, change.params)}" for change in changes)
        rest = _("Le dossier déjà diffusé ne change pas ; l’additif a ses propres pages.")
        return _mail(meeting, to, address, subject, [f"{lead}\n{lines}", rest])


def _mail(meeting: Meeting, to: Recipient, address: str, subject: str, body: list[str]) -> Mail:
    """The whole letter: for whom, what happened, the link, the page for those with an account."""
    blocks = [_("Bonjour %(name)s,", name=to.name)]
    if to.for_another:
        told = of_seat(to.mandate)
        blocks.append(_("Vous recevez ce message comme correspondant de %(person)s.", person=told))
    link = _("Pour le lire, sans avoir à vous connecter, ouvrez ce lien :") + f"\n{address}\n"
    blocks += [*body, link + _("Il vous est personnel et vaut jusqu’à la fin de la séance.")]
    if not to.for_another:
        page = address_of("packs.page", meeting_id=meeting.id)
        blocks.append(_("Si vous avez un compte, la page du dossier :") + f"\n{page}")
    return Mail(subject, "\n\n".join([*blocks, signature(meeting, to.locale)]))
