"""PDF files for the tests: without tags (a scan), with tags (made by our own templates), and broken ones."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

from tnt.core import pdf

BROKEN = b"%PDF-1.7\nnothing of what a PDF needs"


def scan(
    pages: int = 1, *, wide: bool = False, rotate: int = 0, words: str = "Page", **options: Any
) -> bytes:
    """A PDF without tags; with several pages it has an outline and a link from the first to the last."""
    found = pikepdf.new()
    font = found.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    size = (842, 595) if wide else (595, 842)
    for rank in range(pages):
        found.add_blank_page(page_size=size)
        page = found.pages[-1]
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        drawn = f"BT /F1 24 Tf 72 400 Td ({words} {rank + 1}) Tj ET"
        page.obj.Contents = found.make_stream(drawn.encode())
        if rotate:
            page.obj.Rotate = rotate
    if pages > 1:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([72, 390, 200, 430]))
        link.Dest = String("fin")
        found.pages[0].obj.Annots = Array([found.make_indirect(link)])
        names = Dictionary(Names=Array([String("fin"), Array([found.pages[-1].obj, Name.Fit])]))
        found.Root.Names = Dictionary(Dests=found.make_indirect(names))
        with found.open_outline() as outline:
            outline.root.append(OutlineItem("Chapitre", 0))
            outline.root[0].children.append(OutlineItem("Section", pages - 1))
    out = io.BytesIO()
    found.save(out, **options)
    return out.getvalue()


def with_script() -> bytes:
    """A PDF that runs a script when its page or its link is used, and starts a program."""
    found = pikepdf.open(io.BytesIO(scan(2)))
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    found.Root.OpenAction = script
    page = found.pages[0].obj
    page.AA = Dictionary(O=script)
    for action in (script, Dictionary(S=Name.Launch, F=String("cmd.exe"))):
        annotation = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
        page.Annots.append(found.make_indirect(annotation))
    out = io.BytesIO()
    found.save(out)
    return out.getvalue()


def locked() -> bytes:
    """A PDF that opens with a password."""
    return scan(encryption=pikepdf.Encryption(owner="o", user="u"))


def tagged(words: str = "Le comité réoriente le groupe.") -> bytes:
    """A PDF with tags, which says that it is PDF/UA."""
    decision = {
        "number": "CC-1",
        "title": "Titre balisé",
        "wording": words,
        "nature": "Décision",
        "vote": "",
        "effects": [],
    }
    return pdf.render(
        "record",
        {
            "lang": "fr",
            "committee": "Comité",
            "date": "2026-12-14",
            "date_line": "14 décembre",
            "version": 1,
            "generated_at": "14 décembre",
            "decisions": [decision],
        },
    )
