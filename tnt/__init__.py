"""TNT: the governance of a State programme. A committee decides; everything else follows from decisions.

`create_app` assembles the features listed in FEATURES, top to bottom: a feature imports only those below
it. Each is a folder with the same rooms; `docs/architecture.md` is the map.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Flask
from flask.cli import AppGroup
from werkzeug.middleware.proxy_fix import ProxyFix

from tnt.core import access, db

# top to bottom; the order is a contract (see pyproject.toml, import-linter)
FEATURES = (
    "setup",
    "home",
    "notices",
    "feeds",
    "closing",
    "consultations",
    "effects",
    "minutes",
    "convocations",
    "packs",
    "sittings",
    "participants",
    "papers",
    "agendas",
    "portfolio",
    "intake",
    "fund",
    "roadmap",
    "handovers",
    "objectives",
    "actions",
    "reports",
    "projects",
    "decisions",
    "meetings",
    "committees",
    "territories",
    "programme",
    "accounts",
)

# rooms of core that plug themselves into the application, in this order
CORE = (
    "addresses",
    "typed",
    "days",
    "logs",
    "journal",
    "blobs",
    "dataset",
    "outbox",
    "tasks",
    "throttle",
    "static_files",
    "security_headers",
    "sessions",
    "i18n",
    "uploads",
    "csrf",
    "access",
    "templating",
    "error_pages",
    "pages",
    "health",
    "cli",
)


def create_app(settings: Mapping[str, Any]) -> Flask:
    """The application with every feature plugged in; raises when an endpoint declares no access."""
    app = Flask(__name__, template_folder="../templates", static_folder=None)
    app.config.from_mapping(settings)
    app.config["INSTANCE_DIR"].mkdir(parents=True, exist_ok=True)
    if app.config["TRUSTED_PROXIES"]:
        # only the proxies counted are believed; a forged X-Forwarded-For is otherwise ignored
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    db.init_app(app)
    for room in CORE:
        _plug(app, f"tnt.core.{room}")
    for feature in reversed(FEATURES):
        _plug_feature(app, feature)
    access.check_every_endpoint(app)
    return app


def _plug(app: Flask, name: str) -> None:
    if find_spec(name) is None:
        return
    module = import_module(name)
    if hasattr(module, "init_app"):
        module.init_app(app)
    _register(app, module)


def _plug_feature(app: Flask, feature: str) -> None:
    """The rooms of a feature that the application must know: models, wiring, views, commands."""
    for room in ("models", "wiring", "jobs", "views", "cli"):
        _plug(app, f"tnt.{feature}.{room}")


def _register(app: Flask, module: Any) -> None:
    """Register the blueprints and command groups that a room defines at its top level."""
    for value in vars(module).values():
        if isinstance(value, Blueprint) and value.name not in app.blueprints:
            app.register_blueprint(value)
        elif isinstance(value, AppGroup) and value.name not in app.cli.commands:
            app.cli.add_command(value)
