"""The commands of the ground, as an operator runs them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from tests.conftest import ROOT
from tests.core.test_journal import add_person
from tnt.core.db import db, transaction


def test_the_journal_is_said_intact_then_altered(sqlite_app: Flask) -> None:
    add_person()
    runner = sqlite_app.test_cli_runner()
    intact = runner.invoke(args=["journal", "verify"])
    assert (intact.exit_code, intact.output) == (0, "Journal intact : 1 entrée(s).\n")
    with transaction() as session:
        session.execute(text("DROP TRIGGER journal_entry_no_update"))
        session.execute(text("UPDATE journal_entry SET action = 'forged'"))
    altered = runner.invoke(args=["journal", "verify"])
    assert altered.exit_code == 1
    assert "entrée 1 : l’entrée a été modifiée" in altered.output
    assert "Journal altéré : 1 défaut(s)." in altered.output
    db.session.remove()


def serve(port: int, url: str, folder: Path) -> subprocess.Popen[str]:
    env = os.environ | {
        "DATABASE_URL": url,
        "TNT_INSTANCE": str(folder),
        "TNT_ENV": "development",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve"]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_serve_says_what_to_open_and_stops_both(sqlite_url: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = serve(port, sqlite_url, tmp_path)
    assert process.stdout is not None
    try:
        opened = next(line for line in process.stdout if "Ouvrez" in line)
        assert opened.strip() == f"Ouvrez http://127.0.0.1:{port}"
        assert process.stderr is not None
        next(line for line in process.stderr if '"event": "scheduler started"' in line)  # it takes its time
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert '"event": "scheduler stopped"' in errors
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_serve_says_when_the_port_is_taken(sqlite_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = serve(taken.getsockname()[1], sqlite_url, tmp_path)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "est déjà pris" in errors
