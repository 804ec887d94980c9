"""What a consultation decided: the canonical content that visas are given on, and its PDF."""

from __future__ import annotations

from datetime import date
from typing import Any

from tnt.consultations.models import ConsultationVisa, ConsultedSeat, WrittenConsultation
from tnt.consultations.rules import CHOICE_WORDS, RESULT_WORDS, Choice
from tnt.core import clock, dataset, formats, journal, pdf
from tnt.core.i18n import phrase, say
from tnt.decisions.models import Act
from tnt.decisions.rules import EffectLine, Nature
from tnt.decisions.visas import VISA_WORDS

TEMPLATE = "record"
SILENT = "n’a pas répondu"
_NATURES = {Nature.DECISION: "décision", Nature.OPINION: "avis"}


def content_of(
    consultation: WrittenConsultation, act: Act, effects: list[EffectLine], version: int
) -> dict[str, Any]:
    """The question, the replies by name, the result, the act and what follows, as plain data."""
    opened = clock.paris_day(consultation.opened_at) if consultation.opened_at else act.decided_on
    return {
        "committee": consultation.committee.name,
        "letterhead": consultation.committee.letterhead_lines,
        "signing_place": consultation.committee.signing_place,
        "title": f"Consultation écrite {consultation.number}",
        "date_line": f"du {formats.date_long(opened)} au {formats.date_long(act.decided_on)}",
        "day": act.decided_on.isoformat(),
        "period": act.period,
        "question": consultation.question,
        "papers": [
            {"title": paper.title, "file": paper.file_name, "sha256": paper.sha256}
            for paper in consultation.papers
        ],
        "rules": {
            "silence_consents": consultation.silence_consents,
            "quorum_percent": consultation.quorum_percent,
            "votes_enabled": consultation.votes_enabled,
        },
        "visa_rule": consultation.visa_rule.value,
        "version": version,
        "replies": [_reply(seat) for seat in consultation.seats],
        "result": phrase(RESULT_WORDS[consultation.result], {}) if consultation.result else "",
        "decisions": [
            {
                "order": 1,
                "number": act.label,
                "act_id": act.id,
                "title": act.title,
                "nature": act.nature.value,
                "wording": act.wording,
                "vote": act.vote,
                "effects": [say(line) for line in effects],
            }
        ],
        "journal_head": journal.head_hash(),
        "demo": dataset.demo_loaded(),
    }


def _reply(seat: ConsultedSeat) -> dict[str, Any]:
    by = seat.replied_by
    other = by is not None and by.id != seat.mandate.person_id
    return {
        "name": seat.mandate.person.full_name,
        "institution": seat.mandate.institution.short_name,
        "voting": seat.is_voting,
        "choice": seat.choice.value if seat.choice else "",
        "remark": seat.remark,
        "at": seat.replied_at.isoformat() if seat.replied_at else "",
        "by": by.full_name if by is not None and other else "",
    }


def render(content: dict[str, Any], visas: list[ConsultationVisa], status: str) -> bytes:
    """The accessible PDF of the content with the visas as they stand, under its status."""
    decision = content["decisions"][0]
    printed = decision | {
        "nature": _NATURES.get(Nature(decision["nature"]), ""),
        "vote": f"mode\u00a0: consultation écrite, {decision['vote']}",
    }
    data = content | {
        "lang": "fr",
        "date": content["day"],
        "status": status,
        "place": "",
        "signed_on": formats.date_medium(date.fromisoformat(content["day"])),
        "attendance_title": "Réponses",
        "attendance": _grouped(content["replies"]),
        "decisions": [printed],
        "items": [],
        "actions": [],
        "visas": [
            {
                "name": visa.mandate.person.full_name,
                "quality": visa.mandate.institution.short_name,
                "state": phrase(VISA_WORDS[visa.state], {}) + (" (signature papier)" if visa.by_scan else ""),
                "date": formats.datetime_short(visa.given_at) if visa.given_at else "",
            }
            for visa in visas
        ],
        "generated_at": formats.datetime_long(clock.now()),
    }
    return pdf.render(TEMPLATE, data)


def _grouped(replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The replies by choice; an advisory voice that said nothing is not listed."""
    groups: dict[str, list[dict[str, str]]] = {}
    for reply in replies:
        if not reply["choice"] and not reply["voting"]:
            continue
        words = phrase(CHOICE_WORDS[Choice(reply["choice"])], {}) if reply["choice"] else SILENT
        by = f", réponse donnée par {reply['by']}" if reply["by"] else ""
        remark = f" – «\u00a0{reply['remark']}\u00a0»" if reply["remark"] else ""
        person = {"name": reply["name"], "quality": reply["institution"] + by + remark}
        groups.setdefault(words[:1].upper() + words[1:], []).append(person)
    return [{"label": label, "people": people} for label, people in groups.items()]


def file_name(consultation: WrittenConsultation) -> str:
    """« consultation-CC-2026-T4-E01-v1.pdf »."""
    return f"consultation-{consultation.number}-v{consultation.record_version}.pdf"
