"""Who receives and replies for a person: the list, a new one, the end of a term."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from tnt.accounts.models import Person
from tnt.committees import correspondents as services
from tnt.committees.correspondents import Named
from tnt.committees.models import Correspondent
from tnt.committees.queries import every_correspondent_of, mandates_of
from tnt.core import clock
from tnt.core.access import Actor, access, current_actor, holding
from tnt.core.addresses import number
from tnt.core.csrf import refusal_in_form
from tnt.core.db import db
from tnt.core.errors import DomainError, NotFound
from tnt.core.i18n import refuse
from tnt.meetings.models import Meeting
from tnt.meetings.policies import can_prepare
from tnt.participants.forms import CorrespondentForm, EndForm
from tnt.participants.views.blueprint import Page, answer, participants, steps_to

NAMERS = holding("administrator", "secretary")


@participants.route("/personnes/<int:person_id>/correspondants", methods=["GET", "POST"])
@access(NAMERS)
@refusal_in_form
def correspondents(person_id: int) -> Page:
    """The correspondents of a person, and the form that names one."""
    actor = current_actor()
    person = services.get_represented(actor, person_id, db.session())
    form = CorrespondentForm(data={"from_on": clock.today()} if request.method == "GET" else None)
    if form.validate_on_submit() and form.from_on.data is not None:
        named = Named(form.given_name.data or "", form.family_name.data or "", form.email.data or "")
        try:
            made = services.name_correspondent(
                actor, person_id, named, from_on=form.from_on.data, until_on=form.until_on.data
            )
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("%(name)s est enregistré comme correspondant.", name=made.person.full_name), "success")
            return redirect(_address(person_id), 303)
    person = services.get_represented(actor, person_id, db.session())
    return answer(
        "participants/correspondents.html",
        form,
        person=person,
        steps=_way_to(actor, person),
        seance=_came_from(),
        terms=every_correspondent_of(person_id),
        today=clock.today(),
    )


@participants.route("/correspondants/<int:correspondent_id>/fin", methods=["GET", "POST"])
@access(NAMERS)
@refusal_in_form
def end_correspondent(correspondent_id: int) -> Page:
    """End the term of a correspondent, after saying what it does."""
    actor = current_actor()
    term = db.session.get(Correspondent, correspondent_id)
    if term is None:
        raise NotFound()
    person = services.get_represented(actor, term.for_person_id, db.session())
    name, done = term.person.full_name, _address(person.id)
    person_id, full_name = person.id, person.full_name
    form = EndForm(data={"until_on": clock.today()} if request.method == "GET" else None)
    if form.validate_on_submit() and form.until_on.data is not None:
        try:
            services.end_correspondent(actor, correspondent_id, form.until_on.data)
        except DomainError as error:
            refuse(form, error)
        else:
            flash(_("La fin est enregistrée."), "success")
            return redirect(done, 303)
    return answer(
        "components/confirm.html",
        form,
        title=_("Mettre fin : %(name)s, correspondant de %(person)s", name=name, person=full_name),
        consequences=[
            _("Dès le lendemain, ses liens ne servent plus et les messages ne lui sont plus envoyés."),
            _("Ses réponses passées restent dans l’historique."),
        ],
        submit_label=_("Mettre fin"),
        cancel_url=done,
        steps=[*_way_to(actor, db.session.get_one(Person, person_id)), (full_name, done)],
    )


def _came_from() -> int | None:
    """The session whose participants one comes from, if it is said."""
    return request.args.get("seance", type=number)


def _address(person_id: int) -> str:
    """The page of a person's correspondents, with the way back."""
    return url_for("participants.correspondents", person_id=person_id, seance=_came_from())


def _way_to(actor: Actor, person: Person) -> list[tuple[str, str | None]]:
    """Back to the session that one comes from; else to the person, or to the committee where they sit."""
    meeting = db.session.get(Meeting, _came_from() or 0)
    if meeting is not None and can_prepare(actor, meeting.committee_id):
        return steps_to(meeting)
    if actor.has("administrator"):
        own = url_for("accounts.person", person_id=person.id)
        return [(_("Personnes"), url_for("accounts.people")), (person.full_name, own)]
    kept = actor.scopes("secretary")
    seats = [seat for seat in mandates_of(person.id) if seat.committee_id in kept]
    return [
        (seat.committee.name, url_for("portfolio.committee", key=seat.committee.key)) for seat in seats[:1]
    ]
