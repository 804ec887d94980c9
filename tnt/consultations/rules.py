"""The life of a written consultation, how replies are counted, what an interim measure may do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.decisions.rules import ActKind

_SPACES = re.compile(r"[ \t\r\n]+")  # no-break spaces are kept
TITLE_LENGTHS = (3, 300)
TEXT_LIMIT = 10_000
REMARK_LIMIT = 5_000
REASON_LENGTHS = (5, 2_000)
LONGEST = timedelta(days=120)  # a deadline further away is a mistyped year
MOST_PAPERS = 20
# where silence is not consent and the committee has no quorum: how many of the voices must say something
PARTICIPATION_PERCENT = 50


class ConsultationState(StrEnum):
    """Where a written consultation is in its life."""

    DRAFT = "draft"
    OPEN = "open"
    IN_VISA = "in_visa"
    TO_CORRECT = "to_correct"
    IN_FORCE = "in_force"
    NOT_ADOPTED = "not_adopted"
    REFERRED = "referred"  # to the next session
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[ConsultationState, frozenset[ConsultationState]] = {
    ConsultationState.DRAFT: frozenset({ConsultationState.OPEN, ConsultationState.WITHDRAWN}),
    ConsultationState.OPEN: frozenset(
        {
            ConsultationState.IN_VISA,
            ConsultationState.NOT_ADOPTED,
            ConsultationState.REFERRED,
            ConsultationState.WITHDRAWN,
        }
    ),
    ConsultationState.IN_VISA: frozenset({ConsultationState.TO_CORRECT, ConsultationState.IN_FORCE}),
    ConsultationState.TO_CORRECT: frozenset({ConsultationState.IN_VISA, ConsultationState.WITHDRAWN}),
    ConsultationState.IN_FORCE: frozenset(),
    ConsultationState.NOT_ADOPTED: frozenset(),
    ConsultationState.REFERRED: frozenset(),
    ConsultationState.WITHDRAWN: frozenset(),
}
# what has been answered is read by the whole committee
COUNTED = frozenset(
    {
        ConsultationState.IN_VISA,
        ConsultationState.TO_CORRECT,
        ConsultationState.IN_FORCE,
        ConsultationState.NOT_ADOPTED,
        ConsultationState.REFERRED,
    }
)
# still to be dealt with by somebody
LIVE = frozenset(
    {
        ConsultationState.DRAFT,
        ConsultationState.OPEN,
        ConsultationState.IN_VISA,
        ConsultationState.TO_CORRECT,
    }
)


class Choice(StrEnum):
    """What somebody consulted answers; a remark alone is for those whose voice is advisory."""

    APPROVE = "approve"
    REJECT = "reject"
    ABSTAIN = "abstain"
    SESSION = "session"
    REMARK = "remark"


CHOICE_WORDS = {
    Choice.APPROVE: N_("pour"),
    Choice.REJECT: N_("contre"),
    Choice.ABSTAIN: N_("abstention"),
    Choice.SESSION: N_("demande un examen en séance"),
    Choice.REMARK: N_("observation"),
}
VOTES = (Choice.APPROVE, Choice.REJECT, Choice.ABSTAIN, Choice.SESSION)


class Result(StrEnum):
    """What the replies make of the question."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"
    SESSION_ASKED = "session_asked"


RESULT_WORDS = {
    Result.ADOPTED: N_("adoptée"),
    Result.REJECTED: N_("non adoptée"),
    Result.NO_QUORUM: N_("non adoptée : trop peu de voix se sont exprimées"),
    Result.SESSION_ASKED: N_("renvoyée à la prochaine séance"),
}
STATE_OF = {
    Result.ADOPTED: ConsultationState.IN_VISA,
    Result.REJECTED: ConsultationState.NOT_ADOPTED,
    Result.NO_QUORUM: ConsultationState.NOT_ADOPTED,
    Result.SESSION_ASKED: ConsultationState.REFERRED,
}

# the kinds of act that a member may be asked about in writing; minutes have their own approval
KINDS = tuple(kind for kind in ActKind if kind not in {ActKind.NOTE, ActKind.APPROVE_MINUTES})
# what a co-chair may decide alone, for a while: nothing whose undoing would rewrite the life of a group, an
# objective, the roadmap or the fund
MEASURE_KINDS = (ActKind.MOBILISE_ACTOR, ActKind.OTHER, ActKind.NOTE)


class ConsultationOver(DomainError):
    """The consultation is past that."""

    message = N_("Cette consultation n’en est plus là : rechargez la page pour lire où elle en est.")


class ConsultationClosed(DomainError):
    """The deadline has passed, or the consultation was closed or withdrawn."""

    message = N_("La consultation est close : votre réponse n’a pas été enregistrée.")


class NotConsulted(DomainError):
    """Only whoever was consulted, or replaces them, answers."""

    message = N_("Vous n’êtes pas parmi les personnes consultées, ou votre mandat a pris fin.")


class ChoiceNeeded(DomainError):
    """A voting voice says something."""

    message = N_("Choisissez une réponse : pour, contre, abstention ou examen en séance.")
    field = "choice"


class VoiceIsAdvisory(DomainError):
    """An advisory voice remarks, and does not count."""

    message = N_("Votre voix est consultative : vous pouvez faire une observation.")
    field = "choice"


class RemarkNeeded(DomainError):
    """An observation is made of words."""

    message = N_("Écrivez votre observation.")
    field = "remark"


class RemarkTooLong(DomainError):
    """A remark stays readable."""

    message = N_("L’observation tient en 5 000 caractères.")
    field = "remark"


class MissingConsultationTitle(DomainError):
    """A consultation has a title that reads like an agenda item."""

    message = N_("Indiquez l’objet de la consultation (3 à 300 caractères).")
    field = "title"


class MissingQuestion(DomainError):
    """Those consulted read what they are asked."""

    message = N_("Posez la question aux membres (5 caractères au moins).")
    field = "question"


class ConsultationTextTooLong(DomainError):
    """A text stays readable."""

    message = N_("Ce texte est trop long (10 000 caractères au plus).")


class WordingUnfinished(DomainError):
    """What is asked is complete when it is sent."""

    message = N_("Le texte proposé est à compléter avant l’envoi : il a encore des points de suspension.")
    field = "draft_wording"


class DeadlineTooShort(DomainError):
    """Members have the time that the committee gives them."""

    message = N_("Laissez au moins %(days)s jours pour répondre : le %(first)s au plus tôt.")
    field = "due_on"


class DeadlineTooFar(DomainError):
    """A consultation does not last for years."""

    message = N_("La date limite est trop lointaine : le %(last)s au plus tard.")
    field = "due_on"


class NotAsked(DomainError):
    """That kind of act is not put to a written consultation."""

    message = N_("Cette nature de décision ne se prend pas par consultation écrite.")


class NobodyConsulted(DomainError):
    """A question is asked of somebody whose voice counts."""

    message = N_("Aucune voix délibérative dans ce comité aujourd’hui : enregistrez d’abord les mandats.")


class TooEarlyToClose(DomainError):
    """Whoever has not answered still can."""

    message = N_(
        "La consultation court jusqu’au %(day)s et des réponses manquent encore : elle ne peut pas être "
        "close avant, sauf si un examen en séance est demandé."
    )


class RepliesChanged(DomainError):
    """What is closed is what was read."""

    message = N_("Une réponse est arrivée depuis l’ouverture de cette page : relisez le décompte.")


class NoCoChairToVisa(DomainError):
    """What is decided needs somebody to give the visa."""

    message = N_(
        "Aucun coprésident n’a de mandat aujourd’hui : l’administration doit en enregistrer un, car lui seul "
        "peut viser ce que la consultation décide."
    )


class EffectOfConsultationRefused(DomainError):
    """What was asked cannot be carried out: nothing was applied."""

    message = N_("Ce que la consultation demande ne peut pas prendre effet. %(why)s")


class ReasonNeeded(DomainError):
    """What is withdrawn, or taken alone, has a reason that members read."""

    message = N_("Indiquez le motif (5 à 2 000 caractères) : les membres le lisent.")
    field = "reason"


class NobodyToRemind(DomainError):
    """Everybody answered, or was reminded."""

    message = N_("Il n’y a plus personne à relancer : chacun a répondu, ou l’a déjà été.")


class VisaNotAwaited(DomainError):
    """No visa is awaited from that person on that version."""

    message = N_("Aucun visa n’est attendu de vous sur cette version.")


class TextChanged(DomainError):
    """The text was corrected since the page was opened."""

    message = N_("Le texte a été corrigé depuis l’ouverture de cette page : relisez-le avant de viser.")


class TextEmptied(DomainError):
    """What is corrected still has words."""

    message = N_("Indiquez le texte corrigé ; pour y renoncer, retirez la consultation.")
    field = "wording"


class CorrectionNeedsReason(DomainError):
    """A correction asked says what."""

    message = N_("Indiquez la correction demandée : le secrétariat la lira.")
    field = "comment"


class TooManyPapers(DomainError):
    """A consultation has a few papers."""

    message = N_("Une consultation porte %(most)s pièces au plus.")
    field = "paper"


class NotACoChair(DomainError):
    """A measure is a co-chair's."""

    message = N_("Seul un coprésident en fonction prend une mesure conservatoire.")


class MeasureTaken(DomainError):
    """The same measure is taken once."""

    message = N_("Vous avez déjà pris cette mesure : %(act)s, encore provisoire, attend la prochaine séance.")
    field = "wording"


class NotAMeasure(DomainError):
    """Some things are only decided by a committee."""

    message = N_(
        "Cette nature de décision ne peut pas être une mesure conservatoire : la défaire tromperait. "
        "Consultez le comité par écrit, ou réunissez-le."
    )
    field = "act_kind"


class MeasureOfAnother(DomainError):
    """A committee takes no measure on what the other one decides."""

    message = N_(
        "Cette décision relève de l’autre comité : il n’y a pas de mesure conservatoire pour elle ici."
    )
    field = "act_kind"


class ActionWithoutDay(DomainError):
    """What is asked is asked by a day."""

    message = N_("Indiquez l’échéance de l’action, ou videz ses champs.")
    field = "due_on"


class MissingMeasureWording(DomainError):
    """A measure is made of words."""

    message = N_("Indiquez le texte de la mesure (5 à 10 000 caractères).")
    field = "wording"


@dataclass(frozen=True, slots=True)
class Voting:
    """How the committee counts, as it was when the consultation was sent."""

    silence_consents: bool = False
    quorum_percent: int | None = None  # of the voices
    votes_enabled: bool = False  # a majority; otherwise consensus: nobody against

    @property
    def needed_percent(self) -> int:
        """The part of the voices that must say something."""
        return self.quorum_percent if self.quorum_percent is not None else PARTICIPATION_PERCENT


@dataclass(frozen=True, slots=True)
class Tally:
    """How the voices that count answered."""

    approve: int = 0
    reject: int = 0
    abstain: int = 0
    session: int = 0
    silent: int = 0

    @property
    def answered(self) -> int:
        """How many answered."""
        return self.approve + self.reject + self.abstain + self.session

    @property
    def total(self) -> int:
        """How many were consulted."""
        return self.answered + self.silent


def tally(choices: Iterable[Choice | None]) -> Tally:
    """Count the replies of the voting voices; None for whoever did not answer."""
    given = list(choices)
    return Tally(
        approve=given.count(Choice.APPROVE),
        reject=given.count(Choice.REJECT),
        abstain=given.count(Choice.ABSTAIN),
        session=given.count(Choice.SESSION),
        silent=given.count(None),
    )


def result_of(count: Tally, voting: Voting) -> Result:
    """What the replies decide.

    One voting member who asks for a session is enough to have one. Then enough voices must have said
    something: the quorum, or half of them; silence says something only where it counts as consent. Then a
    majority where the committee votes, and nobody against elsewhere.
    """
    if count.session:
        return Result.SESSION_ASKED
    consents = count.silent if voting.silence_consents else 0
    expressed = count.answered + consents
    if count.total == 0 or expressed * 100 < count.total * voting.needed_percent:
        return Result.NO_QUORUM
    approving = count.approve + consents
    if voting.votes_enabled:
        return Result.ADOPTED if approving > count.reject else Result.REJECTED
    return Result.ADOPTED if approving and not count.reject else Result.REJECTED


def vote_words(count: Tally, voting: Voting) -> str:
    """How the act says it, in French as every act."""
    if not voting.votes_enabled and not (voting.silence_consents and count.silent):
        return f"consensus, {count.answered} voix exprimées sur {count.total}"
    approving = count.approve + (count.silent if voting.silence_consents else 0)
    tacit = f", dont {count.silent} par silence" if voting.silence_consents and count.silent else ""
    return f"{approving} pour{tacit}, {count.reject} contre, {count.abstain} abstention(s)"


def check_transition(old: ConsultationState, new: ConsultationState) -> None:
    """Raise ConsultationOver when a consultation cannot go from `old` to `new`."""
    if new not in TRANSITIONS[old]:
        raise ConsultationOver()


def check_reply(choice: Choice | None, remark: str, *, voting: bool) -> str:
    """The remark without outer spaces. Raises the refusal of a reply that the voice cannot give."""
    remark = remark.strip()
    if len(remark) > REMARK_LIMIT:
        raise RemarkTooLong()
    if voting and choice not in VOTES:
        raise ChoiceNeeded()
    if not voting and choice is not Choice.REMARK:
        raise VoiceIsAdvisory()
    if choice is Choice.REMARK and not remark:
        raise RemarkNeeded()
    return remark


def check_title(title: str) -> str:
    """The title on one line. Raises MissingConsultationTitle outside 3 to 300 characters."""
    title = _SPACES.sub(" ", title).strip()
    if not TITLE_LENGTHS[0] <= len(title) <= TITLE_LENGTHS[1]:
        raise MissingConsultationTitle()
    return title


def check_question(question: str) -> str:
    """The question without outer spaces. Raises MissingQuestion, ConsultationTextTooLong."""
    question = question.strip()
    if len(question) < REASON_LENGTHS[0]:
        raise MissingQuestion()
    return check_text(question, "question")


def check_text(text: str, field: str) -> str:
    """The text without outer spaces. Raises ConsultationTextTooLong beyond 10,000 characters."""
    text = text.strip()
    if len(text) > TEXT_LIMIT:
        raise ConsultationTextTooLong(field=field)
    return text


def check_reason(reason: str) -> str:
    """The reason without outer spaces. Raises ReasonNeeded outside 5 to 2,000 characters."""
    reason = reason.strip()
    if not REASON_LENGTHS[0] <= len(reason) <= REASON_LENGTHS[1]:
        raise ReasonNeeded()
    return reason


def check_deadline(due_on: date, today: date, least_days: int) -> None:
    """Raise unless the last day to answer leaves the time that the committee gives."""
    first = today + timedelta(days=least_days)
    if due_on < first:
        raise DeadlineTooShort(days=least_days, first=first)
    if due_on > today + LONGEST:
        raise DeadlineTooFar(last=today + LONGEST)


def check_kind(kind: ActKind) -> None:
    """Raise NotAsked for what is not put to a written consultation."""
    if kind not in KINDS:
        raise NotAsked()


def check_closing(count: Tally, due_on: date, today: date) -> None:
    """Raise TooEarlyToClose before the deadline while replies are missing and nobody asked for a session."""
    if today <= due_on and count.silent and not count.session:
        raise TooEarlyToClose(day=due_on)


def check_measure(kind: ActKind, wording: str) -> str:
    """The wording without outer spaces. Raises NotAMeasure, MissingMeasureWording."""
    if kind not in MEASURE_KINDS:
        raise NotAMeasure()
    wording = wording.strip()
    if not REASON_LENGTHS[0] <= len(wording) <= TEXT_LIMIT:
        raise MissingMeasureWording()
    return wording


def shortened(title: str) -> str:
    """A title that fits in 300 characters."""
    return title if len(title) <= TITLE_LENGTHS[1] else title[: TITLE_LENGTHS[1] - 1] + "…"
