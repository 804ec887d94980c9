"""How an item may end, what an outcome must carry, and what it will lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.decisions.rules import ActKind, Nature, nature_in


class Presence(StrEnum):
    """How a seat is filled at a session."""

    PRESENT = "present"
    REMOTE = "remote"
    REPRESENTED = "represented"
    SUBSTITUTED = "substituted"
    BY_PROXY = "by_proxy"
    EXCUSED = "excused"
    ABSENT = "absent"


class OutcomeKind(StrEnum):
    """How an item ends; every item has one."""

    ADOPTED = "adopted"
    ADOPTED_AMENDED = "adopted_amended"
    NOT_ADOPTED = "not_adopted"
    OPINION_GIVEN = "opinion_given"
    NOTED = "noted"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


class VoteMode(StrEnum):
    """Consensus is the norm; a count only where the committee votes."""

    CONSENSUS = "consensus"
    COUNT = "count"


PRESENCE_WORDS = {
    Presence.PRESENT: N_("présent"),
    Presence.REMOTE: N_("à distance"),
    Presence.REPRESENTED: N_("représenté"),
    Presence.SUBSTITUTED: N_("remplacé par son suppléant"),
    Presence.BY_PROXY: N_("a donné pouvoir"),
    Presence.EXCUSED: N_("excusé"),
    Presence.ABSENT: N_("absent"),
}
OUTCOME_WORDS = {
    OutcomeKind.ADOPTED: N_("Adoptée"),
    OutcomeKind.ADOPTED_AMENDED: N_("Adoptée, modifiée"),
    OutcomeKind.NOT_ADOPTED: N_("Non adoptée"),
    OutcomeKind.OPINION_GIVEN: N_("Avis rendu"),
    OutcomeKind.NOTED: N_("Prend acte"),
    OutcomeKind.DEFERRED: N_("Reporter"),
    OutcomeKind.WITHDRAWN: N_("Retirer"),
}
# how a record says that an item without a decision ended
OUTCOME_ENDINGS = {
    OutcomeKind.NOT_ADOPTED: N_("non adopté"),
    OutcomeKind.NOTED: N_("le comité prend acte"),
    OutcomeKind.DEFERRED: N_("reporté"),
    OutcomeKind.WITHDRAWN: N_("retiré"),
}
# the key that chooses each outcome in session mode
OUTCOME_KEYS = {
    OutcomeKind.ADOPTED: "a",
    OutcomeKind.ADOPTED_AMENDED: "m",
    OutcomeKind.NOT_ADOPTED: "n",
    OutcomeKind.OPINION_GIVEN: "v",
    OutcomeKind.NOTED: "p",
    OutcomeKind.DEFERRED: "r",
    OutcomeKind.WITHDRAWN: "t",
}
FILLED = frozenset({Presence.PRESENT, Presence.REMOTE, Presence.REPRESENTED, Presence.SUBSTITUTED})
NAMED = frozenset({Presence.REPRESENTED, Presence.SUBSTITUTED, Presence.BY_PROXY})
_ENDS_ANYHOW = (OutcomeKind.DEFERRED, OutcomeKind.WITHDRAWN)
TIMES_BEFORE_A_REASON = 2
WORDING_LIMIT = 10_000
DEFER_REASON_LIMIT = 500


class MissingRepresentative(DomainError):
    """Who is replaced or represented is so by somebody named."""

    message = N_("Indiquez qui représente %(person)s.")


class OutcomeNotAllowed(DomainError):
    """That outcome makes no sense for that kind of item."""

    message = N_("Ce résultat ne convient pas à ce point de l’ordre du jour.")
    field = "kind"


class WordingNeeded(DomainError):
    """A decision is made of words."""

    message = N_("Indiquez le texte de la décision ou de l’avis.")
    field = "wording"


class WordingTooLong(DomainError):
    """Texts have a limit, said before anything is lost."""

    message = N_("Ce texte dépasse 10 000 caractères.")
    field = "wording"


class DeferReasonNeeded(DomainError):
    """A third deferral has a reason."""

    message = N_("Ce point a déjà été reporté %(times)s fois : indiquez pourquoi il l’est encore.")
    field = "defer_reason"


class DeferReasonTooLong(DomainError):
    """The reason of a deferral is a sentence."""

    message = N_("Le motif du report tient en 500 caractères au plus.")
    field = "defer_reason"


class VotesMissing(DomainError):
    """A count counts at least one vote."""

    message = N_("Indiquez le décompte des voix : pour, contre et abstentions.")
    field = "for_"


class NotCarried(DomainError):
    """More votes against than for do not adopt."""

    message = N_("Avec %(for_)s voix pour et %(against)s contre, la proposition n’est pas adoptée.")
    field = "kind"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the secretary enters for an item."""

    kind: OutcomeKind | None
    wording: str = ""
    notes: str = ""
    defer_reason: str = ""
    vote_mode: VoteMode = VoteMode.CONSENSUS
    for_: int = 0
    against: int = 0
    abstain: int = 0


def allowed_outcomes(item_kind: str, committee_key: str, act_kind: ActKind) -> tuple[OutcomeKind, ...]:
    """The outcomes that fit an item: a decision where the committee is competent, else an opinion."""
    if item_kind == "information":
        return (OutcomeKind.NOTED, *_ENDS_ANYHOW)
    if item_kind == "opinion" or nature_in(committee_key, act_kind) is Nature.OPINION:
        return (OutcomeKind.OPINION_GIVEN, OutcomeKind.NOT_ADOPTED, *_ENDS_ANYHOW)
    return (OutcomeKind.ADOPTED, OutcomeKind.ADOPTED_AMENDED, OutcomeKind.NOT_ADOPTED, *_ENDS_ANYHOW)


def makes_act(kind: OutcomeKind | None) -> bool:
    """Whether an outcome gives a numbered act."""
    return kind in {OutcomeKind.ADOPTED, OutcomeKind.ADOPTED_AMENDED, OutcomeKind.OPINION_GIVEN}


def _check_lengths(draft: Draft) -> None:
    if max(len(draft.wording), len(draft.notes)) > WORDING_LIMIT:
        raise WordingTooLong(field="wording" if len(draft.wording) > WORDING_LIMIT else "notes")
    if len(draft.defer_reason) > DEFER_REASON_LIMIT:
        raise DeferReasonTooLong()


def check_outcome(draft: Draft, *, allowed: tuple[OutcomeKind, ...], times_deferred: int) -> None:
    """Raise the refusal of an outcome that does not fit the item or lacks what it needs."""
    _check_lengths(draft)
    if draft.kind is None:
        return
    if draft.kind not in allowed:
        raise OutcomeNotAllowed()
    if makes_act(draft.kind) and len(draft.wording.strip()) < 3:
        raise WordingNeeded()
    if (
        draft.kind is OutcomeKind.DEFERRED
        and times_deferred >= TIMES_BEFORE_A_REASON
        and not draft.defer_reason.strip()
    ):
        raise DeferReasonNeeded(times=times_deferred)
    if draft.vote_mode is VoteMode.COUNT and (makes_act(draft.kind) or draft.kind is OutcomeKind.NOT_ADOPTED):
        _check_votes(draft)


def _check_votes(draft: Draft) -> None:
    if draft.for_ + draft.against + draft.abstain <= 0:
        raise VotesMissing()
    adopted = draft.kind in {OutcomeKind.ADOPTED, OutcomeKind.ADOPTED_AMENDED}
    if adopted and draft.for_ < draft.against:
        raise NotCarried(for_=draft.for_, against=draft.against)


def vote_words(draft: Draft) -> str:
    """How the act says the vote: « consensus » or the count."""
    if draft.vote_mode is VoteMode.CONSENSUS:
        return "consensus"
    return f"{draft.for_} pour, {draft.against} contre, {draft.abstain} abstention(s)"


def quorum_reached(filled: int, voting: int, percent: int | None) -> bool | None:
    """Whether enough voting seats are filled; None where the committee has no quorum."""
    if percent is None:
        return None
    return filled * 100 >= voting * percent


def count_filled(presences: Iterable[Presence]) -> int:
    """How many seats are filled, in the room, at a distance or by somebody named."""
    return sum(1 for presence in presences if presence in FILLED)
