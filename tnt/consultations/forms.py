"""Shapes of what is entered about consultations and measures."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from tnt.agendas.forms import GroupForm, ObjectiveForm, WordsForm
from tnt.consultations.models import WrittenConsultation
from tnt.consultations.rules import MEASURE_KINDS, Choice
from tnt.consultations.services import NewAction, Words
from tnt.core.forms import DayField
from tnt.decisions.forms import KINDS
from tnt.decisions.rules import ActKind


def _id(value: Any) -> int | None:
    """The id of a choice; None for « none »."""
    return int(value) if value not in {None, "", "None"} else None


CHOICES = {
    Choice.APPROVE: _l("Pour"),
    Choice.REJECT: _l("Contre"),
    Choice.ABSTAIN: _l("Abstention"),
    Choice.SESSION: _l("Je demande un examen en séance"),
}


class Asking:
    """What a consultation asks besides its words: the question, and until when."""

    question = TextAreaField(
        _l("Question aux membres"),
        [InputRequired(_l("Posez la question aux membres.")), Length(max=10_000)],
        description=_l("Ce qui est demandé et pourquoi une séance n’est pas nécessaire."),
    )
    due_on = DayField(_l("Réponse au plus tard le"), [InputRequired(_l("Indiquez la date limite."))])

    def asked(self) -> Words:
        """What was entered."""
        fields: Any = self
        return Words(
            question=fields.question.data or "",
            due_on=fields.due_on.data,
            title=fields.title.data or "",
            draft_wording=fields.draft_wording.data or "",
        )


class PlainQuestion(Asking, WordsForm):
    """A question on anything else than the life of a group or an objective."""

    minutes = None  # type: ignore[assignment]  # a session's
    rapporteur_id = None  # type: ignore[assignment]
    section_id = None  # type: ignore[assignment]
    title = StringField(_l("Objet"), [InputRequired(_l("Indiquez l’objet.")), Length(max=300)])
    group_id = SelectField(_l("Groupe projet concerné"), coerce=_id)


class GroupQuestion(Asking, GroupForm):
    """A question on the life of a group."""

    minutes = None  # type: ignore[assignment]
    rapporteur_id = None  # type: ignore[assignment]
    section_id = None  # type: ignore[assignment]
    effective_on = DayField(
        _l("Date d’effet"), [Optional()], description=_l("Laissez vide : le jour de la clôture")
    )


class ObjectiveQuestion(Asking, ObjectiveForm):
    """A question on an objective."""

    minutes = None  # type: ignore[assignment]
    rapporteur_id = None  # type: ignore[assignment]
    section_id = None  # type: ignore[assignment]


def words_of(consultation: WrittenConsultation) -> dict[str, Any]:
    """A consultation as the values of a form."""
    names = ("title", "question", "due_on", "draft_wording", "group_id")
    return {name: getattr(consultation, name) for name in names} | {"version": str(consultation.version)}


class VersionedForm(FlaskForm):
    """A form that knows which version was read."""

    version = HiddenField("")

    @property
    def expected_version(self) -> int:
        """The version read; 0 when the field was tampered with."""
        text = self.version.data or "0"
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class PaperForm(FlaskForm):
    """A paper to join."""

    title = StringField(_l("Intitulé"), [Length(max=200)], description=_l("À défaut, le nom du fichier."))
    paper = FileField(_l("Fichier"))


class ScanForm(VersionedForm):
    """What was signed on paper."""

    scan = FileField(_l("Relevé signé (PDF)"))


class ReplyForm(VersionedForm):
    """What one answers."""

    choice = RadioField(
        _l("Votre réponse"),
        choices=[SelectChoice(choice.value, label) for choice, label in CHOICES.items()],
        validate_choice=False,
    )
    remark = TextAreaField(_l("Observation"), [Length(max=5_000)])

    def chosen(self, *, is_voting: bool) -> Choice | None:
        """The choice; of an advisory voice, its remark."""
        if not is_voting:
            return Choice.REMARK
        return Choice(self.choice.data) if self.choice.data in set(CHOICES) else None

    def given(self, *, is_voting: bool) -> dict[str, Any]:
        """What was entered, as the services take it."""
        return {
            "choice": self.chosen(is_voting=is_voting),
            "remark": self.remark.data or "",
            "expected_version": self.expected_version,
        }


class SendForm(VersionedForm):
    """« Envoyer »: nothing to type."""


class CloseForm(FlaskForm):
    """« Clore »: the replies that were read."""

    seen = HiddenField("")


class ReasonForm(VersionedForm):
    """Why it is withdrawn."""

    reason = TextAreaField(_l("Motif"), [InputRequired(_l("Indiquez le motif.")), Length(max=2_000)])


class VisaForm(VersionedForm):
    """« Viser »: nothing to type."""


class CorrectionForm(VersionedForm):
    """What a co-chair asks to correct."""

    comment = TextAreaField(_l("Correction demandée"), [Length(max=5_000)])


class CorrectedForm(VersionedForm):
    """The text corrected."""

    wording = TextAreaField(_l("Texte"), [Length(max=10_000)])


class MeasureForm(FlaskForm):
    """What a co-chair decides, why, and perhaps an action."""

    act_kind = RadioField(
        _l("Nature"), default=ActKind.MOBILISE_ACTOR.value, choices=[], validate_choice=False
    )
    title = StringField(_l("Objet"), [InputRequired(_l("Indiquez l’objet.")), Length(max=300)])
    wording = TextAreaField(
        _l("Texte de la mesure"), [InputRequired(_l("Indiquez le texte.")), Length(max=10_000)]
    )
    reason = TextAreaField(
        _l("Motif"),
        [InputRequired(_l("Indiquez le motif.")), Length(max=2_000)],
        description=_l("Pourquoi la prochaine séance ne peut pas être attendue. Les membres le lisent."),
    )
    group_id = SelectField(_l("Groupe projet concerné"), coerce=_id)
    action_title = StringField(_l("Action demandée"), [Length(max=300)])
    owner = SelectField(_l("À la charge de"), default="")
    action_due_on = DayField(_l("Échéance"), [Optional()])

    def offer(self, kinds: list[ActKind], owners: Any, groups: Any) -> None:
        """Fill the choices; the owners are « p-12 » or « i-3 »."""
        self.act_kind.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in kinds]
        self.owner.choices = owners
        self.group_id.choices = groups

    def kind(self) -> ActKind:
        """The kind chosen; one that no measure may be when the field was tampered with."""
        known = {kind.value for kind in MEASURE_KINDS}
        return ActKind(self.act_kind.data) if self.act_kind.data in known else ActKind.STOP_GROUP

    def action(self) -> NewAction | None:
        """The action, when one is asked."""
        title = (self.action_title.data or "").strip()
        if not title and not self.owner.data and self.action_due_on.data is None:
            return None
        side, _dash, number = (self.owner.data or "").partition("-")
        chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
        return NewAction(
            title,
            self.action_due_on.data,
            owner_id=chosen if side == "p" else None,
            owner_institution_id=chosen if side == "i" else None,
        )
