"""The application served over HTTP in a thread of the test: the test's frozen clock is the server's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.conftest import make_app
from tnt.core.db import db


class QuietHandler(WSGIRequestHandler):
    """Answers without a line on the console for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass
class Live:
    """A running server: its address, and its application to prepare or read the data."""

    url: str
    app: Flask

    def at(self, path: str) -> str:
        """The full address of a path."""
        return self.url + path


@contextmanager
def serve(database_url: str, folder: Path) -> Iterator[Live]:
    """Serve that database on a free port, with the forms' protection on as for everybody."""
    app = make_app(database_url, folder, WTF_CSRF_ENABLED=True)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]  # browsers keep connections open
    url = f"http://127.0.0.1:{server.server_port}"
    app.config.update(BASE_URL=url, PORT=server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Live(url, app)
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
