"""The life of an action: open, then done with its proof or dropped with its reason; it can reopen. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from tnt.core.errors import N_, DomainError, Term


class ActionState(StrEnum):
    """Open, done with its proof, or dropped with its reason."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


TRANSITIONS: dict[ActionState, frozenset[ActionState]] = {
    ActionState.OPEN: frozenset({ActionState.DONE, ActionState.DROPPED}),
    ActionState.DONE: frozenset({ActionState.OPEN}),
    ActionState.DROPPED: frozenset({ActionState.OPEN}),
}
STATE_WORDS: dict[ActionState, str] = {
    ActionState.OPEN: N_("en cours"),
    ActionState.DONE: N_("achevée"),
    ActionState.DROPPED: N_("abandonnée"),
}
TITLE_LENGTHS = (3, 300)
TEXT_LENGTHS = (3, 4_000)
SOON = timedelta(days=7)  # the first reminder leaves seven days before


class ForbiddenActionStep(DomainError):
    """The action is not where that step starts."""

    message = N_("L’action « %(action)s » est « %(state)s » : cette opération n’est plus possible.")


class UntitledAction(DomainError):
    """An action says what is to be done."""

    message = N_("Indiquez ce qui est à faire (3 à 300 caractères).")
    field = "title"


class NobodyOwnsIt(DomainError):
    """Somebody, or an institution, is asked."""

    message = N_("Indiquez la personne ou l’institution chargée de l’action.")
    field = "owner"


class DueBeforeOrigin(DomainError):
    """Nothing is due before it was asked."""

    message = N_("L’échéance précède la séance du %(day)s qui demande l’action.")
    field = "due_on"


class NothingChanged(DomainError):
    """A change of terms changes the due date or the owner."""

    message = N_("Rien n’a été changé : l’échéance et le responsable sont les mêmes.")
    field = "due_on"


class MissingProof(DomainError):
    """Done means proven."""

    message = N_("Indiquez ce qui prouve que l’action est achevée : un lien, un document, un résultat.")
    field = "proof"


class MissingReason(DomainError):
    """Dropping or reopening is explained."""

    message = N_("Indiquez le motif : les membres du comité le liront.")
    field = "reason"


class MissingProgress(DomainError):
    """A progress note says how far it is."""

    message = N_("Dites en quelques mots où en est l’action.")
    field = "text"


class NoMoreProgress(DomainError):
    """What is over does not progress."""

    message = N_("L’action n’est plus en cours : rien ne s’y ajoute.")
    field = "text"


class DoneInTheFuture(DomainError):
    """What is done is done."""

    message = N_("La date d’achèvement ne peut pas être à venir.")
    field = "done_on"


class DoneBeforeOrigin(DomainError):
    """An action is not done before it was asked."""

    message = N_("La date d’achèvement précède la séance du %(day)s qui a demandé l’action.")
    field = "done_on"


def check_transition(action: str, old: ActionState, new: ActionState) -> None:
    """Raise ForbiddenActionStep when the table has no such step."""
    if new not in TRANSITIONS[old]:
        raise ForbiddenActionStep(action=action, state=Term(STATE_WORDS[old]))


def check_new(
    title: str, owner_id: int | None, owner_institution_id: int | None, due_on: date, origin: date | None
) -> None:
    """Raise the refusal of an action without a title or an owner, or due before it was asked."""
    low, high = TITLE_LENGTHS
    if not low <= len(title.strip()) <= high:
        raise UntitledAction()
    if owner_id is None and owner_institution_id is None:
        raise NobodyOwnsIt()
    if origin is not None and due_on < origin:
        raise DueBeforeOrigin(day=origin)


def check_terms(due_on: date, reason: str, origin: date | None) -> None:
    """Raise the refusal of another due date or owner: before the action was asked, or unexplained."""
    if origin is not None and due_on < origin:
        raise DueBeforeOrigin(day=origin)
    check_reason(reason)


def check_done(proof: str, done_on: date, today: date, origin: date | None) -> None:
    """Raise the refusal of an unproven end, or of one dated outside the action's life."""
    if not _has_text(proof):
        raise MissingProof()
    if done_on > today:
        raise DoneInTheFuture()
    if origin is not None and done_on < origin:
        raise DoneBeforeOrigin(day=origin)


def check_reason(reason: str) -> None:
    """Raise MissingReason."""
    if not _has_text(reason):
        raise MissingReason()


def check_progress(text: str, state: ActionState) -> None:
    """Raise NoMoreProgress once the action is over, MissingProgress without words."""
    if state is not ActionState.OPEN:
        raise NoMoreProgress()
    if not _has_text(text):
        raise MissingProgress()


def _has_text(text: str) -> bool:
    low, high = TEXT_LENGTHS
    return low <= len(text.strip()) <= high


def days_late(state: ActionState, due_on: date, today: date) -> int:
    """How many days an open action is late; 0 when it is not."""
    return max((today - due_on).days, 0) if state is ActionState.OPEN else 0


def shown_state(state: ActionState, due_on: date, today: date) -> str:
    """The state as a reader sees it: « late » and « due_soon » are open ones near or past their day."""
    if state is not ActionState.OPEN:
        return state.value
    if due_on < today:
        return "late"
    return "due_soon" if due_on <= today + SOON else "open"
