"""Sessions kept in the database: what the browser holds is a random key, and only its hash is stored.

A session ends when its row goes: a cookie replayed after sign-out opens nothing. Rows are written through a
connection of their own, so that saving a session never commits what a view left unsaved, and a GET writes at
most every fifteen minutes. A visitor who stores nothing has no row and no cookie.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask import session as flask_session
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin
from flask.wrappers import Request, Response
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import JSON, Connection, String, bindparam, delete, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response as AnyResponse

from tnt.core import access, clock, dataset
from tnt.core.db import Model, db
from tnt.core.navigation import internal_path

COOKIE = "__Host-tnt"
KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
TOUCH_EVERY = timedelta(minutes=15)
# a page that needs a fresh sign-in opens within the first, and its form may take until the second
FRESH_TO_OPEN = timedelta(minutes=15)
FRESH_TO_SEND = timedelta(hours=1)

P = ParamSpec("P")
R = TypeVar("R")


class WebSession(Model):
    """A browser's session. `owner_id` is the account signed in (no foreign key: accounts stand above)."""

    __tablename__ = "web_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the cookie's value
    owner_id: Mapped[int | None] = mapped_column(index=True)
    agent: Mapped[str] = mapped_column(String(200), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ServerSession(SecureCookieSession):
    """The values of one browser during a request, and what must be known to store them."""

    def __init__(self, initial: dict[str, Any] | None = None, row: Any = None) -> None:
        """`row` is the stored session; without one nothing is stored yet."""
        super().__init__(initial)
        self.row_id: str | None = row.id if row else None
        self.created_at: datetime | None = row.created_at if row else None
        self.last_seen_at: datetime | None = row.last_seen_at if row else None
        self.owner_id: int | None = row.owner_id if row else None
        self.discarded: str | None = None  # the row to remove: signed out, or before sign-in
        self.unavailable = False  # the database did not answer


_STORED = select(WebSession.__table__, dataset.DEMO_SINCE.label("demo_since")).where(
    WebSession.id == bindparam("id"), WebSession.expires_at > bindparam("now")
)


class DatabaseSessions(SessionInterface):
    """Opens a session from the cookie and stores what changed."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The stored session of the cookie; an empty one when there is none, or when it has expired."""
        key = request.cookies.get(COOKIE, "")
        if not KEY_SHAPE.fullmatch(key):
            return ServerSession()
        asked = {"id": _digest(key), "now": clock.now()}
        try:
            # of the request's own connection, and with the mention that every page may have to bear
            row = db.session.connection().execute(_STORED, asked).first()
        except (OperationalError, PoolTimeout):
            app.logger.exception("sessions: database unavailable")
            db.session.rollback()
            empty = ServerSession()
            empty.unavailable = True
            return empty
        if row is None:
            return ServerSession()
        dataset.remember_demo(row.demo_since is not None)
        return ServerSession(row.data, row)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002
        """Store what the request changed, in a transaction of its own."""
        if not isinstance(session, ServerSession) or session.unavailable:
            return
        if session.accessed:
            response.vary.add("Cookie")
        if not _must_write(session):
            return
        with db.engine.connect().execution_options(write=True) as connection, connection.begin():
            key = _store(connection, session)
        if key:
            response.set_cookie(COOKIE, key, secure=True, httponly=True, samesite="Lax", path="/")
        elif session.discarded and not session:
            response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax", path="/")


def init_app(app: Flask) -> None:
    """Replace Flask's cookie sessions."""
    app.session_interface = DatabaseSessions()
    app.before_request(_refuse_without_database)


def _refuse_without_database() -> None:
    # without this, a lost database would look like a sign-out
    session = _current()
    if session.unavailable and request.endpoint:
        rule = access.rule_of(_app(), request.endpoint) if request.endpoint != "static" else None
        if rule is not None and rule.signed_in:
            abort(503)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _must_write(session: ServerSession) -> bool:
    if session.discarded or (session.modified and (session or session.row_id)):
        return True
    return bool(session.last_seen_at and clock.now() - session.last_seen_at >= TOUCH_EVERY)


def _store(connection: Connection, session: ServerSession) -> str | None:
    """Write the row; the new key when the session is new. A row ended meanwhile is not written again."""
    if session.discarded:
        connection.execute(delete(WebSession).where(WebSession.id == session.discarded))
    now = clock.now()
    values: dict[str, Any] = {
        "last_seen_at": now,
        "expires_at": _expiry(session.created_at or now, now),
    }
    if session.modified:
        values["data"] = _as_json(session)
    if session.row_id:
        connection.execute(update(WebSession).where(WebSession.id == session.row_id).values(values))
        return None
    if not session:
        return None
    key = secrets.token_urlsafe(32)
    values |= {
        "id": _digest(key),
        "owner_id": session.owner_id,
        "agent": request.user_agent.string[:200],
        "created_at": now,
    }
    connection.execute(insert(WebSession).values(values))
    return key


def _as_json(session: ServerSession) -> dict[str, Any]:
    """The values as JSON holds them; a lazy text of a message is written out. Raises TypeError otherwise."""
    values: dict[str, Any] = json.loads(json.dumps(dict(session), default=_written_out))
    return values


def _written_out(value: object) -> str:
    if isinstance(value, LazyString):
        return str(value)
    raise TypeError(f"a session holds plain values only, not {type(value).__name__}")


def _expiry(created_at: datetime, now: datetime) -> datetime:
    settings = current_app.config
    return min(
        created_at + timedelta(hours=settings["SESSION_ABSOLUTE_HOURS"]),
        now + timedelta(hours=settings["SESSION_IDLE_HOURS"]),
    )


def _current() -> ServerSession:
    session: Any = flask_session._get_current_object()  # type: ignore[attr-defined]
    if not isinstance(session, ServerSession):
        raise TypeError("no session is open")
    return session


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def begin(owner_id: int, **values: str) -> None:
    """Forget everything and go on as the owner's session, under a new id, with a new form token."""
    session = _current()
    session.clear()
    session.discarded, session.row_id = session.row_id or session.discarded, None
    session.created_at = session.last_seen_at = None
    session.owner_id = owner_id
    field = current_app.config["WTF_CSRF_FIELD_NAME"]
    g.pop(field, None)
    session[field] = secrets.token_hex(20)
    session.update(values)
    mark_fresh()


def finish() -> None:
    """End the present session: its row goes, its cookie too."""
    session = _current()
    session.clear()
    session.discarded, session.row_id = session.row_id or session.discarded, None
    session.owner_id = None


def mark_fresh() -> None:
    """Note that the person has just proven who they are."""
    flask_session["signed_in_at"] = clock.now().isoformat()


def is_fresh(within: timedelta) -> bool:
    """Whether the person proved who they are that recently."""
    proven = flask_session.get("signed_in_at")
    return proven is not None and clock.now() - datetime.fromisoformat(proven) <= within


def fresh_required(view: Callable[P, R]) -> Callable[P, R | AnyResponse]:
    """Ask for the password again before what changes a role, an address or a token. Put it under @access."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
        reading = request.method in {"GET", "HEAD"}
        if is_fresh(FRESH_TO_OPEN if reading else FRESH_TO_SEND):
            return view(*args, **kwargs)
        if not reading:
            flash(
                _(
                    "Votre dernière connexion est trop ancienne : rien n’a été enregistré. "
                    "Confirmez votre identité, puis recommencez."
                ),
                "attention",
            )
        return redirect(url_for("accounts.confirm", next=_page_asked()), 303)

    return guarded


def _page_asked() -> str:
    """The page to come back to: this one, or the one that holds the form."""
    if request.url_rule is not None and "GET" in (request.url_rule.methods or ()):
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    return internal_path(came_from.path) if came_from.netloc == request.host else "/"


def current_id() -> str | None:
    """The row of the present session, for `end_sessions(keep=…)`."""
    return _current().row_id


def owner_sessions(owner_id: int) -> list[WebSession]:
    """The open sessions of an account, the last seen first."""
    return list(
        db.session.scalars(
            select(WebSession)
            .where(WebSession.owner_id == owner_id, WebSession.expires_at > clock.now())
            .order_by(WebSession.last_seen_at.desc())
        )
    )


def end_sessions(owner_id: int, keep: str | None = None) -> int:
    """Within a transaction: end the sessions of an account, all but `keep`; how many were ended."""
    ending = delete(WebSession).where(WebSession.owner_id == owner_id)
    if keep:
        ending = ending.where(WebSession.id != keep)
    return int(db.session.execute(ending).rowcount)  # type: ignore[attr-defined]


def purge_expired() -> int:
    """Remove the rows of expired sessions; how many."""
    with db.engine.connect().execution_options(write=True) as connection, connection.begin():
        return connection.execute(delete(WebSession).where(WebSession.expires_at <= clock.now())).rowcount
