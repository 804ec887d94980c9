"""The shape of what people type about themselves and about accounts."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext, lazy_gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SearchField,
    SelectField,
    StringField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from tnt.accounts.queries import PersonState
from tnt.core.templating import LANGUAGES

STATES = {
    "": _l("Tous les états"),
    PersonState.ACTIVE: _l("Actif"),
    PersonState.INVITED: _l("Invité"),
    PersonState.SUSPENDED: _l("Suspendu"),
    PersonState.NO_ACCOUNT: _l("Sans compte"),
    PersonState.ENDED: _l("A quitté le programme"),
}
LANGUAGE_CHOICES = [SelectChoice(value, label) for value, label in LANGUAGES.items()]
STATE_CHOICES = [SelectChoice(value, label) for value, label in STATES.items()]


def stripped(value: str | None) -> str | None:
    """Without spaces around."""
    return value.strip() if value else value


def at_most(length: int) -> Length:
    """A length that is refused with its limit."""
    return Length(max=length, message=_l("%(max)d caractères au plus.", max=length))


def address(_form: FlaskForm, field: Field) -> None:
    """Refuse what is not an electronic address."""
    try:
        validate_email(field.data, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise ValidationError(
            gettext("Ce n’est pas une adresse électronique. Exemple : prenom.nom@exemple.fr.")
        ) from None


class ProvenForm(FlaskForm):
    """A form that says by itself that its page was opened in another session (see `core.csrf`)."""

    unproven = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Turn a bad proof into a sentence at the top of the form."""
        valid = bool(super().validate(extra_validators=extra_validators))
        proof = self._fields.get("csrf_token")
        if proof is not None and proof.errors:
            self.unproven = True
            proof.errors = ()
            self.form_errors.append(
                gettext("Cette page était ouverte depuis trop longtemps : envoyez de nouveau le formulaire.")
            )
        return valid


class SignInForm(ProvenForm):
    """Address and password."""

    email = EmailField(
        _l("Adresse électronique"), [DataRequired(_l("Indiquez votre adresse.")), at_most(254)]
    )
    password = PasswordField(
        _l("Mot de passe"), [InputRequired(_l("Indiquez votre mot de passe.")), at_most(1000)]
    )


class ConfirmForm(ProvenForm):
    """The password once more."""

    password = PasswordField(
        _l("Mot de passe"), [InputRequired(_l("Indiquez votre mot de passe.")), at_most(1000)]
    )


class ForgottenForm(ProvenForm):
    """The address to which the link goes."""

    email = EmailField(
        _l("Adresse électronique"), [DataRequired(_l("Indiquez votre adresse.")), at_most(254)]
    )


class NewPasswordForm(ProvenForm):
    """A password to choose. It is typed once: it can be shown, and a reset is one mail away."""

    new_password = PasswordField(
        _l("Nouveau mot de passe"),
        [InputRequired(_l("Choisissez un mot de passe."))],
        description=_l(
            "14 caractères au moins. Une phrase ou quatre mots sans rapport entre eux conviennent très bien."
        ),
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password, then the new one."""

    password = PasswordField(
        _l("Mot de passe actuel"), [InputRequired(_l("Indiquez votre mot de passe actuel.")), at_most(1000)]
    )


class LanguageForm(ProvenForm):
    """The language of pages and mails."""

    locale = RadioField(_l("Langue des pages et des messages"), choices=LANGUAGE_CHOICES)


class PersonForm(ProvenForm):
    """Who a person is."""

    given_name = StringField(
        _l("Prénom"), [DataRequired(_l("Indiquez le prénom.")), at_most(80)], filters=[stripped]
    )
    family_name = StringField(
        _l("Nom"), [DataRequired(_l("Indiquez le nom.")), at_most(80)], filters=[stripped]
    )
    title = StringField(
        _l("Qualité"),
        [at_most(160)],
        filters=[stripped],
        description=_l("Par exemple : maire de Nantes, directrice du numérique."),
    )
    email = EmailField(_l("Adresse électronique"), [Optional(), at_most(254), address], filters=[stripped])
    locale = SelectField(_l("Langue"), choices=LANGUAGE_CHOICES, default="fr")


class EditPersonForm(PersonForm):
    """Who a person is, with the version on which the form was opened."""

    version = HiddenField("")

    def opened_on(self) -> int | None:
        """The version that the form was opened on."""
        opened_on = str(self.version.data or "")
        return int(opened_on) if opened_on.isdecimal() else None


class PeopleFilter(FlaskForm):
    """What to show of the list of people; read from the address."""

    class Meta:
        """A search changes nothing: it needs no proof."""

        csrf = False

    q = SearchField(lazy_gettext("Nom, qualité ou adresse"), filters=[stripped])
    etat = SelectField(lazy_gettext("État"), choices=STATE_CHOICES, validate_choice=False)

    def state(self) -> PersonState | None:
        """The state asked for, None for all."""
        return (
            PersonState(self.etat.data) if self.etat.data in {state.value for state in PersonState} else None
        )
