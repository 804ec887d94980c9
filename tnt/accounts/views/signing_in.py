"""Signing in and out: password, demonstration, invitation, reset, the password asked again."""

from __future__ import annotations

from typing import Any

from flask import (
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from tnt.accounts import forms, queries, rules, services
from tnt.accounts.models import Account
from tnt.accounts.rules import TokenKind
from tnt.accounts.views.blueprint import Page, accounts, enter, network, refused, typed
from tnt.core import sessions
from tnt.core.access import PUBLIC, SIGNED_IN, access, current_actor
from tnt.core.csrf import refusal_in_form
from tnt.core.errors import DomainError
from tnt.core.navigation import internal_path


@accounts.route("/connexion", methods=["GET", "POST"])
@access(PUBLIC)
@refusal_in_form
def sign_in() -> Page:
    """Address and password; or one click, in the demonstration."""
    target = internal_path(request.args.get("next"))
    if current_user.is_authenticated and request.method != "POST":
        return redirect(target)
    form = forms.SignInForm()
    context: dict[str, Any] = {"target": target, "demo_accounts": queries.list_demo_accounts()}
    if request.method != "POST":
        return render_template("accounts/sign_in.html", form=form, **context)
    if not form.validate():
        return refused("accounts/sign_in.html", form, **context)
    try:
        account = services.authenticate(typed(form.email), typed(form.password), network())
    except DomainError as error:
        context["demo_accounts"] = queries.list_demo_accounts()
        return refused("accounts/sign_in.html", form, error, **context)
    enter(account)
    return redirect(target, 303)


@accounts.post("/connexion/demonstration/<int:account_id>")
@access(PUBLIC)
def enter_demonstration(account_id: int) -> Page:
    """Sign in as a fictional person."""
    enter(services.enter_demonstration(account_id))
    return redirect(internal_path(request.form.get("next")), 303)


@accounts.post("/deconnexion")
@access(PUBLIC)
def sign_out() -> Response:
    """End the session, here and for whoever copied the cookie."""
    logout_user()
    sessions.finish()
    g.pop("actor", None)
    response = redirect(url_for("accounts.sign_in", sortie=1), 303)
    response.headers["Clear-Site-Data"] = '"storage"'  # notes that the session mode kept in the browser
    return response


@accounts.route("/connexion/confirmer", methods=["GET", "POST"])
@access(SIGNED_IN)
@refusal_in_form
def confirm() -> Page:
    """The password once more, before what changes a role, an address or a token."""
    form = forms.ConfirmForm()
    target = internal_path(request.args.get("next"))
    demo = current_user.is_demo
    if demo:
        del form.password
    if request.method != "POST":
        return render_template("accounts/confirm.html", form=form, target=target, demo=demo)
    if not form.validate():
        return refused("accounts/confirm.html", form, target=target, demo=demo)
    try:
        services.confirm_identity(current_actor(), "" if demo else typed(form.password), network())
    except DomainError as error:
        return refused("accounts/confirm.html", form, error, target=target, demo=demo)
    sessions.mark_fresh()
    return redirect(target, 303)


@accounts.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@access(PUBLIC)
@refusal_in_form
def forgotten_password() -> Page:
    """Ask for a reset link; the answer is the same for every address."""
    form = forms.ForgottenForm()
    if request.method != "POST":
        return render_template("accounts/forgotten.html", form=form, sent="envoi" in request.args)
    if not form.validate():
        return refused("accounts/forgotten.html", form)
    try:
        services.request_reset(typed(form.email), network())
    except DomainError as error:
        return refused("accounts/forgotten.html", form, error)
    return redirect(url_for("accounts.forgotten_password", envoi=1), 303)


@accounts.route("/invitation/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@refusal_in_form
def accept_invitation(token: str) -> Page:
    """Choose the first password; opening the link writes nothing."""
    answer = _use_link(TokenKind.INVITATION, token)
    if not isinstance(answer, Account):
        return answer
    enter(answer)
    flash(_("Votre compte est ouvert. Bienvenue."), "success")
    return redirect("/", 303)


@accounts.route("/reinitialisation/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@refusal_in_form
def reset_password(token: str) -> Page:
    """Choose another password; the sessions open elsewhere end."""
    answer = _use_link(TokenKind.RESET, token)
    if not isinstance(answer, Account):
        return answer
    logout_user()
    sessions.finish()
    return redirect(url_for("accounts.sign_in", change=1), 303)


def _use_link(kind: TokenKind, link: str) -> Account | Page:
    """The page of a single-use link; the account once its password is set."""
    token = queries.find_valid_token(kind, link)
    if token is None:
        return render_template("accounts/link_not_valid.html", kind=kind), 404
    form = forms.NewPasswordForm()
    context: dict[str, Any] = {"kind": kind, "person": token.account.person}
    if request.method != "POST":
        return render_template("accounts/choose_password.html", form=form, **context)
    if not form.validate():
        return refused("accounts/choose_password.html", form, **context)
    try:
        return services.use_link(kind, link, typed(form.new_password))
    except rules.LinkNotValid:
        return render_template("accounts/link_not_valid.html", kind=kind), 404
    except DomainError as error:
        return refused("accounts/choose_password.html", form, error, **context)
