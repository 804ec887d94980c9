"""The forms of every page, read from its HTML: what a browser would send, so that tests can send worse."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

PLAUSIBLE = {
    "date": "2026-12-01",
    "time": "14:30",
    "number": "5",
    "email": "dominique.martin@ville.example",
    "password": "quatre mots assez longs",
}
SENT_AS_THEY_ARE = {"csrf_token"}


@dataclass
class Field:
    """One field: its name, its type, what stands in it."""

    name: str
    type: str
    value: str = ""
    choices: list[str] = field(default_factory=list)

    @property
    def plausible(self) -> str:
        """What stands in the field, or something that a person could have typed."""
        if self.type in {"select", "radio"}:
            return self.value or next((choice for choice in self.choices if choice), "")
        return self.value or PLAUSIBLE.get(self.type, "Un texte d’essai.")


@dataclass
class PageForm:
    """One form: where it goes and its fields by name."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    has_files: bool = False

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """Two forms of one key are the same form on other things."""
        shape = "".join("0" if sign.isdigit() else sign for sign in urlsplit(self.action).path)
        return self.method, shape, tuple(sorted(self.fields))

    @property
    def plausible(self) -> dict[str, str]:
        """What a person could send."""
        return self.buttons | {name: each.plausible for name, each in self.fields.items()}


def forms_of(html: str, path: str) -> list[PageForm]:
    """Every form of a page."""
    reader = _Reader(path)
    reader.feed(html)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[PageForm] = []
        self.form: PageForm | None = None
        self.select: Field | None = None
        self.area: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        asked = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.path, asked.get("action") or self.path)
            self.form = PageForm(action, asked.get("method", "get").upper())
            self.forms.append(self.form)
        elif self.form is not None and (tag == "option" or asked.get("name")):
            self._field(tag, asked, self.form)

    def _field(self, tag: str, asked: dict[str, str], form: PageForm) -> None:
        name, value = asked.get("name", ""), asked.get("value", "")
        if name in SENT_AS_THEY_ARE:
            return
        if tag == "input":
            self._input(form, name, asked.get("type", "text"), value, is_chosen="checked" in asked)
        elif tag == "button":
            form.buttons.setdefault(name, value)
        elif tag == "select":
            self.select = form.fields.setdefault(name, Field(name, "select"))
        elif tag == "textarea":
            self.area = form.fields.setdefault(name, Field(name, "textarea"))
        elif tag == "option" and self.select is not None:
            self.select.choices.append(value)
            if "selected" in asked:
                self.select.value = value

    def _input(self, form: PageForm, name: str, type_: str, value: str, *, is_chosen: bool) -> None:
        if type_ == "file":
            form.has_files = True
        is_choice = type_ in {"radio", "checkbox"}
        known = form.fields.setdefault(name, Field(name, type_, "" if is_choice else value))
        known.choices.append(value)
        if is_choice and is_chosen:
            known.value = value

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None
