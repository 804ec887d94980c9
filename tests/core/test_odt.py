"""The ODT files: real styles and outline, read back by another library; no text is ever fatal."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from odfdo import Document as Reader

from tnt.core.odt import (
    MEDIA_TYPE,
    Block,
    Bullets,
    Contents,
    Document,
    Facts,
    Heading,
    PageBreak,
    Paragraph,
    Quotation,
    Run,
    Signature,
    Table,
    Text,
    write,
)

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
XLINK = "{http://www.w3.org/1999/xlink}"
EVERYTHING: list[Block] = [
    Contents(),
    Facts([("Date", "mardi 15 décembre 2026"), ("Lieu", "Paris")]),
    Heading("Participants"),
    Bullets(["Claire Aubert", "Anaïs Moreau"]),
    Bullets(["un", "deux"], numbered=True),
    PageBreak(),
    Heading("1. Identité", 2, anchor="point-1"),
    Paragraph("Un alinéa.\n\nDeux\nlignes  ici\tlà."),
    Paragraph([Run("gras", bold=True), Run(" et "), Run("lien", href="https://tnt.example/a")]),
    Quotation("Le comité réoriente le groupe.", label="Décision CC-2026-T4-01"),
    Table(["Action", "Échéance"], [["Écrire", "15 janvier"]], widths=(3, 1), caption="Suites données"),
    PageBreak(),
    Table(["Seule"], []),
    Signature("Fait à Paris"),
]


def document(*blocks: Block, **values: Any) -> Document:
    return Document(**{"title": "Compte rendu", "blocks": blocks, "day": date(2026, 12, 15)} | values)


def part(content: bytes, name: str) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ET.fromstring(archive.read(name))


def words(content: bytes) -> str:
    return "".join(part(content, "content.xml").itertext())


def test_another_library_reads_what_was_written() -> None:
    reader = Reader(
        io.BytesIO(write(document(*EVERYTHING, letterhead=("République française", "Le comité"))))
    )
    assert reader.get_type() == "text"
    assert reader.meta.title == "Compte rendu"
    assert [(int(h.level), h.inner_text) for h in reader.body.headers] == [
        (1, "Participants"),
        (2, "1. Identité"),
    ]
    first = reader.body.tables[0]
    assert (first.width, [row.get_value(0) for row in first.rows]) == (2, ["Action", "Écrire"])


def test_the_styles_are_real_and_every_one_used_is_defined() -> None:
    content = write(document(*EVERYTHING, letterhead=("République française",), subtitle="Du 15"))
    known = {
        node.get(f"{STYLE}name")
        for name in ("styles.xml", "content.xml")
        for node in part(content, name).iter()
        if node.get(f"{STYLE}name")
    }
    used = {
        value
        for name in ("styles.xml", "content.xml")
        for node in part(content, name).iter()
        for key, value in node.items()
        if key.endswith("style-name") and key != f"{TEXT}visited-style-name"
    }
    assert used <= known
    assert {"Title", "Heading_20_1", "Heading_20_2", "Text_20_body", "List_20_1", "Numbering_20_1"} <= used
    assert {"Table_20_Heading", "Table_20_Contents", "Quotations", "Signature", "Caption"} <= used


def test_headings_carry_their_outline_level_and_the_contents_lead_to_them() -> None:
    root = part(write(document(*EVERYTHING)), "content.xml")
    levels = [node.get(f"{TEXT}outline-level") for node in root.iter(f"{TEXT}h")]
    assert levels == ["1", "2"]
    anchors = {node.get(f"{TEXT}name") for node in root.iter(f"{TEXT}bookmark")}
    contents = next(root.iter(f"{TEXT}index-body"))
    assert [link.get(f"{XLINK}href") for link in contents.iter(f"{TEXT}a")] == ["#titre-1", "#titre-2"]
    assert {"titre-1", "titre-2", "point-1"} <= anchors


def test_a_table_repeats_its_headers_and_a_page_break_is_a_style() -> None:
    content = write(document(*EVERYTHING))
    root = part(content, "content.xml")
    assert len(list(root.iter(f"{TABLE}table-header-rows"))) == 2
    names = [node.get(f"{STYLE}name") for node in root.iter(f"{STYLE}style")]
    assert "Break_20_Heading_20_2" in names


def test_the_file_says_its_language_its_pages_and_its_kind() -> None:
    content = write(document(running="CR – Comité", notice="Données de démonstration", footer="v1"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, archive.read("mimetype").decode()) == ("mimetype", MEDIA_TYPE)
        styles = archive.read("styles.xml").decode()
    assert 'fo:language="fr" fo:country="FR"' in styles
    assert styles.count("<text:page-number") == 2
    assert styles.count("Données de démonstration") == 2
    assert styles.count("CR – Comité") == 1


def test_the_same_data_gives_the_same_bytes() -> None:
    assert write(document(*EVERYTHING)) == write(document(*EVERYTHING))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\ud800c\x1fd\ufffe", "abcd"),
        ("<text:p>&amp;</text:p>", "<text:p>&amp;</text:p>"),
        ("العربية 😀", "العربية 😀"),
        ("]]><!--", "]]><!--"),
    ],
)
def test_no_text_is_fatal_and_none_is_markup(typed: str, kept: str) -> None:
    content = write(document(Heading(typed), Paragraph(typed), Bullets([typed]), title=typed, author=typed))
    assert words(content).count(kept) == 4
    assert Reader(io.BytesIO(content)).meta.title == kept


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "vnd.sun.star.script:x", " "])
def test_only_ordinary_links_are_links(href: str) -> None:
    content = write(document(Paragraph([Run("ici", href=href)])))
    assert not list(part(content, "content.xml").iter(f"{TEXT}a"))
    assert "ici" in words(content)


@pytest.mark.parametrize(
    ("text", "paragraphs"), [("", 1), ("un\n\ndeux", 2), ("un\r\n \r\n\r\ndeux", 2), ([Run("a\n\nb")], 1)]
)
def test_blank_lines_part_paragraphs(text: Text, paragraphs: int) -> None:
    root = part(write(document(Paragraph(text))), "content.xml")
    assert (
        len([p for p in root.iter(f"{TEXT}p") if p.get(f"{TEXT}style-name") == "Text_20_body"]) == paragraphs
    )
