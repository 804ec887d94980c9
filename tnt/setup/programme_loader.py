"""Loads the real programme from the files that ship with the application.

Loading twice changes nothing and journals nothing. A label that changed in the file is applied and
journalled, before → after. An amount that changed is reported and never applied: amounts move by decision.
Nothing is deleted: what left the file is reported. What was renamed here (an institution, by an
administrator) is left as it is.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from tnt.committees import services as committees
from tnt.committees.models import Committee, Institution, InstitutionKind, RemitLine
from tnt.core import clock, dataset, journal
from tnt.core.access import Actor
from tnt.core.db import transaction
from tnt.core.formats import euros
from tnt.fund.models import Fund, FundAxis
from tnt.programme.models import ProgrammeFact
from tnt.programme.rules import Every, period_of
from tnt.projects.models import Workstream
from tnt.roadmap.models import RoadmapAxis, RoadmapState, RoadmapVersion
from tnt.setup.facts import CENTS, Data, fact_rows
from tnt.territories.models import Territory, TerritoryKind

FEATURES = Path(__file__).resolve().parent.parent
PROGRAMME_FILE = FEATURES / "programme" / "data" / "programme.yaml"
TERRITORY_FILES = {
    TerritoryKind.REGION: FEATURES / "territories" / "data" / "regions.csv",
    TerritoryKind.DEPARTEMENT: FEATURES / "territories" / "data" / "departements.csv",
}
CODES = {"orientation": "CO", "coordination": "CC"}
INSTITUTION_KINDS = {
    "state": InstitutionKind.STATE,
    "associations": InstitutionKind.ASSOCIATION,
    "other": InstitutionKind.OTHER,
}
FUND_KEY = "tnt"
ROADMAP_SOURCE = "000"

Row = Mapping[str, str]
Loaded = TypeVar("Loaded", bound=Any)


@dataclass(slots=True)
class Report:
    """What loading did, for the console: counts, labels changed, amounts reported, what left the file."""

    added: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)

    @property
    def nothing_changed(self) -> bool:
        """Whether the database already held all of it."""
        return not (self.added or self.changed)

    def lines(self) -> list[str]:
        """The summary in French."""
        kinds = list(dict.fromkeys([*self.added, *self.unchanged]))
        told = [f"{kind} – ajouts : {self.added[kind]}, inchangés : {self.unchanged[kind]}" for kind in kinds]
        told += [f"Libellé modifié : {line}" for line in self.changed]
        told += [f"À examiner, non appliqué : {line}" for line in self.reported]
        if self.nothing_changed:
            told.append("Le programme était déjà chargé : rien n’a changé.")
        return told


def read_programme(path: Path = PROGRAMME_FILE) -> dict[str, Any]:
    """The programme's file."""
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return data


def read_territories() -> dict[TerritoryKind, list[Row]]:
    """The regions and the départements, as their files give them."""
    found: dict[TerritoryKind, list[Row]] = {}
    for kind, path in TERRITORY_FILES.items():
        with path.open(encoding="utf-8", newline="") as lines:
            found[kind] = list(csv.DictReader(lines))
    return found


def load_programme(
    actor: Actor,
    *,
    data: Data | None = None,
    territories: Mapping[TerritoryKind, list[Row]] | None = None,
    followed_from: date | None = None,
) -> Report:
    """Load everything, all or nothing, and say what changed.

    `followed_from`: the day from which the committees' cadence is followed when they are first loaded; by
    default the first day of the running period, so that nothing of the past shows as missed.
    """
    data = read_programme() if data is None else data
    territories = read_territories() if territories is None else territories
    loading = Loading(actor, Report())
    with transaction() as session:
        loading.session = session
        _load_territories(loading, territories)
        _load_institutions(loading, data["institutions"])
        _load_committees(loading, data["committees"], followed_from)
        _load_workstreams(loading, data["workstreams"])
        _load_roadmap(loading, data["roadmap_axes"])
        _load_fund(loading, data["fund"])
        _load_facts(loading, data)
        dataset.mark(dataset.PROGRAMME)
    return loading.report


@dataclass(slots=True)
class Loading:
    """One run: who loads, into which session, and what is told of it."""

    actor: Actor
    report: Report
    session: Session = field(init=False)

    def add(self, kind: str, row: Any, *, tell: bool = True) -> None:
        """Add a row; `tell` False when one entry of the journal covers the whole set."""
        self.session.add(row)
        self.session.flush()
        self.report.added[kind] += 1
        if tell:
            journal.record(self.actor, "programme.load", row, after={"name": getattr(row, "name", "")})

    def compare(
        self,
        kind: str,
        name: str,
        row: Any,
        labels: Mapping[str, Any],
        amounts: Mapping[str, Any] | None = None,
    ) -> None:
        """Apply the labels that changed; report the amounts that did."""
        self.report.unchanged[kind] += 1
        before, after = journal.changes(row, labels)
        if after:
            for column, value in after.items():
                setattr(row, column, value)
            journal.record(self.actor, "programme.relabel", row, before=before, after=after)
            told = ", ".join(f"« {before[column]} » → « {after[column]} »" for column in after)
            self.report.changed.append(f"{kind}, {name} : {told}")
        before, after = journal.changes(row, amounts or {})
        for column, value in after.items():
            self.report.reported.append(
                f"{kind}, {name} : {_money(before[column])} ici, {_money(value)} dans le fichier"
            )

    def sync(
        self,
        kind: str,
        name: str,
        row: Loaded | None,
        make: Callable[..., Loaded],
        labels: Mapping[str, Any],
        amounts: Mapping[str, Any] | None = None,
    ) -> Loaded:
        """Add the row when it is new, else compare it."""
        if row is None:
            row = make(**labels, **(amounts or {}))
            self.add(kind, row)
        else:
            self.compare(kind, name, row, labels, amounts)
        return row

    def tell_missing(self, kind: str, known: Iterable[str], present: Iterable[str]) -> None:
        """Report what the database holds and the file no longer does."""
        for key in sorted(set(known) - set(present)):
            self.report.reported.append(f"{kind}, {key} : ne figure plus dans le fichier ; conservé ici")


def _money(cents: int | None) -> str:
    return "sans montant" if cents is None else euros(cents, exact=True)


def _by_key(session: Session, model: type[Loaded]) -> dict[str, Loaded]:
    return {row.key: row for row in session.scalars(select(model)) if row.key}


def _load_territories(loading: Loading, territories: Mapping[TerritoryKind, list[Row]]) -> None:
    known = {(row.kind, row.code): row for row in loading.session.scalars(select(Territory))}
    new: list[Territory] = []
    for kind in (TerritoryKind.REGION, TerritoryKind.DEPARTEMENT):
        for line in territories[kind]:
            row = known.get((kind, line["code"]))
            labels = _territory_labels(kind, line, known)
            if row is not None:
                loading.compare("Territoires", line["name"], row, labels)
                continue
            row = Territory(kind=kind, code=line["code"], **labels)
            loading.add("Territoires", row, tell=False)
            known[kind, row.code] = row
            new.append(row)
    if new:
        after = {"count": len(new)}
        journal.record(loading.actor, "territories.load", new[0], after=after)


def _territory_labels(
    kind: TerritoryKind, line: Row, known: Mapping[tuple[TerritoryKind, str], Territory]
) -> dict[str, Any]:
    """What the file says of a territory; its population is a figure that each vintage replaces."""
    labels: dict[str, Any] = {
        "name": line["name"],
        "status": line["kind"],
        "population": int(line["population"]) if line["population"] else None,
    }
    if kind is TerritoryKind.DEPARTEMENT:
        labels["region_id"] = known[TerritoryKind.REGION, line["region_code"]].id
    return labels


def _load_institutions(loading: Loading, groups: Mapping[str, list[Data]]) -> None:
    known = _by_key(loading.session, Institution)
    present = []
    for group, kind in INSTITUTION_KINDS.items():
        for line in groups[group]:
            present.append(line["key"])
            row = known.get(line["key"])
            if row is None:
                committees.add_institution(loading.actor, kind=kind, **_institution(line))
                loading.report.added["Institutions"] += 1
            else:
                _compare_institution(loading, row, line)
    loading.tell_missing("Institutions", known, present)


def _institution(line: Data) -> dict[str, Any]:
    return {
        "key": line["key"],
        "name": line["name"],
        "acronym": line.get("acronym", ""),
        "source": line["source"],
        "interpretation": line.get("interpretation", False),
    }


def _compare_institution(loading: Loading, row: Institution, line: Data) -> None:
    labels = {name: value for name, value in _institution(line).items() if name != "key"}
    renamed_here = row.version > 1 and (row.name, row.acronym) != (labels["name"], labels["acronym"])
    if renamed_here:
        named = labels.pop("name"), labels.pop("acronym")
        if named[0] not in {each.name for each in row.former_names}:
            loading.report.reported.append(
                f"Institutions, {row.name} : modifiée ici, le fichier dit « {named[0]} »"
            )
    loading.compare("Institutions", row.name, row, labels)


def _load_committees(loading: Loading, lines: list[Data], followed_from: date | None) -> None:
    known = _by_key(loading.session, Committee)
    for line in lines:
        labels = {
            "name": line["name"],
            "chaired_by": line["chaired_by"] or "",
            "members_text": line["members"],
            "source": line["source"],
        }
        row = known.get(line["key"])
        if row is None:
            every = Every(line["cadence"]["every"])
            row = Committee(
                key=line["key"],
                code=CODES[line["key"]],
                every=every,
                followed_from=followed_from or period_of(clock.today(), every).first_day,
                **labels,
            )
            loading.add("Comités", row)
        else:
            loading.compare("Comités", row.name, row, labels)
        _load_remit(loading, row, line)
    loading.tell_missing("Comités", known, [line["key"] for line in lines])


def _load_remit(loading: Loading, committee: Committee, line: Data) -> None:
    held = loading.session.scalars(select(RemitLine).where(RemitLine.committee_id == committee.id))
    known = {each.position: each for each in held}
    for position, text in enumerate(line["remit"], start=1):
        row = known.get(position)
        if row is None:
            new = RemitLine(committee_id=committee.id, position=position, text=text, source=line["source"])
            loading.add("Missions des comités", new)
        else:
            labels = {"text": text, "source": line["source"]}
            loading.compare("Missions des comités", committee.name, row, labels)
    positions = {str(position) for position in range(1, len(line["remit"]) + 1)}
    loading.tell_missing(f"Missions du {committee.name}", map(str, known), positions)


def _load_workstreams(loading: Loading, lines: list[Data]) -> None:
    known = _by_key(loading.session, Workstream)
    for position, line in enumerate(lines, start=1):
        labels = {
            "name": line["name"],
            "position": position,
            "priority": line.get("priority"),
            "announced_as": line.get("announced_as", ""),
            "source": line["source"],
            "interpretation": line.get("interpretation", False),
        }
        make = _maker(Workstream, key=line["key"])
        loading.sync("Chantiers", line["name"], known.get(line["key"]), make, labels)
    loading.tell_missing("Chantiers", known, [line["key"] for line in lines])


def _maker(model: type[Loaded], **fixed: Any) -> Callable[..., Loaded]:
    def make(**values: Any) -> Loaded:
        row: Loaded = model(**fixed, **values)
        return row

    return make


def _load_roadmap(loading: Loading, lines: list[Data]) -> None:
    """The axes of 000 are a first version, a draft: only a decision validates it."""
    version = loading.session.scalar(select(RoadmapVersion).where(RoadmapVersion.number == 1))
    if version is None:
        version = RoadmapVersion(number=1, source=ROADMAP_SOURCE, interpretation=True)
        loading.add("Versions de la feuille de route", version)
    else:
        loading.report.unchanged["Versions de la feuille de route"] += 1
    known = {axis.key: axis for axis in version.axes}
    for position, line in enumerate(lines, start=1):
        labels = {"name": line["name"], "position": position}
        row = known.get(line["key"])
        if row is None:
            loading.add(
                "Axes de la feuille de route",
                RoadmapAxis(version_id=version.id, key=line["key"], **labels),
            )
        elif version.state is RoadmapState.DRAFT:
            loading.compare("Axes de la feuille de route", row.name, row, labels)
        else:
            loading.report.unchanged["Axes de la feuille de route"] += 1
            if row.name != line["name"]:
                loading.report.reported.append(
                    f"Axes de la feuille de route, {row.name} : version validée par décision"
                )
    loading.tell_missing("Axes de la feuille de route", known, [line["key"] for line in lines])


def _load_fund(loading: Loading, line: Data) -> None:
    fund = loading.sync(
        "Fonds",
        line["name"],
        _by_key(loading.session, Fund).get(FUND_KEY),
        _maker(Fund, key=FUND_KEY),
        {"name": line["name"], "source": "001, 002, 003"},
        {"ceiling_cents": line["total_eur"] * CENTS},
    )
    known = _by_key(loading.session, FundAxis)
    for position, axis in enumerate(line["axes"], start=1):
        labels = {
            "position": position,
            "name": axis["name"],
            "led_by": axis["led_by"],
            "detail": axis.get("detail", ""),
            "source": axis.get("source", "001, 002"),
        }
        loading.sync(
            "Axes du fonds",
            axis["name"],
            known.get(axis["key"]),
            _maker(FundAxis, fund_id=fund.id, key=axis["key"]),
            labels,
            {"amount_cents": axis["amount_eur"] * CENTS},
        )
    loading.tell_missing("Axes du fonds", known, [axis["key"] for axis in line["axes"]])


def _load_facts(loading: Loading, data: Data) -> None:
    known = _by_key(loading.session, ProgrammeFact)
    rows = fact_rows(data)
    new: list[ProgrammeFact] = []
    positions: Counter[str] = Counter()
    for fact in rows:
        positions[fact.section] += 1
        labels = {
            "section": fact.section,
            "position": positions[fact.section],
            "label": fact.label,
            "text": fact.text,
            "approximate": fact.approximate,
            "source": fact.source,
            "interpretation": fact.interpretation,
        }
        amounts = {"amount_cents": fact.amount_cents}
        row = known.get(fact.key)
        if row is None:
            row = ProgrammeFact(key=fact.key, **labels, **amounts)
            loading.add("Faits sourcés", row, tell=False)
            new.append(row)
        else:
            loading.compare("Faits sourcés", fact.label, row, labels, amounts)
    if new:
        journal.record(loading.actor, "programme_facts.load", new[0], after={"count": len(new)})
    loading.tell_missing("Faits sourcés", known, [fact.key for fact in rows])
