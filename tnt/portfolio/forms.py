"""Shape of what is typed on the groups' pages: a day, filters, a proposed group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Form, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from tnt.projects.rules import MISSION_LENGTHS, GroupStatus, StopKind

# value in the address → label, and the statuses or kinds of stop that answer
STATUS_FILTERS: dict[str, tuple[Any, frozenset[str]]] = {
    "actifs": (
        _l("En activité"),
        frozenset({GroupStatus.CREATED, GroupStatus.CONTINUED, GroupStatus.REORIENTED}),
    ),
    "proposes": (_l("Proposés"), frozenset({GroupStatus.PROPOSED})),
    "crees": (_l("Créés"), frozenset({GroupStatus.CREATED})),
    "poursuivis": (_l("Poursuivis"), frozenset({GroupStatus.CONTINUED})),
    "reorientes": (_l("Réorientés"), frozenset({GroupStatus.REORIENTED})),
    "arretes": (_l("Arrêtés"), frozenset({GroupStatus.STOPPED, *StopKind})),
    "non-retenus": (_l("Non retenus"), frozenset({GroupStatus.NOT_RETAINED})),
}


class DayForm(Form):
    """« À une autre date »; the day is parsed by `rules.parse_day`, which says what is wrong with it."""

    au = DateField(_l("Situation au"))


class FilterForm(DayForm):
    """The filters of the portfolio."""

    chantier = SelectField(_l("Chantier"), validate_choice=False)
    statut = SelectField(_l("Statut"), validate_choice=False)

    def offer(self, workstreams: Iterable[tuple[str, str]]) -> None:
        """Fill the choices."""
        every = SelectChoice("", _l("Tous"))
        self.chantier.choices = [every, *(SelectChoice(key, name) for key, name in workstreams)]
        self.statut.choices = [
            every,
            *(SelectChoice(value, label) for value, (label, _statuses) in STATUS_FILTERS.items()),
        ]


class ProposalForm(FlaskForm):
    """A group proposed for the programme; only a decision creates it."""

    name = StringField(
        _l("Nom du groupe"),
        [InputRequired(_l("Indiquez le nom du groupe.")), Length(3, 160, _l("De 3 à 160 caractères."))],
    )
    workstream_id = SelectField(
        _l("Chantier"), [InputRequired(_l("Choisissez le chantier du groupe."))], coerce=str
    )
    mission = TextAreaField(
        _l("Mission proposée"),
        [
            InputRequired(_l("Indiquez la mission proposée.")),
            Length(*MISSION_LENGTHS, _l("De 10 à 5 000 caractères.")),
        ],
        description=_l("Le comité décidera sur ce texte : ce que le groupe doit produire, pour qui."),
    )
    follows_id = SelectField(
        _l("Fait suite à"),
        coerce=str,
        default="",
        description=_l("Un groupe arrêté dont celui-ci reprend la matière."),
    )

    def offer(self, workstreams: Iterable[tuple[int, str]], stopped: Iterable[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.workstream_id.choices = [SelectChoice("", _l("Choisir")), *_texts(workstreams)]
        self.follows_id.choices = [SelectChoice("", _l("Aucun")), *_texts(stopped)]


def _texts(choices: Iterable[tuple[int, str]]) -> list[SelectChoice]:
    return [SelectChoice(str(value), text) for value, text in choices]
