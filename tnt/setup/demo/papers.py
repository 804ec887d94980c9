"""The papers of the session being prepared: some handed in, one to be reviewed, one late."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from tnt.core import clock
from tnt.core.uploads import Upload, inspect_ours
from tnt.papers import services as papers
from tnt.papers.queries import rows_of
from tnt.papers.rules import PaperState
from tnt.setup.demo.stage import Session, Stage

FILES = Path(__file__).parent / "files"


class Wanted(NamedTuple):
    """A paper asked of somebody, due so many days from the day of the demonstration."""

    author: str
    title: str
    days: int


LATE = Wanted("belkacem", "Bilan des raccordements, commune par commune", -2)
REVIEWED = Wanted("belkacem", "Évaluation de l’objectif du semestre", -2)
RECEIVED = Wanted("castaing", "Note de cadrage : communes pilotes", -1)
AWAITED = Wanted("marchal", "Synthèse des points d’avancement", 6)


def ask(stage: Stage, session: Session) -> None:
    """The secretariat joins one paper and asks for four."""
    keeper = stage.secretary("coordination")
    first = session.items[0][0]
    papers.add_papers(
        keeper, first, [_file("trois-groupes.pdf")], title="Trois groupes en difficulté : les faits"
    )
    for wanted, item_id in _wanted(session):
        papers.ask(
            keeper,
            item_id,
            author_id=stage.people[wanted.author],
            title=wanted.title,
            due_on=max(stage.dates.today + timedelta(wanted.days), clock.today()),
        )


def _wanted(session: Session) -> list[tuple[Wanted, int]]:
    """Each paper with its item: by what the item is about."""
    by_group = {
        point.group: item_id for item_id, point in session.items if point.group and not point.objective
    }
    objectives = [item_id for item_id, point in session.items if point.objective]
    last = session.items[-1][0]
    return [
        (LATE, by_group["logiciels"]),
        (REVIEWED, objectives[0]),
        (RECEIVED, objectives[1]),
        (AWAITED, last),
    ]


def hand_in(stage: Stage, session: Session) -> None:
    """Two authors answer; the secretariat reads one of them."""
    ids = {row.title: row.id for row in rows_of(session.meeting_id)}
    for wanted, name in ((REVIEWED, "evaluation.pdf"), (RECEIVED, "note-de-cadrage.pdf")):
        papers.hand_in(stage.actor(wanted.author), ids[wanted.title], _file(name))
    papers.review(stage.secretary("coordination"), ids[REVIEWED.title], PaperState.REVIEWED)


def _file(name: str) -> Upload:
    return inspect_ours(name, (FILES / name).read_bytes())
