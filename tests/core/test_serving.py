"""`serve` asks its own server under the public name: any other host is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from tnt.core.serving import is_open


class Silent(WSGIRequestHandler):
    """Says nothing on stderr."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def only_for(name: str) -> Callable[..., Iterable[bytes]]:
    """A server that refuses every other host."""

    def answer(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        start("200 OK" if environ["HTTP_HOST"] == name else "400 Bad Request", [("Content-Length", "0")])
        return [b""]

    return answer


@pytest.mark.parametrize(("named", "expected"), [("tnt.example.fr", True), ("127.0.0.1", False)])
def test_the_server_is_asked_under_the_public_name(named: str, expected: bool) -> None:
    with make_server("127.0.0.1", 0, only_for("tnt.example.fr"), handler_class=Silent) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        assert is_open(f"http://127.0.0.1:{server.server_port}/healthz", named) is expected
        thread.join()
