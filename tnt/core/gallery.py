"""Example values for the gallery of components (/composants): fictional, and touching no data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import InputRequired, Optional

from tnt.core import clock

BADGES = {
    "group_status": (
        "proposed",
        "created",
        "continued",
        "reoriented",
        "achieved",
        "abandoned",
        "merged",
        "transferred",
        "not_retained",
    ),
    "confidence": (
        "sun",
        "overcast",
        "cloud",
        "storm",
        "None",
    ),
    "meeting_state": (
        "planned",
        "convened",
        "in_session",
        "adjourned",
        "closed",
        "postponed",
        "cancelled",
    ),
    "nature": (
        "decision",
        "opinion",
        "prior_act",
        "erratum",
    ),
    "act_state": (
        "in_visa",
        "in_force",
        "future",
        "cancelled",
        "rectified",
    ),
    "objective_state": (
        "proposed",
        "adopted",
    ),
    "score": (
        "reached",
        "partly",
        "not_reached",
        "abandoned",
    ),
    "outcome": (
        "adopted",
        "adopted_amended",
        "not_adopted",
        "opinion_given",
        "noted",
        "deferred",
        "withdrawn",
    ),
    "attendance": (
        "present",
        "remote",
        "represented",
        "substituted",
        "by_proxy",
        "excused",
        "absent",
        "None",
    ),
    "action_state": (
        "open",
        "due_soon",
        "late",
        "done",
        "dropped",
    ),
    "visa_state": (
        "awaited",
        "given",
        "correction_asked",
    ),
}


class ExampleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One field of each type."""

    title = StringField("Intitulé", [InputRequired("Donnez un intitulé au point.")])
    kind = SelectField(
        "Nature", choices=[SelectChoice("decision", "Décision"), SelectChoice("opinion", "Avis")]
    )
    held_on = DateField("Jour de la séance", [Optional()], description="Un mardi, de préférence.")
    starts_at = TimeField("Heure", [Optional()])
    minutes = IntegerField("Durée prévue, en minutes", [Optional()])
    mode = RadioField(
        "Confiance", choices=[SelectChoice("sun", "Soleil"), SelectChoice("cloud", "Nuage")], default="sun"
    )
    reason = TextAreaField("Motif", [InputRequired("Indiquez le motif : les membres le liront.")])
    tacit = BooleanField("Prévenir les membres par courriel")
    secret = PasswordField("Mot de passe", [Optional()])
    scan = FileField("Scan signé", description="PDF, 20 Mo au plus.")


def examples() -> dict[str, Any]:
    """What the gallery's template shows."""
    form = ExampleForm(formdata=None, meta={"csrf": False})
    form.title.errors = ["Donnez un intitulé au point."]
    form.reason.errors = ["Indiquez le motif : les membres le liront."]
    today = clock.today()
    cells = ("held", "held", "missed", "held")
    return {
        "form": form,
        "badges": BADGES,
        "now": clock.now(),
        "todo_items": [
            {"on": today - dt.timedelta(days=2), "title": "Relancer deux auteurs de pièces", "url": "#",
             "note": "Coordination du 15 décembre : « Bilan urbanisme », « Budget formation »"},
            {"on": today, "title": "Placer trois demandes de décision", "url": "#"},
            {"on": today + dt.timedelta(days=8), "title": "Convoquer la coordination T4", "url": "#",
             "note": "Préavis de 14 jours ; 34 messages seront envoyés"},
        ],
        "years": [
            (today.year - 2, [{"label": f"T{n}", "state": "not_followed"} for n in range(1, 5)]),
            (
                today.year - 1,
                [
                    {"label": f"T{n}", "state": state, "url": "#", "detail": "12 mars"}
                    for n, state in enumerate(cells, 1)
                ],
            ),
            (today.year, [{"label": f"T{n}", "state": state}
                          for n, state in enumerate(("held", "late", "due", "planned"), 1)]),
            (today.year + 1, [{"label": "T1", "state": "future"}]),
        ],
    }  # fmt: skip
