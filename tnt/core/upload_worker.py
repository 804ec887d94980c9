"""The process that looks into one file handed in, under limits of memory and time; run by file.

It reads the bytes and writes one JSON object: the facts of the file, or the word of what is refused. A file
made to harm harms this process alone. It imports nothing of the application; `examine` may be called in
process for files that are ours.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from typing import Any

MEMORY_BYTES = 1_200 * 1024 * 1024
CPU_SECONDS = 10
CHUNK = 256 * 1024
MOST_MEMBERS = 5_000
MOST_EXPANDED = 150 * 1024 * 1024
FREE_EXPANDED = 10 * 1024 * 1024  # below it, nobody counts
MOST_RATIO = 150
MOST_PIXELS = 60_000_000
MOST_READ = 1024 * 1024  # of the member that says what the file is

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
_ODF = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."
ODT, ODS, ODP = _ODF + "text", _ODF + "spreadsheet", _ODF + "presentation"
DOCX = _OOXML + "wordprocessingml.document"
XLSX = _OOXML + "spreadsheetml.sheet"
PPTX = _OOXML + "presentationml.presentation"


class Refused(Exception):
    """What the file is refused for, in a word."""


def examine(content: bytes) -> dict[str, Any]:
    """The media type of a file and what is known of it. Raises Refused."""
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _image(content, "PNG", PNG)
    if content.startswith(b"\xff\xd8\xff"):
        return _image(content, "JPEG", JPEG)
    raise Refused("unknown")


def _pdf(content: bytes) -> dict[str, Any]:
    import pikepdf  # one kind of file in three needs it

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pages = len(pdf.pages)
            if pages == 0:
                raise Refused("no_page")
            return {
                "media_type": PDF,
                "pages": pages,
                "tagged": _is_tagged(pdf),
                "mergeable": _can_be_merged(pdf),
            }
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except Refused:
        raise
    except Exception as error:  # a damaged file fails in many ways, none of them ours
        raise Refused("damaged") from error


def _is_tagged(pdf: Any) -> bool:
    """Whether a screen reader finds the structure of the text."""
    marks = pdf.Root.get("/MarkInfo")
    return "/StructTreeRoot" in pdf.Root and marks is not None and bool(marks.get("/Marked", False))


def _can_be_merged(pdf: Any) -> bool:
    """Whether its pages can be taken into another document, and show there what they show here."""
    import pikepdf

    form = pdf.Root.get("/AcroForm")
    if "/Collection" in pdf.Root or (form is not None and "/XFA" in form):
        return False  # files within a file, or pages drawn by a reader's script
    try:
        with pikepdf.new() as other:
            other.pages.extend(pdf.pages)
            other.save(io.BytesIO())
    except Exception:  # whatever the reason, it is joined as it is
        return False
    return True


def _office(content: bytes) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_expansion(archive, len(content))
            return {"media_type": _office_type(archive)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Refused("damaged") from error  # RuntimeError: a member behind a password


def _check_expansion(archive: zipfile.ZipFile, packed: int) -> None:
    """Refuse by what the file says of itself, then by what is really in it, a piece at a time."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise Refused("expands")
    most = min(MOST_EXPANDED, max(FREE_EXPANDED, packed * MOST_RATIO))
    if sum(member.file_size for member in members) > most:
        raise Refused("expands")
    total = 0
    for member in members:
        with archive.open(member) as part:
            while piece := part.read(CHUNK):
                total += len(piece)
                if total > most:
                    raise Refused("expands")


def _office_type(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "mimetype" in names:
        said = _read(archive, "mimetype").strip().decode("ascii", "replace")
        if said in {ODT, ODS, ODP}:
            _check_open(archive, names)
            if "content.xml" in names:
                return said
    if "[Content_Types].xml" in names:
        said = _read(archive, "[Content_Types].xml").decode("utf-8", "replace")
        if "macroEnabled" not in said:
            for kind, main in ((DOCX, "word/"), (XLSX, "xl/"), (PPTX, "ppt/")):
                if f"{kind}.main+xml" in said and any(name.startswith(main) for name in names):
                    return kind
    raise Refused("unknown")


def _check_open(archive: zipfile.ZipFile, names: set[str]) -> None:
    """Refuse an ODF file behind a password: its members are plain, what they hold is not."""
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in _read(archive, manifest):
        raise Refused("encrypted")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(MOST_READ)


def _image(content: bytes, form: str, media_type: str) -> dict[str, Any]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # counted below, and nothing is decoded
    try:
        with Image.open(io.BytesIO(content), formats=[form]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused("expands")
            image.verify()
    except Refused:
        raise
    except Exception as error:  # a damaged image fails in many ways
        raise Refused("damaged") from error
    return {"media_type": media_type}


def main() -> None:
    """Answer for one file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    content = sys.stdin.buffer.read()
    try:
        answer: dict[str, Any] = {"facts": examine(content)}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "expands"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
