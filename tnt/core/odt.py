"""Editable documents (ODT, OpenDocument 1.3) with real styles, from plain data.

A document is a title, a letterhead and blocks; it opens in LibreOffice with its own styles (Title, Heading
1 to 4, Text body, List 1, Numbering 1, Table Heading, Table Contents, Quotations…), so that whoever takes it
over restyles it in one place, and the navigator and the table of contents follow the outline levels::

    write(Document(
        title="Compte rendu",
        day=date(2026, 12, 15),
        letterhead=("République française", "Comité de coordination"),
        running="Compte rendu – Comité de coordination",
        blocks=[
            Facts([("Date", "mardi 15 décembre 2026"), ("Lieu", "Paris")]),
            Heading("Participants", 1),
            Bullets(["Claire Aubert, DINUM"]),
            Heading("1. Identité", 2, anchor="point-1"),
            Paragraph("Un alinéa.\\n\\nUn autre."),
            Paragraph([Run("gras", bold=True), Run(" et "), Run("un lien", href="https://…")]),
            Quotation("Le comité décide…", label="Décision CC-2026-T4-01"),
            Table(["Action", "Échéance"], [["Écrire", "15 janvier"]], widths=(3, 1), caption="Suites"),
            PageBreak(),
            Signature("Fait à Paris, le 15 décembre 2026"),
        ],
    ))

Wherever a text is asked, a string or a list of `Run` is taken. In a string, a blank line parts paragraphs,
a line end and several spaces are kept; what XML refuses is dropped. The same data gives the same bytes.

Written here with the standard library: odfdo starts from a template whose fonts, thumbnail and dates it
brings along, so that its files change at each writing; the tests read ours back with it.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from tnt.core import markdown

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
GENERATOR = "TNT"
DEEPEST = 4  # headings
_EPOCH = (1980, 1, 1, 0, 0, 0)  # of every part, so that a file does not change with the hour

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
}
for _prefix, _address in _SPACES.items():
    ET.register_namespace(_prefix, _address)

# what XML 1.0 does not allow at all
_REFUSED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n\s*")
_PIECES = re.compile(r"\r\n|\r|\n|\t|(?<= ) +")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|#)\S+")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one look; `href` is an http(s) address, or « #anchor » of a heading."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""


Text = str | Sequence[Run]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; `anchor` is what a link « #anchor » leads to."""

    text: str
    level: int = 1
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, or several when blank lines part them; `small` for a remark."""

    text: Text
    small: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, with bullets or numbers."""

    items: Sequence[Text]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its row of headers, which is repeated on each page; `widths` are shares."""

    header: Sequence[str]
    rows: Sequence[Sequence[Text]]
    widths: Sequence[int] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value, line by line."""

    pairs: Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class Quotation:
    """The wording of a decision, set apart; `label` stands above."""

    text: Text
    label: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign, or who signed, at the right."""

    text: Text


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents: links to the headings down to `depth`; LibreOffice adds the pages on update."""

    title: str = "Sommaire"
    depth: int = 2


Block = Heading | Paragraph | Bullets | Table | Facts | Quotation | Signature | PageBreak | Contents


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says; `running` stands in the header of the pages after the first, `notice` on all."""

    title: str
    blocks: Sequence[Block]
    letterhead: Sequence[str] = ()
    subtitle: str = ""
    day: date | None = None  # the date of the document
    author: str = ""
    running: str = ""
    notice: str = ""  # « Données de démonstration… »
    footer: str = ""
    locale: str = "fr"
    keywords: Sequence[str] = field(default=())


def written(text: str) -> Iterator[Block]:
    """The blocks of a text in plain Markdown."""
    for block in markdown.to_blocks(text):
        if block.kind in {"bullets", "numbers"}:
            yield Bullets([_runs_of(item) for item in block.items], numbered=block.kind == "numbers")
        elif block.kind == "quote":
            yield Quotation(_runs_of(block.spans))
        else:
            yield Paragraph(_runs_of(block.spans))


def _runs_of(spans: Iterable[markdown.Span]) -> list[Run]:
    return [Run(span.text, bold=span.bold, italic=span.italic, href=span.href) for span in spans]


def write(document: Document) -> bytes:
    """The document as an ODT file."""
    parts = {
        "content.xml": _content(document),
        "styles.xml": _styles(document),
        "meta.xml": _meta(document),
        "META-INF/manifest.xml": _manifest(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # the media type comes first and as it is, so that a file is known by its first bytes
        archive.writestr(zipfile.ZipInfo("mimetype", _EPOCH), MEDIA_TYPE, zipfile.ZIP_STORED)
        for name, root in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            archive.writestr(info, _serialised(root), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _serialised(root: ET.Element) -> bytes:
    text: str = ET.tostring(root, encoding="unicode")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode()


def clean(text: str) -> str:
    """The text without what XML refuses."""
    return _REFUSED.sub("", text)


def _name(prefixed: str) -> str:
    prefix, _, name = prefixed.partition(":")
    return f"{{{_SPACES[prefix]}}}{name}"


def _node(tag: str, *children: ET.Element, text: str = "", **attributes: str) -> ET.Element:
    """An element; « style__name » is written style:name, « _ » inside a name is « - »."""
    node = ET.Element(_name(tag))
    for key, value in attributes.items():
        prefix, _, name = key.partition("__")
        node.set(_name(f"{prefix}:{name.replace('_', '-')}"), clean(value))
    if text:
        node.text = clean(text)
    node.extend(children)
    return node


def _root(tag: str, *children: ET.Element) -> ET.Element:
    return _node(tag, *children, office__version="1.3")


# ---- the text ----


def _content(document: Document) -> ET.Element:
    body = _node("office:text")
    opening = [_paragraph(line, "Sender") for line in document.letterhead if line.strip()]
    opening.append(_paragraph(document.title, "Title"))
    if document.subtitle:
        opening.append(_paragraph(document.subtitle, "Subtitle"))
    first = opening[0]  # its style says on which kind of page the document opens
    first.set(_name("text:style-name"), f"Opening_20_{first.get(_name('text:style-name'))}")
    body.extend(opening)
    writer = _Writer(document)
    for block in document.blocks:
        body.extend(writer.write(block))
    return _root(
        "office:document-content",
        _node("office:automatic-styles", *_opening_styles(), *writer.break_styles(), *writer.column_styles()),
        _node("office:body", body),
    )


def _opening_styles() -> Iterator[ET.Element]:
    for parent in ("Sender", "Title"):
        yield _node(
            "style:style",
            style__name=f"Opening_20_{parent}",
            style__family="paragraph",
            style__parent_style_name=parent,
            style__master_page_name="First_20_Page",
        )


class _Writer:
    """Writes the blocks of one document, one after the other."""

    def __init__(self, document: Document) -> None:
        self._headings = [block for block in document.blocks if isinstance(block, Heading)]
        self._tables = 0
        self._widths: dict[int, None] = {}
        self._breaks = False  # whether the next element starts a page
        self._broken: dict[str, None] = {}  # the styles that did
        self._seen = 0

    def write(self, block: Block) -> Iterable[ET.Element]:
        """The elements of a block."""
        if isinstance(block, PageBreak):
            self._breaks = True
            return
        for node in self._nodes(block):
            if self._breaks:
                self._breaks = False
                yield from self._on_new_page(node)
            else:
                yield node

    def _on_new_page(self, node: ET.Element) -> Iterator[ET.Element]:
        takes_it = node.tag in {_name("text:p"), _name("text:h")}
        opening = node if takes_it else _paragraph("", "Remark")  # neither a table nor a list can
        key = _name("text:style-name")
        style = opening.get(key, "")
        self._broken[style] = None
        opening.set(key, f"Break_20_{style}")
        yield opening
        if not takes_it:
            yield node

    def break_styles(self) -> Iterator[ET.Element]:
        """The styles of what started a page."""
        for parent in self._broken:
            properties = _node("style:paragraph-properties", fo__break_before="page")
            yield _node(
                "style:style",
                properties,
                style__name=f"Break_20_{parent}",
                style__family="paragraph",
                style__parent_style_name=parent,
            )

    def _nodes(self, block: Block) -> Iterable[ET.Element]:
        match block:
            case Heading():
                return [self._heading(block)]
            case Paragraph():
                return _paragraphs(block.text, "Remark" if block.small else "Text_20_body")
            case Bullets():
                return [_list(block)] if block.items else []
            case Table():
                return self._table(block)
            case Contents():
                return [self._contents(block)]
            case _:
                return _plain_nodes(block)

    def _heading(self, block: Heading) -> ET.Element:
        level = min(max(block.level, 1), DEEPEST)
        self._seen += 1
        node = _node(
            "text:h",
            text__style_name=f"Heading_20_{level}",
            text__outline_level=str(level),
        )
        for name in dict.fromkeys((f"titre-{self._seen}", block.anchor)):
            if name:
                node.append(_node("text:bookmark", text__name=name))
        _fill(node, block.text)
        return node

    def _table(self, block: Table) -> Iterable[ET.Element]:
        self._tables += 1
        shares = list(block.widths) or [1] * len(block.header)
        table = _node("table:table", table__name=f"Tableau{self._tables}", table__style_name="Table")
        for share in shares:
            self._widths[share] = None
            table.append(_node("table:table-column", table__style_name=f"column-{share}"))
        header = _row([[_paragraph(title, "Table_20_Heading")] for title in block.header])
        table.append(_node("table:table-header-rows", header))
        for row in block.rows:
            table.append(_row([list(_paragraphs(cell, "Table_20_Contents")) for cell in row]))
        if block.caption:
            yield _paragraph(block.caption, "Caption")
        yield table
        yield _paragraph("", "Remark")  # two tables never touch

    def column_styles(self) -> Iterator[ET.Element]:
        """The styles of the widths that the tables used."""
        for share in self._widths:
            properties = _node("style:table-column-properties", style__rel_column_width=f"{share * 1000}*")
            yield _node(
                "style:style", properties, style__name=f"column-{share}", style__family="table-column"
            )

    def _contents(self, block: Contents) -> ET.Element:
        title = _node(
            "text:index-title",
            _paragraph(block.title, "Contents_20_Heading"),
            text__name="Sommaire_Titre",
        )
        body = _node("text:index-body", title)
        for rank, heading in enumerate(self._headings, 1):
            if heading.level <= block.depth:
                link = Run(heading.text, href=f"#titre-{rank}")
                body.append(_paragraph([link], f"Contents_20_{heading.level}"))
        return _node(
            "text:table-of-content",
            _contents_source(block),
            body,
            text__name="Sommaire",
            text__protected="false",
        )


def _contents_source(block: Contents) -> ET.Element:
    source = _node(
        "text:table-of-content-source",
        _node("text:index-title-template", text=block.title, text__style_name="Contents_20_Heading"),
        text__outline_level=str(block.depth),
    )
    for level in range(1, block.depth + 1):
        source.append(
            _node(
                "text:table-of-content-entry-template",
                _node("text:index-entry-link-start"),
                _node("text:index-entry-text"),
                _node("text:index-entry-tab-stop", style__type="right", style__leader_char="."),
                _node("text:index-entry-page-number"),
                _node("text:index-entry-link-end"),
                text__outline_level=str(level),
                text__style_name=f"Contents_20_{level}",
            )
        )
    return source


def _plain_nodes(block: Block) -> Iterable[ET.Element]:
    match block:
        case Facts():
            for label, value in block.pairs:
                yield _paragraph([Run(label, bold=True), Run("\t"), *_runs(value)], "Facts")
        case Quotation():
            if block.label:
                yield _paragraph(block.label, "Quotation_20_label")
            yield from _paragraphs(block.text, "Quotations")
        case Signature():
            yield from _paragraphs(block.text, "Signature")


def _list(block: Bullets) -> ET.Element:
    style = "Numbering_20_1" if block.numbered else "List_20_1"
    node = _node("text:list", text__style_name=style)
    for item in block.items:
        node.append(_node("text:list-item", *_paragraphs(item, style)))
    return node


def _row(cells: Iterable[Iterable[ET.Element]]) -> ET.Element:
    return _node(
        "table:table-row",
        *(
            _node("table:table-cell", *cell, table__style_name="Cell", office__value_type="string")
            for cell in cells
        ),
        table__style_name="Row",
    )


def _runs(text: Text) -> Sequence[Run]:
    return [Run(text)] if isinstance(text, str) else text


def _paragraphs(text: Text, style: str) -> Iterator[ET.Element]:
    """A paragraph for each part between blank lines; at least one."""
    if not isinstance(text, str):
        yield _paragraph(text, style)
        return
    for part in _BLANK_LINE.split(text.strip("\r\n")):
        yield _paragraph(part, style)


def _paragraph(text: Text, style: str) -> ET.Element:
    node = _node("text:p", text__style_name=style)
    for run in _runs(text):
        _add_run(node, run)
    return node


def _add_run(node: ET.Element, run: Run) -> None:
    if not run.text:
        return
    if _SAFE_LINK.fullmatch(run.href):
        link = _node(
            "text:a",
            xlink__type="simple",
            xlink__href=run.href,
            text__style_name="Internet_20_link",
            text__visited_style_name="Internet_20_link",
        )
        node.append(link)
        node = link
    looks = [("Strong_20_Emphasis", run.bold), ("Emphasis", run.italic)]
    for style, wanted in looks:
        if wanted:
            span = _node("text:span", text__style_name=style)
            node.append(span)
            node = span
    _fill(node, run.text)


def _fill(node: ET.Element, text: str) -> None:
    """Append a text: line ends, tabs and several spaces are elements in ODF."""
    text = clean(text)
    start = 0
    for found in _PIECES.finditer(text):
        _append_text(node, text[start : found.start()])
        node.append(_sign(found[0]))
        start = found.end()
    _append_text(node, text[start:])


def _sign(piece: str) -> ET.Element:
    if piece == "\t":
        return _node("text:tab")
    if piece.startswith(" "):
        return _node("text:s", text__c=str(len(piece)))
    return _node("text:line-break")


def _append_text(node: ET.Element, text: str) -> None:
    if len(node):
        node[-1].tail = (node[-1].tail or "") + text
    else:
        node.text = (node.text or "") + text


# ---- the styles: the same calm document as the PDFs ----

_INK, _QUIET, _ACCENT, _RULE = "#1b1d22", "#575d69", "#1d4f91", "#d9dadd"
_FONT = "'Liberation Sans', Arial, sans-serif"


def _styles(document: Document) -> ET.Element:
    return _root(
        "office:document-styles",
        _node("office:styles", _default_style(document.locale), *_paragraph_styles(), *_other_styles()),
        _node("office:automatic-styles", *_page_layouts()),
        _node("office:master-styles", *_pages(document)),
    )


def _default_style(locale: str) -> ET.Element:
    language, country = ("en", "GB") if locale.startswith("en") else ("fr", "FR")
    return _node(
        "style:default-style",
        _node(
            "style:paragraph-properties",
            fo__orphans="2",
            fo__widows="2",
            style__tab_stop_distance="1.25cm",
        ),
        _node(
            "style:text-properties",
            style__font_name="Liberation Sans",
            fo__font_family=_FONT,
            fo__font_size="10.5pt",
            fo__color=_INK,
            fo__language=language,
            fo__country=country,
        ),
        style__family="paragraph",
    )


def _style(
    name: str,
    shown: str,
    parent: str = "Standard",
    *,
    following: str = "",
    level: int = 0,
    lists: str = "",
    text: dict[str, str] | None = None,
    **block: str,
) -> ET.Element:
    """A paragraph style: its properties as « fo__margin_top », those of its text in `text`."""
    node = _node("style:style", style__name=name, style__display_name=shown, style__family="paragraph")
    optional = {
        "style:parent-style-name": parent if name != "Standard" else "",
        "style:next-style-name": following,
        "style:default-outline-level": str(level) if level else "",
        "style:list-style-name": lists,
        "style:class": "text",
    }
    for key, value in optional.items():
        if value:
            node.set(_name(key), value)
    if block:
        node.append(_node("style:paragraph-properties", **block))
    if text:
        node.append(_node("style:text-properties", **text))
    return node


def _paragraph_styles() -> Iterator[ET.Element]:
    yield _style("Standard", "Standard")
    yield _style(
        "Text_20_body", "Text body", fo__margin_top="0cm", fo__margin_bottom="0.2cm", fo__line_height="120%"
    )
    yield _style("Remark", "Remark", "Text_20_body", text={"fo__font_size": "8.5pt", "fo__color": _QUIET})
    yield from _heading_styles()
    yield from _opening_page_styles()
    yield from _part_styles()
    yield from _contents_styles()


def _heading_styles() -> Iterator[ET.Element]:
    yield _style(
        "Heading",
        "Heading",
        following="Text_20_body",
        text={"fo__font_weight": "bold"},
        fo__keep_with_next="always",
    )
    sizes = {1: ("16pt", "0.8cm"), 2: ("13pt", "0.6cm"), 3: ("11.5pt", "0.5cm"), 4: ("10.5pt", "0.4cm")}
    for level, (size, above) in sizes.items():
        yield _style(
            f"Heading_20_{level}",
            f"Heading {level}",
            "Heading",
            following="Text_20_body",
            level=level,
            text={"fo__font_size": size},
            fo__margin_top=above,
            fo__margin_bottom="0.2cm",
        )


def _opening_page_styles() -> Iterator[ET.Element]:
    yield _style("Sender", "Sender", text={"fo__font_size": "10pt", "fo__color": _ACCENT})
    yield _style(
        "Title",
        "Title",
        "Heading",
        following="Subtitle",
        text={"fo__font_size": "22pt"},
        fo__margin_top="0.8cm",
        fo__margin_bottom="0.2cm",
    )
    yield _style(
        "Subtitle",
        "Subtitle",
        following="Text_20_body",
        text={"fo__font_size": "12pt", "fo__color": _QUIET},
        fo__margin_bottom="0.6cm",
    )


def _part_styles() -> Iterator[ET.Element]:
    yield _style("List_20_1", "List 1", "Text_20_body", lists="List_20_1", fo__margin_bottom="0.1cm")
    yield _style(
        "Numbering_20_1", "Numbering 1", "Text_20_body", lists="Numbering_20_1", fo__margin_bottom="0.1cm"
    )
    yield _style("Table_20_Contents", "Table Contents", text={"fo__font_size": "9.5pt"})
    yield _style(
        "Table_20_Heading",
        "Table Heading",
        "Table_20_Contents",
        text={"fo__font_weight": "bold", "fo__color": _QUIET, "fo__font_size": "9pt"},
        fo__keep_with_next="always",
    )
    yield _style(
        "Caption",
        "Caption",
        text={"fo__font_weight": "bold", "fo__font_size": "9.5pt"},
        fo__margin_top="0.3cm",
        fo__margin_bottom="0.1cm",
        fo__keep_with_next="always",
    )
    yield _style(
        "Quotations",
        "Quotations",
        "Text_20_body",
        fo__margin_left="0.5cm",
        fo__padding_left="0.3cm",
        fo__border_left=f"1.5pt solid {_ACCENT}",
    )
    yield _style(
        "Quotation_20_label",
        "Quotation label",
        following="Quotations",
        text={"fo__font_weight": "bold", "fo__font_size": "9.5pt"},
        fo__margin_top="0.2cm",
        fo__margin_bottom="0.1cm",
        fo__margin_left="0.5cm",
        fo__keep_with_next="always",
    )
    yield _style("Signature", "Signature", fo__margin_top="0.8cm", fo__margin_left="9cm")
    facts = _style("Facts", "Facts", "Text_20_body")
    properties = _node("style:paragraph-properties", fo__margin_left="4.5cm", fo__text_indent="-4.5cm")
    properties.append(_node("style:tab-stops", _node("style:tab-stop", style__position="0cm")))
    facts.append(properties)
    yield facts
    small = {"fo__font_size": "8.5pt", "fo__color": _QUIET}
    for name in ("Header", "Footer"):
        furniture = _style(name, name)
        stops = _node("style:tab-stops", _node("style:tab-stop", style__position="17cm", style__type="right"))
        furniture.append(_node("style:paragraph-properties", stops))
        furniture.append(_node("style:text-properties", **small))
        yield furniture


def _contents_styles() -> Iterator[ET.Element]:
    yield _style("Contents_20_Heading", "Contents Heading", "Heading", text={"fo__font_size": "13pt"})
    for level in range(1, DEEPEST + 1):
        entry = _style(f"Contents_20_{level}", f"Contents {level}")
        stops = _node(
            "style:tab-stops",
            _node(
                "style:tab-stop",
                style__position=f"{17 - (level - 1) * 0.5}cm",
                style__type="right",
                style__leader_style="dotted",
                style__leader_text=".",
            ),
        )
        indent = f"{(level - 1) * 0.5}cm"
        entry.append(
            _node("style:paragraph-properties", stops, fo__margin_left=indent, fo__margin_bottom="0.1cm")
        )
        yield entry


def _other_styles() -> Iterator[ET.Element]:
    for name, shown, properties in (
        ("Strong_20_Emphasis", "Strong Emphasis", {"fo__font_weight": "bold"}),
        ("Emphasis", "Emphasis", {"fo__font_style": "italic"}),
        (
            "Internet_20_link",
            "Internet link",
            {"fo__color": _ACCENT, "style__text_underline_style": "solid"},
        ),
    ):
        yield _node(
            "style:style",
            _node("style:text-properties", **properties),
            style__name=name,
            style__display_name=shown,
            style__family="text",
        )
    yield _outline()
    yield _list_style("List_20_1", "List 1", "text:list-level-style-bullet", text__bullet_char="–")
    yield _list_style(
        "Numbering_20_1",
        "Numbering 1",
        "text:list-level-style-number",
        style__num_format="1",
        style__num_suffix=".",
    )
    yield from _table_styles()


def _outline() -> ET.Element:
    outline = _node("text:outline-style", style__name="Outline")
    for level in range(1, DEEPEST + 1):
        outline.append(_node("text:outline-level-style", text__level=str(level), style__num_format=""))
    return outline


def _list_style(name: str, shown: str, tag: str, **attributes: str) -> ET.Element:
    place = _node(
        "style:list-level-label-alignment",
        text__label_followed_by="listtab",
        text__list_tab_stop_position="0.6cm",
        fo__text_indent="-0.6cm",
        fo__margin_left="0.6cm",
    )
    properties = _node(
        "style:list-level-properties", place, text__list_level_position_and_space_mode="label-alignment"
    )
    level = _node(tag, properties, text__level="1", **attributes)
    return _node("text:list-style", level, style__name=name, style__display_name=shown)


def _table_styles() -> Iterator[ET.Element]:
    for name, family, tag, properties in (
        (
            "Table",
            "table",
            "style:table-properties",
            {"style__width": "17cm", "table__align": "margins", "fo__margin_bottom": "0.2cm"},
        ),
        ("Row", "table-row", "style:table-row-properties", {"fo__keep_together": "always"}),
        (
            "Cell",
            "table-cell",
            "style:table-cell-properties",
            {"fo__padding": "0.1cm", "fo__border_bottom": f"0.5pt solid {_RULE}"},
        ),
    ):
        yield _node("style:style", _node(tag, **properties), style__name=name, style__family=family)


def _page_layouts() -> Iterator[ET.Element]:
    yield _node(
        "style:page-layout",
        _node(
            "style:page-layout-properties",
            fo__page_width="21cm",
            fo__page_height="29.7cm",
            style__print_orientation="portrait",
            fo__margin_top="1.5cm",
            fo__margin_bottom="1.5cm",
            fo__margin_left="2cm",
            fo__margin_right="2cm",
        ),
        _node(
            "style:header-style",
            _node("style:header-footer-properties", fo__min_height="1cm", fo__margin_bottom="0.4cm"),
        ),
        _node(
            "style:footer-style",
            _node("style:header-footer-properties", fo__min_height="1cm", fo__margin_top="0.4cm"),
        ),
        style__name="page",
    )


def _pages(document: Document) -> Iterator[ET.Element]:
    first = _node("style:header", _paragraph(document.notice, "Header"))
    later = _node("style:header")
    if document.notice:
        later.append(_paragraph(document.notice, "Header"))
    later.append(_paragraph(document.running, "Header"))
    pages = (("First_20_Page", "First Page", first), ("Standard", "Standard", later))
    for name, shown, header in pages:
        page = _node(
            "style:master-page",
            header,
            _node("style:footer", _footer(document)),
            style__name=name,
            style__display_name=shown,
            style__page_layout_name="page",
        )
        if name != "Standard":
            page.set(_name("style:next-style-name"), "Standard")
        yield page


def _footer(document: Document) -> ET.Element:
    english = document.locale.startswith("en")
    line = _node("text:p", text__style_name="Footer")
    _fill(line, f"{document.footer}\tPage ")
    line.append(_node("text:page-number", text="1", text__select_page="current"))
    _fill(line, " of " if english else " sur ")
    line.append(_node("text:page-count", text="1"))
    return line


# ---- what stands around ----


def _meta(document: Document) -> ET.Element:
    meta = _node(
        "office:meta",
        _node("meta:generator", text=GENERATOR),
        _node("dc:title", text=document.title),
        _node("dc:language", text="en-GB" if document.locale.startswith("en") else "fr-FR"),
    )
    if document.author:
        meta.append(_node("dc:creator", text=document.author))
        meta.append(_node("meta:initial-creator", text=document.author))
    if document.day:
        instant = f"{document.day.isoformat()}T00:00:00"
        meta.append(_node("meta:creation-date", text=instant))
        meta.append(_node("dc:date", text=instant))
    for keyword in document.keywords:
        meta.append(_node("meta:keyword", text=keyword))
    return _root("office:document-meta", meta)


def _manifest() -> ET.Element:
    root = _node("manifest:manifest", manifest__version="1.3")
    for path, kind in (
        ("/", MEDIA_TYPE),
        ("content.xml", "text/xml"),
        ("styles.xml", "text/xml"),
        ("meta.xml", "text/xml"),
    ):
        root.append(_node("manifest:file-entry", manifest__full_path=path, manifest__media_type=kind))
    return root
