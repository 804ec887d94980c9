"""The blueprint of accounts, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    abort,
    g,
    make_response,
    render_template,
    request,
)
from flask_login import login_user
from werkzeug.wrappers import Response
from wtforms import Field

from tnt.accounts import forms, queries
from tnt.accounts.models import Account
from tnt.core import sessions
from tnt.core.errors import DomainError
from tnt.core.i18n import refuse
from tnt.core.throttle import TooManyAttempts

accounts = Blueprint("accounts", __name__)

Page = Response | str | tuple[str, int]


def network() -> str:
    """The address of the network that asks (forwarded ones count only as configured)."""
    return request.remote_addr or ""


def typed(field: Field) -> str:
    """What was typed in a text field."""
    return str(field.data or "")


def enter(account: Account) -> None:
    """Open the person's session, under a new id."""
    person = queries.find_signed_in(account.login_id)
    if person is None:
        abort(404)
    sessions.begin(account.id, locale=account.person.locale)
    login_user(person)
    g.pop("actor", None)


def refused(
    template: str, form: forms.ProvenForm, error: DomainError | None = None, **context: Any
) -> Response:
    """The form again, with everything typed and the reasons beside the fields."""
    if error is not None:
        refuse(form, error)
    status = 400 if form.unproven else 422
    if isinstance(error, TooManyAttempts):
        status = 429
    response = make_response(render_template(template, form=form, **context), status)
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.wait_seconds)
    return response
