"""The mails of a notice, each in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.agendas.models import AgendaItem, ItemKind
from tnt.convocations.rules import NoticeKind
from tnt.core import formats
from tnt.meetings.models import Meeting
from tnt.meetings.rules import Change


@dataclass(frozen=True, slots=True)
class Mail:
    """A subject and a plain text."""

    subject: str
    text: str


def convened(meeting: Meeting, items: Sequence[AgendaItem], locale: str = "fr") -> Mail:
    """The convocation: when, where, on what, and where to read the rest."""
    with force_locale(locale):
        subject = _(
            "Convocation : %(committee)s, %(when)s",
            committee=meeting.committee.name,
            when=formats.datetime_long(meeting.starts_at, locale),
        )
        blocks = [
            _("Bonjour,"),
            _(
                "Vous êtes convoqué à une séance du programme : %(committee)s.",
                committee=meeting.committee.name,
            ),
            *_convocation(meeting, items, locale),
        ]
        if meeting.reconvenes is not None:
            blocks.insert(2, _without_quorum(meeting.reconvenes, locale))
        if meeting.short_notice_reason:
            blocks.append(
                _("Délai de convocation réduit, motif : %(reason)s", reason=meeting.short_notice_reason)
            )
        return Mail(subject, "\n\n".join([*blocks, *_end(meeting)]))


def _without_quorum(before: Meeting, locale: str) -> str:
    when = formats.datetime_long(before.starts_at, locale)
    words = _(
        "La séance du %(when)s n’a pas réuni le quorum. Celle-ci a le même ordre du jour et délibère "
        "quel que soit le nombre de présents.",
        when=when,
    )
    return str(words)


def changed(
    kind: NoticeKind, meeting: Meeting, change: Change, items: Sequence[AgendaItem], locale: str = "fr"
) -> Mail:
    """A move, a postponement or a cancellation: what changes, and why.

    A move says the whole convocation again: the one before may not have left, and then never does.
    """
    with force_locale(locale):
        before = formats.datetime_long(change.was.starts_at, locale)
        words = {"committee": meeting.committee.name, "when": before}
        if kind is NoticeKind.CANCELLED:
            subject = _("Séance annulée : %(committee)s, %(when)s", **words)
            lead = _("La séance du %(when)s est annulée.", when=before)
        elif kind is NoticeKind.POSTPONED:
            subject = _("Séance reportée : %(committee)s, %(when)s", **words)
            lead = _("La séance du %(when)s est reportée. La nouvelle date sera annoncée.", when=before)
        else:
            subject = _(
                "Séance modifiée : %(committee)s, désormais %(when)s",
                committee=meeting.committee.name,
                when=formats.datetime_long(meeting.starts_at, locale),
            )
            lead = _("Voici ce qui change.") + "\n" + "\n".join(_differences(meeting, change, locale))
        reason = _("Motif : %(reason)s", reason=change.reason)
        again = _convocation(meeting, items, locale) if kind is NoticeKind.MOVED else []
        return Mail(subject, "\n\n".join([_("Bonjour,"), lead, reason, *again, *_end(meeting)]))


def _convocation(meeting: Meeting, items: Sequence[AgendaItem], locale: str) -> list[str]:
    """When, where, on what."""
    agenda = "\n".join(_agenda(items, locale))
    return ["\n".join(_where(meeting, locale)), _("Ordre du jour :") + "\n" + agenda]


def _differences(meeting: Meeting, change: Change, locale: str) -> list[str]:
    was, found = change.was, []
    if (was.starts_at, was.ends_at) != (meeting.starts_at, meeting.ends_at):
        found.append(
            _(
                "Date : %(new)s (au lieu de : %(old)s)",
                new=_slot(meeting.starts_at, meeting.ends_at, locale),
                old=_slot(was.starts_at, was.ends_at, locale),
            )
        )
    if was.place != meeting.place:
        nowhere = _("non précisé")
        found.append(
            _(
                "Lieu : %(new)s (au lieu de : %(old)s)",
                new=meeting.place or nowhere,
                old=was.place or nowhere,
            )
        )
    if was.video_url != meeting.video_url:
        found.append(_("Visioconférence : %(url)s", url=meeting.video_url or _("aucune")))
    return found


def _where(meeting: Meeting, locale: str) -> list[str]:
    lines = [_("Date : %(when)s", when=_slot(meeting.starts_at, meeting.ends_at, locale))]
    if meeting.place:
        lines.append(_("Lieu : %(place)s", place=meeting.place))
    if meeting.video_url:
        lines.append(_("Visioconférence : %(url)s", url=meeting.video_url))
    return lines


def _slot(starts_at: datetime, ends_at: datetime, locale: str) -> str:
    return f"{formats.date_long(starts_at, locale)}, {formats.time_range(starts_at, ends_at, locale)}"


def _agenda(items: Sequence[AgendaItem], locale: str) -> Iterator[str]:
    """One line an item, under the headings of the agenda."""
    for section, found in groupby(items, key=lambda item: item.section):
        if section is not None:
            yield section.title
        yield from (_line(item, locale) for item in found)


def _line(item: AgendaItem, locale: str) -> str:
    kind = {
        ItemKind.INFORMATION: _("information"),
        ItemKind.OPINION: _("avis"),
        ItemKind.DECISION: _("décision"),
    }[item.kind]
    return f"{item.position}. {item.title} ({kind}, {formats.duration(item.minutes, locale)})"


def _end(meeting: Meeting) -> list[str]:
    address = f"{current_app.config['BASE_URL']}/seances/{meeting.id}"
    return [
        _("La page de la séance : %(url)s", url=address),
        _("Le secrétariat — %(committee)s", committee=meeting.committee.name),
    ]
