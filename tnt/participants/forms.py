"""Shapes of what is entered about who comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, InputRequired, Optional

from tnt.accounts.forms import ProvenForm, address, at_most, stripped
from tnt.agendas.models import AgendaItem
from tnt.committees.models import Mandate, Voice
from tnt.core.addresses import number
from tnt.core.forms import DayField
from tnt.participants.models import Reply
from tnt.participants.queries import SeatReply
from tnt.participants.rules import NAME_LENGTH, NOTE_LENGTH, QUALITY_LENGTH, Draft, Via, Way

OWN_WORDS = {
    Way.YES: _l("Je viens"),
    Way.REMOTE: _l("Je participe à distance"),
    Way.SUBSTITUTE: _l("Je me fais remplacer par mon suppléant"),
    Way.REPRESENTATIVE: _l("Je me fais représenter par une autre personne de mon institution"),
    Way.PROXY: _l("Je donne pouvoir à un autre membre"),
    Way.NO: _l("Je ne viens pas"),
}
OTHER_WORDS = {
    Way.YES: _l("Vient"),
    Way.REMOTE: _l("Participe à distance"),
    Way.SUBSTITUTE: _l("Se fait remplacer par son suppléant"),
    Way.REPRESENTATIVE: _l("Se fait représenter par une autre personne de son institution"),
    Way.PROXY: _l("Donne pouvoir à un autre membre"),
    Way.NO: _l("Ne vient pas"),
}


def _id_of(field: SelectField) -> int | None:
    try:
        return number(field.data or "")
    except ValueError:
        return None


def _of_seat(mandate: Mandate) -> str:
    return f"{mandate.person.full_name} ({mandate.institution.short_name})"


class ReplyForm(ProvenForm):
    """Who comes, or who fills the seat."""

    way = RadioField(_l("Réponse"), [InputRequired(_l("Choisissez une réponse."))], validate_choice=False)
    substitute_id = SelectField(_l("Suppléant"), validate_choice=False)
    represented_by = StringField(
        _l("Nom du représentant"),
        [at_most(NAME_LENGTH)],
        filters=[stripped],
        description=_l("Par exemple : Mme Durand."),
    )
    represented_as = StringField(
        _l("Sa qualité"),
        [at_most(QUALITY_LENGTH)],
        filters=[stripped],
        description=_l("Par exemple : directrice adjointe."),
    )
    proxy_to_id = SelectField(_l("Pouvoir donné à"), validate_choice=False)
    note = TextAreaField(
        _l("Un mot au secrétariat"),
        [at_most(NOTE_LENGTH)],
        filters=[stripped],
        description=_l("Lu par le secrétariat seul. Les autres membres voient qui vient."),
    )
    version = HiddenField("")

    @classmethod
    def of(cls, seat: SeatReply) -> ReplyForm:
        """The form, filled with the present reply."""
        return cls(data=_filled(seat.reply))

    def offer(self, seat: SeatReply, holders: Iterable[Mandate], *, via: Via, proxies: bool) -> None:
        """What this seat may choose among, in the words of whoever replies."""
        words = OTHER_WORDS if via is Via.SECRETARY else OWN_WORDS
        ways = [
            way
            for way in Way
            if (way is not Way.SUBSTITUTE or seat.substitutes)
            and (way is not Way.PROXY or (proxies and seat.voice is Voice.VOTING))
        ]
        self.way.choices = [SelectChoice(way.value, words[way]) for way in ways]
        self.substitute_id.choices = [SelectChoice(str(one.id), _of_seat(one)) for one in seat.substitutes]
        self.proxy_to_id.choices = [
            SelectChoice("", _("Choisir…")),
            *(SelectChoice(str(one.id), _of_seat(one)) for one in holders),
        ]

    def draft(self) -> Draft:
        """What was entered."""
        known = self.way.data in {way.value for way in Way}
        return Draft(
            way=Way(self.way.data) if known else None,
            represented_by=self.represented_by.data or "",
            represented_as=self.represented_as.data or "",
            substitute_id=_id_of(self.substitute_id),
            proxy_to_id=_id_of(self.proxy_to_id),
            note=self.note.data or "",
        )

    @property
    def opened_on(self) -> int:
        """The version of the reply when the form was opened; 0 before the first."""
        try:
            return number(self.version.data or "0")
        except ValueError:
            return 0


def _filled(reply: Reply | None) -> dict[str, Any]:
    if reply is None:
        return {"version": "0"}
    return {
        "way": reply.way.value,
        "substitute_id": str(reply.substitute_id or ""),
        "represented_by": reply.represented_by,
        "represented_as": reply.represented_as,
        "proxy_to_id": str(reply.proxy_to_id or ""),
        "note": reply.note,
        "version": str(reply.version),
    }


class ChaseForm(ProvenForm):
    """« Relancer »: nothing to type; which reminder was the last when it was shown."""

    last = HiddenField("")

    @property
    def last_seen(self) -> int | None:
        """The number of the last reminder shown, None when it was not said."""
        try:
            return number(self.last.data or "")
        except ValueError:
            return None


class GuestForm(ProvenForm):
    """Somebody asked for one item."""

    item_id = SelectField(_l("Point"), [InputRequired(_l("Choisissez le point."))], validate_choice=False)
    name = StringField(
        _l("Nom"),
        [DataRequired(_l("Indiquez le nom de l’invité.")), at_most(NAME_LENGTH)],
        filters=[stripped],
    )
    quality = StringField(
        _l("Qualité"),
        [at_most(QUALITY_LENGTH)],
        filters=[stripped],
        description=_l("Par exemple : directrice du syndicat mixte."),
    )
    email = EmailField(
        _l("Adresse électronique"),
        [DataRequired(_l("Indiquez l’adresse de l’invité.")), at_most(254), address],
        filters=[stripped],
    )

    def offer(self, items: Sequence[AgendaItem]) -> None:
        """The items of the agenda."""
        self.item_id.choices = [SelectChoice(str(one.id), f"{one.position}. {one.title}") for one in items]

    @property
    def chosen_item(self) -> int:
        """The item chosen; 0 when it is none."""
        return _id_of(self.item_id) or 0


class CorrespondentForm(ProvenForm):
    """Somebody who receives and replies for another person."""

    given_name = StringField(
        _l("Prénom"), [DataRequired(_l("Indiquez le prénom.")), at_most(80)], filters=[stripped]
    )
    family_name = StringField(
        _l("Nom"), [DataRequired(_l("Indiquez le nom.")), at_most(80)], filters=[stripped]
    )
    email = EmailField(
        _l("Adresse électronique"),
        [DataRequired(_l("Indiquez l’adresse.")), at_most(254), address],
        filters=[stripped],
        description=_l("Les messages partent à cette adresse comme à celle de la personne."),
    )
    from_on = DayField(_l("Premier jour"), [InputRequired(_l("Indiquez le premier jour."))])
    until_on = DayField(
        _l("Dernier jour"), [Optional()], description=_l("À laisser vide si la fin n’est pas connue.")
    )


class EndForm(ProvenForm):
    """The last day of a correspondent."""

    until_on = DayField(_l("Dernier jour"), [InputRequired(_l("Indiquez le dernier jour."))])
