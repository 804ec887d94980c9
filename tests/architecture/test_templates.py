"""Every template parses, holds no inline script or style, and its texts go through the catalogues."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# a block that gives a class, not words
_CLASS_BLOCK = re.compile(r"\{% block \w*class %\}[\w -]*\{% endblock %\}")
_ADDRESS = re.compile(r"\b[\w-]+(\.[\w-]+)+\b")
_LETTERS = re.compile(r"[A-Za-zÀ-ÿ]{3,}")
GALLERY = "components.html"  # samples of the components, for whoever builds pages
READ_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt"}
# proper names and marks that are the same in every language
UNTRANSLATED = {"TNT", "Bootstrap", "Python", "Flask", "PostgreSQL", "SQLite", "CSV", "PDF", "SHA-256"}


class Page(HTMLParser):
    """Collects what the content security policy would refuse, and the bare words."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.bare: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "script" and "src" not in names:
            self.refused.append(f"line {self.getpos()[0]}: inline script")
        if tag == "style":
            self.refused.append(f"line {self.getpos()[0]}: inline style sheet")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.refused.append(f"line {self.getpos()[0]}: {name}=")
            if value and value.strip().lower().startswith("javascript:"):
                self.refused.append(f"line {self.getpos()[0]}: javascript:")
            if name in READ_ATTRIBUTES and value and _words(value):
                self.bare.append(f"line {self.getpos()[0]}: {name}={value!r}")
        self._silent += tag in {"script", "style", "code", "kbd"}

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style", "code", "kbd"}

    def handle_data(self, data: str) -> None:
        if not self._silent and _words(data):
            self.bare.append(f"line {self.getpos()[0]}: {data.strip()!r}")


def _words(text: str) -> list[str]:
    kept = _ADDRESS.sub("", text)
    for name in UNTRANSLATED:
        kept = kept.replace(name, "")
    return _LETTERS.findall(kept)


def _without_jinja(source: str) -> str:
    """The HTML alone, on the same lines."""
    return _JINJA.sub(lambda found: "\n" * found[0].count("\n"), _CLASS_BLOCK.sub("", source))


def read(path: Path) -> Page:
    page = Page()
    page.feed(_without_jinja(path.read_text()))
    page.close()
    return page


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_that_the_policy_refuses(path: Path) -> None:
    assert read(path).refused == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.name != GALLERY], ids=name_of)
def test_what_is_read_goes_through_the_catalogues(path: Path) -> None:
    assert read(path).bare == []


def test_every_template_compiles(sqlite_app: Flask) -> None:
    names = sqlite_app.jinja_env.list_templates(extensions=["html", "txt"])
    assert [name for name in names if sqlite_app.jinja_env.get_template(name) is None] == []
    assert {name_of(path) for path in TEMPLATES} <= set(names)


def test_autoescape_is_never_switched_off() -> None:
    unsafe = re.compile(r"\{%-?\s*autoescape\s+false|\|\s*safe\b")
    found = [
        f"{name_of(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if unsafe.search(line)
    ]
    assert found == []


def test_no_right_is_tested_in_a_template() -> None:
    """Templates get `can_…`, so that the rule stands in one place."""
    rights = re.compile(r"\.has(_any)?\(|\bgrants\b")
    found = [
        f"{name_of(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if rights.search(line)
    ]
    assert found == []
