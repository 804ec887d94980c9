"""The little Markdown that people write: what becomes HTML, what is left as typed, what documents get."""

from __future__ import annotations

import re

import pytest

from tnt.core.markdown import Block, Span, as_data, escape, to_blocks, to_html, to_text

# what a semi-trusted member could type
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](https://espion.example/p.png)",
    "<javascript:alert(1)>",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<iframe src=https://a.example></iframe>",
    "<style>*{display:none}</style>",
    "<!-- --><b onclick=alert(1)>x</b>",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x]: javascript:alert(1)\n\n[x]",
)
ALLOWED = re.compile(
    r'<(/?(p|strong|em|ul|li|blockquote)|br|ol( start="\d+")?|/ol|/a'
    r'|a href="(https?://|mailto:)[^"<>]*" rel="noopener noreferrer nofollow")>'
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_leaves_as_html(text: str) -> None:
    html = str(to_html(text))
    assert "<" not in ALLOWED.sub("", html), html


@pytest.mark.parametrize("text", HOSTILE)
def test_documents_get_text_and_safe_addresses(text: str) -> None:
    for block in to_blocks(text):
        for span in [*block.spans, *(each for item in block.items for each in item)]:
            assert span.href == "" or span.href.startswith(("https://", "http://", "mailto:"))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Un *mot* et **deux**.", "<p>Un <em>mot</em> et <strong>deux</strong>.</p>\n"),
        ("Une ligne\npuis l’autre", "<p>Une ligne<br>\npuis l’autre</p>\n"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"),
        ("# Titre", "<p># Titre</p>\n"),  # headings belong to the page
        ("---", "<p>---</p>\n"),
    ],
)
def test_what_people_write(text: str, html: str) -> None:
    assert to_html(text) == html


def test_lists_and_emphasis_survive_in_blocks() -> None:
    assert to_blocks("Avant.\n\n1. un *mot*\n   - dedans\n2. deux\n\n> cité") == [
        Block("paragraph", [Span("Avant.")]),
        Block(
            "numbers",
            items=[[Span("un "), Span("mot", italic=True)], [Span("dedans")], [Span("deux")]],
        ),
        Block("quote", [Span("cité")]),
    ]
    (data,) = as_data(to_blocks("[a](https://a.example)"))
    assert data["spans"] == [{"text": "a", "bold": False, "italic": False, "href": "https://a.example"}]


@pytest.mark.parametrize("value", ["a*b*c", "_x_", "[y](https://z.example)", "<b>", "`c`", "1 \\ 2"])
def test_a_value_put_in_a_text_stays_as_it_is(value: str) -> None:
    (block,) = to_blocks(f"Dit {escape(value)}.")
    assert "".join(span.text for span in block.spans) == f"Dit {value}."
    assert all(span == Span(span.text) for span in block.spans)


def test_the_words_alone() -> None:
    text = "Le **comité** décide *avant* l’été :\n\n- un *point* ;\n- deux.\n\n1. premier"
    assert to_text(text) == "Le comité décide avant l’été :\n\n– un point ;\n– deux.\n\n– premier"
