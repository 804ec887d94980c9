"""Our controls write what those of WTForms write."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField, TextAreaField, widgets
from wtforms.validators import InputRequired, Length

from tnt.core.forms import TextArea, TextInput, attributes

NAMES = st.sampled_from(
    ["class_", "id", "data_version", "data-text", "aria_describedby", "rows", "for_", "x"]
)
TYPED = st.text(st.sampled_from("ab \"'<>&;é\n\r\t٣🙂"), max_size=12)
VALUES = st.one_of(st.booleans(), st.none(), st.integers(), TYPED, TYPED.map(Markup))


@given(st.dictionaries(NAMES, VALUES))
@example({"class_": 'a "b" <c> & d', "x": Markup('"&lt;"'), "rows": 3, "id": True, "for_": False})
def test_attributes_are_those_of_the_library(given_: dict[str, object]) -> None:
    assert attributes(**given_) == widgets.html_params(**given_)


class Ours(Form):
    """With our controls."""

    text = TextAreaField("Texte", [InputRequired(), Length(max=40)], widget=TextArea())
    line = StringField("Ligne", [Length(2, 40)], widget=TextInput())


class Theirs(Form):
    """With those of the library."""

    text = TextAreaField("Texte", [InputRequired(), Length(max=40)])
    line = StringField("Ligne", [Length(2, 40)])


@given(TYPED, st.dictionaries(NAMES, VALUES))
def test_controls_are_those_of_the_library(typed: str, look: dict[str, object]) -> None:
    form = MultiDict({"text": typed, "line": typed})
    ours, theirs = Ours(form), Theirs(form)
    assert ours.text(**look) == theirs.text(**look)
    assert ours.line(**look) == theirs.line(**look)
