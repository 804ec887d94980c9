"""Imports and foreign keys only go down; rules are pure; time has one reader."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from tests.conftest import ROOT
from tnt import FEATURES
from tnt.core.db import Base

SOURCES = sorted((ROOT / "tnt").rglob("*.py"))
SUFFIXES = {".py", ".html", ".md", ".yaml", ".typ", ".txt", ".js", ".css", ""}


def test_the_contract_says_the_same_order_as_the_application() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (layers,) = [
        contract["layers"]
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract.get("containers") == ["tnt"]
    ]
    assert layers == [*FEATURES, "core"]


def test_every_folder_is_a_feature_with_its_docstring() -> None:
    folders = {path.parent.name: path for path in (ROOT / "tnt").glob("*/__init__.py")}
    assert set(folders) == {*FEATURES, "core"}
    for path in folders.values():
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_no_foreign_key_points_to_a_higher_feature(sqlite_app: Flask) -> None:
    order = {name: height for height, name in enumerate([*FEATURES, "core"])}
    home = {
        mapper.local_table.name: mapper.class_.__module__.split(".")[1] for mapper in Base.registry.mappers
    }
    upward = [
        f"{table.name}.{column.name} ({home[table.name]}) -> {key.column.table.name}"
        for table in Base.metadata.sorted_tables
        if table.name in home
        for column in table.columns
        for key in column.foreign_keys
        if order[home[key.column.table.name]] < order[home[table.name]]
    ]
    assert upward == []


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_rules_import_the_standard_library_errors_and_other_rules_only() -> None:
    # a policy answers about an actor
    allowed_here = re.compile(r"tnt\.(core\.(errors|words)\.|core\.access\.Actor$|\w+\.(rules|policies)\b)")
    found = [path for path in SOURCES if path.stem in {"rules", "policies"} or "rules" in path.parts]
    assert found
    impure = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in found
        for name in _imports(ast.parse(path.read_text()))
        if name.split(".")[0] not in sys.stdlib_module_names and not allowed_here.match(name)
    ]
    assert impure == []


def _calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_time_has_one_reader() -> None:
    clocks = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time)$")
    readers = [
        f"{path.relative_to(ROOT)}:{line} {call}"
        for path in SOURCES
        if path != ROOT / "tnt/core/clock.py"
        for line, call in _calls(ast.parse(path.read_text()))
        if clocks.search(call)
    ]
    assert readers == []


def test_only_the_ground_commits() -> None:
    committers = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        if path != ROOT / "tnt/core/db.py"
        for line, call in _calls(ast.parse(path.read_text()))
        if call.endswith("session.commit")
    ]
    assert committers == []


def test_services_never_read_the_request() -> None:
    forbidden = re.compile(r"flask\.(request|session|g)$|flask_login\.")
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in SOURCES
        if path.stem in {"services", "queries", "models"} and "core" not in path.parts
        for name in _imports(ast.parse(path.read_text()))
        if forbidden.match(name)
    ]
    assert found == []


def test_no_module_bears_a_name_that_says_nothing() -> None:
    vague = {"utils", "util", "helpers", "common", "manager", "misc"}
    assert [path for path in SOURCES if path.stem in vague or path.parent.name in vague] == []


def test_nothing_reads_outside_the_repository() -> None:
    """Neither code nor data nor documents name a folder of the machine on which they were written."""
    outside = re.compile(r"/work/|\.\./shared|/tmp/brief")
    rules = Path(__file__).parent  # they name what they refuse
    tracked = [
        path
        for folder in ("tnt", "templates", "migrations", "tests", "bench", "docs", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".md", ".yaml", ".typ", ".txt", ".js", ".css", ""}
        and path.is_file()
    ]
    top = [
        path for path in ROOT.iterdir() if path.is_file() and path.suffix in {".md", ".toml", ".py", ".txt"}
    ]
    assert [
        str(path.relative_to(ROOT))
        for path in [*tracked, *top]
        if path.parent != rules and outside.search(path.read_text(errors="replace"))
    ] == []
