"""Shape of what is typed about objectives; what it must say is checked by the rules."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from tnt.objectives.rules import MEASURE_LENGTH, TITLE_LENGTHS
from tnt.objectives.services import semester_name
from tnt.programme.rules import Period


class TextsForm(FlaskForm):
    """The two texts of an objective."""

    title = StringField(
        _l("Objectif"),
        [InputRequired(_l("Indiquez l’objectif en une phrase (3 à 300 caractères)."))],
        description=_l("Une phrase, un verbe, un chiffre : « Raccorder 1 500 communes »."),
        render_kw={"maxlength": TITLE_LENGTHS[1]},
    )
    measure = TextAreaField(
        _l("Mesure de la réussite"),
        description=_l("Ce que le comité regardera à la fin du semestre pour dire s’il est atteint."),
        render_kw={"maxlength": MEASURE_LENGTH, "rows": 3},
    )


class RewordForm(TextsForm):
    """The texts of an objective that is still proposed."""

    version = HiddenField("")


class ProposeForm(TextsForm):
    """A new objective."""

    group_id = SelectField(
        _l("Groupe projet"), [InputRequired(_l("Choisissez le groupe."))], validate_choice=False
    )
    semester = SelectField(
        _l("Semestre"), [InputRequired(_l("Choisissez le semestre."))], validate_choice=False
    )

    def offer(self, groups: Iterable[tuple[int, str]], semesters: Iterable[Period]) -> None:
        """Fill the choices."""
        self.group_id.choices = [
            SelectChoice("", _l("Choisissez un groupe")),
            *(SelectChoice(str(group_id), name) for group_id, name in groups),
        ]
        self.semester.choices = [SelectChoice(each.code, semester_name(each)) for each in semesters]
