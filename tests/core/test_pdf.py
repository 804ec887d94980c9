"""The PDFs: tagged, PDF/UA-1, readable, the same bytes for the same data, and no text is ever fatal."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from tnt.core import pdf

RECORD: dict[str, Any] = {
    "lang": "fr",
    "demo": False,
    "committee": "Comité de coordination",
    "title": "Relevé de décisions",
    "date": "2026-12-14",
    "date_line": "Lundi 14 décembre 2026",
    "place": "Paris",
    "attendance": [{"label": "Présents", "people": [{"name": "Claire Aubert", "quality": "coprésidente"}]}],
    "decisions": [
        {
            "number": "CC-2026-T4-01",
            "title": "Réorienter le groupe « Identité »",
            "nature": "Décision",
            "wording": "Le comité réoriente le groupe.\n\nÀ compter du 1ᵉʳ janvier\u00a0; sans délai.",
            "vote": "Consensus",
            "effects": ["Groupe « Identité » : réorienté"],
        }
    ],
    "items": [{"order": 2, "title": "Point d’étape", "outcome": "Pris acte"}],
    "actions": [{"title": "Écrire aux membres", "owner": "Anaïs Moreau", "due": "15 janvier 2027"}],
    "visas": [{"name": "Claire Aubert", "quality": "coprésidente", "state": "Attendu", "date": ""}],
    "journal_head": "ab" * 32,
    "version": 1,
    "generated_at": "14 décembre 2026 à 12 h 20",
}


def read(content: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return reader, re.sub(r"\s+", " ", text)


def with_wording(wording: str) -> dict[str, Any]:
    return RECORD | {"decisions": [RECORD["decisions"][0] | {"wording": wording}]}


def test_the_record_is_accessible_and_readable() -> None:
    reader, text = read(pdf.render("record", RECORD))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF boolean, not Python's
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "fr-FR"
    metadata = catalogue["/Metadata"].get_data().decode()
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=.1.", metadata)
    assert "Relevé de décisions – Comité de coordination" in str(reader.metadata and reader.metadata.title)
    for words in (
        "CC-2026-T4-01",
        "Réorienter le groupe « Identité »",
        "Le comité réoriente le groupe.",
        "Groupe « Identité » : réorienté",
        "Pris acte",
        "Anaïs Moreau",
        "Page 1 sur 1",
        "abababab",
    ):
        assert words in text
    assert "démonstration" not in text


def test_demonstration_data_is_said_on_every_page() -> None:
    reader, _ = read(pdf.render("record", with_wording("Long.\n\n" * 90) | {"demo": True}))
    assert len(reader.pages) > 2
    for page in reader.pages:
        assert "Données de démonstration" in page.extract_text()


def test_the_same_data_gives_the_same_bytes() -> None:
    assert pdf.render("record", RECORD) == pdf.render("record", RECORD)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Bravo 😀 日本", "Bravo □ □□"),
        ("famille 👨‍👩‍👧", "famille □□□"),
        ("a\u0000b\ud800c\u200bd", "abcd"),
        ("é composé : e\u0301", "é composé : é"),
        ('#panic("x") $x$ *gras* _it_ `code` @ref <label> \\u{41}', '#panic("x") $x$ *gras* _it_ `code`'),
        ("العربية et עברית", "et"),
        ("\n\n\n", "CC-2026-T4-01"),
        ("", "CC-2026-T4-01"),
    ],
)
def test_no_text_is_fatal_and_none_is_code(typed: str, shown: str) -> None:
    _, text = read(pdf.render("record", with_wording(typed)))
    assert shown in text


def test_replaced_characters_are_listed() -> None:
    _, text = read(pdf.render("record", with_wording("😀")))
    assert "remplacés par □ : U+1F600 GRINNING FACE" in text


def test_an_empty_record_is_still_a_document() -> None:
    empty = {
        key: ([] if isinstance(value, list) else value)
        for key, value in RECORD.items()
        if key != "journal_head"
    }
    _, text = read(pdf.render("record", empty))
    assert "Aucune décision n’a été prise" in text


@pytest.mark.parametrize("name", ["absent", "../base", "fonts/Inter"])
def test_only_our_templates_are_built(name: str) -> None:
    with pytest.raises(pdf.PdfFailed):
        pdf.render(name, RECORD)


def test_a_process_that_is_too_slow_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TIMEOUT_SECONDS", 0.001)
    with pytest.raises(pdf.PdfFailed, match="took more"):
        pdf.render("record", RECORD)
