"""What a record of decisions says: the canonical content that visas are given on, and its PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tnt.closing.models import DecisionRecord, Visa
from tnt.closing.queries import Preview
from tnt.core import clock, dataset, formats, journal, odt, pdf
from tnt.core.errors import N_
from tnt.core.i18n import phrase, say
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState, Nature
from tnt.decisions.visas import VISA_WORDS
from tnt.meetings.models import Meeting
from tnt.sittings.models import ItemAction
from tnt.sittings.queries import ItemState, list_seats
from tnt.sittings.rules import FILLED, OUTCOME_ENDINGS, PRESENCE_HEADINGS, PRESENCE_WORDS, Presence, makes_act

TEMPLATE = "record"
NO_DECISION = "Aucune décision n’a été prise, aucun avis n’a été rendu."
RESERVED_DECISION = "Décision réservée"
RESERVED_ITEM = "Point réservé"
DROPPED = "Retirée au visa : le numéro reste attribué, sans effet"
NATURE_WORDS = {
    Nature.DECISION: N_("décision"),
    Nature.OPINION: N_("avis"),
    Nature.PRIOR_ACT: N_("acte antérieur"),
    Nature.ERRATUM: N_("erratum"),
}


def content_of(meeting: Meeting, preview: Preview, version: int) -> dict[str, Any]:
    """The record's content as plain data: what was decided, by whom it was attended, what follows."""
    day = clock.paris_day(meeting.starts_at)
    return {
        "committee": meeting.committee.name,
        "letterhead": meeting.committee.letterhead_lines,
        "signing_place": meeting.committee.signing_place,
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
            _action(action, reserved=item.state.item.reserved)
            for item in preview.items
            if not _is_dropped(item.state)
            for action in item.state.actions
        ],
        "journal_head": journal.head_hash(),
        "demo": dataset.demo_loaded(),
    }


def says_the_same(one: Mapping[str, Any], another: Mapping[str, Any]) -> bool:
    """Whether two versions of a record differ by nothing but their number and the journal's head."""
    own = {"version", "journal_head"}
    return {key: one[key] for key in one.keys() - own} == {key: another[key] for key in another.keys() - own}


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
        "reserved": state.item.reserved,
    }


def _other(state: ItemState) -> dict[str, Any]:
    outcome = state.outcome
    words = OUTCOME_ENDINGS.get(outcome.kind, "") if outcome and outcome.kind else ""
    return {
        "order": state.item.position,
        "title": state.item.title,
        "outcome": phrase(words, {}) if words else "",
        "reason": outcome.defer_reason if outcome else "",
        "reserved": state.item.reserved,
    }


def _action(action: ItemAction, *, reserved: bool) -> dict[str, Any]:
    owner = action.owner.full_name if action.owner else ""
    institution = action.owner_institution.short_name if action.owner_institution else ""
    return {
        "title": action.title,
        "owner": ", ".join(part for part in (owner, institution) if part),
        "due": formats.date_medium(action.due_on),
        "due_on": action.due_on.isoformat(),
        "reserved": reserved,
    }


def told_to_all(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same content for whoever may not read what the committee reserves: numbers stay, words go.

    A record frozen before anything could be reserved has no such mark.
    """
    hidden = {"title": RESERVED_DECISION, "wording": "", "vote": "", "effects": []}
    others = {"title": RESERVED_ITEM, "reason": ""}
    return dict(content) | {
        "decisions": [one | hidden if one.get("reserved") else one for one in content["decisions"]],
        "other_items": [one | others if one.get("reserved") else one for one in content["other_items"]],
        "actions": [one for one in content["actions"] if not one.get("reserved")],
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


def status_line(record: DecisionRecord) -> str:
    """What a record is worth, as its documents say under the title."""
    if record.in_force_at is None:
        return "Projet soumis au visa : sans effet avant le dernier visa."
    return f"Relevé visé, en vigueur depuis le {formats.datetime_long(record.in_force_at)}."


def render(content: dict[str, Any], visas: list[Visa], status: str) -> bytes:
    """The accessible PDF (PDF/UA-1) of a record with its visas as they stand, under its status."""
    data = content | {
        "lang": "fr",
        "date": content["day"],
        "status": status,
        "signed_on": formats.date_medium(date.fromisoformat(content["day"])),
        "attendance": grouped(content["attendance"]),
        "decisions": [_printed(decision) for decision in content["decisions"]],
        "items": content["other_items"],
        "visas": visa_lines(visas),
        "generated_at": formats.datetime_long(clock.now()),
    }
    return pdf.render(TEMPLATE, data)


def render_odt(content: dict[str, Any], visas: list[Visa], status: str) -> bytes:
    """The same record as a document to take over in a word processor; the PDF is the evidence."""
    day = date.fromisoformat(content["day"])
    blocks: list[odt.Block] = [odt.Paragraph([odt.Run(status, bold=True)])]
    for group in grouped(content["attendance"]):
        people = [", ".join(part for part in person.values() if part) for person in group["people"]]
        blocks += [odt.Heading(group["label"], 2), odt.Bullets(people)]
    if content["attendance"]:
        blocks.insert(1, odt.Heading("Participants"))
    blocks += [odt.Heading("Décisions et avis"), *_decision_blocks(content), *_follow_up_blocks(content)]
    blocks += [*_visa_blocks(visas), odt.Signature(_signed_at(content, day))]
    return odt.write(
        odt.Document(
            title=content["title"],
            subtitle=", ".join(part for part in (content["date_line"], content["place"]) if part),
            letterhead=content.get("letterhead") or [content["committee"]],
            blocks=blocks,
            day=day,
            author=content["committee"],
            running=f"{content['title']} – {content['committee']} – {content['date_line']}",
            notice=pdf.DEMO_NOTICE if content["demo"] else "",
            footer=f"Version {content['version']}",
        )
    )


def _decision_blocks(content: dict[str, Any]) -> Iterator[odt.Block]:
    if not content["decisions"]:
        yield odt.Paragraph(NO_DECISION)
    for decision in map(_printed, content["decisions"]):
        yield odt.Heading(f"{decision['number']} {decision['title']}".strip(), 2)
        if decision["wording"]:
            yield odt.Quotation(decision["wording"])
        facts = " · ".join(part for part in (decision["nature"], decision["vote"]) if part)
        if facts:
            yield odt.Paragraph(facts, small=True)
        yield odt.Bullets(decision["effects"])


def _follow_up_blocks(content: dict[str, Any]) -> Iterator[odt.Block]:
    if content["other_items"]:
        rows = [[str(item["order"]), item["title"], item["outcome"]] for item in content["other_items"]]
        yield odt.Heading("Autres points de l’ordre du jour")
        yield odt.Table(["Point", "Objet", "Suite"], rows, widths=(1, 6, 3))
    if content["actions"]:
        rows = [[action["title"], action["owner"], action["due"]] for action in content["actions"]]
        yield odt.Heading("Suites données")
        yield odt.Table(["Action", "Responsable", "Échéance"], rows, widths=(5, 3, 2))


def _visa_blocks(visas: list[Visa]) -> Iterator[odt.Block]:
    if visas:
        rows = [
            [f"{visa['name']}, {visa['quality']}", visa["state"], visa["date"]] for visa in visa_lines(visas)
        ]
        yield odt.Heading("Visas")
        yield odt.Table(["Coprésidence", "Visa", "Date"], rows, widths=(5, 3, 2))


def _signed_at(content: dict[str, Any], day: date) -> str:
    place = content.get("signing_place", "")
    return f"Fait {f'à {place}, ' if place else ''}le {formats.date_medium(day)}"


def _printed(decision: dict[str, Any]) -> dict[str, Any]:
    nature = phrase(NATURE_WORDS[Nature(decision["nature"])], {}) if decision["nature"] else ""
    if decision["state"] == ActState.CANCELLED:
        nature = f"{nature}, annulée"
    return decision | {"nature": nature, "vote": f"mode : {decision['vote']}" if decision["vote"] else ""}


def grouped(seats: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The attendance by way of being there, in the order of the roll, under words that stand for several."""
    headings = {PRESENCE_WORDS[each]: heading for each, heading in PRESENCE_HEADINGS.items()}
    groups: dict[str, list[dict[str, str]]] = {}
    for seat in seats:
        by = f", {seat['represented_by']}" if seat["represented_by"] else ""
        person = {"name": seat["name"], "quality": seat["institution"] + by}
        groups.setdefault(seat["presence"], []).append(person)
    return [{"label": headings.get(label, label), "people": people} for label, people in groups.items()]


def file_name(record: DecisionRecord, extension: str = "pdf") -> str:
    """« releve-CC-2026-12-15-v1.pdf »."""
    day = clock.paris_day(record.meeting.starts_at)
    return f"releve-{record.meeting.committee.code}-{day.isoformat()}-v{record.version}.{extension}"
