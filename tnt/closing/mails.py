"""Mails around a record: a visa is awaited, a correction is asked, the record is in force."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import select

from tnt.accounts.models import Person
from tnt.closing.extracts import Concerned
from tnt.closing.models import DecisionRecord, Erratum, ErratumVisa, Visa
from tnt.closing.rules import RecordState
from tnt.committees.models import Mandate, Seat
from tnt.committees.queries import correspondents_of
from tnt.committees.rules import is_held_on
from tnt.core import clock, formats, outbox
from tnt.core.db import db
from tnt.decisions.visas import VisaState
from tnt.projects.queries import leads_on, list_groups


def _address(record: DecisionRecord) -> str:
    return f"{current_app.config['BASE_URL']}/seances/{record.meeting_id}/releve"


def _session(record: DecisionRecord) -> str:
    meeting = record.meeting
    return f"{meeting.committee.name}, séance du {formats.date_long(clock.paris_day(meeting.starts_at))}"


def _send(
    kind: str, record: DecisionRecord, person: Person, occurrence: str, subject: str, text: str
) -> None:
    if person.email is None:
        return
    outbox.enqueue(
        kind=kind,
        thing=f"record:{record.id}",
        occurrence=occurrence,
        to=person.email,
        subject=subject,
        text=f"Bonjour {person.full_name},\n\n{text}\n\n{_address(record)}\n",
        person_id=person.id,
        locale=person.locale,
    )


def visa_awaited(record: DecisionRecord, visas: list[Visa]) -> None:
    """Ask each co-chair for the visa on this version of the record."""
    for visa in visas:
        if visa.state is VisaState.AWAITED:
            _send(
                "visa_awaited",
                record,
                visa.mandate.person,
                f"v{record.version}",
                f"Votre visa est attendu : {_session(record)}",
                "Le relevé de décisions est prêt. Lisez le texte et ses effets, puis visez-le ou "
                "demandez une correction :",
            )


def _secretaries(committee_id: int) -> list[Person]:
    today = clock.today()
    mandates = db.session.scalars(
        select(Mandate).where(Mandate.committee_id == committee_id, Mandate.seat == Seat.SECRETARY)
    )
    return [m.person for m in mandates if is_held_on(m, today)]


def correction_asked(record: DecisionRecord, visa: Visa) -> None:
    """Tell the secretariat what a co-chair wants corrected."""
    for person in _secretaries(record.meeting.committee_id):
        _send(
            "correction_asked",
            record,
            person,
            f"v{record.version}:{visa.id}",
            f"Correction demandée : {_session(record)}",
            f"{visa.mandate.person.full_name} demande une correction du relevé :\n\n"
            f"« {visa.comment} »\n\nCorrigez-le et soumettez-le de nouveau :",
        )


def record_in_force(record: DecisionRecord) -> None:
    """Tell the secretariat that the last visa was given and everything took effect."""
    if record.meeting.recorded_afterwards:
        return
    for person in _secretaries(record.meeting.committee_id):
        _send(
            "record_in_force",
            record,
            person,
            f"v{record.version}",
            f"Relevé visé : {_session(record)}",
            "Le relevé de décisions a reçu son dernier visa. Les décisions sont en vigueur :",
        )


def extracts_for_leads(record: DecisionRecord, concerned: Iterable[Concerned]) -> None:
    """Send the leads of each group that the session decided on, and who receives for them, to its extract."""
    if record.meeting.recorded_afterwards:
        return
    today = clock.today()
    groups = {group.slug: group for group in list_groups()}
    leads = leads_on(today)
    for one in concerned:
        people = [lead.person for lead in leads.get(groups[one.slug].id, [])]
        people += [each.person for each in correspondents_of([person.id for person in people], today)]
        for person in {person.id: person for person in people}.values():
            _send(
                "extract",
                record,
                person,
                f"{one.slug}:{person.id}",
                f"Décidé pour « {one.name} » : {_session(record)}",
                f"Le relevé de décisions est visé. Ce qui y concerne le groupe « {one.name} » tient sur une "
                f"page :\n{_address(record)}/extraits/{one.slug}.pdf\n\nLe relevé entier :",
            )


def is_visa_still_awaited(record_id: int, version: int, person_id: int) -> bool:
    """Whether a reminder of a visa still has its reason when it leaves."""
    found = db.session.scalar(
        select(Visa.id)
        .join(Visa.record)
        .join(Visa.mandate)
        .where(
            Visa.record_id == record_id,
            Visa.record_version == version,
            Visa.state == VisaState.AWAITED,
            Mandate.person_id == person_id,
            DecisionRecord.state == RecordState.IN_VISA,
            DecisionRecord.version == version,
        )
    )
    return found is not None


def _send_erratum(
    kind: str, erratum: Erratum, person: Person, occurrence: str, subject: str, text: str
) -> None:
    if person.email is None:
        return
    address = f"{current_app.config['BASE_URL']}/decisions/errata/{erratum.id}"
    outbox.enqueue(
        kind=kind,
        thing=f"erratum:{erratum.id}",
        occurrence=occurrence,
        to=person.email,
        subject=subject,
        text=f"Bonjour {person.full_name},\n\n{text}\n\n{address}\n",
        person_id=person.id,
        locale=person.locale,
    )


def erratum_awaited(erratum: Erratum, visas: list[ErratumVisa]) -> None:
    """Ask each co-chair for the visa on this version of an erratum."""
    for visa in visas:
        _send_erratum(
            "erratum_awaited",
            erratum,
            visa.mandate.person,
            f"v{erratum.version}",
            f"Votre visa est attendu : erratum à {erratum.original.label}",
            "Une faute de plume est à corriger dans cet acte. Lisez les deux textes, puis visez l’erratum ou "
            "demandez une correction :",
        )


def erratum_sent_back(erratum: Erratum, visa: ErratumVisa) -> None:
    """Tell the secretariat what a co-chair wants changed in an erratum."""
    for person in _secretaries(erratum.act.committee_id or 0):
        _send_erratum(
            "erratum_sent_back",
            erratum,
            person,
            f"v{erratum.version}:{visa.id}",
            f"Correction demandée : erratum à {erratum.original.label}",
            f"{visa.mandate.person.full_name} demande une correction :\n\n« {visa.comment} »\n\n"
            "Corrigez l’erratum et soumettez-le de nouveau, ou renoncez-y :",
        )


def erratum_in_force(erratum: Erratum) -> None:
    """Tell the secretariat that an erratum has its visas."""
    for person in _secretaries(erratum.act.committee_id or 0):
        _send_erratum(
            "erratum_in_force",
            erratum,
            person,
            f"v{erratum.version}",
            f"Erratum visé : {erratum.original.label}",
            "L’erratum a reçu son dernier visa. Il se lit avec l’acte qu’il corrige :",
        )


def is_erratum_visa_still_awaited(erratum_id: int, version: int, person_id: int) -> bool:
    """Whether the mail that asks for the visa of an erratum still has its reason when it leaves."""
    found = db.session.scalar(
        select(ErratumVisa.id)
        .join(ErratumVisa.erratum)
        .join(ErratumVisa.mandate)
        .where(
            ErratumVisa.erratum_id == erratum_id,
            ErratumVisa.erratum_version == version,
            ErratumVisa.state == VisaState.AWAITED,
            Mandate.person_id == person_id,
            Erratum.state == RecordState.IN_VISA,
            Erratum.version == version,
        )
    )
    return found is not None
