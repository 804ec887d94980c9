"""The page of the fund: ceiling, axes, earmarks, flat grants, each with its source."""

from __future__ import annotations

from flask import Blueprint, render_template

from tnt.core.access import SIGNED_IN, access
from tnt.fund.queries import find_fund
from tnt.programme.queries import facts_of

fund = Blueprint("fund", __name__)


@fund.get("/fonds")
@access(SIGNED_IN)
def index() -> str:
    """What the sources say of the fund."""
    return render_template("fund/index.html", fund=find_fund(), facts=facts_of())
