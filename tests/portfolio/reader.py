"""A reader over HTTP, what they read of a page, and what it costs the database."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.support import sign_in
from tnt.accounts.models import Person
from tnt.core.db import db


class Reader:
    """Somebody with a browser, signed in if they are given."""

    def __init__(self, app: Flask, person: Person | None = None) -> None:
        """Open a browser."""
        self.client = app.test_client()
        if person is not None:
            sign_in(self.client, person)

    def get(self, url: str) -> TestResponse:
        """Open a page."""
        return self.client.get(url)

    def post(self, url: str, **data: str) -> TestResponse:
        """Send a form."""
        return self.client.post(url, data=data)


def text_of(answer: TestResponse) -> str:
    """What one reads of a page: tags gone, spaces made plain."""
    body = answer.get_data(as_text=True)
    main = body[body.index("<main") : body.index("</main>")]
    text = html.unescape(re.sub(r"<[^>]+>", " ", main))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
