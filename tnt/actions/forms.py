"""Shape of what is typed about actions, and of the filters of their list."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Form, HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from tnt.actions.queries import CommitteeName
from tnt.actions.rules import TEXT_LENGTHS, MissingProgress, MissingProof, MissingReason
from tnt.core.forms import DayField
from tnt.core.uploads import ACCEPT

STATES = {
    "en-cours": ("open", _l("En cours")),
    "en-retard": ("late", _l("En retard")),
    "achevees": ("done", _l("Achevées")),
    "abandonnees": ("dropped", _l("Abandonnées")),
    "toutes": ("all", _l("Toutes")),
}
DEFAULT_STATE = "en-cours"


class DoneForm(FlaskForm):
    """What proves that the action is done, and since when."""

    version = HiddenField("")
    proof = TextAreaField(
        _l("Ce qui le prouve"),
        [InputRequired(_l(MissingProof.message))],
        description=_l("Un lien, un document, un résultat : les membres du comité le liront."),
        render_kw={"rows": 3, "maxlength": TEXT_LENGTHS[1]},
    )
    file = FileField(
        _l("Pièce"),
        description=_l(
            "PDF, ODT, ODS, ODP, DOCX, XLSX, PPTX, PNG ou JPEG, 20 Mo au plus. À choisir de nouveau si la "
            "saisie est refusée."
        ),
        render_kw={"accept": ACCEPT},
    )
    done_on = DayField(_l("Achevée le"), [InputRequired(_l("Indiquez le jour, par exemple 23/11/2026."))])


class ProgressForm(FlaskForm):
    """How far the action is."""

    text = TextAreaField(
        _l("Où en est l’action"),
        [InputRequired(_l(MissingProgress.message))],
        description=_l("Les membres du comité le liront ; la note reste, datée et signée."),
        render_kw={"rows": 2, "maxlength": TEXT_LENGTHS[1]},
    )


class OwnerField(SelectField):
    """Who is asked to do something: « p12 », a person, or « i3 », an institution."""

    @property
    def ids(self) -> tuple[int | None, int | None]:
        """(person id, institution id) of the owner chosen; nobody: (None, None)."""
        kind, number = (self.data or "")[:1], (self.data or "")[1:]
        chosen = int(number) if number.isascii() and number.isdecimal() else None
        return (chosen if kind == "p" else None, chosen if kind == "i" else None)


class TermsForm(FlaskForm):
    """Another due date, another owner, and why."""

    version = HiddenField("")
    due_on = DayField(_l("Échéance"), [InputRequired(_l("Indiquez une échéance."))])
    owner = OwnerField(_l("Responsable"))
    reason = TextAreaField(
        _l("Motif"),
        [InputRequired(_l(MissingReason.message))],
        description=_l("Les membres du comité le liront."),
        render_kw={"rows": 3, "maxlength": TEXT_LENGTHS[1]},
    )

    def offer(self, owners: Iterable[tuple[str, str]], present: tuple[str, str]) -> None:
        """Fill the choices: who may be asked today, and whoever owns it."""
        offered = dict([present, *owners])
        self.owner.choices = [SelectChoice(*owner) for owner in offered.items()]


class ReasonForm(FlaskForm):
    """Why the action is dropped, or opened again."""

    version = HiddenField("")
    reason = TextAreaField(
        _l("Motif"),
        [InputRequired(_l(MissingReason.message))],
        description=_l("Les membres du comité le liront."),
        render_kw={"rows": 3, "maxlength": TEXT_LENGTHS[1]},
    )


class FilterForm(Form):
    """The filters of the list; an unknown value filters nothing."""

    etat = SelectField(_l("État"), validate_choice=False)
    responsable = SelectField(_l("Responsable"), validate_choice=False)
    comite = SelectField(_l("Comité"), validate_choice=False)

    def offer(self, owners: Iterable[tuple[str, str]], committees: Iterable[CommitteeName]) -> None:
        """Fill the choices, and put the default state where none is asked."""
        self.etat.choices = [SelectChoice(value, label) for value, (_state, label) in STATES.items()]
        self.responsable.choices = [SelectChoice("", _l("Tous")), *(SelectChoice(*owner) for owner in owners)]
        self.comite.choices = [
            SelectChoice("", _l("Tous")),
            *(SelectChoice(each.key, each.name) for each in committees),
        ]
        if self.etat.data not in STATES:
            self.etat.data = DEFAULT_STATE
