"""The territories whose local time an address may tell beside Paris time."""

from __future__ import annotations

from tnt.core.errors import N_

OVERSEAS: dict[str, str] = {
    "America/Guadeloupe": N_("Guadeloupe"),
    "America/Martinique": N_("Martinique"),
    "America/Cayenne": N_("Guyane"),
    "Indian/Reunion": N_("La Réunion"),
    "Indian/Mayotte": N_("Mayotte"),
    "America/Miquelon": N_("Saint-Pierre-et-Miquelon"),
    "America/St_Barthelemy": N_("Saint-Barthélemy"),
    "America/Marigot": N_("Saint-Martin"),
    "Pacific/Wallis": N_("Wallis-et-Futuna"),
    "Pacific/Noumea": N_("Nouvelle-Calédonie"),
    "Pacific/Tahiti": N_("Polynésie française (Tahiti)"),
    "Pacific/Marquesas": N_("Polynésie française (Marquises)"),
    "Pacific/Gambier": N_("Polynésie française (Gambier)"),
}


def label_of(zone: str) -> str:
    """The territory of a zone; the zone itself when it is not listed."""
    return OVERSEAS.get(zone, zone)
