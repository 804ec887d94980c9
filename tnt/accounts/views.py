"""Signing in and out, « Mon compte », and the administration of people."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response
from wtforms import Field

from tnt.accounts import forms, queries, rules, services
from tnt.accounts.models import Account
from tnt.accounts.rules import TokenKind
from tnt.core import sessions
from tnt.core.access import PUBLIC, SIGNED_IN, access, current_actor, holding
from tnt.core.csrf import refusal_in_form
from tnt.core.errors import DomainError, Stale
from tnt.core.i18n import refuse, translate
from tnt.core.navigation import internal_path
from tnt.core.templating import LANGUAGE_COOKIE
from tnt.core.throttle import TooManyAttempts

accounts = Blueprint("accounts", __name__)

ADMINISTRATOR = holding("administrator")
Page = Response | str | tuple[str, int]


def _from() -> str:
    """The address of the network that asks (forwarded ones count only as configured)."""
    return request.remote_addr or ""


def _typed(field: Field) -> str:
    return str(field.data or "")


def _enter(account: Account) -> None:
    """Open the person's session, under a new id."""
    person = queries.find_signed_in(account.login_id)
    if person is None:
        abort(404)
    sessions.begin(account.id, locale=account.person.locale)
    login_user(person)
    g.pop("actor", None)


def _refused(
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


# signing in and out


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
        return _refused("accounts/sign_in.html", form, **context)
    try:
        account = services.authenticate(_typed(form.email), _typed(form.password), _from())
    except DomainError as error:
        context["demo_accounts"] = queries.list_demo_accounts()
        return _refused("accounts/sign_in.html", form, error, **context)
    _enter(account)
    return redirect(target, 303)


@accounts.post("/connexion/demonstration/<int:account_id>")
@access(PUBLIC)
def enter_demonstration(account_id: int) -> Page:
    """Sign in as a fictional person."""
    _enter(services.enter_demonstration(account_id))
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
        return _refused("accounts/confirm.html", form, target=target, demo=demo)
    try:
        services.confirm_identity(current_actor(), "" if demo else _typed(form.password), _from())
    except DomainError as error:
        return _refused("accounts/confirm.html", form, error, target=target, demo=demo)
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
        return _refused("accounts/forgotten.html", form)
    try:
        services.request_reset(_typed(form.email), _from())
    except DomainError as error:
        return _refused("accounts/forgotten.html", form, error)
    return redirect(url_for("accounts.forgotten_password", envoi=1), 303)


@accounts.route("/invitation/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@refusal_in_form
def accept_invitation(token: str) -> Page:
    """Choose the first password; opening the link writes nothing."""
    answer = _use_link(TokenKind.INVITATION, token)
    if not isinstance(answer, Account):
        return answer
    _enter(answer)
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
        return _refused("accounts/choose_password.html", form, **context)
    try:
        return services.use_link(kind, link, _typed(form.new_password))
    except rules.LinkNotValid:
        return render_template("accounts/link_not_valid.html", kind=kind), 404
    except DomainError as error:
        return _refused("accounts/choose_password.html", form, error, **context)


# my account


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
    services.choose_language(current_actor(), _typed(form.locale))
    session["locale"] = _typed(form.locale)
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
        return _refused("accounts/change_password.html", form)
    try:
        account = services.change_password(
            current_actor(), _typed(form.password), _typed(form.new_password), _from()
        )
    except DomainError as error:
        return _refused("accounts/change_password.html", form, error)
    _enter(account)
    flash(_("Votre mot de passe est changé. Vos autres sessions sont fermées."), "success")
    return redirect(url_for("accounts.me"), 303)


@accounts.post("/mon-compte/sessions/fermer")
@access(SIGNED_IN)
def close_other_sessions() -> Response:
    """End my sessions on other devices."""
    services.close_other_sessions(current_actor(), sessions.current_id())
    flash(_("Vos autres sessions sont fermées."), "success")
    return redirect(url_for("accounts.me"), 303)


# people, for administrators


@accounts.get("/administration/personnes")
@access(ADMINISTRATOR)
def people() -> Page:
    """Everybody known, searched and filtered."""
    wanted = forms.PeopleFilter(request.args)
    page = queries.list_people(wanted.q.data or "", wanted.state(), request.args.get("page", 1, type=int))
    return render_template("accounts/people.html", filters=wanted, page=page, state_of=queries.state_of)


@accounts.route("/administration/personnes/ajouter", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@sessions.fresh_required
@refusal_in_form
def add_person() -> Page:
    """Make a person known, and invite them if asked."""
    form = forms.PersonForm()
    if request.method != "POST":
        return render_template("accounts/add_person.html", form=form)
    if not form.validate():
        return _refused("accounts/add_person.html", form)
    inviting = "inviter" in request.form
    if inviting and not form.email.data:
        return _refused("accounts/add_person.html", form, rules.EmailNeeded(field="email"))
    try:
        person = services.add_person(
            current_actor(),
            _typed(form.given_name),
            _typed(form.family_name),
            form.email.data,
            _typed(form.title),
            _typed(form.locale),
        )
    except DomainError as error:
        return _refused("accounts/add_person.html", form, error)
    flash(_("%(name)s est ajouté à la liste des personnes.", name=person.full_name), "success")
    if inviting:
        _invite(person.id)
    return redirect(url_for("accounts.person", person_id=person.id), 303)


@accounts.get("/administration/personnes/<int:person_id>")
@access(ADMINISTRATOR)
def person(person_id: int) -> Page:
    """A person: identity, account, mandates and functions."""
    found = queries.get_person(person_id)
    return render_template(
        "accounts/person.html",
        person=found,
        state=queries.state_of(found),
        roles=queries.roles_of(person_id),
        is_oneself=person_id == current_user.person_id,
    )


@accounts.route("/administration/personnes/<int:person_id>/modifier", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@sessions.fresh_required
@refusal_in_form
def edit_person(person_id: int) -> Page:
    """Change a name, a quality, an address."""
    found = queries.get_person(person_id)
    if found.ended_at is not None:
        abort(404)
    form = forms.EditPersonForm(obj=found)
    if request.method != "POST":
        return render_template("accounts/edit_person.html", form=form, person=found)
    if not form.validate():
        return _refused("accounts/edit_person.html", form, person=found)
    identity = services.Identity(
        _typed(form.given_name),
        _typed(form.family_name),
        form.email.data,
        _typed(form.title),
        _typed(form.locale),
    )
    try:
        services.edit_person(current_actor(), person_id, identity, form.opened_on())
    except DomainError as error:
        stale = isinstance(error, Stale)
        found = queries.get_person(person_id)
        return _refused("accounts/edit_person.html", form, error, person=found, stale=stale)
    flash(_("Les modifications sont enregistrées."), "success")
    return redirect(url_for("accounts.person", person_id=person_id), 303)


@accounts.post("/administration/personnes/<int:person_id>/inviter")
@access(ADMINISTRATOR)
@sessions.fresh_required
def invite(person_id: int) -> Page:
    """Send the invitation, or a new one."""
    _invite(person_id)
    return redirect(url_for("accounts.person", person_id=person_id), 303)


def _invite(person_id: int) -> None:
    """Invite, and say what happened on the next page."""
    found = queries.get_person(person_id)
    try:
        services.invite(current_actor(), found)
    except DomainError as error:
        flash(translate(error), "danger")
    else:
        flash(_("L’invitation part par courriel. Son lien sert une fois, pendant sept jours."), "success")


@accounts.route("/administration/personnes/<int:person_id>/suspendre", methods=["GET", "POST"])
@access(ADMINISTRATOR)
def suspend(person_id: int) -> Page:
    """Close an account until further notice."""
    found = queries.get_person(person_id)
    name = found.full_name
    return _confirmed(
        person_id,
        services.suspend,
        title=_("Suspendre le compte de %(name)s", name=name),
        consequences=[
            _("Toutes ses sessions se ferment à leur prochaine page."),
            _("Ses mandats et fonctions ne changent pas."),
            _("Vous pourrez réactiver le compte à tout moment."),
        ],
        submit_label=_("Suspendre le compte"),
        danger=True,
        done=_("Le compte de %(name)s est suspendu.", name=name),
    )


@accounts.route("/administration/personnes/<int:person_id>/reactiver", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@sessions.fresh_required
def reactivate(person_id: int) -> Page:
    """Open a suspended account again."""
    found = queries.get_person(person_id)
    name = found.full_name
    return _confirmed(
        person_id,
        services.reactivate,
        title=_("Réactiver le compte de %(name)s", name=name),
        consequences=[
            _("La personne pourra de nouveau se connecter, avec les droits de ses mandats du jour.")
        ],
        submit_label=_("Réactiver le compte"),
        done=_("Le compte de %(name)s est réactivé.", name=name),
    )


@accounts.route("/administration/personnes/<int:person_id>/terminer", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@sessions.fresh_required
def end_person(person_id: int) -> Page:
    """Note that a person has left the programme."""
    found = queries.get_person(person_id)
    name = found.full_name
    return _confirmed(
        person_id,
        services.end_person,
        title=_("Noter le départ de %(name)s", name=name),
        consequences=[
            _("Son compte se ferme, ses sessions s’arrêtent."),
            _("Ses mandats et fonctions en cours prennent fin aujourd’hui."),
            _("Son nom reste dans les séances et les décisions auxquelles il est attaché."),
        ],
        warning=_("Ce départ ne s’annule pas : si la personne revient, il faudra l’ajouter de nouveau."),
        submit_label=_("Noter le départ"),
        danger=True,
        done=_("Le départ de %(name)s est noté.", name=name),
    )


def _confirmed(person_id: int, act: Any, *, done: str, **page: Any) -> Page:
    """A confirmation page, then the act, then the page of the person."""
    back = url_for("accounts.person", person_id=person_id)
    page |= {
        "cancel_url": back,
        "steps": [
            (_("Personnes"), url_for("accounts.people")),
            (queries.get_person(person_id).full_name, back),
        ],
    }
    if request.method != "POST":
        return render_template("components/confirm.html", **page)
    try:
        act(current_actor(), person_id)
    except DomainError as error:
        return render_template("components/confirm.html", refusal=translate(error), **page), 422
    flash(done, "success")
    return redirect(back, 303)
