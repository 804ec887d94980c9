"""Shape of an act taken before TNT followed the programme, and of what it made of a group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, ValidationError

from tnt.core.forms import DayField
from tnt.projects.rules import Motion, StopKind

MOTIONS = {
    Motion.CREATE: _l("Il le crée"),
    Motion.REORIENT: _l("Il le réoriente"),
    Motion.CONTINUE: _l("Il le poursuit"),
    Motion.STOP: _l("Il l’arrête"),
}
STOP_KINDS = {
    StopKind.ACHIEVED: _l("Mission accomplie"),
    StopKind.ABANDONED: _l("Abandon"),
    StopKind.MERGED: _l("Fusion"),
    StopKind.TRANSFERRED: _l("Transfert"),
}


class PriorActForm(FlaskForm):
    """Who decided what, when, where it is written, and what it made of a group."""

    authority = StringField(
        _l("Autorité"),
        [InputRequired(_l("Indiquez l’autorité qui a pris l’acte.")), Length(max=200)],
        description=_l("Ministre, comité, agence… : qui a décidé."),
    )
    decided_on = DayField(
        _l("Date de l’acte"),
        [InputRequired(_l("Indiquez la date de l’acte."))],
        description=_l("L’acte prend effet ce jour-là."),
    )
    reference = StringField(
        _l("Référence"), [Length(max=200)], description=_l("Numéro ou cote, s’il y en a.")
    )
    title = StringField(
        _l("Intitulé"),
        [Length(max=300)],
        description=_l("À défaut, le début du texte."),
    )
    wording = TextAreaField(
        _l("Texte de l’acte"),
        [InputRequired(_l("Indiquez le texte de la décision, tel qu’il a été pris.")), Length(max=10_000)],
    )
    source = TextAreaField(
        _l("Source"),
        [Length(max=2_000)],
        description=_l("Où l’on peut le lire : publication, compte rendu, dossier."),
    )
    scan = FileField(
        _l("Acte numérisé (PDF)"),
        description=_l("20 Mo au plus. À choisir de nouveau si la saisie est refusée."),
    )
    group_id = SelectField(_l("Groupe projet concerné"), default="")
    motion = SelectField(_l("Ce que l’acte en a fait"), default="")
    mission = TextAreaField(
        _l("Mission"),
        [Length(max=5_000)],
        description=_l("Pour une création ou une réorientation."),
    )
    reason = TextAreaField(
        _l("Motif"),
        [Length(max=5_000)],
        description=_l("Pour une réorientation ou un arrêt."),
    )
    stop_kind = RadioField(
        _l("Nature de l’arrêt"),
        choices=[SelectChoice(kind.value, label) for kind, label in STOP_KINDS.items()],
        validate_choice=False,
    )
    lead_id = SelectField(
        _l("Responsable désigné"),
        default="",
        description=_l("La personne que l’acte a désignée, s’il y en a une."),
    )
    lead_institution_id = SelectField(_l("Au titre de"), default="")

    def offer(
        self,
        groups: Iterable[tuple[int, str]],
        people: Iterable[tuple[int, str]],
        institutions: Iterable[tuple[int, str]],
    ) -> None:
        """Fill the choices."""
        self.group_id.choices = _with_none(_l("Aucun"), groups)
        self.motion.choices = _with_none(_l("Rien : il le concerne seulement"), MOTIONS.items())
        self.lead_id.choices = _with_none(_l("Personne"), people)
        self.lead_institution_id.choices = _with_none(_l("Choisir"), institutions)

    def validate_motion(self, field: SelectField) -> None:
        """A change of status is that of a group."""
        if field.data and not self.group_id.data:
            raise ValidationError(gettext("Choisissez aussi le groupe que l’acte concerne."))

    def validate_lead_id(self, field: SelectField) -> None:
        """A lead is appointed with what was decided of a group."""
        if field.data and self.motion.data not in {Motion.CREATE, Motion.REORIENT, Motion.CONTINUE}:
            raise ValidationError(
                gettext(
                    "Un responsable est désigné avec la création, la réorientation ou la poursuite du groupe."
                )
            )

    def values(self) -> dict[str, Any]:
        """What was entered, as the service takes it."""
        texts = ("authority", "reference", "title", "wording", "source", "mission", "reason")
        ids = ("group_id", "lead_id", "lead_institution_id")
        stops = self.motion.data == Motion.STOP and self.stop_kind.data in set(StopKind)
        return {
            **{name: self._fields[name].data or "" for name in texts},
            **{name: _id(self._fields[name].data) for name in ids},
            "decided_on": self.decided_on.data,
            "scan": self.scan.data.read() if self.scan.data else b"",
            "motion": Motion(self.motion.data) if self.motion.data else None,
            "stop_kind": StopKind(str(self.stop_kind.data)) if stops else None,
        }


def _id(text: str | None) -> int | None:
    return int(text) if text else None


def _with_none(none: Any, choices: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice("", none), *(SelectChoice(str(value), label) for value, label in choices)]
