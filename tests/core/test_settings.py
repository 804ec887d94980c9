"""Settings: development needs none, production refuses what is unsafe; hosts and proxies are counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import request

from config import BadSettings, database_url, load_settings
from tests.conftest import make_app
from tnt.core.access import PUBLIC, access

SAFE = {
    "TNT_ENV": "production",
    "SECRET_KEY": "k3yW1thEn0ughDifferentSigns-ForAnyone",
    "BASE_URL": "https://tnt.example.fr",
    "DATABASE_URL": "postgresql://tnt@db/tnt",
    "MAIL_SERVER": "smtp.example.fr",
}


def test_development_needs_nothing() -> None:
    settings = load_settings({})
    assert (settings["MODE"], settings["DEMO_ALLOWED"]) == ("development", True)


def test_an_empty_number_is_the_default() -> None:
    settings = load_settings({"PORT": "", "MAIL_PORT": " ", "TRUSTED_PROXIES": "2"})
    assert (settings["PORT"], settings["MAIL_PORT"], settings["TRUSTED_PROXIES"]) == (5000, 25, 2)


def test_production_starts_when_it_is_safe_and_refuses_the_demonstration() -> None:
    assert load_settings(SAFE)["DEMO_ALLOWED"] is False


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 40}, "SECRET_KEY"),
        ({"BASE_URL": "http://tnt.example.fr"}, "https"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"MAIL_SERVER": ""}, "MAIL_SERVER"),
        ({"TNT_ENV": "prod"}, "TNT_ENV"),
        ({"MAIL_TLS": "tls"}, "MAIL_TLS"),
        ({"PORT": "cinq mille"}, "PORT='cinq mille' : attendu un nombre entier, de 1 à 65535"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "99999"}, "PORT"),
        ({"MAIL_PORT": "25x"}, "MAIL_PORT"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "un"}, "TRUSTED_PROXIES"),
    ],
)
def test_production_refuses_to_start_and_says_why(change: dict[str, str], said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        load_settings(SAFE | change)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://a/b", "postgresql+psycopg://a/b"),
        ("postgresql://a/b", "postgresql+psycopg://a/b"),
        ("sqlite:////tmp/x", "sqlite:////tmp/x"),
        (None, "sqlite:////here/tnt.sqlite3"),
    ],
)
def test_the_database_address(given: str | None, used: str) -> None:
    assert database_url(given, Path("/here")) == used


def test_another_host_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    client = make_app(sqlite_url, tmp_path).test_client()
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
def test_forwarded_addresses_count_only_behind_known_proxies(
    sqlite_url: str, tmp_path: Path, proxies: int, seen: str
) -> None:
    app = make_app(sqlite_url, tmp_path, TRUSTED_PROXIES=proxies)

    @app.get("/adresse")
    @access(PUBLIC)
    def address() -> str:
        return request.remote_addr or ""

    answer = app.test_client().get("/adresse", headers={"X-Forwarded-For": "203.0.113.7"})
    assert answer.text == seen
