"""What is made of a snapshot: the PDF with the papers in it, the ODT of what we wrote, the ZIP of it all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tnt.core import markdown, odt, pdf
from tnt.core.pdf_merge import Bench, Insert, MergeFailed
from tnt.packs import content as words
from tnt.packs.rules import FileKind, safe_name

TEMPLATE = "pack"
FOLLOW_UP = "suites-donnees"  # where a link to that part leads
ZIP_TYPE = "application/zip"
MEDIA_TYPES = {FileKind.PDF: "application/pdf", FileKind.ODT: odt.MEDIA_TYPE, FileKind.ZIP: ZIP_TYPE}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the archive of the same files is the same archive
Fetch = Callable[[str], bytes]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A file made of a snapshot."""

    kind: FileKind
    reserved: bool
    content: bytes
    pages: int | None = None


def make(content: dict[str, Any], bench: Bench, fetch: Fetch, progress: Progress) -> list[Made]:
    """Every file of a pack: for everybody, then with what is reserved where something is.

    `fetch` gives the bytes of a paper by their hash. A paper that cannot be put in after all becomes an annex
    in `content` itself. Raises PdfFailed, MergeFailed.
    """
    variants = words.variants_of(content)
    while True:
        try:
            return list(_made(content, variants, bench, fetch, progress))
        except MergeFailed as error:
            if not _take_out(content, error.key):
                raise


def _take_out(content: dict[str, Any], key: str) -> bool:
    """Keep as an annex a paper on which the assembly broke; False when it is not among those put in."""
    for item in content["items"]:
        for paper in item["papers"]:
            if str(paper["id"]) == key and paper["merged"]:
                paper.update(merged=False, tagged=False, ua=False, wide=[])
                paper["why"] = words.REFUSED_WORDS["broken"]
                return True
    return False


def _made(
    content: dict[str, Any], variants: list[bool], bench: Bench, fetch: Fetch, progress: Progress
) -> Iterator[Made]:
    done, step = 20, 70 // len(variants)
    for reserved in variants:
        data = printed(content, reserved=reserved)
        document, pages = render_pdf(data, bench)
        progress(done + step // 2)
        editable = render_odt(data)
        yield Made(FileKind.PDF, reserved, document, pages)
        yield Made(FileKind.ODT, reserved, editable)
        yield Made(FileKind.ZIP, reserved, archive(data, document, editable, fetch))
        done += step
        progress(done)


def printed(content: Mapping[str, Any], *, reserved: bool) -> dict[str, Any]:
    """A snapshot as the documents print it: what is for everybody, and which items are told in full."""
    kept = dict(content) | {"watch": {}} if reserved else words.for_everybody(content)
    number = int(content["number"])
    kept["restricted"] = reserved
    kept["version_line"] = "Version 1" if not number else f"Additif n° {number}"
    kept["items"] = [_printed_item(item, kept) for item in kept["items"]]
    return kept


def _printed_item(item: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """A supplement tells the items that changed, with their new papers only."""
    item = dict(item) | {"approves": _printed_minutes(item["approves"])}
    if not content["number"]:
        return item | {"detailed": True}
    new = set(content["new_papers"])
    papers = [paper for paper in item["papers"] if paper["id"] in new]
    return item | {"detailed": item["id"] in content["changed_items"], "papers": papers}


def _printed_minutes(minutes: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The minutes to approve with their text in blocks, as the template lays them out."""
    if minutes is None:
        return None
    sections = [
        section
        | {
            "paragraphs": [
                said | {"blocks": markdown.as_data(markdown.to_blocks(said["text"]))}
                for said in section["paragraphs"]
            ]
        }
        for section in minutes["sections"]
    ]
    return dict(minutes) | {"sections": sections}


def _papers_in(data: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for item in data["items"]:
        if item["detailed"]:
            yield from ((item, paper) for paper in item["papers"])


def render_pdf(data: dict[str, Any], bench: Bench) -> tuple[bytes, int]:
    """The PDF and how many pages it has. Raises PdfFailed, MergeFailed."""
    rendered = pdf.render_with_marks(TEMPLATE, data)
    slots: dict[int, list[int]] = {}
    for mark in rendered.marks:
        slots.setdefault(mark["paper"], []).append(mark["page"])
    inserts = [
        Insert(
            key=str(paper["id"]),
            title=f"{paper['code']} {paper['title']}",
            tagged=paper["tagged"],
            slots=slots[paper["id"]],
            alts=_alts(paper),
        )
        for _, paper in _papers_in(data)
        if paper["merged"]
    ]
    prefix = f"A{data['number']}-" if data["number"] else ""
    ua = all(paper["ua"] for _, paper in _papers_in(data) if paper["merged"])
    done = bench.assemble(rendered.content, inserts, ua=ua, label_prefix=prefix)
    return done.content, done.pages


def _alts(paper: Mapping[str, Any]) -> list[str]:
    """What is read in place of each page of a paper without tags."""
    count = len(paper["wide"])
    return [
        f"Page {rank} sur {count} de la pièce {paper['code']}, « {paper['title']} ». Cette pièce n’est pas "
        "balisée : une version accessible se demande au secrétariat du comité."
        for rank in range(1, count + 1)
    ]


# ---- the archive ----


def archive(data: Mapping[str, Any], document: bytes, editable: bytes, fetch: Fetch) -> bytes:
    """The ZIP: the PDF, the ODT, and each paper as it was handed in, in a numbered folder for its item."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as files:
        files.writestr(zipfile.ZipInfo(f"{stem(data)}.pdf", _EPOCH), document)
        files.writestr(zipfile.ZipInfo(f"{stem(data)}.odt", _EPOCH), editable)
        for item, paper in _papers_in(data):
            files.writestr(zipfile.ZipInfo(_place(item, paper), _EPOCH), fetch(paper["sha256"]))
    return out.getvalue()


def _place(item: Mapping[str, Any], paper: Mapping[str, Any]) -> str:
    folder = f"{item['position']:02}-{safe_name(item['title'], 50)}"
    ending = safe_name(paper["file_name"].rpartition(".")[2].lower(), 8)
    return f"{folder}/{paper['code']}-{safe_name(paper['title'], 60)}.{ending}"


def stem(data: Mapping[str, Any]) -> str:
    """« dossier-CC-2026-12-15-v1 », « additif-1-CC-2026-12-15 », « …-reserve »."""
    number = data["number"]
    named = f"additif-{number}" if number else "dossier"
    version = "" if number else "-v1"
    reserved = "-reserve" if data["restricted"] else ""
    return f"{named}-{safe_name(data['code'], 8)}-{data['day']}{version}{reserved}"


# ---- the editable document ----


def render_odt(data: Mapping[str, Any]) -> bytes:
    """What we wrote of the pack, to take over in a word processor; the papers are named."""
    blocks: list[odt.Block] = [odt.Contents("Sommaire", 2), odt.PageBreak()]
    if data["number"]:
        blocks += [odt.Heading("Ce qui change"), odt.Bullets([each["text"] for each in data["changes"]])]
        blocks += _agenda_blocks(data, "Ordre du jour à jour")
    else:
        blocks += _notice_blocks(data)
        blocks += _agenda_blocks(data, "Ordre du jour")
        blocks += [*_previous_blocks(data), *_action_blocks(data), *_group_blocks(data)]
    blocks += [*_item_blocks(data), *_paper_blocks(data)]
    return odt.write(
        odt.Document(
            title=data["title"],
            subtitle=f"{data['committee']}, séance du {data['date_line']}, {data['time_line']}",
            letterhead=data["letterhead"],
            blocks=blocks,
            day=date.fromisoformat(data["date"]),
            author=data["committee"],
            running=f"{data['title']} – {data['committee']} – {data['date_line']}",
            notice=pdf.DEMO_NOTICE if data["demo"] else "",
            footer=data["version_line"] + (" – exemplaire réservé" if data["restricted"] else ""),
        )
    )


def _notice_blocks(data: Mapping[str, Any]) -> Iterator[odt.Block]:
    notice = data["notice"]
    yield odt.Heading("Convocation")
    yield odt.Paragraph(f"Le {data['committee']} se réunit le {data['date_line']}, {data['time_line']}.")
    facts: list[tuple[str, str]] = [("Lieu", data["place"])]
    if notice["convened_line"]:
        facts.append(("Convocation", f"envoyée le {notice['convened_line']}"))
    facts.append(("Délai réduit", notice["short_reason"]))
    yield odt.Facts([fact for fact in facts if fact[1]])


def _agenda_blocks(data: Mapping[str, Any], title: str) -> Iterator[odt.Block]:
    yield odt.Heading(title)
    rows = [
        [
            str(item["position"]),
            [odt.Run(item["title"], href=f"#point-{item['id']}" if item["detailed"] else "")],
            item["kind"],
            item["minutes"],
        ]
        for item in data["items"]
    ]
    yield odt.Table(["N°", "Point", "Nature", "Durée"], rows, widths=(1, 8, 2, 2))


def _previous_blocks(data: Mapping[str, Any]) -> Iterator[odt.Block]:
    yield odt.Heading("Relevé de décisions précédent")
    previous = data["previous"]
    if previous is None:
        yield odt.Paragraph("C’est la première séance du comité dans TNT : il n’y a pas de relevé précédent.")
        return
    yield odt.Paragraph(f"Séance du {previous['date_line']}.")
    for act in previous["acts"]:
        yield odt.Heading(f"{act['label']} {act['title']}", 2)
        yield odt.Quotation(act["wording"])
        yield odt.Paragraph(act["nature"] + (", en attente de visa" if act["pending"] else ""), small=True)


def _action_blocks(data: Mapping[str, Any]) -> Iterator[odt.Block]:
    yield odt.Heading("Suites données", anchor=FOLLOW_UP)
    if not data["actions"]:
        yield odt.Paragraph("Aucune action n’est en cours.")
        return
    rows = [
        [each["title"], each["owner"], each["due"] + (" (en retard)" if each["late"] else ""), each["origin"]]
        for each in data["actions"]
    ]
    yield odt.Table(["Action", "Responsable", "Échéance", "Origine"], rows, widths=(6, 3, 2, 2))


def _group_blocks(data: Mapping[str, Any]) -> Iterator[odt.Block]:
    yield odt.Heading("Groupes projet")
    yield odt.Paragraph(f"Situation au {data['as_of_line']}.")
    for group in data["groups"]:
        yield from _sheet_blocks(group, data)
    yield odt.Heading(f"Objectifs du semestre {data['objectives']['semester']}".strip())
    rows = [[row["group"], row["title"], row["state"]] for row in data["objectives"]["rows"]]
    if rows:
        yield odt.Table(["Groupe", "Objectif", "État"], rows, widths=(3, 7, 2))


def _sheet_blocks(group: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[odt.Block]:
    decided = f" – {group['decided_by']}, le {group['decided_on']}" if group["decided_by"] else ""
    yield odt.Heading(group["name"], 2)
    yield odt.Facts(
        [
            ("Chantier", group["workstream"]),
            ("Statut", group["status"] + decided),
            ("Météo", group["confidence"]),
            ("Responsable", ", ".join(group["leads"]) or "aucun"),
        ]
    )
    yield odt.Heading("Mission", 3)
    yield odt.Paragraph(group["mission"])
    if data["since"]:
        yield odt.Heading(f"Depuis la séance du {data['since_line']}", 3)
        yield odt.Bullets(group["changes"] or ["Rien de nouveau."])
    yield from _report_blocks(group["report"])
    if group["actions"]:
        rows = [[each["title"], each["owner"], each["due"]] for each in group["actions"]]
        yield odt.Heading("Actions en cours", 3)
        yield odt.Table(["Action", "Responsable", "Échéance"], rows, widths=(6, 3, 2))


def _report_blocks(report: Mapping[str, Any] | None) -> Iterator[odt.Block]:
    yield odt.Heading("Avancement", 3)
    if report is None:
        yield odt.Paragraph("Aucun point d’avancement n’a été transmis.")
        return
    yield odt.Paragraph(
        ", ".join(part for part in (f"Point du {report['day']}", report["author"]) if part), small=True
    )
    told = (("Fait", "done"), ("À venir", "coming"), ("Arbitrage attendu", "arbitration"))
    for name, key in told:
        if report[key].strip():
            yield odt.Paragraph([odt.Run(name, bold=True)])
            yield odt.Paragraph(report[key])


def _item_blocks(data: Mapping[str, Any]) -> Iterator[odt.Block]:
    yield odt.Heading("Points à l’ordre du jour")
    for item in data["items"]:
        if not item["detailed"]:
            continue
        yield odt.Heading(f"{item['position']}. {item['title']}", 2, anchor=f"point-{item['id']}")
        facts: list[tuple[str, odt.Text]] = [
            ("Nature", item["kind"]),
            ("Rapporteur", item["rapporteur"]),
            ("Durée prévue", item["minutes"]),
            ("Historique", item["deferred"]),
        ]
        yield odt.Facts([fact for fact in facts if fact[1]])
        if item["wording"].strip():
            yield odt.Quotation(item["wording"], label=item["draft_word"])
        if item["motive"].strip():
            yield odt.Heading(item["motive_word"], 3)
            yield odt.Paragraph(item["motive"])
        yield from _support_blocks(item, data)
        if item["papers"]:
            yield odt.Paragraph([odt.Run("Pièces", bold=True)])
            yield odt.Bullets([f"{paper['code']} {paper['title']}" for paper in item["papers"]])


def _support_blocks(item: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[odt.Block]:
    """What an item is about, where it stands elsewhere: suites données, minutes, what was decided between."""
    if item["follow_up"] and not data["number"]:
        link = odt.Run("Suites données", href=f"#{FOLLOW_UP}")
        yield odt.Paragraph([odt.Run("Voir la partie "), link, odt.Run(".")])
    if item["reported"]:
        yield odt.Paragraph(item["reported"])
    if item["about"]:
        act = item["about"]
        yield odt.Quotation(act["wording"] or act["title"], label=f"{act['label']} {act['title']}")
    if item["approves"]:
        yield from _minutes_blocks(item["approves"])


def _minutes_blocks(minutes: Mapping[str, Any]) -> Iterator[odt.Block]:
    yield odt.Heading("Compte rendu à approuver", 3)
    page = odt.Run("Sa page dans TNT", href=minutes["address"])
    yield odt.Paragraph([odt.Run(f"{minutes['line']} "), page, odt.Run(".")])
    for section in minutes["sections"]:
        if section["title"]:
            yield odt.Paragraph([odt.Run(section["title"], bold=True)])
        for paragraph in section["paragraphs"]:
            if paragraph["number"]:
                yield odt.Quotation(paragraph["text"], label=paragraph["number"])
            else:
                yield from odt.written(paragraph["text"])


def _paper_blocks(data: Mapping[str, Any]) -> Iterator[odt.Block]:
    rows: list[list[odt.Text]] = [
        [paper["code"], paper["title"], paper["file_name"], paper["size"]] for _, paper in _papers_in(data)
    ]
    if rows:
        yield odt.Heading("Pièces")
        yield odt.Paragraph(
            "Chaque pièce est dans l’archive (ZIP) du dossier ; le PDF contient celles qui s’y prêtent."
        )
        yield odt.Table(["N°", "Pièce", "Fichier", "Taille"], rows, widths=(1, 5, 4, 2))
