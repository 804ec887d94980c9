"""Small files of every kind taken, and of some that are not, made in memory."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."


def pdf(pages: int = 1, *, tagged: bool = False, words: str = "", **save: Any) -> bytes:
    """A PDF of empty pages; `words` only makes it another one."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    if words:
        document.docinfo["/Title"] = words
    if tagged:
        document.Root.MarkInfo = Dictionary(Marked=True)
        document.Root.StructTreeRoot = document.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array()))
    out = io.BytesIO()
    document.save(out, **(save or {"deterministic_id": True}))
    return out.getvalue()


def protected_pdf() -> bytes:
    """A PDF that asks for a password."""
    return pdf(encryption=pikepdf.Encryption(user="secret", owner="autre"))


def portfolio_pdf() -> bytes:
    """A PDF whose content is other files within it."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.Collection = Dictionary(Type=Name.Collection)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def odf(kind: str = "text", **more: bytes) -> bytes:
    """An ODF file, as far as it says what it is."""
    return archive({"mimetype": (ODF + kind).encode(), "content.xml": b"<x/>", **more})


def ooxml(kind: str = "wordprocessingml.document", folder: str = "word", **more: bytes) -> bytes:
    """An Office file, as far as it says what it is."""
    types = f'<Types><Override ContentType="{OOXML}{kind}.main+xml"/></Types>'
    return archive({"[Content_Types].xml": types.encode(), f"{folder}/main.xml": b"<x/>", **more})


def image(form: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, form)
    return out.getvalue()
