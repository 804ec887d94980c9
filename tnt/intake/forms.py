"""Shapes of requests and of the answers given to them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tnt.core.forms import DayField
from tnt.meetings.forms import options
from tnt.projects.rules import Motion, StopKind

STOP_KINDS = options(
    [
        (StopKind.ACHIEVED.value, _l("mission accomplie")),
        (StopKind.ABANDONED.value, _l("abandon")),
        (StopKind.MERGED.value, _l("fusion")),
        (StopKind.TRANSFERRED.value, _l("transfert")),
    ]
)


def _id(value: Any) -> int | None:
    """The id of a choice; None for « none »."""
    return int(value) if value not in {None, "", "None"} else None


class AskForm(FlaskForm):
    """What is asked; the fields that its kind does not need are taken away."""

    committee_id = SelectField(_l("Comité"), [InputRequired()], coerce=_id)
    group_id = SelectField(_l("Groupe projet"), [InputRequired()], coerce=_id)
    title = StringField(_l("Objet"), [Length(max=300)])
    mission = TextAreaField(_l("Mission demandée"), [InputRequired(), Length(max=5_000)])
    stop_kind = RadioField(
        _l("Nature de l’arrêt"), [InputRequired()], choices=STOP_KINDS, validate_choice=False
    )
    reason = TextAreaField(_l("Ce qui motive la demande"), [InputRequired(), Length(max=10_000)])
    wording = TextAreaField(_l("Projet de décision"), [Length(max=10_000)])
    effective_on = DayField(_l("Date d’effet souhaitée"), [Optional()])
    minutes = IntegerField(
        _l("Temps souhaité en séance (minutes)"), [InputRequired(), NumberRange(0, 600)], default=15
    )

    def keep_for(self, motion: Motion | None, *, about_group: bool) -> None:
        """Take away what this kind of request does not use."""
        unused = {"committee_id"} if motion else {"effective_on"}
        if motion not in {Motion.CREATE, Motion.REORIENT}:
            unused.add("mission")
        if motion is not Motion.STOP:
            unused.add("stop_kind")
        if not about_group:
            unused.add("group_id")
            # about a group the title says itself what is asked
            self.title.validators = [InputRequired(), *self.title.validators]
            self.title.flags.required = True
        for name in unused:
            delattr(self, name)

    def value(self, name: str) -> Any:
        """What was entered; None for a field that was taken away."""
        return self._fields[name].data if name in self._fields else None

    @property
    def chosen_stop_kind(self) -> StopKind | None:
        """The kind of stop, if one was chosen."""
        value = self.value("stop_kind")
        return StopKind(value) if value in {kind.value for kind in StopKind} else None


class AnswerForm(FlaskForm):
    """The answer that the author reads."""

    answer = TextAreaField(
        _l("Réponse à l’auteur"), [InputRequired(), Length(max=2_000)], description=_l("Il la lira.")
    )
    version = HiddenField("")


class RedirectForm(FlaskForm):
    """To which committee, and why."""

    committee_id = SelectField(_l("Comité"), [InputRequired()], coerce=_id)
    answer = TextAreaField(_l("Réponse à l’auteur"), [Length(max=2_000)])
    version = HiddenField("")


class WithdrawForm(FlaskForm):
    """The version on which the request was read."""

    version = HiddenField("")
