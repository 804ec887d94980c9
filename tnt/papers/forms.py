"""Shapes of what is entered about papers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from tnt.core.forms import DayField
from tnt.core.uploads import ACCEPT

FORMATS = _l(
    "PDF, ODT, ODS, ODP, DOCX, XLSX, PPTX, PNG ou JPEG, 20 Mo au plus chacun. "
    "À choisir de nouveau si la saisie est refusée."
)
RESERVED = _l("Réservée : lue par le secrétariat, la coprésidence et les membres à voix délibérative")


def _id(value: Any) -> int | None:
    """The id of a choice; None for « none »."""
    return int(value) if value not in {None, "", "None"} else None


class FilesForm(FlaskForm):
    """Files to join to an item; one alone may have a title of its own."""

    files = MultipleFileField(
        _l("Fichiers"), [InputRequired()], description=FORMATS, render_kw={"accept": ACCEPT}
    )
    title = StringField(_l("Intitulé"), [Length(max=300)])
    reserved = BooleanField(RESERVED)


class FileForm(FlaskForm):
    """A file for a paper, the first or a new version."""

    file = FileField(_l("Fichier"), [InputRequired()], description=FORMATS, render_kw={"accept": ACCEPT})
    version = HiddenField("")


class AskForm(FlaskForm):
    """A paper to expect: on which item, from whom, what, for when."""

    item_id = SelectField(_l("Point de l’ordre du jour"), [InputRequired()], coerce=_id)
    author_id = SelectField(
        _l("Attendue de"), [InputRequired(_l("Choisissez de qui la pièce est attendue."))], coerce=_id
    )
    title = StringField(_l("Intitulé"), [InputRequired(), Length(max=300)])
    due_on = DayField(_l("Pour le"), [InputRequired()])
    reserved = BooleanField(RESERVED)


class ReviseForm(FlaskForm):
    """The title of a paper, who reads it, from whom and for when it is expected."""

    title = StringField(_l("Intitulé"), [InputRequired(), Length(max=300)])
    author_id = SelectField(_l("Attendue de"), coerce=_id)
    due_on = DayField(_l("Pour le"), [Optional()])
    reserved = BooleanField(RESERVED)
    version = HiddenField("")


class RemarkForm(FlaskForm):
    """What the author is asked to change, and for when."""

    remark = TextAreaField(
        _l("Ce qu’il faut reprendre"),
        [InputRequired(), Length(max=2_000)],
        description=_l("L’auteur le lit dans le message et sur sa page."),
    )
    due_on = DayField(_l("Pour le"), [InputRequired()])
    version = HiddenField("")


class DueForm(FlaskForm):
    """For when every rapporteur is asked."""

    due_on = DayField(_l("Pour le"), [InputRequired()])


class ChaseForm(FlaskForm):
    """What the preview showed."""

    seen = HiddenField("")
