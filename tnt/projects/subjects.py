"""What acts made of project groups, told to the register of decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import BindParameter, Select, bindparam, select, union

from tnt.accounts.models import Person
from tnt.core.db import db
from tnt.core.errors import N_
from tnt.decisions.rules import EffectLine
from tnt.decisions.subjects import Link
from tnt.projects.models import GroupAct, Leadership, Mission, ProjectGroup, StatusEvent
from tnt.projects.rules import STATUS_WORDS

# every table that ties an act to a group
_TIES = (StatusEvent, GroupAct, Leadership, Mission)


class GroupSubjects:
    """The acts that concern project groups: their statuses, missions, leads, and whatever names them."""

    label = _l("Groupe projet")

    def choices(self) -> list[tuple[int, str]]:
        """Every group by name."""
        return [(group_id, name) for group_id, name in db.session.execute(_names())]

    def acts_of(self, subject_id: int) -> Select[tuple[int]]:
        """The ids of the acts that concern a group."""
        ties = union(*(select(tie.act_id).where(tie.group_id == subject_id) for tie in _TIES)).subquery()
        return select(ties.c.act_id)

    def links_of(self, act_ids: Iterable[int]) -> dict[int, list[Link]]:
        """The groups that each act concerns, by name."""
        found: dict[int, list[Link]] = defaultdict(list)
        for act_id, name, slug in db.session.execute(_named_by(), {"acts": list(act_ids)}):
            found[act_id].append(Link(name, "portfolio.group", {"slug": slug}))
        return dict(found)

    def effects_of(self, act_ids: Iterable[int]) -> dict[int, list[EffectLine]]:
        """The statuses, missions and leads that each act gave."""
        ids = list(act_ids)
        found: dict[int, list[EffectLine]] = defaultdict(list)
        for act_id, line in [*_statuses(ids), *_missions(ids), *_leads(ids)]:
            found[act_id].append(line)
        return dict(found)


@cache  # statements that cost more to put together than to send
def _names() -> Select[int, str]:
    return select(ProjectGroup.id, ProjectGroup.name).order_by(ProjectGroup.name)


@cache
def _named_by() -> Select[int, str, str]:
    acts: BindParameter[Any] = bindparam("acts", expanding=True)
    ties = union(*(select(tie.act_id, tie.group_id).where(tie.act_id.in_(acts)) for tie in _TIES)).subquery()
    return (
        select(ties.c.act_id, ProjectGroup.name, ProjectGroup.slug)
        .join(ProjectGroup, ProjectGroup.id == ties.c.group_id)
        .order_by(ProjectGroup.name)
    )


def _statuses(act_ids: list[int]) -> list[tuple[int, EffectLine]]:
    statement = (
        select(
            StatusEvent.act_id,
            ProjectGroup.name,
            StatusEvent.status,
            StatusEvent.stop_kind,
            StatusEvent.effective_on,
            StatusEvent.superseded_at,
        )
        .join(ProjectGroup, ProjectGroup.id == StatusEvent.group_id)
        .where(StatusEvent.act_id.in_(act_ids))
        .order_by(StatusEvent.id)
    )
    in_force = N_("Le groupe « %(group)s » est « %(status)s » à compter du %(day)s.")
    superseded = N_(
        "Le groupe « %(group)s » avait été « %(status)s » au %(day)s ; un acte rectificatif l’a remplacé."
    )
    return [
        (
            act_id,
            EffectLine(
                "status",
                superseded if superseded_at else in_force,
                {"group": name, "status": STATUS_WORDS[stop_kind or status], "day": day},
            ),
        )
        for act_id, name, status, stop_kind, day, superseded_at in db.session.execute(statement)
    ]


def _missions(act_ids: list[int]) -> list[tuple[int, EffectLine]]:
    statement = (
        select(Mission.act_id, ProjectGroup.name)
        .join(ProjectGroup, ProjectGroup.id == Mission.group_id)
        .where(Mission.act_id.in_(act_ids))
    )
    message = N_("La mission du groupe « %(group)s » est fixée par cet acte.")
    return [
        (act_id, EffectLine("mission", message, {"group": name}))
        for act_id, name in db.session.execute(statement)
    ]


def _leads(act_ids: list[int]) -> list[tuple[int, EffectLine]]:
    statement = (
        select(
            Leadership.act_id,
            ProjectGroup.name,
            Person.given_name,
            Person.family_name,
            Leadership.from_on,
        )
        .join(ProjectGroup, ProjectGroup.id == Leadership.group_id)
        .join(Person, Person.id == Leadership.person_id)
        .where(Leadership.act_id.in_(act_ids))
        .order_by(Leadership.id)
    )
    message = N_("%(person)s est responsable du groupe « %(group)s » à compter du %(day)s.")
    return [
        (act_id, EffectLine("lead", message, {"person": f"{given} {family}", "group": name, "day": day}))
        for act_id, name, given, family, day in db.session.execute(statement)
    ]
