"""Shapes of what is entered while a session is held."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tnt.actions.forms import OwnerField
from tnt.agendas.forms import FOLLOW_UPS, SCORES, objective_ask
from tnt.agendas.services import ObjectiveAsk
from tnt.core.forms import DayField, TextArea, TextInput
from tnt.sittings.rules import Choice, Draft, OutcomeKind, VoteMode


class Select(widgets.Select):
    """A list of some sixty names: each option is written at once. The components know it by its name."""

    @classmethod
    def render_option(cls, choice: Any, **_attributes: Any) -> Markup:  # type: ignore[override]  # newer than its stubs
        """One option, escaped."""
        chosen = " selected" if choice.selected else ""
        value, label = escape(choice.value), escape(choice.label)
        return Markup(f'<option{chosen} value="{value}">{label}</option>')  # noqa: S704 - escaped above


def _lines(typed: str | None) -> str:
    """A text with plain ends of lines: forms send other ones than the script that saves as one types."""
    return (typed or "").replace("\r\n", "\n").strip()


class OutcomeForm(FlaskForm):
    """How an item stands. The outcome itself is the button pressed."""

    version = HiddenField("")  # without a label of ours, WTForms looks one up in its own catalogue
    wording = TextAreaField(_l("Texte de la décision"), widget=TextArea())
    mission = TextAreaField(_l("Mission donnée au groupe par cette décision"), widget=TextArea())
    notes = TextAreaField(_l("Notes de séance"), widget=TextArea())
    defer_reason = StringField(_l("Motif du report"), [Length(max=500)], widget=TextInput())
    vote_mode = RadioField(
        _l("Mode de décision"),
        choices=[
            SelectChoice(VoteMode.CONSENSUS.value, _l("consensus")),
            SelectChoice(VoteMode.COUNT.value, _l("vote")),
            SelectChoice(VoteMode.BY_NAME.value, _l("vote nominatif")),
        ],
        default=VoteMode.CONSENSUS.value,
    )
    for_ = IntegerField(_l("Pour"), [Optional(), NumberRange(0, 10_000)], default=0)
    against = IntegerField(_l("Contre"), [Optional(), NumberRange(0, 10_000)], default=0)
    abstain = IntegerField(_l("Abstentions"), [Optional(), NumberRange(0, 10_000)], default=0)

    casting = SelectField(
        _l("Voix prépondérante du président"),
        choices=[
            SelectChoice("", _l("sans objet")),
            SelectChoice(Choice.FOR.value, _l("pour")),
            SelectChoice(Choice.AGAINST.value, _l("contre")),
        ],
        default="",
    )

    @property
    def mission_typed(self) -> str:
        """The mission as it was typed, empty for none."""
        return _lines(self.mission.data)

    @property
    def expected_version(self) -> int:
        """The version of the outcome when the form was opened; 0 before the first save."""
        text = self.version.data or "0"
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def draft(self, kind: OutcomeKind | None) -> Draft:
        """What was entered, with the outcome of the button."""
        return Draft(
            kind=kind,
            wording=_lines(self.wording.data),
            notes=_lines(self.notes.data),
            defer_reason=(self.defer_reason.data or "").strip(),
            vote_mode=VoteMode(self.vote_mode.data or VoteMode.CONSENSUS.value),
            for_=self.for_.data or 0,
            against=self.against.data or 0,
            abstain=self.abstain.data or 0,
            casting=Choice(self.casting.data) if self.casting.data else None,
        )


class ScoringForm(OutcomeForm):
    """How an item stands that scores an objective: the result may be amended in session."""

    score = RadioField(_l("Résultat donné à l’objectif"), choices=SCORES, validate_choice=False)
    follow_up = RadioField(
        _l("Suite, si l’objectif n’est pas atteint"), choices=FOLLOW_UPS, validate_choice=False
    )
    amended_title = StringField(_l("Nouvel énoncé"), [Length(max=300)])

    def ask(self) -> ObjectiveAsk:
        """The result as it was entered, without the comment, which is the proposal's."""
        return objective_ask(self.score.data, self.follow_up.data, self.amended_title.data)


class ActionForm(FlaskForm):
    """An action noted on an item."""

    title = StringField(_l("Action"), [Length(max=300)])
    owner = OwnerField(_l("Responsable"), validate_choice=True, widget=Select())
    due_on = DayField(_l("Échéance"), [InputRequired(_l("Indiquez une échéance."))])
