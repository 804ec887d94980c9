"""The intake: where an entry comes from, how it is settled, what it asks."""

from __future__ import annotations

import re
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.decisions.rules import ActKind


class ItemKind(StrEnum):
    """What a committee is asked on an item, and so by an entry of the intake."""

    INFORMATION = "information"
    OPINION = "opinion"
    DECISION = "decision"


class RequestOrigin(StrEnum):
    """Where an entry of the intake comes from."""

    REQUEST = "request"  # asked by a lead, a member or the secretariat
    OPINION = "opinion"  # the other committee gave an opinion; this one is competent
    DEFERRED = "deferred"  # reported by a session
    RETURNED = "returned"  # its meeting was cancelled or postponed without a date
    CONSULTATION = "consultation"  # a member consulted in writing asked for a session
    MEASURE = "measure"  # an interim measure to ratify
    REPORT = "report"  # what was decided between sessions is told at the next one


class RequestState(StrEnum):
    """An entry waits, is placed on an agenda, put to a consultation, refused, redirected or withdrawn."""

    PENDING = "pending"
    PLACED = "placed"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    CONSULTED = "consulted"  # in writing, between sessions


# what a title asks for a group: « Urbanisme : réorienter le groupe projet »
GROUP_TITLES = {
    ActKind.CREATE_GROUP: "créer le groupe projet",
    ActKind.REORIENT_GROUP: "réorienter le groupe projet",
    ActKind.CONTINUE_GROUP: "poursuivre le groupe projet",
    ActKind.STOP_GROUP: "arrêter le groupe projet",
    ActKind.APPOINT_LEAD: "désigner le responsable",
    ActKind.MOBILISE_ACTOR: "mobiliser un acteur",
    ActKind.OTHER: "arbitrage",
}

# an entry waits again when its item is taken off, its meeting called off, or its consultation given up
TRANSITIONS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.PENDING: frozenset(
        {
            RequestState.PLACED,
            RequestState.CONSULTED,
            RequestState.REFUSED,
            RequestState.REDIRECTED,
            RequestState.WITHDRAWN,
        }
    ),
    RequestState.PLACED: frozenset({RequestState.PENDING}),
    RequestState.CONSULTED: frozenset({RequestState.PENDING}),
    RequestState.REFUSED: frozenset(),
    RequestState.REDIRECTED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}

_SPACES = re.compile(r"[ \t\r\n]+")  # no-break spaces are kept
ANSWER_LENGTHS = (5, 2_000)
TITLE_LENGTHS = (3, 300)
MINUTES = (0, 600)


class RequestSettled(DomainError):
    """The entry is past that."""

    message = N_("Cette demande a déjà reçu une suite : rechargez la page pour la lire.")


class NotYourRequest(DomainError):
    """Only its author or the secretariat withdraws a request."""

    message = N_("Seul l’auteur de la demande, ou le secrétariat du comité, peut la retirer.")


class MayNotAsk(DomainError):
    """Members, leads and the secretariat ask; nobody else."""

    message = N_(
        "Une demande vient d’un membre du comité, de son secrétariat, ou du responsable "
        "pour son propre groupe."
    )


class MissingTitle(DomainError):
    """A request has a title that reads like an agenda item."""

    message = N_("Indiquez l’objet de la demande (3 à 300 caractères).")
    field = "title"


class MissingReason(DomainError):
    """The committee reads why it is asked."""

    message = N_("Indiquez ce qui motive la demande (5 caractères au moins).")
    field = "reason"


class NotAskedHere(DomainError):
    """Requests about a group create, reorient, continue or stop it, or ask for an arbitration."""

    message = N_("Cette nature de demande n’existe pas.")


class MissingAnswer(DomainError):
    """The author reads why."""

    message = N_("Indiquez la réponse à l’auteur (5 caractères au moins) : il la lira.")
    field = "answer"


class BadMinutes(DomainError):
    """A time that fits in a session."""

    message = N_("La durée va de 0 à 600 minutes.")
    field = "minutes"


class AlreadyAsked(DomainError):
    """One request at a time for a group."""

    message = N_(
        "Une demande attend déjà une décision pour le groupe « %(group)s » : « %(title)s ». "
        "Retirez-la, ou attendez la suite donnée."
    )


class SameRequest(DomainError):
    """A form sent twice."""

    message = N_("Vous avez déjà déposé cette demande : elle attend une suite.")
    field = "title"


class ToBeRatified(DomainError):
    """The committee itself answers on an interim measure, in a session."""

    message = N_(
        "La mesure conservatoire %(act)s est provisoire : seul le comité, en séance, la ratifie ou la "
        "refuse. Placez cette demande à l’ordre du jour."
    )


class AskedInSession(DomainError):
    """What is reserved, told, ratified or confirmed is for a session."""

    message = N_("Cette demande s’examine en séance : placez-la à l’ordre du jour.")


class NoOtherCommittee(DomainError):
    """A request is redirected to another committee than its own."""

    message = N_("Choisissez un autre comité que celui de la demande.")
    field = "committee_id"


class TextTooLong(DomainError):
    """A wording or a reason stays readable."""

    message = N_("Ce texte est trop long (10 000 caractères au plus).")


def check_settling(old: RequestState, new: RequestState) -> None:
    """Raise RequestSettled when an entry cannot go from `old` to `new`."""
    if new not in TRANSITIONS[old]:
        raise RequestSettled()


def may_be_consulted(origin: RequestOrigin, kind: ItemKind, reserved: bool) -> bool:
    """Whether an entry may be answered in writing.

    Everybody consulted reads it, so it is not reserved; it asks something; and no member asked for a session.
    """
    asked = {RequestOrigin.REQUEST, RequestOrigin.DEFERRED, RequestOrigin.RETURNED}
    return origin in asked and kind is not ItemKind.INFORMATION and not reserved


def check_title(title: str) -> str:
    """The title on one line. Raises MissingTitle outside 3 to 300 characters."""
    title = _SPACES.sub(" ", title).strip()
    if not TITLE_LENGTHS[0] <= len(title) <= TITLE_LENGTHS[1]:
        raise MissingTitle()
    return title


def check_answer(answer: str) -> str:
    """The answer without outer spaces. Raises MissingAnswer outside 5 to 2,000 characters."""
    answer = answer.strip()
    if not ANSWER_LENGTHS[0] <= len(answer) <= ANSWER_LENGTHS[1]:
        raise MissingAnswer()
    return answer


def check_minutes(minutes: int) -> None:
    """Raise BadMinutes outside 0 to 600."""
    if not MINUTES[0] <= minutes <= MINUTES[1]:
        raise BadMinutes()


def check_text(text: str, field: str) -> str:
    """The text without outer spaces. Raises TextTooLong beyond 10,000 characters."""
    text = text.strip()
    if len(text) > 10_000:
        raise TextTooLong(field=field)
    return text


def group_title(act_kind: ActKind, group: str) -> str:
    """The title proposed for what is asked for a group."""
    title = f"{group}\u00a0: {GROUP_TITLES[act_kind]}"
    return title if len(title) <= TITLE_LENGTHS[1] else title[: TITLE_LENGTHS[1] - 1] + "…"
