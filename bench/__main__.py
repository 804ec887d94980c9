"""`make bench`: what each page and feed costs, against two floors served by the same server in the same run.

A figure is CPU seconds of the server's process per request (all its threads), taken from /proc, over a
bounded number of requests on the loopback. Machines are noisy: read the ratios. Results go to results.json.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_login import login_user
from flask_migrate import upgrade
from sqlalchemy import event

from bench import datasets
from config import load_settings
from tnt import create_app
from tnt.accounts import queries as accounts
from tnt.accounts.models import Account
from tnt.core import clock, sessions
from tnt.core.access import actor_for
from tnt.core.db import db
from tnt.feeds.services import subscriptions

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "instance" / "bench"
ROUNDS, WARM = 5, 20
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Row:
    """One line of the table."""

    what: str
    dataset: str
    milliseconds: float
    floor: str
    ratio: float
    budget: float
    queries: int | None
    gzip_bytes: int

    @property
    def verdict(self) -> str:
        """Whether the budget is kept."""
        return "tenu" if self.ratio <= self.budget and (self.queries or 0) <= 12 else "dépassé"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(target: str, env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Serve an application with granian, one worker: (port, process of the worker)."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += [
        "--blocking-threads",
        "4",
        "--workers",
        "1",
        "--no-access-log",
        "--log-level",
        "error",
        target,
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | env, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port, worker_of(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Until somebody listens."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def worker_of(pid: int) -> int:
    """The worker under granian's main process."""
    for _ in range(50):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return int(children[-1])
        time.sleep(0.1)
    return pid


def cpu(pid: int) -> float:
    """CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    """Resident memory, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def ask(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request on a kept connection."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def cost(
    port: int, pid: int, path: str, headers: dict[str, str], number: int, status: int
) -> tuple[float, int]:
    """(median milliseconds of CPU a request over the rounds, gzip size of the answer)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = b""
    for _ in range(WARM):
        got, body = ask(connection, path, headers)
        if got != status:
            raise RuntimeError(f"{path}: {got}, {status} expected")
    found = []
    for _ in range(ROUNDS):
        before = cpu(pid)
        for _ in range(number):
            ask(connection, path, headers)
        found.append((cpu(pid) - before) / number * 1000)
    connection.close()
    return statistics.median(found), len(body if "Accept-Encoding" in headers else gzip.compress(body))


def settings(path: Path) -> dict[str, str]:
    """The environment of the product on that file."""
    return {"DATABASE_URL": f"sqlite:///{path}", "TNT_INSTANCE": str(FOLDER), "PORT": "5000"}


def prepare(size: datasets.Size) -> tuple[Flask, Path]:
    """The application on a freshly filled file; the clock stands on the data's day while it is filled."""
    path = FOLDER / f"{size.name}.sqlite3"
    for name in (path, *path.parent.glob(path.name + "-*")):
        name.unlink(missing_ok=True)
    app = create_app(load_settings(settings(path)))
    with app.app_context():
        upgrade(str(ROOT / "migrations"))
        with clock.at(datasets.NOW):
            datasets.fill(size)
    return app, path


def cookie_of(app: Flask) -> str:
    """A session of the secretary, as the browser would send it."""
    with app.app_context(), app.test_request_context(base_url="http://127.0.0.1:5000/"):
        account = db.session.get(Account, 1)
        assert account is not None
        account_id, login_id = account.id, account.login_id
        user = accounts.find_signed_in(login_id)
        assert user is not None
        sessions.begin(account_id, locale="fr")
        login_user(user)
        response = app.response_class()
        from flask import session

        app.session_interface.save_session(app, session._get_current_object(), response)
        return response.headers["Set-Cookie"].partition(";")[0]


def feed_of(app: Flask) -> str:
    """The path of a new subscription of the secretary to their sessions."""
    with app.app_context():
        actor = actor_for(1, "Prénom1")
        issued = subscriptions.subscribe(actor, person_id=1, committee_id=None, device="Banc")
        return f"/calendrier/{issued.token}.ics"


def count_queries(app: Flask, path: str, headers: dict[str, str]) -> int:
    """How many statements one request makes."""
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    client = app.test_client(use_cookies=False)
    client.get(path, headers=headers, base_url="http://127.0.0.1:5000")
    event.listen(engine, "before_cursor_execute", note)
    client.get(path, headers=headers, base_url="http://127.0.0.1:5000")
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def pages(size: datasets.Size) -> list[tuple[str, str]]:
    """The pages of the budget, and where they stand in this set."""
    return [
        ("accueil", "/"),
        ("comité", "/comites/coordination"),
        ("séance, 30 points", f"/seances/{size.meetings}"),
        ("portefeuille", "/groupes"),
        ("groupe", "/groupes/groupe-1"),
        ("registre", "/decisions"),
        ("objectifs", "/objectifs"),
    ]


def measure(size: datasets.Size, floors: dict[str, float], number: int) -> tuple[list[Row], float]:
    """The rows of one data set, and the worker's memory after them."""
    app, path = prepare(size)
    cookie, feed = cookie_of(app), feed_of(app)
    zipped = {"Accept-Encoding": "gzip", "Host": "127.0.0.1:5000"}
    rows = []
    with served("wsgi:app", settings(path)) as (port, pid):
        for what, address in pages(size):
            headers = {"Cookie": cookie, "Host": "127.0.0.1:5000"}
            ms, length = cost(port, pid, address, headers, number, 200)
            queries = count_queries(app, address, headers)
            rows.append(Row(what, size.name, ms, "rows", ms / floors["rows"], 6, queries, length))
        ms, length = cost(port, pid, feed, zipped, number * 4, 200)
        queries = count_queries(app, feed, zipped)
        rows.append(Row("flux, 200 gzip", size.name, ms, "hello", ms / floors["hello"], 6, queries, length))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", feed, headers=zipped)
        answer = connection.getresponse()
        answer.read()
        known = zipped | {"If-None-Match": answer.headers["ETag"]}
        ms, length = cost(port, pid, feed, known, number * 4, 304)
        queries = count_queries(app, feed, known)
        rows.append(Row("flux, 304", size.name, ms, "hello", ms / floors["hello"], 4, queries, length))
        used = memory_mb(pid)
    return rows, used


def main() -> None:
    """Measure, print, keep."""
    number = int(os.environ.get("BENCH_REQUESTS", "60"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ["BENCH_FLOOR_DB"] = str(FOLDER / "floor.sqlite3")
    from bench import floors as floor_app

    floor_app.prepare()
    with served("bench.floors:app", {}) as (port, pid):
        floors = {name: cost(port, pid, f"/{name}", {}, number * 10, 200)[0] for name in ("hello", "rows")}
    print(
        f"Planchers, en processeur par requête : hello {floors['hello']:.3f} ms, "
        f"50 lignes {floors['rows']:.3f} ms"
    )
    results: dict[str, Any] = {"floors_ms": floors, "rows": [], "memory_mb": {}}
    for size in (datasets.REAL, datasets.LARGE):
        rows, used = measure(size, floors, number)
        results["memory_mb"][size.name] = round(used, 1)
        results["rows"] += [asdict(row) | {"verdict": row.verdict} for row in rows]
        for row in rows:
            print(
                f"{row.dataset:6} {row.what:20} {row.milliseconds:8.2f} ms  {row.ratio:6.1f} × {row.floor:5} "
                f"(budget {row.budget:g})  {row.queries:3} requêtes  {row.gzip_bytes / 1000:6.1f} ko  "
                f"{row.verdict}"
            )
        print(f"{size.name:6} mémoire du serveur après la mesure : {used:.0f} Mo (budget 130)")
    (ROOT / "bench" / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
