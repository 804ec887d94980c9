"""Extracts of a record in force: what a session decided of one project group, on a page of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tnt.actions import queries as actions
from tnt.actions.services import owner_name
from tnt.closing.models import DecisionRecord
from tnt.closing.rules import RecordState
from tnt.core import clock, formats
from tnt.core.access import Actor
from tnt.core.errors import NotFound
from tnt.decisions.subjects import subject_providers

TITLE = "Extrait du relevé de décisions"


class Concerned(NamedTuple):
    """A group of which a session decided something, and the acts that did."""

    slug: str
    name: str
    act_ids: tuple[int, ...]


def groups_of(record: DecisionRecord, content: Mapping[str, Any]) -> list[Concerned]:
    """The groups that the decisions of a record concern, by name; none before the record is in force."""
    if record.state is not RecordState.IN_FORCE:
        return []
    ids = [one["act_id"] for one in content["decisions"] if one["act_id"] is not None and one["wording"]]
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for act_id, links in subject_providers()["groupe"].links_of(ids).items():
        for link in links:
            found[link.label, link.arguments["slug"]].append(act_id)
    return [Concerned(slug, name, tuple(acts)) for (name, slug), acts in sorted(found.items())]


def get_concerned(record: DecisionRecord, content: Mapping[str, Any], slug: str) -> Concerned:
    """The group of that address among those of a record. Raises NotFound."""
    for concerned in groups_of(record, content):
        if concerned.slug == slug:
            return concerned
    raise NotFound()


def extract(
    actor: Actor, record: DecisionRecord, content: Mapping[str, Any], concerned: Concerned
) -> dict[str, Any]:
    """The content of a record cut to one group, as `record.render` and `render_odt` print it.

    `content`: what the actor may read of the record. What was asked to be done is told as it stands.
    """
    day = formats.date_long(clock.paris_day(record.meeting.starts_at))
    return dict(content) | {
        "title": f"{TITLE}\u00a0: {concerned.name}",
        "place": f"Séance du {day}, {record.meeting.place}" if record.meeting.place else f"Séance du {day}",
        "attendance": [],
        "decisions": [one for one in content["decisions"] if one["act_id"] in concerned.act_ids],
        "other_items": [],
        "actions": list(_actions(actor, concerned.act_ids)),
    }


def _actions(actor: Actor, act_ids: Iterable[int]) -> Iterable[dict[str, str]]:
    for some in actions.of_acts(act_ids).values():
        for action in some:
            if not action.reserved or actions.can_read(actor, action, clock.today()):
                due = formats.date_medium(action.due_on)
                yield {"title": action.title, "owner": owner_name(action), "due": due}


def status_line(record: DecisionRecord) -> str:
    """What an extract is worth: the record it is taken from, by its hash."""
    since = formats.datetime_long(record.in_force_at) if record.in_force_at else ""
    return f"Conforme au relevé visé, en vigueur depuis le {since} (SHA-256\u00a0: {record.content_sha256})."
