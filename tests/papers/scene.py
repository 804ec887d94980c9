"""A session with items, its people, and files to hand in, for the tests of papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.core import files
from tests.meetings.factories import actor_of, make_committee, make_member, plan
from tnt.accounts.models import Person
from tnt.agendas import services as agendas
from tnt.agendas.models import AgendaItem, ItemKind
from tnt.committees.models import Committee, Seat
from tnt.core.access import SYSTEM, Actor, Grant
from tnt.core.uploads import Upload
from tnt.decisions.rules import ActKind
from tnt.meetings.models import Meeting
from tnt.papers import services
from tnt.papers.models import Paper

DUE = date(2026, 12, 1)


def upload(name: str = "bilan.pdf", words: str = "", **facts: object) -> Upload:
    """A PDF that was looked into; other words make other bytes."""
    given: dict[str, object] = {"pages": 1, "tagged": False, "mergeable": True} | facts
    return Upload(files.pdf(words=words), name, "application/pdf", **given)  # type: ignore[arg-type]


@dataclass
class Scene:
    """A planned session of the coordination committee, and who has to do with it."""

    committee: Committee
    meeting: Meeting
    item: AgendaItem
    secretary: Person
    member: Person
    author: Person

    @property
    def keeper(self) -> Actor:
        """The secretary, acting."""
        return actor_of(
            self.secretary, Grant("secretary", self.committee.id), Grant("member", self.committee.id)
        )

    @property
    def reader(self) -> Actor:
        """A member who votes, acting."""
        return actor_of(self.member, Grant("member", self.committee.id), Grant("voting", self.committee.id))

    @property
    def adviser(self) -> Actor:
        """A member who does not vote, acting."""
        return actor_of(self.member, Grant("member", self.committee.id))

    @property
    def writer(self) -> Actor:
        """The author, who holds nothing."""
        return actor_of(self.author)

    def add_item(self, title: str, **values: object) -> AgendaItem:
        """One more item."""
        given: dict[str, object] = {"kind": ItemKind.DECISION, "act_kind": ActKind.OTHER} | values
        return agendas.add_item(SYSTEM, self.meeting.id, title=title, **given)  # type: ignore[arg-type]

    def expect(self, title: str = "Bilan", item: AgendaItem | None = None, due_on: date = DUE) -> Paper:
        """A paper asked of the author."""
        return services.ask(
            self.keeper, (item or self.item).id, author_id=self.author.id, title=title, due_on=due_on
        )


def set_scene(**values: object) -> Scene:
    """A session in three weeks with one item, a secretary, a member, an author from outside."""
    committee = make_committee(**values)  # type: ignore[arg-type]  # a table of cases
    secretary = make_member(committee, "Secret", Seat.SECRETARY)
    member = make_member(committee, "Membre")
    other = make_committee("orientation" if committee.key == "coordination" else "coordination")
    author = make_member(other, "Auteur")
    meeting = plan(SYSTEM, committee)
    scene = Scene(committee, meeting, None, secretary, member, author)  # type: ignore[arg-type]
    scene.item = scene.add_item("Mobiliser l’ANCT")
    return scene
