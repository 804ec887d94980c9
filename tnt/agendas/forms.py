"""Shapes of agenda items: the words that every item has, and what each kind asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainFields
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tnt.agendas.models import AgendaItem, ItemKind
from tnt.agendas.sections import GATHERS_WORDS, Gathers, Heading
from tnt.agendas.services import GroupAsk, ItemWords, ObjectiveAsk
from tnt.core.forms import DayField
from tnt.handovers.forms import Questions
from tnt.meetings.forms import options
from tnt.objectives.models import ObjectiveMotion
from tnt.objectives.rules import FollowUp, Score
from tnt.projects.models import GroupMotion
from tnt.projects.rules import Motion, StopKind

STOP_KINDS = options(
    [
        (StopKind.ACHIEVED.value, _l("mission accomplie")),
        (StopKind.ABANDONED.value, _l("abandon")),
        (StopKind.MERGED.value, _l("fusion")),
        (StopKind.TRANSFERRED.value, _l("transfert")),
    ]
)
SCORES = options(
    [
        (Score.REACHED.value, _l("atteint")),
        (Score.PARTLY.value, _l("partiellement atteint")),
        (Score.NOT_REACHED.value, _l("non atteint")),
        (Score.ABANDONED.value, _l("abandonné")),
    ]
)
FOLLOW_UPS = options(
    [
        ("", _l("sans objet")),
        (FollowUp.RENEWED.value, _l("reconduit au semestre suivant")),
        (FollowUp.AMENDED.value, _l("reconduit sous un autre énoncé")),
        (FollowUp.DROPPED.value, _l("abandonné")),
    ]
)
KINDS = options([(ItemKind.DECISION.value, _l("Décision")), (ItemKind.OPINION.value, _l("Avis"))])
DRAFTED = _l("Laissez vide : il est rédigé à partir de ce qui est demandé, et reste modifiable.")


def _id(value: Any) -> int | None:
    """The id of a choice; None for « none »."""
    return int(value) if value not in {None, "", "None"} else None


class WordsForm(FlaskForm):
    """Title, time, rapporteur, wording: what every item has."""

    title = StringField(_l("Intitulé"), [Length(max=300)])
    minutes = IntegerField(_l("Durée (minutes)"), [InputRequired(), NumberRange(0, 600)], default=15)
    rapporteur_id = SelectField(_l("Rapporteur"), coerce=_id)
    draft_wording = TextAreaField(_l("Projet de texte"), [Length(max=10_000)])
    section_id = SelectField(_l("Rubrique"), coerce=_id)
    version = HiddenField("")

    def offer_sections(self, headings: Sequence[Heading], standing_in: object, *, new: bool) -> None:
        """Offer the sections of the agenda; without any, the question is not asked."""
        if not headings:
            del self.section_id
            return
        first = [("", _l("selon la nature du point"))] if new else []
        first = first or ([] if standing_in is not None else [("", _l("aucune"))])
        self.section_id.choices = options([*first, *((one.id, one.title) for one in headings)])

    def words(self) -> ItemWords:
        """What was entered."""
        return ItemWords(
            title=self.title.data or "",
            minutes=self.minutes.data or 0,
            rapporteur_id=self.rapporteur_id.data,
            draft_wording=self.draft_wording.data or "",
            section_id=self.section_id.data if "section_id" in self else None,
        )


class ReservableForm(WordsForm):
    """What the committee may keep to those who vote: nothing that changes a group or an objective."""

    reserved = BooleanField(
        _l("Point réservé"),
        description=_l(
            "Lu du secrétariat, de la coprésidence et de ceux qui ont voix délibérative : dans l’ordre du "
            "jour, le dossier, le relevé et le compte rendu. Ce qui est déjà parti par courriel ne se "
            "reprend pas."
        ),
    )

    def words(self) -> ItemWords:
        """What was entered."""
        return replace(super().words(), reserved=self.reserved.data)


class InformationForm(ReservableForm):
    """An information, perhaps about a group."""

    title = StringField(_l("Intitulé"), [InputRequired(), Length(max=300)])
    group_id = SelectField(_l("Groupe projet concerné"), coerce=_id)


class PlainForm(ReservableForm):
    """A decision or an opinion on anything else."""

    title = StringField(_l("Intitulé"), [InputRequired(), Length(max=300)])
    kind = RadioField(_l("Ce qui est demandé"), choices=KINDS, default=ItemKind.DECISION.value)
    group_id = SelectField(_l("Groupe projet concerné"), coerce=_id)


class GroupForm(WordsForm):
    """What is asked for a group; the fields that the motion does not need are taken away."""

    group_id = SelectField(_l("Groupe projet"), coerce=_id)
    mission = TextAreaField(_l("Mission"), [Length(max=5_000)])
    stop_kind = RadioField(_l("Nature de l’arrêt"), choices=STOP_KINDS, validate_choice=False)
    reason = TextAreaField(_l("Motif"), [Length(max=10_000)])
    lead_id = SelectField(_l("Responsable"), coerce=_id)
    lead_institution_id = SelectField(_l("Institution du responsable"), coerce=_id)
    effective_on = DayField(
        _l("Date d’effet"), [Optional()], description=_l("Laissez vide : le jour de la séance")
    )

    def keep_for(self, motion: Motion) -> None:
        """Take away the fields that this motion does not use."""
        unused = {
            Motion.CREATE: ("stop_kind", "reason"),
            Motion.REORIENT: ("stop_kind", "lead_id", "lead_institution_id"),
            Motion.CONTINUE: ("stop_kind", "mission", "lead_id", "lead_institution_id"),
            Motion.STOP: ("mission", "lead_id", "lead_institution_id"),
        }[motion]
        for name in unused:
            delattr(self, name)
        needed = {
            Motion.CREATE: ("group_id", "mission"),
            Motion.REORIENT: ("group_id", "mission", "reason"),
            Motion.CONTINUE: ("group_id",),
            Motion.STOP: ("group_id", "stop_kind", "reason"),
        }[motion]
        for name in needed:  # shown as such; the rules of the life cycle refuse
            self._fields[name].flags.required = True

    def ask(self) -> GroupAsk:
        """What was entered; a field that was taken away is empty."""

        def value(name: str) -> Any:
            return self._fields[name].data if name in self._fields else None

        stop_kind = value("stop_kind")
        return GroupAsk(
            mission=value("mission") or "",
            reason=value("reason") or "",
            stop_kind=StopKind(stop_kind) if stop_kind in {kind.value for kind in StopKind} else None,
            lead_id=value("lead_id"),
            lead_institution_id=value("lead_institution_id"),
            effective_on=value("effective_on"),
            answers=self.answers() if isinstance(self, Questions) else None,
        )


class ObjectiveForm(WordsForm):
    """What is asked for an objective."""

    objective_id = SelectField(_l("Objectif semestriel"), coerce=_id)
    score = RadioField(_l("Résultat proposé"), choices=SCORES, validate_choice=False)
    comment = TextAreaField(_l("Commentaire"), [Length(max=5_000)])
    follow_up = RadioField(
        _l("Suite, si l’objectif n’est pas atteint"), choices=FOLLOW_UPS, validate_choice=False
    )
    amended_title = StringField(_l("Nouvel énoncé"), [Length(max=300)])

    def show_needed(self) -> None:
        """Mark what must be filled in; the rules of the objective refuse."""
        for name in ("objective_id", "score"):
            if name in self._fields:
                self._fields[name].flags.required = True

    def keep_for_adoption(self) -> None:
        """Take away what only a scoring asks."""
        for name in ("score", "comment", "follow_up", "amended_title"):
            delattr(self, name)

    def ask(self) -> ObjectiveAsk:
        """What was entered; a field that was taken away is empty."""

        def value(name: str) -> str:
            return (self._fields[name].data or "") if name in self._fields else ""

        return objective_ask(value("score"), value("follow_up"), value("amended_title"), value("comment"))


def objective_ask(
    score: str | None, follow_up: str | None, amended_title: str | None, comment: str = ""
) -> ObjectiveAsk:
    """What was entered for an objective; a choice that is none of ours is none."""
    return ObjectiveAsk(
        score=Score(score) if score in {one.value for one in Score} else None,
        comment=comment,
        follow_up=FollowUp(follow_up) if follow_up in {one.value for one in FollowUp} else None,
        amended_title=amended_title or "",
    )


def words_of(item: AgendaItem) -> dict[str, Any]:
    """An item as the values of a form."""
    return {
        "title": item.title,
        "minutes": item.minutes,
        "rapporteur_id": item.rapporteur_id,
        "draft_wording": item.draft_wording,
        "section_id": item.section_id,
        "reserved": item.reserved,
        "version": str(item.version),
        "kind": item.kind.value,
        "group_id": item.group_id,
    }


class Asks(Protocol):
    """What may ask something for a group or an objective: an item, a written consultation."""

    @property
    def group_motion(self) -> GroupMotion | None:
        """What it asks for a group."""

    @property
    def objective_motion(self) -> ObjectiveMotion | None:
        """What it asks for an objective."""


def ask_of(item: Asks) -> dict[str, Any]:
    """What an item asks as the values of a form."""
    if item.group_motion is not None:
        motion = item.group_motion
        return {
            "group_id": motion.group_id,
            "mission": motion.mission,
            "reason": motion.reason,
            "stop_kind": motion.stop_kind.value if motion.stop_kind else None,
            "lead_id": motion.lead_id,
            "lead_institution_id": motion.lead_institution_id,
            "effective_on": motion.effective_on,
        }
    if item.objective_motion is not None:
        asked = item.objective_motion
        return {
            "objective_id": asked.objective_id,
            "score": asked.score.value if asked.score else None,
            "comment": asked.comment,
            "follow_up": asked.follow_up.value if asked.follow_up else "",
            "amended_title": asked.amended_title,
        }
    return {}


HEADING_LINES = 3  # empty lines to fill in
GATHERS = options(
    [("", _l("rien de particulier")), *((one.value, _l(words)) for one, words in GATHERS_WORDS.items())]
)


class HeadingLine(PlainFields):
    """A heading on its line; emptied, it is taken away."""

    title = StringField(_l("Intitulé"), [Length(max=200)])
    gathers = SelectField(_l("Reçoit d’elle-même"), choices=GATHERS, validate_choice=False)
    rank = StringField(_l("Rang"), [Length(max=4)])
    known = HiddenField("")


class HeadingsForm(FlaskForm):
    """Headings, one a line, in the order of their ranks."""

    lines = FieldList(FormField(HeadingLine), max_entries=60)
    version = HiddenField("")

    @classmethod
    def of(cls, headings: Sequence[Heading], version: str) -> HeadingsForm:
        """The headings as they stand with a few empty lines, or what was sent."""
        lines = [
            {"title": one.title, "gathers": one.gathers or "", "rank": str(rank), "known": str(one.id or "")}
            for rank, one in enumerate(headings, start=1)
        ]
        spare = [{"rank": str(len(lines) + rank)} for rank in range(1, HEADING_LINES + 1)]
        return cls(data={"lines": [*lines, *spare], "version": version})

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Also that each heading has its rank in figures; each error is told with its line."""
        super().validate(extra_validators)
        for line in self.lines:
            if (line.title.data or "").strip() and _rank(line.rank.data) is None:
                line.rank.errors = [_("Indiquez le rang en chiffres.")]
        told: list[str] = [
            _("Ligne %(n)s, %(field)s : %(error)s", n=n, field=field.label.text, error=field.errors[0])
            for n, line in enumerate(self.lines, start=1)
            for field in (line.rank, line.title)
            if field.errors
        ]
        self.lines.errors = []  # told line by line
        self.form_errors: list[str] = told
        return not self.errors

    def headings(self) -> list[Heading]:
        """What was entered, by rank; lines without a title are left out."""
        found = [
            (_rank(line["rank"]) or 0, place, line)
            for place, line in enumerate(self.lines.data)
            if (line["title"] or "").strip()
        ]
        return [
            Heading(
                line["title"],
                Gathers(line["gathers"]) if line["gathers"] in set(Gathers) else None,
                _known(line["known"]),
            )
            for _rank_, _place, line in sorted(found, key=lambda one: one[:2])
        ]


def _rank(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _known(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
