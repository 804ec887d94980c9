"""Files handed in: recognised by their content, refused in a sentence, kept under a name that is shown."""

from __future__ import annotations

import resource
import struct
import zlib
from pathlib import Path

import pytest

from tests.core import files
from tnt.core import downloads, uploads
from tnt.core.uploads import inspect

LOCKED = b"<file-entry><encryption-data/></file-entry>"
TAKEN = {
    "bilan.pdf": files.pdf(),
    "note.odt": files.odf("text"),
    "tableau.ods": files.odf("spreadsheet"),
    "diaporama.odp": files.odf("presentation"),
    "note.docx": files.ooxml(),
    "tableau.xlsx": files.ooxml("spreadsheetml.sheet", "xl"),
    "diaporama.pptx": files.ooxml("presentationml.presentation", "ppt"),
    "plan.png": files.image(),
    "photo.jpg": files.image("JPEG"),
    "photo.JPEG": files.image("JPEG"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_each_format_is_recognised_by_its_content(name: str) -> None:
    taken = inspect(name, "application/octet-stream", TAKEN[name])
    ending = name.rpartition(".")[2].lower()
    assert (taken.media_type, taken.name, taken.size) == (uploads.ENDINGS[ending], name, len(TAKEN[name]))


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("note.pdf", "application/haansoftpdf"),
        ("note.pdf", "application/x-pdf"),
        ("note.docx", "application/haansoftdocx"),
        ("note.odt", "application/x-vnd.oasis.opendocument.text"),
    ],
)
def test_a_type_of_a_vendor_says_nothing(name: str, declared: str) -> None:
    made = {"pdf": files.pdf, "docx": files.ooxml, "odt": files.odf}[name.rpartition(".")[2]]
    assert inspect(name, declared, made()).name == name


def test_what_a_pdf_says() -> None:
    plain = inspect("a.pdf", "application/pdf", files.pdf(3))
    tagged = inspect("a.pdf", "application/pdf", files.pdf(1, tagged=True))
    kept = inspect("a.pdf", "application/pdf", files.portfolio_pdf())
    assert [(one.pages, one.tagged, one.mergeable) for one in (plain, tagged, kept)] == [
        (3, False, True),
        (1, True, True),
        (1, False, False),
    ]
    picture = inspect("a.png", "image/png", files.image())
    assert (picture.pages, picture.tagged, picture.mergeable) == (None, None, False)


@pytest.mark.parametrize(
    ("name", "declared", "content", "refusal"),
    [
        ("vide.pdf", "", b"", uploads.EmptyFile),
        ("page.html", "text/html", b"<script>alert(1)</script>", uploads.UnknownFormat),
        ("page.pdf", "application/pdf", b"<script>alert(1)</script>", uploads.UnknownFormat),
        ("page.pdf", "application/pdf", b"\n%PDF-1.7", uploads.UnknownFormat),
        ("prog.exe", "", b"MZ\x90\x00", uploads.UnknownFormat),
        ("dessin.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", uploads.UnknownFormat),
        ("archive.zip", "application/zip", files.archive({"a.txt": b"x"}), uploads.UnknownFormat),
        ("bilan.docx", "", files.pdf(), uploads.LyingName),
        ("bilan.pdf.exe", "", files.pdf(), uploads.LyingName),
        ("bilan.odt", "", files.ooxml(), uploads.LyingName),
        ("bilan.pdf", "image/png", files.pdf(), uploads.LyingName),
        ("bilan.pdf", "text/html; charset=utf-8", files.pdf(), uploads.LyingName),
        ("modele.docx", "", files.ooxml("wordprocessingml.template"), uploads.UnknownFormat),
        ("macro.docx", "", files.ooxml("x.macroEnabled"), uploads.UnknownFormat),
        ("coupe.pdf", "", b"%PDF-1.7\nrien", uploads.DamagedFile),
        ("coupe.docx", "", files.ooxml()[:80], uploads.DamagedFile),
        ("coupe.png", "", files.image()[:30], uploads.DamagedFile),
        ("sans.pdf", "", files.pdf(0), uploads.NoPage),
        ("ferme.pdf", "", files.protected_pdf(), uploads.ProtectedFile),
        ("ferme.odt", "", files.odf(**{"META-INF/manifest.xml": LOCKED}), uploads.ProtectedFile),
        ("grand.png", "", files.image(size=(9_000, 9_000)), uploads.ExpandsTooMuch),
        ("gros.pdf", "", b"%PDF-" + b" " * uploads.MOST_BYTES, uploads.FileTooLarge),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 15 else "",
)
def test_what_is_refused(name: str, declared: str, content: bytes, refusal: type[uploads.Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        inspect(name, declared, content)
    assert f"«\u00a0{name}\u00a0»" in str(refused.value)


@pytest.mark.parametrize("lies", [False, True])
def test_what_expands_beyond_reason_is_refused_without_expanding_it(lies: bool) -> None:
    """200 MB of zeros; then the same, whose index says that they are 100 bytes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    content = files.ooxml(**{"word/document.xml": bytes(200 * 1024 * 1024)})
    assert len(content) < 300_000
    if lies:
        content = content.replace(struct.pack("<I", 200 * 1024 * 1024), struct.pack("<I", 100))
    with pytest.raises((uploads.ExpandsTooMuch, uploads.DamagedFile)):
        inspect("bombe.docx", "", content)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert after - before < 150 * 1024  # kilobytes


def test_a_pdf_that_expands_harms_its_process_only() -> None:
    """An index of a gigabyte in a few megabytes: read by nobody but a process that may not."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(16 * 1024 * 1024)) for _ in range(64)) + packer.flush()
    stream = (
        b"1 0 obj\n<< /Type /XRef /W [1 4 2] /Size 300000000 /Root 2 0 R /Filter /FlateDecode /Length %d >>\n"
        b"stream\n%s\nendstream\nendobj\n" % (len(packed), packed)
    )
    content = b"%PDF-1.7\n" + stream + b"startxref\n9\n%%EOF\n"
    with pytest.raises((uploads.ExpandsTooMuch, uploads.DamagedFile, uploads.NoPage)):
        inspect("index.pdf", "", content)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Bilan d’été.pdf", "Bilan d’été.pdf"),
        ("تقرير المجلس.pdf", "تقرير المجلس.pdf"),
        ("bilan 🎉.pdf", "bilan 🎉.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Claire\\note.odt", "note.odt"),
        ("no\x00te\x07.pdf", "note.pdf"),
        ("no\u202etfdp.exe", "notfdp.exe"),
        ("deux\nlignes\t.pdf", "deux lignes .pdf"),
        ("\ud800.pdf", "\ufffd.pdf"),
        ("", "fichier"),
        ("...", "fichier"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("é" * 300 + ".pdf", "é" * 139 + "….pdf"),
    ],
)
def test_a_name_is_shown_without_its_path_nor_its_tricks(typed: str, shown: str) -> None:
    assert uploads.display_name(typed) == shown


def test_a_name_without_an_ending_is_given_the_right_one() -> None:
    assert inspect("bilan", "", files.pdf()).name == "bilan.pdf"
    assert inspect("", "", files.image()).name == "fichier.png"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("bilan.pdf", 'attachment; filename="bilan.pdf"'),
        ("été.pdf", "attachment; filename=\"ete.pdf\"; filename*=UTF-8''%C3%A9t%C3%A9.pdf"),
        (
            "تقرير.pdf",
            "attachment; filename=\"fichier.pdf\"; filename*=UTF-8''%D8%AA%D9%82%D8%B1%D9%8A%D8%B1.pdf",
        ),
        ('a"; x="b.pdf', "attachment; filename=\"a xb.pdf\"; filename*=UTF-8''a%22%3B%20x%3D%22b.pdf"),
    ],
)
def test_a_file_is_saved_under_its_name_in_any_script(name: str, header: str) -> None:
    assert downloads.disposition(name) == header


def test_the_worker_imports_nothing_of_ours() -> None:
    assert "tnt" not in Path(uploads.WORKER).read_text().replace("# tnt", "")
