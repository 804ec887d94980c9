"""The mails of a notice, each in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.accounts.mails import address_of
from tnt.accounts.models import Person
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.committees.models import Mandate
from tnt.convocations.models import AgendaCountersign, CountersignState
from tnt.convocations.queries import Recipient
from tnt.convocations.rules import ItemChange, ItemChangeKind, NoticeKind
from tnt.core import formats, outbox
from tnt.meetings.models import Meeting
from tnt.meetings.rules import Change, MeetingState
from tnt.participants.mails import Mail, how_to_reply, of_seat


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail is for, and the address where they reply; empty where the seat has no reply to give."""

    to: Recipient
    reply_url: str = ""

    @property
    def locale(self) -> str:
        """The language that they read."""
        return self.to.person.locale

    def sees(self, item: AgendaItem) -> bool:
        """Whether an item may be told to them."""
        return not item.reserved or self.to.reads_reserved


def convened(meeting: Meeting, items: Sequence[AgendaItem], who: Addressee) -> Mail:
    """The convocation: when, where, on what, how to reply, and where to read the rest."""
    locale = who.locale
    with force_locale(locale):
        subject = _(
            "Convocation : %(committee)s, %(when)s",
            committee=meeting.committee.name,
            when=formats.datetime_long(meeting.starts_at, locale),
        )
        blocks = [_greeting(who), _why(meeting, who), *_convocation(meeting, items, who)]
        if meeting.reconvenes is not None:
            blocks.insert(2, _without_quorum(meeting.reconvenes, locale))
        if meeting.short_notice_reason:
            blocks.append(
                _("Délai de convocation réduit, motif : %(reason)s", reason=meeting.short_notice_reason)
            )
        return Mail(subject, "\n\n".join([*blocks, *_end(meeting, who)]))


def _without_quorum(before: Meeting, locale: str) -> str:
    when = formats.datetime_long(before.starts_at, locale)
    words = _(
        "La séance du %(when)s n’a pas réuni le quorum. Celle-ci a le même ordre du jour et délibère "
        "quel que soit le nombre de présents.",
        when=when,
    )
    return str(words)


def date_held(meeting: Meeting, who: Addressee) -> Mail:
    """A date to keep free, before the convocation."""
    locale = who.locale
    with force_locale(locale):
        subject = _(
            "Date à réserver : %(committee)s, %(when)s",
            committee=meeting.committee.name,
            when=formats.datetime_long(meeting.starts_at, locale),
        )
        if who.to.for_another:
            lead = _(
                "Merci de réserver cette date dans l’agenda de %(person)s : %(committee)s.",
                person=of_seat(who.to.mandate),
                committee=meeting.committee.name,
            )
        else:
            lead = _(
                "Merci de réserver cette date : le %(committee)s doit se réunir.",
                committee=meeting.committee.name,
            )
        later = _("La convocation, avec l’ordre du jour, confirmera la date. Rien n’est à répondre d’ici là.")
        blocks = [_greeting(who), lead, "\n".join(_where(meeting, locale)), later]
        return Mail(subject, "\n\n".join([*blocks, _signature(meeting)]))


def agenda_changed(
    meeting: Meeting, items: Sequence[AgendaItem], changes: Sequence[ItemChange], who: Addressee
) -> Mail:
    """The agenda otherwise than members have it: what changed first, then all of it."""
    locale = who.locale
    with force_locale(locale):
        subject = _(
            "Ordre du jour modifié : %(committee)s, %(when)s",
            committee=meeting.committee.name,
            when=formats.datetime_long(meeting.starts_at, locale),
        )
        told = [change for change in changes if not change.reserved or who.to.reads_reserved]
        lines = [_("Voici ce qui change depuis le dernier message :")]
        lines += [f"– {change_words(change, locale)}" for change in told]
        blocks = [_greeting(who), *_for_whom(who), "\n".join(lines), *_convocation(meeting, items, who)]
        return Mail(subject, "\n\n".join([*blocks, *_end(meeting, who)]))


def change_words(change: ItemChange, locale: str) -> str:
    """« Ajouté : 4. Mobiliser l’ANCT (décision, 15 min) »."""
    with force_locale(locale):
        item = change.item
        if change.kind is ItemChangeKind.REORDERED:
            return str(_("L’ordre des points a changé."))
        if change.kind is ItemChangeKind.ADDED:
            return str(_("Ajouté : %(item)s", item=_frozen_line(item, locale)))
        if change.kind is ItemChangeKind.REMOVED:
            return str(_("Retiré : %(title)s", title=item["title"]))
        return str(_("Modifié : %(item)s", item=_frozen_line(item, locale))) + "".join(_parts(change))


def _parts(change: ItemChange) -> Iterator[str]:
    """What of the item is another one, each on a line."""
    before, now = change.before or {}, change.now or {}
    if change.differs("title"):
        yield "\n  " + _("intitulé, avant : %(title)s", title=before.get("title", ""))
    if change.differs("rapporteur"):
        yield "\n  " + _("rapporteur : %(name)s", name=now.get("rapporteur") or _("aucun"))
    if change.differs("minutes"):
        yield "\n  " + _("durée, avant : %(minutes)s min", minutes=before.get("minutes"))
    if change.differs("draft_wording"):
        wording = now.get("draft_wording") or _("(plus de texte proposé)")
        yield "\n  " + _("texte proposé : %(wording)s", wording=wording)


def changed(
    kind: NoticeKind, meeting: Meeting, change: Change, items: Sequence[AgendaItem], who: Addressee
) -> Mail:
    """A move, a postponement or a cancellation: what changes, and why.

    A move says the whole convocation again: the one before may not have left, and then never does.
    """
    locale = who.locale
    with force_locale(locale):
        subject, lead = _news(kind, meeting, change, locale)
        blocks = [_greeting(who), *_for_whom(who), lead]
        if change.reason:
            blocks.append(_("Motif : %(reason)s", reason=change.reason))
        if kind is NoticeKind.MOVED and change.was.state is MeetingState.CONVENED:
            blocks += _convocation(meeting, items, who)
        elif kind is NoticeKind.MOVED:
            blocks.append(_("La convocation, avec l’ordre du jour, confirmera la date."))
        return Mail(subject, "\n\n".join([*blocks, *_end(meeting, who)]))


def changed_for_guest(kind: NoticeKind, meeting: Meeting, change: Change, locale: str, name: str) -> Mail:
    """The same news for whoever is asked for one item, without the agenda."""
    with force_locale(locale):
        subject, lead = _news(kind, meeting, change, locale)
        blocks = [_("Bonjour %(name)s,", name=name), lead]
        if change.reason:
            blocks.append(_("Motif : %(reason)s", reason=change.reason))
        return Mail(subject, "\n\n".join([*blocks, _signature(meeting)]))


def _news(kind: NoticeKind, meeting: Meeting, change: Change, locale: str) -> tuple[str, str]:
    """The subject, and what happens to the session."""
    before = formats.datetime_long(change.was.starts_at, locale)
    words = {"committee": meeting.committee.name, "when": before}
    if kind is NoticeKind.CANCELLED:
        subject = _("Séance annulée : %(committee)s, %(when)s", **words)
        return subject, _("La séance du %(when)s est annulée.", when=before)
    if kind is NoticeKind.POSTPONED:
        subject = _("Séance reportée : %(committee)s, %(when)s", **words)
        return subject, _("La séance du %(when)s est reportée. La nouvelle date sera annoncée.", when=before)
    subject = _(
        "Séance modifiée : %(committee)s, désormais %(when)s",
        committee=meeting.committee.name,
        when=formats.datetime_long(meeting.starts_at, locale),
    )
    if change.was.state is MeetingState.POSTPONED:
        return subject, "\n".join([_("La séance reportée a sa nouvelle date."), *_where(meeting, locale)])
    return subject, _("Voici ce qui change.") + "\n" + "\n".join(_differences(meeting, change, locale))


def _greeting(who: Addressee) -> str:
    return str(_("Bonjour %(name)s,", name=who.to.person.full_name))


def _for_whom(who: Addressee) -> list[str]:
    """Of whom a correspondent reads the mail."""
    if not who.to.for_another:
        return []
    return [
        _(
            "Vous recevez ce message comme correspondant de %(person)s.",
            person=of_seat(who.to.mandate),
        )
    ]


def _why(meeting: Meeting, who: Addressee) -> str:
    """In which quality one is convened."""
    words = {"committee": meeting.committee.name, "person": of_seat(who.to.mandate)}
    if who.to.for_another:
        return str(
            _(
                "Voici la convocation de %(person)s à une séance du programme : %(committee)s. Vous la "
                "recevez comme correspondant et pouvez répondre à sa place.",
                **words,
            )
        )
    lead = _("%(committee)s : voici votre convocation à la séance ci-dessous.", **words)
    replaced = who.to.mandate.substitute_for
    if replaced is not None:
        return str(
            lead
            + " "
            + _(
                "Vous suppléez %(person)s : votre présence est attendue si cette personne se fait remplacer.",
                person=replaced.person.full_name,
            )
        )
    if meeting.committee.votes_enabled and who.to.replies:
        voice = _("Vous y avez voix délibérative.") if who.to.votes else _("Vous y avez voix consultative.")
        return f"{lead} {voice}"
    return str(lead)


def _convocation(meeting: Meeting, items: Sequence[AgendaItem], who: Addressee) -> list[str]:
    """When, where, on what; then how to reply."""
    agenda = "\n".join(_agenda([item for item in items if who.sees(item)], who.locale))
    blocks = ["\n".join(_where(meeting, who.locale)), _("Ordre du jour :") + "\n" + agenda]
    return [*blocks, how_to_reply(who.reply_url, who.locale)] if who.reply_url else blocks


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
    return _words_of_item(item.position, item.title, item.kind, item.minutes, locale)


def _frozen_line(item: Mapping[str, Any], locale: str) -> str:
    return _words_of_item(item["position"], item["title"], ItemKind(item["kind"]), item["minutes"], locale)


def _words_of_item(position: int, title: str, kind: ItemKind, minutes: int, locale: str) -> str:
    word = {
        ItemKind.INFORMATION: _("information"),
        ItemKind.OPINION: _("avis"),
        ItemKind.DECISION: _("décision"),
    }[kind]
    return f"{position}. {title} ({word}, {formats.duration(minutes, locale)})"


def _end(meeting: Meeting, who: Addressee) -> list[str]:
    """The page, for those who may open it; and who writes."""
    address = f"{current_app.config['BASE_URL']}/seances/{meeting.id}"
    page = [] if who.to.for_another else [_("La page de la séance : %(url)s", url=address)]
    return [*page, _signature(meeting)]


def _signature(meeting: Meeting) -> str:
    return str(_("Le secrétariat — %(committee)s", committee=meeting.committee.name))


COUNTERSIGN_KIND = "convocations.countersign"


def countersign_asked(request: AgendaCountersign, chair: Mandate) -> None:
    """Ask a co-chair to read an agenda, and to countersign it or to have it corrected."""
    locale = chair.person.locale
    with force_locale(locale):
        when = formats.datetime_long(request.meeting.starts_at, locale)
        words = {"committee": request.meeting.committee.name, "when": when}
        subject = _("Votre contreseing est attendu : %(committee)s, %(when)s", **words)
        lead = _(
            "L’ordre du jour de la séance du %(committee)s, %(when)s, est prêt à partir avec la convocation. "
            "Lisez-le, puis contresignez-le ou demandez une correction :",
            **words,
        )
    _send_about_countersign(request, chair.person, "asked", subject, lead)


def countersign_answered(request: AgendaCountersign, secretary: Person) -> None:
    """Tell the secretariat what a co-chair answered."""
    locale = secretary.locale
    chair = request.mandate.person.full_name if request.mandate else ""
    with force_locale(locale):
        words = {"committee": request.meeting.committee.name, "chair": chair, "comment": request.comment}
        if request.state is CountersignState.GIVEN:
            subject = _("Ordre du jour contresigné : %(committee)s", **words)
            lead = _("%(chair)s contresigne l’ordre du jour : la séance peut être convoquée.", **words)
        else:
            subject = _("Ordre du jour à corriger : %(committee)s", **words)
            lead = _(
                "%(chair)s demande une correction de l’ordre du jour :\n\n« %(comment)s »\n\n"
                "Corrigez-le, puis soumettez-le de nouveau :",
                **words,
            )
    _send_about_countersign(request, secretary, "answered", subject, lead)


def _send_about_countersign(
    request: AgendaCountersign, person: Person, occurrence: str, subject: str, lead: str
) -> None:
    if not person.email:
        return
    with force_locale(person.locale):
        address = address_of("convocations.countersign", meeting_id=request.meeting_id)
        text = "\n\n".join([_("Bonjour %(name)s,", name=person.full_name), f"{lead}\n{address}"])
    outbox.enqueue(
        kind=COUNTERSIGN_KIND,
        thing=f"agenda_countersign:{request.id}",
        occurrence=occurrence,
        to=person.email,
        person_id=person.id,
        subject=subject,
        text=text,
        locale=person.locale,
    )
