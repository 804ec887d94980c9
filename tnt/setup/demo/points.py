"""The shape of the story: what an agenda item asks, how it ended, what was noted, what was to be done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tnt.agendas.rules import GROUP_KINDS, WordingFacts, draft_title
from tnt.decisions.rules import ActKind
from tnt.intake.rules import ItemKind
from tnt.projects.rules import Motion, StopKind
from tnt.setup.demo.groups import GROUPS
from tnt.sittings.rules import OutcomeKind

_ACT_KINDS = {motion: kind for kind, motion in GROUP_KINDS.items()}


@dataclass(frozen=True, slots=True)
class Noted:
    """An action asked on an item: of somebody or of an institution, due so many days after the session."""

    title: str
    owner: str
    due: int
    institution: str = ""
    done: int | None = None  # days after the session; None: still open
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an item asks for a group."""

    motion: Motion
    mission: str = ""
    reason: str = ""
    stop_kind: StopKind | None = None
    lead: str = ""
    institution: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One item with its outcome; an empty wording is decided as it was drafted."""

    title: str
    notes: str = ""
    kind: ItemKind = ItemKind.DECISION
    act_kind: ActKind = ActKind.OTHER
    minutes: int = 15
    rapporteur: str = ""
    group: str = ""
    asked: Asked | None = None
    objective: str = ""
    outcome: OutcomeKind = OutcomeKind.ADOPTED
    draft: str = ""  # the wording on the agenda; empty: drafted from what is asked
    wording: str = ""  # as decided, when it is not the draft's
    mission: str = ""  # as amended in session
    defer_reason: str = ""
    actions: tuple[Noted, ...] = ()

    def ending(
        self, outcome: OutcomeKind, *, wording: str = "", mission: str = "", defer_reason: str = ""
    ) -> Point:
        """The same item with another outcome."""
        return replace(self, outcome=outcome, wording=wording, mission=mission, defer_reason=defer_reason)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks of a committee, so many days ago; answered four days later, or still waiting."""

    committee: str
    author: str
    filed: int
    title: str
    wording: str
    reason: str
    act_kind: ActKind = ActKind.OTHER
    group: str = ""
    refused: str = ""
    redirected: str = ""


def information(
    title: str, notes: str, *, rapporteur: str = "", minutes: int = 10, actions: tuple[Noted, ...] = ()
) -> Point:
    """Something the committee is told, and notes."""
    return Point(
        title,
        notes,
        ItemKind.INFORMATION,
        ActKind.NOTE,
        minutes,
        rapporteur,
        outcome=OutcomeKind.NOTED,
        actions=actions,
    )


def decision(
    title: str,
    act_kind: ActKind,
    draft: str,
    notes: str,
    *,
    group: str = "",
    rapporteur: str = "",
    minutes: int = 15,
    actions: tuple[Noted, ...] = (),
) -> Point:
    """A decision that carries no draft motion."""
    return Point(
        title,
        notes,
        act_kind=act_kind,
        minutes=minutes,
        rapporteur=rapporteur,
        group=group,
        draft=draft,
        actions=actions,
    )


def _on_group(
    group: str, asked: Asked, notes: str, rapporteur: str, minutes: int, actions: tuple[Noted, ...]
) -> Point:
    act_kind = _ACT_KINDS[asked.motion]
    title = draft_title(act_kind, WordingFacts(committee="", group=GROUPS[group].name))
    return Point(
        title,
        notes,
        act_kind=act_kind,
        minutes=minutes,
        rapporteur=rapporteur,
        group=group,
        asked=asked,
        actions=actions,
    )


def create(
    group: str, notes: str, *, rapporteur: str = "", minutes: int = 15, actions: tuple[Noted, ...] = ()
) -> Point:
    """Create a group, with its proposed mission and lead."""
    of = GROUPS[group]
    asked = Asked(Motion.CREATE, of.mission, lead=of.lead, institution=of.institution)
    return _on_group(group, asked, notes, rapporteur, minutes, actions)


def go_on(
    group: str,
    reason: str,
    notes: str,
    *,
    rapporteur: str = "",
    minutes: int = 10,
    actions: tuple[Noted, ...] = (),
) -> Point:
    """Continue a group."""
    return _on_group(group, Asked(Motion.CONTINUE, reason=reason), notes, rapporteur, minutes, actions)


def reorient(
    group: str,
    mission: str,
    reason: str,
    notes: str,
    *,
    rapporteur: str = "",
    minutes: int = 20,
    actions: tuple[Noted, ...] = (),
) -> Point:
    """Give a group another mission."""
    asked = Asked(Motion.REORIENT, mission, reason)
    return _on_group(group, asked, notes, rapporteur, minutes, actions)


def stop(
    group: str,
    kind: StopKind,
    reason: str,
    notes: str,
    *,
    rapporteur: str = "",
    minutes: int = 15,
    actions: tuple[Noted, ...] = (),
) -> Point:
    """Stop a group; one that was only proposed is « non retenu »."""
    asked = Asked(Motion.STOP, reason=reason, stop_kind=kind)
    return _on_group(group, asked, notes, rapporteur, minutes, actions)
