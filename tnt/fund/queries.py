"""Reads of the fund as its sources state it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tnt.core.db import db
from tnt.fund.models import Fund


def find_fund() -> Fund | None:
    """The fund with its axes, or None while the programme is not loaded."""
    return db.session.scalar(select(Fund).order_by(Fund.id).options(selectinload(Fund.axes)).limit(1))
