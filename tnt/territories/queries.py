"""Reads of the regions and the départements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from tnt.core.db import db
from tnt.core.words import plain, words
from tnt.territories.models import Territory, TerritoryKind


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region with its départements; `matches` tells whether the region itself was looked for."""

    code: str
    name: str
    status: str
    population: int | None
    departements: Sequence[TerritoryRow]


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    """A département, or an overseas collectivity."""

    code: str
    name: str
    status: str
    population: int | None


def region_choices() -> list[tuple[int, str]]:
    """(id, name) of every region, by name."""
    rows = db.session.execute(
        select(Territory.id, Territory.name)
        .where(Territory.kind == TerritoryKind.REGION)
        .order_by(Territory.name)
    )
    return [(row.id, row.name) for row in rows]


def search_regions(text: str = "") -> list[RegionRow]:
    """The regions and their départements that answer a name or a code; one query.

    A region that answers keeps all its départements; else only the ones that answer.
    """
    wanted = words(text)
    rows = list(db.session.scalars(select(Territory).order_by(Territory.kind, Territory.code)))
    children: dict[int, list[Territory]] = {}
    for row in rows:
        if row.region_id is not None:
            children.setdefault(row.region_id, []).append(row)
    found = []
    for region in sorted((row for row in rows if row.region_id is None), key=_rank):
        own = children.get(region.id, [])
        if not _answers(region, wanted):
            own = [row for row in own if _answers(row, wanted)]
            if not own:
                continue
        shown = [TerritoryRow(row.code, row.name, row.status, row.population) for row in own]
        found.append(RegionRow(region.code, region.name, region.status, region.population, shown))
    return found


def _rank(region: Territory) -> tuple[int, str]:
    """Metropolitan regions first, then overseas ones; by name."""
    return (("metro", "drom", "com").index(region.status), plain(region.name))


def _answers(row: Territory, wanted: list[str]) -> bool:
    text = f" {plain(row.name)} {plain(row.code)}"
    return all(f" {word}" in text for word in wanted)
