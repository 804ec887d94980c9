"""The life of minutes, who may ask for what, and when silence approves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from tnt.core.errors import N_, DomainError


class MinutesState(StrEnum):
    """Where the minutes of a session are."""

    DRAFT = "draft"
    CIRCULATED = "circulated"
    APPROVED = "approved"  # frozen
    SIGNED = "signed"  # by the chair and the secretary
    PUBLISHED = "published"


TRANSITIONS: dict[MinutesState, frozenset[MinutesState]] = {
    MinutesState.DRAFT: frozenset({MinutesState.CIRCULATED}),
    MinutesState.CIRCULATED: frozenset({MinutesState.APPROVED}),
    MinutesState.APPROVED: frozenset({MinutesState.SIGNED}),
    MinutesState.SIGNED: frozenset({MinutesState.PUBLISHED}),
    MinutesState.PUBLISHED: frozenset(),
}
FROZEN = frozenset({MinutesState.APPROVED, MinutesState.SIGNED, MinutesState.PUBLISHED})
OPEN = frozenset({MinutesState.DRAFT, MinutesState.CIRCULATED})


class Approval(StrEnum):
    """How minutes were approved."""

    TACIT = "tacit"  # nobody asked for anything by the due date
    EXPRESS = "express"  # everybody answered that they have no remark
    IN_SESSION = "in_session"  # as an item of a later session


class ParagraphKind(StrEnum):
    """What a paragraph says; one drawn from the session knows how to be drawn anew."""

    OPENING = "opening"
    ATTENDANCE = "attendance"
    DISCUSSION = "discussion"
    DECISION = "decision"  # the act's own words: the act is the source
    OUTCOME = "outcome"
    VOTE = "vote"
    VOTE_NAMES = "vote_names"  # who voted what: never in the public version
    ACTIONS = "actions"
    CLOSING = "closing"
    FREE = "free"  # added by hand


class Origin(StrEnum):
    """Where a version of a paragraph comes from."""

    DRAWN = "drawn"  # from what the session recorded
    WRITTEN = "written"  # by the secretariat
    AMENDED = "amended"  # an amendment accepted
    CARRIED = "carried"  # from the version that this one rectifies


class AmendmentState(StrEnum):
    """What became of a request to change a paragraph."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by its author, before an answer


class SignatureRole(StrEnum):
    """Minutes are signed by whoever presides and by whoever wrote them."""

    CHAIR = "chair"
    SECRETARY = "secretary"


NOT_EDITED = frozenset({ParagraphKind.DECISION, ParagraphKind.VOTE_NAMES})
NEVER_PUBLIC = frozenset({ParagraphKind.VOTE_NAMES})
TEXT_LIMIT = 20_000
WORDS_LIMIT = 5_000
REASON_LENGTHS = (5, 500)
DUE_DAYS = (1, 60)  # what a committee may set
REREAD_DAYS = 3  # at least, to read a text that changed
MOST_PARAGRAPHS = 2_000

STATE_WORDS = {
    MinutesState.DRAFT: N_("Projet"),
    MinutesState.CIRCULATED: N_("Diffusé pour observations"),
    MinutesState.APPROVED: N_("Approuvé"),
    MinutesState.SIGNED: N_("Signé"),
    MinutesState.PUBLISHED: N_("Publié"),
}
APPROVAL_WORDS = {
    Approval.TACIT: N_("tacitement : aucune demande n’attendait de réponse à l’échéance"),
    Approval.EXPRESS: N_("par tous les destinataires, qui n’ont pas de remarque"),
    Approval.IN_SESSION: N_("en séance"),
}
ORIGIN_WORDS = {
    Origin.DRAWN: N_("tiré de la séance"),
    Origin.WRITTEN: N_("rédigé par le secrétariat"),
    Origin.AMENDED: N_("demande acceptée"),
    Origin.CARRIED: N_("repris de la version précédente"),
}
ROLE_WORDS = {
    SignatureRole.CHAIR: N_("Présidence"),
    SignatureRole.SECRETARY: N_("Secrétariat"),
}


class WrongMinutesState(DomainError):
    """The life of minutes has no such step."""

    message = N_(
        "Le compte rendu n’est plus dans un état qui le permet : rechargez la page pour voir où il en est."
    )


class MinutesFrozen(DomainError):
    """Approved minutes do not change."""

    message = N_(
        "Ce compte rendu est approuvé : il ne change plus. Une erreur se corrige par une version "
        "rectificative."
    )


class NotHeldYet(DomainError):
    """Minutes are drafted once the session is lifted."""

    message = N_("Le compte rendu se rédige après la levée de la séance.")


class AlreadyDrafted(DomainError):
    """Minutes are begun once."""

    message = N_("Le compte rendu de cette séance est déjà commencé.")


class RecordNotInForce(DomainError):
    """What is circulated says decisions in force."""

    message = N_(
        "Le relevé de décisions attend encore un visa : le compte rendu se diffuse une fois les décisions en "
        "vigueur."
    )


class DecisionNotEdited(DomainError):
    """The words of a decision are those of its act, a vote by name is what was voted."""

    message = N_(
        "Le texte d’une décision est celui de l’acte, un vote nominatif celui de la séance : ils ne se "
        "modifient pas dans le compte rendu."
    )


class TextNeeded(DomainError):
    """A paragraph has words."""

    message = N_("Ce passage n’a plus de texte : écrivez-le, ou retirez-le du compte rendu.")
    field = "text"


class TextTooLong(DomainError):
    """Texts have a limit, said before anything is lost."""

    message = N_("Ce passage dépasse 20 000 caractères : partagez-le en deux.")
    field = "text"


class TooManyParagraphs(DomainError):
    """Nobody reads as much."""

    message = N_("Ce compte rendu a déjà %(most)s passages.")


class NobodyAttended(DomainError):
    """Minutes are circulated to somebody."""

    message = N_("Personne n’est à qui diffuser ce compte rendu : aucun siège n’était pourvu ce jour-là.")


class DueDateTooEarly(DomainError):
    """Readers have at least a day."""

    message = N_("L’échéance doit laisser au moins un jour : choisissez une date à partir du %(day)s.")
    field = "due_on"


class DueDateTooLate(DomainError):
    """An approval that waits for ever is none."""

    message = N_("L’échéance va jusqu’au %(day)s.")
    field = "due_on"


class MinutesChanged(DomainError):
    """One approves and signs what one has read."""

    message = N_("Le compte rendu a changé depuis l’ouverture de cette page : relisez-le, puis recommencez.")


class NotARecipient(DomainError):
    """Only those to whom the draft was sent answer."""

    message = N_("Ce compte rendu ne vous a pas été adressé : aucune réponse n’est attendue de vous.")


class TooLateToAmend(DomainError):
    """After the due date, a correction is a rectifying version."""

    message = N_(
        "L’échéance du %(day)s est passée : demandez la correction au secrétariat, ou à la prochaine séance."
    )


class AmendmentSaysNothing(DomainError):
    """A request proposes a text or says what is wrong."""

    message = N_("Proposez une autre rédaction, ou dites ce qui est à changer (3 caractères au moins).")
    field = "proposed"


class AmendmentTooLong(DomainError):
    """Texts have a limit, said before anything is lost."""

    message = N_("Ce texte dépasse 5 000 caractères.")
    field = "comment"


class NothingAmended(DomainError):
    """A request that is accepted changes the passage."""

    message = N_("Le texte retenu est celui d’avant : modifiez-le, ou refusez la demande en disant pourquoi.")
    field = "text"


class AlreadySettled(DomainError):
    """A request is answered once."""

    message = N_("Cette demande a déjà reçu sa réponse.")


class WithdrawnMeanwhile(DomainError):
    """A request that its author took back has no answer."""

    message = N_("L’auteur a retiré sa demande entre-temps : elle n’attend plus de réponse.")


class AnswerTooLong(DomainError):
    """An answer has a limit, said before anything is lost."""

    message = N_("Cette réponse dépasse %(most)s caractères.")
    field = "answer"


class RefusalNeedsReason(DomainError):
    """Whoever asked reads why not."""

    message = N_("Indiquez pourquoi la demande est refusée, en 5 à 500 caractères : son auteur le lira.")
    field = "answer"


class AmendmentsPending(DomainError):
    """A request without an answer holds the approval."""

    message = N_(
        "Des demandes de modification attendent une réponse (%(count)s) : le compte rendu ne peut pas être "
        "approuvé avant."
    )


class ApprovedInSession(DomainError):
    """The committee approved the text as it was; only the visa of its record is missing."""

    message = N_(
        "Le comité a approuvé ce compte rendu en séance (%(act)s) : le texte ne change plus en attendant le "
        "visa du relevé."
    )


class NotASigner(DomainError):
    """No signature is awaited from that person."""

    message = N_("Votre signature n’est pas attendue sur ce compte rendu.")


class RectificationNeedsReason(DomainError):
    """A rectifying version says why."""

    message = N_("Indiquez ce qui est à rectifier, en 5 à 500 caractères : les lecteurs le verront.")
    field = "reason"


class NotPublishedYet(DomainError):
    """One rectifies what was published."""

    message = N_("Une version rectificative part d’un compte rendu publié.")


class NotADemonstration(DomainError):
    """Time passes by itself in real life."""

    message = N_("L’échéance ne peut être avancée que dans des données de démonstration.")


def check_transition(old: MinutesState, new: MinutesState) -> None:
    """Raise WrongMinutesState when the life of minutes has no such step."""
    if new not in TRANSITIONS[old]:
        raise WrongMinutesState()


def check_open(state: MinutesState) -> None:
    """Raise MinutesFrozen once the minutes are approved."""
    if state in FROZEN:
        raise MinutesFrozen()


def check_text(text: str) -> str:
    """A paragraph's text without outer blanks. Raises TextNeeded, TextTooLong."""
    text = text.strip()
    if not text:
        raise TextNeeded()
    if len(text) > TEXT_LIMIT:
        raise TextTooLong()
    return text


def check_editable(kind: ParagraphKind) -> None:
    """Raise DecisionNotEdited for what the act or the ballots say."""
    if kind in NOT_EDITED:
        raise DecisionNotEdited()


def check_due(due_on: date, today: date) -> None:
    """Raise DueDateTooEarly or DueDateTooLate outside tomorrow to sixty days."""
    least, most = DUE_DAYS
    if due_on < today + timedelta(least):
        raise DueDateTooEarly(day=today + timedelta(least))
    if due_on > today + timedelta(most):
        raise DueDateTooLate(day=today + timedelta(most))


def due_after_change(due_on: date, today: date) -> date:
    """The due date once the text has changed: it leaves time to read what changed late."""
    return max(due_on, today + timedelta(REREAD_DAYS))


def says_the_same(one: str, another: str) -> bool:
    """Whether two texts differ by nothing but ends of lines and blanks."""
    return one.split() == another.split()


def check_amendment(proposed: str, comment: str) -> None:
    """Raise AmendmentSaysNothing or AmendmentTooLong."""
    if max(len(proposed.strip()), len(comment.strip())) < 3:
        raise AmendmentSaysNothing()
    if len(proposed) > TEXT_LIMIT:
        raise TextTooLong(field="proposed")
    if len(comment) > WORDS_LIMIT:
        raise AmendmentTooLong()


def check_in_time(due_on: date, today: date) -> None:
    """Raise TooLateToAmend the day after the due date."""
    if today > due_on:
        raise TooLateToAmend(day=due_on)


def check_reason(text: str, refusal: type[DomainError]) -> str:
    """The reason without outer blanks. Raises `refusal` outside 5 to 500 characters."""
    text = text.strip()
    low, high = REASON_LENGTHS
    if not low <= len(text) <= high:
        raise refusal()
    return text


def check_answer(text: str) -> str:
    """The words that go with an acceptance, without outer blanks. Raises AnswerTooLong."""
    text = text.strip()
    most = REASON_LENGTHS[1]
    if len(text) > most:
        raise AnswerTooLong(most=most)
    return text


def count_pending(states: Iterable[AmendmentState]) -> int:
    """How many requests wait for an answer."""
    return sum(1 for state in states if state is AmendmentState.PENDING)


def check_all_answered(states: Iterable[AmendmentState]) -> None:
    """Raise AmendmentsPending while a request waits for an answer."""
    pending = count_pending(states)
    if pending:
        raise AmendmentsPending(count=pending)


def is_tacitly_approved(
    state: MinutesState, *, tacit: bool, due_on: date | None, today: date, pending: int
) -> bool:
    """Whether silence has approved: circulated, the due date over, every request answered."""
    return (
        tacit and state is MinutesState.CIRCULATED and due_on is not None and today > due_on and pending == 0
    )


def is_public(kind: ParagraphKind, *, reserved: bool, item_reserved: bool) -> bool:
    """Whether a paragraph stands in the public version."""
    return not reserved and not item_reserved and kind not in NEVER_PUBLIC
