"""Shapes of what is entered around minutes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from tnt.core.forms import DayField

HOW_TO_WRITE = _l(
    "Une ligne vide sépare deux alinéas ; « - » en début de ligne fait une liste, **gras** et *italique* se "
    "notent ainsi."
)


class VersionedForm(FlaskForm):
    """A form that knows which version was read."""

    version = HiddenField("")

    @property
    def expected_version(self) -> int:
        """The version read; 0 when the field was tampered with."""
        text = self.version.data or "0"
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class PassageForm(VersionedForm):
    """The text of a passage."""

    text = TextAreaField(_l("Texte"), description=HOW_TO_WRITE)


class NewPassageForm(FlaskForm):
    """A passage to add, and where."""

    item = SelectField(_l("Point"), coerce=str)
    text = TextAreaField(_l("Texte"), description=HOW_TO_WRITE)
    reserved = BooleanField(
        _l("Passage réservé"),
        description=_l("Il est absent de la version publique et de ce que lisent les invités."),
    )


class CirculateForm(VersionedForm):
    """Until when comments are awaited."""

    due_on = DayField(_l("Observations attendues jusqu’au"), [InputRequired(_l("Indiquez une date."))])


class SeenForm(FlaskForm):
    """A form that sends back the fingerprint of what was read."""

    seen = HiddenField("")


class SignForm(SeenForm):
    """« Signer », as what."""

    role = HiddenField("")


class AmendmentForm(VersionedForm):
    """What somebody asks to change."""

    proposed = TextAreaField(_l("Rédaction proposée"), description=HOW_TO_WRITE)
    comment = TextAreaField(
        _l("Explication"), description=_l("Ce qui est inexact, ou pourquoi changer. Le secrétariat la lit.")
    )


class SettleForm(VersionedForm):
    """The answer to a request: the text that the passage takes, or why not."""

    text = TextAreaField(_l("Texte retenu"), description=HOW_TO_WRITE)
    answer = StringField(
        _l("Réponse à l’auteur"),
        description=_l("Obligatoire pour refuser, en 5 à 500 caractères : l’auteur la lit."),
    )


class RectifyForm(FlaskForm):
    """What is to be put right."""

    reason = TextAreaField(
        _l("Ce qui est à rectifier"),
        description=_l("En 5 à 500 caractères ; les lecteurs le verront en tête de la nouvelle version."),
    )
