"""What must be there before the levée, and when a record takes force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.decisions.rules import EffectLine


class RecordState(StrEnum):
    """In visa, sent back for a correction, or in force with its last visa."""

    IN_VISA = "in_visa"
    TO_CORRECT = "to_correct"
    IN_FORCE = "in_force"


TRANSITIONS: dict[RecordState, frozenset[RecordState]] = {
    RecordState.IN_VISA: frozenset({RecordState.TO_CORRECT, RecordState.IN_FORCE}),
    RecordState.TO_CORRECT: frozenset({RecordState.IN_VISA}),
    RecordState.IN_FORCE: frozenset(),
}
COMMENT_LIMIT = 5_000
SHORTEST_COMMENT = 3


class NotReady(DomainError):
    """Nothing closes silently: every item has its outcome, the roll is called."""

    message = N_("La séance ne peut pas encore être levée : %(missing)s.")


class AlreadyAdjourned(DomainError):
    """A session is lifted once (double click, two browsers)."""

    message = N_("Cette séance est déjà levée ; son relevé est ci-dessous.")


class NoCoChair(DomainError):
    """A record needs somebody to give the visa."""

    message = N_(
        "Aucun coprésident n’a de mandat au jour de la séance : l’administration doit en enregistrer un "
        "avant la levée, car lui seul peut viser le relevé."
    )


class NotAwaited(DomainError):
    """No visa is awaited from that person on that version."""

    message = N_("Aucun visa n’est attendu de vous sur cette version du relevé.")


class RecordChanged(DomainError):
    """The record was corrected since the page was opened: the visa is given on a text one has read."""

    message = N_("Le relevé a été corrigé depuis l’ouverture de cette page : relisez-le avant de viser.")


class CorrectionNeedsWords(DomainError):
    """A correction asked says what."""

    message = N_("Indiquez la correction demandée : le secrétariat la lira.")
    field = "comment"


class CorrectionTooLong(DomainError):
    """A correction asked is read in a mail."""

    message = N_("La correction demandée tient en %(most)s caractères au plus ; elle en compte %(length)s.")
    field = "comment"


def check_correction(comment: str) -> str:
    """The correction asked, without outer spaces. Raises CorrectionNeedsWords, CorrectionTooLong."""
    comment = comment.strip()
    if len(comment) < SHORTEST_COMMENT:
        raise CorrectionNeedsWords()
    if len(comment) > COMMENT_LIMIT:
        raise CorrectionTooLong(most=COMMENT_LIMIT, length=len(comment))
    return comment


class EarlierRecordPending(DomainError):
    """Sessions of a committee take force in the order of their dates."""

    message = N_(
        "La séance du %(day)s n’est pas encore levée, ou son relevé attend un visa : "
        "elle prend effet avant celle-ci."
    )


class EffectRefused(DomainError):
    """An effect cannot be carried out: nothing was applied, the visa is not recorded."""

    message = N_("Le point %(order)s (« %(title)s ») ne peut pas prendre effet. %(why)s")


class ScanMissing(DomainError):
    """The signed scan is a PDF."""

    message = N_("Joignez le relevé signé, au format PDF (20 Mo au plus).")
    field = "scan"


class NotCorrectable(DomainError):
    """An erratum puts right the words of a decision or an opinion in force."""

    message = N_("Seuls les mots d’une décision ou d’un avis en vigueur se corrigent par un erratum.")


class ErratumAlreadyAsked(DomainError):
    """One at a time."""

    message = N_("Un erratum à cet acte attend déjà son visa.")


class NothingCorrected(DomainError):
    """An erratum changes something."""

    message = N_("Le texte corrigé est le même que celui de l’acte.")
    field = "corrected"


class ErratumTooShort(DomainError):
    """An act is made of words."""

    message = N_("Indiquez le texte corrigé en entier, de 3 à 10 000 caractères.")
    field = "corrected"


class ErratumNeedsReason(DomainError):
    """Whoever gives the visa reads why."""

    message = N_("Indiquez la faute corrigée, en 5 à 500 caractères : les coprésidents la liront.")
    field = "reason"


class NoCoChairToday(DomainError):
    """An erratum needs somebody to give the visa."""

    message = N_("Aucun coprésident n’a de mandat aujourd’hui : personne ne peut viser l’erratum.")


ERRATUM_LIMIT = 10_000


def check_erratum(original: str, corrected: str, reason: str) -> tuple[str, str]:
    """The corrected words and the reason, trimmed.

    Raises ErratumTooShort, NothingCorrected, ErratumNeedsReason.
    """
    corrected, reason = corrected.strip(), " ".join(reason.split())
    if not 3 <= len(corrected) <= ERRATUM_LIMIT:
        raise ErratumTooShort()
    if corrected == original.strip():
        raise NothingCorrected()
    if not 5 <= len(reason) <= 500:
        raise ErratumNeedsReason()
    return corrected, reason


def erratum_wording(original: str, corrected: str) -> str:
    """What an erratum says: « Au lieu de… lire… », in French like every act."""
    quoted = [f"« {words.strip()} »" for words in (original, corrected)]
    return f"Au lieu de :\n{quoted[0]}\nlire :\n{quoted[1]}"


def check_record_transition(old: RecordState, new: RecordState) -> None:
    """Raise NotAwaited when a record cannot go from `old` to `new`."""
    if new not in TRANSITIONS[old]:
        raise NotAwaited()


def count_effects(lines: Iterable[EffectLine]) -> Counter[str]:
    """How many effects of each kind: « 3 statuts, 2 objectifs, 1 point reporté, 5 actions »."""
    return Counter(line.kind for line in lines)
