"""The administration of people, for administrators."""

from __future__ import annotations

from typing import Any

from flask import (
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from tnt.accounts import forms, queries, rules, services
from tnt.accounts.views.blueprint import Page, accounts, refused, typed
from tnt.core import sessions
from tnt.core.access import access, current_actor, holding
from tnt.core.addresses import number
from tnt.core.csrf import refusal_in_form
from tnt.core.errors import DomainError, Stale
from tnt.core.i18n import translate

ADMINISTRATOR = holding("administrator")


@accounts.get("/administration/personnes")
@access(ADMINISTRATOR)
def people() -> Page:
    """Everybody known, searched and filtered."""
    wanted = forms.PeopleFilter(request.args)
    page = queries.list_people(wanted.q.data or "", wanted.state(), request.args.get("page", 1, type=number))
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
        return refused("accounts/add_person.html", form)
    inviting = "inviter" in request.form
    if inviting and not form.email.data:
        return refused("accounts/add_person.html", form, rules.EmailNeeded(field="email"))
    try:
        person = services.add_person(
            current_actor(),
            typed(form.given_name),
            typed(form.family_name),
            form.email.data,
            typed(form.title),
            typed(form.locale),
        )
    except DomainError as error:
        return refused("accounts/add_person.html", form, error)
    flash(_("%(name)s figure désormais dans la liste des personnes.", name=person.full_name), "success")
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
        return refused("accounts/edit_person.html", form, person=found)
    identity = services.Identity(
        typed(form.given_name),
        typed(form.family_name),
        form.email.data,
        typed(form.title),
        typed(form.locale),
    )
    try:
        services.edit_person(current_actor(), person_id, identity, form.opened_on())
    except DomainError as error:
        stale = isinstance(error, Stale)
        found = queries.get_person(person_id)
        return refused("accounts/edit_person.html", form, error, person=found, stale=stale)
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
