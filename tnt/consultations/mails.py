"""The mails of a consultation, each in the language of whoever reads it, and when they may still leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from tnt.accounts.mails import address_of
from tnt.accounts.models import Person
from tnt.committees.queries import secretaries_on
from tnt.consultations import queries
from tnt.consultations.models import ConsultationVisa, ConsultedSeat, InterimMeasure, WrittenConsultation
from tnt.consultations.rules import RESULT_WORDS, ConsultationState
from tnt.core import clock, formats, outbox
from tnt.core.db import db
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState
from tnt.decisions.visas import VisaState
from tnt.participants.rules import Token

INVITATION = "consultations.invitation"
REMINDER = "consultations.reminder"
VISA = "consultations.visa"
OUTCOME = "consultations.outcome"
WITHDRAWAL = "consultations.withdrawal"
CORRECTION = "consultations.correction"
MEASURE = "consultations.measure"


@dataclass(frozen=True, slots=True)
class Mail:
    """A subject and a plain text."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to write to, for which seat; `for_whom` names the holder when it is another person."""

    person: Person
    seat: ConsultedSeat
    for_whom: str = ""


def recipients(seats: Iterable[ConsultedSeat]) -> list[Recipient]:
    """Whoever may answer for these seats, each once."""
    by_id = {seat.id: seat for seat in seats}
    found = queries.respondents(by_id.values(), clock.today())
    people = queries.people_of(person_id for each in found.values() for person_id in each)
    chosen: dict[int, Recipient] = {}
    for seat_id, each in found.items():
        seat = by_id[seat_id]
        for person_id in sorted(each):
            person = people[person_id]
            own = person_id == seat.mandate.person_id
            if person.ended_at is None and (own or person_id not in chosen):
                chosen[person_id] = Recipient(person, seat, "" if own else seat.mandate.person.full_name)
    return list(chosen.values())


def _address(consultation: WrittenConsultation) -> str:
    return f"{current_app.config['BASE_URL']}/consultations/{consultation.id}"


def _name(consultation: WrittenConsultation) -> str:
    """Its number and title; before it is sent, the title alone."""
    return " – ".join(part for part in (consultation.number, consultation.title) if part)


def _end(consultation: WrittenConsultation) -> str:
    return str(_("Le secrétariat — %(committee)s", committee=consultation.committee.name))


def _question(consultation: WrittenConsultation, is_voting: bool) -> list[str]:
    blocks = [consultation.question]
    if consultation.draft_wording:
        blocks.append(_("Texte proposé :") + "\n" + consultation.draft_wording)
    if consultation.papers:
        names = "\n".join(f"- {paper.title} ({paper.file_name})" for paper in consultation.papers)
        blocks.append(_("Pièces, à lire sur la page de la consultation :") + "\n" + names)
    if not is_voting:
        blocks.append(_("Votre voix est consultative : vous pouvez faire une observation."))
    elif consultation.silence_consents:
        blocks.append(_("Selon le règlement du comité, ne pas répondre vaut accord."))
    else:
        blocks.append(
            _("Ne pas répondre ne vaut pas accord : pour, contre, abstention, ou examen en séance.")
        )
    return blocks


def reply_address(token: Token) -> str:
    """The full address of the page where one answers without signing in."""
    return address_of("consultations.answer", token=str(token))


def _how_to_reply(consultation: WrittenConsultation, address: str, locale: str) -> str:
    day = formats.date_long(consultation.due_on, locale)
    return str(
        _("Pour répondre jusqu’au %(day)s inclus, sans avoir à vous connecter, ouvrez ce lien :", day=day)
        + f"\n{address}\n"
        + _("Il vous est personnel ; la réponse peut changer jusqu’à cette date.")
    )


def invitation(
    consultation: WrittenConsultation,
    address: str,
    locale: str = "fr",
    *,
    is_voting: bool = True,
    for_whom: str = "",
) -> Mail:
    """The question, the wording, the papers, until when, and where to answer (`address`)."""
    with force_locale(locale):
        day = formats.date_long(consultation.due_on, locale)
        committee = consultation.committee.name
        subject = _(
            "Consultation écrite : %(name)s, réponse au plus tard le %(day)s",
            name=_name(consultation),
            day=day,
        )
        asked = _("Vous êtes consulté par écrit : %(committee)s.", committee=committee)
        if for_whom:
            asked = _(
                "%(person)s, pour qui vous pouvez répondre, est consulté par écrit : %(committee)s.",
                committee=committee,
                person=for_whom,
            )
        blocks = [
            _("Bonjour,"),
            asked,
            _name(consultation),
            *_question(consultation, is_voting),
            _how_to_reply(consultation, address, locale),
            _end(consultation),
        ]
        return Mail(subject, "\n\n".join(blocks))


def reminder(
    consultation: WrittenConsultation, address: str, locale: str = "fr", *, for_whom: str = ""
) -> Mail:
    """Once, to those who have not answered."""
    with force_locale(locale):
        subject = _("Rappel : votre réponse est attendue, %(name)s", name=_name(consultation))
        missing = _("Votre réponse à cette consultation écrite n’est pas encore arrivée.")
        if for_whom:
            missing = _("La réponse de %(person)s n’est pas encore arrivée.", person=for_whom)
        blocks = [
            _("Bonjour,"),
            missing,
            _name(consultation),
            consultation.question,
            _how_to_reply(consultation, address, locale),
            _end(consultation),
        ]
        return Mail(subject, "\n\n".join(blocks))


def _send(
    kind: str,
    consultation: WrittenConsultation,
    person: Person,
    occurrence: str,
    mail: Mail,
    *,
    is_secret: bool = False,
) -> bool:
    if not person.email:
        return False
    return outbox.enqueue(
        kind=kind,
        thing=f"consultation:{consultation.id}",
        occurrence=occurrence,
        to=person.email,
        person_id=person.id,
        subject=mail.subject,
        text=mail.text,
        is_secret=is_secret,
        locale=person.locale,
    )


def send_invitation(consultation: WrittenConsultation, one: Recipient, token: Token) -> bool:
    """Write to somebody consulted, with their link; whether a mail leaves."""
    mail = invitation(
        consultation,
        reply_address(token),
        one.person.locale,
        is_voting=one.seat.is_voting,
        for_whom=one.for_whom,
    )
    return _send(INVITATION, consultation, one.person, "1", mail, is_secret=True)


def send_reminder(consultation: WrittenConsultation, one: Recipient, token: Token) -> bool:
    """Remind whoever may answer for a silent seat, with a new link; whether a mail leaves."""
    mail = reminder(consultation, reply_address(token), one.person.locale, for_whom=one.for_whom)
    return _send(REMINDER, consultation, one.person, "1", mail, is_secret=True)


def ask_visas(consultation: WrittenConsultation, visas: Iterable[ConsultationVisa]) -> None:
    """Ask each co-chair for the visa on this version."""
    for visa in visas:
        person = visa.mandate.person
        with force_locale(person.locale):
            mail = Mail(
                _("Votre visa est attendu : %(name)s", name=_name(consultation)),
                "\n\n".join(
                    [
                        _("Bonjour,"),
                        _(
                            "La consultation écrite est close. Lisez le texte et ses effets, puis "
                            "visez-le ou demandez une correction :"
                        )
                        + "\n"
                        + _address(consultation),
                        _end(consultation),
                    ]
                ),
            )
        _send(VISA, consultation, person, f"v{consultation.record_version}", mail)


def tell_outcome(consultation: WrittenConsultation) -> None:
    """Tell everybody consulted what came of it: in force, not adopted, referred to a session."""
    for one in recipients(consultation.seats):
        locale = one.person.locale
        with force_locale(locale):
            result = consultation.result
            said = _(RESULT_WORDS[result]) if result is not None else ""
            lines = [_("Bonjour,"), f"{_name(consultation)}\u00a0: {said}."]
            if consultation.act is not None and consultation.state is ConsultationState.IN_FORCE:
                lines.append(_("Le texte suivant est en vigueur :") + "\n" + consultation.act.wording)
            lines += [
                _("Les réponses se lisent ici :") + "\n" + _address(consultation),
                _end(consultation),
            ]
            mail = Mail(
                _("Résultat de la consultation : %(name)s", name=_name(consultation)), "\n\n".join(lines)
            )
        _send(OUTCOME, consultation, one.person, str(consultation.state), mail)


def tell_withdrawal(consultation: WrittenConsultation) -> None:
    """Tell everybody consulted that no reply is awaited any more, and why."""
    for one in recipients(consultation.seats):
        with force_locale(one.person.locale):
            mail = Mail(
                _("Consultation retirée : %(name)s", name=_name(consultation)),
                "\n\n".join(
                    [
                        _("Bonjour,"),
                        _("Cette consultation écrite est retirée : il n’y a plus à y répondre."),
                        _("Motif : %(reason)s", reason=consultation.reason),
                        _address(consultation),
                        _end(consultation),
                    ]
                ),
            )
        _send(WITHDRAWAL, consultation, one.person, "1", mail)


def tell_correction(consultation: WrittenConsultation, visa: ConsultationVisa) -> None:
    """Tell the secretariat what a co-chair wants corrected."""
    for mandate in secretaries_on(consultation.committee_id, clock.today()):
        person = mandate.person
        with force_locale(person.locale):
            mail = Mail(
                _("Correction demandée : %(name)s", name=_name(consultation)),
                "\n\n".join(
                    [
                        _("Bonjour,"),
                        _("%(person)s demande une correction :", person=visa.mandate.person.full_name)
                        + f"\n«\u00a0{visa.comment}\u00a0»",
                        _("Corrigez le texte et soumettez-le de nouveau :") + "\n" + _address(consultation),
                    ]
                ),
            )
        _send(CORRECTION, consultation, person, f"v{consultation.record_version}:{visa.id}", mail)


def tell_measure(measure: InterimMeasure, people: Iterable[Person], due: date | None) -> int:
    """Tell the committee what a co-chair decided, and that it is provisional."""
    act, sent = measure.act, 0
    address = f"{current_app.config['BASE_URL']}/consultations/mesures/{measure.id}"
    committee = act.committee.name if act.committee is not None else ""
    for person in people:
        if not person.email:
            continue
        with force_locale(person.locale):
            until = (
                _(
                    "La séance du %(day)s peut la ratifier ou la refuser.",
                    day=formats.date_long(due, person.locale),
                )
                if due
                else _("La prochaine séance la ratifie ou la refuse.")
            )
            text = "\n\n".join(
                [
                    _("Bonjour,"),
                    _(
                        "%(person)s, coprésident, a pris une mesure conservatoire, en vigueur aussitôt et "
                        "provisoire.",
                        person=measure.mandate.person.full_name,
                    ),
                    f"{act.label} – {act.title}",
                    act.wording,
                    _("Motif : %(reason)s", reason=measure.reason),
                    until,
                    address,
                    _("Le secrétariat — %(committee)s", committee=committee),
                ]
            )
            subject = _("Mesure conservatoire %(number)s : %(title)s", number=act.label, title=act.title)
        sent += outbox.enqueue(
            kind=MEASURE,
            thing=f"measure:{measure.id}",
            occurrence="1",
            to=person.email,
            person_id=person.id,
            subject=subject,
            text=text,
            locale=person.locale,
        )
    return sent


# what each message asks again when it leaves


def _of(message: outbox.OutboxMessage) -> WrittenConsultation | None:
    return db.session.get(WrittenConsultation, int(message.thing.partition(":")[2]))


def is_still_open(message: outbox.OutboxMessage) -> bool:
    """An invitation leaves while the consultation is open."""
    found = _of(message)
    return found is not None and found.state is ConsultationState.OPEN and clock.today() <= found.due_on


def is_reply_still_missing(message: outbox.OutboxMessage) -> bool:
    """A reminder leaves while a seat of that person's has no reply."""
    found = _of(message)
    if found is None or not is_still_open(message):
        return False
    people = queries.respondents(found.seats, clock.today())
    return any(
        seat.choice is None and message.person_id in people.get(seat.id, ())
        for seat in queries.voting_seats(found)
    )


def is_visa_still_awaited(message: outbox.OutboxMessage) -> bool:
    """A visa is asked for while it is awaited on that version."""
    found = _of(message)
    if found is None or found.state is not ConsultationState.IN_VISA:
        return False
    visa = queries.visa_awaited_from(found, message.person_id)
    return (
        visa is not None
        and visa.state is VisaState.AWAITED
        and message.occurrence == f"v{found.record_version}"
    )


def is_measure_still_provisional(message: outbox.OutboxMessage) -> bool:
    """A measure is announced while the committee has not answered."""
    measure = db.session.get(InterimMeasure, int(message.thing.partition(":")[2]))
    act = db.session.get(Act, measure.act_id) if measure is not None else None
    return act is not None and act.state is ActState.PROVISIONAL
