"""What authors are written: a paper is asked, is late, or comes back. Each in the language of its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.core import formats


@dataclass(frozen=True, slots=True)
class Mail:
    """A subject and a plain text."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a mail says of a paper."""

    paper_id: int
    title: str
    item: str
    committee: str
    starts_at: datetime
    due_on: date
    remark: str = ""


def asked(facts: Facts, locale: str = "fr") -> Mail:
    """A paper is expected from the reader."""
    with force_locale(locale):
        words = _words(facts, locale)
        subject = _("Pièce à remettre avant le %(due)s : %(title)s", **words)
        lead = _(
            "Le secrétariat du %(committee)s attend de vous une pièce pour la séance du %(day)s.", **words
        )
        return _mail(subject, lead, facts, locale)


def late(facts: Facts, locale: str = "fr") -> Mail:
    """The paper should have come."""
    with force_locale(locale):
        words = _words(facts, locale)
        subject = _("Rappel, pièce attendue le %(due)s : %(title)s", **words)
        lead = _(
            "Sauf erreur, le secrétariat du %(committee)s n’a pas encore reçu la pièce ci-dessous, "
            "attendue pour la séance du %(day)s.",
            **words,
        )
        return _mail(subject, lead, facts, locale)


def sent_back(facts: Facts, locale: str = "fr") -> Mail:
    """The secretariat asks for another version."""
    with force_locale(locale):
        words = _words(facts, locale)
        subject = _("Pièce à reprendre : %(title)s", **words)
        lead = _(
            "Le secrétariat du %(committee)s a relu votre pièce pour la séance du %(day)s et vous demande "
            "de la reprendre.",
            **words,
        )
        return _mail(subject, lead, facts, locale)


def _words(facts: Facts, locale: str) -> dict[str, str]:
    name = facts.committee
    return {
        "committee": name[:1].lower() + name[1:],
        "day": formats.date_long(facts.starts_at, locale),
        "due": formats.date_long(facts.due_on, locale),
        "title": facts.title,
    }


def _mail(subject: str, lead: str, facts: Facts, locale: str) -> Mail:
    lines = [
        _("Pièce : %(title)s", title=facts.title),
        _("Point de l’ordre du jour : %(item)s", item=facts.item),
        _("Attendue pour le : %(due)s", due=formats.date_long(facts.due_on, locale)),
    ]
    if facts.remark:
        lines.append(_("Remarque du secrétariat : %(remark)s", remark=facts.remark))
    address = f"{current_app.config['BASE_URL']}/mes-pieces/{facts.paper_id}"
    blocks = [
        _("Bonjour,"),
        lead,
        "\n".join(lines),
        _("Pour la déposer, ou la remplacer tant que la séance n’est pas ouverte : %(url)s", url=address),
        _("Le secrétariat — %(committee)s", committee=facts.committee),
    ]
    return Mail(subject, "\n\n".join(blocks))
