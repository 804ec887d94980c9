"""What the bench asks of the product: who asks, for which pages, on which data."""

from __future__ import annotations

import hashlib
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, session
from flask_login import login_user
from flask_migrate import upgrade
from sqlalchemy import func, select, text, update

from bench import datasets
from bench.server import ROOT, Answer, Server
from config import load_settings
from tnt import create_app
from tnt.accounts import queries as accounts
from tnt.accounts.models import Account
from tnt.committees.models import Committee
from tnt.core import clock, sessions
from tnt.core.access import actor_for
from tnt.core.db import db, transaction
from tnt.feeds.services import reading, subscriptions
from tnt.meetings.models import Meeting, MeetingEvent

HOST = "127.0.0.1:5000"
BASE = f"http://{HOST}"


@dataclass(frozen=True, slots=True)
class Ask:
    """One GET, always the same."""

    path: str
    headers: dict[str, str]

    def __call__(self, server: Server) -> Answer:
        """Send it."""
        return server.ask(self.path, self.headers)


def get(path: str, headers: dict[str, str]) -> Ask:
    """That page."""
    return Ask(path, headers)


def environment(path: Path, folder: Path) -> dict[str, str]:
    """The product on that file."""
    return {"DATABASE_URL": f"sqlite:///{path}", "TNT_INSTANCE": str(folder), "PORT": "5000"}


def application(path: Path, folder: Path) -> Flask:
    """The product in this process, on that file."""
    return create_app(load_settings(environment(path, folder)))


def made(size: datasets.Size, folder: Path) -> Path:
    """The data set of that size, made again only when its generator or the schema changed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{size.name}-{fingerprint()}.sqlite3"
    if path.exists():
        return path
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    app = application(draft, folder)
    with app.app_context():
        upgrade(str(ROOT / "migrations"))
        with clock.at(datasets.NOW):
            datasets.fill(size)
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.remove()
        db.engine.dispose()
    for old in folder.glob(f"{size.name}-*.sqlite3"):
        old.unlink()
    return draft.rename(path)


def fingerprint() -> str:
    """Changes with the generator, the schema or the programme."""
    files = [ROOT / "bench" / "datasets.py", *sorted((ROOT / "migrations" / "versions").glob("*.py"))]
    files.append(ROOT / "tnt" / "programme" / "data" / "programme.yaml")
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


def cookie_of(app: Flask) -> str:
    """A session of the secretary, as the browser would send it."""
    with app.app_context(), app.test_request_context(base_url=BASE):
        account = db.session.get(Account, 1)
        assert account is not None
        account_id, login_id = account.id, account.login_id
        user = accounts.find_signed_in(login_id)
        assert user is not None
        sessions.begin(account_id, locale="fr")
        login_user(user)
        response = app.response_class()
        app.session_interface.save_session(app, session._get_current_object(), response)
        return response.headers["Set-Cookie"].partition(";")[0]


def feed_of(app: Flask, device: str = "Banc") -> str:
    """The path of a new subscription of the secretary to their sessions: those of both committees."""
    with app.app_context():
        actor = actor_for(1, "Prénom1")
        issued = subscriptions.subscribe(actor, person_id=1, committee_id=None, device=device)
        return f"/calendrier/{issued.token}.ics"


def pages(size: datasets.Size) -> list[tuple[str, str]]:
    """The pages of the budget, and where they stand in this set."""
    return [
        ("accueil", "/"),
        ("comité", "/comites/coordination"),
        ("séance, 30 points", f"/seances/{size.meetings}"),
        ("séance tenue, 30 points", f"/seances/{size.meetings - 1}/tenue"),
        ("portefeuille", "/groupes"),
        ("groupe", "/groupes/groupe-1"),
        ("registre", "/decisions"),
        ("objectifs", "/objectifs"),
        ("actions", "/suites"),
    ]


def item_in_session(size: datasets.Size) -> tuple[int, int]:
    """The meeting in session and the first item of its agenda."""
    meeting = size.meetings - 1
    return meeting, 1 + (size.meetings - 2) * size.items_each


def rebuild(app: Flask, times: int) -> tuple[float, int]:
    """Milliseconds of CPU to give a feed after one of its meetings changed, and the events built for it."""
    address = feed_of(app, "Banc, refait").rpartition("/")[2].removesuffix(".ics")
    spent = []
    with app.app_context():
        reading.open_feed(address, "bench").content  # noqa: B018 - reading it builds it
        for step in range(1, times + 1):
            before = _prints()
            _change_a_meeting(step)
            started = time.process_time()
            content = reading.open_feed(address, "bench").content
            spent.append((time.process_time() - started) * 1000)
            assert f"Salle {step}\\, Ségur".encode() in content
            built = len(_prints() - before)
            db.session.rollback()
        assert content.count(b"BEGIN:VEVENT") == db.session.scalar(select(func.count(Meeting.id)))
    return round(statistics.median(spent), 1), built


def _prints() -> set[tuple[int, str]]:
    rows = db.session.execute(select(MeetingEvent.meeting_id, MeetingEvent.fingerprint)).all()
    return {(meeting_id, fingerprint) for meeting_id, fingerprint in rows}


def _change_a_meeting(step: int) -> None:
    with transaction() as write:
        meeting = write.scalars(select(Meeting).order_by(Meeting.id.desc()).limit(1)).one()
        meeting.place, meeting.sequence = f"Salle {step}, Ségur", meeting.sequence + 1
        meeting.last_modified = datasets.NOW + timedelta(seconds=step)
        write.execute(
            update(Committee)
            .where(Committee.id == meeting.committee_id)
            .values(calendar_revision=Committee.calendar_revision + 1)
        )


def record() -> dict[str, Any]:
    """A record of thirty decisions, as the template takes it."""
    people = [{"name": f"Prénom{key} Nom{key}", "quality": "ANCT"} for key in range(1, 31)]
    decisions = [
        {
            "number": f"CC-2026-T4-{key:02d}",
            "title": f"Décision {key}",
            "nature": "Décision",
            "wording": "Le comité décide de poursuivre la mesure, pour les communes accompagnées. " * 3,
            "vote": "mode : consensus",
            "effects": ["Le groupe continue."],
        }
        for key in range(1, 31)
    ]
    return {
        "lang": "fr",
        "demo": False,
        "date": datasets.TODAY.isoformat(),
        "committee": "Comité de coordination",
        "title": "Relevé de décisions",
        "date_line": "23 novembre 2026",
        "place": "Salle 1, Ségur",
        "status": "En vigueur",
        "programme": "Transformation numérique des territoires",
        "attendance": [{"label": "Présents", "people": people}],
        "quorum": "",
        "decisions": decisions,
        "items": [],
        "actions": [{"title": "Écrire aux communes", "owner": "ANCT", "due": "15 décembre 2026"}],
        "visas": [{"name": "Prénom2 Nom2", "quality": "ANCT", "state": "visé", "date": "24 nov. 2026"}],
        "journal_head": "0" * 64,
        "version": 1,
        "generated_at": "23 novembre 2026",
        "footer": "TNT",
    }
