"""Shapes of what is entered around a record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField

from tnt.closing.rules import COMMENT_LIMIT


class VersionedForm(FlaskForm):
    """A form that knows which version of the record was read."""

    version = HiddenField("")

    @property
    def expected_version(self) -> int:
        """The version read; 0 when the field was tampered with."""
        text = self.version.data or "0"
        return int(text) if text.isdecimal() and len(text) < 10 else 0


class VisaForm(VersionedForm):
    """« Viser »: nothing to type."""


class CorrectionForm(VersionedForm):
    """What a co-chair asks to correct."""

    comment = TextAreaField(_l("Correction demandée"), render_kw={"maxlength": COMMENT_LIMIT})


class ScanForm(VersionedForm):
    """The record signed on paper."""

    scan = FileField(_l("Relevé signé (PDF)"))


class ErratumForm(VersionedForm):
    """How the words of an act should read, and what slip is put right."""

    corrected = TextAreaField(_l("Texte corrigé, en entier"))
    reason = TextAreaField(_l("Faute corrigée"))
