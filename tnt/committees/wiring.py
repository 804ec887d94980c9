"""Plugs the rights of the day into `core.access`."""

from __future__ import annotations

from flask import Flask

from tnt.committees import queries
from tnt.core.access import register_provider


def init_app(_app: Flask) -> None:
    """Say what mandates and functions open."""
    register_provider("committees", queries.grants_on)
