"""What the scenes of the demonstration share: who is who, what was made, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from heapq import heappop, heappush

from sqlalchemy import select

from tnt.committees.models import Committee, Institution
from tnt.core import clock, journal
from tnt.core.access import Actor, actor_for
from tnt.core.db import db
from tnt.setup.demo.dates import Dates
from tnt.setup.demo.groups import GROUPS
from tnt.setup.demo.people import PEOPLE
from tnt.setup.demo.points import Point

SECRETARIES = {"coordination": "aubert", "orientation": "lenoir"}


@dataclass(slots=True)
class Session:
    """A session of the story: its meeting and, once its agenda is made, each item with what became of it."""

    committee: str
    number: int
    day: date
    meeting_id: int = 0
    items: list[tuple[int, Point]] = field(default_factory=list)


@dataclass(slots=True)
class Stage:
    """Everything made so far, by the short names of the story; and what is still to be played."""

    dates: Dates
    people: dict[str, int] = field(default_factory=dict)
    mandates: dict[tuple[str, str], int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    objectives: dict[str, int] = field(default_factory=dict)
    institutions: dict[str, int] = field(default_factory=dict)
    committees: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)  # the last report of each group, by its rank
    scenes: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    count: int = 0

    def read_programme(self) -> None:
        """Learn the ids of the real programme's institutions and committees."""
        rows = db.session.execute(select(Institution.key, Institution.id).where(Institution.key.is_not(None)))
        self.institutions = {str(key): id_ for key, id_ in rows}
        committees = db.session.execute(select(Committee.key, Committee.id))
        self.committees = {str(key): id_ for key, id_ in committees}

    def actor(self, name: str) -> Actor:
        """Somebody with the grants of the moment."""
        somebody = PEOPLE[name]
        return actor_for(self.people[name], f"{somebody.given_name} {somebody.family_name}")

    def secretary(self, committee: str) -> Actor:
        """The secretary of a committee."""
        return self.actor(SECRETARIES[committee])

    def lead_or_secretary(self, group: str) -> Actor:
        """The lead of a group once it has one, else the secretary of the coordination committee."""
        lead = self.actor(GROUPS[group].lead)
        return lead if lead.has("lead", self.groups[group]) else self.secretary("coordination")

    def institution_of(self, key: str) -> int | None:
        """The id of an institution, None for none."""
        return self.institutions[key] if key else None

    def person_of(self, name: str) -> int | None:
        """The id of a person, None for none."""
        return self.people[name] if name else None

    def on(self, day: date, at: time, scene: Callable[[], object]) -> None:
        """Have a scene played on that day, at that Paris time; at one instant, in the order of asking."""
        self.count += 1
        heappush(self.scenes, (clock.from_paris(day, at), self.count, scene))

    def play(self) -> None:
        """Play every scene, each at its instant, in the order of time; a scene may ask for later ones."""
        while self.scenes:
            instant, _, scene = heappop(self.scenes)
            with self.moment(instant):
                scene()

    @contextmanager
    def moment(self, instant: datetime) -> Iterator[None]:
        """Within the block it is that instant; what was done is journalled under it."""
        with clock.at(instant):
            yield
            session = db.session()
            session.flush()
            journal.write_pending(session)
