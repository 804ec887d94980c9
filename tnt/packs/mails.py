"""The mails of a pack and of a supplement, each in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.core import formats
from tnt.core.i18n import phrase
from tnt.meetings.models import Meeting
from tnt.packs.rules import Change


@dataclass(frozen=True, slots=True)
class Mail:
    """A subject and a plain text."""

    subject: str
    text: str


def pack_sent(meeting: Meeting, locale: str = "fr") -> Mail:
    """The pack is there: where to read it."""
    with force_locale(locale):
        when = formats.datetime_long(meeting.starts_at, locale)
        subject = _(
            "Dossier de séance : %(committee)s, %(when)s", committee=meeting.committee.name, when=when
        )
        lead = _("Le dossier de la séance du %(when)s est à lire sur sa page.", when=when)
        forms = _(
            "Il existe en PDF et en ODT ; l’archive (ZIP) joint chaque pièce que vous lisez dans son fichier."
        )
        return Mail(subject, "\n\n".join([_("Bonjour,"), f"{lead}\n{forms}", *_end(meeting)]))


def supplement_sent(meeting: Meeting, number: int, changes: Sequence[Change], locale: str = "fr") -> Mail:
    """A supplement is there: what changed, and where to read it."""
    with force_locale(locale):
        when = formats.datetime_long(meeting.starts_at, locale)
        subject = _(
            "Additif n° %(number)s au dossier : %(committee)s, %(when)s",
            number=number,
            committee=meeting.committee.name,
            when=when,
        )
        lead = _("Le dossier de la séance du %(when)s est complété. Ce qui change :", when=when)
        lines = "\n".join(f"- {phrase(change.message, change.params)}" for change in changes)
        rest = _("Le dossier déjà diffusé ne change pas ; l’additif a ses propres pages.")
        return Mail(subject, "\n\n".join([_("Bonjour,"), f"{lead}\n{lines}", rest, *_end(meeting)]))


def _end(meeting: Meeting) -> list[str]:
    address = f"{current_app.config['BASE_URL']}/seances/{meeting.id}/dossier"
    return [
        _("Le dossier : %(url)s", url=address),
        _("Le secrétariat — %(committee)s", committee=meeting.committee.name),
    ]
