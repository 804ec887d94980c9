"""The filters of the register, read from its address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import SearchField, SelectField, widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.form import BaseForm

from tnt.decisions.queries import Filters
from tnt.decisions.rules import ActKind, ActState, Nature, Series
from tnt.programme.rules import Every, parse_period, periods_between

TEXT_LENGTH = 200

NATURES = {
    Nature.DECISION: _l("Décision"),
    Nature.OPINION: _l("Avis"),
    Nature.PRIOR_ACT: _l("Acte antérieur"),
    Nature.ERRATUM: _l("Erratum"),
}
STATES = {
    ActState.IN_FORCE: _l("En vigueur"),
    ActState.IN_VISA: _l("En visa"),
    ActState.RECTIFIED: _l("Rectifiée"),
    ActState.CANCELLED: _l("Annulée"),
    ActState.PROVISIONAL: _l("Provisoire"),
    ActState.LAPSED: _l("Caduque"),
}
SERIES = {
    Series.SESSION: _l("Séance"),
    Series.CONSULTATION: _l("Consultation écrite"),
    Series.MEASURE: _l("Mesure conservatoire"),
}
KINDS = {
    ActKind.CREATE_GROUP: _l("Création d’un groupe projet"),
    ActKind.REORIENT_GROUP: _l("Réorientation d’un groupe projet"),
    ActKind.CONTINUE_GROUP: _l("Poursuite d’un groupe projet"),
    ActKind.STOP_GROUP: _l("Arrêt d’un groupe projet"),
    ActKind.APPOINT_LEAD: _l("Désignation d’un responsable"),
    ActKind.ADOPT_OBJECTIVE: _l("Adoption d’un objectif semestriel"),
    ActKind.SCORE_OBJECTIVE: _l("Évaluation d’un objectif semestriel"),
    ActKind.MOBILISE_ACTOR: _l("Mobilisation d’un acteur"),
    ActKind.PROGRESS_POINT: _l("Point d’avancement consolidé"),
    ActKind.SET_GOALS: _l("Grands objectifs"),
    ActKind.VALIDATE_ROADMAP: _l("Validation de la feuille de route"),
    ActKind.SET_PRIORITY_AXES: _l("Axes prioritaires du fonds"),
    ActKind.ALLOT_FUND: _l("Répartition du fonds"),
    ActKind.GRANT_OPINION: _l("Avis sur une subvention"),
    ActKind.EXTEND_PROGRAMME: _l("Prolongation du programme"),
    ActKind.APPROVE_MINUTES: _l("Approbation d’un compte rendu"),
    ActKind.NOTE: _l("Prise d’acte"),
    ActKind.OTHER: _l("Autre décision"),
}


class Select(widgets.Select):
    """The usual list, its options written without ceremony: the groups may be three hundred."""

    @classmethod
    def render_option(cls, choice: Any, **_attributes: Any) -> Markup:  # type: ignore[override]  # older stubs
        """One option."""
        mark = Markup(" selected") if choice.selected else ""
        return Markup('<option value="%s"%s>%s</option>') % (choice.value, mark, choice.label)


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the register: its word in the address, its label, what may be chosen."""

    name: str
    label: Any
    options: list[tuple[str, Any]]

    @property
    def known(self) -> Mapping[str, Any]:
        """The labels by value."""
        return dict(self.options)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the register can be narrowed to: committees as (key, name), the first and last day of the acts,
    and what acts may be about as (word of the address, label, things as (id, name)).
    """

    committees: tuple[tuple[str, str], ...]
    covered: tuple[date, date] | None
    subjects: tuple[tuple[str, Any, tuple[tuple[int, str], ...]], ...]

    @property
    def choices(self) -> list[Choice]:
        """The filters, in the order of the page."""
        return [
            Choice("comite", _l("Instance"), list(self.committees)),
            *(
                Choice(name, label, [(str(subject_id), text) for subject_id, text in options])
                for name, label, options in self.subjects
                if options
            ),
            Choice("objet", _l("Objet"), [(kind.value, label) for kind, label in KINDS.items()]),
            Choice("nature", _l("Nature"), [(nature.value, label) for nature, label in NATURES.items()]),
            Choice("periode", _l("Période"), period_options(self.covered)),
            Choice("etat", _l("État"), [(state.value, label) for state, label in STATES.items()]),
        ]


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters to draw: what is offered, and what is chosen of it."""

    offered: Offered
    chosen: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> BaseForm:
        """The form of the filters."""
        return _fields(self.offered.choices, dict(self.chosen))


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use: what it says, and the word of the address to take away."""

    name: str
    label: Any
    value: Any


@dataclass(frozen=True, slots=True)
class RegisterForm:
    """The filters as asked: what is chosen, the chips that say so, and what was not understood."""

    asked: Asked
    chosen: dict[str, str]
    chips: list[Chip]
    ignored: list[Any]
    filters: Filters


def period_options(covered: tuple[date, date] | None) -> list[tuple[str, Any]]:
    """The years, semesters and quarters in which something was decided, the newest first."""
    if covered is None:
        return []
    first, last = covered
    options: list[tuple[str, Any]] = []
    for year in range(last.year, first.year - 1, -1):
        options.append((str(year), _l("Année %(year)s", year=year)))
        for every in Every:
            inside = (max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))
            periods = [p for p in periods_between(*inside, every) if p.year == year]
            options += [(p.code, f"{p.short} {p.year}") for p in reversed(periods)]
    return options


def days_of(code: str) -> tuple[date, date]:
    """The first and last day of « 2026 », « 2026-S2 » or « 2026-T3 ». Raises ValueError."""
    if len(code) == 4:
        return date(int(code), 1, 1), date(int(code), 12, 31)
    period = parse_period(code)
    return period.first_day, period.last_day


def read_filters(asked: Mapping[str, str], offered: Offered) -> RegisterForm:
    """Turn the address into filters; a value that is not offered is ignored, and said to be."""
    text = " ".join(asked.get("q", "").split())[:TEXT_LENGTH]
    chosen: dict[str, str] = {"q": text} if text else {}
    ignored: list[Any] = []
    chips = [Chip("q", _l("Mots"), text)] if text else []
    for choice in offered.choices:
        value = asked.get(choice.name, "").strip()
        if not value:
            continue
        if value not in choice.known:
            ignored.append(choice.label)
            continue
        chosen[choice.name] = value
        chips.append(Chip(choice.name, choice.label, choice.known[value]))
    subjects = [name for name, _label, _options in offered.subjects]
    return RegisterForm(
        Asked(offered, tuple(chosen.items())), chosen, chips, ignored, _filters(chosen, subjects)
    )


def _fields(choices: Iterable[Choice], chosen: Mapping[str, str]) -> BaseForm:
    fields: dict[str, Any] = {"q": SearchField(_l("Mots ou numéro"))}
    fields |= {
        choice.name: SelectField(
            choice.label,
            widget=Select(),
            choices=[SelectChoice("", _l("Tout")), *(SelectChoice(*option) for option in choice.options)],
        )
        for choice in choices
    }
    form = BaseForm(fields)
    form.process(MultiDict(chosen))
    return form


def _filters(chosen: Mapping[str, str], subjects: list[str]) -> Filters:
    first, last = days_of(chosen["periode"]) if "periode" in chosen else (None, None)
    return Filters(
        text=chosen.get("q", ""),
        committee=chosen.get("comite"),
        nature=Nature(chosen["nature"]) if "nature" in chosen else None,
        kind=ActKind(chosen["objet"]) if "objet" in chosen else None,
        state=ActState(chosen["etat"]) if "etat" in chosen else None,
        first_day=first,
        last_day=last,
        subjects=tuple((name, int(chosen[name])) for name in subjects if name in chosen),
    )
