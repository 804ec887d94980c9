"""What a supervisor asks: does the process answer (/healthz), can it serve (/readyz).

A lost database is 503. A silent scheduler is said but stays 200: pages are served without it, and taking the
web away would mend nothing.
"""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tnt.core import tasks
from tnt.core.access import PUBLIC, access

SCHEDULER_LEASE = "scheduler"
RETRY_AFTER_SECONDS = 10

log = logging.getLogger("tnt.health")
health = Blueprint("health", __name__)


@health.get("/healthz")
@access(PUBLIC)
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@health.get("/readyz")
@access(PUBLIC)
def readyz() -> Response:
    """The database answers, and whether the scheduler gave a sign of life."""
    try:
        alive = tasks.is_held(SCHEDULER_LEASE)
    except (DBAPIError, PoolTimeout):
        log.exception("database unavailable")
        return _answer(503, database="lost", scheduler="unknown")
    return _answer(200, database="ok", scheduler="ok" if alive else "silent")


def _answer(status: int, **parts: str) -> Response:
    response = jsonify(parts)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
