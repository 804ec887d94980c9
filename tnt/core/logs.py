"""Logs: one JSON object a line on stderr, for accesses, security events and what breaks; no secrets.

A query string is never written, and the parts of a path that open something by themselves (feed addresses,
invitations) are masked.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import Any, TextIO

from flask import Flask, Response, g, has_request_context, request

from tnt.core import clock

MASK = "***"
SECRET_ARGUMENTS = frozenset({"token", "secret", "selector", "jeton"})
SECRET_FIELDS = re.compile(r"pass|secret|token|cookie|key", re.IGNORECASE)
# in a path that no route knows, whatever is long enough to be a secret
_LONG = re.compile(r"[A-Za-z0-9_\-]{20,}")
_QUIET = frozenset({"/healthz", "/readyz"})

access_log = logging.getLogger("tnt.access")
security_log = logging.getLogger("tnt.security")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: instant, level, name, event, its fields, the trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to the stderr of the moment, not to the one of the start."""

    def __init__(self) -> None:
        """Format as JSON lines."""
        super().__init__(sys.stderr)
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        self.stream = sys.stderr
        super().emit(record)


def security(event: str, **fields: object) -> None:
    """Write a security event (« sign_in.refused »), with ids rather than names.

    Raises ValueError when a field is named like a secret.
    """
    forbidden = [name for name in fields if SECRET_FIELDS.search(name)]
    if forbidden:
        raise ValueError(f"never in a log: {', '.join(forbidden)}")
    if has_request_context():
        fields = {"ip": request.remote_addr, "path": masked_path()} | fields
    security_log.info(event, extra={"fields": fields})


def masked_path() -> str:
    """The path of the present request without what opens something by itself."""
    if request.url_rule is None:
        return _LONG.sub(MASK, request.path)
    path = request.path
    for name, value in (request.view_args or {}).items():
        if name in SECRET_ARGUMENTS:
            path = path.replace(str(value), MASK)
    return path


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    if request.path in _QUIET and response.status_code == 200:
        return response
    took = time.perf_counter() - g.get("started", time.perf_counter())
    fields = {
        "method": request.method,
        "path": masked_path(),
        "status": response.status_code,
        "ms": round(took * 1000, 1),
    }
    access_log.info("request", extra={"fields": fields})
    return response


def init_app(app: Flask) -> None:
    """Write every request of the application, and everything under « tnt », as JSON lines."""
    root = logging.getLogger("tnt")
    if not any(isinstance(handler, StderrHandler) for handler in root.handlers):
        root.addHandler(StderrHandler())
    root.setLevel(logging.INFO)
    app.before_request(_start)
    app.after_request(_finish)
