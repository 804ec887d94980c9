"""Shape of the two-minute update."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from tnt.reports.rules import (
    CONFIDENCE_MEANINGS,
    CONFIDENCE_WORDS,
    TEXT_LENGTH,
    Confidence,
    MissingComing,
    MissingConfidence,
    MissingDone,
)

# beside each word its shape (Bootstrap Icons), never a colour alone
ICONS = {
    Confidence.SUN: "sun",
    Confidence.OVERCAST: "cloud-sun",
    Confidence.CLOUD: "cloud",
    Confidence.STORM: "cloud-lightning-rain",
}


class ReportForm(FlaskForm):
    """Météo, done, coming, arbitration."""

    confidence = RadioField(
        _l("Météo"),
        [InputRequired(_l(MissingConfidence.message))],
        choices=[SelectChoice(each.value, _l(CONFIDENCE_WORDS[each])) for each in Confidence],
        description=_l("Votre propre jugement sur l’atteinte des objectifs du groupe."),
        validate_choice=False,
    )
    done = TextAreaField(
        _l("Fait"),
        [InputRequired(_l(MissingDone.message))],
        description=_l("Ce qui a été fait depuis le dernier point : des résultats, des chiffres."),
        render_kw={"rows": 4, "maxlength": TEXT_LENGTH},
    )
    coming = TextAreaField(
        _l("À venir"),
        [InputRequired(_l(MissingComing.message))],
        description=_l("Ce qui vient d’ici au prochain point, avec les dates."),
        render_kw={"rows": 4, "maxlength": TEXT_LENGTH},
    )
    arbitration = TextAreaField(
        _l("Arbitrage demandé"),
        description=_l("Ce que vous attendez du comité. Laissez vide s’il n’y a rien à trancher."),
        render_kw={"rows": 3, "maxlength": TEXT_LENGTH},
    )

    @property
    def judgement(self) -> Confidence | None:
        """The météo that was chosen; None for none, or for a value that does not exist."""
        return Confidence(self.confidence.data) if self.confidence.data in set(Confidence) else None


# value, word, fixed meaning, icon: the four cards of the form
CARDS = [
    (each.value, _l(CONFIDENCE_WORDS[each]), _l(CONFIDENCE_MEANINGS[each]), ICONS[each])
    for each in Confidence
]
