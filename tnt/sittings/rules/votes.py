"""How a vote is counted and what it decides. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tnt.core.errors import N_, DomainError


class VoteMode(StrEnum):
    """Consensus is the norm; a count, or names, only where the committee votes."""

    CONSENSUS = "consensus"
    COUNT = "count"
    BY_NAME = "by_name"


class Choice(StrEnum):
    """What a voice says."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


CHOICE_WORDS = {
    Choice.FOR: N_("pour"),
    Choice.AGAINST: N_("contre"),
    Choice.ABSTAIN: N_("abstention"),
}


class VotesOff(DomainError):
    """The committee decides by consensus."""

    message = N_("Ce comité décide par consensus : les votes s’activent dans ses réglages.")
    field = "vote_mode"


class CountWithoutVote(DomainError):
    """By consensus nobody is counted."""

    message = N_("Un décompte est saisi : choisissez « vote », ou remettez les nombres à zéro.")
    field = "vote_mode"


class VotesMissing(DomainError):
    """A count counts at least one vote."""

    message = N_("Indiquez le décompte des voix : pour, contre et abstentions.")
    field = "for_"


class VotesBeyondVoices(DomainError):
    """No more votes than voices in the room."""

    message = N_("%(votes)s voix sont comptées, pour %(voices)s qui peuvent voter sur ce point.")
    field = "for_"


class NotCarried(DomainError):
    """What is not carried is not adopted."""

    message = N_("Avec %(for_)s voix pour et %(against)s contre, la proposition n’est pas adoptée.")
    field = "kind"


class Carried(DomainError):
    """What is carried is not rejected."""

    message = N_("Avec %(for_)s voix pour et %(against)s contre, la proposition est adoptée.")
    field = "kind"


class CastingNeeded(DomainError):
    """On a tie the chair decides, where the committee says so."""

    message = N_("Les voix sont à égalité : indiquez le sens de la voix prépondérante du président.")
    field = "casting"


class CastingOff(DomainError):
    """The chair's voice weighs no more than another."""

    message = N_("Dans ce comité, la voix du président n’est pas prépondérante.")
    field = "casting"


class NoQuorum(DomainError):
    """Without quorum nothing is decided."""

    message = N_(
        "Le quorum n’est pas atteint sur ce point : %(heard)s voix pour %(needed)s nécessaires. "
        "Il peut être reporté, ou le comité reconvoqué sur le même ordre du jour."
    )
    field = "kind"


class NotAVoice(DomainError):
    """Only the voices heard on that item vote."""

    message = N_("%(person)s ne peut pas voter sur ce point : absence, déport ou voix consultative.")


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes for, against, and the abstentions."""

    for_: int = 0
    against: int = 0
    abstain: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.for_ + self.against + self.abstain


def count_votes(choices: Iterable[Choice]) -> Tally:
    """The tally of a vote by name."""
    said = list(choices)
    return Tally(said.count(Choice.FOR), said.count(Choice.AGAINST), said.count(Choice.ABSTAIN))


def is_carried(tally: Tally, casting: Choice | None = None) -> bool:
    """Whether more say yes than no; abstentions do not count, and on a tie the casting vote decides."""
    if tally.for_ == tally.against:
        return casting is Choice.FOR
    return tally.for_ > tally.against


def check_adoption(tally: Tally, *, adopts: bool, casting: Choice | None, casting_vote: bool) -> None:
    """Raise the refusal of an outcome that says the contrary of the vote.

    `adopts`: whether the outcome adopts; `casting_vote`: whether the chair's voice decides on a tie.
    """
    if casting is not None and not casting_vote:
        raise CastingOff()
    tied = tally.for_ == tally.against
    if tied and casting_vote and casting is None:
        raise CastingNeeded()
    carried = is_carried(tally, casting if tied else None)
    if adopts and not carried:
        raise NotCarried(for_=tally.for_, against=tally.against)
    if carried and not adopts:
        raise Carried(for_=tally.for_, against=tally.against)


def check_ballots(choices: Mapping[int, Choice], heard: Mapping[int, str], names: Mapping[int, str]) -> None:
    """Raise NotAVoice when somebody votes who is not heard: mandate ids, with the names of all seats."""
    for mandate_id in choices:
        if mandate_id not in heard:
            raise NotAVoice(person=names.get(mandate_id, "?"), field=f"vote-{mandate_id}")
