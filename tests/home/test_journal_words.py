"""Whatever the journal notes has a French name on its page: a feature that adds a kind adds its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from tests.conftest import ROOT
from tnt.accounts.rules import TokenKind
from tnt.core.access import SYSTEM
from tnt.core.db import Base, db
from tnt.core.journal import JournalEntry
from tnt.home.journal_reading import KIND_WORDS, VERB_WORDS
from tnt.setup.programme_loader import load_programme

ACTION = re.compile(r"[a-z_]+\.[a-z_]*[a-z]")
# names of other things that look alike: throttles, security lines, tasks, mails
OTHERS = {
    "check",
    "reset",
    "security",
    "register_purpose",
    "task",
    "enqueue",
    "ForeignKey",
    "get_task",
    "getLogger",
}
STEMS = {"services", "leads", "correspondents", "outbox"}
WRITERS = [
    path
    for path in (ROOT / "tnt").rglob("*.py")
    if (path.stem in STEMS or "services" in path.parts or "setup" in path.parts)
    and "journal." in path.read_text()
]


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _actions(path: Path) -> Iterator[str]:
    """The actions that a module passes to the journal, directly or through a function of its own."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and _name(call) not in OTHERS:
            for value in ast.walk(ast.Tuple(elts=list(call.args), ctx=ast.Load())):
                text = value.value if isinstance(value, ast.Constant) else None
                if isinstance(text, str) and ACTION.fullmatch(text):
                    yield text


def test_every_verb_has_a_french_name() -> None:
    noted = {action for path in WRITERS for action in _actions(path)}
    noted |= {f"account.password_by_{kind.value}" for kind in TokenKind}
    assert len(noted) > 60
    files = ("csv", "yaml")
    verbs = {action.partition(".")[2] for action in noted if not action.endswith(files)}
    assert sorted(verbs - set(VERB_WORDS)) == []


def test_every_thing_that_the_journal_names_has_a_french_name(sqlite_app: Flask) -> None:
    named = {
        str(mapper.local_table.name)
        for mapper in Base.registry.mappers
        if hasattr(mapper.class_, "journal_label")
    }
    assert len(named) > 15
    assert sorted(named - set(KIND_WORDS)) == []


def test_what_the_programme_s_loader_notes_has_a_french_name(sqlite_app: Flask) -> None:
    load_programme(SYSTEM)
    noted = set(db.session.scalars(select(JournalEntry.object_kind).distinct()))
    assert len(noted) > 8
    assert sorted(noted - set(KIND_WORDS)) == []
