"""The logs: one JSON object a line, and nothing that opens something."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import NOW
from tnt.core import logs
from tnt.core.access import PUBLIC, access
from tnt.core.db import transaction
from tnt.core.logs import JsonLines


class Kept(logging.Handler):
    """Keeps the lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, object]] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """What is written under « tnt » during the test."""
    handler = Kept()
    logging.getLogger("tnt").addHandler(handler)
    yield handler
    logging.getLogger("tnt").removeHandler(handler)


def test_a_request_is_one_line_without_its_query(sqlite_app: Flask, kept: Kept) -> None:
    sqlite_app.test_client().get("/nulle-part?jeton=SECRET")
    (line,) = [line for line in kept.lines if line["log"] == "tnt.access"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/nulle-part", 404)
    assert line["at"] == NOW.isoformat(timespec="milliseconds")
    assert "SECRET" not in json.dumps(kept.lines)


@pytest.mark.parametrize("path", ["/essai-public/abc-DEF.ics", "/inconnu/AbCdEfGhIjKlMnOpQrStUvWx.ics"])
def test_what_opens_something_is_masked(sqlite_app: Flask, kept: Kept, path: str) -> None:
    sqlite_app.add_url_rule("/essai-public/<token>.ics", "essai", access(PUBLIC)(lambda token: "x"))
    sqlite_app.test_client().get(path)
    (line,) = [line for line in kept.lines if line["log"] == "tnt.access"]
    assert line["path"] == f"/{path.split('/')[1]}/***.ics"


def test_a_probe_that_passes_is_not_written(sqlite_app: Flask, kept: Kept) -> None:
    sqlite_app.test_client().get("/healthz")
    assert kept.lines == []


def test_a_security_event_has_ids_and_no_secret(sqlite_app: Flask, kept: Kept) -> None:
    with sqlite_app.test_request_context("/connexion", environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        logs.security("sign_in.refused", account_id=3)
    (line,) = kept.lines
    assert (line["log"], line["event"], line["account_id"]) == ("tnt.security", "sign_in.refused", 3)
    assert (line["ip"], line["path"]) == ("192.0.2.1", "/connexion")
    with pytest.raises(ValueError, match="password"):
        logs.security("sign_in.refused", password="x")


def test_an_error_keeps_its_trace_on_the_same_line(kept: Kept) -> None:
    try:
        raise ValueError("poison\nsecond line")
    except ValueError:
        logging.getLogger("tnt.test").exception("failed")
    (line,) = kept.lines
    assert (line["level"], line["event"]) == ("error", "failed")
    assert "ValueError: poison" in str(line["trace"])


def test_a_failed_statement_never_says_its_values(app: Flask, kept: Kept) -> None:
    """The mail of an invitation holds a link that signs in: it is not written to the log when it fails."""
    link = "https://…/invitation/" + "secret"[::-1]
    with pytest.raises(SQLAlchemyError) as failure, transaction() as session:
        session.execute(text("SELECT :link FROM nulle_part"), {"link": link})
    logging.getLogger("tnt").error("failed: %s", failure.value, exc_info=failure.value)
    assert "nulle_part" in str(kept.lines)
    assert link not in str(kept.lines)
