"""What is entered to convene."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length


class ConveneForm(FlaskForm):
    """The reason of a short notice, and the agenda that was read on the preview."""

    short_notice_reason = TextAreaField(_l("Motif du délai réduit"), [Length(max=500)])
    seen = HiddenField("")
    version = HiddenField("")
