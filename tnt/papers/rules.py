"""What a paper may be, the life of an expected one, and who is late."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.meetings.rules import HELD, TO_COME, MeetingState

DAY = timedelta(days=1)
_SPACES = re.compile(r"[ \t\r\n]+")  # no-break spaces are kept
MOST_PAPERS = 30  # on one item
MOST_VERSIONS = 50
PAPERS_CHANGE = TO_COME | {MeetingState.IN_SESSION, MeetingState.ADJOURNED}


class PaperState(StrEnum):
    """Where a paper is: expected, handed in, read by the secretariat, good for the members."""

    AWAITED = "awaited"
    RECEIVED = "received"
    REVIEWED = "reviewed"
    VALIDATED = "validated"


# by a decision of the secretariat; a file handed in leads to RECEIVED, or to VALIDATED, from anywhere
TRANSITIONS: dict[PaperState, frozenset[PaperState]] = {
    PaperState.AWAITED: frozenset(),
    PaperState.RECEIVED: frozenset({PaperState.REVIEWED, PaperState.VALIDATED, PaperState.AWAITED}),
    PaperState.REVIEWED: frozenset({PaperState.VALIDATED, PaperState.AWAITED}),
    PaperState.VALIDATED: frozenset({PaperState.REVIEWED, PaperState.AWAITED}),
}


class WrongPaperState(DomainError):
    """The life of a paper has no such step."""

    message = N_("Cette pièce a changé d’état entre-temps : rechargez la page pour voir où elle en est.")


class PapersFrozen(DomainError):
    """The session is closed or off: its papers are what they are."""

    message = N_("Les pièces ne changent plus : la séance est close, reportée ou annulée.")


class HandingInOver(DomainError):
    """An author hands in until the session opens."""

    message = N_(
        "La séance est ouverte ou passée, ou n’a plus de date : adressez la pièce au secrétariat du comité."
    )
    field = "file"


class MissingPaperTitle(DomainError):
    """A paper is called by its title."""

    message = N_("Indiquez l’intitulé de la pièce (3 à 300 caractères).")
    field = "title"


class MissingDueDay(DomainError):
    """Whoever is asked knows for when."""

    message = N_("Indiquez pour quel jour la pièce est attendue.")
    field = "due_on"


class DueAfterSession(DomainError):
    """A paper comes before the session."""

    message = N_("La pièce doit arriver avant la séance du %(day)s.")
    field = "due_on"


class DueInThePast(DomainError):
    """Nobody can hand in yesterday."""

    message = N_("Ce jour est passé : choisissez-en un à venir.")
    field = "due_on"


class MissingAuthor(DomainError):
    """A paper is asked of somebody."""

    message = N_("Choisissez de qui la pièce est attendue.")
    field = "author_id"


class MissingRemark(DomainError):
    """The author reads what to change."""

    message = N_("Dites à l’auteur ce qu’il faut reprendre (5 à 2 000 caractères).")
    field = "remark"


class NothingToSendBack(DomainError):
    """There is nobody to send it back to."""

    message = N_("Cette pièce n’a pas d’auteur : remplacez-la, ou indiquez d’abord de qui elle est attendue.")


class TooManyPapers(DomainError):
    """A session reads so many papers and no more."""

    message = N_("Un point porte au plus %(most)s pièces : retirez-en, ou réunissez-les en un document.")
    field = "files"


class TooManyVersions(DomainError):
    """A paper that changes that often is another paper."""

    message = N_("Une pièce garde au plus %(most)s versions : ajoutez une nouvelle pièce.")
    field = "file"


class SameFile(DomainError):
    """The very same bytes are there already: a form sent twice."""

    message = N_("« %(name)s » est déjà joint à ce point, à l’identique.")
    field = "files"


class TwiceInOneForm(SameFile):
    """Two files of one form have the very same bytes: neither is joined yet."""

    message = N_("« %(first)s » et « %(name)s » sont le même fichier : n’en choisissez qu’un.")


class AlreadyAskedFor(DomainError):
    """One paper is asked once of one person for one item."""

    message = N_("Cette pièce est déjà attendue de cette personne pour ce point.")
    field = "title"


class NobodyLate(DomainError):
    """Chasing writes to those who are late, and to nobody else."""

    message = N_("Personne n’est en retard : aucun message n’est parti.")


class NobodyToAsk(DomainError):
    """Every rapporteur was asked already, or there is none."""

    message = N_("Il n’y a plus de rapporteur à qui demander une pièce.")


class ChasedMeanwhile(DomainError):
    """What is sent is what was read on the preview."""

    message = N_("La liste des retards a changé depuis l’aperçu : relisez-la, puis relancez.")


def check_step(old: PaperState, new: PaperState) -> None:
    """Raise WrongPaperState when the secretariat may not bring a paper there."""
    if new not in TRANSITIONS[old]:
        raise WrongPaperState()


def check_title(title: str) -> str:
    """The title on one line. Raises MissingPaperTitle outside 3 to 300 characters."""
    title = _SPACES.sub(" ", title).strip()
    if not 3 <= len(title) <= 300:
        raise MissingPaperTitle()
    return title


def check_remark(remark: str) -> str:
    """The remark without outer spaces. Raises MissingRemark outside 5 to 2,000 characters."""
    remark = remark.strip()
    if not 5 <= len(remark) <= 2_000:
        raise MissingRemark()
    return remark


def check_due(due_on: date | None, today: date, session_day: date) -> date:
    """The day, if one can hand in on it. Raises MissingDueDay, DueInThePast, DueAfterSession."""
    if due_on is None:
        raise MissingDueDay()
    if due_on < today:
        raise DueInThePast()
    if due_on >= session_day and due_on != today:
        raise DueAfterSession(day=session_day)
    return due_on


def usual_due(chase_on: date | None, today: date, session_day: date) -> date:
    """The day proposed: the eve of the chasing of the retro-planning, else a week from now."""
    eve = chase_on - DAY if chase_on is not None else today
    wanted = eve if eve > today else today + 7 * DAY
    return max(min(wanted, session_day - DAY), today)


def check_change(state: MeetingState) -> None:
    """Raise PapersFrozen when the papers of a session change no more."""
    if state not in PAPERS_CHANGE:
        raise PapersFrozen()


def check_handing_in(state: MeetingState) -> None:
    """Raise HandingInOver when an author hands in no more."""
    if state not in TO_COME:
        raise HandingInOver()


def is_late(state: PaperState, due_on: date | None, today: date) -> bool:
    """Whether a paper should have come already."""
    return state is PaperState.AWAITED and due_on is not None and due_on < today


def is_open_to_members(state: MeetingState, *, convened: bool) -> bool:
    """Whether those who sit may read the papers of a session: from its convocation on."""
    return state in HELD or (convened and state is not MeetingState.POSTPONED)


def title_from(file_name: str) -> str:
    """A title out of the name of a file: « bilan_urbanisme-v2.pdf » is « bilan urbanisme-v2 »."""
    stem = file_name.rpartition(".")[0] or file_name
    title = _SPACES.sub(" ", stem.replace("_", " ")).strip(" .-")[:300]
    return title if len(title) >= 3 else f"Pièce {title}".strip()
