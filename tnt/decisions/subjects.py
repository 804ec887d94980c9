"""What acts are about. Features above register here, so that the register can filter by group, say what an
act changed and how far it is carried out, without knowing them.

The edge translates the sentences (`read_line`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Select

from tnt.core.access import Actor
from tnt.decisions.models import Act
from tnt.decisions.rules import EffectLine, Series


@dataclass(frozen=True, slots=True)
class Link:
    """A thing that an act concerns: its name and the endpoint of its page."""

    label: str
    endpoint: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExecutionLine:
    """One thing to do because of an act; `state` is open, done or dropped."""

    title: str
    owner: str
    due_on: date
    state: str
    done_on: date | None = None
    proof: str = ""
    link: Link | None = None


class SubjectProvider(Protocol):
    """What a feature tells of the acts that concern its things."""

    label: Any  # a lazy French message: « Groupe projet »

    def choices(self) -> list[tuple[int, str]]:
        """The things to filter by, (id, name) in the order of reading; empty for no filter."""

    def acts_of(self, subject_id: int) -> Select[tuple[int]]:
        """The ids of the acts that concern that thing."""

    def effects_of(self, act_ids: Iterable[int]) -> dict[int, list[EffectLine]]:
        """What each act changed, in sentences; acts that changed nothing are absent."""

    def links_of(self, act_ids: Iterable[int]) -> dict[int, list[Link]]:
        """The things that each act concerns."""


# the page on which an act between sessions was taken: the consultation, the measure
TakingProvider = Callable[[Act], Link | None]
ExecutionProvider = Callable[[Actor, Iterable[int]], dict[int, list[ExecutionLine]]]

BATCH = 2_000
_SUBJECTS: dict[str, SubjectProvider] = {}
_EXECUTION: dict[str, ExecutionProvider] = {}
_TAKING: dict[Series, TakingProvider] = {}


def register_subject_provider(name: str, provider: SubjectProvider) -> None:
    """Add what acts may be about; `name` is the filter's word in the address (« groupe »)."""
    _SUBJECTS[name] = provider


def register_execution_provider(name: str, provider: ExecutionProvider) -> None:
    """Add who knows how far acts are carried out."""
    _EXECUTION[name] = provider


def register_taking(series: Series, provider: TakingProvider) -> None:
    """Say where the acts of a series were taken, for the page of an act."""
    _TAKING[series] = provider


def taken_by(act: Act) -> Link | None:
    """Where an act was taken, when that is not a session."""
    provider = _TAKING.get(act.series)
    return provider(act) if provider is not None else None


def subject_providers() -> Mapping[str, SubjectProvider]:
    """The registered providers, by the word of their filter."""
    return _SUBJECTS


def effects_of(act_ids: Iterable[int]) -> dict[int, list[EffectLine]]:
    """What each act changed, over all providers."""
    return _gather(provider.effects_of(some) for some in _batches(act_ids) for provider in _SUBJECTS.values())


def links_of(act_ids: Iterable[int]) -> dict[int, list[Link]]:
    """What each act is about, over all providers."""
    return _gather(provider.links_of(some) for some in _batches(act_ids) for provider in _SUBJECTS.values())


def execution_of(actor: Actor, act_ids: Iterable[int]) -> dict[int, list[ExecutionLine]]:
    """How far each act is carried out, over all providers."""
    return _gather(provider(actor, some) for some in _batches(act_ids) for provider in _EXECUTION.values())


def _batches(act_ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids, so many at a time that no database refuses the statement; nothing for none."""
    ids = list(act_ids)
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _gather(parts: Iterable[Mapping[int, list[Any]]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for part in parts:
        for act_id, lines in part.items():
            found[act_id] += lines
    return dict(found)
