"""« Mon compte »: language, password, sessions open elsewhere."""

from __future__ import annotations

from typing import Any

from flask import (
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from tnt.accounts import forms, queries, rules, services
from tnt.accounts.views.blueprint import Page, accounts, enter, network, refused, typed
from tnt.core import sessions
from tnt.core.access import SIGNED_IN, access, current_actor
from tnt.core.csrf import refusal_in_form
from tnt.core.errors import DomainError
from tnt.core.templating import LANGUAGE_COOKIE


@accounts.get("/mon-compte")
@access(SIGNED_IN)
def me() -> Page:
    """Who I am here, my language, my password, my open sessions."""
    person = queries.get_person(current_user.person_id)
    return render_template(
        "accounts/me.html",
        person=person,
        roles=queries.roles_of(person.id),
        language=forms.LanguageForm(locale=person.locale),
        open_sessions=_open_sessions(),
        fresh_needed=not sessions.is_fresh(sessions.FRESH_TO_OPEN),
    )


def _open_sessions() -> list[dict[str, Any]]:
    current = sessions.current_id()
    shown = []
    for row in sessions.owner_sessions(current_user.account_id):
        browser, system = rules.describe_agent(row.agent)
        shown.append({"browser": browser, "system": system, "row": row, "current": row.id == current})
    return shown


@accounts.post("/mon-compte/langue")
@access(SIGNED_IN)
def choose_language() -> Response:
    """Keep the language of my pages and mails."""
    form = forms.LanguageForm()
    if not form.validate():
        abort(400)
    services.choose_language(current_actor(), typed(form.locale))
    session["locale"] = typed(form.locale)
    response = redirect(url_for("accounts.me"), 303)
    response.delete_cookie(LANGUAGE_COOKIE)  # the account says it from now on
    return response


@accounts.route("/mon-compte/mot-de-passe", methods=["GET", "POST"])
@access(SIGNED_IN)
@refusal_in_form
def change_password() -> Page:
    """Replace my password."""
    if current_user.is_demo:
        abort(404)
    form = forms.ChangePasswordForm()
    if request.method != "POST":
        return render_template("accounts/change_password.html", form=form)
    if not form.validate():
        return refused("accounts/change_password.html", form)
    try:
        account = services.change_password(
            current_actor(), typed(form.password), typed(form.new_password), network()
        )
    except DomainError as error:
        return refused("accounts/change_password.html", form, error)
    enter(account)
    flash(_("Votre mot de passe est changé. Vos autres sessions sont fermées."), "success")
    return redirect(url_for("accounts.me"), 303)


@accounts.post("/mon-compte/sessions/fermer")
@access(SIGNED_IN)
def close_other_sessions() -> Response:
    """End my sessions on other devices."""
    services.close_other_sessions(current_actor(), sessions.current_id())
    flash(_("Vos autres sessions sont fermées."), "success")
    return redirect(url_for("accounts.me"), 303)
