"""The shape of what is typed to get a calendar address."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from tnt.committees.models import Committee
from tnt.feeds.rules import DEVICE_LENGTH
from tnt.feeds.zones import OVERSEAS

MINE = "moi"


class SubscribeForm(FlaskForm):
    """Which meetings, for which device, with which options."""

    feed = RadioField(
        _l("Séances à afficher"),
        validators=[InputRequired(_l("Choisissez les séances à afficher."))],
    )
    device = StringField(
        _l("Appareil ou logiciel"),
        description=_l(
            "Une adresse par appareil : vous pourrez retirer celle-ci sans toucher aux autres. "
            "Par exemple « Outlook du bureau » ou « téléphone »."
        ),
        validators=[
            InputRequired(_l("Indiquez l’appareil ou le logiciel (80 caractères au plus).")),
            Length(max=DEVICE_LENGTH, message=_l("80 caractères au plus.")),
        ],
    )
    with_alarms = BooleanField(_l("Rappels la veille et une heure avant"), default=True)
    without_cancelled = BooleanField(
        _l("Sans les séances annulées"),
        description=_l(
            "Sinon, une séance annulée reste affichée, marquée « ANNULÉE », jusqu’à 30 jours après sa date."
        ),
    )
    zone = SelectField(
        _l("Heure locale outre-mer"),
        description=_l(
            "L’heure locale est ajoutée dans la description ; la séance reste à l’heure de Paris."
        ),
    )

    def offer(self, committees: Iterable[Committee], *, mine: bool) -> None:
        """Fill the choices: what this person may have."""
        own = [(MINE, _l("Mes séances (tous mes comités)"))] if mine else []
        self.feed.choices = [*own, *((committee.key, committee.name) for committee in committees)]
        self.zone.choices = [("", _l("Heure de Paris seulement")), *((z, _l(n)) for z, n in OVERSEAS.items())]
        if self.feed.data is None and self.feed.choices:
            self.feed.data = self.feed.choices[0][0]
