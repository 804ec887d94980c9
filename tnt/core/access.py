"""Who may use a route, and what a person holds on the day.

Every endpoint carries exactly one `@access(...)` marker: the application does not start with a bare one.
Grants are plain (right, scope) pairs; features register the statements that tell them, asked together in one
question, so that this room knows no business word. A service checks again what it does: hiding a route is
not a right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import CompoundSelect, Date, Integer, Select, bindparam, union_all
from werkzeug.wrappers import Response

from tnt.core import clock
from tnt.core.db import db

F = TypeVar("F", bound=Callable[..., object])


class Grant(NamedTuple):
    """A right, everywhere (scope None) or on one thing (its id)."""

    right: str
    scope: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a person with the grants of the day, or the system (person_id None)."""

    person_id: int | None
    name: str
    grants: frozenset[Grant] = field(default_factory=frozenset)
    is_system: bool = False

    def has(self, right: str, scope: int | None = None) -> bool:
        """Whether the actor holds the right on that scope (or everywhere)."""
        return self.is_system or Grant(right, scope) in self.grants or Grant(right) in self.grants

    def has_any(self, *rights: str) -> bool:
        """Whether the actor holds one of the rights, on whatever scope."""
        return self.is_system or any(grant.right in rights for grant in self.grants)

    def scopes(self, *rights: str) -> frozenset[int]:
        """The ids on which the actor holds one of the rights."""
        return frozenset(
            grant.scope for grant in self.grants if grant.right in rights and grant.scope is not None
        )


ANONYMOUS = Actor(None, "")
SYSTEM = Actor(None, "Système", is_system=True)

# what the statements of grants are asked about
OF_PERSON = bindparam("person_id", type_=Integer)
ON_DAY = bindparam("day", type_=Date)
_SOURCES: dict[str, tuple[Select[*tuple[Any, ...]], ...]] = {}
_QUESTION: list[CompoundSelect[Any]] = []  # all the statements in one, made at the first question


def register_grants(name: str, *statements: Select[*tuple[Any, ...]]) -> None:
    """Add a source of grants, once per name: statements of (right, scope) rows over OF_PERSON and ON_DAY."""
    _SOURCES[name] = statements
    _QUESTION.clear()


def actor_for(person_id: int, name: str, day: date | None = None) -> Actor:
    """The person with the grants held on that day (today by default); one query."""
    asked = {"person_id": person_id, "day": day or clock.today()}
    held = db.session.connection().execute(_question(), asked) if _SOURCES else ()
    return Actor(person_id, name, frozenset(Grant(right, scope) for right, scope in held))


def _question() -> CompoundSelect[Any]:
    if not _QUESTION:
        _QUESTION.append(union_all(*(each for source in _SOURCES.values() for each in source)))
    return _QUESTION[0]


def current_actor() -> Actor:
    """Whoever makes the present request; computed once a request."""
    if "actor" not in g:
        signed_in = bool(getattr(current_user, "is_authenticated", False))
        g.actor = actor_for(current_user.person_id, current_user.person_name) if signed_in else ANONYMOUS
    actor: Actor = g.actor
    return actor


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks of the person: anyone, a signed-in person, or one of some rights."""

    name: str
    signed_in: bool = True
    rights: tuple[str, ...] = ()


PUBLIC = Rule("public", signed_in=False)
SIGNED_IN = Rule("signed_in")


def holding(*rights: str) -> Rule:
    """A rule: the person holds at least one of these rights, on whatever scope."""
    return Rule("|".join(rights), rights=rights)


class BareEndpoint(RuntimeError):
    """A route says nothing of who may use it."""


def access(rule: Rule) -> Callable[[F], F]:
    """Mark a view with its rule. Put it nearest the function, under the route."""

    def mark(view: F) -> F:
        view.access_rule = rule  # type: ignore[attr-defined]  # a marker read by `enforce`
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The rule that an endpoint declares, if any."""
    view = app.view_functions[endpoint]
    rule: Rule | None = getattr(view, "access_rule", None)
    return rule


def check_every_endpoint(app: Flask) -> None:
    """Raise BareEndpoint when a route declares no rule; called at the end of create_app."""
    bare = sorted(
        endpoint for endpoint in app.view_functions if endpoint != "static" and not rule_of(app, endpoint)
    )
    if bare:
        raise BareEndpoint(f"routes without an access rule: {', '.join(bare)}")


def init_app(app: Flask) -> None:
    """Enforce the rules before every view."""
    app.before_request(enforce)


def enforce() -> Response | None:
    """Send the anonymous to sign in, and answer 404 to whoever lacks the right (absent = forbidden)."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    rule = rule_of(current_app._get_current_object(), request.endpoint)  # type: ignore[attr-defined]
    if rule is None or not rule.signed_in:
        return None
    actor = current_actor()
    if actor.person_id is None:
        if request.method in {"GET", "HEAD"}:
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
        abort(401)
    if rule.rights and not actor.has_any(*rule.rights):
        abort(404)
    return None
