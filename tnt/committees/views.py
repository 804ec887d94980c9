"""The administration of institutions, mandates, functions and committees' settings.

The page of a committee itself stands in `portfolio`, which may read meetings and decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import DateField

from tnt.accounts.queries import people_choices
from tnt.committees import forms, queries, rules, services
from tnt.committees.models import Function, Mandate
from tnt.committees.rules import FunctionKind, InstitutionKind, Seat, VisaRule, Voice
from tnt.committees.services import SettingsChange
from tnt.core import clock
from tnt.core.access import access, current_actor, holding
from tnt.core.addresses import number
from tnt.core.csrf import refusal_in_form
from tnt.core.errors import DomainError, Stale
from tnt.core.i18n import refuse
from tnt.core.sessions import fresh_required
from tnt.territories.queries import region_choices

committees = Blueprint("committees", __name__)

ADMINISTRATOR = holding("administrator")
Page = Response | str | tuple[str, int]


def _save(
    form: forms.WordedForm, template: str, save: Callable[[], object], done: str, **context: Any
) -> Page:
    """Show the form, or save and go to `done`; a refusal comes back beside its field, with what was typed.

    `save` calls the service and returns the sentence to show.
    """
    if request.method == "GET":
        return render_template(template, form=form, **context)
    if form.validate():
        try:
            flash(str(save()), "success")
            return redirect(done, 303)
        except DomainError as error:
            refuse(form, error)
            context["stale"] = isinstance(error, Stale)
    return render_template(template, form=form, **context), 400 if form.unproven else 422


def _day(field: DateField) -> date:
    """The day of a field that was validated and is required."""
    return cast(date, field.data)


# institutions


@committees.get("/administration/institutions")
@access(ADMINISTRATOR)
def institutions() -> str:
    """Every institution, by kind."""
    return render_template(
        "committees/institutions.html",
        institutions=queries.list_institutions(),
        words=rules.INSTITUTION_WORDS,
    )


@committees.route("/administration/institutions/ajouter", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@refusal_in_form
def add_institution() -> Page:
    """Make an institution known."""
    form = forms.InstitutionForm()

    def save() -> object:
        made = services.add_institution(
            current_actor(),
            name=form.name.data or "",
            acronym=form.acronym.data or "",
            kind=form.value("kind", InstitutionKind),
        )
        return _("%(name)s est ajoutée.", name=made.name)

    return _save(form, "committees/add_institution.html", save, url_for("committees.institutions"))


@committees.get("/administration/institutions/<int:institution_id>")
@access(ADMINISTRATOR)
def institution(institution_id: int) -> str:
    """An institution: its names over time, and the mandates held for it."""
    return render_template(
        "committees/institution.html",
        institution=queries.get_institution(institution_id),
        mandates=queries.mandates_for(institution_id),
        kind_words=rules.INSTITUTION_WORDS,
        seat_words=rules.SEAT_WORDS,
    )


@committees.route("/administration/institutions/<int:institution_id>/renommer", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@refusal_in_form
def rename_institution(institution_id: int) -> Page:
    """Give an institution a new name from a day on."""
    row = queries.get_institution(institution_id)
    form = forms.RenameForm(obj=row, from_on=clock.today())

    def save() -> object:
        services.rename_institution(
            current_actor(),
            institution_id,
            name=form.name.data or "",
            acronym=form.acronym.data or "",
            from_on=_day(form.from_on),
            version=form.opened_on(),
        )
        return _("Le nouveau nom est enregistré ; l’ancien reste dans l’historique.")

    done = url_for("committees.institution", institution_id=institution_id)
    return _save(form, "committees/rename_institution.html", save, done, institution=row)


@committees.route("/administration/institutions/<int:institution_id>/fin", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@refusal_in_form
def end_institution(institution_id: int) -> Page:
    """End an institution."""
    row = queries.get_institution(institution_id)
    form = forms.EndInstitutionForm(obj=row, on=clock.today())

    def save() -> object:
        services.end_institution(current_actor(), institution_id, _day(form.on), form.opened_on())
        return _("La fin de l’institution est enregistrée.")

    done = url_for("committees.institution", institution_id=institution_id)
    return _save(
        form,
        "components/confirm.html",
        save,
        done,
        title=_("Mettre fin à %(name)s", name=row.name),
        consequences=[
            _("Elle ne pourra plus désigner personne après ce jour."),
            _("Elle reste dans l’historique : rien n’est supprimé."),
        ],
        submit_label=_("Mettre fin à l’institution"),
        cancel_url=done,
        steps=[(_("Institutions"), url_for("committees.institutions")), (row.name, done)],
    )


# mandates


@committees.get("/administration/mandats")
@access(ADMINISTRATOR)
def mandates() -> str:
    """The mandates that run, or those that ended."""
    known = queries.list_committees()
    committee = next((each for each in known if each.key == request.args.get("comite")), None)
    ended = request.args.get("termines") == "1"
    page = queries.list_mandates(
        clock.today(),
        committee_id=committee.id if committee else None,
        ended=ended,
        page=min(request.args.get("page", 1, type=number), 10_000),
    )
    return render_template(
        "committees/mandates.html",
        page=page,
        committees=known,
        committee=committee,
        ended=ended,
        seat_words=rules.SEAT_WORDS,
        voice_words=rules.VOICE_WORDS,
    )


@committees.route("/administration/mandats/ouvrir", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@fresh_required
@refusal_in_form
def open_mandate() -> Page:
    """Seat a person in a committee."""
    form = forms.MandateForm(data=_mandate_asked() if request.method == "GET" else None)
    form.offer(
        people=people_choices(),
        committees=[(each.id, each.name) for each in queries.list_committees()],
        institutions=queries.institution_choices(clock.today()),
        full_members=[
            (each.id, f"{each.person.full_name} – {each.committee.name}")
            for each in queries.full_members_on(clock.today())
        ],
    )

    def save() -> object:
        seat = form.value("seat", Seat)
        mandate = services.open_mandate(
            current_actor(),
            person_id=form.person_id.data,
            committee_id=form.committee_id.data,
            institution_id=form.institution_id.data,
            seat=seat,
            voice=rules.voice_of(seat, form.value("voice", Voice)),
            from_on=_day(form.from_on),
            until_on=form.until_on.data,
            substitute_for_id=form.substitute_for_id.data,
        )
        return _("Le mandat de %(name)s est ouvert.", name=mandate.person.full_name)

    return _save(form, "committees/open_mandate.html", save, url_for("committees.mandates"))


def _mandate_asked() -> dict[str, Any]:
    """The form as a link opens it: a person, a committee, today."""
    return {
        "person_id": request.args.get("personne", type=number),
        "committee_id": request.args.get("comite", type=number),
        "seat": Seat.FULL_MEMBER.value,
        "voice": Voice.VOTING.value,
        "from_on": clock.today(),
    }


@committees.get("/administration/mandats/<int:mandate_id>")
@access(ADMINISTRATOR)
def mandate(mandate_id: int) -> str:
    """A mandate and what became of it."""
    row = queries.get_mandate(mandate_id)
    return render_template(
        "committees/mandate.html",
        mandate=row,
        substitutes=queries.substitutes_of(mandate_id, row.from_on),
        history=queries.history("mandate", mandate_id),
        running=row.until_on is None or row.until_on >= clock.today(),
        seat_words=rules.SEAT_WORDS,
        voice_words=rules.VOICE_WORDS,
    )


@committees.route("/administration/mandats/<int:mandate_id>/fin", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@fresh_required
@refusal_in_form
def end_mandate(mandate_id: int) -> Page:
    """End a mandate."""
    row = queries.get_mandate(mandate_id)
    form = forms.EndMandateForm(data={"until_on": clock.today()} if request.method == "GET" else None)

    def save() -> object:
        services.end_mandate(current_actor(), mandate_id, _day(form.until_on), form.reason.data or "")
        return _("La fin du mandat est enregistrée.")

    done = url_for("committees.mandate", mandate_id=mandate_id)
    return _save(
        form,
        "components/confirm.html",
        save,
        done,
        title=_("Mettre fin au mandat de %(name)s", name=row.person.full_name),
        lead=_("%(committee)s, %(seat)s.", committee=row.committee.name, seat=_(rules.SEAT_WORDS[row.seat])),
        consequences=_consequences(row),
        submit_label=_("Mettre fin au mandat"),
        cancel_url=done,
        steps=[(_("Mandats"), url_for("committees.mandates")), (row.person.full_name, done)],
    )


def _consequences(row: Mandate) -> list[str]:
    """What ending a mandate does, before it is done."""
    told = [
        _("Dès le lendemain, cette personne ne lit plus les séances du comité et n’est plus convoquée."),
        _("Elle garde le compte rendu des séances auxquelles elle a assisté jusqu’à leur approbation."),
    ]
    told += [
        _("Le mandat de suppléant de %(name)s prend fin le même jour.", name=each.person.full_name)
        for each in queries.substitutes_of(row.id, clock.today())
    ]
    return told


# functions


@committees.get("/administration/fonctions")
@access(ADMINISTRATOR)
def functions() -> str:
    """Every function outside committees."""
    return render_template(
        "committees/functions.html",
        functions=queries.list_functions(),
        words=rules.FUNCTION_WORDS,
        regions=dict(region_choices()),
    )


@committees.route("/administration/fonctions/ouvrir", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@fresh_required
@refusal_in_form
def appoint_function() -> Page:
    """Give a person a function."""
    form = forms.FunctionForm(data=_function_asked() if request.method == "GET" else None)
    form.offer(
        people=people_choices(),
        institutions=queries.institution_choices(clock.today()),
        regions=region_choices(),
    )

    def save() -> object:
        made = services.appoint_function(
            current_actor(),
            person_id=form.person_id.data,
            kind=form.value("kind", FunctionKind),
            from_on=_day(form.from_on),
            until_on=form.until_on.data,
            institution_id=form.institution_id.data,
            territory_id=form.territory_id.data,
        )
        return _("La fonction de %(name)s est ouverte.", name=made.person.full_name)

    return _save(form, "committees/appoint_function.html", save, url_for("committees.functions"))


def _function_asked() -> dict[str, Any]:
    return {
        "person_id": request.args.get("personne", type=number),
        "kind": FunctionKind.PROGRAMME_MANAGER.value,
        "from_on": clock.today(),
    }


@committees.route("/administration/fonctions/<int:function_id>/fin", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@fresh_required
@refusal_in_form
def end_function(function_id: int) -> Page:
    """End a function."""
    row: Function = queries.get_function(function_id)
    form = forms.EndFunctionForm(data={"until_on": clock.today()} if request.method == "GET" else None)

    def save() -> object:
        services.end_function(current_actor(), function_id, _day(form.until_on))
        return _("La fin de la fonction est enregistrée.")

    done = url_for("committees.functions")
    return _save(
        form,
        "components/confirm.html",
        save,
        done,
        title=_("Mettre fin à la fonction de %(name)s", name=row.person.full_name),
        lead=_(rules.FUNCTION_WORDS[row.kind]),
        consequences=[_("Dès le lendemain, les droits de cette fonction s’éteignent.")],
        submit_label=_("Mettre fin à la fonction"),
        cancel_url=done,
        steps=[(_("Fonctions"), done)],
    )


# committees


@committees.get("/administration/comites")
@access(ADMINISTRATOR)
def settings_index() -> str:
    """The committees, each with the way to its settings."""
    return render_template(
        "committees/settings_index.html", committees=queries.list_committees(), visa_words=rules.VISA_WORDS
    )


@committees.route("/administration/comites/<key>/reglages", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@refusal_in_form
def settings(key: str) -> Page:
    """The settings of a committee, and how they changed."""
    committee = queries.get_committee(key)
    form = forms.SettingsForm(obj=committee)

    def save() -> object:
        services.change_committee_settings(
            current_actor(), committee.id, _settings_typed(form), version=form.opened_on()
        )
        return _("Les réglages sont enregistrés ; ils valent pour les séances à venir.")

    return _save(
        form,
        "committees/settings.html",
        save,
        url_for("committees.settings", key=key),
        committee=committee,
        history=queries.history("committee", committee.id),
        words=rules.SETTING_WORDS,
        visa_words=rules.VISA_WORDS,
    )


@committees.route("/administration/comites/<key>/reglages/consultatif", methods=["GET", "POST"])
@access(ADMINISTRATOR)
@refusal_in_form
def consultative_settings(key: str) -> Page:
    """Give a committee the rules of the State's consultative committees, after a page that says which."""
    committee = queries.get_committee(key)
    form = forms.PresetForm(obj=committee)

    def save() -> object:
        change = SettingsChange(**rules.CONSULTATIVE)
        services.change_committee_settings(current_actor(), committee.id, change, version=form.opened_on())
        return _("Les règles des commissions consultatives sont appliquées ; elles restent modifiables.")

    return _save(
        form,
        "components/confirm.html",
        save,
        url_for("committees.settings", key=key),
        title=_("Appliquer les règles des commissions consultatives"),
        lead=_(
            "Ce sont celles du code des relations entre le public et l’administration (R. 133-3 et "
            "suivants), quand aucun autre texte n’en dispose."
        ),
        consequences=[
            _("Convocation cinq jours avant la séance."),
            _("Votes, et quorum de la moitié des voix délibératives."),
            _("Pouvoirs : un mandat au plus par membre."),
            _("Voix prépondérante de qui préside, à égalité des voix."),
        ],
        submit_label=_("Appliquer ces règles"),
        cancel_url=url_for("committees.settings", key=key),
        steps=[
            (_("Comités"), url_for("committees.settings_index")),
            (_("Réglages"), url_for("committees.settings", key=key)),
        ],
    )


def _settings_typed(form: forms.SettingsForm) -> SettingsChange:
    return SettingsChange(
        followed_from=_day(form.followed_from),
        visa_rule=form.value("visa_rule", VisaRule),
        notice_days=form.notice_days.data,
        requests_close_days=form.requests_close_days.data,
        default_start=form.default_start.data,
        default_minutes=form.default_minutes.data,
        default_place=form.default_place.data or "",
        votes_enabled=form.votes_enabled.data,
        proxies_enabled=form.proxies_enabled.data,
        quorum_percent=form.quorum_percent.data or 0,
        proxies_per_holder=form.proxies_per_holder.data,
        casting_vote=form.casting_vote.data,
        agenda_countersigned=form.agenda_countersigned.data,
        letterhead=form.letterhead.data or "",
        signing_place=form.signing_place.data or "",
        consultation_days=form.consultation_days.data,
        silence_consents=form.silence_consents.data,
        minutes_days=form.minutes_days.data,
        minutes_tacit=form.minutes_tacit.data,
    )
