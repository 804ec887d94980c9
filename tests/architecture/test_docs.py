"""What README and docs say exists: links, commands, settings, words on buttons; nothing of a workplace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
# names of roles on the sign-in page, shortened, and words in bold that are no button
NOT_WORDS_OF_THE_SCREEN = {"Coprésident", "Coprésidente", "acte antérieur", "séance passée"}
# read outside config.py: by `serve` and by the Procfile
PROCESS_VARIABLES = {"HOST", "WORKERS"}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    targets = [link.partition("#")[0] for link in LINK.findall(_text(page)) if "://" not in link]
    lost = [target for target in targets if target and not (page.parent / target).exists()]
    assert lost == []


def test_every_page_is_linked() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in LINK.findall(_text(page))
        if "://" not in link
    }
    entrances = {ROOT / "README.md", ROOT / "CHANGELOG.md"}
    assert [page for page in PAGES if page not in linked | entrances] == []


def test_make_targets_cited_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", _text(ROOT / "Makefile"), re.MULTILINE))
    cited = {name for page in PAGES for name in re.findall(r"\bmake ([a-z]+)", _text(page))}
    assert "run" in cited
    assert cited - targets == set()


def test_commands_cited_exist(sqlite_app: Flask) -> None:
    commands = sqlite_app.cli.commands
    cited = [words for page in PAGES for words in re.findall(r"flask --app wsgi ([a-z -]+)", _text(page))]
    assert cited
    unknown = []
    for words in cited:
        group, _, rest = words.strip().partition(" ")
        inner = getattr(commands.get(group), "commands", {})
        first = rest.split(" ")[0]
        if group != "db" and (group not in commands or (inner and first not in inner)):
            unknown.append(words)
    assert unknown == []


def test_the_settings_documented_are_those_read() -> None:
    read = set(re.findall(r"""env(?:\.get\(|, )\s*"([A-Z_]+)\"""", _text(ROOT / "config.py")))
    section = _text(ROOT / "docs/operations.md").partition("\n## Réglages\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    documented = {name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert documented == read


def test_process_variables_are_named() -> None:
    said = set(re.findall(r"`([A-Z_]+)`", _text(ROOT / "docs/operations.md")))
    assert said >= PROCESS_VARIABLES


def _messages() -> Iterator[str]:
    """Every text of the product, as the French sentence in its catalogue."""
    catalogue = _text(ROOT / "tnt/translations/en/LC_MESSAGES/messages.po")
    for block in re.findall(r'^msgid(?:_plural)? ((?:".*"\n)+)', catalogue, re.MULTILINE):
        yield _plain("".join(re.findall(r'"(.*)"\n', block)).replace('\\"', '"'))


def _plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


@pytest.mark.parametrize("page", sorted((ROOT / "docs/guide").glob("*.md")), ids=lambda page: page.stem)
def test_words_in_bold_are_words_of_the_screen(page: Path) -> None:
    known = set(_messages())
    openings = {message.partition("%(")[0].strip() for message in known if "%(" in message}
    unknown = [
        words
        for bold in BOLD.findall(_text(page))
        for words in (_plain(part).rstrip(".…") for part in bold.split("›"))
        if words.strip() not in known | openings | NOT_WORDS_OF_THE_SCREEN
    ]
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_nothing_of_a_workplace_is_mentioned(page: Path) -> None:
    assert re.findall(r"\bshared/|/work/|/tmp/|\bshared\b", _text(page)) == []
