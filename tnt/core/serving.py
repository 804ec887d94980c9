"""`flask --app wsgi serve`: the web server and the scheduler side by side, stopped together.

For one machine, and for whoever tries the product. A supervisor (systemd, a Procfile) runs both processes by
itself instead: see `Procfile`.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from urllib.error import URLError
from urllib.request import Request, urlopen

STOP_SECONDS = 15
START_SECONDS = 30
RESTART_AFTER_SECONDS = 3
_POLL_SECONDS = 0.2

WEB = (
    *(sys.executable, "-m", "granian", "--interface", "wsgi"),
    *("--blocking-threads", "4", "--no-access-log", "--log-level", "warning"),
)
SCHEDULER = (sys.executable, "-m", "flask", "--app", "wsgi", "scheduler", "run")


def settle() -> None:
    """Spare the garbage collector what lives as long as the process: called once the application is made.

    Python looks again and again at the tens of thousands of objects of the libraries and the application,
    every 700 new ones; a page makes some thousands, and nearly all are freed without the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


class PortTaken(Exception):
    """Another program listens on the port already."""


@dataclass
class Pair:
    """The two processes, and whether they were asked to stop."""

    host: str
    port: int
    workers: int
    named: str  # the host that browsers ask for; the application refuses any other
    stopping: bool = False
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run(self, when_open: Callable[[], None]) -> int:
        """Start both, call `when_open` once the web answers, wait for the end; the web's exit code.

        Raises PortTaken.
        """
        check_port(self.host, self.port)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start("web", (*WEB, *self._web_options(), "wsgi:app"))
            self._start("scheduler", SCHEDULER)
            if self._wait_until_open():
                when_open()
            return self._watch()
        finally:
            self._stop()

    def _web_options(self) -> tuple[str, ...]:
        return ("--host", self.host, "--port", str(self.port), "--workers", str(self.workers))

    def _start(self, name: str, command: tuple[str, ...]) -> None:
        # a session of its own, so that Ctrl-C reaches it through us, once
        self.processes[name] = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _wait_until_open(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.stopping:
            if self.processes["web"].poll() is not None:
                return False
            if is_open(f"http://{self.host}:{self.port}/healthz", self.named):
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def _watch(self) -> int:
        """Until asked to stop or the web ends; a scheduler that died is started again."""
        web = self.processes["web"]
        died_at: float | None = None
        while not self.stopping and web.poll() is None:
            if self.processes["scheduler"].poll() is None:
                died_at = None
            elif died_at is None:
                died_at = time.monotonic()
            elif time.monotonic() - died_at >= RESTART_AFTER_SECONDS:
                self._start("scheduler", SCHEDULER)
            time.sleep(_POLL_SECONDS)
        return 0 if self.stopping else web.returncode or 1

    def _stop(self) -> None:
        alive = [process for process in self.processes.values() if process.poll() is None]
        for process in alive:
            process.terminate()
        for process in alive:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def check_port(host: str, port: int) -> None:
    """Raise PortTaken when nothing more can listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(str(port)) from error


def is_open(url: str, named: str) -> bool:
    """Whether the address answers when asked under that host's name."""
    try:
        with urlopen(Request(url, headers={"Host": named}), timeout=2) as answer:  # noqa: S310 - our own address, always http
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
