"""From the programme's file to its facts: one row a statement, with its source. Pure.

The words of the rows are those of the file; what is added here only names them (« Durée », « Taux »).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tnt.core.formats import date_medium, month_year

Data = Mapping[str, Any]
CENTS = 100
_EVERY = {"semester": "semestre", "quarter": "trimestre"}


@dataclass(frozen=True, slots=True)
class FactRow:
    """A statement of the file. `amount_cents` is an amount: a later change of it is only reported."""

    key: str
    section: str
    label: str
    text: str = ""
    amount_cents: int | None = None
    approximate: bool = False
    source: str = ""
    interpretation: bool = False


def fact_rows(data: Data) -> list[FactRow]:
    """Every statement of the file that has no table of its own."""
    return [
        *_programme(data["programme"]),
        *_cadence(data["committees"]),
        *_fund(data["fund"]),
        *_axes(data["fund"]["axes"]),
        *_needs(data["needs_platform"]),
        *_examples(data),
        *_contributions(data["contributions"]),
    ]


def _sentence(words: list[str]) -> str:
    return "\n".join(words)


def _programme(programme: Data) -> Iterator[FactRow]:
    source = programme["source"]
    announced = programme["announced_on"]
    yield FactRow("programme.name", "programme", "Nom", programme["name"], source=source)
    yield FactRow("programme.acronym", "programme", "Sigle", programme["acronym"], source=source)
    yield FactRow(
        "programme.announced_on",
        "programme",
        "Annonce",
        announced.isoformat(),
        source=source,
        interpretation=True,
    )
    yield FactRow(
        "programme.announced_at", "programme", "Lieu de l’annonce", programme["announced_at"], source=source
    )
    yield FactRow(
        "programme.duration_years",
        "programme",
        "Durée annoncée, en années",
        str(programme["duration_years"]),
        source=source,
    )
    for number, aim in enumerate(programme["aims"], start=1):
        yield FactRow(f"programme.aim.{number}", "aims", aim, source=source)


def _cadence(committees: list[Data]) -> Iterator[FactRow]:
    for committee in committees:
        every = committee["cadence"]["every"]
        yield FactRow(
            f"cadence.{committee['key']}",
            "cadence",
            committee["name"],
            f"une séance par {_EVERY[every]}",
            source=committee["source"],
            interpretation=every == "semester",  # « bi-annuelle » is read as « deux fois par an »
        )


def _fund(fund: Data) -> Iterator[FactRow]:
    for number, line in enumerate(fund["history"], start=1):
        yield FactRow(
            f"fund.history.{number}",
            "fund_history",
            line["label"],
            amount_cents=line["amount_eur"] * CENTS,
            source=line["source"],
        )
    granted = fund["granted_2021_10"]
    yield FactRow(
        "fund.granted_2021_10",
        "fund_granted",
        "Attribué en octobre 2021",
        f"« {granted['wording']} » millions d’euros",
        amount_cents=granted["amount_eur"] * CENTS,
        approximate=granted["approximate"],
        source=granted["source"],
    )
    for grant in fund["flat_grants"]:
        yield FactRow(
            f"fund.flat.{grant['key']}",
            "fund_flat",
            grant["name"],
            grant.get("note", ""),
            amount_cents=grant["amount_eur"] * CENTS,
            source=grant["source"],
        )
    yield FactRow(
        "fund.policies",
        "fund_priority",
        "Politiques publiques examinées en priorité",
        _sentence(fund["priority_policies"]),
        source="002",
    )
    yield FactRow("fund.targeting", "fund_priority", "Ciblage", fund["targeting"], source="000")


def _axes(axes: list[Data]) -> Iterator[FactRow]:
    for axis in axes:
        yield from _axis(axis, f"fund.{axis['key']}")


def _axis(axis: Data, section: str) -> Iterator[FactRow]:
    source = axis.get("source", "001, 002")
    if "eligibility" in axis:
        people = f"{axis['eligibility']['or_min_population']:,}".replace(",", "\u202f")
        yield FactRow(
            f"{section}.eligibility",
            section,
            "Éligibilité",
            "Collectivités ou groupements qui couvrent un département ou réunissent au moins "
            f"{people} habitants (001 ; « environ » selon 002)",
            source="001, 002",
        )
    if "subsidy_rate" in axis:
        rate = axis["subsidy_rate"]
        yield FactRow(
            f"{section}.rate",
            section,
            f"Taux de {rate['value']:.0%}".replace("%", "\u00a0%"),
            rate["applies_to"],
            source=rate["source"],
        )
    for call in axis.get("calls", ()):
        yield FactRow(
            f"{section}.call.{call['key']}", section, call["theme"], _waves(call), source=call["source"]
        )
    for name, label in (("uses", "Emplois"), ("criteria", "Critères")):
        if name in axis:
            yield FactRow(f"{section}.{name}", section, label, _sentence(axis[name]), source=source)
    for earmark in axis.get("earmarks", ()):
        yield FactRow(
            f"{section}.earmark.{earmark['key']}",
            section,
            earmark["name"],
            amount_cents=earmark["amount_eur"] * CENTS,
            source=earmark["source"],
            interpretation=earmark.get("interpretation", False),
        )
    if "note" in axis:
        yield FactRow(f"{section}.note", section, "Écart entre les sources", axis["note"], source="001, 002")


def _waves(call: Data) -> str:
    if "waves" not in call:
        return ""
    years = " et ".join(str(year) for year in call["years"])
    return f"{call['waves']} appels à projets, {years}"


def _needs(needs: Data) -> Iterator[FactRow]:
    yield FactRow(
        "needs.steps",
        "needs",
        "De la remontée des besoins au co-développement",
        _sentence(needs["steps"]),
        source="001, 002",
    )
    calendar = needs["calendar"]
    yield FactRow(
        "needs.calendar",
        "needs",
        "Calendrier annoncé",
        f"besoins jusqu’au {date_medium(calendar['needs_until'])} ; vote en {_month(calendar['vote'])} ; "
        f"mise en œuvre à partir de l’{calendar['start']}",
        source="002",
    )


def _month(code: str) -> str:
    year, _, month = code.partition("-")
    return month_year(date(int(year), int(month), 1))


def _examples(data: Data) -> Iterator[FactRow]:
    yield FactRow(
        "catalogue", "catalogue", "Solutions nommées", _sentence(data["catalogue_named"]), source="001, 002"
    )
    for number, project in enumerate(data["example_projects"], start=1):
        yield FactRow(
            f"example.{number}",
            "examples",
            project["bearer"],
            f"{project['object']} (mise en service : {project['in_service']})",
            source="003",
        )


def _contributions(contributions: list[Data]) -> Iterator[FactRow]:
    for each in contributions:
        points = each.get("points") or each["stakes"]
        title = each.get("title", "")
        label = " – ".join(part for part in (each["association"], title) if part)
        if "proposals" in each:
            label += f" : {each['proposals']} propositions"
        yield FactRow(
            f"contribution.{each['source']}", "contributions", label, _sentence(points), source=each["source"]
        )
