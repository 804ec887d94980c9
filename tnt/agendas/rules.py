"""The agenda: what an item may be, how long it all lasts, and the wording proposed for what is asked.

The sentences made here are the text of an act, in French whatever the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tnt.core.errors import N_, DomainError
from tnt.decisions.rules import ActKind, is_competent
from tnt.intake.rules import GROUP_TITLES, ItemKind, group_title
from tnt.objectives.rules import FollowUp, ObjectiveMotionKind, Score
from tnt.projects.rules import Motion, StopKind

_SPACES = re.compile(r"[ \t\r\n]+")  # no-break spaces are kept
GROUP_KINDS: dict[ActKind, Motion] = {
    ActKind.CREATE_GROUP: Motion.CREATE,
    ActKind.REORIENT_GROUP: Motion.REORIENT,
    ActKind.CONTINUE_GROUP: Motion.CONTINUE,
    ActKind.STOP_GROUP: Motion.STOP,
}
OBJECTIVE_KINDS: dict[ActKind, ObjectiveMotionKind] = {
    ActKind.ADOPT_OBJECTIVE: ObjectiveMotionKind.ADOPT,
    ActKind.SCORE_OBJECTIVE: ObjectiveMotionKind.SCORE,
}


class Standing(StrEnum):
    """An item that every session has."""

    MINUTES = "minutes"  # approve the minutes of the session before
    FOLLOW_UP = "follow_up"  # what became of what was decided


class AgendaFrozen(DomainError):
    """The session is open, over or called off."""

    message = N_("L’ordre du jour ne change plus : la séance est ouverte, passée, reportée ou annulée.")


class ReservedMotion(DomainError):
    """What becomes of a group or an objective is for everybody to read."""

    message = N_(
        "Un point qui décide du sort d’un groupe ou d’un objectif ne peut pas être réservé : chacun lira ce "
        "qu’ils deviennent. Réservez plutôt une pièce, ou un passage du compte rendu."
    )
    field = "reserved"


class SameAgendaOnly(DomainError):
    """No quorum is asked for what the session without one was convened on, and for nothing else."""

    message = N_(
        "Cette séance reprend un ordre du jour faute de quorum : aucun point ne s’y ajoute. "
        "Placez-le à une autre séance."
    )


class ItemsSettled(DomainError):
    """What was decided stays with the session that decided it."""

    message = N_("Des points ont déjà leur résultat : levez la séance, le reste se reporte.")


class MissingItemTitle(DomainError):
    """An item reads as on paper."""

    message = N_("Indiquez l’intitulé du point (3 à 300 caractères).")
    field = "title"


class BadItemMinutes(DomainError):
    """A time that fits in a session."""

    message = N_("La durée va de 0 à 600 minutes.")
    field = "minutes"


class WordingTooLong(DomainError):
    """A wording stays readable."""

    message = N_("Le projet de décision tient en 10 000 caractères.")
    field = "draft_wording"


class RapporteurWithoutSeat(DomainError):
    """Whoever reports sits in the committee on the day of the session."""

    message = N_("Le rapporteur doit siéger au comité le jour de la séance.")
    field = "rapporteur_id"


class WrongObject(DomainError):
    """What is asked and what it is asked for go together."""

    message = N_("Ce point ne va pas avec l’objet choisi : reprenez la nature de la décision.")
    field = "act_kind"


class InformationDecidesNothing(DomainError):
    """An information item carries no decision."""

    message = N_("Un point d’information ne porte pas de décision : choisissez « décision » ou « avis ».")
    field = "kind"


class NothingChosen(DomainError):
    """The item says what it is about."""

    message = N_("Choisissez dans la liste ce sur quoi porte le point.")


class AlreadyOnAgenda(DomainError):
    """One thing is asked once."""

    message = N_("Cette demande est déjà à l’ordre du jour d’une séance à venir.")


class GroupAlreadyThere(DomainError):
    """Two decisions on the life of one group do not fit in one session."""

    message = N_("Un point de cette séance porte déjà sur le sort du groupe « %(group)s ».")
    field = "group_id"


class ObjectiveAlreadyThere(DomainError):
    """Nor do two decisions on one objective."""

    message = N_("Un point de cette séance porte déjà sur l’objectif « %(objective)s ».")
    field = "objective_id"


class OtherCommittee(DomainError):
    """An entry is placed on a meeting of its own committee."""

    message = N_("Cette demande s’adresse à un autre comité.")


@dataclass(frozen=True, slots=True)
class WordingFacts:
    """What a draft wording may say; empty where nothing is known."""

    committee: str
    group: str = ""
    mission: str = ""
    reason: str = ""
    stop_kind: StopKind | None = None
    lead: str = ""
    effective_on: str = ""  # « 31 décembre 2026 »
    objective: str = ""
    measure: str = ""
    semester: str = ""  # « S2 2026 »
    score: Score | None = None
    follow_up: FollowUp | None = None
    amended_title: str = ""
    title: str = ""


def settle_kind(kind: ItemKind, act_kind: ActKind, committee_key: str, *, has_motion: bool) -> ItemKind:
    """What the item is in that committee: a decision where it is not competent is an opinion.

    Raises InformationDecidesNothing when an information item carries what is to be decided.
    """
    if kind is ItemKind.INFORMATION:
        if has_motion:
            raise InformationDecidesNothing()
        return kind
    if not is_competent(committee_key, act_kind):
        return ItemKind.OPINION
    return ItemKind.DECISION if has_motion else kind


def check_object(
    act_kind: ActKind, motion: Motion | None, objective_motion: ObjectiveMotionKind | None
) -> None:
    """Raise WrongObject unless the kind of act matches the motion that the item carries."""
    if motion is not None and objective_motion is not None:
        raise WrongObject()
    if GROUP_KINDS.get(act_kind) != motion or OBJECTIVE_KINDS.get(act_kind) != objective_motion:
        raise WrongObject()


def check_title(title: str) -> str:
    """The title on one line. Raises MissingItemTitle outside 3 to 300 characters."""
    title = _SPACES.sub(" ", title).strip()
    if not 3 <= len(title) <= 300:
        raise MissingItemTitle()
    return title


def check_minutes(minutes: int) -> None:
    """Raise BadItemMinutes outside 0 to 600."""
    if not 0 <= minutes <= 600:
        raise BadItemMinutes()


def check_wording(wording: str) -> str:
    """The wording without outer spaces. Raises WordingTooLong beyond 10,000 characters."""
    wording = wording.strip()
    if len(wording) > 10_000:
        raise WordingTooLong()
    return wording


def overrun(minutes: Iterable[int], slot_minutes: int) -> int:
    """How many minutes the agenda asks beyond the slot; 0 when it fits."""
    return max(sum(minutes) - slot_minutes, 0)


def reordered(ids: list[int], moved: int, to: int) -> list[int]:
    """The ids with one of them at another place (from 0), the place being brought within the list."""
    rest = [item for item in ids if item != moved]
    place = min(max(to, 0), len(rest))
    return [*rest[:place], moved, *rest[place:]]


_PLAIN_TITLES = {
    ActKind.PROGRESS_POINT: "Point d’avancement consolidé",
    ActKind.SET_GOALS: "Fixer les grands objectifs",
    ActKind.VALIDATE_ROADMAP: "Valider la feuille de route",
    ActKind.SET_PRIORITY_AXES: "Fixer les axes prioritaires du fonds",
    ActKind.ALLOT_FUND: "Répartir le fonds",
    ActKind.GRANT_OPINION: "Avis sur une subvention",
    ActKind.EXTEND_PROGRAMME: "Prolonger le programme",
    ActKind.APPROVE_MINUTES: "Approuver le compte rendu de la séance précédente",
}


def draft_title(act_kind: ActKind, facts: WordingFacts) -> str:
    """The title proposed: « Urbanisme\u00a0: réorienter le groupe projet »; empty when unknown."""
    if act_kind in OBJECTIVE_KINDS and facts.objective:
        verb = "adopter l’objectif" if act_kind is ActKind.ADOPT_OBJECTIVE else "évaluer l’objectif"
        return _shortened(f"{facts.group}\u00a0: {verb} «\u00a0{facts.objective}\u00a0»")
    if act_kind in GROUP_TITLES and facts.group and not facts.title:
        return group_title(act_kind, facts.group)
    return facts.title or _PLAIN_TITLES.get(act_kind, "")


def _shortened(title: str) -> str:
    return title if len(title) <= 300 else title[:299] + "…"


_STOPS = {
    StopKind.ACHIEVED: "sa mission étant accomplie",
    StopKind.ABANDONED: "les travaux étant abandonnés",
    StopKind.MERGED: "ses travaux étant repris par un autre groupe (fusion)",
    StopKind.TRANSFERRED: "ses travaux étant transférés",
}
_SCORES = {
    Score.REACHED: "atteint",
    Score.PARTLY: "partiellement atteint",
    Score.NOT_REACHED: "non atteint",
    Score.ABANDONED: "abandonné",
}
# act → (present, infinitive): « crée », « est d’avis de créer »
_VERBS = {
    ActKind.CREATE_GROUP: ("crée", "de créer"),
    ActKind.REORIENT_GROUP: ("réoriente", "de réorienter"),
    ActKind.CONTINUE_GROUP: ("décide la poursuite du", "de poursuivre le"),
    ActKind.STOP_GROUP: ("décide l’arrêt du", "d’arrêter le"),
    ActKind.APPOINT_LEAD: ("désigne le responsable du", "de désigner le responsable du"),
    ActKind.MOBILISE_ACTOR: ("mobilise", "de mobiliser"),
    ActKind.ADOPT_OBJECTIVE: ("adopte", "d’adopter"),
    ActKind.SCORE_OBJECTIVE: ("constate que", "de constater que"),
    ActKind.PROGRESS_POINT: ("arrête le point d’avancement consolidé", "d’arrêter le point d’avancement"),
    ActKind.SET_GOALS: ("fixe les grands objectifs suivants", "de fixer les grands objectifs suivants"),
    ActKind.VALIDATE_ROADMAP: ("valide la feuille de route", "de valider la feuille de route"),
    ActKind.SET_PRIORITY_AXES: ("fixe les axes prioritaires du fonds", "de fixer les axes prioritaires"),
    ActKind.ALLOT_FUND: ("arrête la répartition du fonds suivante", "d’arrêter la répartition suivante"),
    ActKind.GRANT_OPINION: ("rend un avis favorable sur la subvention", "d’accorder la subvention"),
    ActKind.EXTEND_PROGRAMME: ("prolonge le programme", "de prolonger le programme"),
    ActKind.APPROVE_MINUTES: ("approuve le compte rendu", "d’approuver le compte rendu"),
    ActKind.NOTE: ("prend acte", "de prendre acte"),
    ActKind.OTHER: ("décide", "de décider"),
}


def draft_sentence(act_kind: ActKind, facts: WordingFacts, *, competent: bool = True) -> str:
    """The wording proposed for what is asked, a decision or, where not competent, an opinion."""
    present, infinitive = _VERBS[act_kind]
    verb = present if competent else f"est d’avis {infinitive}"
    name = facts.committee[:1].lower() + facts.committee[1:]
    if act_kind in GROUP_KINDS:
        rest = _group_rest(act_kind, facts)
    elif act_kind in OBJECTIVE_KINDS:
        rest = _objective_rest(act_kind, facts)
    else:
        rest = _plain_rest(act_kind, facts)
    joint = "" if rest[:1] in {"\u00a0", "."} else " "
    return f"Le {name} {verb}{joint}{rest}"


def restate(wording: str, act_kind: ActKind, given_by: str, decided_by: str) -> str:
    """The words of an opinion as the committee that is competent would say them; the rest is kept.

    As they stand when they do not begin as opinions do: somebody wrote them otherwise.
    """
    present, infinitive = _VERBS[act_kind]
    opening = f"Le {given_by[:1].lower()}{given_by[1:]} est d’avis {infinitive}"
    if not wording.startswith(opening):
        return wording
    return f"Le {decided_by[:1].lower()}{decided_by[1:]} {present}{wording[len(opening) :]}"


_WHOLE = frozenset(
    {
        ActKind.PROGRESS_POINT,
        ActKind.VALIDATE_ROADMAP,
        ActKind.GRANT_OPINION,
        ActKind.EXTEND_PROGRAMME,
        ActKind.APPROVE_MINUTES,
    }
)


def _plain_rest(act_kind: ActKind, facts: WordingFacts) -> str:
    if act_kind in _WHOLE:
        return "."
    if act_kind is ActKind.APPOINT_LEAD and facts.group:
        return f"groupe projet «\u00a0{facts.group}\u00a0»\u00a0: …"
    if act_kind in {ActKind.OTHER, ActKind.NOTE} and facts.title:
        return f"\u00a0: {_ended(facts.title[:1].lower() + facts.title[1:])}"
    return "\u00a0: …"


def is_incomplete(wording: str) -> bool:
    """Whether a drafted wording still has a place to fill in."""
    return "…" in wording or not wording.strip()


def _group_rest(act_kind: ActKind, facts: WordingFacts) -> str:
    article = "" if act_kind in {ActKind.CONTINUE_GROUP, ActKind.STOP_GROUP} else "le "
    parts = [f"{article}groupe projet «\u00a0{facts.group}\u00a0»"]
    if act_kind is ActKind.STOP_GROUP and facts.stop_kind:
        parts.append(f", {_STOPS[facts.stop_kind]}")
    if facts.effective_on:
        parts.append(f", à compter du {facts.effective_on}")
    if act_kind is ActKind.CREATE_GROUP and facts.mission:
        parts.append(f", avec pour mission\u00a0: {_ended(facts.mission)}")
    elif act_kind is ActKind.REORIENT_GROUP and facts.mission:
        parts.append(f". Sa mission devient\u00a0: {_ended(facts.mission)}")
    else:
        parts.append(".")
    if facts.lead:
        parts.append(f" La responsabilité en est confiée à {facts.lead}.")
    if facts.reason:
        parts.append(f" Motif\u00a0: {_ended(facts.reason)}")
    return "".join(parts)


def _objective_rest(act_kind: ActKind, facts: WordingFacts) -> str:
    of_group = f" du groupe projet «\u00a0{facts.group}\u00a0»" if facts.group else ""
    objective = f"l’objectif «\u00a0{facts.objective}\u00a0»{of_group}"
    when = f" pour le {facts.semester}" if facts.semester else ""
    if act_kind is ActKind.ADOPT_OBJECTIVE:
        measure = f" Il sera mesuré ainsi\u00a0: {_ended(facts.measure)}" if facts.measure else ""
        return f"{objective}{when}.{measure}"
    score = _SCORES[facts.score] if facts.score else "…"
    return f"{objective}{when} est {score}.{_follow_up(facts)}"


def _follow_up(facts: WordingFacts) -> str:
    if facts.follow_up is FollowUp.RENEWED:
        return " Il est reconduit au semestre suivant."
    if facts.follow_up is FollowUp.AMENDED:
        return f" Il est reconduit sous l’énoncé suivant\u00a0: {_ended(facts.amended_title)}"
    return " Il n’est pas reconduit." if facts.follow_up is FollowUp.DROPPED else ""


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


@dataclass(frozen=True, slots=True)
class ProposalKey:
    """What is proposed: a standing item, an entry of the intake, a motion for a group, an objective."""

    request_id: int | None = None
    motion: Motion | None = None
    object_id: int = 0
    standing: Standing | None = None


STANDING_KEYS = {"compte-rendu": Standing.MINUTES, "suites": Standing.FOLLOW_UP}


def parse_proposal(key: str) -> ProposalKey:
    """« suites », « demande-12 », « groupe-3-continue », « objectif-5 ». Raises WrongObject elsewhere."""
    if key in STANDING_KEYS:
        return ProposalKey(standing=STANDING_KEYS[key])
    name, _, rest = key.partition("-")
    number, _, word = rest.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise WrongObject()
    if name == "demande" and not word:
        return ProposalKey(request_id=int(number))
    if name == "objectif" and not word:
        return ProposalKey(object_id=int(number))
    if name == "groupe" and word in {Motion.CREATE.value, Motion.CONTINUE.value}:
        return ProposalKey(motion=Motion(word), object_id=int(number))
    raise WrongObject()
