"""What a record of decisions says: the canonical content that visas are given on, and its PDF."""

from __future__ import annotations

from typing import Any

from tnt.closing.models import DecisionRecord, Visa
from tnt.closing.queries import Preview
from tnt.closing.rules import VisaState
from tnt.core import clock, dataset, formats, journal, pdf
from tnt.core.errors import N_
from tnt.core.i18n import phrase, say
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState, Nature
from tnt.meetings.models import Meeting
from tnt.sittings.models import ItemAction
from tnt.sittings.queries import ItemState, list_seats
from tnt.sittings.rules import FILLED, OUTCOME_ENDINGS, PRESENCE_WORDS, Presence, makes_act

TEMPLATE = "record"
DROPPED = "Retirée au visa : le numéro reste attribué, sans effet"
NATURE_WORDS = {
    Nature.DECISION: N_("décision"),
    Nature.OPINION: N_("avis"),
    Nature.PRIOR_ACT: N_("acte antérieur"),
    Nature.ERRATUM: N_("erratum"),
}
VISA_WORDS = {
    VisaState.AWAITED: N_("attendu"),
    VisaState.GIVEN: N_("donné"),
    VisaState.CORRECTION_ASKED: N_("correction demandée"),
}


def content_of(meeting: Meeting, preview: Preview, version: int) -> dict[str, Any]:
    """The record's content as plain data: what was decided, by whom it was attended, what follows."""
    day = clock.paris_day(meeting.starts_at)
    return {
        "committee": meeting.committee.name,
        "title": "Relevé de décisions",
        "date_line": formats.datetime_long(meeting.starts_at),
        "day": day.isoformat(),
        "period": meeting.period,
        "place": meeting.place,
        "own_reference": meeting.own_reference,
        "meeting_uid": meeting.uid,
        "version": version,
        "visa_rule": meeting.committee.visa_rule.value,  # whose visas it needs, as submitted
        "attendance": _attendance(meeting),
        "decisions": [_decision(item.state, item.effects) for item in preview.items if _has_act(item.state)],
        "other_items": [_other(item.state) for item in preview.items if not _has_act(item.state)],
        "actions": [
            _action(action)
            for item in preview.items
            if not _is_dropped(item.state)
            for action in item.state.actions
        ],
        "journal_head": journal.head_hash(),
        "demo": dataset.demo_loaded(),
    }


def _has_act(state: ItemState) -> bool:
    return state.outcome is not None and makes_act(state.outcome.kind)


def _is_dropped(state: ItemState) -> bool:
    """Whether the item's decision was dropped at visa: it asks nothing any more."""
    act = state.outcome.act if state.outcome else None
    return act is not None and act.state is ActState.CANCELLED


def _decision(state: ItemState, effects: list[Any]) -> dict[str, Any]:
    """A decision as the record gives it.

    Of one dropped at visa only the number stays: once in force, the record is read by everybody, and the
    words that were given up are not.
    """
    outcome = state.outcome
    act: Act | None = outcome.act if outcome else None
    dropped = _is_dropped(state)
    return {
        "order": state.item.position,
        "number": act.label if act else "",
        "act_id": act.id if act else None,
        "title": DROPPED if dropped else state.item.title,
        "nature": act.nature.value if act else "",
        "state": act.state.value if act else "",
        "wording": act.wording if act and not dropped else "",
        "vote": act.vote if act and not dropped else "",
        "effects": [] if dropped else [say(line) for line in effects],
    }


def _other(state: ItemState) -> dict[str, Any]:
    outcome = state.outcome
    words = OUTCOME_ENDINGS.get(outcome.kind, "") if outcome and outcome.kind else ""
    return {
        "order": state.item.position,
        "title": state.item.title,
        "outcome": phrase(words, {}) if words else "",
        "reason": outcome.defer_reason if outcome else "",
    }


def _action(action: ItemAction) -> dict[str, Any]:
    owner = action.owner.full_name if action.owner else ""
    institution = action.owner_institution.short_name if action.owner_institution else ""
    return {
        "title": action.title,
        "owner": ", ".join(part for part in (owner, institution) if part),
        "due": formats.date_medium(action.due_on),
        "due_on": action.due_on.isoformat(),
    }


def _attendance(meeting: Meeting) -> list[dict[str, str]]:
    return [
        {
            "name": seat.mandate.person.full_name,
            "institution": seat.mandate.institution.short_name,
            "presence": phrase(PRESENCE_WORDS[seat.presence], {}),
            "filled": "oui" if seat.presence in FILLED or seat.presence is Presence.BY_PROXY else "non",
            "represented_by": seat.attendance.represented_by if seat.attendance else "",
        }
        for seat in list_seats(meeting)
        if seat.presence is not None
    ]


def visa_lines(visas: list[Visa]) -> list[dict[str, str]]:
    """The visas as the PDF prints them."""
    return [
        {
            "name": visa.mandate.person.full_name,
            "quality": visa.mandate.institution.short_name,
            "state": phrase(VISA_WORDS[visa.state], {}) + (" (signature papier)" if visa.by_scan else ""),
            "date": formats.datetime_short(visa.given_at) if visa.given_at else "",
        }
        for visa in visas
    ]


def render(content: dict[str, Any], visas: list[Visa], status: str) -> bytes:
    """The accessible PDF (PDF/UA-1) of a record with its visas as they stand, under its status."""
    data = content | {
        "lang": "fr",
        "date": content["day"],
        "status": status,
        "attendance": _grouped(content["attendance"]),
        "decisions": [_printed(decision) for decision in content["decisions"]],
        "items": content["other_items"],
        "visas": visa_lines(visas),
        "generated_at": formats.datetime_long(clock.now()),
    }
    return pdf.render(TEMPLATE, data)


def _printed(decision: dict[str, Any]) -> dict[str, Any]:
    nature = phrase(NATURE_WORDS[Nature(decision["nature"])], {}) if decision["nature"] else ""
    if decision["state"] == ActState.CANCELLED:
        nature = f"{nature}, annulée"
    return decision | {"nature": nature, "vote": f"mode : {decision['vote']}" if decision["vote"] else ""}


def _grouped(seats: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The attendance by way of being there, in the order of the roll."""
    groups: dict[str, list[dict[str, str]]] = {}
    for seat in seats:
        by = f", {seat['represented_by']}" if seat["represented_by"] else ""
        person = {"name": seat["name"], "quality": seat["institution"] + by}
        groups.setdefault(seat["presence"], []).append(person)
    return [{"label": label[:1].upper() + label[1:], "people": people} for label, people in groups.items()]


def file_name(record: DecisionRecord) -> str:
    """« releve-CC-2026-12-15-v1.pdf »."""
    day = clock.paris_day(record.meeting.starts_at)
    return f"releve-{record.meeting.committee.code}-{day.isoformat()}-v{record.version}.pdf"
