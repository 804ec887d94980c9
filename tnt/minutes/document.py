"""What minutes say, as plain data: what is fingerprinted, approved and signed; what each reader gets.

`content_of` is the whole; `visible` leaves out what a reader may not see, before anything is written for
them, so that reserved passages are absent from pages, files and counts alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from tnt.core import clock, dataset, formats, journal, markdown, odt, pdf
from tnt.core.errors import N_
from tnt.core.i18n import phrase
from tnt.decisions.models import Act
from tnt.decisions.rules import ActState, Nature
from tnt.minutes.drafting import decision_words
from tnt.minutes.models import Minutes, Paragraph, Signature
from tnt.minutes.rules import (
    APPROVAL_WORDS,
    NEVER_PUBLIC,
    ROLE_WORDS,
    Approval,
    MinutesState,
    ParagraphKind,
    is_public,
)

TEMPLATE = "minutes"
NATURE_WORDS = {
    Nature.DECISION: N_("décision"),
    Nature.OPINION: N_("avis"),
    Nature.PRIOR_ACT: N_("acte antérieur"),
    Nature.ERRATUM: N_("erratum"),
}
PUBLIC_NOTE = "Version publique : les passages réservés et le détail nominatif des votes n’y figurent pas."
ACTIONS_LABEL = "Suites données"
Content = dict[str, Any]


def content_of(minutes: Minutes, paragraphs: Iterable[Paragraph]) -> Content:
    """Everything that the minutes say now in their paragraphs, reserved passages included."""
    meeting = minutes.meeting
    present = [paragraph for paragraph in paragraphs if paragraph.removed_at is None]
    return {
        "title": "Compte rendu",
        "committee": meeting.committee.name,
        "letterhead": meeting.committee.letterhead_lines,
        "signing_place": meeting.committee.signing_place,
        "meeting_uid": meeting.uid,
        "period": meeting.period,
        "day": clock.paris_day(meeting.starts_at).isoformat(),
        "date_line": formats.datetime_long(meeting.starts_at),
        "place": meeting.place,
        "own_reference": meeting.own_reference,
        "edition": minutes.edition,
        "rectification": minutes.reason,
        "sections": [
            _section(list(paragraphs)) for _, paragraphs in groupby(present, key=lambda each: each.item_id)
        ],
        "demo": dataset.demo_loaded(),
    }


def _section(paragraphs: list[Paragraph]) -> dict[str, Any]:
    """What is said one after the other of one item, or of the session."""
    item = paragraphs[0].item
    return {
        "item": None
        if item is None
        else {
            "order": item.position,
            "title": item.title,
            "rapporteur": item.rapporteur.full_name if item.rapporteur else "",
            "reserved": item.reserved,
        },
        "paragraphs": [_paragraph(paragraph) for paragraph in paragraphs],
    }


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": paragraph.key,
        "kind": paragraph.kind.value,
        "reserved": paragraph.reserved,
        "text": paragraph.text,
    }
    if paragraph.act is not None:
        said |= {"text": decision_words(paragraph.act), **_act(paragraph.act)}
    return said


def _act(act: Act) -> dict[str, str]:
    nature = phrase(NATURE_WORDS[act.nature], {}) if act.nature in NATURE_WORDS else act.nature.value
    dropped = act.state is ActState.CANCELLED
    return {
        "number": act.label,
        "nature": f"{nature}, annulée" if dropped else nature,
        "vote": "" if dropped else act.vote,
    }


def fingerprint(content: Mapping[str, Any]) -> str:
    """The hash of what was read, to be sent back with an approval."""
    return hashlib.sha256(journal.canonical(content).encode()).hexdigest()


def visible(content: Mapping[str, Any], *, reserved: bool, names: bool = True) -> Content:
    """The same without what a reader may not see: reserved passages, who voted what.

    An item of which nothing is left has no heading either; the places of the others do not tell.
    """
    sections = []
    for section in content["sections"]:
        item_reserved = bool(section["item"] and section["item"]["reserved"])
        kept = [
            paragraph
            for paragraph in section["paragraphs"]
            if (
                reserved
                or is_public(_kind(paragraph), reserved=paragraph["reserved"], item_reserved=item_reserved)
                or _names_only(paragraph, item_reserved)
            )
            and (names or _kind(paragraph) not in NEVER_PUBLIC)
        ]
        if kept:
            sections.append(section | {"paragraphs": kept})
    return dict(content) | {"sections": sections}


def _kind(paragraph: Mapping[str, Any]) -> ParagraphKind:
    return ParagraphKind(paragraph["kind"])


def _names_only(paragraph: Mapping[str, Any], item_reserved: bool) -> bool:
    """Whether a paragraph is kept from the public for its names alone."""
    return _kind(paragraph) in NEVER_PUBLIC and not paragraph["reserved"] and not item_reserved


def has_reserved(content: Mapping[str, Any]) -> bool:
    """Whether something would be left out for a reader who may not see reserved passages."""
    return visible(content, reserved=False) != dict(content)


def public_content(content: Mapping[str, Any]) -> Content:
    """The public version of approved minutes."""
    return visible(content, reserved=False, names=False) | {"public": True}


def approval_line(approval: Approval, content: Mapping[str, Any]) -> str:
    """« Approuvé le 12 janvier 2027, tacitement… »."""
    words = phrase(APPROVAL_WORDS[approval], {})
    act = f" ({content['approved_by']})" if content.get("approved_by") else ""
    return f"Approuvé le {content['approved_on']}, {words}{act}."


def status_line(minutes: Minutes) -> str:
    """What the minutes are worth, as their documents say under the title."""
    if minutes.state is MinutesState.DRAFT:
        return "Projet : ce texte n’a pas encore été diffusé."
    if minutes.state is MinutesState.CIRCULATED and minutes.due_on is not None:
        return f"Projet diffusé pour observations jusqu’au {formats.date_medium(minutes.due_on)} inclus."
    return ""


# documents


def signature_lines(signatures: Iterable[Signature]) -> list[dict[str, str]]:
    """Who signed, as what, when, and what."""
    return [
        {
            "role": phrase(ROLE_WORDS[signature.role], {}),
            "name": signature.name,
            "quality": signature.quality,
            "date": formats.datetime_long(signature.signed_at),
            "sha256": signature.sha256,
        }
        for signature in signatures
    ]


def render(
    content: Mapping[str, Any], status: str, signatures: Iterable[Signature] = (), sha256: str = ""
) -> bytes:
    """The accessible PDF (PDF/UA-1): under its status, with the signatures given and what they sign."""
    return pdf.render(
        TEMPLATE,
        dict(content)
        | {
            "lang": "fr",
            "date": content["day"],
            "status": status,
            "note": PUBLIC_NOTE if content.get("public") else "",
            "sections": [_printed(section) for section in content["sections"]],
            "signatures": signature_lines(signatures),
            "content_sha256": sha256,
        },
    )


def _printed(section: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "item": section["item"],
        "paragraphs": [
            dict(paragraph)
            | {
                "blocks": []
                if _kind(paragraph) is ParagraphKind.DECISION
                else markdown.as_data(markdown.to_blocks(paragraph["text"]))
            }
            for paragraph in section["paragraphs"]
        ],
    }


def told_in_pack(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sections as the pack of a session to come holds them, under the item that approves them."""
    return [
        {
            "title": f"{section['item']['order']}. {section['item']['title']}" if section["item"] else "",
            "paragraphs": [
                {"number": said.get("number", ""), "text": said["text"]} for said in section["paragraphs"]
            ],
        }
        for section in content["sections"]
    ]


def render_odt(
    content: Mapping[str, Any], status: str, signatures: Iterable[Signature] = (), sha256: str = ""
) -> bytes:
    """The same minutes to take over in a word processor; the PDF is the evidence."""
    blocks: list[odt.Block] = [odt.Paragraph([odt.Run(status, bold=True)])] if status else []
    if content.get("rectification"):
        blocks.append(odt.Paragraph(_rectification(content)))
    if content.get("public"):
        blocks.append(odt.Paragraph(PUBLIC_NOTE, small=True))
    for section in content["sections"]:
        blocks += _section_blocks(section)
    blocks += _signature_blocks(list(signatures), sha256)
    running = f"{content['title']} – {content['committee']} – {content['date_line']}"
    return odt.write(
        odt.Document(
            title=content["title"],
            subtitle=", ".join(part for part in (content["date_line"], content["place"]) if part),
            letterhead=content["letterhead"],
            blocks=blocks,
            day=date.fromisoformat(content["day"]),
            author=content["committee"],
            running=running,
            notice=pdf.DEMO_NOTICE if content["demo"] else "",
            footer=f"Version {content['edition']}",
        )
    )


def _rectification(content: Mapping[str, Any]) -> str:
    return f"Version {content['edition']}, rectificative : {content['rectification']}"


def _section_blocks(section: Mapping[str, Any]) -> Iterator[odt.Block]:
    item = section["item"]
    if item is not None:
        yield odt.Heading(f"{item['order']}. {item['title']}", 1)
        if item["rapporteur"]:
            yield odt.Paragraph(f"Rapporteur : {item['rapporteur']}", small=True)
    for paragraph in section["paragraphs"]:
        yield from _paragraph_blocks(paragraph)


def _paragraph_blocks(paragraph: Mapping[str, Any]) -> Iterator[odt.Block]:
    kind = _kind(paragraph)
    if kind is ParagraphKind.DECISION:
        yield odt.Quotation(paragraph["text"], label=f"{paragraph['number']} ({paragraph['nature']})")
        if paragraph["vote"]:
            yield odt.Paragraph(f"Mode : {paragraph['vote']}", small=True)
        return
    if paragraph["reserved"]:
        yield odt.Paragraph([odt.Run("Passage réservé", bold=True)], small=True)
    if kind is ParagraphKind.ATTENDANCE:
        yield odt.Heading("Participants", 1)
    if kind is ParagraphKind.ACTIONS:
        yield odt.Paragraph([odt.Run(ACTIONS_LABEL, bold=True)])
    yield from odt.written(paragraph["text"])


def _signature_blocks(signatures: list[Signature], sha256: str) -> Iterator[odt.Block]:
    if signatures:
        rows = [
            [f"{line['role']} : {line['name']}, {line['quality']}", line["date"]]
            for line in signature_lines(signatures)
        ]
        yield odt.Heading("Signatures", 1)
        yield odt.Table(["Signataire", "Signé le"], rows, widths=(3, 2))
    if sha256:
        yield odt.Paragraph(f"Empreinte du texte approuvé (SHA-256) : {sha256}", small=True)


def file_name(minutes: Minutes, extension: str, *, public: bool = False) -> str:
    """« compte-rendu-CC-2026-12-15-v1.pdf »."""
    day = clock.paris_day(minutes.meeting.starts_at)
    kind = "-public" if public else ""
    code = minutes.meeting.committee.code
    return f"compte-rendu{kind}-{code}-{day.isoformat()}-v{minutes.edition}.{extension}"
