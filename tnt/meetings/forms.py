"""Shapes of what is entered about meetings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from tnt.core.days import find_day
from tnt.core.formats import date_long
from tnt.core.forms import DayField
from tnt.core.i18n import say
from tnt.core.templating import current_locale
from tnt.meetings.cadence import Suggestion
from tnt.meetings.models import Meeting, MeetingKind
from tnt.meetings.retroplanning import AFTER, BEFORE, STEP_WORDS, RetroStepKind
from tnt.programme.days import is_working_day, public_holidays

ANOTHER_DAY = ""


def options(pairs: Iterable[tuple[Any, Any]]) -> Any:
    """Pairs of a value and its words as the choices of a field."""
    return [SelectChoice(str(value), label) for value, label in pairs]


KINDS = options(
    [
        (MeetingKind.ORDINARY.value, _l("Ordinaire")),
        (MeetingKind.EXTRAORDINARY.value, _l("Extraordinaire")),
    ]
)


class SlotForm(FlaskForm):
    """When and where."""

    held_on = DayField(_l("Date"), [InputRequired()])
    starts = TimeField(_l("Début, heure de Paris"), [InputRequired()])
    ends = TimeField(_l("Fin"), [InputRequired()])
    place = StringField(_l("Lieu"), [Length(max=200)])
    video_url = StringField(_l("Lien de visioconférence"), [Length(max=500)], description=_l("https://…"))
    kept_day = HiddenField("")  # a day on which nobody works, told once
    day_off = ""  # the words that tell it

    def asks_again(self, day: date | None, present: date | None = None) -> bool:
        """Whether a day on which nobody works is still to be confirmed: it is by sending the form again."""
        if day is None or day in (present, find_day(self.kept_day.data or "")) or is_working_day(day):
            return False
        self.kept_day.data = day.isoformat()
        holiday = public_holidays(day.year).get(day)
        words = {"day": date_long(day, current_locale()), "holiday": _(holiday) if holiday else ""}
        self.day_off = (
            _("Le %(day)s est un jour férié (%(holiday)s).", **words)
            if holiday
            else _("Le %(day)s n’est pas un jour ouvré.", **words)
        )
        return True


class PlanForm(SlotForm):
    """A session to come: one of the days suggested, or another one."""

    suggestion = RadioField(_l("Jour"), choices=[], validate_choice=False)
    held_on = DayField(_l("Autre date"), [Optional()])
    kind = RadioField(_l("Séance"), choices=KINDS, default=MeetingKind.ORDINARY.value)
    notice_days = IntegerField(
        _l("Délai de convocation (jours)"),
        [InputRequired()],
        description=_l("Le nombre de jours entre la convocation et la séance"),
    )

    def offer(self, suggestions: Iterable[Suggestion]) -> None:
        """Show the suggested days, each with what speaks against it, and « another date ».

        A day that was suggested when the page was opened stays among them.
        """
        offered = {one.day: _suggested(one) for one in suggestions}
        chosen = find_day(self.suggestion.data or "")
        if chosen is not None:
            offered.setdefault(chosen, date_long(chosen, current_locale()))
        pairs = [(day.isoformat(), words) for day, words in sorted(offered.items())]
        self.suggestion.choices = options([*pairs, (ANOTHER_DAY, _("une autre date, indiquée ci-dessous"))])
        if self.suggestion.data is None:
            self.suggestion.data = pairs[0][0] if pairs and not self.held_on.data else ANOTHER_DAY

    @property
    def day(self) -> date | None:
        """The day chosen: the suggestion, unless another date is asked for."""
        day: date | None = find_day(self.suggestion.data or "") or self.held_on.data
        return day


def _suggested(one: Suggestion) -> str:
    warnings = " ; ".join(say(warning) for warning in one.warnings)
    day = date_long(one.day, current_locale())
    return f"{day} ({warnings})" if warnings else day


class PastForm(SlotForm):
    """A session already held, with the reference it bears."""

    own_reference = StringField(
        _l("Référence d’origine"), [Length(max=80)], description=_l("Celle du compte rendu, si elle existe")
    )


class MoveForm(SlotForm):
    """Another date, place or link."""

    notice_days = IntegerField(_l("Délai de convocation (jours)"), [InputRequired()])
    reason = TextAreaField(_l("Motif"), [Length(max=500)])
    version = HiddenField("")

    @classmethod
    def of(cls, meeting: Meeting, slot: dict[str, Any]) -> MoveForm:
        """The form as the meeting stands, or as it was sent."""
        return cls(
            data={
                **slot,
                "place": meeting.place,
                "video_url": meeting.video_url,
                "notice_days": meeting.notice_days,
                "version": str(meeting.version),
            }
        )


class ReconveneForm(SlotForm):
    """The session that takes over an agenda, no quorum being asked any more."""

    notice_days = IntegerField(_l("Délai de convocation (jours)"), [InputRequired()])
    reason = TextAreaField(
        _l("Motif"), [InputRequired(), Length(max=500)], description=_l("Les membres liront ce motif.")
    )
    version = HiddenField("")


class ReasonForm(FlaskForm):
    """Why a session is off; the members read it."""

    reason = TextAreaField(
        _l("Motif"), [InputRequired(), Length(max=500)], description=_l("Les membres liront ce motif.")
    )
    version = HiddenField("")


class MissedForm(FlaskForm):
    """Why a period passed without a session."""

    period = SelectField(_l("Période"), [InputRequired()])
    reason = TextAreaField(_l("Motif"), [InputRequired(), Length(max=500)])


class RetroForm(FlaskForm):
    """How many days before or after a session each step is done; one whole number a step."""

    @classmethod
    def of(cls, days: Mapping[RetroStepKind, int]) -> RetroForm:
        """The form as the committee stands, or as it was sent."""
        return cls(data={kind.value: abs(days[kind]) for kind in (*BEFORE, *AFTER)})

    def days(self) -> dict[RetroStepKind, int]:
        """Kind → days before the session; less than zero after it."""
        before = {kind: self[kind.value].data for kind in BEFORE}
        return before | {kind: -self[kind.value].data for kind in AFTER}

    def fields_of(self, *, after: bool) -> list[Any]:
        """The fields of the steps before the session, or after it."""
        return [self[kind.value] for kind in (AFTER if after else BEFORE)]


for _kind in (*BEFORE, *AFTER):
    setattr(
        RetroForm,
        _kind.value,
        IntegerField(_l(STEP_WORDS[_kind]), [InputRequired(_l("Indiquez un nombre de jours."))]),
    )


class FilterForm(FlaskForm):
    """What the list of meetings shows."""

    class Meta:
        csrf = False

    comite = SelectField(_l("Comité"), validate_choice=False)
    annee = SelectField(_l("Année"), validate_choice=False)


def version_of(form: Any) -> int:
    """The version on which a form was opened; 0, which no row has, when it is missing."""
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
