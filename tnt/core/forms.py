"""Fields that every form shares."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from wtforms import DateField

from tnt.core.days import DayOutOfRange, check_day
from tnt.core.i18n import translate


class DayField(DateField):
    """A day that can be meant; what is none, or a mistyped year, is said in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day, or raise ValueError with the sentence; what was typed stays in the field."""
        try:
            super().process_formdata(valuelist)
            if self.data is not None:
                check_day(self.data)
        except DayOutOfRange as error:
            self.data = None
            raise ValueError(translate(error)) from None
        except ValueError:
            raise ValueError(gettext("Indiquez le jour, par exemple 23/11/2026.")) from None
