"""Settings, read from the environment once, when the application is made.

Development works with none of them set. Production (``TNT_ENV=production``) refuses to start without
its secrets, with a weak one, with debug on, or with an http address: see `docs/operations.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_KEY = "development-only-key-never-used-in-production"
WEAK_KEY_LENGTH = 32


class BadSettings(Exception):
    """The settings do not allow a safe start; the message says which and what to do."""


def load_settings(env: Mapping[str, str]) -> dict[str, Any]:
    """Turn environment variables into Flask settings.

    Raises BadSettings when production lacks what it needs.
    """
    mode = env.get("TNT_ENV", "development")
    if mode not in {"development", "testing", "production"}:
        raise BadSettings(f"TNT_ENV={mode!r} : attendu development, testing ou production.")
    port = _number(env, "PORT", 5000, least=1, most=65_535)
    base_url = env.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    instance = Path(env.get("TNT_INSTANCE", ROOT / "instance"))
    settings: dict[str, Any] = {
        "MODE": mode,
        "PORT": port,
        "BASE_URL": base_url,
        "INSTANCE_DIR": instance,
        "SECRET_KEY": env.get("SECRET_KEY", DEVELOPMENT_KEY),
        "SECRET_KEY_FALLBACKS": [key for key in env.get("SECRET_KEY_OLD", "").split(",") if key],
        "SQLALCHEMY_DATABASE_URI": database_url(env.get("DATABASE_URL"), instance),
        "TESTING": mode == "testing",
        "DEBUG": env.get("FLASK_DEBUG") == "1" and mode != "production",
        # the demonstration is refused where real people work
        "DEMO_ALLOWED": mode != "production",
        # Flask refuses a request to any other host
        "TRUSTED_HOSTS": _hosts(env, base_url, mode),
        "TRUSTED_PROXIES": _number(env, "TRUSTED_PROXIES", 0, most=10),
        "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAIL_SERVER": env.get("MAIL_SERVER", ""),
        "MAIL_PORT": _number(env, "MAIL_PORT", 25, least=1, most=65_535),
        "MAIL_USER": env.get("MAIL_USER", ""),
        "MAIL_PASSWORD": env.get("MAIL_PASSWORD", ""),
        "MAIL_TLS": _mail_tls(env, mode),
        "MAIL_FROM": env.get("MAIL_FROM", "secretariat@tnt.example"),
        "MAIL_FOLDER": Path(env.get("MAIL_FOLDER", instance / "mails")),
        "CALENDAR_ORGANIZER": env.get("CALENDAR_ORGANIZER", ""),
        "CALENDAR_HOST": env.get("CALENDAR_HOST", urlsplit(base_url).hostname or "localhost"),
        "LEGAL_PUBLISHER": env.get("LEGAL_PUBLISHER", ""),
        "LEGAL_DIRECTOR": env.get("LEGAL_DIRECTOR", ""),
        "LEGAL_HOST": env.get("LEGAL_HOST", ""),
        "LEGAL_CONTACT": env.get("LEGAL_CONTACT", ""),
        "DPO_CONTACT": env.get("DPO_CONTACT", ""),
        "ACCESSIBILITY_CONTACT": env.get("ACCESSIBILITY_CONTACT", ""),
        # Flask-WTF: the token lives as long as the session, so that a long form is never lost
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": True,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": "fr",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "tnt" / "translations"),
        "SESSION_IDLE_HOURS": 8,
        "SESSION_ABSOLUTE_HOURS": 24 * 7,
    }
    if mode == "production":
        _check_production(env, settings)
    return settings


def database_url(url: str | None, instance: Path) -> str:
    """The SQLAlchemy address of the database; a SQLite file in the instance folder by default."""
    if not url:
        return f"sqlite:///{instance / 'tnt.sqlite3'}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _number(env: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int) -> int:
    """A whole number of the environment; empty is the default. Raises BadSettings, which names it."""
    text = env.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise BadSettings(f"{name}={text!r} : attendu un nombre entier, de {least} à {most}.")
    return int(text)


def _hosts(env: Mapping[str, str], base_url: str, mode: str) -> list[str]:
    hosts = [host.strip() for host in env.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
    hosts.append(urlsplit(base_url).hostname or "localhost")
    if mode != "production":
        hosts += ["127.0.0.1", "localhost"]
    return sorted(set(hosts))


def _mail_tls(env: Mapping[str, str], mode: str) -> str:
    chosen = env.get("MAIL_TLS", "starttls" if mode == "production" else "none")
    if chosen not in {"starttls", "ssl", "none"}:  # a mistaken word must not mean « in clear »
        raise BadSettings(f"MAIL_TLS={chosen!r} : attendu starttls, ssl ou none.")
    return chosen


def _check_production(env: Mapping[str, str], settings: Mapping[str, Any]) -> None:
    problems = []
    key = settings["SECRET_KEY"]
    if key == DEVELOPMENT_KEY or len(key) < WEAK_KEY_LENGTH or len(set(key)) < 10:
        problems.append("SECRET_KEY manque ou est trop faible (32 caractères tirés au hasard au moins)")
    if not str(settings["BASE_URL"]).startswith("https://"):
        problems.append("BASE_URL doit être une adresse https")
    if env.get("FLASK_DEBUG") == "1":
        problems.append("FLASK_DEBUG est interdit en production")
    if not env.get("DATABASE_URL"):
        problems.append("DATABASE_URL manque")
    if not settings["MAIL_SERVER"]:
        problems.append("MAIL_SERVER manque : les invitations et les convocations ne partiraient pas")
    if problems:
        raise BadSettings("Démarrage refusé : " + " ; ".join(problems) + ".")
