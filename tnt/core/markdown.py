"""The little Markdown that people write: paragraphs, lists, emphasis, quotations, links. Nothing else.

CommonMark with HTML off, then nh3 has the last word on what leaves as HTML; images, headings, code and rules
are left as they were typed. Line ends are kept. The same text as plain blocks serves PDF and ODT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a"}
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
_OFF = ["heading", "lheading", "hr", "fence", "code", "html_block", "reference"]
_OFF_INLINE = ["image", "html_inline", "backticks"]
_READER = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(_OFF + _OFF_INLINE)
_SPECIAL = re.compile(r"([\\*_\[\]<>`])")
_LISTS = {"bullet_list_open": "bullets", "ordered_list_open": "numbers"}
_SAFE = re.compile(r"(?:https?://|mailto:)\S+\Z")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text of one look; « \\n » is a line end."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""


@dataclass(slots=True)
class Block:
    """A paragraph, a quotation (spans), or a list (items); what is nested deeper is told at this depth."""

    kind: str  # paragraph, quote, bullets, numbers
    spans: list[Span] = field(default_factory=list)
    items: list[list[Span]] = field(default_factory=list)


@lru_cache(maxsize=4096)
def to_html(text: str) -> Markup:
    """The text as HTML that holds nothing but the few tags above."""
    made = _READER.render(text)
    clean = nh3.clean(
        made,
        tags=TAGS,
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - nh3 has just cleaned it


def to_blocks(text: str) -> list[Block]:
    """The text as blocks for documents: lists and emphasis survive, links keep their address."""
    return list(_blocks(_READER.parse(text)))


def to_text(text: str) -> str:
    """The words alone, as they are compared: no sign of emphasis, a dash before what a list holds."""
    return "\n\n".join(_words(block) for block in to_blocks(text))


def _words(block: Block) -> str:
    lines = [f"– {''.join(span.text for span in item)}" for item in block.items]
    return "\n".join(["".join(span.text for span in block.spans), *lines]).strip()


def escape(value: str) -> str:
    """A value put inside a text of ours, so that its signs stay as they are."""
    return _SPECIAL.sub(r"\\\1", " ".join(value.split()))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """Blocks in order; a list in a list continues the outer one, a paragraph in an item is a line of it."""
    made: list[Block] = []
    lists: list[Block] = []
    quotes = 0
    for token in tokens:
        if token.type in _LISTS:
            lists.append(lists[0] if lists else Block(_LISTS[token.type]))
            if len(lists) == 1:
                made.append(lists[0])
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "list_item_open":
            lists[-1].items.append([])
        elif token.type in {"blockquote_open", "blockquote_close"}:
            quotes += 1 if token.type == "blockquote_open" else -1
        elif token.type == "inline":
            _place(made, lists, _spans(token.children or []), in_quote=quotes > 0)
    return iter(made)


def _place(made: list[Block], lists: list[Block], spans: list[Span], *, in_quote: bool) -> None:
    if lists:
        item = lists[-1].items[-1]
        item.extend([Span("\n"), *spans] if item else spans)
        return
    made.append(Block("quote" if in_quote else "paragraph", spans))


def _spans(tokens: Sequence[Token]) -> list[Span]:
    spans: list[Span] = []
    bold = italic = 0
    href = ""
    for token in tokens:
        if token.type in {"strong_open", "strong_close"}:
            bold += 1 if token.type == "strong_open" else -1
        elif token.type in {"em_open", "em_close"}:
            italic += 1 if token.type == "em_open" else -1
        elif token.type in {"link_open", "link_close"}:
            href = _address(token) if token.type == "link_open" else ""
        elif token.type in {"softbreak", "hardbreak"}:
            spans.append(Span("\n"))
        elif token.content:
            spans.append(Span(token.content, bold > 0, italic > 0, href))
    return spans


def _address(token: Token) -> str:
    address: Any = token.attrGet("href") or ""
    return address if isinstance(address, str) and _SAFE.match(address) else ""


def as_data(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """The same blocks as plain data for a PDF template."""
    return [
        {
            "kind": block.kind,
            "spans": [_span_data(span) for span in block.spans],
            "items": [[_span_data(span) for span in item] for item in block.items],
        }
        for block in blocks
    ]


def _span_data(span: Span) -> dict[str, Any]:
    return {"text": span.text, "bold": span.bold, "italic": span.italic, "href": span.href}
