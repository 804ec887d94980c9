"""Reads of the programme's facts, of its announced span, and of the documents that they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from sqlalchemy import select

from tnt.core.db import db
from tnt.programme.models import ProgrammeFact
from tnt.programme.rules import announced_end

SOURCES_FILE = Path(__file__).resolve().parent / "data" / "sources.yaml"


@dataclass(frozen=True, slots=True)
class Source:
    """A document: its title where it has one, what it is about, who published it and when."""

    key: str
    title: str
    about: str
    publisher: str
    published: str
    deduced: bool


@lru_cache(maxsize=1)
def list_sources() -> tuple[Source, ...]:
    """The documents, in the order of their numbers."""
    return tuple(Source(**each) for each in yaml.safe_load(SOURCES_FILE.read_text("utf-8")))


def facts_of(*sections: str) -> dict[str, list[ProgrammeFact]]:
    """The facts of some sections (all of them when none is named), each in its order; one query."""
    statement = select(ProgrammeFact).order_by(ProgrammeFact.section, ProgrammeFact.position)
    if sections:
        statement = statement.where(ProgrammeFact.section.in_(sections))
    found: dict[str, list[ProgrammeFact]] = {section: [] for section in sections}
    for fact in db.session.scalars(statement):
        found.setdefault(fact.section, []).append(fact)
    return found


@dataclass(frozen=True, slots=True)
class Announcement:
    """When and where the programme was announced, for how long, and so until when."""

    on: date
    place: str
    years: int
    until: date


def announcement(facts: list[ProgrammeFact]) -> Announcement | None:
    """The announced span, from the facts of the section « programme »; None when they do not say it."""
    said = {fact.key.removeprefix("programme."): fact.text for fact in facts}
    if not {"announced_on", "duration_years"} <= said.keys():
        return None
    on, years = date.fromisoformat(said["announced_on"]), int(said["duration_years"])
    return Announcement(on, said.get("announced_at", ""), years, announced_end(on, years))


@dataclass(frozen=True, slots=True)
class Extension:
    """The decision that extends the programme: its number, its words, its page."""

    label: str
    wording: str
    decided_on: date
    url: str


_EXTENSIONS: list[Callable[[], Extension | None]] = []


def register_extension(provider: Callable[[], Extension | None]) -> None:
    """Have a feature above tell the latest decision in force that extends the programme."""
    _EXTENSIONS[:] = [provider]


def extension() -> Extension | None:
    """The latest decision in force that extends the programme, as the features above tell it."""
    return _EXTENSIONS[0]() if _EXTENSIONS else None
