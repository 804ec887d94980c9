"""How an item may end, what an outcome must carry, and what it will lead to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.decisions.rules import ActKind, Nature, nature_in
from tnt.sittings.rules.votes import (
    CastingOff,
    Choice,
    CountWithoutVote,
    Tally,
    VoteMode,
    VotesBeyondVoices,
    VotesMissing,
    VotesOff,
    check_adoption,
)


class OutcomeKind(StrEnum):
    """How an item ends; every item has one."""

    ADOPTED = "adopted"
    ADOPTED_AMENDED = "adopted_amended"
    NOT_ADOPTED = "not_adopted"
    OPINION_GIVEN = "opinion_given"
    NOTED = "noted"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


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
ADOPTING = frozenset({OutcomeKind.ADOPTED, OutcomeKind.ADOPTED_AMENDED})
_ENDS_ANYHOW = (OutcomeKind.DEFERRED, OutcomeKind.WITHDRAWN)
TIMES_BEFORE_A_REASON = 2
WORDING_LIMIT = 10_000
DEFER_REASON_LIMIT = 500


class OutcomeNotAllowed(DomainError):
    """That outcome makes no sense for that kind of item."""

    message = N_("Ce résultat ne convient pas à ce point de l’ordre du jour.")
    field = "kind"


class NothingAmended(DomainError):
    """What is adopted as amended no longer reads as it was proposed."""

    message = N_(
        "Le texte est celui du projet : modifiez-le comme le comité l’a amendé, ou choisissez « Adoptée »."
    )
    field = "wording"


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
    casting: Choice | None = None

    @property
    def tally(self) -> Tally:
        """The votes counted."""
        return Tally(self.for_, self.against, self.abstain)


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


@dataclass(frozen=True, slots=True)
class VoteRules:
    """What the committee has switched on, and how many voices are heard on the item (None: unknown)."""

    votes_enabled: bool = False
    casting_vote: bool = False
    voices: int | None = None


def check_outcome(
    draft: Draft,
    *,
    allowed: tuple[OutcomeKind, ...],
    times_deferred: int,
    votes: VoteRules,
    proposed: str = "",
) -> None:
    """Raise the refusal of an outcome that does not fit the item or lacks what it needs."""
    _check_lengths(draft)
    check_vote_entered(draft, votes)
    if draft.kind is None:
        return
    if draft.kind not in allowed:
        raise OutcomeNotAllowed()
    if makes_act(draft.kind) and len(draft.wording.strip()) < 3:
        raise WordingNeeded()
    if draft.kind is OutcomeKind.ADOPTED_AMENDED and same_words(draft.wording, proposed):
        raise NothingAmended()
    if (
        draft.kind is OutcomeKind.DEFERRED
        and times_deferred >= TIMES_BEFORE_A_REASON
        and not draft.defer_reason.strip()
    ):
        raise DeferReasonNeeded(times=times_deferred)
    if draft.vote_mode is not VoteMode.CONSENSUS and decides(draft.kind):
        _check_votes(draft, votes)


def same_words(text: str, other: str) -> bool:
    """Whether two texts read alike, spaces apart."""
    return " ".join(text.split()) == " ".join(other.split())


def quotes(text: str, quoted: str) -> bool:
    """Whether a text says another one within it, spaces and final stop apart."""
    return " ".join(quoted.split()).rstrip(".") in " ".join(text.split())


def decides(kind: OutcomeKind | None) -> bool:
    """Whether an outcome needs the committee's voice: an act, or its refusal."""
    return makes_act(kind) or kind is OutcomeKind.NOT_ADOPTED


def check_vote_entered(draft: Draft, votes: VoteRules) -> None:
    """Raise the refusal of a vote where the committee has none, or of more votes than voices."""
    if draft.casting is not None and not (votes.votes_enabled and votes.casting_vote):
        raise CastingOff()
    if not votes.votes_enabled and (draft.vote_mode is not VoteMode.CONSENSUS or draft.tally.total):
        raise VotesOff()
    if draft.vote_mode is VoteMode.CONSENSUS:
        if draft.tally.total:
            raise CountWithoutVote()
        return
    if votes.voices is not None and draft.tally.total > votes.voices:
        raise VotesBeyondVoices(votes=draft.tally.total, voices=votes.voices)


def _check_votes(draft: Draft, votes: VoteRules) -> None:
    if draft.tally.total <= 0:
        raise VotesMissing()
    if draft.kind is OutcomeKind.OPINION_GIVEN:
        return  # an opinion may be for or against: its words say it
    check_adoption(
        draft.tally,
        adopts=draft.kind is not OutcomeKind.NOT_ADOPTED,
        casting=draft.casting,
        casting_vote=votes.casting_vote,
    )


def vote_words(draft: Draft) -> str:
    """How the act says the vote: « consensus », or the count and the casting vote."""
    if draft.vote_mode is VoteMode.CONSENSUS:
        return "consensus"
    words = f"{draft.for_} pour, {draft.against} contre, {draft.abstain} abstention(s)"
    if draft.vote_mode is VoteMode.BY_NAME:
        words = f"vote nominatif, {words}"
    if draft.casting is not None and draft.for_ == draft.against:
        words += ", voix prépondérante du président"
    return words
