"""A pack of a hundred pages with twenty papers, made as the task makes it: time and memory."""

from __future__ import annotations

import io
import resource
import time
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from bench import datasets
from tnt.core.pdf_merge import bench
from tnt.packs import documents

PAPERS, PAGES_EACH, GROUPS, ITEMS = 20, 4, 8, 6


def paper() -> bytes:
    """A few pages of text without tags."""
    made = pikepdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    lines = "".join(f"BT /F1 10 Tf 60 {780 - 14 * row} Td (Une ligne de texte) Tj ET " for row in range(50))
    for _ in range(PAGES_EACH):
        made.add_blank_page(page_size=(595, 842))
        page = made.pages[-1].obj
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        page.Contents = made.make_stream(lines.encode())
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def content() -> dict[str, Any]:
    """The snapshot of a session of six items, eight groups and twenty papers."""
    items = [_item(position) for position in range(1, ITEMS + 1)]
    for key in range(1, PAPERS + 1):
        items[key % ITEMS]["papers"].append(_paper(key))
    return {
        "lang": "fr",
        "number": 0,
        "title": "Dossier de séance",
        "demo": False,
        "date": datasets.TODAY.isoformat(),
        "as_of_line": "23 novembre 2026",
        "letterhead": ["République française", "Comité de coordination"],
        "committee": "Comité de coordination",
        "code": "CC",
        "date_line": "mardi 15 décembre 2026",
        "time_line": "14 h 30 – 17 h",
        "place": "Paris",
        "video": False,
        "day": "2026-12-15",
        "notice": {"convened_line": "", "days": 14, "short_reason": ""},
        "previous": None,
        "since": "",
        "since_line": "",
        "actions": [],
        "groups": [_group(key) for key in range(GROUPS)],
        "objectives": {"semester": "S2 2026", "rows": []},
        "items": items,
        "watch": {},
    }


def _item(position: int) -> dict[str, Any]:
    return {
        "id": position,
        "position": position,
        "title": f"Point {position}",
        "kind": "Décision",
        "draft_word": "Projet de décision",
        "wording": "Le comité décide de poursuivre la mesure. " * 10,
        "rapporteur": "",
        "minutes": "15 min",
        "deferred": "",
        "reserved": False,
        "section": "",
        "follow_up": False,
        "reported": "",
        "motive_word": "",
        "motive": "",
        "approves": None,
        "about": None,
        "papers": [],
    }


def _paper(key: int) -> dict[str, Any]:
    return {
        "id": key,
        "code": f"1.{key}",
        "title": f"Pièce {key}",
        "version": 1,
        "sha256": "",
        "file_name": "piece.pdf",
        "media_type": "application/pdf",
        "size": "10 ko",
        "reserved": False,
        "merged": True,
        "why": "",
        "wide": [False] * PAGES_EACH,
        "tagged": False,
        "ua": False,
    }


def _group(key: int) -> dict[str, Any]:
    return {
        "slug": f"groupe-{key}",
        "name": f"Groupe {key}",
        "workstream": "Chantier",
        "status": "créé",
        "decided_by": "CC-2026-T1-01",
        "decided_on": "9 mars 2026",
        "mission": "Accompagner les communes. " * 8,
        "leads": ["Prénom Nom (ANCT)"],
        "confidence": "Soleil",
        "confidence_since": "",
        "report": None,
        "changes": [],
        "objectives": [],
        "actions": [],
    }


def cost() -> dict[str, float]:
    """Seconds for the PDF, the ODT and the ZIP; pages; the most memory that one of its processes took, MB."""
    source = paper()
    with bench() as papers:
        started = time.perf_counter()
        for key in range(1, PAPERS + 1):
            papers.lay(str(key), source)
        papers.look()
        made = documents.make(content(), papers, lambda _sha256: source, lambda _percent: None)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": round(seconds, 2), "pages": float(made[0].pages or 0), "memory_mb": round(peak)}
