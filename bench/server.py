"""A server under measure: granian as `serve` starts it, and what its process used."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tnt.core.serving import WEB

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class Server:
    """One worker on the loopback, with a connection kept open to it."""

    port: int
    pid: int
    connection: HTTPConnection

    def ask(self, path: str, headers: dict[str, str], method: str = "GET", body: str | None = None) -> Answer:
        """One request."""
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.read(), dict(answer.getheaders()))

    def reconnect(self) -> None:
        """A new connection at the next request: the server drops one that stood idle."""
        self.connection.close()

    def cpu_seconds(self) -> float:
        """CPU that all the threads of the worker have used, to the nanosecond where the kernel tells it."""
        try:
            return sum(_thread_seconds(each) for each in Path(f"/proc/{self.pid}/task").iterdir())
        except FileNotFoundError:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Resident memory of the worker."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _thread_seconds(thread: Path) -> float:
    return int((thread / "schedstat").read_text().split()[0]) / 1e9


@contextmanager
def served(target: str, env: dict[str, str]) -> Iterator[Server]:
    """Serve an application with one worker, as `serve` does by default."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = (*WEB, "--host", "127.0.0.1", "--port", str(port), "--workers", "1", target)
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | env, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Server(port, _worker_of(process.pid), HTTPConnection("127.0.0.1", port, timeout=60))
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {' '.join([sys.executable, '-m', 'granian'])}")


def _worker_of(pid: int) -> int:
    """The worker is the child of granian's main process."""
    for _ in range(50):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return int(children[-1])
        time.sleep(0.1)
    return pid
