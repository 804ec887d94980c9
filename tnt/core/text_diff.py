"""What changed between two texts, word by word, for the pages that show both side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup, escape

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_WORD_BY_WORD_LIMIT = (
    3_000  # words of one changed passage; longer ones are compared as a whole, to stay quick
)


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Both texts as safe HTML: what left the old one in <del>, what came into the new one in <ins>."""

    old: Markup
    new: Markup
    changed: bool


def diff(old: str | None, new: str | None) -> TextDiff:
    """Compare two texts, first by line, then by word inside the lines that differ."""
    before, after = old or "", new or ""
    left: list[Markup] = []
    right: list[Markup] = []
    for old_part, new_part, same in _passages(before, after):
        left.append(escape(old_part) if same else _marked(old_part, "del"))
        right.append(escape(new_part) if same else _marked(new_part, "ins"))
    return TextDiff(Markup("").join(left), Markup("").join(right), before != after)


def _marked(text: str, tag: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(tag, text) if text else Markup("")


def _passages(old: str, new: str) -> Iterator[tuple[str, str, bool]]:
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for before, after, same in _blocks(old_lines, new_lines):
        if same:
            yield before, after, True
            continue
        old_words, new_words = _WORDS.findall(before), _WORDS.findall(after)
        if max(len(old_words), len(new_words)) > _WORD_BY_WORD_LIMIT:
            yield before, after, False
        else:
            yield from _blocks(old_words, new_words)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield "".join(old[old_from:old_to]), "".join(new[new_from:new_to]), operation == "equal"
