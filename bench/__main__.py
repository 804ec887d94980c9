"""`make bench`: what each page and feed costs, against two floors served by the same server in the same run.

A figure is CPU seconds of the server's process per request, all its threads, over a bounded number of
requests on the loopback. Machines are shared and noisy: each round measures the floors again, a row is the
median of its ratios over the rounds. Read the ratios. Results go to bench/results.json.

BENCH_REQUESTS is the number of requests of a row in a round, BENCH_ROUNDS the number of rounds.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import re
import shutil
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import event

from bench import datasets, packs, probes
from bench.server import ROOT, Answer, Server, served
from tnt.core import clock, pdf
from tnt.core.db import db
from tnt.core.static_files import sources

FOLDER = ROOT / "instance" / "bench"
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "100"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
WARM = 15
MOST_QUERIES = 12
PAGE_BUDGET, FEED_BUDGET, UNCHANGED_BUDGET, SAVE_BUDGET = 6, 6, 4, 5
GROWTH_BUDGET, MEMORY_BUDGET_MB = 1.3, 130
PACK_BUDGET_S, PACK_BUDGET_MB = 2, 300
HTML_BUDGET_KB, STATIC_BUDGET_KB, REBUILD_BUDGET_MS, PDF_BUDGET_MS = 40, 90, 20, 2_000


@dataclass
class Row:
    """One line of the table."""

    what: str
    dataset: str
    floor: str
    budget: float
    server: Server
    send: Callable[[Server], Answer]
    status: int = 200
    most_queries: int | None = MOST_QUERIES
    is_page: bool = False
    requests: int = REQUESTS
    queries: int | None = None
    html_kb: float | None = None
    milliseconds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Times the floor: the median of the rounds."""
        return statistics.median(self.ratios)

    @property
    def misses(self) -> list[str]:
        """What goes beyond its budget."""
        found = []
        if self.ratio > self.budget:
            found.append("processeur")
        if self.queries is not None and self.most_queries is not None and self.queries > self.most_queries:
            found.append("requêtes")
        if self.html_kb is not None and self.html_kb > HTML_BUDGET_KB:
            found.append("taille")
        return found

    def told(self) -> dict[str, Any]:
        """As results.json keeps it."""
        return {
            "what": self.what,
            "dataset": self.dataset,
            "milliseconds": round(statistics.median(self.milliseconds), 2),
            "floor": self.floor,
            "ratio": round(self.ratio, 1),
            "budget": self.budget,
            "queries": self.queries,
            "html_kb": self.html_kb,
            "over": self.misses,
        }


def cost(server: Server, send: Callable[[Server], Answer], number: int, status: int) -> float:
    """Milliseconds of CPU a request. Raises RuntimeError for another answer than the one expected."""
    server.reconnect()
    before = server.cpu_seconds()
    for _ in range(number):
        answer = send(server)
        if answer.status != status:
            raise RuntimeError(f"{answer.status} instead of {status}: {answer.body[:300]!r}")
    return (server.cpu_seconds() - before) / number * 1000


def measure(floors: Server, rows: list[Row]) -> dict[str, float]:
    """Fill the rows; the floors in milliseconds, medians too."""
    asks = {"hello": probes.get("/hello", {}), "rows": probes.get("/rows", {})}
    found: dict[str, list[float]] = {name: [] for name in asks}
    for server, send, status in [(floors, send, 200) for send in asks.values()] + [
        (row.server, row.send, row.status) for row in rows
    ]:
        cost(server, send, WARM, status)
    for _round in range(ROUNDS):
        for row in rows:
            # the floor just before the row: the machine is seldom the same a minute later
            floor = cost(floors, asks[row.floor], REQUESTS * 2, 200)
            found[row.floor].append(floor)
            spent = cost(row.server, row.send, row.requests, row.status)
            row.milliseconds.append(spent)
            row.ratios.append(spent / floor)
    return {name: round(statistics.median(values), 3) for name, values in found.items()}


def count_queries(app: Flask, ask: probes.Ask) -> int:
    """How many statements the second of two same requests makes, in this process."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    client = app.test_client(use_cookies=False)
    client.get(ask.path, headers=ask.headers, base_url=probes.BASE)
    event.listen(engine, "before_cursor_execute", note)
    client.get(ask.path, headers=ask.headers, base_url=probes.BASE)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def rows_of(size: datasets.Size, app: Flask, server: Server) -> list[Row]:
    """What is measured on one data set."""
    cookie = {"Cookie": probes.cookie_of(app), "Host": probes.HOST}
    rows = []
    for what, path in probes.pages(size):
        ask = probes.Ask(path, cookie)
        row = Row(what, size.name, "rows", PAGE_BUDGET, server, ask, is_page=True)
        row.queries = count_queries(app, ask)
        row.html_kb = round(len(gzip.compress(ask(server).body)) / 1000, 1)
        rows.append(row)
    feed = probes.Ask(probes.feed_of(app), {"Accept-Encoding": "gzip", "Host": probes.HOST})
    first = feed(server)
    known = probes.Ask(feed.path, feed.headers | {"If-None-Match": first.headers["etag"]})
    whole = Row("flux, 200 gzip", size.name, "hello", FEED_BUDGET, server, feed, most_queries=None)
    same = Row("flux, 304", size.name, "hello", UNCHANGED_BUDGET, server, known, 304, most_queries=2)
    for row, ask in ((whole, feed), (same, known)):
        row.requests, row.queries = REQUESTS * 4, count_queries(app, ask)
    saving = Row(
        "note de séance enregistrée", size.name, "rows", SAVE_BUDGET, server, Note(size, cookie), 302
    )
    saving.requests = max(10, REQUESTS // 4)
    return [*rows, whole, same, saving]


@dataclass
class Note:
    """Save the notes of the first item of the meeting in session, a little longer each time."""

    size: datasets.Size
    headers: dict[str, str]
    token: str = ""
    version: int = 0

    def __call__(self, server: Server) -> Answer:
        """Send the form with the version that the last save gave."""
        meeting, item = probes.item_in_session(self.size)
        page = f"/seances/{meeting}/tenue"
        if not self.token:
            text = server.ask(f"{page}?point={item}", self.headers).body.decode()
            self.token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', text)[0]
        form = {"csrf_token": self.token, "version": self.version, "kind": "keep", "vote_mode": "consensus"}
        body = urlencode(form | {"notes": f"Note {self.version}", "wording": "Le comité décide."})
        headers = self.headers | {"Content-Type": "application/x-www-form-urlencoded"}
        self.version += 1
        return server.ask(f"{page}/{item}", headers, "POST", body)


def static_kb() -> float:
    """Style and script of a page, gzipped."""
    wanted = ("css/bootstrap.min.css", "css/tnt.css", "js/tnt.js")
    return round(sum(len(gzip.compress(sources()[name].read_bytes())) for name in wanted) / 1000, 1)


def pdf_ms() -> float:
    """Milliseconds to render a record of thirty decisions, in its own process."""
    content = probes.record()
    pdf.render("record", content)
    started = time.perf_counter()
    pdf.render("record", content)
    return round((time.perf_counter() - started) * 1000)


def show(rows: list[Row]) -> None:
    """The table of the rows."""
    for row in rows:
        verdict = "tenu" if not row.misses else "dépassé : " + ", ".join(row.misses)
        queries = "" if row.queries is None else f"{row.queries:3} requêtes"
        size = "" if row.html_kb is None else f"{row.html_kb:5.1f} ko"
        print(
            f"{row.dataset:6} {row.what:28} {statistics.median(row.milliseconds):7.2f} ms"
            f"{row.ratio:7.1f} × {row.floor:6}(budget {row.budget:g})  {queries:12}  {size:8}  {verdict}"
        )


def compare(rows: list[Row]) -> list[dict[str, Any]]:
    """Each page on `large` against the same on `real`."""
    by_set = {(row.dataset, row.what): row for row in rows if row.is_page}
    found = []
    for (name, what), large in by_set.items():
        if name == datasets.LARGE.name:
            real = by_set[datasets.REAL.name, what]
            growth = round(large.ratio / real.ratio, 2)
            same = large.queries == real.queries
            over = growth > GROWTH_BUDGET or not same
            found.append({"what": what, "growth": growth, "same_queries": same, "over": over})
    return found


def main() -> None:
    """Measure, print, keep."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    clock.freeze(datasets.NOW)
    logging.disable(logging.WARNING)  # a line for each page asked in this process would drown the table
    floor_file = FOLDER / "floor.sqlite3"
    os.environ["BENCH_FLOOR_DB"] = str(floor_file)
    from bench import floors

    floors.prepare()
    with ExitStack() as stack:
        floor_server = stack.enter_context(served("bench.floors:app", {}))
        rows: list[Row] = []
        servers: dict[str, Server] = {}
        apps: dict[str, Flask] = {}
        for size in (datasets.REAL, datasets.LARGE):
            path = working_copy(size)
            apps[size.name] = probes.application(path, FOLDER)
            env = probes.environment(path, FOLDER)
            servers[size.name] = stack.enter_context(served("bench.served:app", env))
            rows += rows_of(size, apps[size.name], servers[size.name])
        floor_ms = measure(floor_server, rows)
        memory = {name: round(server.memory_mb(), 1) for name, server in servers.items()}
    rebuild, built = probes.rebuild(apps["large"], ROUNDS * 3)
    pack = packs.cost()
    other = {
        "feed_rebuilt_ms": rebuild,
        "events_built_again": built,
        "record_pdf_ms": pdf_ms(),
        "css_js_gzip_kb": static_kb(),
        "pack_s": pack["seconds"],
        "pack_pages": pack["pages"],
        "pack_memory_mb": pack["memory_mb"],
    }
    report(floor_ms, rows, memory, other)


def report(
    floors: dict[str, float], rows: list[Row], memory: dict[str, float], other: dict[str, float]
) -> None:
    """Print the tables and write results.json."""
    print(f"Planchers, processeur par requête : hello {floors['hello']} ms, 50 lignes {floors['rows']} ms\n")
    show(rows)
    print("\nlarge par rapport à real (budget 1,3 ; mêmes requêtes)")
    grown = compare(rows)
    for line in grown:
        queries = "mêmes requêtes" if line["same_queries"] else "requêtes différentes"
        print(f"       {line['what']:28} × {line['growth']:<5} {queries:22} {verdict(line['over'])}")
    print()
    limits = {
        "feed_rebuilt_ms": ("Flux de 500 séances refait après une modification, ms", REBUILD_BUDGET_MS),
        "events_built_again": ("Événements refaits pour cela", 1),
        "record_pdf_ms": ("Relevé de 30 décisions en PDF, ms", PDF_BUDGET_MS),
        "css_js_gzip_kb": ("CSS et JS d’une page, gzip, ko", STATIC_BUDGET_KB),
        "pack_s": (f"Dossier de {other['pack_pages']:.0f} pages et vingt pièces, s", PACK_BUDGET_S),
        "pack_memory_mb": ("Mémoire d’un processus pour cela, Mo", PACK_BUDGET_MB),
    }
    for name, (words, limit) in limits.items():
        print(f"{words} : {other[name]} (budget {limit}) {verdict(other[name] > limit)}")
    for name, used in memory.items():
        words = f"Mémoire du serveur après la mesure, {name}, Mo"
        print(f"{words} : {used} (budget {MEMORY_BUDGET_MB}) {verdict(used > MEMORY_BUDGET_MB)}")
    kept = {
        "requests": REQUESTS,
        "rounds": ROUNDS,
        "floors_ms": floors,
        "rows": [row.told() for row in rows],
        "large_against_real": grown,
        "memory_mb": memory,
        **other,
    }
    target = ROOT / "bench" / "results.json"
    target.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def verdict(over: bool) -> str:
    """The word of a budget."""
    return "dépassé" if over else "tenu"


def working_copy(size: datasets.Size) -> Path:
    """A copy of the set to write on; the set itself is made once for each version of its generator."""
    made = probes.made(size, FOLDER)
    copy = FOLDER / f"{size.name}.sqlite3"
    for old in (copy, *FOLDER.glob(copy.name + "-*")):
        old.unlink(missing_ok=True)
    shutil.copyfile(made, copy)
    return copy


if __name__ == "__main__":
    main()
