"""What is entered to convene, to tell a changed agenda, to answer about one."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Length

from tnt.core.addresses import number


class ConveneForm(FlaskForm):
    """The reason of a short notice, and the agenda that was read on the preview."""

    short_notice_reason = TextAreaField(_l("Motif du délai réduit"), [Length(max=500)])
    seen = HiddenField("")
    version = HiddenField("")


class ActForm(FlaskForm):
    """An act with nothing to type."""


class CheckboxesField(SelectMultipleField):
    """Several choices, each ticked."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class AgendaForm(FlaskForm):
    """Whom a changed agenda is told to, and the one that was read."""

    people = CheckboxesField(_l("Destinataires"), validate_choice=False)
    seen = HiddenField("")

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Those who may be written to."""
        self.people.choices = [SelectChoice(key, words) for key, words in people]


class CountersignForm(FlaskForm):
    """The request that was read; the correction asked, if any."""

    number = HiddenField("")
    comment = TextAreaField(_l("Correction demandée"), [Length(max=500)])

    @property
    def read_number(self) -> int:
        """The number of the request read; 0 when the field was tampered with."""
        try:
            return number(self.number.data or "0")
        except ValueError:
            return 0
