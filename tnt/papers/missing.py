"""« Ce qui manque pour convoquer »: one list, each line with the place where it is mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tnt.agendas.queries import AgendaLine, Remark, remarks_on
from tnt.core.errors import N_
from tnt.meetings.models import Meeting
from tnt.meetings.rules import MeetingState
from tnt.papers.queries import PaperRow
from tnt.papers.rules import PaperState


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing, and the page that mends it."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    blocking: bool = False


def gaps_of(meeting: Meeting, items: Sequence[AgendaLine], papers: Sequence[PaperRow]) -> list[Gap]:
    """All that is missing before the session, in the order of its preparation; reads nothing."""
    return [
        *_of_agenda(meeting, items),
        *_of_items(items),
        *_of_place(meeting),
        *(gap for paper in papers for gap in _of_paper(paper)),
    ]


def _of_agenda(meeting: Meeting, items: Sequence[AgendaLine]) -> Iterator[Gap]:
    for remark in remarks_on(meeting, items):
        endpoint, values = _mended(remark)
        yield Gap(remark.message, remark.params, endpoint, values, remark.blocking)


def _mended(remark: Remark) -> tuple[str, dict[str, Any]]:
    if remark.item_id is not None:
        return "agendas.revise", {"item_id": remark.item_id}
    if "days" in remark.params:  # the notice delay
        return "convocations.preview", {}
    return "agendas.page", {"_anchor": "ordre-du-jour"}


def _of_items(items: Sequence[AgendaLine]) -> Iterator[Gap]:
    for item in items:
        if not item.rapporteur and item.standing is None:  # the secretariat presents its own standing items
            yield Gap(
                N_("Point %(position)s : aucun rapporteur."),
                {"position": item.position},
                "agendas.revise",
                {"item_id": item.id},
            )


def _of_place(meeting: Meeting) -> Iterator[Gap]:
    if meeting.recorded_afterwards or meeting.state is not MeetingState.PLANNED:
        return
    if not meeting.place and not meeting.video_url:
        yield Gap(N_("Ni lieu, ni lien de visioconférence."), {}, "meetings.move")


def _of_paper(paper: PaperRow) -> Iterator[Gap]:
    words = {
        "position": paper.item_position,
        "title": paper.title,
        "author": paper.author,
        "day": paper.due_on,
    }
    where: dict[str, Any] = {"paper_id": paper.id}
    if paper.is_late:
        message = N_(
            "Point %(position)s : la pièce « %(title)s », attendue de %(author)s le %(day)s, est en retard."
        )
        yield Gap(message, words, "papers.paper", where)
    elif paper.state is PaperState.RECEIVED:
        yield Gap(
            N_("Point %(position)s : la pièce « %(title)s » est à relire."), words, "papers.paper", where
        )
    elif paper.state is PaperState.REVIEWED:
        yield Gap(
            N_("Point %(position)s : la pièce « %(title)s » est à valider."), words, "papers.paper", where
        )
