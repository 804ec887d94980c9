"""Fields that every form shares."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape
from wtforms import DateField, widgets
from wtforms.widgets.core import clean_key  # type: ignore[attr-defined]  # not in its stubs

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


def attributes(**given: Any) -> Markup:
    """What WTForms writes for the attributes of a field, some six times faster: a session page has dozens."""
    found = []
    for key, value in sorted(given.items()):
        name = clean_key(key)
        if value is True:
            found.append(name)
        elif value is not False:
            quoted = str(escape(value)).replace('"', "&quot;")
            found.append(f'{name}="{quoted}"')
    return Markup(" ".join(found))  # noqa: S704 - escaped above, names are ours


class TextInput(widgets.TextInput):
    """The widget of a line of text, with our attributes."""

    html_params = staticmethod(attributes)


class TextArea(widgets.TextArea):
    """The widget of a text, with our attributes."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        """The control, its text escaped."""
        given.setdefault("id", field.id)
        for name in self.validation_attrs:
            if name not in given and getattr(field.flags, name, None) is not None:
                given[name] = getattr(field.flags, name)
        control = attributes(name=field.name, **given)
        return Markup(f"<textarea {control}>\r\n{escape(field._value())}</textarea>")  # noqa: S704 - escaped
