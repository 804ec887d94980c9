"""Mails around a record: a visa is awaited, a correction is asked, the record is in force."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select

from tnt.accounts.models import Person
from tnt.closing.models import DecisionRecord, Visa
from tnt.closing.rules import RecordState
from tnt.committees.models import Mandate, Seat
from tnt.committees.rules import is_held_on
from tnt.core import clock, formats, outbox
from tnt.core.db import db
from tnt.decisions.visas import VisaState


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
