"""The blueprint of the pages that only read: groups, committees."""

from __future__ import annotations

from flask import Blueprint

portfolio = Blueprint("portfolio", __name__)
