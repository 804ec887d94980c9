"""The real programme: loaded whole, twice without effect, labels applied, amounts only reported."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tnt.committees import queries as committees
from tnt.committees import services as committee_services
from tnt.committees.models import Institution
from tnt.core import dataset, journal
from tnt.core.access import SYSTEM
from tnt.core.db import db, transaction
from tnt.fund.models import Fund, FundAxis
from tnt.programme.models import ProgrammeFact
from tnt.projects.models import Workstream
from tnt.roadmap.models import RoadmapAxis, RoadmapState, RoadmapVersion
from tnt.setup.facts import fact_rows
from tnt.setup.programme_loader import Report, load_programme, read_programme
from tnt.territories.models import Territory, TerritoryKind

pytestmark = pytest.mark.usefixtures("app")


def load(data: dict[str, Any] | None = None) -> Report:
    """Load with a file of the test's own; the territories are those of the project."""
    return load_programme(SYSTEM, data=data)


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def last_detail() -> tuple[str, dict[str, Any], dict[str, Any]]:
    entry = db.session.scalars(
        select(journal.JournalEntry).order_by(journal.JournalEntry.seq.desc()).limit(1)
    ).one()
    assert entry.detail is not None
    return entry.action, entry.detail.payload["before"], entry.detail.payload["after"]


def test_everything_is_there(app: Flask) -> None:
    load()
    assert [(each.key, each.code, each.every.value) for each in committees.list_committees()] == [
        ("orientation", "CO", "semester"),
        ("coordination", "CC", "quarter"),
    ]
    coordination = committees.get_committee("coordination")
    assert [line for line, _interpreted in committees.remit_of(coordination.id)] == [
        "consolider un point d’avancement des projets engagés",
        "proposer des orientations et des objectifs semestriels",
        "organiser la création, la réorientation, la poursuite ou l’arrêt des projets",
        "mobiliser des acteurs opérationnels",
    ]
    assert {kind: count_of_kind(kind) for kind in TerritoryKind} == {
        TerritoryKind.REGION: 26,
        TerritoryKind.DEPARTEMENT: 109,
    }
    assert (count(Institution), count(Workstream), count(FundAxis), count(RoadmapAxis)) == (15, 4, 3, 4)
    assert dataset.loaded_at(dataset.PROGRAMME) is not None


def count_of_kind(kind: TerritoryKind) -> int:
    return db.session.scalar(select(func.count(Territory.id)).where(Territory.kind == kind)) or 0


def test_the_fund_adds_up(app: Flask) -> None:
    load()
    fund = db.session.scalars(select(Fund)).one()
    assert fund.ceiling_cents == 8_800_000_000 == sum(axis.amount_cents for axis in fund.axes)
    axes = [(axis.key, axis.amount_cents) for axis in fund.axes]
    assert axes == [("axe-1", 3_000_000_000), ("axe-2", 2_400_000_000), ("axe-3", 3_400_000_000)]


def test_the_roadmap_is_a_draft_and_an_interpretation(app: Flask) -> None:
    load()
    version = db.session.scalars(select(RoadmapVersion)).one()
    assert (version.number, version.state, version.interpretation) == (1, RoadmapState.DRAFT, True)


def test_a_territory_is_its_kind_and_code(app: Flask) -> None:
    load()
    found = db.session.execute(
        select(Territory.kind, Territory.name).where(Territory.code == "01").order_by(Territory.id)
    )
    assert [(kind.value, name) for kind, name in found] == [("region", "Guadeloupe"), ("departement", "Ain")]


def test_every_fact_has_a_source_and_says_when_it_is_an_interpretation(app: Flask) -> None:
    load()
    facts = list(db.session.scalars(select(ProgrammeFact)))
    assert [fact.key for fact in facts if not fact.source] == []
    assert sorted(fact.key for fact in facts if fact.interpretation) == [
        "cadence.orientation",
        "fund.axe-3.earmark.laboratoires",
        "programme.announced_on",
    ]
    interpreted = select(Institution.name).where(Institution.interpretation)
    assert len(list(db.session.scalars(interpreted))) == 8


def test_the_past_is_not_followed_by_default(app: Flask) -> None:
    load()
    followed = {each.key: each.followed_from for each in committees.list_committees()}
    assert followed == {"orientation": date(2026, 7, 1), "coordination": date(2026, 10, 1)}


def test_loading_twice_changes_and_journals_nothing(app: Flask) -> None:
    first = load()
    assert not first.nothing_changed
    entries = journal.count()
    second = load()
    assert second.nothing_changed
    assert (second.added, second.changed, second.reported) == ({}, [], [])
    assert second.lines()[-1] == "Le programme était déjà chargé\u00a0: rien n’a changé."
    assert journal.count() == entries
    assert journal.verify() == []


CHANGED_LABELS = [
    (("programme", "name"), "Transformation des Territoires"),
    (("committees", 0, "chaired_by"), "les ministres"),
    (("committees", 1, "remit", 0), "consolider les projets"),
    (("workstreams", 2, "name"), "Urbanisme"),
    (("institutions", "state", 2, "name"), "Direction du numérique"),
    (("roadmap_axes", 0, "name"), "Solutions de l’État"),
    (("fund", "axes", 1, "name"), "Guichet national"),
    (("fund", "flat_grants", 0, "name"), "FranceConnect"),
]
CHANGED_AMOUNTS = [
    (("fund", "total_eur"), 89_000_000),
    (("fund", "axes", 2, "amount_eur"), 35_000_000),
    (("fund", "axes", 2, "earmarks", 0, "amount_eur"), 5_000_000),
    (("fund", "flat_grants", 1, "amount_eur"), 6_000),
    (("fund", "granted_2021_10", "amount_eur"), 41_000_000),
    (("fund", "history", 0, "amount_eur"), 1),
]


def with_change(path: tuple[str | int, ...], value: object) -> tuple[dict[str, Any], object]:
    data = deepcopy(read_programme())
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    before, place[path[-1]] = place[path[-1]], value
    return data, before


@pytest.mark.parametrize(("path", "value"), CHANGED_LABELS)
def test_a_changed_label_is_applied_and_journalled(path: tuple[str | int, ...], value: str) -> None:
    load()
    entries = journal.count()
    data, before = with_change(path, value)
    report = load(data)
    assert (len(report.changed), report.reported, report.added) == (1, [], {})
    action, old, new = last_detail()
    assert action == "programme.relabel"
    assert (list(old.values()), list(new.values())) == ([before], [value])
    assert journal.count() == entries + 1
    assert load(data).nothing_changed


@pytest.mark.parametrize(("path", "value"), CHANGED_AMOUNTS)
def test_a_changed_amount_is_reported_never_applied(path: tuple[str | int, ...], value: int) -> None:
    load()
    entries = journal.count()
    amounts = {row.key: row.amount_cents for row in db.session.scalars(select(ProgrammeFact))}
    data, _before = with_change(path, value)
    for _ in range(2):
        report = load(data)
        assert (len(report.reported), report.changed, report.added) == (1, [], {})
    assert journal.count() == entries
    assert {row.key: row.amount_cents for row in db.session.scalars(select(ProgrammeFact))} == amounts
    fund = db.session.scalars(select(Fund)).one()
    assert (fund.ceiling_cents, fund.axes[2].amount_cents) == (8_800_000_000, 3_400_000_000)


def test_what_left_the_file_is_kept_and_reported(app: Flask) -> None:
    load()
    data = read_programme()
    del data["workstreams"][3]
    report = load(data)
    assert report.reported == [
        "Chantiers, preremplissage\u00a0: ne figure plus dans le fichier\u202f; conservé ici"
    ]
    assert count(Workstream) == 4


def test_a_name_given_here_is_not_taken_back(app: Flask) -> None:
    load()
    dinum = db.session.scalars(select(Institution).where(Institution.key == "dinum")).one()
    committee_services.rename_institution(
        SYSTEM, dinum.id, name="Direction du numérique de l’État", acronym="DNE", from_on=date(2026, 1, 1)
    )
    report = load()
    assert report.nothing_changed
    assert report.reported == []
    assert db.session.get_one(Institution, dinum.id).acronym == "DNE"


def test_a_validated_roadmap_is_not_touched(app: Flask) -> None:
    load()
    with transaction() as session:
        session.scalars(select(RoadmapVersion)).one().state = RoadmapState.VALIDATED
    data, _before = with_change(("roadmap_axes", 0, "name"), "Autre")
    report = load(data)
    assert (report.nothing_changed, len(report.reported)) == (True, 1)


def test_a_failure_leaves_nothing(app: Flask) -> None:
    data = read_programme()
    data["fund"]["axes"][2]["amount_eur"] = -1  # the database refuses it
    with pytest.raises(Exception, match="amount_positive"):
        load(data)
    assert (count(Institution), count(Territory), journal.count()) == (0, 0, 0)


def test_the_rows_are_distinct() -> None:
    keys = [row.key for row in fact_rows(read_programme())]
    assert len(keys) == len(set(keys))


def test_the_command_says_what_it_did(app: Flask) -> None:
    runner = app.test_cli_runner()
    first = runner.invoke(args=["programme", "load", "--followed-from", "2025-01-01"])
    assert first.exit_code == 0
    assert "Territoires – ajouts\u00a0: 135, inchangés\u00a0: 0" in first.output.splitlines()
    assert committees.get_committee("orientation").followed_from == date(2025, 1, 1)
    second = runner.invoke(args=["programme", "load"])
    assert second.output.splitlines()[-1] == "Le programme était déjà chargé\u00a0: rien n’a changé."
