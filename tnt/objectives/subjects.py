"""What acts made of semester objectives, told to the register of decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from tnt.core.db import db
from tnt.decisions.rules import EffectLine
from tnt.decisions.subjects import Link
from tnt.objectives.models import ObjectiveEvent, SemesterObjective
from tnt.objectives.services import lines_of


@cache  # a statement costs more to put together than to send
def _named_by() -> Select[int, int, str]:
    return (
        select(ObjectiveEvent.act_id, SemesterObjective.id, SemesterObjective.title)
        .join(SemesterObjective, SemesterObjective.id == ObjectiveEvent.objective_id)
        .where(ObjectiveEvent.act_id.in_(bindparam("acts", expanding=True)))
    )


class ObjectiveSubjects:
    """The acts that adopted or scored semester objectives."""

    label = _l("Objectif semestriel")

    def choices(self) -> list[tuple[int, str]]:
        """None: objectives are too many for a filter; the group's filter finds their acts."""
        return []

    def acts_of(self, subject_id: int) -> Select[tuple[int]]:
        """The ids of the acts that adopted or scored an objective."""
        acts: Select[Any] = select(ObjectiveEvent.act_id).where(ObjectiveEvent.objective_id == subject_id)
        return acts

    def links_of(self, act_ids: Iterable[int]) -> dict[int, list[Link]]:
        """The objective that each act concerns."""
        found: dict[int, list[Link]] = defaultdict(list)
        for act_id, objective_id, title in db.session.execute(_named_by(), {"acts": list(act_ids)}):
            found[act_id].append(Link(title, "objectives.objective", {"objective_id": objective_id}))
        return dict(found)

    def effects_of(self, act_ids: Iterable[int]) -> dict[int, list[EffectLine]]:
        """What each act made of its objective, and the objective that carries it on."""
        events = db.session.scalars(
            select(ObjectiveEvent)
            .where(ObjectiveEvent.act_id.in_(list(act_ids)))
            .options(joinedload(ObjectiveEvent.objective).joinedload(SemesterObjective.group))
        ).all()
        carried = _carried_titles([event.objective_id for event in events])
        found: dict[int, list[EffectLine]] = defaultdict(list)
        for event in events:
            found[event.act_id] += lines_of(
                event.objective,
                event.kind,
                event.score,
                event.follow_up,
                carried.get(event.objective_id, ""),
                event.act.decided_on,
            )
        return dict(found)


def _carried_titles(objective_ids: list[int]) -> dict[int, str]:
    """The title under which each objective is carried on."""
    statement = select(SemesterObjective.carried_from_id, SemesterObjective.title).where(
        SemesterObjective.carried_from_id.in_(objective_ids)
    )
    return {carried_from: title for carried_from, title in db.session.execute(statement) if carried_from}
