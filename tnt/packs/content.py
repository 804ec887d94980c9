"""The snapshot: all that a pack says, as plain data in French words, on the day when it is built.

Documents are made from a snapshot and from nothing else, so that what was sent can be made out years later
whatever became of the rows. Acts are in French, whatever the language of who reads the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale

from tnt.actions import queries as actions
from tnt.agendas.models import ItemKind
from tnt.agendas.rules import Standing
from tnt.core import blobs, clock, dataset, formats
from tnt.core.formats import typo
from tnt.core.i18n import phrase
from tnt.core.pdf_merge import Look
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState, Nature
from tnt.decisions.services import acts_of_meeting
from tnt.intake.rules import RequestOrigin
from tnt.meetings.models import Meeting
from tnt.objectives.rules import SCORE_WORDS, STATE_WORDS
from tnt.packs import queries, rules
from tnt.packs.queries import ItemLine
from tnt.papers.queries import PaperLine
from tnt.portfolio.queries.groups import portfolio_on
from tnt.portfolio.queries.sheet import ObjectiveLine, Sheet, sheet_on
from tnt.portfolio.queries.story import Entry, EntryKind
from tnt.projects.rules import STATUS_WORDS, GroupStatus, StopKind
from tnt.reports.models import Confidence

KIND_WORDS = {
    ItemKind.INFORMATION: "Information",
    ItemKind.OPINION: "Avis",
    ItemKind.DECISION: "Décision",
}
DRAFT_WORDS = {ItemKind.OPINION: "Projet d’avis", ItemKind.INFORMATION: "Objet"}
NATURE_WORDS = {Nature.DECISION: "Décision", Nature.OPINION: "Avis", Nature.ERRATUM: "Erratum"}
CONFIDENCE_WORDS = {
    Confidence.SUN: "Soleil : objectifs sécurisés",
    Confidence.OVERCAST: "Couvert : objectifs atteignables",
    Confidence.CLOUD: "Nuage : appuis nécessaires",
    Confidence.STORM: "Orage : objectifs compromis",
}
NO_CONFIDENCE = "Météo non renseignée"
REFUSED_WORDS = {
    "encrypted": "fichier protégé par un mot de passe",
    "broken": "fichier que nos outils n’assemblent pas",
    "empty": "fichier sans page",
    "too_long": "plus de 400 pages",
    "": "ce n’est pas un PDF",
}
RESERVED_ACT = "Décision réservée"  # who may read its words finds them in the record
TO_COME_STATES = frozenset({GroupStatus.PROPOSED})
CHANGES_SHOWN = 12  # on the sheet of a group
SHOWN_ACTS = frozenset({ActState.IN_VISA, ActState.IN_FORCE, ActState.RECTIFIED})


def title_of(number: int) -> str:
    """What a pack is called."""
    return f"Additif n° {number} au dossier de séance" if number else "Dossier de séance"


def snapshot(
    meeting: Meeting,
    number: int,
    items: list[ItemLine],
    papers: list[PaperLine],
    looks: Mapping[int, Look],
    sent: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """All that the pack of a session says; `looks` at the papers by their id, `sent`: what members hold."""
    with force_locale("fr"):
        watch = queries.watch_of(meeting, items, papers)
        today = clock.today()
        as_of = min(today, clock.paris_day(meeting.starts_at))
        return (
            _head(meeting, number, as_of)
            | {"watch": watch, "items": _items(items, papers, looks)}
            | (_supplement(watch, sent) if sent is not None else _pack(meeting, as_of))
        )


def _head(meeting: Meeting, number: int, as_of: date) -> dict[str, Any]:
    committee = meeting.committee
    return {
        "lang": "fr",
        "number": number,
        "title": title_of(number),
        "demo": dataset.demo_loaded(),
        "date": clock.today().isoformat(),
        "as_of": as_of.isoformat(),
        "as_of_line": formats.date_medium(as_of),
        "letterhead": committee.letterhead_lines,
        "committee": committee.name,
        "code": committee.code,
        "meeting_uid": meeting.uid,
        "period": meeting.period,
        "date_line": formats.date_long(meeting.starts_at),
        "time_line": formats.time_range(meeting.starts_at, meeting.ends_at),
        "place": meeting.place,
        "video": bool(meeting.video_url),
        "day": clock.paris_day(meeting.starts_at).isoformat(),
    }


def _pack(meeting: Meeting, as_of: date) -> dict[str, Any]:
    previous = queries.previous_session(meeting)
    since = clock.paris_day(previous.starts_at) if previous else None
    sheets = _sheets(as_of, since)
    return {
        "notice": _notice(meeting),
        "previous": _previous(previous) if previous else None,
        "since": since.isoformat() if since else "",
        "since_line": formats.date_medium(since) if since else "",
        "actions": [
            _action(action, as_of) for action in actions.open_in(meeting.committee_id) if not action.reserved
        ],
        "groups": [_group(sheet, since) for sheet in sheets],
        "objectives": _objectives(sheets),
    }


def _supplement(watch: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    changes = [
        {
            "text": phrase(change.message, change.params),
            "item_id": change.item_id,
            "reserved": change.reserved,
        }
        for change in rules.changes_between(sent["watch"], watch)
    ]
    return {
        "changes": changes,
        "changed_items": _items_of(changes),
        "new_papers": sorted(rules.new_paper_ids(sent["watch"], watch)),
    }


def _items_of(changes: Iterable[Mapping[str, Any]]) -> list[int]:
    """The items that changes are about."""
    return sorted({change["item_id"] for change in changes if change["item_id"] is not None})


def _notice(meeting: Meeting) -> dict[str, Any]:
    convened = meeting.convened_at
    return {
        "convened_line": formats.date_medium(convened) if convened else "",
        "days": meeting.notice_days,
        "short_reason": typo(meeting.short_notice_reason),
    }


def _previous(meeting: Meeting) -> dict[str, Any]:
    return {
        "date_line": formats.date_long(meeting.starts_at),
        "acts": [_act(act) for act in acts_of_meeting(meeting.id) if act.state in SHOWN_ACTS],
    }


def _act(act: Act) -> dict[str, Any]:
    return {
        "label": act.label,
        "title": RESERVED_ACT if act.reserved else typo(act.title),
        "nature": NATURE_WORDS.get(act.nature, "Acte"),
        "wording": "" if act.reserved else typo(act.wording),
        "pending": act.state is ActState.IN_VISA,
    }


def _action(action: Any, as_of: date) -> dict[str, Any]:
    body = action.owner_institution
    owners = [action.owner.full_name if action.owner else "", body.short_name if body else ""]
    return {
        "title": typo(action.title),
        "owner": ", ".join(owner for owner in owners if owner),
        "due": formats.date_medium(action.due_on),
        "late": action.due_on < as_of,
        "origin": action.act.label if action.act else "",
    }


# ---- the items ----


def _items(items: list[ItemLine], papers: list[PaperLine], looks: Mapping[int, Look]) -> list[dict[str, Any]]:
    minutes, acts = queries.minutes_of(items), queries.acts_about(items)
    found = {
        item.id: _item(item)
        | {"approves": minutes.get(item.id), "about": _act(acts[item.id]) if item.id in acts else None}
        for item in items
    }
    for paper in papers:
        item = found[paper.item_id]
        item["papers"].append(_paper(paper, len(item["papers"]) + 1, looks.get(paper.paper_id)))
    return list(found.values())


def _item(item: ItemLine) -> dict[str, Any]:
    reason, told = typo(item.reason or ""), item.origin is RequestOrigin.REPORT
    return {
        "id": item.id,
        "position": item.position,
        "title": typo(item.title),
        "kind": KIND_WORDS[item.kind],
        "draft_word": DRAFT_WORDS.get(item.kind, "Projet de décision"),
        "wording": typo(item.wording),
        "rapporteur": item.rapporteur,
        "minutes": formats.duration(item.minutes) if item.minutes else "",
        "deferred": f"reporté {item.times_deferred} fois" if item.times_deferred else "",
        "reserved": item.reserved,
        "section": typo(item.section or ""),
        "follow_up": item.standing is Standing.FOLLOW_UP,
        "reported": reason if told else "",
        "motive_word": "Motif de la demande" if item.origin is RequestOrigin.REQUEST else "Motif",
        "motive": "" if told else reason,
        "papers": [],
    }


def _paper(paper: PaperLine, rank: int, look: Look | None) -> dict[str, Any]:
    merged = look is not None and not look.refused
    refused = look.refused if look else "" if paper.media_type != blobs.PDF else "broken"
    return {
        "id": paper.paper_id,
        "code": f"{paper.item_position}.{rank}",
        "title": typo(paper.title),
        "version": paper.number,
        "sha256": paper.sha256,
        "file_name": paper.file_name,
        "media_type": paper.media_type,
        "size": formats.file_size(paper.size),
        "reserved": bool(paper.reserved),
        "merged": merged,
        "why": "" if merged else REFUSED_WORDS.get(refused, REFUSED_WORDS["broken"]),
        "wide": list(look.wide) if look else [],
        "tagged": bool(look and look.tagged),
        "ua": bool(look and look.ua),
    }


# ---- the groups ----


def _sheets(as_of: date, since: date | None) -> list[Sheet]:
    """The groups at work, those proposed, and those that a decision ended since the last session."""
    sheets = []
    for row in portfolio_on(as_of):
        ended = row.decided is not None and since is not None and row.decided.effective_on > since
        if row.active or row.status in TO_COME_STATES or ended:
            sheets.append(sheet_on(row.slug, as_of))
    return sheets


def _group(sheet: Sheet, since: date | None) -> dict[str, Any]:
    report = sheet.report
    return {
        "slug": sheet.group.slug,
        "name": typo(sheet.group.name),
        "workstream": sheet.group.workstream,
        "status": _status(sheet.badge),
        "decided_by": sheet.event.act.label if sheet.event else "",
        "decided_on": formats.date_medium(sheet.event.effective_on) if sheet.event else "",
        "mission": typo(sheet.mission.text if sheet.mission else sheet.group.proposed_mission),
        "leads": [f"{lead.person} ({lead.institution})" for lead in sheet.leads],
        "confidence": CONFIDENCE_WORDS[report.confidence] if report else NO_CONFIDENCE,
        "confidence_since": formats.date_medium(sheet.steady_since) if sheet.steady_since else "",
        "report": _report(report) if report else None,
        "changes": _changes(sheet, since),
        "objectives": [_objective(objective) for objective in sheet.objectives],
        "actions": [
            {
                "title": typo(action.title),
                "owner": action.owner or "",
                "due": formats.date_medium(action.due_on),
            }
            for action in sheet.actions
        ],
    }


def _report(report: Any) -> dict[str, Any]:
    return {
        "day": formats.date_medium(report.reported_on),
        "author": report.author.full_name if report.author else "",
        "done": typo(report.done),
        "coming": typo(report.coming),
        "arbitration": typo(report.arbitration),
    }


def _status(badge: str) -> str:
    for kind in (GroupStatus, StopKind):
        if badge in {str(each.value) for each in kind}:
            return phrase(STATUS_WORDS[kind(badge)], {})
    return badge


def _objective(objective: ObjectiveLine) -> dict[str, str]:
    words = SCORE_WORDS[objective.score] if objective.score else STATE_WORDS[objective.state]
    word = phrase(words, {})
    return {"title": typo(objective.title), "state": word[:1].upper() + word[1:]}


def _changes(sheet: Sheet, since: date | None) -> list[str]:
    """What came since the last session, newest first; nothing without one to compare with."""
    if since is None:
        return []
    entries = [entry for entry in sheet.story if entry.on > since]
    lines = [f"{formats.date_medium(entry.on)} : {_told(entry)}" for entry in entries[:CHANGES_SHOWN]]
    more = len(entries) - CHANGES_SHOWN
    return [*lines, f"… et {more} autres."] if more > 0 else lines


def _told(entry: Entry) -> str:
    if entry.kind is EntryKind.REPORT:
        weather = CONFIDENCE_WORDS[entry.confidence] if entry.confidence else NO_CONFIDENCE
        return f"point d’avancement, {weather[:1].lower()}{weather[1:]}"
    if entry.kind is EntryKind.LEAD_ENDED:
        return f"fin de la responsabilité de {entry.lead.person}" if entry.lead else "fin de responsabilité"
    label = entry.act.label if entry.act else ""
    if entry.kind is EntryKind.STATUS and entry.event:
        return f"groupe {_status(entry.event.badge)} ({label})"
    if entry.act is None:
        return label
    return f"{label}, {'décision réservée' if entry.act.reserved else typo(entry.act.title)}"


def _objectives(sheets: Iterable[Sheet]) -> dict[str, Any]:
    sheets = list(sheets)
    if not sheets:
        return {"semester": "", "rows": []}
    semester = sheets[0].semester
    rows = [
        {"group": typo(sheet.group.name)} | _objective(objective)
        for sheet in sheets
        for objective in sheet.objectives
    ]
    year, _, number = semester.code.partition("-")
    return {"semester": f"{number} {year}", "rows": rows}


# ---- for whom ----


def variants_of(content: Mapping[str, Any]) -> list[bool]:
    """Which files are made: for everybody (False) if they are told something, then with all of it (True)."""
    reserved = any(
        item["reserved"] or any(paper["reserved"] for paper in item["papers"]) for item in content["items"]
    )
    changes = content.get("changes", [])
    if any(change["reserved"] for change in changes):
        return [True] if all(change["reserved"] for change in changes) else [False, True]
    return [False, True] if reserved else [False]


def for_everybody(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what the session reserves: absent, not blacked out."""
    items = [
        item | {"papers": [paper for paper in item["papers"] if not paper["reserved"]]}
        for item in content["items"]
        if not item["reserved"]
    ]
    kept: dict[str, Any] = dict(content) | {"items": items, "watch": {}}
    if "changes" in kept:
        kept["changes"] = [change for change in kept["changes"] if not change["reserved"]]
        kept["changed_items"] = _items_of(kept["changes"])
    return kept
