"""Text as it is searched: lower case, without accents or signs, « Réorienté » answers « reoriente »."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
_MARKS = re.compile("[\u0300-\u036f]")  # accents, once set apart from their letters
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # tabs and ends of lines stay
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
MOST_WORDS = 8


def plain(text: str) -> str:
    """The words of a text, lower case, unaccented, one space between them; signs are dropped."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).lower()
    return _NOT_A_WORD.sub(" ", _MARKS.sub("", decomposed)).strip()


def words(query: str) -> list[str]:
    """What to look for, at most eight: each word of a query; a number (« CC-2026-T3-07 ») stays whole."""
    found = (plain(word) for word in query.split())
    return list(dict.fromkeys(word for word in found if word))[:MOST_WORDS]


def storable(text: str) -> str:
    """The text without invisible control characters, NUL first; a lone surrogate becomes « � »."""
    return _LONE_SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
