"""Who is in the demonstration: fictional people, for the real institutions. Their addresses lead nowhere."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from tnt.committees.rules import Seat, Voice

DOMAIN = "demo.tnt.example"  # « example » is reserved: no mail can reach it


@dataclass(frozen=True, slots=True)
class Somebody:
    """A fictional person; `account` is the label of the account offered on the sign-in page."""

    given_name: str
    family_name: str
    title: str
    account: str = ""

    @property
    def email(self) -> str:
        """« claire.aubert@demo.tnt.example »."""
        name = unicodedata.normalize("NFKD", f"{self.given_name}.{self.family_name}".lower())
        kept = "".join(sign for sign in name if sign.isascii() and (sign.isalpha() or sign == "."))
        return f"{kept}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class SeatHeld:
    """A seat in a committee; `replaces` names whom a substitute replaces."""

    committee: str
    person: str
    institution: str
    seat: Seat
    voice: Voice = Voice.VOTING
    replaces: str = ""


PEOPLE = {
    "aubert": Somebody(
        "Claire", "Aubert", "cheffe de projet gouvernance", "Secrétaire du comité de coordination"
    ),
    "lenoir": Somebody(
        "Thomas",
        "Lenoir",
        "chargé de mission auprès du comité d’orientation",
        "Secrétaire du comité d’orientation politique",
    ),
    "delaunay": Somebody(
        "Marc",
        "Delaunay",
        "sous-directeur de l’accompagnement des territoires",
        "Coprésident du comité de coordination, pour l’État",
    ),
    "garnier": Somebody(
        "Sophie",
        "Garnier",
        "adjointe au maire de Montbrieux-sur-Arve",
        "Coprésidente du comité de coordination, pour les associations",
    ),
    "varnier": Somebody("Hélène", "Varnier", "directrice adjointe de cabinet"),
    "castel": Somebody(
        "Bernard",
        "Castel",
        "maire de Saint-Aubin-des-Prés",
        "Coprésident du comité d’orientation politique, pour les associations",
    ),
    "belkacem": Somebody(
        "Samira", "Belkacem", "directrice des systèmes d’information", "Responsable de groupe projet"
    ),
    "vasseur": Somebody(
        "Jeanne", "Vasseur", "maire de Courlande-le-Haut", "Membre du comité de coordination"
    ),
    "serres": Somebody("Antoine", "Serres", "directeur de programme", "Directeur de programme"),
    "estrees": Somebody("Véronique", "Destrées", "préfète de région", "Préfète de région"),
    "prieur": Somebody("Nicolas", "Prieur", "administrateur fonctionnel", "Administrateur"),
    "legoff": Somebody("Yann", "Le Goff", "directeur du programme Numérique"),
    "marchal": Somebody("Sabine", "Marchal", "conseillère collectivités et numérique"),
    "pons": Somebody("Gérard", "Pons", "maire de Villerac"),
    "teissier": Somebody("Florence", "Teissier", "maire de Port-Miraval"),
    "barbier": Somebody("Luc", "Barbier", "premier adjoint au maire de Sauvignac-les-Bois"),
    "faure": Somebody("Denis", "Faure", "vice-président délégué au numérique"),
    "benali": Somebody("Karim", "Benali", "délégué général adjoint"),
    "ostrowski": Somebody("Mireille", "Ostrowski", "déléguée aux territoires"),
    "dasilva": Somebody("Catherine", "Da Silva", "maire de Champ-Fleury-sur-Marne"),
    "keita": Somebody("Ousmane", "Keita", "adjoint au maire de Rosny-la-Plaine"),
    "vidal": Somebody("Romain", "Vidal", "responsable des produits"),
    "mercadier": Somebody("Alain", "Mercadier", "maire de Castelnau-d’Orb"),
    "marchand": Somebody("Odile", "Marchand", "maire de Saint-Léger-la-Combe"),
    "hamel": Somebody("Pierre", "Hamel", "président de syndicat mixte"),
    "lescure": Somebody("Anne", "Lescure", "présidente de département, déléguée au numérique"),
    "ferrand": Somebody("Hugo", "Ferrand", "adjoint au maire de Belleroche"),
    "toussaint": Somebody("René", "Toussaint", "maire de Vaux-Mesnil"),
    "haddad": Somebody("Leïla", "Haddad", "maire de Garigny"),
    "girault": Somebody("Emma", "Girault", "directrice des usages"),
    "ferhat": Somebody("Nadia", "Ferhat", "responsable de la donnée publique locale"),
    "kerbrat": Somebody("Paul", "Kerbrat", "chargé de déploiement"),
    "bonnet": Somebody("Cécile", "Bonnet", "directrice générale des services"),
    "monnier": Somebody("Isabelle", "Monnier", "responsable de la formation des élus"),
    "sauvage": Somebody("Julien", "Sauvage", "responsable de la dématérialisation de l’urbanisme"),
    "roche": Somebody("Étienne", "Roche", "maire de Fontrieu"),
    "castaing": Somebody("Laure", "Castaing", "responsable du pré-remplissage"),
    "delorme": Somebody("Mathieu", "Delorme", "chargé de mission simplification"),
    "robin": Somebody("Inès", "Robin", "secrétaire de mairie"),
    "rey": Somebody("Claudine", "Rey", "adjointe aux affaires scolaires"),
}

GUEST = (Seat.PERMANENT_GUEST, Voice.ADVISORY)
SECRETARY = (Seat.SECRETARY, Voice.ADVISORY)
FULL = (Seat.FULL_MEMBER, Voice.VOTING)
CO_CHAIR = (Seat.CO_CHAIR, Voice.VOTING)

SEATS = (
    SeatHeld("coordination", "delaunay", "dinum", *CO_CHAIR),
    SeatHeld("coordination", "garnier", "amf", *CO_CHAIR),
    SeatHeld("coordination", "legoff", "anct", *FULL),
    SeatHeld("coordination", "pons", "apvf", *FULL),
    SeatHeld("coordination", "vasseur", "amrf", *FULL),
    SeatHeld("coordination", "barbier", "amrf", Seat.SUBSTITUTE, replaces="vasseur"),
    SeatHeld("coordination", "faure", "fnccr", *FULL),
    SeatHeld("coordination", "benali", "avicca", *FULL),
    SeatHeld("coordination", "ostrowski", "villes-internet", *FULL),
    SeatHeld("coordination", "dasilva", "amif", *FULL),
    SeatHeld("coordination", "keita", "ville-banlieue", *FULL),
    SeatHeld("coordination", "vidal", "incubateur-des-territoires-anct", *GUEST),
    SeatHeld("coordination", "aubert", "dinum", *SECRETARY),
    SeatHeld("orientation", "varnier", "ministere-de-la-transformation-et-de-la-", *CO_CHAIR),
    SeatHeld("orientation", "castel", "amf", *CO_CHAIR),
    SeatHeld("orientation", "marchal", "ministere-de-la-cohesion-des-territoires", *FULL),
    SeatHeld("orientation", "mercadier", "apvf", *FULL),
    SeatHeld("orientation", "marchand", "amrf", *FULL),
    SeatHeld("orientation", "hamel", "fnccr", *FULL),
    SeatHeld("orientation", "lescure", "avicca", *FULL),
    SeatHeld("orientation", "ferrand", "villes-internet", *FULL),
    SeatHeld("orientation", "toussaint", "amif", *FULL),
    SeatHeld("orientation", "haddad", "ville-banlieue", *FULL),
    SeatHeld("orientation", "girault", "gip-recia", *GUEST),
    SeatHeld("orientation", "lenoir", "dinum", *SECRETARY),
)
CORRESPONDENT = ("robin", "vasseur")  # who receives and replies for whom
SUCCESSION = ("pons", SeatHeld("coordination", "teissier", "apvf", *FULL))
SUCCESSION_REASON = "Désignation d’une nouvelle représentante par l’association"
PREFECT_REGION = "84"
