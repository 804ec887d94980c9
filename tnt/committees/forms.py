"""The shape of what an administrator types about institutions, mandates, functions and settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Optional

from tnt.accounts.forms import ProvenForm, at_most, stripped
from tnt.committees import rules
from tnt.committees.rules import FunctionKind, InstitutionKind, Seat, VisaRule, Voice
from tnt.core.forms import DayField


def choices_of(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    """(value, label) pairs of an enumeration, in the reader's language."""
    return [(value.value, gettext(word)) for value, word in words.items()]


def _optional_id(value: str | int | None) -> int | None:
    return int(value) if value else None


_DAY = [InputRequired(_l("Indiquez une date."))]
_LATER = [Optional()]


class WordedForm(ProvenForm):
    """A form whose lists of choices are worded in the reader's language when it is made."""

    WORDS: Mapping[str, Mapping[Any, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give each list its choices."""
        super().__init__(*args, **kwargs)
        for name, words in self.WORDS.items():
            self._fields[name].choices = choices_of(words)

    def value(self, name: str, kind: type[StrEnum]) -> Any:
        """The enumeration's member that was chosen."""
        return kind(self._fields[name].data)

    def opened_on(self) -> int | None:
        """The version that the form was opened on, when it carries one."""
        field = self._fields.get("version")
        text = str(field.data or "") if field is not None else ""
        return int(text) if text.isdecimal() and len(text) < 10 else None


class InstitutionForm(WordedForm):
    """A new institution."""

    WORDS = {"kind": rules.INSTITUTION_WORDS}

    name = StringField(
        _l("Nom"),
        [DataRequired(_l("Indiquez le nom.")), at_most(rules.NAME_LENGTHS[1])],
        filters=[stripped],
    )
    acronym = StringField(_l("Sigle"), [at_most(rules.ACRONYM_LENGTH)], filters=[stripped])
    kind = RadioField(_l("Nature"), default=InstitutionKind.ASSOCIATION.value)


class RenameForm(WordedForm):
    """The new name of an institution, from a day on."""

    name = StringField(
        _l("Nouveau nom"),
        [DataRequired(_l("Indiquez le nom.")), at_most(rules.NAME_LENGTHS[1])],
        filters=[stripped],
    )
    acronym = StringField(_l("Sigle"), [at_most(rules.ACRONYM_LENGTH)], filters=[stripped])
    from_on = DayField(
        _l("À partir du"),
        _DAY,
        description=_l("L’ancien nom est gardé jusqu’à la veille et reste affiché sur les actes passés."),
    )
    version = HiddenField("")


class EndInstitutionForm(WordedForm):
    """The last day of an institution."""

    on = DayField(_l("Dernier jour"), _DAY)
    version = HiddenField("")


class MandateForm(WordedForm):
    """A seat in a committee."""

    WORDS = {"seat": rules.SEAT_WORDS, "voice": rules.VOICE_WORDS}

    person_id = SelectField(
        _l("Personne"), [DataRequired(_l("Choisissez la personne."))], coerce=_optional_id
    )
    committee_id = SelectField(_l("Comité"), [DataRequired(_l("Choisissez le comité."))], coerce=_optional_id)
    institution_id = SelectField(
        _l("Au titre de"), [DataRequired(_l("Choisissez l’institution."))], coerce=_optional_id
    )
    seat = RadioField(_l("Qualité"), default=Seat.FULL_MEMBER.value)
    substitute_for_id = SelectField(
        _l("Titulaire suppléé"),
        coerce=_optional_id,
        description=_l("Seulement pour un suppléant. Son mandat prend fin avec celui du titulaire."),
    )
    voice = RadioField(
        _l("Voix"),
        default=Voice.VOTING.value,
        description=_l(
            "Pour un titulaire ou un suppléant. Un coprésident a voix délibérative ; un invité permanent et "
            "le secrétariat ont voix consultative."
        ),
    )
    from_on = DayField(_l("Premier jour"), _DAY)
    until_on = DayField(
        _l("Dernier jour"), _LATER, description=_l("À laisser vide si la fin n’est pas connue.")
    )

    def offer(
        self,
        *,
        people: Iterable[tuple[int, str]],
        committees: Iterable[tuple[int, str]],
        institutions: Iterable[tuple[int, str]],
        full_members: Iterable[tuple[int, str]],
    ) -> None:
        """Give the lists what can be chosen."""
        nothing = [("", gettext("Choisir…"))]
        self.person_id.choices = [*nothing, *people]
        self.committee_id.choices = [*nothing, *committees]
        self.institution_id.choices = [*nothing, *institutions]
        self.substitute_for_id.choices = [("", gettext("Personne")), *full_members]


class EndMandateForm(WordedForm):
    """The last day of a mandate, and why."""

    until_on = DayField(_l("Dernier jour"), _DAY, description=_l("Ce jour est compris dans le mandat."))
    reason = TextAreaField(
        _l("Motif"),
        [DataRequired(_l("Indiquez le motif.")), at_most(rules.REASON_LENGTH)],
        filters=[stripped],
        description=_l("Par exemple : élections, changement de fonctions. Il reste dans l’historique."),
    )


class FunctionForm(WordedForm):
    """A function outside committees."""

    WORDS = {"kind": rules.FUNCTION_WORDS}

    person_id = SelectField(
        _l("Personne"), [DataRequired(_l("Choisissez la personne."))], coerce=_optional_id
    )
    kind = RadioField(_l("Fonction"), default=FunctionKind.PROGRAMME_MANAGER.value)
    institution_id = SelectField(_l("Au titre de"), coerce=_optional_id)
    territory_id = SelectField(
        _l("Région"), coerce=_optional_id, description=_l("Pour un préfet de région seulement.")
    )
    from_on = DayField(_l("Premier jour"), _DAY)
    until_on = DayField(
        _l("Dernier jour"), _LATER, description=_l("À laisser vide si la fin n’est pas connue.")
    )

    def offer(
        self,
        *,
        people: Iterable[tuple[int, str]],
        institutions: Iterable[tuple[int, str]],
        regions: Iterable[tuple[int, str]],
    ) -> None:
        """Give the lists what can be chosen."""
        self.person_id.choices = [("", gettext("Choisir…")), *people]
        self.institution_id.choices = [("", gettext("Sans institution")), *institutions]
        self.territory_id.choices = [("", gettext("Aucune")), *regions]


class EndFunctionForm(WordedForm):
    """The last day of a function."""

    until_on = DayField(_l("Dernier jour"), _DAY, description=_l("Ce jour est compris."))


class SettingsForm(WordedForm):
    """How a committee works from now on."""

    WORDS = {"visa_rule": rules.VISA_WORDS}

    followed_from = DayField(
        _l("Cadence suivie à partir du"),
        _DAY,
        description=_l("Les périodes plus anciennes sont dites « non suivies »."),
    )
    visa_rule = RadioField(_l("Visas du relevé de décisions"), default=VisaRule.ALL_CO_CHAIRS.value)
    notice_days = IntegerField(
        _l("Délai de convocation, en jours"), [InputRequired(_l("Indiquez un nombre de jours."))]
    )
    requests_close_days = IntegerField(
        _l("Clôture des demandes, en jours avant la séance"),
        [InputRequired(_l("Indiquez un nombre de jours."))],
        description=_l("Cette date est montrée aux responsables de groupes projet."),
    )
    default_start = TimeField(
        _l("Heure de début habituelle"), [InputRequired(_l("Indiquez une heure, par exemple 14:30."))]
    )
    default_minutes = IntegerField(
        _l("Durée habituelle, en minutes"), [InputRequired(_l("Indiquez un nombre de minutes."))]
    )
    default_place = StringField(_l("Lieu habituel"), [at_most(200)], filters=[stripped])
    votes_enabled = BooleanField(
        _l("Votes"),
        description=_l("Sans eux, le comité décide par consensus et rien d’un vote n’est montré."),
    )
    quorum_percent = IntegerField(
        _l("Quorum, en pourcentage des voix délibératives"),
        [Optional()],
        description=_l("À laisser vide s’il n’y a pas de quorum."),
    )
    proxies_enabled = BooleanField(_l("Pouvoirs"))
    proxies_per_holder = IntegerField(
        _l("Pouvoirs qu’une même personne peut porter"),
        [Optional()],
    )
    casting_vote = BooleanField(
        _l("Voix prépondérante du président"),
        description=_l("À égalité des voix, celle de qui préside l’emporte."),
    )
    agenda_countersigned = BooleanField(
        _l("Ordre du jour contresigné avant la convocation"),
        description=_l("Un coprésident le contresigne ; sans son contreseing, la séance ne se convoque pas."),
    )
    letterhead = TextAreaField(
        _l("En-tête des documents"),
        [at_most(1000)],
        filters=[stripped],
        description=_l(
            "Six lignes au plus, en tête de l’ordre du jour, du dossier, du relevé et du compte rendu. À "
            "laisser vide pour l’en-tête habituel : République française, le programme, le nom du comité."
        ),
    )
    signing_place = StringField(
        _l("Lieu de signature"),
        [at_most(80)],
        filters=[stripped],
        description=_l("Pour « Fait à … » au bas des documents."),
    )
    consultation_days = IntegerField(
        _l("Délai d’une consultation écrite, en jours"),
        [InputRequired(_l("Indiquez un nombre de jours."))],
        default=5,
        description=_l("Le secrétariat ne peut pas laisser moins de temps pour répondre."),
    )
    silence_consents = BooleanField(
        _l("Consultation écrite : silence valant accord"),
        description=_l(
            "Seulement si le règlement du comité le dit. Sinon, la moitié au moins des voix doit s’exprimer, "
            "ou le quorum s’il y en a un."
        ),
    )
    minutes_days = IntegerField(
        _l("Délai d’observation sur le compte rendu, en jours"),
        [InputRequired(_l("Indiquez un nombre de jours."))],
        description=_l("L’échéance proposée quand le compte rendu est diffusé à ceux qui étaient là."),
    )
    minutes_tacit = BooleanField(
        _l("Approbation tacite du compte rendu"),
        description=_l(
            "À l’échéance, si aucune demande n’attend de réponse, le compte rendu est approuvé ; sinon, il "
            "l’est par un point d’une séance suivante."
        ),
    )
    version = HiddenField("")


class PresetForm(WordedForm):
    """Settings taken together, on the version that was read."""

    version = HiddenField("")
