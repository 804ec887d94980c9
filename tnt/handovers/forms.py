"""The questions that a form asks for each thing that a group leaves open, added to the form that stops it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from tnt.core.errors import DomainError
from tnt.core.i18n import refuse
from tnt.handovers.queries import OpenThing
from tnt.handovers.rules import Answer, Fate, ThingKind, check_answer, field_of

FATES = [
    SelectChoice(Fate.CLOSED.value, _l("À clore avec l’arrêt")),
    SelectChoice(Fate.HANDED.value, _l("À confier")),
]
F = TypeVar("F", bound=FlaskForm)


class Questions:
    """What a form with questions can do besides: it holds the things, and reads the answers."""

    things: Sequence[OpenThing] = ()

    def answers(self) -> dict[str, Answer]:
        """What was answered for each thing."""
        return {thing.code: self._answer(thing.code) for thing in self.things}

    def _answer(self, code: str) -> Answer:
        fate, words, heir = (self._value(code, part) for part in ("fate", "words", "heir"))
        return Answer(Fate(fate) if fate in set(Fate) else None, words, heir)

    def _value(self, code: str, part: str) -> str:
        return str(self._fields[field_of(code, part)].data or "")  # type: ignore[attr-defined]  # the form's

    def validate(self, extra_validators: Any = None) -> bool:
        """Every question is answered; each fault stands beside its field."""
        holds = bool(super().validate(extra_validators))  # type: ignore[misc]  # the form's
        for thing in self.things:
            try:
                check_answer(thing.code, thing.title, thing.kind, self._answer(thing.code))
            except DomainError as error:
                refuse(self, error)
                holds = False
        return holds


def with_questions(
    form: type[F], things: Sequence[OpenThing], heirs: Mapping[str, list[tuple[str, str]]]
) -> type[F]:
    """The form with three fields for each thing: what becomes of it, the words, the heir."""
    fields: dict[str, Any] = {"things": tuple(things)}
    for thing in things:
        fields |= _questions(thing, heirs)
    return type(f"{form.__name__}WithQuestions", (Questions, form), fields)


def _questions(thing: OpenThing, heirs: Mapping[str, list[tuple[str, str]]]) -> dict[str, Any]:
    offered = [SelectChoice("", _("Choisir…"))]
    offered += [SelectChoice(code, _("Groupe « %(name)s »", name=name)) for code, name in heirs["groups"]]
    if thing.kind is ThingKind.ACTION:
        offered += [SelectChoice(code, name) for code, name in heirs["people"] + heirs["institutions"]]
    return {
        field_of(thing.code, "fate"): RadioField(thing.title, choices=FATES, validate_choice=False),
        field_of(thing.code, "words"): TextAreaField(_l("Mots de la clôture")),
        field_of(thing.code, "heir"): SelectField(_l("Confié à"), choices=offered, validate_choice=False),
    }


def values_of(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Answers as the values of a form."""
    values: dict[str, str] = {}
    for code, answer in answers.items():
        values[field_of(code, "fate")] = answer.fate.value if answer.fate else ""
        values[field_of(code, "words")] = answer.words
        values[field_of(code, "heir")] = answer.heir
    return values
